/**
 * The normalised shadow of a text, which rules see, and the way back to the text, which people see.
 *
 * So that a rule need know one form only, characters come out as follows.
 *
 * - Full-width, half-width, compatibility and vertical forms: NFKC, squared units spelt out; but superscripts,
 *   fractions, enclosed numbers and the ellipsis stay, for their digits would run into the next number.
 * - Traditional characters: Simplified ones, by the pack's lexicon/trad-simp.tsv.
 * - Private use characters: U+FFFD, for folded text has its own use for them.
 * - Zero-width and control characters, soft hyphens, variation selectors: nothing.
 * - Round brackets: full-width, always.
 * - The marks , ; : ! ? are full-width beside Han or Chinese punctuation, ASCII in numbers and times (2,300 10:30) and
 *   in Latin text.
 * - Double quotation marks and corner brackets: U+201C and U+201D; single ones: U+2018 and U+2019; ASCII ones stay.
 * - Two dashes or hyphens and more: two em dashes (U+2014). One: '-' between digits and at Latin letters, else one em
 *   dash.
 * - Tildes: '~'. Middle dots: U+00B7. Circles for zero: U+3007.
 * - A comma, stop, semicolon, U+3001, '!' or '?' again and again: once.
 * - Brackets with nothing but pinyin in small letters, behind the Han that it spells: nothing.
 *
 * White space of any kind and length is one ' ', and nothing at all: at a line's ends; beside Chinese punctuation;
 * between Han and a number or Latin word (where it is one narrow space, and no further entry of a list of names and
 * numbers begins there); between digits that stand one by one (1 0 0 0); and between Han that stand one by one, as in
 * spaced headlines and names drawn out to the width of three. In a list of names such Han are joined two by two: the
 * spaces that part names stay.
 *
 * '\n' and '\t' between blocks stay.
 */
#ifndef ALM_EXTRACT_PAGE_SHADOW_H
#define ALM_EXTRACT_PAGE_SHADOW_H

#include "base/arena.h"
#include "base/base.h"

/** What the pack knows of characters; immutable once made, shared by threads. */
typedef struct alm_shadow_tables alm_shadow_tables;

/** Two files of a pack's lexicon: '#' starts a comment line. */
typedef struct alm_shadow_files {
    alm_str trad_simp; /**< a Traditional character, tab, its Simplified one */
    alm_str pinyin;    /**< a syllable without tone a line; may be empty */
} alm_shadow_files;

/**
 * @return ALM_OK, ALM_E_PARSE with file, line and column, ALM_E_NOMEM. The caller owns *out (alm_shadow_tables_free).
 */
ALM_MUST_USE alm_status alm_shadow_tables_new(alm_shadow_tables **out, const alm_shadow_files *files, alm_err *err);
void alm_shadow_tables_free(alm_shadow_tables *tables);

typedef struct alm_shadow {
    alm_str text;           /**< NUL-terminated, in the arena */
    const uint32_t *origin; /**< text.len + 1 entries: for each byte of the shadow the byte offset, in the original, of
                               the character it comes from; the last entry is the original's length */
    const uint32_t
        *count; /**< for each byte of the *original* the number of code points before it; original.len + 1 entries */
    alm_str original; /**< borrowed */
    size_t strewn;    /**< places where repeated marks or pinyin were dropped: mirrors strew them in */
    bool traditional; /**< more than one Han character in ten had a Simplified form of its own */
} alm_shadow;

/**
 * Make the shadow of @p text (valid UTF-8, below 4 GiB). Linear.
 *
 * @return ALM_OK, ALM_E_LIMIT (larger), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_shadow_make(alm_shadow *out, alm_arena *arena, const alm_shadow_tables *tables,
                                        alm_str text, alm_err *err);

/** [start, end) in bytes of the shadow to bytes of the original: from the first character's start to the last one's
 * end. Both on character boundaries; an empty span stays empty. */
void alm_shadow_to_original(const alm_shadow *shadow, uint32_t start, uint32_t end, uint32_t *from, uint32_t *to);

/** The same to code points of the original: what the JSON's spans hold. */
void alm_shadow_to_code_points(const alm_shadow *shadow, uint32_t start, uint32_t end, uint32_t *from, uint32_t *to);

#endif
