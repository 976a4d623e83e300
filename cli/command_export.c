#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/privacy.h"
#include "cli/table.h"
#include "pipeline/export.h"
#include "store/open.h"

enum {
    OPT_STORE = 1,
    OPT_FORMAT,
    OPT_OUTPUT,
    OPT_SINCE,
    OPT_CURSOR,
    OPT_WHERE,
    OPT_HISTORY,
    OPT_ROTATE,
    OPT_PEOPLE,
    OPT_SALT
};
enum { MAX_CONDITIONS = 32, MAX_TABLE = 512 << 20, FORMAT_SQLITE = ALM_EXPORT_JSON + 1, FORMAT_TABLE };

static const alm_option options[] = {
    {OPT_STORE, 's', "store", "STORE", "folder of a crawl, SQLite file or postgres:// URL (default almoner-store)"},
    {OPT_FORMAT, 'f', "format", "ndjson|csv|json|sqlite|table",
     "rows, or page documents, or a store, or rows for people (default ndjson)"},
    {OPT_OUTPUT, 'o', "output", "FILE", "whole or not at all; .zst compresses (default: standard output)"},
    {OPT_ROTATE, 0, "rotate", "SIZE", "begin a new file after so much: 100M, 1G; FILE-00001, ..."},
    {OPT_SINCE, 0, "since", "CURSOR|TIME", "only what changed after a cursor, or from a time on"},
    {OPT_CURSOR, 0, "cursor", "FILE", "go on after the cursor in FILE, and write the new one there"},
    {OPT_WHERE, 'w', "where", "FIELD OP VALUE", "only rows like this: = != < <= > >= ~ (contains); may be repeated"},
    {OPT_HISTORY, 0, "history", NULL, "superseded rows and versions too"},
    ALM_PRIVACY_OPTIONS(OPT_PEOPLE, OPT_SALT),
    {0}};

const alm_usage alm_usage_export = {
    "export", "[options]",
    "Write what a store holds: donations as rows (JSON lines, CSV), page documents (JSON lines), or\n"
    "another store (SQLite, made or brought up to date). Works beside a running crawl.\n"
    "It prints a cursor on standard error. With --since it, the next export has what changed in between:\n"
    "nothing is lost, nothing comes twice. A row whose state is \"superseded\" is no longer told.\n",
    options,
    "Exit status: 0 all well; 2 usage, no such store; 3 the store or the output failed.\n\n"
    "Examples:\n"
    "  almoner export --store news --format csv -o donations.csv\n"
    "  almoner export --store news --cursor news.cursor -o part.ndjson.zst\n"
    "  almoner export --store news --where 'cash_amount >= 100000' --where 'recipients ~ hospital'\n"};

typedef struct settings {
    const char *store, *output, *since, *cursor;
    int format;
    uint64_t part_bytes;
    bool history;
    alm_feed_condition conditions[MAX_CONDITIONS];
    size_t condition_count;
    alm_privacy_options privacy;
} settings;

/* "100M": K, M, G of 1024. */
static bool set_size(settings *s, const char *value) {
    char *end;
    errno = 0;
    unsigned long long n = strtoull(value, &end, 10);
    int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    if (errno || end == value || value[0] == '-' || end[shift > 0] || n == 0 || n > (1ULL << 40)) {
        alm_usage_fail(&alm_usage_export, "--rotate '%s': expected a size such as 100M", value);
        return false;
    }
    s->part_bytes = n << shift;
    return true;
}

static bool add_condition(settings *s, const char *value) {
    alm_err err = {0};
    if (s->condition_count == MAX_CONDITIONS) {
        alm_usage_fail(&alm_usage_export, "--where: more than %d", MAX_CONDITIONS);
        return false;
    }
    if (alm_feed_condition_parse(&s->conditions[s->condition_count], value, &err) != ALM_OK) {
        alm_usage_fail(&alm_usage_export, "--where %s", err.message);
        return false;
    }
    s->condition_count++;
    return true;
}

