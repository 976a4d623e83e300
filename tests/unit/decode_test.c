#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/page/charset_priv.h"
#include "extract/page/decode.h"

enum { ARENA = 64 << 20 };
/* "association", "donation", "yuan": bytes of each charset */
#define GB "\xD0\xAD\xBB\xE1\xBE\xE8\xBF\xEE\xD4\xAA"
#define BIG5 "\xA8\xF3\xB7\x7C\xAE\xBD\xB4\xDA\xA4\xB8"
#define UTF8 "协会捐款元"
#define UTF8_TRADITIONAL "協會捐款元"

#define BYTES(literal)                                                                                                 \
    { literal, sizeof(literal) - 1 }

typedef struct page {
    alm_str bytes;
    const char *http;
    const char *text, *charset;
    alm_charset_source source;
    unsigned replaced;
    bool mismatch;
} page;

static const page pages[] = {
    {BYTES(""), NULL, "", "utf-8", ALM_CHARSET_BYTES, 0, false},
    {BYTES("abc"), NULL, "abc", "utf-8", ALM_CHARSET_BYTES, 0, false},
    /* declared and true */
    {BYTES("\xEF\xBB\xBF" UTF8), "gbk", UTF8, "utf-8", ALM_CHARSET_BOM, 0, false},
    {BYTES(UTF8), "UTF-8", UTF8, "utf-8", ALM_CHARSET_HTTP, 0, false},
    {BYTES(GB), "GB2312", UTF8, "gb18030", ALM_CHARSET_HTTP, 0, false},
    {BYTES("<meta charset=gbk>" GB), NULL, "<meta charset=gbk>" UTF8, "gb18030", ALM_CHARSET_META, 0, false},
    {BYTES(BIG5), "big5", UTF8_TRADITIONAL, "big5", ALM_CHARSET_HTTP, 0, false},
    {BYTES("\xFF\xFE\x4F\x53\x1A\x4F"), NULL, "协会", "utf-16le", ALM_CHARSET_BOM, 0, false},
    {BYTES("\xFE\xFF\x53\x4F\x4F\x1A"), NULL, "协会", "utf-16be", ALM_CHARSET_BOM, 0, false},
    {BYTES("caf\xE9"), "iso-8859-1", "café", "windows-1252", ALM_CHARSET_HTTP, 0, false},
    {BYTES("\xC4\xE3"), "koi8-r", "дЦ", "koi8-r", ALM_CHARSET_HTTP, 0, false},
    {BYTES("\xB0\xA1\xB3\xAA"), "euc-kr", "가나", "euc-kr", ALM_CHARSET_HTTP, 0, false},
    /* nothing declared */
    {BYTES(GB), NULL, UTF8, "gb18030", ALM_CHARSET_BYTES, 0, false},
    {BYTES(BIG5 BIG5), NULL, UTF8_TRADITIONAL UTF8_TRADITIONAL, "big5", ALM_CHARSET_BYTES, 0, false},
    {BYTES("<\0p\0>\0\x4F\x53\x1A\x4F"), NULL, "<p>协会", "utf-16le", ALM_CHARSET_BYTES, 0, false},
    {BYTES("\0<\0p\0>\x53\x4F\x4F\x1A"), NULL, "<p>协会", "utf-16be", ALM_CHARSET_BYTES, 0, false},
    {BYTES("\xF0\xD2\xC9\xD7\xC5\xD4 \xC9 \xD0\xCF\xDA\xC4\xD2\xC1\xD7\xCC\xC5\xCE\xC9\xD1 "
           "\xD3 \xCE\xCF\xD7\xD9\xCD \xC7\xCF\xC4\xCF\xCD, \xC4\xCF\xD2\xCF\xC7\xC9\xC5"),
     NULL, "Привет и поздравления с новым годом, дорогие", "koi8-r", ALM_CHARSET_BYTES, 0, false},
    {BYTES("\x1B$)C\x0E\xE9\x0F"), NULL, "$)Cé", "windows-1252", ALM_CHARSET_BYTES, 0, false},
    {BYTES("caf\xE9 \xFF"), "utf-8", "caf\uFFFD \uFFFD", "utf-8", ALM_CHARSET_HTTP, 2, false},
    {BYTES("\xE0\xA0\x80\xF0\x9F\x98\x80"), NULL, "\u0800😀", "utf-8", ALM_CHARSET_BYTES, 0, false},
    {BYTES(BIG5 "\x88\x62"), "big5", UTF8_TRADITIONAL "\xC3\x8A\u0304", "big5", ALM_CHARSET_HTTP, 0, false},
    /* declared and false: the bytes are right */
    {BYTES("<meta charset=gb2312>" UTF8), NULL, "<meta charset=gb2312>" UTF8, "utf-8", ALM_CHARSET_BYTES, 0, true},
    {BYTES(GB), "utf-8", UTF8, "gb18030", ALM_CHARSET_BYTES, 0, true},
    {BYTES("\xEF\xBB\xBF" GB), NULL, UTF8, "gb18030", ALM_CHARSET_BYTES, 0, true},
    {BYTES(GB), "iso-8859-1", UTF8, "gb18030", ALM_CHARSET_BYTES, 0, true},
    {BYTES(GB), "utf-16", UTF8, "gb18030", ALM_CHARSET_BYTES, 0, true},
    {BYTES(GB GB), "big5", UTF8 UTF8, "gb18030", ALM_CHARSET_BYTES, 0, true},
    {BYTES(BIG5 BIG5), "gbk", UTF8_TRADITIONAL UTF8_TRADITIONAL, "big5", ALM_CHARSET_BYTES, 0, true},
    /* declared, unknown or useless: the next one tells, else the bytes */
    {BYTES("<meta charset=gbk>" GB), "nonsense", "<meta charset=gbk>" UTF8, "gb18030", ALM_CHARSET_META, 0, false},
    {BYTES("<meta charset=gbk>" GB), "hz-gb-2312", "<meta charset=gbk>" UTF8, "gb18030", ALM_CHARSET_META, 0, false},
    /* two bytes of UTF-8 alone prove nothing: they are Chinese pairs too */
    {BYTES("\xC2\xB7"), "gbk", "路", "gb18030", ALM_CHARSET_HTTP, 0, false},
    {BYTES("\xC2\xB7"), NULL, "·", "utf-8", ALM_CHARSET_BYTES, 0, false},
    {BYTES("\xC2\xB7"), "utf-8", "·", "utf-8", ALM_CHARSET_HTTP, 0, false},
    {BYTES("\xC2\xB7"), "latin1", "·", "utf-8", ALM_CHARSET_BYTES, 0, true},
    /* characters beyond what the declaration names: GBK's and GB18030's in gb2312 */
    {BYTES(GB "\x95\x6E\x81\x30\x81\x30"), "gb2312", UTF8 "昻\xC2\x80", "gb18030", ALM_CHARSET_HTTP, 0, false},
    /* stray bytes do not turn a declaration */
    {BYTES(UTF8 UTF8 "\xE5\xBC<b>" UTF8), "utf-8", UTF8 UTF8 "\uFFFD<b>" UTF8, "utf-8", ALM_CHARSET_HTTP, 1, false},
    {BYTES(GB "\xBE<b>" GB), "gbk", UTF8 "\uFFFD<b>" UTF8, "gb18030", ALM_CHARSET_HTTP, 1, false},
    {BYTES(BIG5 "\xAD<b>" BIG5), "big5", UTF8_TRADITIONAL "\uFFFD<b>" UTF8_TRADITIONAL, "big5", ALM_CHARSET_HTTP, 1,
     false},
    /* cut short at the end */
    {BYTES(UTF8 UTF8 "\xE5\x8D"), NULL, UTF8 UTF8 "\uFFFD", "utf-8", ALM_CHARSET_BYTES, 1, false},
    {BYTES(GB GB "\xBE"), NULL, UTF8 UTF8 "\uFFFD", "gb18030", ALM_CHARSET_BYTES, 1, false},
    {BYTES(GB "\x81\x30\x81"), "gbk", UTF8 "\uFFFD", "gb18030", ALM_CHARSET_HTTP, 1, false},
    {BYTES("\xFF\xFE\x4F\x53\x1A"), NULL, "协\uFFFD", "utf-16le", ALM_CHARSET_BOM, 1, false},
    {BYTES("\xFF\xFE\x3D\xD8\x4F\x53"), NULL, "\uFFFD协", "utf-16le", ALM_CHARSET_BOM, 1, false},
    {BYTES("\xFF\xFE\x3D\xD8\x00\xDE"), NULL, "😀", "utf-16le", ALM_CHARSET_BOM, 0, false},
    /* control characters go, line ends and tabs stay */
    {BYTES("捐\0款\x01\r\n\t\f"), NULL, "捐款\r\n\t\f", "utf-8", ALM_CHARSET_BYTES, 0, false},
    {BYTES(GB "\0\x1B" GB), NULL, UTF8 UTF8, "gb18030", ALM_CHARSET_BYTES, 0, false},
};

