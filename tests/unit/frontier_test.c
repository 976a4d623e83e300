#include "crawler/frontier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"

typedef struct place {
    char folder[64], path[96];
    alm_frontier *frontier;
} place;

static alm_frontier *open_with(const alm_frontier_sqlite_options *options) {
    alm_frontier *frontier = NULL;
    alm_err err = {0};
    alm_status status = alm_frontier_sqlite_new(&frontier, options, &err);
    if (status != ALM_OK) fail_msg("%s", err.message);
    return frontier;
}

static void reopen(place *at) {
    alm_frontier_free(at->frontier);
    at->frontier = open_with(&(alm_frontier_sqlite_options){.path = at->path});
}

static int set_up(void **state) {
    place *at = calloc(1, sizeof *at);
    snprintf(at->folder, sizeof at->folder, "/tmp/almoner-frontier-XXXXXX");
    assert_non_null(mkdtemp(at->folder));
    snprintf(at->path, sizeof at->path, "%s/frontier.db", at->folder);
    at->frontier = open_with(&(alm_frontier_sqlite_options){.path = at->path});
    *state = at;
    return 0;
}

static int tear_down(void **state) {
    place *at = *state;
    alm_frontier_free(at->frontier);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", at->path, ends[i]);
        unlink(path);
    }
    rmdir(at->folder);
    free(at);
    return 0;
}

static alm_status add(alm_frontier *f, const char *url, const char *host, uint32_t rank, const char *reason,
                      int64_t *id) {
    alm_frontier_link link = {.url = alm_str_of(url), .host = alm_str_of(host), .rank = rank, .reason = reason};
    return alm_frontier_add(f, &link, id, NULL);
}

static void expect_take(alm_frontier *f, int64_t host, const char *url, int64_t *id) {
    alm_frontier_entry *entry = NULL;
    alm_status status = alm_frontier_take(f, host, &entry, NULL);
    if (!url) {
        assert_int_equal(status, ALM_END);
        return;
    }
    assert_int_equal(status, ALM_OK);
    assert_string_equal(entry->url, url);
    *id = entry->id;
    alm_frontier_entry_free(entry);
}

static void finish(alm_frontier *f, int64_t id, alm_url_state state, int64_t due_ms) {
    alm_visit visit = {.id = id, .state = state, .due_ms = due_ms, .answered = true, .status = 200, .fetched_ms = 5};
    assert_int_equal(alm_frontier_finish(f, &visit, NULL), ALM_OK);
}

static void a_url_is_added_once_and_taken_by_rank(void **state) {
    place *at = *state;
    int64_t host = 0, id = 0;
    assert_int_equal(add(at->frontier, "http://a/2", "a", 2, NULL, &host), ALM_OK);
    assert_int_equal(add(at->frontier, "http://a/1", "a", 1, NULL, &host), ALM_OK);
    assert_int_equal(add(at->frontier, "http://a/1", "a", 1, NULL, &host), ALM_END);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    reopen(at);
    assert_int_equal(add(at->frontier, "http://a/2", "a", 1, NULL, &host), ALM_END);
    expect_take(at->frontier, host, "http://a/1", &id);
    expect_take(at->frontier, host, "http://a/2", &id);
    expect_take(at->frontier, host, NULL, NULL);
}

static void what_was_taken_and_not_finished_is_queued_after_a_crash(void **state) {
    place *at = *state;
    int64_t host = 0, one = 0, two = 0;
    assert_int_equal(add(at->frontier, "http://a/1", "a", 0, NULL, &host), ALM_OK);
    assert_int_equal(add(at->frontier, "http://a/2", "a", 0, NULL, &host), ALM_OK);
    expect_take(at->frontier, host, "http://a/1", &one);
    expect_take(at->frontier, host, "http://a/2", &two);
    finish(at->frontier, one, ALM_URL_DONE, 0);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    finish(at->frontier, two, ALM_URL_DONE, 0); /* never committed */
    assert_int_equal(add(at->frontier, "http://a/3", "a", 0, NULL, &host), ALM_OK);
    reopen(at);
    expect_take(at->frontier, host, "http://a/2", &two);
    expect_take(at->frontier, host, NULL, NULL);
}

