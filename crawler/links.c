#include "crawler/links.h"

#include "base/utf8.h"
#include "crawler/html.h"
#include "crawler/links_priv.h"

enum { DEFAULT_MAX = 10000, TEXT_MAX = 512, NO_ANCHOR = -1 };

const char *alm_link_kind_name(alm_link_kind kind) {
    static const char *const names[ALM_LINK_KIND_COUNT] = {"anchor", "frame",   "canonical", "next",  "alternate",
                                                           "feed",   "refresh", "script",    "paging"};
    return kind < ALM_LINK_KIND_COUNT ? names[kind] : "unknown";
}

void alm_link_refs_add(alm_link_refs *refs, const alm_link_ref *ref) {
    if (refs->status < 0) return;
    if (refs->count >= refs->max) {
        refs->truncated = true;
        return;
    }
    refs->status = alm_arena_grow(refs->arena, (void **)&refs->items, &refs->cap, refs->count, sizeof *refs->items);
    if (refs->status == ALM_OK) refs->items[refs->count++] = *ref;
}

typedef struct reader {
    alm_link_refs refs;
    const alm_links_options *options;
    bool has_base;
    alm_str base; /* of the first <base href> */
    alm_robots_tag robots;
    unsigned noscript;   /* how deep */
    ptrdiff_t anchor;    /* the open <a>, an index into refs, or NO_ANCHOR */
    bool script_is_data; /* the script that was opened is type=text/xml */
    size_t text_len;
    bool text_space; /* white space was seen behind the text */
    char text[TEXT_MAX];
} reader;

/* Text of anchors. */

static void add_text(reader *r, alm_str text) {
    text = alm_html_decode(r->refs.arena, text, false);
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t cp = alm_utf8_next(text, &at);
        bool space = cp <= ' ' || cp == 0xA0 || cp == 0x3000;
        if (space) {
            r->text_space = r->text_len > 0;
            continue;
        }
        if (r->text_len + (at - start) + 1 > TEXT_MAX) return;
        if (r->text_space) r->text[r->text_len++] = ' ';
        r->text_space = false;
        memcpy(r->text + r->text_len, text.ptr + start, at - start);
        r->text_len += at - start;
    }
}

static void close_anchor(reader *r) {
    if (r->anchor != NO_ANCHOR && r->text_len > 0) {
        alm_str text = alm_arena_copy(r->refs.arena, (alm_str){r->text, r->text_len});
        r->refs.items[r->anchor].text = text;
    }
    r->anchor = NO_ANCHOR;
}

/* Attributes. */

/** The value of an attribute, references decoded. */
static bool attr(reader *r, const alm_html_token *tag, const char *name, alm_str *value) {
    alm_str raw;
    if (!alm_html_attr(tag, name, &raw)) return false;
    *value = alm_html_decode(r->refs.arena, raw, true);
    return true;
}

/** Is @p word one of the words that white space parts in @p list? */
static bool has_word(alm_str list, const char *word) {
    for (size_t at = 0; at < list.len;) {
        size_t end = at;
        while (end < list.len && (unsigned char)list.ptr[end] > ' ' && list.ptr[end] != ',') end++;
        if (alm_str_is_nocase(alm_str_slice(list, at, end), alm_str_of(word))) return true;
        at = end + 1;
    }
    return false;
}

bool alm_links_rel_is_nofollow(alm_str rel) {
    return has_word(rel, "nofollow") || has_word(rel, "sponsored") || has_word(rel, "ugc");
}

/** What follows "javascript:", where @p target is such; else empty. */
static alm_str script_of(alm_str target) {
    static const char scheme[] = "javascript:";
    target = alm_str_trim(target);
    size_t len = sizeof scheme - 1;
    bool is_script = target.len >= len && alm_str_is_nocase(alm_str_slice(target, 0, len), ALM_STR("javascript:"));
    return is_script ? alm_str_slice(target, len, target.len) : (alm_str){NULL, 0};
}

