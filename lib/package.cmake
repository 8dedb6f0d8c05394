# What installing the library puts where: the archive, its public headers, the
# CMake package (find_package(convlet)) and convlet.pc (pkg-config).

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME library)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/convlet)

install(TARGETS convlet EXPORT convletTargets
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT convletTargets NAMESPACE convlet:: DESTINATION ${package_dir})

# A static library leaves its own needs to whoever links it.
get_target_property(library_type convlet TYPE)
set(private_libs -lm)
set(package_needs_threads FALSE)
if(CONVLET_THREADS)
  string(APPEND private_libs " -pthread")
  if(library_type STREQUAL "STATIC_LIBRARY")
    set(package_needs_threads TRUE)
  endif()
endif()

configure_package_config_file(convletConfig.cmake.in convletConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(convletConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/convletConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/convletConfigVersion.cmake
  DESTINATION ${package_dir})

# convlet.pc finds its prefix from where it lies, so that the tree can move.
# With only an archive to link, `pkg-config --libs` must be enough without
# --static.
set(pc_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_to_prefix ${pc_dir} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})
file(RELATIVE_PATH pc_libdir
  ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir
  ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
set(pc_libs -lconvlet)
if(library_type STREQUAL "STATIC_LIBRARY")
  string(APPEND pc_libs " ${private_libs}")
endif()
configure_file(convlet.pc.in convlet.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/convlet.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
