/**
 * The steps of a resolver. Inside this folder only.
 */
#ifndef ALM_RESOLVE_RESOLVER_PRIV_H
#define ALM_RESOLVE_RESOLVER_PRIV_H

#include "resolve/resolver.h"

struct alm_resolver {
    alm_arena arena;
    alm_claims told;
    alm_tie *ties;
    size_t tie_count, tie_cap;
    uint32_t *gift;         /**< of each claim: the one whose uid names it */
    uint32_t *speaker;      /**< of each gift, by the claim that names it */
    uint32_t *canonical_of; /**< of each told organisation */
    const char **canonical_why;
    alm_canonical *canonical;
    size_t canonical_count;
};

/** Find and judge the pairs of claims that may be one gift. */
ALM_MUST_USE alm_status alm_resolver_pair(alm_resolver *resolver, alm_err *err);
/** Join tied claims into gifts, the surest ties first. */
ALM_MUST_USE alm_status alm_resolver_join(alm_resolver *resolver, alm_err *err);
/** Join the organisations. After the gifts, which tell what short forms mean. */
ALM_MUST_USE alm_status alm_resolver_join_organisations(alm_resolver *resolver, alm_err *err);

/** The root of @p i in a forest of parents; shortens the way. */
static inline uint32_t alm_forest_root(uint32_t *parents, uint32_t i) {
    while (parents[i] != i) i = parents[i] = parents[parents[i]];
    return i;
}

#endif
