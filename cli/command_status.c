#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pipeline/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "crawler/clock.h"
#include "pipeline/crawl.h"
#include "watch/metrics.h"
#include "watch/report.h"

enum { MAX_CONFIG = 64 << 20, MAX_OUTPUT = 256 << 20, MAX_PATH = 4096 };

enum { OPT_STORE = 1, OPT_JSON, OPT_METRICS };

static const alm_option options[] = {
    {OPT_STORE, 's', "store", "DIR", "folder of almoner watch (default almoner-store)"},
    {OPT_JSON, 'j', "json", NULL, "one JSON object"},
    {OPT_METRICS, 'm', "metrics", NULL, "Prometheus text"},
    {0}};

const alm_usage alm_usage_status = {
    "status", "[options]",
    "Print how the sources of almoner watch fare: last and next run, results, errors by class,\n"
    "what is due and for how long, sizes. Works beside a running daemon and without one.\n",
    options,
    "Exit status: 0 told; 1 a source's last run failed; 2 nothing was watched there; 3 the store cannot be read.\n\n"
    "Examples:\n"
    "  almoner status --store news\n"
    "  almoner status --store news --json | jq '.sources[] | select(.last.result != \"ok\")'\n"};

typedef struct view {
    const char *store;
    alm_sources *sources;
    alm_journal *journal;
    alm_watch_report report;
    bool is_watched; /* a daemon runs */
} view;

static const alm_run_count error_classes[] = {ALM_RUN_CLIENT_ERRORS,  ALM_RUN_OVERLOADED, ALM_RUN_SERVER_ERRORS,
                                              ALM_RUN_NETWORK_ERRORS, ALM_RUN_REFUSED,    ALM_RUN_FAILED};
enum { CLASS_COUNT = sizeof error_classes / sizeof error_classes[0] };

/* ---- for people ---- */

static void format_time(char out[32], const alm_source *source, int64_t unix_s) {
    struct tm tm;
    if (source->timetable.zone)
        tm = alm_zone_local(source->timetable.zone, unix_s);
    else
        gmtime_r(&(time_t){(time_t)unix_s}, &tm);
    strftime(out, 32, "%m-%d %H:%M", &tm);
}

static void format_span(char out[32], int64_t s) {
    if (s >= 2 * 86400)
        snprintf(out, 32, "%" PRId64 " d", s / 86400);
    else if (s >= 2 * 3600)
        snprintf(out, 32, "%" PRId64 " h", s / 3600);
    else if (s >= 2 * 60)
        snprintf(out, 32, "%" PRId64 " min", s / 60);
    else
        snprintf(out, 32, "%" PRId64 " s", s);
}

static void format_bytes(char out[32], uint64_t bytes) {
    if (bytes >= 10 << 20)
        snprintf(out, 32, "%" PRIu64 " MiB", bytes >> 20);
    else
        snprintf(out, 32, "%" PRIu64 " KiB", bytes >> 10);
}

static void pad(alm_str text, size_t width) {
    printf("%.*s", ALM_FMT(text));
    for (size_t used = alm_utf8_columns(text); used < width; used++) putchar(' ');
}

static const char *state_of(const view *v, const alm_source_report *r) {
    if (!r->has_run) return "-";
    if (r->run.ended_s) return alm_run_result_name(r->run.result);
    return v->is_watched ? "running" : "lost";
}

static uint64_t errors_of(const alm_run *run) {
    uint64_t sum = 0;
    for (size_t i = 0; i + 1 < CLASS_COUNT; i++) sum += run->counts[error_classes[i]]; /* failed ones are among them */
    return sum;
}

static void print_row(const view *v, const alm_source_report *r, size_t width) {
    char last[32] = "-", next[32] = "-", overdue[32] = "-";
    if (r->has_run) format_time(last, r->source, r->run.started_s);
    if (r->has_next) format_time(next, r->source, r->next.start_s);
    if (r->has_next && r->next.start_s <= v->report.now_s) snprintf(next, sizeof next, "now");
    int64_t overdue_s = alm_source_report_overdue_s(r, v->report.now_s);
    if (overdue_s) format_span(overdue, overdue_s);
    pad(r->source->name, width);
    printf("  %-11s  %-13s  %7" PRIu64 "  %7" PRIu64 "  %7" PRIu64 "  %-11s  %7" PRIu64 "  %s\n", last, state_of(v, r),
           r->run.counts[ALM_RUN_PAGES], r->run.counts[ALM_RUN_RECORDS], errors_of(&r->run), next,
           r->frontier.states[ALM_URL_QUEUED] + r->frontier.states[ALM_URL_RETRY], overdue);
}

