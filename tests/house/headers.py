"""Every header compiles alone, and the public one in C++ too.

usage: headers.py ROOT [compiler flags]
"""
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def compiles(root, header, language, flags):
    compiler = {"c": ["cc", "-std=c17"], "c++": ["c++", "-std=c++17"]}[language]
    run = subprocess.run([*compiler, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
                          "-D_GNU_SOURCE", f"-I{root}", *flags, "-x", language, "-"], input=f'#include "{header}"\n',
                         text=True, capture_output=True, check=False)
    return "" if run.returncode == 0 else f"{header} ({language}):\n{run.stderr}"


def main(argv):
    root, flags = Path(argv[0]), [f for f in argv[1:] if f]
    rooms = [line.split(":")[0] for line in (root / "cmake/modules.txt").read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    jobs = [(str(h.relative_to(root)), "c") for room in rooms for h in sorted((root / room).rglob("*.h"))]
    if not jobs:
        sys.exit("headers.py: no headers found")
    if shutil.which("c++"):
        jobs.append(("extract/almoner.h", "c++"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [w for w in pool.map(lambda job: compiles(root, *job, flags), jobs) if w]
    # the check checks itself: a header that names an unknown type must not pass
    probe = subprocess.run(["cc", "-fsyntax-only", "-x", "c", "-"], input="int f(no_such_type *);\n", text=True,
                           capture_output=True, check=False)
    if probe.returncode == 0:
        wrong.append("the compiler accepts an unknown type")
    print("\n".join(wrong) or f"headers: {len(jobs)} ok")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
