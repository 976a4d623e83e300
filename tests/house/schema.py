"""The schemas take the documented example, and refuse it once any one thing in it is wrong."""
import copy
import json
import os
import re
import sys
from pathlib import Path

root = Path(os.environ["ALM_SOURCE"])
sys.path.insert(0, str(root / "tests/tools"))
from schema import faults  # noqa: E402

documented = re.search(r"```json\n(.*?)```", (root / "docs/records.md").read_text(encoding="utf-8"), re.S)
page = json.loads(documented[1])
row = {"uid": "0" * 32, "url": None, "title": "题", "published": "2020-02-18", "source": None, "donor": "甲", "donor_type": "company",
       "donor_org": "甲", "donor_person": None, "donor_role": None, "association": None, "association_role": None,
       "cash_amount": "100000.00", "cash_currency": "CNY", "cash_qualifier": "exact", "goods": None, "goods_items": [],
       "value_amount": None, "value_currency": None, "recipients": None, "channels": None, "donation_date": None,
       "status": "given", "total": False, "evidence": "甲捐款10万元。", "rule": "r", "confidence": 1, "fetched_at": None,
       "schema": "almoner.row/1"}
fields = re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in (root / "docs/records.md").read_text(encoding="utf-8")
                                         .split("## 2.")[1].splitlines() if line.startswith("| `")))
assert fields == list(row), f"docs/records.md names {fields}"

# (schema, path to a place, what is put there); DROP takes the place away
DROP = object()
WRONG = [
    ("page", "schema", "almoner.page/2"), ("page", "title", DROP), ("page", "extra", 1), ("page", "published", "2020-2-8"),
    ("page", "published", "2020-13-01"), ("page", "fetched_at", "yesterday"), ("page", "charset", "GB 18030"),
    ("page", "content_sha256", "00"), ("page", "donations", {}), ("page", "organisations.0.type", "firm"),
 ("page", "organisations.0.spans.0", [1, 2, 3]), ("page", "organisations.0.id", "x1"),
    ("page", "donations.0.donors", "p1"), ("page", "donations.0.status", "promised"), ("page", "donations.0.uid", "D1"),
    ("page", "donations.0.cash.0.amount", 100000.0), ("page", "donations.0.cash.0.amount", "1e5"),
    ("page", "donations.0.cash.0.amount", "100,000.00"), ("page", "donations.0.cash.0.currency", "yuan"),
    ("page", "donations.0.cash.0.qualifier", "over"), ("page", "donations.0.cash.0.low", DROP),
    ("page", "donations.0.goods.0.quantity", "05"), ("page", "donations.0.goods.0.item", ""),
    ("page", "donations.0.recipients.0.span", [-1, 3]), ("page", "donations.0.date.from", "2020-02"),
    ("page", "donations.0.confidence", 1.5), ("page", "donations.0.rule", ""), ("page", "donations.0.evidence.text", DROP),
    ("page", "affiliations.0.member", "a1"), ("page", "diagnostics.0.severity", "fatal"),
    # beyond what a schema can say
    ("page", "donations.0.donors", ["p9"]), ("page", "affiliations.0.organisation", "o7"),
    ("page", "donations.0.evidence.span", [10, 99]), ("page", "donations.0.cash.0.span", [28, 33]), ("page", "people.0.id", "p2"),
    ("row", "cash_amount", 1), ("row", "cash_amount", "1"), ("row", "total", "true"), ("row", "donor", ""), ("row", "url", DROP),
    ("row", "goods_items", "[]"), ("row", "goods_items", [{"item": "米"}]), ("row", "donation_date", "2月"), ("row", "more", None),
]


def changed(value, path, new):
    value = copy.deepcopy(value)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = value
    for step in parents:
        place = place[step]
    if new is DROP:
        del place[last]
    else:
        place[last] = new
    return value


wrong = [f"the {name} example: {fault}" for name, value in (("page", page), ("row", row)) for fault in faults(name, value)]
for name, path, new in WRONG:
    if not list(faults(name, changed({"page": page, "row": row}[name], path, new))):
        wrong.append(f"{name}: {path} = {'nothing' if new is DROP else new!r} was taken")
print("\n".join(wrong) or f"schema: 2 examples taken, {len(WRONG)} wrong ones refused")
sys.exit(bool(wrong))
