/**
 * Cron expressions: minute, hour, day of month, month, day of week, as in Vixie cron, and @daily and its like.
 *
 * Numbers, ranges (1-5), steps (a range or the asterisk, then /15), lists (1,15), names of months and weekdays of
 * three letters; 7 is Sunday, too. Where day of month and day of week are both restricted, either will do.
 *
 * When clocks are set forward, a time that they leap over is due as they do; set back, a time that comes twice is due
 * the first time. Expressions with every hour follow the clock instead: nothing is due in the gap, and twice in what
 * comes twice (cron(8) of Debian does the same).
 */
#ifndef ALM_TIMETABLE_CRON_H
#define ALM_TIMETABLE_CRON_H

#include "timetable/zone.h"

typedef struct alm_cron {
    uint64_t minutes;          /**< bit n: minute n */
    uint32_t hours, days;      /**< bit n: hour n, day n (from 1) */
    uint16_t months;           /**< bit n: month n (from 1) */
    uint8_t weekdays;          /**< bit n: weekday n, 0 is Sunday */
    bool any_day, any_weekday; /**< the field begins with an asterisk */
} alm_cron;

/** ALM_OK, ALM_E_PARSE (the message says which field and why; also of what never comes, such as 30 February). */
ALM_MUST_USE alm_status alm_cron_parse(alm_cron *out, alm_str text, alm_err *err);

/** The first due time after @p after_s; INT64_MAX: none. */
int64_t alm_cron_next(const alm_cron *cron, const alm_zone *zone, int64_t after_s);

/** Read a list of weekdays ("mon-fri,sun", also numbers) into bits as alm_cron.weekdays. */
ALM_MUST_USE alm_status alm_cron_parse_weekdays(uint8_t *out, alm_str text, alm_err *err);

#endif
