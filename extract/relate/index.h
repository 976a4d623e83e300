/**
 * A multimap from 64-bit hashes to small numbers, in the document's arena: what settling looks things up by, so that it
 * stays linear on long pages. Callers compare what they find; a hash is a hint. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_INDEX_H
#define ALM_EXTRACT_RELATE_INDEX_H

#include "base/arena.h"
#include "base/base.h"

typedef struct alm_index_slot {
    uint64_t hash;
    uint32_t head; /**< the latest entry under this hash, + 1; 0 = free slot */
} alm_index_slot;

typedef struct alm_index_entry {
    uint32_t value;
    uint32_t older; /**< the entry before it under the same hash, + 1; 0 = none */
} alm_index_entry;

/** All-zero is empty. */
typedef struct alm_index {
    alm_index_slot *slots;
    size_t used, cap; /**< cap is a power of two */
    alm_index_entry *entries;
    size_t entry_count, entry_cap;
} alm_index;

/** Add @p value under @p hash; the same pair may stand more than once. ALM_OK or ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_index_add(alm_index *index, alm_arena *arena, uint64_t hash, uint32_t value);

/** The next value under @p hash, latest first. Start with *cursor = 0; false where there is no more. */
bool alm_index_next(const alm_index *index, uint64_t hash, size_t *cursor, uint32_t *value);

#endif
