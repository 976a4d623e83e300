#include "extract/page/read_text_priv.h"

#include <stdio.h>

#include "base/utf8.h"

/*
 * Tables in plain text: "| a | b |" lines, cells apart by tabs (what a browser or a spreadsheet copies), cells apart by
 * spaces that stand in equal number on line after line, wide ones before single ones, and cells a line each, whose rows
 * are numbered.
 */

enum { COLUMNS_MAX = 64, SPACED_ROWS_MIN = 3, SPACED_CELLS_MIN = 3, STACKED_COLUMNS_MAX = 10, STACKED_HEAD_CHARS = 12 };

/** How the cells of a row are told apart. */
typedef enum separation { NO_ROW, BY_BARS, BY_TABS, BY_WIDE_SPACES, BY_SPACES } separation;

static bool has_bars(alm_str line) { return line.len >= 3 && line.ptr[0] == '|' && line.ptr[line.len - 1] == '|'; }

static bool has_digit(alm_str line) {
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] >= '0' && line.ptr[i] <= '9') return true;
    return false;
}

static bool has_tab(alm_str line) { return line.len && memchr(line.ptr, '\t', line.len) != NULL; }

/** Bytes of white space at @p at where it is wide enough to part two cells; else 0. */
static size_t gap_at(alm_str line, size_t at, separation by) {
    size_t from = at, columns = 0;
    while (at < line.len) {
        size_t next = at;
        uint32_t cp = alm_utf8_next(line, &next);
        if (cp != ' ' && cp != 0x3000 && cp != 0xA0) break;
        columns += cp == 0x3000 ? 2 : 1;
        at = next;
    }
    return columns >= (by == BY_SPACES ? 1 : 2) ? at - from : 0;
}

static size_t cells_by(alm_str line, char mark, size_t from, alm_str cells[COLUMNS_MAX]) {
    size_t count = 0;
    for (size_t i = from; i <= line.len && count < COLUMNS_MAX; i++) {
        if (i < line.len && line.ptr[i] != mark) continue;
        cells[count++] = alm_text_trim(alm_str_slice(line, from, i));
        from = i + 1;
    }
    return count;
}

static bool is_one_han(alm_str cell) {
    size_t at = 0;
    if (cell.len < 3) return false;
    uint32_t cp = alm_utf8_next(cell, &at);
    return at == cell.len && cp >= 0x3400 && cp < 0x30000 && !(cp >= 0xFE00 && cp <= 0xFFFF);
}

/** Cells of one character each, side by side: a two-character name, drawn out to the width of three. */
static size_t join_drawn_out(alm_str *cells, size_t count) {
    size_t out = 0;
    for (size_t i = 0; i < count; i++) {
        cells[out] = cells[i];
        if (i + 1 < count && is_one_han(cells[i]) && is_one_han(cells[i + 1])) {
            i++;
            cells[out].len = (size_t)(cells[i].ptr + cells[i].len - cells[out].ptr);
        }
        out++;
    }
    return out;
}

static size_t cells_by_spaces(alm_str line, separation by, alm_str cells[COLUMNS_MAX]) {
    size_t count = 0, from = 0, at = 0;
    while (at < line.len && count + 1 < COLUMNS_MAX) {
        size_t gap = gap_at(line, at, by);
        if (gap) {
            cells[count++] = alm_str_slice(line, from, at);
            from = at + gap;
        }
        if (gap)
            at += gap;
        else
            alm_utf8_next(line, &at);
    }
    cells[count++] = alm_str_slice(line, from, line.len);
    return join_drawn_out(cells, count);
}

