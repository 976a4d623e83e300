#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/crawl_dry_run.h"
#include "cli/crawl_progress.h"
#include "cli/privacy.h"
#include "cli/lines.h"
#include "pipeline/crawl.h"

enum {
    OPT_CONFIG = 1,
    OPT_SOURCE,
    OPT_STORE,
    OPT_RESUME,
    OPT_DRY_RUN,
    OPT_SCOPE,
    OPT_DEPTH,
    OPT_DELAY,
    OPT_CONNECTIONS,
    OPT_ALLOW_PRIVATE,
    OPT_RESOLVE,
    OPT_NO_ROBOTS,
    OPT_USER_AGENT,
    OPT_CONTACT,
    OPT_MAX_PAGES,
    OPT_MAX_TIME,
    OPT_WAIT,
    OPT_TOTAL,
    OPT_PER_ADDRESS,
    OPT_BODY_MEMORY,
    OPT_JOBS,
    OPT_RULES,
    OPT_NO_EXTRACT,
    OPT_NO_ARCHIVE,
    OPT_LEVEL,
    OPT_FSYNC,
    OPT_PROGRESS,
    OPT_RECORDS,
    OPT_PEOPLE,
    OPT_SALT
};

enum { MAX_PACKS = 8 };

static const alm_option options[] = {
    {OPT_CONFIG, 'c', "config", "FILE", "sources to crawl (almoner schema sources shows its form)"},
    {OPT_SOURCE, 0, "source", "NAME", "of these sources only this one"},
    {OPT_STORE, 's', "store", "DIR", "folder of frontier, records and archive (default almoner-store)"},
    {OPT_RECORDS, 0, "records", "STORE", "for the records: an SQLite file or postgres:// URL (default: in the folder)"},
    ALM_PRIVACY_OPTIONS(OPT_PEOPLE, OPT_SALT),
    {OPT_RESUME, 0, "resume", NULL, "go on with the store's last crawl and its sources"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL,
     "print what would be fetched now, by what robots.txt said last; no network, nothing is written"},
    {OPT_SCOPE, 0, "scope", "host|domain|path", "of seeds on the command line: what is followed (default host)"},
    {OPT_DEPTH, 0, "depth", "N", "of seeds: links from a seed (default 20)"},
    {OPT_DELAY, 0, "delay", "SECONDS", "of seeds: between two requests to a host (default 1)"},
    {OPT_CONNECTIONS, 0, "connections", "N", "of seeds: to one host at once (default 1)"},
    {OPT_ALLOW_PRIVATE, 0, "allow-private", NULL, "of seeds: loopback, private and link-local addresses too"},
    {OPT_RESOLVE, 0, "resolve", "HOST=ADDR:PORT", "of seeds: connect there for HOST (\"*.test\": all below)"},
    {OPT_NO_ROBOTS, 0, "no-robots", NULL, "of seeds: do not obey robots.txt; only for sites of your own"},
    {OPT_CONTACT, 0, "contact", "URL|MAIL", "of seeds: told to sites in the user agent, for complaints"},
    {OPT_USER_AGENT, 0, "user-agent", "TEXT", "of seeds: instead of almoner/VERSION (+CONTACT)"},
    {OPT_MAX_PAGES, 0, "max-pages", "N", "end after N pages"},
    {OPT_MAX_TIME, 0, "max-time", "SECONDS", "end after this time"},
    {OPT_WAIT, 0, "wait", "SECONDS", "leave hosts that rest for longer to another run (default 600)"},
    {OPT_TOTAL, 0, "total-connections", "N", "all hosts together (default 128)"},
    {OPT_PER_ADDRESS, 0, "address-connections", "N", "to one network address, all its hosts together (default 4)"},
    {OPT_BODY_MEMORY, 0, "body-memory", "MIB", "answers that are under way, all together (default 128)"},
    {OPT_JOBS, 'j', "jobs", "N", "threads that read pages (default: one a processor)"},
    {OPT_RULES, 'r', "rules", "DIR",
     "rule pack; else $ALMONER_RULES, else the one installed; again: packs that extend it"},
    {OPT_NO_EXTRACT, 0, "no-extract", NULL, "only fetch, archive and follow"},
    {OPT_NO_ARCHIVE, 0, "no-archive", NULL, "write no WARC files"},
    {OPT_LEVEL, 0, "archive-level", "1-9", "gzip level of WARC files (default 1)"},
    {OPT_FSYNC, 0, "fsync", NULL, "wait for the disk at every commit: a power cut undoes nothing"},
    {OPT_PROGRESS, 0, "progress", "auto|none|plain|json", "on stderr"},
    {0}};

