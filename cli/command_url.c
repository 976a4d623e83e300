#include <stdio.h>
#include <time.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "crawler/domain.h"
#include "crawler/traps.h"
#include "crawler/url.h"

enum { OPT_BASE = 1, OPT_CHARSET, OPT_DROP, OPT_KEEP, OPT_KEEP_ORDER, OPT_ALL_PARAMS };
enum { NAMES_MAX = 64, ARENA_MAX = 1 << 20, LINE_MAX_LEN = 1 << 20 };

static const alm_option options[] = {
    {OPT_BASE, 'b', "base", "URL", "what relative references are resolved against"},
    {OPT_CHARSET, 0, "charset", "LABEL", "charset of the page, in which queries are encoded (default UTF-8)"},
    {OPT_DROP, 0, "drop-param", "NAME", "canon: drop this query parameter too ('utm_*'); may be repeated"},
    {OPT_KEEP, 0, "keep-param", "NAME", "canon: keep it although it is in the built-in table; may be repeated"},
    {OPT_ALL_PARAMS, 0, "all-params", NULL, "canon: drop no parameters but those of --drop-param"},
    {OPT_KEEP_ORDER, 0, "keep-order", NULL, "canon: do not sort parameters by name"},
    {0}};

const alm_usage alm_usage_url = {
    "url", "canon|resolve [options] URL|- ...",
    "Read URLs as browsers do (WHATWG URL Standard) and print one JSON object a line.\n"
    "resolve: the absolute URL and its parts. canon: the canonical form, by which the crawler\n"
    "knows a page, its registrable domain, and the name of the trap it looks like, if any.\n"
    "'-' reads lines from standard input.\n",
    options,
    "Exit status: 0 all are URLs; 1 some are not (their line says why); 2 usage.\n\n"
    "Examples:\n"
    "  almoner url canon 'HTTP://Example.COM:80/a/../b?utm_source=x&b=2&a=1#top'\n"
    "  almoner url resolve --base https://example.org/news/ ../about.html\n"};

typedef struct names {
    alm_str items[NAMES_MAX];
    size_t count;
} names;

typedef struct state {
    bool canon;
    const char *base_text;
    alm_url base;
    alm_err base_err; /* why there is no base */
    alm_url_context context;
    alm_url_canon_options canon_options;
    alm_traps_options traps;
    names drop, keep;
    alm_arena base_arena, arena;
    alm_buf line;
} state;

static void add_prefixed(alm_json *json, const char *key, const char *prefix, alm_str text) {
    char whole[ALM_URL_MAX + 2];
    int len = text.len ? snprintf(whole, sizeof whole, "%s%.*s", prefix, ALM_FMT(text)) : 0;
    alm_json_member(json, key, (alm_str){whole, len > 0 ? (size_t)len : 0});
}

/** The members that the URL class of browsers has. */
static void print_parts(alm_json *json, const alm_url *url) {
    alm_str host = url->host;
    if (url->port.len) host.len += 1 + url->port.len;
    alm_str protocol = {url->scheme.ptr, url->scheme.len + 1};
    alm_json_member(json, "href", url->href);
    alm_json_member(json, "protocol", protocol);
    alm_json_member(json, "username", url->username.len ? url->username : ALM_STR(""));
    alm_json_member(json, "password", url->password.len ? url->password : ALM_STR(""));
    alm_json_member(json, "host", host);
    alm_json_member(json, "hostname", url->host);
    alm_json_member(json, "port", url->port.len ? url->port : ALM_STR(""));
    alm_json_member(json, "pathname", url->path);
    add_prefixed(json, "search", "?", url->query);
    add_prefixed(json, "hash", "#", url->fragment);
}

