#include "crawler/loop.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "crawler/loop_priv.h"

enum {
    MAX_CONNECTIONS = 128,
    MAX_PENDING = 64,
    WAIT_MS = 600000,
    COMMIT_MS = 100,
    POLL_MS = 200,
    PROMOTE_MS = 500,
    PROMOTE_MAX = 200,
    PROGRESS_MS = 250,
    SCRATCH = 1 << 20,
    BODY_MEMORY = 128 << 20
};

int64_t loop_now(const alm_loop *loop) { return alm_clock_now(loop->options.clock); }

void loop_warn(alm_loop *loop, const char *format, ...) {
    if (!loop->options.warn) return;
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    loop->options.warn(loop->options.context, text);
}

void loop_changed(alm_loop *loop) {
    if (!loop->first_uncommitted_ms) loop->first_uncommitted_ms = loop_now(loop);
}

void loop_commit_soon(alm_loop *loop) {
    loop->first_uncommitted_ms = loop_now(loop) - loop->options.commit_ms;
    if (loop->first_uncommitted_ms <= 0) loop->first_uncommitted_ms = 1; /* a clock of tests; 0: nothing to commit */
}

static uint16_t this_year(const alm_loop *loop) {
    char text[ALM_TIME_MAX];
    alm_time_format(text, loop_now(loop));
    unsigned year = 0;
    return sscanf(text, "%4u", &year) == 1 ? (uint16_t)year : 0;
}

static void fill_defaults(alm_loop *loop) {
    alm_loop_options *o = &loop->options;
    if (!o->clock) o->clock = alm_clock_system();
    if (!o->max_connections) o->max_connections = MAX_CONNECTIONS;
    if (!o->max_pending) o->max_pending = MAX_PENDING;
    loop->bodies.max = o->max_body_memory ? o->max_body_memory : BODY_MEMORY;
    if (!o->wait_ms) o->wait_ms = WAIT_MS;
    if (!o->commit_ms) o->commit_ms = COMMIT_MS;
    loop->token = o->product_token ? alm_str_of(o->product_token) : ALM_STR("almoner");
}

static alm_status number_sources(alm_loop *loop, alm_err *err) {
    bool is_anonymous = false;
    alm_status status = ALM_OK;
    for (size_t i = 0; i < loop->options.sources->count && status == ALM_OK; i++) {
        alm_source *source = &loop->options.sources->items[i];
        source->fetched = 0;
        status = alm_frontier_source(loop->options.frontier, &source->number, source->name, err);
        is_anonymous |= !source->contact && !source->fetch.user_agent && !alm_user_agent_has_contact();
        if (source->ignore_robots)
            loop_warn(loop, "source %s: robots.txt is not obeyed (robots: false)", source->name.ptr);
    }
    if (is_anonymous)
        loop_warn(loop,
                  "sites are not told whom to write to: name a contact (contact: in the sources file, --contact)");
    return status;
}

alm_status alm_loop_new(alm_loop **out, const alm_loop_options *options, alm_err *err) {
    alm_loop *loop = alm_calloc(1, sizeof *loop);
    if (!loop) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    loop->options = *options;
    fill_defaults(loop);
    pthread_mutex_init(&loop->lock, NULL);
    alm_arena_init(&loop->scratch, SCRATCH);
    loop->stats.started_ms = loop_now(loop);
    alm_schedule_options schedule = {loop->options.address_connections, loop->options.seed};
    alm_traps_options traps = {.this_year = this_year(loop)};
    alm_status status = alm_curl_global(err);
    if (status == ALM_OK) status = alm_schedule_new(&loop->schedule, &schedule);
    if (status == ALM_OK) status = alm_traps_new(&loop->traps, &traps);
    if (status == ALM_OK && !(loop->multi = curl_multi_init())) status = ALM_E_NOMEM;
    if (status == ALM_OK) {
        curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, (long)loop->options.max_connections * 2);
        curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
        status = number_sources(loop, err);
        if (status == ALM_OK) status = loop_load_cookies(loop, err);
    }
    if (status == ALM_OK) {
        *out = loop;
        return ALM_OK;
    }
    alm_loop_free(loop);
    return alm_fail(err, status, "out of memory");
}

