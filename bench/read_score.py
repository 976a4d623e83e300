#!/usr/bin/env python3
"""Score reading: main text, title, date and source of pages against what they should be.

usage: read_score.py [--read PROGRAM] [--verbose] [--check] [--only gold|plain|daniel|magic|lists]

Pages and their truth are in the folder that ALM_SHARED names (default: ../shared beside the tree). Prints every figure
for the part of the pages that rules may be tuned on and for the part that is kept aside, which is every page whose
id hashes (SHA-256, first byte) to a multiple of three. --check: exit status 1 where a bar over all pages is missed.
Standard library only.
"""
import argparse
import collections
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CJK = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
TOKEN = re.compile(CJK + r"|(?:(?!" + CJK + r")\w)+")


def tokens(text):
    return TOKEN.findall(unicodedata.normalize("NFKC", text or ""))


def shingles(words, n=4):
    return collections.Counter(tuple(words[i:i + n]) for i in range(max(1, len(words) - n + 1)) if words)


def is_aside(id):
    return hashlib.sha256(id.encode()).digest()[0] % 3 == 0


def counts(gold, found):
    right = sum((gold & found).values())
    return right, sum(found.values()) - right, sum(gold.values()) - right


def f1(right, wrong, missed):
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0


def plain(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or ""))


class Program:
    def __init__(self, path):
        self.path = path

    def read(self, files):
        """{file: page} of what the program makes of the files."""
        words = os.path.join(TREE, "rules", "zh", "page.yaml")
        out = subprocess.run([self.path, words] + files, stdout=subprocess.PIPE, check=False).stdout
        pages = [json.loads(line) for line in out.splitlines()]
        return {page["file"]: page for page in pages}


missed = []  # bars


class Parts:
    """Rows of one kind of page, in two parts."""

    def __init__(self, name):
        self.name, self.rows = name, []

    def add(self, id, row):
        self.rows.append((id, row))

    def show(self, line, bars=None):
        for title, rows in (("tuned", [r for i, r in self.rows if not is_aside(i)]), ("aside", [r for i, r in self.rows if is_aside(i)]),
                            ("all", [r for _, r in self.rows])):
            if rows:
                print(f"{self.name:8} {title:6} n={len(rows):<4} {line(rows)}")
        for what, value, bar in bars([r for _, r in self.rows]) if bars else []:
            if not value >= bar:
                missed.append(f"{self.name} {what} {value:.4f} < {bar}")


def mean(values):
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else float("nan")


# ---------------------------------------------------------------- articles, rendered and as plain text

def article_text(article):
    out = []
    for kind, value in article.blocks:
        out += [value] if kind == "p" else ["\t".join(row) for row in value] if kind == "t" else value
    return "\n".join(out)


def score_articles(program, shared, verbose, as_text):
    sys.path.insert(0, os.path.join(shared, "gold"))
    sys.dont_write_bytecode = True
    import render
    folder = os.path.join(shared, "gold", "articles")
    articles = [render.Article(os.path.join(folder, f)) for f in sorted(os.listdir(folder)) if f.endswith(".txt")]
    parts, styles = Parts("plain" if as_text else "gold"), {}
    with tempfile.TemporaryDirectory() as work:
        files = []
        for a in articles:
            name = os.path.join(work, a.id + (".txt" if as_text else ".html"))
            if as_text:
                data = (a.title + "\n\n" + open(os.path.join(folder, a.id + ".txt"), encoding="utf-8-sig").read().replace("\r\n", "\n").partition("\n\n")[2]).encode()
            else:
                data, row = render.render(a)
                styles[a.id] = row[1]
            with open(name, "wb") as f:
                f.write(data)
            files.append(name)
        pages = program.read(files)
    for a, name in zip(articles, files):
        page = pages.get(name, {})
        gold, found = tokens(article_text(a)), tokens(page.get("text"))
        score = f1(*counts(collections.Counter(gold), collections.Counter(found)))
        row = {"f1": score, "title": plain(page.get("title")) == plain(a.title), "date": (page.get("published") or None) == a.published if a.published else None,
               "source": plain(page.get("source")) == plain(a.source) if a.source and not as_text else None}
        parts.add(a.id, row)
        if verbose and not is_aside(a.id) and (score < 0.98 or False in row.values()):
            print(f"  {score:.3f} {a.id} {styles.get(a.id, '')} title={page.get('title')!r}/{a.title!r} date={page.get('published')}/{a.published} source={page.get('source')!r}/{a.source!r}")
    parts.show(lambda rows: f"F1 {mean(r['f1'] for r in rows):.4f} worst {min(r['f1'] for r in rows):.3f} title {mean(r['title'] for r in rows):.3f}"
               + ("" if as_text else f" date {mean(r['date'] for r in rows):.3f} source {mean(r['source'] for r in rows):.3f}"),
               lambda rows: [("F1", mean(r["f1"] for r in rows), .98), ("worst page", min(r["f1"] for r in rows), .90), ("title", mean(r["title"] for r in rows), .98)]
               + ([] if as_text else [("date", mean(r["date"] for r in rows), .98), ("source", mean(r["source"] for r in rows), .95)]))


