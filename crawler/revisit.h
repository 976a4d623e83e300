/**
 * When a page is worth another visit: learnt from what earlier visits found.
 */
#ifndef ALM_CRAWLER_REVISIT_H
#define ALM_CRAWLER_REVISIT_H

#include "base/base.h"

/** What is known of a page after a visit. */
typedef struct alm_revisit_facts {
    int64_t min_s, max_s; /**< bounds of the source; max 0: never again */
    int64_t interval_s;   /**< that led to this visit; 0: the first one */
    bool is_list;         /**< many links, little text: where news appear first */
    bool changed;         /**< unlike the last visit; of no meaning at the first one */
} alm_revisit_facts;

/**
 * Seconds until the next visit; 0: never. A list begins at the lower bound, an article a quarter of the way up on a
 * logarithmic scale. A change halves the interval, none makes it half as long again (Cho and Garcia-Molina, 2003,
 * show that any rule that follows the rate of change beats equal intervals; this one needs no history).
 */
int64_t alm_revisit_after_s(const alm_revisit_facts *facts);

#endif
