#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "crawler/clock.h"
#include "crawler/sources.h"
#include "pipeline/crawl.h"

enum { OPT_STORE = 1, OPT_STATE, OPT_HOST, OPT_REASON, OPT_URL, OPT_LIMIT, OPT_ALL, OPT_SOURCE };
enum { MAX_LINE = 1 << 20, ARENA_MAX = 1 << 20 };

static const alm_option options[] = {
    {OPT_STORE, 's', "store", "DIR", "folder of the crawl (default almoner-store)"},
    {OPT_STATE, 0, "state", "queued|retry|done|gone|failed|dropped", "what became of them"},
    {OPT_HOST, 0, "host", "HOST", "of this host alone"},
    {OPT_REASON, 0, "reason", "WORD", "failed or dropped for this reason: robots, scope, http-403, network, ..."},
    {OPT_URL, 0, "url", "GLOB", "whose URL this pattern fits (*, ?, [...])"},
    {OPT_LIMIT, 0, "limit", "N", "list: at most N"},
    {OPT_ALL, 0, "all", NULL, "requeue, drop: everything, where no other choice is made"},
    {OPT_SOURCE, 0, "source", "NAME", "add: the source whose rules hold (default: the first)"},
    {0}};

const alm_usage alm_usage_frontier = {
    "frontier", "stats|list|clusters|add|requeue|drop [options] [URL ...]",
    "Look into what a crawl knows, and change it.\n"
    "  stats     counts by state, one JSON object\n"
    "  list      URLs with state and reason, a JSON object a line\n"
    "  clusters  pages that are copies of each other, the likely origin first, a JSON object a line\n"
    "  add       make URLs known, to be fetched by the next crawl\n"
    "  requeue   fetch again what is chosen by the options\n"
    "  drop      do not fetch what is chosen by the options\n"
    "stats, list and clusters work beside a running crawl; the others wait for its end: they refuse.\n",
    options,
    "Exit status: 0 done; 2 usage, or a crawl is running; 3 the store cannot be read or written.\n\n"
    "Examples:\n"
    "  almoner frontier list --store news --state dropped --reason robots\n"
    "  almoner frontier requeue --store news --state failed --host www.example.org\n"};

typedef struct settings {
    const char *action, *store, *source;
    alm_frontier_filter filter;
    bool chosen; /* some option narrows the filter, or --all */
    char *const *urls;
    int url_count;
    alm_buf line;
} settings;

static bool set_option(settings *s, int id, const char *value) {
    int64_t n;
    if (id != OPT_STORE && id != OPT_LIMIT && id != OPT_SOURCE) s->chosen = true;
    switch (id) {
    case OPT_STORE: s->store = value; break;
    case OPT_STATE:
        s->filter.by_state = true;
        if (alm_url_state_parse(&s->filter.state, alm_str_of(value))) break;
        alm_usage_fail(&alm_usage_frontier, "--state '%s': expected queued, retry, done, gone, failed or dropped",
                       value);
        return false;
    case OPT_HOST: s->filter.host = value; break;
    case OPT_REASON: s->filter.reason = value; break;
    case OPT_URL: s->filter.url = value; break;
    case OPT_SOURCE: s->source = value; break;
    case OPT_LIMIT:
        if (!alm_option_int(&n, &alm_usage_frontier, "--limit", value, 1, INT64_MAX)) return false;
        s->filter.limit = (uint64_t)n;
        break;
    default: break;
    }
    return true;
}

static int fail(alm_status status, const alm_err *err) {
    char text[1024];
    alm_err_describe(err, text, sizeof text);
    fprintf(stderr, "almoner frontier: %s\n", text);
    bool ours = status == ALM_E_STORAGE || status == ALM_E_NOMEM || status == ALM_E_IO || status == ALM_E_INTERNAL;
    return ours ? ALM_EXIT_SYSTEM : ALM_EXIT_USAGE;
}

static alm_status open_frontier(const settings *s, bool read_only, alm_frontier **out, alm_err *err) {
    char path[4096];
    snprintf(path, sizeof path, "%s/frontier.db", s->store);
    return alm_frontier_sqlite_new(out, &(alm_frontier_sqlite_options){.path = path, .read_only = read_only}, err);
}

