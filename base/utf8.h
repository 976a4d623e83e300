/**
 * UTF-8 by code point (RFC 3629). Text inside the rooms is valid UTF-8: decode sees to it at the border.
 */
#ifndef ALM_BASE_UTF8_H
#define ALM_BASE_UTF8_H

#include "base/base.h"

/** The length in bytes of the code point that starts with @p lead; 1 for a byte that starts none. */
static inline size_t alm_utf8_len(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 1;
}

/** The code point at s.ptr[*at]; moves *at behind it. Precondition: valid UTF-8 and *at < s.len on a boundary. */
static inline uint32_t alm_utf8_next(alm_str s, size_t *at) {
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t n = alm_utf8_len(p[0]);
    if (n > s.len - *at) n = 1;
    *at += n;
    switch (n) {
    case 2: return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    case 3: return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    case 4:
        return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
               (p[3] & 0x3F);
    default: return p[0];
    }
}

/** The offset at which the code point before @p at begins. Precondition: at > 0 on a boundary. */
static inline size_t alm_utf8_before(alm_str s, size_t at) {
    do at--;
    while (at > 0 && ((unsigned char)s.ptr[at] & 0xC0) == 0x80);
    return at;
}

/** Write @p cp (a scalar value) to @p out, which has room for 4 bytes; the number of bytes written. */
size_t alm_utf8_encode(char *out, uint32_t cp);
/** How many code points @p s holds. */
size_t alm_utf8_count(alm_str s);
/** The length of the longest valid prefix: s.len where all of it is UTF-8 (no surrogates, no overlong forms). */
size_t alm_utf8_valid_prefix(alm_str s);
/** Columns on a terminal: 2 for East Asian wide and full-width, 0 for combining marks, else 1. UAX #11, by ranges. */
size_t alm_utf8_columns(alm_str s);

#endif
