"""A web of many hosts on one loopback port, made from a seed, of which the full answer is known.

Hosts are h0.test, h1.test, …: the crawler reaches them by address mapping and tells them apart by the Host field. Every
request is noted with the time it was read and the time just before its answer was written.
"""
import asyncio
import random
import threading
import time
import zlib
from collections import defaultdict


UNREAD_S = 0.02


def rng_of(*parts):
    return random.Random(zlib.crc32(repr(parts).encode()))


class Host:
    """One site: its pages, links, robots.txt and moods, all from the seed."""

    def __init__(self, seed, number, hosts, pages, delays):
        self.seed, self.number, self.name = seed, number, f"h{number}.test"
        rng = rng_of(seed, "host", number)
        self.pages, self.hosts = pages, hosts
        self.delay = rng.choice(delays)
        self.mood = rng.choice(["plain", "plain", "no-robots", "busy-once", "error-once", "robots-later", "robots-moved"])
        self.busy_page = rng.randrange(1, pages) if pages > 1 else 0
        self.seen = defaultdict(int)

    def links(self, n):
        """Paths and URLs as they stand in page n."""
        rng = rng_of(self.seed, self.number, n)
        out = [f"/p{(n * 2 + k) % self.pages}.html" for k in (1, 2)]
        out += [f"p{rng.randrange(self.pages)}.html#part{rng.randrange(9)}" for _ in range(3)]
        out += [f"/private/x{n}.html", f"/gone{n % 7}.html", f"/moved{n % 5}", f"/P{n}.html?utm_source=x"]
        out += [f"http://h{rng.randrange(self.hosts)}.test/p0.html", f"http://elsewhere{n % 3}.test/", "mailto:a@b.test"]
        return out

    def robots(self):
        lines = ["User-agent: *", f"Crawl-delay: {self.delay}", "Disallow: /private/"]
        return "\n".join(lines) + "\n"

    def answer(self, path):
        """(status, fields, body) for this request, the count-th one of its path."""
        self.seen[path] += 1
        count = self.seen[path]
        if path == "/robots.txt":
            if self.mood == "no-robots":
                return 404, {}, b""
            if self.mood == "robots-later" and count == 1:
                return 503, {}, b""
            if self.mood == "robots-moved":
                return 301, {"Location": "/other-robots.txt"}, b""
            return 200, {"Content-Type": "text/plain"}, self.robots().encode()
        if path == "/other-robots.txt":
            return 200, {"Content-Type": "text/plain"}, self.robots().encode()
        if path.startswith("/moved"):
            return 302, {"Location": f"/p{int(path[6:]) % self.pages}.html"}, b""
        if path.startswith("/private/"):
            return 200, {}, b"not for you"
        if not path.startswith("/p") or not path.endswith(".html") or not path[2:-5].isdigit():
            return 404, {}, b"no such page"
        n = int(path[2:-5])
        if n == self.busy_page and count == 1:
            if self.mood == "busy-once":
                return 503, {"Retry-After": "1"}, b""
            if self.mood == "error-once":
                return 500, {}, b""
        return 200, {"Content-Type": "text/html; charset=utf-8", "ETag": f'"{self.number}-{n}"'}, self.page(n)

    def page(self, n):
        links = "".join(f'<li><a href="{link}">to {link}</a></li>\n' for link in self.links(n))
        text = f"某某商会会员单位甲集团有限公司向市慈善总会捐款{self.number * 1000 + n + 1}万元，用于疫情防控工作。"
        return f"<html><head><title>消息{n}</title></head><body><h1>消息{n}</h1><p>{text}</p><ul>{links}</ul></body></html>".encode()

    def polite_delay(self, configured):
        """Seconds that must lie between two requests once robots.txt is known."""
        return configured if self.mood == "no-robots" else max(configured, self.delay)

    def expected(self):
        """Paths of pages that a crawl from /p0.html fetches, with how often."""
        todo, want = ["/p0.html"], {}
        while todo:
            path = todo.pop()
            if path in want:
                continue
            want[path] = 1
            if path.startswith("/moved"):
                todo.append(f"/p{int(path[6:]) % self.pages}.html")
            if not path.startswith("/p") or path.startswith("/private/"):
                continue
            n = int(path[2:-5])
            if n == self.busy_page and self.mood in ("busy-once", "error-once"):
                want[path] = 2
            for link in self.links(n):
                forbidden = link.startswith("/private/") and self.mood != "no-robots"
                if ":" in link or forbidden:
                    continue
                todo.append("/" + link.split("#")[0].split("?")[0].lstrip("/"))
        return want


