#include "extract/output/decimal.h"

/* Digits before and behind the point. */
typedef struct parts {
    alm_str whole, fraction;
} parts;

static parts split(alm_str decimal) {
    size_t point = alm_str_find(decimal, ALM_STR("."), 0);
    if (point == SIZE_MAX) return (parts){decimal, {"", 0}};
    return (parts){alm_str_slice(decimal, 0, point), alm_str_slice(decimal, point + 1, decimal.len)};
}

alm_str alm_decimal_money(alm_arena *arena, alm_str decimal) {
    if (!decimal.ptr) return decimal;
    parts p = split(decimal);
    size_t places = p.fraction.len > 2 ? p.fraction.len : 2, len = p.whole.len + 1 + places;
    char *text = alm_arena_alloc(arena, len + 1);
    if (!text) return (alm_str){NULL, 0};
    memset(text, '0', len);
    if (p.whole.len) memcpy(text, p.whole.ptr, p.whole.len);
    text[p.whole.len] = '.';
    if (p.fraction.len) memcpy(text + p.whole.len + 1, p.fraction.ptr, p.fraction.len);
    text[len] = '\0';
    return (alm_str){text, len};
}

/* The digit of @p p at @p place: 0 is the unit, -1 the tenth. */
static int digit(parts p, ptrdiff_t place) {
    if (place >= 0) {
        size_t from_right = (size_t)place;
        return from_right < p.whole.len ? p.whole.ptr[p.whole.len - 1 - from_right] - '0' : 0;
    }
    size_t behind = (size_t)(-place - 1);
    return behind < p.fraction.len ? p.fraction.ptr[behind] - '0' : 0;
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

alm_str alm_decimal_add(alm_arena *arena, alm_str a, alm_str b) {
    if (!a.ptr) return b;
    if (!b.ptr) return a;
    parts p = split(a), q = split(b);
    size_t whole = larger(p.whole.len, q.whole.len) + 1, fraction = larger(p.fraction.len, q.fraction.len);
    size_t len = whole + (fraction ? 1 + fraction : 0), at = len;
    char *text = alm_arena_alloc(arena, len + 1);
    if (!text) return (alm_str){NULL, 0};
    text[len] = '\0';
    int carry = 0;
    for (ptrdiff_t place = -(ptrdiff_t)fraction; place < (ptrdiff_t)whole; place++) {
        if (place == 0 && fraction) text[--at] = '.';
        int sum = digit(p, place) + digit(q, place) + carry;
        text[--at] = (char)('0' + sum % 10);
        carry = sum / 10;
    }
    return text[0] == '0' && whole > 1 ? (alm_str){text + 1, len - 1} : (alm_str){text, len};
}
