#include "pipeline/page_work.h"

#include <openssl/sha.h>
#include <stdio.h>

#include "base/alloc.h"
#include "crawler/domain.h"
#include "crawler/links.h"
#include "crawler/robots.h"
#include "crawler/simhash.h"
#include "crawler/sitemap.h"
#include "extract/extract.h"
#include "extract/page/decode.h"
#include "pipeline/sniff.h"

enum { MAX_ARENA = 256 << 20, MAX_LINKS = 32 << 20, LIST_LINKS = 20, TEXT_PER_LINK = 30 };

struct alm_page_worker {
    alm_page_worker_options options;
    alm_session **sessions; /* by rule set, each made by its first page */
    alm_warc_encoder *encoder;
    alm_arena arena; /* of one page: its decoded text and links */
};

alm_status alm_page_worker_new(alm_page_worker **out, const alm_page_worker_options *options) {
    alm_page_worker *w = alm_calloc(1, sizeof *w);
    if (!w) return ALM_E_NOMEM;
    w->options = *options;
    alm_arena_init(&w->arena, MAX_ARENA);
    alm_status status = ALM_OK;
    size_t count = options->extractor_count;
    if (count && !(w->sessions = alm_calloc(count, sizeof *w->sessions))) status = ALM_E_NOMEM;
    if (status == ALM_OK && !options->without_archive)
        status = alm_warc_encoder_new(&w->encoder, options->archive_level);
    if (status == ALM_OK)
        *out = w;
    else
        alm_page_worker_free(w);
    return status;
}

void alm_page_worker_free(alm_page_worker *w) {
    if (!w) return;
    for (size_t i = 0; w->sessions && i < w->options.extractor_count; i++) alm_session_free(w->sessions[i]);
    alm_free(w->sessions);
    alm_warc_encoder_free(w->encoder);
    alm_arena_release(&w->arena);
    alm_free(w);
}

void alm_page_records_free(alm_page_records *records) {
    if (!records) return;
    alm_page_records_release(records);
    alm_free(records);
}

/* ---- links ---- */

typedef struct link_list {
    alm_page_result *result;
    alm_page_link *items;
    size_t count, cap;
} link_list;

/* The canonical form goes into the result's arena; what has none is no page that could be fetched. */
static alm_status add_link(link_list *list, const alm_url *url, alm_page_link link) {
    alm_status status = alm_url_canon(&link.url, &list->result->arena, url, NULL);
    if (status != ALM_OK) return status == ALM_E_NOMEM ? status : ALM_OK;
    void *items = list->items;
    status = alm_arena_grow(&list->result->arena, &items, &list->cap, list->count, sizeof *list->items);
    list->items = items;
    if (status != ALM_OK) return status;
    list->items[list->count++] = link;
    list->result->links = list->items;
    list->result->link_count = list->count;
    return ALM_OK;
}

static alm_status add_redirect(link_list *list, alm_str target, const alm_url *base) {
    alm_url url;
    alm_url_context context = {.base = base};
    alm_status status = alm_url_parse(&url, &list->result->arena, target, &context, NULL);
    if (status != ALM_OK) return status == ALM_E_NOMEM ? status : ALM_OK;
    return add_link(list, &url, (alm_page_link){.is_redirect = true, .kind = list->result->page->entry->kind});
}

static alm_page_link link_of(const alm_link *link) {
    alm_page_link out = {0};
    out.kind = link->kind == ALM_LINK_FEED ? ALM_URL_FEED : ALM_URL_PAGE;
    out.is_redirect =
        link->kind == ALM_LINK_REFRESH || link->kind == ALM_LINK_SCRIPT || link->kind == ALM_LINK_CANONICAL;
    out.is_paging = link->kind == ALM_LINK_NEXT || link->kind == ALM_LINK_PAGING;
    return out;
}

static alm_status read_page_links(alm_page_worker *w, link_list *list, const alm_url *self, alm_str html,
                                  const char *charset, alm_robots_tag *tag) {
    alm_links *links;
    alm_links_options options = {.url = self,
                                 .charset = alm_str_of(charset),
                                 .head = alm_buf_str(&list->result->page->response.headers),
                                 .token = alm_str_of(w->options.token)};
    alm_status status = alm_links_read(&links, &w->arena, html, &options, NULL);
    if (status != ALM_OK) return status == ALM_E_NOMEM ? status : ALM_OK;
    tag->noindex |= links->robots.noindex;
    tag->nofollow |= links->robots.nofollow;
    if (tag->nofollow) return ALM_OK;
    for (size_t i = 0; i < links->count && status == ALM_OK; i++) {
        const alm_link *link = &links->items[i];
        if (link->nofollow) continue;
        status = add_link(list, &link->url, link_of(link));
    }
    return status;
}

