"""almoner crawl over a simulated web and against servers that misbehave. Nothing here leaves the machine.

environment: ALMONER (the program), ALM_SOURCE; ALM_HOSTS and ALM_PAGES (size of the simulated
web). Runs with: python3 tests/net/crawl_test.py [-v] [NAME]
"""
import gzip
import json
import os
import resource
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402
import net_test  # noqa: E402
from sim_web import SimWeb  # noqa: E402

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
SOURCE = Path(os.environ.get("ALM_SOURCE", "."))
HOSTS = int(os.environ.get("ALM_HOSTS", "12"))
PAGES = int(os.environ.get("ALM_PAGES", "25"))
LIMIT_S = int(os.environ.get("ALM_LIMIT_S", "120"))
DELAY = 0.01
ANSWER_S = 15 if os.environ.get("ALM_SANITIZE") else 4  # for an answer; under sanitizers an endless one takes its time


def command(store, *args):
    return [ALMONER, "crawl", "--store", str(store), "--progress", "none", "--address-connections", "1000", *map(str, args)]


def crawl(store, *args, code=0, env=None):
    done = subprocess.run(command(store, *args), capture_output=True, text=True, timeout=LIMIT_S,
                          env={**os.environ, **(env or {})})
    if code is not None and done.returncode != code:
        raise AssertionError(f"exit {done.returncode}, wanted {code}: {done.stderr}")
    return done