class SimWeb:
    def __init__(self, seed=1, hosts=10, pages=30, delays=(0.02, 0.05), latency=0.0):
        self.hosts = {h.name: h for h in (Host(seed, i, hosts, pages, delays) for i in range(hosts))}
        self.latency = latency
        self.log = []  # (host, path, began, ended, status)
        self.port = None
        self.loop = asyncio.new_event_loop()

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                began = time.monotonic()
                lines = head.decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1]
                fields = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if ": " in line)}
                name = fields.get("host", "").split(":")[0]
                host = self.hosts.get(name)
                status, extra, body = host.answer(path) if host else (500, {}, b"nobody lives here")
                if fields.get("if-none-match") and fields["if-none-match"] == extra.get("ETag"):
                    status, body = 304, b""
                if self.latency:
                    await asyncio.sleep(self.latency)
                out = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
                out += [f"{k}: {v}" for k, v in extra.items()]
                self.log.append((name, path, began, time.monotonic(), status))
                writer.write(("\r\n".join(out) + "\r\n\r\n").encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def begin(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=512)
        self.port = self.server.sockets[0].getsockname()[1]

    def __enter__(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.begin())
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def forget(self):
        """As on the first day: no log, no moods spent."""
        self.log.clear()
        for host in self.hosts.values():
            host.seen.clear()

    def sources(self, delay=0.01, **keys):
        """A sources file for all hosts."""
        seeds = "".join(f'      - "http://{name}/p0.html"\n' for name in self.hosts)
        more = "".join(f"    {key}: {value}\n" for key, value in keys.items())
        return ("sources:\n  - name: sim\n    seeds:\n" + seeds + f'    resolve: {{"*.test": "127.0.0.1:{self.port}"}}\n'
                f"    private_addresses: true\n    delay: {delay}\n    adaptive: 0\n    depth: 1000\n"
                f"    retry_after: 300ms\n    backoff: 300ms\n" + more)

    # ---- what the log must show ----

    def by_host(self):
        rows = defaultdict(list)
        for row in self.log:
            rows[row[0]].append(row)
        for list_ in rows.values():
            list_.sort(key=lambda row: row[2])
        return rows

    def check_politeness(self, delay, kills=()):
        """Faults: two at once, too early, Retry-After not kept. Who was killed (at one of @kills) within UNREAD_S of an
        answer may not have read what it asked for."""
        faults = []
        for name, rows in self.by_host().items():
            known = False  # robots.txt: from its answer on, its delay holds
            for before, after in zip(rows, rows[1:]):
                host = self.hosts.get(name)
                if before[1].endswith("robots.txt") and before[4] == 200:
                    known = True
                need = host.polite_delay(delay) if known else delay
                unread = any(0 <= at - before[3] < UNREAD_S for at in kills)
                if before[4] == 503 and before[1] != "/robots.txt" and not unread:
                    need = max(need, 1.0)
                gap = after[2] - before[3]
                if gap < 0:
                    faults.append(f"{name}: {before[1]} and {after[1]} at once")
                elif gap < need:
                    faults.append(f"{name}: {after[1]} {gap * 1000:.1f} ms after {before[1]}, allowed after {need * 1000:.0f}")
        return faults

    def check_set(self, once=True):
        """Faults: pages that were not fetched, or that no crawl should fetch, or too often."""
        faults = []
        rows = self.by_host()
        for name in rows:
            if name not in self.hosts:
                faults.append(f"{name} was asked")
        for name, host in self.hosts.items():
            got = defaultdict(int)
            for row in rows.get(name, []):
                if not row[1].endswith("robots.txt"):
                    got[row[1]] += 1
            want = host.expected()
            faults += [f"{name}{path} was not fetched" for path in want if path not in got]
            faults += [f"{name}{path} was fetched" for path in got if path not in want]
            if once:
                faults += [f"{name}{path}: {got[path]} times, not {want[path]}" for path in want
                           if path in got and got[path] != want[path]]
        return faults
