#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/page/shadow.h"

enum { MAX_FILE = 1 << 20, ARENA = 64 << 20 };

static char trad_simp[MAX_FILE], pinyin[MAX_FILE];
static alm_shadow_files files;

/* Tests run in the root of the source tree. */
static alm_str read_file(const char *path, char *out) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(out, 1, MAX_FILE, file);
    fclose(file);
    assert_true(len > 0 && len < MAX_FILE);
    return (alm_str){out, len};
}

static int set_up(void **state) {
    files.trad_simp = read_file("rules/zh/lexicon/trad-simp.tsv", trad_simp);
    files.pinyin = read_file("rules/zh/lexicon/pinyin.tsv", pinyin);
    alm_err err = {0};
    alm_shadow_tables *tables = NULL;
    assert_int_equal(alm_shadow_tables_new(&tables, &files, &err), ALM_OK);
    *state = tables;
    return 0;
}

static int tear_down(void **state) {
    alm_shadow_tables_free(*state);
    return 0;
}

typedef struct form {
    const char *text, *shadow;
} form;

static const form forms[] = {
    {"", ""},
    {"捐款", "捐款"},
    /* width */
    {"ＡＢＣ１２３％＄￥＋", "ABC123%$¥+"},
    {"㎏ 5㎡ ℃", "kg 5m² °C"},
    {"①5000元⑵½²…", "①5000元⑵½²…"},
    {"⼀⼆", "一二"},
    {"ｶﾀ", "カタ"},
    {"𝟓万", "5万"},
    {"𠮷野😀", "𠮷野😀"},
    {"\uFA6C", "\U000242EE"},
    {"﹁通知﹂︵一︶", "“通知”（一）"},
    {"捐\uE000款\uF8FF\U000F0001\U0010FFFD", "捐\uFFFD款\uFFFD\uFFFD\uFFFD"},
    /* zero-width, controls, selectors */
    {"捐\u200B款\uFEFF5\u00AD万\uFE0F元\x01", "捐款5万元"},
    {"一\r\n二\t三", "一\n二\t三"},
    /* Traditional */
    {"臺灣慈濟基金會捐贈醫療物資", "台湾慈济基金会捐赠医疗物资"},
    {"著名俱乐部", "著名俱乐部"},
    {"瀋陽個體勞動者協會", "沈阳个体劳动者协会"},
    /* quotation marks and brackets */
    {"「爱心」『一』„二‟", "“爱心”“一”“二“"},
    {"\"a\" 'b'", "\"a\" 'b'"},
    {"公司(北京)〔1〕[2]", "公司（北京）〔1〕[2]"},
    /* dashes */
    {"会长——公司", "会长——公司"},
    {"会长--公司", "会长——公司"},
    {"会长──公司", "会长——公司"},
    {"会长————公司", "会长——公司"},
    {"会长—公司", "会长—公司"},
    {"会长-公司", "会长—公司"},
    {"会长 － 公司", "会长—公司"},
    {"会长 -- 公司", "会长——公司"},
    {"2020-02-18", "2020-02-18"},
    {"2020—02—18", "2020-02-18"},
    {"2019 – 2020年", "2019-2020年"},
    {"3—5万元", "3-5万元"},
    {"COVID-19 e-mail", "COVID-19 e-mail"},
    {"A股-上市", "A股—上市"},
    {"024－12345678", "024-12345678"},
    {"- item", "- item"},
    /* tildes, dots, circles */
    {"3～5万，3〜5", "3~5万，3~5"},
    {"阿卜杜拉•买买提 古丽・江尼 ‧ 加", "阿卜杜拉·买买提 古丽·江尼·加"},
    {"二○二○年", "二〇二〇年"},
    /* marks */
    {"捐款,捐物;谢谢!好?是:一", "捐款，捐物；谢谢！好？是：一"},
    {"2,300元", "2,300元"},
    {"2，300元", "2,300元"},
    {"2，30", "2，30"},
    {"2，3000", "2，3000"},
    {"10:30 10：30", "10:30 10:30"},
    {"a, b; c: d! e?", "a, b; c: d! e?"},
    {"5000元, 王某", "5000元，王某"},
    {"500, 300", "500, 300"},
    {"ABC,捐款", "ABC，捐款"},
    {"ABC，DEF", "ABC，DEF"},
    {"http://a.cn/?b=1,2", "http://a.cn/?b=1,2"},
    {"网址:http://a.cn", "网址：http://a.cn"},
    {"3.5万，１．５", "3.5万，1.5"},
    {"捐款，，捐物。。谢谢！！！", "捐款，捐物。谢谢！"},
    {"捐款,,捐物", "捐款，捐物"},
    {"什么？！", "什么？！"},
    {"……", "……"},
    /* pinyin */
    {"捐(juān)款", "捐款"},
    {"协会(xiehui)捐", "协会捐"},
    {"协会（xié huì）捐", "协会捐"},
    {"协（xie\u0301）会", "协会"},
    {"张三（Zhang San）", "张三（Zhang San）"},
    {"世卫组织(WHO)", "世卫组织（WHO）"},
    {"京东(jd)", "京东（jd）"},
    {"方案(a)", "方案（a）"},
    {"会(xiehui)", "会（xiehui）"},
    {"(xiehui)", "（xiehui）"},
    {"捐（juan", "捐（juan"},
    /* spaces */
    {"　　沈阳  ", "沈阳"},
    {"一 \n 二", "一\n二"},
    {"捐款 5 万 元", "捐款5万元"},
    {"捐款 5000 元", "捐款5000元"},
    {"1 0 0 0 0 元", "10000元"},
    {"１　０　０元", "100元"},
    {"10 000", "10 000"},
    {"1.5 2.5", "1.5 2.5"},
    {"KN95 口罩", "KN95口罩"},
    {"¥ 5000 5 %", "¥5000 5%"},
    {"通 知", "通知"},
    {"捐 款 名 单", "捐款名单"},
    {"捐　款　名　单", "捐款名单"},
    {"刘加法 刘加全 王　慧", "刘加法 刘加全 王慧"},
    {"刘加法　王　慧　张　三　刘加全", "刘加法 王慧 张三 刘加全"},
    {"王　慧 张　三 李　四", "王慧 张三 李四"},
    {"王 慧　张 三　李 四", "王慧 张三 李四"},
    {"记者 李 明", "记者 李明"},
    {"张三 和 李四", "张三 和 李四"},
    {"沈阳私协 副会长", "沈阳私协 副会长"},
    {"捐款 ， 捐物 。", "捐款，捐物。"},
    {"捐赠 “爱心” 口罩", "捐赠“爱心”口罩"},
    {"甲公司 \u00A0 乙公司", "甲公司 乙公司"},
    {"张三　500　李四　300", "张三 500 李四 300"},
    {"张三 500 李四 300 王五", "张三500 李四300王五"},
    {"张三 5 万 2 李四500", "张三5万2 李四500"},
    {"2020 年 2 月 3 日", "2020年2月3日"},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

static void make(alm_shadow *out, alm_arena *arena, void **state, alm_str text) {
    assert_int_equal(alm_shadow_make(out, arena, *state, text, NULL), ALM_OK);
}

static void gives_one_form(void **state) {
    for (size_t i = 0; i < FORMS; i++) {
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_shadow shadow;
        make(&shadow, &arena, state, alm_str_of(forms[i].text));
        if (strcmp(shadow.text.ptr, forms[i].shadow) != 0) print_message("text: %s\n", forms[i].text);
        assert_string_equal(shadow.text.ptr, forms[i].shadow);
        alm_arena_release(&arena);
    }
}

/* Rules over a shadow and rules over the shadow's shadow see the same; but it forgets how wide a space was. */
static void changes_nothing_twice(void **state) {
    for (size_t i = 0; i < FORMS; i++) {
        if (strstr(forms[i].text, "\u3000")) continue;
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_shadow again;
        make(&again, &arena, state, alm_str_of(forms[i].shadow));
        assert_string_equal(again.text.ptr, forms[i].shadow);
        alm_arena_release(&arena);
    }
}

static void check_map(const alm_shadow *s) {
    for (size_t i = 0; i < s->text.len; i++) {
        assert_true(s->origin[i] < s->original.len);
        assert_true(s->origin[i] <= s->origin[i + 1]);
        assert_true(((unsigned char)s->original.ptr[s->origin[i]] & 0xC0) != 0x80);
    }
    assert_int_equal(s->origin[s->text.len], s->original.len);
    for (size_t at = 0, n = 0; at < s->original.len; n++) {
        assert_int_equal(s->count[at], n);
        alm_utf8_next(s->original, &at);
    }
    assert_int_equal(s->count[s->original.len], alm_utf8_count(s->original));
    assert_int_equal(alm_utf8_valid_prefix(s->text), s->text.len);
}

static void maps_every_byte_back(void **state) {
    for (size_t i = 0; i < FORMS; i++) {
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_shadow shadow;
        make(&shadow, &arena, state, alm_str_of(forms[i].text));
        check_map(&shadow);
        alm_arena_release(&arena);
    }
}

/* What is found in the shadow is cut out of the text from its first character to the end of its last one. */
static void maps_spans_back(void **state) {
    static const struct {
        const char *text, *found, *original;
        uint32_t from; /* code points */
    } spans[] = {
        {"今日捐(juān)款５万元整", "捐款5万元", "捐(juān)款５万元", 2},
        {"會長－－甲公司", "会长", "會長", 0},
        {"會長－－甲公司", "——", "－－", 2},
        {"會長－－－甲公司", "——", "－－－", 2},
        {"會長－－甲公司", "甲公司", "甲公司", 4},
        {"王　慧 1 0 0 元", "王慧", "王　慧", 0},
        {"王　慧 1 0 0 元", "100", "1 0 0", 4},
        {"重5㎏整", "5kg", "5㎏", 1},
        {"重5㎏整", "g", "㎏", 2},
        {"捐\u200B款\u200B", "捐款", "捐\u200B款", 0},
        {"一,,二", "，", ",", 1},
    };
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_shadow s;
        make(&s, &arena, state, alm_str_of(spans[i].text));
        alm_str found = alm_str_of(spans[i].found);
        size_t start = alm_str_find(s.text, found, 0);
        assert_true(start != SIZE_MAX);
        uint32_t from, to, from_code, to_code;
        alm_shadow_to_original(&s, (uint32_t)start, (uint32_t)(start + found.len), &from, &to);
        alm_str cut = alm_str_slice(s.original, from, to);
        assert_int_equal(cut.len, strlen(spans[i].original));
        assert_memory_equal(cut.ptr, spans[i].original, cut.len);
        alm_shadow_to_code_points(&s, (uint32_t)start, (uint32_t)(start + found.len), &from_code, &to_code);
        assert_int_equal(from_code, spans[i].from);
        assert_int_equal(to_code - from_code, alm_utf8_count(cut));
        alm_arena_release(&arena);
    }
}