def rows(store, sql, file="frontier.db"):
    with sqlite3.connect(f"file:{store}/{file}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def contents(store):
    """The store as sets, without times."""
    urls = set(rows(store, "SELECT url, CASE state WHEN 1 THEN 0 ELSE state END, reason FROM url"))
    visits = set(rows(store, "SELECT u.url, v.status, hex(v.sha256) FROM visit v JOIN url u ON u.id = v.url"))
    documents = set()
    for url, version, text in rows(store, "SELECT url, digest, document FROM versions JOIN pages USING (page_id)"
                                   " WHERE NOT gone", "records.db"):
        document = json.loads(text)
        document.pop("fetched_at", None)
        documents.add((url, version, json.dumps(document, sort_keys=True)))
    records = set(rows(store, "SELECT uid, url FROM donations_flat", "records.db"))
    return {"urls": urls, "visits": visits, "documents": documents, "records": records}


def archived(store):
    """URL and status of every answer by the indexes, sorted; of robots.txt a kill may leave a redirect twice."""
    lines = []
    for index in sorted(Path(store, "archive").glob("*.cdxj")):
        for line in index.read_text().splitlines():
            fields = json.loads(line.split(" ", 2)[2])
            if not fields["url"].endswith("robots.txt"):
                lines.append((fields["url"], fields["status"]))
    return sorted(lines)


def index_faults(store):
    """Entries of indexes that lead to no record of their URL."""
    faults = []
    for index in Path(store, "archive").glob("*.cdxj"):
        for line in index.read_text().splitlines():
            fields = json.loads(line.split(" ", 2)[2])
            with open(index.with_name(fields["filename"]), "rb") as archive:
                archive.seek(int(fields["offset"]))
                try:
                    record = gzip.decompress(archive.read(int(fields["length"])))
                except (OSError, EOFError) as wrong:
                    record = str(wrong).encode()
            if f"WARC-Target-URI: {fields['url']}\r\n".encode() not in record:
                faults.append((index.name, line))
    return faults


class CrawlTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="almoner-crawl-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.store = self.folder / "store"
        self.config = self.folder / "sources.yaml"

    def configure(self, web, **keys):
        self.config.write_text(web.sources(delay=DELAY, **keys))

    def assertNone(self, faults):
        self.assertEqual(faults[:10], [], f"{len(faults)} faults")


class SimulatedWeb(CrawlTest):
    def test_exactly_the_expected_pages_politely(self):
        with SimWeb(seed=7, hosts=HOSTS, pages=PAGES) as web:
            self.configure(web)
            began = time.monotonic()
            crawl(self.store, "--config", self.config, "--no-extract")
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
            print(f"\n{HOSTS} hosts, {len(web.log)} requests in {time.monotonic() - began:.1f} s, peak {peak} MiB")
            self.assertNone(web.check_set())
            self.assertNone(web.check_politeness(DELAY))
            reasons = {row[0] for row in rows(self.store, "SELECT DISTINCT reason FROM url WHERE state = 5")}
            self.assertEqual(reasons, {"robots", "scope"})

    def test_archive_holds_every_answer(self):
        with SimWeb(seed=8, hosts=4, pages=PAGES) as web:
            self.configure(web)
            crawl(self.store, "--config", self.config, "--no-extract")
            want = sorted((f"http://{host}{path}", str(status)) for host, path, _, _, status in web.log
                          if not path.endswith("robots.txt") and status < 500)
            self.assertEqual(archived(self.store), want)

    def test_nothing_is_fetched_again_by_resume(self):
        with SimWeb(seed=9, hosts=4, pages=PAGES) as web:
            self.configure(web)
            crawl(self.store, "--config", self.config, "--no-extract")
            before = len(web.log)
            crawl(self.store, "--resume", "--no-extract")
            self.assertEqual(len(web.log), before)

    def test_revisits_ask_whether_it_changed(self):
        with SimWeb(seed=10, hosts=2, pages=6) as web:
            self.configure(web, revisit="{min: 1s, max: 1s}")
            crawl(self.store, "--config", self.config, "--no-extract", "--max-time", "1")
            time.sleep(1.2)
            crawl(self.store, "--resume", "--no-extract", "--max-time", "1")
            self.assertTrue(any(row[4] == 304 for row in web.log))
            self.assertIn((304,), rows(self.store, "SELECT DISTINCT status FROM visit"))

    def test_page_limit_and_rest_by_resume(self):
        with SimWeb(seed=11, hosts=3, pages=10) as web:
            self.configure(web)
            crawl(self.store, "--config", self.config, "--no-extract", "--max-pages", "8")
            self.assertLessEqual(rows(self.store, "SELECT count(*) FROM visit")[0][0], 8)
            crawl(self.store, "--resume", "--no-extract")
            self.assertNone(web.check_set())
            self.assertNone(web.check_politeness(DELAY))

    def test_a_second_crawl_on_one_store_is_refused(self):
        with SimWeb(seed=12, hosts=2, pages=10, latency=0.05) as web:
            self.configure(web)
            first = subprocess.Popen(command(self.store, "--config", self.config, "--no-extract"))
            time.sleep(0.5)
            self.assertIn("another crawl", crawl(self.store, "--resume", "--no-extract", code=2).stderr)
            self.assertEqual(first.wait(LIMIT_S), 0)

    def test_interrupted_once_it_ends_cleanly(self):
        with SimWeb(seed=13, hosts=4, pages=PAGES, latency=0.02) as web:
            self.configure(web)
            child = subprocess.Popen(command(self.store, "--config", self.config, "--no-extract"))
            time.sleep(0.6)
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(LIMIT_S), 0)
            self.assertEqual({row[1] for row in web.log} - {"/robots.txt", "/other-robots.txt"},
                             {url.split(".test", 1)[1] for (url,) in
                              rows(self.store, "SELECT u.url FROM url u LEFT JOIN visit v ON v.url = u.id"
                                               " WHERE v.url IS NOT NULL OR u.state = 1")})
            crawl(self.store, "--resume", "--no-extract")
            self.assertNone(web.check_set())

    def test_dry_run_asks_nobody(self):
        with SimWeb(seed=14, hosts=3, pages=5) as web:
            self.configure(web)
            done = crawl(self.store, "--config", self.config, "--dry-run")
            self.assertEqual(done.stdout.split(), [f"http://h{n}.test/p0.html" for n in range(3)])
            self.assertEqual(web.log, [])
            self.assertFalse(self.store.exists())


