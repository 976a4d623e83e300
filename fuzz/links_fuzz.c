#include "crawler/html.h"
#include "crawler/links.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"

/* Input: a page. The reader asks for UTF-8, which the tokenizer does not. */

static void check_tokens(alm_str html) {
    alm_html source = alm_html_of(html);
    alm_html_token token;
    size_t count = 0;
    while (alm_html_next(&source, &token) != ALM_HTML_END_OF_INPUT) {
        ALM_FUZZ_HOLDS(++count <= 2 * html.len + 2);
        ALM_FUZZ_HOLDS(source.at <= html.len);
    }
}

static void check_links(alm_str html, alm_arena *arena) {
    alm_url page;
    alm_links *links;
    if (alm_url_parse(&page, arena, ALM_STR("http://example.com/list/index.html"), NULL, NULL) != ALM_OK) abort();
    alm_links_options options = {.url = &page, .charset = ALM_STR("gbk"), .token = ALM_STR("almoner")};
    if (alm_links_read(&links, arena, html, &options, NULL) != ALM_OK) return;
    for (size_t i = 0; i < links->count; i++) {
        alm_url again;
        if (alm_url_parse(&again, arena, links->items[i].url.href, NULL, NULL) != ALM_OK) return;
        ALM_FUZZ_HOLDS(alm_str_is(again.href, links->items[i].url.href));
        ALM_FUZZ_HOLDS(alm_utf8_valid_prefix(links->items[i].text) == links->items[i].text.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_str html = {(const char *)data, size};
    alm_arena arena;
    check_tokens(html);
    html.len = alm_utf8_valid_prefix(html);
    alm_arena_init(&arena, 64 << 20);
    check_links(html, &arena);
    alm_arena_release(&arena);
    return 0;
}
