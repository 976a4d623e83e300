#include "extract/page/table.h"

#include "base/utf8.h"

enum { VALUE_MAX = 120, META_CHARS_MAX = 160, PROSE_CHARS = 30 };

#define LABELS (ALM_WORDS(SOURCE_LABEL) | ALM_WORDS(AUTHOR_LABEL) | ALM_WORDS(DATE_LABEL) | ALM_WORDS(META_LABEL))

/** Reads "label: value" pairs from the text nodes of one line after another. */
typedef struct label_reader {
    alm_reading *r;
    uint32_t expecting; /**< groups of a label that ended its text node: the value is the next one */
    bool found;         /**< the line held a label */
    alm_str source, author;
} label_reader;

/** Length of a colon or bar (any width) at @p at, with spaces around it; 0 where there is none. */
static size_t colon_at(alm_str s, size_t at) {
    size_t from = at;
    while (at < s.len && s.ptr[at] == ' ') at++;
    if (at >= s.len) return 0;
    uint32_t cp = alm_utf8_next(s, &at);
    if (cp != ':' && cp != 0xFF1A && cp != '|' && cp != 0xFF5C && cp != 0xFE55) return 0;
    while (at < s.len && s.ptr[at] == ' ') at++;
    return at - from;
}

/** The next label at or after @p from: followed by a colon, by the end of the node, or first and followed by a space.
 */
static bool next_label(const label_reader *l, alm_str s, size_t from, alm_word_hit *hit, size_t *value) {
    for (size_t at = from; alm_words_find(l->r->words, s, at, LABELS, hit); at = hit->end) {
        size_t colon = colon_at(s, hit->end);
        *value = hit->end + colon;
        bool ends = hit->end == s.len, leads = hit->start == 0 || s.ptr[hit->start - 1] == ' ';
        bool spaced = hit->end < s.len && s.ptr[hit->end] == ' ';
        bool slashed = s.ptr[hit->end - 1] == '/' || s.ptr[hit->end - 1] == '|';
        if (colon || (leads && (ends || spaced || slashed))) return true;
    }
    return false;
}

static bool is_value_end(uint32_t cp) {
    return cp == ' ' || cp == 0x3000 || cp == '|' || cp == 0xFF5C || cp == '[' || cp == 0x3010 || cp == 0xFF3B ||
           cp == 0x2502;
}

/** A name at @p from: up to white space, a bar, a bracket or the next label. */
static alm_str take_value(const label_reader *l, alm_str s, size_t from) {
    alm_word_hit hit;
    size_t value, end = s.len;
    if (next_label(l, s, from, &hit, &value)) end = hit.start;
    size_t at = from;
    while (at < end) {
        size_t next = at;
        if (is_value_end(alm_utf8_next(s, &next)) && at > from) break;
        at = next;
    }
    return alm_str_trim(alm_str_slice(s, from, at < end ? at : end));
}

/** Without brackets around it and stops behind it. */
static alm_str bare(alm_str s) {
    static const char *const ends[] = {"\xE3\x80\x82",
                                       "\xEF\xBC\x8C",
                                       "\xEF\xBC\x9B",
                                       "\xE3\x80\x81",
                                       ")",
                                       "\xEF\xBC\x89",
                                       "\xE3\x80\x91",
                                       "]",
                                       ",",
                                       ";",
                                       "\xE3\x80\x8B"};
    static const char *const starts[] = {"(", "\xEF\xBC\x88", "\xE3\x80\x90", "[", "\xE3\x80\x8A", "\xC2\xB7"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        alm_str mark = alm_str_of(starts[i]);
        if (alm_str_starts(s, mark)) s = alm_str_trim(alm_str_slice(s, mark.len, s.len));
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        alm_str mark = alm_str_of(ends[i]);
        bool opened =
            i >= 4 && i < 6 &&
            (alm_str_find(s, ALM_STR("("), 0) != SIZE_MAX || alm_str_find(s, ALM_STR("\xEF\xBC\x88"), 0) != SIZE_MAX);
        if (!opened && alm_str_ends(s, mark)) s = alm_str_trim(alm_str_slice(s, 0, s.len - mark.len));
    }
    return s;
}

