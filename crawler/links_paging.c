#include <stdio.h>

#include "crawler/links_priv.h"

/* Pages of lists that no plain link leads to. */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void add_target(alm_link_refs *refs, const char *text, int len, size_t room) {
    if (len <= 0 || (size_t)len >= room || refs->status < 0) return;
    alm_link_ref ref = {.kind = ALM_LINK_PAGING};
    ref.target = alm_arena_copy(refs->arena, (alm_str){text, (size_t)len});
    if (ref.target.ptr)
        alm_link_refs_add(refs, &ref);
    else
        refs->status = ALM_E_NOMEM;
}

/* hanweb (jpage): <datastore><totalrecord>…<nextgroup><![CDATA[<a href="dataproxy.jsp?page=1&…"></a>]]></nextgroup>
 * <recordset><record><![CDATA[<li><a href=…>…]]></record>…. The script of the page asks for dataproxy.jsp with
 * startrecord, endrecord and perpage, three pages in a group. */

enum { PAGES_OF_GROUP = 3 };

typedef struct datastore {
    alm_link_refs *refs;
    uint32_t total, records;
    alm_str next; /* the link of <nextgroup> */
    bool in_next, in_total;
} datastore;

static uint32_t parse_count(alm_str s) {
    uint32_t value = 0;
    s = alm_str_trim(s);
    for (size_t i = 0; i < s.len && is_digit(s.ptr[i]) && value < 10000000; i++)
        value = value * 10 + (uint32_t)(s.ptr[i] - '0');
    return value;
}

static void read_store_link(datastore *d, const alm_html_token *tag) {
    alm_str raw;
    if (!alm_html_attr(tag, "href", &raw)) return;
    alm_link_ref ref = {.kind = d->in_next ? ALM_LINK_PAGING : ALM_LINK_ANCHOR};
    ref.target = alm_html_decode(d->refs->arena, raw, true);
    if (d->in_next) d->next = ref.target;
    alm_link_refs_add(d->refs, &ref);
}

static void read_store_tag(datastore *d, const alm_html_token *tag) {
    bool start = tag->kind == ALM_HTML_START_TAG;
    if (alm_html_is(tag, "nextgroup"))
        d->in_next = start;
    else if (alm_html_is(tag, "totalrecord"))
        d->in_total = start;
    else if (start && alm_html_is(tag, "record"))
        d->records++;
    else if (start && alm_html_is(tag, "a"))
        read_store_link(d, tag);
}

/** @p query without its "page=1". */
static alm_str without_page(alm_str query) {
    if (!alm_str_starts(query, ALM_STR("page="))) return query;
    const char *amp = memchr(query.ptr, '&', query.len);
    return amp ? alm_str_slice(query, (size_t)(amp + 1 - query.ptr), query.len) : (alm_str){NULL, 0};
}

static void add_groups(const datastore *d) {
    const char *mark = d->next.len ? memchr(d->next.ptr, '?', d->next.len) : NULL;
    if (!mark || d->records == 0) return;
    size_t path = (size_t)(mark - d->next.ptr);
    alm_str query = without_page(alm_str_slice(d->next, path + 1, d->next.len));
    uint32_t perpage = (d->records + PAGES_OF_GROUP - 1) / PAGES_OF_GROUP;
    uint32_t groups = 0;
    for (uint32_t start = d->records + 1; start <= d->total && groups < ALM_PAGING_MAX; groups++) {
        char text[2048];
        uint32_t end = start + d->records - 1 < d->total ? start + d->records - 1 : d->total;
        int len = snprintf(text, sizeof text, "%.*s?startrecord=%u&endrecord=%u&perpage=%u&%.*s", (int)path,
                           d->next.ptr, start, end, perpage, ALM_FMT(query));
        add_target(d->refs, text, len, sizeof text);
        start = end + 1;
    }
}

void alm_links_read_datastore(alm_link_refs *refs, alm_str xml, bool embedded) {
    datastore d = {.refs = refs};
    alm_html source = {.html = xml, .cdata = true};
    alm_html_token token;
    while (refs->status >= 0 && alm_html_next(&source, &token) != ALM_HTML_END_OF_INPUT) {
        if (token.kind == ALM_HTML_START_TAG || token.kind == ALM_HTML_END_TAG)
            read_store_tag(&d, &token);
        else if (token.kind == ALM_HTML_TEXT && d.in_total && d.total == 0)
            d.total = parse_count(token.text);
    }
    if (embedded) add_groups(&d);
}

/* Siblings: list.html, list_2.html, … list_25.html. */

enum { FAMILIES = 8, WORD_BITS = 64, WORDS = ALM_PAGING_MAX / WORD_BITS + 1 };

typedef struct numbered {
    alm_str stem; /* the URL up to the separator before the number */
    char separator;
    uint32_t number;
    alm_str ext; /* with its dot */
} numbered;

typedef struct family {
    numbered shape;
    uint32_t last;
    uint32_t members;
    uint64_t present[WORDS];
} family;

