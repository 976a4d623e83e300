#include "extract/page/read_priv.h"

enum { ADDRESS_MAX = 2048, NEXT_MAX = 64, ATTACHMENT_MAX = 256 };

/* ---- addresses (RFC 3986) ---- */

typedef struct address {
    alm_str scheme, authority, path, query; /**< query with its "?" */
    bool has_authority;
} address;

static address split(alm_str s) {
    address a = {0};
    size_t i = 0, n = s.len;
    const char *hash = n ? memchr(s.ptr, '#', n) : NULL;
    if (hash) n = (size_t)(hash - s.ptr);
    while (i < n &&
           (((s.ptr[i] | 0x20) >= 'a' && (s.ptr[i] | 0x20) <= 'z') || (i && strchr("0123456789+-.", s.ptr[i]))))
        i++;
    size_t at = 0;
    if (i > 0 && i < n && s.ptr[i] == ':') {
        a.scheme = alm_str_slice(s, 0, i);
        at = i + 1;
    }
    if (n - at >= 2 && s.ptr[at] == '/' && s.ptr[at + 1] == '/') {
        size_t end = at + 2;
        while (end < n && s.ptr[end] != '/' && s.ptr[end] != '?') end++;
        a.authority = alm_str_slice(s, at + 2, end);
        a.has_authority = true;
        at = end;
    }
    const char *question = n > at ? memchr(s.ptr + at, '?', n - at) : NULL;
    size_t query = question ? (size_t)(question - s.ptr) : n;
    a.path = alm_str_slice(s, at, query);
    a.query = alm_str_slice(s, query, n);
    return a;
}

/** Take "." and ".." out of the path that ends at out[*len] and begins at out[root] (RFC 3986 5.2.4). */
static void remove_dots(char *out, size_t root, size_t *len) {
    size_t read = root, write = root;
    while (read < *len) {
        size_t end = read + 1;
        while (end < *len && out[end] != '/') end++;
        alm_str part = {out + read, end - read};
        bool last = end == *len;
        if (alm_str_is(part, ALM_STR("/.")) || alm_str_is(part, ALM_STR("/.."))) {
            if (part.len == 3)
                while (write > root && out[--write] != '/') {
                }
            if (last) out[write++] = '/';
        } else {
            memmove(out + write, out + read, part.len);
            write += part.len;
        }
        read = end;
    }
    *len = write;
}

static void put(char *out, size_t *len, alm_str s) {
    if (s.len) memcpy(out + *len, s.ptr, s.len);
    *len += s.len;
}

/** Without what browsers strip: white space at the ends, tabs and line ends inside; a back slash is a slash. */
static alm_str cleaned(char *out, alm_str s) {
    size_t len = 0;
    bool query = false;
    s = alm_str_trim(s);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '?' || c == '#') query = true;
        if (c == '\t' || c == '\n' || c == '\r') continue;
        out[len++] = c == '\\' && !query ? '/' : c == ' ' ? '+' : c;
    }
    return (alm_str){out, len};
}

alm_str alm_read_resolve(alm_arena *arena, alm_str base, alm_str href) {
    char clean[ADDRESS_MAX], out[3 * ADDRESS_MAX];
    alm_str none = {NULL, 0};
    if (href.len == 0 || href.len >= ADDRESS_MAX || base.len >= ADDRESS_MAX) return none;
    address a = split(cleaned(clean, href)), b = split(base);
    if (a.path.len == 0 && a.query.len == 0 && !a.has_authority) return none; /* a place on this page */
    alm_str scheme = a.scheme.len ? a.scheme : b.scheme;
    if (!alm_str_is_nocase(scheme, ALM_STR("http")) && !alm_str_is_nocase(scheme, ALM_STR("https"))) return none;
    bool absolute = a.scheme.len > 0 || a.has_authority;
    size_t len = 0;
    put(out, &len, scheme);
    put(out, &len, ALM_STR("://"));
    put(out, &len, absolute ? a.authority : b.authority);
    size_t root = len;
    if (!absolute && (a.path.len == 0 || a.path.ptr[0] != '/')) {
        size_t keep = b.path.len;
        if (a.path.len)
            while (keep > 0 && b.path.ptr[keep - 1] != '/') keep--;
        put(out, &len, alm_str_slice(b.path, 0, keep));
        if (len == root) out[len++] = '/';
    }
    put(out, &len, a.path);
    if (len == root) out[len++] = '/';
    remove_dots(out, root, &len);
    put(out, &len, a.query);
    return alm_arena_copy(arena, (alm_str){out, len});
}

