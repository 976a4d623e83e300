#!/usr/bin/env python3
"""Crawl one loopback site beside wget2: crawl.py ALMONER [--pages N] [--rounds N] [--rules DIR]

The site: N pages (10,000) of 11 KB with 23 links each, by nginx, no delay. almoner runs with durable frontier and WARC
over eight connections, with extraction off and (given --rules) on; wget2 with --max-threads=8. Prints pages a second of
each round, then medians and ratios. What others do on the machine moves both programs: quote ratios of quiet rounds.
"""
import argparse
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINKS, SIZE = 23, 11 * 1024
SENTENCES = ["本协会召开会员大会，讨论来年的工作。", "秘书处走访了多家会员企业，了解经营情况。",
             "活动得到各方的支持，现场气氛热烈。", "会议听取了财务报告，并选出新一届理事。",
             "志愿者在社区开展服务，受到居民欢迎。", "培训班为期三天，来自各地的学员参加。"]


def page(number, count, rng):
    links = [(number + 1) % count] + [rng.randrange(count) for _ in range(LINKS - 1)]
    items = "".join(f'<li><a href="p{n}.html">第{n}条消息</a></li>\n' for n in links)
    head = (f"<!DOCTYPE html><html><head><meta charset=utf-8><title>消息{number}</title></head><body><h1>消息{number}</h1>\n"
            f"<ul>\n{items}</ul>\n<div class=content>\n")
    text, size = [], len(head.encode())
    while size < SIZE:
        paragraph = "<p>" + "".join(rng.choice(SENTENCES) for _ in range(4)) + "</p>\n"
        text.append(paragraph)
        size += len(paragraph.encode())
    return head + "".join(text) + "</div></body></html>\n"


def make_site(folder, count):
    rng = random.Random(1)
    for number in range(count):
        (folder / f"p{number}.html").write_text(page(number, count, rng), encoding="utf-8")
    (folder / "index.html").write_text('<a href="p0.html">begin</a>', encoding="utf-8")


def start_nginx(folder, site, port):
    conf = folder / "nginx.conf"
    conf.write_text(f"""daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{ access_log off; types {{ text/html html; }} default_type text/html; keepalive_requests 1000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {site}; open_file_cache max=20000; }} }}
""")
    server = subprocess.Popen(["nginx", "-c", str(conf), "-e", f"{folder}/error.log"])
    time.sleep(0.5)
    return server


def fetched(out):
    """How many pages a run got, whichever program it was."""
    store = out / "store"
    if not store.exists():
        return sum(1 for path in out.rglob("*.html"))
    with sqlite3.connect(f"file:{store}/frontier.db?mode=ro", uri=True) as db:
        return db.execute("SELECT count(*) FROM visit WHERE status = 200").fetchone()[0]


def timed(name, command, pages, folder):
    """Pages a second of one run; a run that did not get every page counts for nothing."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run([part.replace("OUT", str(out)) for part in command], capture_output=True, text=True)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:28} {pages / seconds:8.0f} pages/s  {seconds:6.2f} s  {cpu:6.2f} s of processor", flush=True)
    got = fetched(out)
    if got < pages:
        sys.exit(f"{name}: {got} pages of {pages}, exit {done.returncode}\n{done.stderr[-500:]}")
    return pages / seconds


def summary(rates):
    """Medians, and the ratio to the first program, round by round."""
    first, *_ = rates.values()
    for name, own in rates.items():
        ratios = sorted(mine / theirs for mine, theirs in zip(own, first))
        print(f"{name:28} median {statistics.median(own):6.0f} pages/s, {statistics.median(ratios):.2f} of wget2"
              f" ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("almoner")
    parser.add_argument("--pages", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rules")
    parser.add_argument("--port", type=int, default=18471)
    args = parser.parse_args()
    for tool in ("nginx", "wget2"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not here (Debian package of that name)")
    folder = Path(tempfile.mkdtemp(prefix="almoner-bench-"))
    site = folder / "site"
    site.mkdir()
    os.chmod(folder, 0o755)
    make_site(site, args.pages)
    server = start_nginx(folder, site, args.port)
    url = f"http://127.0.0.1:{args.port}/"
    crawl = [args.almoner, "crawl", "--allow-private", "--delay", "0", "--connections", "8", "--address-connections", "8",
             "--depth", "1000", "--progress", "none", "--store", "OUT/store"]
    commands = {"wget2 --max-threads=8": ["wget2", "--max-threads=8", "-q", "-r", "-l", "inf", "-P", "OUT", url],
                "almoner, extraction off": crawl + ["--no-extract", url]}
    if args.rules:
        commands["almoner, extraction on"] = crawl + ["--rules", args.rules, url]
    rates = {name: [] for name in commands}
    try:
        for _ in range(args.rounds):
            for name, command in commands.items():
                rates[name].append(timed(name, command, args.pages, folder))
        summary(rates)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
