#include "crawler/sources.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "crawler/sources_priv.h"

enum { MAX_ARENA = 64 << 20, MAX_SOURCES = 100000, MAX_RULES = 8 };

typedef sources_reader reader;

static alm_status out_of_memory(reader *r) { return alm_fail(r->err, ALM_E_NOMEM, "out of memory"); }

/* ---- values ---- */

alm_status sources_read_duration(reader *r, int64_t *out_ms, const alm_yaml_node *node) {
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"", 1e3}, {"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}};
    alm_str text;
    alm_status status = alm_yaml_text(&text, node, r->err);
    if (status != ALM_OK) return status;
    char *end;
    double value = strtod(text.ptr, &end);
    for (size_t i = 0; end != text.ptr && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].unit) != 0 || !(value >= 0) || value * units[i].ms > 8.64e7 * 36500) continue;
        *out_ms = (int64_t)(value * units[i].ms);
        return ALM_OK;
    }
    return alm_yaml_fail(node, r->err, "expected a duration such as 500ms, 10s, 6h or 30d, found '%s'", text.ptr);
}

static alm_status read_choice(reader *r, int *out, const alm_yaml_node *node, const char *const *names) {
    alm_str text;
    alm_status status = alm_yaml_text(&text, node, r->err);
    if (status != ALM_OK) return status;
    char list[128] = "";
    for (int i = 0; names[i]; i++) {
        if (alm_str_is_c(text, names[i])) {
            *out = i;
            return ALM_OK;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    }
    return alm_yaml_fail(node, r->err, "expected one of %s, found '%s'", list, text.ptr);
}

static alm_status read_url(reader *r, alm_url *out, const alm_yaml_node *node) {
    alm_str text;
    alm_err why = {0};
    alm_status status = alm_yaml_text(&text, node, r->err);
    if (status != ALM_OK) return status;
    status = alm_url_parse_typed(out, r->arena, text, &why);
    if (status == ALM_OK) status = alm_url_canon(out, r->arena, out, NULL);
    if (status == ALM_OK || status == ALM_E_NOMEM) return status;
    return alm_yaml_fail(node, r->err, "expected an http or https URL, found '%s'", text.ptr);
}

static alm_status require_list(reader *r, const alm_yaml_node *node) {
    return node->kind == ALM_YAML_SEQUENCE ? ALM_OK : alm_yaml_fail(node, r->err, "expected a list");
}

static alm_status read_urls(reader *r, alm_url **out, size_t *count, const alm_yaml_node *node) {
    alm_status status = require_list(r, node);
    if (status != ALM_OK) return status;
    alm_url *urls = alm_arena_calloc(r->arena, node->count, sizeof *urls);
    if (!urls) return out_of_memory(r);
    for (size_t i = 0; i < node->count && status == ALM_OK; i++) status = read_url(r, &urls[i], node->items[i]);
    *out = urls;
    *count = node->count;
    return status;
}

static alm_status read_patterns(reader *r, alm_pattern ***out, size_t *count, const alm_yaml_node *node) {
    alm_status status = require_list(r, node);
    if (status != ALM_OK) return status;
    alm_pattern **patterns = alm_arena_calloc(r->arena, node->count, sizeof *patterns);
    if (!patterns) return out_of_memory(r);
    *out = patterns;
    *count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        alm_str text;
        alm_err why = {0};
        status = alm_yaml_text(&text, node->items[i], r->err);
        if (status != ALM_OK) return status;
        status = alm_pattern_new(&patterns[i], text, &why);
        if (status == ALM_E_PARSE) return alm_yaml_fail(node->items[i], r->err, "%s", why.message);
        if (status != ALM_OK) return out_of_memory(r);
    }
    return ALM_OK;
}

static alm_status read_c_string(reader *r, const char **out, const alm_yaml_node *node) {
    alm_str text;
    alm_status status = alm_yaml_text(&text, node, r->err);
    if (status != ALM_OK) return status;
    text = alm_arena_copy(r->arena, text);
    if (!text.ptr) return out_of_memory(r);
    *out = text.ptr;
    return ALM_OK;
}

static alm_status read_discover(reader *r, alm_discover *how, alm_url **urls, size_t *count,
                                const alm_yaml_node *node) {
    static const char *const names[] = {"auto", "none", NULL};
    if (node->kind == ALM_YAML_SEQUENCE) {
        *how = ALM_DISCOVER_LISTED;
        return read_urls(r, urls, count, node);
    }
    int choice;
    alm_status status = read_choice(r, &choice, node, names);
    if (status == ALM_OK) *how = choice == 0 ? ALM_DISCOVER_AUTO : ALM_DISCOVER_NONE;
    return status;
}

