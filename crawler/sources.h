/**
 * sources.yaml: what to crawl and how. Its form is schemas/sources.schema.json; docs/crawling.md explains it.
 */
#ifndef ALM_CRAWLER_SOURCES_H
#define ALM_CRAWLER_SOURCES_H

#include "base/arena.h"
#include "base/base.h"
#include "crawler/fetch.h"
#include "crawler/pattern.h"
#include "crawler/schedule.h"
#include "crawler/url.h"
#include "timetable/timetable.h"

typedef enum alm_scope {
    ALM_SCOPE_HOST,   /**< hosts of the seeds, and of sitemaps and feeds that the file lists; with and without www. */
    ALM_SCOPE_DOMAIN, /**< their registrable domains */
    ALM_SCOPE_PATH    /**< their folders */
} alm_scope;

typedef enum alm_discover {
    ALM_DISCOVER_AUTO, /**< what robots.txt and pages name */
    ALM_DISCOVER_NONE,
    ALM_DISCOVER_LISTED /**< those of the file alone */
} alm_discover;

/** An address to connect to instead of what DNS says of hosts that @p host fits ("*.test": any below). */
typedef struct alm_mapping {
    alm_str host, to; /**< "127.0.0.1:8080" */
} alm_mapping;

typedef struct alm_source {
    alm_str name;
    alm_url *seeds;
    size_t seed_count;
    alm_discover sitemaps, feeds;
    alm_url *sitemap_urls, *feed_urls;
    size_t sitemap_count, feed_count;
    alm_pattern **include, **exclude;
    size_t include_count, exclude_count;
    alm_scope scope;
    uint32_t depth;     /**< links from a seed */
    uint64_t max_pages; /**< a run; 0: no limit */
    alm_politeness politeness;
    int64_t revisit_min_s, revisit_max_s; /**< 0, 0: never again */
    alm_fetch_options fetch;
    const char *contact; /**< URL or e-mail address of who runs the crawl, for sites' operators; NULL: none was given */
    alm_str encoding;
    const char *const *rules; /**< folders of rule packs to stack on the run's, NULL-terminated; NULL: none */
    size_t rule_set;          /**< sources with the same rules have the same number; 0: none, else 1 and up */
    bool attachments, ignore_robots;
    uint32_t retries;       /**< after the first failure */
    int64_t retry_first_ms; /**< doubles each time */
    const alm_mapping *resolve;
    size_t resolve_count;
    alm_timetable timetable; /**< when almoner watch runs it */
    alm_str schedule;        /**< as in the file; {0}: never */
    int64_t max_time_s;      /**< of a run by almoner watch; 0: no limit */
    uint32_t number;         /**< in the frontier; set by the crawl */
    uint64_t fetched;        /**< in this run */
} alm_source;

/** Everything lives as long as the alm_sources. */
typedef struct alm_sources {
    alm_source *items;
    size_t count;
    alm_source defaults;
    size_t rule_set_count; /**< rule sets beside 0 */
    uint64_t host_pages;   /**< URLs of one host that are ever queued; 0: the default */
    size_t item_count;     /**< all of the file; count may be fewer: alm_sources_select */
    alm_zone **zones;
    size_t zone_count, zone_cap;
    alm_arena arena;
} alm_sources;

/**
 * Read @p text, named @p file in errors. Where a source has a schedule, TZ is set for a moment (timetable/zone.h): not
 * while other threads run.
 *
 * @return ALM_OK, ALM_E_PARSE with file:line:column, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_sources_parse(alm_sources **out, const char *file, alm_str text, alm_err *err);
void alm_sources_free(alm_sources *sources);
/** Leave none but the source @p name: it becomes items[0], count 1. ALM_E_NOT_FOUND. */
ALM_MUST_USE alm_status alm_sources_select(alm_sources *sources, alm_str name, alm_err *err);

/** Do the seeds, sitemaps or feeds of two sources lie in one registrable domain? */
bool alm_sources_share_site(const alm_source *a, const alm_source *b);

/**
 * Why @p url (canonical, @p depth links from a seed) is not for @p source: "scope", "depth", "exclude", "include";
 * NULL: it is. Static storage. Not for two threads at once.
 */
const char *alm_source_refuses(const alm_source *source, const alm_url *url, uint32_t depth);

/** The "address:port" that @p url is to be connected to, or {0}. */
alm_str alm_source_resolve(const alm_source *source, const alm_url *url);

#endif
