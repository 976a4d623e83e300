"""Every rule pack of the tree follows schemas/pack.schema.json, file by file; wrong ones do not."""
import json
import os
import re
import sys
from pathlib import Path

import jsonschema
import yaml

root = Path(os.environ["ALM_SOURCE"])
schema = json.loads((root / "schemas/pack.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
PART_OF_PACK = {"values": "values", "page": "page", "tables": "tables"}


def faults(value, kind=None):
    rules = schema if kind is None else {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
    return [f"{error.json_path}: {error.message[:160]}" for error in jsonschema.Draft202012Validator(rules).iter_errors(value)]


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


wrong = []
packs = sorted((root / "rules").rglob("pack.yaml"))
for path in packs:
    pack = read(path)
    files = [(pack[key], kind) for key, kind in PART_OF_PACK.items() if key in pack] + [(f, "part") for f in pack.get("parts", [])]
    wrong += [f"{path.relative_to(root)}: {fault}" for fault in faults(pack)]
    for name, kind in files:
        place = path.parent / name
        found = faults(read(place), kind) if place.is_file() else ["there is no such file"]
        wrong += [f"{place.relative_to(root)}: {fault}" for fault in found]

# the groups of words that the code reads are those of the schema
tables = (root / "extract/value/tables.c").read_text(encoding="utf-8")
for group in ("numerals", "qualifiers", "words", "dates"):
    there = set(re.findall(rf'\{{"{group}", "(\w+)", SHAPE_', tables))
    told = set(schema["$defs"]["values"]["properties"][group]["properties"])
    if not there or there != told:
        wrong.append(f"values.{group}: the code reads {sorted(there - told)} more, the schema tells {sorted(told - there)} more")

MINIMAL = {"pack": "x", "version": 1, "values": "v.yaml", "page": "p.yaml", "tables": "t.yaml"}
RULE = {"id": "a-b", "phase": "records", "emit": "DONATION", "match": "⟨ORG⟩"}
REFUSED = [(None, {**MINIMAL, "version": "one"}), (None, {**MINIMAL, "without": {"rules": ["a"]}}), (None, {"pack": "x", "version": 1}), (None, {**MINIMAL, "more": 1}), (None, {"pack": "x"}),
           (None, {**MINIMAL, "lexicons": {"a": {"file": "a.tsv"}}}), (None, {**MINIMAL, "lexicons": {"a": {"file": "a", "class": "lower"}}}),
           ("part", {"rules": [{**RULE, "emit": "donation"}]}), ("part", {"rules": [{**RULE, "match": "\\p{Han}+"}]}),
           ("part", {"rules": [{**RULE, "priority": 1001}]}), ("part", {"rules": [{"id": "a"}]}), ("part", {"words": {"GIVE": "捐"}}),
           ("part", {"rules": [{**RULE, "nedes": []}]}), ("part", {"rules": [{**RULE, "phase": "frames"}]}), ("values", {"numerals": {"digits": ["一"]}}),
           ("values", {"qualifiers": {"before": {"over": ["超过"]}}}), ("values", {"currencies": [{"code": "yuan"}]})]
for kind, value in REFUSED:
    if not faults(value, kind):
        wrong.append(f"taken, but wrong: {value}")
EXTENDING = {"pack": "x", "version": 1, "extends": "zh", "without": {"rules": ["a"], "words": {"GIVE": ["捐"]}}}
for kind, value in ((None, MINIMAL), (None, EXTENDING), ("part", {"rules": [RULE], "words": {"GIVE": ["捐", ["赠", 1]]}})):
    wrong += [f"refused, but right: {value}: {fault}" for fault in faults(value, kind)]
if not packs:
    wrong.append("no pack found")
print("\n".join(wrong) or f"packs: {len(packs)} ok, {len(REFUSED)} wrong ones refused")
sys.exit(bool(wrong))
