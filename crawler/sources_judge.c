/* Which URLs are for a source. */
#include "crawler/domain.h"
#include "crawler/sources.h"

/* Sites send visitors from the bare name to the one with www., or back: for scope they are one host. */
static alm_str without_www(alm_str host) {
    return alm_str_starts(host, ALM_STR("www.")) ? alm_str_slice(host, 4, host.len) : host;
}

static bool is_below(const alm_url *seed, const alm_url *url) {
    alm_str folder = seed->path;
    while (folder.len && folder.ptr[folder.len - 1] != '/') folder.len--;
    return alm_str_is(without_www(seed->host), without_www(url->host)) && alm_str_starts(url->path, folder);
}

static bool fits_any(alm_scope scope, const alm_url *anchors, size_t count, const alm_url *url) {
    for (size_t i = 0; i < count; i++) {
        bool fits = scope == ALM_SCOPE_HOST     ? alm_str_is(without_www(anchors[i].host), without_www(url->host))
                    : scope == ALM_SCOPE_DOMAIN ? alm_domain_is_same(anchors[i].host, url->host)
                                                : is_below(&anchors[i], url);
        if (fits) return true;
    }
    return false;
}

static bool is_in_scope(const alm_source *s, const alm_url *url) {
    return fits_any(s->scope, s->seeds, s->seed_count, url) ||
           fits_any(s->scope, s->sitemap_urls, s->sitemap_count, url) ||
           fits_any(s->scope, s->feed_urls, s->feed_count, url);
}

static bool finds_any(alm_pattern *const *patterns, size_t count, alm_str subject) {
    for (size_t i = 0; i < count; i++)
        if (alm_pattern_finds(patterns[i], subject)) return true;
    return false;
}

const char *alm_source_refuses(const alm_source *s, const alm_url *url, uint32_t depth) {
    if (!is_in_scope(s, url)) return "scope";
    if (depth > s->depth) return "depth";
    if (finds_any(s->exclude, s->exclude_count, url->href)) return "exclude";
    if (s->include_count && depth > 0 && !finds_any(s->include, s->include_count, url->href)) return "include";
    return NULL;
}

static bool asks_host_of(const alm_source *s, const alm_url *url) {
    for (size_t i = 0; i < s->seed_count; i++)
        if (alm_domain_is_same(s->seeds[i].host, url->host)) return true;
    for (size_t i = 0; i < s->sitemap_count; i++)
        if (alm_domain_is_same(s->sitemap_urls[i].host, url->host)) return true;
    for (size_t i = 0; i < s->feed_count; i++)
        if (alm_domain_is_same(s->feed_urls[i].host, url->host)) return true;
    return false;
}

bool alm_sources_share_site(const alm_source *a, const alm_source *b) {
    for (size_t i = 0; i < b->seed_count; i++)
        if (asks_host_of(a, &b->seeds[i])) return true;
    for (size_t i = 0; i < b->sitemap_count; i++)
        if (asks_host_of(a, &b->sitemap_urls[i])) return true;
    for (size_t i = 0; i < b->feed_count; i++)
        if (asks_host_of(a, &b->feed_urls[i])) return true;
    return false;
}

alm_str alm_source_resolve(const alm_source *s, const alm_url *url) {
    for (size_t i = 0; i < s->resolve_count; i++) {
        alm_str host = s->resolve[i].host;
        bool any_below = alm_str_starts(host, ALM_STR("*."));
        if (any_below ? alm_str_ends(url->host, alm_str_slice(host, 1, host.len)) : alm_str_is(url->host, host))
            return s->resolve[i].to;
    }
    return (alm_str){0};
}
