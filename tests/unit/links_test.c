#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "crawler/html.h"
#include "crawler/links.h"

enum { ARENA = 64 << 20 };

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

static alm_links *read_at(const char *url_text, alm_str html, alm_links_options options) {
    alm_url url;
    alm_links *links;
    assert_int_equal(alm_url_parse(&url, &arena, alm_str_of(url_text), NULL, NULL), ALM_OK);
    options.url = &url;
    assert_int_equal(alm_links_read(&links, &arena, html, &options, NULL), ALM_OK);
    return links;
}

/* The links as "kind url", one a line: what a test reads at a glance. */
static const char *listed(const alm_links *links) {
    static char text[65536];
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < links->count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s %s\n", alm_link_kind_name(links->items[i].kind),
                                links->items[i].url.href.ptr);
    return text;
}

static const char *links_of(const char *html) {
    return listed(read_at("http://h.cn/d/p.html", alm_str_of(html), (alm_links_options){0}));
}

static void targets_as_in_browsers(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"<a href=x>", "anchor http://h.cn/d/x\n"},
        {"<A HREF=' x\n y '>", "anchor http://h.cn/d/x%20y\n"},
        {"<a href=\"?a=1&amp;b=2&copy=3&lt=4&#x26;c\">", "anchor http://h.cn/d/p.html?a=1&b=2&copy=3&lt=4&c\n"},
        {"<a href=a&notit;b&amp>", "anchor http://h.cn/d/a&notit;b&\n"},
        {"<a href=\\x\\y>", "anchor http://h.cn/x/y\n"},
        {"<a href=x href=y>", "anchor http://h.cn/d/x\n"},
        {"<a/href=x/>", "anchor http://h.cn/d/x/\n"},
        {"<a title='<a href=no>' href=x>", "anchor http://h.cn/d/x\n"},
        {"<a href = x >", "anchor http://h.cn/d/x\n"},
        {"<abbr href=no><ahref=no>< a href=no>", ""},
        {"<area href=x><iframe src=y></iframe><frame src=z>",
         "anchor http://h.cn/d/x\nframe http://h.cn/d/y\nframe http://h.cn/d/z\n"},
        {"<a href=mailto:x><a href=tel:1><a href='javascript:void(0)'>", ""},
        {"<a href=x><a href=x><a href=./x>", "anchor http://h.cn/d/x\n"},
        {"<a href=\"x", ""},
        {"<a href=x&colon;y&sol;z>", ""}, /* x:y/z, a scheme that is none of ours */
        {"<a href=./x&colon;y&sol;z>", "anchor http://h.cn/d/x:y/z\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_string_equal(links_of(cases[i][0]), cases[i][1]);
}

/* RFC 8288 and the Refresh field; <base> holds for neither. */
static void links_of_the_head(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"Link: <x>; rel=next", "next http://h.cn/d/x\n"},
        {"LINK : <x> ; rel = \"nofollow NEXT\"", "next http://h.cn/d/x\n"},
        {"Link: <x>; title=\"a, <y>; rel=next; \\\" \"; rel=canonical, , </z>; rel=\"prev\"",
         "canonical http://h.cn/d/x\nnext http://h.cn/z\n"},
        {"Link: <a>; rel=next\r\nX: 1\r\nlink: <b>;rel=sitemap", "next http://h.cn/d/a\nfeed http://h.cn/d/b\n"},
        {"Link: <f>; rel=alternate; type=\"application/atom+xml\"", "feed http://h.cn/d/f\n"},
        {"Link: <x>; rel=stylesheet; rel=next, <y>; rel=preload", ""},
        {"Link: <x>; rel=next; anchor=\"#part\"", ""}, /* of another context */
        {"Link: x; rel=next", ""},
        {"Link: <x; rel=next", ""},
        {"Link: <x> y; rel=next", ""},
        {"Link: <x>; rel=\"next", "next http://h.cn/d/x\n"},
        {"Link:", ""},
        {"Refresh: 0; url=/neu.html", "refresh http://h.cn/neu.html\n"},
        {"Refresh: 5", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char head[512];
        snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\n%s\r\n\r\n", cases[i][0]);
        alm_links_options options = {.head = alm_str_of(head)};
        assert_string_equal(listed(read_at("http://h.cn/d/p.html", ALM_STR("<base href=/other/>"), options)),
                            cases[i][1]);
    }
}

