#include "base/utf8.h"

size_t alm_utf8_encode(char *out, uint32_t cp) {
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* Of four bytes, one bit each (the lowest of its byte): those that continue a character, 10xxxxxx. */
static uint32_t continuing(const char *p) {
    uint32_t four;
    memcpy(&four, p, sizeof four);
    return four >> 7 & ~four >> 6 & 0x01010101u;
}

size_t alm_utf8_count(alm_str s) {
    size_t count = s.len, i = 0;
    for (; i + 4 <= s.len; i += 4) count -= continuing(s.ptr + i) * 0x01010101u >> 24;
    for (; i < s.len; i++) count -= ((unsigned char)s.ptr[i] & 0xC0) == 0x80;
    return count;
}

/* The length of the well-formed sequence at p (RFC 3629 section 4), or 0. */
static size_t sequence(const unsigned char *p, size_t left) {
    if (p[0] < 0x80) return 1;
    size_t n = p[0] >= 0xC2 && p[0] < 0xE0 ? 2 : p[0] >= 0xE0 && p[0] < 0xF0 ? 3 : p[0] >= 0xF0 && p[0] < 0xF5 ? 4 : 0;
    if (n == 0 || n > left) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F)) return 0;
    if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)) return 0;
    return n;
}

size_t alm_utf8_valid_prefix(alm_str s) {
    size_t at = 0;
    while (at < s.len) {
        size_t n = sequence((const unsigned char *)s.ptr + at, s.len - at);
        if (n == 0) break;
        at += n;
    }
    return at;
}

typedef struct range {
    uint32_t first, last;
} range;

/* UAX #11 (Unicode 15): wide and full-width blocks that Chinese pages use. */
static const range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},  {0x3400, 0x4DBF},
                             {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
                             {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
                             {0x1F900, 0x1F9FF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD}};
static const range zero[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};

static bool in_ranges(uint32_t cp, const range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (cp >= ranges[i].first && cp <= ranges[i].last) return true;
    return false;
}

size_t alm_utf8_columns(alm_str s) {
    size_t columns = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp = alm_utf8_next(s, &at);
        if (cp < 0x300)
            columns++;
        else if (in_ranges(cp, wide, sizeof wide / sizeof wide[0]))
            columns += 2;
        else
            columns += !in_ranges(cp, zero, sizeof zero / sizeof zero[0]);
    }
    return columns;
}
