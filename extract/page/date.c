#include "extract/page/read_priv.h"

#include "base/utf8.h"

enum { YEAR_MIN = 1990, YEAR_MAX = 2099 };

typedef struct scan {
    const alm_page_words *words;
    alm_str s;
    size_t at;
} scan;

static void skip_space(scan *c) {
    while (c->at < c->s.len) {
        if (c->s.ptr[c->at] == ' ')
            c->at++;
        else if (c->s.len - c->at >= 3 && memcmp(c->s.ptr + c->at, "\xE3\x80\x80", 3) == 0)
            c->at += 3;
        else
            return;
    }
}

/** A digit of any width or script at c->at: 0..9, 10 for the numeral ten, -1. */
static int read_digit(scan *c) {
    if (c->at >= c->s.len) return -1;
    unsigned char lead = (unsigned char)c->s.ptr[c->at];
    if (lead >= '0' && lead <= '9') {
        c->at++;
        return lead - '0';
    }
    if (lead < 0x80) return -1;
    size_t next = c->at;
    uint32_t cp = alm_utf8_next(c->s, &next);
    if (cp >= 0xFF10 && cp <= 0xFF19) {
        c->at = next;
        return (int)(cp - 0xFF10);
    }
    alm_word_hit hit;
    if (!alm_words_at(c->words, c->s, c->at, ALM_WORDS(NUMERAL), &hit)) return -1;
    c->at = hit.end;
    return hit.place > 10 ? 0 : (int)hit.place;
}

/** A year of four digits. */
static int read_year(scan *c) {
    int year = 0;
    for (int i = 0; i < 4; i++) {
        int digit = read_digit(c);
        if (digit < 0 || digit > 9) return -1;
        year = year * 10 + digit;
    }
    return year >= YEAR_MIN && year <= YEAR_MAX ? year : -1;
}

/** 2, 02, ten, ten-two, two-ten, two-ten-two. */
static int read_small(scan *c) {
    int value = read_digit(c);
    if (value < 0) return -1;
    for (int i = 0; i < 2; i++) {
        size_t back = c->at;
        int digit = read_digit(c);
        if (digit < 0) return value;
        if (digit == 10)
            value = value * 10;
        else if (value >= 10 && value % 10 == 0)
            value += digit;
        else if (i == 0 && value < 10)
            value = value * 10 + digit;
        else {
            c->at = back;
            return value;
        }
    }
    return value;
}

/** The mark behind the year (place 0) or month (1): a word of the pack or one of "-/." and their wide forms. */
static bool read_mark(scan *c, uint32_t place) {
    alm_word_hit hit;
    skip_space(c);
    if (c->at >= c->s.len) return false;
    if (alm_words_at(c->words, c->s, c->at, ALM_WORDS(DATE_MARK), &hit)) {
        if (hit.place != place) return false;
        c->at = hit.end;
        skip_space(c);
        return true;
    }
    size_t next = c->at;
    uint32_t cp = alm_utf8_next(c->s, &next);
    bool mark = cp == '-' || cp == '/' || cp == '.' || cp == 0xFF0D || cp == 0xFF0F || cp == 0xFF0E || cp == 0x2013;
    if (!mark) return false;
    c->at = next;
    skip_space(c);
    return true;
}

static bool is_real(int year, int month, int day) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < YEAR_MIN || month < 1 || month > 12) return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day >= 1 && day <= (month == 2 && leap ? 29 : days[month - 1]);
}

static void write_date(char out[11], int year, int month, int day) {
    const int parts[] = {year / 100, year % 100, month, day};
    size_t len = 0;
    for (size_t i = 0; i < 4; i++) {
        if (i >= 2) out[len++] = '-';
        out[len++] = (char)('0' + parts[i] / 10);
        out[len++] = (char)('0' + parts[i] % 10);
    }
    out[len] = '\0';
}

