/**
 * Small questions about tokens that the finders share. Inside this folder only.
 */
#ifndef ALM_EXTRACT_MENTION_WALK_H
#define ALM_EXTRACT_MENTION_WALK_H

#include "extract/rules/fold.h"

/** A Chinese character by code point: the Unified Ideographs and their extension A, and U+3007. */
static inline bool alm_is_han(uint32_t cp) {
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || cp == 0x3007 || cp >= 0x20000;
}
static inline bool alm_is_latin(uint32_t cp) {
    return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || (cp >= 0xC0 && cp <= 0x24F);
}
static inline bool alm_is_digit(uint32_t cp) { return cp >= '0' && cp <= '9'; }

/** A character of running text that is in no word: Han. */
static inline bool alm_is_plain_han(const alm_token *token) {
    return token->class_id == ALM_CLASS_TEXT && alm_is_han(token->cp);
}

enum {
    ALM_CP_MIDDLE_DOT = 0xB7,
    ALM_CP_QUOTE_OPEN = 0x201C,
    ALM_CP_QUOTE_CLOSE = 0x201D,
    ALM_CP_BRACKET_OPEN = 0xFF08,
    ALM_CP_BRACKET_CLOSE = 0xFF09,
    ALM_CP_TITLE_OPEN = 0x300A,
    ALM_CP_TITLE_CLOSE = 0x300B,
    ALM_CP_LIST_COMMA = 0x3001,
    ALM_CP_STOP = 0x3002,
    ALM_CP_COMMA = 0xFF0C,
    ALM_CP_SEMICOLON = 0xFF1B,
    ALM_CP_COLON = 0xFF1A,
    ALM_CP_QUESTION = 0xFF1F,
    ALM_CP_EXCLAMATION = 0xFF01,
    ALM_CP_EM_DASH = 0x2014
};

/** Code points of the shadow that the tokens [first, last) cover. */
size_t alm_walk_length(const alm_folded *folded, uint32_t first, uint32_t last);

/** The token of the quote, bracket or title mark that opens what tokens[close] closes, at most @p max before it;
 * UINT32_MAX. */
uint32_t alm_walk_opening(const alm_folded *folded, uint32_t close, uint32_t max);

/** Tokens[i] is no word here: one character becomes plain text again, a longer word an ordinary noun. */
void alm_walk_release(alm_folded *folded, uint32_t i);

/** A verb of making, selling, having or needing a thing, by the list that finders consult. */
bool alm_walk_trades(const alm_folded *folded, const alm_token *token);

#endif
