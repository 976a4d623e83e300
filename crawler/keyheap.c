#include "crawler/keyheap.h"

#include "base/alloc.h"

enum { FIRST_CAP = 16, SHRINK_FROM = 1024 };

void alm_keyheap_release(alm_keyheap *heap) {
    alm_free(heap->items);
    *heap = (alm_keyheap){0};
}

static alm_status resize(alm_keyheap *heap, size_t cap) {
    void *items = alm_realloc(heap->items, cap * sizeof *heap->items);
    if (!items) return ALM_E_NOMEM;
    heap->items = items;
    heap->cap = cap;
    return ALM_OK;
}

alm_status alm_keyheap_push(alm_keyheap *heap, uint64_t key) {
    if (heap->count == heap->cap) {
        alm_status status = resize(heap, heap->cap ? heap->cap * 2 : FIRST_CAP);
        if (status != ALM_OK) return status;
    }
    size_t at = heap->count++;
    for (; at > 0 && heap->items[(at - 1) / 2] > key; at = (at - 1) / 2) heap->items[at] = heap->items[(at - 1) / 2];
    heap->items[at] = key;
    return ALM_OK;
}

uint64_t alm_keyheap_pop(alm_keyheap *heap) {
    uint64_t smallest = heap->items[0], last = heap->items[--heap->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < heap->count; at = child) {
        if (child + 1 < heap->count && heap->items[child + 1] < heap->items[child]) child++;
        if (heap->items[child] >= last) break;
        heap->items[at] = heap->items[child];
    }
    if (heap->count) heap->items[at] = last;
    /* a shrunk array that cannot be had is no loss */
    if (heap->cap >= SHRINK_FROM && heap->count < heap->cap / 4 && resize(heap, heap->cap / 2) != ALM_OK)
        return smallest;
    return smallest;
}
