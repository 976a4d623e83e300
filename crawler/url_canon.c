#include <stdlib.h>

#include "crawler/url_priv.h"

/* The canonical form. It is built from parts that alm_url_parse made: ASCII, percent codes where the standard asks. */

/** What must be encoded in a path: all but unreserved, sub-delims, ':', '@' and '/' (RFC 3986 3.3). */
static const alm_url_set path_set = {0xFFFFFFFFu | ALM_URL_LOW(' ') | ALM_URL_LOW('"') | ALM_URL_LOW('#') |
                                         ALM_URL_LOW('%') | ALM_URL_LOW('<') | ALM_URL_LOW('>') | ALM_URL_LOW('?'),
                                     ALM_URL_HIGH('[') | ALM_URL_HIGH('\\') | ALM_URL_HIGH(']') | ALM_URL_HIGH('^') |
                                         ALM_URL_HIGH('`') | ALM_URL_HIGH('{') | ALM_URL_HIGH('|') | ALM_URL_HIGH('}') |
                                         ALM_URL_HIGH(0x7F)};
/** In a query '?' is allowed too (RFC 3986 3.4). */
static const alm_url_set query_set = {0xFFFFFFFFu | ALM_URL_LOW(' ') | ALM_URL_LOW('"') | ALM_URL_LOW('#') |
                                          ALM_URL_LOW('%') | ALM_URL_LOW('<') | ALM_URL_LOW('>'),
                                      ALM_URL_HIGH('[') | ALM_URL_HIGH('\\') | ALM_URL_HIGH(']') | ALM_URL_HIGH('^') |
                                          ALM_URL_HIGH('`') | ALM_URL_HIGH('{') | ALM_URL_HIGH('|') |
                                          ALM_URL_HIGH('}') | ALM_URL_HIGH(0x7F)};

static bool is_unreserved(int c) {
    return c >= 0 && c < 0x80 &&
           (alm_url_is_alpha((char)c) || alm_url_is_digit((char)c) || c == '-' || c == '.' || c == '_' || c == '~');
}

/** Write @p s with one spelling for each byte. */
static void put_normal(alm_url_writer *w, alm_str s, const alm_url_set *set) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        int byte = c == '%' ? alm_url_percent_at(s, i) : -1;
        if (byte >= 0) {
            i += 2;
            if (is_unreserved(byte))
                alm_url_put(w, (char)byte);
            else
                alm_url_put_percent(w, (unsigned char)byte);
        } else if (alm_url_in_set(set, c)) {
            alm_url_put_percent(w, c);
        } else {
            alm_url_put(w, (char)c);
        }
    }
}

/** Cut "name=value" at its first '='. */
static void split_pair(alm_str pair, alm_str *name, alm_str *value) {
    const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
    size_t at = equals ? (size_t)(equals - pair.ptr) : pair.len;
    *name = alm_str_slice(pair, 0, at);
    *value = equals ? alm_str_slice(pair, at + 1, pair.len) : (alm_str){pair.ptr + at, 0};
}

/* Path. */

/** "(S(4xq…))" and kin: ASP.NET's session in the path. */
static bool is_cookieless(alm_str segment) {
    if (segment.len < 5 || segment.ptr[0] != '(' || segment.ptr[segment.len - 1] != ')') return false;
    size_t at = 1;
    while (at + 1 < segment.len) {
        if (!strchr("ASFX", segment.ptr[at]) || segment.ptr[at + 1] != '(') return false;
        while (at < segment.len && segment.ptr[at] != ')') at++;
        at++;
    }
    return at + 1 == segment.len;
}

/** Take session parameters (";jsessionid=…") out of the segment that begins at @p start of the writer. */
static void drop_path_params(alm_url_writer *w, size_t start, const alm_url_canon_options *options) {
    size_t kept = start, at = start;
    while (at < w->len) {
        size_t end = at + 1;
        while (end < w->len && w->ptr[end] != ';') end++;
        alm_str name = {NULL, 0}, value = {NULL, 0};
        if (w->ptr[at] == ';') split_pair((alm_str){w->ptr + at + 1, end - at - 1}, &name, &value);
        bool noise = name.len && value.len && alm_url_param_is_noise(name, value, options);
        if (!noise) {
            memmove(w->ptr + kept, w->ptr + at, end - at);
            kept += end - at;
        }
        at = end;
    }
    w->len = kept;
}

static bool is_text(const alm_url_writer *w, size_t start, const char *text) {
    return alm_str_is_c((alm_str){w->ptr + start, w->len - start}, text);
}

