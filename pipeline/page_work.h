/**
 * What is done with one answer, in a worker thread: undo codings, archive, read links, extract records.
 */
#ifndef ALM_PIPELINE_PAGE_WORK_H
#define ALM_PIPELINE_PAGE_WORK_H

#include "crawler/loop.h"
#include "extract/almoner.h"
#include "pipeline/page_records.h"

/** One worker's tools; belongs to one thread. */
typedef struct alm_page_worker alm_page_worker;

typedef struct alm_page_worker_options {
    const alm_extractor *const *extractors; /**< by alm_source.rule_set; NULL: no extraction */
    size_t extractor_count;
    bool without_archive;
    int archive_level;
    const char *token; /**< our product token */
    alm_privacy privacy;
} alm_page_worker_options;

ALM_MUST_USE alm_status alm_page_worker_new(alm_page_worker **out, const alm_page_worker_options *options);
void alm_page_worker_free(alm_page_worker *worker);
/**
 * Takes @p page. What is wrong with the page is in the result; what the store gets is its payload, alm_page_records.
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_page_worker_do(alm_page_worker *worker, alm_fetched *page, alm_page_result **out,
                                           alm_err *err);
/** Release and free a payload. */
void alm_page_records_free(alm_page_records *records);

#endif
