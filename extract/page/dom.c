#include "extract/page/dom.h"

#include "extract/page/dom_priv.h"

typedef struct reader {
    alm_str html;
    size_t at;
    alm_arena *arena;
    alm_dom_builder build;
    alm_diagnostics *diagnostics;
    bool no_more[128]; /**< quote characters that are known not to come again: an open one costs one search */
    bool no_comment_end, no_raw_end;
    size_t tag_attributes; /**< of the tag that is being read */
    bool noted_attributes, noted_unclosed;
} reader;

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v'); }
static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static bool peek(const reader *r, size_t at, char c) { return at < r->html.len && r->html.ptr[at] == c; }

static size_t find_byte(const reader *r, char c, size_t from) {
    if (from >= r->html.len) return SIZE_MAX;
    const char *found = memchr(r->html.ptr + from, c, r->html.len - from);
    return found ? (size_t)(found - r->html.ptr) : SIZE_MAX;
}

static void append_text(reader *r, size_t start, size_t end) {
    if (end <= start) return;
    alm_str text = alm_dom_decode(r->arena, alm_str_slice(r->html, start, end), false);
    if (!text.ptr)
        r->build.status = ALM_E_NOMEM;
    else
        alm_dom_builder_text(&r->build, text);
}

/** "<!-- … -->"; one that never ends is passed over alone, so that the page is not lost. */
static void read_comment(reader *r) {
    size_t from = r->at + 4, end = SIZE_MAX;
    if (peek(r, from, '>')) end = from; /* <!--> */
    while (end == SIZE_MAX && !r->no_comment_end) {
        size_t dashes = alm_str_find(r->html, ALM_STR("--"), from);
        if (dashes == SIZE_MAX) {
            r->no_comment_end = true;
            alm_diagnose(r->diagnostics, ALM_WARNING, "unclosed-comment", "a comment never ends; it is read as text");
        } else {
            size_t close = dashes + 2;
            while (peek(r, close, '-')) close++;
            if (peek(r, close, '!')) close++;
            if (peek(r, close, '>')) end = close;
            from = close;
        }
    }
    r->at = end == SIZE_MAX ? r->at + 4 : end + 1;
}

/** "<!doctype …>", "<?xml …>", "</ …>", "<![endif]-->": up to the next ">". */
static void skip_declaration(reader *r) {
    size_t end = find_byte(r, '>', r->at);
    r->at = end == SIZE_MAX ? r->html.len : end + 1;
}

static alm_str read_quoted(reader *r, char quote) {
    size_t start = ++r->at;
    size_t end = r->no_more[(unsigned char)quote] ? SIZE_MAX : find_byte(r, quote, start);
    if (end != SIZE_MAX) {
        r->at = end + 1;
        return alm_str_slice(r->html, start, end);
    }
    r->no_more[(unsigned char)quote] = true; /* never closed: the value ends where the tag does */
    end = find_byte(r, '>', start);
    r->at = end == SIZE_MAX ? r->html.len : end;
    return alm_str_slice(r->html, start, r->at);
}

static alm_str read_value(reader *r) {
    const char *p = r->html.ptr;
    while (r->at < r->html.len && is_space(p[r->at])) r->at++;
    if (peek(r, r->at, '"') || peek(r, r->at, '\'')) return read_quoted(r, p[r->at]);
    size_t start = r->at;
    while (r->at < r->html.len && !is_space(p[r->at]) && p[r->at] != '>') r->at++;
    return alm_str_slice(r->html, start, r->at);
}

static void keep_attribute(reader *r, uint32_t first_attr, alm_str name, alm_str value) {
    alm_attribute id = alm_attribute_by_name(name);
    if (id == ALM_ATTR_NONE) return;
    for (uint32_t i = first_attr; i < r->build.attr_count; i++) /* at most ALM_ATTR_COUNT are kept: the first wins */
        if (r->build.dom->attrs[i].id == id) return;
    if (!value.ptr) value = ALM_STR("");
    value = alm_dom_decode(r->arena, value, true);
    if (!value.ptr)
        r->build.status = ALM_E_NOMEM;
    else
        alm_dom_builder_attribute(&r->build, id, value);
}

