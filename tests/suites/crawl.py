#!/usr/bin/env python3
"""Peers' cases of the crawler's offline half, through the commands url, robots, links and sitemap.

usage: crawl.py [SUITE...]

Prints a figure a suite and every deviation. A deviation has to stand in docs/crawler-suites.md with its reason, and what
stands there has to deviate, or the test fails. Skipped (77) without the shared data.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITES = Path(os.environ.get("ALM_SHARED", ROOT.parent / "shared")) / "suites"
ALMONER = os.environ.get("ALMONER", str(ROOT / "build/dev/cli/almoner"))
NOWHERE = "http://nowhere.invalid/"  # stands in for "no URL" where a command needs one


def ask(*words, data=None):
    """The answers of a command: its lines as objects; None where it failed as a whole."""
    run = subprocess.run([ALMONER, *words], input=data, capture_output=True, check=False)
    if run.returncode not in (0, 1, 2):
        print("trouble:", words, run.returncode, run.stderr.decode())
    if run.returncode not in (0, 1) or (run.returncode == 1 and not run.stdout):
        return None
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def ask_lines(words, lines):
    """One process for many inputs; an input with a line end in it gets its own."""
    scalar = [line.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for line in lines]
    plain = [line for line in scalar if not re.search(r"\n|\r$", line)]
    answers = iter(ask(*words, "-", data="".join(line + "\n" for line in plain).encode()) if plain else [])
    return [ask(*words, "--", line)[0] if re.search(r"\n|\r$", line) else next(answers) for line in scalar]


def ask_groups(rows, words_of):
    """(row, answer) for each row, with one process for all rows that have the same words."""
    groups = {}
    for row in rows:
        groups.setdefault(words_of(row), []).append(row)
    for words, group in groups.items():
        yield from zip(group, ask_lines(words, [row["input"] for row in group]))


def rows_of(name):
    with open(SUITES / f"{name}.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def bytes_of(value, charset="utf-8"):
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value.encode(charset, "xmlcharrefreplace")


def resolved(url):
    """A peer writes https://example.org where the standard has a slash behind it."""
    answer = ask("url", "resolve", "--", url)
    return answer[0].get("url", url) if answer else url


class File:
    """A temporary file with content."""

    def __init__(self, content):
        self.content = content

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile()
        self.file.write(self.content)
        self.file.flush()
        return self.file.name

    def __exit__(self, *_):
        self.file.close()


# Each suite gives (id, right, what came, what was expected) a row.

def url_wpt():
    members = ("href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash")
    rows = [row for row in rows_of("url_wpt") if row["http"]]
    for row, came in ask_groups(rows, lambda row: ("url", "resolve", *(("--base", row["base"]) if row["base"] else ()))):
        expected = row["expected"]
        if expected is None or expected.get("failure"):
            right = "error" in came
        else:
            right = all(came.get(key) == expected[key] for key in members if key in expected)
        yield row["id"], right, came, expected


def url_normalize():
    def words_of(row):
        return ("url", "canon", *(word for name in row["remove_params"] for word in ("--drop-param", name)))

    for row, came in ask_groups(rows_of("url_normalize_crawlercommons"), words_of):
        yield row["id"], came.get("url") == row["expected"], came.get("url", came), row["expected"]


def robots():
    for row in rows_of("robots_google"):
        if row["scope"] != "rfc9309":
            continue
        content = bytes_of({"b64": row["robots_b64"]} if "robots_b64" in row else row.get("robots", ""))
        words = ["robots", "--file"]
        with File(content) as name:
            if row["op"] == "allowed":
                answer = ask(*words, name, "--agent", row["agent"], "--", row["url"])
                came = answer[0]["allowed"] if answer else None
            elif row["op"] == "valid_agent":
                came = ask(*words, name, "--agent", row["agent"]) is not None
            else:
                about = ask(*words, name)[0]
                key = {"valid_directives": "directives", "last_line_seen": "lines", "unknown_directives": "unknown"}
                field = row["field"]
                came = about["sitemaps"][0] if field == "sitemap" else about[key[field]]
        yield row["id"], came == row["expected"], came, row["expected"]


def matches(patterns, text):
    return any(re.search(pattern, text) for pattern in ([patterns] if isinstance(patterns, str) else patterns))


def is_of(domains, url):
    host = re.sub(r"^\w+://([^/:]*).*", r"\1", url)
    return any(host == d or host.endswith("." + d) for d in ([domains] if isinstance(domains, str) else domains))


IMAGES = {"jpg", "jpeg", "png", "gif"}  # of Scrapy's list of extensions, those that the cases have


def filtered(links, options):
    for link in links:
        url, text = link["url"], link["text"]
        extension = url.split("#")[0].rsplit(".", 1)[-1]
        if "allow" in options and not matches(options["allow"], url):
            continue
        if "deny" in options and matches(options["deny"], url):
            continue
        if "allow_domains" in options and not is_of(options["allow_domains"], url):
            continue
        if "deny_domains" in options and is_of(options["deny_domains"], url):
            continue
        if extension in options.get("deny_extensions", IMAGES):
            continue
        if "restrict_text" in options and not matches(options["restrict_text"], text):
            continue
        yield link


def canonical_links(links, unique):
    seen = set()
    for link in links:
        url = ask("url", "canon", "--", link["url"])[0]["url"]
        if not unique or url not in seen:
            yield {**link, "url": url}
        seen.add(url)


