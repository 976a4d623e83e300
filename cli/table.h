/**
 * Donations as a table for people: who, what, how much, to whom, and the words of the page.
 */
#ifndef ALM_CLI_TABLE_H
#define ALM_CLI_TABLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "extract/document.h"

enum { ALM_TABLE_MIN_WIDTH = 40, ALM_TABLE_WIDTH = 80, ALM_TABLE_MAX_WIDTH = 1000 };

/** Columns of the terminal: $COLUMNS, else what the terminal on @p fd says, else ALM_TABLE_WIDTH. */
size_t alm_table_width(int fd);

/**
 * Append a title line and a table of the donations of @p document, no line wider than @p width columns. @p name is the
 * input's. Scratch goes into @p arena.
 */
ALM_MUST_USE alm_status alm_table_write(alm_buf *out, alm_arena *arena, const alm_document *document, const char *name,
                                        size_t width);

#endif
