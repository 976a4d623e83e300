#include "resolve/resolver_priv.h"

#include "base/alloc.h"

enum { MIB = 1 << 20 };

/* What a store of some million donations needs; beyond it the run stops cleanly. */
static const size_t arena_max = (size_t)8192 * MIB;

alm_status alm_resolver_new(alm_resolver **out, const alm_name_words *words, alm_err *err) {
    alm_resolver *r = alm_calloc(1, sizeof *r);
    if (!r) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_arena_init(&r->arena, arena_max);
    r->told.arena = &r->arena;
    r->told.words = words;
    *out = r;
    return ALM_OK;
}

void alm_resolver_free(alm_resolver *r) {
    if (!r) return;
    alm_free(r->told.pages);
    alm_free(r->told.claims);
    alm_free(r->told.organisations);
    alm_free(r->ties);
    alm_arena_release(&r->arena);
    alm_free(r);
}

alm_status alm_resolver_add(alm_resolver *r, alm_str page_document, int64_t tag, alm_err *err) {
    return alm_claims_add(&r->told, page_document, tag, err);
}

alm_status alm_resolver_run(alm_resolver *r, alm_err *err) {
    alm_status status = alm_claims_order(&r->told, err);
    if (status == ALM_OK) status = alm_resolver_pair(r, err);
    if (status == ALM_OK) status = alm_resolver_join(r, err);
    if (status == ALM_OK) status = alm_resolver_join_organisations(r, err);
    return status;
}

const alm_claims *alm_resolver_claims(const alm_resolver *r) { return &r->told; }

const alm_tie *alm_resolver_ties(const alm_resolver *r, size_t *count) {
    *count = r->tie_count;
    return r->ties;
}

uint32_t alm_resolver_gift(const alm_resolver *r, uint32_t claim) { return r->gift[claim]; }

uint32_t alm_resolver_speaker(const alm_resolver *r, uint32_t gift) { return r->speaker[gift]; }

bool alm_resolver_is_refused(const alm_resolver *r, const alm_tie *tie) {
    return tie->verdict == ALM_TIED && r->gift[tie->a] != r->gift[tie->b];
}

const alm_canonical *alm_resolver_organisations(const alm_resolver *r, size_t *count) {
    *count = r->canonical_count;
    return r->canonical;
}

uint32_t alm_resolver_organisation(const alm_resolver *r, uint32_t index, const char **why) {
    *why = r->canonical_why[index];
    return r->canonical_of[index];
}