/* ---- keys: one reader each ---- */

static alm_status read_name(reader *r, const alm_yaml_node *node) {
    alm_status status = alm_yaml_text(&r->source->name, node, r->err);
    if (status == ALM_OK && r->source->name.len == 0) return alm_yaml_fail(node, r->err, "expected a name");
    return status;
}

static alm_status read_seeds(reader *r, const alm_yaml_node *node) {
    return read_urls(r, &r->source->seeds, &r->source->seed_count, node);
}

static alm_status read_sitemaps(reader *r, const alm_yaml_node *node) {
    return read_discover(r, &r->source->sitemaps, &r->source->sitemap_urls, &r->source->sitemap_count, node);
}

static alm_status read_feeds(reader *r, const alm_yaml_node *node) {
    return read_discover(r, &r->source->feeds, &r->source->feed_urls, &r->source->feed_count, node);
}

static alm_status read_include(reader *r, const alm_yaml_node *node) {
    return read_patterns(r, &r->source->include, &r->source->include_count, node);
}

static alm_status read_exclude(reader *r, const alm_yaml_node *node) {
    return read_patterns(r, &r->source->exclude, &r->source->exclude_count, node);
}

static alm_status read_scope(reader *r, const alm_yaml_node *node) {
    static const char *const names[] = {"host", "domain", "path", NULL};
    int choice;
    alm_status status = read_choice(r, &choice, node, names);
    if (status == ALM_OK) r->source->scope = (alm_scope)choice;
    return status;
}

static alm_status read_uint(reader *r, uint64_t *out, const alm_yaml_node *node, int64_t max) {
    int64_t value;
    alm_status status = alm_yaml_int(&value, node, 0, max, r->err);
    if (status == ALM_OK) *out = (uint64_t)value;
    return status;
}

static alm_status read_uint32(reader *r, uint32_t *out, const alm_yaml_node *node, int64_t max) {
    uint64_t value;
    alm_status status = read_uint(r, &value, node, max);
    if (status == ALM_OK) *out = (uint32_t)value;
    return status;
}

static alm_status read_depth(reader *r, const alm_yaml_node *node) {
    return read_uint32(r, &r->source->depth, node, 1000);
}
static alm_status read_max_pages(reader *r, const alm_yaml_node *node) {
    return read_uint(r, &r->source->max_pages, node, INT64_MAX);
}
static alm_status read_delay(reader *r, const alm_yaml_node *node) {
    return sources_read_duration(r, &r->source->politeness.delay_ms, node);
}
static alm_status read_adaptive(reader *r, const alm_yaml_node *node) {
    return alm_yaml_double(&r->source->politeness.adaptive, node, 0, 100, r->err);
}
static alm_status read_connections(reader *r, const alm_yaml_node *node) {
    return read_uint32(r, &r->source->politeness.connections, node, 64);
}
static alm_status read_backoff(reader *r, const alm_yaml_node *node) {
    return sources_read_duration(r, &r->source->politeness.backoff_first_ms, node);
}
static alm_status read_retries(reader *r, const alm_yaml_node *node) {
    return read_uint32(r, &r->source->retries, node, 100);
}
static alm_status read_retry_first(reader *r, const alm_yaml_node *node) {
    return sources_read_duration(r, &r->source->retry_first_ms, node);
}
static alm_status read_timeout(reader *r, const alm_yaml_node *node) {
    return sources_read_duration(r, &r->source->fetch.total_ms, node);
}
static alm_status read_max_body(reader *r, const alm_yaml_node *node) {
    uint64_t bytes;
    alm_status status = read_uint(r, &bytes, node, 1 << 30);
    if (status == ALM_OK) r->source->fetch.max_body = (size_t)bytes;
    return status;
}
static alm_status read_user_agent(reader *r, const alm_yaml_node *node) {
    return read_c_string(r, &r->source->fetch.user_agent, node);
}
static bool is_field_text(alm_str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7F) return false;
    return true;
}