/* ---- attachments ---- */

static bool file_ending(alm_str href, char out[8], size_t *len) {
    static const char *const endings[] = {"doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "zip",
                                          "rar", "7z",   "wps", "et",   "csv", "txt",  "ofd", "rtf"};
    address a = split(href);
    size_t dot = a.path.len;
    while (dot > 0 && a.path.ptr[dot - 1] != '.' && a.path.ptr[dot - 1] != '/') dot--;
    if (dot == 0 || a.path.ptr[dot - 1] != '.') return false;
    alm_str ending = alm_str_slice(a.path, dot, a.path.len);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (!alm_str_is_nocase(ending, alm_str_of(endings[i]))) continue;
        *len = strlen(endings[i]);
        memcpy(out, endings[i], *len);
        return true;
    }
    return false;
}

/** The text below @p node, white space collapsed. */
static alm_str text_below(const alm_reading *r, uint32_t node) {
    char text[512];
    size_t len = 0;
    for (uint32_t i = node + 1; i < r->dom.nodes[node].end; i++) {
        if (r->dom.nodes[i].tag != ALM_TAG_TEXT) continue;
        alm_str s = alm_dom_text(&r->dom, i);
        if (len + s.len > sizeof text) break;
        memcpy(text + len, s.ptr, s.len);
        len += s.len;
    }
    return alm_str_trim(alm_read_collapse(r->arena, (alm_str){text, len}));
}

static alm_status add_attachment(alm_reading *r, size_t *cap, uint32_t node, alm_str href) {
    alm_page *page = r->page;
    char type[8];
    size_t type_len = 0;
    if (page->attachment_count == ATTACHMENT_MAX || !file_ending(href, type, &type_len)) return ALM_OK;
    alm_str url = alm_read_resolve(r->arena, r->base, href);
    if (!url.len) url = alm_str_trim(href);
    for (size_t i = 0; i < page->attachment_count; i++)
        if (alm_str_is(page->attachments[i].url, url)) return ALM_OK;
    alm_status status =
        alm_arena_grow(r->arena, (void **)&page->attachments, cap, page->attachment_count, sizeof(alm_attachment));
    if (status != ALM_OK) return status;
    alm_attachment made = {url, text_below(r, node), alm_arena_copy(r->arena, (alm_str){type, type_len})};
    if (!made.name.ptr || !made.type.ptr) return ALM_E_NOMEM;
    page->attachments[page->attachment_count++] = made;
    return ALM_OK;
}

/* ---- further parts ---- */

static bool is_number(alm_str s) {
    if (s.len == 0 || s.len > 3) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return true;
}

/** Of "dir/name_2.html" the stem "name" and the number 2; of "dir/name.html" number 1. */
static alm_str stem(alm_str path, unsigned *number) {
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/') slash--;
    alm_str name = alm_str_slice(path, slash, path.len);
    size_t dot = name.len;
    for (size_t i = name.len; i > 0 && dot == name.len; i--)
        if (name.ptr[i - 1] == '.') dot = i - 1;
    name.len = dot;
    size_t end = name.len;
    while (end > 0 && name.ptr[end - 1] >= '0' && name.ptr[end - 1] <= '9') end--;
    *number = 1;
    if (end < 2 || end == name.len || name.len - end > 3 || !strchr("_-", name.ptr[end - 1])) return name;
    *number = 0;
    for (size_t i = end; i < name.len; i++) *number = *number * 10 + (unsigned)(name.ptr[i] - '0');
    return alm_str_slice(name, 0, end - 1);
}

/** "page=2", "p=2" and the like; 0 where the query holds no page number. */
static unsigned query_page(alm_str query) {
    static const char *const keys[] = {"page=", "p=", "pageno=", "pn=", "PageNo=", "Page="};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t at = alm_str_find(query, alm_str_of(keys[i]), 0);
        if (at == SIZE_MAX || at == 0 || (query.ptr[at - 1] != '?' && query.ptr[at - 1] != '&')) continue;
        unsigned number = 0;
        for (size_t k = at + strlen(keys[i]);
             k < query.len && query.ptr[k] >= '0' && query.ptr[k] <= '9' && number < 1000; k++)
            number = number * 10 + (unsigned)(query.ptr[k] - '0');
        return number;
    }
    return 0;
}