class FullDisk(CrawlTest):
    """No file may grow beyond a limit: the crawl stops with status 3, and goes on where it was once there is room."""

    def test_stops_cleanly_and_resumes(self):
        with SimWeb(seed=15, hosts=4, pages=PAGES) as web:
            self.configure(web)
            arguments = ["--config", self.config]
            for limit in (150_000, 300_000, 60_000):
                done = subprocess.run(command(self.store, *arguments, "--no-extract"), capture_output=True, text=True,
                                      timeout=LIMIT_S,
                                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
                self.assertEqual(done.returncode, 3, done.stderr)
                if (self.store / "sources.yaml").exists():
                    arguments = ["--resume"]
            crawl(self.store, *arguments, "--no-extract")
            self.assertNone(web.check_set(once=False))
            self.assertNone(web.check_politeness(DELAY))
            self.assertEqual(rows(self.store, "PRAGMA integrity_check"), [("ok",)])
            self.assertNone(index_faults(self.store))


    def test_a_small_disk_that_grows(self):
        """The store on a file system of its own, in a mount name space; once the crawl stopped, it gets more room."""
        disk, kept = self.folder / "disk", self.folder / "kept"
        disk.mkdir()
        with SimWeb(seed=16, hosts=4, pages=PAGES) as web:
            self.configure(web)
            first, second = (" ".join(map(shlex.quote, command(disk / "store", *arguments, "--no-extract")))
                             for arguments in (("--config", self.config), ("--resume",)))
            script = (f"mount -t tmpfs -o size=400k none {disk} || exit 77\n"
                      f"{first}; echo first $?; df --output=pcent {disk} | tail -1\n"
                      f"mount -o remount,size=64m {disk}\n{second}; echo second $?; cp -r {disk}/store {kept}\n")
            done = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", script], capture_output=True,
                                  text=True, timeout=LIMIT_S)
            if done.returncode == 77 or "unshare" in done.stderr:
                self.skipTest("no mount name spaces here: " + done.stderr.strip())
            self.assertIn("first 3", done.stdout, done.stderr)
            self.assertRegex(done.stderr, "No space left|disk is full")
            self.assertIn("second 0", done.stdout, done.stderr)
            self.assertNone(web.check_set(once=False))
            self.assertNone(web.check_politeness(DELAY))
            self.assertEqual(rows(kept, "PRAGMA integrity_check"), [("ok",)])
            want = sorted((f"http://{host}{path}", str(status)) for host, path, _, _, status in web.log
                          if not path.endswith("robots.txt") and status < 500)
            self.assertEqual(set(archived(kept)), set(want))
            self.assertNone(index_faults(kept))


class Interrupted(CrawlTest):
    """In flight: a page that takes three seconds, while others wait."""

    def start(self, server):
        urls = ", ".join(f'"http://h{n}.test/slow"' for n in range(4)) + ', "http://h0.test/later"'
        self.config.write_text("sources:\n  - name: a\n    private_addresses: true\n    robots: false\n    delay: 1s\n"
                               f"    resolve: {{'*.test': '127.0.0.1:{server.server_address[1]}'}}\n    seeds: [{urls}]\n")
        child = subprocess.Popen(command(self.store, "--config", self.config, "--no-extract"), stderr=subprocess.PIPE)
        self.addCleanup(child.stderr.close)
        while len(server.log) < 4:
            time.sleep(0.02)
        return child

    def states(self):
        return sorted(rows(self.store, "SELECT state, count(*) FROM url GROUP BY 1"))

    def slow(self, _connection, _request, server):
        server.over.wait(3)
        return rude.response(rude.page())

    def test_once_finishes_what_is_in_flight_and_twice_stops(self):
        with rude.Server({"/slow": self.slow, "/later": rude.response(rude.page())}) as server:
            for signals, least, most, want in (((signal.SIGINT,), 1.5, 9, [(0, 1), (2, 4)]),
                                               ((signal.SIGTERM,), 1.5, 9, [(0, 1), (2, 4)]),
                                               ((signal.SIGINT, signal.SIGINT), 0, 1.5, [(0, 5)])):
                with self.subTest(signals=signals):
                    del server.log[:]
                    shutil.rmtree(self.store, ignore_errors=True)
                    child = self.start(server)
                    began = time.monotonic()
                    for number in signals:
                        child.send_signal(number)
                        time.sleep(0.1)
                    self.assertEqual(child.wait(LIMIT_S), 0)
                    took = time.monotonic() - began
                    self.assertGreater(took, least)
                    self.assertLess(took, most)
                    self.assertEqual(self.states(), want)
            crawl(self.store, "--resume", "--no-extract")
        self.assertEqual(self.states(), [(2, 5)])


