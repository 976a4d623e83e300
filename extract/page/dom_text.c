#include "extract/page/dom.h"

#include <libxml/HTMLparser.h>

#include "base/utf8.h"

enum { NAME_MAX_LEN = 10, LATIN1_END = 0x100 };

/** Windows-1252 for the numbers 0x80..0x9F, as the HTML Standard reads them (13.2.5.80); 0: as it stands. */
static const uint16_t windows_1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                          0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                          0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

static uint32_t entity_value(const char *name, size_t len) {
    xmlChar copy[NAME_MAX_LEN + 1];
    if (len == 0 || len > NAME_MAX_LEN) return 0;
    memcpy(copy, name, len);
    copy[len] = '\0';
    if (strcmp((const char *)copy, "nbsp") == 0) return 0xA0; /* by far the most frequent one */
    const htmlEntityDesc *entity = htmlEntityLookup(copy);
    return entity ? entity->value : 0;
}

static uint32_t scalar(uint32_t value) {
    if (value >= 0x80 && value < 0xA0) return windows_1252[value - 0x80] ? windows_1252[value - 0x80] : value;
    if (value == 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return 0xFFFD;
    return value;
}

/** The reference that stands for one character without a semicolon at the start of @p name; 0 where none does. */
static size_t legacy_prefix(const char *name, size_t len) {
    static const char *const names[] = {"amp", "nbsp",   "lt",    "gt",    "quot", "copy",  "reg",   "middot", "times",
                                        "deg", "plusmn", "laquo", "raquo", "yen",  "pound", "cent",  "sect",   "para",
                                        "shy", "macr",   "acute", "cedil", "sup2", "sup3",  "frac12"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (n <= len && memcmp(name, names[i], n) == 0) return n;
    }
    return 0;
}

/** "&#…": the bytes it takes, or 0. */
static size_t read_number(alm_str s, size_t at, uint32_t *value) {
    size_t i = at + 2;
    bool hex = i < s.len && (s.ptr[i] | 0x20) == 'x';
    if (hex) i++;
    size_t digits = i;
    uint32_t number = 0;
    for (; i < s.len; i++) {
        char c = s.ptr[i], low = (char)(c | 0x20);
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (hex && low >= 'a' && low <= 'f')
            digit = (uint32_t)(low - 'a') + 10;
        else
            break;
        if (number < 0x1000000) number = number * (hex ? 16 : 10) + digit;
    }
    if (i == digits) return 0;
    *value = scalar(number);
    if (i < s.len && s.ptr[i] == ';') i++;
    return i - at;
}

/** "&name;", or a name of Latin-1 without semicolon: the bytes it takes, or 0. */
static size_t read_name(alm_str s, size_t at, bool attribute, uint32_t *value) {
    const char *name = s.ptr + at + 1;
    size_t len = 0, room = s.len - at - 1;
    while (len < room && len < NAME_MAX_LEN + 1 && is_alnum(name[len])) len++;
    bool closed = len < room && name[len] == ';';
    if (closed || !attribute) {
        *value = entity_value(name, len);
        if (*value) return 1 + len + closed;
    }
    if (attribute && len < room && (name[len] == '=' || closed)) return 0;
    if (attribute && len > 0) {
        *value = entity_value(name, len);
        return *value && *value < LATIN1_END ? 1 + len : 0;
    }
    size_t prefix = legacy_prefix(name, len);
    if (prefix) *value = entity_value(name, prefix);
    return prefix ? 1 + prefix : 0;
}

alm_str alm_dom_decode(alm_arena *arena, alm_str s, bool attribute) {
    const char *ampersand = s.len ? memchr(s.ptr, '&', s.len) : NULL;
    if (!ampersand) return s;
    char *out = alm_arena_alloc(arena, s.len + 1); /* a reference is never shorter than what it stands for */
    if (!out) return (alm_str){NULL, 0};
    size_t used = 0, from = 0;
    while (ampersand) {
        size_t at = (size_t)(ampersand - s.ptr);
        uint32_t value = 0;
        size_t taken =
            at + 1 < s.len && s.ptr[at + 1] == '#' ? read_number(s, at, &value) : read_name(s, at, attribute, &value);
        memcpy(out + used, s.ptr + from, at - from);
        used += at - from;
        if (taken)
            used += alm_utf8_encode(out + used, value);
        else
            out[used++] = '&';
        from = at + (taken ? taken : 1);
        ampersand = from < s.len ? memchr(s.ptr + from, '&', s.len - from) : NULL;
    }
    memcpy(out + used, s.ptr + from, s.len - from);
    return (alm_str){out, used + s.len - from};
}
