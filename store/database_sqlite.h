/**
 * Open a store in SQLite: the schema is made or migrated. For files of store/ that speak SQL; others know sink.h and
 * feed.h.
 */
#ifndef ALM_STORE_DATABASE_SQLITE_H
#define ALM_STORE_DATABASE_SQLITE_H

#include "base/base.h"

struct sqlite3;

typedef enum alm_sqlite_mode {
    ALM_SQLITE_READ, /**< must be there; nothing is written, an older schema is refused */
    ALM_SQLITE_WRITE /**< made or migrated where needed */
} alm_sqlite_mode;

/**
 * Open the file @p path in WAL mode, with a busy timeout of ten seconds. The caller closes *out with sqlite3_close.
 *
 * @return ALM_OK, ALM_E_NOT_FOUND (to read: no such file, or no store), ALM_E_UNSUPPORTED (schema of a later version),
 *         ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_sqlite_open(struct sqlite3 **out, const char *path, alm_sqlite_mode mode, alm_err *err);

/** Fill @p err from the last failure of @p db. @return ALM_E_NOMEM or ALM_E_STORAGE. */
alm_status alm_sqlite_fail(struct sqlite3 *db, alm_err *err, const char *doing);

#endif
