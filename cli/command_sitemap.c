#include <stdio.h>

#include "cli/command.h"
#include "cli/lines.h"
#include "crawler/sitemap.h"
#include "crawler/webdate.h"

enum { OPT_URL = 1, OPT_ABOUT, OPT_MAX };
enum { FILE_MAX = 64 << 20, ARENA_MAX = 512 << 20, LINE_MAX_LEN = 1 << 20 };

static const alm_option options[] = {{OPT_URL, 'u', "url", "URL", "where the sitemap is from; needed"},
                                     {OPT_ABOUT, 0, "about", NULL, "print its kind and counts first, as an object"},
                                     {OPT_MAX, 0, "max", "N", "read at most N entries (default 50000)"},
                                     {0}};

const alm_usage alm_usage_sitemap = {
    "sitemap", "[options] --url URL FILE|-",
    "Print the entries of a sitemap (XML, index, text, news; plain or gzip) or a feed (RSS,\n"
    "Atom), one JSON object a line. No entity is expanded and no file is opened but FILE.\n",
    options,
    "Exit status: 0 read; 1 it is no sitemap; 2 usage.\n\n"
    "Example:\n"
    "  almoner sitemap --url https://example.org/sitemap.xml sitemap.xml | jq -r .url\n"};

typedef struct state {
    const char *url;
    bool about;
    alm_sitemap_options options;
    alm_arena arena;
    alm_buf bytes, line;
} state;

static void add_time(alm_json *json, const char *key, int64_t unix_s) {
    char text[32];
    if (unix_s == ALM_SITEMAP_NO_TIME) {
        alm_json_member_c(json, key, NULL);
        return;
    }
    alm_webdate_format(text, unix_s);
    alm_json_member_c(json, key, text);
}

static void add_flag(alm_json *json, const char *key, bool flag) {
    alm_json_key(json, key);
    alm_json_bool(json, flag);
}

static void print_about(state *s, const alm_sitemap *sitemap) {
    alm_json json = alm_line_begin(&s->line);
    alm_json_member_c(&json, "kind", alm_sitemap_kind_name(sitemap->kind));
    add_time(&json, "lastmod", sitemap->lastmod_s);
    alm_json_key(&json, "entries");
    alm_json_uint(&json, sitemap->count);
    alm_json_key(&json, "dropped");
    alm_json_uint(&json, sitemap->dropped);
    add_flag(&json, "broken", sitemap->broken);
    add_flag(&json, "truncated", sitemap->truncated);
    alm_line_end(&json);
}

static void print_entry(state *s, const alm_sitemap *sitemap, const alm_sitemap_entry *entry) {
    char priority[32];
    alm_json json = alm_line_begin(&s->line);
    alm_json_member(&json, "url", entry->url.href);
    alm_json_member_c(&json, "kind", sitemap->kind == ALM_SITEMAP_INDEX ? "sitemap" : "page");
    add_time(&json, "lastmod", entry->lastmod_s);
    add_time(&json, "published", entry->published_s);
    alm_json_member_c(&json, "changefreq",
                      entry->changefreq == ALM_CHANGEFREQ_NONE ? NULL : alm_changefreq_name(entry->changefreq));
    int len = snprintf(priority, sizeof priority, "%.3g", (double)entry->priority);
    alm_json_key(&json, "priority");
    alm_json_raw(&json, (alm_str){priority, (size_t)len});
    alm_json_member(&json, "title", entry->title);
    add_flag(&json, "in_scope", entry->in_scope);
    alm_line_end(&json);
}

static int run(state *s, const char *file) {
    alm_url url;
    alm_err err = {0};
    alm_sitemap *sitemap = NULL;
    if (alm_url_parse_typed(&url, &s->arena, alm_str_of(s->url), &err) < 0)
        return alm_usage_fail(&alm_usage_sitemap, "--url '%s': %s", s->url, err.message);
    s->options.url = &url;
    alm_status status = alm_read_file(&s->bytes, file, &err);
    if (status == ALM_OK) status = alm_sitemap_read(&sitemap, &s->arena, alm_buf_str(&s->bytes), &s->options, &err);
    if (status != ALM_OK) return alm_lines_fail(&alm_usage_sitemap, &err);
    if (s->about) print_about(s, sitemap);
    for (size_t i = 0; i < sitemap->count; i++) print_entry(s, sitemap, &sitemap->items[i]);
    return ALM_EXIT_OK;
}

static bool set_option(state *s, int id, const char *value) {
    int64_t max;
    if (id == OPT_URL) s->url = value;
    if (id == OPT_ABOUT) s->about = true;
    if (id != OPT_MAX) return true;
    if (!alm_option_int(&max, &alm_usage_sitemap, "--max", value, 1, 10000000)) return false;
    s->options.max = (size_t)max;
    return true;
}

int alm_command_sitemap(int argc, char **argv) {
    state s = {0};
    const char *value;
    int first, id;
    while ((id = alm_options_next(&alm_usage_sitemap, argc, argv, &value, &first)) > 0)
        if (!set_option(&s, id, value)) return ALM_EXIT_USAGE;
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (!s.url) return alm_usage_fail(&alm_usage_sitemap, "--url is needed");
    if (argc - first != 1) return alm_usage_fail(&alm_usage_sitemap, "expected one file");
    alm_arena_init(&s.arena, ARENA_MAX);
    alm_buf_init(&s.bytes, FILE_MAX);
    alm_buf_init(&s.line, LINE_MAX_LEN);
    int status = run(&s, argv[first]);
    alm_buf_release(&s.line);
    alm_buf_release(&s.bytes);
    alm_arena_release(&s.arena);
    return status;
}
