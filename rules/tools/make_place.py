#!/usr/bin/env python3
"""Make rules/zh/lexicon/place.tsv from the division tables in the shared data folder.

    python3 rules/tools/make_place.py ../shared/data > rules/zh/lexicon/place.tsv

Columns: entry, level (country|region|province|city|county|town), form (full|short|word).
`word` marks a short form that is also a usual given name or surname with a given name
(安平, 高阳): it is a place only where the words around it say so.
"""
import csv
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
LEXICON = HERE.parent / "zh" / "lexicon"
FREQUENT_NAME_CHARACTERS = 330
FREQUENT_SURNAMES = 100
MARKERS = set("和与及同向给为对往朝至经通由托请以代率将把的之所各每均都共计合等他她其不没未送捐赠募花钱款拟待"
              "上下中里内外前后是有在于到从被就也又还曾正可才能会要使让叫说得着过了并或则而如若因且但")
LEVELS = {"1": "province", "2": "city", "3": "county"}

HEAD = """\
# Places: provinces, cities and counties of China in full and short form, Hong Kong, Macau and Taiwan,
# foreign countries and regions that are common in the news.
# Columns: entry, level (country|region|province|city|county|town), form (full|short|word).
# Made by rules/tools/make_place.py; do not edit by hand. Sources:
#   JioNLP division table (Apache-2.0): names and short forms
#   mumuy/data_location list.json (MIT): names of the current divisions
#   modood/Administrative-divisions-of-China HK-MO-TW.json (WTFPL): Hong Kong, Macau and Taiwan
#   modood streets.csv (WTFPL): towns whose names hold a character that is a word of its own
#   place_world.txt and place_short_stop.txt beside the script: ours
"""


def words(path):
    """The words of a file of blank-separated words with # comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {w for line in lines if not line.startswith("#") for w in line.split()}


def entries(file, most):
    """The first `most` entries of a lexicon, which lists the most usual first."""
    lines = (LEXICON / file).read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0] for line in [x for x in lines if x and x[0] != "#"][:most]}


def division_level(code):
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def full_and_short(source):
    """(name, level, form) of the mainland, in the order of the codes."""
    table = source / "jionlp_divisions_short.tsv"
    rows = list(csv.DictReader(table.open(encoding="utf-8"), delimiter="\t"))
    places = [(r["code"], r["name"], LEVELS[r["level"]], "full") for r in rows]
    places += [(r["code"], r["short"], LEVELS[r["level"]], "short") for r in rows]
    for row in rows:
        suffix = re.search("自治([州县旗])$", row["name"])
        if suffix and len(row["short"]) > 1:
            places.append((row["code"], row["short"] + suffix[1], LEVELS[row["level"]], "full"))
    current = json.loads((source / "mumuy_list.json").read_text(encoding="utf-8"))
    places += [(code, name, division_level(code), "full") for code, name in current.items()]
    return [p[1:] for p in sorted(places, key=lambda p: p[0])]


def overseas_divisions(source):
    """(name, level, form) of Hong Kong, Macau and Taiwan."""
    tree = json.loads((source / "modood_HK-MO-TW.json").read_text(encoding="utf-8"))
    for province, cities in tree.items():
        yield province, "province", "full"
        for city, counties in cities.items():
            yield city, "city", "full"
            if re.search("[市县]$", city) and len(city) > 2:
                yield city[:-1], "city", "short"
            for county in counties:
                yield county, "county", "full"


def towns(source):
    """(name, level, form) of towns whose names hold a character that is a word of its own (永和镇, 向阳镇)."""
    table = source / "modood_streets.csv"
    for row in csv.DictReader(table.open(encoding="utf-8")):
        name = row["name"].replace("街道办事处", "街道")
        if re.fullmatch("[一-鿿]{2,6}(镇|乡|街道)", name) and MARKERS & set(re.sub("(镇|乡|街道)$", "", name)):
            yield name, "town", "full"


def world():
    """(name, level, form) from place_world.txt: one `level: words` group a paragraph."""
    level = None
    for line in (HERE / "place_world.txt").read_text(encoding="utf-8").splitlines():
        if line.endswith(":"):
            level = line[:-1]
        elif line and not line.startswith("#"):
            for word in line.split():
                yield word, level, "full"


def also_a_name(word, level, surnames, given):
    """A county's two-character short form that reads as a person's name too."""
    if level != "county" or len(word) != 2:
        return False
    return word[0] in surnames and word[1] in given or all(c in given for c in word)


def main():
    source = pathlib.Path(sys.argv[1])
    stop = words(HERE / "place_short_stop.txt")
    sure = words(HERE / "place_short_sure.txt")
    surnames = entries("surname.tsv", FREQUENT_SURNAMES)
    given = entries("given_name.tsv", FREQUENT_NAME_CHARACTERS)
    vague = {"东区", "西区", "南区", "北区", "中区", "郊区", "城区", "矿区", "新市区", "市中区", "新城区"}
    print(HEAD, end="")
    seen = set()
    for places in (world(), full_and_short(source), overseas_divisions(source), towns(source)):
        for name, level, form in places:
            if name in seen or len(name) < 2 or name in vague or not re.fullmatch("[一-鿿·]+", name):
                continue
            if name in stop or form == "short" and name.endswith(("旗", "市辖")):
                continue
            if re.search("直辖|市辖区|行政区划$", name):
                continue
            seen.add(name)
            if form == "short" and name not in sure and also_a_name(name, level, surnames, given):
                form = "word"
            print(f"{name}\t{level}\t{form}")


if __name__ == "__main__":
    main()
