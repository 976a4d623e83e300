#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "crawler/robots.h"

static alm_robots *parse(const char *body) {
    alm_robots *robots;
    assert_int_equal(alm_robots_parse(&robots, alm_str_of(body), ALM_STR("Almoner/1.0 (+x)"), NULL), ALM_OK);
    return robots;
}

static bool allows(const char *body, const char *target) {
    alm_robots *robots = parse(body);
    bool allowed = alm_robots_allows(robots, alm_str_of(target));
    alm_robots_free(robots);
    return allowed;
}

static void tokens(void **state) {
    (void)state;
    assert_true(alm_robots_token_is_valid(ALM_STR("Foo-Bar_x")));
    assert_false(alm_robots_token_is_valid(ALM_STR("")));
    assert_false(alm_robots_token_is_valid(ALM_STR("a1")));
    alm_robots *robots;
    assert_int_equal(alm_robots_parse(&robots, ALM_STR(""), ALM_STR("1"), NULL), ALM_E_INVALID);
}

static void groups_of_the_token_are_merged(void **state) {
    (void)state;
    const char *body = "User-agent: other\nUser-agent: ALMONER # us\nDisallow: /a\n\n\nDisallow: /b\n"
                       "User-agent: *\nDisallow: /\nUser-agent: almoner\nAllow: /b/c\n";
    assert_false(allows(body, "/a"));
    assert_false(allows(body, "/b/"));
    assert_true(allows(body, "/b/c"));
    assert_true(allows(body, "/d"));
    assert_false(allows("User-agent: *\nDisallow: /\nUser-agent: almonerx\nAllow: /", "/"));
    assert_true(allows("Disallow: /\nUser-agent: *\nDisallow:\n", "/"));
}

/* A group with nothing in it but our name allows all: '*' is for those who are not named. */
static void an_empty_group_is_a_group(void **state) {
    (void)state;
    assert_true(allows("User-agent: almoner\n\nUser-agent: x\nDisallow: /y\n\nUser-agent: *\nDisallow: /\n", "/z"));
}

static void patterns(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *target;
        bool matches;
    } cases[] = {
        {"/a", "/abc", true},
        {"/a$", "/abc", false},
        {"/a$", "/a", true},
        {"/*.php$", "/x/y.php", true},
        {"/*.php$", "/x.php?z", false},
        {"/*a*b*c", "/xxaxxbxxc", true},
        {"/*a*b*c$", "/acbc", true},
        {"/*a*b*c$", "/acb", false},
        {"/a*", "/", false},
        {"/a%2fb", "/a/b", false},
        {"/a%2fb", "/a%2Fb", true},
        {"/%7ejoe", "/~joe", true},
        {"/~joe", "/%7Ejoe", true},
        {"/\xE4\xB8\xAD", "/%e4%b8%ad", true},
        {"/%24", "/$", true},
        {"/a$b", "/a$b", true},
        {"/a**b$", "/a--b", true},
        {"*", "/", true},
        {"/a*$", "/abc", true},
        {"/?q=%2a", "/?q=*", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char body[256];
        snprintf(body, sizeof body, "User-agent: *\nDisallow: %s\n", cases[i].pattern);
        if (allows(body, cases[i].target) == cases[i].matches) fail_msg("%s on %s", cases[i].pattern, cases[i].target);
    }
}

static void longest_rule_wins_and_is_named(void **state) {
    (void)state;
    alm_robots *robots = parse("user-agent: *\r\n\r\ndisallow: /a\rallow: /a/b\ndisallow: /a/b/c*\nallow: /a/b/c*\n");
    alm_robots_verdict verdict = alm_robots_judge(robots, ALM_STR("/a/b/x"));
    assert_true(verdict.allowed);
    assert_int_equal(verdict.line, 4);
    assert_true(alm_str_is_c(verdict.rule, "/a/b"));
    verdict = alm_robots_judge(robots, ALM_STR("/a/b/cd"));
    assert_true(verdict.allowed);
    assert_int_equal(verdict.line, 6);
    assert_int_equal(alm_robots_judge(robots, ALM_STR("/z")).line, 0);
    assert_true(alm_robots_allows(robots, ALM_STR("/robots.txt")));
    alm_robots_free(robots);
}

static void delays_and_sitemaps(void **state) {
    (void)state;
    alm_robots *robots = parse("Sitemap: http://a/1.xml\nUser-agent: almoner\nCrawl-delay: 2.5\nDisallow: /x\n"
                               "User-agent: *\nCrawl-delay: 100\nsitemap:http://a/2.xml#\n");
    assert_int_equal(alm_robots_crawl_delay_ms(robots), 2500);
    assert_int_equal(alm_robots_sitemap_count(robots), 2);
    assert_true(alm_str_is_c(alm_robots_sitemap(robots, 1), "http://a/2.xml"));
    alm_robots_free(robots);
    robots = parse("User-agent: *\nCrawl-delay: 99999999999999999999\n");
    assert_int_equal(alm_robots_crawl_delay_ms(robots), 24 * 60 * 60 * 1000);
    alm_robots_free(robots);
    robots = parse("User-agent: *\nCrawl-delay: soon\nDisallow:\n");
    assert_int_equal(alm_robots_crawl_delay_ms(robots), -1);
    alm_robots_free(robots);
}

