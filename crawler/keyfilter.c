#include "crawler/keyfilter.h"

#include "base/alloc.h"

enum { PROBES = 6, PLACE_BITS = 9 }; /* a line has 512 bits */

void alm_keyfilter_release(alm_keyfilter *filter) {
    alm_free(filter->words);
    *filter = (alm_keyfilter){0};
}

alm_status alm_keyfilter_make(alm_keyfilter *filter, size_t keys) {
    size_t lines = keys * ALM_KEYFILTER_BITS / (64 * ALM_KEYFILTER_LINE) + 1;
    uint64_t *words = alm_calloc(lines * ALM_KEYFILTER_LINE, sizeof *words);
    if (!words) return ALM_E_NOMEM;
    alm_free(filter->words);
    *filter = (alm_keyfilter){words, lines, keys};
    return ALM_OK;
}

/* The upper half of a key chooses the line, places within it are cut from a product of all of it. */
static uint64_t *line_of(const alm_keyfilter *filter, uint64_t key) {
    return filter->words + (size_t)(((key >> 32) * (uint64_t)filter->lines) >> 32) * ALM_KEYFILTER_LINE;
}

static uint64_t places_of(uint64_t key) { return key * 0x9E3779B97F4A7C15u >> (64 - PROBES * PLACE_BITS); }

void alm_keyfilter_add(alm_keyfilter *filter, uint64_t key) {
    uint64_t *line = line_of(filter, key), places = places_of(key);
    for (int i = 0; i < PROBES; i++, places >>= PLACE_BITS)
        line[places >> 6 & (ALM_KEYFILTER_LINE - 1)] |= (uint64_t)1 << (places & 63);
}

bool alm_keyfilter_may_have(const alm_keyfilter *filter, uint64_t key) {
    if (!filter->words) return false;
    const uint64_t *line = line_of(filter, key);
    uint64_t places = places_of(key);
    for (int i = 0; i < PROBES; i++, places >>= PLACE_BITS)
        if (!(line[places >> 6 & (ALM_KEYFILTER_LINE - 1)] >> (places & 63) & 1)) return false;
    return true;
}
