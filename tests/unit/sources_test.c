#include "crawler/sources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"

#define HEAD "sources:\n  - name: a\n    seeds: [http://www.a.org.cn/xw/index.html]\n"

static alm_sources *parse(const char *text) {
    alm_sources *sources = NULL;
    alm_err err = {0};
    if (alm_sources_parse(&sources, "s.yaml", alm_str_of(text), &err) != ALM_OK) fail_msg("%s", err.message);
    return sources;
}

static void defaults_are_polite(void **state) {
    (void)state;
    alm_sources *sources = parse(HEAD);
    const alm_source *s = &sources->items[0];
    assert_int_equal(sources->count, 1);
    assert_int_equal(s->politeness.delay_ms, 1000);
    assert_int_equal(s->politeness.connections, 0);
    assert_false(s->ignore_robots);
    assert_false(s->fetch.allow_private);
    assert_true(s->fetch.no_redirects);
    assert_int_equal(s->scope, ALM_SCOPE_HOST);
    alm_sources_free(sources);
}

static void keys_are_read_and_defaults_inherited(void **state) {
    (void)state;
    alm_sources *sources = parse("defaults: {delay: 2.5, retries: 1, exclude: ['/login']}\n" HEAD
                                 "    delay: 500ms\n    robots: false\n    revisit: {min: 2h, max: 3d}\n"
                                 "    headers: {X-A: b}\n    sitemaps: none\n    feeds: [http://www.a.org.cn/rss.xml]\n"
                                 "  - name: b\n    seeds: [b.cn]\n    revisit: never\nhost_pages: 5\n");
    const alm_source *a = &sources->items[0], *b = &sources->items[1];
    assert_int_equal(a->politeness.delay_ms, 500);
    assert_int_equal(b->politeness.delay_ms, 2500);
    assert_int_equal(b->retries, 1);
    assert_true(a->ignore_robots);
    assert_false(b->ignore_robots);
    assert_int_equal(a->revisit_min_s, 7200);
    assert_int_equal(a->revisit_max_s, 3 * 86400);
    assert_int_equal(b->revisit_max_s, 0);
    assert_string_equal(a->fetch.headers[0], "X-A: b");
    assert_int_equal(a->sitemaps, ALM_DISCOVER_NONE);
    assert_int_equal(a->feed_count, 1);
    assert_string_equal(b->seeds[0].href.ptr, "http://b.cn/");
    assert_int_equal(sources->host_pages, 5);
    alm_sources_free(sources);
}

static void schedules_are_read(void **state) {
    (void)state;
    alm_sources *sources = parse("defaults: {schedule: every 6h, jitter: 10m, max_time: 90m}\n" HEAD
                                 "    schedule: 30 3 * * mon-fri\n    timezone: Europe/Berlin\n"
                                 "    blackout: ['mon-fri 08:00-18:00', 'sun']\n"
                                 "  - name: b\n    seeds: [b.cn]\n"
                                 "  - name: c\n    seeds: [c.cn, news.b.cn]\n    schedule: never\n");
    const alm_source *a = &sources->items[0], *b = &sources->items[1], *c = &sources->items[2];
    assert_int_equal(a->timetable.kind, ALM_BY_CRON);
    assert_string_equal(alm_zone_name(a->timetable.zone), "Europe/Berlin");
    assert_string_equal(a->schedule.ptr, "30 3 * * mon-fri");
    assert_int_equal(a->timetable.blackout_count, 2);
    assert_int_equal(a->timetable.jitter_s, 600);
    assert_int_equal(b->timetable.kind, ALM_BY_INTERVAL);
    assert_int_equal(b->timetable.every_s, 6 * 3600);
    assert_string_equal(alm_zone_name(b->timetable.zone), "Asia/Shanghai");
    assert_int_equal(b->max_time_s, 5400);
    assert_int_equal(c->timetable.kind, ALM_NEVER);
    assert_true(alm_sources_share_site(b, c));
    assert_false(alm_sources_share_site(a, c));
    alm_sources_free(sources);
}

