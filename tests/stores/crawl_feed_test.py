"""A crawl into a store, seen through its feed: exports while it runs; a page that is edited twice and then gone.

environment: ALMONER, ALM_SOURCE. Runs with: python3 tests/stores/crawl_feed_test.py [-v] [NAME]
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "net")]
import rude_server as rude  # noqa: E402
from postgres import Postgres, programs  # noqa: E402
from stores_test import almoner, lines, state_of, without_clock  # noqa: E402

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
SOURCE = Path(os.environ.get("ALM_SOURCE", "."))
PAGES = 60
EVERY_S = 1.0
HTML = ("<!DOCTYPE html><html lang=zh><meta charset=utf-8><title>{title}</title><h1>{title}</h1>"
        "<div class=content><p>{text}</p></div>{links}</html>")


def page(text, title="爱心企业捐款", links=()):
    return rude.response(HTML.format(title=title, text=text, links="".join(f'<a href="{x}">{x}</a>' for x in links)))


def gift(name, amount):
    return f"2026年11月20日，沈阳{name}食品有限公司向沈阳市慈善会捐款{amount}万元，用于助学。"


def site():
    """A list and its articles, a gift in each."""
    table = {f"/n{n}.html": page(gift(f"第{'一二三四五六七八九十'[n % 10]}诚信", n + 1), title=f"第{n}次捐款")
             for n in range(PAGES)}
    table["/"] = page("列表", links=[path for path in table])
    table["/robots.txt"] = rude.response("", "404 Not Found", kind="text/plain")
    return table


class FeedOfACrawl(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="almoner-feed-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.store = self.folder / "news"

    def crawl(self, *args):
        return [ALMONER, "crawl", "--store", str(self.store), "--progress", "none", *map(str, args)]

    def seeds(self, server, delay="0.01"):
        return ("--rules", SOURCE / "rules/zh", "--allow-private", "--delay", delay, "--resolve",
                f"*.test=127.0.0.1:{server.server_address[1]}", "http://a.test/")

    def check_parts(self, records, *args):
        with rude.Server(site()) as server:
            crawl = subprocess.Popen(self.crawl(*args, *self.seeds(server, delay="0.1")), stderr=subprocess.DEVNULL)
            parts, sizes = [], []
            while True:
                running = crawl.poll() is None
                part = self.folder / f"part{len(sizes)}.ndjson"
                code = None if parts else 2  # at first there is no store yet
                done = almoner("export", "--store", records, "--cursor", self.folder / "cursor", "-o", part, code=None)
                if done.returncode == 0:
                    rows = lines(part.read_text())
                    parts += rows
                    sizes.append(len(rows))
                else:
                    self.assertEqual(done.returncode, code, done.stderr)
                if not running:
                    break
                time.sleep(EVERY_S)
        self.assertEqual(crawl.wait(), 0)
        full = lines(almoner("export", "--store", records).stdout)
        self.assertEqual(len(full), PAGES)
        self.assertEqual(len({r["seq"] for r in parts}), len(parts))
        self.assertEqual(state_of(parts), {r["uid"]: r for r in full})
        self.assertGreater(len([s for s in sizes if s]), 2)
        print(f"\nparts of {sizes} rows make the {len(full)} of the full export")

    def test_parts_each_second_make_the_whole(self):
        self.check_parts(self.store)

    @unittest.skipUnless(programs(), "no PostgreSQL server on this machine")
    def test_parts_each_second_make_the_whole_in_postgres(self):
        with Postgres() as server:
            records = server.url("news")
            self.check_parts(records, "--records", records)
            self.assertFalse((self.store / "records.db").exists())

    def test_a_page_edited_twice_and_then_gone(self):
        table = {**site(), "/": page(gift("老张", 3))}
        seen, cursor = [], self.folder / "cursor"
        editions = (page(gift("老张", 3)), page(gift("老张", 5)), page(gift("老李", 8)),
                    rude.response("gone", "410 Gone"))
        with rude.Server(table) as server:
            for number, edition in enumerate(editions):
                table["/"] = edition
                if number == 0:
                    command = self.crawl(*self.seeds(server))
                else:
                    subprocess.run([ALMONER, "frontier", "requeue", "--store", self.store, "--all"], check=True,
                                   capture_output=True)
                    command = self.crawl("--resume", "--rules", SOURCE / "rules/zh")
                done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                part = almoner("export", "--store", self.store, "--cursor", cursor).stdout
                seen.append([(r["donor"], r["cash_amount"], r["state"]) for r in lines(part)])
        a, b = "沈阳老张食品有限公司", "沈阳老李食品有限公司"
        self.assertEqual(seen, [
            [(a, "30000.00", "current")],
            [(a, "30000.00", "superseded"), (a, "50000.00", "current")],
            [(a, "50000.00", "superseded"), (b, "80000.00", "current")],
            [(b, "80000.00", "superseded")]])
        self.assertEqual(almoner("export", "--store", self.store).stdout, "")
        history = lines(almoner("export", "--store", self.store, "--history").stdout)
        self.assertEqual([r["cash_amount"] for r in history], ["30000.00", "50000.00", "80000.00"])
        documents = lines(almoner("export", "--store", self.store, "--history", "--format", "json").stdout)
        self.assertEqual([d["schema"] for d in documents], 3 * ["almoner.page/1"] + ["almoner.gone/1"])

    def test_private_people_never_reach_the_store(self):
        table = {**site(), "/": page("2026年11月20日，市民王小二向沈阳市慈善会捐款500元。" + gift("老张", 3))}
        with rude.Server(table) as server:
            subprocess.run(self.crawl("--private-people", "mask", "--no-archive", *self.seeds(server)), check=True,
                           capture_output=True, timeout=60)
        rows = lines(almoner("export", "--store", self.store).stdout)
        masked = [r for r in rows if r["donor_type"] == "person"]
        self.assertRegex(masked[0]["donor"], r"^王\*\*-[0-9a-f]{10}$")
        self.assertIn("王**向", masked[0]["evidence"])
        for path in self.store.rglob("*"):
            if path.is_file():
                self.assertNotIn("王小二".encode(), path.read_bytes(), path)
        again = lines(almoner("export", "--store", self.store, "--private-people", "mask").stdout)
        self.assertEqual(list(map(without_clock, again)), list(map(without_clock, rows)))


if __name__ == "__main__":
    unittest.main()
