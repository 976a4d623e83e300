#include "watch/journal.h"

#include <sqlite3.h>
#include <stdio.h>

#include "base/alloc.h"

enum { SCHEMA_VERSION = 1, BUSY_MS = 10000 };

static const char *const count_names[ALM_RUN_COUNT_COUNT] = {
    "pages",          "ok",      "not_modified", "redirects", "gone",    "client_errors", "overloaded", "server_errors",
    "network_errors", "refused", "disallowed",   "failed",    "records", "bytes"};

static const char *const result_names[ALM_RUN_RESULT_COUNT] = {"running", "ok",      "some-failed", "configuration",
                                                               "storage", "crashed", "stopped",     "lost"};

const char *alm_run_count_name(alm_run_count which) { return count_names[which]; }

const char *alm_run_result_name(alm_run_result result) { return result_names[result]; }

/* The columns of counts are named and ordered as count_names. */
#define COUNTS                                                                                                         \
    "pages, ok, not_modified, redirects, gone, client_errors, overloaded, server_errors, network_errors, refused,"     \
    " disallowed, failed, records, bytes"

#define KEPT_RUNS "1000"

static const char schema_sql[] =
    "CREATE TABLE source(name TEXT PRIMARY KEY, schedule TEXT NOT NULL, settled_s INTEGER NOT NULL,"
    " again_s INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE run(id INTEGER PRIMARY KEY, source TEXT NOT NULL, due_s INTEGER NOT NULL, started_s INTEGER NOT NULL,"
    " ended_s INTEGER NOT NULL DEFAULT 0, missed INTEGER NOT NULL, again INTEGER NOT NULL,"
    " result INTEGER NOT NULL DEFAULT 0, limited INTEGER NOT NULL DEFAULT 0,"
    " pages INTEGER NOT NULL DEFAULT 0, ok INTEGER NOT NULL DEFAULT 0, not_modified INTEGER NOT NULL DEFAULT 0,"
    " redirects INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,"
    " client_errors INTEGER NOT NULL DEFAULT 0, overloaded INTEGER NOT NULL DEFAULT 0,"
    " server_errors INTEGER NOT NULL DEFAULT 0, network_errors INTEGER NOT NULL DEFAULT 0,"
    " refused INTEGER NOT NULL DEFAULT 0, disallowed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,"
    " records INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX run_of_source ON run(source, id);"
    "CREATE INDEX run_going ON run(source) WHERE ended_s = 0;"
    /* what all runs came to, also those that are forgotten: the last KEPT_RUNS of a source are kept one by one */
    "CREATE TABLE total(source TEXT PRIMARY KEY, last_well_s INTEGER, missed INTEGER NOT NULL, pages INTEGER NOT NULL,"
    " ok INTEGER NOT NULL, not_modified INTEGER NOT NULL, redirects INTEGER NOT NULL, gone INTEGER NOT NULL,"
    " client_errors INTEGER NOT NULL, overloaded INTEGER NOT NULL, server_errors INTEGER NOT NULL,"
    " network_errors INTEGER NOT NULL, refused INTEGER NOT NULL, disallowed INTEGER NOT NULL, failed INTEGER NOT NULL,"
    " records INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE result(source TEXT, result INTEGER, runs INTEGER NOT NULL, PRIMARY KEY(source, result))"
    " WITHOUT ROWID;"
    "CREATE TRIGGER run_ended AFTER UPDATE OF ended_s ON run WHEN old.ended_s = 0 AND new.ended_s > 0 BEGIN"
    " INSERT INTO result VALUES(new.source, new.result, 1) ON CONFLICT DO UPDATE SET runs = runs + 1;"
    " INSERT INTO total VALUES(new.source, CASE WHEN new.result IN (1, 2) THEN new.ended_s END, new.missed, new.pages,"
    " new.ok, new.not_modified, new.redirects, new.gone, new.client_errors, new.overloaded, new.server_errors,"
    " new.network_errors, new.refused, new.disallowed, new.failed, new.records, new.bytes)"
    " ON CONFLICT DO UPDATE SET last_well_s = coalesce(excluded.last_well_s, last_well_s),"
    " missed = missed + excluded.missed, pages = pages + excluded.pages, ok = ok + excluded.ok,"
    " not_modified = not_modified + excluded.not_modified, redirects = redirects + excluded.redirects,"
    " gone = gone + excluded.gone, client_errors = client_errors + excluded.client_errors,"
    " overloaded = overloaded + excluded.overloaded, server_errors = server_errors + excluded.server_errors,"
    " network_errors = network_errors + excluded.network_errors, refused = refused + excluded.refused,"
    " disallowed = disallowed + excluded.disallowed, failed = failed + excluded.failed,"
    " records = records + excluded.records, bytes = bytes + excluded.bytes;"
    " DELETE FROM run WHERE source = new.source AND ended_s > 0 AND id <= (SELECT id FROM run"
    " WHERE source = new.source ORDER BY id DESC LIMIT 1 OFFSET " KEPT_RUNS "); END;"
    "PRAGMA user_version = 1";