static bool has_note(const alm_diagnostics *notes, const char *code) {
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->items[i].code, code) == 0) return true;
    return false;
}

static void reads_pages(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        alm_arena arena;
        alm_arena_init(&arena, ARENA);
        alm_diagnostics notes = {.arena = &arena};
        alm_decode_hints hints = {.http_charset = alm_str_of(pages[i].http)};
        alm_decoded decoded;
        assert_int_equal(alm_decode(&decoded, &arena, pages[i].bytes, &hints, &notes, NULL), ALM_OK);
        alm_str text = alm_str_of(pages[i].text);
        if (!alm_str_is(decoded.text, text) || strcmp(decoded.charset, pages[i].charset) != 0)
            print_message("page %zu: %s: %.*s\n", i, decoded.charset, ALM_FMT(decoded.text));
        assert_string_equal(decoded.charset, pages[i].charset);
        assert_true(alm_str_is(decoded.text, text));
        assert_int_equal(decoded.source, pages[i].source);
        assert_int_equal(decoded.replaced, pages[i].replaced);
        assert_int_equal(has_note(&notes, "charset-mismatch"), pages[i].mismatch);
        assert_int_equal(has_note(&notes, "charset-invalid-bytes"), pages[i].replaced > 0);
        alm_arena_release(&arena);
    }
}

