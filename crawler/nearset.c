#include "crawler/nearset.h"

#include <stdlib.h>

#include "base/alloc.h"

enum { HEADS = 1 << 16, FIRST_CAP = 1024 };

void alm_nearset_release(alm_nearset *set) {
    alm_free(set->rows);
    alm_free(set->heads);
    *set = (alm_nearset){0};
}

void alm_nearset_reset(alm_nearset *set) {
    if (set->heads) memset(set->heads, 0, HEADS * sizeof *set->heads);
    set->count = 0;
}

static uint32_t *head_of(const alm_nearset *set, int64_t key) {
    return &set->heads[((uint64_t)key * 0x9E3779B97F4A7C15u) >> 48]; /* Fibonacci hashing (Knuth, vol. 3, 6.4) */
}

static alm_status make_room(alm_nearset *set) {
    if (!set->heads && !(set->heads = alm_calloc(HEADS, sizeof *set->heads))) return ALM_E_NOMEM;
    if (set->count < set->cap) return ALM_OK;
    size_t cap = set->cap ? set->cap * 2 : FIRST_CAP;
    void *rows = alm_realloc(set->rows, cap * sizeof *set->rows);
    if (!rows) return ALM_E_NOMEM;
    set->rows = rows;
    set->cap = cap;
    return ALM_OK;
}

const alm_near_row *alm_nearset_next(const alm_nearset *set, int64_t key, const alm_near_row *row) {
    if (!set->heads) return NULL;
    for (uint32_t at = row ? row->next : *head_of(set, key); at; at = set->rows[at - 1].next)
        if (set->rows[at - 1].key == key) return &set->rows[at - 1];
    return NULL;
}

alm_status alm_nearset_add(alm_nearset *set, int64_t key, int64_t simhash, int64_t url) {
    alm_status status = make_room(set);
    if (status != ALM_OK) return status;
    uint32_t *head = head_of(set, key);
    set->rows[set->count++] = (alm_near_row){key, simhash, url, *head};
    *head = (uint32_t)set->count;
    return ALM_OK;
}

static int compare(const void *a, const void *b) {
    const alm_near_row *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    if (x->simhash != y->simhash) return x->simhash < y->simhash ? -1 : 1;
    return (x->url > y->url) - (x->url < y->url);
}

void alm_nearset_sort(alm_nearset *set) {
    if (set->heads) memset(set->heads, 0, HEADS * sizeof *set->heads);
    if (set->count) qsort(set->rows, set->count, sizeof *set->rows, compare);
}
