#include "extract/page/table.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

/** Writes blocks and their text. */
typedef struct block_writer {
    alm_reading *r;
    char *text;
    size_t len;
    size_t block_cap, table_cap;
    const char *path; /**< of path_node: lines of one node share it */
    uint32_t path_node;
} block_writer;

static const char *path_of(block_writer *w, uint32_t node) {
    if (w->path && w->path_node == node) return w->path;
    w->path = alm_dom_path(&w->r->dom, w->r->arena, node);
    w->path_node = node;
    return w->path;
}

static alm_status begin_block(block_writer *w, alm_block block, uint32_t node, char separator) {
    alm_page *page = w->r->page;
    alm_status status =
        alm_arena_grow(w->r->arena, (void **)&page->blocks, &w->block_cap, page->block_count, sizeof block);
    if (status != ALM_OK) return status;
    block.path = path_of(w, node);
    if (!block.path) return ALM_E_NOMEM;
    if (page->block_count) w->text[w->len++] = separator;
    block.start = block.end = (uint32_t)w->len;
    page->blocks[page->block_count++] = block;
    return ALM_OK;
}

static void put(block_writer *w, alm_str s) {
    memcpy(w->text + w->len, s.ptr, s.len);
    w->len += s.len;
    w->r->page->blocks[w->r->page->block_count - 1].end = (uint32_t)w->len;
}

/* ---- lines that are not in a data table ---- */

static uint32_t heading_level(const alm_reading *r, const alm_line *line) {
    enum { BOLD_CHARS = 30, BOLD_LEVEL = 6 };
    if (line->flags & ALM_LINE_IN_HEADING)
        for (uint32_t i = line->block; i != ALM_DOM_NONE; i = r->dom.nodes[i].parent)
            if (alm_tag_has(alm_dom_tag(&r->dom, i), ALM_TAG_IS_HEADING))
                return (uint32_t)(r->dom.nodes[i].tag - ALM_TAG_H1 + 1);
    bool bold = (line->flags & ALM_LINE_EMPHASIS) && line->chars <= BOLD_CHARS && line->stops == 0;
    return bold ? BOLD_LEVEL : 0;
}

static uint32_t list_level(const alm_reading *r, uint32_t node) {
    uint32_t level = 0;
    for (uint32_t i = node; i != ALM_DOM_NONE && i != r->main_node; i = r->dom.nodes[i].parent)
        level += r->dom.nodes[i].tag == ALM_TAG_UL || r->dom.nodes[i].tag == ALM_TAG_OL;
    return level ? level : 1;
}

static alm_status put_line(block_writer *w, uint32_t i) {
    const alm_reading *r = w->r;
    const alm_line *line = &r->lines[i];
    alm_block block = {.kind = ALM_BLOCK_PARAGRAPH};
    uint32_t heading = heading_level(r, line);
    if (heading) {
        block.kind = ALM_BLOCK_HEADING;
        block.level = heading;
    } else if (line->flags & ALM_LINE_IN_ITEM) {
        block.kind = ALM_BLOCK_LIST_ITEM;
        block.level = list_level(r, line->block);
    }
    alm_status status = begin_block(w, block, line->block, '\n');
    if (status == ALM_OK) put(w, alm_line_text(r, i));
    return status;
}

/* ---- data tables ---- */

static alm_status put_cell(block_writer *w, const alm_cell *cell, uint32_t table, char separator) {
    const alm_reading *r = w->r;
    alm_block block = {.kind = ALM_BLOCK_CELL, .table = table, .row = cell->row, .column = cell->column};
    alm_status status = begin_block(w, block, cell->node, separator);
    if (status != ALM_OK) return status;
    uint32_t end = r->dom.nodes[cell->node].end;
    bool first = true;
    for (uint32_t i = alm_line_at_node(r, cell->node); i < r->line_count && r->lines[i].first < end; i++) {
        if (!first) put(w, ALM_STR(" "));
        put(w, alm_line_text(r, i));
        first = false;
    }
    return ALM_OK;
}

static void fill(alm_table *table, const alm_cell *cell, uint32_t block) {
    for (uint32_t row = cell->row; row < cell->row + cell->rows && row < table->rows; row++)
        for (uint32_t column = cell->column; column < cell->column + cell->columns && column < table->columns; column++)
            table->grid[(size_t)row * table->columns + column] = block;
}

