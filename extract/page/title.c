#include "extract/page/read_priv.h"

#include "base/utf8.h"

/* The title is the line that the page's declarations and its mark-up agree on best. */

enum {
    DECLARED_MAX = 6,
    TITLE_CHARS_MAX = 120,
    TITLE_BYTES_MAX = 600,
    TITLE_CHARS_MIN = 3,
    STOPS_MAX = 6,
    SCORE_MIN = 18
};

typedef struct titles {
    alm_str declared[DECLARED_MAX]; /**< the exact ones first, the content of title last */
    alm_str squeezed[DECLARED_MAX]; /**< the same, to compare with */
    size_t count;
    alm_str document; /**< content of the title element, white space collapsed */
    alm_str site;     /**< its part that names the site; {0} */
} titles;

enum { PARTS_MAX = 8 };

typedef struct parts {
    alm_str part[PARTS_MAX];
    size_t count;
} parts;

static alm_str document_title(alm_reading *r) {
    for (uint32_t i = 0; i < r->dom.count; i++) {
        const alm_node *n = &r->dom.nodes[i];
        if (n->tag != ALM_TAG_TITLE || n->end == i + 1) continue;
        if (n->parent != r->dom.head && r->dom.head != ALM_DOM_NONE && n->parent != r->dom.body) continue;
        return alm_read_collapse(r->arena, alm_dom_text(&r->dom, i + 1));
    }
    return (alm_str){NULL, 0};
}

/** Without white space, full-width ASCII as ASCII: what two spellings of one title have in common. @p out: s.len bytes.
 */
static alm_str squeeze(char *out, alm_str s) {
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        uint32_t cp = alm_utf8_next(s, &at);
        if (cp <= ' ' || cp == 0x3000 || cp == 0xA0) continue;
        if (cp > 0xFF00 && cp < 0xFF5F) {
            out[len++] = (char)(cp - 0xFF00 + 0x20);
            continue;
        }
        memcpy(out + len, s.ptr + from, at - from);
        len += at - from;
    }
    return (alm_str){out, len};
}

static void declare(titles *t, alm_reading *r, alm_str text) {
    if (text.len == 0 || t->count == DECLARED_MAX) return;
    text = alm_read_collapse(r->arena, text);
    char *out = text.len ? alm_arena_alloc(r->arena, text.len) : NULL;
    if (!out) return;
    t->squeezed[t->count] = squeeze(out, text);
    t->declared[t->count++] = text;
}

static bool is_separator(alm_str s, size_t at, size_t *len) {
    static const char *const marks[] = {
        "_",  "|", " - ",          "\xE2\x80\x93", "\xE4\xB8\xA8", " \xE2\x80\x94 ", ">>", "\xEF\xBD\x9C",
        "--", "-", "\xEF\xBC\x8D", "\xC2\xBB"};
    unsigned char lead = (unsigned char)s.ptr[at];
    if (lead < 0x80 ? !strchr("_| >-", lead) : lead != 0xE2 && lead != 0xE4 && lead != 0xEF && lead != 0xC2)
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        alm_str mark = alm_str_of(marks[i]);
        if (!alm_str_starts(alm_str_slice(s, at, s.len), mark)) continue;
        bool hyphen = mark.len == 1 && mark.ptr[0] == '-';
        bool inside_word = hyphen && at > 0 && at + 1 < s.len && (unsigned char)s.ptr[at - 1] < 0x80 &&
                           (unsigned char)s.ptr[at + 1] < 0x80;
        if (inside_word) continue;
        *len = mark.len;
        return true;
    }
    return false;
}

/** "title_channel_site" in its parts. */
static void split(parts *p, alm_str s) {
    size_t from = 0, len = 0;
    for (size_t at = 0; at <= s.len && p->count < PARTS_MAX; at++) {
        if (at < s.len && !is_separator(s, at, &len)) continue;
        alm_str part = alm_str_trim(alm_str_slice(s, from, at));
        if (part.len) p->part[p->count++] = part;
        from = at + len;
        if (len > 1 && at < s.len) at += len - 1;
    }
}

