#!/bin/sh
# Build Almoner and show what it does: ./demo.sh [URL|FILE …]
# Without arguments it reads the pages of fixtures/pages. Installs what is missing where it can.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
start=$(pwd)
jobs=$(nproc 2>/dev/null || echo 2)
say() { printf '\n== %s\n' "$*"; }

cd "$here"
say "packages"
sh cmake/packages.sh build
say "configure (build/release)"
cmake --preset release --log-level=NOTICE -DBUILD_TESTING=OFF
say "build ($jobs at a time)"
cmake --build --preset release -j "$jobs"

almoner=$here/build/release/cli/almoner
if [ $# -eq 0 ]; then
    say "almoner extract --format table fixtures/pages/*.html"
    exec "$almoner" extract --format table fixtures/pages/*.html
fi
cd "$start"
say "almoner extract --format table $*"
exec "$almoner" extract --format table "$@"
