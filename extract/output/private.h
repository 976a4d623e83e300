/**
 * Private people: those of a document who hold no post and stand for no organisation on its page. Their names can be
 * masked or left out before a document is written, for users whom personal-information law binds.
 */
#ifndef ALM_EXTRACT_OUTPUT_PRIVATE_H
#define ALM_EXTRACT_OUTPUT_PRIVATE_H

#include "base/arena.h"
#include "extract/document.h"

typedef enum alm_private {
    ALM_PRIVATE_KEEP,
    ALM_PRIVATE_MASK, /**< the first character, two stars and a hash of the name with the salt: one person, one mask */
    ALM_PRIVATE_DROP  /**< no longer among people, donors, recipients and channels; what they gave stays */
} alm_private;

/** NULL-terminated: "keep", "mask", "drop", in the order of alm_private. */
extern const char *const alm_private_names[];

/**
 * *out = @p document with its private people treated. In texts (title, evidence, text, …) their names become stars,
 * after the first character when masked, as many characters as before, so that spans hold; names of others are never
 * touched. The uid of a donation that changed is made anew from the old one and @p salt. Masking what is masked changes
 * nothing.
 *
 * What changes is in @p arena, the rest is shared with @p document. @p salt must not be empty, unless people are kept.
 *
 * @return ALM_OK, ALM_E_INVALID (no salt), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_private_apply(alm_document *out, alm_arena *arena, const alm_document *document,
                                          alm_private what, alm_str salt, alm_err *err);

#endif
