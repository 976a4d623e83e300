#include "extract/value/exact.h"

#include <assert.h>

/* Exponents beyond this are no amounts; the text form stays short. */
enum { MAX_DIGITS = 19, MAX_EXPONENT = 40, TEXT_MAX = 20 + 2 * MAX_EXPONENT + 4 };

alm_exact alm_exact_of(uint64_t mantissa, int exponent) {
    if (mantissa == 0) return (alm_exact){0};
    while (mantissa % 10 == 0) {
        mantissa /= 10;
        exponent++;
    }
    return (alm_exact){mantissa, exponent};
}

bool alm_exact_is_wild(alm_exact a) { return a.exponent > MAX_EXPONENT || a.exponent < -MAX_EXPONENT; }

alm_exact alm_exact_scale(alm_exact a, int power) {
    if (a.mantissa != 0) a.exponent += power;
    return a;
}

/* Give @p a the smaller exponent @p exponent; false where the mantissa would not fit. */
static bool lower_to(alm_exact *a, int exponent) {
    uint64_t mantissa = a->mantissa;
    for (int i = a->exponent; i > exponent; i--) {
        if (mantissa > UINT64_MAX / 10) return false;
        mantissa *= 10;
    }
    *a = (alm_exact){mantissa, exponent};
    return true;
}

static bool align(alm_exact *a, alm_exact *b) {
    return a->exponent > b->exponent ? lower_to(a, b->exponent) : lower_to(b, a->exponent);
}

bool alm_exact_add(alm_exact *a, alm_exact b) {
    if (b.mantissa == 0) return true;
    alm_exact sum = *a;
    if (sum.mantissa == 0) {
        *a = b;
        return true;
    }
    if (!align(&sum, &b) || sum.mantissa > UINT64_MAX - b.mantissa) return false;
    *a = alm_exact_of(sum.mantissa + b.mantissa, sum.exponent);
    return true;
}

bool alm_exact_subtract(alm_exact *a, alm_exact b) {
    if (b.mantissa == 0) return true;
    alm_exact rest = *a;
    if (rest.mantissa == 0 || !align(&rest, &b) || rest.mantissa < b.mantissa) return false;
    *a = alm_exact_of(rest.mantissa - b.mantissa, rest.exponent);
    return true;
}

bool alm_exact_multiply(alm_exact *a, alm_exact b) {
    if (a->mantissa != 0 && b.mantissa > UINT64_MAX / a->mantissa) return false;
    *a = alm_exact_of(a->mantissa * b.mantissa, a->exponent + b.exponent);
    return true;
}

int alm_exact_compare(alm_exact a, alm_exact b) {
    if (a.mantissa == 0 || b.mantissa == 0) return (a.mantissa != 0) - (b.mantissa != 0);
    /* where one cannot be lowered, it is the larger one: its exponent is greater and its digits run out of room */
    if (!align(&a, &b)) return a.exponent > b.exponent ? 1 : -1;
    return (a.mantissa > b.mantissa) - (a.mantissa < b.mantissa);
}

bool alm_exact_read(alm_exact *out, alm_str digits) {
    uint64_t mantissa = 0;
    int places = 0, count = 0;
    bool fraction = false;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        if (c == '.') fraction = true;
        if (c < '0' || c > '9') continue;
        if (mantissa != 0 || c != '0') count++;
        if (count > MAX_DIGITS) return false;
        mantissa = mantissa * 10 + (uint64_t)(c - '0');
        places += fraction;
    }
    if (places > MAX_EXPONENT) return false;
    *out = alm_exact_of(mantissa, -places);
    return true;
}

static size_t add_zeros(char *text, size_t at, int count) {
    if (count > MAX_EXPONENT) count = MAX_EXPONENT;
    if (count <= 0) return at;
    memset(text + at, '0', (size_t)count);
    return at + (size_t)count;
}

alm_str alm_exact_text(alm_arena *arena, alm_exact a, bool negative) {
    assert(!alm_exact_is_wild(a));
    char digits[20], text[TEXT_MAX];
    int count = 0;
    for (uint64_t rest = a.mantissa; rest || count == 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    int point = count + a.exponent; /* how many digits stand before it */
    size_t at = 0;
    if (negative && a.mantissa != 0) text[at++] = '-';
    if (point <= 0) text[at++] = '0';
    if (point <= 0) text[at++] = '.';
    at = add_zeros(text, at, -point);
    for (int i = 0; i < count; i++) {
        if (i > 0 && i == point) text[at++] = '.';
        text[at++] = digits[count - 1 - i];
    }
    at = add_zeros(text, at, point - count);
    return alm_arena_copy(arena, (alm_str){text, at});
}
