#include "extract/page/read_text_priv.h"

#include "base/utf8.h"

/*
 * Plain text: front matter or a title line, lines that tell source and date, paragraphs, "- " lists, tables
 * (text_table.c).
 */

enum { TITLE_CHARS = 60, HEAD_LINES = 3, HEAD_CHARS = 80, WRAP_COLUMNS = 50 };

alm_str alm_text_trim(alm_str s) {
    for (;;) {
        s = alm_str_trim(s);
        if (alm_str_starts(s, ALM_STR("\xE3\x80\x80")))
            s = alm_str_slice(s, 3, s.len);
        else if (alm_str_starts(s, ALM_STR("\xC2\xA0")))
            s = alm_str_slice(s, 2, s.len);
        else if (alm_str_ends(s, ALM_STR("\xE3\x80\x80")))
            s = alm_str_slice(s, 0, s.len - 3);
        else if (alm_str_ends(s, ALM_STR("\xC2\xA0")))
            s = alm_str_slice(s, 0, s.len - 2);
        else
            return s;
    }
}

static alm_status split_lines(alm_text_reader *t, alm_str text) {
    size_t cap = 0;
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len;
        alm_status status = alm_arena_grow(t->r->arena, (void **)&t->lines, &cap, t->line_count, sizeof *t->lines);
        if (status != ALM_OK) return status;
        alm_str raw = alm_str_slice(text, at, stop);
        t->lines[t->line_count++] = (alm_text_line){alm_text_trim(raw), raw};
        at = stop + 1;
    }
    return ALM_OK;
}

alm_status alm_text_begin(alm_text_reader *t, alm_block block, char separator) {
    alm_page *page = t->r->page;
    alm_status status =
        alm_arena_grow(t->r->arena, (void **)&page->blocks, &t->block_cap, page->block_count, sizeof block);
    if (status != ALM_OK) return status;
    if (page->block_count) t->text[t->len++] = separator;
    block.path = "";
    block.start = block.end = (uint32_t)t->len;
    page->blocks[page->block_count++] = block;
    return ALM_OK;
}

void alm_text_put(alm_text_reader *t, alm_str s) {
    if (s.len) memcpy(t->text + t->len, s.ptr, s.len);
    t->len += s.len;
    t->r->page->blocks[t->r->page->block_count - 1].end = (uint32_t)t->len;
}

/* ---- paragraphs and lists ---- */

