/**
 * Rows of a store with private people treated. A row does not tell who is private: its document does, so that is read
 * again.
 */
#ifndef ALM_PIPELINE_MASKED_ROWS_H
#define ALM_PIPELINE_MASKED_ROWS_H

#include "pipeline/page_records.h"
#include "store/snapshot.h"

typedef struct alm_masked_rows alm_masked_rows;

/** Documents are looked up in @p location. @p privacy is borrowed. */
ALM_MUST_USE alm_status alm_masked_rows_new(alm_masked_rows **out, const alm_store_location *location,
                                            const alm_privacy *privacy, alm_err *err);
void alm_masked_rows_free(alm_masked_rows *rows);

/**
 * Change the columns of a feed's row (ALM_FEED_ALL_COLUMNS) to those of the treated row; borrowed until the next call.
 *
 * @return ALM_OK, ALM_E_STORAGE (its document is not there), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_masked_rows_apply(alm_masked_rows *rows, alm_str *columns, alm_err *err);

#endif