static alm_status read_sitemap(alm_page_worker *w, link_list *list, const alm_url *self, alm_str body) {
    alm_sitemap *map;
    alm_sitemap_options options = {.url = self};
    alm_status status = alm_sitemap_read(&map, &w->arena, body, &options, NULL);
    if (status == ALM_E_NOMEM) return status;
    if (status != ALM_OK) {
        list->result->failure = "no-sitemap";
        return ALM_OK;
    }
    alm_url_kind kind = map->kind == ALM_SITEMAP_INDEX ? ALM_URL_SITEMAP : ALM_URL_PAGE;
    for (size_t i = 0; i < map->count && status == ALM_OK; i++)
        status = add_link(list, &map->items[i].url, (alm_page_link){.kind = kind});
    return status;
}

/* ---- records ---- */

static alm_session *session_for(alm_page_worker *w, const alm_source *source) {
    size_t set = source->rule_set < w->options.extractor_count ? source->rule_set : 0;
    if (!w->sessions[set]) w->sessions[set] = alm_session_new(w->options.extractors[set]);
    return w->sessions[set];
}

static alm_status write_records(alm_page_worker *w, alm_session *session, alm_page_result *r) {
    alm_page_records *records = alm_calloc(1, sizeof *records);
    if (!records) return ALM_E_NOMEM;
    r->payload = records;
    alm_page_records_init(records);
    const alm_document *document = alm_session_document(session);
    alm_status status = alm_page_records_fill(records, &w->arena, document, false, &w->options.privacy, NULL);
    if (status == ALM_E_NOMEM) return status;
    if (status != ALM_OK) r->failure = "output"; /* larger than a record may be: told, not stored */
    if (status != ALM_OK) alm_buf_reset(&records->json);
    return ALM_OK;
}

static bool is_on_another_host(alm_str canonical, const char *url, alm_arena *arena) {
    alm_url there, here;
    if (!canonical.len || alm_url_parse(&here, arena, alm_str_of(url), NULL, NULL) != ALM_OK) return false;
    alm_url_context context = {.base = &here};
    return alm_url_parse(&there, arena, canonical, &context, NULL) == ALM_OK &&
           !alm_domain_is_same(there.host, here.host);
}

/* A name that finds no room is not told: the page's records count more. */
static void note_provenance(alm_page_result *r, const alm_page *read, size_t strewn) {
    if (read->source.len) r->provenance.source = alm_arena_copy(&r->arena, read->source);
    if (read->site.len) r->provenance.site = alm_arena_copy(&r->arena, read->site);
    r->provenance.marks = (uint32_t)(strewn < UINT32_MAX ? strewn : UINT32_MAX);
    r->provenance.elsewhere = is_on_another_host(read->canonical_url, r->page->entry->url, &r->arena);
}

static alm_status extract(alm_page_worker *w, alm_page_result *r, alm_str body, bool is_text, const char *charset) {
    const alm_frontier_entry *entry = r->page->entry;
    alm_session *session = session_for(w, r->page->source);
    if (!session) return ALM_E_NOMEM;
    char fetched[ALM_TIME_MAX];
    alm_time_format(fetched, r->page->started_ms);
    alm_input input = {.bytes = body.ptr,
                       .len = body.len,
                       .type = is_text ? ALM_INPUT_TEXT : ALM_INPUT_HTML,
                       .url = entry->url,
                       .charset = charset,
                       .encoding = r->page->source->encoding.ptr,
                       .fetched_at = fetched};
    if (alm_extract(session, &input) != 0) {
        if (alm_session_error(session)->code == ALM_E_NOMEM) return ALM_E_NOMEM;
        r->failure = "extraction";
        return ALM_OK;
    }
    r->records = (uint32_t)alm_session_donation_count(session);
    const alm_page *read = &alm_session_document(session)->page;
    alm_str text = read->text;
    r->simhash = alm_simhash(alm_session_shadow(session));
    if (read->published.len < sizeof r->published)
        snprintf(r->published, sizeof r->published, "%.*s", ALM_FMT(read->published));
    note_provenance(r, read, alm_session_strewn(session));
    r->is_list = r->link_count >= LIST_LINKS && text.len < r->link_count * TEXT_PER_LINK;
    return write_records(w, session, r);
}

/* ---- one answer ---- */