static void what_is_no_markup(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"<!-- <a href=no> --><a href=x>", "anchor http://h.cn/d/x\n"},
        {"<!--><a href=x>", "anchor http://h.cn/d/x\n"},
        {"<!-- <!-- --!><a href=x>", "anchor http://h.cn/d/x\n"},
        {"<!-- <a href=no>", ""},
        {"<script>'<a href=no>'</script ><a href=x>", "anchor http://h.cn/d/x\n"},
        {"<script><!--<script></script><a href=no>--></script><a href=x>", "anchor http://h.cn/d/x\n"},
        {"<style><a href=no></style><title><a href=no></title><a href=x>", "anchor http://h.cn/d/x\n"},
        {"<title>never closed <a href=no>", ""},
        {"<![CDATA[<a href=no>]]><a href=x>", "anchor http://h.cn/d/x\n"},
        {"<noscript><a href=x></noscript>", "anchor http://h.cn/d/x\n"},
        {"</a href=no></ a href=no><a href=x>", "anchor http://h.cn/d/x\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_string_equal(links_of(cases[i][0]), cases[i][1]);
}

static void base_holds_for_the_whole_page(void **state) {
    (void)state;
    assert_string_equal(links_of("<a href=x><base href=/b/><base href=/c/>"), "anchor http://h.cn/b/x\n");
    assert_string_equal(links_of("<base target=_top><base href=//g.cn><a href=x>"), "anchor http://g.cn/x\n");
    assert_string_equal(links_of("<base href=data:,x><a href=x>"), "anchor http://h.cn/d/x\n");
    assert_string_equal(links_of("<noscript><base href=/b/></noscript><a href=x>"), "anchor http://h.cn/d/x\n");
    const alm_links *links =
        read_at("http://h.cn/d/", ALM_STR("<noscript><base href=/b/>"), (alm_links_options){.with_noscript = true});
    assert_string_equal(links->base.href.ptr, "http://h.cn/b/");
}

static void kinds_of_links(void **state) {
    (void)state;
    assert_string_equal(links_of("<link rel=canonical href=c><link rel='next' href=n><link rel=stylesheet href=no>"
                                 "<link rel=alternate type='application/rss+xml; x' href=f>"
                                 "<link rel=alternate hreflang=en href=e><link rel='alternate stylesheet' href=no>"
                                 "<a rel='NEXT nofollow' href=m>"),
                        "canonical http://h.cn/d/c\nnext http://h.cn/d/n\nfeed http://h.cn/d/f\n"
                        "alternate http://h.cn/d/e\nnext http://h.cn/d/m\n");
}

static void text_and_nofollow(void **state) {
    (void)state;
    const alm_links *links = read_at("http://h/",
                                     ALM_STR("<a href=1> a\n <b>b&nbsp;&amp;</b>c </a>no"
                                             "<a href=2 rel='external NoFollow'>x<a href=3>y"),
                                     (alm_links_options){0});
    assert_int_equal(links->count, 3);
    assert_true(alm_str_is_c(links->items[0].text, "a b &c"));
    assert_true(alm_str_is_c(links->items[1].text, "x"));
    assert_true(alm_str_is_c(links->items[2].text, "y"));
    assert_true(!links->items[0].nofollow && links->items[1].nofollow);
}

static void robots_of_the_page(void **state) {
    (void)state;
    const alm_links *links =
        read_at("http://h/", ALM_STR("<META NAME=Robots CONTENT='noindex'><meta name=me content=nofollow>"),
                (alm_links_options){.token = ALM_STR("me")});
    assert_true(links->robots.noindex && links->robots.nofollow);
}

