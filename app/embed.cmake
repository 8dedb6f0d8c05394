# Writes OUTPUT, a C file that holds each of INPUTS: report.css as report_css,
# elements of the type TYPE with a zero behind; HEADER declares them. Run by the
# build, as cmake -P.

set(arrays "")
foreach(input IN LISTS INPUTS)
  get_filename_component(name "${input}" NAME)
  string(REPLACE "." "_" name "${name}")
  file(READ "${input}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1, " bytes "${hex}")
  string(REGEX REPLACE "(............................................................)"
    "\\1\n    " bytes "${bytes}")
  string(APPEND arrays "\nconst ${TYPE} ${name}[] = {\n    ${bytes}0};\n")
endforeach()

file(WRITE "${OUTPUT}"
  "/* Made by embed.cmake from assets; do not edit. */\n"
  "#include \"${HEADER}\"\n${arrays}")
