#include "crawler/robots.h"

/* The robots directives of pages (HTML meta) and of responses (X-Robots-Tag). */

static void add_directive(alm_robots_tag *tag, alm_str word) {
    if (alm_str_is_nocase(word, ALM_STR("noindex")))
        tag->noindex = true;
    else if (alm_str_is_nocase(word, ALM_STR("nofollow")))
        tag->nofollow = true;
    else if (alm_str_is_nocase(word, ALM_STR("noarchive")))
        tag->noarchive = true;
    else if (alm_str_is_nocase(word, ALM_STR("none")))
        tag->noindex = tag->nofollow = true;
}

/** Directives that carry a value behind a ':' of their own. */
static bool has_value(alm_str name) {
    static const char *const names[] = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (alm_str_is_nocase(name, alm_str_of(names[i]))) return true;
    return false;
}

/** The next item of a list that commas part; false at its end. */
static bool next_item(alm_str *list, alm_str *item) {
    if (list->len == 0) return false;
    const char *comma = memchr(list->ptr, ',', list->len);
    size_t end = comma ? (size_t)(comma - list->ptr) : list->len;
    *item = alm_str_trim(alm_str_slice(*list, 0, end));
    *list = alm_str_slice(*list, comma ? end + 1 : end, list->len);
    return true;
}

static alm_str product(alm_str agent) {
    size_t len = 0;
    while (len < agent.len && alm_robots_token_is_valid(alm_str_slice(agent, len, len + 1))) len++;
    return alm_str_slice(agent, 0, len);
}

void alm_robots_tag_add_header(alm_robots_tag *tag, alm_str value, alm_str token) {
    bool ours = true; /* an agent's name holds for what follows it in the value */
    alm_str item;
    token = product(token);
    while (next_item(&value, &item)) {
        const char *colon = item.len ? memchr(item.ptr, ':', item.len) : NULL;
        if (colon) {
            alm_str name = alm_str_trim(alm_str_slice(item, 0, (size_t)(colon - item.ptr)));
            if (has_value(name)) continue;
            ours =
                alm_str_is_nocase(name, token) || alm_str_is_c(name, "*") || alm_str_is_nocase(name, ALM_STR("robots"));
            item = alm_str_trim(alm_str_slice(item, (size_t)(colon - item.ptr) + 1, item.len));
        }
        if (ours) add_directive(tag, item);
    }
}

void alm_robots_tag_add_meta(alm_robots_tag *tag, alm_str name, alm_str content, alm_str token) {
    name = alm_str_trim(name);
    token = product(token);
    if (!alm_str_is_nocase(name, ALM_STR("robots")) && !(token.len && alm_str_is_nocase(name, token))) return;
    alm_str item;
    while (next_item(&content, &item)) {
        /* white space parts directives too on many pages */
        for (size_t start = 0, at = 0; at <= item.len; at++) {
            if (at < item.len && item.ptr[at] != ' ' && item.ptr[at] != '\t' && item.ptr[at] != ';') continue;
            add_directive(tag, alm_str_slice(item, start, at));
            start = at + 1;
        }
    }
}
