#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "crawler/sitemap.h"
#include "crawler/webdate.h"

enum { ARENA = 64 << 20 };

static alm_arena arena;
static alm_url place;

static int set_up(void **state) {
    (void)state;
    alm_arena_init(&arena, ARENA);
    return alm_url_parse(&place, &arena, ALM_STR("http://h.cn/d/sitemap.xml"), NULL, NULL);
}

static int tear_down(void **state) {
    (void)state;
    alm_arena_release(&arena);
    return 0;
}

static alm_sitemap *read_bytes(alm_str bytes) {
    alm_sitemap *sitemap;
    alm_sitemap_options options = {.url = &place};
    assert_int_equal(alm_sitemap_read(&sitemap, &arena, bytes, &options, NULL), ALM_OK);
    return sitemap;
}

static alm_sitemap *read_text(const char *text) { return read_bytes(alm_str_of(text)); }

#define URLSET "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"

static void entries_of_a_urlset(void **state) {
    (void)state;
    const alm_sitemap *sitemap = read_text(
        "<?xml version=\"1.0\"?>" URLSET "<url><loc> http://h.cn/d/1?a=1&amp;b=2\n</loc><lastmod>2020-02-18T10:00:00"
        "+08:00</lastmod><changefreq>Weekly</changefreq><priority>0.8</priority></url>"
        "<url><loc>/x</loc><priority>7</priority></url><url><loc>mailto:x</loc></url><url/></urlset>");
    assert_int_equal(sitemap->kind, ALM_SITEMAP_URLSET);
    assert_int_equal(sitemap->count, 2);
    assert_int_equal(sitemap->dropped, 2);
    assert_false(sitemap->broken);
    const alm_sitemap_entry *entry = sitemap->items;
    assert_string_equal(entry->url.href.ptr, "http://h.cn/d/1?a=1&b=2");
    assert_int_equal(entry->lastmod_s, 1581991200);
    assert_int_equal(entry->changefreq, ALM_CHANGEFREQ_WEEKLY);
    assert_true(entry->priority > 0.79F && entry->priority < 0.81F);
    assert_true(entry->in_scope);
    entry++;
    assert_string_equal(entry->url.href.ptr, "http://h.cn/x");
    assert_false(entry->in_scope);
    assert_true(entry->priority > 0.49F && entry->priority < 0.51F);
    assert_true(entry->lastmod_s == ALM_SITEMAP_NO_TIME);
}

static void extensions_are_told_apart(void **state) {
    (void)state;
    const alm_sitemap *sitemap = read_text(
        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
        "xmlns:i=\"http://www.google.com/schemas/sitemap-image/"
        "1.1\" xmlns:n=\"http://www.google.com/schemas/sitemap-news/0.9\"><url><i:image><i:loc>http://h.cn/no</i:loc>"
        "</i:image><loc>http://h.cn/1</loc><n:news><n:publication_date>2020-02-18</n:publication_date><n:title>T</"
        "n:title>"
        "</n:news></url></urlset>");
    assert_int_equal(sitemap->count, 1);
    assert_string_equal(sitemap->items[0].url.href.ptr, "http://h.cn/1");
    assert_true(alm_str_is_c(sitemap->items[0].title, "T"));
    assert_int_equal(sitemap->items[0].published_s, 1581984000);
}

static void feeds(void **state) {
    (void)state;
    const alm_sitemap *sitemap = read_text(
        "<rss version=\"2.0\"><channel><link>http://h.cn/no</link><pubDate>Tue, 18 Feb 2020 00:00:00 GMT</pubDate>"
        "<item><title>A</title><link>http://h.cn/1</link><guid>http://h.cn/no</guid></item>"
        "<item><guid isPermaLink=\"false\">tag:x</guid></item></channel></rss>");
    assert_int_equal(sitemap->kind, ALM_SITEMAP_RSS);
    assert_int_equal(sitemap->count, 1);
    assert_int_equal(sitemap->lastmod_s, 1581984000);
    assert_string_equal(sitemap->items[0].url.href.ptr, "http://h.cn/1");
    sitemap = read_text(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><link href=\"no\"/><entry><link rel=\"self\" href=\"no\"/>"
        "<link href=\"1\"/><link rel=\"alternate\" href=\"no\"/></entry></feed>");
    assert_int_equal(sitemap->kind, ALM_SITEMAP_ATOM);
    assert_int_equal(sitemap->count, 1);
    assert_string_equal(sitemap->items[0].url.href.ptr, "http://h.cn/d/1");
}

