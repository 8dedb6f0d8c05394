# The manual page, the completions and the reference page, made from the table
# of options by a tool of the build.

add_library(convlet_describe STATIC
  complete_bash.c
  complete_fish.c
  complete_values.c
  complete_zsh.c
  manual.c
  manual_markdown.c
  manual_page.c)
target_link_libraries(convlet_describe PUBLIC convlet_app)
target_compile_definitions(convlet_describe PRIVATE
  CONVLET_VERSION="${PROJECT_VERSION}")
add_executable(describe describe.c)
target_link_libraries(describe PRIVATE convlet_describe)

# Where the tool cannot run, there is nothing to install.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  return()
endif()

set(described ${CMAKE_CURRENT_BINARY_DIR}/share)
set(descriptions)
# described_by(FORM DIRECTORY FILE): makes and installs share/DIRECTORY/FILE.
function(described_by form directory file)
  set(output ${described}/${directory}/${file})
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${described}/${directory}
    COMMAND describe ${form} ${output}
    DEPENDS describe
    COMMENT "Describing the options in ${file}"
    VERBATIM)
  install(FILES ${output} DESTINATION ${CMAKE_INSTALL_DATADIR}/${directory})
  set(descriptions ${descriptions} ${output} PARENT_SCOPE)
endfunction()
described_by(man man/man1 convlet.1)
described_by(bash bash-completion/completions convlet)
described_by(zsh zsh/site-functions _convlet)
described_by(fish fish/vendor_completions.d convlet.fish)
add_custom_target(descriptions ALL DEPENDS ${descriptions})

add_custom_target(docs_reference
  COMMAND describe markdown ${PROJECT_SOURCE_DIR}/docs/reference-options.md
  COMMENT "Writing docs/reference-options.md"
  VERBATIM)
