"""almoner extract on bad input, one test for each kind: a message that says what is wrong, the right status, and an end.

environment: ALMONER (the program). Runs with: python3 tests/bad_input/bad_input_test.py [-v] [NAME]
What comes over the network is in tests/net.
"""
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "net"))
from rude_server import bomb, page  # noqa: E402

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
RULES = Path(__file__).parent.parent.parent / "rules" / "zh"
LIMIT_S = 60  # sanitizers and a busy machine included
QUICK_S = 20  # what must not take long, with sanitizers


def almoner(*args, stdin=None, **more):
    return subprocess.run([ALMONER, "extract", *map(str, args)], capture_output=True, timeout=LIMIT_S, check=False,
                          input=stdin if stdin is not None else b"", **more)


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


class Inputs(InFolder):
    def fails(self, name, *words):
        done = almoner(name)
        message = done.stderr.decode()
        self.assertEqual(done.returncode, 1, message)
        self.assertEqual(done.stdout, b"")
        self.assertTrue(message.startswith(f"almoner: {name}: "), message)
        self.assertEqual(message.count("\n"), 1, message)
        for word in words:
            self.assertIn(word, message)

    def document(self, content, *args, name="page.html"):
        start = time.monotonic()
        done = almoner("--text", *args, self.write(name, content))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertLess(time.monotonic() - start, QUICK_S)
        return json.loads(done.stdout)

    def codes(self, document):
        return [d["code"] for d in document["diagnostics"]]

    def test_missing_file(self):
        self.fails(self.folder / "nothing.html", "No such file")

    def test_directory(self):
        self.fails(self.folder, "is a directory, expected a file, a URL or -")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_unreadable_file(self):
        path = self.write("secret.html", page())
        path.chmod(0)
        self.fails(path, "Permission denied")

    def test_empty_file(self):
        self.fails(self.write("empty.html", b""), "is empty, expected a page")

    def test_empty_standard_input(self):
        done = almoner("-")
        self.assertEqual((done.returncode, done.stderr), (1, b"almoner: -: is empty, expected a page\n"))

    def test_binary_file(self):
        self.fails(self.write("noise.html", bytes(range(256)) * 40), "is binary data, expected HTML or text")

    def test_program(self):
        self.fails(Path(ALMONER).resolve(), "expected HTML or text" if Path(ALMONER).stat().st_size < 16 << 20 else "MiB")

    def test_file_of_100_mib(self):
        path = self.folder / "large.html"
        with open(path, "wb") as file:
            file.truncate(100 << 20)
        self.fails(path, "larger than 16 MiB")

    def test_standard_input_of_100_mib(self):
        done = almoner("-", stdin=b"<p>" + b"x" * (100 << 20))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"almoner: -: larger than 16 MiB", done.stderr)

    def test_truncated_gzip(self):
        packed = gzip.compress(page().encode() * 20)
        self.fails(self.write("cut.html.gz", packed[:-40]), "compressed data is cut short")
        self.fails(self.write("no-trailer.html.gz", packed[:-8]), "compressed data is cut short")

    def test_broken_gzip(self):
        packed = bytearray(gzip.compress(os.urandom(1000)))
        packed[500] ^= 0xFF
        self.fails(self.write("broken.html.gz", bytes(packed)), "compressed data is broken")

    def test_compression_bomb(self):
        self.fails(self.write("bomb.html.gz", bomb(1 << 30)), "larger than 16 MiB after decompression")

    def test_gzip_is_read(self):
        packed = gzip.compress(page("上").encode()) + gzip.compress("<p>下</p>".encode())
        self.assertIn("甲集团", self.document(packed, name="page.html.gz")["text"])

    def test_pdf(self):
        self.fails(self.write("a.html", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), "is a PDF document, expected HTML or text")

    def test_images(self):
        for start, name in ((b"\x89PNG\r\n\x1a\n", "a PNG image"), (b"\xff\xd8\xff\xe0", "a JPEG image"),
                            (b"GIF89a", "a GIF image"), (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP image")):
            with self.subTest(name=name):
                self.fails(self.write("a.html", start + b"\0" * 50), f"is {name}, expected HTML or text")

    def test_office_documents(self):
        self.fails(self.write("a.docx", b"PK\x03\x04" + b"\0" * 50), "is a ZIP archive or an Office document")
        self.fails(self.write("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50), "is an old Office document")

    def test_json(self):
        self.fails(self.write("a.html", '{"donations": []}'), "is JSON, expected HTML or text")
        self.fails(self.write("b.html", '\ufeff [{"a": 1}]\n'), "is JSON, expected HTML or text")

    def test_text_in_brackets_is_no_json(self):
        document = self.document("[新闻]\n甲集团有限公司捐款10万元，用于疫情防控。\n[编辑：某某]", name="a.txt")
        self.assertIn("甲集团", document["text"])

    # pages that are hard to read, and are read

    def test_nested_100000_deep(self):
        for tag in ("div", "b", "table><tr><td", "ul><li", "font"):
            with self.subTest(tag=tag):
                document = self.document("<html><body>" + f"<{tag}>" * 100_000 + "<p>最里面的文字</p>")
                self.assertIn("depth-limit", self.codes(document))

    def test_200000_attributes(self):
        attributes = " ".join(f'a{i}="{i}"' for i in range(200_000))
        document = self.document(f"<html><body><p {attributes}>{'某某商会会长向灾区捐款十万元。' * 5}</p></body></html>")
        self.assertIn("捐款", document["text"])

    def test_200000_equal_attributes(self):
        self.document(f"<html><body><p {'a=1 ' * 200_000}>某某商会会长向灾区捐款十万元。</p></body></html>")

    def test_gbk_character_in_a_gb2312_page(self):
        text = "朱镕基同志与刘翀先生为灾区捐款，喆华公司捐赠物资，后面的文字也要读到。"  # 镕 翀 喆: GBK, not GB2312
        html = f'<html><head><meta charset="gb2312"><title>新闻</title></head><body><p>{text}</p></body></html>'
        document = self.document(html.encode("gbk"))
        self.assertEqual(document["charset"], "gb18030")
        self.assertIn(text, document["text"])

    def test_bytes_invalid_in_the_declared_charset(self):
        html = '<html><head><meta charset="utf-8"></head><body><p>甲集团有限公司向灾区捐款。'.encode() + b"\xff\xfe\x80" \
            + "后面的文字也要读到，因为坏的只是几个字节。</p></body></html>".encode()
        document = self.document(html)
        self.assertEqual(document["charset"], "utf-8")
        self.assertIn("charset-invalid-bytes", self.codes(document))
        self.assertIn("后面的文字也要读到", document["text"])

    def test_wrong_declaration(self):
        html = '<html><head><meta charset="gb2312"></head><body><p>甲集团有限公司向灾区人民捐款十万元。</p></body></html>'
        document = self.document(html.encode())
        self.assertEqual(document["charset"], "utf-8")
        self.assertIn("charset-mismatch", self.codes(document))
        self.assertIn("甲集团", document["text"])

    def test_zero_bytes_in_a_page(self):
        self.assertIn("甲集团", self.document(page().replace("用于", "\0用于"))["text"])

    def test_unclosed_everything(self):
        self.document("<html><body><p title=\"<div><!-- <script> 甲集团")

    def test_one_bad_among_many(self):
        good = [self.write(f"{i}.html", page(f"页{i}")) for i in range(6)]
        inputs = good[:3] + [self.folder / "missing.html"] + good[3:] + [self.write("a.pdf", b"%PDF-1.4\n")]
        for jobs in (1, 3):
            with self.subTest(jobs=jobs):
                done = almoner("-j", jobs, "--text", *inputs)
                self.assertEqual(done.returncode, 1)
                texts = [json.loads(line)["text"] for line in done.stdout.splitlines()]
                self.assertEqual(len(texts), 6)
                self.assertTrue(all(f"页{i}" in json.loads(line)["title"] + texts[i]
                                    for i, line in enumerate(done.stdout.splitlines())))
                self.assertEqual(done.stderr.decode().count("\n"), 2)


class Options(InFolder):
    def refuses(self, *args, words=(), **more):
        done = almoner(*args, **more)
        message = done.stderr.decode()
        self.assertEqual(done.returncode, 2, message)
        self.assertEqual(done.stdout, b"")
        for word in words:
            self.assertIn(word, message)

    def test_no_input(self):
        self.refuses(words=["expected a URL, a file or -"])

    def test_unknown_option(self):
        self.refuses("--no-such", "x.html", words=["unknown option '--no-such'"])
        self.refuses("-Z", "x.html", words=["unknown option '-Z'"])

    def test_option_without_value(self):
        self.refuses("--format", words=["option '--format' needs a value"])

    def test_unknown_charset_label(self):
        self.refuses("--encoding", "klingon", "x.html", words=["--encoding 'klingon'", "gb18030"])

    def test_unknown_format_and_type(self):
        self.refuses("--format", "xml", "x.html", words=["json, ndjson, csv, table"])
        self.refuses("--type", "pdf", "x.html", words=["html, text"])

    def test_bad_numbers(self):
        for jobs in ("0", "-1", "257", "two", "", "1x", "99999999999999999999"):
            self.refuses("-j", jobs, "x.html", words=["whole number from 1 to 256"])

    def test_bad_url(self):
        self.refuses("--url", "example.org", "x.html", words=["expected an http or https URL"])


class RulePack(InFolder):
    """A pack with a fault does not start: file:line:column, what was found and what was expected."""

    def refuses(self, rules, *words):
        done = almoner("--rules", rules, self.write("x.html", page()))
        message = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout), (2, b""), message)
        for word in words:
            self.assertIn(word, message)
        return message

    def broken(self, name, old, new, *words, line_of=None):
        """Put `new` for the first `old` in the file `name`; the message has to point at the line of `line_of`."""
        rules = self.folder / "pack"
        shutil.copytree(RULES, rules)
        text = (rules / name).read_text()
        self.assertIn(old, text)
        broken = text.replace(old, new, 1)
        (rules / name).write_text(broken)
        message = self.refuses(rules, *words)
        line = broken.split(line_of or new)[0].count("\n") + 1
        self.assertRegex(message, rf"/{name}:{line}:\d+: ")

    def test_missing_folder(self):
        self.refuses(self.folder / "none", "none/pack.yaml")

    def test_bad_yaml(self):
        self.broken("pack.yaml", "parts:", "parts: ]")

    def test_key_twice(self):
        self.broken("pack.yaml", "version: 1\n", "version: 1\nversion: 2\n", "version", line_of="version: 2")

    def test_unknown_key(self):
        self.broken("pack.yaml", "version: 1\n", "version: 1\ncolour: red\n", "colour", line_of="colour")

    def test_missing_lexicon(self):
        self.broken("pack.yaml", "lexicon/surname.tsv", "lexicon/gone.tsv", "gone.tsv")

    def test_missing_part(self):
        rules = self.folder / "pack"
        shutil.copytree(RULES, rules)
        (rules / "affiliations.yaml").unlink()
        self.refuses(rules, "pack.yaml:", "there is no file", "/affiliations.yaml")

    def test_bad_regex(self):
        self.broken("affiliations.yaml", "    match: '", "    match: '(?<open>")

    def test_unknown_name(self):
        self.broken("affiliations.yaml", "    match: '", "    match: '{no_such_name}", "no_such_name")

    def test_bare_han(self):
        self.broken("affiliations.yaml", "    match: '", "    match: '\\p{Han}", "Han")

    def pack(self, name="own", **files):
        """A small pack that extends the shipped one: KEY=text is KEY.yaml."""
        folder = self.folder / name
        folder.mkdir()
        head = "pack: own\nversion: 1\nextends: zh\n"
        for key, text in {"pack": "", **files}.items():
            (folder / f"{key}.yaml").write_text((head if key == "pack" else "") + text)
        return folder

    def refused_at(self, place, *words, **files):
        """A pack of these files is refused with a message that begins with this place."""
        folder = self.pack(f"own{len(list(self.folder.iterdir()))}", **files)
        self.refuses(folder, f"{folder}/{place}: ", *words)

    def rule(self, place, *words, **changes):
        rule = {"id": "a", "phase": "records", "emit": "AWARD", "match": "⟨ORG⟩", **changes}
        lines = "".join(f"    {key}: {value}\n" for key, value in rule.items() if key != "id" and value is not None)
        self.refused_at(place, *words, pack="parts: [rules.yaml]\n", rules=f"rules:\n  - id: {rule['id']}\n{lines}")

    def test_missing_file(self):
        self.refused_at("pack.yaml:4:9", "there is no file", "gone.yaml", pack="parts: [gone.yaml]\n")
        self.refused_at("pack.yaml:4:7", "there is no file", "gone.yaml", pack="page: gone.yaml\n")

    def test_bad_lexicon(self):
        lexicon = "lexicons: {own: {file: own.yaml, class: VERB}}\n"
        self.refused_at("own.yaml:2:1", "expected a word of 1 to 96 bytes", pack=lexicon, own="# list\n" + "长" * 33 + "\n")
        self.refused_at("pack.yaml:4:17", "`file` and `class`", pack="lexicons: {own: {file: own.tsv}}\n")
        self.refused_at("pack.yaml:4:36", "expected a class such as", pack="lexicons: {a: {file: a.tsv, class: verb}}\n")

    def test_bad_words(self):
        self.refused_at("w.yaml:2:9", "expected a list of words", pack="parts: [w.yaml]\n", w="words:\n  GIVE: 捐\n")
        self.refused_at("w.yaml:2:10", "expected [word, attribute", pack="parts: [w.yaml]\n", w="words:\n  GIVE: [[a, b, c, d, e]]\n")

    def test_bad_regular_expression(self):
        self.rule("rules.yaml:5:12", "bad regular expression at character 4", match="'(⟨ORG⟩[^'")
        self.rule("rules.yaml:5:12", "bad regular expression", match="'(?<a>⟨ORG⟩)(?<a>⟨ORG⟩)'")
        self.rule("rules.yaml:5:12", "at most 11 groups", match="'" + "(⟨ORG⟩)" * 12 + "'")

    def test_unknown_names_in_a_pattern(self):
        self.rule("rules.yaml:5:12", "unknown class 'ORGS'", match="'⟨ORGS⟩'")
        self.rule("rules.yaml:5:12", "a class bracket is not closed", match="'⟨ORG'")
        self.rule("rules.yaml:5:12", "unknown name '{peoples}': no `define` has it", match="'{peoples}'")
        self.refused_at("r.yaml:6:12", "definitions nest deeper than 16", pack="parts: [r.yaml]\n", r="define: {a: '{a}'}\nrules:\n"
                        "  - id: x\n    phase: records\n    emit: X\n    match: '{a}'\n")
        self.rule("rules.yaml:6:13", "unknown class 'ORGS'", needs="[ORGS]")

    def test_bare_han_in_a_definition(self):
        self.rule("rules.yaml:5:12", "write \\p{sc:Han}", match="'\\p{Han}+⟨ORG⟩'")
        self.refused_at("r.yaml:1:13", "write \\p{sc:Han}", pack="parts: [r.yaml]\n", r="define: {a: '\\p{Han}'}\nrules:\n"
                        "  - id: x\n    phase: records\n    emit: X\n    match: '{a}'\n")

    def test_rule_without_a_key_and_of_an_unknown_phase(self):
        self.rule("rules.yaml:2:5", "a rule must have `match`", match=None)
        self.rule("rules.yaml:3:12", "unknown phase 'record'; expected one of: mentions, records, affiliations", phase="record")
        self.rule("rules.yaml:6:15", "expected 0 to 1000, found 1001", priority=1001)

    def test_rule_that_stands_twice(self):
        rule = "  - {id: x, phase: records, emit: X, match: ⟨ORG⟩}\n"
        self.refused_at("r.yaml:3:10", "rule id 'x' stands twice (first in ", "r.yaml:2)", pack="parts: [r.yaml]\n", r="rules:\n" + rule * 2)

    def test_bad_extension(self):
        self.refused_at("pack.yaml:4:19", "no rule 'gone' to leave out", pack="without: {rules: [gone]}\n")
        self.refused_at("pack.yaml:4:26", "'甲乙丙' is no word of class GIVE", pack="without: {words: {GIVE: [甲乙丙]}}\n")
        self.refused_at("pack.yaml:4:19", "unknown class 'GIFT'", pack="without: {words: {GIFT: [甲]}}\n")
        circle = self.pack("circle")
        (circle / "pack.yaml").write_text("pack: circle\nversion: 1\nextends: ../circle\n")
        self.refuses(circle, "pack.yaml:3:10: packs extend each other in a circle")
        (circle / "pack.yaml").write_text("pack: circle\nversion: 1\nextends: fr\n")
        self.refuses(circle, "pack.yaml:3:10: no pack 'fr' came with the program, only 'zh'")
        (circle / "pack.yaml").write_text("pack: circle\nversion: 1\n")
        self.refuses(circle, "pack.yaml:1:1: pack.yaml must have `values`")


class Output(InFolder):
    def test_unwritable_output(self):
        source = self.write("x.html", page())
        for target in (self.folder / "no" / "such" / "out.json", self.folder, "/dev/full"):
            with self.subTest(target=target):
                done = almoner("-o", target, source)
                self.assertEqual(done.returncode, 3, done.stderr.decode())
                self.assertIn(f"cannot write {target}: ", done.stderr.decode())

    def test_full_standard_output(self):
        source = self.write("x.html", page())
        with open("/dev/full", "wb") as full:
            done = subprocess.run([ALMONER, "extract", str(source)], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot write standard output: No space left", done.stderr)

    def test_closed_pipe(self):
        source = self.write("x.html", page())
        process = subprocess.Popen([ALMONER, "extract", *[str(source)] * 200], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        message = process.stderr.read()
        process.stderr.close()
        self.assertEqual((process.wait(LIMIT_S), message), (3, b""))

    def test_output_replaces_whole(self):
        source, target = self.write("x.html", page()), self.write("out.json", "old")
        target.chmod(0o640)
        self.assertEqual(almoner("-o", target, source).returncode, 0)
        self.assertEqual(json.loads(target.read_text())["schema"], "almoner.page/1")
        self.assertEqual(target.stat().st_mode & 0o777, 0o640)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["out.json", "x.html"])

    def test_output_through_a_link(self):
        source, target = self.write("x.html", page()), self.write("out.json", "old")
        link = self.folder / "link.json"
        link.symlink_to(target)
        self.assertEqual(almoner("-o", link, source).returncode, 0)
        self.assertTrue(link.is_symlink())
        self.assertIn("almoner.page/1", target.read_text())

    def test_failed_inputs_still_give_the_output(self):
        target = self.folder / "out.json"
        done = almoner("-o", target, self.folder / "gone.html", self.write("x.html", page()))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(target.read_text().count("\n"), 1)

    def test_interrupt_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(signal=number):
                target = self.write("out.json", "old")
                process = subprocess.Popen([ALMONER, "extract", "-o", str(target), str(self.write("x.html", page())),
                                            "-"], stdin=subprocess.PIPE)
                for _ in range(500):  # until the page is read and standard input is waited for
                    if len(list(self.folder.iterdir())) > 2:
                        break
                    time.sleep(0.01)
                process.send_signal(number)
                self.assertEqual(process.wait(LIMIT_S), -number)
                process.stdin.close()
                self.assertEqual(target.read_text(), "old")
                if number != signal.SIGKILL:
                    self.assertEqual(len(list(self.folder.iterdir())), 2)


if __name__ == "__main__":
    unittest.main()
