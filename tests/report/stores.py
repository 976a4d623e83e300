"""Stores for the tests of the report: pages as archives with their dates, extracted and imported by the program."""
import json
import os
import random
import subprocess
import sys
from html import escape
from pathlib import Path

SOURCE = Path(os.environ.get("ALM_SOURCE", Path(__file__).parents[2]))
ALMONER = os.environ.get("ALMONER", str(SOURCE / "build/dev/cli/almoner"))
sys.path.insert(0, str(SOURCE / "tests/tools"))
from render import CHARSETS, LAYOUTS, render  # noqa: E402
from retell import family  # noqa: E402


def almoner(*words, data=None):
    done = subprocess.run([ALMONER, *map(str, words)], input=data, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"almoner {' '.join(map(str, words))}: {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def warc(pages):
    """(URL, RFC 3339 time, HTML bytes) as an archive."""
    out = []
    for url, when, body in pages:
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Record-ID: <urn:x:{url}>\r\n"
                f"WARC-Date: {when}\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n")
        out.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(out)


def put(store, folder, pages):
    archive = folder / "pages.warc"
    archive.write_bytes(warc(pages))
    almoner("import", "--store", store, "-", data=almoner("extract", archive))


def article(title, published, text):
    return (f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>'
            f"<h1>{escape(title)}</h1><p>{published} 来源：东山县商会</p><p>{escape(text)}</p></body></html>").encode()


EDITED = "http://news.example/edited.html"
HOSTILE_TITLE = "</script><script>document.title='taken'</script><img src=x onerror=document.title='taken'>"
EDITIONS = [("2024-03-02T01:00:00Z", "3月1日，东山县德润建材有限公司向东山县实验小学捐款5万元。"),
            ("2024-03-05T01:00:00Z", "3月1日，东山县德润建材有限公司向东山县实验小学捐款15万元。"),
            ("2024-03-09T01:00:00Z", "3月1日，东山县德润建材有限公司向东山县实验小学捐款18万元。")]


def telling_store(folder):
    """Two families told again, a page edited twice, and pages that would take the report over if it let them."""
    store = folder / "told.db"
    pages = []
    for name in ("ceremony-01", "list-01"):
        for i, page in enumerate(family(SOURCE / f"fixtures/articles/{name}.txt", SOURCE / "rules/zh/lexicon/trad-simp.tsv")):
            encoding, declared = ("utf-8", "utf-8") if "traditional" in page.id else CHARSETS[i % len(CHARSETS)]
            body = render(page.article, list(LAYOUTS)[i % len(LAYOUTS)], encoding, declared)
            pages.append((f"http://news.example/{page.id}.html", "2024-01-01T00:00:00Z", body))
    put(store, folder, pages)
    for when, text in EDITIONS:
        put(store, folder, [(EDITED, when, article("德润建材捐资助学", "2024-03-02", text))])
    put(store, folder, [("http://news.example/lost.html", "2024-04-02T00:00:00Z",
                         article("民生超市捐款", "2024-04-01", "4月1日，东山县民生超市向东山县慈善总会捐款3万元。"))])
    hostile = article("x", "2024-05-02", "5月1日，东山县<b>商会</b>向东山县慈善总会捐款7万元，</script><!-- <script>。")
    document = json.loads(almoner("extract", "--url", "http://news.example/hostile.html", "-", data=hostile))
    document["title"], document["fetched_at"] = HOSTILE_TITLE, "2024-05-02T00:00:00Z"
    document["canonical_url"] = document["url"] = "javascript:document.title='taken'//news.example/"
    almoner("import", "--store", store, "-", data=json.dumps(document).encode() + b"\n")
    almoner("resolve", "--store", store)
    return store


def lose(store, url, when):
    note = {"schema": "almoner.gone/1", "url": url, "gone_at": when}
    almoner("import", "--store", store, "-", data=json.dumps(note).encode() + b"\n")
    almoner("resolve", "--store", store)


def large_store(folder, donations):
    """Lists of twenty donations each, of invented names."""
    store, dice = folder / "large.db", random.Random(1)
    places = ["东山县", "西陵县", "云岫市", "砚湖县", "棠浦区", "鹿鸣县", "临澜市", "霁阳县"]
    brands = "德润 恒泰 民生 华盛 金禾 瑞丰 鸿图 永固 兴业 嘉禾".split()
    trades = "建材 食品 物流 药业 纺织 机械 置业 粮油".split()
    pages = []
    for i in range(donations // 20):
        day = f"{2018 + i % 6}-{1 + i % 12:02}-{1 + i % 28:02}"
        place = dice.choice(places)
        rows = "".join(f"<tr><td>{dice.choice(places)}{dice.choice(brands)}{dice.choice(trades)}有限公司</td>"
                       f"<td>{dice.randrange(1, 900) * 100}</td></tr>" for _ in range(20))
        body = (f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{place}慈善总会捐赠公示{i}</title></head><body>'
                f"<h1>{place}慈善总会捐赠公示{i}</h1><p>{day} 来源：{place}慈善总会</p><p>现将{day[:4]}年捐款公示如下：</p>"
                f"<table><tr><th>捐赠单位</th><th>金额（元）</th></tr>{rows}</table></body></html>")
        pages.append((f"http://{i % 50}.example/{i}.html", f"{day}T08:00:00Z", body.encode()))
    put(store, folder, pages)
    return store
