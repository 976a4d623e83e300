/* Connections: slots with a libcurl handle each, from the start of a request to its outcome. */
#include "crawler/loop_priv.h"

#include <stdio.h>

#include "base/alloc.h"
#include "crawler/http_message.h"

enum { MAX_REQUEST = 64 << 10 };

static alm_status out_of_memory(alm_err *err) { return alm_fail(err, ALM_E_NOMEM, "out of memory"); }

void alm_fetched_free(alm_fetched *page) {
    if (!page) return;
    alm_frontier_entry_free(page->entry);
    alm_response_release(&page->response);
    alm_buf_release(&page->request);
    alm_free(page);
}

/* The request's head as libcurl sent it; on HTTP/2 it is told in HTTP/1 form. */
static int note_request(CURL *easy, curl_infotype type, char *bytes, size_t len, void *context) {
    (void)easy;
    slot *s = context;
    if (type == CURLINFO_HEADER_OUT) {
        alm_buf_reset(&s->request);
        alm_buf_add(&s->request, (alm_str){bytes, len});
    }
    return 0;
}

static alm_status set_up(alm_loop *loop, slot *s, alm_source *source, alm_err *err) {
    if (s->ready && s->source == source) return ALM_OK;
    if (s->ready) alm_transfer_release(&s->transfer);
    s->ready = false;
    alm_status status = alm_transfer_init(&s->transfer, &source->fetch, err);
    if (status != ALM_OK) return status;
    s->ready = true;
    s->source = source;
    s->transfer.budget = &loop->bodies;
    CURL *easy = s->transfer.easy;
    bool well = curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "") == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, note_request) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_DEBUGDATA, s) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_PRIVATE, s) == CURLE_OK;
    return well ? ALM_OK : alm_fail(err, ALM_E_INTERNAL, "libcurl refuses an option of the loop");
}

static slot *take_slot(alm_loop *loop, alm_source *source) {
    slot **at = &loop->idle;
    while (*at && (*at)->source != source) at = &(*at)->next;
    if (!*at) at = &loop->idle;
    slot *s = *at;
    if (s) {
        *at = s->next;
    } else {
        s = alm_calloc(1, sizeof *s);
        if (!s) return NULL;
        alm_buf_init(&s->request, MAX_REQUEST);
    }
    s->next = loop->active;
    s->back = &loop->active;
    if (s->next) s->next->back = &s->next;
    loop->active = s;
    return s;
}

static void give_back(alm_loop *loop, slot *s) {
    *s->back = s->next;
    if (s->next) s->next->back = s->back;
    s->back = NULL;
    curl_slist_free_all(s->fields);
    curl_slist_free_all(s->connect_to);
    s->fields = s->connect_to = NULL;
    s->robots = NULL;
    s->page = NULL;
    s->host = NULL;
    s->next = loop->idle;
    loop->idle = s;
}

void loop_free_slots(alm_loop *loop) {
    while (loop->active) {
        slot *s = loop->active;
        curl_multi_remove_handle(loop->multi, s->transfer.easy);
        curl_easy_setopt(s->transfer.easy, CURLOPT_SHARE, NULL);
        if (s->robots) alm_response_release(&s->response);
        alm_fetched_free(s->page);
        give_back(loop, s);
    }
    for (slot *s = loop->idle, *next; s; s = next) {
        next = s->next;
        if (s->ready) {
            curl_easy_setopt(s->transfer.easy, CURLOPT_SHARE, NULL);
            alm_transfer_release(&s->transfer);
        }
        alm_buf_release(&s->request);
        alm_free(s);
    }
    loop->idle = NULL;
}

static bool add_field(struct curl_slist **list, const char *name, const char *value) {
    char line[1024];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    if (n < 0 || (size_t)n >= sizeof line) return true; /* too long to be worth sending back */
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer) *list = longer;
    return longer != NULL;
}