void alm_loop_free(alm_loop *loop) {
    if (!loop) return;
    if (loop->multi) loop_free_slots(loop);
    for (alm_page_result *r = loop->delivered, *next; r; r = next) {
        next = r->next;
        loop->options.handler.release(loop->options.handler.context, r);
        alm_page_result_free(r);
    }
    for (host_state *hs = loop->hosts, *next; hs; hs = next) {
        next = hs->next;
        alm_frontier_entry_free(hs->held);
        curl_share_cleanup(hs->cookies);
        alm_free(hs->name);
        alm_free(hs);
    }
    loop_free_robots(loop);
    loop_free_cookies(loop);
    curl_multi_cleanup(loop->multi);
    alm_schedule_free(loop->schedule);
    alm_traps_free(loop->traps);
    alm_warc_encoder_free(loop->encoder);
    alm_arena_release(&loop->scratch);
    pthread_mutex_destroy(&loop->lock);
    alm_free(loop);
}

const alm_loop_stats *alm_loop_count(alm_loop *loop) {
    int64_t now = loop_now(loop);
    loop->stats.now_ms = now;
    loop->stats.waiting_hosts = (uint32_t)alm_schedule_waiting(loop->schedule);
    loop->stats.resting_hosts = (uint32_t)alm_schedule_resting(loop->schedule, now);
    return &loop->stats;
}

void alm_loop_each_host(const alm_loop *loop, void (*fn)(void *context, const alm_loop_host *host), void *context) {
    for (const host_state *hs = loop->hosts; hs; hs = hs->next) {
        if (!hs->name) continue;
        alm_loop_host counts = hs->counts;
        counts.response_ms = hs->host->response_ms;
        fn(context, &counts);
    }
}

void alm_loop_deliver(alm_loop *loop, alm_page_result *result) {
    pthread_mutex_lock(&loop->lock);
    bool first = loop->delivered == NULL;
    result->next = loop->delivered;
    loop->delivered = result;
    pthread_mutex_unlock(&loop->lock);
    if (first) curl_multi_wakeup(loop->multi);
}

/* ---- hosts ---- */

alm_source *loop_source(alm_loop *loop, uint32_t number) {
    for (size_t i = 0; i < loop->options.sources->count; i++)
        if (loop->options.sources->items[i].number == number) return &loop->options.sources->items[i];
    return NULL;
}

static host_state *state_of(alm_loop *loop, int64_t id, const alm_source *source) {
    alm_schedule_host *host = alm_schedule_host_of(loop->schedule, id, &source->politeness);
    if (!host) return NULL;
    if (!host->user) {
        host_state *hs = alm_calloc(1, sizeof *hs);
        if (!hs) return NULL;
        hs->host = host;
        hs->next = loop->hosts;
        loop->hosts = hs;
        host->user = hs;
    }
    return host->user;
}

alm_status loop_wake(alm_loop *loop, int64_t id, alm_source *source, alm_err *err) {
    host_state *hs = state_of(loop, id, source);
    if (!hs || (!hs->parked && alm_schedule_wake(loop->schedule, hs->host) != ALM_OK))
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    return ALM_OK;
}

typedef struct waking {
    alm_loop *loop;
    bool at_start;
    alm_status status;
    alm_err *err;
} waking;

/* A host that an earlier run knew may have been asked by it, and waits
 its delay before the first request of this one (see is_early). */
static void wake_host(void *context, const alm_frontier_host *row) {
    waking *w = context;
    alm_loop *loop = w->loop;
    if (w->status != ALM_OK) return;
    host_state *hs = state_of(loop, row->id, &loop->options.sources->items[0]);
    if (hs && w->at_start) {
        if (row->earlier) alm_schedule_set_ended(hs->host, loop_now(loop) + 1);
        alm_schedule_set_next(hs->host, row->next_ms, row->backoff);
        loop->stats.queued += row->queued;
    }
    w->status = hs ? loop_wake(loop, row->id, &loop->options.sources->items[0], w->err)
                   : alm_fail(w->err, ALM_E_NOMEM, "out of memory");
}

