/**
 * A donation as one flat row, before it becomes a JSON line, a CSV record or a line of a table.
 */
#ifndef ALM_EXTRACT_OUTPUT_ROWS_H
#define ALM_EXTRACT_OUTPUT_ROWS_H

#include "base/arena.h"
#include "extract/document.h"

/** The fields in the order of docs/records.md. */
typedef enum alm_field {
    ALM_FIELD_UID,
    ALM_FIELD_URL,
    ALM_FIELD_TITLE,
    ALM_FIELD_PUBLISHED,
    ALM_FIELD_SOURCE,
    ALM_FIELD_DONOR,
    ALM_FIELD_DONOR_TYPE,
    ALM_FIELD_DONOR_ORG,
    ALM_FIELD_DONOR_PERSON,
    ALM_FIELD_DONOR_ROLE,
    ALM_FIELD_ASSOCIATION,
    ALM_FIELD_ASSOCIATION_ROLE,
    ALM_FIELD_CASH_AMOUNT,
    ALM_FIELD_CASH_CURRENCY,
    ALM_FIELD_CASH_QUALIFIER,
    ALM_FIELD_GOODS,
    ALM_FIELD_GOODS_ITEMS,
    ALM_FIELD_VALUE_AMOUNT,
    ALM_FIELD_VALUE_CURRENCY,
    ALM_FIELD_RECIPIENTS,
    ALM_FIELD_CHANNELS,
    ALM_FIELD_DONATION_DATE,
    ALM_FIELD_STATUS,
    ALM_FIELD_TOTAL,
    ALM_FIELD_EVIDENCE,
    ALM_FIELD_RULE,
    ALM_FIELD_CONFIDENCE,
    ALM_FIELD_FETCHED_AT,
    ALM_FIELD_SCHEMA,
    ALM_FIELD_COUNT
} alm_field;

/** "uid", "url", … */
const char *alm_field_name(alm_field field);
/** The field's text is JSON (true, 0.93, [...]) rather than a string. */
bool alm_field_is_json(alm_field field);

/** The rows of one document, with its affiliations by member, so that a row costs what it holds. */
typedef struct alm_rows {
    alm_arena *arena; /**< borrowed, as the document */
    const alm_document *document;
    const uint32_t *start; /**< of a member's part of `affiliations`; organisations first, then people, then the end */
    const uint32_t *affiliations; /**< indexes into document->affiliations, in their order for each member */
} alm_rows;

/** Scratch and the texts of rows go into @p arena. @return ALM_OK, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_rows_init(alm_rows *rows, alm_arena *arena, const alm_document *document);

/** {0} is null. Texts live in the document or in the arena of the rows. */
typedef struct alm_row {
    alm_str fields[ALM_FIELD_COUNT];
} alm_row;

/** Fill @p row from donation @p index. @return ALM_OK, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_row_fill(alm_row *row, const alm_rows *rows, size_t index);

#endif
