/* robots.txt of each origin (RFC 9309): fetched before anything else of it, kept for a day. */
#include "crawler/loop_priv.h"
#include "crawler/robots_fetch.h"

#include <stdio.h>

#include "base/alloc.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) alm_malloc(size)
#define uthash_free(ptr, size) alm_free(ptr)
#include <uthash.h>

enum { FRESH_MS = 24 * 3600 * 1000, MAX_ORIGINS = 4096, MAX_CRAWL_DELAY_MS = 300000, MAX_URL = 2048 };

struct origin {
    robots_state state;
    alm_robots *rules;
    int64_t fetched_ms, retry_ms;
    uint32_t attempts, hops;
    char redirect[MAX_URL]; /* where the last answer led; "": not yet anywhere */
    UT_hash_handle hh;
    size_t key_len;
    char key[];
};

static void origin_free(origin *o) {
    alm_robots_free(o->rules);
    alm_free(o);
}

/* Forget the oldest of those that are not being fetched: what is forgotten is still in the frontier. */
static void forget_one(alm_loop *loop) {
    origin *o, *next;
    HASH_ITER(hh, loop->origins, o, next) {
        bool active = false;
        for (const slot *s = loop->active; s && !active; s = s->next) active = s->robots == o;
        if (active || o->state != ROBOTS_READY) continue;
        HASH_DEL(loop->origins, o);
        loop->origin_count--;
        origin_free(o);
        return;
    }
}

/* What an answer of @p status with @p body means (RFC 9309 2.3.1). */
static alm_status read_rules(alm_loop *loop, origin *o, int status, alm_str body, alm_err *err) {
    alm_robots *rules = NULL;
    alm_status made = alm_robots_of_access(&rules, alm_robots_access_of(ALM_OK, status, body), body, loop->token, err);
    if (made != ALM_OK) return made;
    alm_robots_free(o->rules);
    o->rules = rules;
    o->state = ROBOTS_READY;
    o->attempts = o->hops = 0;
    o->redirect[0] = '\0';
    return ALM_OK;
}

