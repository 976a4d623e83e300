/**
 * The lexicon: every word that the pack lists, with what it can be, in one trie that is walked once over a text.
 *
 * Immutable once built, shared by threads.
 */
#ifndef ALM_EXTRACT_RULES_LEXICON_H
#define ALM_EXTRACT_RULES_LEXICON_H

#include "base/base.h"

enum { ALM_LEXICON_MAX_ATTRS = 3, ALM_LEXICON_MAX_WORD = 96 };

/** One reading of a word: its class and what the list says about it in that class. */
typedef struct alm_sense {
    uint16_t class_id;
    uint16_t list; /**< which list it came from, for explain and the linter; see alm_pack */
    uint8_t layer; /**< which layer of the pack says so */
    bool dead;     /**< said again later in the same layer */
    uint32_t line; /**< of the list's file */
    alm_str word;  /**< set by alm_lexicon_add */
    alm_str attrs[ALM_LEXICON_MAX_ATTRS];
    uint32_t next; /**< index of the word's next sense + 1; 0 = last */
} alm_sense;

typedef struct alm_lexicon alm_lexicon;

/** An empty lexicon, owned by the caller (alm_lexicon_free); NULL out of memory. */
alm_lexicon *alm_lexicon_new(void);
void alm_lexicon_free(alm_lexicon *lexicon);

/**
 * Add a word. @p word and the attributes are borrowed for the lexicon's life. The first sense added to a word is its
 * primary one, but senses of a later layer go before those of the layers below. The same word and class again replaces
 * the sense.
 *
 * @return ALM_OK, ALM_E_INVALID (empty, longer than ALM_LEXICON_MAX_WORD bytes), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_lexicon_add(alm_lexicon *lexicon, alm_str word, const alm_sense *sense);

/**
 * Lay the words out for reading, once all are in: lookups are the same, and faster. A word that comes or goes later
 * undoes it. ALM_OK or ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_lexicon_freeze(alm_lexicon *lexicon);

/** Take the sense @p class_id
 from @p word; false where it has none. */
bool alm_lexicon_remove(alm_lexicon *lexicon, alm_str word, uint16_t class_id);

/**
 * The longest word that starts at byte @p at of @p text: its length in bytes and, in *sense, its first sense's index
 * + 1. 0 where no word starts there. Precondition: valid UTF-8.
 */
size_t alm_lexicon_longest(const alm_lexicon *lexicon, alm_str text, size_t at, uint32_t *sense);

/** The first sense's index + 1 of exactly @p word, or 0. */
uint32_t alm_lexicon_find(const alm_lexicon *lexicon, alm_str word);

/** A sense by its index + 1. */
const alm_sense *alm_lexicon_sense(const alm_lexicon *lexicon, uint32_t sense);

/** The sense of class @p class_id among those that begin at @p sense, or NULL. */
const alm_sense *alm_lexicon_sense_of(const alm_lexicon *lexicon, uint32_t sense, uint16_t class_id);

/** Senses that were added, dead ones too: their indexes + 1 are 1 to this. */
size_t alm_lexicon_sense_count(const alm_lexicon *lexicon);

/** Words in the lexicon. */
size_t alm_lexicon_count(const alm_lexicon *lexicon);

#endif
