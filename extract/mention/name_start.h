/**
 * Where a name of an organisation begins. Inside this folder only.
 */
#ifndef ALM_EXTRACT_MENTION_NAME_START_H
#define ALM_EXTRACT_MENTION_NAME_START_H

#include "extract/rules/fold.h"

/**
 * The first token of the likeliest name that ends with the tokens [end, last) (its ending, or nothing where @p end ==
 * @p last), reading left from @p end; @p end itself where nothing there is likely to be of a name. *score, unless NULL,
 * tells how likely: above 0 for a name. Linear in the longest name.
 */
uint32_t alm_name_start(const alm_folded *folded, uint32_t end, int *score);

/** A token that a name may hold without doubt: no verb, no grammar, no post. */
bool alm_name_may_hold(const alm_folded *folded, uint32_t i);

/** A number with a measure that names rather than counts, before an ending: "class of 2002". */
bool alm_name_is_naming_quantity(const alm_folded *folded, uint32_t i);

#endif
