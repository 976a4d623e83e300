#include <stdio.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "crawler/fetch.h"
#include "crawler/robots.h"
#include "crawler/robots_fetch.h"
#include "crawler/url.h"

enum { OPT_FILE = 1, OPT_AGENT, OPT_ALLOW_PRIVATE, OPT_PROXY, OPT_CA_FILE };
enum { LINE_MAX_LEN = 4 << 20, FILE_MAX = 16 << 20, ARENA_MAX = 1 << 20 };

static const alm_option options[] = {
    {OPT_FILE, 'f', "file", "FILE", "the robots.txt; '-' is standard input"},
    {OPT_AGENT, 'a', "agent", "NAME", "product token of the crawler (default almoner)"},
    {OPT_ALLOW_PRIVATE, 0, "allow-private", NULL, "fetch from loopback, private and link-local addresses too"},
    {OPT_PROXY, 0, "proxy", "URL", "fetch through it"},
    {OPT_CA_FILE, 0, "ca-file", "FILE", "trust these certificates (PEM) instead of the system's"},
    {0}};

const alm_usage alm_usage_robots = {
    "robots", "[options] URL [PATH ...] | --file FILE [URL|PATH|- ...]",
    "Say whether a robots.txt (RFC 9309) lets a crawler fetch URLs, and by which line;\n"
    "one JSON object a line. The file is that of the URL's host, or FILE; where nothing but\n"
    "a host or FILE is given: what the file holds for that crawler.\n"
    "URLs are judged as they are written; '-' reads them from standard input.\n",
    options,
    "Exit status: 0 answered; 1 the file cannot be read; 2 usage.\n\n"
    "Examples:\n"
    "  almoner robots https://example.org /news/ /private/\n"
    "  almoner robots --file robots.txt --agent almoner https://example.org/news/\n"};

typedef struct state {
    const char *file;
    const char *agent;
    alm_fetch_options fetch;
    alm_robots *robots;
    int http_status;    /* of the fetched file; 0: none */
    const char *source; /* why there are no rules of a file: "unavailable", "unreachable"; or NULL */
    alm_buf line;
} state;

/** Path and query of @p url as they are written: behind scheme and host, up to the fragment. */
static alm_str target_of(alm_str url) {
    size_t start = 0, at = alm_str_find(url, ALM_STR("://"), 0);
    const char *hash = url.len ? memchr(url.ptr, '#', url.len) : NULL;
    if (hash) url.len = (size_t)(hash - url.ptr);
    if (url.len && url.ptr[0] != '/' && at != SIZE_MAX) start = at + 3;
    if (url.len >= 2 && url.ptr[0] == '/' && url.ptr[1] == '/') start = 2;
    while (start < url.len && url.ptr[start] != '/' && url.ptr[start] != '?') start++;
    return alm_str_slice(url, start < url.len ? start : url.len, url.len);
}

/** How the file was come by. */
static void add_fetched(const state *s, alm_json *json) {
    alm_json_key(json, "status");
    if (s->http_status)
        alm_json_uint(json, (uint64_t)s->http_status);
    else
        alm_json_null(json);
    alm_json_member_c(json, "robots", s->source ? s->source : "read");
}

static bool answer(void *context, alm_str input) {
    state *s = context;
    char with_slash[4096] = "/";
    alm_str target = target_of(input);
    if (target.len == 0 || target.ptr[0] == '?') { /* "http://a?b" asks for "/?b" */
        size_t len = target.len < sizeof with_slash - 1 ? target.len : sizeof with_slash - 1;
        if (len) memcpy(with_slash + 1, target.ptr, len);
        target = (alm_str){with_slash, len + 1};
    }
    alm_robots_verdict verdict = alm_robots_judge(s->robots, target);
    alm_json json = alm_line_begin(&s->line);
    alm_json_member(&json, "url", input);
    alm_json_key(&json, "allowed");
    alm_json_bool(&json, verdict.allowed);
    alm_json_key(&json, "line");
    if (verdict.line)
        alm_json_uint(&json, verdict.line);
    else
        alm_json_null(&json);
    alm_json_member(&json, "rule", verdict.line ? verdict.rule : (alm_str){NULL, 0});
    if (!s->file) add_fetched(s, &json);
    alm_line_end(&json);
    return true;
}

static void add_count(alm_json *json, const char *key, uint64_t count) {
    alm_json_key(json, key);
    alm_json_uint(json, count);
}

