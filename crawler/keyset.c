#include "crawler/keyset.h"

#include <stdlib.h>

#include "base/alloc.h"

enum { FIRST_SLOTS = 1024 };

void alm_keyset_init(alm_keyset *set) { *set = (alm_keyset){0}; }

void alm_keyset_release(alm_keyset *set) {
    alm_free(set->slots);
    *set = (alm_keyset){0};
}

void alm_keyset_reset(alm_keyset *set) {
    if (set->slots) memset(set->slots, 0, (set->mask + 1) * sizeof *set->slots);
    set->count = 0;
}

static size_t slot_of(const uint64_t *slots, size_t mask, uint64_t key) {
    size_t at = (size_t)key & mask;
    while (slots[at] && slots[at] != key) at = (at + 1) & mask;
    return at;
}

bool alm_keyset_has(const alm_keyset *set, uint64_t key) {
    if (!key) key = 1;
    return set->slots && set->slots[slot_of(set->slots, set->mask, key)] == key;
}

static alm_status grow(alm_keyset *set) {
    size_t slots = set->slots ? (set->mask + 1) * 2 : FIRST_SLOTS;
    uint64_t *grown = alm_calloc(slots, sizeof *grown);
    if (!grown) return ALM_E_NOMEM;
    for (size_t i = 0; set->slots && i <= set->mask; i++)
        if (set->slots[i]) grown[slot_of(grown, slots - 1, set->slots[i])] = set->slots[i];
    alm_free(set->slots);
    set->slots = grown;
    set->mask = slots - 1;
    return ALM_OK;
}

alm_status alm_keyset_add(alm_keyset *set, uint64_t key) {
    if (!key) key = 1;
    if (!set->slots || set->count * 3 >= set->mask * 2) {
        alm_status status = grow(set);
        if (status != ALM_OK) return status;
    }
    size_t at = slot_of(set->slots, set->mask, key);
    if (!set->slots[at]) set->count++;
    set->slots[at] = key;
    return ALM_OK;
}

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

size_t alm_keyset_drain_sorted(alm_keyset *set, const uint64_t **out) {
    size_t count = 0;
    for (size_t i = 0; set->slots && i <= set->mask; i++)
        if (set->slots[i]) set->slots[count++] = set->slots[i];
    if (count) qsort(set->slots, count, sizeof *set->slots, compare);
    *out = set->slots;
    set->count = 0; /* the caller resets before the next use: the slots hold the sorted keys until then */
    return count;
}
