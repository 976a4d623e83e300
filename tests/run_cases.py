"""Run the cases of tests/cases: a folder a case, its files say what to run and what must come out.

usage: run_cases.py [--update] [NAME...]      environment: ALMONER (the program)

  args          arguments, one a line; the folder is the working directory. The first is the command
  stdin         given to standard input (else: empty)
  input.*       whatever args name
  expected.*    what stdout must be: .json as JSON values, one a line; anything else byte by byte
  error         what stderr must be (else: empty)
  status        exit status (else: 0)

Confidences are left out of the comparison: they are tuned, and bench/truth.py judges them.
--update rewrites expected.*, error and status from what the program did; read the diff before you commit it.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

CASES = Path(__file__).parent / "cases"
ALMONER = os.path.abspath(os.environ.get("ALMONER", "build/dev/cli/almoner"))


def run(case):
    stdin = (case / "stdin").read_bytes() if (case / "stdin").exists() else b""
    args = (case / "args").read_text().splitlines()
    done = subprocess.run([ALMONER, *args], cwd=case, input=stdin, capture_output=True, timeout=60, check=False,
                          env={**os.environ, "COLUMNS": "100"})
    return done.stdout, done.stderr, done.returncode


def expected_file(case):
    files = sorted(case.glob("expected.*"))
    assert len(files) <= 1, f"{case.name}: more than one expected.*"
    return files[0] if files else None


def without_confidence(text):
    return re.sub(rb'("confidence": ?|/[a-z-]+,)[01]\.\d\d', rb"\g<1>0", text)


def as_json(text):
    return [json.loads(line) for line in text.splitlines()]


def faults(case):
    stdout, stderr, status = run(case)
    wanted = int((case / "status").read_text()) if (case / "status").exists() else 0
    if status != wanted:
        yield f"status {status}, expected {wanted}"
    error = (case / "error").read_bytes() if (case / "error").exists() else b""
    if stderr != error:
        yield f"stderr:\n{stderr.decode(errors='replace')}expected:\n{error.decode()}"
    file = expected_file(case)
    stdout = without_confidence(stdout)
    expected = without_confidence(file.read_bytes() if file else b"")
    if file and file.suffix == ".json":
        if as_json(stdout) != as_json(expected):
            yield f"stdout:\n{stdout.decode(errors='replace')}"
    elif stdout != expected:
        yield f"stdout:\n{stdout.decode(errors='replace')}"


def update(case):
    stdout, stderr, status = run(case)
    file = expected_file(case) or case / ("expected.txt" if stdout else "expected.none")
    for path, content, present in ((file, stdout, stdout or file.exists()), (case / "error", stderr, stderr),
                                   (case / "status", f"{status}\n".encode(), status)):
        if present:
            path.write_bytes(content)
        else:
            path.unlink(missing_ok=True)


def main(argv):
    names = [a for a in argv if a != "--update"]
    cases = sorted(p.parent for p in CASES.glob("*/args") if not names or p.parent.name in names)
    if not cases:
        sys.exit("run_cases.py: no such case")
    wrong = 0
    for case in cases:
        if "--update" in argv:
            update(case)
        found = list(faults(case))
        wrong += bool(found)
        for fault in found:
            print(f"{case.name}: {fault}")
    print(f"{len(cases)} cases, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
