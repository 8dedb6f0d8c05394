# package.cmake - `cpack -G DEB` makes Debian's packages: convlet, the program
# with its pages, completions and examples, and libconvlet-dev, the library.
#
#     cmake --preset package && cmake --build --preset package
#     cd build/package && cpack -G DEB
#
# `cmake --install` puts the same files in the same places, but for what Debian
# alone wants.

set(CPACK_COMPONENTS_ALL program library)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "convolution layers that train and show every number")
set(CPACK_PACKAGE_CONTACT "the convlet authors <authors@convlet.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME convlet)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
"convlet trains a convolution layer, stacks of layers and small classifiers
 toward a target on random, array or image data, and logs the loss of every
 step. It shows every product behind an output or a gradient, recovers the
 filter between two pictures, and restores photos.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libconvlet-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS libc6-dev)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
"The layers, losses and optimisers of the program convlet as a C library:
 convolutions with their gradients by fast kernels, nets, training, model files
 and ONNX. The results have the same bits for any number of threads.")

# In Debian's form; the date is SOURCE_DATE_EPOCH's, where that is set.
set(made ${CMAKE_CURRENT_BINARY_DIR}/debian)
string(TIMESTAMP PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${made}/changelog @ONLY)
foreach(part IN ITEMS program=convlet library=libconvlet-dev)
  string(REPLACE "=" ";" part ${part})
  list(GET part 0 component)
  list(GET part 1 package)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/copyright ${made}/changelog
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
    COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
# Pages and changelogs are packed there.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/compress.cmake)

include(CPack)
