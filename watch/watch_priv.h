/* What the files of the daemon share. */
#ifndef ALM_WATCH_WATCH_PRIV_H
#define ALM_WATCH_WATCH_PRIV_H

#include "crawler/sources.h"
#include "timetable/roster.h"
#include "watch/child.h"
#include "watch/journal.h"
#include "watch/metrics.h"
#include "watch/watch.h"

enum { WATCH_PATH = 4096 };

typedef struct watch watch;

/* A run that goes on. */
typedef struct watch_job {
    watch *watch;
    char *name; /* of its source */
    alm_child child;
    alm_run run;
    int64_t written_s;   /* when its progress was last written down */
    bool is_told_to_end; /* by us */
} watch_job;

/* Sources of one reading of the configuration; those of an earlier one live until their last run has ended. */
typedef struct watch_sources {
    struct watch_sources *earlier;
    alm_sources *sources;
} watch_sources;

/* What belongs to a roster entry (its user). */
typedef struct watch_place {
    const alm_source *source;
    const watch_sources *from;
    watch_job *job; /* NULL: it does not run */
    bool at_once;   /* due now, whatever its schedule says */
} watch_place;

struct watch {
    const alm_watch_options *options;
    alm_journal *journal;
    int lock, signals;
    watch_sources *sources; /* the latest first */
    alm_roster roster;
    watch_place *places; /* of roster.entries, in their order */
    size_t running;
    unsigned told_to_end; /* how often */
    int64_t end_at_s;     /* then runs are told to end at once */
    uint64_t failed;
    bool reload_failed;
    int64_t reloaded_s;
    alm_metrics_server *server;
    alm_buf metrics;
    int64_t metrics_s;       /* when they were made */
    int64_t metrics_rest_ms; /* not made again sooner: they are to take a twentieth of the time at most */
    bool has_news;           /* since then */
};

int64_t watch_now(void);
void watch_say(const watch *w, const char *format, ...) ALM_PRINTF(2, 3);

/* watch_config.c */
/* Read the configuration and make it the one in use, or leave all as it was. */
alm_status watch_load(watch *w, alm_err *err);
/* Free sources of earlier readings that no run needs any more. */
void watch_sweep(watch *w);
void watch_free_sources(watch *w);

/* watch_run.c */
/* Begin the run of @p due. A run that cannot be started is one that failed; an error is one of the journal's. */
alm_status watch_begin(watch *w, alm_roster_entry *entry, const alm_due *due, alm_err *err);
/* Take up what @p entry's run said, and its end. */
alm_status watch_attend(watch *w, alm_roster_entry *entry, alm_err *err);
void watch_tell_to_end(watch *w);

#endif
