/**
 * Exact decimals: a whole mantissa and a power of ten. What does not fit is refused, never rounded. Only value/
 * computes with these; relate/ adds up sums and their parts.
 *
 * Nineteen significant digits hold every sum of money that a page can name; longer digit runs are codes, not amounts.
 */
#ifndef ALM_EXTRACT_VALUE_EXACT_H
#define ALM_EXTRACT_VALUE_EXACT_H

#include "base/arena.h"
#include "base/base.h"

/** mantissa * 10^exponent; the mantissa does not end in 0, so that equal values are equal structs. Zero is {0}. */
typedef struct alm_exact {
    uint64_t mantissa;
    int exponent;
} alm_exact;

alm_exact alm_exact_of(uint64_t mantissa, int exponent);
/** *a += b, or false (and *a untouched) where the sum has too many digits. */
ALM_MUST_USE bool alm_exact_add(alm_exact *a, alm_exact b);
/** *a -= b, or false (and *a untouched) where a < b or the difference has too many digits. */
ALM_MUST_USE bool alm_exact_subtract(alm_exact *a, alm_exact b);
/** *a *= b, or false (and *a untouched) where the product has too many digits. */
ALM_MUST_USE bool alm_exact_multiply(alm_exact *a, alm_exact b);
/** More than forty places before or behind the point: no figure that alm_exact_text would write. */
bool alm_exact_is_wild(alm_exact a);
/** a * 10^power */
alm_exact alm_exact_scale(alm_exact a, int power);
/** <0, 0, >0 */
int alm_exact_compare(alm_exact a, alm_exact b);

/** Read digits with at most one '.', group marks (',') skipped; false where there are more than 19 digits. */
ALM_MUST_USE bool alm_exact_read(alm_exact *out, alm_str digits);
/** "100000", "0.5", with "-" in front where @p negative, in the arena, NUL-terminated; .ptr is NULL out of
 * memory. Precondition: @p a is not wild. */
alm_str alm_exact_text(alm_arena *arena, alm_exact a, bool negative);

#endif