alm_status loop_robots_of(alm_loop *loop, const alm_url *url, origin **out, alm_err *err) {
    alm_str key = alm_url_origin(url);
    origin *o = NULL;
    HASH_FIND(hh, loop->origins, key.ptr, key.len, o);
    if (o) {
        *out = o;
        return ALM_OK;
    }
    if (loop->origin_count >= MAX_ORIGINS) forget_one(loop);
    o = alm_calloc(1, sizeof *o + key.len + 1);
    if (!o) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    memcpy(o->key, key.ptr, key.len);
    o->key_len = key.len;
    HASH_ADD_KEYPTR(hh, loop->origins, o->key, o->key_len, o);
    if (!o->hh.tbl) {
        origin_free(o);
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    loop->origin_count++;
    *out = o;
    alm_frontier_robots stored;
    alm_status status = alm_frontier_robots_get(loop->options.frontier, key, &stored, err);
    if (status != ALM_OK) return status == ALM_END ? ALM_OK : status;
    o->fetched_ms = stored.fetched_ms;
    return read_rules(loop, o, stored.status, stored.body, err);
}

robots_state loop_robots_state(alm_loop *loop, origin *o, int64_t now_ms, int64_t *retry_ms) {
    (void)loop;
    if (o->state == ROBOTS_READY && now_ms - o->fetched_ms >= FRESH_MS) o->state = ROBOTS_UNKNOWN;
    if (o->state == ROBOTS_RESTING && now_ms >= o->retry_ms) o->state = ROBOTS_UNKNOWN;
    *retry_ms = o->retry_ms;
    return o->state;
}

bool loop_robots_allows(const origin *o, const alm_url *url) {
    return alm_robots_allows(o->rules, alm_url_target(url));
}

int64_t loop_robots_delay_ms(const origin *o) {
    int64_t delay = alm_robots_crawl_delay_ms(o->rules);
    return delay < MAX_CRAWL_DELAY_MS ? delay : MAX_CRAWL_DELAY_MS;
}

const char *loop_robots_url(const origin *o) { return o->redirect; }

static alm_status add_sitemaps(alm_loop *loop, const slot *s, const origin *o, alm_err *err) {
    if (s->source->sitemaps != ALM_DISCOVER_AUTO) return ALM_OK;
    alm_status status = ALM_OK;
    for (size_t i = 0; i < alm_robots_sitemap_count(o->rules) && status == ALM_OK; i++) {
        alm_page_link link = {.kind = ALM_URL_SITEMAP};
        alm_url base;
        alm_arena_reset(&loop->scratch);
        char root[MAX_URL];
        snprintf(root, sizeof root, "%s/robots.txt", o->key);
        if (alm_url_parse(&base, &loop->scratch, alm_str_of(root), NULL, NULL) != ALM_OK) return ALM_OK;
        alm_url_context context = {.base = &base};
        if (alm_url_parse(&link.url, &loop->scratch, alm_robots_sitemap(o->rules, i), &context, NULL) != ALM_OK ||
            alm_url_canon(&link.url, &loop->scratch, &link.url, NULL) != ALM_OK)
            continue;
        status = loop_add_url(loop, s->source, &link, NULL, err);
    }
    return status;
}

static alm_status keep(alm_loop *loop, slot *s, int status, alm_str body, alm_err *err) {
    origin *o = s->robots;
    o->fetched_ms = loop_now(loop);
    alm_status stored = read_rules(loop, o, status, body, err);
    if (stored != ALM_OK) return stored;
    if (body.len > ALM_ROBOTS_MAX) body.len = ALM_ROBOTS_MAX;
    alm_frontier_robots row = {o->fetched_ms, status, status < 300 ? body : (alm_str){"", 0}};
    stored = alm_frontier_robots_put(loop->options.frontier, (alm_str){o->key, o->key_len}, &row, err);
    loop_changed(loop);
    return stored == ALM_OK ? add_sitemaps(loop, s, o, err) : stored;
}

/* Unreachable: nothing may be fetched (RFC 9309 2.3.1.4); try again later, and later still. */
static void put_off(alm_loop *loop, slot *s) {
    origin *o = s->robots;
    const alm_source *source = s->source;
    o->hops = 0;
    o->redirect[0] = '\0';
    if (o->attempts++ >= source->retries) {
        o->state = ROBOTS_LOST;
        char http[32];
        snprintf(http, sizeof http, "HTTP %d", s->response.status);
        loop_warn(loop, "%s/robots.txt cannot be read, its host is left for another run: %s", o->key,
                  s->why.code ? s->why.message : http);
        return;
    }
    int64_t wait = source->retry_first_ms;
    for (uint32_t i = 1; i < o->attempts && wait < FRESH_MS; i++) wait *= 2;
    o->retry_ms = loop_now(loop) + (wait < FRESH_MS ? wait : FRESH_MS);
    if (o->retry_ms < s->host->host->next_ms) o->retry_ms = s->host->host->next_ms;
    o->state = ROBOTS_RESTING;
}

/* What the host said about being crawled belongs to the record of the crawl. */
static alm_status archive(alm_loop *loop, slot *s, alm_err *err) {
    const alm_response *response = &s->response;
    alm_warc_block block;
    uint64_t offset;
    if (!loop->options.archive) return ALM_OK;
    if (!loop->encoder && alm_warc_encoder_new(&loop->encoder, loop->options.archive_level) != ALM_OK)
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_warc_exchange exchange = {.url = alm_buf_str(&response->url),
                                  .address = alm_str_of(response->address),
                                  .request = alm_buf_str(&s->request),
                                  .head = alm_buf_str(&response->headers),
                                  .body = alm_buf_str(response->encoded.len ? &response->encoded : &response->body),
                                  .status = response->status,
                                  .started_ms = s->started_ms,
                                  .elapsed_ms = response->elapsed_ms,
                                  .purpose = ALM_STR("robots")};
    alm_warc_block_init(&block);
    alm_status status = alm_warc_encode(loop->encoder, &exchange, &block, err);
    if (status == ALM_OK) status = loop_archive(loop, &block, &offset, err);
    alm_warc_block_release(&block);
    loop_changed(loop);
    return status;
}

/* A redirect to where our guard would not let us go, were there no proxy. */
static bool leads_astray(alm_loop *loop, const slot *s) {
    alm_url url;
    alm_str target = alm_buf_str(&s->response.location);
    alm_arena_reset(&loop->scratch);
    return target.len && alm_url_parse(&url, &loop->scratch, target, NULL, NULL) == ALM_OK &&
           loop_proxy_refuses(s->source, &url);
}

alm_status loop_robots_finished(alm_loop *loop, slot *s, alm_status status, const alm_outcome *outcome, alm_err *err) {
    origin *o = s->robots;
    alm_response *response = &s->response;
    loop->stats.robots_fetched++;
    if (status == ALM_OK && outcome->status == 200 && alm_response_decode(response, NULL) == ALM_E_NOMEM)
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    bool is_answer = status == ALM_OK && outcome->status < 500 && outcome->status != 429;
    alm_status archived = is_answer ? archive(loop, s, err) : ALM_OK;
    if (archived != ALM_OK) return archived;
    if (is_answer && leads_astray(loop, s)) {
        put_off(loop, s);
        return ALM_OK;
    }
    bool redirected = status == ALM_OK && outcome->status >= 300 && outcome->status < 400 && response->location.len;
    if (redirected && o->hops < ALM_ROBOTS_MAX_REDIRECTS && response->location.len < sizeof o->redirect) {
        o->hops++;
        snprintf(o->redirect, sizeof o->redirect, "%s", response->location.ptr);
        return ALM_OK;
    }
    alm_str body = alm_buf_str(&response->body);
    if (alm_robots_access_of(status, outcome->status, body) != ALM_ROBOTS_UNREACHABLE)
        return keep(loop, s, outcome->status, body, err);
    put_off(loop, s);
    return ALM_OK;
}

void loop_free_robots(alm_loop *loop) {
    origin *o, *next;
    HASH_ITER(hh, loop->origins, o, next) {
        HASH_DEL(loop->origins, o);
        origin_free(o);
    }
}