/* The fields of the source, and those that ask whether the page changed. */
static alm_status set_fields(slot *s, const alm_frontier_entry *entry, alm_err *err) {
    bool well = true;
    for (const struct curl_slist *field = s->transfer.headers; field && well; field = field->next) {
        struct curl_slist *longer = curl_slist_append(s->fields, field->data);
        if (longer) s->fields = longer;
        well = longer != NULL;
    }
    if (well && entry && entry->has_sha256) {
        if (entry->etag[0]) well = add_field(&s->fields, "If-None-Match", entry->etag);
        if (well && entry->last_modified[0]) well = add_field(&s->fields, "If-Modified-Since", entry->last_modified);
    }
    well = well && curl_easy_setopt(s->transfer.easy, CURLOPT_HTTPHEADER, s->fields) == CURLE_OK;
    return well ? ALM_OK : out_of_memory(err);
}

static alm_status set_address(slot *s, const alm_url *url, alm_err *err) {
    alm_str to = alm_source_resolve(s->source, url);
    if (to.len) {
        char line[256];
        snprintf(line, sizeof line, "::%.*s", ALM_FMT(to));
        s->connect_to = curl_slist_append(NULL, line);
        if (!s->connect_to) return out_of_memory(err);
    }
    return curl_easy_setopt(s->transfer.easy, CURLOPT_CONNECT_TO, s->connect_to) == CURLE_OK ? ALM_OK
                                                                                             : out_of_memory(err);
}

static alm_status name_host(host_state *hs, const alm_url *url, alm_err *err) {
    if (hs->name) return ALM_OK;
    hs->name = alm_strdup(url->host);
    hs->counts.name = hs->name;
    return hs->name ? ALM_OK : out_of_memory(err);
}

