"""Rules of the house that a compiler does not see.

usage: tree.py ROOT         check the tree
       tree.py --self-test  check that wrong trees are found out
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = {"build", "out", ".git", "__pycache__", ".cache"}
MAX_FILE_LINES = 900
MAX_README_LINES = 60
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
OPEN_ENDS = re.compile("TO" + "DO|FIX" + "ME|\\bXX" + "X\\b|not imple" "mented")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|root)/")
CHINESE_ALLOWED = ("tests/", "bench/", "fuzz/")


def files(root):
    """Paths below root: what git tracks or would, else everything outside build folders."""
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                         capture_output=True, check=False) if (root / ".git").exists() else None
    if git and git.returncode == 0:
        names = git.stdout.decode().split("\0")
    else:
        names = [str(p.relative_to(root)) for p in root.rglob("*")]
    return sorted(n for n in names if n and not SKIPPED & set(Path(n).parts) and (root / n).is_file())


def faults(root):
    names = files(root)
    for name in names:
        path = root / name
        is_c = name.endswith((".c", ".h"))
        if name.startswith("fixtures/") or path.stat().st_size > 1 << 20:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines = text.splitlines()
        if is_c and len(lines) > MAX_FILE_LINES:
            yield f"{name}: {len(lines)} lines; split it"
        if name.endswith("README.md") and name != "README.md" and len(lines) > MAX_README_LINES:
            yield f"{name}: {len(lines)} lines; a folder's README is less than a page"
        for number, line in enumerate(lines, 1):
            if is_c and not name.startswith(CHINESE_ALLOWED) and HAN.search(line):
                yield f"{name}:{number}: Chinese text in C; it belongs to rules/"
            if name.endswith(("CMakeLists.txt", ".cmake")) and re.search(r"file\s*\(\s*GLOB", line, re.I):
                yield f"{name}:{number}: sources are listed, never globbed"
            if OPEN_ENDS.search(line) and not name.startswith("docs/"):
                yield f"{name}:{number}: left open: {line.strip()}"
            if MACHINE_PATH.search(line) and name != "tests/house/tree.py":
                yield f"{name}:{number}: a path of one machine: {line.strip()}"
    folders = {str(Path(n).parent) for n in names if n.endswith((".c", ".h"))}
    tops = [n.split("/")[0] for n in names if "/" in n]
    folders |= {top for top in tops if tops.count(top) > 1}  # one file alone explains itself
    for folder in sorted(folders):
        if folder.startswith((".", "tests/", "docs/")) or folder in ("man",):
            continue
        if not (root / folder / "README.md").is_file():
            yield f"{folder}/: no README.md (purpose, where to enter, what it must not know)"


def self_test():
    wrong = {
        "base/han.c": 'const char *a = "\u6350";\n',
        "base/long.c": "\n" * (MAX_FILE_LINES + 1),
        "base/CMakeLists.txt": "file(GLOB sources *.c)\n",
        "base/open.h": "/* TO" + "DO */\n",
        "cmake/path.txt": "see /wo" + "rk/main\n",
        "bare/a.c": "",
        "long/README.md": "\n" * (MAX_README_LINES + 1),
    }
    right = {"base/README.md": "x\n", "cmake/README.md": "x\n", "tests/README.md": "", "tests/a.c": '"\u6350"\n',
             "build/b.c": '"\u6350"\n'}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, text in {**wrong, **right}.items():
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        found = {f.split(":")[0] for f in faults(root)}
        expected = (set(wrong) - {"bare/a.c"}) | {"bare/"}
        assert found == expected, f"found {sorted(found)}, expected {sorted(expected)}"
    print("tree.py: self-test ok")


def main(argv):
    if argv == ["--self-test"]:
        self_test()
        return 0
    if len(argv) != 1:
        sys.exit(__doc__)
    found = list(faults(Path(argv[0])))
    print("\n".join(found) or "tree: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
