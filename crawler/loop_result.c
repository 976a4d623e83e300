/* What becomes of answers: archived, stored, followed; and what becomes of failures. */
#include "crawler/loop_priv.h"

#include <stdio.h>

#include "base/alloc.h"
#include "crawler/revisit.h"

enum { MAX_HOPS = 10, DAY_MS = 24 * 3600 * 1000, COMMIT_RESULTS = 256, LATER_CHANCES = 3, COMMIT_MS = 100 };

alm_page_result *alm_page_result_new(alm_fetched *page, size_t max_arena) {
    alm_page_result *r = alm_calloc(1, sizeof *r);
    if (!r) return NULL;
    r->page = page;
    alm_arena_init(&r->arena, max_arena);
    alm_warc_block_init(&r->block);
    return r;
}

void alm_page_result_free(alm_page_result *r) {
    if (!r) return;
    alm_fetched_free(r->page);
    alm_arena_release(&r->arena);
    alm_warc_block_release(&r->block);
    alm_free(r);
}

/* ---- found URLs ---- */

/* Files that hold no page: what they are is told by their name, so nobody need be asked for them. */
static bool is_attachment(const alm_url *url) {
    static const char *const ends[] = {".jpg",  ".jpeg", ".png", ".gif", ".webp", ".bmp", ".svg",  ".ico",  ".css",
                                       ".js",   ".mp3",  ".mp4", ".avi", ".wmv",  ".flv", ".mov",  ".zip",  ".rar",
                                       ".7z",   ".gz",   ".exe", ".apk", ".doc",  ".xls", ".docx", ".xlsx", ".ppt",
                                       ".pptx", ".pdf",  ".wps", ".et",  ".woff", ".ttf"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t len = strlen(ends[i]);
        if (url->path.len > len &&
            alm_str_is_nocase(alm_str_slice(url->path, url->path.len - len, url->path.len), (alm_str){ends[i], len}))
            return true;
    }
    return false;
}

static const char *judge(alm_loop *loop, alm_source *source, const alm_page_link *link, uint32_t depth, uint32_t hops) {
    const char *reason = alm_source_refuses(source, &link->url, depth);
    if (reason) return reason;
    if (hops > MAX_HOPS) return "redirects";
    if (link->kind == ALM_URL_SITEMAP && source->sitemaps == ALM_DISCOVER_NONE) return "sitemap";
    if (link->kind == ALM_URL_FEED && source->feeds != ALM_DISCOVER_AUTO) return "feed";
    if (link->kind == ALM_URL_PAGE && !source->attachments && is_attachment(&link->url)) return "attachment";
    alm_trap trap = alm_traps_admit(loop->traps, &link->url);
    return trap == ALM_TRAP_NONE ? NULL : alm_trap_name(trap);
}

alm_status loop_add_url(alm_loop *loop, alm_source *source, const alm_page_link *link, const alm_frontier_entry *via,
                        alm_err *err) {
    bool known;
    alm_status status = alm_frontier_knows(loop->options.frontier, link->url.href, &known, err);
    if (status != ALM_OK || known) return status;
    uint32_t depth = !via ? 0 : via->depth + (link->is_redirect || link->is_paging ? 0 : 1);
    uint32_t hops = via && link->is_redirect ? via->hops + 1 : 0;
    alm_frontier_link row = {.url = link->url.href,
                             .host = link->url.host,
                             .reason = via ? judge(loop, source, link, depth, hops) : NULL,
                             .via = via ? via->id : 0,
                             .source = source->number,
                             .depth = depth,
                             .hops = hops,
                             .rank = link->kind == ALM_URL_PAGE ? depth + 1 : 0,
                             .kind = link->kind};
    int64_t host = 0;
    status = alm_frontier_add(loop->options.frontier, &row, &host, err);
    if (status < 0) return status;
    loop_changed(loop);
    if (status == ALM_END) {
        loop->stats.dropped++;
        return ALM_OK;
    }
    loop->stats.found++;
    loop->stats.queued++;
    return loop_wake(loop, host, source, err);
}

