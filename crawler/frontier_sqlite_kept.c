/* What the embedded frontier keeps beside URLs: robots.txt bodies and how far archives are written. */
#include "crawler/frontier_sqlite_priv.h"

void frontier_bind_text(sqlite3_stmt *st, int at, alm_str s) {
    if (s.ptr)
        sqlite3_bind_text(st, at, s.ptr, (int)s.len, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, at);
}

alm_status frontier_robots_get(alm_frontier *base, alm_str origin, alm_frontier_robots *out, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    sqlite3_stmt *st = frontier_statement(f, SQL_ROBOTS_GET, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_reset(st); /* the body was borrowed until this call */
    frontier_bind_text(st, 1, origin);
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW) {
        *out = (alm_frontier_robots){sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1), {0}};
        out->body.ptr = sqlite3_column_blob(st, 2);
        out->body.len = (size_t)sqlite3_column_bytes(st, 2);
        return ALM_OK;
    }
    alm_status status = code == SQLITE_DONE ? ALM_END : frontier_fail(f, err, "read robots");
    sqlite3_reset(st);
    return status;
}

alm_status frontier_robots_put(alm_frontier *base, alm_str origin, const alm_frontier_robots *robots, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    alm_status status = frontier_begin(f, err);
    sqlite3_stmt *st = status == ALM_OK ? frontier_statement(f, SQL_ROBOTS_PUT, err) : NULL;
    if (!st) return status != ALM_OK ? status : ALM_E_STORAGE;
    frontier_bind_text(st, 1, origin);
    sqlite3_bind_int64(st, 2, robots->fetched_ms);
    sqlite3_bind_int(st, 3, robots->status);
    sqlite3_bind_blob(st, 4, robots->body.ptr, (int)robots->body.len, SQLITE_STATIC);
    return frontier_run(f, st, err, "put robots");
}

alm_status frontier_archive_put(alm_frontier *base, alm_str name, uint64_t length, int64_t *number, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    alm_status status = frontier_begin(f, err);
    sqlite3_stmt *st = status == ALM_OK ? frontier_statement(f, SQL_ARCHIVE_PUT, err) : NULL;
    if (!st) return status != ALM_OK ? status : ALM_E_STORAGE;
    frontier_bind_text(st, 1, name);
    sqlite3_bind_int64(st, 2, (int64_t)length);
    if (sqlite3_step(st) == SQLITE_ROW)
        *number = sqlite3_column_int64(st, 0);
    else
        status = frontier_fail(f, err, "put archive");
    sqlite3_reset(st);
    return status;
}

alm_status frontier_archive_get(alm_frontier *base, alm_str name, uint64_t *length, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    sqlite3_stmt *st = frontier_statement(f, SQL_ARCHIVE_GET, err);
    if (!st) return ALM_E_STORAGE;
    frontier_bind_text(st, 1, name);
    int code = sqlite3_step(st);
    alm_status status = code == SQLITE_ROW    ? ALM_OK
                        : code == SQLITE_DONE ? ALM_END
                                              : frontier_fail(f, err, "read archives");
    if (status == ALM_OK) *length = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return status;
}