static void put_back_makes_it_takable_again(void **state) {
    place *at = *state;
    int64_t host = 0;
    assert_int_equal(add(at->frontier, "http://a/1", "a", 0, NULL, &host), ALM_OK);
    alm_frontier_entry *entry = NULL;
    assert_int_equal(alm_frontier_take(at->frontier, host, &entry, NULL), ALM_OK);
    alm_frontier_put_back(at->frontier, entry);
    alm_frontier_entry_free(entry);
    int64_t id;
    expect_take(at->frontier, host, "http://a/1", &id);
}

static void note_host(void *context, const alm_frontier_host *host) { *(int64_t *)context = host->id; }

static void retries_and_revisits_come_when_due(void **state) {
    place *at = *state;
    int64_t host = 0, one, two, due = 0, told = 0;
    assert_int_equal(add(at->frontier, "http://a/1", "a", 0, NULL, &host), ALM_OK);
    assert_int_equal(add(at->frontier, "http://a/2", "a", 0, NULL, &host), ALM_OK);
    expect_take(at->frontier, host, "http://a/1", &one);
    expect_take(at->frontier, host, "http://a/2", &two);
    finish(at->frontier, one, ALM_URL_RETRY, 1000);
    finish(at->frontier, two, ALM_URL_DONE, 2000);
    assert_int_equal(alm_frontier_next_retry(at->frontier, &due, NULL), ALM_OK);
    assert_int_equal(due, 1000);
    assert_int_equal(alm_frontier_promote(at->frontier, 999, 100, note_host, &told, NULL), ALM_END);
    assert_int_equal(alm_frontier_promote(at->frontier, 1000, 100, note_host, &told, NULL), ALM_OK);
    assert_int_equal(told, host);
    expect_take(at->frontier, host, "http://a/1", &one);
    expect_take(at->frontier, host, NULL, NULL);
    assert_int_equal(alm_frontier_next_retry(at->frontier, &due, NULL), ALM_END);
    assert_int_equal(alm_frontier_promote(at->frontier, 2000, 100, note_host, &told, NULL), ALM_OK);
    expect_take(at->frontier, host, "http://a/2", &two);
}

static void the_last_visit_is_remembered(void **state) {
    place *at = *state;
    int64_t host = 0, id, told;
    uint8_t digest[ALM_SHA256_LEN] = {1, 2, 3};
    assert_int_equal(add(at->frontier, "http://a/1", "a", 0, NULL, &host), ALM_OK);
    expect_take(at->frontier, host, "http://a/1", &id);
    alm_visit visit = {.id = id,
                       .state = ALM_URL_DONE,
                       .due_ms = 10,
                       .answered = true,
                       .status = 200,
                       .fetched_ms = 5,
                       .etag = ALM_STR("\"e\""),
                       .last_modified = ALM_STR("yesterday"),
                       .sha256 = digest,
                       .visits = 3,
                       .changes = 2,
                       .interval_s = 60};
    assert_int_equal(alm_frontier_finish(at->frontier, &visit, NULL), ALM_OK);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    assert_int_equal(alm_frontier_promote(at->frontier, 10, 1, note_host, &told, NULL), ALM_OK);
    alm_frontier_entry *entry = NULL;
    assert_int_equal(alm_frontier_take(at->frontier, host, &entry, NULL), ALM_OK);
    assert_string_equal(entry->etag, "\"e\"");
    assert_string_equal(entry->last_modified, "yesterday");
    assert_true(entry->has_sha256);
    assert_memory_equal(entry->sha256, digest, sizeof digest);
    assert_int_equal(entry->visits, 3);
    assert_int_equal(entry->changes, 2);
    assert_int_equal(entry->interval_s, 60);
    alm_frontier_entry_free(entry);
}