/* ---- finishing ---- */

static alm_status finish(alm_loop *loop, const alm_visit *visit, alm_err *err) {
    alm_status status = alm_frontier_finish(loop->options.frontier, visit, err);
    if (loop->stats.queued) loop->stats.queued--;
    loop_changed(loop);
    return status;
}

alm_status loop_drop_taken(alm_loop *loop, alm_frontier_entry *entry, const char *reason, alm_err *err) {
    alm_visit visit = {.id = entry->id, .state = ALM_URL_DROPPED, .reason = reason};
    alm_status status = finish(loop, &visit, err);
    alm_frontier_entry_free(entry);
    return status;
}

/* Worth another attempt: what may go away by itself. Never a 404, never what our own guard or a ceiling refused. */
static bool is_retryable(alm_status status, const alm_outcome *outcome) {
    if (status == ALM_E_NETWORK) return true;
    return status == ALM_OK && (outcome->status == 429 || outcome->status >= 500);
}

static const char *reason_of(alm_status status, int http, char out[24]) {
    if (status == ALM_E_NETWORK) return "network";
    if (status == ALM_E_REFUSED) return "refused-address";
    if (status == ALM_E_LIMIT) return "too-large";
    if (status != ALM_OK) return alm_status_name(status);
    snprintf(out, 24, "http-%d", http);
    return out;
}

static void count_failure(alm_loop *loop, alm_status status, int http) {
    alm_loop_stats *stats = &loop->stats;
    if (status == ALM_E_REFUSED)
        stats->refused++;
    else if (status != ALM_OK)
        stats->network_errors++;
    else if (http == 429 || http == 503)
        stats->overloaded++;
    else
        stats->server_errors++;
}

/* A page that was there before, or a seed: a site that is down for an hour must not lose its front page for ever. */
static bool is_missed(const alm_frontier_entry *entry) { return entry->visits > 0 || entry->depth == 0; }

/* When to ask once more for what was given up; 0: never. Others than missed pages have a few days to come back. */
static int64_t second_chance_ms(const alm_loop *loop, const alm_frontier_entry *entry, const alm_source *source,
                                bool is_passing) {
    int64_t wait_ms = DAY_MS;
    if (source->revisit_max_s <= 0) return 0;
    if (is_missed(entry))
        wait_ms = 1000 * (entry->interval_s > source->revisit_min_s ? entry->interval_s : source->revisit_min_s);
    else if (!is_passing || entry->attempts >= source->retries + LATER_CHANCES)
        return 0;
    return loop_now(loop) + wait_ms;
}

