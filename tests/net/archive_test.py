"""almoner extract on WARC archives: the same documents as from the network, in parallel, and a clear word for faults.

environment: ALMONER (the program). Runs with: python3 tests/net/archive_test.py [-v] [NAME]
"""
import gzip
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402
from crawl_test import rows  # noqa: E402

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
COUNT = 12


def almoner(*args):
    return subprocess.run([ALMONER, *map(str, args)], capture_output=True, timeout=120, check=False,
                          stdin=subprocess.DEVNULL)


def site():
    """An index of pages in several charsets and codings, with a picture, a PDF and a page that is gone."""
    links = "".join(f'<p><a href="/{i}.html">第{i}篇</a></p>' for i in range(COUNT))
    links += '<a href="/a.png">图</a> <a href="/a.pdf">文件</a> <a href="/gone.html">无</a>'
    table = {"/": rude.response(f"<html><title>目录</title><body>{links}</body></html>"),
             "/robots.txt": rude.response("", "404 Not Found"),
             "/a.png": rude.response(b"\x89PNG\r\n\x1a\n" + bytes(100), kind="image/png"),
             "/a.pdf": rude.response(b"%PDF-1.4\n%\xe2\xe3", kind="text/html")}
    for i in range(COUNT):
        page = rude.page(f"第{i}篇").replace("10万", f"{i + 1}0万")
        table[f"/{i}.html"] = (rude.response(page.encode("gbk"), kind="text/html; charset=gbk"), rude.gzip_page(page),
                               rude.response(page))[i % 3]
    return table


class Archive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        store = Path(cls.folder.name) / "store"
        with rude.Server(site()) as server:
            done = almoner("crawl", "--store", store, "--allow-private", "--delay", "0", "--progress", "none",
                           server.url("/"))
            assert done.returncode in (0, 1), done.stderr.decode()
            urls = [server.url("/")] + [server.url(f"/{i}.html") for i in range(COUNT)]
            live = almoner("extract", "--allow-private", *urls)
            assert live.returncode == 0, live.stderr.decode()
            cls.live = {d["url"]: d for d in map(json.loads, live.stdout.splitlines())}
        cls.archives = sorted(store.rglob("*.warc.gz"))
        assert cls.archives

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def documents(self, *args):
        done = almoner("extract", *args)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_same_documents_as_from_the_network(self):
        archived = {d["url"]: d for d in self.documents(*self.archives)}
        self.assertEqual(archived.keys(), self.live.keys())
        self.assertGreater(sum(len(d["donations"]) for d in archived.values()), COUNT - 1)
        for url, document in archived.items():
            self.assertRegex(document["fetched_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertEqual({**document, "fetched_at": None}, {**self.live[url], "fetched_at": None})

    def test_same_documents_as_the_crawl_stored(self):
        stored = {url: json.loads(text) for url, text in rows(self.archives[0].parents[1], "SELECT url, document FROM"
                                                              " versions JOIN pages USING (page_id)", "records.db")}
        archived = {d["url"]: d for d in self.documents(*self.archives)}
        self.assertEqual(archived.keys(), stored.keys())
        for url, document in archived.items():
            self.assertEqual(document, stored[url])

    def test_workers_keep_the_order(self):
        self.assertEqual(self.documents("-j", "4", *self.archives), self.documents(*self.archives))

    def test_plain_archive_and_other_inputs(self):
        plain = Path(self.folder.name) / "plain.warc"
        plain.write_bytes(b"".join(gzip.decompress(p.read_bytes()) for p in self.archives))
        page = Path(self.folder.name) / "page.html"
        page.write_text(rude.page("单篇"))
        mixed = self.documents(page, plain, page)
        self.assertEqual(mixed[1:-1], self.documents(*self.archives))
        self.assertEqual((mixed[0], mixed[0]["title"]), (mixed[-1], "单篇"))

    def test_archive_cut_short(self):
        whole = self.archives[0].read_bytes()
        cut = Path(self.folder.name) / "cut.warc.gz"
        cut.write_bytes(whole[:-100])
        done = almoner("extract", cut)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertTrue(done.stderr.startswith(f"almoner: {cut}: ".encode()), done.stderr)
        self.assertEqual(done.stderr.count(bytes(cut)), 1)
        before = self.documents(self.archives[0])
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(found, before[:len(found)])
        self.assertGreaterEqual(len(found), len(before) - 1)


if __name__ == "__main__":
    unittest.main()