const alm_usage alm_usage_crawl = {
    "crawl", "[options] [SEED ...]",
    "Visit association sites politely and keep what they tell of donations.\n"
    "One host is asked over one connection, a second after its last answer; robots.txt is obeyed.\n"
    "Interrupted once, it ends when what is under way has come in; twice, at once. Either way, and\n"
    "after kill -9, --resume goes on where it was.\n",
    options,
    "Exit status: 0 all well; 1 some pages were given up; 2 usage or configuration; 3 storage or system failure.\n\n"
    "Examples:\n"
    "  almoner crawl --store news https://www.example.org/xw/\n"
    "  almoner crawl --config sources.yaml --store news --max-time 3600\n"
    "  almoner crawl --resume --store news\n"};

typedef struct settings {
    const char *config, *source, *store, *scope, *user_agent, *contact, *resolve, *delay;
    alm_privacy_options privacy;
    bool resume, dry_run, no_extract, allow_private, no_robots, for_seeds;
    int64_t depth, connections;
    const char *packs[MAX_PACKS + 1]; /* the first is the base; NULL-terminated */
    size_t pack_count;
    alm_crawl_options crawl;
    alm_progress_kind progress;
    char *const *seeds;
    int seed_count;
} settings;

static _Atomic int stop;

static void on_signal(int number) {
    (void)number;
    int seen = atomic_load(&stop);
    if (seen < ALM_LOOP_STOP) atomic_store(&stop, seen + 1);
}

/* ---- options ---- */

static bool take_int(int64_t *out, const char *name, const char *value, int64_t min, int64_t max) {
    return alm_option_int(out, &alm_usage_crawl, name, value, min, max);
}

static bool set_number(settings *s, int id, const char *value) {
    int64_t n = 0;
    alm_loop_options *loop = &s->crawl.loop;
    switch (id) {
    case OPT_DEPTH: return take_int(&s->depth, "--depth", value, 0, 1000);
    case OPT_CONNECTIONS: return take_int(&s->connections, "--connections", value, 1, 64);
    case OPT_MAX_PAGES:
        if (!take_int(&n, "--max-pages", value, 1, INT64_MAX)) return false;
        loop->max_pages = (uint64_t)n;
        return true;
    case OPT_MAX_TIME:
        if (!take_int(&n, "--max-time", value, 1, 1000000000)) return false;
        loop->max_time_ms = n * 1000;
        return true;
    case OPT_WAIT:
        if (!take_int(&n, "--wait", value, 0, 1000000000)) return false;
        loop->wait_ms = n ? n * 1000 : 1;
        return true;
    case OPT_TOTAL:
        if (!take_int(&n, "--total-connections", value, 1, 4096)) return false;
        loop->max_connections = (uint32_t)n;
        return true;
    case OPT_PER_ADDRESS:
        if (!take_int(&n, "--address-connections", value, 1, 4096)) return false;
        loop->address_connections = (uint32_t)n;
        return true;
    case OPT_BODY_MEMORY:
        if (!take_int(&n, "--body-memory", value, 1, 1 << 20)) return false;
        loop->max_body_memory = (size_t)n << 20;
        return true;
    case OPT_JOBS:
        if (!take_int(&n, "--jobs", value, 1, 64)) return false;
        s->crawl.worker_count = (unsigned)n;
        return true;
    default:
        if (!take_int(&n, "--archive-level", value, 1, 9)) return false;
        s->crawl.archive_level = (int)n;
        return true;
    }
}

