/**
 * The grid of one table element: rows, columns and merged cells (HTML Standard 4.9.12).
 */
#ifndef ALM_EXTRACT_PAGE_TABLE_H
#define ALM_EXTRACT_PAGE_TABLE_H

#include "extract/page/read_priv.h"

enum { ALM_TABLE_COLUMNS_MAX = 256, ALM_TABLE_ROWS_MAX = 100000, ALM_TABLE_PLACES_MAX = 1000000 };

typedef struct alm_cell {
    uint32_t node;
    uint32_t row, column, rows, columns;
    uint32_t chars; /**< of its lines */
    uint32_t lines;
    bool head; /**< th */
} alm_cell;

typedef struct alm_grid {
    uint32_t node, caption; /**< caption element or ALM_DOM_NONE */
    uint32_t rows, columns, header_rows;
    alm_cell *cells; /**< in document order, row by row */
    size_t cell_count;
    bool has_inner_table; /**< a cell holds another table with text */
} alm_grid;

/**
 * Read the grid of the table element @p node.
 *
 * @return ALM_OK, ALM_E_LIMIT (more columns, rows or places than the limits: read it as paragraphs), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_grid_read(alm_grid *out, const alm_reading *reading, uint32_t node);

/** True for a table of data, false for one that lays out the page. */
bool alm_grid_is_data(const alm_grid *grid, const alm_reading *reading);

#endif
