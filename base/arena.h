/**
 * An arena: allocations that live and die together (one document), with a hard cap.
 *
 * Under AddressSanitizer the free part is poisoned, and reset poisons all of it again.
 */
#ifndef ALM_BASE_ARENA_H
#define ALM_BASE_ARENA_H

#include "base/base.h"

typedef struct alm_arena_chunk alm_arena_chunk;
typedef struct alm_arena_block alm_arena_block;

typedef struct alm_arena {
    alm_arena_chunk *chunk; /**< the one that is being filled; older ones hang behind it */
    alm_arena_block *block; /**< the newest of the arrays that grew large, each in a block of its own */
    size_t used;            /**< bytes taken from all chunks, with padding */
    size_t held;            /**< bytes of all chunks and blocks */
    size_t max;             /**< cap on held */
    unsigned idle;          /**< resets in a row after which the chunk that is kept was mostly empty */
    bool full;              /**< an allocation failed at the cap, not for want of memory; until reset */
    bool failed;            /**< an allocation failed, for either reason; until reset */
} alm_arena;

/** A caller-placed arena that will hold at most @p max bytes; allocates nothing yet. */
void alm_arena_init(alm_arena *arena, size_t max);
/** Free everything. The arena may be initialised again. */
void alm_arena_release(alm_arena *arena);
/**
 * Forget all allocations and keep the largest chunk for the next document, unless it is larger than 128 MiB, or larger
 * than 8 MiB and mostly empty in many documents in a row.
 */
void alm_arena_reset(alm_arena *arena);

/** @p size bytes aligned for any type, uninitialised; NULL at the cap or out of memory. */
void *alm_arena_alloc(alm_arena *arena, size_t size);
/** Zeroed @p count elements of @p size bytes; NULL also where the product overflows. */
void *alm_arena_calloc(alm_arena *arena, size_t count, size_t size);
/** A NUL-terminated copy of @p s in the arena; .ptr is NULL on failure. */
alm_str alm_arena_copy(alm_arena *arena, alm_str s);
/**
 * alm_grow for an array in the arena: the old place is abandoned, the elements are copied. A large array gets a block
 * of its own that grows by realloc: pointers into the array are void then.
 */

ALM_MUST_USE alm_status alm_arena_grow(alm_arena *arena, void **items, size_t *cap, size_t count, size_t item_size);

/** A new T, zeroed, in the arena. */
#define ALM_ARENA_NEW(arena, T) ((T *)alm_arena_calloc((arena), 1, sizeof(T)))

#endif
