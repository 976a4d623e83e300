#include <stdio.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "crawler/fetch.h"
#include "crawler/robots.h"
#include "crawler/robots_fetch.h"
#include "crawler/traps.h"
#include "crawler/url.h"

enum { OPT_AGENT = 1, OPT_ALLOW_PRIVATE, OPT_USER_AGENT, OPT_PROXY, OPT_CA_FILE, OPT_BODY };
enum { MAX_LINE = 4 << 20, ARENA_MAX = 1 << 20 };

static const alm_option options[] = {
    {OPT_BODY, 'b', "body", NULL, "print the body, decompressed, instead of what is told about it"},
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
    "not followed.\n",
    options,
    "Exit status: 0 the crawler would read it as a page; 1 it would not; 2 usage.\n\n"
    "Example:\n"
    "  almoner fetch https://www.example.org/news/1.html | jq .decision\n"};

typedef struct settings {
    alm_fetch_options fetch;
    const char *agent;
    bool body;
} settings;

/** Why a URL is not fetched, or what its answer means. */
typedef struct decision {
    const char *word, *why;
    bool is_page;
} decision;

static bool set_option(settings *s, int id, const char *value) {
    switch (id) {
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

static decision decide(const alm_response *r, alm_status fetched, const alm_err *err, const char *token) {
    if (fetched == ALM_E_REFUSED) return (decision){"never fetch", err->message, false};
    if (fetched == ALM_E_LIMIT || fetched == ALM_E_INVALID) return (decision){"give up", err->message, false};
    if (fetched != ALM_OK) return (decision){"retry later", err->message, false};
    if (r->status == 429 || r->status == 503) return (decision){"let the host rest", "it asks to be left alone", false};
    if (r->status >= 500) return (decision){"retry later", "the server has an error", false};
    if (r->status == 404 || r->status == 410) return (decision){"record as gone", "there is no such page", false};
    if (r->status >= 400) return (decision){"give up", "the server refuses", false};
    if (r->status >= 300) return (decision){"follow", "it is a redirect", false};
    alm_robots_tag tag = {0};
    alm_str value;
    for (size_t at = 0; alm_response_next_header(r, "x-robots-tag", &at, &value);)
        alm_robots_tag_add_header(&tag, value, alm_str_of(token));
    if (tag.noindex) return (decision){"follow its links, keep no records", "X-Robots-Tag says noindex", false};
    alm_str type, charset;
    alm_content_type_split(alm_response_header(r, "content-type"), &type, &charset);
    bool is_page = type.len == 0 || alm_str_is_nocase(type, ALM_STR("text/html")) ||
                   alm_str_is_nocase(type, ALM_STR("application/xhtml+xml")) ||
                   alm_str_is_nocase(type, ALM_STR("text/plain"));
    return is_page ? (decision){"read as a page", "a page by its Content-Type", true}
                   : (decision){"archive only", "no page by its Content-Type", false};
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

static int tell(settings *s, const alm_url *url, const alm_url *canon, alm_err *err) {
    alm_robots *robots = NULL;
    alm_fetcher *fetcher = NULL;
    alm_response response;
    alm_buf line;
    decision d = {"never fetch", "robots.txt forbids it, or cannot be read", false};
    alm_err why = {0};
    alm_buf_init(&line, MAX_LINE);
    alm_response_init(&response, 0);
    alm_robots_source source;
    alm_status status = alm_robots_fetch(&robots, &source, url, &s->fetch, alm_str_of(s->agent), err);
    if (status == ALM_OK) status = alm_fetcher_new(&fetcher, &s->fetch, err);
    if (status == ALM_OK && alm_robots_allows(robots, alm_url_target(canon)))
        d = decide(&response, alm_fetch(fetcher, canon->href.ptr, &response, &why), &why, s->agent);
    alm_trap trap = alm_traps_check(canon, NULL);
    if (status == ALM_OK && trap != ALM_TRAP_NONE) d = (decision){"never fetch", alm_trap_name(trap), false};
    if (status == ALM_OK && s->body) {
        fwrite(response.body.ptr, 1, response.body.len, stdout);
    } else if (status == ALM_OK) {
        alm_json json = alm_line_begin(&line);
        alm_json_member(&json, "url", url->href);
        alm_json_member(&json, "canonical_url", canon->href);
        add_robots(&json, robots, &source, canon);
        if (response.status) add_response(&json, &response);
        alm_json_member_c(&json, "decision", d.word);
        alm_json_member_c(&json, "why", d.why);
        alm_line_end(&json);
    }
    alm_robots_free(robots);
    alm_fetcher_free(fetcher);
    alm_response_release(&response);
    alm_buf_release(&line);
    if (status != ALM_OK) return alm_lines_fail(&alm_usage_fetch, err);
    return d.is_page ? ALM_EXIT_OK : ALM_EXIT_SOME_FAILED;
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
    alm_arena arena;
    alm_url url, canon;
    alm_err err = {0};
    alm_arena_init(&arena, ARENA_MAX);
    alm_status status = alm_url_parse_typed(&url, &arena, alm_str_of(argv[first]), &err);
    if (status == ALM_OK) status = alm_url_canon(&canon, &arena, &url, NULL);
    int code = status == ALM_OK ? tell(&s, &url, &canon, &err)
                                : alm_usage_fail(&alm_usage_fetch, "'%s': expected an http or https URL", argv[first]);
    alm_arena_release(&arena);
    return code;
}
