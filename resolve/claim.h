/**
 * What a page tells of a gift, as it is compared with what other pages tell.
 *
 * A gift happened once; each page that reports it holds a claim of it (a donation of its document). Read from page
 * documents (docs/records.md), so that any store that keeps documents can be resolved.
 */
#ifndef ALM_RESOLVE_CLAIM_H
#define ALM_RESOLVE_CLAIM_H

#include "base/arena.h"
#include "resolve/name.h"

/** No day is told. */
#define ALM_NO_DAY INT32_MIN

typedef struct alm_claim_sum {
    int64_t cents; /**< in hundredths of the currency's unit; of a range or a bound, its low end */
    alm_str currency;
    bool exact; /**< neither "about" nor "more than" */
} alm_claim_sum;

typedef struct alm_claim_goods {
    alm_str item;     /**< folded */
    int64_t quantity; /**< in hundredths; 0 where not told */
} alm_claim_goods;

/** An organisation of a page with all the forms of its name there. */
typedef struct alm_claim_organisation {
    alm_str id;   /**< "o1", as the document calls it */
    alm_str name; /**< as the page writes it, the fullest form */
    alm_name *forms;
    uint32_t form_count; /**< the fullest first */
    alm_str type;
    uint32_t page;
} alm_claim_organisation;

typedef struct alm_claim {
    alm_str uid;
    uint32_t page;           /**< index */
    uint32_t *organisations; /**< that gave: indexes of told organisations */
    uint32_t *behind;        /**< that a giving person belongs to: one page may name the one, another page the other */
    uint32_t organisation_count, behind_count;
    alm_name *people;
    uint32_t person_count;
    alm_claim_sum *cash;
    uint32_t cash_count;
    alm_claim_sum value; /**< cents 0: none told */
    alm_claim_goods *goods;
    uint32_t goods_count;
    alm_name *recipients;
    uint32_t recipient_count;
    int32_t first_day, last_day; /**< of the gift, days since 1970-01-01; ALM_NO_DAY */
    bool total;
    alm_str status;
    uint32_t *pairs; /**< hashes of the pairs of characters of its evidence, ascending, each once */
    uint32_t pair_count;
} alm_claim;

typedef struct alm_claim_page {
    alm_str url;
    int64_t tag;       /**< the caller's own number for it */
    int32_t published; /**< day; ALM_NO_DAY */
    alm_str *places;   /**< that its source, site and title and its organisations' names begin with; the page's own
                          place first */
    uint32_t place_count;
    uint32_t own_places; /**< the first so many are of its source, site and title */
    uint32_t first_organisation, organisation_count;
} alm_claim_page;

/** Everything told, by page; texts in the arena. */
typedef struct alm_claims {
    alm_arena *arena;
    const alm_name_words *words;
    alm_claim_page *pages;
    size_t page_count, page_cap;
    alm_claim *claims;
    size_t claim_count, claim_cap;
    alm_claim_organisation *organisations;
    size_t organisation_count, organisation_cap;
} alm_claims;

/**
 * Add the page document @p json with all its donations that have a uid; @p tag is kept for the caller.
 *
 * @return ALM_OK, ALM_E_PARSE (not a page document), ALM_E_LIMIT, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_claims_add(alm_claims *told, alm_str json, int64_t tag, alm_err *err);

/**
 * Put pages in the order of their URLs and claims in that of their uids, a uid once: from here on nothing depends on
 * the order in which pages were added. After the last page.
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_claims_order(alm_claims *told, alm_err *err);

/** The day of "YYYY-MM-DD…", or ALM_NO_DAY. */
int32_t alm_day_of(alm_str date);

#endif