def link_extract():
    for row in rows_of("link_extract_scrapy"):
        options = row["options"]
        if any(key in options for key in ("tags", "attrs", "process_value")):
            continue  # selects other elements than links: no function of the crawler
        charset = {"cp1252": "windows-1252", "utf8": "utf-8", "iso8859-15": "iso-8859-15"}.get(row["encoding"], row["encoding"])
        words = ["links", "--url", row["url"], "--encoding", charset, "--no-paging"]
        if options.get("unique") is False:
            words.append("--repeated")
        with File(bytes_of(row["html"], row["encoding"])) as name:
            links = [link for link in ask(*words, name) if link["kind"] in ("anchor", "next")]
        links = filtered(links, options)
        if options.get("canonicalize"):
            links = canonical_links(links, options.get("unique", True))
        came = [(link["url"], link["text"], link["nofollow"]) for link in links]
        expected = [(link["url"] + ("#" + link["fragment"] if link["fragment"] else ""), link["text"], link["nofollow"])
                    for link in row["expected"]]
        # a part of the page was asked for by XPath or CSS: what is in it has to be among ours
        part = "restrict_xpaths" in options or "restrict_css" in options
        right = all(link in came for link in expected) if part else came == expected
        yield row["id"], right, came, expected


def base_refresh():
    charsets = {"latin-1": "iso-8859-1", "latin1": "iso-8859-1"}
    for row in rows_of("html_base_refresh_w3lib"):
        args = [bytes_of(arg).decode() for arg in row["args"]]
        url = args[0] if args else NOWHERE
        charset = row["kwargs"].get("encoding", args[1] if len(args) > 1 else "utf-8")
        words = ["links", "--about", "--no-paging", "--url", url, "--encoding", charsets.get(charset, charset)]
        if row["kwargs"].get("ignore_tags") == []:
            words.append("--noscript")
        with File(bytes_of(row["input"], charset)) as name:
            about, *links = ask(*words, name)
        if row["op"] == "get_base_url":
            came = "" if about["base"] == NOWHERE else about["base"]
            expected = resolved(row["expected"]) if row["expected"] else ""
        else:
            refresh = [[link["delay_ms"] / 1000, link["url"]] for link in links if link["kind"] == "refresh"]
            came, expected = (refresh or [[None, None]])[0], row["expected"]
        yield row["id"], came == expected, came, expected


def sitemap_entry(entry, options):
    url = entry["url"].split("#")[0] if options["url_filter"] else entry["url"]
    result = {"loc": url}
    if entry["kind"] == "page":
        result.update(priority=entry["priority"], valid=entry["in_scope"])
    if entry["lastmod"]:
        result["lastmod"] = entry["lastmod"]
    if entry["changefreq"]:
        result["changefreq"] = entry["changefreq"].upper()
    return result


def sitemap():
    kinds = {"XML": "urlset", "INDEX": "index", "TEXT": "text", "RSS": "rss", "ATOM": "atom"}
    for row in rows_of("sitemap_crawlercommons"):
        answer = ask("sitemap", "--about", "--url", row["url"], str(SUITES / row["file"]))
        expected, options = row["expected"], row["options"]
        if "error" in expected:
            yield row["id"], answer is None or answer[0]["broken"], answer, expected
            continue
        about, *entries = answer or [{"kind": None}]
        came = [sitemap_entry(entry, options) for entry in entries if entry["in_scope"] or not options["strict"] or expected["index"]]
        wanted = [{key: value for key, value in entry.items() if key != "ext"}
                  for entry in expected.get("urls", expected.get("sitemaps", []))]
        right = about["kind"] == kinds[expected["type"]] and came == wanted
        if "lastmod" in expected:
            right = right and about["lastmod"] == expected["lastmod"]
        yield row["id"], right, [about["kind"], came], wanted


RUNS = {"url_wpt": url_wpt, "url_normalize": url_normalize, "robots": robots, "link_extract": link_extract,
        "base_refresh": base_refresh, "sitemap": sitemap}


def written_deviations():
    """Rows of the tables in the document: | id, id | reason |."""
    text = (ROOT / "docs/crawler-suites.md").read_text(encoding="utf-8")
    ids = set()
    for cell in re.findall(r"^\| ((?:[a-z]+[a-z0-9]*(?:-[a-z]+)*-?\d+(?:, )?)+) \|", text, re.M):
        ids.update(cell.split(", "))
    return ids


def main():
    if not SUITES.is_dir():
        print(f"no {SUITES}: skipped")
        return 77
    written, wrong, names = written_deviations(), [], sys.argv[1:] or list(RUNS)
    seen = set()
    for name in names:
        right = total = 0
        for row, ok, came, expected in RUNS[name]():
            total += 1
            right += ok
            seen.add(row)
            if not ok:
                print(f"{name} {row}{'' if row in written else ' NOT WRITTEN'}: {json.dumps(came, ensure_ascii=False)[:300]}"
                      f" expected {json.dumps(expected, ensure_ascii=False)[:300]}")
            if ok == (row in written):
                wrong.append(row)
        print(f"{name}: {right} of {total} ({100 * right / max(total, 1):.1f} %)")
    if wrong:
        print("deviations that docs/crawler-suites.md does not tell, or tells wrongly:", ", ".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
