#include "extract/relate/index.h"

enum { FIRST_CAP = 64 };

static alm_index_slot *slot_of(alm_index_slot *slots, size_t cap, uint64_t hash) {
    size_t at = (size_t)((hash * 0x9E3779B97F4A7C15u) >> 20) & (cap - 1);
    while (slots[at].head && slots[at].hash != hash) at = (at + 1) & (cap - 1);
    return &slots[at];
}

static alm_status make_room(alm_index *index, alm_arena *arena) {
    if (index->used * 2 < index->cap) return ALM_OK;
    size_t cap = index->cap ? index->cap * 2 : FIRST_CAP;
    alm_index_slot *slots = alm_arena_calloc(arena, cap, sizeof *slots);
    if (!slots) return ALM_E_NOMEM;
    for (size_t i = 0; i < index->cap; i++)
        if (index->slots[i].head) *slot_of(slots, cap, index->slots[i].hash) = index->slots[i];
    index->slots = slots;
    index->cap = cap;
    return ALM_OK;
}

alm_status alm_index_add(alm_index *index, alm_arena *arena, uint64_t hash, uint32_t value) {
    alm_status status = make_room(index, arena);
    void *entries = index->entries;
    if (status == ALM_OK)
        status = alm_arena_grow(arena, &entries, &index->entry_cap, index->entry_count, sizeof(alm_index_entry));
    index->entries = entries;
    if (status != ALM_OK) return status;
    alm_index_slot *slot = slot_of(index->slots, index->cap, hash);
    index->used += slot->head == 0;
    index->entries[index->entry_count++] = (alm_index_entry){value, slot->head};
    *slot = (alm_index_slot){hash, (uint32_t)index->entry_count};
    return ALM_OK;
}

/* *cursor is the last entry given, + 1. */
bool alm_index_next(const alm_index *index, uint64_t hash, size_t *cursor, uint32_t *value) {
    if (index->cap == 0) return false;
    uint32_t next = *cursor ? index->entries[*cursor - 1].older : slot_of(index->slots, index->cap, hash)->head;
    if (!next) return false;
    *cursor = next;
    *value = index->entries[next - 1].value;
    return true;
}
