# module.cmake - the live page: its module, for this machine and for a browser,
# and the page itself. Included by app/CMakeLists.txt, whose rooms it takes from.

set(LIVE_SOURCES
  live/bytes.c
  live/describe.c
  live/difference.c
  live/digits.c
  live/element.c
  live/leaves.c
  live/look.c
  live/open.c
  live/picture.c
  live/plain.c
  live/run.c
  live/session.c
  live/settings.c
  live/steps.c
  live/tensors.c
  live/terms.c)
# What it takes of other rooms: what needs no files, and no library of pictures.
# The program has both, by convlet_live_objects.
set(LIVE_ROOMS
  apply/restorer.c
  base/json.c
  base/setup.c
  base/suggest.c
  base/text.c
  begin/learning_rate.c
  begin/trainer.c
  classify/confusion.c
  classify/evaluate.c
  classify/notable.c
  classify/softmax.c
  cli/hint.c
  cli/option.c
  cli/quote.c
  cli/value.c
  data/convert.c
  data/filter_bank.c
  data/finite.c
  data/made.c
  data/mask.c
  digits/unpack.c
  export/words.c
  paint/paint.c
  paint/scene.c
  patches/dead_leaves.c
  patches/degrade.c
  patches/held_out.c
  patches/pair.c
  patches/patches.c
  pictures/resample.c
  pictures/srgb.c
  prepare/ink.c
  prepare/measure.c
  prepare/prepare.c
  probe/probe.c
  samples/batches.c
  samples/digits.c
  samples/hold_out.c
  samples/order.c
  samples/samples.c
  samples/set.c
  train/about.c
  train/identifiability.c
  ${CMAKE_CURRENT_BINARY_DIR}/digits/labels.c
  ${CMAKE_CURRENT_BINARY_DIR}/digits/packed.c)

# Compiled once, for the module and the program.
add_library(convlet_live_objects OBJECT ${LIVE_SOURCES} ${LIVE_ROOMS})
target_include_directories(convlet_live_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(convlet_live_objects PRIVATE
  CONVLET_VERSION="${PROJECT_VERSION}")
target_link_libraries(convlet_live_objects PRIVATE convlet convlet_flags)

set(live ${CMAKE_CURRENT_SOURCE_DIR}/live)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL wasm32)
  # A module that has no main, and whose memory its caller sees. It exports what
  # the header declares; the linker leaves out what that does not need.
  add_executable(convlet_live live/wasm/wasi.c
    $<TARGET_OBJECTS:convlet_live_objects>)
  set_property(DIRECTORY APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS ${live}/live.h)
  file(STRINGS ${live}/live.h declarations REGEX "^[a-z].*[ *]live_[a-z_]+\\(")
  list(TRANSFORM declarations
    REPLACE "^.*[ *](live_[a-z_]+)\\(.*$" "-Wl,--export=\\1")
  target_link_options(convlet_live PRIVATE -mexec-model=reactor
    -Wl,-O2,--no-entry,--gc-sections,--strip-debug,-z,stack-size=1048576
    ${declarations})
  set_target_properties(convlet_live PROPERTIES SUFFIX .wasm)
  # It must see that there are vectors, and clang may call it as well; so what
  # tells of them is taken out here, and not by the linker. Memory begins with
  # data at 1024.
  find_program(WASM_OPT wasm-opt)
  if(WASM_OPT)
    add_custom_command(TARGET convlet_live POST_BUILD
      COMMAND ${WASM_OPT} -Os --converge --enable-simd --low-memory-unused
        --strip-debug --strip-producers --strip-target-features
        $<TARGET_FILE:convlet_live> -o $<TARGET_FILE:convlet_live> VERBATIM)
  endif()
  # What the page unpacks it with, by itself.
  add_executable(convlet_unlzma live/wasm/unlzma.c)
  target_link_libraries(convlet_unlzma PRIVATE convlet_flags)
  target_compile_options(convlet_unlzma PRIVATE -Os -ffreestanding
    -mno-simd128)
  target_link_options(convlet_unlzma PRIVATE -nostdlib
    -Wl,--no-entry,--export=unlzma,--export=unlzma_room,--strip-debug
    -Wl,-z,stack-size=4096)
  set_target_properties(convlet_unlzma PROPERTIES SUFFIX .wasm)
else()
  # A library for whoever calls C by its names, as Python's ctypes does.
  set_target_properties(convlet_live_objects PROPERTIES
    POSITION_INDEPENDENT_CODE ON)
  add_library(convlet_live SHARED $<TARGET_OBJECTS:convlet_live_objects>)
  target_link_options(convlet_live PRIVATE
    -Wl,--version-script=${live}/live.map)
  set_target_properties(convlet_live PROPERTIES LINKER_LANGUAGE C
    LINK_DEPENDS ${live}/live.map)
endif()
target_link_libraries(convlet_live PRIVATE convlet convlet_flags m)

# The page: the module in a build of its own, and what shows it, in one file.
if(CONVLET_FILES AND NOT CMAKE_CROSSCOMPILING)
  set(browser ${PROJECT_BINARY_DIR}/wasm)
  # 0 where nothing tells how many there are.
  cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
  if(cores LESS 1)
    set(cores 1)
  endif()
  add_custom_target(live
    COMMAND ${CMAKE_COMMAND} --preset wasm -B ${browser}
      -G ${CMAKE_GENERATOR}
    COMMAND ${CMAKE_COMMAND} --build ${browser}
      --target convlet_live convlet_unlzma --parallel ${cores}
    COMMAND bash ${live}/join.sh ${live}/page ${browser}/app/convlet_live.wasm
      ${browser}/app/convlet_unlzma.wasm ${PROJECT_BINARY_DIR}/live.html
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} USES_TERMINAL VERBATIM
    COMMENT "Joining the live page into ${PROJECT_BINARY_DIR}/live.html")
endif()
