#include "watch/watch_priv.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "pipeline/file.h"
#include "pipeline/crawl.h"
#include "watch/folder.h"

enum {
    MAX_RUNNING = 4,
    MAX_POLLED = 1024,
    GRACE_S = 30,
    METRICS_S = 15,
    LOOK_S = 20, /* poll does not count the time that the machine sleeps: after it, look again soon */
    MAX_METRICS = 64 << 20,
    LOCK_TRIES = 5
};

int64_t watch_now(void) { return (int64_t)time(NULL); }

void watch_say(const watch *w, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    w->options->say(w->options->context, text);
}

/* ---- metrics ---- */

static int64_t steady_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void make_metrics(watch *w) {
    int64_t began_ms = steady_ms();
    const alm_watch_options *o = w->options;
    alm_watch_report report;
    alm_err why = {0};
    alm_watch_health health = {w->reload_failed, w->reloaded_s, w->running};
    w->metrics_s = watch_now();
    w->has_news = false;
    alm_status status = alm_watch_report_read(&report, o->store, w->sources->sources, w->journal, w->metrics_s, &why);
    if (status == ALM_OK) {
        alm_buf_reset(&w->metrics);
        alm_metrics_write(&w->metrics, &report, &health);
        alm_watch_report_release(&report);
        status = w->metrics.status;
    }
    if (status == ALM_OK && o->metrics_file) status = alm_keep_file(o->metrics_file, alm_buf_str(&w->metrics), &why);
    /* who looks at metrics sees that they stay behind; the runs go on */
    if (status != ALM_OK) watch_say(w, "metrics: %s", why.message[0] ? why.message : alm_status_name(status));
    w->metrics_rest_ms = (steady_ms() - began_ms) * 20;
}

static void keep_metrics(watch *w) {
    if (!w->options->metrics_file && !w->server) return;
    int64_t now_s = watch_now();
    int64_t rest_s = w->metrics_rest_ms / 1000, age_s = now_s - w->metrics_s;
    if (age_s < 0 || age_s > (w->has_news ? rest_s : rest_s > METRICS_S ? rest_s : METRICS_S)) make_metrics(w);
}

/* ---- signals ---- */

static void tell_to_end(watch *w) {
    int64_t grace = w->options->grace_s ? w->options->grace_s : GRACE_S;
    w->told_to_end++;
    w->end_at_s = watch_now() + grace;
    if (w->told_to_end == 1) watch_say(w, "ending; %zu runs go on until what is under way has come in", w->running);
    watch_tell_to_end(w);
}

static void reload(watch *w) {
    alm_err err = {0};
    char text[1024];
    w->has_news = true;
    w->reload_failed = watch_load(w, &err) != ALM_OK;
    if (!w->reload_failed) {
        w->reloaded_s = watch_now();
        watch_say(w, "configuration read: %zu sources", w->sources->sources->count);
        return;
    }
    alm_err_describe(&err, text, sizeof text);
    watch_say(w, "%s; the configuration that was in use stays", text);
}

static void heed_signals(watch *w) {
    struct signalfd_siginfo info;
    while (read(w->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP && !w->told_to_end) reload(w);
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) tell_to_end(w);
    }
}

static alm_status take_signals(watch *w, alm_err *err) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0) w->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return w->signals >= 0 ? ALM_OK : alm_fail_system(err, ALM_E_IO, errno, "signalfd: %s", strerror(errno));
}

/* ---- what is due ---- */

static bool share(const void *context, const alm_roster_entry *a, const alm_roster_entry *b) {
    (void)context;
    const watch_place *x = a->user, *y = b->user;
    return alm_sources_share_site(x->source, y->source);
}

