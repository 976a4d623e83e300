#include <sqlite3.h>

#include "base/alloc.h"
#include "store/database_sqlite.h"
#include "store/snapshot_priv.h"

typedef struct sqlite_snapshot {
    alm_snapshot base;
    sqlite3 *db;
    sqlite3_stmt *statement;
} sqlite_snapshot;

static alm_status query(alm_snapshot *snapshot, const char *sql, const char *const *parameters, size_t parameter_count,
                        alm_err *err) {
    sqlite_snapshot *s = (sqlite_snapshot *)snapshot;
    sqlite3_finalize(s->statement);
    s->statement = NULL;
    if (sqlite3_prepare_v2(s->db, sql, -1, &s->statement, NULL) != SQLITE_OK) return alm_sqlite_fail(s->db, err, "ask");
    for (size_t i = 0; i < parameter_count; i++)
        if (sqlite3_bind_text(s->statement, (int)i + 1, parameters[i], -1, SQLITE_TRANSIENT) != SQLITE_OK)
            return alm_sqlite_fail(s->db, err, "bind");
    return ALM_OK;
}

static alm_status next(alm_snapshot *snapshot, alm_str *columns, size_t count, alm_err *err) {
    sqlite_snapshot *s = (sqlite_snapshot *)snapshot;
    int step = sqlite3_step(s->statement);
    if (step == SQLITE_DONE) return ALM_END;
    if (step != SQLITE_ROW) return alm_sqlite_fail(s->db, err, "read");
    for (size_t i = 0; i < count; i++) {
        const char *text = (const char *)sqlite3_column_text(s->statement, (int)i);
        columns[i] = (alm_str){text, text ? (size_t)sqlite3_column_bytes(s->statement, (int)i) : 0};
    }
    return ALM_OK;
}

static void snapshot_free(alm_snapshot *snapshot) {
    sqlite_snapshot *s = (sqlite_snapshot *)snapshot;
    sqlite3_finalize(s->statement);
    sqlite3_close(s->db);
    alm_free(s);
}

static const alm_snapshot_vtable vtable = {ALM_STORE_SQLITE, query, next, snapshot_free};

alm_status alm_snapshot_sqlite_open(alm_snapshot **out, const char *path, alm_err *err) {
    sqlite_snapshot *s = alm_calloc(1, sizeof *s);
    if (!s) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    s->base.vtable = &vtable;
    alm_status status = alm_sqlite_open(&s->db, path, ALM_SQLITE_READ, err);
    if (status == ALM_OK && sqlite3_exec(s->db, "BEGIN; SELECT seq FROM clock", NULL, NULL, NULL) != SQLITE_OK)
        status = alm_sqlite_fail(s->db, err, "begin to read"); /* the first read fixes the moment */
    if (status == ALM_OK)
        *out = &s->base;
    else
        snapshot_free(&s->base);
    return status;
}
