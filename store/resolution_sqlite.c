#include <sqlite3.h>

#include "base/alloc.h"
#include "store/database_sqlite.h"
#include "store/resolution.h"

enum { PUT_GIFT, PUT_MEMBER, PUT_DOUBT, PUT_ENTITY, PUT_NAME, PUT_COUNT };

struct alm_resolution {
    sqlite3 *db;
    sqlite3_stmt *puts[PUT_COUNT];
    int64_t seq; /* of the store when it was read */
};

/* What is put gathers in tables of this connection, so that the store is locked only while the difference is written.
 */
static const char *const tables[PUT_COUNT] = {"gifts", "gift_members", "gift_doubts", "entities", "entity_members"};
static const char *const put_sql[PUT_COUNT] = {"INSERT OR IGNORE INTO new_gifts VALUES(?1, ?2)",
                                               "INSERT OR IGNORE INTO new_gift_members VALUES(?1, ?2, ?3, ?4)",
                                               "INSERT OR IGNORE INTO new_gift_doubts VALUES(?1, ?2, ?3, ?4)",
                                               "INSERT OR IGNORE INTO new_entities VALUES(?1, ?2, ?3, ?4)",
                                               "INSERT OR IGNORE INTO new_entity_members VALUES(?1, ?2, ?3, ?4, ?5)"};
static const char new_tables_sql[] =
    "CREATE TEMP TABLE new_gifts(gift_uid TEXT PRIMARY KEY, uid TEXT) WITHOUT ROWID;"
    "CREATE TEMP TABLE new_gift_members(uid TEXT PRIMARY KEY, gift_uid TEXT, score REAL, why TEXT) WITHOUT ROWID;"
    "CREATE TEMP TABLE new_gift_doubts(uid TEXT, other_uid TEXT, score REAL, why TEXT, PRIMARY KEY(uid, other_uid))"
    " WITHOUT ROWID;"
    "CREATE TEMP TABLE new_entities(entity_uid TEXT PRIMARY KEY, name TEXT, type TEXT, place TEXT) WITHOUT ROWID;"
    "CREATE TEMP TABLE new_entity_members(page_id INTEGER, name TEXT, entity_uid TEXT, score REAL, why TEXT,"
    " PRIMARY KEY(page_id, name)) WITHOUT ROWID;";

static alm_status execute(alm_resolution *r, const char *sql, const char *doing, alm_err *err) {
    return sqlite3_exec(r->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ALM_OK : alm_sqlite_fail(r->db, err, doing);
}

alm_status alm_resolution_open(alm_resolution **out, const char *path, alm_err *err) {
    alm_resolution *r = alm_calloc(1, sizeof *r);
    if (!r) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    sqlite3 *probe = NULL; /* a store that is not there is not made */
    alm_status status = alm_sqlite_open(&probe, path, ALM_SQLITE_READ, err);
    sqlite3_close(probe);
    if (status == ALM_OK) status = alm_sqlite_open(&r->db, path, ALM_SQLITE_WRITE, err);
    if (status == ALM_OK) status = execute(r, new_tables_sql, "prepare to resolve", err);
    for (int i = 0; i < PUT_COUNT && status == ALM_OK; i++)
        if (sqlite3_prepare_v2(r->db, put_sql[i], -1, &r->puts[i], NULL) != SQLITE_OK)
            status = alm_sqlite_fail(r->db, err, "prepare to resolve");
    if (status == ALM_OK)
        *out = r;
    else
        alm_resolution_free(r);
    return status;
}

void alm_resolution_free(alm_resolution *r) {
    if (!r) return;
    for (int i = 0; i < PUT_COUNT; i++) sqlite3_finalize(r->puts[i]);
    sqlite3_close(r->db);
    alm_free(r);
}

/* ---- reading ---- */

static alm_status read_number(alm_resolution *r, const char *sql, int64_t *out, alm_err *err) {
    sqlite3_stmt *st = NULL;
    bool well = sqlite3_prepare_v2(r->db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW;
    if (well) *out = sqlite3_column_int64(st, 0);
    alm_status status = well ? ALM_OK : alm_sqlite_fail(r->db, err, "read");
    sqlite3_finalize(st);
    return status;
}

alm_status alm_resolution_is_fresh(alm_resolution *r, bool *out, alm_err *err) {
    int64_t fresh = 0;
    alm_status status =
        read_number(r, "SELECT coalesce((SELECT resolved.seq = clock.seq FROM resolved, clock), 0)", &fresh, err);
    if (status == ALM_OK) *out = fresh != 0;
    return status;
}

static alm_status visit_all(alm_resolution *r, alm_resolution_visit visit, void *context, alm_err *err) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(r->db,
                           "SELECT page_id, document FROM versions WHERE state = 'current' AND NOT gone"
                           " ORDER BY page_id",
                           -1, &st, NULL) != SQLITE_OK)
        return alm_sqlite_fail(r->db, err, "read documents");
    alm_status status = ALM_OK;
    int step = SQLITE_DONE;
    while (status == ALM_OK && (step = sqlite3_step(st)) == SQLITE_ROW) {
        alm_str json = {(const char *)sqlite3_column_text(st, 1), (size_t)sqlite3_column_bytes(st, 1)};
        status = visit(context, sqlite3_column_int64(st, 0), json, err);
    }
    if (status == ALM_OK && step != SQLITE_DONE) status = alm_sqlite_fail(r->db, err, "read documents");
    sqlite3_finalize(st);
    return status;
}

