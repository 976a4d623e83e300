#include <stdio.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "crawler/robots.h"

enum { OPT_FILE = 1, OPT_AGENT };
enum { LINE_MAX_LEN = 4 << 20, FILE_MAX = 16 << 20 };

static const alm_option options[] = {
    {OPT_FILE, 'f', "file", "FILE", "the robots.txt; '-' is standard input"},
    {OPT_AGENT, 'a', "agent", "NAME", "product token of the crawler (default almoner)"},
    {0}};

static const alm_usage usage = {
    "robots", "--file FILE [--agent NAME] [URL|PATH|- ...]",
    "Say whether a robots.txt (RFC 9309) lets a crawler fetch URLs, and by which line;\n"
    "one JSON object a line. Without URLs: what the file holds for that crawler.\n"
    "URLs are judged as they are written; '-' reads them from standard input.\n",
    options,
    "Exit status: 0 answered; 1 the file cannot be read; 2 usage.\n\n"
    "Example:\n"
    "  almoner robots --file robots.txt --agent almoner https://example.org/news/ /private/\n"};

typedef struct state {
    alm_robots *robots;
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
    alm_line_end(&json);
}

static int run(const char *file, const char *agent, int argc, char **argv, int first) {
    state s = {0};
    alm_err err = {0};
    alm_buf body;
    alm_buf_init(&body, FILE_MAX);
    alm_buf_init(&s.line, LINE_MAX_LEN);
    int status = ALM_EXIT_OK;
    if (alm_read_file(&body, file, &err) < 0 ||
        alm_robots_parse(&s.robots, alm_buf_str(&body), alm_str_of(agent), &err) < 0) {
        status = alm_lines_fail(&usage, &err);
    } else if (first == argc) {
        describe(&s);
    } else {
        status = alm_lines_each(argc, argv, first, answer, &s);
    }
    alm_robots_free(s.robots);
    alm_buf_release(&s.line);
    alm_buf_release(&body);
    return status;
}

int alm_command_robots(int argc, char **argv) {
    const char *value, *file = NULL, *agent = "almoner";
    int first, id;
    while ((id = alm_options_next(&usage, argc, argv, &value, &first)) > 0) {
        if (id == OPT_FILE)
            file = value;
        else
            agent = value;
    }
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (!file) return alm_usage_fail(&usage, "--file is needed");
    if (!alm_robots_token_is_valid(alm_str_of(agent)))
        return alm_usage_fail(&usage, "--agent '%s': expected a product token (letters, '-' and '_')", agent);
    return run(file, agent, argc, argv, first);
}
