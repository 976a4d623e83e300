#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/alloc.h"

/* ALM_STR where an initialiser has to be constant */
#define STR(literal)                                                                                                   \
    { (literal), sizeof(literal) - 1 }

static void write_sample(alm_json *json) {
    alm_json_object(json);
    alm_json_member_c(json, "a", "x");
    alm_json_key(json, "empty");
    alm_json_array(json);
    alm_json_array_end(json);
    alm_json_key(json, "list");
    alm_json_array(json);
    alm_json_uint(json, 0);
    alm_json_uint(json, UINT64_MAX);
    alm_json_object(json);
    alm_json_object_end(json);
    alm_json_bool(json, true);
    alm_json_array_end(json);
    alm_json_member(json, "none", (alm_str){NULL, 0});
    alm_json_key(json, "raw");
    alm_json_raw(json, ALM_STR("0.5"));
    alm_json_object_end(json);
}

static void writes_on_one_line(void **state) {
    alm_buf out;
    alm_json json;
    (void)state;
    alm_buf_init(&out, 1000);
    alm_json_init(&json, &out, false);
    write_sample(&json);
    assert_string_equal(
        out.ptr, "{\"a\":\"x\",\"empty\":[],\"list\":[0,18446744073709551615,{},true],\"none\":null,\"raw\":0.5}");
    alm_buf_release(&out);
}

static void writes_indented(void **state) {
    alm_buf out;
    alm_json json;
    (void)state;
    alm_buf_init(&out, 1000);
    alm_json_init(&json, &out, true);
    write_sample(&json);
    assert_string_equal(out.ptr,
                        "{\n  \"a\": \"x\",\n  \"empty\": [],\n  \"list\": [\n    0,\n    18446744073709551615,\n"
                        "    {},\n    true\n  ],\n  \"none\": null,\n  \"raw\": 0.5\n}");
    alm_buf_release(&out);
}

static void escapes(void **state) {
    static const struct {
        alm_str text;
        const char *escaped;
    } rows[] = {
        {STR(""), ""},
        {STR("捐赠 a/b"), "捐赠 a/b"},
        {STR("\"\\"), "\\\"\\\\"},
        {STR("\b\t\n\v\f\r"), "\\b\\t\\n\\u000b\\f\\r"},
        {STR("\0\x1f\x7f"), "\\u0000\\u001f\x7f"},
        {STR("a\xff\xfe"
             "b"),
         "a\xEF\xBF\xBD\xEF\xBF\xBD"
         "b"},
        {STR("\xe6\x8d"), "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {STR("\xed\xa0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        alm_buf out;
        alm_buf_init(&out, 1000);
        alm_json_escape(&out, rows[i].text);
        assert_string_equal(out.ptr ? out.ptr : "", rows[i].escaped);
        alm_buf_release(&out);
    }
}

static void reports_lack_of_room(void **state) {
    alm_buf out;
    alm_json json;
    (void)state;
    alm_buf_init(&out, 20);
    alm_json_init(&json, &out, false);
    write_sample(&json);
    assert_int_equal(out.status, ALM_E_LIMIT);
    alm_buf_release(&out);
    alm_alloc_fail_after(0);
    alm_buf_init(&out, 1000);
    alm_json_init(&json, &out, false);
    write_sample(&json);
    assert_int_equal(out.status, ALM_E_NOMEM);
    alm_alloc_fail_after(-1);
    alm_buf_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_on_one_line),
        cmocka_unit_test(writes_indented),
        cmocka_unit_test(escapes),
        cmocka_unit_test(reports_lack_of_room),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
