#include "crawler/siphash.h"

typedef struct sip {
    uint64_t v0, v1, v2, v3;
} sip;

static uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

static void mix(sip *s) {
    s->v0 += s->v1, s->v1 = rotate(s->v1, 13) ^ s->v0, s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3, s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3, s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1, s->v1 = rotate(s->v1, 17) ^ s->v2, s->v2 = rotate(s->v2, 32);
}

static uint64_t read_le(const unsigned char *p, size_t count) {
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word |= (uint64_t)p[i] << (8 * i);
    return word;
}

static void absorb(sip *s, uint64_t word) {
    s->v3 ^= word;
    mix(s);
    mix(s);
    s->v0 ^= word;
}

uint64_t alm_siphash(const uint64_t key[2], alm_str s) {
    sip state = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
                 key[1] ^ 0x7465646279746573u};
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t whole = s.len / 8 * 8;
    for (size_t i = 0; i < whole; i += 8) absorb(&state, read_le(p + i, 8));
    absorb(&state, (uint64_t)(s.len & 0xFF) << 56 | (s.len > whole ? read_le(p + whole, s.len - whole) : 0));
    state.v2 ^= 0xFF;
    for (int i = 0; i < 4; i++) mix(&state);
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}