/** False for nothing, "unknown", numbers, dates, addresses and what is too long for a name. */
static bool is_name(const alm_reading *r, alm_str s) {
    alm_word_hit hit;
    if (s.len < 2 || s.len > VALUE_MAX) return false;
    if (alm_words_at(r->words, s, 0, ALM_WORDS(NO_NAME), &hit) && hit.end == s.len) return false;
    if (alm_str_find(s, ALM_STR("://"), 0) != SIZE_MAX || alm_str_starts(s, ALM_STR("www."))) return false;
    bool letter = false;
    for (size_t i = 0; i < s.len; i++) letter |= (unsigned char)s.ptr[i] >= 0x80 || (s.ptr[i] | 0x20) >= 'a';
    char date[11];
    size_t start, end;
    return letter && !(alm_read_find_date(r->words, s, 0, &start, &end, date) && start == 0);
}

static void keep_value(label_reader *l, uint32_t groups, alm_str value) {
    value = bare(value);
    if (!is_name(l->r, value)) return;
    if ((groups & ALM_WORDS(SOURCE_LABEL)) && !l->source.len)
        l->source = value;
    else if ((groups & ALM_WORDS(AUTHOR_LABEL)) && !l->author.len)
        l->author = value;
}

static void read_node(label_reader *l, alm_str s) {
    alm_word_hit hit;
    size_t value = 0;
    if (s.len == 0) return;
    size_t lead = colon_at(s, 0); /* the colon may stand behind the label's own element */
    if (l->expecting && lead && lead == s.len) return;
    if (l->expecting) {
        keep_value(l, l->expecting, take_value(l, s, lead));
        l->expecting = 0;
    }
    for (size_t at = 0; next_label(l, s, at, &hit, &value); at = value) {
        l->found = true;
        if (value >= s.len) {
            l->expecting = hit.groups;
            return;
        }
        keep_value(l, hit.groups, take_value(l, s, value));
    }
}

static void read_line(label_reader *l, uint32_t line) {
    const alm_reading *r = l->r;
    const alm_line *here = &r->lines[line];
    l->found = false;
    for (uint32_t i = here->first; i < here->end; i++) {
        const alm_node *n = &r->dom.nodes[i];
        if (n->tag != ALM_TAG_TEXT) {
            if (alm_tag_has((alm_tag)n->tag, ALM_TAG_IS_SILENT)) i = n->end - 1;
            continue;
        }
        alm_str s = alm_read_collapse(r->arena, alm_dom_text(&r->dom, i));
        read_node(l, alm_str_trim(s));
    }
}

/* ---- where labels may stand ---- */

static bool is_prose(const alm_line *line) {
    return line->stops && line->chars >= PROSE_CHARS && line->link_chars * 2 < line->chars;
}

static bool has_date(const alm_reading *r, alm_str text) {
    char date[11];
    size_t start, end;
    return alm_read_find_date(r->words, text, 0, &start, &end, date);
}

static void drop(alm_reading *r, uint32_t line) {
    r->lines[line].flags |= ALM_LINE_META;
    r->lines[line].flags &= ~(uint32_t)ALM_LINE_MAIN;
}

/** True where nothing of the line is left when the date and what stands in brackets and labels is taken away. */
static bool is_mostly_date(const alm_reading *r, const alm_line *line, alm_str text) {
    return line->chars <= 40 && line->stops == 0 && has_date(r, text);
}