static void faults_are_told_with_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *message;
    } cases[] = {
        {HEAD "    delai: 3\n", 4, 5, "unknown key 'delai'"},
        {HEAD "    delay: soon\n", 4, 12, "expected a duration"},
        {HEAD "    delay: -1\n", 4, 12, "expected a duration"},
        {HEAD "    scope: planet\n", 4, 12, "expected one of host, domain, path, found 'planet'"},
        {HEAD "    include: ['a', '(b']\n", 4, 20, "pattern '(b'"},
        {HEAD "    depth: 1001\n", 4, 12, "expected 0 to 1000"},
        {HEAD "    robots: maybe\n", 4, 13, "expected true or false"},
        {HEAD "    revisit: {min: 3d, max: 1d}\n", 4, 14, "min <= max"},
        {HEAD "    resolve: {a: b}\n", 4, 18, "address:port"},
        {HEAD "    headers: {\"A:b\": c}\n", 4, 15, "control characters"},
        {HEAD "    schedule: 61 * * * *\n", 4, 15, "minute '61': no such value"},
        {HEAD "    schedule: 0 3 * *\n", 4, 15, "expected five fields (minute hour day month weekday), found 4"},
        {HEAD "    schedule: '@often'\n", 4, 15, "expected @hourly"},
        {HEAD "    schedule: every 10s\n", 4, 15, "'every 10s': expected an interval"},
        {HEAD "    schedule: 0 0 30 2 *\n", 4, 15, "that day never comes"},
        {HEAD "    timezone: Asia/Atlantis\n", 4, 15, "no time zone 'Asia/Atlantis'"},
        {HEAD "    timezone: ../../etc/passwd\n", 4, 15, "no time zone"},
        {HEAD "    jitter: 2d\n", 4, 13, "expected a day at most"},
        {HEAD "    blackout: ['8-18']\n", 4, 16, "day of week '8-18': no such value"},
        {HEAD "    blackout: ['sat', 'mon 25:00-26:00']\n", 4, 23, "expected hours such as"},
        {HEAD "    blackout: ['00:00-12:00', '12:00-24:00']\n", 4, 15, "no hour of the week is left"},
        {HEAD "  - name: a\n    seeds: [b.cn]\n", 4, 5, "stands twice"},
        {"sources:\n  - name: a\n", 2, 5, "needs seeds"},
        {"sources:\n  - seeds: ['http://a b/']\n", 2, 13, "expected an http or https URL"},
        {"sources:\n  - seeds: [a.cn]\n", 2, 5, "needs a name"},
        {"sources: []\n", 1, 10, "at least one source"},
        {"source: []\n", 1, 1, "unknown key 'source'"},
        {"defaults: {}\n", 1, 1, "expected the key 'sources'"},
        {"- a\n", 1, 1, "expected a mapping"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_sources *sources = NULL;
        alm_err err = {0};
        alm_status status = alm_sources_parse(&sources, "s.yaml", alm_str_of(cases[i].text), &err);
        if (status != ALM_E_PARSE || err.line != cases[i].line || err.column != cases[i].column ||
            alm_str_find(alm_str_of(err.message), alm_str_of(cases[i].message), 0) == SIZE_MAX)
            fail_msg("case %zu: %d at %u:%u: %s", i, (int)status, err.line, err.column, err.message);
        assert_string_equal(err.file, "s.yaml");
    }
}

static const char *judge(const alm_source *source, const char *text, uint32_t depth) {
    alm_arena arena;
    alm_url url;
    alm_arena_init(&arena, 1 << 20);
    assert_int_equal(alm_url_parse(&url, &arena, alm_str_of(text), NULL, NULL), ALM_OK);
    const char *reason = alm_source_refuses(source, &url, depth);
    alm_arena_release(&arena);
    return reason ? reason : "";
}

static void urls_are_judged(void **state) {
    (void)state;
    alm_sources *host = parse(HEAD), *domain = parse(HEAD "    scope: domain\n"),
                *path =
                    parse(HEAD "    scope: path\n    depth: 2\n    include: ['\\.html$']\n    exclude: ['/old/']\n");
    assert_string_equal(judge(host->items, "https://www.a.org.cn/other", 1), "");
    assert_string_equal(judge(host->items, "http://a.org.cn/", 1), "");
    assert_string_equal(judge(host->items, "http://b.a.org.cn/", 1), "scope");
    assert_string_equal(judge(domain->items, "http://b.a.org.cn/", 1), "");
    assert_string_equal(judge(domain->items, "http://b.org.cn/", 1), "scope");
    assert_string_equal(judge(path->items, "http://www.a.org.cn/xw/1.html", 1), "");
    assert_string_equal(judge(path->items, "http://www.a.org.cn/gg/1.html", 1), "scope");
    assert_string_equal(judge(path->items, "http://www.a.org.cn/xw/1.html", 3), "depth");
    assert_string_equal(judge(path->items, "http://www.a.org.cn/xw/old/1.html", 1), "exclude");
    assert_string_equal(judge(path->items, "http://www.a.org.cn/xw/1.asp", 1), "include");
    alm_sources_free(host);
    alm_sources_free(domain);
    alm_sources_free(path);
}

static void memory_may_fail_at_every_allocation(void **state) {
    (void)state;
    for (int64_t n = 0;; n++) {
        alm_sources *sources = NULL;
        alm_alloc_fail_after(n);
        alm_status status =
            alm_sources_parse(&sources, "s.yaml",
                              ALM_STR(HEAD "    include: [a, b]\n    schedule: every 1h\n    blackout: [sun]\n"), NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        alm_sources_free(sources);
        if (!failed) {
            assert_int_equal(status, ALM_OK);
            break;
        }
        assert_int_not_equal(status, ALM_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_polite), cmocka_unit_test(keys_are_read_and_defaults_inherited),
        cmocka_unit_test(schedules_are_read),  cmocka_unit_test(faults_are_told_with_their_place),
        cmocka_unit_test(urls_are_judged),     cmocka_unit_test(memory_may_fail_at_every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
