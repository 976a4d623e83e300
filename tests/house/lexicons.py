"""Check the lexicons of a rule pack.

usage: lexicons.py PACK_DIR   check the lexicons that PACK_DIR/pack.yaml names
       lexicons.py --self-test  check that wrong lexicons are found out

A lexicon is UTF-8 without a byte-order mark and begins with a comment that says what it is. Every other line is
`entry<TAB>attribute…`, as many attributes on each line of a file, none empty, no blanks at the ends. No entry stands
twice in a file. An entry stands in two files only where SHARED allows it, because every place of a text gets one
reading; ordinary words leave those to words.yaml that it lists. Entries are as the shadow text writes them: NFKC, no
traditional characters.
"""
import collections
import sys
import tempfile
import unicodedata
from pathlib import Path

import yaml

# Lexicons that may share entries, and why.
SHARED = {
    frozenset(("org_suffix", "role_prefix")): "党委 ends an organisation (某镇党委) and goes before a head (党委书记)",
    frozenset(("org_part", "role_prefix")): "财务 is a trade (财务咨询公司) and a department (财务总监)",
    frozenset(("org_part", "org_suffix")): "银行 ends a name and stands inside one (银行协会)",
    frozenset(("org_part", "goods")): "食品 is a trade and a gift",
    frozenset(("org_part", "verb")): "经营 is what someone does and stands inside a name (经营部, 企业经营管理协会)",
    frozenset(("function", "org_suffix")): "会 ends a name, and is \"will\" before what is done",
    frozenset(("org_part", "role_head")): "企业家 is a person and part of 企业家协会",
}
ORDINARY = ("verb", "adverb", "noun", "function", "plain")


def entries(path, traditional, faults):
    """The entries of one file; what is wrong with its lines is added to faults."""
    data = path.read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        faults.append(f"{path}:1: byte-order mark")
    if not data.endswith(b"\n"):
        faults.append(f"{path}: no newline at the end")
    lines = data.decode("utf-8-sig").removesuffix("\n").split("\n")
    if not lines[0].startswith("#"):
        faults.append(f"{path}:1: no comment that says what the list is")
    found, columns = {}, None
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        where, cells = f"{path}:{number}", line.split("\t")
        columns = columns or len(cells)
        entry = cells[0]
        if any(not cell or cell != cell.strip() for cell in cells):
            faults.append(f"{where}: empty cell or blank at an end")
        if len(cells) != columns:
            faults.append(f"{where}: {len(cells)} columns, {columns} before")
        if entry in found:
            faults.append(f"{where}: {entry} stands in line {found[entry]} too")
        if unicodedata.normalize("NFKC", entry) != entry:
            faults.append(f"{where}: {entry} is not NFKC")
        if traditional & set(entry):
            faults.append(f"{where}: {entry} has traditional characters")
        found.setdefault(entry, number)
    return found


def pack_words(folder, pack):
    """All words of the pack's parts."""
    words = set()
    for part in pack.get("parts", []):
        for listed in (yaml.safe_load((folder / part).read_text(encoding="utf-8")).get("words") or {}).values():
            words |= {word[0] if isinstance(word, list) else str(word) for word in listed}
    return words


def check(folder):
    """(faults, files, entries) of the pack in folder."""
    pack = yaml.safe_load((folder / "pack.yaml").read_text(encoding="utf-8"))
    table = folder / "lexicon/trad-simp.tsv"
    rows = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    traditional = {row[0] for row in rows if row and row[0] != "#"}
    listed = pack_words(folder, pack)
    faults, owners, total = [], collections.defaultdict(list), 0
    for name, lexicon in pack["lexicons"].items():
        path = folder / lexicon["file"]
        found = entries(path, traditional, faults)
        total += len(found)
        if lexicon.get("scan") is False:  # looked up, never a reading of a place in the text
            continue
        for entry, number in found.items():
            owners[entry].append(name)
            if name in ORDINARY and entry in listed:
                faults.append(f"{path}:{number}: {entry} is a word of the pack's parts")
    for entry, names in owners.items():
        for pair in {frozenset((a, b)) for a in names for b in names if a != b} - SHARED.keys():
            faults.append(f"{folder}: {entry} stands in {' and '.join(sorted(pair))}")
    return faults, len(pack["lexicons"]), total


def self_test():
    head = "# list\n"
    cases = {
        "捐\tx\n": "no comment",
        head + "甲\tx\n甲\tx\n": "stands in line 2 too",
        head + "甲\tx\n乙\n": "1 columns",
        head + "甲 \tx\n": "blank at an end",
        head + "甲\t\n": "empty cell",
        head + "Ａ\tx\n": "not NFKC",
        head + "會\tx\n": "traditional",
        head + "送\tx\n": "word of the pack",
        head + "丙\tx\n": "stands in noun and verb",
        head + "甲\tx": "no newline",
        "\ufeff" + head + "甲\tx\n": "byte-order mark",
        head + "甲\tx\n乙\ty\n": None,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lexicon").mkdir()
        (folder / "pack.yaml").write_text("parts: [words.yaml]\nlexicons: {verb: {file: verb.tsv}, noun: {file: noun.tsv}}\n")
        (folder / "words.yaml").write_text("words:\n  GIVE: [送, [赠, x]]\n", encoding="utf-8")
        (folder / "lexicon/trad-simp.tsv").write_text("會\t会\n", encoding="utf-8")
        (folder / "noun.tsv").write_text(head + "丙\tx\n", encoding="utf-8")
        for text, fault in cases.items():
            (folder / "verb.tsv").write_text(text, encoding="utf-8")
            found = check(folder)[0]
            good = not found if fault is None else any(fault in f for f in found)
            assert good, f"{text!r}: expected {fault}, found {found}"
    print("lexicons.py: self-test ok")


def main(argv):
    if argv == ["--self-test"]:
        self_test()
        return 0
    if len(argv) != 1:
        sys.exit(__doc__)
    faults, files, total = check(Path(argv[0]))
    print("\n".join(faults))
    print(f"lexicons: {files} files, {total} entries, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
