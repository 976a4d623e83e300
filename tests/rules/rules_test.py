"""almoner rules through the program: what check and test find, what explain tells, what a layer changes.

environment: ALMONER (the program), ALM_SOURCE. Runs with: python3 tests/rules/rules_test.py [-v] [NAME]
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("ALM_SOURCE", Path(__file__).parent.parent.parent))
ALMONER = os.environ.get("ALMONER", str(ROOT / "build/dev/cli/almoner"))
sys.path.insert(0, str(ROOT / "tests/tools"))
from schema import faults  # noqa: E402

YES = "{text: 宏达食品有限公司捐款。, gives: [{who: 宏达食品有限公司}]}"
NO = "{text: 一个也没有。, gives: []}"


def rule(name, match, examples=(YES, NO), phase="records", emit="GIVER", more=""):
    lines = [f"  - id: {name}", f"    phase: {phase}", f"    emit: {emit}", f"    match: '{match}'"]
    lines += [f"    {line}" for line in more.splitlines()]
    lines += ["    examples:"] + [f"      - {example}" for example in examples] if examples else []
    return "\n".join(lines) + "\n"


class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def pack(self, *rules, head="", words="", name="own"):
        folder = self.folder / name
        folder.mkdir()
        (folder / "pack.yaml").write_text(f"pack: {name}\nversion: 1\nparts: [own.yaml]\n{head}")
        (folder / "own.yaml").write_text((f"words:\n  {words}\n" if words else "") + "rules:\n" + "".join(rules) if rules else
                                         f"words:\n  {words}\n")
        return folder

    def run_rules(self, *args, packs=(), stdin=None):
        packs = [part for pack in (ROOT / "rules/zh", *packs) for part in ("--rules", str(pack))]
        return subprocess.run([ALMONER, "rules", *packs, *args], capture_output=True, text=True, check=False, input=stdin or "",
                              timeout=60)

    def findings(self, verb, pack):
        """(code, line, message) of each."""
        done = self.run_rules("--json", verb, packs=[pack])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(done.returncode, 1 if found else 0)
        for finding in found:
            self.assertTrue(finding["file"].startswith(str(self.folder)), finding)
        return [(f["code"], f["line"], f["message"]) for f in found]

    # check

    def test_a_good_rule_passes(self):
        pack = self.pack(rule("good", "(?<who>⟨ORG⟩)⟨GIVE⟩", more="needs: [GIVE]"))
        self.assertEqual(self.findings("check", pack), [])
        self.assertEqual(self.findings("test", pack), [])

    def test_rule_without_examples(self):
        for examples, words in (((), "no example of what it gives"), ((YES,), "gives nothing"), ((NO,), "of what it gives")):
            with self.subTest(examples=examples):
                pack = self.pack(rule("bare", "(?<who>⟨ORG⟩)", examples), name=f"p{len(examples)}{words[-1]}{words[3]}")
                found = self.findings("check", pack)
                self.assertTrue(found and all(code == "no-examples" and line == 2 for code, line, _ in found), found)
                self.assertTrue(any(words in message for _, _, message in found), found)

    def test_needs_that_the_pattern_does_not_imply(self):
        for number, (match, implied) in enumerate((
                ("(?<who>⟨ORG⟩)⟨GIVE⟩", True), ("(?<who>⟨ORG⟩)⟨GIVE⟩?", False), ("(?<who>⟨ORG⟩)⟨GIVE⟩{0,2}", False),
                ("(?<who>⟨ORG⟩)⟨GIVE⟩{1,2}", True), ("(?<who>⟨ORG⟩)(?:⟨GIVE⟩|⟨SEND⟩)", False), ("(?<who>⟨ORG⟩)(?:⟨GIVE⟩|款⟨GIVE⟩)", True),
                ("(?<who>⟨ORG⟩)[⟨GIVE⟩⟨SEND⟩]", False), ("(?<who>⟨ORG⟩)[^⟨GIVE⟩]", False), ("(?<who>⟨ORG⟩)[⟨GIVE⟩]+", True),
                ("(?<who>⟨ORG⟩)(?=⟨GIVE⟩)", True), ("(?<who>⟨ORG⟩)(?!⟨GIVE⟩)", False), ("(?<who>⟨ORG⟩)|⟨GIVE⟩", False),
                ("(?<who>⟨ORG⟩)(?<=⟨GIVE⟩⟨ORG⟩)", True), ("(?<who>⟨ORG⟩)(?:(?:⟨GIVE⟩)*)+", False), ("(?<who>⟨ORG⟩)\\p{Lu}⟨GIVE⟩", True))):
            with self.subTest(match=match):
                found = self.findings("check", self.pack(rule("r", match, more="needs: [GIVE]"), name=f"p{number}"))
                self.assertEqual([code for code, _, _ in found], [] if implied else ["needs"])

    def test_match_limit(self):
        pack = self.pack(rule("slow", "(?<who>⟨ORG⟩)(?:⟨ORG⟩+)+(?:⟨ORG⟩+)+⟨GIVE⟩⟨SEND⟩"))
        self.assertIn(("match-limit", 5), [(code, line) for code, line, _ in self.findings("check", pack)])

    def test_dead_words(self):
        pack = self.pack(words="VERB: [募捐會, 一二三四五, 一二三四五]\n  OWN_CLASS: [甲乙丙丁]")
        found = self.findings("check", pack)
        self.assertEqual(sorted(code for code, _, _ in found), ["dead-entry", "dead-entry", "unused-class"])
        self.assertTrue(any("募捐會" in m and "normalised" in m for _, _, m in found), found)
        self.assertTrue(any("stands again" in m for _, _, m in found), found)
        self.assertTrue(any("OWN_CLASS" in m for _, _, m in found), found)

    # test

    def test_wrong_examples(self):
        more = "{text: 宏达食品有限公司捐款。, gives: []}"
        other = "{text: 宏达食品有限公司捐款。, gives: [{who: 别的}]}"
        found = self.findings("test", self.pack(rule("r", "(?<who>⟨ORG⟩)⟨GIVE⟩", (YES, NO, more, other))))
        self.assertEqual([(code, line) for code, line, _ in found], [("example", 9), ("example", 10)])
        self.assertEqual(found[0][2], "expected nothing; found {who: 宏达食品有限公司}")
        self.assertEqual(found[1][2], "expected {who: 别的}; found {who: 宏达食品有限公司}")

    def test_malformed_examples(self):
        for number, (example, words) in enumerate((("{text: 甲}", "must have `text` and `gives`"), ("{text: 甲, gives: 乙}", "expected a list"),
                                                   ("{text: 甲, gives: [{whom: 乙}]}", "the rule gives no field 'whom'"),
                                                   ("{text: 甲, gvies: []}", "unknown key 'gvies'"))):
            with self.subTest(example=example):
                done = self.run_rules("test", packs=[self.pack(rule("r", "(?<who>⟨ORG⟩)", (example,)), name=f"p{number}")])
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertRegex(done.stderr, r"own\.yaml:7:\d+: ")
                self.assertIn(words, done.stderr)

    def test_one_rule_and_a_rule_that_is_not_there(self):
        self.assertIn("zh: 1 rules, ", self.run_rules("test", "person-is").stdout)
        done = self.run_rules("test", "no-such")
        self.assertEqual((done.returncode, done.stderr), (2, "almoner: no rule 'no-such' in pack zh\n"))

    def test_usage(self):
        for args, words in (((), "expected list, check, test or explain"), (("look",), "list, check, test, explain"),
                            (("list", "x"), "too many"), (("explain",), "expected one text")):
            done = self.run_rules(*args)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(words, done.stderr)

    # explain

    def explain(self, text, *packs):
        done = self.run_rules("--json", "explain", text, packs=packs)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def fates(self, text, *packs):
        return [(told["rule"], told["fate"], told.get("text"), told.get("winner"))
                for told in self.explain(text, *packs) if told.get("kind") == "rule" and told["rule"] in "abcdef"]

    def test_total_order(self):
        def order(name, *rules):
            return self.fates("甲乙丙丁", self.pack(*(rule(r, m, (), more=f"priority: {p}") for r, m, p in rules), name=name))

        self.assertEqual(order("longest", ("a", "乙丙", 5), ("b", "乙丙丁", 5)),
                         [("a", "lost", "乙丙", "b"), ("b", "won", "乙丙丁", None)])
        self.assertEqual(order("leftmost", ("a", "乙丙", 5), ("b", "甲乙", 5)),
                         [("a", "lost", "乙丙", "b"), ("b", "won", "甲乙", None)])
        self.assertEqual(order("id", ("b", "乙丙", 5), ("a", "乙丙", 5)), [("a", "won", "乙丙", None), ("b", "lost", "乙丙", "a")])
        self.assertEqual(order("priority", ("a", "甲乙丙丁", 6), ("b", "丙", 5)),
                         [("b", "won", "丙", None), ("a", "lost", "甲乙丙丁", "b")])
        self.assertEqual(order("side", ("a", "甲乙", 5), ("b", "丙丁", 5)), [("a", "won", "甲乙", None), ("b", "won", "丙丁", None)])
        # the loser of a loser wins
        self.assertEqual(order("chain", ("a", "甲", 5), ("b", "甲乙", 5), ("c", "乙丙丁", 5)),
                         [("a", "won", "甲", None), ("b", "lost", "甲乙", "c"), ("c", "won", "乙丙丁", None)])

    def test_lost_to_what_was_folded_before(self):
        pack = self.pack(rule("a", "乙丙", (), phase="mentions", emit="MIDDLE", more="priority: 1"),
                         rule("b", "丙丁", (), phase="mentions", emit="END", more="priority: 2"))
        self.assertEqual(self.fates("甲乙丙丁", pack), [("a", "won", "乙丙", None), ("b", "lost", "丙丁", "a")])

    def test_needs_and_match_limit_are_told(self):
        pack = self.pack(rule("a", "甲⟨GIVE⟩", (), more="needs: [GIVE]"), rule("b", "(?:(?:甲+)+)+乙", ()))
        fates = {name: fate for name, fate, _, _ in self.fates("甲" * 300 + "丁乙", pack)}
        self.assertEqual(fates, {"a": "not run, none of its `needs` is here", "b": "gave up at the match limit"})

    def test_spans_count_code_points_of_the_text(self):
        text = "𠮷宏達食品有限公司捐款10萬元"  # a character beyond the BMP, and Traditional ones
        mentions = [told for told in self.explain(text) if told.get("kind") == "mention"]
        self.assertIn("ORG", [told["class"] for told in mentions])
        for told in mentions:
            self.assertEqual(len(text[slice(*told["span"])]), len(told["text"]), told)

    def test_explain_reads_lines_and_ends_with_the_document(self):
        done = self.run_rules("explain", "--json", "-", stdin="宏达食品有限公司捐款1万元。\n\n赵志强捐款2万元。\n")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        documents = [line for line in lines if "kind" not in line]
        self.assertEqual([len(d["donations"]) for d in documents], [1, 1])
        self.assertEqual(lines[-1], documents[-1])

    def test_extract_explain_on_standard_error(self):
        page = self.folder / "news.txt"
        page.write_text("天津市个体劳动者协会会长刘凤英捐款1万元。\n")
        done = subprocess.run([ALMONER, "extract", "--explain", str(page)], capture_output=True, text=True, check=True)
        self.assertIn('   rule posts-before-person: won "天津市个体劳动者协会会长刘凤英"\n', done.stderr)
        self.assertIn("   gift/verb: 刘凤英 gave cash 1万元", done.stderr)
        self.assertEqual(json.loads(done.stdout)["donations"][0]["cash"][0]["amount"], "10000.00")

    # layers

    def donations(self, text, *packs):
        return self.explain(text, *packs)[-1]["donations"]

    def test_layer_adds_and_takes_away_words(self):
        text = "宏达食品有限公司向东方小学暖捐2万元。"
        self.assertEqual(len(self.donations(text, self.pack(words="GIVE: [暖捐]", name="adds"))), 1)
        less = self.pack(words="VERB: [暖捐]", head="without: {words: {GIVE: [捐款]}}\n", name="less")
        self.assertEqual(len(self.donations("宏达食品有限公司捐款。")), 0)
        first = [t for t in self.explain("捐款", less) if t.get("name") == "words and values"][0]["tokens"]
        self.assertNotIn({"text": "捐款", "class": "GIVE"}, first)

    def test_layer_gives_a_word_another_first_reading(self):
        def reading(*packs):
            return self.explain("捐款", *packs)[0]["tokens"]

        self.assertEqual(reading(), [{"text": "捐款", "class": "GIVE"}])
        self.assertEqual(reading(self.pack(words="OWN: [捐款]", name="over")), [{"text": "捐款", "class": "OWN"}])

    def test_layer_replaces_and_leaves_out_rules(self):
        listed = self.run_rules("list", "--json").stdout.splitlines()
        names = {json.loads(line)["rule"]: json.loads(line)["pack"] for line in listed}
        self.assertIn("person-is", names)
        pack = self.pack(rule("person-is", "(?<member>⟨PERSON⟩)⟨IS⟩(?<posts>⟨ROLE⟩)", (), phase="affiliations", emit="AFFILIATION"),
                         head="without: {rules: [person-became]}\n")
        over = {json.loads(line)["rule"]: json.loads(line)["pack"]
                for line in self.run_rules("list", "--json", packs=[pack]).stdout.splitlines()}
        self.assertEqual(over, {**{k: v for k, v in names.items() if k != "person-became"}, "person-is": "own"})

    def test_extends_by_name_and_by_folder(self):
        (base := self.pack(rule("a", "甲"), name="base")).joinpath("pack.yaml").write_text(
            "pack: base\nversion: 1\nextends: zh\nparts: [own.yaml]\n")
        (top := self.pack(rule("b", "乙"), name="top")).joinpath("pack.yaml").write_text(
            "pack: top\nversion: 1\nextends: ../base\nparts: [own.yaml]\n")
        done = subprocess.run([ALMONER, "rules", "list", "--json", "--rules", str(top)], capture_output=True, text=True, check=True)
        packs = {json.loads(line)["rule"]: json.loads(line)["pack"] for line in done.stdout.splitlines()}
        self.assertEqual((packs["a"], packs["b"], packs["person-is"]), ("base", "top", "zh"))
        self.assertTrue(base.is_dir())

    def test_values_of_the_upper_pack(self):
        pack = self.pack(words="GIVE: [馈赠给]", head="values: values.yaml\n")
        zh = ROOT / "rules/zh"
        text = (zh / "values.yaml").read_text()
        (pack / "values.yaml").write_text(text.replace("  - code: HKD\n", "  - {code: XTS, after: [贝壳]}\n  - code: HKD\n", 1))

        def currency(*packs):
            options = [part for folder in packs for part in ("--rules", str(folder))]
            done = subprocess.run([ALMONER, "values", *options, "捐了10贝壳"], capture_output=True, text=True, check=True)
            return [json.loads(line).get("currency") for line in done.stdout.splitlines()]
        self.assertNotIn("XTS", currency(zh))
        self.assertEqual(currency(zh, pack), ["XTS"])

    # records

    def test_records_follow_the_schema(self):
        page = self.folder / "news.txt"
        page.write_text("2020年6月5日，天津市总工会授予赵志强、李建军“天津市五一劳动奖章”。宏达食品有限公司荣获“慈善之星”称号，捐款2万元。\n")
        done = subprocess.run([ALMONER, "extract", "--text", "--rules", str(ROOT / "rules/examples/awards"), str(page)],
                              capture_output=True, text=True, check=True)
        document = json.loads(done.stdout)
        self.assertEqual(list(faults("page", document)), [])
        self.assertEqual([sorted(r["fields"]) for r in document["records"]],
                         [["award", "date", "giver", "winner"], ["award", "winner"]])
        self.assertEqual([v["text"] for v in document["records"][0]["fields"]["winner"]], ["赵志强", "李建军"])
        self.assertNotIn("records", json.loads(subprocess.run([ALMONER, "extract", str(page)], capture_output=True, check=True).stdout))


if __name__ == "__main__":
    unittest.main()
