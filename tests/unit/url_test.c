#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "crawler/domain.h"
#include "crawler/traps.h"
#include "crawler/url.h"

enum { ARENA = 1 << 20 };

static alm_arena arena;

static int set_up(void **state) {
    (void)state;
    alm_arena_init(&arena, ARENA);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    alm_arena_release(&arena);
    return 0;
}

static alm_url parsed(const char *text) {
    alm_url url;
    assert_int_equal(alm_url_parse(&url, &arena, alm_str_of(text), NULL, NULL), ALM_OK);
    return url;
}

static const char *resolved(const char *base_text, const char *reference) {
    alm_url base = parsed(base_text), url;
    alm_url_context context = {.base = &base};
    alm_status status = alm_url_parse(&url, &arena, alm_str_of(reference), &context, NULL);
    return status == ALM_OK ? url.href.ptr : alm_status_name(status);
}

static const char *canonical(const char *text, const alm_url_canon_options *options) {
    alm_url url = parsed(text), canon, again;
    assert_int_equal(alm_url_canon(&canon, &arena, &url, options), ALM_OK);
    assert_int_equal(alm_url_canon(&again, &arena, &canon, options), ALM_OK);
    assert_string_equal(again.href.ptr, canon.href.ptr);
    return canon.href.ptr;
}

static void parts_are_slices_of_href(void **state) {
    (void)state;
    alm_url url = parsed(" HTTPS://us%er:p%3Aw@EXAMPLE.com:08443/a b/../c;d?q=1&ä#f`\t ");
    assert_string_equal(url.href.ptr, "https://us%er:p%3Aw@example.com:8443/c;d?q=1&%C3%A4#f%60");
    assert_true(alm_str_is_c(url.scheme, "https"));
    assert_true(alm_str_is_c(url.username, "us%er"));
    assert_true(alm_str_is_c(url.password, "p%3Aw"));
    assert_true(alm_str_is_c(url.host, "example.com"));
    assert_true(alm_str_is_c(url.port, "8443"));
    assert_int_equal(url.port_number, 8443);
    assert_true(alm_str_is_c(url.path, "/c;d"));
    assert_true(alm_str_is_c(url.query, "q=1&%C3%A4"));
    assert_true(alm_str_is_c(url.fragment, "f%60"));
    assert_true(alm_str_is_c(alm_url_target(&url), "/c;d?q=1&%C3%A4"));
}

static void default_port_and_empty_query(void **state) {
    (void)state;
    alm_url url = parsed("http://a:80?");
    assert_string_equal(url.href.ptr, "http://a/?");
    assert_int_equal(url.port_number, 80);
    assert_null(url.port.ptr);
    assert_non_null(url.query.ptr);
    assert_null(url.fragment.ptr);
    assert_true(alm_str_is_c(alm_url_origin(&url), "http://a"));
}

