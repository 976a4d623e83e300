#!/bin/sh
# Four workers give what one gives, byte for byte, three times over. Under the thread sanitizer a race ends the program.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$ALM_SOURCE"
for format in json csv; do
    "$ALMONER" extract --format $format -j 1 fixtures/pages/*.html >"$scratch/one"
    [ -s "$scratch/one" ] || { echo "nothing was printed" >&2; exit 1; }
    for round in 1 2 3; do
        "$ALMONER" extract --format $format -j 4 fixtures/pages/*.html >"$scratch/four"
        cmp "$scratch/one" "$scratch/four"
    done
done
echo "threads: ok"
