/**
 * A run in a process of its own: a crawl that crashes or eats all memory takes neither the daemon nor the others with
 * it. It tells how far it is on its standard error, a JSON object a line (`--progress json`); other lines are for
 * people.
 */
#ifndef ALM_WATCH_CHILD_H
#define ALM_WATCH_CHILD_H

#include <sys/types.h>

#include "base/buf.h"
#include "watch/journal.h"

enum { ALM_CHILD_LINE_MAX = 64 << 10 };

typedef struct alm_child {
    pid_t pid;                                    /**< 0: ended */
    int err_fd;                                   /**< its standard error; -1: closed */
    int status;                                   /**< as waitpid gives it, once it ended */
    alm_buf line;                                 /**< what was read of a line that is not whole yet */
    alm_run *run;                                 /**< borrowed: where its counts go */
    void (*say)(void *context, const char *line); /**< a line for people */
    void *context;
} alm_child;

/**
 * Start @p argv (ends with NULL; argv[0] is a path) with nothing on standard input and its output thrown away. It
 * leads a process group of its own, and is told to end when the daemon dies.
 *
 * @return ALM_OK, ALM_E_IO, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_child_start(alm_child *child, char *const *argv, alm_err *err);
/** Read what it said since. False where its standard error is closed. */
bool alm_child_read(alm_child *child);
/** Did it end? Then its last words were read, and status is set. */
bool alm_child_reap(alm_child *child);
void alm_child_signal(const alm_child *child, int number);
/** Close and free what it holds. It must have ended. */
void alm_child_release(alm_child *child);

#endif