alm_status alm_resolution_read(alm_resolution *r, alm_resolution_visit visit, void *context, alm_err *err) {
    alm_status status = execute(r, "BEGIN", "read documents", err);
    if (status != ALM_OK) return status;
    status = read_number(r, "SELECT seq FROM clock", &r->seq, err);
    if (status == ALM_OK) status = visit_all(r, visit, context, err);
    sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL);
    return status;
}

/* ---- writing ---- */

static void bind(sqlite3_stmt *st, int at, alm_str text) {
    if (text.ptr)
        sqlite3_bind_text64(st, at, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(st, at);
}

static alm_status step(alm_resolution *r, sqlite3_stmt *st, alm_err *err) {
    alm_status status = sqlite3_step(st) == SQLITE_DONE ? ALM_OK : alm_sqlite_fail(r->db, err, "gather what is tied");
    sqlite3_reset(st);
    return status;
}

alm_status alm_resolution_put_gift(alm_resolution *r, alm_str gift_uid, alm_str speaker, alm_err *err) {
    bind(r->puts[PUT_GIFT], 1, gift_uid);
    bind(r->puts[PUT_GIFT], 2, speaker);
    return step(r, r->puts[PUT_GIFT], err);
}

alm_status alm_resolution_put_member(alm_resolution *r, const alm_resolution_member *m, alm_err *err) {
    sqlite3_stmt *st = r->puts[PUT_MEMBER];
    bind(st, 1, m->uid);
    bind(st, 2, m->gift_uid);
    sqlite3_bind_double(st, 3, m->score);
    bind(st, 4, m->why);
    return step(r, st, err);
}

alm_status alm_resolution_put_doubt(alm_resolution *r, const alm_resolution_doubt *d, alm_err *err) {
    sqlite3_stmt *st = r->puts[PUT_DOUBT];
    bind(st, 1, d->uid);
    bind(st, 2, d->other_uid);
    sqlite3_bind_double(st, 3, d->score);
    bind(st, 4, d->why);
    return step(r, st, err);
}

alm_status alm_resolution_put_entity(alm_resolution *r, const alm_resolution_entity *e, alm_err *err) {
    sqlite3_stmt *st = r->puts[PUT_ENTITY];
    bind(st, 1, e->entity_uid);
    bind(st, 2, e->name);
    bind(st, 3, e->type);
    bind(st, 4, e->place);
    return step(r, st, err);
}

alm_status alm_resolution_put_name(alm_resolution *r, const alm_resolution_name *n, alm_err *err) {
    sqlite3_stmt *st = r->puts[PUT_NAME];
    sqlite3_bind_int64(st, 1, n->page_id);
    bind(st, 2, n->name);
    bind(st, 3, n->entity_uid);
    sqlite3_bind_double(st, 4, n->score);
    bind(st, 5, n->why);
    return step(r, st, err);
}

/* Rows that are new or other are written, rows that are no more removed. */
static alm_status write_difference(alm_resolution *r, const char *table, uint64_t *changed, alm_err *err) {
    static const char *const forms[] = {
        "DELETE FROM %s WHERE NOT EXISTS (SELECT 1 FROM new_%s n WHERE n.%s = %s.%s AND n.%s = %s.%s)",
        "INSERT OR REPLACE INTO %s SELECT * FROM (SELECT * FROM new_%s EXCEPT SELECT * FROM %s)"};
    static const char *const keys[PUT_COUNT][2] = {{"gift_uid", "gift_uid"},
                                                   {"uid", "uid"},
                                                   {"uid", "other_uid"},
                                                   {"entity_uid", "entity_uid"},
                                                   {"page_id", "name"}};
    const char *const *key = keys[0];
    for (int i = 0; i < PUT_COUNT; i++)
        if (tables[i] == table) key = keys[i];
    char *remove = sqlite3_mprintf(forms[0], table, table, key[0], table, key[0], key[1], table, key[1]);
    char *insert = sqlite3_mprintf(forms[1], table, table, table);
    alm_status status = remove && insert ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK) status = execute(r, remove, "remove what is no more", err);
    if (status == ALM_OK) *changed += (uint64_t)sqlite3_changes64(r->db);
    if (status == ALM_OK) status = execute(r, insert, "write what is tied", err);
    if (status == ALM_OK) *changed += (uint64_t)sqlite3_changes64(r->db);
    sqlite3_free(remove);
    sqlite3_free(insert);
    return status;
}

static alm_status note_seq(alm_resolution *r, alm_err *err) {
    char *sql = sqlite3_mprintf("INSERT OR REPLACE INTO resolved VALUES(1, %lld)", (long long)r->seq);
    if (!sql) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_status status = execute(r, sql, "note what is resolved", err);
    sqlite3_free(sql);
    return status;
}

alm_status alm_resolution_commit(alm_resolution *r, uint64_t *changed, alm_err *err) {
    *changed = 0;
    alm_status status = execute(r, "BEGIN IMMEDIATE", "lock the store", err);
    if (status != ALM_OK) return status;
    for (int i = 0; i < PUT_COUNT && status == ALM_OK; i++) status = write_difference(r, tables[i], changed, err);
    if (status == ALM_OK) status = note_seq(r, err);
    if (status == ALM_OK) return execute(r, "COMMIT", "commit what is tied", err);
    sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
