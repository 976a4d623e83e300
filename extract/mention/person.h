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

enum {
    ALM_PERSON_LIKELY = 54, /**< candidates that score so much are names where they stand twice, before other words */
    ALM_MAX_KNOWN_NAMES = 512
};

/** The likeliest name that begins at token @p i, if none likelier begins inside it: score 0 without. */
alm_candidate alm_person_best_at(const alm_folded *folded, uint32_t i);

/** Token @p i is a surname that follows the comma of a list. */
bool alm_person_may_be_listed(const alm_folded *folded, uint32_t i);

/** Fold a candidate into PERSON. */
ALM_MUST_USE alm_status alm_person_fold(alm_folded *folded, alm_candidate c);

/** Take words apart that may be half a name, behind a role or where a giver stands. */
ALM_MUST_USE alm_status alm_person_take_apart(alm_folded *folded);

/**
 * Names found for certain. By a bucket of their first character, so that a text is walked once and a place is held
 * against the few names that may begin there.
 */
typedef struct alm_known_names {
    alm_str names[ALM_MAX_KNOWN_NAMES];
    uint16_t next[ALM_MAX_KNOWN_NAMES], bucket[256]; /**< index + 1; 0 = none */
    size_t count;
} alm_known_names;

/** The characters of @p token as tokens of their own, from tokens[*kept] on. */
void alm_person_spell(const alm_folded *folded, const alm_token *token, alm_token *tokens, size_t *kept);

/** Beyond the maximum, names are no longer added. @p name has two characters or more. */
void alm_known_names_add(alm_known_names *known, alm_str name);
uint8_t alm_known_names_bucket(alm_str name);
/** Fold the names from number @p from on wherever the text spells them; words that they cut are taken apart. */
ALM_MUST_USE alm_status alm_known_names_find(alm_known_names *known, alm_folded *folded, size_t from);

/** A token that may be part of a given name: a character, or a short word that is no mention; its @p length. */
bool alm_person_may_be_given(const alm_folded *folded, uint32_t i, uint32_t *length);

/** Token @p i is a surname, and not one that is seldom met. */
bool alm_person_is_usual_surname(const alm_folded *folded, uint32_t i);

/** Punctuation or the end of the text at token @p i: no word of grammar stands before that. */
bool alm_person_stands_before_mark(const alm_folded *folded, uint32_t i);

/** What the form alone says: 0 where the tokens cannot be surname [first, surname_end) and given name up to @p last. */
int alm_person_score_form(const alm_folded *folded, uint32_t first, uint32_t surname_end, uint32_t last);

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
