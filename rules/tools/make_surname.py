#!/usr/bin/env python3
"""Make rules/zh/lexicon/surname.tsv from the surname tables in the shared data folder.

    python3 rules/tools/make_surname.py ../shared/data > rules/zh/lexicon/surname.tsv

Columns: entry, rank (common|rare). Rare: seldom a surname, or usual as a word or in a word, so that
it begins a name only where a role, a title or a list says so.
"""
import pathlib
import re
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
HEAD = """\
# Surnames, single and compound, by frequency. Columns: entry, rank (common|rare).
# Rare: seldom a surname, or so usual as a word that it begins a name only where its surroundings say so.
# Made by rules/tools/make_surname.py; do not edit by hand. Sources:
#   wainshine/Chinese-Names-Corpus family names (Apache-2.0): frequencies
#   baijiaxing of Magicdawn (MIT): the Hundred Family Surnames
#   surname_judged.txt beside the script: ours
"""
COMMON_AT_LEAST = 20  # in the source's own count: about two people in 10,000
SEEN_AT_LEAST = 5.5  # the source gives every surname it saw once or twice a 5


def judged():
    """The groups of surname_judged.txt by name."""
    groups, name = {}, None
    for line in (HERE / "surname_judged.txt").read_text(encoding="utf-8").splitlines():
        if line.endswith(":"):
            name = line[:-1]
            groups[name] = []
        elif line and not line.startswith("#"):
            groups[name] += line.split()
    return groups


def main():
    source = pathlib.Path(sys.argv[1])
    groups = judged()
    rows = (source / "wainshine_family_names.tsv").read_text(encoding="utf-8-sig").splitlines()[1:]
    count = {name: float(n) for name, n in (row.split("\t") for row in rows if row.strip())}
    count = {name: n for name, n in count.items() if n >= SEEN_AT_LEAST or len(name) > 1}
    text = unicodedata.normalize("NFKC", (source / "baijiaxing_pinyin.txt").read_text(encoding="utf-8"))
    for name in re.findall(r"([一-鿿]+)\s?\(", text) + groups["common"] + groups["rare"]:
        count.setdefault(name, 1)
    print(HEAD, end="")
    for name in sorted(count, key=lambda n: (-count[n], n)):
        if name in groups["never"] or not re.fullmatch("[一-鿿㐀-䶿]+", name):
            continue
        common = name not in groups["rare"] and (count[name] >= COMMON_AT_LEAST or len(name) > 1 or name in groups["common"])
        print(f"{name}\t{'common' if common else 'rare'}")


if __name__ == "__main__":
    main()
