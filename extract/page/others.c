#include "extract/page/weigh.h"

enum { HEAD_CHARS = 16 /* heads of other lists are not longer */ };

static void mark(alm_reading *r, uint32_t first_node, uint32_t end_node, uint32_t flag) {
    for (uint32_t i = alm_line_at_node(r, first_node); i < r->line_count && r->lines[i].first < end_node;
         i++, ++*r->work)
        if (r->lines[i].end <= end_node) r->lines[i].flags |= flag; /* an inline element does not speak for its line */
}

/* ---- parts that their tag, class or id names as something else ---- */

static bool is_named_other(const alm_reading *r, uint32_t node) {
    const alm_node *n = &r->dom.nodes[node];
    bool other = false, main = false;
    switch (n->tag) {
    case ALM_TAG_NAV:
    case ALM_TAG_ASIDE:
    case ALM_TAG_FOOTER:
    case ALM_TAG_MARQUEE: return true;
    default: break;
    }
    for (uint32_t i = n->attr; i < n->attr + n->attr_count; i++) {
        alm_attribute id = r->dom.attrs[i].id;
        if (id != ALM_ATTR_CLASS && id != ALM_ATTR_ID && id != ALM_ATTR_ROLE) continue;
        uint32_t groups =
            alm_words_in_class(r->words, r->dom.attrs[i].value, ALM_WORDS(OTHER_CLASS) | ALM_WORDS(MAIN_CLASS));
        other |= (groups & ALM_WORDS(OTHER_CLASS)) != 0;
        main |= (groups & ALM_WORDS(MAIN_CLASS)) != 0;
    }
    return other && !main;
}

static void mark_named(alm_weigher *w) {
    alm_reading *r = w->r;
    uint32_t body = r->dom.body;
    for (uint32_t i = body + 1; i < r->dom.nodes[body].end; i++) {
        alm_node *n = &r->dom.nodes[i];
        if (n->tag == ALM_TAG_TEXT || n->tag == ALM_TAG_A || n->end == i + 1) continue;
        if (!alm_is_beside(w, i) || !is_named_other(r, i)) continue;
        mark(r, i, n->end, ALM_LINE_OTHER);
        i = n->end - 1;
    }
}

/* ---- parts under a head such as "related articles" ---- */

static bool has_links_below(const alm_reading *r, uint32_t line) {
    enum { NEXT_LINES = 4 };
    for (uint32_t i = line + 1; i < r->line_count && i <= line + NEXT_LINES; i++)
        if (r->lines[i].link_chars) return true;
    return false;
}

/** True where @p line is short and says nothing but that other things follow. */
static bool is_other_head(const alm_reading *r, uint32_t line) {
    const alm_line *l = &r->lines[line];
    alm_word_hit hit;
    if (l->chars > HEAD_CHARS || l->stops > 1) return false;
    alm_str text = alm_line_text(r, line);
    if (!alm_words_find(r->words, text, 0, ALM_WORDS(OTHER_HEAD), &hit)) return false;
    enum { HAN_BYTES = 3, WORD_HAN = 3, REST_HAN = 4 };
    uint32_t named = (uint32_t)(hit.end - hit.start) / HAN_BYTES, rest = l->han > named ? l->han - named : 0;
    if (named < WORD_HAN) return rest == 0; /* "related", "hot": also words of running text */
    if (rest == 0 || (hit.start == 0 && rest <= (named > REST_HAN ? named : REST_HAN))) return true;
    return (rest <= named || hit.end == text.len) && has_links_below(r, line); /* "ranking of donors" heads no links */
}

/** The largest element that begins with @p line and lies beside the article. */
static uint32_t part_of_head(const alm_weigher *w, uint32_t line) {
    const alm_reading *r = w->r;
    uint32_t node = r->lines[line].block;
    for (;;) {
        uint32_t parent = r->dom.nodes[node].parent;
        ++*r->work;
        if (parent == ALM_DOM_NONE || parent == r->dom.body || parent == ALM_DOM_ROOT) return node;
        bool begins = line == 0 || r->lines[line - 1].first < parent;
        if (!begins || !alm_is_beside(w, parent)) return node;
        node = parent;
    }
}

