"""Gold facts, the facts that a page document holds, and how the two are matched (docs/truth.md says it in words)."""
import hashlib
import json
import re
import unicodedata
from collections import Counter, namedtuple
from decimal import Decimal, InvalidOperation
from pathlib import Path

KINDS = ("donor", "cash", "worth", "goods", "to", "via", "affiliation")
META = ("title", "published", "source")

# `parts`: one set of accepted values a part of the fact; two facts are the same where every pair of sets meets.
Fact = namedtuple("Fact", "kind parts qualifier optional", defaults=(None, False))


def is_held_out(article_id):
    """A third of the articles, by a stable hash of the id: rules are written without reading them."""
    return hashlib.sha256(article_id.encode()).digest()[0] % 3 == 0


def fold(name):
    """Names are compared without width, case, white space and quotes."""
    return re.sub(r"[\s“”\"'‘’《》「」]", "", unicodedata.normalize("NFKC", name or "")).lower()


def either(field):
    return frozenset(fold(form) for form in field.split("|") if form.strip())


def decimal(text):
    if text is None or str(text).strip() in ("", "-"):
        return frozenset([None])
    try:
        return frozenset([Decimal(str(text).strip())])
    except InvalidOperation:
        return frozenset([text])


def meets(a, b):
    return a.kind == b.kind and all(x & y for x, y in zip(a.parts, b.parts))


class Gold:
    """The facts of one article."""

    def __init__(self, path):
        self.meta, self.facts, self.has_gift = {}, [], False
        donors = frozenset()
        for number, raw in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
            line = raw.partition("#")[0].strip()
            optional, line = line.startswith("?"), line.lstrip("? ")
            key, _, rest = line.partition(" ")
            rest = rest.strip()
            if key in META:
                self.meta[key] = either(rest)
            elif key == "donation":
                donors = self._add_donors(rest, optional)
            elif key and key != "note":
                try:
                    self._add(self._fact(key, rest, donors, optional))
                except (KeyError, IndexError, ValueError) as e:
                    raise SystemExit(f"{path}:{number}: {line!r}: {e}") from e

    @staticmethod
    def _fact(key, rest, donors, optional):
        fields = [field.strip() for field in rest.split(" / ")]
        words = rest.split()
        if key in ("cash", "worth"):
            qualifier = words[2] if len(words) > 2 else "exact"
            return Fact(key, (donors, decimal(words[0]), frozenset([words[1]])), qualifier, optional)
        if key == "goods":
            item, quantity, unit, qualifier = (fields + ["", "", ""])[:4]
            return Fact(key, (donors, either(item), decimal(quantity), either(unit) or frozenset([""])),
                        qualifier or "exact", optional)
        if key in ("to", "via"):
            return Fact(key, (donors, either(rest)), None, optional)
        if key == "affiliation" and len(fields) == 3:
            return Fact(key, tuple(either(field) for field in fields), None, optional)
        raise ValueError("no such kind of fact")

    def _add_donors(self, rest, optional):
        """`A + B` are names of one donor, `A & B` donors of one gift."""
        self.has_gift |= not optional
        groups = [frozenset().union(*(either(name) for name in group.split(" + "))) for group in rest.split(" & ")]
        for group in groups:
            self._add(Fact("donor", (group,), None, optional))
        return frozenset().union(*groups)

    def _add(self, fact):
        """A fact that is told again is owed once."""
        if any(not known.optional and meets(known, fact) for known in self.facts):
            fact = fact._replace(optional=True)
        self.facts.append(fact)