/* ---- reading ---- */

static void add_time(alm_json *json, const char *key, int64_t ms) {
    char text[ALM_TIME_MAX];
    if (ms) alm_time_format(text, ms);
    alm_json_member_c(json, key, ms ? text : NULL);
}

static bool print_row(void *context, const alm_frontier_row *row) {
    settings *s = context;
    alm_json json = alm_line_begin(&s->line);
    alm_json_member_c(&json, "url", row->url);
    alm_json_member_c(&json, "host", row->host);
    alm_json_member_c(&json, "state", alm_url_state_name(row->state));
    alm_json_member_c(&json, "reason", row->reason);
    alm_json_key(&json, "depth");
    alm_json_uint(&json, row->depth);
    alm_json_key(&json, "status");
    if (row->status)
        alm_json_uint(&json, (uint64_t)row->status);
    else
        alm_json_null(&json);
    add_time(&json, "fetched", row->fetched_ms);
    add_time(&json, "due", row->due_ms);
    alm_json_key(&json, "records");
    alm_json_uint(&json, row->records);
    alm_line_end(&json);
    return true;
}

static bool print_member(void *context, const alm_frontier_member *member) {
    settings *s = context;
    alm_json json = alm_line_begin(&s->line);
    alm_json_key(&json, "cluster");
    alm_json_uint(&json, (uint64_t)member->cluster);
    alm_json_member_c(&json, "url", member->url);
    alm_json_key(&json, "origin");
    alm_json_bool(&json, member->origin);
    alm_json_member_c(&json, "published", member->published);
    alm_json_member_c(&json, "source", member->source);
    add_time(&json, "fetched", member->fetched_ms);
    alm_line_end(&json);
    return true;
}

static alm_status print_stats(settings *s, alm_frontier *frontier, alm_err *err) {
    alm_frontier_stats stats;
    alm_status status = alm_frontier_count(frontier, &stats, err);
    if (status != ALM_OK) return status;
    alm_json json = alm_line_begin(&s->line);
    alm_json_key(&json, "urls");
    alm_json_uint(&json, stats.urls);
    alm_json_key(&json, "hosts");
    alm_json_uint(&json, stats.hosts);
    for (int state = 0; state < ALM_URL_STATE_COUNT; state++) {
        alm_json_key(&json, alm_url_state_name((alm_url_state)state));
        alm_json_uint(&json, stats.states[state]);
    }
    alm_json_key(&json, "dropped_more");
    alm_json_uint(&json, stats.dropped_more);
    alm_json_key(&json, "revisits");
    alm_json_uint(&json, stats.revisits);
    add_time(&json, "next_due", stats.next_due_ms);
    add_time(&json, "oldest_due", stats.oldest_due_ms);
    alm_line_end(&json);
    return ALM_OK;
}

static int look(settings *s) {
    alm_frontier *frontier = NULL;
    alm_err err = {0};
    alm_status status = open_frontier(s, true, &frontier, &err);
    if (status == ALM_OK && strcmp(s->action, "stats") == 0)
        status = print_stats(s, frontier, &err);
    else if (status == ALM_OK && strcmp(s->action, "clusters") == 0)
        status = alm_frontier_clusters(frontier, print_member, s, &err);
    else if (status == ALM_OK)
        status = alm_frontier_list(frontier, &s->filter, print_row, s, &err);
    alm_frontier_free(frontier);
    return status == ALM_OK ? ALM_EXIT_OK : fail(status, &err);
}

/* ---- changing ---- */

static alm_status source_number(const settings *s, alm_frontier *frontier, uint32_t *number, alm_err *err) {
    if (s->source) return alm_frontier_source(frontier, number, alm_str_of(s->source), err);
    char path[4096];
    alm_sources *sources = NULL;
    alm_buf text;
    alm_buf_init(&text, 64 << 20);
    snprintf(path, sizeof path, "%s/sources.yaml", s->store);
    alm_status status = alm_read_file(&text, path, err);
    if (status == ALM_OK) status = alm_sources_parse(&sources, path, alm_buf_str(&text), err);
    if (status == ALM_OK) status = alm_frontier_source(frontier, number, sources->items[0].name, err);
    alm_sources_free(sources);
    alm_buf_release(&text);
    return status;
}

