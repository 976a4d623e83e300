/**
 * The normalised shadow of a text, which rules see, and the way back to the text, which people see.
 *
 * NFKC width, one form of dashes, quotes and white space, Traditional to Simplified, no inner spaces between Han, no
 * zero-width characters; the pinyin in brackets and doubled commas of spam mirrors removed. '\n' and '\t' between
 * blocks stay.
 */
#ifndef ALM_EXTRACT_PAGE_SHADOW_H
#define ALM_EXTRACT_PAGE_SHADOW_H

#include "base/arena.h"
#include "base/base.h"

typedef struct alm_shadow {
    alm_str text;           /**< NUL-terminated, in the arena */
    const uint32_t *origin; /**< text.len + 1 entries: for each byte of the shadow the byte offset, in the original, of
                               the character it comes from; the last entry is the original's length */
    const uint32_t
        *count; /**< for each byte of the *original* the number of code points before it; original.len + 1 entries */
    alm_str original; /**< borrowed */
    bool traditional; /**< more Traditional than Simplified characters were seen */
} alm_shadow;

ALM_MUST_USE alm_status alm_shadow_make(alm_shadow *out, alm_arena *arena, alm_str text, alm_err *err);

/** [start, end) in bytes of the shadow to bytes of the original: from the first character's start to the last one's
 * end. */
void alm_shadow_to_original(const alm_shadow *shadow, uint32_t start, uint32_t end, uint32_t *from, uint32_t *to);

/** The same to code points of the original: what the JSON's spans hold. */
void alm_shadow_to_code_points(const alm_shadow *shadow, uint32_t start, uint32_t end, uint32_t *from, uint32_t *to);

#endif