static void mark_under_head(alm_weigher *w, uint32_t head) {
    alm_reading *r = w->r;
    uint32_t part = part_of_head(w, head);
    uint32_t end = r->dom.nodes[part].end;
    if (head + 1 < r->line_count && r->lines[head + 1].first < end) {
        if (alm_is_beside(w, part) && r->lines[head].first >= part && (head == 0 || r->lines[head - 1].first < part)) {
            mark(r, part, end, ALM_LINE_OTHER);
            return;
        }
    }
    uint32_t parent = r->dom.nodes[part].parent;
    uint32_t limit = parent == ALM_DOM_NONE ? r->dom.count : r->dom.nodes[parent].end;
    r->lines[head].flags |= ALM_LINE_OTHER;
    for (uint32_t i = head + 1; i < r->line_count && r->lines[i].first < limit; i++) {
        const alm_line *line = &r->lines[i];
        ++*r->work;
        if (line->link_chars == 0 && alm_line_is_prose(line) && line->chars >= ALM_SEPARATE_PROSE) return;
        bool enters_table = (line->flags & ~r->lines[head].flags & ALM_LINE_IN_CELL) && line->link_chars == 0;
        if (enters_table) return;
        r->lines[i].flags |= ALM_LINE_OTHER;
    }
}

static void mark_heads(alm_weigher *w) {
    alm_reading *r = w->r;
    for (uint32_t i = 0; i < r->line_count; i++)
        if (!(r->lines[i].flags & ALM_LINE_OTHER) && i != r->title_line && is_other_head(r, i)) mark_under_head(w, i);
}

/* ---- lists of other articles with an excerpt each ---- */

/** Most of it, or all that is not a date or the name of a source, is a link. */
static bool is_headline(const alm_line *line) {
    enum { HEADLINE_CHARS = 6 };
    return !(line->flags & ALM_LINE_AMOUNT) && line->link_chars >= HEADLINE_CHARS &&
           line->link_chars * 5 >= line->chars * 2;
}

/** True where paragraphs of prose follow each other below @p node: an article, not excerpts. */
static bool holds_paragraphs(const alm_reading *r, uint32_t node) {
    enum { PARAGRAPHS = 4 };
    uint32_t run = 0, end = r->dom.nodes[node].end;
    for (uint32_t i = alm_line_at_node(r, node); i < r->line_count && r->lines[i].first < end; i++) {
        ++*r->work;
        run = alm_line_is_prose(&r->lines[i]) && !is_headline(&r->lines[i]) ? run + 1 : 0;
        if (run == PARAGRAPHS) return true;
    }
    return false;
}

/** True where most children of @p node, and at least four, hold a line that is a link. */
static bool is_teaser_list(const alm_weigher *w, uint32_t node) {
    enum { TEASERS_MIN = 4 };
    const alm_reading *r = w->r;
    const alm_dom *dom = &r->dom;
    uint32_t children = 0, teasers = 0;
    for (uint32_t i = node + 1; i < dom->nodes[node].end; i = dom->nodes[i].end) {
        if (dom->nodes[i].tag == ALM_TAG_TR || dom->nodes[i].tag == ALM_TAG_TD) return false;
        uint32_t end = dom->nodes[i].end, line = alm_line_at_node(r, i);
        if (line >= r->line_count || r->lines[line].first >= end) continue;
        children++;
        teasers += w->headlines[alm_line_at_node(r, end)] > w->headlines[line];
    }
    return teasers >= TEASERS_MIN && teasers * 10 >= children * 7 && !holds_paragraphs(r, node);
}

static void mark_teasers(alm_weigher *w) {
    alm_reading *r = w->r;
    const alm_dom *dom = &r->dom;
    for (uint32_t i = 0; i < r->line_count; i++) w->headlines[i + 1] = w->headlines[i] + is_headline(&r->lines[i]);
    uint32_t title = r->title_line == ALM_NO_LINE ? 0 : r->lines[r->title_line].first;
    for (uint32_t i = dom->body + 1; i < dom->nodes[dom->body].end; i++) {
        const alm_node *n = &dom->nodes[i];
        if (!alm_tag_has((alm_tag)n->tag, ALM_TAG_IS_BLOCK) || n->end - i < 8 || (title > i && title < n->end))
            continue;
        if (!is_teaser_list(w, i)) continue;
        mark(r, i, n->end, ALM_LINE_OTHER);
        i = n->end - 1;
    }
}

/* ---- a second article on the same page ---- */

