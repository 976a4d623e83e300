"""Run the examples of the documents: every ```console block shows commands (`$ …`) and what they print.

usage: console.py [--update] FILE …

A block is one shell session, in a scratch folder where fixtures/, rules/ and docs/ are those of the source tree and
`almoner` is the program under test. Standard error counts as output. A line `…` stands for any lines. A line that ends
with a backslash goes on in the next. --update writes what was printed into the documents (blocks with `…` stay).
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.S | re.M)
MARK = "\x1e"


def split_block(text):
    """[(command, expected output)] of one block."""
    steps = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            steps.append([line[2:], ""])
        elif steps and not steps[-1][1] and steps[-1][0].endswith("\\\n"):
            steps[-1][0] += line
        elif steps:
            steps[-1][1] += line
        else:
            raise SystemExit(f"a block begins with output: {line!r}")
    return steps


def run_block(commands, place):
    """What each command prints. $? of one is what the next sees."""
    script = "".join(f"{command.rstrip()}\ns=$?; printf '{MARK}'; (exit $s)\n" for command in commands)
    source = Path(os.environ["ALM_SOURCE"])
    for name in ("fixtures", "rules", "docs", "schemas"):
        if not (place / name).exists():
            (place / name).symlink_to(source / name)
    program = Path(os.environ["ALMONER"])
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "COLUMNS": "110"}
    out = subprocess.run(["bash", "-c", script], cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=120, check=False)
    return out.stdout.decode("utf-8").split(MARK)[:-1]


def agrees(expected, found):
    pattern = "".join("(?:.*\n)*?" if line.strip() == "…" else re.escape(line) for line in expected.splitlines(keepends=True))
    return re.fullmatch(pattern, found) is not None


def check(path, update):
    text, wrong = path.read_text(encoding="utf-8"), []
    blocks = list(BLOCK.finditer(text))
    for match in reversed(blocks):
        steps = split_block(match[1])
        with tempfile.TemporaryDirectory() as scratch:
            found = run_block([command for command, _ in steps], Path(scratch))
        for (command, expected), printed in zip(steps, found + [""] * len(steps)):
            if not agrees(expected, printed):
                line = text[:match.start()].count("\n") + 1
                diff = difflib.unified_diff(expected.splitlines(), printed.splitlines(), "document", "printed", lineterm="")
                wrong.append(f"{path.name}:{line}: $ {command}" + "\n".join(diff))
        if update and "\n…\n" not in "\n" + match[1]:
            new = "".join(f"$ {command}{printed}" for (command, _), printed in zip(steps, found))
            text = text[:match.start(1)] + new + text[match.end(1):]
    if update:
        path.write_text(text, encoding="utf-8")
    return len(blocks), wrong


def main(argv):
    update, files = "--update" in argv, [Path(a) for a in argv if a != "--update"]
    count, wrong = 0, []
    for path in files:
        blocks, faults = check(path, update)
        count += blocks
        wrong += faults
    if count == 0:
        wrong.append("no examples found")
    print("\n".join(wrong) if wrong and not update else f"{count} examples {'written' if update else 'ok'}")
    return 1 if wrong and not update else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
