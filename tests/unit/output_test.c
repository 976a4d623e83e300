#include "extract/output/output.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "cli/table.h"
#include "base/utf8.h"
#include "extract/output/decimal.h"
#include "extract/output/digest.h"
#include "extract/output/rows.h"

enum { OUT_MAX = 1 << 20 };

static void assert_str(alm_str found, const char *expected) {
    if (!alm_str_is(found, alm_str_of(expected)))
        fail_msg("found \"%.*s\", expected \"%s\"", ALM_FMT(found), expected ? expected : "null");
}

static void adds_decimals(void **state) {
    static const char *const rows[][3] = {
        {"1", "2", "3"},
        {"9", "1", "10"},
        {"99.95", "0.05", "100.00"},
        {"0", "0", "0"},
        {"0.5", "0.25", "0.75"},
        {"100000", "0.5", "100000.5"},
        {"999999999999999999999", "1", "1000000000000000000000"},
    };
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_str(alm_decimal_add(&arena, alm_str_of(rows[i][0]), alm_str_of(rows[i][1])), rows[i][2]);
        assert_str(alm_decimal_add(&arena, alm_str_of(rows[i][1]), alm_str_of(rows[i][0])), rows[i][2]);
    }
    assert_str(alm_decimal_money(&arena, ALM_STR("5")), "5.00");
    assert_str(alm_decimal_money(&arena, ALM_STR("5.1")), "5.10");
    assert_str(alm_decimal_money(&arena, ALM_STR("5.123")), "5.123");
    assert_null(alm_decimal_money(&arena, (alm_str){NULL, 0}).ptr);
    alm_arena_release(&arena);
}

/* ALM_STR where an initialiser has to be constant */
#define STR(literal)                                                                                                   \
    { (literal), sizeof(literal) - 1 }

/* A document with one of everything, and a text that CSV and terminals have to be careful with. */
static alm_str aliases[] = {STR("甲集团")};
static alm_span spans[] = {{0, 7}, {20, 23}};
static alm_entity organisations[] = {
    {STR("甲集团有限公司"), aliases, 1, ALM_ORGANISATION_COMPANY, spans, 2},
    {STR("某某商会"), NULL, 0, ALM_ORGANISATION_ASSOCIATION, spans, 1},
    {STR("市慈善总会"), NULL, 0, ALM_ORGANISATION_CHARITY, spans, 1},
};
static alm_entity people[] = {{STR("张三"), NULL, 0, ALM_ORGANISATION_OTHER, spans, 1}};
static alm_affiliation affiliations[] = {
    {{true, 0}, 0, STR("董事长"), {7, 10}, STR("zh/affiliation/a")},
    {{true, 0}, 1, STR("会长"), {11, 13}, STR("zh/affiliation/b")},
};
static alm_ref donors[] = {{true, 0}, {false, 0}};
static alm_amount cash[] = {
    {STR("100000"), STR("CNY"), ALM_QUALIFIER_MORE_THAN, STR("100000"), {NULL, 0}, STR("10万余元"), {30, 35}},
    {STR("0.5"), STR("CNY"), ALM_QUALIFIER_MORE_THAN, STR("0.5"), {NULL, 0}, STR("5角多"), {36, 39}},
};
static alm_amount worth = {STR("2000"), STR("CNY"), ALM_QUALIFIER_EXACT, {NULL, 0}, {NULL, 0}, STR("2000元"), {50, 55}};
static alm_goods goods[] = {
    {STR("口罩"), STR("5000"), STR("个"), ALM_QUALIFIER_EXACT, &worth, STR("口罩5000个"), {40, 47}},
    {STR("\"大米\",等"), {NULL, 0}, {NULL, 0}, ALM_QUALIFIER_EXACT, NULL, STR("\"大米\",等"), {48, 54}},
};
static alm_party recipients[] = {{STR("市慈善总会"), 2, ALM_NO_ENTITY, {60, 65}}};
static alm_date date = {STR("2020-02-01"), STR("2020-02-03"), STR("2月1日至3日"), {0, 7}};
static alm_donation donations[] = {
    {.donors = donors,
     .donor_count = 2,
     .action = STR("捐资"),
     .status = ALM_STATUS_PLEDGED,
     .cash = cash,
     .cash_count = 2,
     .goods = goods,
     .goods_count = 2,
     .recipients = recipients,
     .recipient_count = 1,
     .date = &date,
     .evidence = STR("第一行\n第\x1b[31m二行"),
     .evidence_span = {0, 90},
     .rule = STR("zh/donation/x"),
     .confidence = 0.925},
    {.donors = donors + 1,
     .donor_count = 1,
     .status = ALM_STATUS_GIVEN,
     .total = true,
     .evidence = STR("共"),
     .rule = STR("zh/donation/y"),
     .confidence = 1},
};

