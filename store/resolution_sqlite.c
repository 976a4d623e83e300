#include <sqlite3.h>
#include <stdio.h>

#include "base/alloc.h"
#include "store/database_sqlite.h"
#include "store/resolution_priv.h"

typedef struct sqlite_writer {
    alm_resolution_writer base;
    sqlite3 *db;
    sqlite3_stmt *puts[ALM_RESOLUTION_TABLES];
} sqlite_writer;

static alm_status run(alm_resolution_writer *writer, const char *sql, uint64_t *changed, alm_err *err) {
    sqlite_writer *w = (sqlite_writer *)writer;
    if (sqlite3_exec(w->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return alm_sqlite_fail(w->db, err, "write what is tied");
    if (changed) *changed = (uint64_t)sqlite3_changes64(w->db);
    return ALM_OK;
}

static alm_status prepare(sqlite_writer *w, size_t table, alm_err *err) {
    static const char *const marks[] = {"", "?", "?, ?", "?, ?, ?", "?, ?, ?, ?", "?, ?, ?, ?, ?"};
    char sql[256];
    snprintf(sql, sizeof sql, "INSERT INTO new_%s VALUES (%s)", alm_resolution_tables[table].name,
             marks[alm_resolution_tables[table].column_count]);
    if (sqlite3_prepare_v2(w->db, sql, -1, &w->puts[table], NULL) == SQLITE_OK) return ALM_OK;
    return alm_sqlite_fail(w->db, err, "prepare to gather what is tied");
}

static alm_status put(alm_resolution_writer *writer, size_t table, const alm_str *values, alm_err *err) {
    sqlite_writer *w = (sqlite_writer *)writer;
    alm_status status = w->puts[table] ? ALM_OK : prepare(w, table, err);
    if (status != ALM_OK) return status;
    sqlite3_stmt *st = w->puts[table];
    for (size_t i = 0; i < alm_resolution_tables[table].column_count; i++)
        if (values[i].ptr)
            sqlite3_bind_text64(st, (int)i + 1, values[i].ptr, values[i].len, SQLITE_STATIC, SQLITE_UTF8);
        else
            sqlite3_bind_null(st, (int)i + 1);
    status = sqlite3_step(st) == SQLITE_DONE ? ALM_OK : alm_sqlite_fail(w->db, err, "gather what is tied");
    sqlite3_reset(st);
    return status;
}

static alm_status flush(alm_resolution_writer *writer, alm_err *err) {
    (void)writer;
    (void)err;
    return ALM_OK;
}

static void writer_free(alm_resolution_writer *writer) {
    sqlite_writer *w = (sqlite_writer *)writer;
    for (size_t i = 0; i < ALM_RESOLUTION_TABLES; i++) sqlite3_finalize(w->puts[i]);
    sqlite3_close(w->db);
    alm_free(w);
}

static const alm_resolution_writer_vtable vtable = {run, put, flush, writer_free};

alm_status alm_resolution_writer_sqlite(alm_resolution_writer **out, const char *path, alm_err *err) {
    sqlite_writer *w = alm_calloc(1, sizeof *w);
    if (!w) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    w->base.vtable = &vtable;
    alm_status status = alm_sqlite_open(&w->db, path, ALM_SQLITE_WRITE, err);
    if (status == ALM_OK)
        *out = &w->base;
    else
        writer_free(&w->base);
    return status;
}
