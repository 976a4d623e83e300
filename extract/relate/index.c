#include "extract/relate/index.h"

enum { FIRST_CAP = 64 };

static size_t slot_of(uint64_t hash, size_t cap) { return (size_t)((hash * 0x9E3779B97F4A7C15u) >> 20) & (cap - 1); }

static void put(alm_index_slot *slots, size_t cap, alm_index_slot slot) {
    size_t at = slot_of(slot.hash, cap);
    while (slots[at].value) at = (at + 1) & (cap - 1);
    slots[at] = slot;
}

alm_status alm_index_add(alm_index *index, alm_arena *arena, uint64_t hash, uint32_t value) {
    if (index->count * 2 >= index->cap) {
        size_t cap = index->cap ? index->cap * 2 : FIRST_CAP;
        alm_index_slot *slots = alm_arena_calloc(arena, cap, sizeof *slots);
        if (!slots) return ALM_E_NOMEM;
        for (size_t i = 0; i < index->cap; i++)
            if (index->slots[i].value) put(slots, cap, index->slots[i]);
        index->slots = slots;
        index->cap = cap;
    }
    put(index->slots, index->cap, (alm_index_slot){hash, value + 1});
    index->count++;
    return ALM_OK;
}

/* *cursor is the number of slots looked at so far. */
bool alm_index_next(const alm_index *index, uint64_t hash, size_t *cursor, uint32_t *value) {
    if (index->cap == 0) return false;
    size_t start = slot_of(hash, index->cap);
    for (size_t at = (start + *cursor) & (index->cap - 1); index->slots[at].value; at = (at + 1) & (index->cap - 1)) {
        (*cursor)++;
        if (index->slots[at].hash != hash) continue;
        *value = index->slots[at].value - 1;
        return true;
    }
    return false;
}
