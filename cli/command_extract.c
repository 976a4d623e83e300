#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/extract_run.h"
#include "cli/table.h"
#include "extract/page/decode.h"
#include "pipeline/ordered.h"

enum {
    OPT_FORMAT = 1,
    OPT_TEXT,
    OPT_PRETTY,
    OPT_RULES,
    OPT_ENCODING,
    OPT_URL,
    OPT_TYPE,
    OPT_EXPLAIN,
    OPT_JOBS,
    OPT_OUTPUT,
    OPT_TIMEOUT,
    OPT_ALLOW_PRIVATE,
    OPT_USER_AGENT,
    OPT_PROXY,
    OPT_CA_FILE
};

static const alm_option options[] = {
    {OPT_FORMAT, 'f', "format", "json|ndjson|csv|table",
     "json (default): a page document a page, one a line;\n"
     "ndjson, csv: flat rows, a donation a line;\n"
     "table: for people"},
    {OPT_TEXT, 't', "text", NULL, "put the main text into the page document"},
    {OPT_PRETTY, 'p', "pretty", NULL, "indent page documents"},
    {OPT_OUTPUT, 'o', "output", "FILE", "write here; the file appears whole or not at all"},
    {OPT_JOBS, 'j', "jobs", "N", "work on N inputs at a time; results keep their order"},
    {OPT_URL, 'u', "url", "URL", "the URL that files and standard input come from"},
    {OPT_TYPE, 0, "type", "html|text", "what the input is; without it, text is what has no tags"},
    {OPT_ENCODING, 0, "encoding", "LABEL", "the charset, whatever the page says (a BOM still wins)"},
    {OPT_RULES, 'r', "rules", "DIR",
     "rule pack; else $ALMONER_RULES, else the one installed.\nGiven again: a pack that extends the ones before"},
    {OPT_EXPLAIN, 0, "explain", NULL, "say on stderr what each rule did"},
    {OPT_TIMEOUT, 0, "timeout", "SECONDS", "for one URL with all its redirects (default 30)"},
    {OPT_ALLOW_PRIVATE, 0, "allow-private", NULL, "fetch from loopback, private and link-local addresses too"},
    {OPT_USER_AGENT, 0, "user-agent", "TEXT", "instead of almoner/VERSION"},
    {OPT_PROXY, 0, "proxy", "URL",
     "fetch through it; proxies of the environment are not used,\n"
     "since behind one the address guard is blind"},
    {OPT_CA_FILE, 0, "ca-file", "FILE", "trust these certificates (PEM) instead of the system's"},
    {0}};

const alm_usage alm_usage_extract = {
    "extract", "[options] URL|FILE|- ...",
    "Read pages and print who gave what to whom, with the evidence for every field.\n"
    "A file may be gzip, or a WARC archive, all pages of which are read; '-' is standard\n"
    "input. A page is at most 16 MiB.\n",
    options,
    "Exit status: 0 all read; 1 some inputs failed (the others are done); 2 usage or rule pack;\n"
    "3 the output could not be written.\n\n"
    "Examples:\n"
    "  almoner extract -f table https://www.example.org/news/1.html\n"
    "  almoner extract --url https://www.example.org/news/1.html saved.html\n"
    "  almoner extract -j 4 -f csv -o donations.csv pages/*.html\n"
    "  almoner extract -j 4 -f ndjson crawl/archive/*.warc.gz\n"
    "  curl -s https://www.example.org/ | almoner extract -f ndjson - | jq .donor\n"};

typedef struct settings {
    alm_extract_run run;
    const char *packs[9]; /* the first is the base; NULL-terminated */
    size_t pack_count;
    const char *output;
} settings;

static bool set_choice(settings *s, int id, const char *value) {
    static const char *const formats[] = {"json", "ndjson", "csv", "table", NULL};
    static const char *const types[] = {"html", "text", NULL};
    int choice = id == OPT_FORMAT ? alm_option_choice(&alm_usage_extract, "--format", value, formats)
                                  : alm_option_choice(&alm_usage_extract, "--type", value, types);
    if (choice < 0) return false;
    if (id == OPT_FORMAT)
        s->run.format = (alm_extract_format)choice;
    else
        s->run.type = (alm_extract_type)(choice + 1);
    return true;
}

