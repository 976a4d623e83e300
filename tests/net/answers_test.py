"""almoner crawl: what it makes of answers, field by field. Nothing here leaves the machine.

environment: ALMONER (the program), ALM_SOURCE. Runs with: python3 tests/net/answers_test.py [-v] [NAME]
"""
import gzip
import json
import os
import pty
import subprocess
import sys
import time
import unittest
from email.utils import formatdate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402
from crawl_test import ALMONER, SOURCE, CrawlTest, command, crawl, rows  # noqa: E402

NO_ROBOTS = {"/robots.txt": rude.response("", "404 Not Found")}
RULES = ["--rules", SOURCE / "rules" / "zh"]
SETTINGS = {"private_addresses": "true", "delay": "0", "adaptive": "0", "timeout": "2s", "retries": "0"}


def source(server, *seeds, name="s", **settings):
    """An entry of a sources file; hosts of .test are the server."""
    if server:
        settings = {"resolve": f"{{'*.test': '127.0.0.1:{server.server_address[1]}'}}", **settings}
    settings = {**SETTINGS, **settings}
    lines = [f"  - name: {name}", f"    seeds: [{', '.join(map(json.dumps, seeds))}]"]
    return "\n".join(lines + [f"    {key}: {value}" for key, value in settings.items()]) + "\n"


def linked(*targets):
    return "".join(f'<p><a href="{target}">{target}</a></p>' for target in targets)


class AnswersTest(CrawlTest):
    def visit(self, server, *seeds, args=("--no-extract",), code=0, **settings):
        self.config.write_text("sources:\n" + source(server, *seeds, **settings))
        return crawl(self.store, "--config", self.config, *args, code=code)

    def states(self):
        """URL without its host -> (state, reason)."""
        return {url.split(".test", 1)[1]: (state, reason) for url, state, reason in
                rows(self.store, "SELECT url, state, reason FROM url")}

    def documents(self):
        return {url: json.loads(text) for url, text in
                rows(self.store, "SELECT url, document FROM versions JOIN pages USING (page_id)", "records.db")}

    def paths(self):
        return set(self.states())