/** The attributes of a tag and its ">". True where it ends in "/>". */
static bool read_attributes(reader *r, bool keep) {
    const char *p = r->html.ptr;
    size_t len = r->html.len;
    uint32_t first_attr = r->build.attr_count;
    bool slash = false;
    r->tag_attributes = 0;
    while (r->at < len) {
        while (r->at < len && (is_space(p[r->at]) || p[r->at] == '/')) slash = p[r->at++] == '/';
        if (r->at >= len) break;
        if (p[r->at] == '>') {
            r->at++;
            return slash;
        }
        size_t start = r->at++;
        while (r->at < len && !is_space(p[r->at]) && p[r->at] != '=' && p[r->at] != '>' && p[r->at] != '/') r->at++;
        alm_str name = alm_str_slice(r->html, start, r->at), value = {NULL, 0};
        while (r->at < len && is_space(p[r->at])) r->at++;
        slash = false;
        if (peek(r, r->at, '=')) {
            r->at++;
            value = read_value(r);
        }
        if (keep && ++r->tag_attributes <= ALM_DOM_ATTRIBUTE_MAX) keep_attribute(r, first_attr, name, value);
    }
    return slash;
}

static void note_attributes(reader *r) {
    if (r->noted_attributes || r->tag_attributes <= ALM_DOM_ATTRIBUTE_MAX) return;
    r->noted_attributes = true;
    alm_diagnose(r->diagnostics, ALM_WARNING, "attribute-limit",
                 "a tag has more than %d attributes; the rest is unread", ALM_DOM_ATTRIBUTE_MAX);
}

static size_t find_raw_end(reader *r, alm_str name) {
    size_t from = r->at;
    while (!r->no_raw_end) {
        size_t end = alm_str_find(r->html, ALM_STR("</"), from);
        if (end == SIZE_MAX) return SIZE_MAX;
        size_t behind = end + 2 + name.len;
        if (behind <= r->html.len && alm_str_is_nocase(alm_str_slice(r->html, end + 2, behind), name) &&
            (behind == r->html.len || !is_letter(r->html.ptr[behind])))
            return end;
        from = end + 2;
    }
    return SIZE_MAX;
}

/** The content of script, style, title, …: no tags but the own end tag. Without one, all that follows. */
static void read_raw(reader *r, alm_tag tag, alm_str name, uint32_t node) {
    size_t start = r->at, end = find_raw_end(r, name);
    if (end == SIZE_MAX) {
        if (!r->noted_unclosed)
            alm_diagnose(r->diagnostics, ALM_WARNING, "unclosed-element", "a %s element never ends", alm_tag_name(tag));
        r->noted_unclosed = true;
        if (tag != ALM_TAG_SCRIPT && tag != ALM_TAG_STYLE) { /* a forgotten end tag must not cost the page */
            r->no_raw_end = true;
            return;
        }
        end = r->html.len;
    }
    alm_str text = alm_str_slice(r->html, start, end);
    if (tag == ALM_TAG_TITLE) text = alm_dom_decode(r->arena, text, false);
    if (!text.ptr)
        r->build.status = ALM_E_NOMEM;
    else if (node != ALM_DOM_NONE && text.len)
        alm_dom_builder_raw(&r->build, node, text);
    r->at = end;
    if (r->at < r->html.len) skip_declaration(r);
}

static alm_str read_name(reader *r) {
    const char *p = r->html.ptr;
    size_t start = r->at;
    while (r->at < r->html.len && !is_space(p[r->at]) && p[r->at] != '>' && p[r->at] != '/') r->at++;
    return alm_str_slice(r->html, start, r->at);
}

