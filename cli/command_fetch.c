#include <stdio.h>

#include "cli/command.h"
#include "cli/fetch_decision.h"
#include "cli/lines.h"
#include "crawler/robots_fetch.h"
#include "crawler/sources.h"
#include "crawler/traps.h"

enum { OPT_AGENT = 1, OPT_ALLOW_PRIVATE, OPT_USER_AGENT, OPT_PROXY, OPT_CA_FILE, OPT_BODY, OPT_CONFIG };
enum { MAX_LINE = 4 << 20, ARENA_MAX = 256 << 20, MAX_CONFIG = 64 << 20 };

static const alm_option options[] = {
    {OPT_BODY, 'b', "body", NULL, "print the body, decompressed, instead of what is told about it"},
    {OPT_CONFIG, 'c', "config", "FILE",
     "fetch and judge as the source of this file would that has the URL in its scope"},
    {OPT_AGENT, 'a', "agent", "NAME", "product token for robots.txt (default almoner)"},
    {OPT_USER_AGENT, 0, "user-agent", "TEXT", "instead of almoner/VERSION"},
    {OPT_ALLOW_PRIVATE, 0, "allow-private", NULL, "fetch from loopback, private and link-local addresses too"},
    {OPT_PROXY, 0, "proxy", "URL", "fetch through it"},
    {OPT_CA_FILE, 0, "ca-file", "FILE", "trust these certificates (PEM) instead of the system's"},
    {0}};

const alm_usage alm_usage_fetch = {
    "fetch", "[options] URL",
    "Fetch one URL, once, and say what the crawler would do with it and why, as JSON: canonical\n"
    "form, robots.txt, the answer's status and headers, and the decision. Redirects are shown,\n"
    "not followed; what the crawler would never ask for is not asked for.\n",
    options,
    "Exit status: 0 the crawler would read it as a page; 1 it would not; 2 usage.\n\n"
    "Example:\n"
    "  almoner fetch https://www.example.org/news/1.html | jq .decision\n"};

typedef struct settings {
    alm_fetch_options fetch;
    const char *agent;
    const char *config;
    alm_sources *sources; /* of config */
    char connect_to[256];
    bool body, of_fetching; /* the latter: an option was given that a sources file has too */
} settings;

static bool set_option(settings *s, int id, const char *value) {
    s->of_fetching |= id == OPT_USER_AGENT || id == OPT_ALLOW_PRIVATE || id == OPT_PROXY || id == OPT_CA_FILE;
    switch (id) {
    case OPT_CONFIG: s->config = value; break;
    case OPT_BODY: s->body = true; break;
    case OPT_AGENT:
        s->agent = value;
        if (alm_robots_token_is_valid(alm_str_of(value))) break;
        alm_usage_fail(&alm_usage_fetch, "--agent '%s': a product token has letters, '-' and '_'", value);
        return false;
    case OPT_USER_AGENT: s->fetch.user_agent = value; break;
    case OPT_ALLOW_PRIVATE: s->fetch.allow_private = true; break;
    case OPT_PROXY: s->fetch.proxy = value; break;
    case OPT_CA_FILE: s->fetch.ca_file = value; break;
    default: break;
    }
    return true;
}

