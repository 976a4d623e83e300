/**
 * One numeral, Arabic, Chinese or both: how its digits, units and "some", "odd" add up. Only value/ sees this.
 */
#ifndef ALM_EXTRACT_VALUE_NUMERAL_PRIV_H
#define ALM_EXTRACT_VALUE_NUMERAL_PRIV_H

#include "extract/value/exact.h"
#include "extract/value/tables_priv.h"

typedef struct numeral {
    size_t start;               /**< first byte, a minus sign included */
    size_t digits;              /**< first byte behind the minus sign */
    size_t number_end;          /**< behind the last digit or unit */
    size_t end;                 /**< the same, or behind the "odd, and more" that follows */
    alm_exact value, low, high; /**< low and high differ where the words name bounds: "thirty to fifty" in two digits */
    int scale;                  /**< the power of ten of the last scale word, 0: none. "2 to 3 wan" hands it to the 2 */
    int unit; /**< the power of ten of the last unit word where the numeral is one digit and that unit, else 0 */
    bool negative;
    bool stated;       /**< `value` is a figure that stands there; false for "several tens of thousands" */
    bool more;         /**< "odd, and more" was read, inside or behind */
    bool about;        /**< the same with "or so" */
    bool bounds;       /**< low and high are bounds */
    bool bare;         /**< starts with a hundred, a thousand, … that no digit counts */
    bool spoken_short; /**< the last unit was left out: "one hundred two" for 120 */
    bool weak;         /**< a lone digit that is a name or a word as well */
    bool lone_digit;   /**< one Chinese digit and no more */
    bool arabic;       /**< Arabic digits alone, perhaps with a fraction */
    bool digit_run;    /**< Chinese digits in a row without units: 2-0-2-0 */
    bool fraction;     /**< has a decimal fraction */
    bool capital;      /**< has digits in the form of cheques */
    bool grouped;      /**< Arabic with group marks */
} numeral;

/**
 * Read the numeral that starts at @p at: spaces are allowed before units. Words behind it (measure, currency) are
 * looked at only to tell two digits that name a range from a row of digits.
 *
 * @return false where none starts there, or it has more digits than fit.
 */
bool alm_numeral_read(numeral *out, const alm_value_tables *tables, alm_str text, size_t at);

/** Read Arabic digits at @p at with group marks and fraction: the end, or @p at where there is no digit. */
size_t alm_numeral_arabic_end(alm_str text, size_t at, bool *grouped, bool *fraction);

/** The length of the group mark at @p at, ',' or the full-width U+FF0C; 0: none. */
size_t alm_numeral_group_mark(alm_str text, size_t at);

/** Behind at most two blanks (U+0020, U+00A0, U+3000) at @p at. */
size_t alm_numeral_skip_blanks(alm_str text, size_t at);

#endif
