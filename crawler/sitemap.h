/**
 * Sitemaps (sitemaps.org protocol: urlset, index, text, news), RSS 0.9-2.0 and Atom, plain or in gzip.
 *
 * XML is read by libxml2's push parser without DTDs, external entities and network: a file that is asked for by an
 * entity is never opened, and entities that are defined in the document are not expanded.
 */
#ifndef ALM_CRAWLER_SITEMAP_H
#define ALM_CRAWLER_SITEMAP_H

#include "crawler/url.h"

typedef enum alm_sitemap_kind {
    ALM_SITEMAP_URLSET,
    ALM_SITEMAP_INDEX,
    ALM_SITEMAP_TEXT,
    ALM_SITEMAP_RSS,
    ALM_SITEMAP_ATOM,
    ALM_SITEMAP_KIND_COUNT
} alm_sitemap_kind;

/** "urlset", "index", …; static storage. */
const char *alm_sitemap_kind_name(alm_sitemap_kind kind);

typedef enum alm_changefreq {
    ALM_CHANGEFREQ_NONE,
    ALM_CHANGEFREQ_ALWAYS,
    ALM_CHANGEFREQ_HOURLY,
    ALM_CHANGEFREQ_DAILY,
    ALM_CHANGEFREQ_WEEKLY,
    ALM_CHANGEFREQ_MONTHLY,
    ALM_CHANGEFREQ_YEARLY,
    ALM_CHANGEFREQ_NEVER
} alm_changefreq;

/** "always", …, "" for none; static storage. */
const char *alm_changefreq_name(alm_changefreq freq);

/** "No time given". */
#define ALM_SITEMAP_NO_TIME INT64_MIN

typedef struct alm_sitemap_entry {
    alm_url url;         /**< resolved, without fragment handling: as listed */
    int64_t lastmod_s;   /**< Unix time of <lastmod>, <pubDate>, <updated>; ALM_SITEMAP_NO_TIME where there is none */
    int64_t published_s; /**< Unix time of <news:publication_date>, <published>; or ALM_SITEMAP_NO_TIME */
    alm_str title;       /**< of a feed's item or news:title; may be empty */
    alm_changefreq changefreq;
    float priority; /**< 0.0 to 1.0; 0.5 where it is not given */
    bool in_scope;  /**< on the host and below the folder of the sitemap, as sitemaps.org asks for */
} alm_sitemap_entry;

typedef struct alm_sitemap {
    alm_sitemap_kind kind;
    int64_t lastmod_s;              /**< of a feed as a whole */
    const alm_sitemap_entry *items; /**< of an index: the sitemaps it names */
    size_t count;
    size_t dropped; /**< entries without a URL that the crawler could fetch */
    bool broken;    /**< the XML ends early or has a fault: items hold what came before it */
    bool truncated; /**< cut at max entries or max_len bytes */
} alm_sitemap;

typedef struct alm_sitemap_options {
    const alm_url *url; /**< where it was fetched; required */
    size_t max;         /**< entries kept; 0: 50,000 as in the protocol */
    size_t max_len;     /**< bytes after decompression; 0: 50 MiB */
} alm_sitemap_options;

/**
 * Read a sitemap or feed from its bytes, whatever the Content-Type said. *out lies in @p arena.
 *
 * @return ALM_OK (also for a broken one with `broken` set), ALM_E_INVALID (no options->url), ALM_E_PARSE (neither XML
 *         of a known kind nor lines of URLs, or bad gzip), ALM_E_LIMIT (arena full), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_sitemap_read(alm_sitemap **out, alm_arena *arena, alm_str bytes,
                                         const alm_sitemap_options *options, alm_err *err);

#endif
