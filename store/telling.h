/**
 * What one page told at one fetch: a document and its rows, parsed into what the tables of a store hold.
 */
#ifndef ALM_STORE_TELLING_H
#define ALM_STORE_TELLING_H

#include "base/arena.h"
#include "store/sink.h"

/** What the table `donations` has of a flat row, in its order. */
typedef enum alm_told_field {
    ALM_TOLD_DONOR,
    ALM_TOLD_DONOR_TYPE,
    ALM_TOLD_DONOR_ORG,
    ALM_TOLD_DONOR_PERSON,
    ALM_TOLD_DONOR_ROLE,
    ALM_TOLD_ASSOCIATION,
    ALM_TOLD_ASSOCIATION_ROLE,
    ALM_TOLD_CASH_AMOUNT,
    ALM_TOLD_CASH_CURRENCY,
    ALM_TOLD_CASH_QUALIFIER,
    ALM_TOLD_GOODS,
    ALM_TOLD_GOODS_ITEMS, /**< JSON */
    ALM_TOLD_VALUE_AMOUNT,
    ALM_TOLD_VALUE_CURRENCY,
    ALM_TOLD_RECIPIENTS,
    ALM_TOLD_CHANNELS,
    ALM_TOLD_DONATION_DATE,
    ALM_TOLD_STATUS,
    ALM_TOLD_TOTAL, /**< "1" or "0" */
    ALM_TOLD_EVIDENCE,
    ALM_TOLD_RULE,
    ALM_TOLD_CONFIDENCE,
    ALM_TOLD_COUNT
} alm_told_field;

typedef struct alm_told_span {
    const char *field; /**< "evidence", "cash", …; static */
    int64_t start, end;
} alm_told_span;

typedef struct alm_told_spans {
    alm_told_span *items;
    size_t count, cap;
} alm_told_spans;

/** An organisation or person. */
typedef struct alm_told_entity {
    alm_str id, name, type, aliases; /**< aliases: JSON; type {0} of a person */
    alm_told_spans spans;
} alm_told_entity;

#define ALM_TOLD_NOBODY SIZE_MAX

typedef struct alm_told_affiliation {
    size_t person, organisation; /**< index of the member: one of them; else ALM_TOLD_NOBODY */
    size_t of;                   /**< index of the organisation that it is a member of */
    alm_str role, rule;
    alm_told_spans spans;
} alm_told_affiliation;

typedef struct alm_told_party {
    const char *part; /**< "donor", "recipient", "channel"; static */
    int64_t position;
    alm_str name;
    size_t person, organisation; /**< index or ALM_TOLD_NOBODY */
} alm_told_party;

typedef struct alm_told_donation {
    alm_str uid;
    char digest[33]; /**< of the flat row without fetched_at */
    alm_str fields[ALM_TOLD_COUNT];
    alm_told_party *parties;
    size_t party_count;
    alm_told_spans spans;
} alm_told_donation;

typedef struct alm_telling {
    alm_arena arena;
    void *roots[2]; /**< parsed JSON, which the texts borrow */
    alm_str url, digest, json;
    int64_t fetched_ms;
    bool gone;
    alm_str canonical_url, content_sha256, charset, language, title, published, source, author, site;
    alm_told_entity *organisations, *people;
    size_t organisation_count, person_count;
    alm_told_affiliation *affiliations;
    size_t affiliation_count;
    alm_told_donation *donations;
    size_t donation_count;
} alm_telling;

/**
 * Parse @p document, which must outlive @p out. Rows and the donations of the document are tied by their uid; each
 * needs the other. On success the caller releases *out, on failure it is as after release.
 *
 * @return ALM_OK, ALM_E_PARSE (not what docs/records.md says), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_telling_parse(alm_telling *out, const alm_sink_document *document, alm_err *err);
/** A telling that the page @p url is gone. Nothing is copied. */
void alm_telling_gone(alm_telling *out, alm_str url, int64_t when_ms);
void alm_telling_release(alm_telling *telling);

#endif
