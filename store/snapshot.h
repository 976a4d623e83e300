/**
 * A store as it is at one moment, to read: SQL in, rows of text out, the same for every database. What is committed
 * afterwards is not seen; writers are not kept waiting.
 *
 * The views of schemas/ are what to ask; SQL that all databases read alike: $1, $2, … are parameters, each used in the
 * order of its number first, CAST(x AS TEXT) makes text of anything.
 */
#ifndef ALM_STORE_SNAPSHOT_H
#define ALM_STORE_SNAPSHOT_H

#include "store/locate.h"

typedef struct alm_snapshot alm_snapshot;

/** @return ALM_OK, ALM_E_NOT_FOUND (no store there), ALM_E_UNSUPPORTED (of another version), ALM_E_STORAGE,
 * ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_snapshot_open(alm_snapshot **out, const alm_store_location *location, alm_err *err);
void alm_snapshot_free(alm_snapshot *snapshot);

/** Which database it is, where SQL must differ. */
alm_store_kind alm_snapshot_kind(const alm_snapshot *snapshot);

/** Ask; what was asked before ends. @return ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_snapshot_query(alm_snapshot *snapshot, const char *sql, const char *const *parameters,
                                           size_t parameter_count, alm_err *err);

/**
 * The next row: the first @p count columns as text, {0} for NULL; borrowed until the next call.
 *
 * @return ALM_OK, ALM_END, ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_snapshot_next(alm_snapshot *snapshot, alm_str *columns, size_t count, alm_err *err);

#endif