static alm_status add_one(alm_frontier *frontier, alm_arena *arena, const char *text, uint32_t source, alm_err *err) {
    alm_url url;
    int64_t host;
    alm_arena_reset(arena);
    alm_status status = alm_url_parse_typed(&url, arena, alm_str_of(text), err);
    if (status == ALM_OK) status = alm_url_canon(&url, arena, &url, NULL);
    if (status != ALM_OK) return alm_fail(err, ALM_E_INVALID, "no URL: %s", text);
    alm_frontier_link link = {.url = url.href, .host = url.host, .source = source};
    status = alm_frontier_add(frontier, &link, &host, err);
    printf("{\"url\":\"%.*s\",\"added\":%s}\n", ALM_FMT(url.href), status == ALM_OK ? "true" : "false");
    return status < 0 ? status : ALM_OK;
}

static alm_status add_urls(settings *s, alm_frontier *frontier, alm_err *err) {
    uint32_t source = 0;
    alm_arena arena;
    alm_arena_init(&arena, ARENA_MAX);
    alm_status status = source_number(s, frontier, &source, err);
    for (int i = 0; i < s->url_count && status == ALM_OK; i++)
        status = add_one(frontier, &arena, s->urls[i], source, err);
    alm_arena_release(&arena);
    return status;
}

static alm_status set_state(settings *s, alm_frontier *frontier, alm_err *err) {
    bool requeue = strcmp(s->action, "requeue") == 0;
    uint64_t count = 0;
    alm_status status = alm_frontier_set_state(frontier, &s->filter, requeue ? ALM_URL_QUEUED : ALM_URL_DROPPED,
                                               requeue ? NULL : "by-hand", &count, err);
    if (status == ALM_OK) printf("{\"%s\":%llu}\n", requeue ? "requeued" : "dropped", (unsigned long long)count);
    return status;
}

static int change(settings *s) {
    alm_frontier *frontier = NULL;
    alm_err err = {0};
    int lock = -1;
    alm_status status = alm_store_lock(&lock, s->store, &err);
    if (status == ALM_OK) status = open_frontier(s, false, &frontier, &err);
    if (status == ALM_OK)
        status = strcmp(s->action, "add") == 0 ? add_urls(s, frontier, &err) : set_state(s, frontier, &err);
    if (status == ALM_OK) status = alm_frontier_commit(frontier, &err);
    alm_frontier_free(frontier);
    if (lock >= 0) close(lock);
    return status == ALM_OK ? ALM_EXIT_OK : fail(status, &err);
}

int alm_command_frontier(int argc, char **argv) {
    static const char *const actions[] = {"stats", "list", "clusters", "add", "requeue", "drop", NULL};
    settings s = {.store = "almoner-store"};
    const char *value;
    int first = 0, id, action = 0;
    while ((id = alm_options_next(&alm_usage_frontier, argc, argv, &value, &first)) > 0)
        if (!set_option(&s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (first >= argc)
        return alm_usage_fail(&alm_usage_frontier, "expected stats, list, clusters, add, requeue or drop");
    s.action = argv[first];
    while (actions[action] && strcmp(actions[action], s.action) != 0) action++;
    if (!actions[action])
        return alm_usage_fail(&alm_usage_frontier, "'%s': expected stats, list, clusters, add, requeue or drop",
                              s.action);
    s.urls = argv + first + 1;
    s.url_count = argc - first - 1;
    bool adds = action == 3;
    if (adds != (s.url_count > 0))
        return alm_usage_fail(&alm_usage_frontier, adds ? "add: which URLs?" : "only add takes URLs");
    if (action >= 4 && !s.chosen)
        return alm_usage_fail(&alm_usage_frontier, "%s: choose by options, or --all", s.action);
    alm_buf_init(&s.line, MAX_LINE);
    int code = action < 3 ? look(&s) : change(&s);
    alm_buf_release(&s.line);
    return code;
}
