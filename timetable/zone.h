/**
 * A time zone as a table of its offsets, read once out of the C library's database.
 *
 * The C library knows one zone at a time, the process's own, and changing it is no business for threads. So a zone is
 * walked through when it is made, and from then on is plain data that any thread may ask.
 */
#ifndef ALM_TIMETABLE_ZONE_H
#define ALM_TIMETABLE_ZONE_H

#include <time.h>

#include "base/base.h"

typedef struct alm_zone alm_zone;

/**
 * Read zone @p name ("Asia/Shanghai") of the tz database. Years 2000 to 2100; outside of them the nearest offset holds.
 * Sets the environment variable TZ for a moment: not while other threads run.
 *
 * @return ALM_OK, ALM_E_NOT_FOUND (no such zone), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_zone_new(alm_zone **out, alm_str name, alm_err *err);
void alm_zone_free(alm_zone *zone);

const char *alm_zone_name(const alm_zone *zone);
/** Seconds that @p zone is ahead of UTC at @p unix_s. */
int64_t alm_zone_offset(const alm_zone *zone, int64_t unix_s);
/** Wall clock at @p unix_s; tm_gmtoff and tm_isdst are not set. */
struct tm alm_zone_local(const alm_zone *zone, int64_t unix_s);
/** Is the offset the same from @p from_s to @p to_s? */
bool alm_zone_is_steady(const alm_zone *zone, int64_t from_s, int64_t to_s);

/**
 * What wall clock time @p local_s (as if it were UTC) is: none (clocks leapt over it; *first is when they did), one
 * instant, or two (clocks were set back), the earlier in *first.
 *
 * @return the number of instants, 0 to 2.
 */
int alm_zone_instants(const alm_zone *zone, int64_t local_s, int64_t *first, int64_t *second);

#endif