# ---------------------------------------------------------------- real pages

def score_real(program, shared, verbose, kind):
    folder = os.path.join(shared, "content")
    meta = json.load(open(os.path.join(folder, "meta.json"), encoding="utf-8"))
    ids = sorted(f[:-5] for f in os.listdir(os.path.join(folder, "html")) if f.startswith(kind))
    pages = program.read([os.path.join(folder, "html", i + ".html") for i in ids])
    parts = Parts(kind)
    for id in ids:
        page = pages.get(os.path.join(folder, "html", id + ".html"), {})
        gold_text = open(os.path.join(folder, "gold", id + ".txt"), encoding="utf-8", errors="replace").read()
        with_title = plain(gold_text).startswith(plain(page.get("title")))
        text = (page.get("title") or "") + "\n" + (page.get("text") or "") if kind == "daniel" or with_title else page.get("text")
        gold, found = tokens(gold_text), tokens(text)
        right, wrong, missed = counts(shingles(gold), shingles(found))
        truth = meta.get(id, {})
        row = {"f1": f1(right, wrong, missed), "p": right / (right + wrong) if right + wrong else None, "r": right / (right + missed) if right + missed else None,
               "date": page.get("published") == truth["date"] if truth.get("date") else None,
               "title": plain(page.get("title")) == plain(truth["title"]) if truth.get("title") else None}
        parts.add(id, row)
        if verbose and not is_aside(id) and (row["f1"] < 0.95 or row["date"] is False or row["title"] is False):
            print(f"  {row['f1']:.3f} p={row['p'] or 0:.2f} r={row['r'] or 0:.2f} {id} title={page.get('title')!r}/{truth.get('title')!r} date={page.get('published')}/{truth.get('date')}")

    def line(rows):
        p, r = mean(x["p"] for x in rows), mean(x["r"] for x in rows)
        return (f"F1 {2 * p * r / (p + r):.4f} P {p:.4f} R {r:.4f} under .5 {mean(x['f1'] < .5 for x in rows):.3f} pageF1 {mean(x['f1'] for x in rows):.4f}"
                f" date {mean(x['date'] for x in rows):.3f} title {mean(x['title'] for x in rows):.3f}")

    def bars(rows):
        p, r = mean(x["p"] for x in rows), mean(x["r"] for x in rows)
        f = 2 * p * r / (p + r)
        if kind == "magic":
            return [("F1", f, .96)]
        return [("F1", f, .94), ("P", p, .92), ("R", r, .95), ("share at .5 or more", mean(x["f1"] >= .5 for x in rows), .98),
                ("date", mean(x["date"] for x in rows), .97), ("title", mean(x["title"] for x in rows), .93)]
    parts.show(line, bars)


def score_lists(program, shared, verbose):
    folder = os.path.join(shared, "content", "donation-syn")
    rows = json.load(open(os.path.join(folder, "rows.json"), encoding="utf-8"))
    files = sorted(os.path.join(folder, "html", f) for f in os.listdir(os.path.join(folder, "html")))
    pages = program.read(files)
    for name in files:
        text = (pages.get(name) or {}).get("text") or ""
        kept = sum(r[1] in text for r in rows) / len(rows)
        leaked = sum(x in text for x in ("ICP备", "机构概况", "浏览次数", "月份慈善捐赠信息公开工作的通知"))
        print(f"lists    {os.path.basename(name)[:-5]:14} kept {kept:.2f} leaked {leaked}")
        if kept < 1 or leaked:
            missed.append(f"lists {os.path.basename(name)}: kept {kept:.2f}, leaked {leaked}")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--read", default=os.path.join(TREE, "build", "release", "bench", "read"))
    args.add_argument("--verbose", action="store_true")
    args.add_argument("--only")
    args.add_argument("--check", action="store_true")
    a = args.parse_args()
    shared = os.environ.get("ALM_SHARED", os.path.join(os.path.dirname(TREE), "shared"))
    if not os.path.isdir(shared):
        print(f"read_score: no folder {shared}; set ALM_SHARED")
        return 0
    program = Program(a.read)
    kinds = {"gold": lambda: score_articles(program, shared, a.verbose, False), "plain": lambda: score_articles(program, shared, a.verbose, True),
             "daniel": lambda: score_real(program, shared, a.verbose, "daniel"), "magic": lambda: score_real(program, shared, a.verbose, "magic"),
             "lists": lambda: score_lists(program, shared, a.verbose)}
    for kind, run in kinds.items():
        if a.only in (None, kind):
            run()
    for line in missed:
        print("missed:", line)
    return 1 if a.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
