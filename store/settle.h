/**
 * What a telling changes in a store: pure logic, no database. It looks at what the store knows of the page and says
 * which rows to write.
 *
 * - A telling that says what the version of its time says already changes nothing but when the page was seen.
 * - The newest telling is current; one that is older than what is known becomes history at once.
 * - A donation stays one row while its flat row stays the same. What the new version no longer tells is superseded;
 * what it tells otherwise is superseded and replaced by a new row that names it: of the same uid, else of the same
 * donor and what was given or to whom.
 * - A uid is current once: where another page tells it already, it is a duplicate, until that page tells it no longer.
 */
#ifndef ALM_STORE_SETTLE_H
#define ALM_STORE_SETTLE_H

#include "store/tables.h"
#include "store/telling.h"

typedef struct alm_known_version {
    int64_t version_id, fetched_ms;
    alm_str digest; /**< "" of a tombstone */
} alm_known_version;

/** A donation that the page tells now: current or duplicate. */
typedef struct alm_known_donation {
    int64_t donation_id;
    alm_str uid, digest, donor, cash_amount, goods, recipients;
    bool duplicate;
} alm_known_donation;

typedef struct alm_known_page {
    int64_t page_id; /**< 0: unknown */
    int64_t first_seen_ms, last_seen_ms;
    const alm_known_version *versions; /**< by fetched_ms, then version_id */
    size_t version_count;
    const alm_known_donation *donations; /**< by donation_id */
    size_t donation_count;
} alm_known_page;

/** The database as settling sees it. */
typedef struct alm_settler {
    void *context;
    /** Write a row or a change. Called in an order that foreign keys and `current once` allow. */
    alm_status (*put)(void *context, alm_table table, const alm_cell *cells, alm_err *err);
    /** *out = whether @p uid is current on another page than @p page_id. */
    alm_status (*is_current_elsewhere)(void *context, bool *out, alm_str uid, int64_t page_id, alm_err *err);
    /** *out = a duplicate of @p uid on another page than @p page_id, or 0. */
    alm_status (*find_duplicate)(void *context, int64_t *out, alm_str uid, int64_t page_id, alm_err *err);
    int64_t seq; /**< clock.seq: the last number given */
    int64_t now_ms;
    size_t rows;           /**< written so far, changes too */
    alm_sink_stats *stats; /**< counted up; borrowed */
} alm_settler;

/** @return ALM_OK, ALM_E_NOMEM, or what a function of @p settler returned. */
ALM_MUST_USE alm_status alm_settle(alm_settler *settler, const alm_known_page *page, alm_telling *telling,
                                   alm_err *err);

#endif
