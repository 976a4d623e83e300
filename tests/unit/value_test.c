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

static void test_numerals(void **state) {
    (void)state;
    static const row rows[] = {
        {"二十三万五千", "[二十三万五千] number 235000"},
        {"两千三", "[两千三] number 2300"},
        {"一百二", "[一百二] number 120"},
        {"三百零五", "[三百零五] number 305"},
        {"一万零五十", "[一万零五十] number 10050"},
        {"廿五", "[廿五] number 25"},
        {"贰拾壹", "[贰拾壹] number 21"},
        {"3万5千", "[3万5千] number 35000"},
        {"1.2亿", "[1.2亿] number 120000000"},
        {"3千万亿", "[3千万亿] number 3000000000000000"},
        {"一万五千亿", "[一万五千亿] number 1500000000000"},
        {"四亿五千六百四十二万零一十五", "[四亿五千六百四十二万零一十五] number 456420015"},
        {"三点五万", "[三点五万] number 35000"},
        {"零点零五", "[零点零五] number 0.05"},
        {"2,300.50", "[2,300.50] number 2300.5"},
        {"1,000,000", "[1,000,000] number 1000000"},
        {"10 000美元", "[10 000美元] money 10000 USD"},
        {"7 万5 千", "[7 万5 千] number 75000"},
        {"二〇二〇", "[二〇二〇] code 2020"},
        {"30w", "[30w] number 300000"},
        /* what is not one numeral */
        {"10.1万零100", "[10.1万] number 101000 ; [100] number 100"},
        {"十一十二", "[十一] number 11 ; [十二] number 12"},
        {"12345678901234567890", "[12345678901234567890] code 12345678901234567890"},
        {"一", ""},
        {"十", ""},
        {"百", ""},
        {"万", ""},
    };
    CHECK(rows);
}

static void test_bounds(void **state) {
    (void)state;
    static const row rows[] = {
        {"三五千元", "[三五千元] money range 3000 3000..5000 CNY"},
        {"两三百个", "[两三百个] quantity range 200 200..300 个 goods"},
        {"十七八万元", "[十七八万元] money range 170000 170000..180000 CNY"},
        {"数十万元", "[数十万元] money range 200000..990000 CNY"},
        {"几百人", "[几百人] quantity range 200..999 人 people"},
        {"几个", "[几个] quantity range 2..9 个 goods"},
        {"十几万元", "[十几万元] money more_than 100000 CNY"},
        {"10几箱", "[10几箱] quantity more_than 10 箱 goods"},
        {"二十几个", "[二十几个] quantity more_than 20 个 goods"},
        {"2万至3万元", "[2万至3万元] money range 20000 20000..30000 CNY"},
        {"2-3万元", "[2-3万元] money range 20000 20000..30000 CNY"},
        {"1万元——5万元", "[1万元——5万元] money range 10000 10000..50000 CNY"},
        {"8500到3万港元", "[8500到3万港元] money range 8500 8500..30000 HKD"},
        {"两到三百只", "[两到三百只] quantity range 200 200..300 只 goods"},
        {"2万至3万元不等", "[2万至3万元不等] money range 20000 20000..30000 CNY"},
        {"20和30之间", "[20和30之间] number range 20 20..30"},
        /* the second is no larger: two values */
        {"5至3个", "[5] number 5 ; [3个] quantity 3 个 goods"},
    };
    CHECK(rows);
}

