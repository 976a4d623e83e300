/* The library out of memory: every allocation of one page fails in turn, and of the pack every one of a sample. Each
 * time the call says so, leaks nothing (address sanitizer, valgrind), and works again once there is memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "extract/almoner.h"

enum { PAGE_MAX = 1 << 20, ALWAYS_ENOUGH = 1000000 };

static const alm_extractor_options options = {.rules_dir = "rules/zh"};

static void read_page(alm_buf *page) {
    char chunk[4096];
    FILE *file = fopen("fixtures/pages/ceremony-22.html", "rb");
    assert_non_null(file);
    alm_buf_init(page, PAGE_MAX);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
        assert_int_equal(alm_buf_add(page, (alm_str){chunk, n}), ALM_OK);
    fclose(file);
}

static int collect(void *out, const char *bytes, size_t len) { return alm_buf_add(out, (alm_str){bytes, len}); }

/* The page's document and rows; false where memory gave out at any step. */
static bool extract_page(alm_buf *out, const alm_extractor *extractor, alm_str page) {
    alm_buf_reset(out);
    alm_session *session = alm_session_new(extractor);
    if (!session) return false;
    alm_input input = {.bytes = page.ptr, .len = page.len, .url = "https://news.example/1.html"};
    int status = alm_extract(session, &input);
    const alm_output_format formats[] = {ALM_FORMAT_JSON, ALM_FORMAT_NDJSON, ALM_FORMAT_CSV};
    for (size_t i = 0; status == 0 && i < sizeof formats / sizeof formats[0]; i++)
        status =
            alm_session_write(session, &(alm_output_options){.format = formats[i], .with_text = true}, collect, out);
    if (status != 0) assert_string_not_equal(alm_session_message(session), "");
    alm_session_free(session);
    return status == 0;
}

static void test_page(void **state) {
    (void)state;
    char why[512] = "";
    alm_buf page, expected, found;
    read_page(&page);
    alm_buf_init(&expected, PAGE_MAX * 4);
    alm_buf_init(&found, PAGE_MAX * 4);
    alm_extractor *extractor = alm_extractor_new(&options, why, sizeof why);
    assert_string_equal(why, "");
    assert_true(extract_page(&expected, extractor, alm_buf_str(&page)));
    assert_true(extract_page(&found, extractor, alm_buf_str(&page))); /* and found has room enough from now on */
    int64_t after = 0;
    for (bool done = false; !done; after++) {
        assert_true(after < ALWAYS_ENOUGH);
        alm_alloc_fail_after(after);
        done = extract_page(&found, extractor, alm_buf_str(&page));
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        /* a diagnostic may be lost for want of memory and the page go on, but no page goes wrong in silence */
        if (done && !failed) assert_true(alm_str_is(alm_buf_str(&found), alm_buf_str(&expected)));
        done = done && !failed;
    }
    assert_true(after > 3);
    assert_true(extract_page(&found, extractor, alm_buf_str(&page)));
    assert_true(alm_str_is(alm_buf_str(&found), alm_buf_str(&expected)));
    alm_extractor_free(extractor);
    alm_buf_release(&page);
    alm_buf_release(&expected);
    alm_buf_release(&found);
}

/* Loading a pack allocates often: the first ones each, then further and further apart. */
static void test_pack(void **state) {
    (void)state;
    int64_t after = 0;
    for (bool done = false; !done; after += 1 + after / 8) {
        assert_true(after < ALWAYS_ENOUGH);
        char why[512] = "";
        alm_alloc_fail_after(after);
        alm_extractor *extractor = alm_extractor_new(&options, why, sizeof why);
        done = !alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        if (done)
            assert_non_null(extractor);
        else
            assert_true(extractor || why[0]);
        alm_extractor_free(extractor);
    }
    assert_true(after > 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_page), cmocka_unit_test(test_pack)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
