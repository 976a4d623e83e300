#!/bin/sh
# The program under valgrind on pages of three charsets and a text: no error, nothing lost.
set -eu
[ -z "$ALM_SANITIZE" ] || { echo "skipped: a sanitizer and valgrind exclude each other"; exit 77; }
command -v valgrind >/dev/null || { echo "skipped: no valgrind"; exit 77; }
cd "$ALM_SOURCE"
checked() {
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
        "$ALMONER" extract "$@" >/dev/null
}
checked --format json --text -j 2 fixtures/pages/list-17.html fixtures/pages/edge-14.html fixtures/pages/ceremony-22.html
checked --format table --type text fixtures/articles/ceremony-22.txt
echo "valgrind: ok"
