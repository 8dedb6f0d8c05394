# Writes OUTPUT, a C file that holds the texts of the config files INPUTS as
# the table of presets.h, in the order of the numbers in their first lines,
# "; preset 1". Run by the build, as cmake -P.

set(numbered "")
foreach(input IN LISTS INPUTS)
  file(READ "${input}" start LIMIT 20)
  if(NOT start MATCHES "^; preset ([0-9]+)\n")
    message(FATAL_ERROR "${input} does not begin with \"; preset N\"")
  endif()
  list(APPEND numbered "${CMAKE_MATCH_1}:${input}")
endforeach()
list(SORT numbered COMPARE NATURAL)
list(TRANSFORM numbered REPLACE "^[0-9]+:" "" OUTPUT_VARIABLE INPUTS)

set(arrays "")
set(rows "")
foreach(input IN LISTS INPUTS)
  get_filename_component(name "${input}" NAME_WE)
  file(READ "${input}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1, " bytes "${hex}")
  string(REGEX REPLACE "(............................................................)"
    "\\1\n    " bytes "${bytes}")
  string(APPEND arrays "static const char ${name}[] = {\n    ${bytes}0};\n\n")
  string(APPEND rows "    {\"${name}\", ${name}, sizeof ${name} - 1},\n")
endforeach()

file(WRITE "${OUTPUT}"
  "/* Made by presets.cmake from assets/presets; do not edit. */\n"
  "#include \"cli/presets.h\"\n\n${arrays}"
  "const struct preset preset_table[] = {\n${rows}    {0}};\n")