static bool set_number(settings *s, int id, const char *value) {
    int64_t number = 0;
    if (id == OPT_JOBS) {
        if (!alm_option_int(&number, &alm_usage_extract, "--jobs", value, 1, ALM_ORDERED_MAX_WORKERS)) return false;
        s->run.worker_count = (unsigned)number;
        return true;
    }
    if (!alm_option_int(&number, &alm_usage_extract, "--timeout", value, 1, 86400)) return false;
    s->run.reader.fetch.total_ms = number * 1000;
    if (s->run.reader.fetch.total_ms < ALM_FETCH_CONNECT_MS) s->run.reader.fetch.connect_ms = number * 1000;
    return true;
}

static bool set_checked(settings *s, int id, const char *value) {
    if (id == OPT_ENCODING) {
        s->run.reader.encoding = value;
        if (alm_charset_by_label(alm_str_of(value))) return true;
        alm_usage_fail(&alm_usage_extract,
                       "--encoding '%s': expected a label of the WHATWG Encoding Standard, such as gb18030", value);
        return false;
    }
    s->run.base_url = value;
    if (alm_is_url(value)) return true;
    alm_usage_fail(&alm_usage_extract, "--url '%s': expected an http or https URL", value);
    return false;
}

static bool set_option(settings *s, int id, const char *value) {
    alm_extract_run *run = &s->run;
    switch (id) {
    case OPT_FORMAT:
    case OPT_TYPE: return set_choice(s, id, value);
    case OPT_JOBS:
    case OPT_TIMEOUT: return set_number(s, id, value);
    case OPT_ENCODING:
    case OPT_URL: return set_checked(s, id, value);
    case OPT_TEXT: run->with_text = true; break;
    case OPT_PRETTY: run->pretty = true; break;
    case OPT_RULES:
        if (s->pack_count + 1 < sizeof s->packs / sizeof s->packs[0]) s->packs[s->pack_count++] = value;
        break;
    case OPT_EXPLAIN: run->explain = true; break;
    case OPT_OUTPUT: s->output = value; break;
    case OPT_ALLOW_PRIVATE: run->reader.fetch.allow_private = true; break;
    case OPT_USER_AGENT: run->reader.fetch.user_agent = value; break;
    case OPT_PROXY: run->reader.fetch.proxy = value; break;
    case OPT_CA_FILE: run->reader.fetch.ca_file = value; break;
    default: break;
    }
    return true;
}

static int exit_status(alm_status status, const settings *s, const alm_err *err) {
    if (status == ALM_OK) return s->run.failed_count > 0 ? ALM_EXIT_SOME_FAILED : ALM_EXIT_OK;
    bool reader_left = status == ALM_E_IO && err->system == EPIPE; /* `| head`: nobody to tell */
    if (!reader_left) fprintf(stderr, "almoner: %s\n", err->message);
    return ALM_EXIT_SYSTEM;
}

static int run_extraction(settings *s) {
    alm_err err = {0};
    char message[1024];
    int code = ALM_EXIT_USAGE;
    alm_status status = ALM_OK;
    alm_extractor *extractor = alm_extractor_new(
        &(alm_extractor_options){.rules_dir = s->packs[0], .extra_packs = s->packs + 1}, message, sizeof message);
    if (!extractor) {
        fprintf(stderr, "almoner: %s\n", message);
        return code;
    }
    s->run.extractor = extractor;
    s->run.table_width = alm_table_width(STDOUT_FILENO);
    status = alm_output_file_open(&s->run.output, s->output, &err);
    if (status == ALM_OK) status = alm_extract_run_all(&s->run, &err);
    if (status == ALM_OK) status = alm_output_file_commit(s->run.output, &err);
    code = exit_status(status, s, &err);
    alm_output_file_close(s->run.output);
    alm_extractor_free(extractor);
    return code;
}

int alm_command_extract(int argc, char **argv) {
    settings s = {.run = {.worker_count = 1}};
    const char *value;
    int first, id;
    while ((id = alm_options_next(&alm_usage_extract, argc, argv, &value, &first)) > 0)
        if (!set_option(&s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (first == argc) return alm_usage_fail(&alm_usage_extract, "expected a URL, a file or -");
    const char *named = getenv("ALMONER_RULES");
    if (!s.packs[0] && named && named[0]) s.packs[0] = named;
    s.run.reader.as_text = s.run.type == ALM_EXTRACT_TEXT;
    s.run.inputs = (const char *const *)(argv + first);
    s.run.input_count = (size_t)(argc - first);
    return run_extraction(&s);
}
