"""One article told again, as other sites do it, and articles that only look like it; with the truth of each.

A family is an article of fixtures/articles and all that is made of it here. Every page of a family comes with the gifts
it tells, each under a key that says which gift it is: pages that tell one gift have the key in common, by construction.

Told again: a copy with other date, site and style; amounts written another way; short names; an excerpt with half of
the gifts; another text made from the facts; a spam mirror; Traditional characters.
Not the same: the same donors give the same sums half a year later, in the same words and in others; bodies of the same
short name in another place, and people of the same surname, give the same sums in the same week.
"""
import datetime
import hashlib
import re
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from articles import Article, read_article
from facts import fold

PLACES = ["云岫", "砚湖", "棠浦", "青棉", "鹿鸣", "临澜", "松筠", "白槿", "望舒", "霁阳", "碧梧", "流萤"]
SITES = ["晨报网", "公益时讯", "商会在线", "民营经济网", "爱心观察", "社会组织之窗"]
GIVEN = "彦博 思齐 书瑶 立群 景行 若溪 云舟 嘉树 望之 明远 亦凡 采薇".split()
LEVELS = "省市县区镇乡州旗"
COMMON = "(中学|小学|幼儿园|寺|庵|超市|商会|协会|公司|酒店|饭店|药店|卫生室|医院)$"
EARLIER = "去年|前年|早在|此前|上年|往年|历年|[12][0-9]{3}年"
LEGAL = ["集团股份有限公司", "股份有限公司", "集团有限公司", "有限责任公司", "集团公司", "有限公司", "总公司", "公司"]
PINYIN = {"捐款": "juankuan", "捐赠": "juanzeng", "公司": "gongsi", "协会": "xiehui", "万元": "wanyuan", "口罩": "kouzhao"}


class Dice:
    """Stable choices from a key."""

    def __init__(self, *key):
        self.key, self.count = "/".join(key), 0

    def n(self, limit):
        self.count += 1
        return int.from_bytes(hashlib.sha256(f"{self.key}/{self.count}".encode()).digest()[:8], "big") % limit

    def pick(self, items):
        return items[self.n(len(items))]


@dataclass
class Gift:
    """A gift as the facts tell it. `key` says which one it is; one that ends in "?" is not counted."""
    key: str
    donors: list  # of co-donors: sets of names
    optional: bool
    cash: list = field(default_factory=list)  # (amount, currency, qualifier)
    worth: list = field(default_factory=list)
    goods: list = field(default_factory=list)  # (item forms, quantity, unit)
    to: list = field(default_factory=list)  # forms

    def renamed(self, change):
        gift = deepcopy(self)
        gift.donors = [[change(name) for name in names] for names in gift.donors]
        gift.goods = [([change(form) for form in forms], quantity, unit) for forms, quantity, unit in gift.goods]
        gift.to = [[change(form) for form in forms] for forms in gift.to]
        return gift


@dataclass
class Page:
    id: str
    family: str
    article: Article
    gifts: list
    bodies: dict = field(default_factory=dict)  # name on this page -> which organisation it is


def forms_of(text):
    return [form.strip() for form in text.split("|") if form.strip()]


def read_gifts(path, family):
    gifts = []
    for raw in Path(path).read_text(encoding="utf-8").splitlines():
        line = raw.partition("#")[0].strip()
        optional, line = line.startswith("?"), line.lstrip("? ")
        key, _, rest = line.partition(" ")
        rest, words = rest.strip(), rest.split()
        if key == "donation":
            donors = [[f for name in group.split(" + ") for f in forms_of(name)] for group in rest.split(" & ")]
            gifts.append(Gift(f"{family}#{len(gifts)}", donors, optional))
        elif key in ("cash", "worth"):
            getattr(gifts[-1], key).append((words[0], words[1], words[2] if len(words) > 2 else "exact"))
        elif key == "goods":
            item, quantity, unit = ([part.strip() for part in rest.split(" / ")] + ["", ""])[:3]
            gifts[-1].goods.append((forms_of(item), quantity, forms_of(unit)[0] if forms_of(unit) else ""))
        elif key == "to":
            gifts[-1].to.append(forms_of(rest))
    return gifts


# ---- changes of a text

