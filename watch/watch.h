/**
 * The daemon: it begins the run of each source when that is due, one at a time for each source and each site, and
 * catches up once on what it slept through.
 *
 *     STORE/watch.yaml     the sources that it runs: a copy, so that a bad edit of the file harms nothing
 *     STORE/watch.db       what is settled, and what became of each run (journal.h)
 *     STORE/sources/NAME/  frontier and archive of a source: a folder as that of `almoner crawl`
 *     STORE/records.db     the records of all, unless others are named
 *
 * SIGHUP reads the configuration again; where it does not read, the old one stays. SIGTERM and SIGINT end it: runs are
 * told to end, what is under way comes in, and they are taken up again next time. A second one ends them at once.
 */
#ifndef ALM_WATCH_WATCH_H
#define ALM_WATCH_WATCH_H

#include "base/base.h"

/** All-zero is the default; strings are borrowed. */
typedef struct alm_watch_options {
    const char *config;                              /**< sources.yaml; NULL: the copy in the store */
    const char *store;                               /**< folder; made where it is missing; required */
    const char *records;                             /**< store of the records; NULL: records.db in the folder */
    const char *program;                             /**< the almoner to run; required */
    char *const *crawl_options;                      /**< more options for each crawl; ends with NULL; NULL: none */
    uint32_t max_running;                            /**< 0: 4 */
    int64_t grace_s;                                 /**< after SIGTERM, before a run is told to end at once; 0: 30 */
    bool once;                                       /**< run what is due now, then end */
    bool at_once;                                    /**< every source with a schedule is due now */
    const char *metrics_file;                        /**< NULL: none */
    int metrics_port;                                /**< on 127.0.0.1; 0: none */
    void (*say)(void *context, const char *message); /**< one line for people; required */
    void *context;
} alm_watch_options;

/**
 * Run until a signal ends it, or with `once` until nothing that was due is left. Blocks SIGHUP, SIGTERM, SIGINT and
 * SIGCHLD for the caller's thread, which should be the only one. *failed counts runs that did not end well.
 *
 * @return ALM_OK, ALM_E_PARSE and ALM_E_NOT_FOUND (configuration), ALM_E_INVALID (nothing has a schedule),
 *         ALM_E_REFUSED (another one watches this store), ALM_E_STORAGE, ALM_E_IO, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_watch_run(const alm_watch_options *options, uint64_t *failed, alm_err *err);

#endif
