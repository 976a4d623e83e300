"""Our archives, read by somebody else: the npm package warcio reads every record that warc_check.py reads, and finds
every payload digest right. The archives hold codings, charsets, redirects, revisits and answers that break off.

Exits with 77 (skipped) where node or npm is missing, or the package cannot be had.
environment: ALMONER (the program). Runs with: python3 tests/net/warc_interop_test.py [-v]
"""
import json
import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402
import warc_check  # noqa: E402
from crawl_test import CrawlTest, crawl  # noqa: E402
import net_test  # noqa: E402
from sim_web import SimWeb  # noqa: E402

PACKAGE = "warcio@2.4.11"
READER = Path(__file__).with_name("warc_read.mjs")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def install(folder):
    """The package, in a folder of its own; it is no part of the program."""
    if not shutil.which("node") or not shutil.which("npm"):
        skip("node and npm are not here")
    try:
        done = subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", PACKAGE],
                              capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        skip(f"npm could not get {PACKAGE} within a minute")
    if done.returncode != 0:
        skip(f"npm cannot get {PACKAGE}: {done.stderr.strip().splitlines()[-1:]}")
    shutil.copy(READER, folder)


class Interop(CrawlTest):
    def setUp(self):
        super().setUp()
        self.reader = self.folder / "reader"
        self.reader.mkdir()
        install(str(self.reader))

    def read_by_other(self):
        files = sorted(map(str, self.store.glob("archive/*.warc.gz")))
        done = subprocess.run(["node", self.reader / READER.name, *files], capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def compare(self):
        """Both readers find the same records; returns how many of each type there are."""
        ours, theirs = warc_check.read(self.store / "archive"), self.read_by_other()
        self.assertEqual([(r.type, r.url, r.offset) for r in ours],
                         [(r["type"], r["url"], r["offset"]) for r in theirs])
        self.assertEqual([(r.status, r.digest) for r in ours if r.status],
                         [(r["status"], r["told"]) for r in theirs if r["told"] or r["type"] == "revisit"])
        self.assertEqual([r for r in theirs if r["type"] == "response" and r["told"] != r["digest"]], [])
        counts = {kind: sum(r.type == kind for r in ours) for kind in {r.type for r in ours}}
        print(f"\n{len(ours)} records: {counts}", flush=True)
        return counts

    def test_answers_of_all_kinds(self):
        table = {**net_test.Net.TABLE, "/robots.txt": rude.response("", "404 Not Found")}
        paths = [path for path in table if "*" not in path and path != "/robots.txt"] + ["/chain/3"]
        with rude.Server(table) as server:
            seeds = "".join(f"      - http://r{n}.test{path}\n" for n, path in enumerate(paths))
            self.config.write_text("sources:\n  - name: rude\n    private_addresses: true\n    delay: 0\n    adaptive: 0\n"
                                   f"    resolve: {{'*.test': '127.0.0.1:{server.server_address[1]}'}}\n"
                                   "    timeout: 1s\n    retries: 0\n    seeds:\n" + seeds)
            crawl(self.store, "--config", self.config, "--no-extract", "--archive-level", "9", code=1)
        self.assertGreater(self.compare()["response"], 40)

    def test_revisits(self):
        with SimWeb(seed=10, hosts=2, pages=6) as web:
            self.configure(web, revisit="{min: 1s, max: 1s}")
            crawl(self.store, "--config", self.config, "--no-extract", "--max-time", "1")
            time.sleep(1.2)
            crawl(self.store, "--resume", "--no-extract", "--max-time", "1")
        self.assertGreater(self.compare()["revisit"], 5)


if __name__ == "__main__":
    unittest.main()
