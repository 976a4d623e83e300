#include "resolve/resolver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

static alm_arena arena;
static alm_name_words *words;

static int set_up(void **state) {
    (void)state;
    alm_arena_init(&arena, 64 << 20);
    return alm_name_words_new(&words, "rules/zh", NULL) == ALM_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    alm_name_words_free(words);
    alm_arena_release(&arena);
    return 0;
}

static alm_name organisation(const char *text) {
    alm_name name;
    assert_int_equal(alm_name_of_organisation(&name, &arena, words, alm_str_of(text), NULL), ALM_OK);
    return name;
}

static void check_str(alm_str found, const char *wanted) {
    if (!alm_str_is_c(found, wanted)) fail_msg("found '%.*s', wanted '%s'", ALM_FMT(found), wanted);
}

static void test_names_are_cut(void **state) {
    (void)state;
    static const struct {
        const char *text, *place, *core, *kind;
        bool local;
    } cases[] = {
        {"东山县德润建材有限公司", "东山县", "德润建材", "company", false},
        {"“东山县”德润 建材有限公司", "东山县", "德润建材", "company", false},
        {"東山縣德潤建材有限公司", "东山县", "德润建材", "company", false},
        {"德润（沈阳）建材有限公司", "沈阳", "德润建材", "company", false},
        {"民生超市", "", "民生", "company", false}, /* ends in a level, but names no place */
        {"沈阳市铁西区慈善总会", "铁西区", "慈善总会", "charity", false},
        {"县慈善总会", "", "慈善总会", "charity", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_name name = organisation(cases[i].text);
        check_str(name.place_count ? name.places[name.place_count - 1] : ALM_STR(""), cases[i].place);
        check_str(name.core, cases[i].core);
        check_str(name.kind, cases[i].kind);
        assert_int_equal(name.local, cases[i].local);
    }
}

static void test_names_are_compared(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        alm_likeness like;
    } cases[] = {
        {"东山县德润建材有限公司", "東山縣德潤建材有限公司", ALM_LIKE_SAME},
        {"东山县德润建材有限公司", "德润建材有限公司", ALM_LIKE_CORE},
        {"东山县德润建材有限公司", "德润建材", ALM_LIKE_CORE},
        {"东山县德润建材有限公司", "德润公司", ALM_LIKE_SHORT},
        {"东山县德润建材有限公司", "东山德润", ALM_LIKE_SHORT},
        {"东山县德润建材有限公司", "西陵县德润建材有限公司", ALM_LIKE_ELSEWHERE},
        {"东山县德润建材有限公司", "东山县德润食品有限公司", ALM_LIKE_NOTHING},
        {"东山县个体劳动者协会", "东山县个协", ALM_LIKE_SHORT},
        {"沈阳市铁西区慈善总会", "沈阳市慈善总会", ALM_LIKE_ELSEWHERE},
        {"东山县慈善总会", "东山县红十字会", ALM_LIKE_NOTHING},
        {"东山县第一小学", "东山县第二小学", ALM_LIKE_NOTHING},
        {"县慈善总会", "东山县慈善总会志愿服务队", ALM_LIKE_NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_name a = organisation(cases[i].a), b = organisation(cases[i].b);
        if (alm_name_compare(&a, &b) != cases[i].like || alm_name_compare(&b, &a) != cases[i].like)
            fail_msg("%s, %s: %d", cases[i].a, cases[i].b, alm_name_compare(&a, &b));
    }
}

static void test_a_local_name_is_that_of_the_page(void **state) {
    (void)state;
    alm_name name = organisation("县慈善总会"), full = organisation("东山县慈善总会");
    assert_int_equal(alm_name_localise(&name, &arena, words, ALM_STR("沈阳市"), NULL), ALM_OK);
    assert_true(name.local);
    assert_int_equal(alm_name_localise(&name, &arena, words, ALM_STR("东山县"), NULL), ALM_OK);
    assert_int_equal(alm_name_compare(&name, &full), ALM_LIKE_SAME);
}

static void test_people(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        alm_likeness like;
    } cases[] = {{"王建国", "王建國", ALM_LIKE_SAME},
                 {"王建国", "王建民", ALM_LIKE_NOTHING},
                 {"王*国", "王建国", ALM_LIKE_MASKED},
                 {"王*国", "李建国", ALM_LIKE_NOTHING}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_name a, b;
        assert_int_equal(alm_name_of_person(&a, &arena, words, alm_str_of(cases[i].a), NULL), ALM_OK);
        assert_int_equal(alm_name_of_person(&b, &arena, words, alm_str_of(cases[i].b), NULL), ALM_OK);
        assert_int_equal(alm_person_compare(&a, &b), cases[i].like);
    }
}

static void test_days(void **state) {
    (void)state;
    assert_int_equal(alm_day_of(ALM_STR("1970-01-01")), 0);
    assert_int_equal(alm_day_of(ALM_STR("2020-03-01")) - alm_day_of(ALM_STR("2020-02-28")), 2);
    assert_int_equal(alm_day_of(ALM_STR("2024-12-31T10:00:00Z")), 20088);
    assert_int_equal(alm_day_of(ALM_STR("2024")), ALM_NO_DAY);
    assert_int_equal(alm_day_of((alm_str){0}), ALM_NO_DAY);
}

/* ---- ties ---- */

typedef struct telling {
    const char *url, *published, *source, *donor, *type, *person, *amount, *qualifier, *recipient;
} telling;

