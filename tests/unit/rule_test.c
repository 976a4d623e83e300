/* Rules and the folded text, without a pack's files: rules are compiled from YAML written here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/rules/rule.h"

typedef struct bench {
    alm_pack pack;
    alm_arena arena;
    alm_folded folded;
    alm_matcher *matcher;
} bench;

static void bench_init(bench *b) {
    memset(b, 0, sizeof *b);
    alm_arena_init(&b->pack.arena, 1 << 22);
    alm_arena_init(&b->arena, 1 << 24);
    static const char *const names[] = {"TEXT", "ORG", "PERSON", "ROLE", "GIVE"};
    for (size_t i = 0; i < 5; i++) b->pack.classes[b->pack.class_count++] = alm_str_of(names[i]);
    b->matcher = alm_matcher_new();
    assert_non_null(b->matcher);
}

static void bench_release(bench *b) {
    alm_matcher_free(b->matcher);
    alm_arena_release(&b->arena);
    alm_arena_release(&b->pack.arena);
}

static alm_status compile(bench *b, alm_rule *rule, const char *match, const char *more, alm_err *err) {
    char text[2048];
    const alm_yaml_node *node;
    snprintf(text, sizeof text, "id: r\nphase: records\nemit: X\nmatch: '%s'\n%s", match, more);
    assert_int_equal(alm_yaml_parse(&node, &b->pack.arena, "r.yaml", alm_str_of(text), err), ALM_OK);
    *rule = (alm_rule){0};
    return alm_rule_compile(rule, &b->pack, node, err);
}

/* Tokens of a text in which the capitals O, P, R, G are a mention or word of class ORG, PERSON, ROLE, GIVE. */
static void set_text(bench *b, const char *text) {
    static const char letters[] = " OPRG";
    alm_arena_reset(&b->arena);
    b->folded = (alm_folded){.arena = &b->arena, .pack = &b->pack, .text = alm_str_of(text)};
    b->folded.tokens = alm_arena_calloc(&b->arena, strlen(text) + 1, sizeof(alm_token));
    for (size_t at = 0; at < b->folded.text.len;) {
        size_t start = at;
        uint32_t cp = alm_utf8_next(b->folded.text, &at);
        const char *letter = cp < 0x80 && cp != ' ' ? strchr(letters, (int)cp) : NULL;
        uint16_t class_id = letter ? (uint16_t)(letter - letters) : ALM_CLASS_TEXT;
        b->folded.tokens[b->folded.count++] = (alm_token){.start = (uint32_t)start,
                                                          .end = (uint32_t)at,
                                                          .cp = class_id ? ALM_FOLD_BASE + class_id : cp,
                                                          .class_id = class_id};
    }
    assert_int_equal(alm_fold_close(&b->folded), ALM_OK);
}

static void test_patterns(void **state) {
    (void)state;
    static const struct {
        const char *match, *text, *found; /* what the whole match covers; NULL: none */
    } cases[] = {{"⟨ORG⟩⟨PERSON⟩", "在OP处", "OP"},
                 {"⟨ORG⟩", "P", NULL},
                 {"[⟨ORG⟩⟨PERSON⟩]+", "OPPO捐", "OPPO"},
                 {"[^⟨ORG⟩]+", "捐款O", "捐款"},
                 {"{pair}{2}", "OPOPOP", "OPOP"},
                 {"(?:{pair}、?)+", "OP、OP", "OP、OP"},
                 {"\\p{sc:Han}+", "捐款、P", "捐款"},
                 {"捐{1,2}", "捐捐捐", "捐捐"},
                 {"(?<=⟨ORG⟩)⟨PERSON⟩", "POP", "P"},
                 {"⟨GIVE⟩$", "OG", "G"},
                 {".", "𠮷", "𠮷"}};
    bench b;
    bench_init(&b);
    const alm_yaml_node *define;
    assert_int_equal(alm_yaml_parse(&define, &b.pack.arena, "d.yaml",
                                    ALM_STR("{pair: '(?:⟨ORG⟩{person})', person: ⟨PERSON⟩}"), NULL),
                     ALM_OK);
    b.pack.defines[b.pack.define_count++] = define;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_rule rule;
        alm_match match;
        alm_err err = {0};
        assert_int_equal(compile(&b, &rule, cases[i].match, "", &err), ALM_OK);
        set_text(&b, cases[i].text);
        alm_status status = alm_rule_match(&match, &rule, b.matcher, b.folded.code_points, 0, (uint32_t)b.folded.count);
        assert_int_equal(status, cases[i].found ? ALM_OK : ALM_END);
        if (cases[i].found) {
            alm_str whole =
                alm_str_slice(b.folded.text, b.folded.tokens[match.start].start, b.folded.tokens[match.end - 1].end);
            assert_true(alm_str_is_c(whole, cases[i].found));
        }
        alm_rule_release(&rule);
    }
    bench_release(&b);
}

