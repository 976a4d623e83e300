"""Stores from end to end: import and export in SQLite and PostgreSQL, killed, edited, fed. Nothing leaves the machine.

environment: ALMONER (the program), ALM_SOURCE, ALM_DOCUMENTS (how many are loaded and killed; default 400, 120 with
sanitizers).
Runs with: python3 tests/stores/stores_test.py [-v] [NAME]
"""
import csv
import functools
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

try:
    import jsonschema
except ImportError:
    jsonschema = None

sys.path.insert(0, str(Path(__file__).parent))
import documents  # noqa: E402
from documents import Page, made  # noqa: E402
from postgres import Postgres, programs  # noqa: E402

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
SOURCE = Path(os.environ.get("ALM_SOURCE", "."))
COUNT = int(os.environ.get("ALM_DOCUMENTS") or (120 if os.environ.get("ALM_SANITIZE") else 400))
server = None


def setUpModule():
    global server
    if programs():
        server = Postgres().__enter__()


def tearDownModule():
    if server:
        server.__exit__()


def almoner(*args, code=0, stdin=None):
    done = subprocess.run([ALMONER, *map(str, args)], capture_output=True, text=True, input=stdin, timeout=300, check=False)
    if code is not None and done.returncode != code:
        raise AssertionError(f"{args}: exit {done.returncode}, wanted {code}: {done.stderr}")
    return done


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def without_clock(row):
    return {k: v for k, v in row.items() if k not in ("seq", "changed_at")}


def state_of(parts):
    """What a reader holds that keeps, by uid, the last row of a feed, and drops what is superseded."""
    held = {}
    for row in parts:
        held.pop(row["uid"], None)
        if row["state"] == "current":
            held[row["uid"]] = row
    return held


@functools.cache
def schema(name):
    return json.loads(almoner("schema", name).stdout)


class StoreTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="almoner-store-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name, *pages):
        path = self.folder / name
        path.write_text("".join((p if isinstance(p, str) else p.json()) + "\n" for p in pages), encoding="utf-8")
        return path

    def rows(self, store, *args):
        return lines(almoner("export", "--store", store, *args).stdout)

    def documents(self, store, *args):
        return lines(almoner("export", "--store", store, "--format", "json", *args).stdout)

    def cursor(self, store):
        return almoner("export", "--store", store, "-o", "/dev/null").stderr.split("cursor: ")[1].strip()

    def load(self, store, *pages, code=0):
        return almoner("import", "--store", store, self.file("load.ndjson", *pages), code=code).stderr