static void add_headers(alm_json *json, alm_str headers) {
    alm_json_key(json, "headers");
    alm_json_array(json);
    for (size_t at = 0; at < headers.len;) {
        size_t end = alm_str_find(headers, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = headers.len;
        alm_str line = alm_str_trim(alm_str_slice(headers, at, end));
        if (line.len) alm_json_text(json, line);
        at = end + 1;
    }
    alm_json_array_end(json);
}

static void add_robots(alm_json *json, const alm_robots *robots, const alm_robots_source *source, const alm_url *url) {
    alm_robots_verdict verdict = alm_robots_judge(robots, alm_url_target(url));
    alm_json_key(json, "robots");
    alm_json_object(json);
    alm_json_key(json, "status");
    alm_json_uint(json, (uint64_t)source->http);
    alm_json_key(json, "allowed");
    alm_json_bool(json, verdict.allowed);
    alm_json_key(json, "line");
    alm_json_uint(json, verdict.line);
    alm_json_member(json, "rule", verdict.line ? verdict.rule : (alm_str){NULL, 0});
    int64_t delay_ms = alm_robots_crawl_delay_ms(robots);
    alm_json_key(json, "crawl_delay_ms");
    alm_json_uint(json, delay_ms > 0 ? (uint64_t)delay_ms : 0);
    alm_json_object_end(json);
}

static void add_response(alm_json *json, const alm_response *r) {
    alm_json_key(json, "status");
    alm_json_uint(json, (uint64_t)r->status);
    alm_json_member_c(json, "address", r->address[0] ? r->address : NULL);
    alm_json_key(json, "elapsed_ms");
    alm_json_uint(json, (uint64_t)r->elapsed_ms);
    alm_json_key(json, "bytes");
    alm_json_uint(json, r->body.len);
    alm_json_member(json, "location", r->location.len ? alm_buf_str(&r->location) : (alm_str){NULL, 0});
    add_headers(json, alm_buf_str(&r->headers));
}

static void add_decision(alm_json *json, const alm_fetch_decision *d) {
    if (d->is_read) {
        alm_json_member_c(json, "charset", d->charset);
        alm_json_key(json, "noindex");
        alm_json_bool(json, d->noindex);
        alm_json_key(json, "nofollow");
        alm_json_bool(json, d->nofollow);
        alm_json_key(json, "links");
        alm_json_uint(json, d->links);
        alm_json_member(json, "canonical_link", d->canonical);
        alm_json_member(json, "leads_to", d->leads_to);
    }
    alm_json_member_c(json, "decision", d->word);
    alm_json_member_c(json, "why", d->why);
}

/** What is told of a URL and its answer. */
typedef struct findings {
    const alm_url *url, *canon;
    const alm_source *source; /* NULL: without a sources file, or none of it */
    alm_robots *robots;
    alm_robots_source access;
    alm_response response;
    alm_fetch_decision decision;
    alm_err why; /* of a fetch that failed */
} findings;

/* Why it is not even asked for, as the crawl would judge it; NULL: it is. */
static const char *refusal(const settings *s, const findings *f) {
    alm_trap trap = alm_traps_check(f->canon, NULL);
    if (trap != ALM_TRAP_NONE) return alm_trap_name(trap);
    if (s->sources && !f->source) return "it is in the scope of no source";
    const char *reason = f->source ? alm_source_refuses(f->source, f->canon, 0) : NULL;
    if (reason) return reason;
    if (f->robots && !alm_robots_allows(f->robots, alm_url_target(f->canon)))
        return f->access.access == ALM_ROBOTS_UNREACHABLE ? "robots.txt cannot be read" : "robots.txt forbids it";
    return NULL;
}

static alm_status find_out(settings *s, findings *f, alm_arena *arena, alm_err *err) {
    alm_fetcher *fetcher = NULL;
    alm_status status = ALM_OK;
    bool obeys = !f->source || !f->source->ignore_robots;
    if (obeys && !refusal(s, f))
        status = alm_robots_fetch(&f->robots, &f->access, f->url, &s->fetch, alm_str_of(s->agent), err);
    if (status != ALM_OK) return status;
    const char *reason = refusal(s, f);
    f->decision = (alm_fetch_decision){.word = "never fetch", .why = reason};
    if (reason) return ALM_OK;
    status = alm_fetcher_new(&fetcher, &s->fetch, err);
    if (status != ALM_OK) return status;
    alm_fetch_judge judge = {.token = s->agent,
                             .encoding = f->source ? f->source->encoding : (alm_str){NULL, 0},
                             .attachments = f->source && f->source->attachments};
    alm_status fetched = alm_fetch(fetcher, f->canon->href.ptr, &f->response, &f->why);
    status = alm_fetch_decide(&f->decision, arena, f->canon, &f->response, fetched, &f->why, &judge);
    alm_fetcher_free(fetcher);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "%s", alm_status_name(status));
}