static void references_resolve_as_in_browsers(void **state) {
    (void)state;
    static const struct {
        const char *base, *reference, *expected;
    } cases[] = {
        {"http://h/a/b?c#d", "", "http://h/a/b?c"},
        {"http://h/a/b?c#d", "#e", "http://h/a/b?c#e"},
        {"http://h/a/b?c#d", "?x", "http://h/a/b?x"},
        {"http://h/a/b?c#d", "x/./y/../z", "http://h/a/x/z"},
        {"http://h/a/b", "../../../x", "http://h/x"},
        {"http://h/a/b", "%2E./x", "http://h/x"},
        {"http://h/a/b", "\\x\\..\\y", "http://h/y"},
        {"http://h/a/b", "//g/x", "http://g/x"},
        {"http://h/a/b", "\\\\g\\x", "http://g/x"},
        {"https://h/a/b", "///g/x", "https://g/x"},
        {"http://h/a/b", "http:x", "http://h/a/x"},
        {"http://h/a/b", "https:x", "https://x/"},
        {"http://u:p@h:81/a/b", "x", "http://u:p@h:81/a/x"},
        {"http://h/a/b", "\n x\ny \t", "http://h/a/xy"},
        {"http://h/a/b", "mailto:x@y", "unsupported"},
        {"http://h/a/b", "javascript:void(0)", "unsupported"},
        {"http://h/a/b", "http://[::1", "parse"},
        {"http://h/a/b", "http://a:x/", "parse"},
        {"http://h/a/b", "http:// /", "parse"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(resolved(cases[i].base, cases[i].reference), cases[i].expected);
}

static void hosts_have_one_spelling(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"http://0x7f.1/", "http://127.0.0.1/"},
        {"http://017700000001/", "http://127.0.0.1/"},
        {"http://[2001:DB8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/"},
        {"http://[::FFFF:1.2.3.4]/", "http://[::ffff:102:304]/"},
        {"http://\xE4\xBD\xA0\xE5\xA5\xBD.cn/", "http://xn--6qq79v.cn/"},
        {"http://\xEF\xBC\xA1\xEF\xBC\xA2.com/", "http://ab.com/"},
        {"http://a%2Ecom/", "http://a.com/"},
        {"http://xn--/", "http://xn--/"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(parsed(cases[i][0]).href.ptr, cases[i][1]);
}

static void wrong_hosts_are_refused(void **state) {
    (void)state;
    static const char *const cases[] = {"http://",         "http://a b/",      "http://a%00b/",     "http://1.2.3.4.5/",
                                        "http://256.1/",   "http://1.2.3.09/", "http://[1::2::3]/", "http://[1.2.3.4]/",
                                        "http://a:65536/", "http://\xFF/",     "http://a<b/",       "http://@/",
                                        "http://[::1]x/",  "relative"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_url url;
        alm_err err = {0};
        assert_int_equal(alm_url_parse(&url, &arena, alm_str_of(cases[i]), NULL, &err), ALM_E_PARSE);
        assert_true(err.message[0] != '\0');
    }
}

static void too_long_is_a_limit(void **state) {
    (void)state;
    static char text[ALM_URL_MAX + 8];
    alm_url url;
    memcpy(text, "http://a/", 9);
    memset(text + 9, 'x', sizeof text - 9);
    assert_int_equal(alm_url_parse(&url, &arena, (alm_str){text, ALM_URL_MAX}, NULL, NULL), ALM_OK);
    assert_int_equal(alm_url_parse(&url, &arena, (alm_str){text, ALM_URL_MAX + 1}, NULL, NULL), ALM_E_LIMIT);
    text[20] = ' '; /* grows when it is encoded */
    assert_int_equal(alm_url_parse(&url, &arena, (alm_str){text, ALM_URL_MAX}, NULL, NULL), ALM_E_LIMIT);
}

static void queries_are_in_the_documents_charset(void **state) {
    (void)state;
    alm_url base = parsed("http://h/"), url;
    alm_url_context context = {.base = &base};
    assert_int_equal(alm_url_charset_new(&context.charset, ALM_STR(" GB2312 ")), ALM_OK);
    assert_non_null(context.charset);
    alm_str reference = ALM_STR("/\xE4\xB8\xAD?\xE4\xB8\xAD&\xF0\x9F\x98\x80#\xE4\xB8\xAD");
    assert_int_equal(alm_url_parse(&url, &arena, reference, &context, NULL), ALM_OK);
    assert_string_equal(url.href.ptr, "http://h/%E4%B8%AD?%D6%D0&%26%23128512%3B#%E4%B8%AD");
    alm_url_charset_free(context.charset);
    assert_int_equal(alm_url_charset_new(&context.charset, ALM_STR("UTF-8")), ALM_OK);
    assert_null(context.charset);
    assert_int_equal(alm_url_charset_new(&context.charset, ALM_STR("no-such-charset")), ALM_OK);
    assert_null(context.charset);
}

static void typed_urls_need_no_scheme(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"example.com", "http://example.com/"},
                                           {"example.com:8080/a", "http://example.com:8080/a"},
                                           {" https://a ", "https://a/"},
                                           {"localhost:80", "http://localhost/"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_url url;
        assert_int_equal(alm_url_parse_typed(&url, &arena, alm_str_of(cases[i][0]), NULL), ALM_OK);
        assert_string_equal(url.href.ptr, cases[i][1]);
    }
    alm_url url;
    assert_int_equal(alm_url_parse_typed(&url, &arena, ALM_STR("ftp://a/"), NULL), ALM_E_UNSUPPORTED);
}

static void canonical_form(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"http://u:p@a.com.:80/#x", "http://a.com/"},
        {"http://a//b///c", "http://a/b/c"},
        {"http://a/%7ex%2fy%zz%C3%a9", "http://a/~x%2Fy%25zz%C3%A9"},
        {"http://a/?", "http://a/"},
        {"http://a/?b=2&a=1&&=3&c=&a=0", "http://a/?a=1&a=0&b=2&c"},
        {"http://a/x;JSESSIONID=4F2A9?utm_source=1&UTM_x=2&fbclid=3", "http://a/x"},
        {"http://a/..;jsessionid=1/b", "http://a/b"},
        {"http://a/(S(lit3py55t21z5v55vlm25s55))/d.aspx", "http://a/d.aspx"},
        {"http://a/?sid=12", "http://a/?sid=12"},
        {"http://a/?sid=0123456789abcdef", "http://a/"},
        {"http://a/?id=7&_=1589212345678", "http://a/?id=7"},
        {"http://a/?_=2", "http://a/?_=2"},
        {"http://a/?http%3A%2F%2Fx", "http://a/?http%3A%2F%2Fx"},
        {"http://2../", "http://2../"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(canonical(cases[i][0], NULL), cases[i][1]);
}

static void canonical_options(void **state) {
    (void)state;
    alm_str drop[] = {ALM_STR("ref*")}, keep[] = {ALM_STR("utm_id")};
    alm_url_canon_options options = {
        .drop_params = drop, .drop_params_count = 1, .keep_params = keep, .keep_params_count = 1};
    assert_string_equal(canonical("http://a/?utm_id=1&Referer=2&utm_x=3", &options), "http://a/?utm_id=1");
    options = (alm_url_canon_options){.keep_order = true, .without_built_in = true};
    assert_string_equal(canonical("http://a/?utm_x=1&a=2", &options), "http://a/?utm_x=1&a=2");
}

static void many_parameters_are_sorted_too(void **state) {
    (void)state;
    char text[4096] = "http://a/?", *at = text + strlen(text);
    for (int i = 199; i >= 0; i--) at += snprintf(at, 16, "p%03d=%d&", i, i);
    alm_url url = parsed(text), canon;
    assert_int_equal(alm_url_canon(&canon, &arena, &url, NULL), ALM_OK);
    assert_true(alm_str_starts(canon.query, ALM_STR("p000=0&p001=1&")));
    assert_true(alm_str_ends(canon.query, ALM_STR("&p199=199")));
}

static void registrable_domains(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"www.example.com.cn", "example.com.cn"},
                                           {"a.b.example.com.", "example.com"},
                                           {"com.cn", "com.cn"},
                                           {"localhost", "localhost"},
                                           {"127.0.0.1", "127.0.0.1"},
                                           {"[::1]", "[::1]"},
                                           {"me.github.io", "me.github.io"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(alm_str_is_c(alm_domain_of(alm_str_of(cases[i][0])), cases[i][1]));
    assert_true(alm_domain_is_same(ALM_STR("news.a.com.cn"), ALM_STR("a.com.cn")));
    assert_false(alm_domain_is_same(ALM_STR("a.com.cn"), ALM_STR("b.com.cn")));
    assert_false(alm_domain_is_address(ALM_STR("1.2.3.com")));
}

static void traps_in_the_url(void **state) {
    (void)state;
    static const struct {
        const char *url;
        alm_trap expected;
    } cases[] = {
        {"http://a/news/2020/02/18/1.html", ALM_TRAP_NONE},
        {"http://a/a/b/a/b/a/b/a/b/", ALM_TRAP_REPEAT},
        {"http://a/a/b/a/b/c", ALM_TRAP_NONE},
        {"http://a/x/x/x/x/y", ALM_TRAP_REPEAT},
        {"http://a/2020/10/10/10/10", ALM_TRAP_NONE},
        {"http://a/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h/i/j/k/l", ALM_TRAP_DEEP},
        {"http://a/cal?month=3&year=2099", ALM_TRAP_CALENDAR},
        {"http://a/list?date=2031-07-01", ALM_TRAP_CALENDAR},
        {"http://a/list?date=2021-07-01", ALM_TRAP_NONE},
        {"http://a/cal/2031-07", ALM_TRAP_CALENDAR},
        {"http://a/events/1970/1/", ALM_TRAP_CALENDAR},
        {"http://a/cal/2021-07", ALM_TRAP_NONE},
        {"http://a/events/2050/", ALM_TRAP_NONE},
        {"http://a/news/2050/3/", ALM_TRAP_NONE},
        {"http://a/news_2050_3.html", ALM_TRAP_NONE},
        {"http://a/show?id=2050&m=3", ALM_TRAP_NONE},
        {"http://a/art/20990101_3.html", ALM_TRAP_NONE},
        {"http://a/?a=1&a=2&a=3&a=4&a=5&a=6&a=7&a=8", ALM_TRAP_PARAMS},
    };
    alm_traps_options options = {.this_year = 2026};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_url url = parsed(cases[i].url);
        assert_string_equal(alm_trap_name(alm_traps_check(&url, &options)), alm_trap_name(cases[i].expected));
    }
}

