/**
 * What the files of the sitemap reader share.
 */
#ifndef ALM_CRAWLER_SITEMAP_PRIV_H
#define ALM_CRAWLER_SITEMAP_PRIV_H

#include "crawler/sitemap.h"

/** Takes entries in, for all formats. */
typedef struct alm_sitemap_builder {
    alm_arena *arena;
    const alm_sitemap_options *options;
    alm_sitemap *sitemap;
    alm_sitemap_entry *items;
    size_t cap;
    size_t max;
    alm_status status; /* sticky */
} alm_sitemap_builder;

/** An entry with nothing in it yet. */
alm_sitemap_entry alm_sitemap_blank_entry(void);

/**
 * Resolve @p loc into entry->url and add the entry; where it is no URL of ours, it counts as dropped.
 */
void alm_sitemap_builder_add(alm_sitemap_builder *builder, alm_sitemap_entry *entry, alm_str loc);

/** @p s without white space at both ends, that of Unicode too. */
alm_str alm_sitemap_trim(alm_str s);

/**
 * Read XML of any of the formats; sets the builder's sitemap->kind and broken.
 *
 * @return ALM_OK, ALM_E_PARSE where the root element is of none of them, ALM_E_NOMEM, ALM_E_LIMIT.
 */
ALM_MUST_USE alm_status alm_sitemap_read_xml(alm_sitemap_builder *builder, alm_str xml, alm_err *err);

#endif
