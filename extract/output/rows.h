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

/** {0} is null. Texts live in the document or in the arena of alm_row_fill. */
typedef struct alm_row {
    alm_str fields[ALM_FIELD_COUNT];
} alm_row;

/** Fill @p row from donation @p index of @p document. @return ALM_OK, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_row_fill(alm_row *row, alm_arena *arena, const alm_document *document, size_t index);

#endif