static alm_document sample(void) {
    alm_document document = {.url = ALM_STR("https://a.example/1"),
                             .charset = "utf-8",
                             .organisations = organisations,
                             .organisation_count = 3,
                             .people = people,
                             .person_count = 1,
                             .affiliations = affiliations,
                             .affiliation_count = 2,
                             .donations = donations,
                             .donation_count = 2};
    document.page.title = ALM_STR("标题");
    document.page.published = ALM_STR("2020-02-18");
    return document;
}

static void fills_rows(void **state) {
    static const struct {
        alm_field field;
        const char *text;
    } expected[] = {
        {ALM_FIELD_URL, "https://a.example/1"},
        {ALM_FIELD_DONOR, "甲集团有限公司"},
        {ALM_FIELD_DONOR_TYPE, "company"},
        {ALM_FIELD_DONOR_ORG, "甲集团有限公司"},
        {ALM_FIELD_DONOR_PERSON, "张三"},
        {ALM_FIELD_DONOR_ROLE, "董事长"},
        {ALM_FIELD_ASSOCIATION, "某某商会"},
        {ALM_FIELD_ASSOCIATION_ROLE, "会长"},
        {ALM_FIELD_CASH_AMOUNT, "100000.50"},
        {ALM_FIELD_CASH_CURRENCY, "CNY"},
        {ALM_FIELD_CASH_QUALIFIER, "more_than"},
        {ALM_FIELD_GOODS, "口罩5000个; \"大米\",等"},
        {ALM_FIELD_VALUE_AMOUNT, "2000.00"},
        {ALM_FIELD_RECIPIENTS, "市慈善总会"},
        {ALM_FIELD_CHANNELS, NULL},
        {ALM_FIELD_DONATION_DATE, "2020-02-01"},
        {ALM_FIELD_STATUS, "pledged"},
        {ALM_FIELD_TOTAL, "false"},
        {ALM_FIELD_CONFIDENCE, "0.93"},
        {ALM_FIELD_FETCHED_AT, NULL},
        {ALM_FIELD_SCHEMA, "almoner.row/1"},
    };
    (void)state;
    alm_document document = sample();
    alm_arena arena;
    alm_row row;
    alm_rows rows;
    alm_arena_init(&arena, 1 << 20);
    assert_int_equal(alm_rows_init(&rows, &arena, &document), ALM_OK);
    assert_int_equal(alm_row_fill(&row, &rows, 0), ALM_OK);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_str(row.fields[expected[i].field], expected[i].text);
    assert_int_equal(alm_row_fill(&row, &rows, 1), ALM_OK);
    assert_null(row.fields[ALM_FIELD_CASH_AMOUNT].ptr);
    assert_null(row.fields[ALM_FIELD_CASH_CURRENCY].ptr);
    assert_str(row.fields[ALM_FIELD_GOODS_ITEMS], "[]");
    assert_str(row.fields[ALM_FIELD_TOTAL], "true");
    alm_arena_release(&arena);
}

/* An amount that the words leave open makes the sum open; another currency is not mixed in. */
static void sums_honestly(void **state) {
    alm_amount amounts[] = {cash[0], cash[1]};
    alm_donation donation = {.cash = amounts, .cash_count = 2, .evidence = ALM_STR("x"), .rule = ALM_STR("x")};
    alm_document document = {.donations = &donation, .donation_count = 1};
    alm_arena arena;
    alm_row row;
    alm_rows rows;
    (void)state;
    alm_arena_init(&arena, 1 << 20);
    assert_int_equal(alm_rows_init(&rows, &arena, &document), ALM_OK);
    amounts[1].amount = (alm_str){NULL, 0};
    assert_int_equal(alm_row_fill(&row, &rows, 0), ALM_OK);
    assert_null(row.fields[ALM_FIELD_CASH_AMOUNT].ptr);
    assert_str(row.fields[ALM_FIELD_CASH_CURRENCY], "CNY");
    amounts[1] = cash[1];
    amounts[1].currency = ALM_STR("USD");
    assert_int_equal(alm_row_fill(&row, &rows, 0), ALM_OK);
    assert_str(row.fields[ALM_FIELD_CASH_AMOUNT], "100000.00");
    alm_arena_release(&arena);
}

static void writes_csv(void **state) {
    alm_document document = sample();
    alm_arena arena;
    alm_buf out;
    (void)state;
    alm_arena_init(&arena, 1 << 20);
    alm_buf_init(&out, OUT_MAX);
    assert_int_equal(alm_write_csv(&out, &arena, &document), ALM_OK);
    alm_str text = alm_buf_str(&out);
    assert_true(alm_str_find(text, ALM_STR(",\"口罩5000个; \"\"大米\"\",等\","), 0) != SIZE_MAX);
    assert_true(alm_str_find(text, ALM_STR(",\"第一行\n第\x1b[31m二行\","), 0) != SIZE_MAX);
    assert_true(alm_str_ends(text, ALM_STR(",almoner.row/1\r\n")));
    alm_buf_release(&out);
    alm_arena_release(&arena);
}