static void index_and_text(void **state) {
    (void)state;
    const alm_sitemap *sitemap =
        read_text("\xEF\xBB\xBF\n<sitemapindex><sitemap><loc>http://h.cn/a.xml.gz</loc></sitemap></sitemapindex>");
    assert_int_equal(sitemap->kind, ALM_SITEMAP_INDEX);
    assert_int_equal(sitemap->count, 1);
    sitemap = read_text("http://h.cn/1\r\n\nwww.h.cn/2\nno url\n");
    assert_int_equal(sitemap->kind, ALM_SITEMAP_TEXT);
    assert_int_equal(sitemap->count, 2);
    assert_int_equal(sitemap->dropped, 1);
    assert_string_equal(sitemap->items[1].url.href.ptr, "http://www.h.cn/2");
}

static void chinese_charsets(void **state) {
    (void)state;
    /* U+9F98 is in GBK, but not in GB2312, which the file names */
    const alm_sitemap *sitemap =
        read_text("<?xml version=\"1.0\" encoding=\"gb2312\"?><rss><channel><item><title>\xFD\x93"
                  "</title><link>http://h.cn/1</link></item></channel></rss>");
    assert_int_equal(sitemap->count, 1);
    assert_true(alm_str_is_c(sitemap->items[0].title, "\xE9\xBE\x98"));
}

static void no_sitemap(void **state) {
    (void)state;
    static const char *const cases[] = {"", "hello", "<html><body><loc>http://h.cn/</loc></body></html>", "<",
                                        "\x1F\x8B\x08 broken"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_sitemap *sitemap;
        alm_err err = {0};
        alm_sitemap_options options = {.url = &place};
        assert_int_equal(alm_sitemap_read(&sitemap, &arena, alm_str_of(cases[i]), &options, &err), ALM_E_PARSE);
        assert_true(err.message[0] != '\0');
    }
}

static void broken_ones_give_what_they_have(void **state) {
    (void)state;
    const alm_sitemap *sitemap = read_text(URLSET "<url><loc>http://h.cn/1</loc></url><url><loc>http://h.cn/2</l");
    assert_true(sitemap->broken);
    assert_int_equal(sitemap->count, 2);
    sitemap = read_text(URLSET "<url><loc>http://h.cn/1</loc></url><url><loc>http://h.cn/a");
    assert_int_equal(sitemap->count, 1); /* the second may go on */
    sitemap =
        read_text(URLSET "<url><loc>http://h.cn/?a=1&b=2</loc></url><url><loc>http://h.cn/3</loc></url></urlset>");
    assert_true(sitemap->broken);
    assert_int_equal(sitemap->count, 2);
}

/* Entities that name a file, external DTDs and entities of entities: nothing is opened, nothing grows. */
static void entity_tricks(void **state) {
    (void)state;
    char path[] = "/tmp/almoner-sitemap-XXXXXX", text[2048];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "http://h.cn/SECRET", 18), 18);
    snprintf(
        text, sizeof text,
        "<!DOCTYPE urlset SYSTEM \"file://%s\" [<!ENTITY f SYSTEM \"file://%s\"><!ENTITY %% p SYSTEM \"file://%s\">%%p;"
        "<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>"
        "<urlset xmlns:xi=\"http://www.w3.org/2001/XInclude\"><url><loc>http://h.cn/1</loc></url><url><loc>&f;</loc>"
        "</url><url><loc>http://h.cn/&c;&c;</loc></url><url><loc><xi:include href=\"file://%s\" parse=\"text\"/></loc>"
        "</url></urlset>",
        path, path, path, path);
    const alm_sitemap *sitemap = read_text(text);
    close(fd);
    unlink(path);
    assert_true(sitemap->count >= 1);
    for (size_t i = 0; i < sitemap->count; i++) {
        assert_true(alm_str_find(sitemap->items[i].url.href, ALM_STR("SECRET"), 0) == SIZE_MAX);
        assert_true(sitemap->items[i].url.href.len < 32);
    }
}

