/**
 * Says of most 64-bit keys that are not in a big set that they are not, from a little memory: a Bloom filter whose bits
 * of one key lie in one cache line (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007).
 * Keys must be hashes already.
 */
#ifndef ALM_CRAWLER_KEYFILTER_H
#define ALM_CRAWLER_KEYFILTER_H

#include "base/base.h"

enum { ALM_KEYFILTER_BITS = 16, ALM_KEYFILTER_LINE = 8 };

/** All-zero has no room for any key. */
typedef struct alm_keyfilter {
    uint64_t *words; /**< lines of ALM_KEYFILTER_LINE */
    size_t lines;
    size_t room; /**< keys at most, for one in some hundred of the others to be taken for one of them */
} alm_keyfilter;

void alm_keyfilter_release(alm_keyfilter *filter);
/** Empty it, with room for @p keys. ALM_OK, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_keyfilter_make(alm_keyfilter *filter, size_t keys);
void alm_keyfilter_add(alm_keyfilter *filter, uint64_t key);
/** False: certainly not added. */
bool alm_keyfilter_may_have(const alm_keyfilter *filter, uint64_t key);

#endif
