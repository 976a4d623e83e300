"""Walks each site of fixtures/sites by the links that the program finds: all of it must be reached, and nothing else.

A site is a folder of files with urls.tsv: path and query (canonical), a tab, the file. The walk begins at the first.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

SITES = Path(os.environ.get("ALM_SOURCE", Path(__file__).parents[1])) / "fixtures/sites"
ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
HOST = "http://www.example.com"


def answers(*words, data=""):
    done = subprocess.run([ALMONER, *words], input=data, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def links_of(url, file):
    links = [link["url"] for link in answers("links", "--url", url, str(file))]
    return {answer["url"] for answer in answers("url", "canon", "-", data="".join(f"{link}\n" for link in links))}


def walk(site):
    lines = (site / "urls.tsv").read_text().splitlines()
    files = dict(line.split("\t") for line in lines if not line.startswith("#"))
    files = {HOST + path: site / name for path, name in files.items()}
    found, waiting = set(), [next(iter(files))]
    while waiting:
        url = waiting.pop()
        if url in found:
            continue
        found.add(url)
        if url in files:
            waiting.extend(links_of(url, files[url]))
    return found, set(files)


def main():
    wrong, sites = 0, sorted(path.parent for path in SITES.glob("*/urls.tsv"))
    for site in sites:
        found, there = walk(site)
        for url in sorted(there - found):
            print(f"{site.name}: not found: {url}")
        for url in sorted(found - there):
            print(f"{site.name}: is not there: {url}")
        wrong += found != there
        print(f"{site.name}: {len(found & there)} of {len(there)} URLs")
    return bool(wrong) or not sites


if __name__ == "__main__":
    sys.exit(main())
