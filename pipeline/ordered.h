/**
 * Work done by several threads, results handed on in the order the work was taken.
 *
 * At most a window of items is under way or waiting for its turn, so memory is bounded however slow one item is.
 */
#ifndef ALM_PIPELINE_ORDERED_H
#define ALM_PIPELINE_ORDERED_H

#include "base/base.h"

/** What is to be done; every function gets `context`. An item is whatever `take` makes of it. */
typedef struct alm_ordered_tasks {
    void *context;
    /** Called once in each worker thread, before its first item: its private state in *worker. */
    alm_status (*worker_start)(void *context, void **worker, alm_err *err);
    void (*worker_end)(void *context, void *worker);
    /** The next item in *item; ALM_END where there is none, a failure stops the run. Calls never overlap. */
    alm_status (*take)(void *context, void **item, alm_err *err);
    /** Do it; what goes wrong belongs into the item. Calls overlap, one a worker. */
    void (*work)(void *context, void *worker, void *item);
    /** Hand the item on, in order, and free it. Called in the thread that called alm_ordered_run. A failure stops the
     * run: the items left are dropped. */
    alm_status (*give)(void *context, void *item, alm_err *err);
    /** Free an item that nobody will get. */
    void (*drop)(void *context, void *item);
} alm_ordered_tasks;

enum { ALM_ORDERED_MAX_WORKERS = 256 };

/**
 * Run until `take` ends. One worker: all in the calling thread.
 *
 * @return ALM_OK; the failure of take, give or worker_start; ALM_E_NOMEM; ALM_E_IO (no thread could be started).
 */
ALM_MUST_USE alm_status alm_ordered_run(const alm_ordered_tasks *tasks, unsigned worker_count, alm_err *err);

#endif
