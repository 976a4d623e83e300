#!/bin/sh
# ./demo.sh with the program under test: the site that it brings, a file, a sources file, a URL on loopback.
set -eu
scratch=$(mktemp -d)
server=
end() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"; }
trap end EXIT
fail() { echo "demo: $*"; cat "$scratch/out"; exit 1; }
export ALM_DEMO="$scratch/demo"
demo() { sh "$ALM_SOURCE/demo.sh" "$@" >"$scratch/out" 2>&1 || fail "status $?"; }
told() { grep -q -- "$1" "$scratch/out" || fail "does not say: $1"; }
donations() { "$ALMONER" export --store "$ALM_DEMO/store" 2>/dev/null | wc -l; }

demo
told '^40 answers, [1-9][0-9]* records'
told '--allow-private is set'
told '^DONOR .*EVIDENCE'
told "^report: $ALM_DEMO/report.html"
[ "$(donations)" -gt 300 ] || fail "few donations: $(donations)"
grep -q '</html>' "$ALM_DEMO/report.html" || fail "no report"
told 'resolve: [0-9]* donations on 40 pages are [0-9]* gifts'
port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$ALM_DEMO/server")
"$PYTHON" -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null && fail "its server stays"

cd "$ALM_SOURCE"
demo fixtures/news.txt
[ "$(donations)" = 2 ] || fail "news.txt: $(donations) donations"
told '^report: '

"$PYTHON" -u -m http.server --bind 127.0.0.1 --directory "$ALM_SOURCE/fixtures/sites/county" 0 >"$scratch/server" 2>/dev/null &
server=$!
while ! grep -q port "$scratch/server"; do sleep 0.1; done
port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$scratch/server")
cat >"$scratch/sources.yaml" <<END
sources:
  - {name: list, seeds: ['http://127.0.0.1:$port/list_1.html'], depth: 1, delay: 0, adaptive: 0, private_addresses: true}
END
demo "$scratch/sources.yaml"
[ "$(donations)" -gt 10 ] || fail "sources.yaml: $(donations) donations"
echo "demo: ok"