static void test_qualifiers(void **state) {
    (void)state;
    static const row rows[] = {
        {"约3万元", "[约3万元] money about 30000 CNY"},
        {"3万元左右", "[3万元左右] money about 30000 CNY"},
        {"两百来斤", "[两百来斤] quantity about 200 斤 goods"},
        {"近3万元", "[近3万元] money nearly 30000 CNY"},
        {"不到40万元", "[不到40万元] money nearly 400000 CNY"},
        {"超过120万元", "[超过120万元] money more_than 1200000 CNY"},
        {"至少九千块钱以上", "[至少九千块钱以上] money more_than 9000 CNY"},
        {"50万元（含）以上", "[50万元（含）以上] money more_than 500000 CNY"},
        {"20多万元", "[20多万元] money more_than 200000 CNY"},
        {"2000多元", "[2000多元] money more_than 2000 CNY"},
        {"2吨多", "[2吨多] quantity more_than 2 吨 goods"},
        {"约30余万元", "[约30余万元] money more_than 300000 CNY"},
        {"上百万元", "[上百万元] money more_than 1000000 CNY"},
        {"近百万元", "[近百万元] money nearly 1000000 CNY"},
        {"万余斤", "[万余斤] quantity more_than 10000 斤 goods"},
        /* words that end like a qualifier */
        {"节约3万元", "[3万元] money 30000 CNY"},
        {"附近5家", "[5家] quantity 5 家 place"},
        {"通过1400多个", "[1400多个] quantity more_than 1400 个 goods"},
        {"成两份", "[两份] quantity 2 份 goods"},
        {"一间多媒体教室", "[一间] quantity 1 间 goods"},
        {"单位:万元", ""},
        {"近万户", "[近万户] quantity nearly 10000 户 people"},
        {"上千家", "[上千家] quantity more_than 1000 家 place"},
        {"万户", ""},
        {"贴近百姓", ""},
        {"千万别去", ""},
    };
    CHECK(rows);
}

static void test_money(void **state) {
    (void)state;
    static const row rows[] = {
        {"捐资10万余元", "[10万余元] money more_than 100000 CNY"},
        {"13,260元", "[13,260元] money 13260 CNY"},
        {"5千元", "[5千元] money 5000 CNY"},
        {"贰拾万元整", "[贰拾万元整] money 200000 CNY"},
        {"壹仟贰佰叁拾肆元伍角陆分", "[壹仟贰佰叁拾肆元伍角陆分] money 1234.56 CNY"},
        {"壹元零壹分", "[壹元零壹分] money 1.01 CNY"},
        {"66666元一分没留", "[66666元] money 66666 CNY ; [一分] quantity 1 分 other"},
        {"5元零一分", "[5元零一分] money 5.01 CNY"},
        {"3元5角", "[3元5角] money 3.5 CNY"},
        {"十块三毛", "[十块三毛] money 10.3 CNY"},
        {"五毛钱", "[五毛钱] money 0.5 CNY"},
        {"10块钱", "[10块钱] money 10 CNY"},
        {"捐了100块。", "[100块] money 100 CNY"},
        {"10块展板", "[10块] quantity 10 块 goods"},
        {"砖5000块", "[5000块] quantity 5000 块 goods"},
        {"人民币5000元", "[人民币5000元] money 5000 CNY"},
        {"人民币：50000元", "[人民币：50000元] money 50000 CNY"},
        {"¥:50000", "[¥:50000] money 50000 CNY"},
        {"5000元人民币", "[5000元人民币] money 5000 CNY"},
        {"港币10万元", "[港币10万元] money 100000 HKD"},
        {"新台币177.1亿元", "[新台币177.1亿元] money 17710000000 TWD"},
        {"三万元欧元", "[三万元欧元] money 30000 EUR"},
        {"5000元港币1000元", "[5000元] money 5000 CNY ; [港币1000元] money 1000 HKD"},
        {"US$3,000", "[US$3,000] money 3000 USD"},
        {"HK$ 500", "[HK$ 500] money 500 HKD"},
        {"￥200", "[￥200] money 200 CNY"},
        {"CNY 100", "[CNY 100] money 100 CNY"},
        {"加币5,000元", "[加币5,000元] money 5000 CAD"},
        {"澳门元300元", "[澳门元300元] money 300 MOP"},
        {"折合人民币近38万元", "[人民币近38万元] money nearly 380000 CNY"},
        {"每人500元", "[每人500元] money 500 CNY each"},
        {"各5万元", "[各5万元] money 50000 CNY each"},
        {"5元/个", "[5元] money 5 CNY each"},
        {"12万3456.78元", "[12万3456.78元] money 123456.78 CNY"},
        {"5000.元", "[5000.元] money 5000 CNY"},
        {"100万（港币）", "[100万（港币）] money 1000000 HKD"},
        {"好几万元", "[几万元] money range 20000..90000 CNY"},
        {"万把块钱", "[万把块钱] money about 10000 CNY"},
        /* not money */
        {"捐款10万", "[10万] number 100000"},
        {"三元区", ""},
        {"一元复始", ""},
        {"公元2020年", "[2020年] date 2020-01-01..2020-12-31"},
    };
    CHECK(rows);
}