/** True where @p line stands in a table of data; *judged caches the last table that was none. */
static bool is_in_data(const alm_reading *r, uint32_t line, uint32_t *judged) {
    alm_grid grid;
    if (!(r->lines[line].flags & ALM_LINE_IN_CELL)) return false;
    uint32_t table = r->lines[line].block;
    while (table != ALM_DOM_NONE && r->dom.nodes[table].tag != ALM_TAG_TABLE) table = r->dom.nodes[table].parent;
    if (table == ALM_DOM_NONE || table == *judged) return false;
    *judged = table;
    return alm_grid_read(&grid, r, table) == ALM_OK && alm_grid_is_data(&grid, r);
}

/** Lines at the top of the text that tell source, date and the like; with them go the short ones above. */
static void read_head(label_reader *l) {
    enum { HEAD_LINES = 14 };
    alm_reading *r = l->r;
    uint32_t from = r->title_line == ALM_NO_LINE ? (r->main_first > 6 ? r->main_first - 6 : 0) : r->title_line + 1;
    uint32_t end = from + HEAD_LINES < r->line_count ? from + HEAD_LINES : r->line_count;
    if (r->main_first <= r->main_last && r->main_first + HEAD_LINES < end) end = r->main_first + HEAD_LINES;
    uint32_t last_meta = from, judged = ALM_DOM_NONE;
    for (uint32_t i = from; i < end; i++) {
        alm_line *line = &r->lines[i];
        alm_str text = alm_line_text(r, i);
        bool link = line->link_chars * 2 > line->chars;
        if (is_prose(line) && (line->stops > 2 || !has_date(r, text))) break;
        if (line->chars > META_CHARS_MAX || ((line->flags & ALM_LINE_OTHER) && link)) continue;
        read_line(l, i);
        bool meta = l->found || is_mostly_date(r, line, text);
        if (!l->found && is_in_data(r, i, &judged)) break;
        if (!meta) continue;
        drop(r, i);
        for (uint32_t above = last_meta; above < i; above++) drop(r, above);
        last_meta = i + 1;
    }
    l->expecting = 0;
}

static void read_before_title(label_reader *l) {
    enum { INFO_LINES = 40 };
    alm_reading *r = l->r;
    if (r->title_line == ALM_NO_LINE || l->source.len) return;
    uint32_t from = r->title_line > INFO_LINES ? r->title_line - INFO_LINES : 0;
    for (uint32_t i = from; i < r->title_line; i++)
        if (r->lines[i].chars <= META_CHARS_MAX && r->lines[i].link_chars * 2 <= r->lines[i].chars) read_line(l, i);
    l->expecting = 0;
}

static void read_tail(label_reader *l) {
    enum { TAIL_LINES = 6 };
    alm_reading *r = l->r;
    if (r->main_first > r->main_last) return;
    uint32_t from = r->main_last > r->main_first + TAIL_LINES ? r->main_last - TAIL_LINES : r->main_first;
    uint32_t end = r->main_last + TAIL_LINES < r->line_count ? r->main_last + TAIL_LINES : r->line_count;
    for (uint32_t i = from; i < end; i++) {
        const alm_line *line = &r->lines[i];
        if (line->flags & ALM_LINE_OTHER || line->chars > 80 || line->stops > 1) continue;
        read_node(l, alm_line_text(r, i)); /* running text: its inline elements mean nothing */
        l->expecting = 0;
    }
}

/** The text of the first element near the title whose class or id names it as one of @p group. */
static alm_str by_class(const alm_reading *r, uint32_t group) {
    uint32_t from = r->title_line == ALM_NO_LINE ? r->main_node : r->lines[r->title_line].first;
    uint32_t end = r->main_first <= r->main_last ? r->lines[r->main_first].first : from;
    for (uint32_t i = from; i < end; i++) {
        const alm_node *n = &r->dom.nodes[i];
        if (n->tag == ALM_TAG_TEXT || n->end == i + 1 || n->end - i > 6) continue;
        uint32_t groups = alm_words_in_class(r->words, alm_dom_attr(&r->dom, i, ALM_ATTR_CLASS), group) |
                          alm_words_in_class(r->words, alm_dom_attr(&r->dom, i, ALM_ATTR_ID), group);
        if (!groups) continue;
        for (uint32_t k = i + 1; k < n->end; k++) {
            if (r->dom.nodes[k].tag != ALM_TAG_TEXT) continue;
            alm_str text = bare(alm_str_trim(alm_read_collapse(r->arena, alm_dom_text(&r->dom, k))));
            alm_word_hit hit;
            if (is_name(r, text) && !(alm_words_at(r->words, text, 0, LABELS, &hit))) return text;
        }
    }
    return (alm_str){NULL, 0};
}