static bool set_option(settings *s, int id, const char *value) {
    static const char *const kinds[] = {"auto", "none", "plain", "json", NULL};
    int choice;
    if (id == OPT_SCOPE || id == OPT_DEPTH || id == OPT_DELAY || id == OPT_CONNECTIONS || id == OPT_ALLOW_PRIVATE ||
        id == OPT_RESOLVE || id == OPT_NO_ROBOTS || id == OPT_CONTACT || id == OPT_USER_AGENT)
        s->for_seeds = true;
    switch (id) {
    case OPT_CONFIG: s->config = value; break;
    case OPT_SOURCE: s->source = value; break;
    case OPT_STORE: s->store = value; break;
    case OPT_RECORDS: s->crawl.records = value; break;
    case OPT_SALT: s->privacy.salt_path = value; break;
    case OPT_PEOPLE: return alm_privacy_set_people(&s->privacy, &alm_usage_crawl, value);
    case OPT_RESUME: s->resume = true; break;
    case OPT_DRY_RUN: s->dry_run = true; break;
    case OPT_SCOPE: s->scope = value; break;
    case OPT_DELAY: s->delay = value; break;
    case OPT_ALLOW_PRIVATE: s->allow_private = true; break;
    case OPT_RESOLVE: s->resolve = value; break;
    case OPT_NO_ROBOTS: s->no_robots = true; break;
    case OPT_USER_AGENT: s->user_agent = value; break;
    case OPT_CONTACT: s->contact = value; break;
    case OPT_RULES:
        if (s->pack_count < MAX_PACKS) {
            s->packs[s->pack_count++] = value;
            break;
        }
        alm_usage_fail(&alm_usage_crawl, "--rules: at most %d packs", (int)MAX_PACKS);
        return false;
    case OPT_NO_EXTRACT: s->no_extract = true; break;
    case OPT_NO_ARCHIVE: s->crawl.without_archive = true; break;
    case OPT_FSYNC: s->crawl.full_sync = true; break;
    case OPT_PROGRESS:
        choice = alm_option_choice(&alm_usage_crawl, "--progress", value, kinds);
        if (choice < 0) return false;
        s->progress = (alm_progress_kind)choice;
        break;
    default: return set_number(s, id, value);
    }
    return true;
}

