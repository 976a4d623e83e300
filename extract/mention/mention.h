/**
 * Step 4, mention: the shadow text to tokens, and tokens to typed spans: values, roles, organisations, people, goods.
 *
 * Finders run in this order, each on the text as the ones before it folded it.
 */
#ifndef ALM_EXTRACT_MENTION_MENTION_H
#define ALM_EXTRACT_MENTION_MENTION_H

#include "base/base.h"
#include "extract/rules/fold.h"

/**
 * Fill @p folded (arena, pack and text set, the rest zero) with tokens: values first, then the longest word of the
 * lexicon, else a character. @p published gives partial dates their year.
 */
ALM_MUST_USE alm_status alm_tokens_make(alm_folded *folded, alm_str published, alm_err *err);

/** Fold role heads with their prefixes into ROLE. */
ALM_MUST_USE alm_status alm_roles_find(alm_folded *folded, alm_err *err);

/** Fold organisation names into ORG: anchored at the suffix, looking left. */
ALM_MUST_USE alm_status alm_organisations_find(alm_folded *folded, alm_err *err);

/** Fold firms that only what they do tells: subjects of giving that end with a trade. After the organisations. */
ALM_MUST_USE alm_status alm_givers_find(alm_folded *folded, alm_err *err);

/** Fold names in transcription (Han with a middle dot) into PERSON: before organisations, which would cut them. */
ALM_MUST_USE alm_status alm_foreign_people_find(alm_folded *folded, alm_err *err);

/** Fold names of people into PERSON, by what stands beside them. */
ALM_MUST_USE alm_status alm_people_find(alm_folded *folded, alm_err *err);

/** Fold things with their quantities into GOODS. */
ALM_MUST_USE alm_status alm_goods_find(alm_folded *folded, alm_err *err);

#endif