/* Elements. */

static void read_anchor(reader *r, const alm_html_token *tag) {
    alm_str target, rel = {NULL, 0};
    close_anchor(r);
    if (!attr(r, tag, "href", &target)) return;
    (void)attr(r, tag, "rel", &rel);
    size_t before = r->refs.count;
    alm_str script = script_of(target);
    if (script.len) {
        alm_links_scan_script(&r->refs, script, ALM_LINK_ANCHOR);
    } else {
        bool next = has_word(rel, "next") || has_word(rel, "prev");
        alm_link_ref ref = {.kind = next ? ALM_LINK_NEXT : ALM_LINK_ANCHOR, .target = target};
        ref.nofollow = alm_links_rel_is_nofollow(rel);
        alm_link_refs_add(&r->refs, &ref);
    }
    if (r->refs.count == before || !alm_html_is(tag, "a")) return;
    r->anchor = (ptrdiff_t)before;
    r->text_len = 0;
    r->text_space = false;
}

static void read_frame(reader *r, const alm_html_token *tag) {
    alm_link_ref ref = {.kind = ALM_LINK_FRAME};
    if (attr(r, tag, "src", &ref.target) && alm_str_trim(ref.target).len && !script_of(ref.target).len)
        alm_link_refs_add(&r->refs, &ref);
}

static void read_base(reader *r, const alm_html_token *tag) {
    if (r->has_base || (r->noscript && !r->options->with_noscript)) return;
    r->has_base = attr(r, tag, "href", &r->base);
}

static bool is_feed_type(alm_str type) {
    size_t end = 0;
    while (end < type.len && type.ptr[end] != ';') end++;
    type = alm_str_trim(alm_str_slice(type, 0, end));
    return alm_str_is_nocase(type, ALM_STR("application/rss+xml")) ||
           alm_str_is_nocase(type, ALM_STR("application/atom+xml"));
}

bool alm_links_kind_of_rel(alm_link_kind *kind, alm_str rel, alm_str type) {
    if (has_word(rel, "canonical"))
        *kind = ALM_LINK_CANONICAL;
    else if (has_word(rel, "next") || has_word(rel, "prev"))
        *kind = ALM_LINK_NEXT;
    else if (has_word(rel, "sitemap") || (has_word(rel, "alternate") && is_feed_type(type)))
        *kind = ALM_LINK_FEED;
    else if (has_word(rel, "alternate") && !has_word(rel, "stylesheet"))
        *kind = ALM_LINK_ALTERNATE;
    else
        return false;
    return true;
}

static void read_link(reader *r, const alm_html_token *tag) {
    alm_str rel, type = {NULL, 0};
    alm_link_ref ref = {0};
    if (!attr(r, tag, "rel", &rel) || !attr(r, tag, "href", &ref.target)) return;
    (void)attr(r, tag, "type", &type);
    if (!alm_links_kind_of_rel(&ref.kind, rel, type)) return;
    ref.nofollow = alm_links_rel_is_nofollow(rel);
    alm_link_refs_add(&r->refs, &ref);
}

static void read_meta(reader *r, const alm_html_token *tag) {
    alm_str content, name;
    if (!attr(r, tag, "content", &content)) return;
    if (attr(r, tag, "name", &name)) alm_robots_tag_add_meta(&r->robots, name, content, r->options->token);
    if (!attr(r, tag, "http-equiv", &name)) return;
    if (!alm_str_is_nocase(alm_str_trim(name), ALM_STR("refresh"))) return;
    alm_link_ref ref = {.kind = ALM_LINK_REFRESH};
    if (r->noscript && !r->options->with_noscript) return;
    if (alm_links_parse_refresh(content, &ref.delay_ms, &ref.target) && ref.target.len)
        alm_link_refs_add(&r->refs, &ref);
}