static alm_status read_page(alm_page_worker *w, link_list *list, const alm_url *self) {
    alm_page_result *r = list->result;
    alm_response *response = &r->page->response;
    alm_str type, charset, value, body = alm_buf_str(&response->body);
    alm_content_type_split(alm_response_header(response, "content-type"), &type, &charset);
    alm_content content = alm_sniff(body, type, false); /* as `extract` does: from the archive come the same records */
    bool is_text = content.kind == ALM_CONTENT_TEXT;
    if (content.kind == ALM_CONTENT_OTHER) {
        r->is_other = !r->page->source->attachments;
        return ALM_OK;
    }
    alm_robots_tag tag = {0};
    for (size_t at = 0; alm_response_next_header(response, "x-robots-tag", &at, &value);)
        alm_robots_tag_add_header(&tag, value, alm_str_of(w->options.token));
    alm_decode_hints hints = {
        .override_label = r->page->source->encoding, .http_charset = charset, .plain_text = is_text};
    alm_decoded decoded;
    alm_status status = alm_decode(&decoded, &w->arena, body, &hints, NULL, NULL);
    if (status == ALM_OK) status = read_page_links(w, list, self, decoded.text, decoded.encoding, &tag);
    r->is_list = r->link_count >= LIST_LINKS;
    if (status != ALM_OK || !w->sessions || tag.noindex) return status;
    alm_str label = charset.ptr ? alm_arena_copy(&w->arena, charset) : (alm_str){0};
    return extract(w, r, body, is_text, label.ptr);
}

static alm_str purpose_of(alm_url_kind kind) {
    switch (kind) {
    case ALM_URL_SITEMAP: return ALM_STR("sitemap");
    case ALM_URL_FEED: return ALM_STR("feed");
    case ALM_URL_PAGE: break;
    }
    return (alm_str){NULL, 0};
}

static alm_status archive(alm_page_worker *w, alm_page_result *r, alm_err *err) {
    const alm_fetched *page = r->page;
    const alm_response *response = &page->response;
    if (!w->encoder) return ALM_OK;
    alm_warc_exchange exchange = {.url = alm_str_of(page->entry->url),
                                  .address = alm_str_of(response->address),
                                  .request = alm_buf_str(&page->request),
                                  .head = alm_buf_str(&response->headers),
                                  .body = response->encoded.len ? alm_buf_str(&response->encoded)
                                                                : alm_buf_str(&response->body),
                                  .status = response->status,
                                  .started_ms = page->started_ms,
                                  .elapsed_ms = response->elapsed_ms,
                                  .via = alm_str_of(page->entry->via_url),
                                  .purpose = purpose_of(page->entry->kind),
                                  .revisit = response->status == 304 ? ALM_WARC_NOT_MODIFIED
                                             : r->unchanged          ? ALM_WARC_SAME_PAYLOAD
                                                                     : ALM_WARC_NEW,
                                  .earlier_ms = page->entry->fetched_ms};
    return alm_warc_encode(w->encoder, &exchange, &r->block, err);
}

static alm_status do_page(alm_page_worker *w, alm_page_result *r, alm_err *err) {
    alm_response *response = &r->page->response;
    const alm_frontier_entry *entry = r->page->entry;
    alm_err broken = {0};
    alm_status status = alm_response_decode(response, &broken);
    if (status == ALM_E_NOMEM) return status;
    if (status != ALM_OK) r->failure = status == ALM_E_LIMIT ? "too-large" : "broken-coding";
    bool has_page = status == ALM_OK && response->status >= 200 && response->status < 300;
    if (has_page) {
        SHA256((const unsigned char *)(response->body.ptr ? response->body.ptr : ""), response->body.len, r->sha256);
        r->has_sha256 = true;
        r->unchanged = entry->has_sha256 && memcmp(entry->sha256, r->sha256, ALM_SHA256_LEN) == 0;
    }
    status = archive(w, r, err);
    if (status != ALM_OK) return status;
    alm_url self;
    if (alm_url_parse(&self, &w->arena, alm_str_of(entry->url), NULL, NULL) != ALM_OK) return ALM_OK;
    link_list list = {.result = r};
    if (response->status >= 300 && response->status < 400 && response->location.len)
        return add_redirect(&list, alm_buf_str(&response->location), &self);
    if (!has_page || r->unchanged) return ALM_OK;
    return entry->kind == ALM_URL_PAGE ? read_page(w, &list, &self)
                                       : read_sitemap(w, &list, &self, alm_buf_str(&response->body));
}

alm_status alm_page_worker_do(alm_page_worker *w, alm_fetched *page, alm_page_result **out, alm_err *err) {
    alm_page_result *r = alm_page_result_new(page, MAX_LINKS);
    if (!r) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_arena_reset(&w->arena);
    alm_status status = do_page(w, r, err);
    /* what was read of it is in the result, which may wait for a while */
    alm_buf_release(&page->response.body);
    alm_buf_release(&page->response.encoded);
    *out = r; /* also on failure: the page goes with it */
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "%s: %s", page->entry->url, alm_status_name(status));
}