alm_status loop_page_failed(alm_loop *loop, alm_fetched *page, alm_status status, const alm_outcome *outcome,
                            alm_err *err) {
    const alm_frontier_entry *entry = page->entry;
    char text[24];
    if (status == ALM_E_NOMEM) {
        alm_fetched_free(page);
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    count_failure(loop, status, outcome->status);
    alm_visit visit = {
        .id = entry->id, .attempts = entry->attempts + 1, .reason = reason_of(status, outcome->status, text)};
    if (is_retryable(status, outcome) && entry->attempts < page->source->retries) {
        int64_t wait = page->source->retry_first_ms;
        for (uint32_t i = 0; i < entry->attempts && wait < DAY_MS; i++) wait *= 2;
        if (outcome->retry_after_ms > wait) wait = outcome->retry_after_ms;
        visit.state = ALM_URL_RETRY;
        visit.due_ms = loop_now(loop) + wait;
        loop->stats.retries++;
    } else {
        visit.state = ALM_URL_FAILED;
        visit.due_ms = second_chance_ms(loop, entry, page->source, is_retryable(status, outcome));
        loop->stats.failed++;
    }
    status = finish(loop, &visit, err);
    alm_fetched_free(page);
    return status;
}

/* ---- pages ---- */

static void count_page(alm_loop *loop, int http, bool unchanged) {
    alm_loop_stats *stats = &loop->stats;
    stats->pages++;
    if (http == 304)
        stats->not_modified++;
    else if (http >= 300 && http < 400)
        stats->redirects++;
    else if (http == 404 || http == 410)
        stats->gone++;
    else if (http >= 400)
        stats->client_errors++;
    else
        stats->ok++;
    stats->unchanged += unchanged;
}

static alm_url_state state_of(int http, const alm_page_result *r) {
    if (http == 404 || http == 410) return ALM_URL_GONE;
    if (http >= 400 || r->failure) return ALM_URL_FAILED;
    return ALM_URL_DONE;
}

static void plan_revisit(const alm_loop *loop, const alm_page_result *r, alm_visit *visit) {
    const alm_frontier_entry *entry = r->page->entry;
    const alm_source *source = r->page->source;
    bool same = visit->status == 304 || r->unchanged;
    alm_revisit_facts facts = {.min_s = source->revisit_min_s,
                               .max_s = source->revisit_max_s,
                               .interval_s = entry->interval_s,
                               .is_list = r->is_list || entry->kind != ALM_URL_PAGE,
                               .changed = !same};
    visit->visits = entry->visits + 1;
    visit->changes = entry->changes + (entry->visits && !same);
    visit->interval_s = alm_revisit_after_s(&facts);
    bool again = visit->state == ALM_URL_DONE   ? !r->is_other
                 : visit->state == ALM_URL_GONE ? entry->has_sha256 || entry->depth == 0
                                                : is_missed(entry);
    if (again && visit->interval_s) visit->due_ms = loop_now(loop) + visit->interval_s * 1000;
}

/*
 * A file is made known before anything is written into it, so that after a crash a file of ours that the frontier does
 * not know is never ours to mend. Nothing of an open group lies in an archive yet when a file is begun.
 */
static alm_status begin_archive(alm_loop *loop, alm_err *err) {
    const alm_loop_options *o = &loop->options;
    alm_str name;
    alm_status status = alm_warc_writer_open_file(o->archive, loop_now(loop), &name, err);
    if (status == ALM_OK) status = alm_frontier_archive_put(o->frontier, name, 0, &loop->archive_number, err);
    if (status == ALM_OK) status = o->handler.commit(o->handler.context, err);
    if (status == ALM_OK) status = alm_frontier_commit(o->frontier, err);
    if (status == ALM_OK) loop->archive_name = name;
    return status;
}

alm_status loop_archive(alm_loop *loop, const alm_warc_block *block, uint64_t *offset, alm_err *err) {
    if (!loop->options.archive || !block->bytes.len) return ALM_OK;
    alm_status status = loop->archive_name.len ? ALM_OK : begin_archive(loop, err);
    return status == ALM_OK ? alm_warc_writer_put(loop->options.archive, block, offset, err) : status;
}

static alm_status archive(alm_loop *loop, const alm_page_result *r, alm_visit *visit, alm_err *err) {
    alm_status status = loop_archive(loop, &r->block, &visit->offset, err);
    visit->archive = r->block.bytes.len ? loop->archive_number : 0;
    visit->length = r->block.response_len;
    return status;
}

/*
 * A page that sends whoever has no cookie to itself, with one: worth a second attempt, now that we have it. Again and
 * again is a loop.
 */
static void judge_self_redirect(const alm_loop *loop, const alm_page_result *r, alm_visit *visit) {
    if (r->link_count != 1 || !r->links[0].is_redirect || visit->status < 300 || visit->status > 399) return;
    if (!alm_str_is_c(r->links[0].url.href, r->page->entry->url)) return;
    bool again = r->page->entry->attempts == 0 && alm_response_header(&r->page->response, "set-cookie").len;
    visit->state = again ? ALM_URL_RETRY : ALM_URL_FAILED;
    visit->attempts = r->page->entry->attempts + 1;
    visit->due_ms = again ? loop_now(loop) : 0;
    visit->reason = "redirect-to-itself";
}

static alm_status apply(alm_loop *loop, alm_page_result *r, alm_err *err) {
    const alm_frontier_entry *entry = r->page->entry;
    const alm_response *response = &r->page->response;
    char text[24];
    alm_visit visit = {.id = entry->id,
                       .state = state_of(response->status, r),
                       .answered = true,
                       .status = response->status,
                       .fetched_ms = r->page->started_ms,
                       .etag = alm_response_header(response, "etag"),
                       .last_modified = alm_response_header(response, "last-modified"),
                       .sha256 = r->has_sha256 ? r->sha256 : NULL,
                       .simhash = r->simhash,
                       .published = alm_str_of(r->published),
                       .provenance = r->provenance,
                       .records = r->records};
    if (visit.state == ALM_URL_FAILED)
        visit.reason = r->failure ? r->failure : reason_of(ALM_OK, response->status, text);
    if (r->is_other) visit.reason = "no-page";
    plan_revisit(loop, r, &visit);
    judge_self_redirect(loop, r, &visit);
    alm_status status = archive(loop, r, &visit, err);
    for (size_t i = 0; i < r->link_count && status == ALM_OK; i++)
        status = loop_add_url(loop, r->page->source, &r->links[i], entry, err);
    if (status == ALM_OK) status = loop->options.handler.store(loop->options.handler.context, r, err);
    if (status == ALM_OK) status = finish(loop, &visit, err);
    if (status != ALM_OK) return status;
    count_page(loop, response->status, r->unchanged);
    loop->stats.records += r->records;
    loop->stats.failed += visit.state == ALM_URL_FAILED;
    loop->stats.others += r->is_other;
    loop->uncommitted++;
    return ALM_OK;
}

alm_status loop_apply_delivered(alm_loop *loop, alm_err *err) {
    pthread_mutex_lock(&loop->lock);
    alm_page_result *newest = loop->delivered, *oldest = NULL;
    loop->delivered = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (newest) {
        alm_page_result *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    alm_status status = ALM_OK;
    while (oldest) {
        alm_page_result *r = oldest;
        oldest = r->next;
        loop->stats.pending--;
        loop->bodies.held -= r->page->held;
        if (status == ALM_OK) status = apply(loop, r, err);
        loop->options.handler.release(loop->options.handler.context, r);
        alm_page_result_free(r);
        if (status == ALM_OK && loop->uncommitted >= COMMIT_RESULTS) status = loop_commit(loop, err);
    }
    return status;
}

/* ---- commit ---- */

/*
 * Archive, then the handler's records, then the frontier, which names what the archive holds. Killed in between, the
 * archive is cut to what the frontier knows, and records that are already there are written again as they are.
 */
alm_status loop_commit(alm_loop *loop, alm_err *err) {
    uint64_t length = 0;
    alm_status status = ALM_OK;
    alm_warc_writer *writer = loop->options.archive;
    if (writer && loop->archive_name.len) {
        status = alm_warc_writer_flush(writer, &length, err);
        if (status == ALM_OK)
            status = alm_frontier_archive_put(loop->options.frontier, loop->archive_name, length, &loop->archive_number,
                                              err);
    }
    if (status == ALM_OK) status = loop->options.handler.commit(loop->options.handler.context, err);
    if (status == ALM_OK) status = alm_frontier_commit(loop->options.frontier, err);
    if (status != ALM_OK) return status;
    loop_save_cookies(loop, false);
    loop->first_uncommitted_ms = 0;
    loop->uncommitted = 0;
    bool closed = false;
    if (writer && loop->archive_name.len) status = alm_warc_writer_rotate(writer, &closed, err);
    if (closed) loop->archive_name = (alm_str){0};
    return status;
}