static alm_str declared_name(const alm_reading *r, const char *const *names) {
    for (; *names; names++) {
        alm_str text = bare(alm_read_collapse(r->arena, alm_read_meta_content(r, *names)));
        if (is_name(r, text)) return text;
    }
    return (alm_str){NULL, 0};
}

/** The "name" of an object "key" in JSON-LD is not told from others; only the author and publisher that hold one. */
static void settle_names(label_reader *l) {
    static const char *const sources[] = {"ContentSource", "source",    "mediaid", "og:article:source",
                                          "contentsource", "DC.source", NULL};
    static const char *const authors[] = {"author", "article:author", "og:article:author", "DC.creator", NULL};
    alm_reading *r = l->r;
    if (!l->source.len) l->source = by_class(r, ALM_WORDS(SOURCE_CLASS));
    if (!l->source.len) l->source = declared_name(r, sources);
    if (!l->author.len) l->author = by_class(r, ALM_WORDS(AUTHOR_CLASS));
    if (!l->author.len) l->author = declared_name(r, authors);
    r->page->source = l->source;
    if (!alm_str_is(l->author, r->page->title)) r->page->author = l->author;
}

/* ---- language ---- */

static bool starts_nocase(alm_str s, const char *prefix) {
    size_t len = strlen(prefix);
    return s.len >= len && alm_str_is_nocase(alm_str_slice(s, 0, len), alm_str_of(prefix));
}

typedef struct script_count {
    uint32_t simplified, traditional;
} script_count;

static void count_scripts(const alm_reading *r, alm_str text, script_count *count) {
    for (size_t at = 0; at < text.len; at += alm_utf8_len((unsigned char)text.ptr[at])) {
        alm_word_hit hit;
        if ((unsigned char)text.ptr[at] < 0xE4) continue;
        if (!alm_words_at(r->words, text, at, ALM_WORDS(SIMPLIFIED) | ALM_WORDS(TRADITIONAL), &hit)) continue;
        if (hit.groups & ALM_WORDS(SIMPLIFIED))
            count->simplified++;
        else
            count->traditional++;
    }
}

/* Whether one script leads so far that the rest of the page cannot be meant otherwise. */
static bool is_decided(const script_count *count) {
    enum { LEAD = 60 };
    return count->simplified > count->traditional + LEAD || count->traditional > count->simplified + LEAD;
}

static void count_lines(const alm_reading *r, script_count *count, uint32_t *han) {
    enum { ENOUGH = 1000 };
    for (uint32_t i = 0; i < r->line_count && *han < ENOUGH; i++) {
        if (r->main_first <= r->main_last && !(r->lines[i].flags & ALM_LINE_MAIN)) continue;
        *han += r->lines[i].han;
        if (!is_decided(count)) count_scripts(r, alm_line_text(r, i), count);
    }
}

static void find_language(alm_reading *r) {
    enum { SOME = 3, MANY_HAN = 50 };
    script_count count = {0};
    uint32_t han = 0;
    alm_str declared = alm_dom_attr(&r->dom, ALM_DOM_ROOT, ALM_ATTR_LANG);
    count_lines(r, &count, &han);
    bool chinese = starts_nocase(declared, "zh") || (!declared.len && han) || han > MANY_HAN;
    if (!chinese) {
        r->page->language = declared.len && declared.len < 36 ? declared : (alm_str){NULL, 0};
        return;
    }
    bool hant =
        starts_nocase(declared, "zh-Hant") || starts_nocase(declared, "zh-TW") || starts_nocase(declared, "zh-HK");
    if (count.simplified + count.traditional >= SOME) hant = count.traditional > count.simplified;
    r->page->language = hant ? ALM_STR("zh-Hant") : ALM_STR("zh-Hans");
}

