#!/bin/sh
# Install into a prefix and use what is there as a user would: exported symbols, the documented example by pkg-config
# (shared and static) and by find_package, the program and its rule pack, and all of it again from another place.
set -eu
[ -z "$ALM_SANITIZE" ] || { echo "skipped: a sanitizer's library cannot be linked into a plain program"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/first
page=$ALM_SOURCE/fixtures/pages/ceremony-22.html
example=$ALM_SOURCE/docs/examples/extract_one.c
fail() { echo "install: $*" >&2; exit 1; }

cmake --install "$ALM_BUILD" --prefix "$prefix" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
lib=$(dirname "$(find "$prefix" -name libalmoner.a)")
for file in bin/almoner include/almoner.h share/almoner/rules/zh/pack.yaml share/almoner/schemas/page.schema.json \
    share/man/man1/almoner.1; do
    [ -e "$prefix/$file" ] || fail "$file is not installed"
done

# only alm_ names are exported, and all calls of the header are
nm -D --defined-only "$lib/libalmoner.so" | awk '{print $3}' >"$scratch/exported"
! grep -v '^alm_' "$scratch/exported" || fail "these symbols are exported too"
sed -n 's/^ALM_API .*[ *]\(alm_[a-z_]*\)(.*/\1/p' "$prefix/include/almoner.h" >"$scratch/declared"
[ "$(wc -l <"$scratch/declared")" -ge 8 ] || fail "the header's calls were not found"
for call in $(cat "$scratch/declared"); do grep -qx "$call" "$scratch/exported" || fail "$call is not exported"; done
[ "$(wc -l <"$scratch/exported")" = "$(wc -l <"$scratch/declared")" ] || fail "more is exported than the header declares"
! nm --defined-only "$lib/libalmoner.a" | awk 'NF == 3 && $2 ~ /[A-TV-Z]/ {print $3}' | grep -v '^alm_' ||
    fail "the static library defines these global names"

says_the_records() { # COMMAND…: prints at least one donation, a line of JSON each
    "$@" >"$scratch/rows" || fail "$1 failed"
    "$PYTHON" -c 'import json, sys
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert rows and all(row["donor"] for row in rows), rows' "$scratch/rows" || fail "$1 found nothing"
}

says_the_records "$prefix/bin/almoner" extract --format ndjson "$page"
cp "$scratch/rows" "$scratch/first-rows"

export PKG_CONFIG_PATH="$lib/pkgconfig"
rules=$(pkg-config --variable=rulesdir almoner)/zh
# shellcheck disable=SC2046  # lists of options
cc -std=c17 -Wall -Wextra -Werror "$example" -o "$scratch/shared" $(pkg-config --cflags --libs almoner)
export LD_LIBRARY_PATH="$lib"
says_the_records "$scratch/shared" "$page"
# shellcheck disable=SC2046
cc -std=c17 "$example" -o "$scratch/static" $(pkg-config --cflags almoner) "$lib/libalmoner.a" \
    $(pkg-config --libs $(pkg-config --print-requires-private almoner)) -lm
unset LD_LIBRARY_PATH
says_the_records "$scratch/static" "$page" "$rules"

mkdir "$scratch/project"
cp "$example" "$scratch/project/extract_one.c"
cat >"$scratch/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
find_package(almoner 0.1 REQUIRED COMPONENTS static)
add_executable(by_shared extract_one.c)
target_link_libraries(by_shared PRIVATE almoner::almoner)
add_executable(by_static extract_one.c)
target_link_libraries(by_static PRIVATE almoner::almoner_static m)
file(WRITE ${CMAKE_BINARY_DIR}/rules "${almoner_RULES_DIR}/zh")
END
{ cmake -G Ninja -S "$scratch/project" -B "$scratch/project/build" -DCMAKE_PREFIX_PATH="$prefix" &&
    cmake --build "$scratch/project/build"; } >"$scratch/log" 2>&1 || { cat "$scratch/log"; fail "find_package"; }
says_the_records "$scratch/project/build/by_shared" "$page"
says_the_records "$scratch/project/build/by_static" "$page" "$(cat "$scratch/project/build/rules")"

# from another place the program and the shared library find the pack that moved with them
mv "$prefix" "$scratch/second"
says_the_records "$scratch/second/bin/almoner" extract --format ndjson "$page"
cmp -s "$scratch/rows" "$scratch/first-rows" || fail "other records from another place"
LD_LIBRARY_PATH=$(dirname "$(find "$scratch/second" -name libalmoner.a)") says_the_records "$scratch/shared" "$page"
echo "install: ok"
