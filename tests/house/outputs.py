"""Every output of the program over all fixtures follows its schema, is the same twice, and says the same in each format.

Pages and plain texts, with the text and without; NDJSON and CSV hold the same rows as each other and as the documents.
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

root, program = Path(os.environ["ALM_SOURCE"]), os.environ["ALMONER"]
sys.path.insert(0, str(root / "tests/tools"))
from schema import faults, values  # noqa: E402

wrong = []


def run(inputs, *options):
    out = subprocess.run([program, "extract", *options, *inputs], capture_output=True, check=False)
    if out.returncode != 0:
        wrong.append(f"{' '.join(options)}: status {out.returncode}: {out.stderr.decode()[-500:]}")
    return out.stdout.decode("utf-8")


def check(kind, inputs):
    plain = run(inputs, "--type", kind, "--format", "json")
    texted = run(inputs, "--type", kind, "--format", "json", "--text", "-j", "2")
    pages, with_text = list(values(plain)), list(values(texted))
    if len(pages) != len(inputs) or not any(page["donations"] for page in pages):
        wrong.append(f"{kind}: {len(pages)} documents of {len(inputs)} inputs, "
                     f"{sum(len(page['donations']) for page in pages)} donations")
    for path, page, full in zip(inputs, pages, with_text):
        wrong.extend(f"{path.name}: {fault}" for fault in faults("page", full))
        if full.pop("text", None) is None or "text" in page or full != page:
            wrong.append(f"{path.name}: --text changes more than the text")
    if run(inputs, "--type", kind, "--format", "json", "-j", "2") != plain:
        wrong.append(f"{kind}: not the same twice")
    check_rows(kind, inputs, pages)


def check_rows(kind, inputs, pages):
    rows = list(values(run(inputs, "--type", kind, "--format", "ndjson")))
    wrong.extend(f"row {row.get('uid')}: {fault}" for row in rows for fault in faults("row", row))
    uids = [d["uid"] for page in pages for d in page["donations"]]
    if [row["uid"] for row in rows] != uids:
        wrong.append(f"{kind}: the rows are not the donations of the documents")
    table = list(csv.DictReader(io.StringIO(run(inputs, "--type", kind, "--format", "csv"), newline="")))
    as_text = [{k: "" if v is None else v for k, v in row.items()} for row in rows]
    for line, row in zip(table, as_text):
        same = all(json.loads(line[k]) == v if not isinstance(v, str) else line[k] == v for k, v in row.items())
        if not same or list(line) != list(row):
            wrong.append(f"CSV {line} is not NDJSON {row}")
    if len(table) != len(rows):
        wrong.append(f"{kind}: {len(table)} CSV records, {len(rows)} rows")


with tempfile.TemporaryDirectory() as scratch:
    subprocess.run([sys.executable, "-B", root / "tests/tools/render.py", root / "fixtures/articles", scratch], check=True)
    check("html", sorted(Path(scratch).glob("*.html")) + sorted((root / "fixtures/pages").glob("*.html")))
    check("text", sorted((root / "fixtures/articles").glob("*.txt")))
print("\n".join(wrong[:40]) or "outputs: ok")
sys.exit(bool(wrong))
