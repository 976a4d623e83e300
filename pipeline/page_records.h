/**
 * A document as a sink takes it: its JSON, its flat rows and the digest of what it tells, with private people treated.
 */
#ifndef ALM_PIPELINE_PAGE_RECORDS_H
#define ALM_PIPELINE_PAGE_RECORDS_H

#include "base/buf.h"
#include "extract/output/digest.h"
#include "extract/output/private.h"

/** How private people are treated. All-zero: as they are. */
typedef struct alm_privacy {
    alm_private people;
    alm_str salt; /**< borrowed */
} alm_privacy;

typedef struct alm_page_records {
    alm_buf json, rows;
    char version[ALM_DIGEST_SIZE];
} alm_page_records;

void alm_page_records_init(alm_page_records *records);
void alm_page_records_release(alm_page_records *records);

/**
 * Fill @p records, whatever they held, from @p document. Scratch goes into @p arena.
 *
 * @return ALM_OK, ALM_E_LIMIT (more than 64 MiB of JSON), ALM_E_INVALID (no salt), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_page_records_fill(alm_page_records *records, alm_arena *arena, const alm_document *document,
                                              bool with_text, const alm_privacy *privacy, alm_err *err);

#endif
