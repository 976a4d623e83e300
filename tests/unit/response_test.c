#include "crawler/fetch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "crawler/content_coding.h"

static void set_headers(alm_response *response, const char *headers) {
    alm_response_init(response, 1000);
    assert_int_equal(alm_buf_add_c(&response->headers, headers), ALM_OK);
}

static void assert_str(alm_str found, const char *expected) {
    alm_str wanted = alm_str_of(expected);
    if (!alm_str_is(found, wanted))
        fail_msg("found \"%.*s\", expected \"%s\"", ALM_FMT(found), expected ? expected : "");
}

static void finds_headers(void **state) {
    alm_response response;
    (void)state;
    set_headers(&response, "HTTP/1.1 200 OK\r\ncontent-type:  text/html \r\nX-Empty:\r\nX: 1\r\nx: 2\r\n\r\n");
    assert_str(alm_response_header(&response, "Content-Type"), "text/html");
    assert_str(alm_response_header(&response, "X"), "2");
    assert_str(alm_response_header(&response, "X-Empty"), "");
    assert_null(alm_response_header(&response, "Content").ptr);
    assert_null(alm_response_header(&response, "HTTP/1.1 200 OK").ptr);
    alm_response_release(&response);
}

static void splits_content_types(void **state) {
    static const struct {
        const char *value, *type, *charset;
    } rows[] = {
        {"text/html", "text/html", NULL},
        {"text/html; charset=gbk", "text/html", "gbk"},
        {"text/html;charset=\"GB2312\"", "text/html", "GB2312"},
        {" text/html ; boundary=\"a;charset=x\" ; Charset = utf-8 ", "text/html", "utf-8"},
        {"text/html; charset=a; charset=b", "text/html", "a"},
        {"text/html; charset", "text/html", NULL},
        {"text/html; charset=", "text/html", ""},
        {"text/html; charset=\"", "text/html", ""},
        {";charset=utf-8", "", "utf-8"},
        {"", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        alm_str type, charset;
        alm_content_type_split(alm_str_of(rows[i].value), &type, &charset);
        assert_str(type, rows[i].type);
        assert_str(charset, rows[i].charset);
    }
}

static void requires_a_page(void **state) {
    alm_response response;
    (void)state;
    set_headers(&response, "HTTP/1.1 404 Not Found\r\n\r\n");
    alm_err err = {0};
    response.status = 404;
    assert_int_equal(alm_response_require_page(&response, &err), ALM_E_HTTP);
    assert_int_equal(err.system, 404);
    assert_string_equal(err.message, "the server answered HTTP 404 Not Found");
    response.status = 200;
    assert_int_equal(alm_response_require_page(&response, NULL), ALM_OK);
    response.status = 204;
    assert_int_equal(alm_response_require_page(&response, NULL), ALM_E_UNSUPPORTED);
    response.status = 0;
    assert_int_equal(alm_response_require_page(&response, NULL), ALM_E_HTTP);
    alm_response_release(&response);
}

static const char plain[] = "donation donation donation ";

static alm_status decode(alm_buf *out, const char *coding, alm_str bytes) {
    alm_buf_init(out, 100);
    return alm_content_decode(out, alm_str_of(coding), bytes, NULL);
}

/* ALM_STR where an initialiser has to be constant */
#define STR(literal)                                                                                                   \
    { (literal), sizeof(literal) - 1 }

/* The plain text in each coding, as made by zlib, brotli and zstd of Debian 12; "deflate" with and without its header.
 */
static const struct {
    const char *coding;
    alm_str bytes;
} samples[] = {
    {"gzip", STR("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\xc9\xcf\x4b\x2c\xc9\xcc\xcf\x53\x48\xc1\x60\x00\x00"
                 "\x10\x47\x8b\x6c\x1b\x00\x00\x00")},
    {"deflate", STR("\x78\xda\x4b\xc9\xcf\x4b\x2c\xc9\xcc\xcf\x53\x48\xc1\x60\x00\x00\x95\x8e\x0a\x75")},
    {"deflate", STR("\x4b\xc9\xcf\x4b\x2c\xc9\xcc\xcf\x53\x48\xc1\x60\x00\x00")},
    {"br", STR("\x1b\x1a\x00\xf8\x8d\x54\xb5\xbf\x26\x73\x7b\xa3\x93\x20\x61\x69\xb1\x4f\x30\x10\xb2\x4f")},
    {"zstd", STR("\x28\xb5\x2f\xfd\x04\x68\x7d\x00\x00\x48\x64\x6f\x6e\x61\x74\x69\x6f\x6e\x20\x01\x00\xf4\xca\x11"
                 "\xf5\x64\xd8\x51")},
};

static void undoes_codings(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        alm_buf out;
        assert_int_equal(decode(&out, samples[i].coding, samples[i].bytes), ALM_OK);
        assert_str(alm_buf_str(&out), plain);
        alm_buf_release(&out);
        for (size_t len = 0; len < samples[i].bytes.len; len++) { /* every cut is noticed */
            alm_status status = decode(&out, samples[i].coding, alm_str_slice(samples[i].bytes, 0, len));
            if (status != ALM_E_PARSE) fail_msg("%s cut to %zu bytes: %d", samples[i].coding, len, status);
            alm_buf_release(&out);
        }
    }
}

static void keeps_to_the_ceiling(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        alm_buf out;
        alm_buf_init(&out, sizeof plain - 2);
        assert_int_equal(alm_content_decode(&out, alm_str_of(samples[i].coding), samples[i].bytes, NULL), ALM_E_LIMIT);
        alm_buf_release(&out);
    }
}

static void survives_lack_of_memory(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        alm_status status = ALM_E_NOMEM;
        for (int64_t after = 0; status == ALM_E_NOMEM; after++) {
            alm_buf out;
            alm_alloc_fail_after(after);
            status = decode(&out, samples[i].coding, samples[i].bytes);
            alm_alloc_fail_after(-1);
            alm_buf_release(&out);
            assert_true(after < 100);
        }
        assert_int_equal(status, ALM_OK);
    }
}

static void undoes_layers(void **state) {
    alm_response response;
    (void)state;
    set_headers(&response, "HTTP/1.1 200 OK\r\nContent-Encoding: identity, gzip\r\n\r\n");
    alm_buf_add(&response.body, samples[0].bytes);
    assert_int_equal(alm_response_decode(&response, NULL), ALM_OK);
    assert_str(alm_buf_str(&response.body), plain);
    assert_true(alm_str_is(alm_buf_str(&response.encoded), samples[0].bytes));
    alm_response_release(&response);

    set_headers(&response, "HTTP/1.1 200 OK\r\nContent-Encoding: compress\r\n\r\n");
    alm_buf_add(&response.body, samples[0].bytes);
    assert_int_equal(alm_response_decode(&response, NULL), ALM_E_UNSUPPORTED);
    alm_response_release(&response);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_headers),        cmocka_unit_test(splits_content_types),
        cmocka_unit_test(requires_a_page),      cmocka_unit_test(undoes_codings),
        cmocka_unit_test(keeps_to_the_ceiling), cmocka_unit_test(survives_lack_of_memory),
        cmocka_unit_test(undoes_layers),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
