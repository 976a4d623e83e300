#!/bin/sh
# Build Almoner and run every test: ./test.sh [ctest options, e.g. -R unit/]
# Installs what is missing where it can. Leaves nothing outside build/release.
set -eu
cd "$(dirname "$0")"
jobs=$(nproc 2>/dev/null || echo 2)
say() { printf '\n== %s\n' "$*"; }

say "packages"
sh cmake/packages.sh build test
say "configure (build/release)"
# shellcheck disable=SC2086  # a list of options
cmake --preset release --log-level=NOTICE -DBUILD_TESTING=ON ${ALM_CMAKE_ARGS:-}
say "build ($jobs at a time)"
cmake --build --preset release -j "$jobs"
say "test"
ctest --preset release -j "$jobs" "$@"
