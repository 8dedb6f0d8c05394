# compress.cmake - packs what Debian wants packed, in what cpack has gathered.

file(GLOB_RECURSE files ${CPACK_TEMPORARY_DIRECTORY}/changelog
  ${CPACK_TEMPORARY_DIRECTORY}/*.1)
foreach(file IN LISTS files)
  execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