static void print_errors(const alm_source_report *r) {
    if (!r->has_run || errors_of(&r->run) + r->run.counts[ALM_RUN_FAILED] == 0) return;
    printf("%.*s:", ALM_FMT(r->source->name));
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (r->run.counts[error_classes[i]])
            printf(" %s %" PRIu64, alm_run_count_name(error_classes[i]), r->run.counts[error_classes[i]]);
    putchar('\n');
}

static void print_table(const view *v) {
    const alm_watch_report *report = &v->report;
    size_t width = sizeof "SOURCE" - 1;
    uint64_t frontiers = 0, archives = 0;
    char records[32], frontier[32], archive[32];
    for (size_t i = 0; i < report->count; i++) {
        size_t columns = alm_utf8_columns(report->sources[i].source->name);
        if (columns > width) width = columns;
    }
    pad(ALM_STR("SOURCE"), width);
    printf("  %-11s  %-13s  %7s  %7s  %7s  %-11s  %7s  %s\n", "LAST RUN", "RESULT", "ANSWERS", "RECORDS", "ERRORS",
           "NEXT RUN", "QUEUED", "OLDEST DUE");
    for (size_t i = 0; i < report->count; i++) {
        print_row(v, &report->sources[i], width);
        frontiers += report->sources[i].frontier_bytes;
        archives += report->sources[i].archive_bytes;
    }
    for (size_t i = 0; i < report->count; i++) print_errors(&report->sources[i]);
    format_bytes(records, report->records_bytes);
    format_bytes(frontier, frontiers);
    format_bytes(archive, archives);
    printf("store %s: records %s, frontiers %s, archives %s; %s\n", v->store, records, frontier, archive,
           v->is_watched ? "watched" : "no daemon runs");
}

/* ---- for programs ---- */

static void add_time(alm_json *json, const char *name, int64_t unix_s) {
    char text[ALM_TIME_MAX];
    alm_json_key(json, name);
    if (!unix_s) {
        alm_json_null(json);
        return;
    }
    alm_time_format(text, unix_s * 1000);
    alm_json_text(json, alm_str_of(text));
}

static void add_uint(alm_json *json, const char *name, uint64_t number) {
    alm_json_key(json, name);
    alm_json_uint(json, number);
}

static void add_run(alm_json *json, const view *v, const alm_source_report *r) {
    alm_json_key(json, "last");
    if (!r->has_run) {
        alm_json_null(json);
        return;
    }
    alm_json_object(json);
    add_time(json, "due", r->run.due_s);
    add_time(json, "started", r->run.started_s);
    add_time(json, "ended", r->run.ended_s);
    alm_json_member_c(json, "result", state_of(v, r));
    add_uint(json, "missed", r->run.missed);
    alm_json_key(json, "again");
    alm_json_bool(json, r->run.again);
    alm_json_key(json, "limited");
    alm_json_bool(json, r->run.limited);
    for (int i = 0; i < ALM_RUN_COUNT_COUNT; i++)
        add_uint(json, alm_run_count_name((alm_run_count)i), r->run.counts[i]);
    alm_json_object_end(json);
}

static void add_totals(alm_json *json, const alm_source_report *r) {
    alm_json_key(json, "totals");
    alm_json_object(json);
    alm_json_key(json, "runs");
    alm_json_object(json);
    for (int i = ALM_RUN_WELL; i < ALM_RUN_RESULT_COUNT; i++)
        add_uint(json, alm_run_result_name((alm_run_result)i), r->totals.runs[i]);
    alm_json_object_end(json);
    add_uint(json, "missed", r->totals.missed);
    for (int i = 0; i < ALM_RUN_COUNT_COUNT; i++)
        add_uint(json, alm_run_count_name((alm_run_count)i), r->totals.counts[i]);
    alm_json_object_end(json);
}

