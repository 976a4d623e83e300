#include "extract/page/read_priv.h"

#include "extract/page/visible.h"
#include "base/utf8.h"

enum { LINK = 1 << 16, EMPHASIS = 1 << 17 }; /* states of an open element beside alm_line_flags */

typedef struct open_element {
    uint32_t end;   /**< of its subtree */
    uint32_t block; /**< innermost block element: itself or above */
    uint32_t flags;
} open_element;

typedef struct line_builder {
    alm_reading *r;
    size_t cap;
    alm_line line; /**< the one that grows; chars == 0: nothing yet */
    uint32_t emphasis_chars;
    bool space, newline, wide_space; /**< white space that waits for the next character */
    bool image;                      /**< an image stood since the last line */
    bool after_han;
    bool after_digit; /**< outside a link */
    open_element stack[ALM_DOM_DEPTH_MAX + 1];
    uint32_t depth;
} line_builder;

static alm_status end_line(line_builder *b) {
    alm_reading *r = b->r;
    b->space = b->newline = b->wide_space = b->after_han = b->after_digit = false;
    if (b->line.chars == 0) {
        r->text_len = b->line.start;
        return ALM_OK;
    }
    b->line.len = (uint32_t)(r->text_len - b->line.start);
    if (b->emphasis_chars == b->line.chars) b->line.flags |= ALM_LINE_EMPHASIS;
    if (b->image) b->line.flags |= ALM_LINE_BEHIND_IMAGE;
    b->image = false;
    alm_status status = alm_arena_grow(r->arena, (void **)&r->lines, &b->cap, r->line_count, sizeof *r->lines);
    if (status != ALM_OK) return status;
    r->lines[r->line_count++] = b->line;
    b->line = (alm_line){.start = (uint32_t)r->text_len};
    b->emphasis_chars = 0;
    return ALM_OK;
}

/* ---- characters ---- */

typedef enum char_kind { CHAR_TEXT, CHAR_SPACE, CHAR_NEWLINE, CHAR_WIDE_SPACE, CHAR_NOTHING } char_kind;

