/**
 * One step of the Encoding Standard's UTF-8 decoder over bytes that may not be UTF-8; shared by counting and
 * converting.
 */
#ifndef ALM_EXTRACT_PAGE_UTF8_STEP_H
#define ALM_EXTRACT_PAGE_UTF8_STEP_H

#include "base/base.h"

#define ALM_ASCII_MASK 0x8080808080808080u

static inline uint64_t alm_load_word(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/** How many bytes from @p at on are ASCII, eight at a time: a lower bound that is exact below eight. */
static inline size_t alm_ascii_run(const char *at, const char *end) {
    const char *p = at;
    while (end - p >= 8 && !(alm_load_word(p) & ALM_ASCII_MASK)) p += 8;
    while (p < end && (unsigned char)*p < 0x80) p++;
    return (size_t)(p - at);
}

/**
 * The length of the sequence that starts with the non-ASCII byte p[0], of @p left > 0 bytes. Where it is no UTF-8, *ok
 * is false and the length is that of its maximal subpart, which becomes one U+FFFD.
 */
static inline size_t alm_utf8_step(const unsigned char *p, size_t left, bool *ok) {
    unsigned lead = p[0], low = 0x80, high = 0xBF;
    size_t need = lead >= 0xC2 && lead <= 0xDF   ? 2
                  : lead >= 0xE0 && lead <= 0xEF ? 3
                  : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                 : 0;
    *ok = false;
    if (need == 0) return 1;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    for (size_t i = 1; i < need; i++) {
        if (i == left || p[i] < low || p[i] > high) return i;
        low = 0x80, high = 0xBF;
    }
    *ok = true;
    return need;
}

#endif
