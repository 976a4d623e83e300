/**
 * Rows of (key, hash, URL) in memory, found by key: what the frontier keeps of pages' texts before it goes to disk.
 */
#ifndef ALM_CRAWLER_NEARSET_H
#define ALM_CRAWLER_NEARSET_H

#include "base/base.h"

typedef struct alm_near_row {
    int64_t key, simhash, url;
    uint32_t next; /**< the set's */
} alm_near_row;

/** All-zero is an empty one. */
typedef struct alm_nearset {
    alm_near_row *rows;
    uint32_t *heads; /**< a row's number and one more; 0: none */
    size_t count, cap;
} alm_nearset;

void alm_nearset_release(alm_nearset *set);
/** ALM_OK, ALM_E_NOMEM. The same row may be added again. */
ALM_MUST_USE alm_status alm_nearset_add(alm_nearset *set, int64_t key, int64_t simhash, int64_t url);
/** The row of @p key that was added before @p row; NULL begins with the newest. NULL: no more. */
const alm_near_row *alm_nearset_next(const alm_nearset *set, int64_t key, const alm_near_row *row);
/** Bring the rows into ascending order of key, hash and URL, for reading them one by one; nothing is found any more. */
void alm_nearset_sort(alm_nearset *set);
/** Empty it; keep capacity. */
void alm_nearset_reset(alm_nearset *set);

#endif
