/**
 * A set of 64-bit keys in memory: open addressing, grown by doubling. Keys must be hashes already.
 */
#ifndef ALM_CRAWLER_KEYSET_H
#define ALM_CRAWLER_KEYSET_H

#include "base/base.h"

typedef struct alm_keyset {
    uint64_t *slots; /**< 0 is an empty one; key 0 is kept as 1 */
    size_t mask;     /**< slots - 1 */
    size_t count;
} alm_keyset;

/** Caller-placed and empty; allocates nothing yet. */
void alm_keyset_init(alm_keyset *set);
void alm_keyset_release(alm_keyset *set);
/** Empty it; keep capacity. */
void alm_keyset_reset(alm_keyset *set);
bool alm_keyset_has(const alm_keyset *set, uint64_t key);
/** ALM_OK, ALM_E_NOMEM. A key that is there already stays once. */
ALM_MUST_USE alm_status alm_keyset_add(alm_keyset *set, uint64_t key);
/** The keys in ascending order, in place of the set, which is empty after: *out is owned by the set until its next use.
 */
size_t alm_keyset_drain_sorted(alm_keyset *set, const uint64_t **out);

#endif