class OnBoth:
    """Every test runs on SQLite and on PostgreSQL."""

    def test_what_is_loaded_comes_out_and_the_same_again_changes_nothing(self):
        pages = [made(n) for n in range(60)]
        said = self.load(self.store, *pages)
        count = sum(len(p.document["donations"]) for p in pages)
        self.assertIn(f"60 documents: 60 new versions, {count} new rows, 0 rows superseded, 0 refused", said)
        cursor = self.cursor(self.store)
        self.assertIn("0 new versions, 0 new rows, 0 rows superseded", self.load(self.store, *pages))
        self.assertEqual(self.cursor(self.store), cursor)
        self.assertEqual(self.documents(self.store), [p.document for p in pages])
        rows = self.rows(self.store)
        self.assertEqual([r["uid"] for r in rows], [d["uid"] for p in pages for d in p.document["donations"]])
        self.assertEqual(rows[0]["state"], "current")
        self.assertEqual([r["seq"] for r in rows], sorted(r["seq"] for r in rows))

    def test_documents_come_out_byte_for_byte(self):
        articles = sorted((SOURCE / "fixtures/articles").glob("*.txt"))[:12]
        made_of = almoner("extract", "--rules", SOURCE / "rules/zh", "--format", "json", *articles).stdout
        almoner("import", "--store", self.store, "-", stdin=made_of)
        out = almoner("export", "--store", self.store, "--format", "json").stdout
        self.assertEqual(sorted(out.splitlines()), sorted(made_of.splitlines()))
        rows = almoner("extract", "--rules", SOURCE / "rules/zh", "--format", "ndjson", *articles).stdout
        fields = list(lines(rows)[0])
        told = {r["uid"]: {k: r[k] for k in fields if k != "url"} for r in self.rows(self.store)}
        self.assertEqual(told, {r["uid"]: {k: r[k] for k in fields if k != "url"} for r in lines(rows)})
        self.assertEqual(list(self.rows(self.store)[0])[:len(fields)], fields)

    def test_a_page_that_is_edited_twice_and_then_gone(self):
        url = "https://a.example/1.html"
        first = Page(url, "2026-11-20T08:00:00Z").give("甲公司", 1000, "慈善会").give("乙公司", 2000, "慈善会")
        second = Page(url, "2026-11-21T08:00:00Z").give("甲公司", 1500, "慈善会").give("乙公司", 2000, "慈善会")
        third = Page(url, "2026-11-22T08:00:00Z").give("甲公司", 1500, "慈善会").give("丙公司", 3000, "红十字会")
        gone = json.dumps({"schema": "almoner.gone/1", "url": url, "gone_at": "2026-11-23T08:00:00Z"})
        parts, cursor = [], None
        for page in (first, second, third, gone):
            self.load(self.store, page)
            parts.append(self.rows(self.store, *(("--since", cursor) if cursor else ())))
            cursor = self.cursor(self.store)
            full = [without_clock(r) for r in self.rows(self.store)]
            held = state_of(row for part in parts for row in part).values()
            self.assertEqual(sorted(map(without_clock, held), key=str), sorted(full, key=str))

        def told(part):
            return [(r["donor"], r["cash_amount"], r["state"]) for r in part]
        if jsonschema:
            for row in self.rows(self.store, "--history"):
                jsonschema.validate(row, schema("row"))
            jsonschema.validate(json.loads(gone), schema("gone"))
        self.assertEqual(told(parts[0]), [("甲公司", "1000.00", "current"), ("乙公司", "2000.00", "current")])
        self.assertEqual(told(parts[1]), [("甲公司", "1000.00", "superseded"), ("甲公司", "1500.00", "current")])
        self.assertEqual(parts[1][1]["replaces"], parts[0][0]["uid"])
        self.assertEqual(told(parts[2]), [("乙公司", "2000.00", "superseded"), ("丙公司", "3000.00", "current")])
        self.assertIsNone(parts[2][1]["replaces"])
        self.assertEqual(told(parts[3]), [("甲公司", "1500.00", "superseded"), ("丙公司", "3000.00", "superseded")])
        self.assertEqual(self.rows(self.store), [])
        self.assertEqual(len(self.rows(self.store, "--history")), 4)
        self.assertEqual(self.documents(self.store), [])
        history = self.documents(self.store, "--history")
        self.assertEqual(history, [first.document, second.document, third.document, json.loads(gone)])
        # another machine that is told the whole history, in whatever order after the first document, has the same
        other = self.other()
        shuffled = [history[i] for i in (2, 3, 0, 1)]
        self.load(other, *map(json.dumps, history))
        self.assertEqual(self.rows(other), [])
        self.assertEqual([without_clock(r) for r in self.rows(other, "--history")],
                         [without_clock(r) for r in self.rows(self.store, "--history")])
        third_store = self.other("third")
        self.load(third_store, *map(json.dumps, shuffled))
        self.assertEqual(self.rows(third_store), [])
        self.assertEqual(self.documents(third_store, "--history"), history)

    def test_a_page_comes_back(self):
        page = Page("https://a.example/1.html", "2026-11-20T08:00:00Z").give("甲公司", 1000, "慈善会")
        gone = json.dumps({"schema": "almoner.gone/1", "url": page.url, "gone_at": "2026-11-21T08:00:00Z"})
        self.load(self.store, page, gone)
        cursor = self.cursor(self.store)
        page.document["fetched_at"] = "2026-11-22T08:00:00Z"
        self.load(self.store, page)
        back = self.rows(self.store, "--since", cursor)
        self.assertEqual([(r["uid"], r["state"]) for r in back], [(page.document["donations"][0]["uid"], "current")])
        self.assertEqual(len(self.rows(self.store, "--history")), 2)

    def test_a_uid_that_two_pages_tell_is_current_once(self):
        def copy(url, fetched_at="2026-11-20T08:00:00Z"):
            page = Page("https://a.example/1.html", fetched_at).give("甲公司", 1000, "慈善会")
            page.document["canonical_url"], page.document["url"] = page.url, url
            return page
        first, second = copy("https://a.example/1.html"), copy("https://m.a.example/1.html")
        self.load(self.store, first, second)
        self.assertEqual(len(self.rows(self.store)), 1)
        self.assertEqual(len(self.documents(self.store)), 2)
        cursor = self.cursor(self.store)
        gone = {"schema": "almoner.gone/1", "url": "https://a.example/1.html", "gone_at": "2026-11-21T08:00:00Z"}
        self.load(self.store, json.dumps(gone))
        self.assertEqual([r["state"] for r in self.rows(self.store, "--since", cursor)], ["current"])
        self.assertEqual(len(self.rows(self.store)), 1)
        self.load(self.store, json.dumps({**gone, "url": "https://m.a.example/1.html"}))
        self.assertEqual(self.rows(self.store), [])

    def test_an_older_document_becomes_history(self):
        newer, older = made(3, edition=1), made(3)
        self.load(self.store, newer)
        cursor = self.cursor(self.store)
        self.load(self.store, older)
        self.assertEqual(self.documents(self.store), [newer.document])
        self.assertEqual(self.documents(self.store, "--history"), [older.document, newer.document])
        self.assertNotIn("current", [r["state"] for r in self.rows(self.store, "--since", cursor)])

    def test_conditions(self):
        self.load(self.store, *[made(n) for n in range(40)])
        every = self.rows(self.store)

        def chosen(*conditions):
            return [r["uid"] for r in self.rows(self.store, *[x for c in conditions for x in ("--where", c)])]
        cash = [r for r in every if r["cash_amount"]]
        large = [r["uid"] for r in cash if float(r["cash_amount"]) >= 250000]
        self.assertTrue(0 < len(large) < len(every))
        self.assertEqual(chosen("cash_amount >= 250000"), large)
        self.assertEqual(chosen("cash_amount<250000"), [r["uid"] for r in cash if float(r["cash_amount"]) < 250000])
        both = [r["uid"] for r in every if "印务" in r["donor"] and r["published"] > "2026-05-31"]
        self.assertTrue(both)
        self.assertEqual(chosen("donor ~ 印务", "published > 2026-05-31"), both)
        self.assertEqual(chosen("donor_org ="), [r["uid"] for r in every if r["donor_org"] is None])
        self.assertEqual(chosen("donor_org !=", "confidence >= 0.9", "total = false", "donor ~ 有限公司'\"%"), [])
        self.assertEqual(chosen("donor_type = person"), [r["uid"] for r in every if r["donor_type"] == "person"])
        pages = self.documents(self.store, "--where", "cash_amount >= 450000")
        self.assertEqual({p["url"] for p in pages}, {r["url"] for r in cash if float(r["cash_amount"]) >= 450000})

    def test_since_a_time(self):
        self.load(self.store, made(1))
        self.assertEqual(len(self.rows(self.store, "--since", "2020-01-01")), len(self.rows(self.store)))
        self.assertEqual(self.rows(self.store, "--since", "2120-01-01T00:00:00Z"), [])

    def test_private_people(self):
        page = Page("https://a.example/1.html").give(None, 500, "慈善会", person="赵明").give(
            "甲公司", 1000, "慈善会", "赵明德", "董事长").give(None, 700, "慈善会", person="欧阳静")
        salt = self.folder / "salt"
        self.load(self.store, page)
        mask = ("--private-people", "mask", "--salt", salt)
        rows, kept = self.rows(self.store, *mask), self.rows(self.store)
        self.assertRegex(rows[0]["donor"], r"^赵\*\*-[0-9a-f]{10}$")
        self.assertEqual(rows[0]["evidence"], "赵*向慈善会捐款500元。")
        self.assertEqual(rows[1], kept[1])  # a longer name of somebody with a post stays
        self.assertRegex(rows[2]["donor"], r"^欧\*\*-[0-9a-f]{10}$")
        self.assertNotEqual(rows[0]["uid"], kept[0]["uid"])
        dropped = self.rows(self.store, "--private-people", "drop", "--salt", salt)
        self.assertEqual([r["donor"] for r in dropped], [None, "甲公司", None])
        self.assertEqual([r["cash_amount"] for r in dropped], [r["cash_amount"] for r in kept])
        if jsonschema:
            for people in ("mask", "drop"):
                for row in self.rows(self.store, "--private-people", people, "--salt", salt):
                    jsonschema.validate(row, schema("row"))
                for document in self.documents(self.store, "--private-people", people, "--salt", salt):
                    jsonschema.validate(document, schema("page"))
        for form in ("ndjson", "csv", "json"):
            for people in ("mask", "drop"):
                out = almoner("export", "--store", self.store, "--format", form, "--private-people", people, "--salt",
                              salt).stdout
                self.assertNotIn("赵明向", out)
                self.assertNotIn("欧阳静", out)
        # masked on its way in, it is the same as masked on its way out, and masking it again changes nothing
        other = self.other()
        almoner("import", "--store", other, *mask, self.file("p.ndjson", page))
        self.assertEqual(list(map(without_clock, self.rows(other))), list(map(without_clock, rows)))
        self.assertEqual(self.documents(other), self.documents(self.store, *mask))
        self.assertEqual(list(map(without_clock, self.rows(other, *mask))), list(map(without_clock, rows)))
        # another salt, another mask
        self.assertNotEqual(self.rows(self.store, "--private-people", "mask", "--salt", self.folder / "salt2")[0]["donor"],
                            rows[0]["donor"])
        self.assertEqual(salt.stat().st_mode & 0o777, 0o600)

    def test_a_copy_as_sqlite(self):
        self.load(self.store, *[made(n) for n in range(30)])
        copy, cursor = self.folder / "copy.db", self.folder / "cursor"
        almoner("export", "--store", self.store, "--format", "sqlite", "--cursor", cursor, "-o", copy)
        self.assertEqual(list(map(without_clock, self.rows(copy))), list(map(without_clock, self.rows(self.store))))
        self.load(self.store, *[made(n, edition=1) for n in range(10)])
        almoner("export", "--store", self.store, "--format", "sqlite", "--cursor", cursor, "-o", copy)
        key = lambda r: r["uid"]  # noqa: E731
        self.assertEqual(sorted(map(without_clock, self.rows(copy)), key=key),
                         sorted(map(without_clock, self.rows(self.store)), key=key))

    def test_killed_again_and_again(self):
        """kill -9 in the middle of loads, at times all along them: nothing is lost, nothing comes twice."""
        documents.write(self.folder / "all.ndjson", COUNT)
        began = time.monotonic()
        almoner("import", "--store", self.other("whole"), self.folder / "all.ndjson")
        took, kills = time.monotonic() - began, 0
        for attempt in range(8):
            load = subprocess.Popen([ALMONER, "import", "--store", self.store, self.folder / "all.ndjson"],
                                    stderr=subprocess.DEVNULL)
            try:
                load.wait(took * (attempt + 1) / 8)
            except subprocess.TimeoutExpired:
                load.kill()
                load.wait()
                kills += 1
        self.assertGreater(kills, 1)
        said = almoner("import", "--store", self.store, self.folder / "all.ndjson").stderr
        self.assertIn(f"{COUNT} documents", said)
        whole = self.rows(self.other("whole"))
        self.assertEqual(sorted(map(str, map(without_clock, self.rows(self.store)))),
                         sorted(map(str, map(without_clock, whole))))
        self.assertEqual(len(self.rows(self.store, "--history")), len(whole))
        self.assertIn(" 0 new versions, 0 new rows,", almoner("import", "--store", self.store,
                                                              self.folder / "all.ndjson").stderr)
        self.check_integrity()

    def test_a_feed_while_writers_write(self):
        """Two writers at once, exports all the while: the parts one after the other are the whole, each row once."""
        for edition in (0, 1, 2):
            documents.write(self.folder / f"{edition}.ndjson", COUNT // 2, edition)
        documents.write(self.folder / "more.ndjson", COUNT // 2, seed=2)
        self.load(self.store)  # makes the store
        writers = [subprocess.Popen(["sh", "-c", " && ".join(f"'{ALMONER}' import -s '{self.store}' '{self.folder}/{n}.ndjson'"
                                                             for n in names)], stderr=subprocess.DEVNULL)
                   for names in ((0, 1, 2), ("more",))]
        parts, count = [], 0
        running = True
        while running:
            running = any(w.poll() is None for w in writers)
            part = self.folder / f"part{count}.ndjson"
            almoner("export", "--store", self.store, "--cursor", self.folder / "cursor", "-o", part)
            parts += lines(part.read_text())
            count += 1
            time.sleep(0.02)
        self.assertEqual([w.returncode for w in writers], [0, 0])
        seqs = [r["seq"] for r in parts]
        self.assertEqual(seqs, sorted(set(seqs)), "a number went back or came twice")
        full = self.rows(self.store)
        self.assertEqual(state_of(parts), {r["uid"]: r for r in full})
        print(f"\n{type(self).__name__}: {count} parts with {len(parts)} rows make the {len(full)} rows of the full export")

    def test_refused_documents_are_named_and_the_others_go_on(self):
        bad = json.loads(made(1).json())
        bad["donations"][0]["cash"][0]["amount"] = "12e3"
        twice = json.loads(made(2).json())
        twice["donations"].append(twice["donations"][0])
        said = self.load(self.store, made(0), json.dumps(bad), '{"uid": "row"}', json.dumps(twice), made(3), code=1)
        self.assertIn('load.ndjson:2: no page document: field "amount"', said)
        self.assertIn("load.ndjson:3:", said)
        self.assertIn("load.ndjson:4:", said)
        self.assertIn("2 documents: 2 new versions", said)
        self.assertIn("3 refused", said)
        self.assertEqual(len(self.documents(self.store)), 2)


class OnSqlite(OnBoth, StoreTest):
    def setUp(self):
        super().setUp()
        self.store = self.folder / "store.db"

    def other(self, name="other"):
        return self.folder / f"{name}.db"

    def check_integrity(self):
        with sqlite3.connect(self.store) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(db.execute("PRAGMA foreign_key_check").fetchall(), [])

    def test_many_open_a_new_store_at_once(self):
        page = self.file("one.ndjson", made(1))
        for n in range(25):
            command = [ALMONER, "import", "--store", self.other(f"new-{n}"), page]
            loads = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
            told = [load.communicate(timeout=60)[1] for load in loads]
            self.assertEqual([load.returncode for load in loads], [0] * 4, told)

    def test_files_of_every_form(self):
        self.load(self.store, *[made(n) for n in range(50)])
        rows = self.rows(self.store)
        # rotated and compressed
        almoner("export", "--store", self.store, "--rotate", "4K", "-o", self.folder / "out.ndjson.zst")
        parts = sorted(self.folder.glob("out-*.ndjson.zst"))
        self.assertGreater(len(parts), 1)
        text = "".join(subprocess.run(["zstd", "-dcq", p], capture_output=True, text=True, check=True).stdout for p in parts) \
            if shutil.which("zstd") else None
        if text is not None:
            self.assertEqual(lines(text), rows)
        # CSV: each part with the head; null is empty
        almoner("export", "--store", self.store, "--format", "csv", "--rotate", "20K", "-o", self.folder / "out.csv")
        read = []
        for part in sorted(self.folder.glob("out-*.csv")):
            read += csv.DictReader(io.StringIO(part.read_text(), newline=""))
        self.assertEqual([r["uid"] for r in read], [r["uid"] for r in rows])
        self.assertEqual([r["donor_org"] or None for r in read], [r["donor_org"] for r in rows])
        self.assertEqual(read[0]["total"], "false")
        # what was written goes in again, plain, in zstd, in gzip, as an array
        documents_file = self.folder / "d.json.zst"
        almoner("export", "--store", self.store, "--format", "json", "-o", documents_file)
        self.assertIn(" 0 new versions", almoner("import", "--store", self.store, documents_file).stderr)
        array = json.dumps(self.documents(self.store), indent=1)
        self.assertIn(" 0 new versions", almoner("import", "--store", self.store, "-", stdin=array).stderr)
        plain = self.folder / "plain.json"
        plain.write_text(array)
        subprocess.run(["gzip", plain], check=True)
        self.assertIn("50 documents: 0 new versions", almoner("import", "--store", self.store, f"{plain}.gz").stderr)
        broken = self.folder / "broken.zst"
        broken.write_bytes(documents_file.read_bytes()[:-40])
        self.assertIn("middle of compressed", almoner("import", "--store", self.store, broken, code=1).stderr)

    def test_an_output_is_whole_or_not_at_all(self):
        documents.write(self.folder / "all.ndjson", COUNT)
        almoner("import", "--store", self.store, self.folder / "all.ndjson")
        (self.folder / "out").mkdir()
        target = self.folder / "out" / "rows.ndjson"
        target.write_text("old\n")
        began = time.monotonic()
        almoner("export", "--store", self.store, "-o", self.folder / "whole.ndjson")
        took = time.monotonic() - began
        for part in range(1, 6):
            export = subprocess.Popen([ALMONER, "export", "--store", self.store, "-o", target], stderr=subprocess.DEVNULL)
            try:
                export.wait(took * part / 8)
            except subprocess.TimeoutExpired:
                export.kill()
                export.wait()
            self.assertIn(target.read_text(), ("old\n", (self.folder / "whole.ndjson").read_text()))
            self.assertEqual([p.name for p in target.parent.iterdir()], ["rows.ndjson"])
        full = almoner("export", "--store", self.store, "-o", "/dev/full", code=3)
        self.assertIn("No space left", full.stderr)

    def test_wrong_cursors_and_stores(self):
        self.load(self.store, made(1))
        cursor = self.cursor(self.store)
        self.load(self.other(), made(1), made(2))
        for bad, word in ((self.cursor(self.other()), "of another store"), (cursor + "0", "ahead of this store"),
                          ("yesterday", "neither a cursor nor a time"), ("2026-13-01", "neither")):
            self.assertIn(word, almoner("export", "--store", self.store, "--since", bad, code=2).stderr)
        almoner("export", "--store", self.folder / "none.db", code=2)
        self.assertFalse((self.folder / "none.db").exists())
        for bad in ("amount > 3", "cash_amount ~ 3", "cash_amount > x", "donor"):
            almoner("export", "--store", self.store, "--where", bad, code=2)
        with sqlite3.connect(self.store) as db:
            db.execute("PRAGMA user_version = 999")
        self.assertIn("later almoner", almoner("export", "--store", self.store, code=2).stderr)
        self.assertIn("later almoner", almoner("import", "--store", self.store, self.file("x", made(1)), code=2).stderr)


@unittest.skipUnless(programs(), "no PostgreSQL server on this machine")
class OnPostgres(OnBoth, StoreTest):
    number = 0

    def setUp(self):
        super().setUp()
        OnPostgres.number += 1
        self.store = server.url(f"t{self.number}")

    def other(self, name="other"):
        return server.url(f"t{self.number}_{name}")

    def check_integrity(self):
        twice = server.sql("SELECT uid FROM donations WHERE state = 'current' GROUP BY uid HAVING count(*) > 1",
                           f"t{self.number}")
        self.assertEqual(twice, [])

    def test_the_server_restarts_in_the_middle(self):
        documents.write(self.folder / "all.ndjson", COUNT)
        self.load(self.store)  # makes the store
        load = subprocess.Popen([ALMONER, "import", "--store", self.store, "-"], stdin=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
        text = (self.folder / "all.ndjson").read_text().splitlines(keepends=True)
        load.stdin.writelines(text[:-1])  # all but the last are on their way or gathered when the server dies
        load.stdin.flush()
        server.stop("immediate")
        server.start()
        load.stdin.write(text[-1])
        said = load.communicate(timeout=120)[1]
        self.assertEqual(load.returncode, 0, said)
        self.assertEqual(len(self.documents(self.store)), COUNT)
        self.check_integrity()

    def test_both_databases_tell_the_same(self):
        documents.write(self.folder / "all.ndjson", 200)
        documents.write(self.folder / "edited.ndjson", 100, edition=1)
        sqlite = self.folder / "same.db"
        for store in (self.store, sqlite):
            almoner("import", "--store", store, self.folder / "all.ndjson")
            almoner("import", "--store", store, self.folder / "edited.ndjson")
        for args in ((), ("--history",), ("--format", "csv"), ("--format", "json", "--history")):
            outs = [almoner("export", "--store", store, *args).stdout for store in (self.store, sqlite)]
            if "json" not in args:
                outs = [sorted(without_times(out)) for out in outs]
            self.assertEqual(*outs)
        views = [server.sql(f"SELECT {c} FROM donors ORDER BY donor", f"t{self.number}") for c in
                 ("donor, donations, pages, cash_cny",)][0]
        with sqlite3.connect(sqlite) as db:
            same = db.execute("SELECT donor, donations, pages, printf('%.2f', cash_cny) FROM donors ORDER BY donor").fetchall()
        self.assertEqual(sorted(views), sorted([str(x) for x in row] for row in same))

    def test_no_password_in_messages(self):
        said = almoner("import", "--store", f"postgres://u:geheim@/x?host={self.folder}", self.file("x", made(1)), code=3)
        self.assertNotIn("geheim", said.stderr)


def without_times(text):
    """Lines without the time of the change, which differs between two stores."""
    import re
    return [re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ(\"}|\r?$)", "", line) for line in text.splitlines()]


if __name__ == "__main__":
    unittest.main()
