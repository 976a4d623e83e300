/**
 * What the shadow's files share: the kinds of characters, the tables, and the text as an array of characters on its way
 * from original to shadow.
 */
#ifndef ALM_EXTRACT_PAGE_SHADOW_PRIV_H
#define ALM_EXTRACT_PAGE_SHADOW_PRIV_H

#include "extract/page/shadow.h"

typedef enum alm_char_kind {
    ALM_CHAR_OTHER,
    ALM_CHAR_HAN,
    ALM_CHAR_DIGIT,    /**< 0 to 9 */
    ALM_CHAR_LETTER,   /**< of any other script */
    ALM_CHAR_BREAK,    /**< '\n', '\t' */
    ALM_CHAR_CHINESE,  /**< Chinese punctuation */
    ALM_CHAR_MARK,     /**< , ; : ! ? before it is settled whether they are Chinese */
    ALM_CHAR_DASH,     /**< em dash */
    ALM_CHAR_HYPHEN,   /**< hyphen and minus */
    ALM_CHAR_CURRENCY, /**< a currency sign */
    /* from here on a character is not simply another one */
    ALM_CHAR_SPACE,   /**< white space inside a line */
    ALM_CHAR_KEPT,    /**< a space that was judged and stays */
    ALM_CHAR_NOTHING, /**< zero-width: leaves no trace */
    ALM_CHAR_EXPANDED /**< in the tables only: stands for several characters */
} alm_char_kind;

/** One character of the shadow. */
typedef struct alm_shadow_char {
    uint32_t code;
    uint32_t at;   /**< byte offset in the original */
    uint8_t kind;  /**< alm_char_kind */
    uint8_t width; /**< of a space: in half-width columns, at most 255; of a mark: 2 where it was full-width */
} alm_shadow_char;

enum { ALM_EXPANSION_MAX = 18, ALM_SYLLABLE_MAX = 7 };

typedef struct alm_shadow_form {
    uint16_t code; /**< the form in the shadow; of EXPANDED: index into expansions */
    uint8_t kind;
} alm_shadow_form;

struct alm_shadow_tables {
    alm_shadow_form forms[0x10000];
    uint32_t *expansions; /**< each a length and its code points */
    size_t expansion_count, expansion_cap;
    uint64_t *syllables; /**< ASCII letters packed big-endian, sorted */
    size_t syllable_count, syllable_cap;
};

/** The text as characters, one by one mapped by the tables, with room for what they expand to. */
typedef struct alm_shadow_line {
    alm_shadow_char *chars;
    size_t count, cap;
    size_t han, traditional; /**< how many are Han; how many of them changed */
    size_t strewn;           /**< repeated marks and pinyin that were dropped */
} alm_shadow_line;

/** Punctuation, dashes and pinyin: what depends on neighbours, but for spaces. In place. */
void alm_shadow_settle_marks(alm_shadow_line *line, const alm_shadow_tables *tables);
/** Remove the spaces that the shadow has no use for. In place. */
void alm_shadow_settle_spaces(alm_shadow_line *line);

/** True where the letters (base letters, lower case) are one to @p max pinyin syllables. */
bool alm_shadow_is_pinyin(const alm_shadow_tables *tables, const char *letters, size_t len, size_t max);

#endif
