/**
 * Documents and donation rows in one SQLite file.
 */
#ifndef ALM_STORE_SINK_SQLITE_H
#define ALM_STORE_SINK_SQLITE_H

#include "store/sink.h"

/**
 * Open or make the database @p path: tables document(url, version, fetched_ms, json) and record(uid, url, version,
 * json). A record that a later version of its page still holds stays as it was first written.
 *
 * @return ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_sink_sqlite_new(alm_sink **out, const char *path, alm_err *err);

#endif
