#!/usr/bin/env python3
"""Made-up references, resolved by `almoner url resolve` and by the URL class of Node: they have to agree.

usage: urls_beside_node.py [COUNT [SEED]]

Skipped (77) without Node 18 or later. Left out are two things in which Node 20 is behind the standard: '^' in a path,
which is encoded now, and ASCII labels that are no valid punycode, which pass now.
"""
import json
import os
import random
import shutil
import subprocess
import sys

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
BASES = ("http://ex.com/a/b?c#d", "https://u:p@h:81/x/../y", "http://[::1]/", "")
STARTS = ("http://", "https://", "//", "http:", "/")
PIECES = ("http: https: HTTP: // / \\ .. . %2e %2E a b.c ? # @ : 80 443 65536 0x7f 1.2.3.4 256 [::1] [1:2::3] "
          "[::ffff:1.2.3.4] é 中 %41 %zz % %00 \" < > ` { } | ~ ' ; = & + - _ A É ß ..%2F %E4%BD%A0 ﹒ 。 𝔞 ﬁ 0 01 08 :: [ ], "
          "user pass ftp: mailto: x: file: example.com EXAMPLE .com １ Ⅷ İ 😀 a.b-.c -a a--b").split(" ")
PIECES += [" ", "\t", "\x7f", "\x01", "\u00ad", "\u0300", "\u200d", "\ufdd0"]
MEMBERS = ("href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash")
SCRIPT = """
const rows = JSON.parse(require('fs').readFileSync(0));
const members = JSON.parse(process.argv[1]);
const read = ([base, text]) => {
  try { const url = base ? new URL(text, base) : new URL(text); return members.map(name => url[name]); }
  catch { return null; }
};
console.log(JSON.stringify(rows.map(read)));
"""


def made_up(count):
    for _ in range(count):
        text = "".join(random.choice(PIECES) for _ in range(random.randint(1, 9)))
        if random.random() < 0.5:
            text = random.choice(STARTS) + text
        yield random.choice(BASES), text


def by_node(rows):
    done = subprocess.run(["node", "-e", SCRIPT, json.dumps(MEMBERS)], input=json.dumps(rows), capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


def by_almoner(rows):
    result = {}
    for base in BASES:
        group = [(place, text) for place, (of, text) in enumerate(rows) if of == base]
        words = [ALMONER, "url", "resolve", *(["--base", base] if base else []), "-"]
        done = subprocess.run(words, input="".join(f"{text}\n" for _, text in group).encode(), capture_output=True,
                              check=False)
        for (place, _), line in zip(group, done.stdout.splitlines()):
            answer = json.loads(line)
            result[place] = None if "error" in answer else [answer[name] for name in MEMBERS]
    return [result[place] for place in range(len(rows))]


def main():
    if not shutil.which("node"):
        print("no node: skipped")
        return 77
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    rows, wrong = list(made_up(count)), 0
    for (base, text), theirs, ours in zip(rows, by_node(rows), by_almoner(rows)):
        if theirs and theirs[1] not in ("http:", "https:"):
            theirs = None  # a URL that the crawler does not read
        if theirs != ours:
            wrong += 1
            print(f"{ascii(text)} against {base or 'nothing'}: {ours}, Node {theirs}")
    print(f"{count - wrong} of {count} agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