static alm_str list_item(alm_str line) {
    static const char *const marks[] = {"- ", "* ", "\xE2\x80\xA2 ", "\xC2\xB7"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (alm_str_starts(line, alm_str_of(marks[i])))
            return alm_text_trim(alm_str_slice(line, strlen(marks[i]), line.len));
    return (alm_str){NULL, 0};
}

bool alm_text_is_item(alm_str line) { return list_item(line).len > 0; }

static bool ends_sentence(alm_str line) {
    static const char *const ends[] = {"\xE3\x80\x82",
                                       "\xEF\xBC\x81",
                                       "\xEF\xBC\x9F",
                                       "\xEF\xBC\x9A",
                                       "\xEF\xBC\x9B",
                                       "\xE2\x80\x9D",
                                       ".",
                                       ":",
                                       ";",
                                       "!",
                                       "?"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (alm_str_ends(line, alm_str_of(ends[i]))) return true;
    return false;
}

/** "5. …", "5,000 yuan (6 people): …", "name: …": an entry of a list, which no line goes on into. */
static bool begins_entry(alm_str line) {
    enum { REACH = 24, LABEL = 6 };
    bool digit = false;
    size_t at = 0;
    for (int n = 0; n < REACH && at < line.len; n++) {
        size_t from = at;
        uint32_t cp = alm_utf8_next(line, &at);
        bool mark = cp == '.' || cp == 0x3001 || cp == 0xFF0E || cp == ')' || cp == 0xFF09;
        if (mark && n > 0 && n < 4 && (unsigned)(line.ptr[from - 1] - '0') < 10) return at < line.len;
        if ((digit || (n > 0 && n <= LABEL)) && (cp == ':' || cp == 0xFF1A)) return true;
        if (cp == 0x3002 || cp == 0xFF0C) return false;
        digit |= cp >= '0' && cp <= '9';
    }
    return false;
}

/** An entry of a list that ends with its amount: it is whole. */
static bool is_whole_entry(const alm_text_reader *t, alm_str line) {
    alm_word_hit hit;
    return line.len > 3 && begins_entry(line) &&
           alm_words_at(t->r->words, line, line.len - 3, ALM_WORDS(AMOUNT_MARK), &hit);
}

/** True where the paragraph of @p line goes on in the next one: it was wrapped at a column, not ended. */
static bool wraps(const alm_text_reader *t, size_t line) {
    if (line + 1 >= t->line_count) return false;
    alm_str here = t->lines[line].text, next = t->lines[line + 1].text;
    return next.len && alm_utf8_columns(here) >= WRAP_COLUMNS && !ends_sentence(here) && !list_item(next).len &&
           !begins_entry(next) && !is_whole_entry(t, here) && !alm_text_is_table(t, line + 1);
}

static alm_status read_paragraph(alm_text_reader *t, size_t *at) {
    alm_str item = list_item(t->lines[*at].text);
    alm_block block = {.kind = item.len ? ALM_BLOCK_LIST_ITEM : ALM_BLOCK_PARAGRAPH, .level = item.len ? 1 : 0};
    alm_status status = alm_text_begin(t, block, '\n');
    if (status != ALM_OK) return status;
    alm_text_put(t, item.len ? item : t->lines[*at].text);
    while (!item.len && wraps(t, *at)) {
        const char *end = t->text + t->len - 1;
        alm_str next = t->lines[++*at].text;
        if ((unsigned char)*end < 0x80 && (unsigned char)next.ptr[0] < 0x80) alm_text_put(t, ALM_STR(" "));
        alm_text_put(t, next);
    }
    ++*at;
    return ALM_OK;
}

/* ---- title and head ---- */

static bool is_title(const alm_text_reader *t, size_t at) {
    alm_str line = t->lines[at].text;
    return line.len && !list_item(line).len && alm_utf8_count(line) <= TITLE_CHARS && !alm_text_is_table(t, at) &&
           !alm_str_ends(line, ALM_STR("\xE3\x80\x82"));
}

/** "key: value" with a key of Latin letters; false for every other line. */
static bool split_field(alm_str line, alm_str *key, alm_str *value) {
    size_t at = 0;
    while (at < line.len && (unsigned)((line.ptr[at] | 0x20) - 'a') < 26) at++;
    if (at == 0 || at + 1 >= line.len || line.ptr[at] != ':' || line.ptr[at + 1] != ' ') return false;
    *key = alm_str_slice(line, 0, at);
    *value = alm_text_trim(alm_str_slice(line, at + 1, line.len));
    return true;
}

static void keep_field(alm_text_reader *t, alm_str key, alm_str value) {
    alm_page *page = t->r->page;
    char date[11];
    size_t start, end;
    if (alm_str_is_nocase(key, ALM_STR("title")))
        page->title = value;
    else if (alm_str_is_nocase(key, ALM_STR("source")))
        page->source = value;
    else if (alm_str_is_nocase(key, ALM_STR("author")))
        page->author = value;
    else if (alm_str_is_nocase(key, ALM_STR("site")))
        page->site = value;
    else if (alm_str_is_nocase(key, ALM_STR("published")) || alm_str_is_nocase(key, ALM_STR("date")))
        if (alm_read_find_date(t->r->words, value, 0, &start, &end, date))
            page->published = alm_arena_copy(t->r->arena, (alm_str){date, 10});
}

/** Front matter: "key: value" lines that begin with a title, between "---" lines or ended by an empty one. */
static bool read_front_matter(alm_text_reader *t, size_t *at) {
    size_t line = *at;
    alm_str key, value, fence = ALM_STR("---");
    bool fenced = line < t->line_count && alm_str_is(t->lines[line].text, fence);
    line += fenced;
    if (line >= t->line_count || !split_field(t->lines[line].text, &key, &value) ||
        !alm_str_is_nocase(key, ALM_STR("title")))
        return false;
    for (; line < t->line_count && split_field(t->lines[line].text, &key, &value); line++) keep_field(t, key, value);
    if (fenced && line < t->line_count && alm_str_is(t->lines[line].text, fence)) line++;
    *at = line;
    return true;
}

/** Lines below the title that tell source, author or date; the number of them is added to *at. */
static alm_status read_head(alm_text_reader *t, size_t *at) {
    for (int i = 0; i < HEAD_LINES && *at < t->line_count; i++) {
        while (*at < t->line_count && t->lines[*at].text.len == 0) ++*at;
        if (*at == t->line_count || alm_utf8_count(t->lines[*at].text) > HEAD_CHARS || alm_text_is_table(t, *at))
            return ALM_OK;
        if (!alm_read_labels(t->r, t->lines[*at].text)) return ALM_OK;
        ++*at;
    }
    return ALM_OK;
}

static alm_status read_top(alm_text_reader *t, size_t *at) {
    while (*at < t->line_count && t->lines[*at].text.len == 0) ++*at;
    if (*at == t->line_count || read_front_matter(t, at) || !is_title(t, *at)) return ALM_OK;
    t->r->page->title = t->lines[(*at)++].text;
    return read_head(t, at);
}

alm_status alm_page_read_text(alm_page *out, alm_arena *arena, alm_str text, const alm_page_words *words,
                              alm_diagnostics *diagnostics, alm_err *err) {
    alm_page page = {0};
    alm_reading r = {.arena = arena, .words = words, .diagnostics = diagnostics, .err = err, .page = &page};
    alm_text_reader t = {.r = &r};
    if (text.len > ALM_DOM_SIZE_MAX) {
        alm_diagnose(diagnostics, ALM_WARNING, "size-limit", "only the first %d bytes are read", ALM_DOM_SIZE_MAX);
        text.len = ALM_DOM_SIZE_MAX;
    }
    t.text = alm_arena_alloc(arena, 2 * text.len + 1); /* a separator a cell or line, each of which took a byte */
    alm_status status = t.text ? split_lines(&t, text) : ALM_E_NOMEM;
    size_t at = 0;
    if (status == ALM_OK) status = read_top(&t, &at);
    while (at < t.line_count && status == ALM_OK) {
        if (t.lines[at].text.len == 0)
            at++;
        else
            status = alm_text_is_table(&t, at) ? alm_text_read_table(&t, &at) : read_paragraph(&t, &at);
    }
    if (status == ALM_OK && arena->failed) status = ALM_E_NOMEM;
    if (status != ALM_OK) return alm_fail(err, status, "out of memory while reading a text");
    page.text = (alm_str){t.text, t.len};
    alm_read_text_language(&r, page.text);
    *out = page;
    return ALM_OK;
}