/** The largest element around @p node that does not hold the title. */
static uint32_t apart_from_title(const alm_reading *r, uint32_t node) {
    uint32_t title = r->lines[r->title_line].first;
    for (;;) {
        uint32_t parent = r->dom.nodes[node].parent;
        if (parent == ALM_DOM_NONE || (title > parent && title < r->dom.nodes[parent].end)) return node;
        node = parent;
    }
}

/** Pages that go on with the next article give it a title of the same tag and class. */
static void mark_second_article(alm_reading *r) {
    enum { OWN_CHARS = 60, TITLE_CHARS = 8 };
    if (r->title_line == ALM_NO_LINE) return;
    uint32_t own = r->lines[r->title_line].block, chars = 0;
    if (r->dom.nodes[own].tag != ALM_TAG_H1) return;
    alm_str name = alm_dom_attr(&r->dom, own, ALM_ATTR_CLASS);
    for (uint32_t i = r->title_line + 1; i < r->line_count && name.len; i++) {
        const alm_line *line = &r->lines[i];
        bool same = r->dom.nodes[line->block].tag == ALM_TAG_H1 &&
                    alm_str_is(alm_dom_attr(&r->dom, line->block, ALM_ATTR_CLASS), name);
        if (same && chars >= OWN_CHARS && line->chars >= TITLE_CHARS) {
            uint32_t part = apart_from_title(r, line->block);
            mark(r, part, r->dom.nodes[part].end, ALM_LINE_OTHER);
            return;
        }
        if (alm_line_is_prose(line)) chars += line->chars;
    }
}

/* ---- boilerplate lines ---- */

bool alm_line_starts_with(const alm_reading *r, alm_str text, uint32_t groups, alm_word_hit *hit) {
    size_t at = 0; /* behind a bracket or bullet */
    alm_word_hit found;
    for (int steps = 0; steps < 3 && at < text.len; steps++) {
        if (alm_words_at(r->words, text, at, groups, &found)) {
            *hit = found;
            return true;
        }
        unsigned char c = (unsigned char)text.ptr[at];
        at += c < 0x80 ? 1 : c < 0xE0 ? 2 : 3;
    }
    return false;
}

/** A button, or a row of them. */
static bool is_tool(const alm_reading *r, const alm_line *line, alm_str text) {
    enum { TOOL_CHARS = 24 };
    alm_word_hit hit;
    if (line->chars > TOOL_CHARS || line->stops) return false;
    size_t named = 0, words = 0;
    for (size_t at = 0; at < text.len && alm_words_find(r->words, text, at, ALM_WORDS(TOOL), &hit); at = hit.end) {
        named += hit.end - hit.start;
        words++;
    }
    return words && (named * 5 >= text.len * 3 || (words > 1 && line->link_chars * 2 > line->chars));
}

static bool is_boilerplate(const alm_reading *r, const alm_line *line, alm_str text) {
    enum { SHORT = 40, TOOLS = 100, DISCLAIMER = 400 };
    alm_word_hit hit;
    if (line->chars <= DISCLAIMER && alm_words_find(r->words, text, 0, ALM_WORDS(BOILERPLATE), &hit)) {
        if (line->chars <= SHORT && line->stops < 2) return true;
        alm_word_hit second;
        bool again = alm_words_find(r->words, text, hit.end, ALM_WORDS(BOILERPLATE), &second);
        if (line->chars <= TOOLS && (again || line->link_chars * 3 > line->chars)) return true;
        if (hit.start == 0 && again) return true;
    }
    if (line->chars > TOOLS) return false;
    if (is_tool(r, line, text)) return true;
    uint32_t groups = ALM_WORDS(NEIGHBOUR) | ALM_WORDS(CRUMB);
    if (alm_line_starts_with(r, text, groups, &hit)) return true;
    if (line->link_chars * 2 > line->chars && alm_line_starts_with(r, text, ALM_WORDS(ATTACHMENT), &hit)) return true;
    return line->link_chars && line->chars <= SHORT && alm_words_find(r->words, text, 0, ALM_WORDS(PAGING), &hit);
}

void alm_mark_boilerplate(alm_reading *r) {
    for (uint32_t i = 0; i < r->line_count; i++)
        if (is_boilerplate(r, &r->lines[i], alm_line_text(r, i))) r->lines[i].flags |= ALM_LINE_BOILERPLATE;
}

void alm_mark_others(alm_weigher *w) {
    mark_named(w);
    mark_teasers(w);
    mark_heads(w);
    mark_second_article(w->r);
}