static void read_start_tag(reader *r) {
    r->at++;
    alm_str name = read_name(r);
    alm_tag tag = alm_tag_by_name(name);
    uint32_t first_attr = r->build.attr_count;
    bool self_closed = read_attributes(r, true);
    note_attributes(r);
    uint32_t node = alm_dom_builder_start(&r->build, tag, name, first_attr, self_closed);
    if (alm_tag_has(tag, ALM_TAG_IS_RAW)) read_raw(r, tag, name, node);
}

static void read_end_tag(reader *r) {
    r->at += 2;
    alm_str name = read_name(r);
    (void)read_attributes(r, false);
    alm_dom_builder_end(&r->build, alm_tag_by_name(name), name);
}

/** Where the next mark-up begins, at or after @p from: "<" before a letter, "/", "!" or "?". */
static size_t find_markup(const reader *r, size_t from) {
    for (;;) {
        size_t at = find_byte(r, '<', from);
        if (at == SIZE_MAX || at + 1 >= r->html.len) return r->html.len;
        char next = r->html.ptr[at + 1];
        if (is_letter(next) || next == '!' || next == '?') return at;
        if (next == '/' && at + 2 < r->html.len && r->html.ptr[at + 2] != '<') return at;
        from = at + 1;
    }
}

static void read_markup(reader *r) {
    char next = r->html.ptr[r->at + 1];
    if (next == '/') {
        if (is_letter(r->html.ptr[r->at + 2]))
            read_end_tag(r);
        else
            skip_declaration(r);
    } else if (next == '!' || next == '?') {
        if (alm_str_starts(alm_str_slice(r->html, r->at, r->html.len), ALM_STR("<!--")))
            read_comment(r);
        else
            skip_declaration(r);
    } else {
        read_start_tag(r);
    }
}

static void note_limits(const reader *r) {
    const alm_dom_builder *b = &r->build;
    if (b->full)
        alm_diagnose(r->diagnostics, ALM_WARNING, "node-limit", "more than %d nodes; the rest of the page is left out",
                     ALM_DOM_NODE_MAX);
    if (b->deep_starts)
        alm_diagnose(r->diagnostics, ALM_WARNING, "depth-limit", "%u elements nest deeper than %d; their text is kept",
                     b->deep_starts, ALM_DOM_DEPTH_MAX);
    if (b->stray_ends > ALM_DOM_STRAY_END_MAX)
        alm_diagnose(r->diagnostics, ALM_WARNING, "stray-end-tags", "%u end tags close nothing", b->stray_ends);
}

alm_status alm_dom_parse(alm_dom *out, alm_arena *arena, alm_str html, alm_diagnostics *diagnostics, alm_err *err) {
    if (html.len > ALM_DOM_SIZE_MAX) {
        alm_diagnose(diagnostics, ALM_WARNING, "size-limit", "only the first %d bytes are read", ALM_DOM_SIZE_MAX);
        html.len = ALM_DOM_SIZE_MAX;
    }
    if (html.len && memchr(html.ptr, 0, html.len))
        alm_diagnose(diagnostics, ALM_INFO, "nul-bytes", "the page holds NUL bytes; they are left out");
    alm_dom dom;
    reader r = {.html = html, .arena = arena, .diagnostics = diagnostics};
    alm_dom_builder_init(&r.build, &dom, arena, html.len);
    while (r.at < html.len && r.build.status == ALM_OK && !r.build.full) {
        size_t markup = find_markup(&r, r.at);
        append_text(&r, r.at, markup);
        r.at = markup;
        if (markup < html.len) read_markup(&r);
    }
    if (r.build.status != ALM_OK) return alm_fail(err, ALM_E_NOMEM, "out of memory for the tree of a page");
    alm_dom_builder_finish(&r.build);
    note_limits(&r);
    *out = dom;
    return ALM_OK;
}

alm_str alm_dom_attr(const alm_dom *dom, uint32_t node, alm_attribute id) {
    const alm_node *n = &dom->nodes[node];
    for (uint32_t i = n->attr; i < n->attr + n->attr_count; i++)
        if (dom->attrs[i].id == id) return dom->attrs[i].value;
    return (alm_str){NULL, 0};
}
