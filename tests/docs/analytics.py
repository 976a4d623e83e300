"""Run every query of docs/analytics.md with its tool, where the machine has it, and compare what it prints.

usage: analytics.py [--update] docs/analytics.md

environment: ALMONER, ALM_SOURCE, ALM_BUILD (DuckDB's npm package is installed there, once). A block of code is followed by a
block of `text`: its output. sh: jq and the shell; sql sqlite; sql duckdb; sql postgres; python: pandas.
"""
import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(os.environ["ALM_SOURCE"]).resolve()
sys.path.insert(0, str(SOURCE / "tests/stores"))
from postgres import Postgres, programs  # noqa: E402

ALMONER = Path(os.environ["ALMONER"]).resolve()
BUILD = Path(os.environ.get("ALM_BUILD", tempfile.gettempdir()))
BLOCK = re.compile(r"^```(sh|sql \w+|python|text)\n(.*?)^```$", re.S | re.M)
DUCKDB = "@duckdb/node-api@1.4.4-r.1"
DUCKDB_JS = """
const {DuckDBInstance} = require('@duckdb/node-api');
const fs = require('fs');
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(fs.readFileSync(0, 'utf8'))).getRows();
  for (const row of rows) console.log(row.map(String).join('\\t'));
})().catch(e => { console.error(String(e)); process.exit(1); });
"""


def run(command, place, text=None, **more):
    done = subprocess.run(command, cwd=place, input=text, capture_output=True, text=True, timeout=300, check=False, **more)
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


class Shell:
    def __init__(self, place):
        self.place = place
        self.missing = None if shutil.which("jq") else "no jq"

    def run(self, code):
        environment = {**os.environ, "PATH": f"{ALMONER.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        return run(["sh", "-e", "-c", code], self.place, env=environment)


class Sqlite:
    missing = None

    def __init__(self, place):
        self.place = place

    def run(self, code):
        with sqlite3.connect(self.place / "news/records.db") as db:
            return "".join("\t".join(map(str, row)) + "\n" for row in db.execute(code))


class Duckdb:
    def __init__(self, place):
        self.place, self.missing = place, None
        self.modules = BUILD / "npm/node_modules"
        if not shutil.which("npm"):
            self.missing = "no npm to install DuckDB with"
        elif not (self.modules / "@duckdb/node-api").exists():
            done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", BUILD / "npm", DUCKDB],
                                  capture_output=True, text=True, timeout=240, check=False)
            if done.returncode:
                self.missing = "DuckDB's npm package could not be installed"

    def run(self, code):
        return run(["node", "-e", DUCKDB_JS], self.place, code, env={**os.environ, "NODE_PATH": str(self.modules)})


class Psql:
    def __init__(self, place, server):
        self.place, self.server = place, server
        self.missing = None if server else "no PostgreSQL server"
        if server:
            run([ALMONER, "import", "--store", server.url("news"), "documents.ndjson"], place)
            shutil.copy(place / "donations.ndjson", server.data)  # the folder that COPY … PROGRAM starts in
            (server.data / "donations.ndjson").chmod(0o644)

    def run(self, code):
        return run(["psql", "-h", self.server.folder, "-U", "tester", "-Atq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "news"],
                   self.place, code)


class Pandas:
    def __init__(self, place):
        self.place = place
        self.missing = None if importlib.util.find_spec("pandas") else "no pandas"

    def run(self, code):
        return run([sys.executable, "-"], self.place, code)


def check(path, place, server, update):
    text = path.read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    shell = Shell(place)
    run(["ln", "-s", SOURCE / "tests", place / "tests"], place)
    shell.run(blocks[0][2])
    tools = {"sh": shell, "sql sqlite": Sqlite(place), "sql duckdb": Duckdb(place), "sql postgres": Psql(place, server),
             "python": Pandas(place)}
    ran, wrong, new = dict.fromkeys(tools, 0), 0, text
    for code, expected in reversed(list(zip(blocks[1:], blocks[2:]))):
        if code[1] == "text" or expected[1] != "text" or tools[code[1]].missing:
            continue
        found = tools[code[1]].run(code[2])
        ran[code[1]] += 1
        new = new[:expected.start(2)] + found + new[expected.end(2):]
        if not found or (found != expected[2] and not update):
            print(f"{path}: {code[2]}printed\n{found}instead of\n{expected[2]}")
            wrong += 1
    for name, tool in tools.items():
        print(f"{name}: {f'skipped: {tool.missing}' if tool.missing else f'{ran[name]} queries'}")
    if update:
        path.write_text(new, encoding="utf-8")
    return wrong


def main():
    update = "--update" in sys.argv
    path = Path(sys.argv[-1]).resolve()
    with tempfile.TemporaryDirectory() as place:
        if not programs():
            return check(path, Path(place), None, update)
        with Postgres() as server:
            return check(path, Path(place), server, update)


if __name__ == "__main__":
    sys.exit(main())