/** Where "onclick" may stand in a tag: its last letter is looked for, which is rarer than the first. */
static bool mentions_click(alm_str attrs, char last) {
    static const char name[] = "onclick";
    size_t len = sizeof name - 1;
    for (size_t at = len - 1; at < attrs.len; at++) {
        const char *found = memchr(attrs.ptr + at, last, attrs.len - at);
        if (!found) return false;
        at = (size_t)(found - attrs.ptr);
        if (alm_str_is_nocase(alm_str_slice(attrs, at + 1 - len, at + 1), ALM_STR(name))) return true;
    }
    return false;
}

/** A handler such as onclick="location.href='/a.html'". */
static void read_handler(reader *r, const alm_html_token *tag) {
    alm_str script;
    if (!mentions_click(tag->attrs, 'k') && !mentions_click(tag->attrs, 'K')) return;
    if (attr(r, tag, "onclick", &script)) alm_links_scan_script(&r->refs, script, ALM_LINK_ANCHOR);
}

static void read_script_tag(reader *r, const alm_html_token *tag) {
    alm_str type;
    bool typed = alm_html_attr(tag, "type", &type);
    r->script_is_data = typed && alm_str_is_nocase(alm_str_trim(type), ALM_STR("text/xml"));
}

/** <body onload="location.href='/index.html'"> */
static void read_body(reader *r, const alm_html_token *tag) {
    alm_str script;
    if (attr(r, tag, "onload", &script)) alm_links_scan_script(&r->refs, script, ALM_LINK_SCRIPT);
}

static void read_noscript(reader *r, const alm_html_token *tag) {
    (void)tag;
    r->noscript++;
}

static void read_start_tag(reader *r, const alm_html_token *tag) {
    static const struct {
        const char *name;
        void (*read)(reader *r, const alm_html_token *tag);
    } elements[] = {{"a", read_anchor},     {"area", read_anchor},       {"base", read_base},
                    {"link", read_link},    {"meta", read_meta},         {"frame", read_frame},
                    {"iframe", read_frame}, {"script", read_script_tag}, {"noscript", read_noscript},
                    {"body", read_body}};
    char first = (char)(tag->name.ptr[0] | 0x20);
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        if (elements[i].name[0] == first && alm_html_is(tag, elements[i].name)) {
            elements[i].read(r, tag);
            break;
        }
    read_handler(r, tag);
}

static void read_raw(reader *r, const alm_html_token *token) {
    if (!alm_html_is(token, "script")) return;
    if (r->script_is_data)
        alm_links_read_datastore(&r->refs, token->text, true);
    else
        alm_links_scan_script(&r->refs, token->text, ALM_LINK_SCRIPT);
}

static void read_document(reader *r, alm_str html) {
    enum { HEAD = 512 };
    alm_html source = alm_html_of(html);
    alm_html_token token;
    alm_str head = alm_str_slice(html, 0, html.len < HEAD ? html.len : HEAD);
    if (alm_str_find(head, ALM_STR("<datastore>"), 0) != SIZE_MAX &&
        alm_str_starts(alm_str_trim(head), ALM_STR("<?xml"))) {
        alm_links_read_datastore(&r->refs, html, false);
        return;
    }
    while (r->refs.status >= 0 && alm_html_next(&source, &token) != ALM_HTML_END_OF_INPUT) {
        switch (token.kind) {
        case ALM_HTML_START_TAG: read_start_tag(r, &token); break;
        case ALM_HTML_END_TAG:
            if (alm_html_is(&token, "a")) close_anchor(r);
            if (r->noscript && alm_html_is(&token, "noscript")) r->noscript--;
            break;
        case ALM_HTML_TEXT:
            if (r->anchor != NO_ANCHOR) add_text(r, token.text);
            break;
        case ALM_HTML_RAW: read_raw(r, &token); break;
        case ALM_HTML_END_OF_INPUT: break;
        }
    }
    close_anchor(r);
}

/* Resolving. */