static alm_str gzip(char *out, size_t room, alm_str text) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text.ptr;
    z.avail_in = (unsigned)text.len;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t len = room - z.avail_out;
    deflateEnd(&z);
    return (alm_str){out, len};
}

static void gzip_members_and_bombs(void **state) {
    (void)state;
    static char packed[1 << 20], zeros[4 << 20];
    alm_str one = gzip(packed, sizeof packed, ALM_STR("http://h.cn/1\n"));
    alm_str two = gzip(packed + one.len, sizeof packed - one.len, ALM_STR("http://h.cn/2\n"));
    alm_str both = {packed, one.len + two.len};
    assert_int_equal(read_bytes(both)->count, 2);
    both.len -= 5; /* the second is cut in its trailer */
    const alm_sitemap *sitemap = read_bytes(both);
    assert_int_equal(sitemap->count, 2);
    assert_true(sitemap->broken);
    memcpy(zeros, "http://h.cn/1\n", 14);
    memset(zeros + 14, '\n', sizeof zeros - 14);
    alm_str bomb = gzip(packed, sizeof packed, (alm_str){zeros, sizeof zeros});
    alm_sitemap *cut;
    alm_sitemap_options options = {.url = &place, .max_len = 1000};
    assert_int_equal(alm_sitemap_read(&cut, &arena, bomb, &options, NULL), ALM_OK);
    assert_true(cut->truncated);
    assert_int_equal(cut->count, 1);
}

static void ceilings(void **state) {
    (void)state;
    alm_sitemap *sitemap;
    alm_sitemap_options options = {.url = &place, .max = 2};
    static const char text[] = URLSET "<url><loc>1</loc></url><url><loc>2</loc></url><url><loc>3</loc></url></urlset>";
    assert_int_equal(alm_sitemap_read(&sitemap, &arena, alm_str_of(text), &options, NULL), ALM_OK);
    assert_int_equal(sitemap->count, 2);
    assert_true(sitemap->truncated);
}

static void dates(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"2020", "2020-01-01T00:00:00Z"},
        {"2020-02", "2020-02-01T00:00:00Z"},
        {" 2020-02-29 ", "2020-02-29T00:00:00Z"},
        {"2020-02-18T10:11Z", "2020-02-18T10:11:00Z"},
        {"2020-02-18T10:11:12.345-0530", "2020-02-18T15:41:12Z"},
        {"2020-02-18 10:11:12", "2020-02-18T10:11:12Z"},
        {"2020/2/18", "2020-02-18T00:00:00Z"},
        {"Tue, 18 Feb 2020 10:11:12 GMT", "2020-02-18T10:11:12Z"},
        {"18 Feb 20 10:11 EST", "2020-02-18T15:11:00Z"},
        {"Tuesday, 18-Feb-2020 10:11:12 UTC", "2020-02-18T10:11:12Z"},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
        {"0999-03-01", "0999-03-01T00:00:00Z"},
        {"2019-02-29", NULL},
        {"2020-13-01", NULL},
        {"2020-02-18T25:00Z", NULL},
        {"18 Feb 2020 10:11:12", NULL},
        {"yesterday", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t time = 0;
        char text[32] = "";
        bool is = alm_webdate_parse(alm_str_of(cases[i].text), &time);
        assert_int_equal(is, cases[i].expected != NULL);
        if (is) alm_webdate_format(text, time);
        if (is) assert_string_equal(text, cases[i].expected);
    }
}

static void out_of_memory(void **state) {
    (void)state;
    static const char text[] = "<rss><channel><item><title>T</title><guid>http://h.cn/1</guid></item></channel></rss>";
    alm_sitemap_options options = {.url = &place};
    for (int64_t after = 0;; after++) {
        alm_arena small;
        alm_sitemap *sitemap;
        alm_arena_init(&small, ARENA);
        alm_alloc_fail_after(after);
        alm_status status = alm_sitemap_read(&sitemap, &small, alm_str_of(text), &options, NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        alm_arena_release(&small);
        if (!failed) break;
        assert_int_equal(status, ALM_E_NOMEM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_of_a_urlset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(extensions_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(feeds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(index_and_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(chinese_charsets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_sitemap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_ones_give_what_they_have, set_up, tear_down),
        cmocka_unit_test_setup_teardown(entity_tricks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gzip_members_and_bombs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ceilings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(out_of_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