typedef struct parts {
    alm_str stem; /**< of this page, or of the first link that looks like a part; {0} unknown */
    unsigned own;
    size_t cap;
} parts;

static alm_status add_next(alm_reading *r, parts *p, alm_str href) {
    alm_page *page = r->page;
    alm_str url = alm_read_resolve(r->arena, r->base, href);
    if (!url.len) url = alm_str_trim(href);
    if (page->next_count == NEXT_MAX || url.len == 0 || alm_str_is(url, r->url)) return ALM_OK;
    for (size_t i = 0; i < page->next_count; i++)
        if (alm_str_is(page->next[i], url)) return ALM_OK;
    alm_status status = alm_arena_grow(r->arena, (void **)&page->next, &p->cap, page->next_count, sizeof(alm_str));
    if (status == ALM_OK) page->next[page->next_count++] = alm_arena_copy(r->arena, url);
    return status;
}

static bool is_numbered(alm_str href) {
    unsigned number;
    address a = split(href);
    (void)stem(a.path, &number);
    return number > 1 || query_page(a.query) > 1;
}

/** True where @p href is a further part of this article: the same name with a higher number. */
static bool is_part(const alm_reading *r, parts *p, alm_str href) {
    address a = split(href);
    unsigned number, page = query_page(a.query);
    if (page > 1) {
        address own = split(r->url);
        return !r->url.len || a.path.len == 0 || alm_str_ends(own.path, a.path);
    }
    alm_str name = stem(a.path, &number);
    if (number < 2 || name.len == 0) return false;
    if (!p->stem.len) p->stem = name;
    return alm_str_is(name, p->stem) && number > p->own;
}

static bool leads_on(const alm_reading *r, uint32_t node, alm_str text) {
    alm_word_hit hit;
    alm_str rel = alm_dom_attr(&r->dom, node, ALM_ATTR_REL);
    if (is_number(text) || alm_str_is(text, ALM_STR(">")) || alm_str_is(text, ALM_STR(">>"))) return true;
    if (alm_str_is_nocase(rel, ALM_STR("next"))) return true;
    return text.len && text.len < 40 && alm_words_find(r->words, text, 0, ALM_WORDS(PAGING), &hit);
}

alm_status alm_read_links(alm_reading *r) {
    parts p = {0};
    size_t attachment_cap = 0;
    alm_status status = ALM_OK;
    if (r->dom.body == ALM_DOM_NONE) return ALM_OK;
    if (r->url.len)
        p.stem = stem(split(r->url).path, &p.own);
    else
        p.own = 1;
    for (uint32_t i = 0; i < r->dom.count && status == ALM_OK; i++) {
        alm_tag tag = alm_dom_tag(&r->dom, i);
        if (tag != ALM_TAG_A && tag != ALM_TAG_LINK) continue;
        alm_str href = alm_str_trim(alm_dom_attr(&r->dom, i, ALM_ATTR_HREF));
        if (href.len == 0 || href.ptr[0] == '#') continue;
        if (tag == ALM_TAG_A) status = add_attachment(r, &attachment_cap, i, href);
        if (status != ALM_OK || !is_numbered(href)) continue;
        alm_str text = tag == ALM_TAG_A ? text_below(r, i) : (alm_str){NULL, 0};
        if (leads_on(r, i, text) && is_part(r, &p, href)) status = add_next(r, &p, href);
    }
    return status;
}

void alm_read_base(alm_reading *r) {
    r->base = r->url;
    for (uint32_t i = 0; i < r->dom.count && (r->dom.body == ALM_DOM_NONE || i < r->dom.body); i++) {
        if (r->dom.nodes[i].tag != ALM_TAG_BASE) continue;
        alm_str base = alm_read_resolve(r->arena, r->url, alm_dom_attr(&r->dom, i, ALM_ATTR_HREF));
        if (base.len) r->base = base;
        return;
    }
}