static void test_quantities(void **state) {
    (void)state;
    static const row rows[] = {
        {"口罩5000多个", "[5000多个] quantity more_than 5000 个 goods"},
        {"口罩3.5万只", "[3.5万只] quantity 35000 只 goods"},
        {"700余套", "[700余套] quantity more_than 700 套 goods"},
        {"750公斤", "[750公斤] quantity 750 公斤 goods"},
        {"5千克", "[5千克] quantity 5 千克 goods"},
        {"500ml", "[500ml] quantity 500 ml goods"},
        {"25kg", "[25kg] quantity 25 kg goods"},
        {"半吨", "[半吨] quantity 0.5 吨 goods"},
        {"一斤半", "[一斤半] quantity 1.5 斤 goods"},
        {"三个半月", "[三个半月] quantity 3.5 月 time"},
        {"每家3台", "[每家3台] quantity 3 台 goods each"},
        {"50余人", "[50余人] quantity more_than 50 人 people"},
        {"1126人次", "[1126人次] quantity 1126 人次 people"},
        {"3家", "[3家] quantity 3 家 place"},
        {"三次", "[三次] quantity 3 次 event"},
        {"一个多小时", "[一个多小时] quantity more_than 1 小时 time"},
        {"一块大石头", "[一块] quantity 1 块 goods"},
        {"还有2.5万元余款", "[2.5万元] money 25000 CNY"},
        {"两个月", "[两个月] quantity 2 个月 time"},
        {"一批口罩", "[一批] quantity about goods vague"},
        {"若干箱", "[若干箱] quantity about 箱 goods vague"},
        {"20斤装大米30袋", "[20斤装] quantity 20 斤装 other ; [30袋] quantity 30 袋 goods"},
        {"成千上万的口罩", "[成千上万] quantity about goods vague"},
        {"一二三等奖", ""},
        {"上半年", ""},
        {"零头", ""},
        {"陆根泉", ""},
    };
    CHECK(rows);
}

static void test_numbers_that_name(void **state) {
    (void)state;
    static const row rows[] = {
        {"第3批", "[第3] ordinal 3"},
        {"百分之三十", "[百分之三十] percent 30"},
        {"99.2%", "[99.2%] percent 99.2"},
        {"3‰", "[3‰] percent 0.3"},
        {"三分之一", "[三分之一] fraction 1/3"},
        {"13812345678", "[13812345678] code 13812345678"},
        {"0412-5551234", "[0412-5551234] code 0412-5551234"},
        {"8:30", "[8:30] code 8:30"},
        {"5·12地震", ""},
        {"3·11地震", "[3·11] code 3·11"},
        {"1000000", "[1000000] number 1000000"},
        {"84消毒液20桶", "[20桶] quantity 20 桶 goods"},
        {"1000个3M口罩", "[1000个] quantity 1000 个 goods ; [3M] code 3M"},
        {"KN95口罩100只", "[100只] quantity 100 只 goods"},
        {"N95", ""},
        {"COVID-19", ""},
        {"1998级校友", ""},
        {"三一集团", ""},
        {"一起", ""},
        {"第一时间", ""},
        {"统一", ""},
        {"一方有难", ""},
        {"十分感谢", ""},
        {"四川", ""},
    };
    CHECK(rows);
}

