/**
 * The names in a donor's cell or list item: firms and people, with brackets, list marks and words for groups. Inside
 * this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_DONOR_CELL_H
#define ALM_EXTRACT_RELATE_DONOR_CELL_H

#include "extract/relate/relation.h"

/**
 * Add the donors that tokens [first, last) name to @p gift; none where the cell names nobody (anonymous). A cell that
 * is no list of known names is one name as a whole.
 */
ALM_MUST_USE alm_status alm_cell_donors(alm_relation *relation, alm_gift *gift, uint32_t first, uint32_t last);

/** A mention of an organisation whose name is what tokens [first, last) spell. */
ALM_MUST_USE alm_status alm_cell_name(alm_relation *relation, uint32_t first, uint32_t last, uint32_t *out);

void alm_cell_donor_add(alm_gift *gift, alm_actor actor);

/** The closing bracket of the one at @p open, or @p last. */
uint32_t alm_cell_closing(const alm_folded *folded, uint32_t open, uint32_t last);

/** A mark or word between the names of a list. */
bool alm_cell_separates(const alm_token *token);

#endif
