#include "watch/report.h"

#include <stdio.h>

#include "base/alloc.h"
#include "watch/folder.h"

enum { PATH_SIZE = 4096 };

static alm_status read_runs(alm_source_report *r, alm_journal *journal, int64_t now_s, alm_err *err) {
    alm_str name = r->source->name;
    alm_due_state state;
    alm_status status = alm_journal_state(journal, &state, name, err);
    if (status == ALM_OK) r->has_next = alm_timetable_next(&r->next, &r->source->timetable, name, &state, now_s);
    if (status >= 0) status = alm_journal_last(journal, &r->run, name, false, err);
    r->has_run = status == ALM_OK;
    if (status >= 0) status = alm_journal_last(journal, &r->ended, name, true, err);
    r->has_ended = status == ALM_OK;
    return status < 0 ? status : alm_journal_totals(journal, &r->totals, name, err);
}

static alm_status read_frontier(alm_source_report *r, const char *store, alm_err *err) {
    char folder[PATH_SIZE], path[PATH_SIZE + 16];
    alm_frontier *frontier = NULL;
    alm_status status = alm_source_folder(folder, sizeof folder, store, r->source->name, err);
    if (status != ALM_OK) return status;
    snprintf(path, sizeof path, "%s/archive", folder);
    r->archive_bytes = alm_folder_bytes(path);
    r->frontier_bytes = alm_folder_bytes(folder) - r->archive_bytes;
    snprintf(path, sizeof path, "%s/frontier.db", folder);
    alm_frontier_sqlite_options options = {.path = path, .read_only = true};
    alm_err why = {0};
    status = alm_frontier_sqlite_new(&frontier, &options, &why);
    if (status == ALM_OK) status = alm_frontier_count(frontier, &r->frontier, &why);
    r->has_frontier = status == ALM_OK;
    alm_frontier_free(frontier);
    /* one that a crawl is just making is not there yet; that it cannot be read is the crawl's to say */
    return status == ALM_E_NOMEM ? alm_fail(err, status, "out of memory") : ALM_OK;
}

static uint64_t records_bytes(const char *store) {
    static const char *const names[] = {"", "-wal", "-shm"};
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/records.db%s", store, names[i]);
        sum += alm_file_bytes(path);
    }
    return sum;
}

alm_status alm_watch_report_read(alm_watch_report *out, const char *store, const alm_sources *sources,
                                 alm_journal *journal, int64_t now_s, alm_err *err) {
    alm_watch_report report = {.now_s = now_s, .records_bytes = records_bytes(store)};
    report.sources = alm_calloc(sources->count, sizeof *report.sources);
    if (!report.sources) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_status status = ALM_OK;
    for (size_t i = 0; i < sources->count && status == ALM_OK; i++) {
        alm_source_report *r = &report.sources[report.count++];
        r->source = &sources->items[i];
        if (journal) status = read_runs(r, journal, now_s, err);
        if (status == ALM_OK) status = read_frontier(r, store, err);
    }
    if (status == ALM_OK)
        *out = report;
    else
        alm_watch_report_release(&report);
    return status;
}

void alm_watch_report_release(alm_watch_report *report) {
    alm_free(report->sources);
    *report = (alm_watch_report){0};
}

int64_t alm_source_report_overdue_s(const alm_source_report *r, int64_t now_s) {
    int64_t since = r->has_frontier ? r->frontier.oldest_due_ms / 1000 : 0;
    return since && since < now_s ? now_s - since : 0;
}