static void refresh_contents(void **state) {
    (void)state;
    static const struct {
        const char *content;
        bool is;
        uint32_t delay_ms;
        const char *url;
    } cases[] = {
        {"5; url=x", true, 5000, "x"},
        {" 0;URL = 'x y' z", true, 0, "x y"},
        {"1,\"x\"", true, 1000, "x"},
        {"2 x", true, 2000, "x"},
        {".5;url=x", true, 500, "x"},
        {"5", true, 5000, ""},
        {"x", false, 0, ""},
        {"5x", false, 0, ""},
        {"", false, 0, ""},
        {"3;url=urlx", true, 3000, "urlx"},
        {"3;urlx", true, 3000, "urlx"},
        {"99999999999;x", true, UINT32_MAX, "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t delay = 0;
        alm_str url = ALM_STR("");
        assert_int_equal(alm_links_parse_refresh(alm_str_of(cases[i].content), &delay, &url), cases[i].is);
        assert_int_equal(delay, cases[i].delay_ms);
        assert_true(alm_str_is_c(url, cases[i].url));
    }
    assert_string_equal(links_of("<meta content='3;url=x' http-equiv=refresh>"), "refresh http://h.cn/d/x\n");
    assert_string_equal(links_of("<noscript><meta content='3;url=x' http-equiv=refresh>"), "");
}

static void plain_redirects_of_scripts(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"location.href = \"x\";", "script http://h.cn/d/x\n"},
        {"window.location='x'", "script http://h.cn/d/x\n"},
        {"top.location.replace( 'x' )", "script http://h.cn/d/x\n"},
        {"self.location.assign('\\/x\\u4e2d')", "script http://h.cn/x%E4%B8%AD\n"},
        {"location='a' + b", ""},
        {"location = path", ""},
        {"if (location.href == 'no') {}", ""},
        {"item.location = 'no'; my_location = 'no'; locations='no'", ""},
        {"// location='no'\nlocation='x'", "script http://h.cn/d/x\n"},
        {"/* location='no' */ var s = \"location='no'\"", ""},
        {"location = 'x\nno'", ""},
        {"window.open('no')", ""},
        {"setTimeout(\"location.href='x'\", 3000)", "script http://h.cn/d/x\n"},
        {"setTimeout('javascript:location=\\'x\\'', 3000)", "script http://h.cn/d/x\n"},
        {"setTimeout(\"setTimeout('location=1')\")", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char html[256];
        snprintf(html, sizeof html, "<script>%s</script>", cases[i][0]);
        assert_string_equal(links_of(html), cases[i][1]);
    }
    assert_string_equal(links_of("<body onload=\"window.location='x'\">"), "script http://h.cn/d/x\n");
    assert_string_equal(links_of("<td onClick=\"window.open('x')\"><a href=\"javascript:location.href='y'\">"),
                        "anchor http://h.cn/d/x\nanchor http://h.cn/d/y\n");
}

static const char *pages_at(const char *url, const char *html) {
    return listed(read_at(url, alm_str_of(html), (alm_links_options){0}));
}

static void trs_paging(void **state) {
    (void)state;
    static const char first[] = "<script>createPageHTML(4, 0, \"index\", \"html\");</script>";
    assert_string_equal(pages_at("http://h/n/", first),
                        "paging http://h/n/index_1.html\npaging http://h/n/index_2.html\n"
                        "paging http://h/n/index_3.html\n");
    assert_string_equal(pages_at("http://h/n/index_1.html", "<script>createPageHTML(4,1,'index','html')</script>"),
                        "paging http://h/n/index.html\npaging http://h/n/index_2.html\n");
    assert_string_equal(pages_at("http://h/n/", "<script>createPageHTML('page', 3, 1, 'list', 'shtml', 60)</script>"),
                        "paging http://h/n/list_2.shtml\npaging http://h/n/list_3.shtml\n");
    assert_string_equal(pages_at("http://h/n/", "<script>function createPageHTML(a,b,c,d){}</script>"), "");
    const alm_links *links = read_at("http://h/n/", alm_str_of(first), (alm_links_options){.without_paging = true});
    assert_int_equal(links->count, 0);
}

static void hanweb_datastore(void **state) {
    (void)state;
    static const char store[] =
        "<datastore><totalrecord>10</totalrecord><nextgroup><![CDATA[<a href=\"/module/dataproxy.jsp?page=1&col=1&"
        "unitid=7\"></a>]]></nextgroup><recordset><record><![CDATA[<li><a href='/art/1.html'>t</a></li>]]></record>"
        "<record><![CDATA[<a href='/art/2.html'>]]></record><record>x</record></recordset></datastore>";
    char html[1024];
    snprintf(html, sizeof html, "<div><script type=\"text/xml\">%s</script></div>", store);
    assert_string_equal(pages_at("http://h/col/", html),
                        "paging http://h/module/dataproxy.jsp?page=1&col=1&unitid=7\nanchor "
                        "http://h/art/1.html\nanchor http://h/art/2.html\n"
                        "paging http://h/module/dataproxy.jsp?startrecord=4&endrecord=6&perpage=1&col=1&unitid=7\n"
                        "paging http://h/module/dataproxy.jsp?startrecord=7&endrecord=9&perpage=1&col=1&unitid=7\n"
                        "paging http://h/module/dataproxy.jsp?startrecord=10&endrecord=10&perpage=1&col=1&unitid=7\n");
    snprintf(html, sizeof html, "<?xml version='1.0'?>%s", store);
    assert_string_equal(pages_at("http://h/module/dataproxy.jsp?x", html),
                        "paging http://h/module/dataproxy.jsp?page=1&col=1&unitid=7\nanchor http://h/art/1.html\n"
                        "anchor http://h/art/2.html\n");
}