static void tells_traditional(void **state) {
    static const struct {
        const char *text;
        bool traditional;
    } texts[] = {
        {"臺灣慈濟基金會捐贈醫療物資", true}, {"台湾慈济基金会捐赠医疗物资", false}, {"", false}, {"abc", false}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_shadow s;
        make(&s, &arena, state, alm_str_of(texts[i].text));
        assert_int_equal(s.traditional, texts[i].traditional);
        alm_arena_release(&arena);
    }
}

/* Every character in fixed company (beyond plane 2 every 257th): valid UTF-8, a map that holds. */
static void takes_every_character(void **state) {
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    for (uint32_t code = 1; code <= 0x10FFFF; code += code < 0x30000 ? 1 : 0x101) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        char text[32] = "捐 ";
        size_t len = strlen(text);
        len += alm_utf8_encode(text + len, code);
        static const char tail[] = " 5元";
        memcpy(text + len, tail, sizeof tail);
        alm_shadow s;
        make(&s, &arena, state, (alm_str){text, len + sizeof tail - 1});
        check_map(&s);
        alm_arena_reset(&arena);
    }
    alm_arena_release(&arena);
}

/* Room grows while the text is read: after many that expand, the plain ones that are left fit too. */
static void has_room_for_what_expands(void **state) {
    static const char longest[] = "\uFDFA"; /* stays; the longest that are taken apart are squared words */
    static const char squared[] = "\u3316", plain[] = "一";
    char text[3 * 400 + 1] = "";
    for (size_t expanding = 0; expanding <= 200; expanding += 7) {
        size_t len = 0;
        for (size_t i = 0; i < 400; i++, len += 3)
            memcpy(text + len, i < expanding ? squared : i < 300 ? plain : longest, 3);
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_shadow s;
        make(&s, &arena, state, (alm_str){text, len});
        assert_int_equal(alm_utf8_count(s.text), 400 + expanding * 5);
        alm_arena_release(&arena);
    }
}

