/**
 * A store as one HTML page that needs nothing else: charts, a table that is searched, the evidence of each donation.
 */
#ifndef ALM_REPORT_REPORT_H
#define ALM_REPORT_REPORT_H

#include "base/base.h"
#include "store/snapshot.h"

/** Takes a piece of the page; a status other than ALM_OK stops the writing and is returned. */
typedef alm_status (*alm_report_write)(void *context, alm_str bytes, alm_err *err);

typedef struct alm_report_options {
    alm_str title; /**< {0}: the page's own */
} alm_report_options;

/**
 * Write the page of all that @p snapshot holds. The same store gives the same bytes: the page tells when the store last
 * changed, not when it was made.
 *
 * Text of crawled pages stands in it as JSON without '<', and is put on the page as text only; a
 * Content-Security-Policy allows the page's own script and style by their hashes, and nothing else.
 *
 * @return ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM, or what @p write returned.
 */
ALM_MUST_USE alm_status alm_report_write_page(alm_snapshot *snapshot, const alm_report_options *options,
                                              alm_report_write write, void *context, alm_err *err);

#endif
