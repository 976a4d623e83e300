#!/usr/bin/env python3
"""Load documents into SQLite and into a PostgreSQL server of our own: stores.py ALMONER [--documents N]

Prints for each: rows a second of the first load, of a second one that changes nothing and of a full export, processor
seconds of almoner, and bytes a row with everything that the store keeps beside rows. Server and files lie in /tmp; the
server syncs no files, as SQLite does not at each commit.
"""
import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/stores"))
import documents  # noqa: E402
from postgres import Postgres, programs  # noqa: E402


def run(*args):
    """Seconds by the clock, processor seconds, what was said."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([str(a) for a in args], stderr=subprocess.PIPE, text=True, check=True)
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stderr


def measure(name, almoner, store, source, size, folder):
    took, cpu, said = run(almoner, "import", "--store", store, source)
    count, rows = (int(n) for n in re.search(r"(\d+) documents: .* (\d+) new rows", said).groups())
    again, _, said = run(almoner, "import", "--store", store, source)
    if " 0 new versions, 0 new rows, 0 rows superseded" not in said:
        raise SystemExit(f"{name}: the second load changed something: {said}")
    export, _, _ = run(almoner, "export", "--store", store, "-o", folder / f"{name}.ndjson")
    held = size()
    print(f"{name:<11} {rows / took:>8.0f} {count / took:>8.0f} {cpu:>6.1f} {count / again:>10.0f} {rows / export:>10.0f}"
          f" {held / 1e6:>7.1f} {held / rows:>8.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("almoner", type=Path)
    parser.add_argument("--documents", type=int, default=10000)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="almoner-bench-"))
    try:
        source = folder / "documents.ndjson"
        documents.write(source, options.documents)
        print(f"{options.documents} documents, {source.stat().st_size / 1e6:.0f} MB of JSON; load {os.getloadavg()[0]:.1f}")
        print("            rows/s   docs/s  cpu s  again/s   export/s    MB  bytes/row")
        database = folder / "records.db"
        measure("sqlite", options.almoner, database, source, lambda: database.stat().st_size, folder)
        if not programs():
            print("postgresql  no server on this machine: skipped")
            return
        with Postgres() as server:
            measure("postgresql", options.almoner, server.url("bench"), source,
                    lambda: int(server.sql("SELECT pg_database_size('bench') - pg_database_size('template1')")[0][0]),
                    folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