/** True where a footer line or a meta element names @p part: then it is the site. */
static bool names_site(const alm_reading *r, alm_str part) {
    enum { FOOTER_LINES = 8 };
    static const char *const names[] = {"og:site_name", "SiteName"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (alm_str_is(alm_read_meta_content(r, names[i]), part)) return true;
    for (uint32_t i = r->line_count > FOOTER_LINES ? r->line_count - FOOTER_LINES : 0; i < r->line_count; i++) {
        alm_word_hit hit;
        alm_str text = alm_line_text(r, i);
        if (alm_str_find(text, part, 0) == SIZE_MAX) continue;
        if (alm_words_find(r->words, text, 0, ALM_WORDS(BOILERPLATE), &hit)) return true;
        if (alm_str_find(text, ALM_STR("\xC2\xA9"), 0) != SIZE_MAX) return true;
    }
    return false;
}

/** Where nothing tells which part is the site: the first part if it is long enough, else the longest. */
static alm_str title_part(const parts *p) {
    enum { LONG_ENOUGH = 18 };
    alm_str best = p->part[0];
    for (size_t i = 1; i < p->count && best.len < LONG_ENOUGH; i++)
        if (p->part[i].len > best.len) best = p->part[i];
    return best;
}

/** The title in the content of title; where its parts tell, the site too. */
static alm_str without_site(const alm_reading *r, alm_str s, alm_str *site) {
    parts p = {.count = 0};
    split(&p, s);
    *site = (alm_str){NULL, 0};
    if (p.count < 2) return s;
    size_t last = p.count - 1;
    bool at_end = names_site(r, p.part[last]), at_start = !at_end && names_site(r, p.part[0]);
    *site = at_start ? p.part[0] : p.part[last];
    if (at_start) return p.part[last];
    return at_end ? p.part[0] : title_part(&p);
}

static void collect(titles *t, alm_reading *r) {
    declare(t, r, alm_read_meta_content(r, "og:title"));
    declare(t, r, alm_read_meta_content(r, "ArticleTitle"));
    declare(t, r, alm_read_meta_content(r, "twitter:title"));
    declare(t, r, alm_read_json_ld(r, "headline"));
    t->document = document_title(r);
    declare(t, r, t->document);
    declare(t, r, without_site(r, t->document, &t->site));
}

static int agreement(alm_str line, alm_str declared) {
    if (alm_str_is(line, declared)) return 60;
    size_t at = alm_str_find(declared, line, 0);
    if (at != SIZE_MAX) {
        int score = (int)(60 * line.len / declared.len);
        if (score < 24) return score / 3; /* a name that the title happens to hold */
        return at == 0 ? score + 8 : at + line.len == declared.len ? score - 4 : score;
    }
    if (declared.len >= 12 && alm_str_find(line, declared, 0) != SIZE_MAX)
        return (int)(60 * declared.len * declared.len / (line.len * line.len)); /* the rest is something else */
    return 0;
}

static int heading_score(alm_tag tag) {
    switch (tag) {
    case ALM_TAG_H1: return 20;
    case ALM_TAG_H2: return 14;
    case ALM_TAG_H3: return 9;
    case ALM_TAG_H4:
    case ALM_TAG_H5: return 4;
    default: return 0;
    }
}

/** What the elements around a line say: headings, class names. */
static int markup_score(const alm_reading *r, uint32_t node) {
    enum { LEVELS = 3 };
    int score = 0;
    bool named = false;
    for (int up = 0; up < LEVELS && node != ALM_DOM_NONE && node != r->dom.body; up++) {
        int heading = heading_score(alm_dom_tag(&r->dom, node));
        if (heading > score) score = heading;
        alm_str class_name = alm_dom_attr(&r->dom, node, ALM_ATTR_CLASS), id = alm_dom_attr(&r->dom, node, ALM_ATTR_ID);
        uint32_t groups = alm_words_in_class(r->words, class_name, ALM_WORDS(TITLE_CLASS) | ALM_WORDS(OTHER_CLASS)) |
                          alm_words_in_class(r->words, id, ALM_WORDS(TITLE_CLASS) | ALM_WORDS(OTHER_CLASS));
        if (groups & ALM_WORDS(TITLE_CLASS)) named = true;
        if (groups & ALM_WORDS(OTHER_CLASS)) score -= 4;
        alm_tag tag = alm_dom_tag(&r->dom, node);
        if (tag == ALM_TAG_NAV || tag == ALM_TAG_ASIDE || tag == ALM_TAG_FOOTER) score -= 20;
        node = r->dom.nodes[node].parent;
    }
    return named ? score + 8 : score;
}

/* The score of line @p i as the title; where it cannot be above @p to_beat, anything up to that. */
static int score_line(const alm_reading *r, const titles *t, uint32_t i, int to_beat) {
    enum { MARKUP_MAX = 28 };
    const alm_line *line = &r->lines[i];
    alm_str text = alm_line_text(r, i);
    int best = 0;
    char out[TITLE_BYTES_MAX];
    if (line->chars < TITLE_CHARS_MIN || line->chars > TITLE_CHARS_MAX || text.len > sizeof out) return 0;
    if (line->stops > STOPS_MAX) return 0;
    alm_str squeezed = squeeze(out, text);
    for (size_t d = 0; d < t->count; d++) {
        int score = agreement(squeezed, t->squeezed[d]);
        if (score > best) best = score;
    }
    if (best == 0 && !(line->flags & ALM_LINE_IN_HEADING) && line->chars > 60) return 0;
    if (best + MARKUP_MAX <= to_beat) return 0;
    best += markup_score(r, line->block);
    if (line->link_chars == line->chars)
        best -= 60;
    else
        best -= (int)(40 * line->link_chars / line->chars);
    if (line->chars < 6) best -= 14;
    if (line->stops > 3) best -= 6;
    return best;
}

static void find_site(alm_reading *r, const titles *t) {
    static const char *const names[] = {"og:site_name", "SiteName", "application-name", "apple-mobile-web-app-title"};
    alm_str site = {NULL, 0}, title = r->page->title;
    for (size_t i = 0; i < sizeof names / sizeof *names && !site.len; i++) site = alm_read_meta_content(r, names[i]);
    if (!site.len && !alm_str_is(t->site, title)) site = t->site;
    size_t at = title.len ? alm_str_find(t->document, title, 0) : SIZE_MAX;
    if (!site.len && at == SIZE_MAX) site = t->document; /* it does not hold the title: then it names the site */
    if (!site.len && at > 0 && at + title.len == t->document.len)
        site = alm_str_slice(t->document, 0, at); /* "site title" */
    if (site.len) r->page->site = alm_read_collapse(r->arena, site);
}

/** True where most running text stands above @p line: then it is no title of it, whatever it says. */
static bool stands_below_text(const alm_reading *r, uint32_t line) {
    enum { PROSE_CHARS = 30, PROSE_STOPS = 2, TIMES = 3 };
    uint64_t above = 0, below = 0;
    for (uint32_t i = 0; i < r->line_count; i++) {
        const alm_line *l = &r->lines[i];
        if (l->stops < PROSE_STOPS || l->chars < PROSE_CHARS || l->link_chars * 2 > l->chars) continue;
        if (i < line)
            above += l->chars;
        else
            below += l->chars;
    }
    return above > TIMES * below + PROSE_CHARS;
}

alm_status alm_read_title(alm_reading *r) {
    titles t = {0};
    collect(&t, r);
    int best = SCORE_MIN - 1;
    r->title_line = ALM_NO_LINE;
    for (uint32_t i = 0; i < r->line_count; i++) {
        int score = score_line(r, &t, i, best);
        if (score <= best) continue;
        best = score;
        r->title_line = i;
    }
    if (r->title_line != ALM_NO_LINE) {
        r->page->title = alm_line_text(r, r->title_line);
        if (stands_below_text(r, r->title_line)) r->title_line = ALM_NO_LINE;
    } else if (t.count) {
        alm_str site;
        r->page->title = without_site(r, t.declared[0], &site);
    }
    find_site(r, &t);
    return ALM_OK;
}
