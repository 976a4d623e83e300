/**
 * Simhash (Charikar, 2002; Manku, Jain and Das Sarma, 2007): 64 bits of a text, of which few differ when few of its
 * words do. Features are runs of four code points, which suits a language without spaces.
 */
#ifndef ALM_CRAWLER_SIMHASH_H
#define ALM_CRAWLER_SIMHASH_H

#include "base/base.h"

/** Of @p text (valid UTF-8); white space and ASCII punctuation do not count. 0: too short to say (under 64 features).
 */
uint64_t alm_simhash(alm_str text);

/** Bits that differ. */
static inline unsigned alm_simhash_distance(uint64_t a, uint64_t b) {
    uint64_t x = a ^ b;
    unsigned bits = 0;
    for (; x; x &= x - 1) bits++;
    return bits;
}

#endif