/* An address of a person or a page: it stands in brackets in the user agent, so it holds none. */
static alm_status read_contact(reader *r, const alm_yaml_node *node) {
    alm_status status = read_c_string(r, &r->source->contact, node);
    if (status != ALM_OK) return status;
    if (strpbrk(r->source->contact, " ()<>\"\\") || !strpbrk(r->source->contact, "@:") ||
        !is_field_text(alm_str_of(r->source->contact)))
        return alm_yaml_fail(node, r->err, "expected a URL or an e-mail address");
    return ALM_OK;
}
static alm_status read_proxy(reader *r, const alm_yaml_node *node) {
    return read_c_string(r, &r->source->fetch.proxy, node);
}
static alm_status read_ca_file(reader *r, const alm_yaml_node *node) {
    return read_c_string(r, &r->source->fetch.ca_file, node);
}
static alm_status read_private(reader *r, const alm_yaml_node *node) {
    return alm_yaml_bool(&r->source->fetch.allow_private, node, r->err);
}
static alm_status read_encoding(reader *r, const alm_yaml_node *node) {
    return alm_yaml_text(&r->source->encoding, node, r->err);
}
static alm_status read_attachments(reader *r, const alm_yaml_node *node) {
    return alm_yaml_bool(&r->source->attachments, node, r->err);
}
static alm_status read_old_tls(reader *r, const alm_yaml_node *node) {
    return alm_yaml_bool(&r->source->fetch.old_tls, node, r->err);
}

static alm_status read_rules(reader *r, const alm_yaml_node *node) {
    size_t count = node->kind == ALM_YAML_SEQUENCE ? node->count : 1;
    if (count > MAX_RULES) return alm_yaml_fail(node, r->err, "at most %d rule packs", (int)MAX_RULES);
    const char **rules = alm_arena_calloc(r->arena, count + 1, sizeof *rules);
    if (!rules) return out_of_memory(r);
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++)
        status = read_c_string(r, &rules[i], node->kind == ALM_YAML_SEQUENCE ? node->items[i] : node);
    r->source->rules = count ? rules : NULL;
    return status;
}

static alm_status read_robots(reader *r, const alm_yaml_node *node) {
    bool obey;
    alm_status status = alm_yaml_bool(&obey, node, r->err);
    if (status == ALM_OK) r->source->ignore_robots = !obey;
    return status;
}

static alm_status read_revisit(reader *r, const alm_yaml_node *node) {
    static const char *const keys[] = {"min", "max", NULL};
    if (node->kind == ALM_YAML_SCALAR && alm_str_is_c(node->scalar, "never")) {
        r->source->revisit_min_s = r->source->revisit_max_s = 0;
        return ALM_OK;
    }
    if (node->kind != ALM_YAML_MAPPING) return alm_yaml_fail(node, r->err, "expected never, or {min: …, max: …}");
    alm_status status = alm_yaml_expect_keys(node, keys, r->err);
    int64_t min = r->source->revisit_min_s * 1000, max = r->source->revisit_max_s * 1000;
    const alm_yaml_node *at = alm_yaml_get(node, "min");
    if (status == ALM_OK && at) status = sources_read_duration(r, &min, at);
    at = alm_yaml_get(node, "max");
    if (status == ALM_OK && at) status = sources_read_duration(r, &max, at);
    if (status != ALM_OK) return status;
    if (min < 1000 || max < min) return alm_yaml_fail(node, r->err, "expected 1s <= min <= max");
    r->source->revisit_min_s = min / 1000;
    r->source->revisit_max_s = max / 1000;
    return ALM_OK;
}

static alm_status read_headers(reader *r, const alm_yaml_node *node) {
    if (node->kind != ALM_YAML_MAPPING) return alm_yaml_fail(node, r->err, "expected a mapping (Name: value)");
    const char **headers = alm_arena_calloc(r->arena, node->count + 1, sizeof *headers);
    if (!headers) return out_of_memory(r);
    for (size_t i = 0; i < node->count; i++) {
        alm_str name = node->pairs[i].key->scalar, value;
        alm_status status = alm_yaml_text(&value, node->pairs[i].value, r->err);
        if (status != ALM_OK) return status;
        if (!is_field_text(name) || !is_field_text(value) || alm_str_find(name, ALM_STR(":"), 0) != SIZE_MAX)
            return alm_yaml_fail(node->pairs[i].key, r->err, "a header has no control characters");
        char *line = alm_arena_alloc(r->arena, name.len + value.len + 3);
        if (!line) return out_of_memory(r);
        snprintf(line, name.len + value.len + 3, "%s: %s", name.ptr, value.ptr);
        headers[i] = line;
    }
    r->source->fetch.headers = headers;
    return ALM_OK;
}