/* What somebody asked for now, but not in blackout hours. */
static alm_roster_entry *wanted_at_once(watch *w, int64_t now_s, alm_due *due) {
    for (size_t i = 0; i < w->roster.count; i++) {
        alm_roster_entry *entry = &w->roster.entries[i];
        const alm_timetable *t = entry->table;
        if (!w->places[i].at_once || alm_blackout_until(t->blackout, t->blackout_count, t->zone, now_s) != now_s)
            continue;
        if (!alm_roster_may_begin(&w->roster, entry)) continue;
        *due = (alm_due){.due_s = now_s, .start_s = now_s};
        return entry;
    }
    return NULL;
}

static alm_status heed_clock(watch *w, int64_t now_s, alm_err *err) {
    alm_status status = ALM_OK;
    for (size_t i = 0; i < w->roster.count && status == ALM_OK; i++) {
        alm_roster_entry *entry = &w->roster.entries[i];
        if (!alm_roster_heed_clock(entry, now_s)) continue;
        watch_say(w, "%s: the clock was set back; due times count from now on", entry->name.ptr);
        status = alm_journal_settle(w->journal, entry->name, &entry->state, err);
    }
    return status;
}

static alm_status begin_what_is_due(watch *w, alm_err *err) {
    int64_t now_s = watch_now();
    alm_status status = heed_clock(w, now_s, err);
    while (status == ALM_OK && !w->told_to_end) {
        alm_due due;
        alm_roster_entry *entry = wanted_at_once(w, now_s, &due);
        if (!entry) entry = alm_roster_ready(&w->roster, now_s, &due);
        if (!entry) break;
        status = watch_begin(w, entry, &due, err);
    }
    return status;
}

static alm_status attend_runs(watch *w, alm_err *err) {
    alm_status status = ALM_OK;
    for (size_t i = 0; i < w->roster.count && status == ALM_OK; i++)
        if (w->places[i].job) status = watch_attend(w, &w->roster.entries[i], err);
    watch_sweep(w);
    return status;
}

/* ---- waiting ---- */

static int wait_ms(const watch *w) {
    int64_t now_s = watch_now(), until = now_s + LOOK_S;
    int64_t wake_s = alm_roster_wake_s(&w->roster, now_s);
    if (wake_s < until) until = wake_s;
    if (w->told_to_end && w->end_at_s < until) until = w->end_at_s;
    if (w->has_news && (w->options->metrics_file || w->server)) until = now_s + 1;
    return until > now_s ? (int)(until - now_s) * 1000 : 0;
}

static void wait_for_something(watch *w) {
    struct pollfd polled[MAX_POLLED + 2] = {{.fd = w->signals, .events = POLLIN}};
    nfds_t count = 1;
    int timeout = wait_ms(w);
    if (w->server) {
        alm_metrics_server_run(w->server, &timeout);
        polled[count++] = (struct pollfd){.fd = alm_metrics_server_fd(w->server), .events = POLLIN};
    }
    for (size_t i = 0; i < w->roster.count && count < MAX_POLLED; i++)
        if (w->places[i].job && w->places[i].job->child.err_fd >= 0)
            polled[count++] = (struct pollfd){.fd = w->places[i].job->child.err_fd, .events = POLLIN};
    if (poll(polled, count, timeout) < 0) return; /* a signal: it is read below */
    int ignored = timeout;
    if (w->server) alm_metrics_server_run(w->server, &ignored);
}

static alm_status live(watch *w, alm_err *err) {
    for (;;) {
        alm_status status = begin_what_is_due(w, err);
        if (status != ALM_OK) return status;
        keep_metrics(w);
        if (w->running == 0 && (w->told_to_end || w->options->once)) return ALM_OK;
        wait_for_something(w);
        heed_signals(w);
        if (w->told_to_end && w->running && watch_now() >= w->end_at_s) tell_to_end(w);
        status = attend_runs(w, err);
        if (status != ALM_OK) return status;
    }
}

/* The journal failed: runs are told to end, and nobody is left to write down that they did. */
static void end_all(watch *w) {
    alm_err ignored = {0};
    while (w->running) {
        tell_to_end(w);
        while (w->running && watch_now() < w->end_at_s) {
            wait_for_something(w);
            heed_signals(w);
            if (attend_runs(w, &ignored) == ALM_E_NOMEM) break;
        }
    }
}

