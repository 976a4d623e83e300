#include "extract/page/weigh.h"

#include "base/utf8.h"

/* Which element is the article; what stands in it and is not its text is left out. */

enum {
    OUTSIDE_PROSE = 35, /* per cent of an element's prose that may be lost when one of its children is taken for it */
    OUTSIDE_REST = 20   /* per cent of all its text that may be lost with it in short lines */
};

static uint32_t heaviest(const alm_weigher *w) {
    const alm_reading *r = w->r;
    uint32_t best = r->dom.body;
    for (uint32_t i = best; i < r->dom.nodes[r->dom.body].end; i++)
        if (w->sum[i] >= w->sum[best] && r->dom.nodes[i].tag != ALM_TAG_TEXT) best = i;
    return best;
}

/** The child of @p node that holds nearly all of the text of @p whole; ALM_DOM_NONE. */
static uint32_t dominant_child(const alm_weigher *w, uint32_t node, uint32_t whole) {
    const alm_dom *dom = &w->r->dom;
    for (uint32_t i = node + 1; i < dom->nodes[node].end; i = dom->nodes[i].end) {
        ++*w->r->work;
        uint64_t prose = w->prose[whole] - w->prose[i], rest = w->rest[whole] - w->rest[i]; /* outside the child */
        bool holds_prose = prose * 100 <= (uint64_t)w->prose[whole] * OUTSIDE_PROSE;
        bool holds_rest = rest * 100 <= ((uint64_t)w->prose[whole] + w->rest[whole]) * OUTSIDE_REST;
        if (dom->nodes[i].tag != ALM_TAG_TEXT && holds_prose && holds_rest) return i;
    }
    return ALM_DOM_NONE;
}

static bool holds_one_line(const alm_reading *r, uint32_t node) {
    uint32_t second = alm_line_at_node(r, node) + 1;
    return second >= r->line_count || r->lines[second].first >= r->dom.nodes[node].end;
}

/** Scraps outside the article can make an element around it heavier: go down while one child holds nearly all. */
static uint32_t narrowed(const alm_weigher *w, uint32_t whole) {
    for (uint32_t node = whole;;) {
        uint32_t child = dominant_child(w, node, whole);
        if (child == ALM_DOM_NONE || w->prose[child] == 0 || holds_one_line(w->r, child)) return node;
        node = child;
    }
}

/** Rows are no container of their own: take their table. */
static uint32_t whole_table(const alm_reading *r, uint32_t node) {
    for (;;) {
        alm_tag tag = alm_dom_tag(&r->dom, node);
        if (tag != ALM_TAG_TBODY && tag != ALM_TAG_TR && tag != ALM_TAG_THEAD && tag != ALM_TAG_TFOOT) return node;
        if (r->dom.nodes[node].parent == ALM_DOM_NONE) return node;
        node = r->dom.nodes[node].parent;
    }
}

static bool ends_text(const alm_reading *r, uint32_t line) {
    enum { EDITOR_CHARS = 60 };
    const alm_line *l = &r->lines[line];
    alm_word_hit hit;
    alm_str text = alm_line_text(r, line);
    if (l->chars > EDITOR_CHARS || l->stops > 1) return false;
    if (!alm_line_starts_with(r, text, ALM_WORDS(EDITOR_LABEL), &hit)) return false;
    size_t at = hit.end;
    while (at < text.len && text.ptr[at] == ' ') at++;
    alm_str rest = alm_str_slice(text, at, text.len);
    return at > hit.end || rest.len == 0 || alm_str_starts(rest, ALM_STR("\xEF\xBC\x9A")) || rest.ptr[0] == ':' ||
           alm_str_starts(rest, ALM_STR("\xEF\xBD\x9C")) || rest.ptr[0] == '|' || rest.ptr[0] == '/';
}

/** The words under a picture. */
static bool is_caption(const alm_reading *r, uint32_t i) {
    enum { CAPTION_CHARS = 24, LONG_CAPTION_CHARS = 80, CREDIT_BYTES = 24 };
    const alm_line *line = &r->lines[i];
    if (line->flags & ALM_LINE_IN_CAPTION) return true;
    bool short_line =
        line->chars <= CAPTION_CHARS && line->stops == 0 && !(line->flags & (ALM_LINE_IN_HEADING | ALM_LINE_EMPHASIS));
    if (!(line->flags & ALM_LINE_BEHIND_IMAGE) || line->chars > LONG_CAPTION_CHARS) return false;
    alm_str text = alm_line_text(r, i);
    alm_word_hit hit;
    size_t tail = text.len > CREDIT_BYTES ? alm_utf8_before(text, text.len - CREDIT_BYTES) : 0;
    bool credited = alm_words_find(r->words, text, tail, ALM_WORDS(CAPTION), &hit) && text.len - hit.end <= 6;
    return short_line || credited || alm_line_starts_with(r, text, ALM_WORDS(CAPTION), &hit);
}

/** A link, but for a bullet or bracket. */
static bool is_all_link(const alm_line *line) { return line->link_chars && line->chars - line->link_chars <= 2; }

/** In a row of a table that has more to it than links. */
static bool is_in_row(const alm_reading *r, uint32_t i) {
    if (!(r->lines[i].flags & ALM_LINE_IN_CELL)) return false;
    uint32_t row = r->lines[i].block;
    while (row != ALM_DOM_NONE && r->dom.nodes[row].tag != ALM_TAG_TR) row = r->dom.nodes[row].parent;
    if (row == ALM_DOM_NONE) return false;
    for (uint32_t k = alm_line_at_node(r, row); k < r->line_count && r->lines[k].first < r->dom.nodes[row].end; k++)
        if (!is_all_link(&r->lines[k])) return true;
    return false;
}