static alm_status promote(alm_loop *loop, alm_err *err) {
    int64_t now = loop_now(loop);
    if (now < loop->next_promote_ms) return ALM_OK;
    waking w = {.loop = loop, .err = err};
    alm_status status = alm_frontier_promote(loop->options.frontier, now, PROMOTE_MAX, wake_host, &w, err);
    loop->next_promote_ms = status == ALM_OK ? now : now + PROMOTE_MS;
    if (status == ALM_OK) loop_changed(loop);
    if (status == ALM_END) status = ALM_OK;
    return status == ALM_OK ? w.status : status;
}

/* ---- beginning requests ---- */

static bool is_full(const alm_loop *loop, const alm_source *source) {
    uint64_t max = loop->options.max_pages;
    if (max && loop->stats.pages + loop->stats.active + loop->stats.pending >= max) return true;
    return source->max_pages && source->fetched >= source->max_pages;
}

static void park(alm_loop *loop, host_state *hs, alm_frontier_entry *entry) {
    alm_frontier_put_back(loop->options.frontier, entry);
    alm_frontier_entry_free(entry);
    hs->parked = true;
    loop->stats.parked_hosts++;
}

static alm_status begin_robots(alm_loop *loop, host_state *hs, alm_source *source, origin *robots, const alm_url *url,
                               alm_err *err) {
    char text[4096];
    const char *redirect = loop_robots_url(robots);
    if (redirect[0])
        snprintf(text, sizeof text, "%s", redirect);
    else
        snprintf(text, sizeof text, "%.*s/robots.txt", ALM_FMT(alm_url_origin(url)));
    return loop_start_robots(loop, hs, source, robots, text, err);
}

/* The delay grew after the host got its place in line: its source was not known yet, or its Crawl-delay. */
static alm_status wait_longer(alm_loop *loop, host_state *hs, alm_source *source, alm_frontier_entry *entry,
                              alm_err *err) {
    hs->held = entry;
    alm_schedule_set_next(hs->host, alm_schedule_earliest_ms(hs->host), hs->host->backoff);
    return loop_wake(loop, hs->host->id, source, err);
}

static bool is_early(const alm_loop *loop, const host_state *hs) {
    return !hs->host->active && alm_schedule_earliest_ms(hs->host) > loop_now(loop);
}

bool loop_proxy_refuses(const alm_source *source, const alm_url *url) {
    return source->fetch.proxy && !alm_guard_allows(alm_guard_classify_host(url->host), source->fetch.allow_private);
}

/* One URL of a host whose turn it is: fetch its robots.txt first where that is not known, drop it, or fetch it. */
static alm_status begin_entry(alm_loop *loop, host_state *hs, alm_source *source, alm_frontier_entry *entry,
                              alm_err *err) {
    alm_url url;
    alm_arena_reset(&loop->scratch);
    if (alm_url_parse(&url, &loop->scratch, alm_str_of(entry->url), NULL, NULL) != ALM_OK) {
        alm_status status = loop_drop_taken(loop, entry, "no-url", err);
        return status == ALM_OK ? loop_wake(loop, hs->host->id, source, err) : status;
    }
    if (loop_proxy_refuses(source, &url)) {
        loop->stats.refused++;
        alm_status status = loop_drop_taken(loop, entry, "refused-address", err);
        return status == ALM_OK ? loop_wake(loop, hs->host->id, source, err) : status;
    }
    if (is_early(loop, hs)) return wait_longer(loop, hs, source, entry, err);
    if (source->ignore_robots) return loop_start_page(loop, hs, source, entry, &url, err);
    origin *robots;
    int64_t retry_ms;
    alm_status status = loop_robots_of(loop, &url, &robots, err);
    if (status != ALM_OK) {
        alm_frontier_entry_free(entry);
        return status;
    }
    switch (loop_robots_state(loop, robots, loop_now(loop), &retry_ms)) {
    case ROBOTS_UNKNOWN: hs->held = entry; return begin_robots(loop, hs, source, robots, &url, err);
    case ROBOTS_RESTING:
        hs->held = entry;
        alm_schedule_set_next(hs->host, retry_ms, hs->host->backoff);
        return loop_wake(loop, hs->host->id, source, err);
    case ROBOTS_LOST: park(loop, hs, entry); return ALM_OK;
    case ROBOTS_READY: break;
    }
    alm_schedule_set_crawl_delay(hs->host, loop_robots_delay_ms(robots));
    if (is_early(loop, hs)) return wait_longer(loop, hs, source, entry, err);
    if (loop_robots_allows(robots, &url)) return loop_start_page(loop, hs, source, entry, &url, err);
    loop->stats.disallowed++;
    status = loop_drop_taken(loop, entry, "robots", err);
    return status == ALM_OK ? loop_wake(loop, hs->host->id, source, err) : status;
}