static void borrows_valid_utf8(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    alm_str bytes = alm_str_of("<p>" UTF8 "</p>\n");
    alm_decoded decoded;
    alm_decode_hints hints = {0};
    assert_int_equal(alm_decode(&decoded, &arena, bytes, &hints, NULL, NULL), ALM_OK);
    assert_ptr_equal(decoded.text.ptr, bytes.ptr);
    assert_int_equal(arena.held, 0);
    alm_arena_release(&arena);
}

static void obeys_the_caller(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    alm_decoded decoded;
    alm_decode_hints hints = {.override_label = ALM_STR(" ISO-8859-1 "), .http_charset = ALM_STR("utf-8")};
    assert_int_equal(alm_decode(&decoded, &arena, ALM_STR("\xC2\xB7"), &hints, NULL, NULL), ALM_OK);
    assert_true(alm_str_is_c(decoded.text, "Â·"));
    assert_int_equal(decoded.source, ALM_CHARSET_OVERRIDE);
    static const char *const bad[] = {"nonsense", "replacement", "gb2312\xFF", "utf-8,gbk", " "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        alm_err err = {0};
        hints.override_label = alm_str_of(bad[i]);
        assert_int_equal(alm_decode(&decoded, &arena, ALM_STR("a"), &hints, NULL, &err), ALM_E_INVALID);
        assert_int_equal(err.code, ALM_E_INVALID);
    }
    alm_arena_release(&arena);
}

static void plain_text_has_no_meta(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    alm_decoded decoded;
    alm_decode_hints hints = {.plain_text = true};
    assert_int_equal(alm_decode(&decoded, &arena, ALM_STR("<meta charset=big5>a"), &hints, NULL, NULL), ALM_OK);
    assert_string_equal(decoded.charset, "utf-8");
    alm_arena_release(&arena);
}

static void counts_control_characters(void **state) {
    (void)state;
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    alm_decoded decoded;
    alm_decode_hints hints = {0};
    alm_str bytes = {"\x7F\0E\1L\2F\n", 8};
    assert_int_equal(alm_decode(&decoded, &arena, bytes, &hints, NULL, NULL), ALM_OK);
    assert_int_equal(decoded.stripped, 3);
    assert_true(alm_str_is_c(decoded.text, "\x7F"
                                           "ELF\n"));
    alm_arena_release(&arena);
}