static void a_host_has_a_budget_and_drops_are_counted(void **state) {
    place *at = *state;
    alm_frontier_free(at->frontier);
    at->frontier =
        open_with(&(alm_frontier_sqlite_options){.path = at->path, .max_urls_per_host = 3, .max_dropped_rows = 2});
    int64_t host = 0;
    char url[64];
    for (int i = 0; i < 10; i++) {
        snprintf(url, sizeof url, "http://a/%d", i);
        assert_int_equal(add(at->frontier, url, "a", 0, NULL, &host), i < 3 ? ALM_OK : ALM_END);
    }
    alm_frontier_stats stats;
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    assert_int_equal(alm_frontier_count(at->frontier, &stats, NULL), ALM_OK);
    assert_int_equal(stats.states[ALM_URL_QUEUED], 3);
    assert_int_equal(stats.states[ALM_URL_DROPPED], 2);
    assert_int_equal(stats.dropped_more, 5);
}

static bool count_row(void *context, const alm_frontier_row *row) {
    assert_string_equal(row->reason, "scope");
    ++*(int *)context;
    return true;
}

static void dropped_urls_are_listed_and_requeued(void **state) {
    place *at = *state;
    int64_t host = 0, id;
    assert_int_equal(add(at->frontier, "http://b/1", "b", 0, "scope", &host), ALM_END);
    assert_int_equal(add(at->frontier, "http://a/1", "a", 0, NULL, &host), ALM_OK);
    alm_frontier_filter filter = {.by_state = true, .state = ALM_URL_DROPPED, .host = "b"};
    int rows = 0;
    assert_int_equal(alm_frontier_list(at->frontier, &filter, count_row, &rows, NULL), ALM_OK);
    assert_int_equal(rows, 1);
    uint64_t count = 0;
    assert_int_equal(alm_frontier_set_state(at->frontier, &filter, ALM_URL_QUEUED, NULL, &count, NULL), ALM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    reopen(at);
    int64_t other = 1; /* b was seen first */
    expect_take(at->frontier, other, "http://b/1", &id);
}

static void answers_lost_with_an_archive_are_fetched_again(void **state) {
    place *at = *state;
    int64_t host = 0, ids[2], number;
    uint64_t length = 0, requeued = 0;
    assert_int_equal(add(at->frontier, "http://a/1", "a", 0, NULL, &host), ALM_OK);
    assert_int_equal(add(at->frontier, "http://a/2", "a", 0, NULL, &host), ALM_OK);
    assert_int_equal(alm_frontier_archive_put(at->frontier, ALM_STR("x.warc.gz"), 100, &number, NULL), ALM_OK);
    for (int i = 0; i < 2; i++) {
        expect_take(at->frontier, host, i ? "http://a/2" : "http://a/1", &ids[i]);
        alm_visit visit = {.id = ids[i],
                           .state = ALM_URL_DONE,
                           .answered = true,
                           .status = 200,
                           .archive = number,
                           .offset = (uint64_t)i * 50,
                           .length = 50};
        assert_int_equal(alm_frontier_finish(at->frontier, &visit, NULL), ALM_OK);
    }
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    assert_int_equal(alm_frontier_archive_cut(at->frontier, ALM_STR("x.warc.gz"), 60, &requeued, NULL), ALM_OK);
    assert_int_equal(requeued, 1);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    assert_int_equal(alm_frontier_archive_get(at->frontier, ALM_STR("x.warc.gz"), &length, NULL), ALM_OK);
    assert_int_equal(length, 60);
    expect_take(at->frontier, host, "http://a/2", &ids[0]);
    expect_take(at->frontier, host, NULL, NULL);
}

static void visit_text(alm_frontier *f, int64_t host, const char *url, uint64_t simhash, uint8_t body,
                       const char *day) {
    int64_t id = 0;
    uint8_t digest[ALM_SHA256_LEN] = {body, 9};
    expect_take(f, host, url, &id);
    alm_visit visit = {.id = id,
                       .state = ALM_URL_DONE,
                       .answered = true,
                       .status = 200,
                       .fetched_ms = 5,
                       .sha256 = digest,
                       .simhash = simhash,
                       .published = alm_str_of(day)};
    assert_int_equal(alm_frontier_finish(f, &visit, NULL), ALM_OK);
}

typedef struct listing {
    char text[512];
} listing;

static bool add_member(void *context, const alm_frontier_member *member) {
    listing *l = context;
    size_t used = strlen(l->text);
    snprintf(l->text + used, sizeof l->text - used, "%s%s", member->origin ? "|" : " ", strrchr(member->url, '/') + 1);
    return true;
}

static void copies_are_tied_and_the_origin_comes_first(void **state) {
    place *at = *state;
    int64_t host = 0;
    static const struct {
        const char *url, *day;
        uint64_t simhash;
        uint8_t body;
    } pages[] = {{"http://a/0", "2020-02-03", 0xF0F0F0F0F0F0F0F0u, 0},
                 {"http://a/1", "2020-02-01", 0xF0F0F0F0F0F0F0F7u, 1}, /* three bits from 0 */
                 {"http://a/2", "", 0, 2},
                 {"http://a/3", "2020-02-09", 0, 2},                    /* the body of 2; both have no text */
                 {"http://a/4", "2020-02-09", 0xF0F0F0F0F0F0F00Fu, 4},  /* eight bits away */
                 {"http://a/5", "2020-02-02", 0xF1F1F1F0F0F0F0F0u, 5}}; /* three from 0, six from 1 */
    for (size_t i = 0; i < 6; i++) assert_int_equal(add(at->frontier, pages[i].url, "a", 0, NULL, &host), ALM_OK);
    for (size_t i = 0; i < 6; i++)
        visit_text(at->frontier, host, pages[i].url, pages[i].simhash, pages[i].body, pages[i].day);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    listing got = {""};
    assert_int_equal(alm_frontier_clusters(at->frontier, add_member, &got, NULL), ALM_OK);
    assert_string_equal(got.text, "|1 5 0|3 2");
}

/* One text on nine hosts: what pages say of themselves goes before what their dates say. */
static void the_origin_is_whom_the_others_name(void **state) {
    place *at = *state;
    const struct {
        const char *url, *host, *day;
        alm_provenance from;
    } pages[] = {
        {"http://spam.cn/0", "spam.cn", "2019-01-01", {.marks = 40}},
        {"http://copy.cn/1", "copy.cn", "2020-01-01", {.source = ALM_STR("City Chamber"), .site = ALM_STR("Daily")}},
        {"http://moved.cn/2", "moved.cn", "2020-01-01", {.elsewhere = true}},
        {"http://plain.cn/3", "plain.cn", "2020-01-03", {.marks = 2}},
        {"http://x.gov.cn/4", "x.gov.cn", "2020-01-03", {.marks = 0}},
        {"http://own.cn/5", "own.cn", "2020-01-05", {.source = ALM_STR("Evening"), .site = ALM_STR("Evening news")}},
        {"http://chamber.cn/6", "chamber.cn", "2020-01-09", {.site = ALM_STR("City Chamber online")}},
    };
    enum { COUNT = sizeof pages / sizeof pages[0] };
    int64_t host[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(add(at->frontier, pages[i].url, pages[i].host, 0, NULL, &host[i]), ALM_OK);
    for (size_t i = 0; i < COUNT; i++) {
        alm_frontier_entry *entry;
        uint8_t digest[ALM_SHA256_LEN] = {(uint8_t)i};
        assert_int_equal(alm_frontier_take(at->frontier, host[i], &entry, NULL), ALM_OK);
        alm_visit visit = {.id = entry->id,
                           .state = ALM_URL_DONE,
                           .answered = true,
                           .status = 200,
                           .fetched_ms = 5,
                           .sha256 = digest,
                           .simhash = 0xF0F0F0F0F0F0F0F0u,
                           .published = alm_str_of(pages[i].day),
                           .provenance = pages[i].from};
        assert_int_equal(alm_frontier_finish(at->frontier, &visit, NULL), ALM_OK);
        alm_frontier_entry_free(entry);
    }
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    listing got = {""};
    assert_int_equal(alm_frontier_clusters(at->frontier, add_member, &got, NULL), ALM_OK);
    assert_string_equal(got.text, "|6 5 4 3 1 2 0");
}

static void robots_are_kept(void **state) {
    place *at = *state;
    alm_frontier_robots robots = {.fetched_ms = 7, .status = 200, .body = ALM_STR("User-agent: *\n")};
    assert_int_equal(alm_frontier_robots_put(at->frontier, ALM_STR("http://a"), &robots, NULL), ALM_OK);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    alm_frontier_robots got;
    assert_int_equal(alm_frontier_robots_get(at->frontier, ALM_STR("http://b"), &got, NULL), ALM_END);
    assert_int_equal(alm_frontier_robots_get(at->frontier, ALM_STR("http://a"), &got, NULL), ALM_OK);
    assert_int_equal(got.fetched_ms, 7);
    assert_true(alm_str_is(got.body, robots.body));
}

static void a_borrowed_robots_body_does_not_lock_the_checkpoint(void **state) {
    place *at = *state;
    alm_frontier_robots robots = {.fetched_ms = 7, .status = 200, .body = ALM_STR("User-agent: *\n")}, got;
    assert_int_equal(alm_frontier_robots_put(at->frontier, ALM_STR("http://a"), &robots, NULL), ALM_OK);
    int64_t host;
    char url[1500];
    for (int i = 0; i < 15000; i++) { /* enough pages of the log for a checkpoint */
        if (i % 200 == 0)
            assert_int_equal(alm_frontier_robots_get(at->frontier, ALM_STR("http://a"), &got, NULL) < 0, 0);
        snprintf(url, sizeof url, "http://a/%d/%01400d", i, i);
        assert_int_equal(add(at->frontier, url, "a", 0, NULL, &host), ALM_OK);
        if (i % 200 == 199) assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    }
}

/* ---- a queue that is too long for memory ---- */

enum { LONG = 40000, LONG_RANKS = 3 };

static void add_many(alm_frontier *f, int from, int to, int64_t *host) {
    char url[64];
    for (int i = from; i < to; i++) {
        snprintf(url, sizeof url, "http://a/%d", i);
        assert_int_equal(add(f, url, "a", 1 + (uint32_t)i % LONG_RANKS, NULL, host), ALM_OK);
    }
}

/* Take up to @p max, finish each, and check that they come by rank, then by number, and each but once. */
static int take_in_order(alm_frontier *f, int64_t host, int max, bool *seen) {
    int taken = 0, last = -1;
    alm_frontier_entry *entry = NULL;
    while (taken < max && alm_frontier_take(f, host, &entry, NULL) == ALM_OK) {
        int number = atoi(strrchr(entry->url, '/') + 1), order = number % LONG_RANKS * 2 * LONG + number;
        assert_true(order > last);
        assert_false(seen[number]);
        seen[number] = true;
        last = order;
        finish(f, entry->id, ALM_URL_DONE, 0);
        alm_frontier_entry_free(entry);
        if (++taken % 500 == 0) assert_int_equal(alm_frontier_commit(f, NULL), ALM_OK);
    }
    return taken;
}

static void a_long_queue_keeps_its_order_over_restarts(void **state) {
    place *at = *state;
    static bool seen[LONG + 30];
    memset(seen, 0, sizeof seen);
    int64_t host = 0, id = 0;
    add_many(at->frontier, 0, LONG, &host);
    for (int i = 0; i < 10; i++) { /* taken while the queue goes to disk, and not finished */
        alm_frontier_entry *entry = NULL;
        assert_int_equal(alm_frontier_take(at->frontier, host, &entry, NULL), ALM_OK);
        alm_frontier_entry_free(entry);
    }
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    add_many(at->frontier, LONG, LONG + 30, &host); /* not on disk yet: of all ranks */
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    reopen(at);
    assert_int_equal(take_in_order(at->frontier, host, 1000, seen), 1000);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    expect_take(at->frontier, host, "http://a/3000", &id);
    finish(at->frontier, id, ALM_URL_RETRY, 7); /* and never committed */
    reopen(at);
    expect_take(at->frontier, host, "http://a/3000", &id);
    finish(at->frontier, id, ALM_URL_RETRY, 7);
    expect_take(at->frontier, host, "http://a/3003", &id);
    assert_int_equal(alm_frontier_promote(at->frontier, 8, 9, note_host, &id, NULL), ALM_OK);
    assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    reopen(at);
    assert_int_equal(take_in_order(at->frontier, host, LONG, seen), LONG + 30 - 1000);
    expect_take(at->frontier, host, NULL, NULL);
    reopen(at);
    memset(seen, 0, sizeof seen);
    alm_frontier_filter all = {.host = "a"};
    uint64_t count = 0;
    assert_int_equal(alm_frontier_set_state(at->frontier, &all, ALM_URL_QUEUED, NULL, &count, NULL), ALM_OK);
    assert_int_equal(count, LONG + 30);
    assert_int_equal(take_in_order(at->frontier, host, LONG * 2, seen), LONG + 30);
}

/* Twins are found among those in memory, those on disk, and those that a start makes up again. */
static void texts_are_found_over_restarts(void **state) {
    place *at = *state;
    int64_t host = 0;
    enum { COUNT = 34000, TWINS = 3 };
    char url[64];
    for (int i = 0; i < COUNT + TWINS; i++) {
        snprintf(url, sizeof url, "http://a/%d", i);
        assert_int_equal(add(at->frontier, url, "a", 0, NULL, &host), ALM_OK);
    }
    uint64_t hash = 88172645463325252u;
    static const int twins[TWINS] = {5, COUNT / 2, COUNT - 5};
    uint64_t hashes[TWINS] = {0};
    for (int i = 0; i < COUNT; i++) {
        hash ^= hash << 13, hash ^= hash >> 7, hash ^= hash << 17;
        for (int t = 0; t < TWINS; t++)
            if (twins[t] == i) hashes[t] = hash;
        snprintf(url, sizeof url, "http://a/%d", i);
        visit_text(at->frontier, host, url, hash, (uint8_t)i, "");
        if (i % 500 == 499) assert_int_equal(alm_frontier_commit(at->frontier, NULL), ALM_OK);
    }
    reopen(at);
    for (int t = 0; t < TWINS; t++) {
        snprintf(url, sizeof url, "http://a/%d", COUNT + t);
        visit_text(at->frontier, host, url, hashes[t] ^ 1u << t, 0, "");
    }
    listing got = {""};
    assert_int_equal(alm_frontier_clusters(at->frontier, add_member, &got, NULL), ALM_OK);
    assert_string_equal(got.text, "|5 34000|17000 34001|33995 34002");
}

static void memory_may_fail_at_every_allocation(void **state) {
    place *at = *state;
    for (int64_t n = 0;; n++) {
        alm_frontier *second = NULL;
        int64_t host;
        alm_alloc_fail_after(n);
        alm_status status = alm_frontier_sqlite_new(&second, &(alm_frontier_sqlite_options){.path = at->path}, NULL);
        if (status == ALM_OK) status = add(second, "http://oom/1", "oom", 0, NULL, &host);
        alm_frontier_entry *entry = NULL;
        if (status == ALM_OK) status = alm_frontier_take(second, host, &entry, NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        alm_frontier_entry_free(entry);
        alm_frontier_free(second);
        if (!failed) {
            assert_int_equal(status, ALM_OK);
            break;
        }
        assert_int_equal(status, ALM_E_NOMEM);
    }
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_url_is_added_once_and_taken_by_rank),
        CASE(what_was_taken_and_not_finished_is_queued_after_a_crash),
        CASE(put_back_makes_it_takable_again),
        CASE(retries_and_revisits_come_when_due),
        CASE(the_last_visit_is_remembered),
        CASE(a_host_has_a_budget_and_drops_are_counted),
        CASE(dropped_urls_are_listed_and_requeued),
        CASE(answers_lost_with_an_archive_are_fetched_again),
        CASE(copies_are_tied_and_the_origin_comes_first),
        CASE(the_origin_is_whom_the_others_name),
        CASE(robots_are_kept),
        CASE(a_borrowed_robots_body_does_not_lock_the_checkpoint),
        CASE(a_long_queue_keeps_its_order_over_restarts),
        CASE(texts_are_found_over_restarts),
        CASE(memory_may_fail_at_every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