static size_t longest_line(alm_str text) {
    size_t longest = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = alm_str_find(text, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = text.len;
        size_t columns = alm_utf8_columns(alm_str_slice(text, at, end));
        if (columns > longest) longest = columns;
        at = end + 1;
    }
    return longest;
}

static void fits_the_terminal(void **state) {
    alm_document document = sample();
    alm_arena arena;
    alm_buf out;
    (void)state;
    alm_arena_init(&arena, 1 << 20);
    alm_buf_init(&out, OUT_MAX);
    for (size_t width = ALM_TABLE_MIN_WIDTH; width < 200; width++) {
        alm_buf_reset(&out);
        assert_int_equal(alm_table_write(&out, &arena, &document, "https://a.example/1", width), ALM_OK);
        alm_str text = alm_buf_str(&out);
        if (longest_line(text) > width) fail_msg("wider than %zu:\n%s", width, out.ptr);
        assert_int_equal(alm_utf8_valid_prefix(text), text.len);
        assert_int_equal(alm_str_find(text, ALM_STR("\x1b"), 0), SIZE_MAX); /* the page cannot steer the terminal */
    }
    assert_true(alm_str_find(alm_buf_str(&out), ALM_STR("张三, 甲集团有限公司"), 0) != SIZE_MAX);
    assert_true(alm_str_find(alm_buf_str(&out), ALM_STR(">100,000.50 CNY, worth 2,000 CNY"), 0) != SIZE_MAX);
    assert_true(alm_str_find(alm_buf_str(&out), ALM_STR("(pledged)"), 0) != SIZE_MAX);
    assert_true(alm_str_find(alm_buf_str(&out), ALM_STR("(total)"), 0) != SIZE_MAX);
    alm_buf_release(&out);
    alm_arena_release(&arena);
}

static void signs_donations(void **state) {
    alm_donation twice[] = {donations[0], donations[0], donations[1]};
    alm_document document = sample();
    alm_arena arena;
    char first[33];
    (void)state;
    document.donations = twice;
    document.donation_count = 3;
    alm_arena_init(&arena, 1 << 20);
    assert_int_equal(alm_document_sign(&document, &arena, ALM_STR("abc")), ALM_OK);
    assert_string_equal(document.content_sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(strlen(twice[0].uid), 32);
    assert_string_not_equal(twice[0].uid, twice[1].uid);
    assert_string_not_equal(twice[0].uid, twice[2].uid);
    memcpy(first, twice[0].uid, sizeof first);
    /* the same again, and again without the repetition: the same uid */
    document.donation_count = 1;
    assert_int_equal(alm_document_sign(&document, &arena, ALM_STR("other bytes")), ALM_OK);
    assert_string_equal(twice[0].uid, first);
    document.url = ALM_STR("https://a.example/2");
    assert_int_equal(alm_document_sign(&document, &arena, ALM_STR("abc")), ALM_OK);
    assert_string_not_equal(twice[0].uid, first);
    alm_arena_release(&arena);
}

typedef alm_status (*writer)(alm_buf *out, alm_arena *arena, const alm_document *document);

static alm_status write_page(alm_buf *out, alm_arena *arena, const alm_document *document) {
    return alm_write_page(out, arena, document, true, false);
}

static alm_status write_table(alm_buf *out, alm_arena *arena, const alm_document *document) {
    return alm_table_write(out, arena, document, "x", 100);
}

/* Every allocation fails once; what is written in the end is the same as without failures. */
static void survives_lack_of_memory(void **state) {
    static const writer writers[] = {write_page, alm_write_ndjson, alm_write_csv, write_table};
    alm_document document = sample();
    (void)state;
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        alm_status status = ALM_E_NOMEM;
        for (int64_t after = 0; status != ALM_OK; after++) {
            alm_arena arena;
            alm_buf out;
            alm_arena_init(&arena, 1 << 20);
            alm_buf_init(&out, OUT_MAX);
            alm_alloc_fail_after(after);
            status = writers[i](&out, &arena, &document);
            alm_alloc_fail_after(-1);
            assert_true(status == ALM_OK || status == ALM_E_NOMEM);
            assert_true(after < 1000);
            alm_buf_release(&out);
            alm_arena_release(&arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_decimals),           cmocka_unit_test(fills_rows),
        cmocka_unit_test(sums_honestly),           cmocka_unit_test(writes_csv),
        cmocka_unit_test(fits_the_terminal),       cmocka_unit_test(signs_donations),
        cmocka_unit_test(survives_lack_of_memory),
    };
    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
