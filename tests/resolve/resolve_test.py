"""`almoner resolve` on stores: whatever the order and the number of steps, the answer is one; sums count a gift once.

On SQLite, and on a PostgreSQL server of the test's own where there is one.
"""
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ.get("ALM_SOURCE", Path(__file__).parents[2]))
sys.path[:0] = [str(SOURCE / "tests/report"), str(SOURCE / "tests/stores"), str(SOURCE / "tests/tools")]
from postgres import Postgres, programs  # noqa: E402
from render import render  # noqa: E402
from retell import family  # noqa: E402
from stores import ALMONER, almoner, warc  # noqa: E402

TABLES = {"gifts": "gift_uid, uid", "gift_members": "uid, gift_uid, score, why", "gift_doubts": "uid, other_uid, score, why",
          "entities": "entity_uid, name, type, place"}
FAMILIES = ("ceremony-01", "ceremony-09", "list-01", "roundup-03")
server = None


def setUpModule():
    global server
    if programs():
        server = Postgres().__enter__()


def tearDownModule():
    if server:
        server.__exit__()


def documents_of(names):
    pages = [page for name in names
             for page in family(SOURCE / f"fixtures/articles/{name}.txt", SOURCE / "rules/zh/lexicon/trad-simp.tsv")]
    archive = warc([(f"http://news.example/{page.id}.html", "2024-01-01T00:00:00Z", render(page.article, "portal", "utf-8", "utf-8"))
                    for page in pages])
    with tempfile.NamedTemporaryFile(suffix=".warc") as file:
        file.write(archive)
        file.flush()
        return almoner("extract", file.name).decode().splitlines(keepends=True)


def load(store, documents):
    almoner("import", "--store", store, "-", data="".join(documents).encode())


def said(*words):
    return subprocess.run([ALMONER, *map(str, words)], capture_output=True, text=True, check=True).stderr


class Sqlite:
    def __init__(self, folder, name):
        self.store = str(folder / f"{name}.db")

    def rows(self, sql):
        db = sqlite3.connect(self.store)
        try:
            return [tuple("" if v is None else str(v) for v in row) for row in db.execute(sql)]
        finally:
            db.close()


class Server:
    def __init__(self, _, name):
        self.name, self.store = name, server.url(name)

    def rows(self, sql):
        return [tuple(row) for row in server.sql(sql, self.name)]


