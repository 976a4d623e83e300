# cmake -DOUT=x.c -DNAME=alm_report_script "-DFILES=a.js;b.js" -P embed_files.cmake
# writes `const char NAME[]`, the bytes of FILES one after the other and a NUL. Bytes as numbers: string literals have a
# length limit in C.
set(hex "")
foreach(path ${FILES})
  file(READ ${path} some HEX)
  string(APPEND hex ${some})
endforeach()
string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "(char)0x\\1," hex "${hex}")
file(WRITE ${OUT} "extern const char ${NAME}[];\nconst char ${NAME}[] = {\n    ${hex}0x00};\n")
