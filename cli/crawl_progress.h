/**
 * What people see of a crawl: a line that renews itself on a terminal, plain or JSON lines elsewhere, and a summary.
 */
#ifndef ALM_CLI_CRAWL_PROGRESS_H
#define ALM_CLI_CRAWL_PROGRESS_H

#include "crawler/loop.h"

typedef enum alm_progress_kind {
    ALM_PROGRESS_AUTO,
    ALM_PROGRESS_NONE,
    ALM_PROGRESS_PLAIN,
    ALM_PROGRESS_JSON
} alm_progress_kind;

typedef struct alm_crawl_progress {
    alm_progress_kind kind;
    bool on_terminal; /**< stderr is one, and kind is AUTO */
    bool has_line;    /**< an unfinished line stands on it */
    int64_t last_ms;
    uint64_t last_pages;
    double rate; /**< pages a second, smoothed */
} alm_crawl_progress;

void alm_crawl_progress_init(alm_crawl_progress *progress, alm_progress_kind kind);
/** Fits alm_loop_options.progress; context is the alm_crawl_progress. */
void alm_crawl_progress_show(void *context, const alm_loop_stats *stats);
/** Fits alm_loop_options.warn. */
void alm_crawl_progress_warn(void *context, const char *message);
/** The counts by result, and the hosts with the most pages. On stderr. */
void alm_crawl_progress_summary(alm_crawl_progress *progress, const alm_loop_stats *stats, const alm_loop *loop);

#endif
