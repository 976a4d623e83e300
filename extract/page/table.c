#include "extract/page/table.h"

/** Columns that cells of rows above still cover. */
typedef struct row_state {
    uint32_t busy[ALM_TABLE_COLUMNS_MAX]; /**< rows left, by column */
    uint32_t column;                      /**< of the next cell */
} row_state;

typedef struct grid_builder {
    const alm_reading *r;
    alm_grid *grid;
    size_t cap;
    row_state state;
    bool in_row;
    bool all_head, in_head; /* of the row that is read */
    bool heads_open;        /* only head rows so far */
    uint32_t row_cells;
} grid_builder;

static uint32_t span_of(const alm_dom *dom, uint32_t node, alm_attribute id, uint32_t max) {
    alm_str value = alm_str_trim(alm_dom_attr(dom, node, id));
    uint32_t span = 0;
    for (size_t i = 0; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9' && span < max; i++)
        span = span * 10 + (uint32_t)(value.ptr[i] - '0');
    if (span > max) span = max;
    return span ? span : 1;
}

/** A row that is one cell over all columns may stand above the heads: it is decided with the row behind it. */
static void end_row(grid_builder *b) {
    alm_grid *g = b->grid;
    if (!b->in_row) return;
    b->in_row = false;
    for (uint32_t c = 0; c < ALM_TABLE_COLUMNS_MAX; c++)
        if (b->state.busy[c]) b->state.busy[c]--;
    bool head = b->row_cells > 0 && (b->in_head || b->all_head);
    bool title_row = g->rows == 0 && b->row_cells == 1;
    if (head && b->heads_open)
        g->header_rows = g->rows + 1;
    else if (!title_row)
        b->heads_open = false;
    g->rows++;
}

static void begin_row(grid_builder *b, bool in_head) {
    end_row(b);
    b->in_row = true;
    b->all_head = true;
    b->in_head = in_head;
    b->row_cells = 0;
    b->state.column = 0;
}

static void count_lines(const alm_reading *r, alm_cell *cell) {
    uint32_t end = r->dom.nodes[cell->node].end;
    for (uint32_t i = alm_line_at_node(r, cell->node); i < r->line_count && r->lines[i].first < end; i++) {
        cell->chars += r->lines[i].chars;
        cell->lines++;
    }
}

static alm_status add_cell(grid_builder *b, uint32_t node, alm_tag tag) {
    alm_grid *g = b->grid;
    const alm_dom *dom = &b->r->dom;
    if (!b->in_row) begin_row(b, false);
    uint32_t column = b->state.column;
    while (column < ALM_TABLE_COLUMNS_MAX && b->state.busy[column]) column++;
    alm_cell cell = {.node = node, .row = g->rows, .column = column, .head = tag == ALM_TAG_TH};
    cell.columns = span_of(dom, node, ALM_ATTR_COLSPAN, ALM_TABLE_COLUMNS_MAX);
    cell.rows = span_of(dom, node, ALM_ATTR_ROWSPAN, ALM_TABLE_ROWS_MAX);
    if (column + cell.columns > ALM_TABLE_COLUMNS_MAX || g->rows >= ALM_TABLE_ROWS_MAX) return ALM_E_LIMIT;
    for (uint32_t c = column; c < column + cell.columns; c++) b->state.busy[c] = cell.rows;
    b->state.column = column + cell.columns;
    if (b->state.column > g->columns) g->columns = b->state.column;
    if (!cell.head) b->all_head = false;
    b->row_cells++;
    count_lines(b->r, &cell);
    alm_status status = alm_arena_grow(b->r->arena, (void **)&g->cells, &b->cap, g->cell_count, sizeof cell);
    if (status == ALM_OK) g->cells[g->cell_count++] = cell;
    return status;
}

static bool has_text(const alm_reading *r, uint32_t node) {
    uint32_t line = alm_line_at_node(r, node);
    return line < r->line_count && r->lines[line].first < r->dom.nodes[node].end;
}

alm_status alm_grid_read(alm_grid *out, const alm_reading *r, uint32_t node) {
    const alm_dom *dom = &r->dom;
    alm_grid grid = {.node = node, .caption = ALM_DOM_NONE};
    grid_builder b = {.r = r, .grid = &grid, .heads_open = true};
    alm_status status = ALM_OK;
    uint32_t head_end = 0;
    for (uint32_t i = node + 1; i < dom->nodes[node].end && status == ALM_OK; i++) {
        switch (dom->nodes[i].tag) {
        case ALM_TAG_TABLE:
            if (has_text(r, i)) grid.has_inner_table = true;
            i = dom->nodes[i].end - 1;
            break;
        case ALM_TAG_CAPTION: grid.caption = i; break;
        case ALM_TAG_THEAD: head_end = dom->nodes[i].end; break;
        case ALM_TAG_TR: begin_row(&b, i < head_end); break;
        case ALM_TAG_TD:
        case ALM_TAG_TH: status = add_cell(&b, i, alm_dom_tag(dom, i)); break;
        default: break;
        }
    }
    end_row(&b);
    if (status != ALM_OK) return status;
    if ((uint64_t)grid.rows * grid.columns > ALM_TABLE_PLACES_MAX) return ALM_E_LIMIT;
    if (grid.header_rows == grid.rows) grid.header_rows = grid.rows ? grid.rows - 1 : 0;
    *out = grid;
    return ALM_OK;
}

bool alm_grid_is_data(const alm_grid *g, const alm_reading *r) {
    enum { LONG_CELL = 300, MANY_LINES = 8, FEW_CELLS = 6 };
    if (g->rows < 2 || g->columns < 2 || g->has_inner_table) return false;
    alm_str role = alm_dom_attr(&r->dom, g->node, ALM_ATTR_ROLE);
    if (alm_str_is_nocase(role, ALM_STR("presentation")) || alm_str_is_nocase(role, ALM_STR("none"))) return false;
    uint64_t all = 0, longest = 0, filled = 0, wide_rows = 0, many_lines = 0;
    uint32_t row = UINT32_MAX, in_row = 0;
    for (size_t i = 0; i < g->cell_count; i++) {
        const alm_cell *cell = &g->cells[i];
        all += cell->chars;
        if (cell->chars > longest) longest = cell->chars;
        if (cell->lines > MANY_LINES) many_lines++;
        if (cell->chars == 0) continue;
        filled++;
        if (cell->row != row) in_row = 0;
        row = cell->row;
        if (++in_row == 2) wide_rows++;
    }
    if (filled < 3 || wide_rows < 2 - (g->rows == 2)) return false;
    if (many_lines && longest * 10 > all * 4) return false; /* one cell is the page */
    if (longest > LONG_CELL && longest * 10 > all * 7 && filled <= FEW_CELLS) return false;
    return true;
}
