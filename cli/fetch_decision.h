/**
 * What the crawler would do with an answer, and why: the judgement of `almoner fetch`.
 */
#ifndef ALM_CLI_FETCH_DECISION_H
#define ALM_CLI_FETCH_DECISION_H

#include "base/arena.h"
#include "crawler/fetch.h"
#include "crawler/url.h"

typedef struct alm_fetch_decision {
    const char *word, *why; /**< for people; static storage, the error's or the arena's */
    bool is_page;           /**< records would be kept of it */
    bool is_read;           /**< what follows was read off the page */
    const char *charset;
    bool noindex, nofollow;
    size_t links;                /**< that would be followed */
    alm_str canonical, leads_to; /**< its canonical link; a refresh or redirect by script; {0} */
} alm_fetch_decision;

typedef struct alm_fetch_judge {
    const char *token; /**< our product token */
    alm_str encoding;  /**< override, or {0} */
    bool attachments;  /**< wanted */
} alm_fetch_judge;

/** Judge @p response of @p url, fetched with @p fetched and @p err. *out may borrow from all of them. */
ALM_MUST_USE alm_status alm_fetch_decide(alm_fetch_decision *out, alm_arena *arena, const alm_url *url,
                                         const alm_response *response, alm_status fetched, const alm_err *err,
                                         const alm_fetch_judge *judge);

#endif