/* Parameters in ever other sets are a trap; the same set with ever other values is a list of articles. */
static void traps_over_time(void **state) {
    (void)state;
    alm_traps *traps;
    alm_traps_options options = {.max_permutations = 8, .max_facets = 50};
    assert_int_equal(alm_traps_new(&traps, &options), ALM_OK);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
        char text[64];
        snprintf(text, sizeof text, "http://a/show.asp?id=%d", i);
        alm_url url = parsed(text);
        assert_int_equal(alm_traps_admit(traps, &url), ALM_TRAP_NONE);
        snprintf(text, sizeof text, "http://a/shop?p%d=1", i % 20);
        url = parsed(text);
        refused += alm_traps_admit(traps, &url) == ALM_TRAP_PERMUTATIONS;
    }
    assert_int_equal(refused, 600); /* 12 of 20 sets */
    alm_trap last = ALM_TRAP_NONE;
    for (int i = 0; i < 60; i++) {
        char text[64];
        snprintf(text, sizeof text, "http://b/f?c=%d&d=1&e=2", i);
        alm_url url = parsed(text);
        last = alm_traps_admit(traps, &url);
        assert_int_equal(last, i < 50 ? ALM_TRAP_NONE : ALM_TRAP_FACETS);
    }
    alm_traps_free(traps);
}