class Document:
    """The facts of one page document: of all its donations, and of each alone."""

    def __init__(self, page):
        self.page = page
        self.forms = {e["id"]: frozenset(map(fold, [e["name"], *e.get("aliases", [])]))
                      for e in page.get("organisations", []) + page.get("people", [])}
        self.ties = [{a["member"], a["organisation"]} for a in page.get("affiliations", [])]
        self.donations = [self._donation(d) for d in page.get("donations", [])]
        told = [Fact("affiliation", (self._forms(a["member"]), self._forms(a["organisation"]),
                                     frozenset([fold(a.get("role"))]))) for a in page.get("affiliations", [])]
        for facts in self.donations:
            told += facts
        # the same fact twice is one; of several that fit, the first in this order is taken
        self.facts = sorted(set(told), key=lambda fact: (fact.kind, [sorted(map(str, part)) for part in fact.parts],
                                                         str(fact.qualifier)))

    def _forms(self, entity):
        return self.forms.get(entity, frozenset([fold(str(entity))]))

    def _donor_groups(self, ids):
        """A person and the organisation that an affiliation ties the person to are one donor."""
        groups = [{i} for i in ids]
        for tie in self.ties:
            tied = [group for group in groups if group & tie]
            if len(tied) > 1:
                groups = [group for group in groups if group not in tied] + [set().union(*tied)]
        return groups

    def _donation(self, d):
        ids = d.get("donors", [])
        donors = frozenset().union(*map(self._forms, ids)) or frozenset([""])
        facts = [Fact("donor", (frozenset().union(*map(self._forms, group)),)) for group in self._donor_groups(ids)]
        worth = [d.get("value")] + [goods.get("value") for goods in d.get("goods", [])]
        for kind, amounts in (("cash", d.get("cash", [])), ("worth", filter(None, worth))):
            facts += [Fact(kind, (donors, decimal(a["amount"]), frozenset([a.get("currency", "CNY")])),
                           a.get("qualifier", "exact")) for a in amounts]
        facts += [Fact("goods", (donors, frozenset([fold(g["item"])]), decimal(g.get("quantity")),
                                 frozenset([fold(g.get("unit"))])), g.get("qualifier", "exact"))
                  for g in d.get("goods", [])]
        for kind, field in (("to", "recipients"), ("via", "channels")):
            facts += [Fact(kind, (donors, frozenset([fold(p["name"])]))) for p in d.get(field, [])]
        return facts


def read_document(path):
    """The document of a file; an empty one where there is none."""
    try:
        page = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        page = {}
    return Document(page[0] if isinstance(page, list) and page else page or {})


class Score:
    """Sums over pages: facts owed, told and right by kind; qualifiers and metadata right out of how many."""

    def __init__(self):
        self.owed, self.told, self.right = Counter(), Counter(), Counter()
        self.qualifier = [0, 0]
        self.meta = {field: [0, 0] for field in META}
        self.pages = 0
        self.giftless = [0, 0]  # pages without a gift, donations put out on them
        self.faults = []

    def add(self, name, gold, document):
        self.pages += 1
        for field, accepted in gold.meta.items():
            found = document.page.get(field)
            ok = fold(str(found or "")) in accepted
            self.meta[field][0] += ok
            self.meta[field][1] += 1
            if not ok:
                self.faults.append(f"{name}: {field} is {found!r}, not {show([accepted])}")
        left = list(document.facts)
        for optional in (False, True):  # what is owed claims its match first
            for fact in gold.facts:
                if fact.optional == optional:
                    left = self._settle(name, fact, left)
        for fact in left:
            self.told[fact.kind] += 1
            self.faults.append(f"{name}: wrong {fact.kind} {show(fact.parts)}")
        if not gold.has_gift:
            self.giftless[0] += 1
            self.giftless[1] += sum(not is_right(gold, facts) for facts in document.donations)

    def _settle(self, name, fact, left):
        hits = [told for told in left if meets(fact, told)]
        hit = max(hits, key=lambda told: told.qualifier == fact.qualifier, default=None)
        if not fact.optional:
            self.owed[fact.kind] += 1
            if hit is None:
                self.faults.append(f"{name}: missed {fact.kind} {show(fact.parts)}")
            else:
                self.told[fact.kind] += 1
                self.right[fact.kind] += 1
                self._qualify(name, fact, hit)
        # further rows of one donor are no error; of other facts one claims one
        return [told for told in left if told not in (hits if fact.kind == "donor" else [hit])]

    def _qualify(self, name, fact, hit):
        if fact.qualifier is None:
            return
        self.qualifier[1] += 1
        self.qualifier[0] += hit.qualifier == fact.qualifier
        if hit.qualifier != fact.qualifier:
            self.faults.append(f"{name}: {show(fact.parts)} is {fact.qualifier}, not {hit.qualifier}")

    def figures(self, kind):
        """(owed, told, right, precision, recall, F1) of a kind, or of "all"."""
        owed, told, right = ((sum(c.values()) if kind == "all" else c[kind]) for c in (self.owed, self.told, self.right))
        precision = right / told if told else 1.0
        recall = right / owed if owed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return owed, told, right, precision, recall, f1

    def share(self, field):
        """The share of qualifiers or of a metadata field that is right."""
        right, owed = self.qualifier if field == "qualifier" else self.meta[field]
        return right / owed if owed else 1.0


def is_right(gold, facts, kinds=("donor", "cash", "worth", "goods")):
    """Whether a donation holds no fact of these kinds that the article does not."""
    return all(any(meets(owed, fact) for owed in gold.facts) for fact in facts if fact.kind in kinds)


def show(parts):
    return " / ".join("|".join(sorted(map(str, part))) for part in parts)