static void knows_labels(void **state) {
    (void)state;
    assert_string_equal(alm_charset_by_label(ALM_STR(" GB_2312-80\n")), "gbk");
    assert_string_equal(alm_charset_by_label(ALM_STR("UTF8")), "utf-8");
    assert_null(alm_charset_by_label(ALM_STR("utf-")));
    assert_null(alm_charset_by_label(ALM_STR("")));
    assert_null(alm_charset_by_label(ALM_STR("a label that is longer than any of the standard's")));
}

static void prescans(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *name;
    } heads[] = {
        {"", NULL},
        {"\xEF\xBB\xBF<meta charset=gbk>", "utf-8"},
        {"<meta charset=gbk>", "gbk"},
        {"<META HTTP-EQUIV='Content-Type' CONTENT='text/html; Charset=\"GB2312\"'>", "gbk"},
        {"<?xml version='1.0' encoding='big5'?>", "big5"},
        {"<?xml version='1.0' encoding=big5?>", NULL},
        {"<?xml version='1.0' encoding='big5'?><meta charset=gbk>", "gbk"},
        {"<!--><meta charset=gbk>", "gbk"},
        {"<!-- <meta charset=gbk>", NULL},
        {"<meta charset=gbk", NULL},
        {"<meta charset=utf-16>", "utf-8"},
        {"<meta charset=x-user-defined>", "windows-1252"},
        {"<meta http-equiv=content-type content='charset charset =  gbk;'>", "gbk"},
        {"<meta http-equiv=content-type content=charset>", NULL},
        {"</p title='<meta charset=big5>'><meta charset=gbk>", "gbk"},
        {"<meta name=description content='charset=gbk'>", NULL},
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *name = alm_charset_prescan(alm_str_of(heads[i].bytes));
        if (heads[i].name)
            assert_string_equal(name, heads[i].name);
        else
            assert_null(name);
    }
}

/* Every cut of a page, in every charset that our own code converts, gives valid UTF-8 within the room reckoned. */
static void gives_valid_utf8_of_anything(void **state) {
    (void)state;
    static const char *const labels[] = {"utf-8",     "gb18030", "big5",        "utf-16le",    "utf-16be",
                                         "shift_jis", "euc-kr",  "iso-2022-jp", "windows-1252"};
    unsigned char noise[300];
    uint32_t seed = 1;
    for (size_t round = 0; round < 400; round++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            seed = seed * 1664525 + 1013904223;
            noise[i] = (unsigned char)(seed >> 24 | (round % 3 == 0 ? 0x80 : 0));
        }
        for (size_t k = 0; k < sizeof labels / sizeof labels[0]; k++) {
            alm_arena arena;
            alm_arena_init(&arena, ARENA);
            alm_str text, bytes = {(const char *)noise, 1 + seed % sizeof noise};
            size_t replaced;
            const alm_charset *charset = alm_charset_find(alm_str_of(labels[k]));
            assert_int_equal(alm_charset_convert(&text, &replaced, &arena, charset, bytes), ALM_OK);
            assert_int_equal(alm_utf8_valid_prefix(text), text.len);
            alm_arena_release(&arena);
        }
    }
}

static void survives_out_of_memory(void **state) {
    (void)state;
    static const page *const subjects[] = {&pages[4], &pages[17], &pages[6]};
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        alm_status status = ALM_E_NOMEM;
        for (int64_t after = 0; status != ALM_OK; after++) {
            alm_arena arena;
            alm_arena_init(&arena, ARENA);
            alm_diagnostics notes = {.arena = &arena};
            alm_decode_hints hints = {.http_charset = alm_str_of(subjects[i]->http)};
            alm_decoded decoded;
            alm_alloc_fail_after(after);
            status = alm_decode(&decoded, &arena, subjects[i]->bytes, &hints, &notes, NULL);
            alm_alloc_fail_after(-1);
            assert_true(status == ALM_OK ? after > 0 : status == ALM_E_NOMEM);
            alm_arena_release(&arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pages),
        cmocka_unit_test(borrows_valid_utf8),
        cmocka_unit_test(obeys_the_caller),
        cmocka_unit_test(plain_text_has_no_meta),
        cmocka_unit_test(counts_control_characters),
        cmocka_unit_test(knows_labels),
        cmocka_unit_test(prescans),
        cmocka_unit_test(gives_valid_utf8_of_anything),
        cmocka_unit_test(survives_out_of_memory),
    };
    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
