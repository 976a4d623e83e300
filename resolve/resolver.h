/**
 * Ties claims of one gift, and names of one organisation, over pages.
 *
 * The result is a function of the set of pages: in which order they were added makes no difference.
 */
#ifndef ALM_RESOLVE_RESOLVER_H
#define ALM_RESOLVE_RESOLVER_H

#include "resolve/tie.h"

typedef struct alm_resolver alm_resolver;

/** Ids are 32 hex digits. */
enum { ALM_GIFT_ID = 33 };

/**
 * @p words are borrowed until the resolver is freed; several may share them.
 *
 * @return ALM_OK, ALM_E_NOMEM. The caller owns *out (alm_resolver_free).
 */
ALM_MUST_USE alm_status alm_resolver_new(alm_resolver **out, const alm_name_words *words, alm_err *err);
void alm_resolver_free(alm_resolver *resolver);

/** As alm_claims_add. A page is added once. */
ALM_MUST_USE alm_status alm_resolver_add(alm_resolver *resolver, alm_str page_document, int64_t tag, alm_err *err);

/** Tie everything added. Once, after the last page. @return ALM_OK, ALM_E_LIMIT, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_resolver_run(alm_resolver *resolver, alm_err *err);

/** What was added, for reading; valid until the resolver is freed. */
const alm_claims *alm_resolver_claims(const alm_resolver *resolver);

/** Ties of verdict tied and doubtful, ordered by the uids of their claims, the lesser one in `a`. */
const alm_tie *alm_resolver_ties(const alm_resolver *resolver, size_t *count);

/** The claim whose uid names the gift that claim @p index tells: the earliest published one, then the least uid. */
uint32_t alm_resolver_gift(const alm_resolver *resolver, uint32_t claim);

/** The claim of the gift named by @p gift that tells most of it: whose sums and names stand for the gift. */
uint32_t alm_resolver_speaker(const alm_resolver *resolver, uint32_t gift);

/** A tie whose claims ended up in two gifts: a better one of the same page stood against it. */
bool alm_resolver_is_refused(const alm_resolver *resolver, const alm_tie *tie);

/** An organisation over all pages. */
typedef struct alm_canonical {
    char id[ALM_GIFT_ID]; /**< hash of its folded name, and of its page where it is known on that page only */
    alm_str name;         /**< the fullest form that a page writes */
    alm_str type;
    alm_str place; /**< {0} where none is known */
    uint32_t mention_count;
} alm_canonical;

const alm_canonical *alm_resolver_organisations(const alm_resolver *resolver, size_t *count);
/** Which of them the told organisation @p index is; *why says by what, in a few words. */
uint32_t alm_resolver_organisation(const alm_resolver *resolver, uint32_t index, const char **why);

#endif