typedef enum statement {
    SQL_LOAD,
    SQL_ADD,
    SQL_SETTLE,
    SQL_BEGIN_RUN,
    SQL_PROGRESS,
    SQL_END_RUN,
    SQL_LAST,
    SQL_LAST_ENDED,
    SQL_RESULTS,
    SQL_TOTALS,
    SQL_LOST_SOURCES,
    SQL_LOST_RUNS,
    STATEMENT_COUNT
} statement;

#define SET_COUNTS                                                                                                     \
    "limited = ?2, pages = ?3, ok = ?4, not_modified = ?5, redirects = ?6, gone = ?7, client_errors = ?8,"             \
    " overloaded = ?9, server_errors = ?10, network_errors = ?11, refused = ?12, disallowed = ?13, failed = ?14,"      \
    " records = ?15, bytes = ?16"

static const char *const statement_sql[STATEMENT_COUNT] = {
    [SQL_LOAD] = "SELECT schedule, settled_s, again_s FROM source WHERE name = ?1",
    [SQL_ADD] = "INSERT OR REPLACE INTO source(name, schedule, settled_s, again_s) VALUES(?1, ?2, ?3, 0)",
    [SQL_SETTLE] = "UPDATE source SET settled_s = ?2, again_s = ?3 WHERE name = ?1",
    [SQL_BEGIN_RUN] = "INSERT INTO run(source, due_s, started_s, missed, again) VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_PROGRESS] = "UPDATE run SET " SET_COUNTS " WHERE id = ?1",
    [SQL_END_RUN] = "UPDATE run SET " SET_COUNTS ", ended_s = ?17, result = ?18 WHERE id = ?1",
    [SQL_LAST] = "SELECT id, due_s, started_s, ended_s, missed, again, result, limited, " COUNTS
                 " FROM run WHERE source = ?1 ORDER BY id DESC LIMIT 1",
    [SQL_LAST_ENDED] = "SELECT id, due_s, started_s, ended_s, missed, again, result, limited, " COUNTS
                       " FROM run WHERE source = ?1 AND ended_s > 0 ORDER BY id DESC LIMIT 1",
    [SQL_RESULTS] = "SELECT result, runs FROM result WHERE source = ?1",
    /* with what a run that goes on has come to */
    [SQL_TOTALS] = "SELECT sum(missed), max(last_well_s), sum(pages), sum(ok), sum(not_modified), sum(redirects),"
                   " sum(gone), sum(client_errors), sum(overloaded), sum(server_errors), sum(network_errors),"
                   " sum(refused), sum(disallowed), sum(failed), sum(records), sum(bytes) FROM"
                   " (SELECT missed, last_well_s, " COUNTS " FROM total WHERE source = ?1 UNION ALL"
                   " SELECT missed, NULL, " COUNTS " FROM run WHERE source = ?1 AND ended_s = 0)",
    /* cut off for the first time: once more; again: left to the next due time */
    [SQL_LOST_SOURCES] = ("UPDATE source SET again_s = r.due_s FROM (SELECT source, max(due_s) AS due_s FROM run"
                          " WHERE ended_s = 0 AND again = 0 GROUP BY source) r WHERE r.source = source.name"),
    [SQL_LOST_RUNS] = "UPDATE run SET ended_s = max(started_s, ?1), result = 7 WHERE ended_s = 0",
};

