#include "base/alloc.h"

#include <stdlib.h>

static _Thread_local int64_t fail_after = -1;
static _Thread_local bool has_failed;

static bool must_fail(void) {
    if (fail_after < 0) return false;
    if (fail_after > 0) {
        fail_after--;
        return false;
    }
    has_failed = true;
    return true;
}

void *alm_malloc(size_t size) { return must_fail() ? NULL : malloc(size ? size : 1); }

void *alm_calloc(size_t count, size_t size) { return must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1); }

void *alm_realloc(void *ptr, size_t size) { return must_fail() ? NULL : realloc(ptr, size ? size : 1); }

void alm_free(void *ptr) { free(ptr); }

char *alm_strdup(alm_str s) {
    if (s.len == SIZE_MAX) return NULL;
    char *copy = alm_malloc(s.len + 1);
    if (!copy) return NULL;
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return copy;
}

void alm_alloc_fail_after(int64_t after) {
    fail_after = after;
    has_failed = false;
}

bool alm_alloc_has_failed(void) { return has_failed; }

alm_status alm_grow(void **items, size_t *cap, size_t count, size_t item_size, size_t max) {
    if (count < *cap) return ALM_OK;
    if (count >= max) return ALM_E_LIMIT;
    size_t wanted = *cap ? *cap * 2 : 16;
    if (wanted > max) wanted = max;
    size_t bytes;
    if (!alm_size_mul(&bytes, wanted, item_size)) return ALM_E_LIMIT;
    void *grown = alm_realloc(*items, bytes);
    if (!grown) return ALM_E_NOMEM;
    *items = grown;
    *cap = wanted;
    return ALM_OK;
}
