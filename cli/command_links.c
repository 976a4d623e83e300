#include <stdio.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "crawler/links.h"
#include "extract/page/decode.h"

enum { OPT_URL = 1, OPT_ENCODING, OPT_AGENT, OPT_ABOUT, OPT_REPEATED, OPT_NOSCRIPT, OPT_NO_PAGING };
enum { FILE_MAX = 64 << 20, ARENA_MAX = 512 << 20, LINE_MAX_LEN = 1 << 20 };

static const alm_option options[] = {
    {OPT_URL, 'u', "url", "URL", "where the page is from; needed"},
    {OPT_ENCODING, 0, "encoding", "LABEL", "the charset, whatever the page says (a BOM still wins)"},
    {OPT_AGENT, 'a', "agent", "NAME", "product token, for <meta name=NAME> (default almoner)"},
    {OPT_ABOUT, 0, "about", NULL, "print the page's base and robots directives first, as an object"},
    {OPT_REPEATED, 0, "repeated", NULL, "print links to the same URL each time"},
    {OPT_NOSCRIPT, 0, "noscript", NULL, "mind <base> and refresh in <noscript> too"},
    {OPT_NO_PAGING, 0, "no-paging", NULL, "make up no pages of lists"},
    {0}};

const alm_usage alm_usage_links = {
    "links", "[options] --url URL FILE|-",
    "Print the links of an HTML page as the crawler reads them, one JSON object a line:\n"
    "anchors, frames, canonical, next, alternate, feeds, refresh, redirects by script, and\n"
    "pages of lists that scripts would make. '-' is standard input.\n",
    options,
    "Exit status: 0 read; 1 the file cannot be read; 2 usage.\n\n"
    "Example:\n"
    "  almoner links --url https://example.org/news/ page.html | jq -r .url\n"};

typedef struct state {
    const char *url;
    bool about;
    const char *encoding;
    alm_links_options options;
    alm_arena arena;
    alm_buf bytes, line;
} state;

static void add_flag(alm_json *json, const char *key, bool flag) {
    alm_json_key(json, key);
    alm_json_bool(json, flag);
}

static void add_count(alm_json *json, const char *key, uint64_t count) {
    alm_json_key(json, key);
    alm_json_uint(json, count);
}

static void print_about(state *s, const alm_links *links, const char *charset) {
    alm_json json = alm_line_begin(&s->line);
    alm_json_member(&json, "base", links->base.href);
    alm_json_member_c(&json, "charset", charset);
    add_flag(&json, "noindex", links->robots.noindex);
    add_flag(&json, "nofollow", links->robots.nofollow);
    add_count(&json, "links", links->count);
    add_count(&json, "dropped", links->dropped);
    add_flag(&json, "truncated", links->truncated);
    alm_line_end(&json);
}

static void print_link(state *s, const alm_link *link) {
    alm_json json = alm_line_begin(&s->line);
    alm_json_member(&json, "url", link->url.href);
    alm_json_member_c(&json, "kind", alm_link_kind_name(link->kind));
    alm_json_member(&json, "text", link->text.ptr ? link->text : ALM_STR(""));
    add_flag(&json, "nofollow", link->nofollow);
    if (link->kind == ALM_LINK_REFRESH) add_count(&json, "delay_ms", link->delay_ms);
    alm_line_end(&json);
}

static alm_status read_links(state *s, alm_links **links, const char **charset, const char *file, alm_err *err) {
    alm_decoded decoded;
    alm_diagnostics diagnostics = {.arena = &s->arena};
    alm_decode_hints hints = {.override_label = alm_str_of(s->encoding)};
    alm_status status = alm_read_file(&s->bytes, file, err);
    alm_str bytes = s->bytes.len ? alm_buf_str(&s->bytes) : ALM_STR("");
    if (status == ALM_OK) status = alm_decode(&decoded, &s->arena, bytes, &hints, &diagnostics, err);
    if (status != ALM_OK) return status;
    *charset = decoded.charset;
    /* a label that was given says more than what it is decoded as: GB2312 is read as GB18030, but queries are GBK */
    s->options.charset = alm_str_of(s->encoding ? s->encoding : decoded.encoding);
    return alm_links_read(links, &s->arena, decoded.text, &s->options, err);
}

static int run(state *s, const char *file) {
    alm_url page;
    alm_err err = {0};
    alm_links *links = NULL;
    const char *charset = NULL;
    if (alm_url_parse_typed(&page, &s->arena, alm_str_of(s->url), &err) < 0)
        return alm_usage_fail(&alm_usage_links, "--url '%s': %s", s->url, err.message);
    s->options.url = &page;
    if (read_links(s, &links, &charset, file, &err) != ALM_OK) return alm_lines_fail(&alm_usage_links, &err);
    if (s->about) print_about(s, links, charset);
    for (size_t i = 0; i < links->count; i++) print_link(s, &links->items[i]);
    return ALM_EXIT_OK;
}

static void set_option(state *s, int id, const char *value) {
    switch (id) {
    case OPT_URL: s->url = value; break;
    case OPT_ENCODING: s->encoding = value; break;
    case OPT_AGENT: s->options.token = alm_str_of(value); break;
    case OPT_ABOUT: s->about = true; break;
    case OPT_REPEATED: s->options.repeated = true; break;
    case OPT_NOSCRIPT: s->options.with_noscript = true; break;
    default: s->options.without_paging = true; break;
    }
}

int alm_command_links(int argc, char **argv) {
    state s = {.options = {.token = ALM_STR("almoner")}};
    const char *value;
    int first, id;
    while ((id = alm_options_next(&alm_usage_links, argc, argv, &value, &first)) > 0) set_option(&s, id, value);
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (!s.url) return alm_usage_fail(&alm_usage_links, "--url is needed");
    if (argc - first != 1) return alm_usage_fail(&alm_usage_links, "expected one file");
    if (s.encoding && !alm_charset_by_label(alm_str_of(s.encoding)))
        return alm_usage_fail(&alm_usage_links, "--encoding '%s': expected a label of the WHATWG Encoding Standard",
                              s.encoding);
    alm_arena_init(&s.arena, ARENA_MAX);
    alm_buf_init(&s.bytes, FILE_MAX);
    alm_buf_init(&s.line, LINE_MAX_LEN);
    int status = run(&s, argv[first]);
    alm_buf_release(&s.line);
    alm_buf_release(&s.bytes);
    alm_arena_release(&s.arena);
    return status;
}
