/**
 * One scan over a text, and the readers that it asks at each place where a value may start. Only value/ sees this.
 */
#ifndef ALM_EXTRACT_VALUE_SCAN_PRIV_H
#define ALM_EXTRACT_VALUE_SCAN_PRIV_H

#include "extract/value/numeral_priv.h"

/** A day of the calendar; 0 in a field: not known. */
typedef struct day {
    int year, month, day;
} day;

typedef struct scan {
    const alm_value_tables *tables;
    alm_arena *arena;
    alm_str text;
    day published;
    bool numbers_only;
    size_t floor; /* end of the value before: words before a number are not looked for beyond it */
    alm_value *items;
    size_t count, cap;
} scan;

/** A numeral with its unit and what stands behind; not yet what stands before. */
typedef struct reading {
    numeral n;
    alm_value_kind kind;
    alm_value_form form;
    alm_measure measure;
    bool qualified; /**< `qualifier` was said by a word behind */
    bool bounds;    /**< low and high are what the words bound */
    bool each;
    bool yuan; /**< money by the plain word for yuan, which a currency before it may rename */
    alm_qualifier qualifier;
    alm_exact value, low, high;
    alm_str fraction; /**< of a fraction: "p/q" */
    size_t number_end, unit_start, unit_end, end;
    char iso[4];
} reading;

typedef enum outcome { OUTCOME_NONE, OUTCOME_VALUE, OUTCOME_NOMEM } outcome;

/** Append @p value; false out of memory. */
bool alm_scan_push(scan *s, const alm_value *value);
/**
 * Look at the words before @p r, settle kind and qualifier, and append the value. @p start is the first byte of the
 * reading itself (a word for "per cent" may precede the numeral). OUTCOME_NONE where it is a word or a name after all.
 */
ALM_MUST_USE outcome alm_scan_emit(scan *s, reading *r, size_t start);

/** Read the unit, currency, percent sign or fraction behind r->n, and the qualifier words behind those. */
ALM_MUST_USE outcome alm_amount_read_behind(const scan *s, reading *r);
/** Where a range word and a second reading follow, make the two one range. */
ALM_MUST_USE outcome alm_amount_read_range(const scan *s, reading *r);
/** The share per hundred that starts at @p at with its word ("per cent five"). */
ALM_MUST_USE outcome alm_amount_read_share(const scan *s, reading *r, size_t at);

/** Read the date whose first number is @p n; OUTCOME_NONE where it is none. Fills kind, span and days of *out. */
ALM_MUST_USE outcome alm_date_read(const scan *s, alm_value *out, const numeral *n);
/** The same for a date that begins with a word: "this year", "yesterday". */
ALM_MUST_USE outcome alm_date_read_relative(const scan *s, alm_value *out, size_t at);
/** The year of a class ("the class of 1998"): part of a name, no value. */
bool alm_date_names_class(const scan *s, const numeral *n);
/** "YYYY-MM-DD"; all zero where it is none. */
day alm_date_parse(alm_str text);

#endif
