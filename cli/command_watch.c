#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pipeline/file.h"
#include "cli/command.h"
#include "crawler/clock.h"
#include "crawler/sources.h"
#include "watch/watch.h"

enum { MAX_CONFIG = 64 << 20, MAX_PATH = 4096, MAX_SHOWN = 1000 };

enum {
    OPT_CONFIG = 1,
    OPT_STORE,
    OPT_RECORDS,
    OPT_RUNS,
    OPT_ONCE,
    OPT_NOW,
    OPT_GRACE,
    OPT_METRICS_FILE,
    OPT_METRICS_PORT,
    OPT_DRY_RUN,
    OPT_FROM,
    OPT_COUNT
};

static const alm_option options[] = {
    {OPT_CONFIG, 'c', "config", "FILE", "sources and their schedules; without it, those of the last time"},
    {OPT_STORE, 's', "store", "DIR", "folder of what is kept (default almoner-store)"},
    {OPT_RECORDS, 0, "records", "STORE", "where records go instead of records.db in the folder"},
    {OPT_RUNS, 0, "runs", "N", "sources that run at the same time (default 4)"},
    {OPT_ONCE, 0, "once", NULL, "run what is due now, then end; for a timer"},
    {OPT_NOW, 0, "now", NULL, "every source with a schedule is due now"},
    {OPT_GRACE, 0, "grace", "SECONDS", "for runs to end after SIGTERM (default 30)"},
    {OPT_METRICS_FILE, 0, "metrics-file", "FILE",
     "write Prometheus metrics there, as node_exporter's textfile collector reads"},
    {OPT_METRICS_PORT, 0, "metrics-port", "N", "serve them on http://127.0.0.1:N/metrics"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL, "check the configuration and print the next runs; nothing is run"},
    {OPT_FROM, 0, "from", "TIME", "of --dry-run: as if it were then (2026-11-23T09:00:00Z)"},
    {OPT_COUNT, 0, "count", "N", "of --dry-run: runs of each source (default 3)"},
    {0}};

const alm_usage alm_usage_watch = {
    "watch", "[options] [-- OPTION OF CRAWL ...]",
    "Stay, and crawl each source when its schedule says so.\n"
    "A source never runs twice at once, nor beside another of the same site. What was missed\n"
    "while the machine slept or the daemon was away is made good by one run. SIGHUP reads the\n"
    "configuration again, SIGTERM ends it when what is under way has come in.\n",
    options,
    "Exit status: 0 ended by a signal, or by --once with all well; 1 of --once: a run failed; 2 usage or\n"
    "configuration; 3 storage or system failure.\n\n"
    "Examples:\n"
    "  almoner watch --config sources.yaml --store news\n"
    "  almoner watch --config sources.yaml --dry-run --count 5\n"
    "  almoner watch --store news --metrics-port 9464 -- --fsync --no-archive\n"};

typedef struct settings {
    alm_watch_options watch;
    bool dry_run, has_from;
    int64_t from_ms, count;
} settings;

static bool set_number(settings *s, int id, const char *value) {
    const alm_usage *usage = &alm_usage_watch;
    int64_t n = 0;
    switch (id) {
    case OPT_RUNS:
        if (!alm_option_int(&n, usage, "--runs", value, 1, 256)) return false;
        s->watch.max_running = (uint32_t)n;
        return true;
    case OPT_GRACE: return alm_option_int(&s->watch.grace_s, usage, "--grace", value, 1, 86400);
    case OPT_METRICS_PORT:
        if (!alm_option_int(&n, usage, "--metrics-port", value, 1, 65535)) return false;
        s->watch.metrics_port = (int)n;
        return true;
    default: return alm_option_int(&s->count, usage, "--count", value, 1, MAX_SHOWN);
    }
}

