#!/usr/bin/env python3
"""Peers' cases of numbers and money (cn2an, JioNLP, Recognizers-Text) through `almoner values`.

usage: values.py [--verbose]       ALMONER is the program, ALM_SHARED the shared data

Prints a figure a suite and every deviation. A deviation that docs/values.md does not name fails the test, and so does
a share below the floor. Skipped (77) without the shared data.
"""
import json
import os
import re
import subprocess
import sys
from fractions import Fraction

SOURCE = os.environ.get("ALM_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
SHARED = os.environ.get("ALM_SHARED", os.path.join(SOURCE, "..", "shared"))
CURRENCIES = {"元": "CNY", "港元": "HKD", "美元": "USD", "欧元": "EUR", "日元": "JPY", "新台币": "TWD", "澳元": "AUD",
              "泰铢": "THB", "韩元": "KRW", "卢布": "RUB"}


def rows(name):
    with open(os.path.join(SHARED, "suites", name + ".jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def written():
    """The rows that docs/values.md names: `id` in back quotes."""
    with open(os.path.join(SOURCE, "docs", "values.md"), encoding="utf-8") as file:
        return set(re.findall(r"`((?:jionlp_money|cn2an|recognizers_number)-\d+)`", file.read()))


def values(texts, *options):
    """The values of each text; every text is one line."""
    command = [os.environ["ALMONER"], "values", *options, "-"]
    lines = "".join(text.replace("\n", " ") + "\n" for text in texts)
    out = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout
    found = [[] for _ in texts]
    for line in out.splitlines():
        value = json.loads(line)
        found[value["line"] - 1].append(value)
    return found


def number(text):
    return None if text is None else Fraction(text)


def near(ours, theirs):
    """Peers print doubles of 15 digits; ours is exact."""
    return ours == theirs or (theirs and abs(ours - theirs) <= abs(theirs) * Fraction(1, 10**13))


def show(found):
    return "; ".join(f"{v['text']}={v.get('amount')} {v.get('qualifier')} {v.get('low')}..{v.get('high')}"
                     f" {v.get('currency', '')}" for v in found) or "nothing"


def cn2an():
    """Strict rows and inverses are one number from end to end; rows of errors are none."""
    cases = []
    for row in rows("cn2an"):
        expect = row["expect"]
        if row["cat"] not in ("number", "money", "number-reject"):
            continue
        if expect.get("mode") in ("normal", "smart", "direct"):
            continue
        cases.append((row, "money" if row["cat"] == "money" else "number"))
    for kind in ("number", "money"):
        chosen = [row for row, wanted in cases if wanted == kind]
        for row, found in zip(chosen, values([row["text"] for row in chosen], "--strict", "--type", kind)):
            expect = row["expect"]
            if "error" in expect:
                good = not found
                wanted = "nothing"
            else:
                wanted = str(expect.get("inverse_of", expect.get("value")))
                good = len(found) == 1 and number(found[0]["amount"]) == Fraction(wanted)
            yield row["id"], good, f"{row['text']}: {wanted}, got {show(found)}"


def money_agrees(expect, value):
    if value["currency"] != CURRENCIES[expect["case"]]:
        return False
    wanted, qualifier = expect["num"], value["qualifier"]
    if isinstance(wanted, list):
        low, high = map(Fraction, wanted)
        if qualifier == "more_than":  # 3000 and odd: theirs is 3000 to 4000
            return number(value["amount"]) == low
        return qualifier == "range" and low <= number(value["low"]) and number(value["high"]) <= high
    names = {"accurate": "exact", "blur": "about", "blur+": "more_than", "blur-": "nearly"}
    return qualifier == names[expect["definition"]] and number(value["amount"]) == Fraction(wanted)


def jionlp():
    cases = rows("jionlp_money")
    for row, found in zip(cases, values([row["text"] for row in cases], "--type", "money")):
        expect = row["expect"]
        if isinstance(expect, list):
            wanted = [(e["text"], e["offset"]) for e in expect]
            good = [(v["text"], v["span"]) for v in found] == wanted
        else:
            good = len(found) == 1 and money_agrees(expect, found[0])
        yield row["id"], good, f"{row['text']}: {json.dumps(expect, ensure_ascii=False)}, got {show(found)}"


def bound(text):
    return None if text == "" else Fraction(text)


def range_agrees(result, value):
    low, high = (bound(part) for part in result["Resolution"]["value"][1:-1].split(","))
    if value["span"] != [result["Start"], result["End"] + 1]:
        return False
    if high is None:
        return value["qualifier"] == "more_than" and number(value["amount"]) == low
    if low is None:
        return value["qualifier"] == "nearly" and number(value["amount"]) == high
    return number(value["low"]) == low and number(value["high"]) == high


def number_agrees(result, value):
    return value["number_span"] == [result["Start"], result["End"] + 1] and value["amount"] is not None and near(
        number(value["amount"]), Fraction(result["Resolution"]["value"]))


def recognizers():
    cases = rows("recognizers_number")
    for row, found in zip(cases, values([row["text"] for row in cases], "--type", "number")):
        results = row["expect"]["Results"]
        agrees = range_agrees if row["cat"] == "range" else number_agrees
        # a range row is about ranges: other numbers of its text are not in question
        if row["cat"] == "range":
            found = [v for v in found if v["qualifier"] != "exact" or v["span"] != v["number_span"]]
        good = len(found) == len(results) and all(agrees(r, v) for r, v in zip(results, found))
        wanted = "; ".join(f"{r['Text']}={r['Resolution']['value']}" for r in results) or "nothing"
        yield row["id"], good, f"{row['text']}: {wanted}, got {show(found)}"


def main():
    if not os.path.isdir(os.path.join(SHARED, "suites")):
        print(f"skipped: no shared data in {SHARED}")
        return 77
    if not os.environ.get("ALMONER"):
        print("skipped: ALMONER does not name the program")
        return 77
    known, used, failed = written(), set(), False
    for name, cases, floor in (("cn2an", cn2an, 1.0), ("jionlp_money", jionlp, 0.0),
                               ("recognizers_number", recognizers, 0.95)):
        total = right = unknown = 0
        for case, good, what in cases():
            total += 1
            right += good
            if good:
                continue
            used.add(case)
            unknown += case not in known
            if case not in known or "--verbose" in sys.argv:
                print(f"  {case}{'' if case in known else ' (not in docs/values.md)'}  {what}")
        print(f"{name}: {right} of {total} right ({100 * right / total:.1f} %), {total - right} deviations")
        failed |= right < floor * total or unknown > 0
    for case in sorted(known - used):
        print(f"  {case}: docs/values.md calls it a deviation, but it is right")
    return 1 if failed or known - used else 0


if __name__ == "__main__":
    sys.exit(main())
