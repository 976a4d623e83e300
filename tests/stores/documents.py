"""Page documents from a seed, as `almoner extract --format json` writes them (docs/records.md): for tests and benchmarks
of stores, which need many and need to know what is in them."""
import hashlib
import json
import random
import sys

SURNAMES = "赵钱孙李周吴郑王冯陈"
GIVEN = "明芳伟敏静强磊军洋勇"
PLACES = ["沈阳市", "贵阳市", "西安市", "杭州市", "成都市", "长沙市", "昆明市", "济南市"]
GOODS = ["口罩", "大米", "棉衣"]
TRADES = ["餐饮", "印务", "建材", "商贸", "食品", "服饰", "物流", "茶业"]


def uid(*parts):
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


class Page:
    """One document being written: text, entities and donations in the order of the calls."""

    def __init__(self, url, fetched_at="2026-11-20T08:00:00Z", title="爱心捐赠", published="2026-11-19"):
        self.text, self.url = title, url
        self.document = {
            "schema": "almoner.page/1", "url": url, "canonical_url": None, "fetched_at": fetched_at,
            "content_sha256": "", "charset": "utf-8", "language": "zh-Hans", "title": title, "published": published,
            "source": None, "author": None, "site": None, "organisations": [], "people": [], "affiliations": [],
            "donations": [], "next": [], "attachments": [], "diagnostics": []}

    def entity(self, kind, name, start, **more):
        span = [start, start + len(name)]
        for e in self.document[kind]:
            if e["name"] == name:
                e["spans"].append(span)
                return e["id"]
        entity = {"id": f"{kind[0]}{len(self.document[kind]) + 1}", "name": name, "aliases": [], **more, "spans": [span]}
        self.document[kind].append(entity)
        return entity["id"]

    def give(self, donor, amount, recipient, person=None, role=None, goods=None):
        """`donor` is a company, or None where `person` gives alone; `goods` = (thing, count, measure word) instead of
        money. A sentence of text and what it tells."""
        start = len(self.text) + 1
        who = (donor or "") + (role or "") + (person or "")
        gift = f"{goods[0]}{goods[1]}{goods[2]}" if goods else f"{amount}元"
        sentence = f"{who}向{recipient}{'捐赠' if goods else '捐款'}{gift}。"
        self.text += "\n" + sentence
        donors = []
        if person:
            donors.append(self.entity("people", person, start + len(donor or "") + len(role or "")))
        if donor:
            donors.append(self.entity("organisations", donor, start, type="company"))
        to = self.entity("organisations", recipient, start + len(who) + 1, type="charity")
        if person and donor and role:
            self.document["affiliations"].append({
                "id": f"a{len(self.document['affiliations']) + 1}", "member": donors[0], "organisation": donors[1],
                "role": role, "span": [start, start + len(who)], "rule": "zh/affiliation/role"})
        at = start + len(who) + 1 + len(recipient) + 2
        decimal, span = f"{amount}.00", [at, at + len(gift)]
        cash = [{"amount": decimal, "currency": "CNY", "qualifier": "exact", "low": decimal, "high": decimal, "text": gift,
                 "span": span}]
        things = [{"item": goods[0], "quantity": str(goods[1]), "unit": goods[2], "qualifier": "exact", "value": None,
                   "text": gift, "span": span}] if goods else []
        self.document["donations"].append({
            "id": f"d{len(self.document['donations']) + 1}", "uid": uid(self.url, sentence, donors, decimal),
            "donors": donors, "action": "捐款", "status": "given", "total": False, "cash": [] if goods else cash,
            "goods": things, "value": None,
            "recipients": [{"name": recipient, "organisation": to, "person": None,
                            "span": [start + len(who) + 1, start + len(who) + 1 + len(recipient)]}],
            "channels": [], "date": None,
            "evidence": {"text": sentence, "span": [start, start + len(sentence)]},
            "rule": "zh/donation/gives", "confidence": 0.9})
        return self

    def json(self):
        self.document["content_sha256"] = hashlib.sha256(self.text.encode()).hexdigest()
        return json.dumps(self.document, ensure_ascii=False)


def made(number, edition=0, seed=1):
    """Page `number`; a later `edition` of it, some hours later, corrects one gift and no longer tells another."""
    rng = random.Random(f"{seed} {number}")
    page = Page(f"https://news{number % 37}.example/{number}.html", f"2026-11-20T{8 + edition:02}:00:00Z",
                title=f"第{number}批爱心捐赠", published=f"2026-{1 + number % 11:02}-{1 + number % 28:02}")
    for gift in range(rng.randrange(1, 14)):
        company = rng.choice(PLACES) + rng.choice(GIVEN) + rng.choice(GIVEN) + rng.choice(TRADES) + "有限公司"
        person = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
        amount, alone = rng.randrange(1, 500) * 1000, rng.random() < 0.2
        recipient = rng.choice(PLACES) + "慈善会"
        if edition and gift == 0:
            amount += edition
        if edition and gift == 1:
            continue
        goods = (rng.choice(GOODS), rng.randrange(1, 90) * 10, "件") if rng.random() < 0.15 else None
        page.give(None if alone else company, amount, recipient, person, None if alone else "董事长", goods)
    return page


def write(path, count, edition=0, seed=1):
    with open(path, "w", encoding="utf-8") as out:
        for number in range(count):
            out.write(made(number, edition, seed).json() + "\n")


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