static bool read_date(scan *c, char out[11]) {
    int year = read_year(c);
    if (year < 0 || !read_mark(c, 0)) return false;
    int month = read_small(c);
    if (month < 0 || !read_mark(c, 1)) return false;
    int day = read_small(c);
    if (!is_real(year, month, day)) return false;
    alm_word_hit hit;
    if (c->at < c->s.len && alm_words_at(c->words, c->s, c->at, ALM_WORDS(DATE_MARK), &hit) && hit.place == 2)
        c->at = hit.end;
    write_date(out, year, month, day);
    return true;
}

bool alm_read_find_date(const alm_page_words *words, alm_str s, size_t from, size_t *start, size_t *end, char out[11]) {
    for (size_t at = from; at < s.len; at += alm_utf8_len((unsigned char)s.ptr[at])) {
        unsigned char lead = (unsigned char)s.ptr[at];
        if (lead < 0x80 && (lead < '1' || lead > '2')) continue;
        if (lead < 0x80 && at > 0 && s.ptr[at - 1] >= '0' && s.ptr[at - 1] <= '9') continue;
        scan c = {words, s, at};
        if (!read_date(&c, out)) continue;
        *start = at;
        *end = c.at;
        return true;
    }
    return false;
}

static bool keep(alm_reading *r, const char date[11]) {
    r->page->published = alm_arena_copy(r->arena, (alm_str){date, 10});
    return r->page->published.ptr != NULL;
}

/* ---- where it may stand ---- */

/** Lines near the title: with a date label first, else the first date of a line that is not prose. */
static bool from_lines(alm_reading *r, uint32_t first, uint32_t end) {
    char date[11], unlabelled[11] = "";
    size_t start, stop;
    for (uint32_t i = first; i < end && i < r->line_count; i++) {
        const alm_line *line = &r->lines[i];
        alm_str text = alm_line_text(r, i);
        alm_word_hit hit;
        if (line->chars > 160 || (line->flags & ALM_LINE_OTHER && i > r->title_line)) continue;
        if (!alm_read_find_date(r->words, text, 0, &start, &stop, date)) continue;
        bool labelled = alm_words_find(r->words, text, 0, ALM_WORDS(DATE_LABEL), &hit) && hit.start < start;
        bool prose = line->stops > 1 && line->chars > 60 && !(line->flags & ALM_LINE_META);
        if (labelled && !prose) return keep(r, date);
        bool link = line->link_chars * 10 > line->chars * 9;
        if (!prose && !link && !unlabelled[0]) memcpy(unlabelled, date, sizeof date);
    }
    return unlabelled[0] && keep(r, unlabelled);
}

static bool from_text(alm_reading *r, alm_str text) {
    char date[11];
    size_t start, stop;
    return text.len && alm_read_find_date(r->words, text, 0, &start, &stop, date) && keep(r, date);
}