static alm_status begin_host(alm_loop *loop, alm_schedule_host *host, alm_err *err) {
    host_state *hs = host->user;
    if (hs->parked || hs->robots_active) return ALM_OK; /* the latter is back in line when robots.txt is there */
    alm_frontier_entry *entry = hs->held;
    hs->held = NULL;
    if (!entry) {
        alm_status status = alm_frontier_take(loop->options.frontier, host->id, &entry, err);
        if (status != ALM_OK) return status == ALM_END ? ALM_OK : status;
    }
    alm_source *source = loop_source(loop, entry->source);
    if (!source) { /* its source is no longer in the file: left as it is */
        park(loop, hs, entry);
        return ALM_OK;
    }
    if (is_full(loop, source)) {
        loop->stats.limited = true;
        alm_frontier_put_back(loop->options.frontier, entry);
        alm_frontier_entry_free(entry);
        return ALM_OK;
    }
    /* of several sources with one host, the one that asks for more time decides */
    if (source->politeness.delay_ms > host->politeness->delay_ms || !host->active)
        host->politeness = &source->politeness;
    return begin_entry(loop, hs, source, entry, err);
}

static alm_status begin_ready(alm_loop *loop, int64_t *next_ms, alm_err *err) {
    alm_status status = ALM_OK;
    *next_ms = INT64_MAX;
    while (status == ALM_OK && loop->bodies.held < loop->bodies.max &&
           loop->stats.active < loop->options.max_connections &&
           loop->stats.active + loop->stats.pending < loop->options.max_connections + loop->options.max_pending &&
           loop->stats.pending < loop->options.max_pending) {
        alm_schedule_host *host = NULL;
        if (alm_schedule_next(loop->schedule, loop_now(loop), &host, next_ms) == ALM_END) break;
        status = begin_host(loop, host, err);
    }
    return status;
}

/* ---- what is known ---- */

/* What earlier runs let pass counts: a path must not get its share of queries anew with each --resume. */
static bool recall_url(void *context, const alm_frontier_row *row) {
    alm_loop *loop = context;
    alm_url url;
    bool passed = row->state != ALM_URL_DROPPED || (row->reason && strcmp(row->reason, "robots") == 0);
    alm_arena_reset(&loop->scratch);
    if (passed && alm_url_parse(&url, &loop->scratch, alm_str_of(row->url), NULL, NULL) == ALM_OK)
        (void)alm_traps_admit(loop->traps, &url);
    return true;
}

static alm_status recall_traps(alm_loop *loop, alm_err *err) {
    alm_frontier_filter with_query = {.url = "*[?]*"};
    return alm_frontier_list(loop->options.frontier, &with_query, recall_url, loop, err);
}

/* ---- seeds ---- */

static alm_status add_all(alm_loop *loop, alm_source *source, const alm_url *urls, size_t count, alm_url_kind kind,
                          alm_err *err) {
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++) {
        alm_page_link link = {.url = urls[i], .kind = kind};
        status = loop_add_url(loop, source, &link, NULL, err);
    }
    return status;
}

alm_status alm_loop_add_seeds(alm_loop *loop, alm_err *err) {
    alm_status status = recall_traps(loop, err);
    for (size_t i = 0; i < loop->options.sources->count && status == ALM_OK; i++) {
        alm_source *s = &loop->options.sources->items[i];
        status = add_all(loop, s, s->sitemap_urls, s->sitemap_count, ALM_URL_SITEMAP, err);
        if (status == ALM_OK) status = add_all(loop, s, s->feed_urls, s->feed_count, ALM_URL_FEED, err);
        if (status == ALM_OK) status = add_all(loop, s, s->seeds, s->seed_count, ALM_URL_PAGE, err);
    }
    return status == ALM_OK ? loop_commit(loop, err) : status;
}

/* ---- running ---- */

