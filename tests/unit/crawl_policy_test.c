/* Small rules of the crawl that need no network: revisits, times of headers, simhash, SipHash, sets of keys, sorting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "crawler/clock.h"
#include "crawler/keyfilter.h"
#include "crawler/keyheap.h"
#include "crawler/keyset.h"
#include "crawler/line_sort.h"
#include "crawler/nearset.h"
#include "crawler/revisit.h"
#include "crawler/simhash.h"
#include "crawler/siphash.h"

static void revisits_follow_changes_within_bounds(void **state) {
    (void)state;
    alm_revisit_facts f = {.min_s = 3600, .max_s = 90 * 86400};
    f.is_list = true;
    assert_int_equal(alm_revisit_after_s(&f), 3600);
    f.is_list = false;
    int64_t first = alm_revisit_after_s(&f);
    assert_true(first > 3600 && first < f.max_s);
    f.interval_s = 10000;
    f.changed = true;
    assert_int_equal(alm_revisit_after_s(&f), 5000);
    f.changed = false;
    assert_int_equal(alm_revisit_after_s(&f), 15001);
    for (int i = 0; i < 50; i++) f.interval_s = alm_revisit_after_s(&f);
    assert_int_equal(f.interval_s, f.max_s);
    f.changed = true;
    for (int i = 0; i < 50; i++) f.interval_s = alm_revisit_after_s(&f);
    assert_int_equal(f.interval_s, f.min_s);
    f.max_s = 0;
    assert_int_equal(alm_revisit_after_s(&f), 0);
}

static void retry_after_has_two_forms(void **state) {
    (void)state;
    static const struct {
        const char *value;
        bool understood;
        int64_t wait_ms;
    } cases[] = {{"120", true, 120000},
                 {" 0 ", true, 0},
                 {"99999999999999999999", true, 999999999000},
                 {"Sun, 06 Nov 1994 08:49:40 GMT", true, 3000},
                 {"Sunday, 06-Nov-94 08:49:40 GMT", true, 3000},
                 {"Sun Nov  6 08:49:40 1994", true, 3000},
                 {"Sun, 06 Nov 1994 08:49:30 GMT", true, 0},
                 {"-5", false, 0},
                 {"1.5", false, 0},
                 {"soon", false, 0},
                 {"", false, 0}};
    int64_t now_ms = (int64_t)784111777 * 1000; /* 08:49:37 of that day */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t wait_ms = -1;
        bool understood = alm_time_parse_retry_after(&wait_ms, alm_str_of(cases[i].value), now_ms);
        if (understood != cases[i].understood || (understood && wait_ms != cases[i].wait_ms))
            fail_msg("'%s': %d, %lld ms", cases[i].value, understood, (long long)wait_ms);
    }
}

static void siphash_is_that_of_the_paper(void **state) {
    (void)state;
    /* appendix A: key 00 01 … 0f, input 00 01 … 0e */
    const uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    char input[15];
    for (int i = 0; i < 15; i++) input[i] = (char)i;
    assert_true(alm_siphash(key, (alm_str){input, 15}) == 0xa129ca6149be45e5u);
    assert_true(alm_siphash(key, (alm_str){input, 0}) == 0x726fdb47dd0e0e31u);
}

static void key_sets_hold_and_sort(void **state) {
    (void)state;
    alm_keyset set;
    alm_keyset_init(&set);
    assert_false(alm_keyset_has(&set, 5));
    for (uint64_t i = 5000; i > 0; i--) assert_int_equal(alm_keyset_add(&set, i * 0x9E3779B97F4A7C15u), ALM_OK);
    assert_int_equal(alm_keyset_add(&set, 0x9E3779B97F4A7C15u), ALM_OK);
    assert_int_equal(set.count, 5000);
    assert_true(alm_keyset_has(&set, 77 * 0x9E3779B97F4A7C15u));
    assert_false(alm_keyset_has(&set, 77));
    const uint64_t *keys;
    assert_int_equal(alm_keyset_drain_sorted(&set, &keys), 5000);
    for (int i = 1; i < 5000; i++) assert_true(keys[i - 1] < keys[i]);
    alm_keyset_reset(&set);
    assert_false(alm_keyset_has(&set, 77 * 0x9E3779B97F4A7C15u));
    alm_keyset_release(&set);
}

/* A text of `count` sentences that differ by their number; sentence `changed` reads otherwise. */
static uint64_t hash_of(int seed, int count, int changed) {
    alm_buf text;
    alm_buf_init(&text, 1 << 20);
    for (int i = 0; i < count; i++)
        alm_buf_printf(&text, "第%d届理事会决定向受灾地区捐款%d万元，%s。", seed * 1000 + i, (seed + 7) * (i + 3) % 97,
                       i == changed ? "由秘书处转交" : "用于重建学校");
    uint64_t hash = alm_simhash(alm_buf_str(&text));
    alm_buf_release(&text);
    return hash;
}

static uint64_t spread(uint64_t i) { return i * 0x9E3779B97F4A7C15u ^ i * i << 32; }

