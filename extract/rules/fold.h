/**
 * Tokens, mentions and the folded text.
 *
 * A token is a value, a word of the lexicon or one character; a mention is a span with a type, made by a finder or a
 * rule. Folding replaces the tokens of a mention by one token. The folded text is the tokens' code points: a class's
 * own for what is folded, the character itself elsewhere.
 */
#ifndef ALM_EXTRACT_RULES_FOLD_H
#define ALM_EXTRACT_RULES_FOLD_H

#include "base/arena.h"
#include "base/base.h"
#include "extract/rules/pack.h"
#include "extract/value/value.h"

typedef struct alm_token {
    uint32_t start, end; /**< bytes of the shadow */
    uint32_t cp;         /**< what the folded text holds */
    uint16_t class_id;   /**< ALM_CLASS_TEXT for a plain character */
    uint32_t sense;      /**< the word's first sense + 1 in pack->scanned; 0 = no word */
    uint32_t mention;    /**< index + 1; 0 = none */
} alm_token;

typedef struct alm_mention {
    uint16_t class_id;
    uint32_t start, end;     /**< bytes of the shadow */
    const alm_token *inside; /**< the tokens that were folded */
    uint32_t inside_count;
    const alm_value *value; /**< of MONEY, QUANTITY, DATE, NUMBER; of GOODS its quantity, or NULL */
    alm_str name;           /**< of ORG, PERSON, GOODS: the name itself, in the shadow, without quotes around it */
    uint32_t detail;        /**< of ORG: its alm_organisation_type; of PERSON, ROLE: flags of the finder */
    uint32_t entity;        /**< index + 1 of the settled entity; 0 = not settled */
    alm_str rule;           /**< who made it */
    bool reference;         /**< of ORG: no name of its own ("the association"); settle finds whom it means */
    uint8_t strength;       /**< how sure its finder is, 0..100 */
} alm_mention;

/** The work on one document: what the finders and rules read and write. */
typedef struct alm_folded {
    alm_arena *arena;
    const alm_pack *pack;
    alm_str text;     /**< the shadow */
    bool traditional; /**< of a page in Traditional characters */
    alm_token *tokens;
    size_t count, cap;
    alm_mention *mentions;
    size_t mention_count, mention_cap;
    uint32_t *code_points; /**< tokens[i].cp, count entries, as alm_fold_close left them; NULL: to be made anew */
    size_t unchanged;      /**< tokens before this one are as alm_fold_close left them; alm_token_touch */
} alm_folded;

/** A new mention; its index + 1 in *out. */
ALM_MUST_USE alm_status alm_mention_add(alm_folded *folded, const alm_mention *mention, uint32_t *out);

/**
 * Fold tokens [first, last) into one of mention @p mention (index + 1): in place, the rest closes up with
 * alm_fold_close. The mention remembers the tokens it swallowed.
 */
ALM_MUST_USE alm_status alm_fold(alm_folded *folded, uint32_t first, uint32_t last, uint32_t mention);

/** Squeeze out the tokens that alm_fold emptied, and make code_points anew from the first token touched on. */
ALM_MUST_USE alm_status alm_fold_close(alm_folded *folded);

/** Token @p i gets another code point than it had: alm_fold_close will see to it. */
static inline void alm_token_touch(alm_folded *folded, size_t i) {
    if (i < folded->unchanged) folded->unchanged = i;
}

static inline alm_mention *alm_mention_of(const alm_folded *folded, const alm_token *token) {
    return token->mention ? &folded->mentions[token->mention - 1] : NULL;
}
static inline alm_str alm_token_text(const alm_folded *folded, const alm_token *token) {
    return alm_str_slice(folded->text, token->start, token->end);
}
/** The token's attribute @p attr in class @p class_id; {0} where it is no such word. */
alm_str alm_token_attr(const alm_folded *folded, const alm_token *token, uint16_t class_id, size_t attr);
/** True where the token, folded or not, can be of class @p class_id: its own class or another sense of the word. */
bool alm_token_can_be(const alm_folded *folded, const alm_token *token, uint16_t class_id);

#endif