struct alm_journal {
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

static alm_status failed(alm_journal *j, alm_err *err) {
    int code = j->db ? sqlite3_extended_errcode(j->db) : SQLITE_NOMEM;
    const char *text = j->db ? sqlite3_errmsg(j->db) : "out of memory";
    alm_status status = (code & 0xFF) == SQLITE_NOMEM ? ALM_E_NOMEM : ALM_E_STORAGE;
    alm_fail_system(err, status, code, "%s: %s", j->path, text);
    if (j->db && !sqlite3_get_autocommit(j->db)) sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static alm_status execute(alm_journal *j, const char *sql, alm_err *err) {
    return sqlite3_exec(j->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ALM_OK : failed(j, err);
}

/* The statement, with ?1 bound to @p name where that is given; NULL after a failure. */
static sqlite3_stmt *prepare(alm_journal *j, statement which, alm_str name, alm_err *err) {
    sqlite3_stmt **st = &j->statements[which];
    if (!*st && sqlite3_prepare_v3(j->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL) != SQLITE_OK) {
        failed(j, err);
        return NULL;
    }
    if (name.ptr) sqlite3_bind_text(*st, 1, name.ptr, (int)name.len, SQLITE_TRANSIENT);
    return *st;
}

static alm_status run(alm_journal *j, sqlite3_stmt *st, alm_err *err) {
    if (!st) return ALM_E_STORAGE;
    int code = sqlite3_step(st);
    alm_status status = code == SQLITE_DONE || code == SQLITE_ROW ? ALM_OK : failed(j, err);
    sqlite3_reset(st);
    return status;
}

/* ---- opening ---- */

static alm_status version_of(alm_journal *j, int *version, alm_err *err) {
    sqlite3_stmt *st = NULL;
    alm_status status = ALM_OK;
    if (sqlite3_prepare_v2(j->db, "PRAGMA user_version", -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
        status = failed(j, err);
    else
        *version = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return status;
}

static alm_status set_up(alm_journal *j, alm_journal_mode mode, int64_t now_s, alm_err *err) {
    int version = 0;
    alm_status status = ALM_OK;
    sqlite3_busy_timeout(j->db, BUSY_MS);
    if (mode == ALM_JOURNAL_WRITE) status = execute(j, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", err);
    if (status == ALM_OK) status = version_of(j, &version, err);
    if (status == ALM_OK && version > SCHEMA_VERSION)
        return alm_fail(err, ALM_E_UNSUPPORTED, "%s: written by a later version of almoner", j->path);
    if (status == ALM_OK && version == 0 && mode == ALM_JOURNAL_READ)
        return alm_fail(err, ALM_E_NOT_FOUND, "%s: nothing was watched here", j->path);
    if (status != ALM_OK || mode == ALM_JOURNAL_READ) return status;
    status = execute(j, "BEGIN IMMEDIATE", err);
    if (status == ALM_OK && version == 0) status = execute(j, schema_sql, err);
    if (status == ALM_OK) status = run(j, prepare(j, SQL_LOST_SOURCES, (alm_str){0}, err), err);
    sqlite3_stmt *st = status == ALM_OK ? prepare(j, SQL_LOST_RUNS, (alm_str){0}, err) : NULL;
    if (st) sqlite3_bind_int64(st, 1, now_s);
    if (status == ALM_OK) status = run(j, st, err);
    return status == ALM_OK ? execute(j, "COMMIT", err) : status;
}

alm_status alm_journal_open(alm_journal **out, const char *path, alm_journal_mode mode, int64_t now_s, alm_err *err) {
    alm_journal *j = alm_calloc(1, sizeof *j);
    if (j) j->path = alm_strdup(alm_str_of(path));
    if (!j || !j->path) {
        alm_journal_close(j);
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    int flags = mode == ALM_JOURNAL_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(path, &j->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    alm_status status;
    if (code == SQLITE_CANTOPEN && mode == ALM_JOURNAL_READ)
        status = alm_fail(err, ALM_E_NOT_FOUND, "%s: nothing was watched here", path);
    else
        status = code == SQLITE_OK ? set_up(j, mode, now_s, err) : failed(j, err);
    if (status == ALM_OK)
        *out = j;
    else
        alm_journal_close(j);
    return status;
}

void alm_journal_close(alm_journal *j) {
    if (!j) return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(j->statements[i]);
    sqlite3_close(j->db);
    alm_free(j->path);
    alm_free(j);
}

/* ---- writing ---- */

alm_status alm_journal_load(alm_journal *j, alm_due_state *out, alm_str name, alm_str schedule, int64_t now_s,
                            alm_err *err) {
    sqlite3_stmt *st = prepare(j, SQL_LOAD, name, err);
    if (!st) return ALM_E_STORAGE;
    int code = sqlite3_step(st);
    alm_due_state state = {.settled_s = now_s};
    bool same = false;
    if (code == SQLITE_ROW) {
        const char *known = (const char *)sqlite3_column_text(st, 0);
        same = known && alm_str_is_c(schedule, known);
        if (same) state = (alm_due_state){sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2)};
    }
    sqlite3_reset(st);
    if (code != SQLITE_ROW && code != SQLITE_DONE) return failed(j, err);
    *out = state;
    if (same) return ALM_OK;
    st = prepare(j, SQL_ADD, name, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_text(st, 2, schedule.ptr ? schedule.ptr : "", (int)schedule.len, SQLITE_TRANSIENT);
    sqlite3_bind_int64(st, 3, now_s);
    return run(j, st, err);
}

alm_status alm_journal_settle(alm_journal *j, alm_str name, const alm_due_state *state, alm_err *err) {
    sqlite3_stmt *st = prepare(j, SQL_SETTLE, name, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 2, state->settled_s);
    sqlite3_bind_int64(st, 3, state->again_s);
    return run(j, st, err);
}

alm_status alm_journal_begin(alm_journal *j, alm_str name, const alm_due_state *state, const alm_due *due,
                             int64_t now_s, int64_t *id, alm_err *err) {
    alm_status status = execute(j, "BEGIN IMMEDIATE", err);
    if (status == ALM_OK) status = alm_journal_settle(j, name, state, err);
    sqlite3_stmt *st = status == ALM_OK ? prepare(j, SQL_BEGIN_RUN, name, err) : NULL;
    if (!st) return status == ALM_OK ? ALM_E_STORAGE : status;
    sqlite3_bind_int64(st, 2, due->due_s);
    sqlite3_bind_int64(st, 3, now_s);
    sqlite3_bind_int64(st, 4, due->missed);
    sqlite3_bind_int(st, 5, due->again);
    status = run(j, st, err);
    *id = sqlite3_last_insert_rowid(j->db);
    return status == ALM_OK ? execute(j, "COMMIT", err) : status;
}

static void bind_counts(sqlite3_stmt *st, const alm_run *r) {
    sqlite3_bind_int64(st, 1, r->id);
    sqlite3_bind_int(st, 2, r->limited);
    for (int i = 0; i < ALM_RUN_COUNT_COUNT; i++) sqlite3_bind_int64(st, 3 + i, (int64_t)r->counts[i]);
}

alm_status alm_journal_progress(alm_journal *j, const alm_run *r, alm_err *err) {
    sqlite3_stmt *st = prepare(j, SQL_PROGRESS, (alm_str){0}, err);
    if (!st) return ALM_E_STORAGE;
    bind_counts(st, r);
    return run(j, st, err);
}

alm_status alm_journal_end(alm_journal *j, alm_str name, const alm_run *r, const alm_due_state *state, alm_err *err) {
    alm_status status = execute(j, "BEGIN IMMEDIATE", err);
    if (status == ALM_OK) status = alm_journal_settle(j, name, state, err);
    sqlite3_stmt *st = status == ALM_OK ? prepare(j, SQL_END_RUN, (alm_str){0}, err) : NULL;
    if (!st) return status == ALM_OK ? ALM_E_STORAGE : status;
    bind_counts(st, r);
    sqlite3_bind_int64(st, 3 + ALM_RUN_COUNT_COUNT, r->ended_s);
    sqlite3_bind_int(st, 4 + ALM_RUN_COUNT_COUNT, (int)r->result);
    status = run(j, st, err);
    return status == ALM_OK ? execute(j, "COMMIT", err) : status;
}

/* ---- reading ---- */

alm_status alm_journal_state(alm_journal *j, alm_due_state *out, alm_str name, alm_err *err) {
    sqlite3_stmt *st = prepare(j, SQL_LOAD, name, err);
    if (!st) return ALM_E_STORAGE;
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW) *out = (alm_due_state){sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2)};
    sqlite3_reset(st);
    return code == SQLITE_ROW ? ALM_OK : code == SQLITE_DONE ? ALM_END : failed(j, err);
}

alm_status alm_journal_last(alm_journal *j, alm_run *out, alm_str name, bool ended, alm_err *err) {
    sqlite3_stmt *st = prepare(j, ended ? SQL_LAST_ENDED : SQL_LAST, name, err);
    if (!st) return ALM_E_STORAGE;
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW) {
        int result = sqlite3_column_int(st, 6);
        *out =
            (alm_run){.id = sqlite3_column_int64(st, 0),
                      .due_s = sqlite3_column_int64(st, 1),
                      .started_s = sqlite3_column_int64(st, 2),
                      .ended_s = sqlite3_column_int64(st, 3),
                      .missed = (uint32_t)sqlite3_column_int64(st, 4),
                      .again = sqlite3_column_int(st, 5) != 0,
                      .result = result >= 0 && result < ALM_RUN_RESULT_COUNT ? (alm_run_result)result : ALM_RUN_CRASHED,
                      .limited = sqlite3_column_int(st, 7) != 0};
        for (int i = 0; i < ALM_RUN_COUNT_COUNT; i++) out->counts[i] = (uint64_t)sqlite3_column_int64(st, 8 + i);
    }
    sqlite3_reset(st);
    return code == SQLITE_ROW ? ALM_OK : code == SQLITE_DONE ? ALM_END : failed(j, err);
}

static alm_status count_results(alm_journal *j, alm_run_totals *out, alm_str name, alm_err *err) {
    sqlite3_stmt *st = prepare(j, SQL_RESULTS, name, err);
    if (!st) return ALM_E_STORAGE;
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        int result = sqlite3_column_int(st, 0);
        if (result >= 0 && result < ALM_RUN_RESULT_COUNT) out->runs[result] = (uint64_t)sqlite3_column_int64(st, 1);
    }
    sqlite3_reset(st);
    return code == SQLITE_DONE ? ALM_OK : failed(j, err);
}

alm_status alm_journal_totals(alm_journal *j, alm_run_totals *out, alm_str name, alm_err *err) {
    alm_run_totals totals = {0};
    alm_status status = count_results(j, &totals, name, err);
    sqlite3_stmt *st = status == ALM_OK ? prepare(j, SQL_TOTALS, name, err) : NULL;
    if (!st) return status == ALM_OK ? ALM_E_STORAGE : status;
    if (sqlite3_step(st) == SQLITE_ROW) {
        totals.missed = (uint64_t)sqlite3_column_int64(st, 0);
        totals.last_well_s = sqlite3_column_int64(st, 1);
        for (int i = 0; i < ALM_RUN_COUNT_COUNT; i++) totals.counts[i] = (uint64_t)sqlite3_column_int64(st, 2 + i);
        *out = totals;
    } else {
        status = failed(j, err);
    }
    sqlite3_reset(st);
    return status;
}