class Fields(AnswersTest):
    def test_each_robots_tag_counts(self):
        def page(*fields):
            return rude.response(rude.page() + linked(f"/under{len(table)}"), fields=fields)
        table = dict(NO_ROBOTS)
        for path, *fields in (
                ("/plain",), ("/other", "X-Robots-Tag: otherbot: none"),
                ("/all", "X-Robots-Tag: noarchive", "X-Robots-Tag: nofollow", "X-Robots-Tag: noindex"),
                ("/first", "X-Robots-Tag: noindex, nofollow", "X-Robots-Tag: otherbot: noarchive"),
                ("/ours", "X-Robots-Tag: otherbot: noindex", "x-robots-tag: Almoner: none"),
                ("/no-index", "X-Robots-Tag: noindex"), ("/no-follow", "X-Robots-Tag: almoner: nofollow")):
            table[path] = page(*fields)
        with rude.Server(table) as server:
            self.visit(server, *(f"http://a.test{path}" for path in table if path != "/robots.txt"), args=RULES)
        under = {path for path in self.paths() if path.startswith("/under")}
        self.assertEqual(under, {"/under1", "/under2", "/under6"})
        documents = {url.split(".test")[1] for url in self.documents()}
        self.assertEqual(documents, {"/plain", "/other", "/no-follow"})

    def test_links_of_the_head_are_followed(self):
        page = rude.response(rude.page() + '<base href="/elsewhere/">', fields=(
            'Link: <p2.html>; rel="next", </style.css>; rel=preload', "Link: </whole.html>;rel=canonical",
            "Refresh: 1; url=/new.html"))
        with rude.Server({**NO_ROBOTS, "/list/": page}) as server:
            self.visit(server, "http://a.test/list/")
        self.assertEqual(self.paths(), {"/list/", "/list/p2.html", "/whole.html", "/new.html"})

    def test_other_files_are_no_failures(self):
        table = {**NO_ROBOTS,
                 "/": rude.response(linked("/show?1", "/paper", "/a.pdf", "/b.jpg")),
                 "/show": rude.response(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", kind="image/png"),
                 "/paper": rude.response(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", kind="application/pdf"),
                 "/a.pdf": rude.response(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", kind="application/pdf"),
                 "/b.jpg": rude.response(b"\xff\xd8\xff\xe0", kind="image/jpeg")}
        with rude.Server(table) as server:
            self.visit(server, "http://a.test/")
            self.assertEqual(self.states(), {"/": (2, None), "/show?1": (2, "no-page"), "/paper": (2, "no-page"),
                                             "/a.pdf": (5, "attachment"), "/b.jpg": (5, "attachment")})
            self.store = self.folder / "with"
            self.visit(server, "http://a.test/", attachments="true")
            self.assertEqual(set(self.states().values()), {(2, None)})
            self.assertIn("/b.jpg", {request.path for request in server.log})


class Contact(AnswersTest):
    def test_the_contact_is_told(self):
        with rude.Server({**NO_ROBOTS, "/": rude.response(rude.page())}) as server:
            done = self.visit(server, "http://a.test/")
            self.assertIn("contact", done.stderr)
            self.assertRegex(server.log[-1].headers["user-agent"], r"^almoner/[0-9.]+$")
            self.store = self.folder / "named"
            done = self.visit(server, "http://b.test/", contact="crawl@example.org")
            self.assertNotIn("contact", done.stderr)
            self.assertRegex(server.log[-1].headers["user-agent"], r"^almoner/[0-9.]+ \(\+crawl@example\.org\)$")
            done = crawl(self.folder / "seed", "--no-extract", "--allow-private", "--contact", "https://a.example/x",
                         server.url("/"))
            self.assertRegex(server.log[-1].headers["user-agent"], r" \(\+https://a\.example/x\)$")
            wrong = self.visit(server, "http://a.test/", contact="nobody (at) all", code=2)
            self.assertRegex(wrong.stderr, r"sources\.yaml:\d+:\d+: expected a URL or an e-mail address")


class Discovery(AnswersTest):
    def test_sitemaps_and_feeds_of_all_forms(self):
        def urlset(*paths):
            return '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + "".join(
                f"<url><loc>http://a.test{path}</loc></url>" for path in paths) + "</urlset>"
        news = urlset("/news").replace("<urlset", '<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', 1
                                       ).replace("</loc>", "</loc><news:news><news:title>新闻</news:title></news:news>")
        index = urlset("/plain.xml", "/packed.xml.gz", "/text.txt", "/news.xml", "http://b.test/other.xml").replace(
            "urlset", "sitemapindex").replace("<url>", "<sitemap>").replace("</url>", "</sitemap>").replace(
            "http://a.testhttp:", "http:")
        rss = ('<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>http://a.test/home</link><item>'
               "<title>一</title><link>/of-rss</link></item></channel></rss>")
        atom = ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>二</title>'
                '<link href="of-atom"/></entry></feed>')
        html = rude.response(rude.page() + '<link rel="alternate" type="application/rss+xml" href="/rss">'
                             '<link rel=alternate type="application/atom+xml" href="/atom">')
        pages = ("/in-plain", "/in-packed", "/in-text", "/news", "/of-rss", "/of-atom")
        table = {"/robots.txt": rude.response("Sitemap: /index.xml\n", kind="text/plain"), "/": html,
                 "/index.xml": rude.response(index, kind="text/xml"),
                 "/plain.xml": rude.response(urlset("/in-plain"), kind="application/xml"),
                 "/packed.xml.gz": rude.response(gzip.compress(urlset("/in-packed").encode()), kind="application/x-gzip"),
                 "/text.txt": rude.response("http://a.test/in-text\r\nhttp://elsewhere.test/x\r\n", kind="text/plain"),
                 "/news.xml": rude.response(news, kind="text/xml"), "/rss": rude.response(rss, kind="application/rss+xml"),
                 "/atom": rude.response(atom, kind="application/atom+xml"),
                 **dict.fromkeys(pages, rude.response(rude.page()))}
        with rude.Server(table) as server:
            self.visit(server, "http://a.test/")
            self.assertEqual({path for path, (state, _) in self.states().items() if state == 2}, set(table) - {"/robots.txt"})
            self.assertEqual(self.states()["/other.xml"], (5, "scope"))
            for settings, missing in (({"sitemaps": "none"}, set(pages[:4])), ({"feeds": "none"}, set(pages[4:]))):
                self.store = self.folder / next(iter(settings))
                self.visit(server, "http://a.test/", **settings)
                self.assertEqual(set(pages) - self.paths(), missing)
            self.store = self.folder / "listed"
            self.visit(server, "http://a.test/in-text", sitemaps="[http://a.test/plain.xml]", feeds="[http://a.test/rss]")
            self.assertEqual(self.paths(), {"/in-text", "/plain.xml", "/in-plain", "/rss", "/of-rss"})

    def test_what_leads_on_from_a_page(self):
        page = rude.page()
        table = {**NO_ROBOTS, "/": rude.response(
            linked("/refresh", "/script", "/canonical", "/list", " /blank s ", "\\\\a.test\\back", "/q?a=新", "/&#x65;ntity")),
            "/refresh": rude.response('<meta http-equiv=refresh content="0; url=/refreshed">'),
            "/script": rude.response("<script>location.href='/scripted';</script>"),
            "/canonical": rude.response('<link rel=canonical href="/whole">' + page),
            "/list": rude.response(page + '<a rel=next href="/list?p=2">2</a>')}
        with rude.Server(table) as server:
            self.visit(server, "http://a.test/", depth="1")
        self.assertEqual(self.paths(), {
            "/", "/refresh", "/refreshed", "/script", "/scripted", "/canonical", "/whole", "/list", "/list?p=2", "/blank%20s",
            "/back", "/q?a=%E6%96%B0", "/entity"})  # at depth 1: redirects and further pages of a list are no step deeper
        gbk = rude.response(linked("/q?a=新&b=€").encode("gb18030"), kind="text/html; charset=gb2312")
        with rude.Server({**NO_ROBOTS, "/": gbk}) as server:
            self.store = self.folder / "gbk"
            self.visit(server, "http://a.test/")
        self.assertEqual(self.paths(), {"/", "/q?a=%D0%C2&b=%80"})

    def test_budgets_of_hosts_depth_and_patterns(self):
        table = {**NO_ROBOTS, "/": rude.response(linked(*(f"/{n}" for n in range(20)), "/print/1", "/deep")),
                 "/deep": rude.response(linked("/deeper")), "/deeper": rude.response(linked("/deepest"))}
        with rude.Server(table) as server:
            self.config.write_text("host_pages: 15\nsources:\n" + source(server, "http://a.test/"))
            crawl(self.store, "--config", self.config, "--no-extract")
            self.assertEqual(rows(self.store, "SELECT count(*) FROM url WHERE state <> 5"), [(15,)])
            told = subprocess.run([ALMONER, "frontier", "list", "--store", self.store, "--reason", "host-budget"],
                                  capture_output=True, text=True, check=True)
            self.assertEqual(len(told.stdout.splitlines()), 8)
            self.store = self.folder / "deep"
            self.visit(server, "http://a.test/", depth="2", include="['/d', '/1']", exclude="['/print/']")
        states = self.states()
        self.assertEqual((states["/deeper"], states["/deepest"]), ((2, None), (5, "depth")))
        self.assertEqual((states["/print/1"], states["/2"], states["/12"][0]), ((5, "exclude"), (5, "include"), 3))


class Fetch(AnswersTest):
    """`almoner fetch` says what the crawl does."""

    TABLE = {"/robots.txt": rude.response("User-agent: *\nDisallow: /no/\nCrawl-delay: 2.5\n", kind="text/plain"),
             "/": rude.response(rude.page() + linked("/1", "/2") + '<link rel=canonical href="/whole">'),
             "/gbk": rude.response(rude.page().encode("gbk")), "/text": rude.response("一段文字。", kind="text/plain"),
             "/noindex": rude.response('<meta name="almoner" content="noindex">' + rude.page() + linked("/1")),
             "/none": rude.response(rude.page() + linked("/1"), fields=["X-Robots-Tag: a: none", "X-Robots-Tag: none"]),
             "/nofollow": rude.response('<meta name=robots content=nofollow>' + rude.page() + linked("/1")),
             "/refresh": rude.response('<meta http-equiv=refresh content="0;url=/there">'),
             "/moved": rude.redirect("/there", "301 Moved Permanently"), "/busy": rude.response("", "429 Too Many Requests"),
             "/503": rude.response("", "503 Later"), "/500": rude.response("", "500 Oh"), "/403": rude.response("", "403 No"),
             "/410": rude.response("", "410 Gone"), "/json": rude.response('{"a": 1}', kind="application/json"),
             "/pdf-as-html": rude.response(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "/cut": rude.cut_short,
             "/bomb": rude.response(rude.bomb(1 << 30), Content_Encoding="gzip")}

    def test_decisions(self):
        want = {"/": "read as a page", "/gbk": "read as a page", "/text": "read as a page", "/no/x": "never fetch",
                "/noindex": "follow its links, keep no records", "/none": "archive only",
                "/nofollow": "keep its records, follow no links", "/refresh": "read as a page", "/moved": "follow",
                "/busy": "let the host rest", "/503": "let the host rest", "/500": "retry later", "/403": "give up",
                "/410": "record as gone", "/json": "archive only", "/pdf-as-html": "archive only", "/cut": "retry later",
                "/bomb": "give up", "/missing": "record as gone", "/a/a/a/a/a/a/a/a": "never fetch"}
        answers = {}
        with rude.Server(self.TABLE) as server:
            for path, decision in want.items():
                done = subprocess.run([ALMONER, "fetch", "--allow-private", server.url(path)], capture_output=True, text=True)
                answers[path] = json.loads(done.stdout)
                self.assertEqual(done.returncode, decision not in ("read as a page", want["/nofollow"]), path)
            self.assertNotIn("/no/x", {request.path for request in server.log})
            self.assertNotIn("/a/a/a/a/a/a/a/a", {request.path for request in server.log})
            refused = subprocess.run([ALMONER, "fetch", server.url("/")], capture_output=True, text=True)
        self.assertEqual({path: answer["decision"] for path, answer in answers.items()}, want)
        self.assertEqual((answers["/"]["links"], answers["/"]["robots"]["crawl_delay_ms"]), (3, 2500))
        self.assertTrue(answers["/"]["canonical_link"].endswith("/whole"))
        self.assertTrue(answers["/refresh"]["leads_to"].endswith("/there"))
        self.assertTrue(answers["/moved"]["location"].endswith("/there"))
        self.assertEqual((answers["/gbk"]["charset"], answers["/no/x"]["robots"]["rule"]), ("gb18030", "/no/"))
        self.assertEqual(answers["/pdf-as-html"]["why"], "it is a PDF document")
        self.assertEqual(answers["/a/a/a/a/a/a/a/a"]["why"], "repeated-segments")
        self.assertIn("Content-Type: text/html; charset=utf-8", answers["/"]["headers"])
        self.assertEqual(json.loads(refused.stdout)["decision"], "never fetch")

    def test_as_a_source_would(self):
        with rude.Server(self.TABLE) as server:
            self.config.write_text("sources:\n" + source(server, "http://a.test/", name="a", exclude="['/gbk']",
                                                         headers="{X-From: a}") +
                                   source(server, "http://b.test/", name="b", robots="false", user_agent="b/1"))
            def told(url):
                done = subprocess.run([ALMONER, "fetch", "--config", self.config, url], capture_output=True, text=True)
                return json.loads(done.stdout)
            self.assertEqual((told("http://a.test/")["source"], server.log[-1].headers["x-from"]), ("a", "a"))
            self.assertEqual((told("http://a.test/gbk")["decision"], told("http://a.test/gbk")["why"]),
                             ("never fetch", "exclude"))
            self.assertEqual(told("http://b.test/no/x")["decision"], "record as gone")
            self.assertEqual(server.log[-1].headers["user-agent"], "b/1")
            self.assertEqual(told("http://c.test/")["why"], "it is in the scope of no source")
            broken = subprocess.run([ALMONER, "fetch", "--config", self.folder / "none", "http://a.test/"], capture_output=True)
            self.assertEqual(broken.returncode, 2)


class Seen(AnswersTest):
    """What people see of a crawl."""

    def run_crawl(self, server, *args, **more):
        self.config.write_text("sources:\n" + source(server, "http://a.test/", "http://b.test/", delay="50ms", contact="a@b.example"))
        return subprocess.Popen([ALMONER, "crawl", "--config", self.config, "--store", self.store, "--no-extract", *args], **more)

    def site(self):
        slow = rude.response(rude.page())

        def page(_connection, _request, server):
            server.over.wait(0.05)
            return slow
        return {**NO_ROBOTS, "/": rude.response(linked(*(f"/{n}" for n in range(12)), "/gone")),
                **{f"/{n}": page for n in range(12)}}

    def test_json_lines(self):
        with rude.Server(self.site()) as server:
            child = self.run_crawl(server, "--progress", "json", stderr=subprocess.PIPE, text=True)
            lines = [json.loads(line) for line in child.communicate()[1].splitlines()]
        self.assertEqual(child.returncode, 0)
        self.assertGreater(len(lines), 1)
        for line in lines:
            self.assertLessEqual({"pages", "records", "errors", "queued", "rate", "left_s", "hosts_waiting", "bytes", "gone",
                                  "elapsed_ms"}, set(line))
        last = lines[-1]
        self.assertEqual((last["pages"], last["gone"], last["queued"], last["errors"]), (28, 2, 0, 0))

    def test_summary_by_result_and_host(self):
        with rude.Server(self.site()) as server:
            child = self.run_crawl(server, stderr=subprocess.PIPE, text=True)
            told = child.communicate()[1]
        self.assertRegex(told, r"28 answers, 0 records, \d+ KiB in ")
        self.assertRegex(told, r"pages \(2xx\) +26\n")
        self.assertRegex(told, r"gone \(404, 410\) +2\n")
        self.assertRegex(told, r"\n  a\.test +13 +1 +\d+ +\d+ ms\n")

    def test_a_line_on_a_terminal(self):
        here, there = pty.openpty()
        with rude.Server(self.site()) as server:
            child = self.run_crawl(server, stderr=there)
            os.close(there)
            seen = b""
            try:
                while piece := os.read(here, 65536):
                    seen += piece
            except OSError:
                pass  # the other end is closed
            self.assertEqual(child.wait(), 0)
        os.close(here)
        lines = [line for line in seen.split(b"\r") if b"hosts waiting" in line]
        self.assertGreater(len(lines), 2)
        self.assertRegex(lines[-1].decode(), r"\d+ pages  0 records  \d+ errors  \d+ queued  [\d.]+/s  \d+ hosts waiting")


class DryRun(AnswersTest):
    def test_it_judges_by_what_robots_txt_said(self):
        table = {"/robots.txt": rude.response("User-agent: *\nDisallow: /no\n", kind="text/plain"),
                 "/": rude.response(linked("/1", "/2", "/no/3", "/gone")), "/1": rude.response(rude.page()),
                 "/2": rude.response(rude.page())}
        with rude.Server(table) as server:
            self.visit(server, "http://a.test/", args=("--no-extract", "--max-pages", 1), revisit="{min: 1s, max: 1s}")
            asked = len(server.log)

            def would_be_fetched(*args):
                done = subprocess.run([ALMONER, "crawl", "--dry-run", "--store", self.store, *map(str, args)],
                                      capture_output=True, text=True, check=True)
                return [line.removeprefix("http://a.test") for line in done.stdout.split()], done.stderr
            urls, told = would_be_fetched("--resume")
            self.assertEqual(urls, ["/1", "/2", "/gone"])
            self.assertRegex(told, "3 URLs may be fetched, 0 if .*; 1 are forbidden")
            time.sleep(1.1)
            self.assertEqual(would_be_fetched("--resume")[0], ["/", "/1", "/2", "/gone"])  # due again
            self.config.write_text("sources:\n" + source(server, "http://a.test/no/4", "http://b.test/"))
            urls, told = would_be_fetched("--config", self.config)
            self.assertEqual(urls[4:], ["http://b.test/"])
            self.assertRegex(told, "4 URLs may be fetched, 1 if .*; 2 are forbidden")
            self.config.write_text("sources:\n" + source(server, "http://a.test/no/4", robots="false"))
            self.assertEqual(would_be_fetched("--config", self.config)[0], ["/", "/1", "/2", "/no/3", "/gone", "/no/4"])
            self.assertEqual(len(server.log), asked)


class Returns(AnswersTest):
    """What becomes of pages that were there, in the runs that follow; a revisit is due after three seconds."""

    def test_gone_and_failed_pages_are_looked_for_again(self):
        good = rude.response(rude.page())
        gone, down, forbidden = (rude.response("", status) for status in ("404 Not Found", "500 Oh", "403 Forbidden"))
        pages = {  # the answers of the first run, the second, …; the last one stays
            "/": [rude.response(linked(*(f"http://{name}.a.test/{name}" for name in (
                "back", "gone", "never", "up", "shut", "closed"))))], "/back": [good, gone, good],
            "/gone": [good, gone, gone], "/never": [gone], "/up": [good, down, good], "/shut": [good, forbidden, good],
            "/closed": [forbidden], "/seed": [down, gone, good]}
        run = 0

        def answer(_connection, request, _server):
            answers = pages[request.path]
            return answers[min(run, len(answers) - 1)]
        with rude.Server({**NO_ROBOTS, **dict.fromkeys(pages, answer)}) as server:
            self.visit(server, "http://a.test/", "http://b.test/seed", code=1, args=("--no-extract", "--max-time", 2),
                       revisit="{min: 3s, max: 4s}", scope="domain")
            asked = []
            for run in (1, 2, 3):
                time.sleep(4.3)
                mark = len(server.log)
                crawl(self.store, "--resume", "--no-extract", "--max-time", 2, code=None)
                asked.append({request.path for request in server.log[mark:]} - {"/robots.txt"})
        always = {"/", "/back", "/up", "/shut", "/seed"}
        self.assertEqual(asked, [always | {"/gone"}, always | {"/gone"}, always])
        self.assertEqual({path: state for path, (state, _) in self.states().items()},
                         {**dict.fromkeys(always, 2), "/gone": 3, "/never": 3, "/closed": 4})


class Waits(AnswersTest):
    """429 and 503 rest the whole host, as long as it says, and no other host."""

    def rest_of(self, status, retry_after, **settings):
        """Seconds from the answer that asks for rest to the next request to its host, and the others' requests then."""
        def busy_once(_connection, _request, server):
            self.busy += 1
            if self.busy > 1:
                return rude.response(rude.page())
            self.asked_at = time.time()
            field = retry_after if isinstance(retry_after, (str, type(None))) else formatdate(
                self.asked_at + retry_after, usegmt=True)
            return rude.response("later", status, fields=[f"Retry-After: {field}"] if field else [])
        self.busy = 0
        self.store = self.folder / f"{status[:3]}-{retry_after}"
        table = {**NO_ROBOTS, "/busy": busy_once, **{f"/{n}": rude.response(rude.page()) for n in range(8)}}
        seeds = ["http://a.test/busy"] + [f"http://a.test/{n}" for n in range(4)] + [f"http://b.test/{n}" for n in range(8)]
        with rude.Server(table) as server:
            self.visit(server, *seeds, args=("--no-extract",), **{"retries": "3", "retry_after": "1s", **settings})
        self.assertEqual(set(self.states().values()), {(2, None)})
        self.assertEqual(self.busy, 2)
        after = [r.time for r in server.log if r.headers["host"] == "a.test" and r.time > self.asked_at + 0.005]
        others = [r for r in server.log if r.headers["host"] == "b.test" and r.time < self.asked_at + 0.9]
        return min(after) - self.asked_at, len(others)

    def test_retry_after_in_both_forms(self):
        for status in ("429 Too Many Requests", "503 Service Unavailable"):
            for form, least in (("2", 2), (3, 2)):  # a date has whole seconds
                with self.subTest(status=status, form=form):
                    waited, others = self.rest_of(status, form)
                    self.assertGreaterEqual(waited, least - 0.02)
                    self.assertLess(waited, least + 3)
                    self.assertEqual(others, 9)  # eight pages and robots.txt

    def test_without_retry_after_it_backs_off(self):
        waited, others = self.rest_of("503 Service Unavailable", None, backoff="1s")
        self.assertGreaterEqual(waited, 0.99)
        self.assertEqual(others, 9)

    def test_nonsense_is_no_retry_after(self):
        waited, _ = self.rest_of("429 Too Many Requests", "soon", backoff="1s")
        self.assertGreaterEqual(waited, 0.99)


class RobotsThatMisbehave(AnswersTest):
    def test_each_ends_and_is_told(self):
        rules = "User-agent: *\nDisallow: /x\n"
        cases = {  # what robots.txt does: what becomes of /page (allowed by the rules) and /x (forbidden by them)
            "stall": (rude.stall_before_answer, 0, 0), "cut": (rude.with_length(b"999", rules.encode()), 0, 0),
            "endless": (rude.endless_body, 2, 2), "endless-headers": (rude.endless_headers, 0, 0),
            "bomb": (rude.response(rude.bomb(1 << 30), Content_Encoding="gzip"), 2, 2),
            "gzip": (rude.gzip_page(rules), 2, 5), "404": (rude.response("", "404 Not Found"), 2, 2),
            "403": (rude.response(rules, "403 Forbidden"), 2, 2), "500": (rude.response("", "500 Oh"), 0, 0),
            "loop": (rude.redirect("/robots.txt"), 2, 2), "html": (rude.response(rude.page()), 2, 2),
            "away": (rude.redirect("http://127.0.0.1:1/robots.txt"), 0, 0), "close": (rude.close_at_once, 0, 0)}

        def robots(connection, request, server):
            answer = cases[request.headers["host"].split(".")[0]][0]
            return answer(connection, request, server) if callable(answer) else answer
        page = rude.response(rude.page())
        with rude.Server({"/robots.txt": robots, "/page": page, "/x": page}) as server:
            seeds = [f"http://{name}.test{path}" for name in cases for path in ("/page", "/x")]
            self.visit(server, *seeds, code=1)
        got = {url.split("/", 2)[2]: state for url, state in rows(self.store, "SELECT url, state FROM url")}
        self.assertEqual({name: (got[f"{name}.test/page"], got[f"{name}.test/x"]) for name in cases},
                         {name: case[1:] for name, case in cases.items()})


class Copies(AnswersTest):
    def test_the_origin_is_whom_reposts_name(self):
        """The paper reposts the chamber's story and dates it earlier; a mirror strews marks and pinyin in."""
        story = [f"第{n}届理事会决定向受灾地区捐款{n}0万元，用于重建{name}的学校、道路和供水设施。"
                 for n, name in enumerate(("青山县", "白水县", "黄土镇", "红旗村", "绿洲乡", "金沙镇", "银河村", "石桥乡"), 2)]

        def page(site, source, day, text):
            paragraphs = "".join(f"<p>{line}</p>" for line in text)
            return rude.response(f'<html><head><title>捐款重建_{site}</title><meta property="og:site_name" content="{site}">'
                                 f"</head><body><h1>捐款重建</h1><div>{day} 来源：{source}</div>{paragraphs}</body></html>")
        pages = {"/paper": page("城市晚报", "江州市总商会", "2020-03-01", story),
                 "/chamber": page("江州市总商会", "江州市总商会", "2020-03-02", story),
                 "/mirror": page("信息港", "信息港", "2020-02-01",
                                 [line.replace("，", "，，").replace("重建", "重建(chóng jiàn)") for line in story])}
        with rude.Server({**NO_ROBOTS, **pages}) as server:
            self.visit(server, *(f"http://{n}.test{path}" for n, path in enumerate(pages)), args=RULES)
        told = subprocess.run([ALMONER, "frontier", "clusters", "--store", self.store], capture_output=True, check=True)
        members = [json.loads(line) for line in told.stdout.splitlines()]
        self.assertEqual([member["url"].split(".test")[1] for member in members], ["/chamber", "/paper", "/mirror"])
        self.assertEqual([member["origin"] for member in members], [True, False, False])
        self.assertEqual(members[1]["source"], "江州市总商会")


class Traps(AnswersTest):
    def test_counts_outlive_the_run(self):
        """A path whose parameters come in all combinations has its share of 48, however often the crawl begins anew."""
        def page(_connection, request, _server):
            self.turn += 1
            return rude.response(rude.page() + linked(*(f"/s?p{self.turn * 10 + n}=1" for n in range(10))))
        self.turn = 0
        with rude.Server({**NO_ROBOTS, "/": page, "/s": page}) as server:
            self.visit(server, "http://a.test/", args=("--no-extract", "--max-pages", 3))
            for _ in range(6):
                crawl(self.store, "--resume", "--no-extract", "--max-pages", 3)
            crawl(self.store, "--resume", "--no-extract")
        reasons = dict(rows(self.store, "SELECT reason, count(*) FROM url GROUP BY 1"))
        self.assertEqual(reasons[None], 49)
        self.assertGreater(reasons["query-permutations"], 400)


class Cookies(AnswersTest):
    """The site gives a new one with each answer, one that outlives the session, and one for another site."""

    def rotate(self, _connection, request, server):
        self.turn += 1
        return rude.response(rude.page() + linked(f"/{self.turn % 6}", "http://b.test/0"), fields=(
            f"Set-Cookie: turn={self.turn}", f"Set-Cookie: lasting={self.turn}; Max-Age=86400",
            "Set-Cookie: alien=1; Domain=b.test; Max-Age=86400", "Set-Cookie: wide=1; Domain=.test; Max-Age=86400",
            "Set-Cookie: gone=1; Max-Age=0"))

    def cookies(self, request):
        return dict(pair.split("=") for pair in request.headers.get("cookie", "").split("; ") if pair)

    def test_the_last_ones_come_back_also_in_the_next_run(self):
        self.turn = 0
        table = {**NO_ROBOTS, **{f"/{n}": self.rotate for n in range(6)}, "/new": rude.response(rude.page())}
        with rude.Server(table) as server:
            self.visit(server, "http://a.test/1", "http://b.test/2")
            for host in ("a.test", "b.test"):
                asked = [r for r in server.log if r.headers["host"] == host and r.path != "/robots.txt"]
                self.assertEqual(self.cookies(asked[0]), {})
                turns = [int(self.cookies(r)["turn"]) for r in asked[1:]]
                self.assertEqual(turns, sorted(set(turns)), "each answer's cookie, never an old one")
                self.assertEqual({name for r in asked for name in self.cookies(r)} - {"turn", "lasting"},
                                 {"alien"} if host == "b.test" else set())
            self.assertEqual((self.store / "cookies").stat().st_mode & 0o777, 0o600)
            before = len(server.log)
            self.visit(server, "http://a.test/new")
            again = [self.cookies(r) for r in server.log[before:] if r.path == "/new"]
            self.assertEqual([set(c) for c in again], [{"lasting"}])
            self.assertIn("b.test\t", (self.store / "cookies").read_text(), "of a host that was not asked")


class Memory(AnswersTest):
    """Forty hosts send 6 MiB each, at once: they share what bodies may hold together."""
    COUNT, SIZE = 40, 6 << 20

    def peak(self, server, store, *args):
        """MiB"""
        seeds = [f"http://h{n}.test/{n}" for n in range(self.COUNT)]
        self.config.write_text("sources:\n" + source(server, *seeds, timeout="60s"))
        child = subprocess.Popen(command(store, "--config", self.config, "--no-extract", "--jobs", 1, *args))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0)
        self.assertEqual(rows(store, "SELECT count(*) FROM url WHERE state = 2"), [(self.COUNT,)])
        return usage.ru_maxrss >> 10

    def test_bodies_share_a_budget(self):
        body = rude.response(b"<p>" + b"x" * self.SIZE)
        with rude.Server({**NO_ROBOTS, **{f"/{n}": body for n in range(self.COUNT)}}) as server:
            tight = self.peak(server, self.folder / "tight", "--body-memory", 16)
            wide = self.peak(server, self.folder / "wide", "--body-memory", 1000)
        print(f"\npeak of {self.COUNT} x 6 MiB: {tight} MiB with --body-memory 16, {wide} MiB with 1000")
        if not os.environ.get("ALM_SANITIZE"):
            self.assertLess(tight, 150)
            self.assertLess(tight + 30, wide)


class Archived(AnswersTest):
    def test_what_is_no_page_is_archived_and_not_extracted(self):
        urls = "".join(f"http://a.test/{n}\n" for n in (1, 2))
        table = {"/robots.txt": rude.redirect("/r.txt"),
                 "/r.txt": rude.response("User-agent: *\nDisallow: /x\nSitemap: /s.txt\n", kind="text/plain",
                                         Content_Encoding="identity"),
                 "/s.txt": rude.response(urls, kind="text/plain"),
                 "/1": rude.response(rude.page("一")), "/2": rude.gzip_page(rude.page("二"))}
        with rude.Server(table) as server:
            self.visit(server, "http://a.test/1", args=RULES)
        index = "".join(path.read_text() for path in (self.store / "archive").glob("*.cdxj"))
        archived = sorted(json.loads(line.split(" ", 2)[2])["url"][13:] for line in index.splitlines())
        self.assertEqual(archived, ["/1", "/2", "/r.txt", "/robots.txt", "/s.txt"])
        again = subprocess.run([ALMONER, "extract", *map(str, RULES), *(self.store / "archive").glob("*.warc.gz")],
                               capture_output=True, text=True, check=True)
        self.assertEqual(sorted(json.loads(line)["url"] for line in again.stdout.splitlines()),
                         ["http://a.test/1", "http://a.test/2"])
        self.assertEqual(again.stderr, "")


class RulePacks(AnswersTest):
    def test_packs_of_sources_and_of_the_command_line(self):
        """Only the pack `own` knows that 蓝天义仓 is a charity."""
        news = "<html><title>消息</title><body><h1>消息</h1><p>宏达食品有限公司向蓝天义仓暖捐2万元。</p></body></html>"
        own = SOURCE / "rules" / "examples" / "own"

        def found():
            return {url for url, document in self.documents().items() if document["donations"][0]["recipients"]}
        with rude.Server({**NO_ROBOTS, "/1": rude.response(news)}) as server:
            text = source(server, "http://a.test/1", name="a") + "".join(
                source(server, f"http://{n}.test/1", name=n, rules=f"[{own}]") for n in "bc")
            self.config.write_text("sources:\n" + text)
            crawl(self.store, "--config", self.config, *RULES)
            self.assertEqual(found(), {"http://b.test/1", "http://c.test/1"})
            self.store = self.folder / "all"
            crawl(self.store, "--config", self.config, *RULES, "--rules", own)
            self.assertEqual(found(), {f"http://{n}.test/1" for n in "abc"})
            self.store = self.folder / "none"
            self.config.write_text("sources:\n" + source(server, "http://a.test/1", rules=self.folder / "missing"))
            self.assertIn("missing", crawl(self.store, "--config", self.config, *RULES, code=2).stderr)
            self.assertFalse(self.store.exists())


if __name__ == "__main__":
    unittest.main()
