#include "watch/metrics.h"

#include <inttypes.h>

/* ---- the text format ---- */

static void head(alm_buf *out, const char *name, const char *type, const char *help) {
    alm_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_label(alm_buf *out, const char *name, alm_str value) {
    alm_buf_printf(out, "%s=\"", name);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\n')
            alm_buf_add_c(out, "\\n");
        else if (c == '"' || c == '\\')
            alm_buf_printf(out, "\\%c", c);
        else
            alm_buf_add_byte(out, c);
    }
    alm_buf_add_byte(out, '"');
}

static void sample(alm_buf *out, const char *name, const alm_source_report *r, const char *label, const char *value,
                   int64_t number) {
    alm_buf_printf(out, "%s{", name);
    add_label(out, "source", r->source->name);
    if (label) {
        alm_buf_add_byte(out, ',');
        add_label(out, label, alm_str_of(value));
    }
    alm_buf_printf(out, "} %" PRId64 "\n", number);
}

/* ---- a number of each source ---- */

typedef struct gauge {
    const char *name, *type, *help;
    bool (*read)(const alm_source_report *r, int64_t now_s, int64_t *out); /* false: it has none */
} gauge;

static bool read_running(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = r->has_run && !r->run.ended_s;
    return true;
}

static bool read_next(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = r->next.start_s;
    return r->has_next;
}

static bool read_last(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = r->ended.ended_s;
    return r->has_ended;
}

static bool read_last_well(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = r->totals.last_well_s;
    return r->totals.last_well_s != 0;
}

static bool read_last_success(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = r->ended.result == ALM_RUN_WELL || r->ended.result == ALM_RUN_SOME_FAILED;
    return r->has_ended;
}

static bool read_duration(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = r->ended.ended_s - r->ended.started_s;
    return r->has_ended;
}

static bool read_missed(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = (int64_t)r->totals.missed;
    return true;
}

static bool read_failed(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = (int64_t)r->totals.counts[ALM_RUN_FAILED];
    return true;
}

static bool read_records(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = (int64_t)r->totals.counts[ALM_RUN_RECORDS];
    return true;
}

static bool read_bytes(const alm_source_report *r, int64_t now_s, int64_t *out) {
    (void)now_s;
    *out = (int64_t)r->totals.counts[ALM_RUN_BYTES];
    return true;
}

static bool read_overdue(const alm_source_report *r, int64_t now_s, int64_t *out) {
    *out = alm_source_report_overdue_s(r, now_s);
    return r->has_frontier;
}

static const gauge gauges[] = {
    {"almoner_source_running", "gauge", "Whether a run of the source goes on.", read_running},
    {"almoner_source_next_run_timestamp_seconds", "gauge", "When the next run may begin.", read_next},
    {"almoner_source_last_run_timestamp_seconds", "gauge", "When the last run ended.", read_last},
    {"almoner_source_last_run_success", "gauge",
     "Whether the last run ended by itself, with some pages given up or none.", read_last_success},
    {"almoner_source_last_run_duration_seconds", "gauge", "How long the last run took.", read_duration},
    {"almoner_source_last_success_timestamp_seconds", "gauge", "When the last successful run ended.", read_last_well},
    {"almoner_source_missed_runs_total", "counter", "Due times that a later run made good.", read_missed},
    {"almoner_source_failed_urls_total", "counter", "URLs that were given up.", read_failed},
    {"almoner_source_records_total", "counter", "Donation records that were read.", read_records},
    {"almoner_source_received_bytes_total", "counter", "Bytes of answers.", read_bytes},
    {"almoner_source_oldest_due_age_seconds", "gauge", "For how long the URL that waits longest has been due.",
     read_overdue},
};

/* ---- several numbers of each source ---- */

static void write_runs(alm_buf *out, const alm_watch_report *report) {
    head(out, "almoner_source_runs_total", "counter", "Runs by how they ended.");
    for (size_t i = 0; i < report->count; i++)
        for (int k = ALM_RUN_WELL; k < ALM_RUN_RESULT_COUNT; k++)
            sample(out, "almoner_source_runs_total", &report->sources[i], "result",
                   alm_run_result_name((alm_run_result)k), (int64_t)report->sources[i].totals.runs[k]);
}

static void write_answers(alm_buf *out, const alm_watch_report *report) {
    head(out, "almoner_source_answers_total", "counter", "What became of requests.");
    for (size_t i = 0; i < report->count; i++)
        for (int k = ALM_RUN_OK; k <= ALM_RUN_DISALLOWED; k++)
            sample(out, "almoner_source_answers_total", &report->sources[i], "class",
                   alm_run_count_name((alm_run_count)k), (int64_t)report->sources[i].totals.counts[k]);
}

static void write_urls(alm_buf *out, const alm_watch_report *report) {
    head(out, "almoner_source_urls", "gauge", "Known URLs by state.");
    for (size_t i = 0; i < report->count; i++)
        for (int k = 0; k < ALM_URL_STATE_COUNT && report->sources[i].has_frontier; k++)
            sample(out, "almoner_source_urls", &report->sources[i], "state", alm_url_state_name((alm_url_state)k),
                   (int64_t)report->sources[i].frontier.states[k]);
}

static void write_disk(alm_buf *out, const alm_watch_report *report) {
    head(out, "almoner_source_disk_bytes", "gauge", "Size of the source's files.");
    for (size_t i = 0; i < report->count; i++) {
        const alm_source_report *r = &report->sources[i];
        sample(out, "almoner_source_disk_bytes", r, "part", "archive", (int64_t)r->archive_bytes);
        sample(out, "almoner_source_disk_bytes", r, "part", "frontier", (int64_t)r->frontier_bytes);
    }
    head(out, "almoner_records_disk_bytes", "gauge", "Size of the embedded store of records.");
    alm_buf_printf(out, "almoner_records_disk_bytes %" PRIu64 "\n", report->records_bytes);
}

static void write_health(alm_buf *out, const alm_watch_health *health) {
    head(out, "almoner_config_last_reload_successful", "gauge", "Whether the configuration read the last time.");
    alm_buf_printf(out, "almoner_config_last_reload_successful %d\n", !health->reload_failed);
    head(out, "almoner_config_last_reload_success_timestamp_seconds", "gauge",
         "When the configuration was last taken up.");
    alm_buf_printf(out, "almoner_config_last_reload_success_timestamp_seconds %" PRId64 "\n", health->reloaded_s);
    head(out, "almoner_watch_running_runs", "gauge", "Runs that go on.");
    alm_buf_printf(out, "almoner_watch_running_runs %zu\n", health->running);
}

void alm_metrics_write(alm_buf *out, const alm_watch_report *report, const alm_watch_health *health) {
    head(out, "almoner_build_info", "gauge", "Which almoner this is.");
    alm_buf_printf(out, "almoner_build_info{version=\"%s\"} 1\n", ALM_VERSION);
    if (health) write_health(out, health);
    for (size_t i = 0; i < sizeof gauges / sizeof gauges[0]; i++) {
        head(out, gauges[i].name, gauges[i].type, gauges[i].help);
        for (size_t k = 0; k < report->count; k++) {
            int64_t number;
            if (gauges[i].read(&report->sources[k], report->now_s, &number))
                sample(out, gauges[i].name, &report->sources[k], NULL, NULL, number);
        }
    }
    write_runs(out, report);
    write_answers(out, report);
    write_urls(out, report);
    write_disk(out, report);
}
