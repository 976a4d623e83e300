#include "crawler/simhash.h"

#include "base/utf8.h"

enum { RUN = 4, MIN_FEATURES = 64 };

/* The finaliser of MurmurHash3 (Appleby): spreads every bit over all. */
static uint64_t mix(uint64_t h) {
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 33;
}

static bool counts(uint32_t cp) {
    if (cp < 0x80) return (cp >= '0' && cp <= '9') || ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z');
    return !(cp >= 0x3000 && cp <= 0x303F) && !(cp >= 0xFF00 && cp <= 0xFF0F) && cp != 0xA0;
}

uint64_t alm_simhash(alm_str text) {
    int32_t weight[64] = {0};
    uint64_t window = 0;
    size_t seen = 0, features = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t cp = alm_utf8_next(text, &at);
        if (!counts(cp)) continue;
        window = window << 16 | ((cp ^ cp >> 16) & 0xFFFF);
        if (++seen < RUN) continue;
        uint64_t h = mix(window);
        for (int bit = 0; bit < 64; bit++) weight[bit] += (h >> bit & 1) ? 1 : -1;
        features++;
    }
    if (features < MIN_FEATURES) return 0;
    uint64_t hash = 0;
    for (int bit = 0; bit < 64; bit++)
        if (weight[bit] > 0) hash |= (uint64_t)1 << bit;
    return hash ? hash : 1;
}
