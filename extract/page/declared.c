#include "extract/page/read_priv.h"

#include "base/utf8.h"

/* What a page declares about itself in meta elements and JSON-LD. */

alm_str alm_read_meta_content(const alm_reading *r, const char *name) {
    const alm_dom *dom = &r->dom;
    alm_str wanted = alm_str_of(name);
    for (uint32_t m = 0; m < r->meta_count; m++) {
        uint32_t node = r->metas[m];
        alm_str content = {NULL, 0};
        bool named = false;
        for (uint32_t i = dom->nodes[node].attr; i < dom->nodes[node].attr + dom->nodes[node].attr_count; i++) {
            const alm_attr *attr = &dom->attrs[i];
            if (attr->id == ALM_ATTR_CONTENT)
                content = alm_str_trim(attr->value);
            else if (attr->id == ALM_ATTR_NAME || attr->id == ALM_ATTR_PROPERTY || attr->id == ALM_ATTR_ITEMPROP)
                named |= alm_str_is_nocase(attr->value, wanted);
        }
        if (named && content.len) return content;
    }
    return (alm_str){NULL, 0};
}

static uint32_t hex4(const char *p) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i], low = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value * 16 + (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f')
            value = value * 16 + (uint32_t)(low - 'a') + 10;
        else
            return 0xFFFD;
    }
    return value;
}

/** "\uXXXX", or a pair of them: the bytes read behind the "u". */
static size_t read_escape(alm_str s, size_t at, uint32_t *cp) {
    if (s.len - at < 4) {
        *cp = 0xFFFD;
        return s.len - at;
    }
    *cp = hex4(s.ptr + at);
    bool high = *cp >= 0xD800 && *cp < 0xDC00;
    if (high && s.len - at >= 10 && s.ptr[at + 4] == '\\' && s.ptr[at + 5] == 'u') {
        uint32_t low = hex4(s.ptr + at + 6);
        if (low >= 0xDC00 && low < 0xE000) {
            *cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
            return 10;
        }
    }
    if (*cp >= 0xD800 && *cp < 0xE000) *cp = 0xFFFD;
    return 4;
}

/** The JSON string that begins at @p at, behind its quote: decoded, or {0} where it does not end. */
static alm_str json_string(alm_arena *arena, alm_str s, size_t at) {
    enum { STRING_MAX = 2000 };
    size_t end = at;
    while (end < s.len && s.ptr[end] != '"' && end - at < STRING_MAX) end += s.ptr[end] == '\\' ? 2 : 1;
    if (end >= s.len || s.ptr[end] != '"') return (alm_str){NULL, 0};
    char *out = alm_arena_alloc(arena, end - at + 1);
    if (!out) return (alm_str){NULL, 0};
    size_t used = 0;
    alm_str body = alm_str_slice(s, 0, end);
    while (at < end) {
        char c = s.ptr[at++];
        if (c != '\\') {
            out[used++] = c;
            continue;
        }
        char kind = s.ptr[at++];
        uint32_t cp = kind == 'n' || kind == 't' || kind == 'r' ? ' ' : (unsigned char)kind;
        if (kind == 'u') at += read_escape(body, at, &cp);
        if (cp < 0x80 || kind == 'u')
            used += alm_utf8_encode(out + used, cp);
        else
            out[used++] = kind;
    }
    return (alm_str){out, used};
}

static alm_str value_of_key(const alm_reading *r, alm_str json, alm_str key) {
    for (size_t at = alm_str_find(json, key, 0); at != SIZE_MAX; at = alm_str_find(json, key, at + 1)) {
        size_t i = at + key.len;
        if (at == 0 || json.ptr[at - 1] != '"' || i >= json.len || json.ptr[i] != '"') continue;
        do i++;
        while (i < json.len && (json.ptr[i] == ' ' || json.ptr[i] == ':' || json.ptr[i] == '\n'));
        if (i < json.len && json.ptr[i] == '"') {
            alm_str value = json_string(r->arena, json, i + 1);
            if (value.len) return value;
        }
    }
    return (alm_str){NULL, 0};
}

alm_str alm_read_json_ld(const alm_reading *r, const char *key) {
    for (uint32_t i = 0; i < r->script_count; i++) {
        alm_str value = value_of_key(r, alm_dom_text(&r->dom, r->scripts[i] + 1), alm_str_of(key));
        if (value.len) return value;
    }
    return (alm_str){NULL, 0};
}

enum { SCRIPT_MAX = 16, META_MAX = 128 };

alm_status alm_read_declared(alm_reading *r) {
    const alm_dom *dom = &r->dom;
    r->metas = alm_arena_calloc(r->arena, META_MAX, sizeof *r->metas);
    r->scripts = alm_arena_calloc(r->arena, SCRIPT_MAX, sizeof *r->scripts);
    if (!r->metas || !r->scripts) return ALM_E_NOMEM;
    for (uint32_t i = 0; i < dom->count; i++) {
        alm_tag tag = alm_dom_tag(dom, i);
        if (tag == ALM_TAG_META && r->meta_count < META_MAX) r->metas[r->meta_count++] = i;
        if (tag != ALM_TAG_SCRIPT || r->script_count == SCRIPT_MAX || dom->nodes[i].end == i + 1) continue;
        alm_str type = alm_dom_attr(dom, i, ALM_ATTR_TYPE);
        if (alm_str_is_nocase(type, ALM_STR("application/ld+json"))) r->scripts[r->script_count++] = i;
    }
    return ALM_OK;
}
