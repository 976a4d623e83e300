#include "extract/page/read_priv.h"

/*
 * The article is the element of the tree whose lines weigh most together: prose weighs what it is long, links and
 * boilerplate weigh against it. What is then inside it and speaks of other things (related articles, comments, tools)
 * is taken out again.
 */

enum {
    PROSE_CHARS = 12, /* a line with a stop and so many characters is prose */
    LONG_CHARS = 40,  /* so is a longer one without */
    STOP_WEIGHT = 6,  /* a full stop or comma speaks for prose as much as so many characters */
    LINK_WEIGHT = 14, /* a link of its own line speaks against it */
    BOILERPLATE_WEIGHT = 30,
    OTHER_WEIGHT = 2,
    OTHER_RUN_WEIGHT = 20, /* the first line of a run of others */
    HEAD_CHARS = 16,       /* heads of other lists are not longer */
    SHARE_OF_PAGE = 45,    /* per cent of the prose: a part that holds more cannot be beside the article */
    OUTSIDE_PROSE = 35, /* per cent of an element's prose that may be lost when one of its children is taken for it */
    OUTSIDE_REST = 20,  /* per cent of all its text that may be lost with it in short lines */
    SEPARATE_PROSE = 30 /* a line of prose of so many characters ends a list of other articles */
};

typedef struct weigher {
    alm_reading *r;
    int64_t *sum;    /* by node, weights of the lines below it */
    uint64_t *prose; /* by node, characters of prose below it */
    uint64_t *rest;  /* by node, characters of other text below it that is no link, by half */
    uint64_t all_text;
    uint32_t *headlines; /* by line, how many lines before it are headlines */
} weigher;

static bool is_link_line(const alm_line *line) {
    if (line->link_chars * 2 <= line->chars) return false;
    return line->stops < 2 || line->chars < LONG_CHARS || line->link_chars * 10 > line->chars * 9;
}

static bool is_prose(const alm_line *line) {
    uint32_t own = line->chars - line->link_chars;
    return !is_link_line(line) && ((line->stops && own >= PROSE_CHARS) || own >= LONG_CHARS);
}

static int32_t weigh(const alm_line *line) {
    uint32_t own = line->chars - line->link_chars;
    if (line->flags & ALM_LINE_OTHER) return -OTHER_WEIGHT; /* known for what it is: it will not be taken for text */
    if (line->flags & ALM_LINE_BOILERPLATE) return -BOILERPLATE_WEIGHT;
    if (is_link_line(line)) return -LINK_WEIGHT - (int32_t)(line->link_chars < 40 ? line->link_chars / 2 : 20);
    if (is_prose(line)) return (int32_t)(own + STOP_WEIGHT * line->stops);
    return (int32_t)(own < 16 ? own / 2 : 8);
}

static void add_up(weigher *w) {
    alm_reading *r = w->r;
    memset(w->sum, 0, r->dom.count * sizeof *w->sum);
    memset(w->prose, 0, r->dom.count * sizeof *w->prose);
    memset(w->rest, 0, r->dom.count * sizeof *w->rest);
    for (uint32_t i = 0; i < r->line_count; i++) {
        alm_line *line = &r->lines[i];
        line->weight = weigh(line);
        bool other = (line->flags & ALM_LINE_OTHER) != 0, was_other = i > 0 && (r->lines[i - 1].flags & ALM_LINE_OTHER);
        if (other && !was_other) line->weight -= OTHER_RUN_WEIGHT;
        if (i < r->title_line && r->title_line != ALM_NO_LINE && line->weight > 0) line->weight = 0;
        w->sum[line->block] += line->weight;
        bool above = i < r->title_line && r->title_line != ALM_NO_LINE;
        if (above || line->flags & ALM_LINE_OTHER || is_link_line(line)) continue;
        if (is_prose(line))
            w->prose[line->block] += line->chars;
        else
            w->rest[line->block] += (line->chars + 1) / 2;
    }
    for (uint32_t i = r->dom.count; i-- > 1;) {
        uint32_t parent = r->dom.nodes[i].parent;
        w->sum[parent] += w->sum[i];
        w->prose[parent] += w->prose[i];
        w->rest[parent] += w->rest[i];
        r->dom.work++;
    }
    w->all_text = w->prose[r->dom.body] + w->rest[r->dom.body];
}

