#include "cli/crawl_dry_run.h"

#include <inttypes.h>
#include <stdio.h>

#include "crawler/clock.h"
#include "crawler/frontier.h"
#include "crawler/keyset.h"
#include "crawler/robots_fetch.h"

enum { ARENA_MAX = 1 << 20, FRESH_MS = 24 * 3600 * 1000, ORIGIN_MAX = 512 };

typedef enum verdict { ALLOWED, FORBIDDEN, NOT_KNOWN } verdict;

typedef struct dry_run {
    const alm_sources *sources;
    alm_frontier *frontier; /* NULL: there is no store yet */
    int64_t now_ms;
    alm_arena arena; /* of one URL */
    char origin[ORIGIN_MAX];
    alm_robots *robots; /* of origin; NULL: not known */
    alm_keyset known;   /* URLs of the store */
    uint64_t counts[3];
    alm_status status;
    alm_err *err;
} dry_run;

static bool obeys_robots(const dry_run *d, const alm_url *url) {
    for (size_t i = 0; i < d->sources->count; i++)
        if (d->sources->items[i].ignore_robots && !alm_source_refuses(&d->sources->items[i], url, 0)) return false;
    return true;
}

/* The rules that the store has of @p url's origin. URLs come host by host more often than not: one is remembered. */
static alm_status look_up_robots(dry_run *d, const alm_url *url) {
    char origin[ORIGIN_MAX];
    snprintf(origin, sizeof origin, "%.*s", ALM_FMT(alm_url_origin(url)));
    if (strcmp(origin, d->origin) == 0) return ALM_OK;
    memcpy(d->origin, origin, sizeof origin);
    alm_robots_free(d->robots);
    d->robots = NULL;
    alm_frontier_robots kept;
    alm_status status = d->frontier ? alm_frontier_robots_get(d->frontier, alm_str_of(origin), &kept, d->err) : ALM_END;
    if (status != ALM_OK) return status == ALM_END ? ALM_OK : status;
    if (d->now_ms - kept.fetched_ms >= FRESH_MS) return ALM_OK;
    alm_robots_access access = alm_robots_access_of(ALM_OK, kept.status, kept.body);
    return alm_robots_of_access(&d->robots, access, kept.body, ALM_STR("almoner"), d->err);
}

static void tell(dry_run *d, const alm_url *url) {
    verdict v = ALLOWED;
    if (obeys_robots(d, url)) {
        d->status = look_up_robots(d, url);
        if (d->status != ALM_OK) return;
        if (!d->robots)
            v = NOT_KNOWN;
        else if (!alm_robots_allows(d->robots, alm_url_target(url)))
            v = FORBIDDEN;
    }
    d->counts[v]++;
    if (v != FORBIDDEN) printf("%.*s\n", ALM_FMT(url->href));
}

static bool tell_row(void *context, const alm_frontier_row *row) {
    dry_run *d = context;
    alm_url url;
    bool now = row->state == ALM_URL_QUEUED || (row->due_ms && row->due_ms <= d->now_ms);
    d->status = alm_keyset_add(&d->known, alm_hash(alm_str_of(row->url)));
    if (d->status != ALM_OK) return false;
    alm_arena_reset(&d->arena);
    if (now && alm_url_parse(&url, &d->arena, alm_str_of(row->url), NULL, NULL) == ALM_OK) tell(d, &url);
    return d->status == ALM_OK;
}

static void tell_new(dry_run *d, const alm_url *urls, size_t count) {
    for (size_t i = 0; i < count && d->status == ALM_OK; i++) {
        if (!alm_keyset_has(&d->known, alm_hash(urls[i].href))) tell(d, &urls[i]);
    }
}

static alm_status open_frontier(dry_run *d, const char *store) {
    char path[4096];
    snprintf(path, sizeof path, "%s/frontier.db", store);
    alm_frontier_sqlite_options options = {.path = path, .read_only = true};
    alm_err why = {0};
    alm_status status = alm_frontier_sqlite_new(&d->frontier, &options, &why);
    if (status == ALM_OK || status == ALM_E_NOT_FOUND) return ALM_OK;
    return alm_fail(d->err, status, "%s", why.message);
}

alm_status alm_crawl_dry_run(const char *store, const alm_sources *sources, bool quiet, alm_err *err) {
    dry_run d = {.sources = sources, .now_ms = alm_clock_now(alm_clock_system()), .err = err};
    alm_arena_init(&d.arena, ARENA_MAX);
    alm_keyset_init(&d.known);
    d.status = open_frontier(&d, store);
    if (d.status == ALM_OK && d.frontier)
        d.status = alm_frontier_list(d.frontier, &(alm_frontier_filter){0}, tell_row, &d, err);
    for (size_t i = 0; i < sources->count; i++) {
        const alm_source *s = &sources->items[i];
        tell_new(&d, s->sitemap_urls, s->sitemap_count);
        tell_new(&d, s->feed_urls, s->feed_count);
        tell_new(&d, s->seeds, s->seed_count);
    }
    if (d.status == ALM_OK && !quiet)
        fprintf(stderr,
                "%" PRIu64 " URLs may be fetched, %" PRIu64
                " if a robots.txt that is to be read first allows it; %" PRIu64 " are forbidden\n",
                d.counts[ALLOWED], d.counts[NOT_KNOWN], d.counts[FORBIDDEN]);
    alm_keyset_release(&d.known);
    alm_robots_free(d.robots);
    alm_frontier_free(d.frontier);
    alm_arena_release(&d.arena);
    return d.status;
}
