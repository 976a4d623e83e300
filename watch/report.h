/**
 * All that `almoner status` and the metrics tell, read from the store: whether a daemon runs or not.
 */
#ifndef ALM_WATCH_REPORT_H
#define ALM_WATCH_REPORT_H

#include "crawler/frontier.h"
#include "crawler/sources.h"
#include "watch/journal.h"

typedef struct alm_source_report {
    const alm_source *source; /**< borrowed from the sources */
    bool has_next, has_run, has_frontier, has_ended;
    alm_due next;  /**< the run to come; where start_s is past, it waits for others */
    alm_run run;   /**< the last one; ended_s 0: it goes on */
    alm_run ended; /**< the last one that ended */
    alm_run_totals totals;
    alm_frontier_stats frontier;
    uint64_t frontier_bytes, archive_bytes;
} alm_source_report;

typedef struct alm_watch_report {
    int64_t now_s;
    uint64_t records_bytes; /**< of records.db and what belongs to it */
    alm_source_report *sources;
    size_t count;
} alm_watch_report;

/** Seconds since the URL of @p source that waits longest has been due; 0: none is due. */
int64_t alm_source_report_overdue_s(const alm_source_report *source, int64_t now_s);

/**
 * Read what is known of @p sources in the folder @p store. Nothing of it must be there. @p journal may be NULL.
 *
 * @return ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_watch_report_read(alm_watch_report *out, const char *store, const alm_sources *sources,
                                              alm_journal *journal, int64_t now_s, alm_err *err);
void alm_watch_report_release(alm_watch_report *report);

#endif