static void only_the_first_500_kib_count(void **state) {
    (void)state;
    static char body[ALM_ROBOTS_MAX + 100];
    memset(body, '#', sizeof body);
    memcpy(body, "User-agent: *\n", 14);
    static const char rule[] = "\nDisallow: /late\n";
    memcpy(body + ALM_ROBOTS_MAX, rule, sizeof rule - 1);
    alm_robots *robots;
    assert_int_equal(alm_robots_parse(&robots, (alm_str){body, sizeof body}, ALM_STR("almoner"), NULL), ALM_OK);
    assert_true(alm_robots_describe(robots)->truncated);
    assert_true(alm_robots_allows(robots, ALM_STR("/late")));
    alm_robots_free(robots);
}

static void answers_without_a_file(void **state) {
    (void)state;
    alm_robots *robots;
    assert_int_equal(alm_robots_allow_all(&robots), ALM_OK);
    assert_true(alm_robots_allows(robots, ALM_STR("/a")));
    alm_robots_free(robots);
    assert_int_equal(alm_robots_disallow_all(&robots), ALM_OK);
    assert_false(alm_robots_allows(robots, ALM_STR("/a")));
    assert_true(alm_robots_allows(robots, ALM_STR("/robots.txt")));
    alm_robots_free(robots);
}

/* Stars that a matcher with many places to go back to would take for ever over. */
static void many_stars_end(void **state) {
    (void)state;
    static char body[9000] = "User-agent: *\nDisallow: /", target[8001];
    for (int i = 0; i < 4000; i++) strcat(body + 20, "*a");
    strcat(body, "b$\n");
    memset(target, 'a', sizeof target - 1);
    target[0] = '/';
    assert_true(allows(body, target));
}

static alm_robots_tag tag_of(const char *value) {
    alm_robots_tag tag = {0};
    alm_robots_tag_add_header(&tag, alm_str_of(value), ALM_STR("almoner/1.0"));
    return tag;
}

static void header_directives(void **state) {
    (void)state;
    assert_true(tag_of("NoIndex").noindex);
    assert_true(tag_of("noarchive, nofollow").nofollow);
    alm_robots_tag tag = tag_of("none");
    assert_true(tag.noindex && tag.nofollow);
    tag = tag_of("otherbot: noindex, nofollow");
    assert_false(tag.noindex || tag.nofollow);
    tag = tag_of("otherbot: noindex, Almoner: nofollow");
    assert_true(tag.nofollow && !tag.noindex);
    tag = tag_of("unavailable_after: 25 Jun 2010 15:00:00 PST, noindex");
    assert_true(tag.noindex);
    assert_false(tag_of("max-snippet: 0, all").noindex);
}

static void meta_directives(void **state) {
    (void)state;
    alm_robots_tag tag = {0};
    alm_robots_tag_add_meta(&tag, ALM_STR("googlebot"), ALM_STR("none"), ALM_STR("almoner"));
    assert_false(tag.noindex);
    alm_robots_tag_add_meta(&tag, ALM_STR("ROBOTS"), ALM_STR("noindex follow"), ALM_STR("almoner"));
    assert_true(tag.noindex && !tag.nofollow);
    alm_robots_tag_add_meta(&tag, ALM_STR("almoner"), ALM_STR("nofollow"), ALM_STR("almoner"));
    assert_true(tag.nofollow);
}

static void out_of_memory(void **state) {
    (void)state;
    static const char body[] =
        "User-agent: almoner\nDisallow: /a\nAllow: /b\nSitemap: x\nUser-agent: *\nDisallow: /c\n";
    for (int64_t after = 0;; after++) {
        alm_robots *robots = NULL;
        alm_alloc_fail_after(after);
        alm_status status = alm_robots_parse(&robots, alm_str_of(body), ALM_STR("almoner"), NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        if (status == ALM_OK) alm_robots_free(robots);
        if (!failed) break;
        assert_true(status == ALM_E_NOMEM || status == ALM_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),
        cmocka_unit_test(groups_of_the_token_are_merged),
        cmocka_unit_test(an_empty_group_is_a_group),
        cmocka_unit_test(patterns),
        cmocka_unit_test(longest_rule_wins_and_is_named),
        cmocka_unit_test(delays_and_sitemaps),
        cmocka_unit_test(only_the_first_500_kib_count),
        cmocka_unit_test(answers_without_a_file),
        cmocka_unit_test(many_stars_end),
        cmocka_unit_test(header_directives),
        cmocka_unit_test(meta_directives),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