static void survives_out_of_memory(void **state) {
    /* squared units outgrow the first room for characters */
    static const char unit[] = "協會（xiéhuì）捐款，，㌀㌀㌀㌀";
    static char text[64 * sizeof unit];
    for (size_t i = 0; i < 64; i++) memcpy(text + i * (sizeof unit - 1), unit, sizeof unit);
    for (int64_t after = 0;; after++) {
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_shadow s;
        alm_err err = {0};
        alm_alloc_fail_after(after);
        alm_status status = alm_shadow_make(&s, &arena, *state, alm_str_of(text), &err);
        alm_alloc_fail_after(-1);
        alm_arena_release(&arena);
        if (status == ALM_OK) {
            assert_true(after > 2);
            return;
        }
        assert_int_equal(status, ALM_E_NOMEM);
        assert_int_equal(err.code, ALM_E_NOMEM);
    }
}

static void tables_survive_out_of_memory(void **state) {
    (void)state;
    for (int64_t after = 0;; after++) {
        alm_shadow_tables *tables = NULL;
        alm_alloc_fail_after(after);
        alm_status status = alm_shadow_tables_new(&tables, &files, NULL);
        alm_alloc_fail_after(-1);
        alm_shadow_tables_free(tables);
        if (status == ALM_OK) {
            assert_true(after > 2);
            return;
        }
        assert_int_equal(status, ALM_E_NOMEM);
    }
}