def each_text(article, change):
    """The article with @p change done to each of its texts."""
    made = deepcopy(article)
    for name in ("title", "source", "author", "site"):
        setattr(made, name, change(getattr(made, name)))
    made.blocks = [(kind, change(block) if kind == "paragraph" else
                    [[change(cell) for cell in row] for row in block] if kind == "table" else
                    [change(item) for item in block]) for kind, block in made.blocks]
    return made


def replacer(words):
    """Longest first, each place once."""
    words = {old: new for old, new in words.items() if old and old != new}
    if not words:
        return lambda text: text
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    return lambda text: pattern.sub(lambda m: words[m.group()], text or "")


DIGITS, UNITS = "零一二三四五六七八九", ["", "十", "百", "千"]
CAPITALS = str.maketrans("零一二三四五六七八九十百千万", "零壹贰叁肆伍陆柒捌玖拾佰仟万")


def spelt(number):
    """一十二万三千: whole numbers below a hundred million."""
    if number >= 10000:
        high, low = divmod(number, 10000)
        return spelt(high) + "万" + (("零" if low < 1000 else "") + spelt(low) if low else "")
    out, zero = "", False
    for place, digit in zip(range(len(str(number)) - 1, -1, -1), str(number)):
        if digit == "0":
            zero = True
        else:
            out += ("零" if zero and out else "") + DIGITS[int(digit)] + UNITS[place]
            zero = False
    return out


def other_amounts(dice):
    def again(match):
        digits, ten_thousand, more = match.group(1).replace(",", ""), match.group(2), match.group(3)
        number = round(float(digits) * (10000 if ten_thousand else 1), 2)
        if more or number != int(number) or not 0 < number < 1e8:
            return match.group()
        number = int(number)
        ways = [f"{number}元", f"{number:,}元", f"人民币{number}元", f"{spelt(number).translate(CAPITALS)}元"]
        if number % 1000 == 0 and not ten_thousand:
            ways += [f"{number / 10000:g}万元"] * 3
        return dice.pick(ways)

    return lambda text: re.sub(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)(万)?(余|多)?元", again, text or "")


def shorter(name, dice):
    """The short form that a reporter would use, or the name itself."""
    legal = next((ending for ending in LEGAL if name.endswith(ending) and len(name) > len(ending) + 2), None)
    if not legal:
        return name
    rest = name[: -len(legal)]
    place = re.match(rf"[\u4e00-\u9fff]{{2,3}}?[{LEVELS}]", rest)
    bare = rest[place.end():] if place and len(rest) - place.end() >= 3 else rest
    return dice.pick([bare, bare + "公司", rest if rest != name else bare])


def organisations(gifts, article):
    names = {name for gift in gifts for group in gift.donors for name in group}
    names |= {form for gift in gifts for forms in gift.to for form in forms}
    return sorted(names | {article.source, article.site} - {""})


def traditional(table):
    """Simplified to Traditional, by the first Traditional character of each that Big5 has."""
    back = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        if line.startswith("#") or len(old) != 1 or not new:
            continue
        try:
            old.encode("big5")
            back.setdefault(new[0], old)
        except UnicodeEncodeError:
            pass
    return lambda text: "".join(back.get(c, c) for c in text or "")


def mirrored(dice):
    def change(text):
        for word, pinyin in PINYIN.items():
            if dice.n(3) == 0:
                text = (text or "").replace(word, f"{word}（{pinyin}）", 1)
        return re.sub("，", lambda _: "，，" if dice.n(4) == 0 else "，", text or "")

    return change


def later(date, days):
    return (datetime.date.fromisoformat(date) + datetime.timedelta(days)).isoformat() if date else date


def half_a_year(text):
    """Dates in the text, six months on."""
    def numbers(match):
        year, mark, month = int(match.group(1)), match.group(2), int(match.group(3)) - 1 + 6
        return f"{year + month // 12}{mark}{month % 12 + 1}"

    def shift(match):
        year, month, day = match.group(1), int(match.group(2)), match.group(3)
        over, month = divmod(month - 1 + 6, 12)
        return (f"{int(year) + over}年" if year else "") + f"{month + 1}月" + day

    # earlier gifts are told by their own dates, which do not move: their sentences go
    sentences = re.split(r"(?<=[。；;])", text or "")
    if len(sentences) > 1:
        text = "".join(s for s in sentences if not re.search(EARLIER, s))
    text = re.sub(r"([12]\d{3})([.\-/])(\d{1,2})(?=[.\-/]\d)", numbers, text or "")
    return re.sub(r"(?:(\d{4})年)?(\d{1,2})月((?:\d{1,2}日)?)", shift, text)


