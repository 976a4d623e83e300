/**
 * The smallest of many 64-bit keys: a binary heap in an array that grows by doubling.
 */
#ifndef ALM_CRAWLER_KEYHEAP_H
#define ALM_CRAWLER_KEYHEAP_H

#include "base/base.h"

/** All-zero is an empty one. */
typedef struct alm_keyheap {
    uint64_t *items; /**< items[0] is the smallest */
    size_t count, cap;
} alm_keyheap;

void alm_keyheap_release(alm_keyheap *heap);
/** ALM_OK, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_keyheap_push(alm_keyheap *heap, uint64_t key);
/** Take the smallest out; the heap must not be empty. */
uint64_t alm_keyheap_pop(alm_keyheap *heap);

#endif
