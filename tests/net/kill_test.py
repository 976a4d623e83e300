"""kill -9 at random moments of one crawl: the final store is that of an undisturbed crawl, nothing lost, nothing twice.

environment: ALMONER (the program), ALM_SOURCE; ALM_KILLS (how many times to kill, 15), ALM_SEED (of the moments).
Runs with: python3 tests/net/kill_test.py [-v]
"""
import os
import random
import sqlite3
import subprocess
import sys
import time
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import warc_check  # noqa: E402
from crawl_test import DELAY, LIMIT_S, SOURCE, CrawlTest, command, contents, crawl, rows  # noqa: E402
from sim_web import SimWeb  # noqa: E402

KILLS = int(os.environ.get("ALM_KILLS", "15"))
SEED = int(os.environ.get("ALM_SEED", "5"))
HOSTS, PAGES_A_KILL, LEAST_PAGES = 6, 2, 25
FINISHED = "SELECT url FROM url WHERE state IN (2, 3, 4)"


def archived(store):
    """Records by type, URL, payload and status, each as often as it is there. Every record is checked on the way.

    robots.txt is left out: what was fetched and not yet committed is fetched again, and its redirects are kept at once.
    """
    records = warc_check.read(store / "archive")
    return Counter((r.type, r.url, r.digest, r.status) for r in records if r.url and not r.url.endswith("robots.txt"))


def finished(store):
    """URLs that have their result, as the store says; also of a store that was killed while it was made."""
    if not (store / "frontier.db").exists():
        return set()
    try:
        return {url for (url,) in rows(store, FINISHED)}
    except sqlite3.OperationalError:
        return set()


class Killed(CrawlTest):
    def undisturbed(self, web):
        """(contents, archive, seconds until the first request, seconds from there to the end)."""
        began = time.monotonic()
        crawl(self.store, "--config", self.config, *self.rules)
        ended, first = time.monotonic(), min(row[2] for row in web.log)
        return contents(self.store), archived(self.store), first - began, ended - first

    def live(self, store, arguments, seconds, web, done):
        """One life of a crawl that is killed; True where it was. Nothing of @done may be asked for again."""
        mark = len(web.log)
        child = subprocess.Popen(command(store, *arguments, *self.rules), stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        child.kill()
        self.kills.append(time.monotonic())
        was_killed = child.wait() != 0
        again = {f"http://{row[0]}{row[1]}" for row in web.log[mark:]} & done
        self.assertEqual(again, set(), "finished, and fetched again")
        return was_killed

    def kill_all_along(self, store, web, start_s, crawl_s, total):
        """Kill KILLS times, at random moments that are spread over the whole crawl."""
        rng, killed, busy = random.Random(SEED), 0, 0
        for left in range(KILLS, 0, -1):
            done = finished(store)
            share = crawl_s * (1 - len(done) / total) / (left + 1)
            arguments = ["--resume"] if (store / "sources.yaml").exists() else ["--config", self.config]
            if not self.live(store, arguments, rng.uniform(0, start_s) + rng.uniform(0, 2 * share), web, done):
                break
            killed += 1
            busy += len(done) < total
        print(f"\nkilled {killed} times, {busy} of them with work left; {len(done)} of {total} URLs were done at the last",
              flush=True)
        self.assertEqual((killed, busy), (KILLS, KILLS))

    def test_killed_at_random_moments(self):
        self.kills, self.rules = [], ["--rules", SOURCE / "rules" / "zh"]
        with SimWeb(seed=21, hosts=HOSTS, pages=max(LEAST_PAGES, PAGES_A_KILL * KILLS), latency=0.005) as web:
            self.configure(web)
            whole, whole_archive, start_s, crawl_s = self.undisturbed(web)
            total = len(finished(self.store))
            web.forget()
            killed = self.folder / "killed"
            self.kill_all_along(killed, web, start_s, crawl_s, total)
            crawl(killed, "--resume", *self.rules)
            got = contents(killed)
            for part, rows_ in whole.items():
                self.assertEqual(got[part], rows_, part)
            self.assertEqual(archived(killed), whole_archive)
            self.assertNone(web.check_set(once=False))
            self.assertNone(web.check_politeness(DELAY, self.kills))
            print("; ".join(f"{len(rows_)} {part}" for part, rows_ in got.items()),
                  f"and {sum(whole_archive.values())} archived records as in the undisturbed crawl", flush=True)


class LeftOvers(CrawlTest):
    def test_an_archive_that_was_only_begun_goes_and_what_is_not_ours_stays(self):
        archive = self.store / "archive"
        archive.mkdir(parents=True)
        empty, other = (archive / f"almoner-20260101000000-0000{n}.warc.gz" for n in (0, 1))
        empty.touch()
        other.write_bytes(b"somebody else's")
        with SimWeb(seed=21, hosts=1, pages=2) as web:
            self.configure(web)
            crawl(self.store, "--config", self.config, "--no-extract")
        self.assertFalse(empty.exists())
        self.assertEqual(other.read_bytes(), b"somebody else's")


if __name__ == "__main__":
    unittest.main()