# ---- articles told again

def published_by(article, dice, days):
    made = deepcopy(article)
    made.published = later(article.published, days)
    made.site = dice.pick(SITES)
    made.source = made.source if dice.n(2) else made.site
    return made


def excerpt(article, dice):
    """Every other row, item and paragraph; the head row of a table stays."""
    made, start = deepcopy(article), dice.n(2)
    made.blocks = []
    paragraphs = [i for i, (kind, _) in enumerate(article.blocks) if kind == "paragraph"]
    kept = set(paragraphs[start::2])
    for i, (kind, block) in enumerate(article.blocks):
        if kind == "table":
            made.blocks.append((kind, block[:1] + block[1 + start::2]))
        elif kind == "list":
            made.blocks.append((kind, block[start::2]))
        elif i in kept or len(paragraphs) < 3:
            made.blocks.append((kind, block))
    return made


def money(amount, currency, qualifier, dice):
    unit = {"CNY": "元", "HKD": "港元", "USD": "美元", "EUR": "欧元", "MOP": "澳门元", "TWD": "新台币", "JPY": "日元"}.get(currency)
    number = float(amount)
    if not unit or number != int(number):
        return None
    number = int(number)
    before, after = {"about": ("约", ""), "nearly": ("近", ""), "more_than": ("", "余")}.get(qualifier, ("", ""))
    if number % 1000 == 0 and number >= 10000:
        return f"{before}{number / 10000:g}万{after}{unit}"
    return f"{before}{number}{'多' if after else ''}{unit}" if not after else None


def sentence(gift, names, dice):
    """What the facts say, in a sentence of our own; None where they are too special for it."""
    donors = [next((names(n) for n in group if len(n) > 1), None) for group in gift.donors]
    if gift.optional or None in donors or len(gift.cash) > 1 or len(donors) > 2 or not (gift.cash or gift.goods):
        return None
    who, to = "与".join(donors), f"向{gift.to[0][0]}" if len(gift.to) == 1 else ""
    things = "、".join(f"{forms[0]}{quantity}{unit}" for forms, quantity, unit in gift.goods if quantity not in ("", "-"))
    if gift.cash:
        sum_of = money(*gift.cash[0], dice)
        if not sum_of:
            return None
        what = dice.pick([f"{to}捐款{sum_of}", f"{to}捐资{sum_of}", f"{to}捐出{sum_of}"])
        return f"{who}{what}" + (f"，并捐赠{things}" if things and len(gift.goods) < 4 else "")
    if not things or len(things) > 40:
        return None
    return f"{who}{to}捐赠{things}"


def in_other_words(article, gifts, names, dice, again=False):
    """A text of our own about half of the gifts. @p again: of a new drive."""
    told = [(gift, text) for gift in gifts for text in [sentence(gift, names, dice)] if text]
    told = told[dice.n(2)::2] if len(told) > 3 else told
    made = Article(id=article.id, title=dice.pick(["爱心企业和个人踊跃捐赠", "善举暖人心 捐赠在行动", "一批爱心款物送达"]),
                   published=article.published, source=article.source, author="", site=article.site)
    made.blocks.append(("paragraph", "秋意渐浓，新一轮募捐活动启动。" if again else "连日来，社会各界的爱心还在延续。"))
    made.blocks += [("paragraph", "；".join(text for _, text in told[i:i + 3]) + "。") for i in range(0, len(told), 3)]
    made.blocks.append(("paragraph", "主办方对大家的善举表示感谢。"))
    return made, [gift for gift, _ in told]


# ---- articles that only look like it

def place_bases(names):
    found = set()
    for name in names:
        match = re.match(rf"([\u4e00-\u9fff]{{2,3}}?)[{LEVELS}]", name)
        if match and match.group(1)[-1] not in "城街社园小校景":
            found.add(match.group(1))
    return sorted(found)


def is_person(name):
    return 2 <= len(name) <= 3 or "·" in name


def bodies_of(gifts):
    """Donating and receiving organisations by the forms of their names: forms that the facts give for one are one."""
    found = {}
    for forms in [[name] for gift in gifts for group in gift.donors for name in group] + [f for gift in gifts for f in gift.to]:
        forms = [form for form in forms if not is_person(form)]
        known = {found[form] for form in forms if form in found} | set(forms[:1])
        for form in set(forms) | {form for form, body in found.items() if body in known}:
            found[form] = min(known)
    return found