void alm_read_text_language(alm_reading *r, alm_str text) {
    enum { ENOUGH = 9000 };
    script_count count = {0};
    if (text.len > ENOUGH) text.len = alm_utf8_before(text, ENOUGH + 1);
    count_scripts(r, text, &count);
    if (count.simplified + count.traditional)
        r->page->language = count.traditional > count.simplified ? ALM_STR("zh-Hant") : ALM_STR("zh-Hans");
}

bool alm_read_labels(alm_reading *r, alm_str line) {
    label_reader l = {.r = r};
    char date[11];
    size_t start, end;
    bool dated = alm_read_find_date(r->words, line, 0, &start, &end, date);
    read_node(&l, alm_str_trim(alm_read_collapse(r->arena, line)));
    if (!l.found && !(dated && alm_utf8_count(line) <= 30)) return false;
    if (l.source.len) r->page->source = l.source;
    if (l.author.len) r->page->author = l.author;
    if (dated && !r->page->published.len) r->page->published = alm_arena_copy(r->arena, (alm_str){date, 10});
    return true;
}

static void find_canonical(alm_reading *r) {
    for (uint32_t i = 0; i < r->dom.count && (r->dom.body == ALM_DOM_NONE || i < r->dom.body); i++) {
        if (r->dom.nodes[i].tag != ALM_TAG_LINK) continue;
        if (!alm_str_is_nocase(alm_dom_attr(&r->dom, i, ALM_ATTR_REL), ALM_STR("canonical"))) continue;
        r->page->canonical_url = alm_read_resolve(r->arena, r->base, alm_dom_attr(&r->dom, i, ALM_ATTR_HREF));
        return;
    }
    alm_str url = alm_read_meta_content(r, "og:url");
    if (url.len) r->page->canonical_url = alm_read_resolve(r->arena, r->base, url);
}

/** Date and time of day with nothing else: never text, wherever it stands. */
static bool is_timestamp(const alm_reading *r, uint32_t i) {
    char date[11];
    size_t start, end;
    alm_str text = alm_line_text(r, i);
    if (r->lines[i].chars > 24 || !alm_read_find_date(r->words, text, 0, &start, &end, date) || start > 0) return false;
    alm_str rest = alm_str_trim(alm_str_slice(text, end, text.len));
    bool colon = false;
    for (size_t k = 0; k < rest.len; k++) {
        if (!strchr("0123456789: ", rest.ptr[k])) return false;
        colon |= rest.ptr[k] == ':';
    }
    return colon && !(r->lines[i].flags & ALM_LINE_IN_CELL);
}

static void drop_timestamps(alm_reading *r) {
    for (uint32_t i = r->main_first; i <= r->main_last && i < r->line_count; i++)
        if ((r->lines[i].flags & ALM_LINE_MAIN) && is_timestamp(r, i)) drop(r, i);
}

static void shrink_main(alm_reading *r) {
    while (r->main_first <= r->main_last && !(r->lines[r->main_first].flags & ALM_LINE_MAIN)) r->main_first++;
    while (r->main_last > r->main_first && !(r->lines[r->main_last].flags & ALM_LINE_MAIN)) r->main_last--;
}

alm_status alm_read_meta(alm_reading *r) {
    label_reader l = {.r = r};
    if (r->dom.body != ALM_DOM_NONE) {
        read_head(&l);
        read_before_title(&l);
        read_tail(&l);
        drop_timestamps(r);
        shrink_main(r);
    }
    settle_names(&l);
    find_canonical(r);
    find_language(r);
    return ALM_OK;
}
