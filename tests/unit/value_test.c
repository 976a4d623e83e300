#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "extract/value/value.h"

static char rules[1 << 18];
static alm_arena pack_arena;
static const alm_yaml_node *pack;
static alm_value_tables *tables;

static int load(void **state) {
    (void)state;
    alm_err err = {0};
    FILE *file = fopen("rules/zh/values.yaml", "rb");
    if (!file) return -1;
    size_t len = fread(rules, 1, sizeof rules, file);
    fclose(file);
    alm_arena_init(&pack_arena, 16 << 20);
    if (alm_yaml_parse(&pack, &pack_arena, "values.yaml", (alm_str){rules, len}, &err) != ALM_OK ||
        alm_value_tables_new(&tables, pack, &err) != ALM_OK) {
        print_error("%s:%u: %s\n", err.file, err.line, err.message);
        return -1;
    }
    return 0;
}

static int unload(void **state) {
    (void)state;
    alm_value_tables_free(tables);
    alm_arena_release(&pack_arena);
    return 0;
}

typedef struct line {
    char text[2048];
    size_t len;
} line;

static void ALM_PRINTF(2, 3) add(line *out, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out->text + out->len, sizeof out->text - out->len, format, args);
    va_end(args);
    out->len += (size_t)n;
    assert_true(out->len < sizeof out->text);
}

/* "[text] kind-or-form qualifier amount low..high unit measure from..to each vague", what is empty left out. */
static void describe(line *out, alm_str text, const alm_value *v) {
    add(out, "[%.*s] ", (int)(v->end - v->start), text.ptr + v->start);
    add(out, "%s", v->form == ALM_FORM_PLAIN ? alm_value_kind_name(v->kind) : alm_value_form_name(v->form));
    if (v->qualifier) add(out, " %s", alm_qualifier_name(v->qualifier));
    if (v->amount.ptr) add(out, " %.*s", ALM_FMT(v->amount));
    if (v->qualifier == ALM_QUALIFIER_RANGE) add(out, " %.*s..%.*s", ALM_FMT(v->low), ALM_FMT(v->high));
    if (v->unit.len) add(out, " %.*s", ALM_FMT(v->unit));
    if (v->measure) add(out, " %s", alm_measure_name(v->measure));
    if (v->kind == ALM_VALUE_DATE) add(out, " %.*s..%.*s", ALM_FMT(v->date_from), ALM_FMT(v->date_to));
    if (v->each) add(out, " each");
    if (v->vague) add(out, " vague");
}

typedef struct row {
    const char *text, *expected; /* values joined by " ; " */
} row;

static void check(const row *rows, size_t count) {
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        alm_arena arena;
        alm_arena_init(&arena, 1 << 20);
        alm_value *values;
        size_t found;
        alm_str text = alm_str_of(rows[i].text);
        assert_int_equal(alm_value_scan(&values, &found, &arena, tables, text, ALM_STR("2020-02-20"), NULL), ALM_OK);
        line got = {0};
        for (size_t k = 0; k < found; k++) {
            if (k) add(&got, " ; ");
            describe(&got, text, &values[k]);
        }
        if (strcmp(got.text, rows[i].expected) != 0) {
            print_error("%s\n  expected %s\n  found    %s\n", rows[i].text, rows[i].expected, got.text);
            wrong++;
        }
        alm_arena_release(&arena);
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(rows) check(rows, sizeof rows / sizeof rows[0])

static void test_money(void **state) {
    (void)state;
    static const row rows[] = {
        {"捐款近3万元", "[近3万元] money nearly 30000 CNY"},
        {"捐资10万余元", "[10万余元] money more_than 100000 CNY"},
        {"13,260元", "[13,260元] money 13260 CNY"},
        {"贰拾万元整", "[贰拾万元整] money 200000 CNY"},
        {"壹仟贰佰叁拾肆元伍角陆分", "[壹仟贰佰叁拾肆元伍角陆分] money 1234.56 CNY"},
        {"3元5角", "[3元5角] money 3.5 CNY"},
        {"10块钱", "[10块钱] money 10 CNY"},
        {"10块展板", "[10块] quantity 10 块 goods"},
        {"人民币5000元", "[人民币5000元] money 5000 CNY"},
        {"港币10万元", "[港币10万元] money 100000 HKD"},
        {"US$3,000", "[US$3,000] money 3000 USD"},
        {"2-3万元", "[2-3万元] money range 20000 20000..30000 CNY"},
        {"数十万元", "[数十万元] money range 200000..990000 CNY"},
        {"上百万元", "[上百万元] money more_than 1000000 CNY"},
        {"每人500元", "[每人500元] money 500 CNY each"},
        {"单位:万元", ""},
    };
    CHECK(rows);
}

static void test_quantities(void **state) {
    (void)state;
    static const row rows[] = {
        {"口罩5000多个", "[5000多个] quantity more_than 5000 个 goods"},
        {"50余人", "[50余人] quantity more_than 50 人 people"},
        {"两三百个", "[两三百个] quantity range 200 200..300 个 goods"},
        {"半吨", "[半吨] quantity 0.5 吨 goods"},
        {"一斤半", "[一斤半] quantity 1.5 斤 goods"},
        {"一批口罩", "[一批] quantity about goods vague"},
        {"84消毒液20桶", "[20桶] quantity 20 桶 goods"},
        {"KN95口罩100只", "[100只] quantity 100 只 goods"},
    };
    CHECK(rows);
}

static void test_dates(void **state) {
    (void)state;
    static const row rows[] = {
        {"2020年2月18日", "[2020年2月18日] date 2020-02-18..2020-02-18"},
        {"二〇二〇年二月十八日", "[二〇二〇年二月十八日] date 2020-02-18..2020-02-18"},
        {"2月1日至5日", "[2月1日至5日] date 2020-02-01..2020-02-05"},
        {"12月28日", "[12月28日] date 2019-12-28..2019-12-28"},
        {"截至2月20日", "[截至2月20日] date ..2020-02-20"},
    };
    CHECK(rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money),
        cmocka_unit_test(test_quantities),
        cmocka_unit_test(test_dates),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