static void add_source(alm_json *json, const view *v, const alm_source_report *r) {
    alm_json_object(json);
    alm_json_member(json, "name", r->source->name);
    alm_json_member(json, "schedule", r->source->schedule);
    alm_json_member_c(json, "timezone", r->source->timetable.zone ? alm_zone_name(r->source->timetable.zone) : NULL);
    add_time(json, "next_run", r->has_next ? r->next.start_s : 0);
    add_run(json, v, r);
    add_time(json, "last_success", r->totals.last_well_s);
    add_totals(json, r);
    alm_json_key(json, "urls");
    alm_json_object(json);
    for (int i = 0; i < ALM_URL_STATE_COUNT; i++)
        add_uint(json, alm_url_state_name((alm_url_state)i), r->frontier.states[i]);
    alm_json_object_end(json);
    add_uint(json, "oldest_due_age_s", (uint64_t)alm_source_report_overdue_s(r, v->report.now_s));
    add_uint(json, "frontier_bytes", r->frontier_bytes);
    add_uint(json, "archive_bytes", r->archive_bytes);
    alm_json_object_end(json);
}

static void write_json(alm_buf *out, const view *v) {
    alm_json json;
    alm_json_init(&json, out, false);
    alm_json_object(&json);
    add_time(&json, "now", v->report.now_s);
    alm_json_member_c(&json, "store", v->store);
    alm_json_key(&json, "watched");
    alm_json_bool(&json, v->is_watched);
    add_uint(&json, "records_bytes", v->report.records_bytes);
    alm_json_key(&json, "sources");
    alm_json_array(&json);
    for (size_t i = 0; i < v->report.count; i++) add_source(&json, v, &v->report.sources[i]);
    alm_json_array_end(&json);
    alm_json_object_end(&json);
    alm_buf_add_byte(out, '\n');
}

/* ---- reading ---- */

static bool is_watched(const char *store) {
    int lock;
    alm_err ignored = {0};
    alm_status status = alm_store_lock(&lock, store, &ignored);
    if (status == ALM_OK) close(lock);
    return status == ALM_E_REFUSED;
}

static alm_status read_view(view *v, alm_err *err) {
    char path[MAX_PATH];
    alm_buf text;
    alm_buf_init(&text, MAX_CONFIG);
    snprintf(path, sizeof path, "%s/watch.yaml", v->store);
    alm_status status = alm_read_file(&text, path, err);
    if (status == ALM_OK) status = alm_sources_parse(&v->sources, path, alm_buf_str(&text), err);
    alm_buf_release(&text);
    int64_t now_s = (int64_t)time(NULL);
    snprintf(path, sizeof path, "%s/watch.db", v->store);
    if (status == ALM_OK) status = alm_journal_open(&v->journal, path, ALM_JOURNAL_READ, now_s, err);
    if (status == ALM_OK) v->is_watched = is_watched(v->store);
    return status == ALM_OK ? alm_watch_report_read(&v->report, v->store, v->sources, v->journal, now_s, err) : status;
}

static bool has_failed(const view *v) {
    for (size_t i = 0; i < v->report.count; i++) {
        const alm_source_report *r = &v->report.sources[i];
        bool is_well = r->ended.result == ALM_RUN_WELL || r->ended.result == ALM_RUN_STOPPED;
        if (r->has_ended && !is_well) return true;
    }
    return false;
}

static int print_view(const view *v, int how) {
    alm_buf out;
    alm_buf_init(&out, MAX_OUTPUT);
    if (how == OPT_JSON)
        write_json(&out, v);
    else if (how == OPT_METRICS)
        alm_metrics_write(&out, &v->report, NULL);
    else
        print_table(v);
    if (out.len) fwrite(out.ptr, 1, out.len, stdout);
    int code = out.status != ALM_OK ? ALM_EXIT_SYSTEM : has_failed(v) ? ALM_EXIT_SOME_FAILED : ALM_EXIT_OK;
    alm_buf_release(&out);
    return code;
}

int alm_command_status(int argc, char **argv) {
    view v = {.store = "almoner-store"};
    const char *value;
    int first = 0, id, how = 0;
    while ((id = alm_options_next(&alm_usage_status, argc, argv, &value, &first)) > 0) {
        if (id == OPT_STORE)
            v.store = value;
        else
            how = id;
    }
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (first < argc) return alm_usage_fail(&alm_usage_status, "'%s': no argument is expected", argv[first]);
    alm_err err = {0};
    alm_status status = read_view(&v, &err);
    int code;
    if (status == ALM_OK) {
        code = print_view(&v, how);
    } else {
        char text[1024];
        alm_err_describe(&err, text, sizeof text);
        fprintf(stderr, "almoner status: %s\n", text);
        code = status == ALM_E_NOT_FOUND || status == ALM_E_PARSE ? ALM_EXIT_USAGE : ALM_EXIT_SYSTEM;
    }
    alm_watch_report_release(&v.report);
    alm_journal_close(v.journal);
    alm_sources_free(v.sources);
    return code;
}