/** True where @p node holds neither the title nor much of the page's text. */
static bool is_beside(const weigher *w, uint32_t node) {
    const alm_reading *r = w->r;
    uint32_t title = r->title_line == ALM_NO_LINE ? 0 : r->lines[r->title_line].first;
    if (title > node && title < r->dom.nodes[node].end) return false;
    return (w->prose[node] + w->rest[node]) * 100 <= w->all_text * SHARE_OF_PAGE;
}

static void mark(alm_reading *r, uint32_t first_node, uint32_t end_node, uint32_t flag) {
    for (uint32_t i = alm_line_at_node(r, first_node); i < r->line_count && r->lines[i].first < end_node; i++)
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

static void mark_named(weigher *w) {
    alm_reading *r = w->r;
    uint32_t body = r->dom.body;
    for (uint32_t i = body + 1; i < r->dom.nodes[body].end; i++) {
        alm_node *n = &r->dom.nodes[i];
        if (n->tag == ALM_TAG_TEXT || n->tag == ALM_TAG_A || n->end == i + 1) continue;
        if (!is_beside(w, i) || !is_named_other(r, i)) continue;
        mark(r, i, n->end, ALM_LINE_OTHER);
        i = n->end - 1;
    }
}

/* ---- parts under a head such as "related articles" ---- */

/** True where @p line is short and says nothing but that other things follow. */
static bool is_other_head(const alm_reading *r, uint32_t line) {
    const alm_line *l = &r->lines[line];
    alm_word_hit hit;
    if (l->chars > HEAD_CHARS || l->stops > 1) return false;
    alm_str text = alm_line_text(r, line);
    if (!alm_words_find(r->words, text, 0, ALM_WORDS(OTHER_HEAD), &hit)) return false;
    size_t named = hit.end - hit.start;
    return named * 2 >= text.len || (hit.start == 0 && text.len - named <= 4 * 3) || hit.end == text.len;
}

/** The largest element that begins with @p line and lies beside the article. */
static uint32_t part_of_head(const weigher *w, uint32_t line) {
    const alm_reading *r = w->r;
    uint32_t node = r->lines[line].block;
    for (;;) {
        uint32_t parent = r->dom.nodes[node].parent;
        if (parent == ALM_DOM_NONE || parent == r->dom.body || parent == ALM_DOM_ROOT) return node;
        bool begins = line == 0 || r->lines[line - 1].first < parent;
        if (!begins || !is_beside(w, parent)) return node;
        node = parent;
    }
}

static void mark_under_head(weigher *w, uint32_t head) {
    alm_reading *r = w->r;
    uint32_t part = part_of_head(w, head);
    uint32_t end = r->dom.nodes[part].end;
    if (head + 1 < r->line_count && r->lines[head + 1].first < end) {
        if (is_beside(w, part) && r->lines[head].first >= part && (head == 0 || r->lines[head - 1].first < part)) {
            mark(r, part, end, ALM_LINE_OTHER);
            return;
        }
    }
    uint32_t parent = r->dom.nodes[part].parent;
    uint32_t limit = parent == ALM_DOM_NONE ? r->dom.count : r->dom.nodes[parent].end;
    r->lines[head].flags |= ALM_LINE_OTHER;
    for (uint32_t i = head + 1; i < r->line_count && r->lines[i].first < limit; i++) {
        const alm_line *line = &r->lines[i];
        if (line->link_chars == 0 && is_prose(line) && line->chars >= SEPARATE_PROSE) return;
        r->lines[i].flags |= ALM_LINE_OTHER;
    }
}

static void mark_heads(weigher *w) {
    alm_reading *r = w->r;
    for (uint32_t i = 0; i < r->line_count; i++)
        if (!(r->lines[i].flags & ALM_LINE_OTHER) && i != r->title_line && is_other_head(r, i)) mark_under_head(w, i);
}

/* ---- lists of other articles with an excerpt each ---- */

/** Most of it, or all that is not a date or the name of a source, is a link. */
static bool is_headline(const alm_line *line) {
    enum { HEADLINE_CHARS = 6 };
    return line->link_chars >= HEADLINE_CHARS && line->link_chars * 5 >= line->chars * 2;
}

/** True where paragraphs of prose follow each other below @p node: an article, not excerpts. */
static bool holds_paragraphs(const alm_reading *r, uint32_t node) {
    enum { PARAGRAPHS = 4 };
    uint32_t run = 0, end = r->dom.nodes[node].end;
    for (uint32_t i = alm_line_at_node(r, node); i < r->line_count && r->lines[i].first < end; i++) {
        run = is_prose(&r->lines[i]) && !is_headline(&r->lines[i]) ? run + 1 : 0;
        if (run == PARAGRAPHS) return true;
    }
    return false;
}

/** True where most children of @p node, and at least four, hold a line that is a link. */
static bool is_teaser_list(const weigher *w, uint32_t node) {
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

static void mark_teasers(weigher *w) {
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
        if (is_prose(line)) chars += line->chars;
    }
}

/* ---- boilerplate lines ---- */

static bool starts_with(const alm_reading *r, alm_str text, uint32_t groups, alm_word_hit *hit) {
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
    uint32_t groups = ALM_WORDS(NEIGHBOUR) | ALM_WORDS(CRUMB);
    if (starts_with(r, text, groups, &hit)) return true;
    return line->link_chars && line->chars <= SHORT && alm_words_find(r->words, text, 0, ALM_WORDS(PAGING), &hit);
}

static void mark_boilerplate(alm_reading *r) {
    for (uint32_t i = 0; i < r->line_count; i++)
        if (is_boilerplate(r, &r->lines[i], alm_line_text(r, i))) r->lines[i].flags |= ALM_LINE_BOILERPLATE;
}

/* ---- choice and trimming ---- */

static uint32_t heaviest(const weigher *w) {
    const alm_reading *r = w->r;
    uint32_t best = r->dom.body;
    for (uint32_t i = best; i < r->dom.nodes[r->dom.body].end; i++)
        if (w->sum[i] >= w->sum[best] && r->dom.nodes[i].tag != ALM_TAG_TEXT) best = i;
    return best;
}

/** The child of @p node that holds nearly all of the text of @p whole; ALM_DOM_NONE. */
static uint32_t dominant_child(const weigher *w, uint32_t node, uint32_t whole) {
    const alm_dom *dom = &w->r->dom;
    for (uint32_t i = node + 1; i < dom->nodes[node].end; i = dom->nodes[i].end) {
        uint64_t prose = w->prose[whole] - w->prose[i], rest = w->rest[whole] - w->rest[i];
        bool holds_prose = prose * 100 <= w->prose[whole] * OUTSIDE_PROSE;
        bool holds_rest = rest * 100 <= (w->prose[whole] + w->rest[whole]) * OUTSIDE_REST;
        if (dom->nodes[i].tag != ALM_TAG_TEXT && holds_prose && holds_rest) return i;
    }
    return ALM_DOM_NONE;
}

static bool holds_one_line(const alm_reading *r, uint32_t node) {
    uint32_t second = alm_line_at_node(r, node) + 1;
    return second >= r->line_count || r->lines[second].first >= r->dom.nodes[node].end;
}

/** Scraps outside the article can make an element around it heavier: go down while one child holds nearly all. */
static uint32_t narrowed(const weigher *w, uint32_t whole) {
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
    if (!starts_with(r, text, ALM_WORDS(EDITOR_LABEL), &hit)) return false;
    size_t at = hit.end;
    while (at < text.len && text.ptr[at] == ' ') at++;
    alm_str rest = alm_str_slice(text, at, text.len);
    return at > hit.end || rest.len == 0 || alm_str_starts(rest, ALM_STR("\xEF\xBC\x9A")) || rest.ptr[0] == ':' ||
           alm_str_starts(rest, ALM_STR("\xEF\xBD\x9C")) || rest.ptr[0] == '|' || rest.ptr[0] == '/';
}

/** The words under a picture. */
static bool is_caption(const alm_line *line) {
    enum { CAPTION_CHARS = 24 };
    if (line->flags & ALM_LINE_IN_CAPTION) return true;
    bool short_line =
        line->chars <= CAPTION_CHARS && line->stops == 0 && !(line->flags & (ALM_LINE_IN_HEADING | ALM_LINE_EMPHASIS));
    return (line->flags & ALM_LINE_BEHIND_IMAGE) && short_line;
}

static bool belongs(const alm_reading *r, uint32_t i) {
    const alm_line *line = &r->lines[i];
    if (is_caption(line)) return false;
    if (line->flags & (ALM_LINE_OTHER | ALM_LINE_META)) return false;
    bool told =
        is_prose(line) && line->link_chars == 0 && line->chars >= SEPARATE_PROSE; /* a disclaimer of the article */
    if ((line->flags & ALM_LINE_BOILERPLATE) && !told) return false;
    if (line->link_chars == line->chars && !(line->flags & ALM_LINE_IN_CELL)) return false;
    return !ends_text(r, i);
}

/** Prose between the title and the article's element: its lead. */
static void add_lead(alm_reading *r) {
    enum { LEAD_LINES = 12 };
    if (r->title_line == ALM_NO_LINE || r->main_first > r->main_last || r->main_first > r->title_line + LEAD_LINES)
        return;
    uint32_t first = r->main_first;
    for (uint32_t i = r->title_line + 1; i < r->main_first; i++) {
        if (!is_prose(&r->lines[i]) || r->lines[i].chars < SEPARATE_PROSE || !belongs(r, i)) continue;
        if (i < first) first = i;
        r->lines[i].flags |= ALM_LINE_MAIN;
    }
    r->main_first = first;
}

static void settle(alm_reading *r) {
    uint32_t end = r->dom.nodes[r->main_node].end;
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

alm_status alm_read_main(alm_reading *r) {
    r->main_node = r->dom.body;
    r->main_first = 1;
    r->main_last = 0;
    if (r->dom.body == ALM_DOM_NONE || r->line_count == 0) return ALM_OK;
    weigher w = {.r = r};
    w.sum = alm_arena_calloc(r->arena, r->dom.count, sizeof *w.sum);
    w.prose = alm_arena_calloc(r->arena, r->dom.count, sizeof *w.prose);
    w.rest = alm_arena_calloc(r->arena, r->dom.count, sizeof *w.rest);
    w.headlines = alm_arena_calloc(r->arena, r->line_count + 1, sizeof *w.headlines);
    if (!w.sum || !w.prose || !w.rest || !w.headlines) return ALM_E_NOMEM;
    mark_boilerplate(r);
    add_up(&w);
    mark_named(&w);
    mark_teasers(&w);
    mark_heads(&w);
    mark_second_article(r);
    add_up(&w);
    r->main_node = whole_table(r, narrowed(&w, heaviest(&w)));
    settle(r);
    add_lead(r);
    if (r->main_first <= r->main_last) return ALM_OK;
    for (uint32_t i = 0; i < r->line_count; i++) /* a link that was never closed */
        if (r->lines[i].stops > 2 && r->lines[i].chars > LONG_CHARS) r->lines[i].link_chars = 0;
    r->title_line = ALM_NO_LINE; /* nothing stands below it: what looked like the title is not above the text */
    add_up(&w);
    r->main_node = whole_table(r, heaviest(&w));
    settle(r);
    return ALM_OK;
}
