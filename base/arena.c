#include "base/arena.h"

#include <stdalign.h>
#include <sys/mman.h>

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

enum {
    FIRST_CHUNK = 64 * 1024,
    KEPT_CHUNK = 128 << 20,
    LARGE_CHUNK = 8 << 20,
    IDLE_MAX = 16,
    HUGE_PAGE = 2 << 20,
    ALIGN = alignof(max_align_t)
};
/* From how many bytes on an array has a block of its own; early under the sanitizer, which then finds who kept a
 * pointer into an array that has moved. */
#ifdef ALM_HAS_ASAN
enum { LARGE = 16 * 1024 };
#else
enum { LARGE = 256 * 1024 };
#endif

struct alm_arena_chunk {
    alm_arena_chunk *older;
    size_t size; /* of data */
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

/* An array that has grown large, alone in its block: it grows by realloc, which moves pages instead of copying. */
struct alm_arena_block {
    alm_arena_block *older, *newer;
    size_t size; /* of data */
    alignas(max_align_t) unsigned char data[];
};

void alm_arena_init(alm_arena *arena, size_t max) { *arena = (alm_arena){.max = max}; }

/* Ask for huge pages behind what is large: a long document spends much of its time on faults otherwise. A hint. */
static void hint_huge(void *ptr, size_t size) {
#ifdef MADV_HUGEPAGE
    uintptr_t from = ((uintptr_t)ptr + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE,
              to = ((uintptr_t)ptr + size) / HUGE_PAGE * HUGE_PAGE;
    if (to > from) (void)madvise((void *)from, to - from, MADV_HUGEPAGE); /* NOLINT(performance-no-int-to-ptr) */
#else
    (void)ptr;
    (void)size;
#endif
}

static void blocks_free(alm_arena *arena) {
    while (arena->block) {
        alm_arena_block *older = arena->block->older;
        arena->held -= arena->block->size;
        alm_free(arena->block);
        arena->block = older;
    }
}

static void chunk_free(alm_arena *arena, alm_arena_chunk *chunk) {
    arena->held -= chunk->size;
    UNPOISON(chunk->data, chunk->size);
    alm_free(chunk);
}

void alm_arena_release(alm_arena *arena) {
    blocks_free(arena);
    while (arena->chunk) {
        alm_arena_chunk *older = arena->chunk->older;
        chunk_free(arena, arena->chunk);
        arena->chunk = older;
    }
    arena->used = 0;
    arena->idle = 0;
}

/* The newest chunk is the largest, for each is at least twice its elder. */
void alm_arena_reset(alm_arena *arena) {
    size_t used = arena->used;
    arena->used = 0;
    arena->full = arena->failed = false;
    blocks_free(arena);
    if (!arena->chunk) return;
    while (arena->chunk->older) {
        alm_arena_chunk *older = arena->chunk->older;
        arena->chunk->older = older->older;
        chunk_free(arena, older);
    }
    bool idle = arena->chunk->size > LARGE_CHUNK && used < arena->chunk->size / 4;
    arena->idle = idle ? arena->idle + 1 : 0;
    if (arena->chunk->size > KEPT_CHUNK ||
        arena->idle > IDLE_MAX) { /* a giant page shall not cost its memory for ever */
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
    hint_huge(chunk, sizeof *chunk + size);
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

/* A block for @p bytes, grown from @p block where that is one; NULL at the cap or out of memory, and @p block stays. */
static alm_arena_block *block_grow(alm_arena *arena, alm_arena_block *block, size_t bytes) {
    size_t had = block ? block->size : 0;
    if (bytes - had > arena->max - arena->held || bytes > SIZE_MAX - sizeof *block) {
        arena->full = arena->failed = true;
        return NULL;
    }
    alm_arena_block *grown = alm_realloc(block, sizeof *grown + bytes);
    if (!grown) {
        arena->failed = true;
        return NULL;
    }
    hint_huge(grown, sizeof *grown + bytes);
    if (!block) {
        *grown = (alm_arena_block){.older = arena->block};
        if (arena->block) arena->block->newer = grown;
    }
    if (grown->older) grown->older->newer = grown;
    if (grown->newer)
        grown->newer->older = grown;
    else
        arena->block = grown;
    grown->size = bytes;
    arena->held += bytes - had;
    arena->used += bytes - had;
    return grown;
}

static alm_status grow_large(alm_arena *arena, void **items, size_t had, size_t bytes) {
    alm_arena_block *old = arena->block;
    while (old && (void *)old->data != *items) old = old->older;
    alm_arena_block *block = block_grow(arena, old, bytes);
    if (!block) return ALM_E_NOMEM;
    if (!old && had) memcpy(block->data, *items, had);
    *items = block->data;
    return ALM_OK;
}

alm_status alm_arena_grow(alm_arena *arena, void **items, size_t *cap, size_t count, size_t item_size) {
    if (count < *cap) return ALM_OK;
    size_t wanted = *cap ? *cap * 2 : 16, bytes;
    if (!alm_size_mul(&bytes, wanted, item_size)) return ALM_E_LIMIT;
    if (bytes >= LARGE) {
        alm_status status = grow_large(arena, items, *cap * item_size, bytes);
        if (status == ALM_OK) *cap = wanted;
        return status;
    }
    void *grown = alm_arena_alloc(arena, bytes);
    if (!grown) return ALM_E_NOMEM;
    if (count) memcpy(grown, *items, count * item_size);

    *items = grown;
    *cap = wanted;
    return ALM_OK;
}
