#!/bin/sh
# The records are as true as they were: no figure of bench/truth.py below its bar. Prints the tables.
set -eu
exec "$PYTHON" -B "$ALM_SOURCE/bench/truth.py" --almoner "$ALMONER" --bars "$ALM_SOURCE/bench/truth.bars"