static size_t cells_of(const alm_text_line *line, separation by, alm_str cells[COLUMNS_MAX]) {
    switch (by) {
    case BY_BARS: return cells_by(alm_str_slice(line->text, 0, line->text.len - 1), '|', 1, cells);
    case BY_TABS: return cells_by(line->raw, '\t', 0, cells);
    case BY_WIDE_SPACES:
    case BY_SPACES: return cells_by_spaces(line->text, by, cells);
    default: return 0;
    }
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

/** Rows from line @p at on whose cells stand apart by spaces, in equal number, all but a head with a figure. */
static size_t spaced_rows(const alm_text_reader *t, size_t at, separation by) {
    alm_str cells[COLUMNS_MAX];
    size_t first = cells_by_spaces(t->lines[at].text, by, cells), end = at;
    if (first < SPACED_CELLS_MIN || alm_text_is_item(t->lines[at].text)) return 0;
    for (; end < t->line_count; end++) {
        alm_str line = t->lines[end].text;
        if (cells_by_spaces(line, by, cells) != first || (end > at && !has_digit(line))) break;
    }
    return end - at >= SPACED_ROWS_MIN ? end - at : 0;
}

static bool is_tabbed(const alm_text_reader *t, size_t at) {
    return at < t->line_count && t->lines[at].text.len && has_tab(t->lines[at].raw);
}

/** How the rows of the table that begins at line @p at are made; NO_ROW where none begins. */
static separation table_at(const alm_text_reader *t, size_t at) {
    if (at >= t->line_count) return NO_ROW;
    if (has_bars(t->lines[at].text)) return BY_BARS;
    if (has_tab(t->lines[at].text) && is_tabbed(t, at + 1)) return BY_TABS;
    if (spaced_rows(t, at, BY_WIDE_SPACES)) return BY_WIDE_SPACES;
    if (spaced_rows(t, at, BY_SPACES)) return BY_SPACES;
    return NO_ROW;
}

/* ---- a cell a line, as pages come that lost their tags ---- */

/** The next line from *at on that is not empty, without a bar at its end; *at is then behind it. */
static alm_str next_cell(const alm_text_reader *t, size_t *at) {
    while (*at < t->line_count && t->lines[*at].text.len == 0) ++*at;
    if (*at >= t->line_count) return (alm_str){NULL, 0};
    alm_str cell = t->lines[(*at)++].text;
    return alm_str_ends(cell, ALM_STR("|")) ? alm_text_trim(alm_str_slice(cell, 0, cell.len - 1)) : cell;
}

static bool is_row_number(alm_str cell, uint32_t number) {
    char digits[16];
    int n = snprintf(digits, sizeof digits, "%u", number);
    return n > 0 && alm_str_is(cell, (alm_str){digits, (size_t)n});
}

/** The row numbered @p number that begins at line *at: its cells, moving *at behind it; false where there is none. */
static bool next_stacked_row(const alm_text_reader *t, size_t *at, uint32_t number, size_t columns, alm_str *cells) {
    size_t next = *at;
    for (size_t c = 0; c < columns; c++) {
        cells[c] = next_cell(t, &next);
        if (cells[c].len == 0 || is_row_number(cells[c], number) != (c == 0)) return false;
    }
    *at = next;
    return true;
}

/** The short lines from *at on up to one that is "1": the heads of columns; 0 where two numbered rows do not follow. */
static size_t stacked_heads(const alm_text_reader *t, size_t *at, alm_str cells[COLUMNS_MAX]) {
    size_t count = 0, next = *at;
    alm_str row[STACKED_COLUMNS_MAX];
    for (;;) {
        size_t before = next;
        alm_str cell = next_cell(t, &next);
        if (cell.len == 0 || alm_utf8_count(cell) > STACKED_HEAD_CHARS || count > STACKED_COLUMNS_MAX) return 0;
        if (is_row_number(cell, 1)) {
            next = before;
            break;
        }
        if (count == STACKED_COLUMNS_MAX) return 0;
        cells[count++] = cell;
    }
    *at = next;
    return count >= 2 && next_stacked_row(t, &next, 1, count, row) && next_stacked_row(t, &next, 2, count, row) ? count
                                                                                                                : 0;
}

static bool is_stacked(const alm_text_reader *t, size_t at) {
    alm_str cells[COLUMNS_MAX];
    return stacked_heads(t, &at, cells) > 0;
}

bool alm_text_is_table(const alm_text_reader *t, size_t at) { return table_at(t, at) != NO_ROW || is_stacked(t, at); }

static size_t table_end(const alm_text_reader *t, size_t at, separation by) {
    if (by == BY_WIDE_SPACES || by == BY_SPACES) return at + spaced_rows(t, at, by);
    while (at < t->line_count && (by == BY_BARS ? has_bars(t->lines[at].text) : is_tabbed(t, at))) at++;
    return at;
}

static alm_status add_table(alm_text_reader *t, alm_table table, size_t *index) {
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

static alm_status put_row(alm_text_reader *t, const alm_str *cells, size_t count, size_t index, uint32_t row) {
    alm_page *page = t->r->page;
    for (uint32_t c = 0; c < count; c++) {
        alm_block block = {.kind = ALM_BLOCK_CELL, .table = (uint32_t)index, .row = row, .column = c};
        alm_status status = alm_text_begin(t, block, c ? '\t' : '\n');
        if (status != ALM_OK) return status;
        alm_text_put(t, cells[c]);
        page->tables[index].grid[(size_t)row * page->tables[index].columns + c] = (uint32_t)page->block_count - 1;
    }
    return ALM_OK;
}

static alm_status read_stacked(alm_text_reader *t, size_t *at) {
    alm_str cells[COLUMNS_MAX];
    alm_table table = {.rows = 1, .header_rows = 1};
    table.columns = (uint32_t)stacked_heads(t, at, cells);
    size_t index = 0, end = *at;
    alm_str row[STACKED_COLUMNS_MAX];
    while (next_stacked_row(t, &end, table.rows, table.columns, row)) table.rows++;
    alm_status status = add_table(t, table, &index);
    if (status == ALM_OK) status = put_row(t, cells, table.columns, index, 0);
    for (uint32_t number = 1; number < table.rows && status == ALM_OK; number++)
        if (next_stacked_row(t, at, number, table.columns, row)) status = put_row(t, row, table.columns, index, number);
    return status;
}

alm_status alm_text_read_table(alm_text_reader *t, size_t *at) {
    alm_str cells[COLUMNS_MAX];
    alm_table table = {0};
    separation by = table_at(t, *at);
    if (by == NO_ROW) return read_stacked(t, at);
    size_t end = table_end(t, *at, by), index = 0;
    for (size_t i = *at; i < end; i++) {
        if (by == BY_BARS && is_rule(t->lines[i].text)) {
            if (table.header_rows == 0) table.header_rows = table.rows;
            continue;
        }
        size_t count = cells_of(&t->lines[i], by, cells);
        if (count > table.columns) table.columns = (uint32_t)count;
        table.rows++;
    }
    alm_status status = add_table(t, table, &index);
    uint32_t row = 0;
    for (size_t i = *at; i < end && status == ALM_OK; i++) {
        if (by == BY_BARS && is_rule(t->lines[i].text)) continue;
        size_t count = cells_of(&t->lines[i], by, cells);
        status = put_row(t, cells, count, index, row++);
    }
    *at = end;
    return status;
}
