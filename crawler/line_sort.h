/**
 * Sorts lines of text in little memory: what does not fit is sorted and written to a scratch file, and merged at the
 * end. By bytes, as LC_ALL=C sort does.
 */
#ifndef ALM_CRAWLER_LINE_SORT_H
#define ALM_CRAWLER_LINE_SORT_H

#include <stdio.h>

#include "base/base.h"
#include "base/buf.h"

typedef struct alm_line_sort alm_line_sort;

/**
 * @param scratch path of a file to make; removed in the end
 * @param max_bytes of text in memory at once; 0: 4 MiB
 * @return ALM_OK, ALM_E_STORAGE (errno says why), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_line_sort_new(alm_line_sort **out, const char *scratch, size_t max_bytes);
/** NULL allowed. */
void alm_line_sort_free(alm_line_sort *sort);
/** Where to add the next line's text; then call alm_line_sort_end_line. Owned by @p sort. */
alm_buf *alm_line_sort_text(alm_line_sort *sort);
/** End the line with a line feed. ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_line_sort_end_line(alm_line_sort *sort);
/** Write all lines in order to @p out; the sort is empty then. ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_line_sort_write(alm_line_sort *sort, FILE *out);

#endif
