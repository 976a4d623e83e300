#include "extract/page/read_priv.h"

#include "base/utf8.h"

/*
 * Plain text: a title line, lines that tell source and date, paragraphs, "- " lists and "| a | b |" tables.
 */

enum { COLUMNS_MAX = 64, TITLE_CHARS = 60, HEAD_LINES = 3, HEAD_CHARS = 80, WRAP_COLUMNS = 50 };

typedef struct text_reader {
    alm_reading *r;
    char *text;
    size_t len;
    size_t block_cap, table_cap;
    alm_str *lines;
    size_t line_count;
} text_reader;

/** White space of any width at both ends taken away, inner runs as they are. */
static alm_str trim_wide(alm_str s) {
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

static alm_status split_lines(text_reader *t, alm_str text) {
    size_t cap = 0;
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len;
        alm_status status = alm_arena_grow(t->r->arena, (void **)&t->lines, &cap, t->line_count, sizeof *t->lines);
        if (status != ALM_OK) return status;
        t->lines[t->line_count++] = trim_wide(alm_str_slice(text, at, stop));
        at = stop + 1;
    }
    return ALM_OK;
}

static alm_status begin(text_reader *t, alm_block block, char separator) {
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

static void put(text_reader *t, alm_str s) {
    if (s.len) memcpy(t->text + t->len, s.ptr, s.len);
    t->len += s.len;
    t->r->page->blocks[t->r->page->block_count - 1].end = (uint32_t)t->len;
}

/* ---- tables ---- */

static bool is_row(alm_str line) { return line.len >= 3 && line.ptr[0] == '|' && line.ptr[line.len - 1] == '|'; }

static size_t cells_of(alm_str line, alm_str cells[COLUMNS_MAX]) {
    size_t count = 0, from = 1;
    for (size_t i = 1; i < line.len && count < COLUMNS_MAX; i++) {
        if (line.ptr[i] != '|') continue;
        cells[count++] = trim_wide(alm_str_slice(line, from, i));
        from = i + 1;
    }
    return count;
}

/** "|---|:---:|": the line between head and body. */
static bool is_rule(alm_str line) {
    bool dash = false;
    for (size_t i = 0; i < line.len; i++) {
        if (!strchr("|-: ", line.ptr[i])) return false;
        dash |= line.ptr[i] == '-';
    }
    return dash;
}

static alm_status add_table(text_reader *t, alm_table table, size_t *index) {
    alm_page *page = t->r->page;
    size_t places = (size_t)table.rows * table.columns;
    alm_status status =
        alm_arena_grow(t->r->arena, (void **)&page->tables, &t->table_cap, page->table_count, sizeof table);
    if (status != ALM_OK) return status;
    table.grid = alm_arena_alloc(t->r->arena, places * sizeof *table.grid);
    if (!table.grid) return ALM_E_NOMEM;
    for (size_t i = 0; i < places; i++) table.grid[i] = ALM_NO_CELL;
    *index = page->table_count;
    page->tables[page->table_count++] = table;
    return ALM_OK;
}

static alm_status put_row(text_reader *t, alm_str line, size_t index, uint32_t row) {
    alm_str cells[COLUMNS_MAX];
    size_t count = cells_of(line, cells);
    alm_page *page = t->r->page;
    for (uint32_t c = 0; c < count; c++) {
        alm_block block = {.kind = ALM_BLOCK_CELL, .table = (uint32_t)index, .row = row, .column = c};
        alm_status status = begin(t, block, c ? '\t' : '\n');
        if (status != ALM_OK) return status;
        put(t, cells[c]);
        page->tables[index].grid[(size_t)row * page->tables[index].columns + c] = (uint32_t)page->block_count - 1;
    }
    return ALM_OK;
}

static alm_status read_table(text_reader *t, size_t *at) {
    alm_str cells[COLUMNS_MAX];
    alm_table table = {0};
    size_t end = *at, index = 0;
    for (; end < t->line_count && is_row(t->lines[end]); end++) {
        if (is_rule(t->lines[end])) {
            if (table.header_rows == 0) table.header_rows = table.rows;
            continue;
        }
        size_t count = cells_of(t->lines[end], cells);
        if (count > table.columns) table.columns = (uint32_t)count;
        table.rows++;
    }
    alm_status status = add_table(t, table, &index);
    uint32_t row = 0;
    for (size_t i = *at; i < end && status == ALM_OK; i++)
        if (!is_rule(t->lines[i])) status = put_row(t, t->lines[i], index, row++);
    *at = end;
    return status;
}

/* ---- paragraphs and lists ---- */

static alm_str list_item(alm_str line) {
    static const char *const marks[] = {"- ", "* ", "\xE2\x80\xA2 ", "\xC2\xB7"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (alm_str_starts(line, alm_str_of(marks[i])))
            return trim_wide(alm_str_slice(line, strlen(marks[i]), line.len));
    return (alm_str){NULL, 0};
}

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

/** True where the paragraph of @p line goes on in the next one: it was wrapped at a column, not ended. */
static bool wraps(const text_reader *t, size_t line) {
    if (line + 1 >= t->line_count) return false;
    alm_str next = t->lines[line + 1];
    return next.len && !is_row(next) && !list_item(next).len && alm_utf8_columns(t->lines[line]) >= WRAP_COLUMNS &&
           !ends_sentence(t->lines[line]);
}

static alm_status read_paragraph(text_reader *t, size_t *at) {
    alm_str item = list_item(t->lines[*at]);
    alm_block block = {.kind = item.len ? ALM_BLOCK_LIST_ITEM : ALM_BLOCK_PARAGRAPH, .level = item.len ? 1 : 0};
    alm_status status = begin(t, block, '\n');
    if (status != ALM_OK) return status;
    put(t, item.len ? item : t->lines[*at]);
    while (!item.len && wraps(t, *at)) {
        const char *end = t->text + t->len - 1;
        alm_str next = t->lines[++*at];
        if ((unsigned char)*end < 0x80 && (unsigned char)next.ptr[0] < 0x80) put(t, ALM_STR(" "));
        put(t, next);
    }
    ++*at;
    return ALM_OK;
}

/* ---- title and head ---- */

static bool is_title(alm_str line) {
    return line.len && !is_row(line) && !list_item(line).len && alm_utf8_count(line) <= TITLE_CHARS &&
           !alm_str_ends(line, ALM_STR("\xE3\x80\x82"));
}

/** Lines below the title that tell source, author or date; the number of them is added to *at. */
static alm_status read_head(text_reader *t, size_t *at) {
    for (int i = 0; i < HEAD_LINES && *at < t->line_count; i++) {
        while (*at < t->line_count && t->lines[*at].len == 0) ++*at;
        if (*at == t->line_count || alm_utf8_count(t->lines[*at]) > HEAD_CHARS) return ALM_OK;
        if (!alm_read_labels(t->r, t->lines[*at])) return ALM_OK;
        ++*at;
    }
    return ALM_OK;
}

alm_status alm_page_read_text(alm_page *out, alm_arena *arena, alm_str text, const alm_page_words *words,
                              alm_diagnostics *diagnostics, alm_err *err) {
    alm_page page = {0};
    alm_reading r = {.arena = arena, .words = words, .diagnostics = diagnostics, .err = err, .page = &page};
    text_reader t = {.r = &r};
    if (text.len > ALM_DOM_SIZE_MAX) {
        alm_diagnose(diagnostics, ALM_WARNING, "size-limit", "only the first %d bytes are read", ALM_DOM_SIZE_MAX);
        text.len = ALM_DOM_SIZE_MAX;
    }
    t.text = alm_arena_alloc(arena, 2 * text.len + 1); /* a separator a cell or line, each of which took a byte */
    alm_status status = t.text ? split_lines(&t, text) : ALM_E_NOMEM;
    size_t at = 0;
    while (at < t.line_count && t.lines[at].len == 0) at++;
    if (status == ALM_OK && at < t.line_count && is_title(t.lines[at])) {
        page.title = t.lines[at++];
        status = read_head(&t, &at);
    }
    while (at < t.line_count && status == ALM_OK) {
        if (t.lines[at].len == 0)
            at++;
        else
            status = is_row(t.lines[at]) ? read_table(&t, &at) : read_paragraph(&t, &at);
    }
    if (status == ALM_OK && arena->failed) status = ALM_E_NOMEM;
    if (status != ALM_OK) return alm_fail(err, status, "out of memory while reading a text");
    page.text = (alm_str){t.text, t.len};
    alm_read_text_language(&r, page.text);
    *out = page;
    return ALM_OK;
}