class RudeServers(CrawlTest):
    """Every case ends by itself, within the limits of the source, and is told by its reason."""

    WANT = {  # path: (state, reason); other paths end in any state
        "/page": (2, None), "/gzip": (2, None), "/gbk": (2, None), "/cookie-wall": (2, None), "/chain/3": (2, None),
        "/chain/0": (2, None), "/404": (3, None), "/500": (4, "http-500"), "/gzip-cut": (4, "broken-coding"),
        "/gzip-broken": (4, "broken-coding"), "/bomb": (4, "too-large"), "/endless": (4, "too-large"),
        "/endless-headers": (4, "too-large"), "/stall": (4, "network"), "/stall-headers": (4, "network"),
        "/stall-body": (4, "network"), "/drip": (4, "network"), "/cut": (4, "network"), "/chunks-cut": (4, "network"),
        "/chunks-broken": (4, "network"), "/no-http": (4, "network"), "/close": (4, "network"),
        "/stall-status": (4, "network"), "/stall-chunk": (4, "network"), "/stall-continue": (4, "network"),
        "/drip-headers": (4, "network"), "/continue": (2, None), "/continue-thrice": (2, None),
        "/endless-continue": (4, "too-large"), "/continue-close": (4, "network"), "/101": (4, "network"),
        "/length-minus": (4, "network"), "/length-huge": (4, "too-large"),
        "/length-2g": (4, "too-large"), "/length-and-chunks": (2, None), "/reset": (4, "network"),
        "/cut-headers": (4, "network"), "/chunks": (2, None), "/chunk-minus": (4, "network"),
        "/chunk-huge": (4, "network"), "/chunk-2g": (4, "network"), "/chunk-run-on": (4, "network"),
        "/endless-chunks": (4, "too-large"), "/endless-trailers": (4, "too-large"), "/says-utf8": (2, None),
        "/says-gbk": (2, None), "/says-nonsense": (2, None), "/bomb-file": (2, "no-page"), "/json": (2, "no-page"),
        "/pdf": (2, "no-page"), "/image": (2, "no-page"), "/loop": (2, None), "/loop?10": (2, None),
        "/loop?11": (5, "redirects"),
    }

    def test_every_case_ends_by_itself(self):
        table = {**net_test.Net.TABLE, "/robots.txt": rude.response("", "404 Not Found")}
        paths = [path for path in table if "*" not in path and path != "/robots.txt"] + ["/chain/3"]
        with rude.Server(table) as server:
            # a host each: a host that fails is asked less and less
            seeds = "".join(f"      - http://r{n}.test{path}\n" for n, path in enumerate(paths))
            self.config.write_text("sources:\n  - name: rude\n    private_addresses: true\n    delay: 0\n    adaptive: 0\n"
                                   f"    resolve: {{'*.test': '127.0.0.1:{server.server_address[1]}'}}\n"
                                   f"    timeout: {ANSWER_S}s\n    retries: 0\n    seeds:\n" + seeds)
            began = time.monotonic()
            crawl(self.store, "--config", self.config, "--no-extract", code=1)
            self.assertLess(time.monotonic() - began, 60)
        got = {url.partition(".test")[2]: (state, reason) for url, state, reason in
               rows(self.store, "SELECT url, state, reason FROM url ORDER BY id DESC") if ".test" in url}
        self.maxDiff = None
        self.assertEqual({path: got.get(path) for path in self.WANT}, self.WANT)
        self.assertFalse([path for path, (state, _) in got.items() if state < 2], "left in the queue")

    def test_a_redirect_to_a_private_address_is_refused(self):
        with rude.Server({"/x": rude.response(rude.page())}) as server:
            self.config.write_text(f"sources:\n  - name: a\n    retries: 0\n    robots: false\n    seeds: ['{server.url('/x')}']\n")
            crawl(self.store, "--config", self.config, "--no-extract", code=1)
            self.assertEqual(server.log, [])
        self.assertEqual(rows(self.store, "SELECT state, reason FROM url"), [(4, "refused-address")])


if __name__ == "__main__":
    unittest.main()