static void refuses_bad_tables(void **state) {
    (void)state;
    static const struct {
        const char *trad_simp, *pinyin;
        uint32_t line;
    } bad[] = {
        {"萬\t万\n資", "", 2}, {"萬 万", "", 1},    {"a\tb", "", 1},   {"# head\n\n萬\t万万", "", 3},
        {"", "juan\nJuan", 2}, {"", "zhuangzz", 1}, {"萬\t𠮷", "", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        alm_shadow_files given = {alm_str_of(bad[i].trad_simp), alm_str_of(bad[i].pinyin)};
        alm_shadow_tables *tables = NULL;
        alm_err err = {0};
        assert_int_equal(alm_shadow_tables_new(&tables, &given, &err), ALM_E_PARSE);
        assert_int_equal(err.line, bad[i].line);
        assert_null(tables);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_one_form),
        cmocka_unit_test(changes_nothing_twice),
        cmocka_unit_test(maps_every_byte_back),
        cmocka_unit_test(maps_spans_back),
        cmocka_unit_test(tells_traditional),
        cmocka_unit_test(takes_every_character),
        cmocka_unit_test(has_room_for_what_expands),
        cmocka_unit_test(survives_out_of_memory),
        cmocka_unit_test(tables_survive_out_of_memory),
        cmocka_unit_test(refuses_bad_tables),
    };
    return cmocka_run_group_tests_name("shadow", tests, set_up, tear_down);
}