typedef struct resolver {
    alm_links *links;
    alm_link *items;
    alm_url_context context, head_context;
    uint32_t *table; /* open addressing: index + 1 of an item, 0 free */
    size_t mask;
    bool repeated;
} resolver;

/** Is there an item of the same kind and URL? Else note @p item, which is going to be the next one. */
static bool seen(resolver *v, const alm_link *item) {
    size_t at = (size_t)alm_hash(item->url.href) & v->mask;
    for (; v->table[at]; at = (at + 1) & v->mask) {
        const alm_link *other = &v->items[v->table[at] - 1];
        if (other->kind == item->kind && alm_str_is(other->url.href, item->url.href)) return true;
    }
    v->table[at] = (uint32_t)v->links->count + 1;
    return false;
}

static alm_status resolve_refs(resolver *v, alm_arena *arena, const alm_link_refs *refs, size_t from) {
    for (size_t i = from; i < refs->count; i++) {
        const alm_link_ref *ref = &refs->items[i];
        alm_link item = {.kind = ref->kind, .nofollow = ref->nofollow, .text = ref->text, .delay_ms = ref->delay_ms};
        const alm_url_context *context = ref->of_head ? &v->head_context : &v->context;
        alm_status status = alm_url_parse(&item.url, arena, ref->target, context, NULL);
        if (status == ALM_E_NOMEM) return status;
        if (status < 0) {
            v->links->dropped++;
            continue;
        }
        if (!v->repeated && seen(v, &item)) continue;
        v->items[v->links->count++] = item;
    }
    return ALM_OK;
}

static alm_status find_base(alm_links *links, alm_arena *arena, const reader *r, alm_url_charset *charset) {
    alm_url_context context = {.base = r->options->url, .charset = charset};
    links->base = *r->options->url;
    if (!r->has_base) return ALM_OK;
    alm_status status = alm_url_parse(&links->base, arena, r->base, &context, NULL);
    return status == ALM_E_NOMEM ? status : ALM_OK; /* a base that is none is as if it were not there */
}

/** Room for @p room items and a table that is at most half full, with the items that are there already. */
static alm_status make_room(resolver *v, alm_arena *arena, size_t room) {
    const alm_link *old = v->items;
    size_t size = 64;
    while (size < 2 * room) size *= 2;
    v->mask = size - 1;
    v->items = alm_arena_alloc(arena, (room ? room : 1) * sizeof *v->items);
    v->table = alm_arena_calloc(arena, size, sizeof *v->table);
    if (!v->items || !v->table) return ALM_E_NOMEM;
    size_t count = old ? v->links->count : 0;
    v->links->items = v->items;
    for (v->links->count = 0; v->links->count < count; v->links->count++) {
        v->items[v->links->count] = old[v->links->count];
        (void)seen(v, &old[v->links->count]);
    }
    return ALM_OK;
}

static alm_status resolve(alm_links *links, alm_arena *arena, reader *r, alm_url_charset *charset) {
    resolver v = {.links = links, .repeated = r->options->repeated};
    v.context = (alm_url_context){.base = &links->base, .charset = charset};
    v.head_context = (alm_url_context){.base = r->options->url};
    alm_status status = find_base(links, arena, r, charset);
    if (status == ALM_OK) status = make_room(&v, arena, r->refs.count);
    if (status == ALM_OK) status = resolve_refs(&v, arena, &r->refs, 0);
    if (status < 0 || r->options->without_paging) return status;
    size_t found = r->refs.count;
    alm_links_fill_siblings(&r->refs, r->options->url, links->items, links->count);
    if (r->refs.status < 0 || r->refs.count == found) return r->refs.status;
    status = make_room(&v, arena, r->refs.count);
    return status < 0 ? status : resolve_refs(&v, arena, &r->refs, found);
}

