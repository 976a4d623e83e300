#include "pipeline/sniff.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ALM_STR where an initialiser has to be constant */
#define STR(literal)                                                                                                   \
    { (literal), sizeof(literal) - 1 }

static void tells_kinds(void **state) {
    static const struct {
        alm_str bytes;
        const char *type, *name; /* name: NULL for HTML, "" for text */
    } rows[] = {
        {STR("<!DOCTYPE html><p>x"), "", NULL},
        {STR("\n <html>"), "text/html", NULL},
        {STR("<p>x"), "application/json", NULL},
        {STR("捐款10万元"), "", ""},
        {STR("1 < 2"), "text/plain", ""},
        {STR("<\0p\0>\0x\0"), "", NULL},
        {STR("\xfe\xff\0<\0p\0>"), "", NULL},
        {STR("\xff\xfe\x50\x63"), "", ""},
        {STR("BMW(中国)捐款"), "", ""},
        {STR("[新华社] 甲公司捐款 [完]"), "", ""},
        {STR("{甲} 捐款 {乙}"), "", ""},
        {STR("{\"a\": 1}"), "", "JSON"},
        {STR(" [ [1] ] "), "", "JSON"},
        {STR("{}"), "text/html", "JSON"},
        {STR("callback({\"a\": 1})"), "application/json", "JSON"},
        {STR("%PDF-1.4 <html>"), "text/html", "a PDF document"},
        {STR("\x89PNG\r\n\x1a\n"), "", "a PNG image"},
        {STR("RIFF1234WEBPVP8"), "", "a WebP image"},
        {STR("....ftypmp42"), "", "an MP4 film"},
        {STR("PK\3\4"), "", "a ZIP archive or an Office document"},
        {STR("\1\2\3\4\5\6\1\2\3\4\5\6\1\2\3\4"), "", "binary data"},
        {STR("<\0p\0>\1\2\3\4\0\0"), "", "binary data"},
        {STR("body { }"), "text/css", "a style sheet"},
        {STR("x"), "image/png", "an image"},
        {STR("x"), "application/vnd.x", "another type of document, as its server says"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        alm_content found = alm_sniff(rows[i].bytes, alm_str_of(rows[i].type), false);
        alm_content_kind kind = !rows[i].name           ? ALM_CONTENT_HTML
                                : *rows[i].name == '\0' ? ALM_CONTENT_TEXT
                                                        : ALM_CONTENT_OTHER;
        if (found.kind != kind) fail_msg("row %zu: kind %d, expected %d", i, found.kind, kind);
        if (kind == ALM_CONTENT_OTHER) assert_string_equal(found.name, rows[i].name);
    }
}

static void looks_at_any_length(void **state) {
    static const char bytes[] = "<!-- \xff\xfe\0{\"[]}%PDF";
    (void)state;
    for (size_t start = 0; start < sizeof bytes; start++)
        for (size_t end = start; end < sizeof bytes; end++)
            (void)alm_sniff((alm_str){bytes + start, end - start}, ALM_STR("text/html"), end & 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_kinds),
        cmocka_unit_test(looks_at_any_length),
    };
    return cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
}
