/**
 * What `--store` names: a folder of a crawl, an SQLite file, or a PostgreSQL database.
 */
#ifndef ALM_STORE_LOCATE_H
#define ALM_STORE_LOCATE_H

#include "base/base.h"

typedef enum alm_store_kind { ALM_STORE_SQLITE, ALM_STORE_POSTGRES } alm_store_kind;

enum { ALM_STORE_PATH_MAX = 4096 };

typedef struct alm_store_location {
    alm_store_kind kind;
    char path[ALM_STORE_PATH_MAX];   /**< of the SQLite file, or the postgres:// URL */
    char folder[ALM_STORE_PATH_MAX]; /**< of the crawl; "" where there is none */
} alm_store_location;

/**
 * Read @p store: "postgres://…" and "postgresql://…" are databases; an existing folder, and a name that does not end in
 * .db, .sqlite or .sqlite3 and is no file, is a folder with records.db in it; everything else is a file of SQLite.
 * Nothing is opened or made.
 *
 * @return ALM_OK, ALM_E_INVALID (empty or too long).
 */
ALM_MUST_USE alm_status alm_store_locate(alm_store_location *out, const char *store, alm_err *err);

/** Make the folder, where there is one to be and it is missing. @return ALM_OK, ALM_E_STORAGE. */
ALM_MUST_USE alm_status alm_store_make_folder(const alm_store_location *location, alm_err *err);

#endif
