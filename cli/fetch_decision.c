#include "cli/fetch_decision.h"

#include <stdio.h>

#include "crawler/links.h"
#include "extract/page/decode.h"
#include "pipeline/sniff.h"

static alm_fetch_decision no_page(const char *word, const char *why) {
    return (alm_fetch_decision){.word = word, .why = why};
}

static alm_fetch_decision judge_failure(alm_status fetched, const char *message) {
    if (fetched == ALM_E_REFUSED) return no_page("never fetch", message);
    if (fetched == ALM_E_NETWORK) return no_page("retry later", message);
    return no_page("give up", message); /* a limit, a broken coding */
}

static alm_fetch_decision judge_status(int status) {
    if (status == 429 || status == 503) return no_page("let the host rest", "it asks to be left alone");
    if (status >= 500) return no_page("retry later", "the server has an error");
    if (status == 404 || status == 410) return no_page("record as gone", "there is no such page");
    if (status >= 400) return no_page("give up", "the server refuses");
    return no_page("follow", "it is a redirect");
}

static void read_links(alm_fetch_decision *out, const alm_links *links) {
    for (size_t i = 0; i < links->count; i++) {
        const alm_link *link = &links->items[i];
        if (link->kind == ALM_LINK_CANONICAL) out->canonical = link->url.href;
        if (link->kind == ALM_LINK_REFRESH || link->kind == ALM_LINK_SCRIPT) out->leads_to = link->url.href;
        out->links += !link->nofollow && !out->nofollow;
    }
}

/* As the crawl's workers do: decode, read directives and links. */
static alm_status read_page(alm_fetch_decision *out, alm_arena *arena, const alm_url *url, const alm_response *r,
                            alm_str http_charset, const alm_fetch_judge *judge, bool is_text) {
    alm_decode_hints hints = {.override_label = judge->encoding, .http_charset = http_charset, .plain_text = is_text};
    alm_robots_tag tag = {0};
    alm_str value, token = alm_str_of(judge->token);
    alm_decoded decoded;
    alm_links *links;
    for (size_t at = 0; alm_response_next_header(r, "x-robots-tag", &at, &value);)
        alm_robots_tag_add_header(&tag, value, token);
    alm_str body = r->body.len ? alm_buf_str(&r->body) : ALM_STR("");
    alm_status status = alm_decode(&decoded, arena, body, &hints, NULL, NULL);
    if (status != ALM_OK) return status;
    alm_links_options options = {
        .url = url, .charset = alm_str_of(decoded.encoding), .head = alm_buf_str(&r->headers), .token = token};
    status = alm_links_read(&links, arena, decoded.text, &options, NULL);
    if (status != ALM_OK) return status;
    out->is_read = true;
    out->charset = decoded.charset;
    out->noindex = tag.noindex || links->robots.noindex;
    out->nofollow = tag.nofollow || links->robots.nofollow;
    read_links(out, links);
    return ALM_OK;
}

alm_status alm_fetch_decide(alm_fetch_decision *out, alm_arena *arena, const alm_url *url, const alm_response *r,
                            alm_status fetched, const alm_err *err, const alm_fetch_judge *judge) {
    if (fetched != ALM_OK || r->status < 200 || r->status > 299) {
        *out = fetched != ALM_OK ? judge_failure(fetched, err->message) : judge_status(r->status);
        return ALM_OK;
    }
    alm_str type, charset;
    alm_content_type_split(alm_response_header(r, "content-type"), &type, &charset);
    alm_content content = alm_sniff(alm_buf_str(&r->body), type, false);
    if (content.kind == ALM_CONTENT_OTHER) {
        char why[128];
        snprintf(why, sizeof why, "it is %s%s", content.name, judge->attachments ? ", which the source wants" : "");
        *out = no_page("archive only", alm_arena_copy(arena, alm_str_of(why)).ptr);
        return out->why ? ALM_OK : ALM_E_NOMEM;
    }
    *out = (alm_fetch_decision){.word = "read as a page", .is_page = true};
    out->why = content.kind == ALM_CONTENT_TEXT ? "it is plain text" : "it is HTML";
    alm_status status = read_page(out, arena, url, r, charset, judge, content.kind == ALM_CONTENT_TEXT);
    if (status == ALM_OK && out->noindex) {
        out->word = out->nofollow ? "archive only" : "follow its links, keep no records";
        out->why = "it says noindex";
        out->is_page = false;
    } else if (status == ALM_OK && out->nofollow) {
        out->word = "keep its records, follow no links";
        out->why = "it says nofollow";
    }
    return status;
}
