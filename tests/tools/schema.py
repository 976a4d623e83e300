"""Validate JSON against the schemas of schemas/ (draft 2020-12), with Debian's python3-jsonschema.

As a program: schema.py NAME [FILE …]; each FILE (standard input without any) holds JSON values one after the other.
"""
import json
import sys
from functools import cache
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def validator(name):
    schema = json.loads((ROOT / f"schemas/{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def faults(name, value):
    """A line for each place that does not follow the schema, and for each id that leads nowhere."""
    found = [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(value)]
    return found or (broken_page(value) if name == "page" else [])


def broken_page(page):
    """What a schema cannot say: ids are known, spans run forward and, where the text is there, show what they claim."""
    known = {e["id"] for e in page["organisations"] + page["people"]}
    for a in page["affiliations"]:
        yield from (f"affiliation {a['id']}: no {i}" for i in (a["member"], a["organisation"]) if i not in known)
    for d in page["donations"]:
        parties = [p for p in d["recipients"] + d["channels"]]
        ids = d["donors"] + [p[k] for p in parties for k in ("organisation", "person") if p[k]]
        yield from (f"donation {d['id']}: no {i}" for i in ids if i not in known)
    for kind in ("organisations", "people", "affiliations", "donations"):
        for place, item in enumerate(page[kind], 1):
            if item["id"][1:] != str(place):
                yield f"{kind}: {item['id']} stands at place {place}"
    yield from broken_spans(page, page.get("text"))


def broken_spans(value, text):
    if isinstance(value, dict):
        for span in [value.get("span")] if value.get("span") else []:
            if span[0] > span[1] or text is not None and span[1] > len(text):
                yield f"span {span} of {len(text) if text is not None else '?'} code points"
            elif text is not None and "text" in value and text[span[0]:span[1]] != value["text"]:
                yield f"span {span} is {text[span[0]:span[1]]!r}, not {value['text']!r}"
        for item in value.values():
            yield from broken_spans(item, text)
    elif isinstance(value, list):
        for item in value:
            yield from broken_spans(item, text)


def values(text):
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


def main(argv):
    name, files = argv[0], argv[1:]
    texts = [Path(f).read_text(encoding="utf-8") for f in files] or [sys.stdin.read()]
    wrong = [fault for text in texts for value in values(text) for fault in faults(name, value)]
    print("\n".join(wrong) or "valid")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
