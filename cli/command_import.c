#include <stdio.h>

#include "cli/command.h"
#include "cli/privacy.h"
#include "pipeline/import.h"
#include "store/open.h"

enum { OPT_STORE = 1, OPT_PEOPLE, OPT_SALT };

static const alm_option options[] = {
    {OPT_STORE, 's', "store", "STORE", "folder of a crawl, SQLite file or postgres:// URL (default almoner-store)"},
    ALM_PRIVACY_OPTIONS(OPT_PEOPLE, OPT_SALT),
    {0}};

const alm_usage alm_usage_import = {
    "import", "[options] FILE|- ...",
    "Put page documents into a store: what `almoner extract --format json` and `almoner export --format\n"
    "json` wrote here or on another machine, one or many in a file, plain, gzip or zstd.\n"
    "Importing the same again changes nothing. Older documents become history, newer ones supersede.\n",
    options,
    "Exit status: 0 all well; 1 some documents or files were refused; 2 usage; 3 the store failed.\n\n"
    "Examples:\n"
    "  almoner extract --format json *.html | almoner import --store news -\n"
    "  almoner import --store postgres://almoner@db/news documents.ndjson.zst\n"};

typedef struct settings {
    const char *store;
    alm_privacy_options privacy;
    char *const *files;
    int file_count;
} settings;

static int read_options(settings *s, int argc, char **argv) {
    const char *value;
    int first = 0, id;
    *s = (settings){.store = "almoner-store"};
    while ((id = alm_options_next(&alm_usage_import, argc, argv, &value, &first)) > 0) switch (id) {
        case OPT_STORE: s->store = value; break;
        case OPT_SALT: s->privacy.salt_path = value; break;
        default:
            if (!alm_privacy_set_people(&s->privacy, &alm_usage_import, value)) return ALM_EXIT_USAGE;
        }
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    s->files = argv + first;
    s->file_count = argc - first;
    if (s->file_count == 0)
        return alm_usage_fail(&alm_usage_import, "nothing to import: name files, or - for standard input");
    return -1;
}

static void warn(void *context, const char *message) {
    (void)context;
    fprintf(stderr, "almoner import: %s\n", message);
}

static int fail(alm_status status, const alm_err *err) {
    char text[1024];
    alm_err_describe(err, text, sizeof text);
    warn(NULL, text);
    bool asked = status == ALM_E_INVALID || status == ALM_E_UNSUPPORTED;
    return asked ? ALM_EXIT_USAGE : ALM_EXIT_SYSTEM;
}

/* What is wrong with a file is its own; what is wrong with the store ends the run. */
static int import_files(const settings *s, alm_sink *sink, const alm_import_options *import) {
    size_t refused = 0;
    bool failed = false;
    for (int i = 0; i < s->file_count; i++) {
        alm_err err = {0};
        alm_status status = alm_import_file(sink, s->files[i], import, &refused, &err);
        if (status == ALM_E_STORAGE || status == ALM_E_NOMEM || status == ALM_E_INVALID) return fail(status, &err);
        if (status != ALM_OK) fail(status, &err);
        failed |= status != ALM_OK;
    }
    const alm_sink_stats *n = &sink->stats;
    fprintf(stderr, "%llu documents: %llu new versions, %llu new rows, %llu rows superseded, %zu refused\n",
            (unsigned long long)n->documents, (unsigned long long)n->versions, (unsigned long long)n->donations,
            (unsigned long long)n->superseded, refused);
    return failed || refused ? ALM_EXIT_SOME_FAILED : ALM_EXIT_OK;
}

int alm_command_import(int argc, char **argv) {
    settings s;
    alm_store_location location;
    alm_import_options import = {.warn = warn};
    alm_sink *sink = NULL;
    alm_buf salt;
    alm_err err = {0};
    int code = read_options(&s, argc, argv);
    if (code >= 0) return code;
    alm_buf_init(&salt, ALM_SALT_MAX);
    alm_status status = alm_store_locate(&location, s.store, &err);
    if (status == ALM_OK) status = alm_store_make_folder(&location, &err);
    if (status == ALM_OK) status = alm_privacy_load(&import.privacy, &salt, &s.privacy, &location, &err);
    if (status == ALM_OK) status = alm_sink_open(&sink, &location, &err);
    code = status == ALM_OK ? import_files(&s, sink, &import) : fail(status, &err);
    alm_sink_free(sink);
    alm_buf_release(&salt);
    return code;
}