static alm_status read_resolve(reader *r, const alm_yaml_node *node) {
    if (node->kind != ALM_YAML_MAPPING) return alm_yaml_fail(node, r->err, "expected a mapping (host: address:port)");
    alm_mapping *items = alm_arena_calloc(r->arena, node->count, sizeof *items);
    if (!items) return out_of_memory(r);
    for (size_t i = 0; i < node->count; i++) {
        items[i].host = node->pairs[i].key->scalar;
        alm_status status = alm_yaml_text(&items[i].to, node->pairs[i].value, r->err);
        if (status != ALM_OK) return status;
        if (alm_str_find(items[i].to, ALM_STR(":"), 0) == SIZE_MAX)
            return alm_yaml_fail(node->pairs[i].value, r->err, "expected address:port, found '%s'", items[i].to.ptr);
    }
    r->source->resolve = items;
    r->source->resolve_count = node->count;
    return ALM_OK;
}

static const struct key {
    const char *name;
    alm_status (*read)(reader *r, const alm_yaml_node *node);
} keys[] = {{"name", read_name},
            {"seeds", read_seeds},
            {"sitemaps", read_sitemaps},
            {"feeds", read_feeds},
            {"include", read_include},
            {"exclude", read_exclude},
            {"scope", read_scope},
            {"depth", read_depth},
            {"max_pages", read_max_pages},
            {"delay", read_delay},
            {"adaptive", read_adaptive},
            {"connections", read_connections},
            {"backoff", read_backoff},
            {"retries", read_retries},
            {"retry_after", read_retry_first},
            {"revisit", read_revisit},
            {"timeout", read_timeout},
            {"max_body", read_max_body},
            {"headers", read_headers},
            {"user_agent", read_user_agent},
            {"contact", read_contact},
            {"proxy", read_proxy},
            {"ca_file", read_ca_file},
            {"private_addresses", read_private},
            {"old_tls", read_old_tls},
            {"robots", read_robots},
            {"encoding", read_encoding},
            {"rules", read_rules},
            {"attachments", read_attachments},
            {"resolve", read_resolve},
            {"schedule", sources_read_schedule},
            {"timezone", sources_read_timezone},
            {"jitter", sources_read_jitter},
            {"blackout", sources_read_blackout},
            {"max_time", sources_read_max_time}};

enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static alm_status read_source(reader *r, const alm_yaml_node *node) {
    const char *names[KEY_COUNT + 1] = {0};
    for (size_t i = 0; i < KEY_COUNT; i++) names[i] = keys[i].name;
    alm_status status = alm_yaml_expect_keys(node, names, r->err);
    for (size_t i = 0; i < KEY_COUNT && status == ALM_OK; i++) {
        const alm_yaml_node *value = alm_yaml_get(node, keys[i].name);
        if (value) status = keys[i].read(r, value);
    }
    return status;
}

static const alm_source built_in = {
    .depth = 20,
    .politeness = {.delay_ms = 1000, .adaptive = 1.0},
    .revisit_min_s = 6 * 3600,
    .revisit_max_s = 90 * 24 * 3600,
    .fetch = {.no_redirects = true},
    .retries = 4,
    .retry_first_ms = 60000,
};

/* "almoner/0.1.0 (+https://…)": says who is asking and where to complain. */
static alm_status set_user_agent(reader *r) {
    alm_source *s = r->source;
    if (!s->contact || s->fetch.user_agent) return ALM_OK;
    size_t size = strlen(alm_user_agent()) + strlen(s->contact) + 8;
    char *text = alm_arena_alloc(r->arena, size);
    if (!text) return out_of_memory(r);
    snprintf(text, size, "almoner/" ALM_VERSION " (+%s)", s->contact);
    s->fetch.user_agent = text;
    return ALM_OK;
}

static alm_status check_source(reader *r, const alm_yaml_node *node, const alm_sources *all, size_t index) {
    const alm_source *s = &all->items[index];
    if (!s->name.len) return alm_yaml_fail(node, r->err, "a source needs a name");
    if (!s->seed_count && !s->sitemap_count && !s->feed_count)
        return alm_yaml_fail(node, r->err, "source '%s' needs seeds, sitemaps or feeds", s->name.ptr);
    for (size_t i = 0; i < index; i++)
        if (alm_str_is(all->items[i].name, s->name))
            return alm_yaml_fail(node, r->err, "the name '%s' stands twice", s->name.ptr);
    return ALM_OK;
}

