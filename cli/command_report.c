#include <stdio.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "cli/output_file.h"
#include "report/report.h"

enum { OPT_STORE = 1, OPT_OUTPUT, OPT_TITLE };

static const alm_option options[] = {
    {OPT_STORE, 's', "store", "STORE", "what to report: a crawl's folder, an SQLite file, postgres://…"},
    {OPT_OUTPUT, 'o', "output", "FILE", "write here; the file appears whole or not at all"},
    {OPT_TITLE, 0, "title", "TEXT", "heading of the page"},
    {0}};

const alm_usage alm_usage_report = {
    "report", "[options] --store STORE",
    "Write what a store holds as one HTML page that needs nothing else: totals by month, donor,\n"
    "receiver, place and kind, a table that is searched, sorted and filtered, and behind each row\n"
    "its evidence. After 'almoner resolve' a gift told by several pages is one row and counts once.\n",
    options,
    "Exit status: 0 written; 2 usage; 3 the store cannot be read or the file not be written.\n\n"
    "Examples:\n"
    "  almoner resolve --store crawl && almoner report --store crawl -o report.html\n"
    "  almoner report --store postgres://localhost/gifts --title 'Gifts 2026' > gifts.html\n"};

typedef struct state {
    const char *store, *output;
    alm_report_options options;
} state;

static alm_status write_piece(void *context, alm_str bytes, alm_err *err) {
    return alm_output_file_write(context, bytes, err);
}

static alm_status write_report(const state *s, alm_snapshot *snapshot, alm_err *err) {
    alm_output_file *file = NULL;
    alm_status status = alm_output_file_open(&file, s->output, err);
    if (status == ALM_OK) status = alm_report_write_page(snapshot, &s->options, write_piece, file, err);
    if (status == ALM_OK) status = alm_output_file_commit(file, err);
    alm_output_file_close(file);
    return status;
}

int alm_command_report(int argc, char **argv) {
    state s = {0};
    const char *value;
    int first, id;
    while ((id = alm_options_next(&alm_usage_report, argc, argv, &value, &first)) > 0) {
        if (id == OPT_STORE) s.store = value;
        if (id == OPT_OUTPUT) s.output = value;
        if (id == OPT_TITLE) s.options.title = alm_str_of(value);
    }
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (!s.store) return alm_usage_fail(&alm_usage_report, "--store is needed");
    if (first != argc) return alm_usage_fail(&alm_usage_report, "expected no arguments");
    alm_err err = {0};
    alm_store_location location;
    alm_snapshot *snapshot = NULL;
    alm_status status = alm_store_locate(&location, s.store, &err);
    if (status != ALM_OK) return alm_usage_fail(&alm_usage_report, "--store '%s': %s", s.store, err.message);
    status = alm_snapshot_open(&snapshot, &location, &err);
    if (status == ALM_OK) status = write_report(&s, snapshot, &err);
    alm_snapshot_free(snapshot);
    if (status == ALM_OK) return ALM_EXIT_OK;
    alm_lines_fail(&alm_usage_report, &err);
    return ALM_EXIT_SYSTEM;
}