static char_kind kind_of(uint32_t cp) {
    if (cp > 0x20 && cp < 0x7F) return CHAR_TEXT;
    if (cp == '\n' || cp == '\r') return CHAR_NEWLINE;
    if (cp == ' ' || cp == '\t' || cp == '\f' || cp == 0xA0) return CHAR_SPACE;
    if (cp < 0x20 || cp == 0x7F || cp == 0xAD || cp == 0xFEFF) return CHAR_NOTHING;
    if (cp == 0x3000) return CHAR_WIDE_SPACE;
    if (cp < 0x2000 || cp > 0x2069) return CHAR_TEXT;
    if (cp <= 0x200A || cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F) return CHAR_SPACE;
    bool format = (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || cp >= 0x2060;
    return format ? CHAR_NOTHING : CHAR_TEXT;
}

static bool is_stop(uint32_t cp) {
    return cp == 0x3002 || cp == 0xFF0C || cp == 0xFF01 || cp == 0xFF1F || cp == 0xFF1B || cp == ',' || cp == '!' ||
           cp == '?' || cp == ';';
}

static void put_space(alm_reading *r, line_builder *b, bool before_han) {
    bool folded = b->newline && !b->space && b->after_han && before_han; /* a line break in the source between Han */
    if (b->wide_space) {
        memcpy(r->text + r->text_len, "\xE3\x80\x80", 3);
        r->text_len += 3;
    } else if (!folded) {
        r->text[r->text_len++] = ' ';
    }
    b->space = b->newline = b->wide_space = false;
}

/** "5000" and then, outside a link, a word of money. */
static void note_amount(line_builder *b, alm_str s, size_t at, uint32_t cp, uint32_t flags) {
    alm_word_hit hit;
    bool digit = (cp >= '0' && cp <= '9') || (cp >= 0xFF10 && cp <= 0xFF19);
    if (b->after_digit && !digit && !(flags & LINK) && alm_words_at(b->r->words, s, at, ALM_WORDS(AMOUNT_MARK), &hit))
        b->line.flags |= ALM_LINE_AMOUNT;
    b->after_digit = digit && !(flags & LINK);
}

static void count(line_builder *b, uint32_t cp, uint32_t flags) {
    b->line.chars++;
    if (flags & LINK) b->line.link_chars++;
    if (flags & EMPHASIS) b->emphasis_chars++;
    if (cp >= 0x3400 && cp < 0xA000)
        b->line.han++;
    else if (cp >= '0' && cp <= '9')
        b->line.digits++;
    else if (is_stop(cp))
        b->line.stops++;
}

static void add_text(line_builder *b, uint32_t node, const open_element *around) {
    alm_reading *r = b->r;
    alm_str s = alm_dom_text(&r->dom, node);
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        uint32_t cp = alm_utf8_next(s, &at);
        char_kind kind = kind_of(cp);
        if (kind == CHAR_NOTHING) continue;
        if (kind != CHAR_TEXT) {
            if (b->line.chars == 0) continue;
            if (kind == CHAR_WIDE_SPACE)
                b->wide_space = true;
            else if (kind == CHAR_NEWLINE)
                b->newline = true;
            else
                b->space = true;
            continue;
        }
        if (b->line.chars == 0) {
            b->line.first = node;
            b->line.block = around->block;
            b->line.flags = around->flags & ~(uint32_t)(LINK | EMPHASIS);
        }
        bool wide = cp >= 0x2E80;
        if (b->space || b->newline || b->wide_space) put_space(r, b, wide);
        memcpy(r->text + r->text_len, s.ptr + from, at - from);
        r->text_len += at - from;
        b->after_han = wide;
        b->line.end = node + 1;
        count(b, cp, around->flags);
        note_amount(b, s, from, cp, around->flags);
    }
}

/* ---- elements ---- */

static uint32_t flags_of(alm_tag tag) {
    switch (tag) {
    case ALM_TAG_A: return LINK;
    case ALM_TAG_B:
    case ALM_TAG_STRONG: return EMPHASIS;
    case ALM_TAG_LI: return ALM_LINE_IN_ITEM;
    case ALM_TAG_TD:
    case ALM_TAG_TH:
    case ALM_TAG_CAPTION: return ALM_LINE_IN_CELL;
    case ALM_TAG_FIGCAPTION: return ALM_LINE_IN_CAPTION;
    default: return alm_tag_has(tag, ALM_TAG_IS_HEADING) ? ALM_LINE_IN_HEADING | EMPHASIS : 0;
    }
}

static alm_status open(line_builder *b, uint32_t node, alm_tag tag, bool soft_hidden) {
    alm_status status = ALM_OK;
    open_element element = b->stack[b->depth - 1];
    element.end = b->r->dom.nodes[node].end;
    element.flags |= flags_of(tag);
    if (tag == ALM_TAG_A && alm_dom_attr(&b->r->dom, node, ALM_ATTR_HREF).len == 0) element.flags &= ~(uint32_t)LINK;
    if (soft_hidden) element.flags |= ALM_LINE_SOFT_HIDDEN;
    if (alm_tag_has(tag, ALM_TAG_IS_BLOCK)) {
        status = end_line(b);
        element.block = node;
        if (tag == ALM_TAG_TABLE) element.flags &= ~(uint32_t)ALM_LINE_IN_ITEM;
        if (tag == ALM_TAG_UL || tag == ALM_TAG_OL) element.flags &= ~(uint32_t)ALM_LINE_IN_CELL;
    }
    if (tag == ALM_TAG_IMG || tag == ALM_TAG_VIDEO) b->image = true;
    if (element.end > node + 1)
        b->stack[b->depth++] = element;
    else if (alm_tag_has(tag, ALM_TAG_IS_BLOCK) && status == ALM_OK)
        status = end_line(b);
    return status;
}