static bool are_same_rules(const char *const *a, const char *const *b) {
    for (; *a && *b && strcmp(*a, *b) == 0; a++, b++) continue;
    return !*a && !*b;
}

/* Packs are loaded once, however many sources name them. */
static void number_rules(alm_sources *all) {
    for (size_t i = 0; i < all->count; i++) {
        alm_source *source = &all->items[i];
        source->rule_set = 0;
        if (!source->rules) continue;
        for (size_t k = 0; k < i && !source->rule_set; k++)
            if (all->items[k].rules && are_same_rules(all->items[k].rules, source->rules))
                source->rule_set = all->items[k].rule_set;
        if (!source->rule_set) source->rule_set = ++all->rule_set_count;
    }
}

static alm_status read_file(alm_sources *out, const alm_yaml_node *root, alm_err *err) {
    static const char *const top[] = {"defaults", "sources", "host_pages", NULL};
    out->defaults = built_in;
    reader r = {.all = out, .arena = &out->arena, .source = &out->defaults, .err = err};
    alm_status status = alm_yaml_expect_keys(root, top, err);
    const alm_yaml_node *at = alm_yaml_get(root, "defaults");
    if (status == ALM_OK && at) status = read_source(&r, at);
    at = alm_yaml_get(root, "host_pages");
    if (status == ALM_OK && at) status = read_uint(&r, &out->host_pages, at, INT64_MAX);
    const alm_yaml_node *list = alm_yaml_get(root, "sources");
    if (status != ALM_OK) return status;
    if (!list) return alm_yaml_fail(root, err, "expected the key 'sources'");
    status = require_list(&r, list);
    if (status == ALM_OK && list->count == 0) status = alm_yaml_fail(list, err, "expected at least one source");
    if (status == ALM_OK && list->count > MAX_SOURCES) status = alm_yaml_fail(list, err, "too many sources");
    if (status != ALM_OK) return status;
    out->items = alm_arena_calloc(&out->arena, list->count, sizeof *out->items);
    if (!out->items) return out_of_memory(&r);
    for (size_t i = 0; i < list->count && status == ALM_OK; i++) {
        out->items[i] = out->defaults;
        r.source = &out->items[i];
        out->count = out->item_count = i + 1;
        status = read_source(&r, list->items[i]);
        if (status == ALM_OK) status = set_user_agent(&r);
        if (status == ALM_OK) status = check_source(&r, list->items[i], out, i);
        if (status == ALM_OK) status = sources_settle_schedule(&r, list->items[i]);
    }
    if (status == ALM_OK) number_rules(out);
    return status;
}

alm_status alm_sources_parse(alm_sources **out, const char *file, alm_str text, alm_err *err) {
    alm_sources *sources = alm_calloc(1, sizeof *sources);
    if (!sources) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_arena_init(&sources->arena, MAX_ARENA);
    const alm_yaml_node *root;
    alm_status status = alm_yaml_parse(&root, &sources->arena, file, text, err);
    if (status == ALM_OK) status = read_file(sources, root, err);
    if (status == ALM_OK)
        *out = sources;
    else
        alm_sources_free(sources);
    return status;
}

/* Patterns that came from `defaults` are shared: each is freed where it is first met. */
static void free_patterns(alm_pattern **patterns, size_t count) {
    for (size_t i = 0; i < count; i++) {
        alm_pattern_free(patterns[i]);
        patterns[i] = NULL;
    }
}

void alm_sources_free(alm_sources *sources) {
    if (!sources) return;
    free_patterns(sources->defaults.include, sources->defaults.include_count);
    free_patterns(sources->defaults.exclude, sources->defaults.exclude_count);
    for (size_t i = 0; i < sources->item_count; i++) {
        free_patterns(sources->items[i].include, sources->items[i].include_count);
        free_patterns(sources->items[i].exclude, sources->items[i].exclude_count);
    }
    sources_free_zones(sources);
    alm_arena_release(&sources->arena);
    alm_free(sources);
}

alm_status alm_sources_select(alm_sources *sources, alm_str name, alm_err *err) {
    for (size_t i = 0; i < sources->count; i++) {
        if (!alm_str_is(sources->items[i].name, name)) continue;
        alm_source first = sources->items[0];
        sources->items[0] = sources->items[i];
        sources->items[i] = first;
        sources->count = 1;
        return ALM_OK;
    }
    return alm_fail(err, ALM_E_NOT_FOUND, "no source '%.*s' in the file", ALM_FMT(name));
}
