/**
 * A store in one SQLite file (schemas/sqlite.sql).
 */
#ifndef ALM_STORE_SINK_SQLITE_H
#define ALM_STORE_SINK_SQLITE_H

#include "store/sink.h"

/**
 * Open or make the database @p path. Readers see each group whole or not at all, and are not kept waiting.
 *
 * @return ALM_OK, ALM_E_UNSUPPORTED (schema of a later version), ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_sink_sqlite_new(alm_sink **out, const char *path, alm_err *err);

#endif
