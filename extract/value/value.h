/**
 * Values in running text: numbers, money, quantities and dates, exact as decimals, with what the words around them say
 * about how exact they are.
 *
 * Numerals, units, measure words, currencies and qualifier words come from the rule pack (rules/zh/values.yaml); the
 * code knows only how numerals add up.
 */
#ifndef ALM_EXTRACT_VALUE_VALUE_H
#define ALM_EXTRACT_VALUE_VALUE_H

#include "base/arena.h"
#include "base/base.h"
#include "base/yaml.h"

typedef enum alm_value_kind {
    ALM_VALUE_NUMBER, /**< a bare number; also ordinals, percentages, phone numbers: see form */
    ALM_VALUE_MONEY,
    ALM_VALUE_QUANTITY, /**< number and measure word */
    ALM_VALUE_DATE
} alm_value_kind;

typedef enum alm_value_form {
    ALM_FORM_PLAIN,
    ALM_FORM_ORDINAL, /**< "the third" */
    ALM_FORM_PERCENT,
    ALM_FORM_FRACTION,
    ALM_FORM_CODE /**< digits that name rather than count: telephone, account, licence numbers */
} alm_value_form;

typedef enum alm_qualifier {
    ALM_QUALIFIER_EXACT,
    ALM_QUALIFIER_ABOUT,
    ALM_QUALIFIER_MORE_THAN,
    ALM_QUALIFIER_NEARLY,
    ALM_QUALIFIER_RANGE
} alm_qualifier;

/** What a measure word counts. Gifts are counted in goods units alone; the pack's table of measure words decides. */
typedef enum alm_measure {
    ALM_MEASURE_NONE,
    ALM_MEASURE_GOODS,  /**< things, by piece, package, weight or volume */
    ALM_MEASURE_PEOPLE, /**< persons and households */
    ALM_MEASURE_PLACE,  /**< firms, schools, places */
    ALM_MEASURE_TIME,   /**< lengths of time, hours of the clock, ages */
    ALM_MEASURE_EVENT,  /**< times, terms, rounds */
    ALM_MEASURE_OTHER   /**< lengths, areas, degrees, items of a list */
} alm_measure;

/** "exact", "about", "more_than", "nearly", "range". */
const char *alm_qualifier_name(alm_qualifier qualifier);
/** "goods", "people", …; "" for none. */
const char *alm_measure_name(alm_measure measure);
/** "number", "money", "quantity", "date". */
const char *alm_value_kind_name(alm_value_kind kind);
/** "plain", "ordinal", "percent", "fraction", "code". */
const char *alm_value_form_name(alm_value_form form);

/** Whether a sum was written with the word for yuan, which is also that of the Hong Kong dollar and others. */
typedef enum alm_yuan {
    ALM_YUAN_NONE,
    ALM_YUAN_PLAIN, /**< no currency was named: read as CNY */
    ALM_YUAN_NAMED  /**< another word names the currency: "gangbi 50 wan yuan" */
} alm_yuan;

typedef struct alm_value {
    alm_value_kind kind;
    alm_value_form form;
    alm_qualifier qualifier;
    uint32_t start, end; /**< bytes in the scanned text: numeral, unit and the qualifier words that touch them */
    uint32_t number_start, number_end; /**< bytes of the numeral alone; of a range both numerals and the word between */
    alm_str amount;    /**< plain decimal as stated ("100000", "345300.5"): no exponent, no group marks; of a range its
                          low end; of a fraction "p/q"; {0} where the words give bounds only ("some hundreds of
                          thousands") or no number */
    alm_str low, high; /**< bounds; {0} is open */
    alm_str unit;      /**< measure word as written, or ISO 4217 code; {0} for a bare number */
    alm_measure measure;        /**< of a quantity */
    alm_yuan yuan;              /**< of money */
    bool each;                  /**< "500 yuan a person", "50,000 each": the word "each/per" touches the value */
    bool scaled;                /**< the numeral has a word such as "ten thousand" or "k": bare, it may well be money */
    bool vague;                 /**< "some", "a batch": a quantity without a number */
    alm_str date_from, date_to; /**< of a date: "YYYY-MM-DD"; {0} where open or where no year can be known */
} alm_value;

/** Whether @p text is "YYYY-MM-DD" of a day that there is, between 1840 and 2199. */
bool alm_value_is_date(alm_str text);

/** Tables of one pack, immutable once made, shared by threads. */
typedef struct alm_value_tables alm_value_tables;

/**
 * Compile the `values` document of a pack.
 *
 * @return ALM_OK, ALM_E_PARSE (with place), ALM_E_NOMEM. The caller owns *out (alm_value_tables_free).
 */
ALM_MUST_USE alm_status alm_value_tables_new(alm_value_tables **out, const alm_yaml_node *values, alm_err *err);
void alm_value_tables_free(alm_value_tables *tables);

/**
 * Find all values in @p text (a shadow text, valid UTF-8), left to right, not overlapping.
 *
 * @p published ("YYYY-MM-DD" or {0}) gives the year of partial dates. *out and the decimals live in @p arena.
 * Linear in text.len.
 */
ALM_MUST_USE alm_status alm_value_scan(alm_value **out, size_t *count, alm_arena *arena, const alm_value_tables *tables,
                                       alm_str text, alm_str published, alm_err *err);

/**
 * Give the sums of a page by the plain word for yuan the currency that the page names most often with that word: in
 * Hong Kong, Macau and Taiwan it is said once. For pages in Traditional characters alone.
 */
void alm_value_name_yuan(alm_value *values, size_t count);

/**
 * Find all numbers of @p text that are no money, whatever they count: no dates, no measure words; a single digit too,
 * where it is no part of a word that the pack knows. Else as alm_value_scan.
 */
ALM_MUST_USE alm_status alm_value_scan_numbers(alm_value **out, size_t *count, alm_arena *arena,
                                               const alm_value_tables *tables, alm_str text, alm_err *err);

#endif
