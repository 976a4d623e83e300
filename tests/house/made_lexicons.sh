#!/bin/sh
# The lexicons that rules/tools makes are what it makes now from the shared tables.
set -eu
data=${ALM_SHARED:-$ALM_SOURCE/../shared}/data
if [ ! -f "$data/jionlp_divisions_short.tsv" ]; then
    echo "no shared division tables at $data: nothing to make the lexicons from"
    exit 77
fi
made=$(mktemp)
trap 'rm -f "$made"' EXIT
for list in surname place; do
    "${PYTHON:-python3}" -B "$ALM_SOURCE/rules/tools/make_$list.py" "$data" > "$made"
    diff -u "$ALM_SOURCE/rules/zh/lexicon/$list.tsv" "$made"
done
echo "made lexicons: ok"