def is_told_apart(gift, change):
    """Each donor has another name there, or one so common that a namesake is likely. A person or company of the same full
    name is the same, wherever it is read of: whether the gift is the same then nobody can say."""
    return all(all(change(name) != name or (len(name) < 6 and re.search(COMMON, name)) for name in group)
               for group in gift.donors)


def elsewhere(article, gifts, dice):
    """Other places, other people of the same surnames; brands, sums and dates stay. None where a body could not be told
    from its namesake: where neither it nor the page names a place."""
    bases = place_bases(organisations(gifts, article))
    home = place_bases([article.source or "", article.site or "", article.title])
    if not bases or not home:
        return None
    fresh = [place for place in PLACES if place not in article.title]
    start = dice.n(len(fresh))
    words = {base: fresh[(start + i) % len(fresh)] for i, base in enumerate(bases)}
    people = sorted({name for gift in gifts for group in gift.donors for name in group if is_person(name)})
    words |= {name: name[0] + GIVEN[(start + i) % len(GIVEN)] for i, name in enumerate(people)}
    change = replacer(words)
    told = [gift.renamed(change) for gift in gifts]
    for gift, old in zip(told, gifts):
        gift.key += "/elsewhere" if is_told_apart(old, change) else "/?"
    return each_text(article, change), told, change


def keyed(gifts, suffix):
    made = deepcopy(gifts)
    for gift in made:
        gift.key += suffix
    return made


def family(path, trad_table):
    """All pages of one article."""
    article, name = read_article(path), path.stem
    gifts = read_gifts(path.with_suffix(".facts"), name)
    pages = []

    bodies = bodies_of(gifts)

    def add(kind, made, told, change=lambda text: text, apart=None):
        """@p apart moves names to another place: bodies that it moves are others; of the rest nobody can say."""
        named_so = {fold(change(form)): body + ("/elsewhere" if apart else "") for form, body in bodies.items()
                    if not apart or apart(form) != form}
        pages.append(Page(f"{name}-{kind}", name, made, told, named_so))

    def named(change):
        return lambda names: [gift.renamed(change) for gift in names]

    dice = Dice("retell", name)
    briefs = replacer({n: shorter(n, dice) for n in organisations(gifts, article)})
    wording, mirror, hant = other_amounts(dice), mirrored(dice), traditional(trad_table)
    add("original", article, gifts)
    add("copy", published_by(article, dice, dice.n(6)), gifts)
    add("amounts", each_text(published_by(article, dice, dice.n(6)), wording), gifts)
    add("short", each_text(published_by(article, dice, dice.n(4)), briefs), named(briefs)(gifts), briefs)
    add("excerpt", excerpt(each_text(published_by(article, dice, 1 + dice.n(6)), wording), dice), gifts)
    add("mirror", each_text(published_by(article, dice, dice.n(7)), mirror), gifts)
    if not re.search("[們會這個說時為來發]", "".join(str(block) for _, block in article.blocks)):
        add("traditional", each_text(published_by(article, dice, dice.n(5)), hant), named(hant)(gifts), hant)
    text, told = in_other_words(article, gifts, briefs, dice)
    if told:
        add("words", published_by(text, dice, 1 + dice.n(4)), named(briefs)(told), briefs)
    # the same donors, the same sums, half a year later
    again = each_text(article, half_a_year)
    again.published = later(article.published, 182)
    add("again", again, keyed(gifts, "/again"))
    text, told = in_other_words(article, gifts, lambda n: n, dice, again=True)
    if told and article.published:
        add("drive", published_by(text, dice, 330 + dice.n(60)), keyed(told, "/drive"))
    # the same brands and surnames in another place
    other = elsewhere(article, gifts, dice)
    if other:
        made, told, moved = other
        add("elsewhere", published_by(made, dice, dice.n(3)), told, moved, apart=moved)
        pages[-1].article.source, pages[-1].article.site = made.source, made.site
        brief = replacer({n: shorter(n, dice) for n in organisations(told, made)})
        add("elsewhere-short", each_text(made, brief), named(brief)(told),
            lambda text: brief(moved(text)), apart=moved)
    return pages


__all__ = ["Dice", "Gift", "Page", "family", "fold"]
