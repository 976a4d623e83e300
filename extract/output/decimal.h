/**
 * Plain decimals as text ("100000", "345300.5"): what output needs of them. Exact; no sign, no exponent.
 */
#ifndef ALM_EXTRACT_OUTPUT_DECIMAL_H
#define ALM_EXTRACT_OUTPUT_DECIMAL_H

#include "base/arena.h"
#include "base/base.h"

/** @p decimal with two digits at least behind the point, in @p arena; {0} for {0}, and when out of memory. */
alm_str alm_decimal_money(alm_arena *arena, alm_str decimal);

/** a + b in @p arena; the other where one is {0}; {0} out of memory. */
alm_str alm_decimal_add(alm_arena *arena, alm_str a, alm_str b);

#endif