/** Drop what scripts and siblings make up. */
static void drop_paging(alm_link_refs *refs) {
    size_t kept = 0;
    for (size_t i = 0; i < refs->count; i++)
        if (refs->items[i].kind != ALM_LINK_PAGING) refs->items[kept++] = refs->items[i];
    refs->count = kept;
}

alm_status alm_links_read(alm_links **out, alm_arena *arena, alm_str html, const alm_links_options *options,
                          alm_err *err) {
    if (!options || !options->url) return alm_fail(err, ALM_E_INVALID, "links need the page's URL");
    reader r = {.options = options, .anchor = NO_ANCHOR};
    r.refs = (alm_link_refs){.arena = arena, .max = options->max ? options->max : DEFAULT_MAX};
    alm_url_charset *charset = NULL;
    alm_links *links = ALM_ARENA_NEW(arena, alm_links);
    alm_status status = links ? alm_url_charset_new(&charset, options->charset) : ALM_E_NOMEM;
    if (status < 0) goto out;
    alm_links_read_head(&r.refs, options->head);
    read_document(&r, html);
    status = r.refs.status;
    if (status < 0) goto out;
    if (options->without_paging) drop_paging(&r.refs);
    links->robots = r.robots;
    status = resolve(links, arena, &r, charset);
    links->truncated = r.refs.truncated;
out:
    alm_url_charset_free(charset);
    if (status == ALM_E_NOMEM && arena->held >= arena->max) status = ALM_E_LIMIT;
    if (status < 0) return alm_fail(err, status, "links do not fit into memory");
    *out = links;
    return ALM_OK;
}

/* Refresh. */

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t skip_spaces(alm_str s, size_t at) {
    while (at < s.len && is_space(s.ptr[at])) at++;
    return at;
}

/** Seconds at *at, as milliseconds; false where there are none. */
static bool read_delay(alm_str s, size_t *at, uint32_t *delay_ms) {
    uint64_t ms = 0;
    size_t i = *at;
    for (; i < s.len && is_digit(s.ptr[i]); i++)
        if (ms < UINT32_MAX) ms = ms * 10 + (uint64_t)(s.ptr[i] - '0') * 1000;
    if (i == *at && (i >= s.len || s.ptr[i] != '.')) return false;
    for (uint64_t unit = 100; i < s.len && (is_digit(s.ptr[i]) || s.ptr[i] == '.'); i++) {
        if (s.ptr[i] == '.') continue;
        ms += (uint64_t)(s.ptr[i] - '0') * unit;
        unit /= 10;
    }
    *delay_ms = ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
    *at = i;
    return true;
}

/** Offset behind "url =", where that stands at @p at. */
static size_t skip_url_word(alm_str s, size_t at) {
    if (s.len - at < 3 || !alm_str_is_nocase(alm_str_slice(s, at, at + 3), ALM_STR("url"))) return at;
    size_t equals = skip_spaces(s, at + 3);
    if (equals >= s.len || s.ptr[equals] != '=') return at;
    return skip_spaces(s, equals + 1);
}

bool alm_links_parse_refresh(alm_str content, uint32_t *delay_ms, alm_str *url) {
    size_t at = skip_spaces(content, 0);
    uint32_t delay = 0;
    if (!read_delay(content, &at, &delay)) return false;
    size_t after = at;
    at = skip_spaces(content, at);
    bool parted = at > after;
    if (at < content.len && (content.ptr[at] == ';' || content.ptr[at] == ',')) {
        parted = true;
        at = skip_spaces(content, at + 1);
    }
    if (at < content.len && !parted) return false;
    at = skip_url_word(content, at);
    alm_str rest = alm_str_slice(content, at, content.len);
    if (rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '\'')) {
        char quote = rest.ptr[0];
        rest = alm_str_slice(rest, 1, rest.len);
        const char *close = rest.len ? memchr(rest.ptr, quote, rest.len) : NULL;
        if (close) rest.len = (size_t)(close - rest.ptr);
    }
    *delay_ms = delay;
    *url = alm_str_trim(rest);
    return true;
}