static void siblings_of_lists(void **state) {
    (void)state;
    static const char html[] = "<a href=list_2.html><a href=list_5.html>";
    assert_string_equal(pages_at("http://h/n/", html),
                        "anchor http://h/n/list_2.html\nanchor http://h/n/list_5.html\n"
                        "paging http://h/n/list_3.html\npaging http://h/n/list_4.html\n");
    /* a later page names its neighbours only */
    assert_string_equal(pages_at("http://h/n/list_3.html", html), "anchor http://h/n/list_2.html\n"
                                                                  "anchor http://h/n/list_5.html\n"
                                                                  "paging http://h/n/list_4.html\n");
    /* articles are numbered too, and must not be counted up */
    assert_string_equal(pages_at("http://h/n/", "<a href=art_2.html><a href=art_5.html>"),
                        "anchor http://h/n/art_2.html\nanchor http://h/n/art_5.html\n");
    assert_string_equal(pages_at("http://h/n/", "<a href=list_5.html>"), "anchor http://h/n/list_5.html\n");
    /* one is enough where the page is the first of them; list_5_2 is page 2 of column 5 */
    assert_string_equal(pages_at("http://h/n/list.html", "<a href=list_3.html>"),
                        "anchor http://h/n/list_3.html\npaging http://h/n/list_2.html\n");
    assert_string_equal(pages_at("http://h/n/", "<a href=index_3.html>"),
                        "anchor http://h/n/index_3.html\npaging http://h/n/index_2.html\n");
    assert_string_equal(pages_at("http://h/n/list_5_4.html", "<a href=list_5_2.html>"),
                        "anchor http://h/n/list_5_2.html\n");
    assert_string_equal(pages_at("http://h/n/list_5_1.html", "<a href=list_5_3.html>"),
                        "anchor http://h/n/list_5_3.html\npaging http://h/n/list_5_2.html\n");
}

/* What takes quadratic time in libxml2 2.9.14 ends at once here: a flood of attributes, of tags that are never closed.
 */
static void floods_end(void **state) {
    (void)state;
    static const char *const pieces[] = {"<a <", "a href ",  "<title>", "<!--", "<script><!--<script>",
                                         "&#",   "<a href='"};
    enum { LEN = 1 << 20 };
    char *html = alm_malloc(LEN);
    assert_non_null(html);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t piece = strlen(pieces[i]);
        memcpy(html, "<a ", 3);
        for (size_t at = 3; at < LEN; at++) html[at] = pieces[i][(at - 3) % piece];
        (void)read_at("http://h/", (alm_str){html, LEN}, (alm_links_options){0});
        alm_arena_reset(&arena);
    }
    alm_free(html);
}

static void more_links_than_wanted(void **state) {
    (void)state;
    const alm_links *links =
        read_at("http://h/", ALM_STR("<a href=1><a href=2><a href=3>"), (alm_links_options){.max = 2});
    assert_int_equal(links->count, 2);
    assert_true(links->truncated);
    links = read_at("http://h/", ALM_STR("<a href=1><a href=1>"), (alm_links_options){.repeated = true});
    assert_int_equal(links->count, 2);
}

static void out_of_memory(void **state) {
    (void)state;
    static const char html[] = "<base href=/b><a href='x&amp;y'>t</a><script>createPageHTML(900,0,'index','html')"
                               "</script><a href=list_2.html><a href=list_9.html>";
    alm_url url;
    assert_int_equal(alm_url_parse(&url, &arena, ALM_STR("http://h/"), NULL, NULL), ALM_OK);
    alm_links_options options = {.url = &url, .charset = ALM_STR("gbk")};
    for (int64_t after = 0;; after++) {
        alm_arena small;
        alm_links *links;
        alm_arena_init(&small, ARENA);
        alm_alloc_fail_after(after);
        alm_status status = alm_links_read(&links, &small, alm_str_of(html), &options, NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        alm_arena_release(&small);
        if (!failed) break;
        assert_int_equal(status, ALM_E_NOMEM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(targets_as_in_browsers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_of_the_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_markup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(base_holds_for_the_whole_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kinds_of_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_and_nofollow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(robots_of_the_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refresh_contents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plain_redirects_of_scripts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trs_paging, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hanweb_datastore, set_up, tear_down),
        cmocka_unit_test_setup_teardown(siblings_of_lists, set_up, tear_down),
        cmocka_unit_test_setup_teardown(floods_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_links_than_wanted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(out_of_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