/** Read "…/list_12.html"; false for other URLs, and for numbers that are no page's. */
static bool read_numbered(const alm_url *url, numbered *out) {
    if (url->query.ptr) return false;
    alm_str s = {url->href.ptr, (size_t)(url->path.ptr + url->path.len - url->href.ptr)};
    size_t dot = s.len;
    while (dot > 0 && s.ptr[dot - 1] != '.' && s.ptr[dot - 1] != '/') dot--;
    if (dot == 0 || s.ptr[dot - 1] != '.' || s.len == dot) return false;
    size_t end = dot - 1, start = end;
    while (start > 0 && is_digit(s.ptr[start - 1])) start--;
    if (start == end || end - start > 4 || start == 0) return false;
    char separator = s.ptr[start - 1];
    if (separator != '_' && separator != '-') return false;
    out->stem = alm_str_slice(s, 0, start - 1);
    out->separator = separator;
    out->number = parse_count(alm_str_slice(s, start, end));
    out->ext = alm_str_slice(s, dot - 1, s.len);
    return out->number <= ALM_PAGING_MAX;
}

/**
 * Does the stem's file name say that it is a list: "list", "fa_list", "index", or "list_5" for column 5 as in dedecms?
 * Articles are numbered too, and theirs must not be counted up.
 */
static bool names_a_list(alm_str stem) {
    static const char *const words[] = {"list", "index", "page", "default", "more"};
    size_t digits = stem.len;
    while (digits > 0 && is_digit(stem.ptr[digits - 1])) digits--;
    if (digits < stem.len && digits > 0 && stem.ptr[digits - 1] == '_') stem.len = digits - 1;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i]);
        if (stem.len > len && alm_str_is_nocase(alm_str_slice(stem, stem.len - len, stem.len), alm_str_of(words[i])))
            return true;
    }
    return false;
}

static alm_str folder_of(alm_str s) {
    while (s.len && s.ptr[s.len - 1] != '/') s.len--;
    return s;
}

static void note_member(family *families, size_t *count, const numbered *n) {
    size_t i = 0;
    while (i < *count && !(alm_str_is(families[i].shape.stem, n->stem) && alm_str_is(families[i].shape.ext, n->ext)))
        i++;
    if (i == FAMILIES) return;
    if (i == *count) families[(*count)++] = (family){.shape = *n};
    family *f = &families[i];
    uint64_t bit = (uint64_t)1 << (n->number % WORD_BITS);
    if (f->present[n->number / WORD_BITS] & bit) return;
    f->present[n->number / WORD_BITS] |= bit;
    f->members++;
    if (n->number > f->last) f->last = n->number;
}

static void fill(alm_link_refs *refs, const family *f, uint32_t current) {
    for (uint32_t page = 2; page < f->last; page++) {
        char text[2048];
        bool wanted = current <= 1 || page + 1 == current || page == current + 1;
        bool present = (f->present[page / WORD_BITS] >> (page % WORD_BITS) & 1) != 0;
        if (!wanted || present) continue;
        int len = snprintf(text, sizeof text, "%.*s%c%u%.*s", ALM_FMT(f->shape.stem), f->shape.separator, page,
                           ALM_FMT(f->shape.ext));
        add_target(refs, text, len, sizeof text);
    }
}

/** "list.html" is the first page of "list_9.html", and the folder that of "index_9.html". */
static bool is_first_page(alm_str file, const numbered *shape) {
    if (alm_str_starts(file, shape->stem))
        return alm_str_is(alm_str_slice(file, shape->stem.len, file.len), shape->ext);
    alm_str name = alm_str_slice(shape->stem, folder_of(shape->stem).len, shape->stem.len);
    return file.len && file.ptr[file.len - 1] == '/' && alm_str_is_nocase(name, ALM_STR("index"));
}

void alm_links_fill_siblings(alm_link_refs *refs, const alm_url *page, const alm_link *links, size_t count) {
    family families[FAMILIES];
    size_t known = 0;
    alm_str folder = folder_of((alm_str){page->href.ptr, (size_t)(page->path.ptr + page->path.len - page->href.ptr)});
    for (size_t i = 0; i < count; i++) {
        numbered n;
        if (links[i].kind != ALM_LINK_ANCHOR && links[i].kind != ALM_LINK_NEXT) continue;
        if (!alm_str_starts(links[i].url.href, folder) || !read_numbered(&links[i].url, &n)) continue;
        if (alm_str_is(folder_of(n.stem), folder) && names_a_list(n.stem)) note_member(families, &known, &n);
    }
    numbered own = {.number = 0};
    bool numbered_page = read_numbered(page, &own);
    alm_str file = alm_str_slice(page->href, 0, (size_t)(page->path.ptr + page->path.len - page->href.ptr));
    for (size_t i = 0; i < known; i++) {
        const family *f = &families[i];
        bool same = numbered_page && alm_str_is(own.stem, f->shape.stem);
        bool first = is_first_page(file, &f->shape);
        if (same || first || (!numbered_page && f->members > 1)) fill(refs, f, same ? own.number : 0);
    }
}