/* Published on 2020-02-20. */
static void test_dates(void **state) {
    (void)state;
    static const row rows[] = {
        {"2020年2月18日", "[2020年2月18日] date 2020-02-18..2020-02-18"},
        {"2020-02-18", "[2020-02-18] date 2020-02-18..2020-02-18"},
        {"2020/2/18", "[2020/2/18] date 2020-02-18..2020-02-18"},
        {"2018.1.15", "[2018.1.15] date 2018-01-15..2018-01-15"},
        {"二〇二〇年二月十八日", "[二〇二〇年二月十八日] date 2020-02-18..2020-02-18"},
        {"2月1日", "[2月1日] date 2020-02-01..2020-02-01"},
        {"12月28日", "[12月28日] date 2019-12-28..2019-12-28"},
        {"3月10日", "[3月10日] date 2020-03-10..2020-03-10"},
        {"18日", "[18日] date 2020-02-18..2020-02-18"},
        {"2月5号", "[2月5号] date 2020-02-05..2020-02-05"},
        {"6号文件", "[6] number 6"},
        {"28日", "[28日] date 2020-01-28..2020-01-28"},
        {"2020年2月", "[2020年2月] date 2020-02-01..2020-02-29"},
        {"2012年", "[2012年] date 2012-01-01..2012-12-31"},
        {"2月1日至5日", "[2月1日至5日] date 2020-02-01..2020-02-05"},
        {"1月28日—2月3日", "[1月28日—2月3日] date 2020-01-28..2020-02-03"},
        {"2018-2019年", "[2018-2019年] date 2018-01-01..2019-12-31"},
        {"1至3月", "[1至3月] date 2020-01-01..2020-03-31"},
        {"2020年1至3月", "[2020年1至3月] date 2020-01-01..2020-03-31"},
        {"今年1-3月", "[今年1-3月] date 2020-01-01..2020-03-31"},
        {"2月1-5日", "[2月1-5日] date 2020-02-01..2020-02-05"},
        {"截至2月20日", "[截至2月20日] date ..2020-02-20"},
        {"自1月20日起", "[自1月20日起] date 2020-01-20.."},
        {"今年2月1日", "[今年2月1日] date 2020-02-01..2020-02-01"},
        {"去年6月", "[去年6月] date 2019-06-01..2019-06-30"},
        {"昨日", "[昨日] date 2020-02-19..2020-02-19"},
        {"11月底", "[11月底] date 2019-11-01..2019-11-30"},
        {"农历四月初八", "[四月初] date .."},
        /* lengths of time, and days that are none */
        {"2年", "[2年] quantity 2 年 time"},
        {"3个月", "[3个月] quantity 3 个月 time"},
        {"30日内", "[30日内] quantity 30 日内 time"},
        {"2020年2月30日", "[2020年2月] date 2020-02-01..2020-02-29 ; [30日] date 2020-01-30..2020-01-30"},
        {"13月", "[13月] quantity 13 月 time"},
    };
    CHECK(rows);
}

static void test_page_without_publication(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, 1 << 20);
    alm_value *values;
    size_t count;
    assert_int_equal(alm_value_scan(&values, &count, &arena, tables, ALM_STR("2月1日"), (alm_str){0}, NULL), ALM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(values[0].kind, ALM_VALUE_DATE);
    assert_null(values[0].date_from.ptr);
    assert_null(values[0].date_to.ptr);
    alm_arena_release(&arena);
}

static void test_numbers_alone(void **state) {
    (void)state;
    static const row rows[] = {
        {"两双", "[两] number 2"},
        {"1991年1月", "[1991] number 1991 ; [1] number 1"},
        {"一美元", ""},
        {"-3.5", "[-3.5] number -3.5"},
        {"2e5", "[2e5] number 200000"},
        {"大于10小于20", "[大于10小于20] number range 10 10..20"},
        {"四川", ""},
    };
    alm_arena arena;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        alm_value *values;
        size_t count;
        line got = {0};
        alm_str text = alm_str_of(rows[i].text);
        alm_arena_init(&arena, 1 << 20);
        assert_int_equal(alm_value_scan_numbers(&values, &count, &arena, tables, text, NULL), ALM_OK);
        for (size_t k = 0; k < count; k++) {
            if (k) add(&got, " ; ");
            describe(&got, text, &values[k]);
        }
        assert_string_equal(got.text, rows[i].expected);
        alm_arena_release(&arena);
    }
}

