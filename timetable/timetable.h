/**
 * When one source is due.
 *
 * A due time is what its cron expression or interval says. Its run begins there at the earliest, later by the jitter
 * of that run (the same however often it is asked), and not in blackout hours. Due times that pass while nothing can
 * run, whatever the reason, become one run.
 */
#ifndef ALM_TIMETABLE_TIMETABLE_H
#define ALM_TIMETABLE_TIMETABLE_H

#include "timetable/cron.h"
#include "timetable/blackout.h"

typedef enum alm_timetable_kind { ALM_NEVER, ALM_BY_CRON, ALM_BY_INTERVAL } alm_timetable_kind;

/** All-zero: never due. Pointers are borrowed. */
typedef struct alm_timetable {
    alm_timetable_kind kind;
    alm_cron cron;
    int64_t every_s; /**< an interval; counted from midnight of 1 January 1970 on the zone's standard clock */
    const alm_zone *zone;
    int64_t jitter_s; /**< a run begins up to so much later */
    const alm_blackout *blackout;
    size_t blackout_count;
} alm_timetable;

/**
 * Read "every 6h" (units m, h, d; a minute to a year), a cron expression or "never" into @p out's kind, cron, every_s.
 *
 * @return ALM_OK, ALM_E_PARSE.
 */
ALM_MUST_USE alm_status alm_timetable_parse(alm_timetable *out, alm_str text, alm_err *err);

/** The first due time after @p after_s; INT64_MAX: none. */
int64_t alm_timetable_due_after(const alm_timetable *table, int64_t after_s);
/** When the run of @p due_s of the source @p name begins: jitter, then out of blackout hours. */
int64_t alm_timetable_start_of(const alm_timetable *table, alm_str name, int64_t due_s);
/** When a run that goes on at @p unix_s must be over: blackout hours begin. INT64_MAX: not for a week. */
int64_t alm_timetable_end_by(const alm_timetable *table, int64_t unix_s);

/** What was done about the due times of a source. */
typedef struct alm_due_state {
    int64_t settled_s; /**< due times up to this one are done with */
    int64_t again_s;   /**< a due time up to there whose run was cut off, and is to be taken up once more; 0: none */
} alm_due_state;

/** A run to come. */
typedef struct alm_due {
    int64_t due_s;   /**< of several that passed, the last */
    int64_t start_s; /**< when it begins; where that is past, it begins now */
    uint32_t missed; /**< due times before it that this run makes good, too */
    bool again;      /**< it takes up a run that was cut off, and nothing new is due */
} alm_due;

/** The next run of the source @p name, as it looks at @p now_s. False: there is none. */
bool alm_timetable_next(alm_due *out, const alm_timetable *table, alm_str name, const alm_due_state *state,
                        int64_t now_s);

#endif
