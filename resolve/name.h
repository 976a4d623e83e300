/**
 * Names of organisations and people as they are compared over pages: folded, and cut into place, core and ending.
 *
 * What a place, a level of government or an ending is, the rule pack says; no word of Chinese stands in the code.
 */
#ifndef ALM_RESOLVE_NAME_H
#define ALM_RESOLVE_NAME_H

#include "base/arena.h"
#include "base/base.h"

/** The pack's words and character tables; immutable once made. */
typedef struct alm_name_words alm_name_words;

/**
 * Load them from the rule pack in folder @p rules_dir.
 *
 * @return ALM_OK, ALM_E_PARSE, ALM_E_NOT_FOUND, ALM_E_IO, ALM_E_NOMEM. The caller owns *out (alm_name_words_free).
 */
ALM_MUST_USE alm_status alm_name_words_new(alm_name_words **out, const char *rules_dir, alm_err *err);
void alm_name_words_free(alm_name_words *words);

enum { ALM_NAME_MAX_PLACES = 4 };

/** Texts live in the arena that the name was made in. */
typedef struct alm_name {
    alm_str text;                        /**< folded: one width, one script; no quotes, spaces or brackets */
    alm_str places[ALM_NAME_MAX_PLACES]; /**< that it begins with or holds in brackets, widest first */
    uint8_t place_count;
    bool placed;    /**< one of them in full: a short one may be a brand that only sounds like a place */
    alm_str core;   /**< what is left without places and ending; the ending itself where nothing else is left */
    alm_str ending; /**< "limited company", "charity federation", …; may be empty */
    alm_str kind;   /**< of the ending, as the pack calls it: "company", "association", …; may be empty */
    bool local;     /**< begins with a bare level ("the county's …"): which county, only the page can tell */
    bool masked;    /**< parts of it are starred out */
} alm_name;

/**
 * Fold and cut @p text, an organisation's name, into *out.
 *
 * @return ALM_OK, ALM_E_NOMEM, ALM_E_LIMIT (longer than 4 GiB).
 */
ALM_MUST_USE alm_status alm_name_of_organisation(alm_name *out, alm_arena *arena, const alm_name_words *words,
                                                 alm_str text, alm_err *err);
/** The same for a person: folded, nothing is cut. */
ALM_MUST_USE alm_status alm_name_of_person(alm_name *out, alm_arena *arena, const alm_name_words *words, alm_str text,
                                           alm_err *err);

/** A local name said in full where @p place is of its level: "the county's X" in county Y is Y's X. Else unchanged. */
ALM_MUST_USE alm_status alm_name_localise(alm_name *name, alm_arena *arena, const alm_name_words *words, alm_str place,
                                          alm_err *err);

/** How two names relate, from worst to best. */
typedef enum alm_likeness {
    ALM_LIKE_ELSEWHERE, /**< the same but for the place: another body */
    ALM_LIKE_NOTHING,
    ALM_LIKE_MASKED, /**< nothing speaks against it but stars */
    ALM_LIKE_SHORT,  /**< one may be short for the other */
    ALM_LIKE_CORE,   /**< the same but for a place or a legal form that one leaves out */
    ALM_LIKE_SAME    /**< character by character */
} alm_likeness;

alm_likeness alm_name_compare(const alm_name *a, const alm_name *b);
alm_likeness alm_person_compare(const alm_name *a, const alm_name *b);

/** The same place, or one a shorter form of the other. */
bool alm_place_is_same(alm_str a, alm_str b);

#endif
