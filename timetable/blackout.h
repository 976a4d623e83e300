/**
 * Blackout hours: when a source is not to be asked, by the wall clock of its zone.
 *
 * "08:30-11:30", "mon-fri 08:00-18:00", "22:00-06:00" (over midnight; the days are those on which it begins),
 * "sat,sun" (all day).
 */
#ifndef ALM_TIMETABLE_BLACKOUT_H
#define ALM_TIMETABLE_BLACKOUT_H

#include "timetable/zone.h"

typedef struct alm_blackout {
    uint8_t weekdays;  /**< on which it begins; bit 0 is Sunday */
    uint16_t from, to; /**< minutes of the day; to is not closed any more; to <= from: of the next day */
} alm_blackout;

/** ALM_OK, ALM_E_PARSE. */
ALM_MUST_USE alm_status alm_blackout_parse(alm_blackout *out, alm_str text, alm_err *err);

/** Do @p items leave no minute of the week open? */
bool alm_blackout_is_always(const alm_blackout *items, size_t count);

/** The first minute at or after @p unix_s that is open. INT64_MAX: none within a week and a day. */
int64_t alm_blackout_until(const alm_blackout *items, size_t count, const alm_zone *zone, int64_t unix_s);
/** The first minute at or after @p unix_s that is closed. INT64_MAX: none within a week and a day. */
int64_t alm_blackout_from(const alm_blackout *items, size_t count, const alm_zone *zone, int64_t unix_s);

#endif
