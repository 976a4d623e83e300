/**
 * One transfer over a libcurl easy handle: its set-up (guard, ceilings, schemes, encodings) and its result. The
 * blocking fetch and the crawler's event loop both stand on it. Stays inside crawler/: it shows libcurl's types.
 */
#ifndef ALM_CRAWLER_TRANSFER_H
#define ALM_CRAWLER_TRANSFER_H

#include <curl/curl.h>

#include "crawler/fetch.h"
#include "crawler/guard.h"

/** What bodies of all transfers of a loop may hold together. One transfer is let run past it, so that some end. */
typedef struct alm_body_budget {
    size_t held, max;
    const struct alm_transfer *exempt;
} alm_body_budget;

typedef struct alm_transfer {
    CURL *easy;                       /**< owned */
    const alm_fetch_options *options; /**< borrowed until release */
    alm_response *response;           /**< borrowed from start to finish */
    struct curl_slist *headers, *resolve, *connect_to;
    alm_body_budget *budget; /**< borrowed; NULL: none */
    size_t held;             /**< of the budget, by this transfer; the loop takes it over when it ends */
    bool keeps_beginning;    /**< as the option, for the next transfer */
    bool paused;             /**< until the budget has room */
    size_t header_bytes;     /**< of all blocks so far */
    bool headers_full;
    bool head_ended;                 /**< of the last block: its blank line came */
    bool refused;                    /**< the guard said no to some address … */
    alm_address_class refused_class; /**< … of this class */
    char refused_address[46];
    char curl_message[CURL_ERROR_SIZE];
} alm_transfer;

/** Make the easy handle and set what stays the same between fetches. On failure there is nothing to release. */
ALM_MUST_USE alm_status alm_transfer_init(alm_transfer *transfer, const alm_fetch_options *options, alm_err *err);
void alm_transfer_release(alm_transfer *transfer);

/** Ready the handle for GET @p url into @p response (reset). Then perform it or add it to a multi handle. */
ALM_MUST_USE alm_status alm_transfer_start(alm_transfer *transfer, const char *url, alm_response *response,
                                           alm_err *err);

/** After libcurl is done with @p result: fill the response's facts and say what went wrong, in our words. The body is
 * as it came: alm_response_decode, in whatever thread, makes a page of it. */
ALM_MUST_USE alm_status alm_transfer_finish(alm_transfer *transfer, CURLcode result, alm_err *err);

/** Call libcurl's global set-up once for the process; safe from any thread, any number of times. */
ALM_MUST_USE alm_status alm_curl_global(alm_err *err);

#endif