static void add(alm_resolver *resolver, const telling *t) {
    alm_buf json;
    alm_buf_init(&json, 1 << 16);
    alm_buf_printf(&json, "{\"canonical_url\":\"%s\",\"published\":\"%s\",\"source\":\"%s\",\"organisations\":[",
                   t->url, t->published, t->source);
    if (t->donor)
        alm_buf_printf(&json, "{\"id\":\"o1\",\"name\":\"%s\",\"aliases\":[],\"type\":\"%s\"}", t->donor, t->type);
    alm_buf_printf(&json, "],\"people\":[");
    if (t->person) alm_buf_printf(&json, "{\"id\":\"p1\",\"name\":\"%s\"}", t->person);
    alm_buf_printf(&json,
                   "],\"donations\":[{\"uid\":\"%s\",\"donors\":[%s%s%s],\"status\":\"given\",\"cash\":["
                   "{\"amount\":\"%s\",\"currency\":\"CNY\",\"qualifier\":\"%s\"}],\"recipients\":[",
                   t->url, t->person ? "\"p1\"" : "", t->person && t->donor ? "," : "", t->donor ? "\"o1\"" : "",
                   t->amount, t->qualifier ? t->qualifier : "exact");
    if (t->recipient) alm_buf_printf(&json, "{\"name\":\"%s\"}", t->recipient);
    alm_buf_printf(&json, "]}]}");
    assert_int_equal(alm_resolver_add(resolver, alm_buf_str(&json), 0, NULL), ALM_OK);
    alm_buf_release(&json);
}

/* "tied", "doubtful", "apart" of two tellings, whichever comes first */
static const char *verdict(const telling *a, const telling *b) {
    const char *found[2];
    for (int turn = 0; turn < 2; turn++) {
        alm_resolver *resolver;
        size_t count;
        assert_int_equal(alm_resolver_new(&resolver, words, NULL), ALM_OK);
        add(resolver, turn ? b : a);
        add(resolver, turn ? a : b);
        assert_int_equal(alm_resolver_run(resolver, NULL), ALM_OK);
        const alm_tie *ties = alm_resolver_ties(resolver, &count);
        found[turn] = count ? alm_verdict_name(ties[0].verdict) : "apart";
        bool one = alm_resolver_gift(resolver, 0) == alm_resolver_gift(resolver, 1);
        assert_int_equal(one, count && ties[0].verdict == ALM_TIED);
        alm_resolver_free(resolver);
    }
    assert_string_equal(found[0], found[1]);
    return found[0];
}

static const telling one = {.url = "a",
                            .published = "2024-03-02",
                            .source = "东山县商会",
                            .donor = "东山县德润建材有限公司",
                            .type = "company",
                            .amount = "50000.00",
                            .recipient = "东山县慈善总会"};

static void check(telling other, const char *wanted) {
    if (strcmp(verdict(&one, &other), wanted) != 0)
        fail_msg("%s %s %s: %s, wanted %s", other.donor ? other.donor : other.person, other.amount, other.published,
                 verdict(&one, &other), wanted);
}

#define OTHER(...)                                                                                                     \
    (telling) {                                                                                                        \
        .url = "b", .published = "2024-03-04", .source = "东山县商会", .donor = "东山县德润建材有限公司",              \
        .type = "company", .amount = "50000.00", .recipient = "东山县慈善总会", __VA_ARGS__                            \
    }

static void test_what_ties(void **state) {
    (void)state;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
    check(OTHER(.person = NULL), "tied");
    check(OTHER(.donor = "德润建材公司"), "tied");
    check(OTHER(.recipient = NULL), "tied");
    check(OTHER(.donor = "西陵县德润建材有限公司"), "apart");
    check(OTHER(.donor = "德润建材", .source = "西陵县商会", .recipient = "西陵县慈善总会"), "apart");
    check(OTHER(.amount = "60000.00"), "apart");
    check(OTHER(.amount = "48000.00", .qualifier = "nearly"), "apart");
    check(OTHER(.amount = "50000.00", .qualifier = "more_than"), "tied");
    check(OTHER(.published = "2024-09-02"), "apart"); /* the same again, to another drive */
    check(OTHER(.published = "2024-03-28", .recipient = NULL), "doubtful");
    check(OTHER(.published = "2024-03-28", .recipient = "东山县红十字会"), "apart");
#pragma GCC diagnostic pop
}

static void test_people_of_one_surname_are_two(void **state) {
    (void)state;
    telling wang = {
        .url = "a", .published = "2024-03-02", .source = "东山县商会", .person = "王建国", .amount = "500.00"};
    telling other = wang;
    other.url = "b";
    assert_string_equal(verdict(&wang, &other), "tied");
    other.person = "王建民";
    assert_string_equal(verdict(&wang, &other), "apart");
    other.person = "王建国";
    other.source = "西陵县商会";
    assert_string_equal(verdict(&wang, &other), "apart");
}

static void test_out_of_memory(void **state) {
    (void)state;
    for (int64_t after = 0;; after++) {
        alm_resolver *resolver = NULL;
        alm_alloc_fail_after(-1);
        assert_int_equal(alm_resolver_new(&resolver, words, NULL), ALM_OK);
        add(resolver, &one);
        add(resolver, &OTHER(.person = NULL));
        alm_alloc_fail_after(after);
        alm_status status = alm_resolver_run(resolver, NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        alm_resolver_free(resolver);
        assert_true(status == ALM_OK || status == ALM_E_NOMEM);
        if (!failed) {
            assert_int_equal(status, ALM_OK);
            break;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_cut),
        cmocka_unit_test(test_names_are_compared),
        cmocka_unit_test(test_a_local_name_is_that_of_the_page),
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_what_ties),
        cmocka_unit_test(test_people_of_one_surname_are_two),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
