/**
 * What a crawl would fetch first, told without the network: `almoner crawl --dry-run`.
 */
#ifndef ALM_CLI_CRAWL_DRY_RUN_H
#define ALM_CLI_CRAWL_DRY_RUN_H

#include "crawler/sources.h"

/**
 * Print the URLs of @p store and of @p sources that are to be fetched now, one a line, but for those that a robots.txt
 * of the last day forbids; then, unless @p quiet, a line on stderr that counts them.
 *
 * @return ALM_OK (also where there is no store yet), ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_crawl_dry_run(const char *store, const alm_sources *sources, bool quiet, alm_err *err);

#endif
