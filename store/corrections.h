/**
 * Which new donation of a page corrects which that disappeared.
 */
#ifndef ALM_STORE_CORRECTIONS_H
#define ALM_STORE_CORRECTIONS_H

#include "base/arena.h"
#include "store/settle.h"

/**
 * For each of the @p count donations of @p told whose place in @p is_new is set, find the one of @p known whose place
 * in
 * @p is_lost is set and that it replaces: of the same uid; else of the same donor, gift and recipients in all but one;
 * else of the same donor. Each is taken once, in the order of the page. replaces[i] becomes its donation_id or 0.
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_corrections_find(int64_t *replaces, alm_arena *arena, const alm_told_donation *told,
                                             const bool *is_new, size_t count, const alm_known_page *known,
                                             const bool *is_lost);

#endif