static bool answer(void *context, alm_str input) {
    state *s = context;
    alm_url url;
    alm_err err = {0};
    bool typed = s->canon && !s->context.base && !s->base_text;
    alm_arena_reset(&s->arena);
    alm_status status = typed ? alm_url_parse_typed(&url, &s->arena, input, &err)
                              : alm_url_parse(&url, &s->arena, input, &s->context, &err);
    alm_url canonical = {0};
    if (status == ALM_OK && s->canon) status = alm_url_canon(&canonical, &s->arena, &url, &s->canon_options);
    if (status < 0) {
        if (!err.code) alm_fail(&err, status, "canonical form does not fit");
        return alm_line_fail(&s->line, input, s->base_err.code ? &s->base_err : &err);
    }
    alm_json json = alm_line_begin(&s->line);
    alm_json_member(&json, "input", input);
    alm_json_member(&json, "url", s->canon ? canonical.href : url.href);
    if (s->canon) {
        alm_trap trap = alm_traps_check(&canonical, &s->traps);
        alm_json_member(&json, "domain", alm_domain_of(canonical.host));
        alm_json_member_c(&json, "trap", trap == ALM_TRAP_NONE ? NULL : alm_trap_name(trap));
    } else {
        print_parts(&json, &url);
    }
    alm_line_end(&json);
    return true;
}

static bool add_name(names *list, const char *option, const char *value) {
    if (list->count == NAMES_MAX) {
        alm_usage_fail(&alm_usage_url, "%s: at most %d names", option, (int)NAMES_MAX);
        return false;
    }
    list->items[list->count++] = alm_str_of(value);
    return true;
}

static bool set_option(state *s, int id, const char *value) {
    switch (id) {
    case OPT_BASE: s->base_text = value; return true;
    case OPT_CHARSET: return alm_url_charset_new(&s->context.charset, alm_str_of(value)) == ALM_OK;
    case OPT_DROP: return add_name(&s->drop, "--drop-param", value);
    case OPT_KEEP: return add_name(&s->keep, "--keep-param", value);
    case OPT_ALL_PARAMS: s->canon_options.without_built_in = true; return true;
    case OPT_KEEP_ORDER: s->canon_options.keep_order = true; return true;
    default: return false;
    }
}

static uint16_t this_year(void) {
    struct tm now;
    time_t seconds = time(NULL);
    return gmtime_r(&seconds, &now) ? (uint16_t)(1900 + now.tm_year) : 0;
}

static int run(state *s, int argc, char **argv, int first) {
    static const char *const verbs[] = {"canon", "resolve", NULL};
    if (argc - first < 2) return alm_usage_fail(&alm_usage_url, "expected canon or resolve, and URLs");
    int verb = alm_option_choice(&alm_usage_url, "command", argv[first], verbs);
    if (verb < 0) return ALM_EXIT_USAGE;
    s->canon = verb == 0;
    /* a base of another scheme helps no reference, but an absolute URL needs none */
    if (s->base_text && alm_url_parse(&s->base, &s->base_arena, alm_str_of(s->base_text), NULL, &s->base_err) == ALM_OK)
        s->context.base = &s->base;
    s->traps.this_year = this_year();
    s->canon_options.drop_params = s->drop.items;
    s->canon_options.drop_params_count = s->drop.count;
    s->canon_options.keep_params = s->keep.items;
    s->canon_options.keep_params_count = s->keep.count;
    return alm_lines_each(argc, argv, first + 1, answer, s);
}

int alm_command_url(int argc, char **argv) {
    state s = {0};
    const char *value;
    int first, id, status = ALM_EXIT_USAGE;
    alm_arena_init(&s.base_arena, ARENA_MAX);
    alm_arena_init(&s.arena, ARENA_MAX);
    alm_buf_init(&s.line, LINE_MAX_LEN);
    while ((id = alm_options_next(&alm_usage_url, argc, argv, &value, &first)) > 0)
        if (!set_option(&s, id, value)) goto out;
    if (id == ALM_OPTIONS_HELP) status = ALM_EXIT_OK;
    if (id == ALM_OPTIONS_END) status = run(&s, argc, argv, first);
out:
    alm_url_charset_free(s.context.charset);
    alm_buf_release(&s.line);
    alm_arena_release(&s.arena);
    alm_arena_release(&s.base_arena);
    return status;
}
