#!/usr/bin/env python3
"""How well `almoner resolve` ties what is one gift, and nothing else.

usage: bench/resolve.py [--faults] [--keep DIR] [--bars PRECISION RECALL]

Makes families of pages out of fixtures/articles (tests/tools/retell.py: the article told again in seven ways, and
articles that only look like it), runs extract and resolve over all of them, and counts pairs of donations on different
pages: right where the gold says that both tell the same gift. Families of held-out articles are counted apart;
`--faults` lists wrong and missing pairs of the tuned ones only. Needs a built program ($ALMONER, else build/release).
"""
import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

SOURCE = Path(os.environ.get("ALM_SOURCE", Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(SOURCE / "tests/tools"))
from facts import decimal, fold, is_held_out  # noqa: E402
from render import CHARSETS, LAYOUTS, render  # noqa: E402
from retell import Dice, family  # noqa: E402

ALMONER = os.environ.get("ALMONER", str(SOURCE / "build/release/cli/almoner"))
HOST = "http://news.example"


def warc_of(pages):
    """All pages in one archive, so that each has its URL."""
    out = []
    for page in pages:
        dice = Dice("layout", page.id)
        encoding, declared = dice.pick(CHARSETS)
        if page.id.endswith("-traditional"):
            encoding, declared = "utf-8", "utf-8"
        body = render(page.article, dice.pick(list(LAYOUTS)), encoding, declared)
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {HOST}/{page.id}.html\r\n"
                f"WARC-Record-ID: <urn:uuid:{page.id}>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
                f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n")
        out.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(out)


def run(*words, data=None):
    start = time.monotonic()
    done = subprocess.run([ALMONER, *words], input=data, capture_output=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(words)}: {done.stderr.decode()}")
    return done.stdout, time.monotonic() - start, done.stderr.decode()


# ---- which gift of the gold a donation tells

def amounts_of(donation):
    sums = [decimal(a["amount"]) for a in donation["cash"]]
    worth = [decimal(a["amount"]) for a in [donation["value"]] + [g["value"] for g in donation["goods"]] if a]
    goods = {(fold(g["item"]), d) for g in donation["goods"] for d in decimal(g["quantity"])}
    return {d for some in sums + worth for d in some if d is not None}, goods


def parts(gift, names, sums, goods):
    """What of the gift a donation tells: nothing where donor or everything given differs."""
    told = {fold(name) for group in gift.donors for name in group}
    if not told & names:
        return frozenset(), 0
    found = {(gift.key, Decimal(amount)) for amount, *_ in gift.cash + gift.worth if Decimal(amount) in sums}
    found |= {(gift.key, fold(forms[0])) for forms, quantity, _ in gift.goods
              if any(fold(form) == item and q in decimal(quantity) for form in forms for item, q in goods)}
    return frozenset(found), 2 * len(found) + len(told & names)


def by_sum_alone(document, page):
    """uid -> gift, where one gift of the page and one donation of the document hold a sum or a counted thing: whatever
    extraction took for the donor's name, the donation tells that gift."""
    gifts, donations = defaultdict(set), defaultdict(set)
    for gift in page.gifts:
        for part in [Decimal(amount) for amount, *_ in gift.cash + gift.worth] + [
                (fold(form), q) for forms, quantity, _ in gift.goods for form in forms for q in decimal(quantity) if q]:
            gifts[part].add(gift.key)
    for donation in document["donations"]:
        sums, goods = amounts_of(donation)
        for part in sums | goods:
            donations[part].add(donation["uid"])
    found = {}
    for part, uids in donations.items():
        if len(uids) == 1 and len(gifts[part]) == 1:
            found.setdefault(*uids, set()).add((*gifts[part], part if isinstance(part, Decimal) else part[0]))
    return found


def align(document, page):
    """uid of each donation -> what it tells of the gold, as (gift, part); gifts that fit equally well all stand there."""
    alone = by_sum_alone(document, page)
    forms = {e["id"]: {fold(n) for n in [e["name"], *e["aliases"]]} for e in document["organisations"] + document["people"]}
    found = {}
    for donation in document["donations"]:
        names = set().union(*[forms.get(i, set()) for i in donation["donors"]] or [set()])
        sums, goods = amounts_of(donation)
        scored = [parts(gift, names, sums, goods) for gift in page.gifts]
        best = max((score for told, score in scored if told), default=0)
        told = frozenset().union(*(told for told, score in scored if told and score == best))
        by_sum = frozenset(alone.get(donation["uid"], ()))
        if not told and any(key.endswith("/elsewhere") for key, _ in by_sum):
            continue  # whom extraction took for the donor is no namesake of ours
        told = told or by_sum
        if not any(key.endswith("?") for key, _ in told):
            found[donation["uid"]] = told
    return found


# ---- counting

def count(documents, pages, gifts):
    """Pairs right, wrong and missing, and what they are."""
    told, page_of, groups, by_part = {}, {}, defaultdict(set), defaultdict(set)
    for document in documents:
        page = pages[document["url"]]
        for uid, parts_told in align(document, page).items():
            told[uid], page_of[uid] = parts_told, page.id
            for part in parts_told:
                by_part[part].add(uid)
    for gift in gifts:
        groups[gift["gift_uid"]] = {t["uid"] for t in gift["donations"] if t["uid"] in told}
    tied = {pair for group in groups.values() for pair in itertools.combinations(sorted(group), 2)}
    tied = {(a, b) for a, b in tied if told[a] or told[b]}  # two of no gift of the gold: nobody can say
    right = {(a, b) for a, b in tied if {gift for gift, _ in told[a]} & {gift for gift, _ in told[b]}}
    owed = {pair for group in by_part.values() for pair in itertools.combinations(sorted(group), 2)
            if page_of[pair[0]] != page_of[pair[1]]}
    unaligned = sum(1 for parts_told in told.values() if not parts_told)
    key = {uid: "/".join(sorted({gift for gift, _ in parts_told})) for uid, parts_told in told.items()}
    return right, tied - right, owed - tied, unaligned, (key, page_of)


def count_bodies(documents, pages, rows):
    """The same of organisations: names on two pages of one family that are one organisation. Names that the program did
    not find as the page writes them do not count."""
    entity = {(row["url"], fold(row["name"])): row["entity_uid"] for row in rows}
    named = defaultdict(list)
    for document in documents:
        page = pages[document["url"]]
        for organisation in document["organisations"]:
            name = fold(organisation["name"])
            body = page.bodies.get(name)
            if body and (document["url"], name) in entity:
                named[page.family].append((page.id, body, entity[document["url"], name], name))
    right = wrong = missing = 0
    faults = []
    for some in named.values():
        for (page, body, uid, name), (other_page, other_body, other_uid, other) in itertools.combinations(some, 2):
            if page == other_page:
                continue
            right += body == other_body and uid == other_uid
            wrong += body != other_body and uid == other_uid
            missing += body == other_body and uid != other_uid
            if (body == other_body) != (uid == other_uid):
                faults.append(f"{'missing' if body == other_body else 'wrong'} {page} {name}  {other_page} {other}")
    return right, wrong, missing, faults


def kinds(pairs, page_of):
    """By the kind of page, without the family's name."""
    return Counter(" + ".join(sorted("-".join(page_of[uid].split("-")[2:]) for uid in pair)) for pair in pairs)


def report(name, documents, pages, faults):
    lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()
    out, seconds, _ = run("resolve", "--print", "gifts", "-", data=lines)
    gifts = [json.loads(line) for line in out.splitlines()]
    right, wrong, missing, unaligned, (key, page_of) = count(documents, pages, gifts)
    rows = [json.loads(line) for line in run("resolve", "--print", "organisations", "-", data=lines)[0].splitlines()]
    bodies = count_bodies(documents, pages, rows)
    precision = len(right) / max(1, len(right) + len(wrong))
    recall = len(right) / max(1, len(right) + len(missing))
    print(f"{name:9} {len(documents):5} pages {len(key):6} donations ({unaligned} of no gift of the gold) {len(gifts):6} gifts"
          f"  pairs: {len(right)} right, {len(wrong)} wrong, {len(missing)} missing"
          f"  precision {precision:.4f}  recall {recall:.4f}  ({seconds:.2f} s)")
    body_precision, body_recall = bodies[0] / max(1, bodies[0] + bodies[1]), bodies[0] / max(1, bodies[0] + bodies[2])
    print(f"{'':9} {len(rows):5} names, {len({row['entity_uid'] for row in rows})} organisations; pairs: {bodies[0]} right, "
          f"{bodies[1]} wrong, {bodies[2]} missing  precision {body_precision:.4f}  recall {body_recall:.4f}")
    if faults:
        print("\n".join(f"  {fault}" for fault in sorted(bodies[3])[::max(1, len(bodies[3]) // 60)]))
        ties = [json.loads(line) for line in run("resolve", "--explain", "-", data=lines)[0].splitlines()]
        show(documents, wrong, missing, key, page_of, {(t["uid"], t["other_uid"]): t for t in ties})
    return precision, recall


def show(documents, wrong, missing, key, page_of, ties):
    told = {d["uid"]: (d["evidence"]["text"][:60], [a["text"] for a in d["cash"]] + [g["text"] for g in d["goods"]])
            for document in documents for d in document["donations"]}
    for title, pairs in (("wrong", wrong), ("missing", missing)):
        print(f"  {title} by kind of page: {dict(kinds(pairs, page_of).most_common(12))}")
        for a, b in sorted(pairs, key=lambda pair: (page_of[pair[0]], pair))[:: max(1, len(pairs) // 25)]:
            print(f"    {title} {page_of[a]} {key[a]} {told[a]}\n       {page_of[b]} {key[b]} {told[b]}")
            tie = ties.get((a, b))
            print("       " + (tie["verdict"] + f" {tie['points']} " + "; ".join(
                f"{clue} {found} {points:+}" for clue, (found, points) in tie["clues"].items()) if tie else "apart"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--bars", nargs=2, type=float, metavar=("PRECISION", "RECALL"))
    args = parser.parse_args()
    made = [page for path in sorted((SOURCE / "fixtures/articles").glob("*.txt"))
            for page in family(path, SOURCE / "rules/zh/lexicon/trad-simp.tsv")]
    pages = {f"{HOST}/{page.id}.html": page for page in made}
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pages.warc").write_bytes(warc_of(made))
        out, seconds, _ = run("extract", str(folder / "pages.warc"))
        (folder / "documents.ndjson").write_bytes(out)
    documents = [json.loads(line) for line in out.splitlines()]
    print(f"{len(documents)} pages of {len({page.family for page in made})} families, read in {seconds:.1f} s")
    parts = {"tuned": False, "held out": True}
    well = True
    for name, held_out in parts.items():
        some = [d for d in documents if is_held_out(pages[d["url"]].family) == held_out]
        precision, recall = report(name, some, pages, args.faults and not held_out)
        if args.bars:
            well &= precision >= args.bars[0] and recall >= args.bars[1]
    precision, recall = report("all", documents, pages, False)
    if args.bars:
        well &= precision >= args.bars[0] and recall >= args.bars[1]
        if not well:
            print(f"below the bars: precision {args.bars[0]}, recall {args.bars[1]}", file=sys.stderr)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
