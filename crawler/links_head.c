/* Links that stand in the HTTP head of an answer: the fields Link (RFC 8288) and Refresh. */
#include "crawler/http_message.h"
#include "crawler/links_priv.h"

static bool is_space(char c) { return c == ' ' || c == '\t'; }

static size_t skip_spaces(alm_str s, size_t at) {
    while (at < s.len && is_space(s.ptr[at])) at++;
    return at;
}

/** The value that begins at *at, quoted or not; a backslash in it stays, no relation has one (RFC 8288 B.4). */
static alm_str read_value(alm_str s, size_t *at) {
    size_t start = *at, end = start;
    if (start < s.len && s.ptr[start] == '"') {
        for (end = ++start; end < s.len && s.ptr[end] != '"'; end++)
            if (s.ptr[end] == '\\' && end + 1 < s.len) end++;
        *at = end < s.len ? end + 1 : end;
    } else {
        while (end < s.len && s.ptr[end] != ';' && s.ptr[end] != ',') end++;
        *at = end;
    }
    return alm_str_trim(alm_str_slice(s, start, end));
}

typedef struct parameters {
    alm_str rel, type; /* the first of each counts (RFC 8288 3.3) */
    bool has_rel, has_anchor;
} parameters;

static parameters read_parameters(alm_str s, size_t *at) {
    parameters out = {.type = {NULL, 0}};
    for (*at = skip_spaces(s, *at); *at < s.len && s.ptr[*at] == ';'; *at = skip_spaces(s, *at)) {
        size_t start = *at = skip_spaces(s, *at + 1);
        while (*at < s.len && !strchr("=;,", s.ptr[*at])) (*at)++;
        alm_str name = alm_str_trim(alm_str_slice(s, start, *at)), value = {NULL, 0};
        if (*at < s.len && s.ptr[*at] == '=') {
            *at = skip_spaces(s, *at + 1);
            value = read_value(s, at);
        }
        if (alm_str_is_nocase(name, ALM_STR("rel")) && !out.has_rel) {
            out.rel = value;
            out.has_rel = true;
        } else if (alm_str_is_nocase(name, ALM_STR("type")) && !out.type.ptr) {
            out.type = value;
        } else if (alm_str_is_nocase(name, ALM_STR("anchor"))) {
            out.has_anchor = true; /* a link of something else than this page */
        }
    }
    return out;
}

/** <target>; rel=next; title="a, b", <target>; …: what follows a fault is not read. */
static void read_link_field(alm_link_refs *refs, alm_str value) {
    for (size_t at = 0; at < value.len;) {
        while (at < value.len && (is_space(value.ptr[at]) || value.ptr[at] == ',')) at++;
        size_t close = alm_str_find(value, ALM_STR(">"), at);
        if (at >= value.len || value.ptr[at] != '<' || close == SIZE_MAX) return;
        alm_link_ref ref = {.of_head = true, .target = alm_str_slice(value, at + 1, close)};
        at = close + 1;
        parameters told = read_parameters(value, &at);
        if (at < value.len && value.ptr[at] != ',') return;
        if (told.has_anchor || !alm_links_kind_of_rel(&ref.kind, told.rel, told.type)) continue;
        ref.nofollow = alm_links_rel_is_nofollow(told.rel);
        alm_link_refs_add(refs, &ref);
    }
}

void alm_links_read_head(alm_link_refs *refs, alm_str head) {
    alm_str value;
    for (size_t at = 0; alm_http_next_field(head, ALM_STR("link"), &at, &value);) read_link_field(refs, value);
    alm_link_ref refresh = {.kind = ALM_LINK_REFRESH, .of_head = true};
    value = alm_http_field(head, ALM_STR("refresh"));
    if (value.len && alm_links_parse_refresh(value, &refresh.delay_ms, &refresh.target) && refresh.target.len)
        alm_link_refs_add(refs, &refresh);
}
