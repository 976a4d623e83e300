/**
 * What the reader of plain text (read_text.c) and its tables (text_table.c) share.
 */
#ifndef ALM_EXTRACT_PAGE_READ_TEXT_PRIV_H
#define ALM_EXTRACT_PAGE_READ_TEXT_PRIV_H

#include "extract/page/read_priv.h"

typedef struct alm_text_line {
    alm_str text; /**< white space at both ends taken away */
    alm_str raw;  /**< as it stands, without the line feed */
} alm_text_line;

typedef struct alm_text_reader {
    alm_reading *r;
    char *text; /**< the text of the blocks so far */
    size_t len;
    size_t block_cap, table_cap;
    alm_text_line *lines;
    size_t line_count;
} alm_text_reader;

/** White space of any width at both ends taken away, inner runs as they are. */
alm_str alm_text_trim(alm_str s);

/** The line is an item of a "- " list. */
bool alm_text_is_item(alm_str line);

/** Open a block, apart from the one before by @p separator. */
ALM_MUST_USE alm_status alm_text_begin(alm_text_reader *t, alm_block block, char separator);

/** Add to the open block. */
void alm_text_put(alm_text_reader *t, alm_str s);

/** True where a table begins at line @p at, however its cells are told apart. */
bool alm_text_is_table(const alm_text_reader *t, size_t at);

/** Read the table that begins at line *at; *at is then the first line behind it. */
ALM_MUST_USE alm_status alm_text_read_table(alm_text_reader *t, size_t *at);

#endif
