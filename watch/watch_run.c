/* One run, from its begin to its end. */
#include "watch/watch_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "watch/folder.h"

enum { PROGRESS_S = 10, MAX_ARGUMENTS = 64 };

/* ---- beginning ---- */

/* Until when it may last: its own limit, or the beginning of blackout hours. 0: no limit. */
static int64_t seconds_for(const alm_source *source, int64_t now_s) {
    int64_t end_s = alm_timetable_end_by(&source->timetable, now_s), most = source->max_time_s;
    if (end_s != INT64_MAX && (most == 0 || end_s - now_s < most)) most = end_s - now_s;
    return most;
}

static void say_of_job(void *context, const char *line) {
    const watch_job *job = context;
    watch_say(job->watch, "%s: %s", job->name, line);
}

static alm_status start(watch *w, watch_job *job, const alm_source *source, alm_err *err) {
    char config[WATCH_PATH], folder[WATCH_PATH], records[WATCH_PATH], limit[32];
    const alm_watch_options *o = w->options;
    alm_status status = alm_source_folder(folder, sizeof folder, o->store, source->name, err);
    if (status != ALM_OK) return status;
    snprintf(config, sizeof config, "%s/watch.yaml", o->store);
    snprintf(records, sizeof records, "%s/records.db", o->store);
    const char *arguments[MAX_ARGUMENTS] = {o->program,   "crawl",   "--config",  config,
                                            "--source",   job->name, "--store",   folder,
                                            "--progress", "json",    "--records", o->records ? o->records : records};
    size_t count = 0;
    while (arguments[count]) count++;
    int64_t seconds = seconds_for(source, watch_now());
    if (seconds) {
        snprintf(limit, sizeof limit, "%" PRId64, seconds);
        arguments[count++] = "--max-time";
        arguments[count++] = limit;
    }
    for (char *const *more = o->crawl_options; more && *more; more++) {
        if (count == MAX_ARGUMENTS - 1) return alm_fail(err, ALM_E_LIMIT, "too many options for crawls");
        arguments[count++] = *more;
    }
    return alm_child_start(&job->child, (char *const *)(uintptr_t)arguments, err);
}

static void free_job(watch_job *job) {
    alm_child_release(&job->child);
    alm_free(job->name);
    alm_free(job);
}

static alm_status end(watch *w, alm_roster_entry *entry, watch_job *job, alm_run_result result, alm_err *err) {
    bool cut_off = result == ALM_RUN_STOPPED;
    ((watch_place *)entry->user)->job = NULL;
    w->running--;
    w->has_news = true;
    alm_roster_end(entry, cut_off);
    job->run.ended_s = watch_now();
    job->run.result = result;
    w->failed += result != ALM_RUN_WELL && !cut_off;
    watch_say(w, "%s: run ended: %s, %" PRIu64 " answers, %" PRIu64 " records, %" PRId64 " s%s", job->name,
              alm_run_result_name(result), job->run.counts[ALM_RUN_PAGES], job->run.counts[ALM_RUN_RECORDS],
              job->run.ended_s - job->run.started_s, job->run.limited ? ", cut short by a limit" : "");
    alm_status status = alm_journal_end(w->journal, entry->name, &job->run, &entry->state, err);
    free_job(job);
    return status;
}

static void say_begun(const watch *w, const watch_job *job, const alm_due *due) {
    char why[96] = "";
    if (due->again)
        snprintf(why, sizeof why, ", taking up what was cut off");
    else if (due->missed)
        snprintf(why, sizeof why, ", making good %" PRIu32 " that were missed", due->missed);
    watch_say(w, "%s: run begins%s", job->name, why);
}

alm_status watch_begin(watch *w, alm_roster_entry *entry, const alm_due *due, alm_err *err) {
    watch_place *place = entry->user;
    watch_job *job = alm_calloc(1, sizeof *job);
    char *name = job ? alm_strdup(entry->name) : NULL;
    if (!name) {
        alm_free(job);
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    int64_t now_s = watch_now();
    *job = (watch_job){.watch = w, .name = name, .written_s = now_s};
    job->child = (alm_child){.err_fd = -1, .run = &job->run, .say = say_of_job, .context = job};
    job->run = (alm_run){.due_s = due->due_s, .started_s = now_s, .missed = due->missed, .again = due->again};
    alm_roster_begin(entry, due);
    alm_status status = alm_journal_begin(w->journal, entry->name, &entry->state, due, now_s, &job->run.id, err);
    if (status != ALM_OK) {
        entry->is_running = false;
        free_job(job);
        return status;
    }
    place->job = job;
    place->at_once = false;
    w->running++;
    w->has_news = true;
    say_begun(w, job, due);
    alm_err why = {0};
    if (start(w, job, place->source, &why) == ALM_OK) return ALM_OK;
    watch_say(w, "%s: %s", job->name, why.message);
    return end(w, entry, job, ALM_RUN_CRASHED, err);
}

/* ---- while it runs, and its end ---- */

static alm_run_result result_of(const watch_job *job) {
    static const alm_run_result by_status[] = {ALM_RUN_WELL, ALM_RUN_SOME_FAILED, ALM_RUN_CONFIGURATION,
                                               ALM_RUN_STORAGE};
    int status = job->child.status;
    bool is_known = WIFEXITED(status) && WEXITSTATUS(status) < 4;
    if (job->is_told_to_end && (!is_known || WEXITSTATUS(status) < 2)) return ALM_RUN_STOPPED;
    return is_known ? by_status[WEXITSTATUS(status)] : ALM_RUN_CRASHED;
}

alm_status watch_attend(watch *w, alm_roster_entry *entry, alm_err *err) {
    watch_job *job = ((watch_place *)entry->user)->job;
    alm_child_read(&job->child);
    if (alm_child_reap(&job->child)) {
        if (WIFSIGNALED(job->child.status))
            watch_say(w, "%s: ended by signal %d", job->name, WTERMSIG(job->child.status));
        return end(w, entry, job, result_of(job), err);
    }
    int64_t now_s = watch_now();
    if (now_s - job->written_s < PROGRESS_S) return ALM_OK;
    job->written_s = now_s;
    return alm_journal_progress(w->journal, &job->run, err);
}

void watch_tell_to_end(watch *w) {
    for (size_t i = 0; i < w->roster.count; i++) {
        watch_job *job = w->places[i].job;
        if (!job) continue;
        job->is_told_to_end = true;
        alm_child_signal(&job->child, w->told_to_end < 3 ? SIGTERM : SIGKILL);
    }
}