/* Memory that gives out is told, and nothing is left behind. */
static void out_of_memory(void **state) {
    (void)state;
    for (int64_t after = 0;; after++) {
        alm_arena small;
        alm_url url, canon;
        alm_traps *traps = NULL;
        alm_arena_init(&small, ARENA);
        alm_alloc_fail_after(after);
        alm_status status = alm_url_parse(&url, &small, ALM_STR("http://a/?b&a"), NULL, NULL);
        if (status == ALM_OK) status = alm_url_canon(&canon, &small, &url, NULL);
        if (status == ALM_OK) status = alm_traps_new(&traps, NULL);
        if (status == ALM_OK) assert_int_equal(alm_traps_admit(traps, &canon), ALM_TRAP_NONE);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        alm_traps_free(traps);
        alm_arena_release(&small);
        if (!failed) break;
        assert_true(status == ALM_E_NOMEM || status == ALM_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_are_slices_of_href, set_up, tear_down),
        cmocka_unit_test_setup_teardown(default_port_and_empty_query, set_up, tear_down),
        cmocka_unit_test_setup_teardown(references_resolve_as_in_browsers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hosts_have_one_spelling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_hosts_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_long_is_a_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(queries_are_in_the_documents_charset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(typed_urls_need_no_scheme, set_up, tear_down),
        cmocka_unit_test_setup_teardown(canonical_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(canonical_options, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_parameters_are_sorted_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(registrable_domains, set_up, tear_down),
        cmocka_unit_test_setup_teardown(traps_in_the_url, set_up, tear_down),
        cmocka_unit_test_setup_teardown(traps_over_time, set_up, tear_down),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
