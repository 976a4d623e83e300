"""bench/truth.py counts as the gold's own scorer does: both score the same made-up documents, and every figure agrees.

Documents are made of the gold facts with faults thrown in: names cut, amounts changed, facts left out and doubled.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(os.environ["ALM_SOURCE"])
gold = Path(os.environ["ALM_SHARED"]) / "gold"
sys.path.insert(0, str(root / "tests/tools"))
from facts import KINDS, META, Gold, Score, read_document  # noqa: E402

if not (gold / "score.py").is_file():
    print("skipped: no shared/gold/score.py")
    sys.exit(77)


def document(facts, dice):
    """A page document that tells most of the facts, some of them wrong."""
    page = {"organisations": [], "people": [], "affiliations": [], "donations": []}
    for field, accepted in facts.meta.items():
        page[field] = dice.choice(sorted(accepted)) + dice.choice(["", "", "", "x"])

    def entity(accepted):
        forms = dice.sample(sorted(accepted), dice.randint(1, len(accepted))) if accepted else [""]
        forms[0] += dice.choice(["", "", "", "", "厂"])
        page["organisations"].append({"id": f"o{len(page['organisations']) + 1}", "name": forms[0], "aliases": forms[1:]})
        return page["organisations"][-1]["id"]

    donation = None
    for fact in facts.facts:
        if dice.random() < 0.1:
            continue
        part = [sorted(map(str, p)) for p in fact.parts]
        qualifier = dice.choice([fact.qualifier, fact.qualifier, "about"])
        amount = {"amount": part[1][0].replace("None", "") if len(part) > 1 else "", "currency": part[-1][0], "qualifier": qualifier}
        for _ in range(dice.choice([1, 1, 1, 2])):
            if fact.kind == "donor":
                donation = {"donors": [entity(fact.parts[0]) for _ in range(dice.choice([1, 1, 2]))], "cash": [], "goods": [],
                            "recipients": [], "channels": [], "value": None}
                page["donations"].append(donation)
            elif fact.kind == "affiliation":
                page["affiliations"].append({"member": entity(fact.parts[0]), "organisation": entity(fact.parts[1]), "role": part[2][0]})
            elif donation is None:
                continue
            elif fact.kind == "cash":
                donation["cash"].append(amount)
            elif fact.kind == "worth":
                donation["value"] = amount
            elif fact.kind == "goods":
                quantity = None if part[2] == ["None"] else part[2][0]
                donation["goods"].append({"item": part[1][0], "quantity": quantity, "unit": part[3][0], "qualifier": qualifier,
                                          "value": None})
            else:
                donation["recipients" if fact.kind == "to" else "channels"].append({"name": part[1][0]})
    return page


def theirs(dev, documents):
    out = subprocess.run([sys.executable, "-B", gold / "score.py", dev, documents], capture_output=True, text=True, check=True).stdout
    figures = {}
    for line in out.splitlines():
        words = line.split()
        if words[0] in (*KINDS, "all"):
            figures[words[0]] = tuple(map(int, words[1:4]))
        elif match := re.match(r"(\w+) +(\d+)/(\d+)", line):
            figures[match[1]] = (int(match[2]), int(match[3]))
    return figures


def ours(dev, documents):
    score = Score()
    for facts in sorted(dev.glob("*.facts")):
        score.add(facts.stem, Gold(facts), read_document(documents / f"{facts.stem}.json"))
    figures = {kind: score.figures(kind)[:3] for kind in (*KINDS, "all")}
    return {**figures, "qualifier": tuple(score.qualifier), **{field: tuple(score.meta[field]) for field in META}}


def near(a, b):
    """The same; or one more told, where two facts fit two others and each scorer takes them in another order."""
    return a == b or None not in (a, b) and len(a) == 3 and a[::2] == b[::2] and abs(a[1] - b[1]) <= 1


for seed in range(5):
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted((gold / "dev").glob("*.facts")):
            made = document(Gold(path), random.Random(f"{seed} {path.stem}"))
            (Path(scratch) / f"{path.stem}.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        a, b = theirs(gold / "dev", scratch), ours(gold / "dev", Path(scratch))
        assert 0.2 * a["all"][0] < a["all"][2] < 0.95 * a["all"][0], f"the documents are too right or too wrong: {a['all']}"
        far = [k for k in a | b if not near(a.get(k), b.get(k))]
        if far:
            sys.exit("\n".join(f"seed {seed}: {k}: theirs {a.get(k)}, ours {b.get(k)}" for k in far))
print("scorer: agrees in every figure")