static void put_path(alm_url_writer *w, alm_str path, const alm_url_canon_options *options) {
    size_t path_start = w->len;
    bool built_in = !options || !options->without_built_in;
    alm_url_put(w, '/');
    for (size_t at = 0; at < path.len && !w->full;) {
        size_t end = at;
        while (end < path.len && path.ptr[end] != '/') end++;
        alm_str segment = alm_str_slice(path, at, end);
        bool last = end == path.len;
        at = end + 1;
        if (segment.len == 0 || (built_in && is_cookieless(segment))) continue;
        size_t start = w->len;
        put_normal(w, segment, &path_set);
        if (memchr(w->ptr + start, ';', w->len - start)) drop_path_params(w, start, options);
        if (is_text(w, start, "..")) {
            w->len = start > path_start + 1 ? start - 1 : start;
            while (w->ptr[w->len - 1] != '/') w->len--;
        } else if (is_text(w, start, ".")) {
            w->len = start;
        } else if (!last && w->len > start) {
            alm_url_put(w, '/');
        }
    }
}

/* Query. */

typedef struct pair {
    alm_str text;
    size_t name_len;
} pair;

enum { PAIRS_ON_STACK = 64 };

static int compare_pairs(const void *a, const void *b) {
    const pair *left = a, *right = b;
    int order = alm_str_compare((alm_str){left->text.ptr, left->name_len}, (alm_str){right->text.ptr, right->name_len});
    if (order != 0) return order;
    return left->text.ptr < right->text.ptr ? -1 : left->text.ptr > right->text.ptr;
}

static void sort_pairs(pair *pairs, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (compare_pairs(&pairs[i - 1], &pairs[i]) > 0) {
            qsort(pairs, count, sizeof *pairs, compare_pairs);
            return;
        }
}

/** Collect the pairs of @p query that count into @p pairs, which has room for all. */
static size_t collect_pairs(pair *pairs, alm_str query, const alm_url_canon_options *options) {
    size_t count = 0;
    for (size_t at = 0; at <= query.len;) {
        size_t end = at;
        while (end < query.len && query.ptr[end] != '&') end++;
        alm_str text = alm_str_slice(query, at, end), name, value;
        at = end + 1;
        split_pair(text, &name, &value);
        if (text.len == 0 || alm_url_param_is_noise(name, value, options)) continue;
        if (value.len == 0) text.len = name.len;
        pairs[count++] = (pair){.text = text, .name_len = name.len};
    }
    return count;
}

static size_t count_pairs(alm_str query) {
    size_t count = 1;
    for (size_t i = 0; i < query.len; i++) count += query.ptr[i] == '&';
    return count;
}

static alm_status put_query(alm_url_writer *w, alm_url_parts *parts, alm_arena *arena, alm_str query,
                            const alm_url_canon_options *options) {
    char text[ALM_URL_MAX];
    alm_url_writer normal = {.ptr = text, .cap = sizeof text};
    put_normal(&normal, query, &query_set);
    if (normal.full) return ALM_E_LIMIT;
    query = (alm_str){normal.ptr, normal.len};
    pair few[PAIRS_ON_STACK], *pairs = few;
    size_t room = count_pairs(query);
    if (room > PAIRS_ON_STACK) pairs = alm_arena_calloc(arena, room, sizeof *pairs);
    if (!pairs) return arena->held >= arena->max ? ALM_E_LIMIT : ALM_E_NOMEM;
    size_t count = collect_pairs(pairs, query, options);
    if (!options || !options->keep_order) sort_pairs(pairs, count);
    for (size_t i = 0; i < count; i++) {
        alm_url_put(w, i == 0 ? '?' : '&');
        if (i == 0) parts->query_start = w->len;
        alm_url_put_str(w, pairs[i].text);
    }
    parts->query_end = w->len;
    return ALM_OK;
}

/** The host without the root's dot; "2.." keeps its dots, for without them it would be an IPv4 address. */
static alm_str without_dot(alm_str host) {
    alm_str bare = host;
    while (bare.len > 1 && bare.ptr[bare.len - 1] == '.') bare.len--;
    size_t label = bare.len;
    while (label > 0 && bare.ptr[label - 1] != '.') label--;
    bool number = label < bare.len && alm_url_is_digit(bare.ptr[label]);
    return number ? host : bare;
}

alm_status alm_url_canon(alm_url *out, alm_arena *arena, const alm_url *url, const alm_url_canon_options *options) {
    char text[ALM_URL_MAX];
    alm_url_writer w = {.ptr = text, .cap = sizeof text};
    alm_url_parts parts = {.port_number = url->port_number};
    alm_url_put_str(&w, url->scheme);
    alm_url_put_str(&w, ALM_STR("://"));
    parts.username_start = parts.username_end = parts.password_start = parts.password_end = w.len;
    alm_str host = without_dot(url->host);
    parts.host_start = w.len;
    alm_url_put_str(&w, host);
    parts.host_end = w.len;
    if (url->port.len) alm_url_put(&w, ':');
    parts.port_start = w.len;
    alm_url_put_str(&w, url->port);
    parts.port_end = w.len;
    parts.path_start = w.len;
    put_path(&w, url->path, options);
    parts.path_end = w.len;
    if (url->query.len) {
        alm_status status = put_query(&w, &parts, arena, url->query, options);
        if (status < 0) return status;
    }
    return alm_url_finish(out, arena, &w, &parts);
}
