# toolchain.cmake - compiles for WebAssembly, with clang and wasi-libc.

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(triple wasm32-wasi)

find_program(CMAKE_C_COMPILER NAMES clang clang-19 clang-18 clang-17 clang-16
  clang-15 clang-14)
find_file(WASI_STDIO include/${triple}/stdio.h
  PATHS /usr /opt/wasi-sysroot NO_DEFAULT_PATH)
set(install
  "install clang, lld, llvm, wasi-libc, libclang-rt-dev-wasm32 (packages.txt)")
if(NOT CMAKE_C_COMPILER)
  message(FATAL_ERROR "No clang here: ${install}")
elseif(NOT WASI_STDIO)
  message(FATAL_ERROR "No C library for ${triple} here: ${install}")
endif()
execute_process(
  COMMAND ${CMAKE_C_COMPILER} --target=${triple} --print-libgcc-file-name
  OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT EXISTS "${runtime}")
  message(FATAL_ERROR "No runtime of clang for ${triple} here: ${install}")
endif()
get_filename_component(directory ${CMAKE_C_COMPILER} REALPATH)
get_filename_component(directory ${directory} DIRECTORY)
find_program(WASM_LD wasm-ld HINTS ${directory})
if(NOT WASM_LD)
  message(FATAL_ERROR "No wasm-ld here: ${install}")
endif()
# The ar of other processors knows no names of a WebAssembly object.
find_program(LLVM_AR llvm-ar HINTS ${directory})
find_program(LLVM_RANLIB llvm-ranlib HINTS ${directory})
if(NOT LLVM_AR OR NOT LLVM_RANLIB)
  message(FATAL_ERROR "No llvm-ar here: ${install}")
endif()
set(CMAKE_AR ${LLVM_AR} CACHE FILEPATH "Archiver" FORCE)
set(CMAKE_RANLIB ${LLVM_RANLIB} CACHE FILEPATH "Archive indexer" FORCE)

string(REGEX REPLACE "/include/.*" "" sysroot ${WASI_STDIO})
set(CMAKE_C_COMPILER_TARGET ${triple})
set(CMAKE_C_FLAGS_INIT "--sysroot=${sysroot} -msimd128")
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY NEVER)
