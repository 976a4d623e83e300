"""Includes keep to the rooms: cmake/modules.txt says who may include whom.

usage: edges.py ROOT         check the tree
       edges.py --self-test  check that wrong trees are found out
"""
import re
import sys
import tempfile
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
FREE = ("tests", "bench", "fuzz", "examples")  # may include every room


def read_edges(root):
    """{room: set of rooms that it may include}"""
    edges = {}
    for line in (root / "cmake/modules.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            room, below = line.split(":")
            edges[room] = set(below.split())
    return edges


def faults(root):
    """A line for each include that breaks the rules."""
    edges = read_edges(root)
    for room, below in edges.items():
        for other in below:
            if other not in edges:
                yield f"cmake/modules.txt: {room} includes {other}, which is no room"
            elif room in edges[other]:
                yield f"cmake/modules.txt: {room} and {other} include each other"
    for room in sorted(edges):
        for source in sorted((root / room).rglob("*.[ch]")):
            for number, line in enumerate(source.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if match:
                    fault = judge(root, edges, room, source, match.group(1))
                    if fault:
                        yield f"{source.relative_to(root)}:{number}: {fault}"


def judge(root, edges, room, source, included):
    target = root / included
    to = included.split("/")[0]
    if not target.is_file():
        return f'"{included}" is no file of the project (includes are rooted at its top)'
    if to in FREE:
        return f"{room}/ includes {included}: programs and tests are on top of the house"
    if to != room and to not in edges[room]:
        return f"{room}/ may not include {to}/ (cmake/modules.txt)"
    if target.stem.endswith("_priv") and target.parent != source.parent:
        return f"{included} is private to its folder"
    return None


def self_test():
    wrong = {
        "base/a.c": '#include "cli/x.h"\n',  # upwards
        "left/b.c": '#include "right/y.h"\n',  # to a sibling
        "cli/c.c": '#include "x.h"\n',  # not rooted
        "cli/d.c": '#include "base/z_priv.h"\n',  # private
        "cli/e.c": '  #  include "tests/t.h"\n',  # a room above the house
    }
    right = {"cli/f.c": '#include <stdio.h>\n#include "base/z.h"\n#include "left/l.h"\n', "base/g.c": '#include "base/z_priv.h"\n'}
    headers = ["cli/x.h", "right/y.h", "left/l.h", "base/z.h", "base/z_priv.h", "tests/t.h"]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, text in {**wrong, **right, **{h: "" for h in headers},
                           "cmake/modules.txt": "# rooms\nbase:\nleft: base\nright: base\ncli: base left right\n"}.items():
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(text)
        found = {f.split(":")[0] for f in faults(root)}
        assert found == set(wrong), f"found {sorted(found)}, expected {sorted(wrong)}"
        (root / "cmake/modules.txt").write_text("base: cli\nleft: base\nright: base\ncli: base left right\n")
        assert any("each other" in f for f in faults(root)), "a circle was not found"
    print("edges.py: self-test ok")


def main(argv):
    if argv == ["--self-test"]:
        self_test()
        return 0
    if len(argv) != 1:
        sys.exit(__doc__)
    found = list(faults(Path(argv[0])))
    print("\n".join(found) or "edges: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
