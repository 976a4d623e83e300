/**
 * The one door to the heap. Every allocation of ours goes through it, so that tests can make each of them fail.
 */
#ifndef ALM_BASE_ALLOC_H
#define ALM_BASE_ALLOC_H

#include "base/base.h"

/** As malloc, calloc (zeroed, count * size checked), realloc and free; NULL on failure. */
void *alm_malloc(size_t size);
void *alm_calloc(size_t count, size_t size);
void *alm_realloc(void *ptr, size_t size);
void alm_free(void *ptr);
/** A NUL-terminated copy of @p s, or NULL; the caller frees it with alm_free. */
char *alm_strdup(alm_str s);

/**
 * Make the allocation after the next @p after ones fail, and every one from there on, in the calling thread; a negative
 * number switches this off. For tests: out-of-memory sweeps count up until the call under test succeeds.
 */
void alm_alloc_fail_after(int64_t after);
/** True where a failure asked for by alm_alloc_fail_after has happened since that call. */
bool alm_alloc_has_failed(void);

/**
 * Make room for one more element in a growing array: where *cap == count, it doubles, up to @p max elements.
 *
 * @return ALM_OK, ALM_E_NOMEM, ALM_E_LIMIT (count == max); on failure the array is as it was.
 */
ALM_MUST_USE alm_status alm_grow(void **items, size_t *cap, size_t count, size_t item_size, size_t max);

#endif