/* ---- beginning and end ---- */

static alm_status make_folder(const char *store, const char *name, alm_err *err) {
    char path[WATCH_PATH];
    snprintf(path, sizeof path, "%s%s", store, name);
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return ALM_OK;
    return alm_fail_system(err, ALM_E_STORAGE, errno, "%s: %s", path, strerror(errno));
}

/* `almoner status` looks whether the lock is held by taking it for a moment. */
static alm_status lock_store(watch *w, alm_err *err) {
    alm_status status = ALM_E_REFUSED;
    for (int i = 0; i < LOCK_TRIES && status == ALM_E_REFUSED; i++) {
        if (i) nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        alm_err why = {0};
        status = alm_store_lock(&w->lock, w->options->store, &why);
        if (status != ALM_OK && (status != ALM_E_REFUSED || i + 1 == LOCK_TRIES)) *err = why;
    }
    return status;
}

/* Crawls of a daemon that was killed are told so, and end when what is under way has come in: wait for their locks. */
static void await_leftovers(const watch *w) {
    int64_t until_s = watch_now() + (w->options->grace_s ? w->options->grace_s : GRACE_S);
    for (size_t i = 0; i < w->roster.count; i++) {
        char folder[WATCH_PATH];
        struct stat info;
        int lock;
        if (alm_source_folder(folder, sizeof folder, w->options->store, w->roster.entries[i].name, NULL) != ALM_OK)
            continue;
        while (stat(folder, &info) == 0 && watch_now() < until_s) {
            alm_status status = alm_store_lock(&lock, folder, NULL);
            if (status == ALM_OK) close(lock);
            if (status != ALM_E_REFUSED) break;
            nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        }
    }
}

static alm_status set_up(watch *w, alm_err *err) {
    const alm_watch_options *o = w->options;
    char path[WATCH_PATH];
    snprintf(path, sizeof path, "%s/watch.db", o->store);
    alm_status status = make_folder(o->store, "", err);
    if (status == ALM_OK) status = make_folder(o->store, "/sources", err);
    if (status == ALM_OK) status = lock_store(w, err);
    if (status == ALM_OK) status = alm_journal_open(&w->journal, path, ALM_JOURNAL_WRITE, watch_now(), err);
    if (status == ALM_OK) status = watch_load(w, err);
    if (status == ALM_OK) await_leftovers(w);
    if (status == ALM_OK && o->metrics_port)
        status = alm_metrics_server_new(&w->server, o->metrics_port, &w->metrics, err);
    if (status == ALM_OK) status = take_signals(w, err);
    if (status != ALM_OK) return status;
    w->reloaded_s = watch_now();
    for (size_t i = 0; i < w->roster.count; i++)
        w->places[i].at_once = o->at_once && w->roster.entries[i].table->kind != ALM_NEVER;
    return ALM_OK;
}

alm_status alm_watch_run(const alm_watch_options *options, uint64_t *failed, alm_err *err) {
    watch w = {.options = options, .lock = -1, .signals = -1, .has_news = true};
    w.roster.max_running = options->max_running ? options->max_running : MAX_RUNNING;
    w.roster.share = share;
    alm_buf_init(&w.metrics, MAX_METRICS);
    alm_status status = set_up(&w, err);
    if (status == ALM_OK) {
        watch_say(&w, "watching %zu sources", w.sources->sources->count);
        status = live(&w, err);
        if (status != ALM_OK) end_all(&w);
    }
    if (status == ALM_OK && (options->metrics_file || w.server)) make_metrics(&w);
    *failed = w.failed;
    alm_metrics_server_free(w.server);
    watch_free_sources(&w);
    alm_journal_close(w.journal);
    alm_buf_release(&w.metrics);
    if (w.signals >= 0) close(w.signals);
    if (w.lock >= 0) close(w.lock);
    return status;
}