static void a_key_filter_knows_what_it_has(void **state) {
    (void)state;
    alm_keyfilter filter = {0};
    assert_false(alm_keyfilter_may_have(&filter, 1));
    assert_int_equal(alm_keyfilter_make(&filter, 20000), ALM_OK);
    for (uint64_t i = 1; i <= 20000; i++) alm_keyfilter_add(&filter, spread(i));
    for (uint64_t i = 1; i <= 20000; i++) assert_true(alm_keyfilter_may_have(&filter, spread(i)));
    int wrong = 0;
    for (uint64_t i = 20001; i <= 40000; i++) wrong += alm_keyfilter_may_have(&filter, spread(i));
    assert_in_range(wrong, 0, 400);
    alm_keyfilter_release(&filter);
}

static void a_key_heap_gives_the_smallest(void **state) {
    (void)state;
    alm_keyheap heap = {0};
    for (uint64_t round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < 3000; i++) assert_int_equal(alm_keyheap_push(&heap, spread(i) % 5000), ALM_OK);
        uint64_t last = 0;
        for (size_t i = 0; i < (round < 2 ? 2990 : 3020); i++) {
            uint64_t key = alm_keyheap_pop(&heap);
            assert_true(key >= last);
            last = key;
        }
    }
    assert_int_equal(heap.count, 0);
    alm_keyheap_release(&heap);
}

static int compare_texts(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The lines as the sort gives them, with @p memory for text, against those of qsort. */
static void expect_sorted(char *const *texts, size_t count, size_t memory) {
    char folder[] = "/tmp/almoner-sort-XXXXXX", path[64], line[10000];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/scratch", folder);
    alm_line_sort *sort = NULL;
    assert_int_equal(alm_line_sort_new(&sort, path, memory), ALM_OK);
    for (size_t i = 0; i < count; i++) {
        alm_buf_add_c(alm_line_sort_text(sort), texts[i]);
        assert_int_equal(alm_line_sort_end_line(sort), ALM_OK);
    }
    FILE *out = tmpfile();
    assert_int_equal(alm_line_sort_write(sort, out), ALM_OK);
    rewind(out);
    char **sorted = calloc(count + 1, sizeof *sorted);
    memcpy(sorted, texts, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(fgets(line, sizeof line, out));
        line[strcspn(line, "\n")] = '\0';
        assert_string_equal(line, sorted[i]);
    }
    assert_null(fgets(line, sizeof line, out));
    free(sorted);
    fclose(out);
    alm_line_sort_free(sort);
    assert_int_equal(rmdir(folder), 0);
}

static void lines_are_sorted_in_little_memory(void **state) {
    (void)state;
    enum { COUNT = 3000, LONGEST = 9000 };
    char *texts[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        texts[i] = calloc(1, LONGEST + 1);
        int used = snprintf(texts[i], LONGEST, "%llu", (unsigned long long)spread(i) % 1000);
        if (i == 7) memset(texts[i] + used, 'x', LONGEST - (size_t)used);
    }
    expect_sorted(texts, 0, 0);
    expect_sorted(texts, COUNT, 0);
    expect_sorted(texts, COUNT, 20000);
    expect_sorted(texts, 50, 1); /* a run a line */
    for (size_t i = 0; i < COUNT; i++) free(texts[i]);
}

static void rows_of_texts_are_found_by_key(void **state) {
    (void)state;
    alm_nearset set = {0};
    assert_null(alm_nearset_next(&set, 1, NULL));
    for (int64_t i = 0; i < 6000; i++) assert_int_equal(alm_nearset_add(&set, i % 2000, -i, i), ALM_OK);
    const alm_near_row *row = alm_nearset_next(&set, 7, NULL);
    for (int64_t url = 4007; url > 0; url -= 2000, row = alm_nearset_next(&set, 7, row)) {
        assert_non_null(row);
        assert_int_equal(row->url, url);
    }
    assert_null(row);
    assert_null(alm_nearset_next(&set, 2000, NULL));
    alm_nearset_sort(&set);
    for (size_t i = 1; i < set.count; i++) assert_true(set.rows[i - 1].key <= set.rows[i].key);
    assert_int_equal(set.rows[0].simhash, -4000);
    alm_nearset_reset(&set);
    assert_null(alm_nearset_next(&set, 7, NULL));
    alm_nearset_release(&set);
}

static void reposts_are_near_and_other_texts_far(void **state) {
    (void)state;
    assert_int_equal(alm_simhash(ALM_STR("太短")), 0);
    uint64_t first = hash_of(1, 60, -1);
    assert_true(first == hash_of(1, 60, -1));
    assert_true(alm_simhash_distance(first, hash_of(1, 60, 7)) <= 6);
    alm_str plain = ALM_STR("某市商会组织会员企业为山区小学捐赠图书三千册电脑二十台，并设立奖学金，由会长出席仪式讲话，"
                            "校长代表全体师生表示感谢，孩子们表演了节目，随后与会人员参观了新建的图书室和操场。");
    assert_true(alm_simhash_distance(first, alm_simhash(plain)) > 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revisits_follow_changes_within_bounds), cmocka_unit_test(retry_after_has_two_forms),
        cmocka_unit_test(siphash_is_that_of_the_paper),          cmocka_unit_test(key_sets_hold_and_sort),
        cmocka_unit_test(reposts_are_near_and_other_texts_far),  cmocka_unit_test(a_key_filter_knows_what_it_has),
        cmocka_unit_test(a_key_heap_gives_the_smallest),         cmocka_unit_test(rows_of_texts_are_found_by_key),
        cmocka_unit_test(lines_are_sorted_in_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