static bool from_declared(alm_reading *r) {
    static const char *const names[] = {"article:published_time",
                                        "PubDate",
                                        "publishdate",
                                        "pubtime",
                                        "publish_time",
                                        "publish-date",
                                        "datePublished",
                                        "og:published_time",
                                        "og:release_date",
                                        "weibo:article:create_at",
                                        "article:create_at",
                                        "bytedance:published_time",
                                        "firstpublishtime",
                                        "DC.date",
                                        "dcterms.created",
                                        "sailthru.date",
                                        "date"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (from_text(r, alm_read_meta_content(r, names[i]))) return true;
    return from_text(r, alm_read_json_ld(r, "datePublished"));
}

/** time elements between the title and the end of the text. */
static bool from_time_element(alm_reading *r) {
    uint32_t from = r->title_line == ALM_NO_LINE ? r->dom.body : r->lines[r->title_line].first;
    uint32_t end = r->main_first <= r->main_last ? r->lines[r->main_last].end : r->dom.count;
    for (uint32_t i = from; i < end && i < r->dom.count; i++)
        if (r->dom.nodes[i].tag == ALM_TAG_TIME && from_text(r, alm_dom_attr(&r->dom, i, ALM_ATTR_DATETIME)))
            return true;
    return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/** The number of @p n digits at @p at; -1. */
static int digits_at(alm_str s, size_t at, size_t n) {
    int value = 0;
    if (s.len < n || at > s.len - n) return -1;
    for (size_t i = at; i < at + n; i++) {
        if (!is_digit(s.ptr[i])) return -1;
        value = value * 10 + (s.ptr[i] - '0');
    }
    return value;
}

/** /2020/0218/, /2020-02/18/, /202002/18/, t20200218_, 2020/02/18 in an address. */
static bool from_address(alm_reading *r, alm_str url) {
    for (size_t at = 0; at < url.len; at++) {
        if (!is_digit(url.ptr[at]) || (at > 0 && is_digit(url.ptr[at - 1]))) continue;
        int year = digits_at(url, at, 4);
        size_t i = at + 4;
        if (i < url.len && strchr("-/_", url.ptr[i])) i++;
        int month = digits_at(url, i, 2);
        i += 2;
        if (i < url.len && strchr("-/_", url.ptr[i])) i++;
        int day = digits_at(url, i, 2);
        char date[11];
        if (year < YEAR_MIN || year > YEAR_MAX || month < 0 || day < 0 || !is_real(year, month, day)) continue;
        write_date(date, year, month, day);
        return keep(r, date);
    }
    return false;
}

/** Addresses of the page itself, in the tools around the text: print this page, address of this page. */
static bool from_own_links(alm_reading *r) {
    const alm_dom *dom = &r->dom;
    uint32_t from = r->title_line == ALM_NO_LINE ? r->dom.body : r->lines[r->title_line].first;
    if (r->main_node < from && dom->body != r->main_node) from = r->main_node;
    for (uint32_t i = from; i < dom->count; i++) {
        if (dom->nodes[i].tag != ALM_TAG_A) continue;
        uint32_t line = alm_line_at_node(r, i);
        alm_word_hit hit;
        if (line >= r->line_count || r->lines[line].first >= dom->nodes[i].end) line = line ? line - 1 : 0;
        if (line >= r->line_count) return false;
        alm_str text = alm_dom_text(dom, i + 1 < dom->nodes[i].end ? i + 1 : i);
        if (!text.len || !alm_words_find(r->words, text, 0, ALM_WORDS(META_LABEL) | ALM_WORDS(BOILERPLATE), &hit))
            continue;
        if (from_address(r, alm_dom_attr(dom, i, ALM_ATTR_HREF))) return true;
    }
    return false;
}

static bool from_pictures(alm_reading *r) {
    const alm_dom *dom = &r->dom;
    for (uint32_t i = r->main_node; i < dom->nodes[r->main_node].end; i++)
        if (dom->nodes[i].tag == ALM_TAG_IMG && from_address(r, alm_dom_attr(dom, i, ALM_ATTR_SRC))) return true;
    return false;
}

alm_status alm_read_date(alm_reading *r) {
    enum { BEFORE_TITLE = 12, BEHIND_TITLE = 10, WITHOUT_TITLE = 40 };
    if (r->dom.body == ALM_DOM_NONE) return ALM_OK;
    uint32_t title = r->title_line, main = r->main_first <= r->main_last ? r->main_first : 0;
    bool titled = title != ALM_NO_LINE;
    uint32_t first = titled ? title : main > WITHOUT_TITLE ? main - WITHOUT_TITLE : 0;
    uint32_t end = titled && title + BEHIND_TITLE > main + 2 ? title + BEHIND_TITLE : main + 2;
    if (titled && end > title + 3 * BEHIND_TITLE) end = title + 3 * BEHIND_TITLE;
    if (from_lines(r, first, end)) return ALM_OK;
    if (from_declared(r) || from_time_element(r)) return ALM_OK;
    if (titled && from_lines(r, title > BEFORE_TITLE ? title - BEFORE_TITLE : 0, title)) return ALM_OK;
    if (from_address(r, r->url) || from_address(r, r->page->canonical_url)) return ALM_OK;
    if (from_own_links(r)) return ALM_OK;
    if (main && from_lines(r, r->main_last, r->main_last + 6)) return ALM_OK;
    (void)from_pictures(r);
    return ALM_OK;
}
