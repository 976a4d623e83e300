/**
 * What the cascade did, for people: the folded text after each phase, and what was found and dropped.
 */
#ifndef ALM_EXTRACT_RULES_EXPLAIN_H
#define ALM_EXTRACT_RULES_EXPLAIN_H

#include "extract/almoner.h"
#include "extract/rules/fold.h"

typedef struct alm_explain {
    alm_write_fn write; /**< NULL: silence */
    void *context;
} alm_explain;

/** The folded text after @p phase, a line a block: words and mentions as <CLASS text>. */
void alm_explain_folded(const alm_explain *explain, const char *phase, const alm_folded *folded);

/** One line. */
void alm_explain_line(const alm_explain *explain, const char *format, ...) ALM_PRINTF(2, 3);

#endif
