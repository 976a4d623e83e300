/**
 * A crawl from end to end: the loop of crawler/, workers that read and archive each answer and extract its records,
 * and the sink that keeps them. Everything lies in one folder, the store.
 *
 *     STORE/lock          held while a crawl runs: two crawls on one store refuse each other
 *     STORE/frontier.db   what is known and what became of it
 *     STORE/records.db    documents and donation rows
 *     STORE/archive/      WARC files with their indexes
 *     STORE/cookies       what hosts asked to have back in a later run
 *     STORE/sources.yaml  the sources of the last crawl, for --resume
 */
#ifndef ALM_PIPELINE_CRAWL_H
#define ALM_PIPELINE_CRAWL_H

#include "crawler/loop.h"
#include "extract/almoner.h"
#include "pipeline/page_records.h"

/** All-zero is the default; strings are borrowed. */
typedef struct alm_crawl_options {
    const char *store;   /**< folder; made where it is missing; required */
    const char *records; /**< a store (store/locate.h) for documents and rows; NULL: in the folder */
    /** By alm_source.rule_set: that of the run, then those with packs of sources. NULL: no extraction. */
    const alm_extractor *const *extractors;
    size_t extractor_count;
    alm_privacy privacy;
    bool without_archive;
    bool full_sync;        /**< every commit waits for the disk: see crawler/frontier.h */
    uint64_t archive_size; /**< of a WARC file; 0: 1 GiB */
    int archive_level;     /**< of gzip; 0: 1 */
    unsigned worker_count; /**< 0: one a processor */
    alm_loop_options loop; /**< frontier, sources, handler and archive are filled in */
} alm_crawl_options;

typedef struct alm_crawl alm_crawl;

/**
 * Open the store, lock it, and mend what a crash left: archive tails that the frontier does not know are cut off,
 * archives that lost bytes give their URLs back to the queue, missing indexes are made.
 * @p sources is borrowed.
 *
 * @return ALM_OK, ALM_E_REFUSED (another crawl holds the store), ALM_E_STORAGE, ALM_E_NOMEM, ALM_E_INVALID.
 */
ALM_MUST_USE alm_status alm_crawl_new(alm_crawl **out, alm_sources *sources, const alm_crawl_options *options,
                                      alm_err *err);
/** Add the seeds and crawl. As alm_loop_run; what it wrote is closed either way. */
ALM_MUST_USE alm_status alm_crawl_run(alm_crawl *crawl, alm_err *err);
void alm_crawl_free(alm_crawl *crawl);

const alm_loop_stats *alm_crawl_count(alm_crawl *crawl);
alm_frontier *alm_crawl_frontier(alm_crawl *crawl);
alm_loop *alm_crawl_loop(alm_crawl *crawl);

/** Hold @p store/lock until the returned descriptor is closed. ALM_E_REFUSED: another process holds it. */
ALM_MUST_USE alm_status alm_store_lock(int *out, const char *store, alm_err *err);

#endif
