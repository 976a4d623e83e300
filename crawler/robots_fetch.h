/**
 * What an answer to /robots.txt means (RFC 9309 2.3.1), and the file of one host fetched at once.
 */
#ifndef ALM_CRAWLER_ROBOTS_FETCH_H
#define ALM_CRAWLER_ROBOTS_FETCH_H

#include "crawler/fetch.h"
#include "crawler/robots.h"
#include "crawler/url.h"

enum { ALM_ROBOTS_MAX_REDIRECTS = 5 };

typedef enum alm_robots_access {
    ALM_ROBOTS_READ,        /**< there is a file; of one that is too long the beginning counts */
    ALM_ROBOTS_UNAVAILABLE, /**< 4xx, or redirects without end: everything is allowed */
    ALM_ROBOTS_UNREACHABLE  /**< no answer, 5xx, 429: nothing is, for now */
} alm_robots_access;

/**
 * @p fetched is how the transfer went, @p http its last status, @p body what came. A 3xx is an answer whose redirects
 * were followed as far as they are.
 */
alm_robots_access alm_robots_access_of(alm_status fetched, int http, alm_str body);

/** The rules of @p body for @p token where @p access is ALM_ROBOTS_READ; else those that @p access stands for. */
ALM_MUST_USE alm_status alm_robots_of_access(alm_robots **out, alm_robots_access access, alm_str body, alm_str token,
                                             alm_err *err);

/** How alm_robots_fetch came by the rules. */
typedef struct alm_robots_source {
    alm_robots_access access;
    int http;    /**< 0: no answer */
    alm_err why; /**< of a transfer that failed; code 0: none did */
} alm_robots_source;

/**
 * Fetch the robots.txt of @p url's origin with @p options and wait for it.
 *
 * @return ALM_OK (whatever the host answered), ALM_E_INVALID (an option libcurl refuses), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_robots_fetch(alm_robots **out, alm_robots_source *source, const alm_url *url,
                                         const alm_fetch_options *options, alm_str token, alm_err *err);

#endif
