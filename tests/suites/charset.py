#!/usr/bin/env python3
"""Peers' charset cases (encoding_rs, html5lib, jsdom) and the rendered gold pages through the charset probe.

usage: charset.py PROBE

Prints a figure a suite and every deviation; fails below the floors. Skipped (77) without the shared data.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile

SHARED = os.environ.get("ALM_SHARED", os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared"))
SOURCE = os.environ.get("ALM_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
# What is not reached, and why; a deviation that is not written here fails the test.
WRITTEN = {
    "h5s-0": "the meta is written by a script; we run none",
    "dec-euc_kr-index": "ICU gives the 188 user-defined pairs private code points, the standard U+FFFD",
}

# Python's codecs that come nearest to the Encoding Standard's decoders
CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950"}


class Probe:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")


def rows(name):
    with open(os.path.join(SHARED, "suites", name + ".jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def resource(path):
    with open(os.path.join(SHARED, "suites", path), "rb") as file:
        return file.read()


def labels(probe):
    for row in rows("charset_labels"):
        got = probe.ask("label", row["input"].encode().hex())
        yield row["id"], got == row["expected"], f"{row['input']!r}: {row['expected']}, got {got}"


def sniffs(probe):
    for row in rows("charset_sniff_html"):
        data = base64.b64decode(row["input_b64"]).hex()
        label = lambda text: probe.ask("label", text.encode().hex()) if text else "-"
        steps = (lambda: probe.ask("bom", data), lambda: label(row["transport"]), lambda: probe.ask("meta", data))
        got = next((name for name in (step() for step in steps) if name != "-"), None) or label(row["default"])
        if got == "-":
            got = "windows-1252"
        yield row["id"], got == row["expected"], f"expected {row['expected']}, got {got}"


def decodes(probe):
    for row in rows("charset_decode"):
        if row["op"] == "decode":
            data, want = base64.b64decode(row["input_b64"]), row["expected"]
        else:
            data, want = resource(row["file"]), resource(row["expected_file"]).decode()
        got = bytes.fromhex(probe.ask("convert", row["encoding"], data.hex())).decode()
        wrong = [pair for pair in zip(got.split("\n"), want.split("\n")) if pair[0] != pair[1]]
        yield row["id"], got == want, f"{len(wrong)} lines differ, first {wrong[:3]!r}"


def visible(text):
    return re.sub("[\0-\x08\x0b\x0e-\x1f]", "", text)


def gold_pages(probe):
    """Every rendered page must decode to what Python's codec makes of the bytes, but for half characters."""
    gold = os.path.join(SHARED, "gold")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-B", os.path.join(gold, "render.py"), os.path.join(gold, "articles"), folder], check=True)
        with open(os.path.join(folder, "manifest.tsv"), encoding="utf-8") as file:
            table = [line.rstrip("\n").split("\t") for line in file][1:]
        for name, _, coding, declared, header in table:
            path = os.path.join(folder, name + ".html")
            with open(path, "rb") as file:
                want = visible(file.read().decode(CODECS.get(coding, coding), "replace"))
            http = re.search(r"charset=([^;]+)", header)
            charset, _, text = probe.ask("decode", http.group(1) if http else "-", path).split(" ")
            got = bytes.fromhex(text).decode()
            strip = lambda s: re.sub(r"[^\n]?\ufffd[^\n]?", "\ufffd", s)
            yield name, strip(got) == strip(want), f"{coding} declared {declared} ({header}), read as {charset}"


def content_pages(probe):
    """Real pages, stored as UTF-8 whatever their meta says."""
    folder = os.path.join(SHARED, "content", "html")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            want = re.sub("[\0-\x08\x0b\x0e-\x1f]", "", file.read().decode("utf-8-sig", "replace"))
        charset, _, text = probe.ask("decode", "-", path).split(" ")
        yield name, bytes.fromhex(text).decode() == want, f"read as {charset}"


# how text is written, what its server says
LIES = [(coding, said) for coding in ("gb18030", "big5", "utf-8", "utf-16-le", "utf-16-be")
        for said in ("-", "gb2312", "big5", "utf-8", "iso-8859-1", "hz-gb-2312")]


def traditional():
    """Simplified characters to Traditional ones that Big5 has."""
    table = {}
    with open(os.path.join(SOURCE, "rules", "zh", "lexicon", "trad-simp.tsv"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                old, new = line.split()
                if old.encode("big5", "ignore"):
                    table.setdefault(ord(new), old)
    return table


def lies(probe):
    """200 characters of every fourth real text in every coding under every declaration, true and false."""
    folder, table = os.path.join(SHARED, "content", "gold"), traditional()
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "page")
        for name in sorted(os.listdir(folder))[::4]:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = "<p>" + "".join(file.read().split())[:200] + "</p>"
            for coding, said in LIES:
                if coding == "big5":
                    text = text.translate(table)
                data = text.encode(coding, "ignore")
                with open(path, "wb") as file:
                    file.write(data)
                charset = probe.ask("decode", said, path).split(" ")[0]
                want = coding.replace("-le", "le").replace("-be", "be")
                yield f"{name} {coding} said {said}", charset == want, f"read as {charset}"


def main(argv):
    if len(argv) != 2:
        sys.exit(__doc__)
    if not os.path.isdir(os.path.join(SHARED, "suites")):
        print(f"no shared data in {SHARED}: skipped")
        return 77
    probe, failed = Probe(argv[1]), 0
    for suite in (labels, sniffs, decodes, gold_pages, content_pages, lies):
        right = total = 0
        for name, ok, what in suite(probe):
            total, right = total + 1, right + ok
            if not ok:
                failed += name not in WRITTEN
                print(f"  {name}: {what}" + (f" [{WRITTEN[name]}]" if name in WRITTEN else ""))
        print(f"{suite.__name__}: {right} of {total}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