static void test_plain_yuan_of_a_page(void **state) {
    (void)state;
    static const struct {
        const char *text, *currencies;
    } cases[] = {
        {"捐出港币50万元,再捐30万元,收到人民币2元和美元5元,加币100元", "HKD HKD CNY USD CAD"},
        {"捐50万元,再捐30万元", "CNY CNY"},
        {"新台币3元、新台币4元、港币5元,共12元", "TWD TWD HKD TWD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_arena arena;
        alm_arena_init(&arena, 1 << 20);
        alm_value *values;
        size_t count;
        alm_str text = alm_str_of(cases[i].text);
        assert_int_equal(alm_value_scan(&values, &count, &arena, tables, text, (alm_str){0}, NULL), ALM_OK);
        alm_value_name_yuan(values, count);
        line got = {0};
        for (size_t k = 0; k < count; k++) add(&got, "%s%.*s", k ? " " : "", ALM_FMT(values[k].unit));
        assert_string_equal(got.text, cases[i].currencies);
        alm_arena_release(&arena);
    }
    alm_value_name_yuan(NULL, 0);
}

/* Any text of these pieces gives values inside the text, in order, apart, with figures that read back. */
static const char *const pieces[] = {"一",     "二",     "两",
                                     "三",     "五",     "十",
                                     "百",     "千",     "万",
                                     "亿",     "零",     "〇",
                                     "半",     "几",     "数",
                                     "多",     "余",     "来",
                                     "1",      "3.5",    "2,300",
                                     "2020",   "0",      "12345678901234567890",
                                     "点",     "负",     "第",
                                     "百分之", "分之",   "又",
                                     "至",     "-",      "—",
                                     "和",     "之间",   "元",
                                     "块",     "角",     "分",
                                     "港币",   "人民币", "￥",
                                     "US$",    "个",     "只",
                                     "年",     "月",     "日",
                                     "2020年", "2月1日", "约",
                                     "近",     "超过",   "以上",
                                     "左右",   "上",     "比",
                                     "大",     "每人",   "一批",
                                     "一起",   "统一",   " ",
                                     ",",      "，",     "。",
                                     "捐",     "口罩",   "kg",
                                     "k",      "N95",    "e5",
                                     "·",      ":",      "/",
                                     "(",      "今年",   "截至",
                                     "起",     "农历",   "\xF0\xA0\x80\x80"};

static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void check_figure(alm_str figure, bool may_be_code) {
    if (!figure.ptr || may_be_code) return;
    assert_true(figure.len > 0);
    for (size_t i = 0; i < figure.len; i++)
        assert_true((figure.ptr[i] >= '0' && figure.ptr[i] <= '9') || strchr("-./", figure.ptr[i]));
}

static void check_values(alm_str text, const alm_value *values, size_t count) {
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const alm_value *v = &values[i];
        assert_true(v->start >= at);
        assert_true(v->start <= v->number_start && v->number_start < v->number_end && v->number_end <= v->end);
        assert_true(v->end <= text.len);
        assert_true(v->start == 0 || ((unsigned char)text.ptr[v->start] & 0xC0) != 0x80);
        assert_true(v->end == text.len || ((unsigned char)text.ptr[v->end] & 0xC0) != 0x80);
        check_figure(v->amount, v->form == ALM_FORM_CODE);
        check_figure(v->low, false);
        check_figure(v->high, false);
        at = v->end;
    }
}

static void test_any_text(void **state) {
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        line text = {0};
        for (uint32_t n = next_random(&seed) % 12; n > 0; n--)
            add(&text, "%s", pieces[next_random(&seed) % (sizeof pieces / sizeof pieces[0])]);
        alm_arena arena;
        alm_arena_init(&arena, 1 << 20);
        alm_value *values;
        size_t count;
        alm_str s = {text.text, text.len};
        assert_int_equal(alm_value_scan(&values, &count, &arena, tables, s, ALM_STR("2020-02-20"), NULL), ALM_OK);
        check_values(s, values, count);
        assert_int_equal(alm_value_scan_numbers(&values, &count, &arena, tables, s, NULL), ALM_OK);
        check_values(s, values, count);
        alm_arena_release(&arena);
    }
}