static alm_status close(line_builder *b, uint32_t node) {
    alm_status status = ALM_OK;
    while (b->depth > 1 && b->stack[b->depth - 1].end <= node && status == ALM_OK) {
        b->depth--;
        if (b->stack[b->depth].block != b->stack[b->depth - 1].block) status = end_line(b);
    }
    return status;
}

static alm_status sweep(line_builder *b, alm_visible *visible) {
    alm_dom *dom = &b->r->dom;
    alm_status status = ALM_OK;
    for (uint32_t i = dom->body; i < dom->nodes[dom->body].end && status == ALM_OK; i++) {
        status = close(b, i);
        if (status != ALM_OK) break;
        alm_tag tag = alm_dom_tag(dom, i);
        dom->work++;
        if (tag == ALM_TAG_TEXT) {
            add_text(b, i, &b->stack[b->depth - 1]);
            continue;
        }
        alm_visibility seen = alm_visible_element(visible, dom, i);
        if (seen == ALM_VISIBLE || seen == ALM_HIDDEN_SOFTLY) {
            status = open(b, i, tag, seen == ALM_HIDDEN_SOFTLY);
            continue;
        }
        if (tag == ALM_TAG_VIDEO || tag == ALM_TAG_OBJECT) b->image = true;
        i = dom->nodes[i].end - 1;
    }
    return status == ALM_OK ? end_line(b) : status;
}

/** Lines that are hidden by visibility alone are shown where they are most of the page: a script will show them. */
static void settle_soft_hidden(alm_reading *r) {
    uint64_t hidden = 0, all = 0;
    for (uint32_t i = 0; i < r->line_count; i++) {
        uint64_t prose = r->lines[i].stops ? r->lines[i].chars : 0;
        all += prose;
        if (r->lines[i].flags & ALM_LINE_SOFT_HIDDEN) hidden += prose;
    }
    bool show = hidden * 5 > all * 2;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->line_count; i++)
        if (show || !(r->lines[i].flags & ALM_LINE_SOFT_HIDDEN)) r->lines[kept++] = r->lines[i];
    r->line_count = kept;
}

alm_status alm_read_lines(alm_reading *r) {
    alm_visible visible;
    size_t bytes = 1;
    for (uint32_t i = 0; i < r->dom.count; i++)
        if (r->dom.nodes[i].tag == ALM_TAG_TEXT) bytes += r->dom.nodes[i].len;
    alm_visible_init(&visible, &r->dom);
    line_builder *b = ALM_ARENA_NEW(r->arena, line_builder);
    r->text = alm_arena_alloc(r->arena, bytes);
    if (!b || !r->text) return ALM_E_NOMEM;
    b->r = r;
    if (r->dom.body == ALM_DOM_NONE) return ALM_OK;
    b->stack[b->depth++] = (open_element){.end = UINT32_MAX, .block = r->dom.body};
    alm_status status = sweep(b, &visible);
    if (status == ALM_OK) settle_soft_hidden(r);
    return status;
}

uint32_t alm_line_at_node(const alm_reading *r, uint32_t node) {
    uint32_t low = 0, high = r->line_count;
    ++*r->work;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->lines[middle].first < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

alm_str alm_read_collapse(alm_arena *arena, alm_str s) {
    char *out = alm_arena_alloc(arena, s.len + 1);
    if (!out) return (alm_str){NULL, 0};
    size_t used = 0;
    bool space = false;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        char_kind kind = kind_of(alm_utf8_next(s, &at));
        if (kind == CHAR_NOTHING) continue;
        if (kind != CHAR_TEXT) {
            space = used > 0;
            continue;
        }
        if (space) out[used++] = ' ';
        space = false;
        memcpy(out + used, s.ptr + from, at - from);
        used += at - from;
    }
    out[used] = '\0';
    return (alm_str){out, used};
}