class OnBoth:
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.documents = documents_of(FAMILIES)

    def made(self, name):
        return self.kind(Path(self.temporary.name), name)

    def answer(self, at):
        """All that resolving wrote, but for page numbers."""
        found = {table: sorted(at.rows(f"SELECT {columns} FROM {table}")) for table, columns in TABLES.items()}
        found["names"] = sorted(at.rows("SELECT p.url, m.name, m.entity_uid, m.why FROM entity_members m"
                                        " JOIN pages p ON p.page_id = m.page_id"))
        return found

    def test_order_and_steps_make_no_difference(self):
        once, steps = self.made("once"), self.made("steps")
        load(once.store, self.documents)
        almoner("resolve", "--store", once.store)
        shuffled = list(self.documents)
        random.Random(7).shuffle(shuffled)
        for start in range(0, len(shuffled), 9):
            load(steps.store, shuffled[start:start + 9])
            almoner("resolve", "--store", steps.store)
        a, b = self.answer(once), self.answer(steps)
        for table in a:
            self.assertEqual(a[table], b[table], table)
        self.assertGreater(len(a["gift_members"]), 2 * len(a["gifts"]))
        self.assertTrue(a["gift_doubts"])

    def test_again_changes_nothing(self):
        at = self.made("again")
        load(at.store, self.documents[:20])
        self.assertRegex(said("resolve", "--store", at.store), r"\b[1-9]\d* rows changed")
        self.assertIn("nothing changed", said("resolve", "--store", at.store))
        self.assertIn(" 0 rows changed", said("resolve", "--force", "--store", at.store))
        before = self.answer(at)
        said("resolve", "--force", "--dry-run", "--store", at.store)
        self.assertEqual(self.answer(at), before)

    def test_each_donation_is_in_one_gift_and_says_why(self):
        at = self.made("whole")
        load(at.store, self.documents)
        almoner("resolve", "--store", at.store)
        self.assertEqual(at.rows("SELECT count(*) FROM donations d WHERE d.state = 'current' AND NOT EXISTS"
                                 " (SELECT 1 FROM gift_members m WHERE m.uid = d.uid)"), [("0",)])
        self.assertEqual(at.rows("SELECT count(*) FROM gifts g WHERE NOT EXISTS (SELECT 1 FROM gift_members m"
                                 " WHERE m.uid = g.uid AND m.gift_uid = g.gift_uid)"), [("0",)])
        several = at.rows("SELECT m.why FROM gift_members m WHERE (SELECT count(*) FROM gift_members o"
                          " WHERE o.gift_uid = m.gift_uid) > 1")
        for why, in several:
            clues = json.loads(why)["clues"]
            self.assertGreaterEqual(round(sum(points for _, points in clues.values()), 1), 7.0)
            self.assertTrue({"donor", "amount"} <= clues.keys())
        doubtful = [float(score) for score, in at.rows("SELECT score FROM gift_doubts")]
        self.assertTrue(doubtful and min(doubtful) >= 5.0)

    def test_two_donations_of_one_page_stay_two_gifts(self):
        at = self.made("pages")
        load(at.store, self.documents)
        almoner("resolve", "--store", at.store)
        self.assertEqual(at.rows("SELECT count(*) FROM (SELECT m.gift_uid, d.page_id FROM gift_members m JOIN donations d"
                                 " ON d.uid = m.uid AND d.state = 'current' GROUP BY m.gift_uid, d.page_id"
                                 " HAVING count(*) > 1) AS x"), [("0",)])

    def test_a_page_that_is_gone_leaves_its_gifts(self):
        at = self.made("gone")
        load(at.store, self.documents)
        almoner("resolve", "--store", at.store)
        url = "http://news.example/ceremony-01-copy.html"
        told = at.rows(f"SELECT count(*) FROM gift_members m JOIN donations d ON d.uid = m.uid AND d.state = 'current'"
                       f" JOIN pages p ON p.page_id = d.page_id WHERE p.url = '{url}'")
        self.assertNotEqual(told, [("0",)])
        load(at.store, [json.dumps({"schema": "almoner.gone/1", "url": url, "gone_at": "2024-02-01T00:00:00Z"}) + "\n"])
        almoner("resolve", "--store", at.store)
        without = self.made("without")
        load(without.store, [d for d in self.documents if url not in d])
        almoner("resolve", "--store", without.store)
        self.assertEqual(self.answer(at), self.answer(without))


class OnSqlite(OnBoth, unittest.TestCase):
    kind = Sqlite


@unittest.skipUnless(programs(), "no PostgreSQL server here")
class OnPostgres(OnBoth, unittest.TestCase):
    kind = Server


class Files(unittest.TestCase):
    def test_files_are_resolved_without_a_store(self):
        documents = documents_of(FAMILIES[:1])
        out = almoner("resolve", "-", data="".join(documents).encode()).decode().splitlines()
        gifts = [json.loads(line) for line in out]
        self.assertEqual(sum(len(gift["donations"]) for gift in gifts), sum(len(json.loads(d)["donations"]) for d in documents))
        self.assertGreater(max(gift["pages"] for gift in gifts), 3)
        random.Random(3).shuffle(documents)
        again = almoner("resolve", "-", data="".join(documents).encode()).decode().splitlines()
        self.assertEqual(out, again)

    def test_a_line_that_is_no_document_is_named(self):
        done = subprocess.run([ALMONER, "resolve", "-"], input=b"{}\nnot json\n", capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b":2:", done.stderr)


if __name__ == "__main__":
    unittest.main()