static bool set_option(settings *s, int id, const char *value) {
    static const char *const formats[] = {"ndjson", "csv", "json", "sqlite", "table", NULL};
    switch (id) {
    case OPT_STORE: s->store = value; return true;
    case OPT_OUTPUT: s->output = value; return true;
    case OPT_SINCE: s->since = value; return true;
    case OPT_CURSOR: s->cursor = value; return true;
    case OPT_HISTORY: s->history = true; return true;
    case OPT_SALT: s->privacy.salt_path = value; return true;
    case OPT_FORMAT:
        s->format = alm_option_choice(&alm_usage_export, "--format", value, formats);
        return s->format >= 0;
    case OPT_ROTATE: return set_size(s, value);
    case OPT_WHERE: return add_condition(s, value);
    default: return alm_privacy_set_people(&s->privacy, &alm_usage_export, value);
    }
}

static int read_options(settings *s, int argc, char **argv) {
    const char *value;
    int first = 0, id;
    *s = (settings){.store = "almoner-store"};
    while ((id = alm_options_next(&alm_usage_export, argc, argv, &value, &first)) > 0)
        if (!set_option(s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (first < argc) return alm_usage_fail(&alm_usage_export, "'%s': expected options alone", argv[first]);
    bool to_file = s->output && strcmp(s->output, "-") != 0;
    if (s->since && s->cursor) return alm_usage_fail(&alm_usage_export, "--since and --cursor exclude each other");
    if (s->part_bytes && (!to_file || s->format == FORMAT_SQLITE))
        return alm_usage_fail(&alm_usage_export, "--rotate needs --output and a format of text");
    if (s->format == FORMAT_TABLE && to_file)
        return alm_usage_fail(&alm_usage_export, "--format table is for standard output");
    if (s->format == FORMAT_SQLITE && !to_file)
        return alm_usage_fail(&alm_usage_export, "--format sqlite needs --output");
    return -1;
}

/* ---- the cursor's file ---- */

/* *out is "" where there is none yet: then all is new. */
static alm_status read_cursor(char out[ALM_CURSOR_MAX], const char *path, alm_err *err) {
    FILE *file = fopen(path, "re");
    *out = '\0';
    if (!file && errno == ENOENT) return ALM_OK;
    if (!file || (!fgets(out, ALM_CURSOR_MAX, file) && ferror(file))) {
        alm_fail_system(err, ALM_E_IO, errno, "%.300s: %s", path, strerror(errno));
        if (file) fclose(file);
        return ALM_E_IO;
    }
    fclose(file);
    out[strcspn(out, "\n")] = '\0';
    return *out ? ALM_OK : alm_fail(err, ALM_E_INVALID, "%.300s holds no cursor", path);
}

static alm_status write_cursor(const char *path, const char *cursor, alm_err *err) {
    alm_parts *file = NULL;
    char line[ALM_CURSOR_MAX + 2];
    int len = snprintf(line, sizeof line, "%s\n", cursor);
    alm_parts_options whole = {.path = path};
    alm_status status = alm_parts_new(&file, &whole, err);
    if (status == ALM_OK) status = alm_parts_put(file, (alm_str){line, (size_t)len}, err);
    if (status == ALM_OK) status = alm_parts_commit(file, err);
    alm_parts_free(file);
    return status;
}

/* ---- the export ---- */

static int fail(alm_status status, const alm_err *err) {
    char text[1024];
    alm_err_describe(err, text, sizeof text);
    fprintf(stderr, "almoner export: %s\n", text);
    bool asked = status == ALM_E_INVALID || status == ALM_E_UNSUPPORTED || status == ALM_E_NOT_FOUND;
    return asked ? ALM_EXIT_USAGE : ALM_EXIT_SYSTEM;
}

static alm_status export_text(const settings *s, alm_feed *feed, const alm_export_options *export, uint64_t *count,
                              alm_err *err) {
    alm_parts *parts = NULL;
    alm_buf head;
    alm_buf_init(&head, 1 << 16);
    alm_status status = alm_export_head(&head, (alm_export_format)s->format);
    alm_parts_options options_of_parts = {.path = s->output, .part_bytes = s->part_bytes, .head = alm_buf_str(&head)};
    if (status == ALM_OK) status = alm_parts_new(&parts, &options_of_parts, err);
    if (status == ALM_OK) status = alm_export_text(feed, parts, (alm_export_format)s->format, export, count, err);
    if (status == ALM_OK) status = alm_parts_commit(parts, err);
    alm_parts_free(parts);
    alm_buf_release(&head);
    return status;
}

typedef struct table {
    alm_arena arena;
    alm_table_row *rows;
    size_t count, cap;
} table;

static alm_status add_to_table(void *context, const alm_str *columns, alm_err *err) {
    table *t = context;
    void *rows = t->rows;
    alm_str fields[ALM_FIELD_COUNT];
    alm_status status = alm_arena_grow(&t->arena, &rows, &t->cap, t->count, sizeof *t->rows);
    t->rows = rows;
    for (int i = 0; i < ALM_FIELD_COUNT && status == ALM_OK; i++) {
        fields[i] = columns[i].len ? alm_arena_copy(&t->arena, columns[i]) : (alm_str){0};
        if (columns[i].len && !fields[i].ptr) status = ALM_E_NOMEM;
    }
    if (status == ALM_OK) status = alm_table_row_fill(&t->rows[t->count], &t->arena, fields, (alm_str){0});
    if (status != ALM_OK) return alm_fail(err, status, "too many rows for a table; choose by --where");
    t->count++;
    return ALM_OK;
}

static alm_status export_table(alm_feed *feed, const alm_export_options *export, uint64_t *count, alm_err *err) {
    table t = {0};
    alm_buf out;
    alm_arena_init(&t.arena, MAX_TABLE);
    alm_buf_init(&out, MAX_TABLE);
    alm_status status = alm_export_rows(feed, export, add_to_table, &t, count, err);
    if (status == ALM_OK) status = alm_table_put(&out, t.rows, t.count, alm_table_width(STDOUT_FILENO));
    if (status == ALM_OK) fwrite(out.ptr, 1, out.len, stdout);
    fflush(stdout); /* before what comes on standard error */
    alm_arena_release(&t.arena);
    alm_buf_release(&out);
    return status;
}

static alm_status export_sqlite(const settings *s, alm_feed *feed, const alm_export_options *export, uint64_t *count,
                                alm_err *err) {
    alm_store_location target = {.kind = ALM_STORE_SQLITE};
    alm_sink *sink = NULL;
    if (strlen(s->output) >= sizeof target.path)
        return alm_fail(err, ALM_E_INVALID, "the name of the output is too long");
    strcpy(target.path, s->output);
    alm_status status = alm_sink_open(&sink, &target, err);
    if (status == ALM_OK) status = alm_export_store(feed, sink, export, count, err);
    alm_sink_free(sink);
    return status;
}

static alm_status export(const settings *s, const alm_store_location *location, const alm_privacy *privacy,
                         alm_err *err) {
    char since[ALM_CURSOR_MAX] = "";
    alm_feed *feed = NULL;
    uint64_t count = 0;
    alm_export_options all = {
        .location = location,
        .query = {.history = s->history, .conditions = s->conditions, .condition_count = s->condition_count},
        .privacy = *privacy};
    alm_status status = s->cursor ? read_cursor(since, s->cursor, err) : ALM_OK;
    const char *from = s->since ? s->since : *since ? since : NULL;
    if (status == ALM_OK) status = alm_feed_open(&feed, location, err);
    if (status == ALM_OK && from) status = alm_feed_since(feed, &all.query, from, err);
    if (status == ALM_OK)
        status = s->format == FORMAT_SQLITE  ? export_sqlite(s, feed, &all, &count, err)
                 : s->format == FORMAT_TABLE ? export_table(feed, &all, &count, err)
                                             : export_text(s, feed, &all, &count, err);
    if (status == ALM_OK && s->cursor) status = write_cursor(s->cursor, alm_feed_cursor(feed), err);
    if (status == ALM_OK)
        fprintf(stderr, "%llu records; cursor: %s\n", (unsigned long long)count, alm_feed_cursor(feed));
    alm_feed_free(feed);
    return status;
}

int alm_command_export(int argc, char **argv) {
    settings s;
    alm_store_location location;
    alm_privacy privacy;
    alm_buf salt;
    alm_err err = {0};
    int code = read_options(&s, argc, argv);
    if (code >= 0) return code;
    alm_buf_init(&salt, ALM_SALT_MAX);
    alm_status status = alm_store_locate(&location, s.store, &err);
    if (status == ALM_OK && location.kind == ALM_STORE_SQLITE && access(location.path, F_OK) != 0)
        status = alm_fail(&err, ALM_E_NOT_FOUND, "%.300s: no such store", location.path);
    if (status == ALM_OK) status = alm_privacy_load(&privacy, &salt, &s.privacy, &location, &err);
    if (status == ALM_OK) status = export(&s, &location, &privacy, &err);
    alm_buf_release(&salt);
    return status == ALM_OK ? ALM_EXIT_OK : fail(status, &err);
}
