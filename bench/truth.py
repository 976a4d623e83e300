#!/usr/bin/env python3
"""How true the records are: runs the program over the articles with known facts and prints the tables.

usage: bench/truth.py [options]

  --almoner FILE     the program (default: $ALMONER, else build/release/cli/almoner)
  --articles DIR     <id>.txt with <id>.facts beside, or in ../dev (default: the shared gold, else fixtures/articles)
  --form page|text   only as rendered pages, or only as plain text (default: both)
  --keep DIR         leave pages, texts and documents there (default: a temporary folder)
  --documents DIR    run nothing: score the <id>.json of this folder
  --faults           list what is missed and wrong, of the tuned part only
  --bars FILE        lines of FORM PART KIND FIGURE; exit status 1 where a figure is below its bar
  --total            one table over both parts

Held-out articles (sha256 of the id, first byte divisible by 3) are counted, never listed. docs/truth.md has the rules.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/tools"))
from articles import plain_text, read_article  # noqa: E402
from facts import KINDS, META, Gold, Score, is_held_out, is_right, read_document  # noqa: E402

# What the issue on truth asks of the two parts; shown beside the figures.
WANTED = {"donor": (0.95, 0.90), "cash": (0.96, 0.92), "worth": (0.92, 0.87), "goods": (0.92, 0.87), "to": (0.90, 0.84),
          "via": (0.88, 0.80), "affiliation": (0.93, 0.88), "all": (0.94, 0.89), "qualifier": (0.98, 0.97)}
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def shared():
    return Path(os.environ.get("ALM_SHARED") or ROOT.parent / "shared")


def default_articles():
    gold = shared() / "gold/articles"
    return gold if gold.is_dir() else ROOT / "fixtures/articles"


def facts_of(articles, name):
    beside = articles / f"{name}.facts"
    return beside if beside.is_file() else articles.parent / "dev" / f"{name}.facts"


def write_inputs(form, articles, target):
    """The articles as <id>.html or <id>.txt; the paths in order."""
    target.mkdir(parents=True, exist_ok=True)
    if form == "page":
        renderer = shared() / "gold/render.py"
        if not renderer.is_file():
            renderer = ROOT / "tests/tools/render.py"
        subprocess.run([sys.executable, "-B", renderer, articles, target], check=True)
        return sorted(target.glob("*.html"))
    for path in articles.glob("*.txt"):
        (target / path.name).write_text(plain_text(read_article(path)), encoding="utf-8")
    return sorted(target.glob("*.txt"))


def extract(program, form, inputs, target):
    """Run the program over the inputs; documents to <id>.json. One run for all; where that fails, one a file."""
    target.mkdir(parents=True, exist_ok=True)
    kind = "html" if form == "page" else "text"
    command = [program, "extract", "--format", "json", "--type", kind, "-j", str(os.cpu_count() or 1)]
    run = subprocess.run([*command, *inputs], capture_output=True, check=False)
    documents = list(split_json(run.stdout.decode("utf-8", "replace")))
    if run.returncode == 0 and len(documents) == len(inputs):
        for path, document in zip(inputs, documents):
            (target / f"{path.stem}.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return
    print(f"one run over all gave status {run.returncode} and {len(documents)} documents of {len(inputs)}; "
          "running each alone", file=sys.stderr)
    for path in inputs:
        run = subprocess.run([*command, path], capture_output=True, check=False)
        if run.returncode != 0:
            print(f"{path.name}: status {run.returncode}: {run.stderr.decode('utf-8', 'replace')[-300:]}", file=sys.stderr)
        (target / f"{path.stem}.json").write_bytes(run.stdout)


def split_json(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            document, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield document


class Part:
    """The scores and the confidences of one part of the articles."""

    def __init__(self):
        self.score = Score()
        self.trusted = []  # (confidence, right, right with recipients and channels)

    def add(self, name, gold, document):
        self.score.add(name, gold, document)
        for donation, facts in zip(document.page.get("donations", []), document.donations):
            self.trusted.append((donation.get("confidence", 0.0), is_right(gold, facts), is_right(gold, facts, KINDS)))

    def figure(self, kind):
        """The one figure of a line of the table, as bars name it."""
        if kind == "confident":
            sure = [right for confidence, right, _ in self.trusted if confidence >= 0.9]
            return sum(sure) / len(sure) if sure else 1.0
        if kind in (*META, "qualifier"):
            return self.score.share(kind)
        return self.score.figures(kind)[5]


def print_table(form, parts):
    names = list(parts)
    print(f"\n{form}: " + ", ".join(f"{name} {parts[name].score.pages} pages" for name in names))
    head = "".join(f" |{name:>12}:  owed  told right      P      R     F1 want" for name in names)
    print(f"{'fact':<12}{head}")
    for kind in (*KINDS, "all"):
        line = f"{kind:<12}"
        for place, name in enumerate(names):
            owed, told, right, precision, recall, f1 = parts[name].score.figures(kind)
            want = WANTED[kind][min(place, 1)]
            line += f" |{'':>13}{owed:>6}{told:>6}{right:>6}{precision:>7.3f}{recall:>7.3f}{f1:>7.3f} {want:.2f}"
        print(line)
    for field in ("qualifier", *META):
        cells = []
        for part in parts.values():
            right, owed = part.score.qualifier if field == "qualifier" else part.score.meta[field]
            cells.append(f" |{'':>13}{right:>6} of {owed:<6}= {part.score.share(field):.3f}".ljust(62))
        print(f"{field:<12}{''.join(cells)}".rstrip())
    giftless = [sum(part.score.giftless[i] for part in parts.values()) for i in (0, 1)]
    print(f"pages without a gift: {giftless[0]}, false donations on them: {giftless[1]}")


def print_reliability(form, parts):
    """Of the donations of each confidence, how many are right."""
    rows = [row for part in parts.values() for row in part.trusted]
    print(f"\n{form}: confidence   donations   right   share   right with recipients and channels")
    for low, high in [*zip(BINS, (*BINS[1:], 1.01)), (0.9, 1.01)]:
        hit = [row for row in rows if low <= row[0] < high]
        if hit:
            right, fully = sum(row[1] for row in hit), sum(row[2] for row in hit)
            label = f">= {low:.2f}" if high > 1 else f"{low:.2f}..{high:.2f}"
            print(f"{'':>6}{label:<13}{len(hit):>9}{right:>8}{right / len(hit):>8.3f}{fully / len(hit):>10.3f}")


def below_bars(path, form, parts):
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if words and words[0] == form and words[1] in parts:
            figure = parts[words[1]].figure(words[2])
            if figure < float(words[3]):
                yield f"{form} {words[1]} {words[2]}: {figure:.3f} < {words[3]}"


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--almoner", default=os.environ.get("ALMONER") or ROOT / "build/release/cli/almoner")
    parser.add_argument("--articles", type=Path, default=default_articles())
    parser.add_argument("--form", choices=("page", "text"))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--bars", type=Path)
    parser.add_argument("--total", action="store_true")
    return parser.parse_args(argv)


def measure(form, options, place):
    documents = options.documents
    if documents is None:
        inputs = write_inputs(form, options.articles, place / form)
        documents = place / f"{form}-documents"
        extract(options.almoner, form, inputs, documents)
    parts = {"all": Part()} if options.total else {"tuned": Part(), "held-out": Part()}
    for article in sorted(options.articles.glob("*.txt")):
        name = article.stem
        part = "all" if options.total else "held-out" if is_held_out(name) else "tuned"
        parts[part].add(name, Gold(facts_of(options.articles, name)), read_document(documents / f"{name}.json"))
    return parts


def main(argv):
    options = parse(argv)
    low = []
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        for form in [options.form] if options.form else ["documents"] if options.documents else ["page", "text"]:
            parts = measure(form, options, place)
            print_table(form, parts)
            print_reliability(form, parts)
            if options.faults and "tuned" in parts:
                print("\n" + "\n".join(parts["tuned"].score.faults))
            if options.bars:
                low += below_bars(options.bars, form, parts)
    if low:
        print("\nbelow the bar:\n  " + "\n  ".join(low))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