static int wish(const alm_loop *loop) {
    return loop->options.stop ? atomic_load_explicit(loop->options.stop, memory_order_relaxed) : ALM_LOOP_RUN;
}

static void report(alm_loop *loop, bool now) {
    int64_t at = loop_now(loop);
    if (!loop->options.progress || (!now && at < loop->next_progress_ms)) return;
    loop->next_progress_ms = at + PROGRESS_MS;
    loop->options.progress(loop->options.context, alm_loop_count(loop));
}

/* Nothing is under way. Is there something to wait for, and not for too long? */
static alm_status is_over(alm_loop *loop, int64_t next_ms, bool *over, alm_err *err) {
    int64_t retry_ms = INT64_MAX;
    alm_status status = alm_frontier_next_retry(loop->options.frontier, &retry_ms, err);
    if (status < 0) return status;
    if (retry_ms < next_ms) next_ms = retry_ms;
    *over = next_ms == INT64_MAX || next_ms - loop_now(loop) > loop->options.wait_ms;
    if (retry_ms < loop->next_promote_ms) loop->next_promote_ms = retry_ms;
    return ALM_OK;
}

static int poll_time(const alm_loop *loop, int64_t next_ms) {
    int64_t now = loop_now(loop), wait = POLL_MS;
    if (next_ms - now < wait) wait = next_ms - now;
    if (loop->next_promote_ms - now < wait) wait = loop->next_promote_ms - now;
    if (loop->first_uncommitted_ms && loop->first_uncommitted_ms + loop->options.commit_ms - now < wait)
        wait = loop->first_uncommitted_ms + loop->options.commit_ms - now;
    return wait > 0 ? (int)wait : 0;
}

/* Requests begin last, so that the time to wait is what holds after everything else. */
static alm_status step(alm_loop *loop, int64_t *next_ms, bool drain, alm_err *err) {
    int running;
    *next_ms = INT64_MAX;
    loop_resume_paused(loop);
    CURLMcode code = curl_multi_perform(loop->multi, &running);
    alm_status status = code == CURLM_OK ? loop_finish_transfers(loop, err)
                                         : alm_fail(err, ALM_E_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    if (status == ALM_OK) status = loop_apply_delivered(loop, err);
    bool due = loop->first_uncommitted_ms && loop_now(loop) - loop->first_uncommitted_ms >= loop->options.commit_ms;
    if (status == ALM_OK && due) status = loop_commit(loop, err);
    if (status != ALM_OK || drain) return status;
    status = promote(loop, err);
    return status == ALM_OK ? begin_ready(loop, next_ms, err) : status;
}

static alm_status run(alm_loop *loop, alm_err *err) {
    for (;;) {
        int64_t next_ms;
        bool timed_out = loop->deadline_ms && loop_now(loop) >= loop->deadline_ms;
        bool drain = wish(loop) != ALM_LOOP_RUN || timed_out;
        if (timed_out) loop->stats.limited = true;
        if (wish(loop) == ALM_LOOP_STOP) return ALM_OK;
        alm_status status = step(loop, &next_ms, drain, err);
        if (status != ALM_OK) return status;
        report(loop, false);
        if (loop->stats.active == 0 && loop->stats.pending == 0) {
            bool over = drain;
            if (!drain) status = is_over(loop, next_ms, &over, err);
            if (status != ALM_OK || over) return status;
        }
        CURLMcode code = curl_multi_poll(loop->multi, NULL, 0, poll_time(loop, next_ms), NULL);
        if (code != CURLM_OK) return alm_fail(err, ALM_E_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    }
}

alm_status alm_loop_run(alm_loop *loop, alm_err *err) {
    loop->stats.started_ms = loop_now(loop);
    if (loop->options.max_time_ms) loop->deadline_ms = loop->stats.started_ms + loop->options.max_time_ms;
    waking w = {.loop = loop, .at_start = true, .err = err};
    loop->stats.queued = 0;
    alm_status status = alm_frontier_hosts(loop->options.frontier, wake_host, &w, err);
    if (status == ALM_OK) status = w.status;
    if (status == ALM_OK) status = run(loop, err);
    if (status == ALM_OK) status = loop_commit(loop, err);
    loop_save_cookies(loop, true);
    report(loop, true);
    return status;
}
