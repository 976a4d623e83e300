#include "store/database_sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "store/schema.h"

enum { BUSY_MS = 10000, RETRY_MS = 20 };

/* migrations[n] leads from version n to n + 1. The first makes the schema; what sqlite.sql gains later stands here too.
 */
static const char *const migrations[ALM_SCHEMA_VERSION] = {alm_schema_sqlite};

alm_status alm_sqlite_fail(sqlite3 *db, alm_err *err, const char *doing) {
    int code = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
    const char *path = db ? sqlite3_db_filename(db, "main") : NULL;
    alm_status status = (code & 0xFF) == SQLITE_NOMEM ? ALM_E_NOMEM : ALM_E_STORAGE;
    return alm_fail_system(err, status, code, "%.300s: %s: %s", path ? path : "SQLite", doing,
                           db ? sqlite3_errmsg(db) : "out of memory");
}

static alm_status execute(sqlite3 *db, const char *sql, const char *doing, alm_err *err) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? ALM_OK : alm_sqlite_fail(db, err, doing);
}

static alm_status read_version(sqlite3 *db, int *out, alm_err *err) {
    sqlite3_stmt *st = NULL;
    alm_status status = ALM_OK;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        *out = sqlite3_column_int(st, 0);
    else
        status = alm_sqlite_fail(db, err, "read the schema version");
    sqlite3_finalize(st);
    return status;
}

/* In one transaction, and looked at again inside it: another process may have been quicker. */
static alm_status migrate(sqlite3 *db, alm_err *err) {
    char set[64];
    int version = 0;
    alm_status status = execute(db, "BEGIN IMMEDIATE", "lock for a migration", err);
    if (status != ALM_OK) return status;
    status = read_version(db, &version, err);
    for (; status == ALM_OK && version < ALM_SCHEMA_VERSION; version++) {
        status = execute(db, migrations[version], "migrate the schema", err);
        snprintf(set, sizeof set, "PRAGMA user_version = %d", version + 1);
        if (status == ALM_OK) status = execute(db, set, "set the schema version", err);
    }
    if (status == ALM_OK) return execute(db, "COMMIT", "commit a migration", err);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static alm_status check_schema(sqlite3 *db, const char *path, alm_sqlite_mode mode, alm_err *err) {
    int version = 0;
    alm_status status = read_version(db, &version, err);
    if (status != ALM_OK) return status;
    if (version > ALM_SCHEMA_VERSION)
        return alm_fail(err, ALM_E_UNSUPPORTED, "%.300s: schema version %d is of a later almoner (this one reads %d)",
                        path, version, ALM_SCHEMA_VERSION);
    if (version == ALM_SCHEMA_VERSION) return ALM_OK;
    if (mode == ALM_SQLITE_WRITE) return migrate(db, err);
    return alm_fail(err, ALM_E_NOT_FOUND, "%.300s: %s", path,
                    version ? "an older schema: any write migrates it, as `almoner import` of nothing" : "no store");
}

/* The switch of a new file to WAL asks for the whole file, and SQLite does not wait for that: of two processes that
 * open a new store at once, one would be refused. */
static alm_status use_wal(sqlite3 *db, alm_err *err) {
    int code, waited = 0;
    sqlite3_busy_timeout(db, 0); /* so that no try waits by itself */
    while ((code = sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", NULL, NULL, NULL)) ==
               SQLITE_BUSY &&
           waited < BUSY_MS)
        waited += sqlite3_sleep(RETRY_MS);
    alm_status status = code == SQLITE_OK ? ALM_OK : alm_sqlite_fail(db, err, "set up");
    sqlite3_busy_timeout(db, BUSY_MS);
    return status;
}

alm_status alm_sqlite_open(sqlite3 **out, const char *path, alm_sqlite_mode mode, alm_err *err) {
    sqlite3 *db = NULL;
    int flags = mode == ALM_SQLITE_READ ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (mode == ALM_SQLITE_READ && access(path, F_OK) != 0)
        return alm_fail(err, ALM_E_NOT_FOUND, "%.300s: no such store", path);
    alm_status status = ALM_OK;
    /* a reader of a WAL file writes its shared memory; a folder that it may not write to is read as it is */
    if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        status = alm_sqlite_fail(db, err, "open");
    if (status == ALM_OK) {
        sqlite3_busy_timeout(db, BUSY_MS);
        status = execute(db, "PRAGMA foreign_keys = OFF", "set up", err);
    }
    if (status == ALM_OK && mode == ALM_SQLITE_WRITE) status = use_wal(db, err);
    if (status == ALM_OK && mode == ALM_SQLITE_READ) status = execute(db, "PRAGMA query_only = ON", "set up", err);
    if (status == ALM_OK) status = check_schema(db, path, mode, err);
    if (status == ALM_OK)
        *out = db;
    else
        sqlite3_close(db);
    return status;
}
