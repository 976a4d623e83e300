/**
 * Donations as a table for people: who, what, how much, to whom, and the words of the page.
 */
#ifndef ALM_CLI_TABLE_H
#define ALM_CLI_TABLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "extract/document.h"
#include "extract/output/rows.h"

enum { ALM_TABLE_MIN_WIDTH = 40, ALM_TABLE_WIDTH = 80, ALM_TABLE_MAX_WIDTH = 1000 };

/** Columns of the terminal: $COLUMNS, else what the terminal on @p fd says, else ALM_TABLE_WIDTH. */
size_t alm_table_width(int fd);

enum { ALM_TABLE_COLUMNS = 5 };

typedef struct alm_table_row {
    alm_str cells[ALM_TABLE_COLUMNS]; /**< donor, what, how much, to whom, evidence */
} alm_table_row;

/**
 * Fill *out from the ALM_FIELD_COUNT @p fields of a flat row. @p cash is what the page says of money where no amount
 * was read; {0}: nothing. Cells are borrowed from @p fields or lie in @p arena.
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_table_row_fill(alm_table_row *out, alm_arena *arena, const alm_str *fields, alm_str cash);
/** Append a head line and the rows, no line wider than @p width columns. */
ALM_MUST_USE alm_status alm_table_put(alm_buf *out, const alm_table_row *rows, size_t count, size_t width);

/**
 * Append a title line and a table of the donations of @p document, no line wider than @p width columns. @p name is the
 * input's. Scratch goes into @p arena.
 */
ALM_MUST_USE alm_status alm_table_write(alm_buf *out, alm_arena *arena, const alm_document *document, const char *name,
                                        size_t width);

#endif
