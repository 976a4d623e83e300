# cmake -DOUT=x.c -DNAME=alm_schema_sqlite -DFILE=x.sql -P embed_text.cmake
# writes `const char NAME[]`, the bytes of FILE and a NUL. Bytes as numbers: string literals have a length limit in C.
file(READ ${FILE} hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
file(WRITE ${OUT} "#include \"store/schema.h\"\n\nconst char ${NAME}[] = {\n    ${hex}0x00};\n")
