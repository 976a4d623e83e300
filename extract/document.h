/**
 * The page document: what extraction found on one page, before it is written as JSON, CSV or a table.
 *
 * Field names follow docs/records.md. Everything lives in the arena of the session that made it.
 */
#ifndef ALM_EXTRACT_DOCUMENT_H
#define ALM_EXTRACT_DOCUMENT_H

#include "base/base.h"
#include "extract/diagnostic.h"
#include "extract/page/page.h"
#include "extract/value/value.h"

/** [start, end) in Unicode code points of alm_document.page.text. */
typedef struct alm_span {
    uint32_t start, end;
} alm_span;

typedef enum alm_organisation_type {
    ALM_ORGANISATION_OTHER,
    ALM_ORGANISATION_COMPANY,
    ALM_ORGANISATION_ASSOCIATION,
    ALM_ORGANISATION_CHARITY,
    ALM_ORGANISATION_GOVERNMENT,
    ALM_ORGANISATION_PARTY,
    ALM_ORGANISATION_SCHOOL,
    ALM_ORGANISATION_HOSPITAL,
    ALM_ORGANISATION_MEDIA,
    ALM_ORGANISATION_MILITARY,
    ALM_ORGANISATION_COMMUNITY
} alm_organisation_type;

/** "company", "association", …, "other". */
const char *alm_organisation_type_name(alm_organisation_type type);
/** The type of that name; ALM_ORGANISATION_OTHER for any other word. */
alm_organisation_type alm_organisation_type_of(alm_str name);

/** An organisation or a person of this page. Its id in JSON is "o" or "p" and its place in the array, from 1. */
typedef struct alm_entity {
    alm_str name;     /**< as the page writes it, the fullest form */
    alm_str *aliases; /**< other forms on this page; simplified form of a traditional name */
    size_t alias_count;
    alm_organisation_type type; /**< of an organisation */
    alm_span *spans;
    size_t span_count;
} alm_entity;

/** An entity by its place: a person where `person`, else an organisation. */
typedef struct alm_ref {
    bool person;
    uint32_t index;
} alm_ref;

#define ALM_NO_ENTITY UINT32_MAX

typedef struct alm_affiliation {
    alm_ref member;
    uint32_t organisation; /**< index */
    alm_str role;
    alm_span span;
    alm_str rule;
} alm_affiliation;

typedef struct alm_amount {
    alm_str amount;   /**< plain decimal; {0} = null: the words give bounds only */
    alm_str currency; /**< ISO 4217 */
    alm_qualifier qualifier;
    alm_str low, high; /**< {0} = open */
    alm_str text;
    alm_span span;
} alm_amount;

typedef struct alm_goods {
    alm_str item;
    alm_str quantity; /**< {0} = not stated */
    alm_str unit;     /**< measure word; {0} where there is no quantity */
    alm_qualifier qualifier;
    const alm_amount *value; /**< stated value of these goods alone, or NULL */
    alm_str text;
    alm_span span;
} alm_goods;

/** A recipient or channel; `organisation` and `person` are ALM_NO_ENTITY where the name is neither (a place, a unit).
 */
typedef struct alm_party {
    alm_str name;
    uint32_t organisation, person;
    alm_span span;
} alm_party;

typedef struct alm_date {
    alm_str from, to; /**< "YYYY-MM-DD"; {0} = open */
    alm_str text;
    alm_span span;
} alm_date;

typedef enum alm_donation_status {
    ALM_STATUS_GIVEN,
    ALM_STATUS_PLEDGED,
    ALM_STATUS_RECEIVED,
    ALM_STATUS_DISTRIBUTED
} alm_donation_status;

/** "given", "pledged", "received", "distributed". */
const char *alm_donation_status_name(alm_donation_status status);

typedef struct alm_donation {
    char uid[33]; /**< hex; hash of canonical URL, evidence, donor and amounts */
    alm_ref *donors;
    size_t donor_count;
    alm_str action;
    alm_donation_status status;
    bool total; /**< a sum over other donors */
    alm_amount *cash;
    size_t cash_count;
    alm_goods *goods;
    size_t goods_count;
    const alm_amount *value; /**< stated value of the goods, or of goods and cash together; NULL */
    alm_party *recipients;
    size_t recipient_count;
    alm_party *channels;
    size_t channel_count;
    const alm_date *date; /**< or NULL */
    alm_str evidence;     /**< the sentence or table row */
    alm_span evidence_span;
    alm_str rule;
    double confidence; /**< 0..1 */
} alm_donation;

/** A value in a field of a record: a name, an amount, a word. */
typedef struct alm_record_value {
    alm_str field; /**< the named group of the rule */
    alm_str text;
    alm_span span;
    const alm_value *value; /**< of an amount, quantity, date or number; NULL */
    bool has_entity;
    alm_ref entity; /**< of a name */
} alm_record_value;

/** A record of a type that a rule pack defines (phase `records`): its values in the order of the fields. */
typedef struct alm_record {
    alm_str type, rule;
    alm_str evidence; /**< the sentence */
    alm_span evidence_span;
    alm_record_value *values;
    size_t value_count;
} alm_record;

/** A mention that a rule of the pack made (phase `mentions`): for tests of rules, not written out. */
typedef struct alm_mark {
    alm_str type, rule, text;
} alm_mark;

typedef struct alm_document {
    alm_str url, fetched_at; /**< as the caller gave them; {0} */
    char content_sha256[65];
    const char *charset;
    alm_page page;
    alm_entity *organisations;
    size_t organisation_count;
    alm_entity *people;
    size_t person_count;
    alm_affiliation *affiliations;
    size_t affiliation_count;
    alm_donation *donations;
    size_t donation_count;
    alm_record *records;
    size_t record_count;
    alm_mark *marks;
    size_t mark_count;
    alm_diagnostics diagnostics;
} alm_document;

#endif