static alm_status start(alm_loop *loop, slot *s, const alm_url *url, const alm_frontier_entry *entry,
                        alm_response *response, alm_err *err) {
    s->transfer.keeps_beginning = s->robots != NULL;
    alm_status status = alm_transfer_start(&s->transfer, url->href.ptr, response, err);
    if (status == ALM_OK) status = set_fields(s, entry, err);
    if (status == ALM_OK) status = set_address(s, url, err);
    if (status == ALM_OK) status = loop_set_cookies(loop, s->host, url, s->transfer.easy, err);
    if (status == ALM_OK) status = name_host(s->host, url, err);
    if (status != ALM_OK) return status;
    alm_buf_reset(&s->request);
    s->started_ms = loop_now(loop);
    status = alm_schedule_begin(loop->schedule, s->host->host, s->started_ms);
    if (status != ALM_OK) return out_of_memory(err);
    CURLMcode code = curl_multi_add_handle(loop->multi, s->transfer.easy);
    if (code != CURLM_OK) return alm_fail(err, ALM_E_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    loop->stats.active++;
    return ALM_OK;
}

alm_status loop_start_page(alm_loop *loop, host_state *hs, alm_source *source, alm_frontier_entry *entry,
                           const alm_url *url, alm_err *err) {
    alm_fetched *page = alm_calloc(1, sizeof *page);
    if (!page) {
        alm_frontier_entry_free(entry);
        return out_of_memory(err);
    }
    page->entry = entry;
    page->source = source;
    alm_response_init(&page->response, source->fetch.max_body ? source->fetch.max_body : ALM_FETCH_MAX_BODY);
    alm_buf_init(&page->request, MAX_REQUEST);
    slot *s = take_slot(loop, source);
    if (!s) {
        alm_fetched_free(page);
        return out_of_memory(err);
    }
    s->host = hs;
    s->page = page;
    alm_status status = set_up(loop, s, source, err);
    if (status == ALM_OK) status = start(loop, s, url, entry, &page->response, err);
    if (status == ALM_OK) source->fetched++;
    return status;
}

alm_status loop_start_robots(alm_loop *loop, host_state *hs, alm_source *source, origin *robots, const char *text,
                             alm_err *err) {
    alm_url url;
    alm_arena_reset(&loop->scratch);
    alm_status status = alm_url_parse(&url, &loop->scratch, alm_str_of(text), NULL, err);
    if (status != ALM_OK) return status;
    slot *s = take_slot(loop, source);
    if (!s) return out_of_memory(err);
    s->host = hs;
    status = set_up(loop, s, source, err);
    if (status != ALM_OK) return status;
    s->robots = robots;
    alm_response_init(&s->response, ALM_ROBOTS_MAX * 4);
    hs->robots_active = true;
    return start(loop, s, &url, NULL, &s->response, err);
}

void loop_resume_paused(alm_loop *loop) {
    alm_body_budget *bodies = &loop->bodies;
    bool has_room = bodies->held < bodies->max;
    for (slot *s = loop->active; s && (has_room || !bodies->exempt); s = s->next) {
        if (!s->transfer.paused) continue;
        if (!has_room) bodies->exempt = &s->transfer;
        s->transfer.paused = false;
        curl_easy_pause(s->transfer.easy, CURLPAUSE_CONT);
    }
}

/* What no page took over is held no more. */
static void give_back_memory(alm_loop *loop, slot *s) {
    if (loop->bodies.exempt == &s->transfer) loop->bodies.exempt = NULL;
    loop->bodies.held -= s->transfer.held;
    s->transfer.held = 0;
    s->transfer.paused = false;
}

static alm_outcome outcome_of(const slot *s, const alm_response *response, alm_status status, int64_t now_ms) {
    alm_outcome outcome = {.elapsed_ms = now_ms - s->started_ms,
                           .answered = response->status > 0 && (status == ALM_OK || status == ALM_E_LIMIT),
                           .status = response->status,
                           .retry_after_ms = -1,
                           .address = response->address};
    alm_str retry_after = alm_response_header(response, "retry-after");
    int64_t wait;
    if (retry_after.len && alm_time_parse_retry_after(&wait, retry_after, now_ms)) outcome.retry_after_ms = wait;
    return outcome;
}

static alm_status finish_page(alm_loop *loop, slot *s, alm_status status, const alm_outcome *outcome, alm_err *err) {
    alm_fetched *page = s->page;
    s->page = NULL;
    page->started_ms = s->started_ms;
    bool has_page = status == ALM_OK && outcome->status != 429 && outcome->status < 500;
    if (!has_page) return loop_page_failed(loop, page, status, outcome, err);
    if (alm_buf_add(&page->request, alm_buf_str(&s->request)) != ALM_OK) {
        alm_fetched_free(page);
        return out_of_memory(err);
    }
    loop->stats.pending++;
    page->held = s->transfer.held; /* until loop_apply_delivered gives it back */
    s->transfer.held = 0;
    return loop->options.handler.submit(loop->options.handler.context, page, err);
}

static alm_status finish_one(alm_loop *loop, slot *s, CURLcode code, alm_err *err) {
    curl_multi_remove_handle(loop->multi, s->transfer.easy);
    loop->stats.active--;
    s->why = (alm_err){0};
    alm_response *response = s->robots ? &s->response : &s->page->response;
    alm_status status = alm_transfer_finish(&s->transfer, code, &s->why);
    /* libcurl 7.88 calls an answer that is no HTTP an unsupported protocol; our guard has not refused anything then */
    if (status == ALM_E_REFUSED && !s->transfer.refused) status = ALM_E_NETWORK;
    int64_t now = loop_now(loop) + 1; /* milliseconds are cut off: it ended within this one */
    alm_outcome outcome = outcome_of(s, response, status, now);
    alm_schedule_host *host = s->host->host;
    loop->stats.bytes += response->body.len;
    s->host->counts.bytes += response->body.len;
    if (!s->robots && status == ALM_OK && outcome.status < 400)
        s->host->counts.pages++;
    else if (!s->robots)
        s->host->counts.errors++;
    bool rests = false;
    if (s->robots) s->host->robots_active = false;
    if (alm_schedule_end(loop->schedule, host, &outcome, now, &rests) != ALM_OK) return out_of_memory(err);
    alm_status stored = ALM_OK;
    if (rests) {
        stored = alm_frontier_host_wait(loop->options.frontier, host->id, host->next_ms, host->backoff, err);
        loop_commit_soon(loop); /* killed now, the next run must not ask before the host allowed it */
    }
    if (stored == ALM_OK)
        stored = s->robots ? loop_robots_finished(loop, s, status, &outcome, err)
                           : finish_page(loop, s, status, &outcome, err);
    if (s->robots) alm_response_release(&s->response);
    give_back_memory(loop, s);
    give_back(loop, s);
    return stored;
}

alm_status loop_finish_transfers(alm_loop *loop, alm_err *err) {
    alm_status status = ALM_OK;
    int left;
    for (CURLMsg *message; status == ALM_OK && (message = curl_multi_info_read(loop->multi, &left));) {
        if (message->msg != CURLMSG_DONE) continue;
        slot *s = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &s);
        status = finish_one(loop, s, code, err);
    }
    return status;
}