static alm_status add_table(block_writer *w, const alm_grid *grid, uint32_t *index) {
    alm_page *page = w->r->page;
    size_t places = (size_t)grid->rows * grid->columns;
    alm_table table = {.rows = grid->rows, .columns = grid->columns, .header_rows = grid->header_rows};
    alm_status status =
        alm_arena_grow(w->r->arena, (void **)&page->tables, &w->table_cap, page->table_count, sizeof table);
    if (status != ALM_OK) return status;
    table.grid = alm_arena_alloc(w->r->arena, places * sizeof *table.grid);
    if (!table.grid) return ALM_E_NOMEM;
    for (size_t i = 0; i < places; i++) table.grid[i] = ALM_NO_CELL;
    *index = (uint32_t)page->table_count;
    page->tables[page->table_count++] = table;
    return ALM_OK;
}

static alm_status put_caption(block_writer *w, const alm_grid *grid, alm_table *table) {
    const alm_reading *r = w->r;
    alm_status status = ALM_OK;
    if (grid->caption == ALM_DOM_NONE) return ALM_OK;
    uint32_t end = r->dom.nodes[grid->caption].end;
    for (uint32_t i = alm_line_at_node(r, grid->caption);
         i < r->line_count && r->lines[i].first < end && status == ALM_OK; i++) {
        if (!table->caption.len) table->caption = alm_line_text(r, i);
        status = put_line(w, i);
    }
    return status;
}

static alm_status put_table(block_writer *w, const alm_grid *grid) {
    uint32_t index = 0, row = UINT32_MAX;
    alm_page *page = w->r->page;
    alm_status status = add_table(w, grid, &index);
    if (status == ALM_OK) status = put_caption(w, grid, &page->tables[index]);
    for (size_t i = 0; i < grid->cell_count && status == ALM_OK; i++) {
        const alm_cell *cell = &grid->cells[i];
        status = put_cell(w, cell, index, cell->row == row ? '\t' : '\n');
        if (status == ALM_OK) fill(&page->tables[index], cell, (uint32_t)page->block_count - 1);
        row = cell->row;
    }
    return status;
}

/** The innermost table around @p node inside the article; ALM_DOM_NONE. */
static uint32_t table_around(const alm_reading *r, uint32_t node) {
    for (uint32_t i = node; i != ALM_DOM_NONE; i = r->dom.nodes[i].parent)
        if (r->dom.nodes[i].tag == ALM_TAG_TABLE) return i;
    return ALM_DOM_NONE;
}

/** Write the data table that @p line stands in, if it does; *next is the line behind it. */
static alm_status try_table(block_writer *w, uint32_t line, uint32_t *judged, bool *written, uint32_t *next) {
    const alm_reading *r = w->r;
    alm_grid grid;
    *written = false;
    if (!(r->lines[line].flags & ALM_LINE_IN_CELL)) return ALM_OK;
    uint32_t node = table_around(r, r->lines[line].block);
    if (node == ALM_DOM_NONE || node == *judged || node < r->main_node) return ALM_OK;
    *judged = node; /* a layout table is read once for the lines in a row that it holds */
    alm_status status = alm_grid_read(&grid, r, node);
    if (status == ALM_E_LIMIT) {
        alm_diagnose(r->diagnostics, ALM_WARNING, "table-limit",
                     "a table is too large; its cells are read as paragraphs");
        return ALM_OK;
    }
    if (status != ALM_OK || !alm_grid_is_data(&grid, r)) return status;
    *written = true;
    *next = alm_line_at_node(r, r->dom.nodes[node].end);
    return put_table(w, &grid);
}

alm_status alm_read_blocks(alm_reading *r) {
    block_writer w = {.r = r};
    uint32_t judged = ALM_DOM_NONE;
    alm_status status = ALM_OK;
    if (r->main_first > r->main_last || r->line_count == 0) return ALM_OK;
    w.text =
        alm_arena_alloc(r->arena, r->text_len + r->dom.count + r->line_count + 1); /* separators: a cell or line each */
    if (!w.text) return ALM_E_NOMEM;
    for (uint32_t i = r->main_first; i <= r->main_last && status == ALM_OK;) {
        bool written = false;
        uint32_t next = i + 1;
        if (r->lines[i].flags & ALM_LINE_MAIN) {
            status = try_table(&w, i, &judged, &written, &next);
            if (status == ALM_OK && !written) status = put_line(&w, i);
        }
        i = next > i ? next : i + 1;
    }
    w.text[w.len] = '\0';
    r->page->text = (alm_str){w.text, w.len};
    return status;
}