/** A short line with links that tells the editor somewhere: "more on this (editor: X)". */
static bool names_editor(const alm_reading *r, uint32_t i) {
    enum { EDITOR_CHARS = 40 };
    const alm_line *line = &r->lines[i];
    alm_word_hit hit;
    if (line->link_chars == 0 || line->chars > EDITOR_CHARS || line->stops) return false;
    return alm_words_find(r->words, alm_line_text(r, i), 0, ALM_WORDS(EDITOR_LABEL), &hit);
}

static bool belongs(const alm_reading *r, uint32_t i) {
    const alm_line *line = &r->lines[i];
    if (!r->keep_captions && is_caption(r, i)) return false;
    if (line->flags & (ALM_LINE_OTHER | ALM_LINE_META)) return false;
    bool told = alm_line_is_prose(line) && line->link_chars == 0 &&
                line->chars >= ALM_SEPARATE_PROSE; /* a disclaimer of the article */
    if ((line->flags & ALM_LINE_BOILERPLATE) && !told) return false;
    if (is_all_link(line) && !is_in_row(r, i)) return false;
    if (names_editor(r, i)) return false;
    return !ends_text(r, i);
}

/** Prose between the title and the article's element: its lead. */
static void add_lead(alm_reading *r) {
    enum { LEAD_LINES = 12 };
    if (r->title_line == ALM_NO_LINE || r->main_first > r->main_last || r->main_first > r->title_line + LEAD_LINES)
        return;
    uint32_t first = r->main_first;
    for (uint32_t i = r->title_line + 1; i < r->main_first; i++) {
        if (!alm_line_is_prose(&r->lines[i]) || r->lines[i].chars < ALM_SEPARATE_PROSE || !belongs(r, i)) continue;
        if (i < first) first = i;
        r->lines[i].flags |= ALM_LINE_MAIN;
    }
    r->main_first = first;
}

/** True where most prose of the article stands under pictures. */
static bool mostly_captions(const alm_reading *r) {
    uint32_t end = r->dom.nodes[r->main_node].end;
    uint64_t captions = 0, others = 0;
    for (uint32_t i = alm_line_at_node(r, r->main_node); i < r->line_count && r->lines[i].first < end; i++) {
        const alm_line *line = &r->lines[i];
        if (line->flags & (ALM_LINE_OTHER | ALM_LINE_BOILERPLATE) || !alm_line_is_prose(line)) continue;
        if (r->title_line != ALM_NO_LINE && i <= r->title_line) continue;
        if (is_caption(r, i))
            captions += line->chars;
        else
            others += line->chars;
    }
    return captions > others;
}

static void settle(alm_reading *r) {
    uint32_t end = r->dom.nodes[r->main_node].end;
    r->keep_captions = mostly_captions(r);
    r->main_first = r->line_count;
    r->main_last = 0;
    for (uint32_t i = alm_line_at_node(r, r->main_node); i < r->line_count && r->lines[i].first < end; i++) {
        if (r->title_line != ALM_NO_LINE && i <= r->title_line) continue;
        if (!belongs(r, i)) continue;
        r->lines[i].flags |= ALM_LINE_MAIN;
        if (r->main_first == r->line_count) r->main_first = i;
        r->main_last = i;
    }
}

/** A link that was never closed holds the whole text: where most prose is linked, links say nothing. */
static void forget_open_link(alm_reading *r) {
    uint64_t linked = 0, free_text = 0;
    for (uint32_t i = 0; i < r->line_count; i++) {
        const alm_line *line = &r->lines[i];
        if (line->stops < 2 || line->chars < ALM_LONG_CHARS) continue;
        if (line->link_chars == line->chars)
            linked += line->chars;
        else
            free_text += line->chars;
    }
    if (linked < 4 * free_text || linked < 200) return;
    for (uint32_t i = 0; i < r->line_count; i++)
        if (r->lines[i].stops && r->lines[i].chars >= ALM_SEPARATE_PROSE) r->lines[i].link_chars = 0;
}

alm_status alm_read_main(alm_reading *r) {
    r->main_node = r->dom.body;
    r->main_first = 1;
    r->main_last = 0;
    if (r->dom.body == ALM_DOM_NONE || r->line_count == 0) return ALM_OK;
    alm_weigher w = {.r = r};
    w.sum = alm_arena_calloc(r->arena, r->dom.count, sizeof *w.sum);
    w.prose = alm_arena_calloc(r->arena, r->dom.count, sizeof *w.prose);
    w.rest = alm_arena_calloc(r->arena, r->dom.count, sizeof *w.rest);
    w.headlines = alm_arena_calloc(r->arena, r->line_count + 1, sizeof *w.headlines);
    if (!w.sum || !w.prose || !w.rest || !w.headlines) return ALM_E_NOMEM;
    forget_open_link(r);
    alm_mark_boilerplate(r);
    alm_weigh(&w);
    alm_mark_others(&w);
    alm_weigh(&w);
    r->main_node = whole_table(r, narrowed(&w, heaviest(&w)));
    settle(r);
    add_lead(r);
    if (r->main_first <= r->main_last) return ALM_OK;
    r->title_line = ALM_NO_LINE; /* nothing stands below it: what looked like the title is not above the text */
    alm_weigh(&w);
    r->main_node = whole_table(r, heaviest(&w));
    settle(r);
    return ALM_OK;
}
