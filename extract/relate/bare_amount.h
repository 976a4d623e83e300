/**
 * A bare number where only money can stand: behind a name in a list, in a column of amounts. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_BARE_AMOUNT_H
#define ALM_EXTRACT_RELATE_BARE_AMOUNT_H

#include "extract/relate/relation.h"

/** The token is a plain number of three digits or more: an amount without its unit. */
bool alm_bare_amount_is(const alm_folded *folded, const alm_token *token);

/**
 * A MONEY mention for the number at @p token: in @p currency ({0}: CNY), times ten to the @p power. Its index + 1 in
 * *out.
 */
ALM_MUST_USE alm_status alm_bare_amount_mention(alm_folded *folded, const alm_token *token, alm_str currency,
                                                uint32_t power, uint32_t *out);

#endif