static void test_groups(void **state) {
    (void)state;
    bench b;
    bench_init(&b);
    alm_rule rule;
    alm_match match;
    uint32_t first = 0, last = 0;
    assert_int_equal(compile(&b, &rule, "(?<who>⟨PERSON⟩+)(?<never>⟨ROLE⟩)?(⟨GIVE⟩)", "", NULL), ALM_OK);
    set_text(&b, "在PPG");
    assert_int_equal(alm_rule_match(&match, &rule, b.matcher, b.folded.code_points, 0, 4), ALM_OK);
    assert_true(alm_match_group(&match, "who", &first, &last));
    assert_int_equal(first, 1);
    assert_int_equal(last, 3);
    assert_false(alm_match_group(&match, "never", &first, &last));
    assert_false(alm_match_group(&match, "other", &first, &last));
    alm_rule_release(&rule);
    bench_release(&b);
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *match, *more, *message;
    } cases[] = {{"⟨ORGS⟩", "", "unknown class 'ORGS'"},
                 {"{nothing}", "", "unknown name '{nothing}'"},
                 {"⟨ORG", "", "a class bracket is not closed"},
                 {"(⟨ORG⟩", "", "bad regular expression"},
                 {"\\p{Han}", "", "\\p{sc:Han}"},
                 {"⟨ORG⟩", "needs: [WHO]", "unknown class 'WHO'"},
                 {"⟨ORG⟩", "needs: ORG", "expected a list of classes"},
                 {"⟨ORG⟩", "colour: red", "unknown key 'colour'"},
                 {"⟨ORG⟩", "priority: high", "expected a whole number"}};
    bench b;
    bench_init(&b);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_rule rule;
        alm_err err = {0};
        assert_int_equal(compile(&b, &rule, cases[i].match, cases[i].more, &err), ALM_E_PARSE);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_true(err.line >= 4 && err.column >= 1);
        alm_rule_release(&rule);
    }
    bench_release(&b);
}

static void test_match_limit(void **state) {
    (void)state;
    bench b;
    bench_init(&b);
    alm_rule rule;
    alm_match match;
    char text[512];
    memset(text, 'P', sizeof text);
    memcpy(text + sizeof text - 3, "OG", 3);
    assert_int_equal(compile(&b, &rule, "(?:(?:⟨PERSON⟩+)+)+⟨GIVE⟩", "", NULL), ALM_OK);
    set_text(&b, text);
    assert_int_equal(alm_rule_match(&match, &rule, b.matcher, b.folded.code_points, 0, (uint32_t)b.folded.count),
                     ALM_E_LIMIT);
    alm_rule_release(&rule);
    bench_release(&b);
}

static void test_folding(void **state) {
    (void)state;
    bench b;
    bench_init(&b);
    set_text(&b, "在OPR处G");
    uint32_t one, two;
    alm_mention mention = {.class_id = 2, .start = 3, .end = 6};
    assert_int_equal(alm_mention_add(&b.folded, &mention, &one), ALM_OK);
    assert_int_equal(alm_fold(&b.folded, 1, 3, one), ALM_OK);
    assert_int_equal(alm_fold_close(&b.folded), ALM_OK);
    assert_int_equal(b.folded.count, 5);
    assert_int_equal(b.folded.code_points[1], ALM_FOLD_BASE + 2);
    assert_int_equal(b.folded.mentions[one - 1].inside_count, 2);
    assert_true(alm_str_is_c(alm_token_text(&b.folded, &b.folded.tokens[1]), "OP"));
    mention.class_id = 1;
    assert_int_equal(alm_mention_add(&b.folded, &mention, &two), ALM_OK); /* folded again, with what is behind it */
    assert_int_equal(alm_fold(&b.folded, 1, 3, two), ALM_OK);
    assert_int_equal(alm_fold_close(&b.folded), ALM_OK);
    assert_int_equal(b.folded.count, 4);
    assert_int_equal(b.folded.mentions[two - 1].inside_count, 2);
    assert_int_equal(b.folded.mentions[two - 1].inside[0].mention, one);
    assert_true(alm_str_is_c(alm_token_text(&b.folded, &b.folded.tokens[1]), "OPR"));
    assert_int_equal(b.folded.code_points[4], 0);
    bench_release(&b);
}

/* Whatever allocation fails while a rule is compiled, it says so and leaves nothing behind. */
static void test_out_of_memory(void **state) {
    (void)state;
    bool done = false;
    for (int64_t after = 0; !done; after++) {
        bench b;
        alm_rule rule;
        assert_true(after < 1000);
        bench_init(&b);
        const alm_yaml_node *node;
        alm_err err = {0};
        assert_int_equal(alm_yaml_parse(&node, &b.pack.arena, "r.yaml",
                                        ALM_STR("{id: r, phase: records, emit: X, match: '(?<a>⟨ORG⟩)', needs: [ORG]}"),
                                        &err),
                         ALM_OK);
        alm_alloc_fail_after(after);
        rule = (alm_rule){0};
        alm_status status = alm_rule_compile(&rule, &b.pack, node, &err);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        assert_int_equal(status, failed ? ALM_E_NOMEM : ALM_OK);
        done = !failed;
        alm_rule_release(&rule);
        bench_release(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_patterns), cmocka_unit_test(test_groups),
                                       cmocka_unit_test(test_refused),  cmocka_unit_test(test_match_limit),
                                       cmocka_unit_test(test_folding),  cmocka_unit_test(test_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
