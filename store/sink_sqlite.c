#include "store/sink_sqlite.h"

#include <sqlite3.h>

#include "base/alloc.h"

typedef struct sqlite_sink {
    alm_sink base;
    sqlite3 *db;
    sqlite3_stmt *document, *record;
    char *path;
    bool open; /* a group */
} sqlite_sink;

static const char schema_sql[] =
    "CREATE TABLE IF NOT EXISTS document(id INTEGER PRIMARY KEY, url TEXT NOT NULL, version TEXT NOT NULL,"
    " fetched_ms INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE(url, version));"
    "CREATE TABLE IF NOT EXISTS record(uid TEXT PRIMARY KEY, url TEXT NOT NULL, version TEXT NOT NULL,"
    " json TEXT NOT NULL) WITHOUT ROWID;";

static alm_status failed(sqlite_sink *s, alm_err *err, const char *doing) {
    int code = s->db ? sqlite3_extended_errcode(s->db) : SQLITE_NOMEM;
    alm_status status = (code & 0xFF) == SQLITE_NOMEM ? ALM_E_NOMEM : ALM_E_STORAGE;
    alm_fail_system(err, status, code, "%s: %s: %s", s->path, doing, s->db ? sqlite3_errmsg(s->db) : "out of memory");
    if (s->db && !sqlite3_get_autocommit(s->db)) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->open = false;
    return status;
}

static alm_status begin(alm_sink *sink, alm_err *err) {
    sqlite_sink *s = (sqlite_sink *)sink;
    if (s->open) return ALM_OK;
    if (sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) return failed(s, err, "begin");
    s->open = true;
    return ALM_OK;
}

static void bind(sqlite3_stmt *st, int at, alm_str s) {
    sqlite3_bind_text(st, at, s.ptr ? s.ptr : "", (int)s.len, SQLITE_STATIC);
}

static alm_status run(sqlite_sink *s, sqlite3_stmt *st, alm_err *err, const char *doing) {
    alm_status status = sqlite3_step(st) == SQLITE_DONE ? ALM_OK : failed(s, err, doing);
    sqlite3_reset(st);
    return status;
}

static alm_status put_document(alm_sink *sink, const alm_sink_document *d, alm_err *err) {
    sqlite_sink *s = (sqlite_sink *)sink;
    bind(s->document, 1, d->url);
    bind(s->document, 2, d->version);
    sqlite3_bind_int64(s->document, 3, d->fetched_ms);
    bind(s->document, 4, d->json);
    alm_status status = run(s, s->document, err, "put document");
    for (size_t at = 0; at < d->rows.len && status == ALM_OK;) {
        size_t end = alm_str_find(d->rows, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = d->rows.len;
        alm_str row = alm_str_slice(d->rows, at, end);
        at = end + 1;
        if (row.len == 0) continue;
        bind(s->record, 1, d->url);
        bind(s->record, 2, d->version);
        bind(s->record, 3, row);
        status = run(s, s->record, err, "put record");
    }
    return status;
}

static alm_status commit(alm_sink *sink, alm_err *err) {
    sqlite_sink *s = (sqlite_sink *)sink;
    if (!s->open) return ALM_OK;
    if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) return failed(s, err, "commit");
    s->open = false;
    return ALM_OK;
}

static void sink_free(alm_sink *sink) {
    sqlite_sink *s = (sqlite_sink *)sink;
    sqlite3_finalize(s->document);
    sqlite3_finalize(s->record);
    sqlite3_close(s->db);
    alm_free(s->path);
    alm_free(s);
}

static const alm_sink_vtable vtable = {begin, put_document, commit, sink_free};

static alm_status open_database(sqlite_sink *s, alm_err *err) {
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return failed(s, err, "open");
    sqlite3_busy_timeout(s->db, 10000);
    if (sqlite3_exec(s->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(s->db, schema_sql, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(s->db,
                           "INSERT OR IGNORE INTO document(url, version, fetched_ms, json) VALUES(?1, ?2, ?3, ?4)", -1,
                           &s->document, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(s->db,
                           "INSERT OR IGNORE INTO record(uid, url, version, json)"
                           " VALUES(json_extract(?3, '$.uid'), ?1, ?2, ?3)",
                           -1, &s->record, NULL) != SQLITE_OK)
        return failed(s, err, "set up");
    return ALM_OK;
}

alm_status alm_sink_sqlite_new(alm_sink **out, const char *path, alm_err *err) {
    sqlite_sink *s = alm_calloc(1, sizeof *s);
    if (!s) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    s->base.vtable = &vtable;
    s->path = alm_strdup(alm_str_of(path));
    alm_status status = s->path ? open_database(s, err) : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK)
        *out = &s->base;
    else
        sink_free(&s->base);
    return status;
}
