#include "crawler/robots_fetch.h"

#include <stdio.h>

/* Room for what is skipped: comments of a file that is longer than what counts of it still end in time. */
enum { MAX_BODY = 4 * ALM_ROBOTS_MAX };

alm_robots_access alm_robots_access_of(alm_status fetched, int http, alm_str body) {
    bool too_long = fetched == ALM_E_LIMIT && body.len > 0 && http >= 200 && http < 300;
    bool lost = (fetched == ALM_OK || fetched == ALM_E_LIMIT) && http >= 300 && http < 400;
    if (too_long || (fetched == ALM_OK && http >= 200 && http < 300)) return ALM_ROBOTS_READ;
    if (lost || (fetched == ALM_OK && http >= 400 && http < 500 && http != 429)) return ALM_ROBOTS_UNAVAILABLE;
    return ALM_ROBOTS_UNREACHABLE;
}

alm_status alm_robots_of_access(alm_robots **out, alm_robots_access access, alm_str body, alm_str token, alm_err *err) {
    alm_status status = ALM_OK;
    switch (access) {
    case ALM_ROBOTS_READ: return alm_robots_parse(out, body, token, err);
    case ALM_ROBOTS_UNAVAILABLE: status = alm_robots_allow_all(out); break;
    case ALM_ROBOTS_UNREACHABLE: status = alm_robots_disallow_all(out); break;
    }
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "out of memory");
}

alm_status alm_robots_fetch(alm_robots **out, alm_robots_source *source, const alm_url *url,
                            const alm_fetch_options *options, alm_str token, alm_err *err) {
    char text[ALM_FETCH_MAX_URL];
    alm_fetch_options fetch = *options;
    alm_fetcher *fetcher = NULL;
    alm_response response;
    fetch.no_redirects = false;
    fetch.max_redirects = ALM_ROBOTS_MAX_REDIRECTS;
    fetch.keeps_beginning = true;
    *source = (alm_robots_source){0};
    snprintf(text, sizeof text, "%.*s/robots.txt", ALM_FMT(alm_url_origin(url)));
    alm_response_init(&response, MAX_BODY);
    alm_status status = alm_fetcher_new(&fetcher, &fetch, err);
    if (status == ALM_OK) {
        alm_status fetched = alm_fetch(fetcher, text, &response, &source->why);
        if (fetched == ALM_E_NOMEM) status = alm_fail(err, fetched, "out of memory");
        source->http = response.status;
        source->access = alm_robots_access_of(fetched, response.status, alm_buf_str(&response.body));
        if (status == ALM_OK)
            status = alm_robots_of_access(out, source->access, alm_buf_str(&response.body), token, err);
    }
    alm_fetcher_free(fetcher);
    alm_response_release(&response);
    return status;
}