static const char story[] =
    "2月1日至5日，刘某捐资10万余元、口罩5000多个（三分之一），合计约2万至3万元，每人500元，一批物资。";

static void test_out_of_memory(void **state) {
    (void)state;
    alm_value *values;
    size_t count;
    alm_status status = ALM_E_NOMEM;
    for (int64_t after = 0; status != ALM_OK; after++) {
        alm_arena arena;
        alm_arena_init(&arena, 1 << 20);
        alm_alloc_fail_after(after);
        status = alm_value_scan(&values, &count, &arena, tables, alm_str_of(story), ALM_STR("2020-02-20"), NULL);
        alm_alloc_fail_after(-1);
        assert_true(status == ALM_OK || status == ALM_E_NOMEM);
        alm_arena_release(&arena);
    }
    /* the arena's own cap, byte by byte of what is needed */
    status = ALM_E_NOMEM;
    for (size_t max = 16; status != ALM_OK; max += 16) {
        alm_arena arena;
        alm_arena_init(&arena, max);
        status = alm_value_scan(&values, &count, &arena, tables, alm_str_of(story), ALM_STR("2020-02-20"), NULL);
        assert_true(status == ALM_OK || status == ALM_E_NOMEM);
        alm_arena_release(&arena);
    }
}

static void test_tables_out_of_memory(void **state) {
    (void)state;
    alm_status status = ALM_E_NOMEM;
    for (int64_t after = 0; status != ALM_OK; after++) {
        alm_value_tables *made = NULL;
        alm_alloc_fail_after(after);
        status = alm_value_tables_new(&made, pack, NULL);
        alm_alloc_fail_after(-1);
        assert_true(status == ALM_OK ? made != NULL : status == ALM_E_NOMEM && made == NULL);
        alm_value_tables_free(made);
    }
}

static void test_faulty_tables(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *message;
        uint32_t line, column;
    } cases[] = {
        {"{}", "no words of values", 1, 1},
        {"numbers: {}",
         "unknown key 'numbers'; expected one of: numerals, qualifiers, currencies, measures, words, dates", 1, 1},
        {"numerals: {digits: {a: 10}}", "expected 0 to 9, found 10", 1, 24},
        {"numerals: {digits: [a]}", "expected a mapping (word: number)", 1, 20},
        {"numerals: {point: a}", "expected a list of words", 1, 19},
        {"numerals: {point: ['']}", "an empty word matches everywhere", 1, 20},
        {"numerals: {point: [a, a]}", "'a' stands twice in one role", 1, 23},
        {"measures: {thing: [a]}", "unknown key 'thing'; expected one of: goods, people, place, time, event, other", 1,
         12},
        {"currencies: [{code: Yuan}]", "a currency needs a code: three letters of ISO 4217", 1, 14},
        {"currencies: {}", "expected a list of currencies", 1, 13},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_arena arena;
        alm_err err = {0};
        const alm_yaml_node *yaml;
        alm_value_tables *made = NULL;
        alm_arena_init(&arena, 1 << 20);
        assert_int_equal(alm_yaml_parse(&yaml, &arena, "values.yaml", alm_str_of(cases[i].yaml), &err), ALM_OK);
        assert_int_equal(alm_value_tables_new(&made, yaml, &err), ALM_E_PARSE);
        assert_null(made);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.line, cases[i].line);
        assert_int_equal(err.column, cases[i].column);
        alm_arena_release(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numerals),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_qualifiers),
        cmocka_unit_test(test_money),
        cmocka_unit_test(test_quantities),
        cmocka_unit_test(test_numbers_that_name),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_page_without_publication),
        cmocka_unit_test(test_numbers_alone),
        cmocka_unit_test(test_plain_yuan_of_a_page),
        cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_tables_out_of_memory),
        cmocka_unit_test(test_faulty_tables),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
