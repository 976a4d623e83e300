/**
 * Time, given by the caller, so that tests can hold it in their hand.
 */
#ifndef ALM_CRAWLER_CLOCK_H
#define ALM_CRAWLER_CLOCK_H

#include "base/base.h"

typedef struct alm_clock {
    int64_t (*now_ms)(void *context); /**< Unix time in milliseconds; never goes back within a process */
    void *context;
} alm_clock;

/** The system's time when the process began, carried on by the monotonic clock: steps of the wall clock do not show. */
const alm_clock *alm_clock_system(void);

static inline int64_t alm_clock_now(const alm_clock *clock) { return clock->now_ms(clock->context); }

/** "2026-11-23T09:00:00Z" */
enum { ALM_TIME_MAX = 32 };
void alm_time_format(char out[ALM_TIME_MAX], int64_t unix_ms);
/** "20261123090000", as web archives' indexes write it. */
void alm_time_format_compact(char out[ALM_TIME_MAX], int64_t unix_ms);
/** Read "2026-11-23T09:00:00Z" (also with a fraction); false where @p text is no such time. */
bool alm_time_parse(int64_t *unix_ms, alm_str text);
/**
 * Read a Retry-After value (RFC 9110 10.2.3): seconds, or an HTTP date in any of its three forms, taken against
 * @p now_ms. A date that is past gives 0. False where it is neither.
 */
bool alm_time_parse_retry_after(int64_t *wait_ms, alm_str value, int64_t now_ms);

#endif
