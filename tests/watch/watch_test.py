"""almoner watch and status as they are run: a real daemon, real signals, the real clock, a site on loopback.

environment: ALMONER. Runs with: python3 tests/watch/watch_test.py [-v] [NAME]
"""
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
SOURCE = Path(os.environ.get("ALM_SOURCE", "."))
PAGES = 6
LIMIT_S = 60


class Site:
    """A front page and PAGES pages with a gift each; `delay` slows them, `most` is how many were asked for at once."""

    def __init__(self):
        site = self
        self.asked, self.delay, self.now, self.most = [], 0, 0, 0
        self.lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                with site.lock:
                    site.asked.append(self.path)
                    site.now += 1
                    site.most = max(site.most, site.now)
                time.sleep(site.delay)
                body = site.page(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with site.lock:
                    site.now -= 1
                try:
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, path):
        if path == "/":
            return "".join(f'<p><a href="/{i}.html">新闻{i}</a></p>' for i in range(PAGES)).encode()
        if re.fullmatch(r"/\d\.html", path):
            return f"<h1>捐赠{path}</h1><p>东山县德润建材有限公司向东山县慈善总会捐款{path[1]}1万元。</p>".encode()
        return b""

    def pages_asked(self):
        return sorted(path for path in self.asked if path.endswith(".html"))


class WatchTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="almoner-watch-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.store, self.config = self.folder / "store", self.folder / "sources.yaml"
        self.site = Site()
        self.addCleanup(self.site.server.server_close)
        self.addCleanup(self.site.server.shutdown)
        self.said = ""

    def configure(self, *sources):
        """SOURCES: host, keys. All hosts lead to the site."""
        text = ("defaults: {delay: 0, adaptive: 0, private_addresses: true, timezone: UTC, resolve: "
                f"{{'*.test': '127.0.0.1:{self.site.server.server_port}'}}}}\nsources:\n")
        for host, keys in sources:
            text += f"  - {{name: {host}, seeds: ['http://{host}.test/'], {keys}}}\n"
        self.config.write_text(text)

    def command(self, *args):
        return [ALMONER, "watch", "--config", str(self.config), "--store", str(self.store), *map(str, args)]

    def once(self, *args, code=0):
        done = subprocess.run(self.command("--once", *args), capture_output=True, text=True, timeout=LIMIT_S, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def daemon(self, *args):
        """A daemon that is ended at the end of the test; self.said is what it said."""
        process = subprocess.Popen(self.command(*args), stderr=subprocess.PIPE, text=True)

        def listen():
            for line in process.stderr:
                self.said += line

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()

        def end():
            process.kill()
            process.wait()
            thread.join()
            process.stderr.close()

        self.addCleanup(end)
        return process

    def wait_for(self, what, condition, limit=LIMIT_S):
        end = time.monotonic() + limit
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what} did not happen: {self.said}")
            time.sleep(0.05)

    def rows(self, sql, file="watch.db"):
        with sqlite3.connect(f"file:{self.store}/{file}?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()

    def change(self, sql):
        with sqlite3.connect(self.store / "watch.db") as db:
            db.execute(sql)

    def status(self, code=0):
        done = subprocess.run([ALMONER, "status", "--store", self.store, "--json"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)

    # ---- runs ----

    def test_what_is_due_runs_once_and_is_told(self):
        self.configure(("a", "schedule: '@yearly'"), ("b", "schedule: every 365d"), ("c", "schedule: never"))
        self.once()  # new sources: nothing is due yet
        self.assertEqual(self.site.asked, [])
        said = self.once("--now")
        self.assertIn("a: run ended: ok, 7 answers", said)
        self.assertEqual(self.site.pages_asked(), sorted(f"/{i}.html" for i in range(PAGES)) * 2 and
                         sorted([f"/{i}.html" for i in range(PAGES)] * 2))
        self.once()
        self.assertEqual(self.rows("SELECT source, result FROM run ORDER BY source"), [("a", 1), ("b", 1)])
        told = self.status()
        self.assertFalse(told["watched"])
        by_name = {source["name"]: source for source in told["sources"]}
        self.assertEqual(by_name["a"]["last"]["result"], "ok")
        self.assertEqual(by_name["a"]["last"]["ok"], PAGES + 1)
        self.assertEqual(by_name["a"]["last"]["records"], PAGES)
        self.assertTrue(by_name["a"]["next_run"].endswith("-01-01T00:00:00Z"))
        self.assertEqual(by_name["b"]["urls"]["done"], PAGES + 1)
        self.assertIsNone(by_name["c"]["last"])
        self.assertGreater(told["records_bytes"], 0)
        self.assertGreater(by_name["a"]["archive_bytes"], 0)
        table = subprocess.run([ALMONER, "status", "--store", self.store], capture_output=True, text=True, check=True).stdout
        self.assertRegex(table, r"(?m)^a +\d\d-\d\d \d\d:\d\d +ok +7 +6 +0 +01-01 00:00 +0 +-$")
        urls = self.rows("SELECT url FROM donations_flat", "records.db")
        self.assertEqual(len(urls), 2 * PAGES)  # both sources, one store

    def test_what_was_missed_is_made_good_by_one_run(self):
        self.configure(("a", "schedule: '0 * * * *'"), ("b", "schedule: '*/5 * * * *', jitter: 1m"))
        self.once()
        self.change("UPDATE source SET settled_s = settled_s - 86400")
        said = self.once()
        self.assertRegex(said, "a: run begins, making good 2[234] that were missed")
        runs = self.rows("SELECT source, missed, again FROM run ORDER BY source")
        self.assertEqual([(source, again) for source, _, again in runs], [("a", 0), ("b", 0)])
        self.assertGreater(runs[1][1], 280)
        before = len(self.rows("SELECT 1 FROM run WHERE source = 'a'"))
        if time.gmtime().tm_min not in (59, 0):
            self.once()
            self.assertEqual(len(self.rows("SELECT 1 FROM run WHERE source = 'a'")), before)

    def test_sources_of_one_site_take_turns(self):
        self.site.delay = 0.05
        self.configure(("x.same", "schedule: '@yearly'"), ("y.same", "schedule: '@yearly'"))
        self.once("--now", "--runs", 8)
        self.assertEqual(self.site.most, 1)
        (_, ended), (started, _) = self.rows("SELECT started_s, ended_s FROM run ORDER BY id")
        self.assertGreaterEqual(started, ended)

    def test_blackout_hours(self):
        now = time.time()
        hours = "-".join(time.strftime("%H:%M", time.gmtime(now + hour * 3600)) for hour in (-1, 2))
        self.configure(("closed", f"schedule: '* * * * *', blackout: ['{hours}']"), ("open", "schedule: '@yearly'"))
        self.once("--now")
        self.change("UPDATE source SET settled_s = settled_s - 86400 WHERE name = 'closed'")
        self.once()
        self.assertEqual(self.rows("SELECT source FROM run"), [("open",)])
        told = {source["name"]: source for source in self.status()["sources"]}
        self.assertRegex(told["closed"]["next_run"], f"T{hours[6:]}:00Z$")

    def test_failures_are_told(self):
        self.configure(("a", "schedule: '@yearly', retries: 0"), ("gone", "schedule: '@yearly', retries: 0"))
        text = self.config.read_text().replace("http://gone.test/", "http://127.0.0.1:1/")
        self.config.write_text(text)
        self.once("--now", "--", "--max-pages", "nonsense", code=1)
        self.assertEqual({row[0] for row in self.rows("SELECT result FROM run")}, {3})  # configuration
        self.once("--now", "--", "--wait", "0", code=1)
        told = {source["name"]: source["last"] for source in self.status(code=1)["sources"]}
        self.assertEqual(told["a"]["result"], "ok")
        self.assertEqual(told["gone"]["result"], "some-failed")

    # ---- signals, crashes ----

    def test_sigterm_ends_cleanly_and_the_run_is_taken_up_again(self):
        self.site.delay = 0.4
        self.configure(("a", "schedule: '@yearly'"))
        daemon = self.daemon("--now")
        self.wait_for("the third request", lambda: len(self.site.pages_asked()) >= 2)
        self.assertTrue(self.status()["watched"])
        self.assertEqual(self.status()["sources"][0]["last"]["result"], "running")
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(LIMIT_S), 0)
        self.assertLess(len(self.site.pages_asked()), PAGES)
        self.assertEqual(self.rows("SELECT result, again FROM run"), [(6, 0)])
        self.site.delay = 0
        self.assertIn("a: run begins, taking up what was cut off", self.once())
        self.assertEqual(self.rows("SELECT result, again FROM run"), [(6, 0), (1, 1)])
        self.assertEqual(self.site.pages_asked(), [f"/{i}.html" for i in range(PAGES)])  # each once
        self.once()
        self.assertEqual(len(self.rows("SELECT 1 FROM run")), 2)

    def test_kill_loses_and_doubles_nothing(self):
        self.site.delay = 0.3
        self.configure(("a", "schedule: '@yearly'"))
        daemon = self.daemon("--now")
        self.wait_for("the third request", lambda: len(self.site.pages_asked()) >= 2)
        daemon.kill()
        daemon.wait()
        self.assertIn("a: run begins, taking up what was cut off", self.once())  # waits for the crawl that is ending
        self.assertEqual(self.rows("SELECT result, again FROM run"), [(7, 0), (1, 1)])
        self.assertEqual(self.site.pages_asked(), [f"/{i}.html" for i in range(PAGES)])
        self.assertEqual(len(self.rows("SELECT 1 FROM donations_flat", "records.db")), PAGES)

    def test_a_crawl_that_dies_takes_nobody_along(self):
        self.site.delay = 0.3
        self.configure(("a", "schedule: '@yearly'"), ("b", "schedule: '@yearly'"))
        daemon = self.daemon("--now")
        self.wait_for("requests", lambda: len(self.site.pages_asked()) >= 2)
        children = Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split()
        self.assertEqual(len(children), 2)
        os.kill(int(children[0]), signal.SIGKILL)
        self.wait_for("both ends", lambda: len(self.rows("SELECT 1 FROM run WHERE ended_s > 0")) == 2)
        self.assertEqual(sorted(row[0] for row in self.rows("SELECT result FROM run")), [1, 5])
        self.assertIn("ended by signal 9", self.said)
        self.assertIsNone(daemon.poll())

    def test_the_clock_sighup_and_metrics(self):
        """One minute of a daemon that nobody hurries."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        metrics = self.folder / "almoner.prom"
        self.configure(("a", "schedule: '* * * * *'"), ("yearly", "schedule: '@yearly'"))
        good = self.config.read_text()
        daemon = self.daemon("--metrics-port", port, "--metrics-file", metrics)
        url = f"http://127.0.0.1:{port}"

        def scrape():
            with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
                return answer.read().decode()

        def value(name):
            return float(re.search(rf"(?m)^{re.escape(name)} (\S+)$", scrape())[1])

        self.wait_for("metrics", metrics.exists)
        self.config.write_text(good + "  - {name: bad, seeds: [x.test], schedule: '61 * * * *'}\n")
        daemon.send_signal(signal.SIGHUP)
        self.wait_for("the message", lambda: "stays" in self.said)
        self.assertIn(f"{self.config}:5:44: schedule minute '61': no such value", self.said)
        self.wait_for("the metric", lambda: value("almoner_config_last_reload_successful") == 0)
        self.config.write_text(good.replace("yearly, seeds", "new, seeds"))
        daemon.send_signal(signal.SIGHUP)
        self.wait_for("the new configuration", lambda: "configuration read: 2 sources" in self.said)
        self.assertEqual([source["name"] for source in self.status()["sources"]], ["a", "new"])
        self.wait_for("the minute", lambda: self.rows("SELECT 1 FROM run WHERE ended_s > 0"), 90)
        due, started = self.rows("SELECT due_s, started_s FROM run")[0]
        self.assertEqual(due % 60, 0)
        self.assertLess(started - due, 5)
        self.wait_for("the metric", lambda: value('almoner_source_runs_total{source="a",result="ok"}') == 1)
        self.assertEqual(value("almoner_config_last_reload_successful"), 1)
        self.assertEqual(value('almoner_source_answers_total{source="a",class="ok"}'), PAGES + 1)
        self.assertEqual(value('almoner_source_urls{source="a",state="done"}'), PAGES + 1)
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            self.assertEqual(answer.read(), b"ok\n")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{url}/other", timeout=10)
        self.assertEqual(refused.exception.code, 404)
        refused.exception.close()
        self.assertFalse([line for line in Path("/proc/net/tcp").read_text().splitlines()
                          if f":{port:04X} " in line.split()[1] + " " and not line.split()[1].startswith("0100007F")])
        self.check_metrics(scrape())
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(LIMIT_S), 0)
        self.check_metrics(metrics.read_text())
        self.assertEqual(list(self.folder.glob("*.new")), [])

    def check_metrics(self, text):
        self.assertTrue(text.endswith("\n"))
        told = subprocess.run([ALMONER, "status", "--store", self.store, "--metrics"], capture_output=True, text=True, check=False).stdout
        if not shutil.which("promtool"):
            print("promtool is not installed", file=sys.stderr)
            return
        for metrics in (text, told):
            done = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_the_alerts_of_the_documents_ask_for_what_there_is(self):
        self.configure(("a", "schedule: '@yearly'"))
        metrics = self.folder / "almoner.prom"
        self.once("--now", "--metrics-file", metrics)
        there = set(re.findall(r"(?m)^(almoner_[a-z_]+)[ {]", metrics.read_text()))
        document = (SOURCE / "docs/operations.md").read_text(encoding="utf-8")
        alerts = re.search(r"```yaml\n(groups:.*?)```", document, re.S)[1]
        self.assertGreater(alerts.count("almoner_"), 4)
        self.assertLessEqual(set(re.findall(r"\balmoner_[a-z_]+", document)), there)
        if shutil.which("promtool"):
            rules = self.folder / "rules.yml"
            rules.write_text(alerts)
            subprocess.run(["promtool", "check", "rules", rules], check=True, stdout=subprocess.DEVNULL)

    # ---- what does not start ----

    def test_what_does_not_start(self):
        self.configure(("a", "schedule: '30 25 * * *'"))
        self.assertIn(f"{self.config}:3:52: schedule hour '25': no such value", self.once(code=2))
        self.configure(("a", "depth: 1"))
        self.assertIn("no source has a schedule", self.once(code=2))
        self.configure(("a", "schedule: '@yearly'"))
        self.daemon()
        self.wait_for("the daemon", lambda: "watching" in self.said)
        self.assertIn("another crawl is using this store", self.once(code=2))
        done = subprocess.run([ALMONER, "status", "--store", self.folder], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)

    def test_a_source_may_have_any_name(self):
        self.configure(("a", "schedule: '@yearly'"))
        self.config.write_text(self.config.read_text().replace("name: a", "name: '../商会 \"x\\y\"'"))
        self.once("--now")
        self.assertEqual([path.name for path in (self.store / "sources").iterdir()], ["%2E.%2F商会%20%22x%5Cy%22"])
        self.check_metrics(subprocess.run([ALMONER, "status", "--store", self.store, "--metrics"], capture_output=True,
                                          text=True, check=True).stdout)


if __name__ == "__main__":
    unittest.main()
