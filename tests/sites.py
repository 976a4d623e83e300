"""Sites of fixtures/sites, walked by the links that the program finds, then crawled from a loopback server: either way
all of a site must be reached, and nothing asked for that is not there.

A site is a folder of files with urls.tsv: path and query (canonical), a tab, the file. The walk begins at the first.
"""
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITES = Path(os.environ.get("ALM_SOURCE", Path(__file__).parents[1])) / "fixtures/sites"
ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
HOST = "www.example.com"


def files_of(site):
    lines = (site / "urls.tsv").read_text(encoding="utf-8").splitlines()
    return {path: site / name for path, name in (line.split("\t") for line in lines if not line.startswith("#"))}


def answers(*words, data=""):
    done = subprocess.run([ALMONER, *words], input=data, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def targets_of(path, file):
    """Canonical paths of a page's links."""
    links = [link["url"] for link in answers("links", "--url", f"http://{HOST}{path}", str(file))]
    canonical = answers("url", "canon", "-", data="".join(f"{link}\n" for link in links))
    return {answer["url"].removeprefix(f"http://{HOST}") for answer in canonical}


def walk(files):
    asked, waiting = set(), [next(iter(files))]
    while waiting:
        path = waiting.pop()
        if path not in asked and path in files:
            waiting.extend(targets_of(path, files[path]))
        asked.add(path)
    return asked


def crawl(files):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if self.path not in files:
                self.send_error(404)
                return
            body = files[self.path].read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml" if files[self.path].suffix == ".xml" else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ALMONER, "crawl", "--no-extract", "--delay", "0", "--allow-private", "--progress", "none",
                        "--resolve", f"{HOST}=127.0.0.1:{server.server_port}", "--store", f"{folder}/store",
                        f"http://{HOST}{next(iter(files))}"], capture_output=True, timeout=120, check=True)
    server.shutdown()
    twice = len(asked) - len(set(asked))
    return set(asked) - {"/robots.txt"}, twice


def told(name, how, asked, there):
    for path in sorted(there - asked):
        print(f"{name}, {how}: not asked for: {path}")
    for path in sorted(asked - there):
        print(f"{name}, {how}: is not there: {path}")
    print(f"{name}, {how}: {len(asked & there)} of {len(there)} URLs")
    return asked == there


def main():
    right, sites = True, sorted(path.parent for path in SITES.glob("*/urls.tsv"))
    for site in sites:
        files = files_of(site)
        right &= told(site.name, "walked", walk(files), set(files))
        asked, twice = crawl(files)
        right &= told(site.name, "crawled", asked, set(files))
        if twice:
            print(f"{site.name}: {twice} URLs were asked for more than once")
            right = False
    return not (right and sites)


if __name__ == "__main__":
    sys.exit(main())
