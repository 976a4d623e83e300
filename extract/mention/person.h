/**
 * What the finders of people's names share. Inside this folder only.
 */
#ifndef ALM_EXTRACT_MENTION_PERSON_H
#define ALM_EXTRACT_MENTION_PERSON_H

#include "extract/rules/fold.h"

/** A stretch of tokens [first, last) that may be a name, and how likely; empty where there is none. */
typedef struct alm_candidate {
    uint32_t first, last;
    int score;
    const char *rule;
} alm_candidate;

/** How much the token before @p first, and the one at @p last, speak for a name between them: about -25 to 45. */
int alm_person_score_left(const alm_folded *folded, uint32_t first);
int alm_person_score_right(const alm_folded *folded, uint32_t last);

/** The lexicon's sense of the tokens' text in a class that is consulted, not scanned; NULL. */
const alm_sense *alm_person_consult(const alm_folded *folded, uint32_t first, uint32_t last, uint16_t class_id);

/** A middle dot, or a full stop between Chinese characters that stands for one. */
bool alm_foreign_is_dot(const alm_folded *folded, uint32_t i);
/** Names of other languages: parts joined by the dot at @p dot; capitalised Latin words from @p first; parts that the
 * lexicon knows, without a dot, from @p first. */
alm_candidate alm_foreign_dotted(const alm_folded *folded, uint32_t dot);
alm_candidate alm_foreign_latin(const alm_folded *folded, uint32_t first);
alm_candidate alm_foreign_parts(const alm_folded *folded, uint32_t first);

#endif
