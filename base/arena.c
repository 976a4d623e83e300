#include "base/arena.h"

#include <stdalign.h>

#include "base/alloc.h"

#if defined(__SANITIZE_ADDRESS__)
#define ALM_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALM_HAS_ASAN 1
#endif
#endif
#ifdef ALM_HAS_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(ptr, size) __asan_poison_memory_region((ptr), (size))
#define UNPOISON(ptr, size) __asan_unpoison_memory_region((ptr), (size))
#else
#define POISON(ptr, size) ((void)(ptr), (void)(size))
#define UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

enum { FIRST_CHUNK = 64 * 1024, KEPT_CHUNK = 32 << 20, ALIGN = alignof(max_align_t) };

struct alm_arena_chunk {
    alm_arena_chunk *older;
    size_t size; /* of data */
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

void alm_arena_init(alm_arena *arena, size_t max) { *arena = (alm_arena){.max = max}; }

static void chunk_free(alm_arena *arena, alm_arena_chunk *chunk) {
    arena->held -= chunk->size;
    UNPOISON(chunk->data, chunk->size);
    alm_free(chunk);
}

void alm_arena_release(alm_arena *arena) {
    while (arena->chunk) {
        alm_arena_chunk *older = arena->chunk->older;
        chunk_free(arena, arena->chunk);
        arena->chunk = older;
    }
    arena->used = 0;
}

/* The newest chunk is the largest, for each is at least twice its elder. */
void alm_arena_reset(alm_arena *arena) {
    arena->used = 0;
    arena->full = arena->failed = false;
    if (!arena->chunk) return;
    while (arena->chunk->older) {
        alm_arena_chunk *older = arena->chunk->older;
        arena->chunk->older = older->older;
        chunk_free(arena, older);
    }
    if (arena->chunk->size > KEPT_CHUNK) { /* one giant page shall not cost its memory for ever */
        alm_arena_release(arena);
        return;
    }
    arena->chunk->used = 0;
    POISON(arena->chunk->data, arena->chunk->size);
}

static alm_arena_chunk *chunk_add(alm_arena *arena, size_t need) {
    size_t size = arena->chunk ? arena->chunk->size * 2 : FIRST_CHUNK;
    if (size < need) size = need;
    size_t left = arena->max - arena->held;
    if (need > left || need > SIZE_MAX - sizeof(alm_arena_chunk)) {
        arena->full = arena->failed = true;
        return NULL;
    }
    if (size > left) size = left;
    alm_arena_chunk *chunk = alm_malloc(sizeof *chunk + size);
    if (!chunk) {
        arena->failed = true;
        return NULL;
    }
    *chunk = (alm_arena_chunk){.older = arena->chunk, .size = size};
    POISON(chunk->data, size);
    arena->chunk = chunk;
    arena->held += size;
    return chunk;
}

void *alm_arena_alloc(alm_arena *arena, size_t size) {
    if (size > SIZE_MAX - ALIGN) return NULL;
    size_t padded = size ? (size + ALIGN - 1) / ALIGN * ALIGN : ALIGN;
    alm_arena_chunk *chunk = arena->chunk;
    if (!chunk || chunk->size - chunk->used < padded) chunk = chunk_add(arena, padded);
    if (!chunk) return NULL;
    unsigned char *ptr = chunk->data + chunk->used;
    chunk->used += padded;
    arena->used += padded;
    UNPOISON(ptr, size);
    return ptr;
}

void *alm_arena_calloc(alm_arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (!alm_size_mul(&bytes, count, size)) return NULL;
    void *ptr = alm_arena_alloc(arena, bytes);
    if (ptr) memset(ptr, 0, bytes);
    return ptr;
}

alm_str alm_arena_copy(alm_arena *arena, alm_str s) {
    char *copy = s.len < SIZE_MAX ? alm_arena_alloc(arena, s.len + 1) : NULL;
    if (!copy) return (alm_str){0};
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return (alm_str){copy, s.len};
}

alm_status alm_arena_grow(alm_arena *arena, void **items, size_t *cap, size_t count, size_t item_size) {
    if (count < *cap) return ALM_OK;
    size_t wanted = *cap ? *cap * 2 : 16, bytes;
    if (!alm_size_mul(&bytes, wanted, item_size)) return ALM_E_LIMIT;
    void *grown = alm_arena_alloc(arena, bytes);
    if (!grown) return ALM_E_NOMEM;
    if (count) memcpy(grown, *items, count * item_size);
    *items = grown;
    *cap = wanted;
    return ALM_OK;
}
