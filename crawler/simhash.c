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

/* How often each of 64 bits was set: digit i of bit b's count is bit b of digits[i]. */
enum { DIGITS = 32, LOW_DIGITS = 3, GROUP = 1 << LOW_DIGITS };
typedef struct bit_counts {
    uint64_t digits[DIGITS];
    uint64_t group[GROUP]; /* not added yet */
    size_t grouped;
} bit_counts;

/* Three numbers of one digit become one of two, for 64 bits at once. @return the upper digit; *low holds the lower. */
static uint64_t add_three(uint64_t *low, uint64_t a, uint64_t b) {
    uint64_t both = a ^ b, upper = (a & b) | (both & *low);
    *low ^= both;
    return upper;
}

static void add_digit(bit_counts *counts, size_t digit, uint64_t bits) {
    for (; bits && digit < DIGITS; digit++) {
        uint64_t carry = counts->digits[digit] & bits;
        counts->digits[digit] ^= bits;
        bits = carry;
    }
}

/* Eight at once cost seven additions, and but one carry into the upper digits. */
static void add_group(bit_counts *counts) {
    uint64_t *d = counts->digits, *g = counts->group;
    uint64_t twos_a = add_three(&d[0], g[0], g[1]), twos_b = add_three(&d[0], g[2], g[3]);
    uint64_t fours_a = add_three(&d[1], twos_a, twos_b);
    twos_a = add_three(&d[0], g[4], g[5]);
    twos_b = add_three(&d[0], g[6], g[7]);
    uint64_t fours_b = add_three(&d[1], twos_a, twos_b);
    add_digit(counts, LOW_DIGITS, add_three(&d[2], fours_a, fours_b));
    counts->grouped = 0;
}

static void count_bits(bit_counts *counts, uint64_t bits) {
    counts->group[counts->grouped++] = bits;
    if (counts->grouped == GROUP) add_group(counts);
}

static uint64_t count_of(const bit_counts *counts, int bit) {
    uint64_t count = 0;
    for (int i = 0; i < DIGITS; i++) count |= (counts->digits[i] >> bit & 1) << i;
    return count;
}

uint64_t alm_simhash(alm_str text) {
    bit_counts set = {0};
    uint64_t window = 0;
    size_t seen = 0, features = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t cp = alm_utf8_next(text, &at);
        if (!counts(cp)) continue;
        window = window << 16 | ((cp ^ cp >> 16) & 0xFFFF);
        if (++seen < RUN) continue;
        count_bits(&set, mix(window));
        features++;
    }
    if (features < MIN_FEATURES) return 0;
    while (set.grouped) count_bits(&set, 0);
    uint64_t hash = 0;
    for (int bit = 0; bit < 64; bit++)
        if (count_of(&set, bit) * 2 > features) hash |= (uint64_t)1 << bit;
    return hash ? hash : 1;
}
