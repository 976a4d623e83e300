/**
 * What the daemon must not forget: watch.db in the store's folder. Written before a run begins and after it ended, each
 * time to the disk, so that after a crash it is known which due times are settled and which run was cut off.
 */
#ifndef ALM_WATCH_JOURNAL_H
#define ALM_WATCH_JOURNAL_H

#include "base/base.h"
#include "timetable/timetable.h"

/** What a run counts; the names are those of `almoner crawl --progress json`. */
typedef enum alm_run_count {
    ALM_RUN_PAGES,
    ALM_RUN_OK,
    ALM_RUN_NOT_MODIFIED,
    ALM_RUN_REDIRECTS,
    ALM_RUN_GONE,
    ALM_RUN_CLIENT_ERRORS,
    ALM_RUN_OVERLOADED,
    ALM_RUN_SERVER_ERRORS,
    ALM_RUN_NETWORK_ERRORS,
    ALM_RUN_REFUSED,
    ALM_RUN_DISALLOWED,
    ALM_RUN_FAILED,
    ALM_RUN_RECORDS,
    ALM_RUN_BYTES,
    ALM_RUN_COUNT_COUNT
} alm_run_count;

/** "pages", "not_modified", …; static storage. */
const char *alm_run_count_name(alm_run_count which);

/** How a run ended. */
typedef enum alm_run_result {
    ALM_RUN_RUNNING, /**< it did not, yet */
    ALM_RUN_WELL,
    ALM_RUN_SOME_FAILED, /**< pages were given up, or hosts left */
    ALM_RUN_CONFIGURATION,
    ALM_RUN_STORAGE,
    ALM_RUN_CRASHED, /**< by a signal that nobody here sent, or with a status that means nothing */
    ALM_RUN_STOPPED, /**< with the daemon; to be taken up again */
    ALM_RUN_LOST,    /**< the daemon went away without a word; to be taken up again */
    ALM_RUN_RESULT_COUNT
} alm_run_result;

/** "running", "ok", "some-failed", …; static storage. */
const char *alm_run_result_name(alm_run_result result);

typedef struct alm_run {
    int64_t id;
    int64_t due_s, started_s, ended_s; /**< ended_s 0: running */
    uint32_t missed;
    bool again;
    alm_run_result result;
    bool limited; /**< a time or page limit ended it, not an empty queue */
    uint64_t counts[ALM_RUN_COUNT_COUNT];
} alm_run;

/** All runs of a source together, those that are no longer kept one by one (beyond the last thousand) too. */
typedef struct alm_run_totals {
    uint64_t runs[ALM_RUN_RESULT_COUNT];
    uint64_t missed;
    uint64_t counts[ALM_RUN_COUNT_COUNT];
    int64_t last_well_s; /**< when the last one that ended well, or with some pages failed, ended; 0: none */
} alm_run_totals;

typedef struct alm_journal alm_journal;

typedef enum alm_journal_mode {
    ALM_JOURNAL_READ, /**< must be there */
    ALM_JOURNAL_WRITE /**< made where needed; runs that nobody ended are marked lost, and to be taken up again */
} alm_journal_mode;

/** @return ALM_OK, ALM_E_NOT_FOUND (to read), ALM_E_UNSUPPORTED (of a later version), ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_journal_open(alm_journal **out, const char *path, alm_journal_mode mode, int64_t now_s,
                                         alm_err *err);
void alm_journal_close(alm_journal *journal);

/**
 * The state of a source. New, or with another @p schedule than last time, its due times count from @p now_s on: a
 * schedule claims nothing of the time before it was made.
 */
ALM_MUST_USE alm_status alm_journal_load(alm_journal *journal, alm_due_state *out, alm_str name, alm_str schedule,
                                         int64_t now_s, alm_err *err);
ALM_MUST_USE alm_status alm_journal_settle(alm_journal *journal, alm_str name, const alm_due_state *state,
                                           alm_err *err);
/** A run begins: it and @p state are written together. *id names it. */
ALM_MUST_USE alm_status alm_journal_begin(alm_journal *journal, alm_str name, const alm_due_state *state,
                                          const alm_due *due, int64_t now_s, int64_t *id, alm_err *err);
/** How far a run is. */
ALM_MUST_USE alm_status alm_journal_progress(alm_journal *journal, const alm_run *run, alm_err *err);
/** It ended: ended_s, result, limited and counts of @p run, and @p state. */
ALM_MUST_USE alm_status alm_journal_end(alm_journal *journal, alm_str name, const alm_run *run,
                                        const alm_due_state *state, alm_err *err);

/** The state of a source as it is; ALM_END: never heard of. */
ALM_MUST_USE alm_status alm_journal_state(alm_journal *journal, alm_due_state *out, alm_str name, alm_err *err);
/** Its last run, and the last that ended where @p ended. ALM_END: none. */
ALM_MUST_USE alm_status alm_journal_last(alm_journal *journal, alm_run *out, alm_str name, bool ended, alm_err *err);
ALM_MUST_USE alm_status alm_journal_totals(alm_journal *journal, alm_run_totals *out, alm_str name, alm_err *err);

#endif