static int read_options(settings *s, int argc, char **argv) {
    const char *value;
    int first = 0, id;
    *s = (settings){.store = "almoner-store", .depth = -1};
    while ((id = alm_options_next(&alm_usage_crawl, argc, argv, &value, &first)) > 0)
        if (!set_option(s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    s->seeds = argv + first;
    s->seed_count = argc - first;
    int given = (s->config != NULL) + (s->seed_count > 0) + s->resume;
    if (given == 0) return alm_usage_fail(&alm_usage_crawl, "nothing to crawl: give seeds, --config or --resume");
    if (given > 1) return alm_usage_fail(&alm_usage_crawl, "seeds, --config and --resume exclude each other");
    if (s->source && s->seed_count) return alm_usage_fail(&alm_usage_crawl, "--source is one of a sources file");
    if (s->for_seeds && !s->seed_count)
        return alm_usage_fail(&alm_usage_crawl, "an option of seeds without seeds: it belongs into the sources file");
    return -1;
}

/* ---- sources ---- */

static void add_quoted(alm_buf *out, const char *text) {
    alm_buf_add_byte(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') alm_buf_add_byte(out, '\\');
        if ((unsigned char)*text < 0x20)
            alm_buf_printf(out, "\\x%02x", (unsigned)*text);
        else
            alm_buf_add_byte(out, *text);
    }
    alm_buf_add_byte(out, '"');
}

static void add_text(alm_buf *out, const char *key, const char *value) {
    if (!value) return;
    alm_buf_printf(out, "    %s: ", key);
    add_quoted(out, value);
    alm_buf_add_byte(out, '\n');
}

/* Seeds and their options as a sources file, which --resume finds again in the store. */
static alm_status sources_of_seeds(const settings *s, alm_buf *out) {
    alm_buf_add_c(out, "sources:\n  - name: seeds\n    seeds:\n");
    for (int i = 0; i < s->seed_count; i++) {
        alm_buf_add_c(out, "      - ");
        add_quoted(out, s->seeds[i]);
        alm_buf_add_byte(out, '\n');
    }
    if (s->scope) alm_buf_printf(out, "    scope: %s\n", s->scope);
    if (s->depth >= 0) alm_buf_printf(out, "    depth: %lld\n", (long long)s->depth);
    if (s->connections) alm_buf_printf(out, "    connections: %lld\n", (long long)s->connections);
    if (s->allow_private) alm_buf_add_c(out, "    private_addresses: true\n");
    if (s->no_robots) alm_buf_add_c(out, "    robots: false\n");
    if (s->delay) {
        alm_buf_add_c(out, "    delay: ");
        add_quoted(out, s->delay);
        if (strtod(s->delay, NULL) <= 0) alm_buf_add_c(out, "\n    adaptive: 0");
        alm_buf_add_byte(out, '\n');
    }
    add_text(out, "user_agent", s->user_agent);
    add_text(out, "contact", s->contact);
    const char *equals = s->resolve ? strchr(s->resolve, '=') : NULL;
    if (equals)
        alm_buf_printf(out, "    resolve: {\"%.*s\": \"%s\"}\n", (int)(equals - s->resolve), s->resolve, equals + 1);
    return out->status;
}

static alm_status read_sources(const settings *s, alm_buf *text, alm_sources **out, alm_err *err) {
    char path[4096];
    const char *name = s->config ? s->config : "seeds";
    alm_status status;
    if (s->resume) {
        snprintf(path, sizeof path, "%s/sources.yaml", s->store);
        name = path;
    }
    if (s->config || s->resume)
        status = alm_read_file(text, name, err);
    else
        status = sources_of_seeds(s, text);
    if (status == ALM_E_NOT_FOUND && s->resume) return alm_fail(err, status, "%s: no crawl to resume", s->store);
    if (status == ALM_OK) status = alm_sources_parse(out, name, alm_buf_str(text), err);
    if (status == ALM_OK && s->source) status = alm_sources_select(*out, alm_str_of(s->source), err);
    return status;
}

static alm_status keep_sources(const char *store, alm_str text, alm_err *err) {
    char path[4096];
    snprintf(path, sizeof path, "%s/sources.yaml", store);
    alm_status status = alm_keep_file(path, text, err);
    return status == ALM_E_IO ? ALM_E_STORAGE : status;
}

/* ---- running ---- */

static int fail(alm_status status, const alm_err *err) {
    char text[1024];
    alm_err_describe(err, text, sizeof text);
    fprintf(stderr, "almoner crawl: %s\n", text);
    bool configuration =
        status == ALM_E_PARSE || status == ALM_E_NOT_FOUND || status == ALM_E_INVALID || status == ALM_E_REFUSED;
    return configuration ? ALM_EXIT_USAGE : ALM_EXIT_SYSTEM;
}

static int crawl(settings *s, alm_sources *sources, alm_str text) {
    alm_err err = {0};
    alm_crawl_progress progress;
    alm_crawl *crawl = NULL;
    alm_crawl_progress_init(&progress, s->progress);
    s->crawl.store = s->store;
    s->crawl.loop.stop = &stop;
    s->crawl.loop.progress = alm_crawl_progress_show;
    s->crawl.loop.warn = alm_crawl_progress_warn;
    s->crawl.loop.context = &progress;
    s->crawl.loop.seed = (uint64_t)getpid();
    alm_status status = alm_crawl_new(&crawl, sources, &s->crawl, &err);
    if (status == ALM_OK) status = keep_sources(s->store, text, &err);
    if (status == ALM_OK) status = alm_crawl_run(crawl, &err);
    int code = ALM_EXIT_OK;
    if (crawl) {
        const alm_loop_stats *stats = alm_crawl_count(crawl);
        alm_crawl_progress_summary(&progress, stats, alm_crawl_loop(crawl));
        bool hosts_left = stats->waiting_hosts && !stats->limited && !atomic_load(&stop);
        if (stats->failed || stats->parked_hosts || hosts_left) code = ALM_EXIT_SOME_FAILED;
    }
    alm_crawl_free(crawl);
    return status == ALM_OK ? code : fail(status, &err);
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file that reached its limit is an error of write(2), as a full disk is */
}

/* The rules of the run, then each set of packs that sources stack on them. */
typedef struct extractors {
    alm_extractor **items;
    size_t count;
} extractors;

static void free_rules(extractors *rules) {
    for (size_t i = 0; i < rules->count; i++) alm_extractor_free(rules->items[i]);
    alm_free(rules->items);
}

static const char *const *rules_of_set(const alm_sources *sources, size_t set) {
    for (size_t i = 0; i < sources->count; i++)
        if (set && sources->items[i].rule_set == set) return sources->items[i].rules;
    return NULL;
}

/* A pack that the run stacks and a source too is stacked once. */
static void add_pack(const char **packs, size_t *count, const char *pack) {
    for (size_t i = 0; i < *count; i++)
        if (strcmp(packs[i], pack) == 0) return;
    packs[(*count)++] = pack;
}

static bool load_rules(extractors *out, const char *const *packs, const alm_sources *sources) {
    char message[1024] = "out of memory";
    size_t room = sources->rule_set_count + 1;
    out->items = alm_calloc(room, sizeof *out->items);
    bool well = out->items != NULL;
    for (size_t set = 0; set < room && well; set++) {
        const char *extra[2 * MAX_PACKS + 1] = {0};
        size_t count = 0;
        for (const char *const *at = packs + 1; packs[0] && *at; at++) add_pack(extra, &count, *at);
        for (const char *const *at = rules_of_set(sources, set); at && *at; at++) add_pack(extra, &count, *at);
        alm_extractor_options rules = {.rules_dir = packs[0], .extra_packs = extra};
        out->items[set] = alm_extractor_new(&rules, message, sizeof message);
        well = out->items[set] != NULL;
        if (well) out->count++;
    }
    if (!well) fprintf(stderr, "almoner crawl: %s\n", message);
    return well;
}

/* The salt of masks lies in the folder, wherever the records go. */
static int crawl_with_salt(settings *s, alm_sources *sources, alm_str text) {
    alm_store_location folder = {.kind = ALM_STORE_SQLITE};
    alm_buf salt;
    alm_err err = {0};
    snprintf(folder.folder, sizeof folder.folder, "%s", s->store);
    alm_buf_init(&salt, ALM_SALT_MAX);
    alm_status status = alm_privacy_load(&s->crawl.privacy, &salt, &s->privacy, &folder, &err);
    int code = status == ALM_OK ? crawl(s, sources, text) : fail(status, &err);
    alm_buf_release(&salt);
    return code;
}

static int run(settings *s, alm_sources *sources, alm_str text) {
    if (s->dry_run) {
        alm_err err = {0};
        alm_status status = alm_crawl_dry_run(s->store, sources, s->progress == ALM_PROGRESS_NONE, &err);
        return status == ALM_OK ? ALM_EXIT_OK : fail(status, &err);
    }
    extractors rules = {0};
    const char *named = getenv("ALMONER_RULES");
    if (!s->packs[0] && named && named[0]) s->packs[0] = named;
    if (!s->no_extract && !load_rules(&rules, s->packs, sources)) {
        free_rules(&rules);
        return ALM_EXIT_USAGE;
    }
    s->crawl.extractors = (const alm_extractor *const *)rules.items;
    s->crawl.extractor_count = rules.count;
    catch_signals();
    int code = crawl_with_salt(s, sources, text);
    free_rules(&rules);
    return code;
}

int alm_command_crawl(int argc, char **argv) {
    settings s;
    int code = read_options(&s, argc, argv);
    if (code >= 0) return code;
    alm_err err = {0};
    alm_sources *sources = NULL;
    alm_buf text;
    alm_buf_init(&text, 64 << 20);
    alm_status status = read_sources(&s, &text, &sources, &err);
    code = status == ALM_OK ? run(&s, sources, alm_buf_str(&text)) : fail(status, &err);
    alm_sources_free(sources);
    alm_buf_release(&text);
    return code;
}
