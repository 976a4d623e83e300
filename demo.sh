#!/bin/sh
# Build Almoner and do its whole job once: ./demo.sh [URL|FILE|SOURCES.yaml …]
# Crawls, stores in SQLite, ties what several pages tell, prints the donations as a table, writes a report. Without
# arguments it does so for a site of forty pages (fixtures/sites/county), served on loopback. URLs and sources files are
# crawled politely and not far, files are read as they are. Installs what is missing where it can.
# All goes to build/demo, which is made anew. $ALMONER names a program that is there already, $ALM_DEMO another folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
start=$(pwd)
jobs=$(nproc 2>/dev/null || echo 2)
almoner=${ALMONER:-$here/build/release/cli/almoner}
out=${ALM_DEMO:-$here/build/demo}
store=$out/store
server=
say() { printf '\n== %s\n' "$*"; }
run() {
    say "almoner $*"
    "$almoner" "$@"
}
# some pages that could not be had (status 1) are no reason to show nothing
run_crawl() { run crawl --store "$store" --progress plain "$@" || [ $? -eq 1 ]; }
end() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; }
trap end EXIT
trap 'exit 130' INT TERM

serve() { # FOLDER: on a free port of 127.0.0.1, which $port is then
    python3 -u -m http.server --bind 127.0.0.1 --directory "$1" 0 >"$out/server" 2>"$out/requests" &
    server=$!
    while kill -0 "$server" 2>/dev/null; do
        port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$out/server")
        [ -z "$port" ] || return 0
        sleep 0.1
    done
    echo "demo.sh: no server could be started" >&2
    exit 1
}

crawl_county() {
    serve "$here/fixtures/sites/county"
    say "a site of $(grep -vc '^#' "$here/fixtures/sites/county/urls.tsv") pages on 127.0.0.1:$port stands for www.county.example"
    echo "Loopback addresses are refused otherwise: --allow-private is set. The site is our own: --delay 0 is set."
    run_crawl --allow-private --delay 0 --resolve "www.county.example=127.0.0.1:$port" http://www.county.example/
}

take() { # ARGUMENT: a URL, a sources file or a page
    case $1 in
    http://localhost[:/]* | http://127.* | https://localhost[:/]* | https://127.*)
        echo "$1 is a loopback address, which is refused otherwise: --allow-private is set."
        run_crawl --allow-private --max-pages 40 --max-time 120 "$1"
        ;;
    http://* | https://*) run_crawl --max-pages 40 --max-time 120 "$1" ;;
    *.yaml | *.yml) run_crawl --max-pages 200 --max-time 300 --config "$1" ;;
    *)
        say "almoner extract --format json $1 | almoner import --store $store -"
        "$almoner" extract --format json "$1" >"$out/documents.ndjson"
        "$almoner" import --store "$store" "$out/documents.ndjson"
        ;;
    esac
}

build() {
    cd "$here"
    say "packages"
    sh cmake/packages.sh build demo
    say "configure (build/release)"
    cmake --preset release --log-level=NOTICE -DBUILD_TESTING=OFF
    say "build ($jobs at a time)"
    cmake --build --preset release -j "$jobs"
}

[ -n "${ALMONER:-}" ] || build
rm -rf "$out"
mkdir -p "$store"
cd "$start"
if [ $# -eq 0 ]; then
    crawl_county
else
    for argument in "$@"; do take "$argument"; done
fi
run resolve --store "$store"
run export --store "$store" --format table
run report --store "$store" --output "$out/report.html"
say "done"
echo "store:  $store (SQLite: records.db)"
echo "report: $out/report.html"
