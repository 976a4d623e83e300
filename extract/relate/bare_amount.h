/**
 * A bare number where only money can stand: behind a name in a list, in a column of amounts. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_BARE_AMOUNT_H
#define ALM_EXTRACT_RELATE_BARE_AMOUNT_H

#include "extract/relate/unit_note.h"

/** The token is a plain number, of three digits or more where no note tells the unit: an amount without its unit. */
bool alm_bare_amount_is(const alm_relation *relation, const alm_token *token);

/**
 * A MONEY mention for the number at @p token in @p unit; where that names no currency, as the last note before it says,
 * else in CNY. Its index + 1 in *out.
 */
ALM_MUST_USE alm_status alm_bare_amount_mention(alm_relation *relation, const alm_token *token, alm_column_unit unit,
                                                uint32_t *out);

#endif