static void print_findings(const findings *f) {
    alm_buf line;
    alm_buf_init(&line, MAX_LINE);
    alm_json json = alm_line_begin(&line);
    alm_json_member(&json, "url", f->url->href);
    alm_json_member(&json, "canonical_url", f->canon->href);
    if (f->source) alm_json_member(&json, "source", f->source->name);
    if (f->robots) add_robots(&json, f->robots, &f->access, f->canon);
    if (f->response.status) add_response(&json, &f->response);
    add_decision(&json, &f->decision);
    alm_line_end(&json);
    alm_buf_release(&line);
}

/* The source that would take @p url: the first in whose scope it is. What it says of fetching holds here too. */
static void take_source(settings *s, findings *f) {
    for (size_t i = 0; s->sources && i < s->sources->count && !f->source; i++) {
        const char *reason = alm_source_refuses(&s->sources->items[i], f->canon, 0);
        if (!reason || strcmp(reason, "scope") != 0) f->source = &s->sources->items[i];
    }
    if (!f->source) return;
    s->fetch = f->source->fetch;
    alm_str to = alm_source_resolve(f->source, f->canon);
    snprintf(s->connect_to, sizeof s->connect_to, "%.*s", ALM_FMT(to));
    if (to.len) s->fetch.connect_to = s->connect_to;
}

static int tell(settings *s, const alm_url *url, const alm_url *canon, alm_arena *arena) {
    alm_err err = {0};
    findings f = {.url = url, .canon = canon};
    take_source(s, &f);
    alm_response_init(&f.response, s->fetch.max_body);
    alm_status status = find_out(s, &f, arena, &err);
    if (status == ALM_OK && s->body)
        fwrite(f.response.body.ptr, 1, f.response.body.len, stdout);
    else if (status == ALM_OK)
        print_findings(&f);
    alm_robots_free(f.robots);
    alm_response_release(&f.response);
    if (status != ALM_OK) return alm_lines_fail(&alm_usage_fetch, &err);
    return f.decision.is_page ? ALM_EXIT_OK : ALM_EXIT_SOME_FAILED;
}

static int run(settings *s, const char *text) {
    alm_arena arena;
    alm_url url, canon;
    alm_err err = {0};
    alm_arena_init(&arena, ARENA_MAX);
    alm_status status = alm_url_parse_typed(&url, &arena, alm_str_of(text), &err);
    if (status == ALM_OK) status = alm_url_canon(&canon, &arena, &url, NULL);
    int code = status == ALM_OK ? tell(s, &url, &canon, &arena)
                                : alm_usage_fail(&alm_usage_fetch, "'%s': expected an http or https URL", text);
    alm_arena_release(&arena);
    return code;
}

static alm_status read_sources(settings *s) {
    alm_err err = {0};
    alm_buf text;
    alm_buf_init(&text, MAX_CONFIG);
    alm_status status = alm_read_file(&text, s->config, &err);
    if (status == ALM_OK) status = alm_sources_parse(&s->sources, s->config, alm_buf_str(&text), &err);
    alm_buf_release(&text);
    char message[1024];
    alm_err_describe(&err, message, sizeof message);
    if (status != ALM_OK) fprintf(stderr, "almoner fetch: %s\n", message);
    return status;
}

int alm_command_fetch(int argc, char **argv) {
    settings s = {.agent = "almoner", .fetch = {.no_redirects = true}};
    const char *value;
    int first = 0, id;
    while ((id = alm_options_next(&alm_usage_fetch, argc, argv, &value, &first)) > 0)
        if (!set_option(&s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (argc - first != 1) return alm_usage_fail(&alm_usage_fetch, "expected one URL");
    if (s.config && s.of_fetching)
        return alm_usage_fail(&alm_usage_fetch, "with --config it is the sources file that says how to fetch");
    int code = s.config && read_sources(&s) != ALM_OK ? ALM_EXIT_USAGE : run(&s, argv[first]);
    alm_sources_free(s.sources);
    return code;
}