static bool set_option(settings *s, int id, const char *value) {
    switch (id) {
    case OPT_CONFIG: s->watch.config = value; break;
    case OPT_STORE: s->watch.store = value; break;
    case OPT_RECORDS: s->watch.records = value; break;
    case OPT_ONCE: s->watch.once = true; break;
    case OPT_NOW: s->watch.at_once = true; break;
    case OPT_METRICS_FILE: s->watch.metrics_file = value; break;
    case OPT_DRY_RUN: s->dry_run = true; break;
    case OPT_FROM:
        s->has_from = alm_time_parse(&s->from_ms, alm_str_of(value));
        if (!s->has_from) alm_usage_fail(&alm_usage_watch, "--from '%s': expected 2026-11-23T09:00:00Z", value);
        return s->has_from;
    default: return set_number(s, id, value);
    }
    return true;
}

static int fail(alm_status status, const alm_err *err) {
    char text[1024];
    alm_err_describe(err, text, sizeof text);
    fprintf(stderr, "almoner watch: %s\n", text);
    bool configuration =
        status == ALM_E_PARSE || status == ALM_E_NOT_FOUND || status == ALM_E_INVALID || status == ALM_E_REFUSED;
    return configuration ? ALM_EXIT_USAGE : ALM_EXIT_SYSTEM;
}

/* ---- dry run ---- */

static void print_next(const alm_source *source, int64_t from_s, int64_t count) {
    const alm_timetable *table = &source->timetable;
    int64_t due_s = from_s;
    if (table->kind == ALM_NEVER) printf("%s\tnever\n", source->name.ptr);
    for (int64_t i = 0; i < count && table->kind != ALM_NEVER; i++) {
        due_s = alm_timetable_due_after(table, due_s);
        if (due_s == INT64_MAX) return;
        int64_t start_s = alm_timetable_start_of(table, source->name, due_s);
        struct tm local = alm_zone_local(table->zone, start_s);
        char time[ALM_TIME_MAX], clock[64];
        alm_time_format(time, start_s * 1000);
        strftime(clock, sizeof clock, "%a %Y-%m-%d %H:%M:%S", &local);
        printf("%s\t%s\t%s %s\n", source->name.ptr, time, clock, alm_zone_name(table->zone));
    }
}

static int dry_run(const settings *s) {
    char path[MAX_PATH];
    alm_err err = {0};
    alm_sources *sources = NULL;
    alm_buf text;
    alm_buf_init(&text, MAX_CONFIG);
    snprintf(path, sizeof path, "%s/watch.yaml", s->watch.store);
    const char *name = s->watch.config ? s->watch.config : path;
    alm_status status = alm_read_file(&text, name, &err);
    if (status == ALM_OK) status = alm_sources_parse(&sources, name, alm_buf_str(&text), &err);
    int64_t from_s = s->has_from ? s->from_ms / 1000 : (int64_t)time(NULL);
    for (size_t i = 0; status == ALM_OK && i < sources->count; i++) print_next(&sources->items[i], from_s, s->count);
    alm_sources_free(sources);
    alm_buf_release(&text);
    return status == ALM_OK ? ALM_EXIT_OK : fail(status, &err);
}

/* ---- running ---- */

static void say(void *context, const char *message) {
    (void)context;
    fprintf(stderr, "almoner watch: %s\n", message);
}

static int run(settings *s) {
    char program[MAX_PATH];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len < 0) {
        perror("almoner watch: /proc/self/exe");
        return ALM_EXIT_SYSTEM;
    }
    program[len] = '\0';
    s->watch.program = program;
    s->watch.say = say;
    alm_err err = {0};
    uint64_t failed = 0;
    alm_status status = alm_watch_run(&s->watch, &failed, &err);
    if (status != ALM_OK) return fail(status, &err);
    return s->watch.once && failed ? ALM_EXIT_SOME_FAILED : ALM_EXIT_OK;
}

int alm_command_watch(int argc, char **argv) {
    settings s = {.watch.store = "almoner-store", .count = 3};
    const char *value;
    int first = 0, id;
    while ((id = alm_options_next(&alm_usage_watch, argc, argv, &value, &first)) > 0)
        if (!set_option(&s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (first < argc && (first == 0 || strcmp(argv[first - 1], "--") != 0))
        return alm_usage_fail(&alm_usage_watch, "'%s': options of crawl stand behind --", argv[first]);
    s.watch.crawl_options = argv + first;
    return s.dry_run ? dry_run(&s) : run(&s);
}