static void describe(state *s) {
    const alm_robots_stats *stats = alm_robots_describe(s->robots);
    int64_t delay_ms = alm_robots_crawl_delay_ms(s->robots);
    alm_json json = alm_line_begin(&s->line);
    add_count(&json, "lines", stats->lines);
    add_count(&json, "directives", stats->directives);
    add_count(&json, "unknown", stats->unknown);
    add_count(&json, "malformed", stats->malformed);
    add_count(&json, "rules", stats->rules);
    alm_json_key(&json, "named");
    alm_json_bool(&json, stats->named);
    alm_json_key(&json, "truncated");
    alm_json_bool(&json, stats->truncated);
    alm_json_key(&json, "crawl_delay_ms");
    if (delay_ms < 0)
        alm_json_null(&json);
    else
        alm_json_uint(&json, (uint64_t)delay_ms);
    alm_json_key(&json, "sitemaps");
    alm_json_array(&json);
    for (size_t i = 0; i < alm_robots_sitemap_count(s->robots); i++)
        alm_json_text(&json, alm_robots_sitemap(s->robots, i));
    alm_json_array_end(&json);
    if (!s->file) add_fetched(s, &json);
    alm_line_end(&json);
}

static alm_status read_file(state *s, alm_err *err) {
    alm_buf body;
    alm_buf_init(&body, FILE_MAX);
    alm_status status = alm_read_file(&body, s->file, err);
    if (status == ALM_OK) status = alm_robots_parse(&s->robots, alm_buf_str(&body), alm_str_of(s->agent), err);
    alm_buf_release(&body);
    return status;
}

static alm_status fetch_file(state *s, const char *text, alm_err *err) {
    static const char *const names[] = {
        [ALM_ROBOTS_READ] = NULL, [ALM_ROBOTS_UNAVAILABLE] = "unavailable", [ALM_ROBOTS_UNREACHABLE] = "unreachable"};
    alm_arena arena;
    alm_url url;
    alm_robots_source source;
    alm_arena_init(&arena, ARENA_MAX);
    alm_status status = alm_url_parse_typed(&url, &arena, alm_str_of(text), err);
    if (status == ALM_OK) status = alm_robots_fetch(&s->robots, &source, &url, &s->fetch, alm_str_of(s->agent), err);
    alm_arena_release(&arena);
    if (status != ALM_OK) return status;
    if (source.why.code && source.access != ALM_ROBOTS_READ) alm_lines_fail(&alm_usage_robots, &source.why);
    s->http_status = source.http;
    s->source = names[source.access];
    return ALM_OK;
}

static int run(state *s, int argc, char **argv, int first) {
    alm_err err = {0};
    /* the first URL names the host; one that asks for more than its root is judged as well */
    bool host_alone = !s->file && target_of(alm_str_of(argv[first])).len <= 1;
    int next = host_alone ? first + 1 : first;
    int status = ALM_EXIT_OK;
    alm_buf_init(&s->line, LINE_MAX_LEN);
    if ((s->file ? read_file(s, &err) : fetch_file(s, argv[first], &err)) < 0)
        status = alm_lines_fail(&alm_usage_robots, &err);
    else if (next == argc)
        describe(s);
    else
        status = alm_lines_each(argc, argv, next, answer, s);
    alm_robots_free(s->robots);
    alm_buf_release(&s->line);
    return status;
}

static void set_option(state *s, int id, const char *value) {
    switch (id) {
    case OPT_FILE: s->file = value; break;
    case OPT_AGENT: s->agent = value; break;
    case OPT_ALLOW_PRIVATE: s->fetch.allow_private = true; break;
    case OPT_PROXY: s->fetch.proxy = value; break;
    default: s->fetch.ca_file = value; break;
    }
}

int alm_command_robots(int argc, char **argv) {
    state s = {.agent = "almoner"};
    const char *value;
    int first, id;
    while ((id = alm_options_next(&alm_usage_robots, argc, argv, &value, &first)) > 0) set_option(&s, id, value);
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (!s.file && first == argc) return alm_usage_fail(&alm_usage_robots, "expected a URL, or --file");
    if (!alm_robots_token_is_valid(alm_str_of(s.agent)))
        return alm_usage_fail(&alm_usage_robots, "--agent '%s': expected a product token (letters, '-' and '_')",
                              s.agent);
    return run(&s, argc, argv, first);
}
