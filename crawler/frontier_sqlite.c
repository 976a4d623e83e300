#include "crawler/frontier.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "crawler/frontier_sqlite_priv.h"
#include "crawler/siphash.h"

enum { SCHEMA_VERSION = 3, CHECKPOINT_PAGES = 4000, MAX_DROPPED_ROWS = 10000 };

static const char schema_sql[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;"
    "CREATE TABLE source(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE seen(key INTEGER PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE host(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, next_ms INTEGER NOT NULL DEFAULT 0,"
    " backoff INTEGER NOT NULL DEFAULT 0, queued INTEGER NOT NULL DEFAULT 0, known INTEGER NOT NULL DEFAULT 0,"
    " dropped INTEGER NOT NULL DEFAULT 0, dropped_more INTEGER NOT NULL DEFAULT 0,"
    " visited INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE url(id INTEGER PRIMARY KEY, key INTEGER NOT NULL, host INTEGER NOT NULL, state INTEGER NOT NULL,"
    " rank INTEGER NOT NULL, due INTEGER, attempts INTEGER NOT NULL DEFAULT 0, kind INTEGER NOT NULL,"
    " source INTEGER NOT NULL, depth INTEGER NOT NULL, hops INTEGER NOT NULL, via INTEGER NOT NULL, reason TEXT,"
    " url TEXT NOT NULL);"
    "CREATE TABLE queue(host INTEGER, rank INTEGER, url INTEGER, PRIMARY KEY(host, rank, url)) WITHOUT ROWID;"
    "CREATE INDEX url_due ON url(due) WHERE due IS NOT NULL;"
    "CREATE INDEX url_retry ON url(due) WHERE state = 1;"
    "CREATE TABLE visit(url INTEGER PRIMARY KEY, status INTEGER NOT NULL, fetched INTEGER NOT NULL, etag TEXT,"
    " last_modified TEXT, sha256 BLOB, simhash INTEGER, visits INTEGER NOT NULL, changes INTEGER NOT NULL,"
    " interval INTEGER NOT NULL, archive INTEGER, offset INTEGER, length INTEGER, records INTEGER NOT NULL,"
    " published TEXT, cluster INTEGER);"
    "CREATE INDEX visit_cluster ON visit(cluster) WHERE cluster IS NOT NULL;"
    "CREATE TABLE near(key INTEGER, simhash INTEGER, url INTEGER, PRIMARY KEY(key, simhash, url)) WITHOUT ROWID;"
    "CREATE TABLE near_log(url INTEGER NOT NULL);"
    "CREATE TABLE provenance(url INTEGER PRIMARY KEY, source TEXT, site TEXT, marks INTEGER NOT NULL,"
    " elsewhere INTEGER NOT NULL);"
    "CREATE TABLE robots(origin TEXT PRIMARY KEY, fetched INTEGER NOT NULL, status INTEGER NOT NULL, body BLOB)"
    " WITHOUT ROWID;"
    "CREATE TABLE archive(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, length INTEGER NOT NULL);";

#define URL_COLUMNS                                                                                                    \
    "u.id, u.via, u.source, u.depth, u.hops, u.attempts, u.kind, u.url, v.etag, v.last_modified, v.fetched, v.visits," \
    " v.changes, v.interval, v.sha256, p.url, u.rank, u.state"
#define URL_JOINS " LEFT JOIN visit v ON v.url = u.id LEFT JOIN url p ON p.id = u.via"

/* NOLINTBEGIN(bugprone-suspicious-missing-comma): statements of two lines */
static const char *const statement_sql[STATEMENT_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SOURCE_ADD] = "INSERT OR IGNORE INTO source(name) VALUES(?1)",
    [SQL_SOURCE_GET] = "SELECT id FROM source WHERE name = ?1",
    [SQL_HOST_ADD] = "INSERT INTO host(name) VALUES(?1)",
    [SQL_HOST_SAVE] = "UPDATE host SET next_ms = ?2, backoff = ?3, queued = ?4, known = ?5, dropped = ?6,"
                      " dropped_more = ?7, visited = ?8 WHERE id = ?1",
    [SQL_HOSTS] = "SELECT id, name, next_ms, backoff, queued, known, dropped, dropped_more, visited FROM host",
    [SQL_URL_ADD] = "INSERT INTO url(key, host, state, rank, kind, source, depth, hops, via, reason, url)"
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [SQL_SEEN_HAS] = "SELECT 1 FROM seen WHERE key = ?1",
    [SQL_SEEN_ADD] = "INSERT INTO seen(key) VALUES(?1)",
    [SQL_URL_GET] = "SELECT " URL_COLUMNS " FROM url u" URL_JOINS " WHERE u.id = ?1",
    [SQL_QUEUE_READ] = "SELECT " URL_COLUMNS " FROM queue q CROSS JOIN url u ON u.id = q.url" URL_JOINS
                       " WHERE q.host = ?1 ORDER BY q.rank, q.url LIMIT ?2",
    [SQL_QUEUE_ADD] = "INSERT OR IGNORE INTO queue(host, rank, url) VALUES(?1, ?2, ?3)",
    [SQL_QUEUE_DROP] = "DELETE FROM queue WHERE host = ?1 AND rank = ?2 AND url = ?3",
    [SQL_META_SET] = "INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)",
    [SQL_URL_FINISH] = "UPDATE url SET state = ?2, due = ?3, attempts = ?4, reason = ?5 WHERE id = ?1 AND state = 0",
    [SQL_VISIT_PUT] = "INSERT INTO visit(url, status, fetched, etag, last_modified, sha256, simhash, visits, changes,"
                      " interval, archive, offset, length, records, published)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
                      " ON CONFLICT(url) DO UPDATE SET status = ?2, fetched = ?3, etag = ?4, last_modified = ?5,"
                      " sha256 = ?6, simhash = ?7, visits = ?8, changes = ?9, interval = ?10, archive = ?11,"
                      " offset = ?12, length = ?13, records = ?14, published = ?15",
    [SQL_VISIT_TOUCH] = "UPDATE visit SET status = ?2, fetched = ?3, visits = ?4, changes = ?5, interval = ?6"
                        " WHERE url = ?1",
    [SQL_DUE] = "SELECT id, host, rank FROM url WHERE due <= ?1 ORDER BY due LIMIT ?2",
    [SQL_QUEUE] = "UPDATE url SET state = 0, due = NULL WHERE id = ?1",
    [SQL_NEXT_RETRY] = "SELECT min(due) FROM url WHERE state = 1",
    [SQL_ROBOTS_GET] = "SELECT fetched, status, body FROM robots WHERE origin = ?1",
    [SQL_ROBOTS_PUT] = "INSERT OR REPLACE INTO robots(origin, fetched, status, body) VALUES(?1, ?2, ?3, ?4)",
    [SQL_ARCHIVE_PUT] = "INSERT INTO archive(name, length) VALUES(?1, ?2)"
                        " ON CONFLICT(name) DO UPDATE SET length = ?2 RETURNING id",
    [SQL_NEAR_ADD] = "INSERT OR IGNORE INTO near(key, simhash, url) VALUES(?1, ?2, ?3)",
    [SQL_NEAR_LOG] = "INSERT INTO near_log(url) VALUES(?1)",
    [SQL_NEAR_LOG_EMPTY] = "DELETE FROM near_log",
    [SQL_NEAR_SAME] = "SELECT url, simhash FROM near WHERE key = ?1 AND simhash = ?2 LIMIT ?3",
    [SQL_NEAR_FIND] = "SELECT url, simhash FROM near WHERE key = ?1 LIMIT ?2",
    [SQL_NEAR_VISIT] = "SELECT simhash, sha256, cluster FROM visit WHERE url = ?1",
    [SQL_CLUSTER_SET] = "UPDATE visit SET cluster = ?2 WHERE url = ?1 AND cluster IS NOT ?2",
    [SQL_PROVENANCE_PUT] = "INSERT OR REPLACE INTO provenance VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_CLUSTER_MERGE] = "UPDATE visit SET cluster = ?2 WHERE cluster = ?1",
    [SQL_ARCHIVE_GET] = "SELECT length FROM archive WHERE name = ?1",
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */

static const char *const state_names[ALM_URL_STATE_COUNT] = {"queued", "retry", "done", "gone", "failed", "dropped"};

const char *alm_url_state_name(alm_url_state state) { return state_names[state]; }

bool alm_url_state_parse(alm_url_state *out, alm_str name) {
    for (size_t i = 0; i < ALM_URL_STATE_COUNT; i++) {
        if (!alm_str_is_c(name, state_names[i])) continue;
        *out = (alm_url_state)i;
        return true;
    }
    return false;
}

void alm_frontier_entry_free(alm_frontier_entry *entry) { alm_free(entry); }

/* ---- statements and transactions ---- */

alm_status frontier_fail(sqlite_frontier *f, alm_err *err, const char *doing) {
    int code = f->db ? sqlite3_extended_errcode(f->db) : SQLITE_NOMEM;
    const char *text = f->db ? sqlite3_errmsg(f->db) : "out of memory";
    alm_status status = (code & 0xFF) == SQLITE_NOMEM ? ALM_E_NOMEM : ALM_E_STORAGE;
    alm_fail_system(err, status, code, "frontier %s: %s: %s", f->options.path, doing, text);
    if (f->db && !sqlite3_get_autocommit(f->db)) sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
    f->open = false;
    return status;
}

sqlite3_stmt *frontier_statement(sqlite_frontier *f, statement which, alm_err *err) {
    if (f->statements[which]) return f->statements[which];
    if (sqlite3_prepare_v3(f->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, &f->statements[which], NULL) !=
        SQLITE_OK)
        frontier_fail(f, err, "prepare");
    return f->statements[which];
}

alm_status frontier_run(sqlite_frontier *f, sqlite3_stmt *st, alm_err *err, const char *doing) {
    int code = sqlite3_step(st);
    if (code != SQLITE_DONE && code != SQLITE_ROW) {
        alm_status status = frontier_fail(f, err, doing);
        sqlite3_reset(st);
        return status;
    }
    sqlite3_reset(st);
    return ALM_OK;
}

alm_status frontier_begin(sqlite_frontier *f, alm_err *err) {
    if (f->open) return ALM_OK;
    sqlite3_stmt *st = frontier_statement(f, SQL_BEGIN, err);
    if (!st) return ALM_E_STORAGE;
    alm_status status = frontier_run(f, st, err, "begin");
    f->open = status == ALM_OK;
    return status;
}

static void bind_time(sqlite3_stmt *st, int at, int64_t ms) {
    if (ms)
        sqlite3_bind_int64(st, at, ms);
    else
        sqlite3_bind_null(st, at);
}

/* ---- hosts ---- */

void frontier_mark_dirty(sqlite_frontier *f, host *h) {
    if (h->is_dirty) return;
    h->is_dirty = true;
    h->next_dirty = f->dirty;
    f->dirty = h;
}

static host *host_keep(sqlite_frontier *f, int64_t id, alm_str name) {
    host *h = alm_calloc(1, sizeof *h + name.len + 1);
    if (!h) return NULL;
    memcpy(h->name, name.ptr, name.len);
    h->row = (alm_frontier_host){.id = id, .name = h->name};
    HASH_ADD(hh_id, f->by_id, row.id, sizeof h->row.id, h);
    if (!h->hh_id.tbl) {
        alm_free(h);
        return NULL;
    }
    HASH_ADD_KEYPTR(hh_name, f->by_name, h->name, name.len, h);
    if (!h->hh_name.tbl) {
        HASH_DELETE(hh_id, f->by_id, h);
        alm_free(h);
        return NULL;
    }
    return h;
}

host *frontier_host(sqlite_frontier *f, int64_t id) {
    host *h = NULL;
    HASH_FIND(hh_id, f->by_id, &id, sizeof id, h);
    return h;
}

static alm_status host_of(sqlite_frontier *f, alm_str name, host **out, alm_err *err) {
    host *h = NULL;
    HASH_FIND(hh_name, f->by_name, name.ptr, name.len, h);
    if (!h) {
        sqlite3_stmt *st = frontier_statement(f, SQL_HOST_ADD, err);
        if (!st) return ALM_E_STORAGE;
        frontier_bind_text(st, 1, name);
        alm_status status = frontier_run(f, st, err, "add host");
        if (status != ALM_OK) return status;
        h = host_keep(f, sqlite3_last_insert_rowid(f->db), name);
        if (!h) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    *out = h;
    return ALM_OK;
}

alm_status frontier_load_hosts(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_HOSTS, err);
    if (!st) return ALM_E_STORAGE;
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(st, 0);
        host *h = frontier_host(f, id);
        alm_str name = {(const char *)sqlite3_column_text(st, 1), (size_t)sqlite3_column_bytes(st, 1)};
        if (!h) h = name.ptr ? host_keep(f, id, name) : NULL;
        if (!h) {
            sqlite3_reset(st);
            return alm_fail(err, ALM_E_NOMEM, "out of memory");
        }
        h->row.next_ms = sqlite3_column_int64(st, 2);
        h->row.backoff = (uint32_t)sqlite3_column_int(st, 3);
        h->row.queued = (uint64_t)sqlite3_column_int64(st, 4);
        h->row.known = (uint64_t)sqlite3_column_int64(st, 5);
        h->row.dropped = (uint64_t)sqlite3_column_int64(st, 6);
        h->dropped_more = (uint64_t)sqlite3_column_int64(st, 7);
        h->row.visited = sqlite3_column_int(st, 8) != 0;
        h->row.earlier = true;
    }

    sqlite3_reset(st);
    return code == SQLITE_DONE ? ALM_OK : frontier_fail(f, err, "read hosts");
}

static alm_status save_host(sqlite_frontier *f, const host *h, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_HOST_SAVE, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, h->row.id);
    sqlite3_bind_int64(st, 2, h->row.next_ms);
    sqlite3_bind_int(st, 3, (int)h->row.backoff);
    sqlite3_bind_int64(st, 4, (int64_t)h->row.queued);
    sqlite3_bind_int64(st, 5, (int64_t)h->row.known);
    sqlite3_bind_int64(st, 6, (int64_t)h->row.dropped);
    sqlite3_bind_int64(st, 7, (int64_t)h->dropped_more);
    sqlite3_bind_int(st, 8, h->row.visited);
    return frontier_run(f, st, err, "save host");
}

static alm_status each_host(alm_frontier *base, alm_frontier_host_fn fn, void *context, alm_err *err) {
    (void)err;
    sqlite_frontier *f = (sqlite_frontier *)base;
    host *h, *next;
    HASH_ITER(hh_id, f->by_id, h, next)
    if (h->row.queued) fn(context, &h->row);
    return ALM_OK;
}

static alm_status host_wait(alm_frontier *base, int64_t id, int64_t next_ms, uint32_t backoff, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    host *h = frontier_host(f, id);
    if (!h) return alm_fail(err, ALM_E_INVALID, "frontier: no host %lld", (long long)id);
    alm_status status = frontier_begin(f, err);
    if (status != ALM_OK) return status;
    h->row.next_ms = next_ms;
    h->row.backoff = backoff;
    frontier_mark_dirty(f, h);
    return ALM_OK;
}

/* ---- adding ---- */

static alm_status source_number(alm_frontier *base, uint32_t *number, alm_str name, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    sqlite3_stmt *add = frontier_statement(f, SQL_SOURCE_ADD, err);
    sqlite3_stmt *get = add ? frontier_statement(f, SQL_SOURCE_GET, err) : NULL;
    if (!get) return ALM_E_STORAGE;
    alm_status status = frontier_begin(f, err);
    if (status != ALM_OK) return status;
    frontier_bind_text(add, 1, name);
    status = frontier_run(f, add, err, "add source");
    if (status != ALM_OK) return status;
    frontier_bind_text(get, 1, name);
    if (sqlite3_step(get) == SQLITE_ROW)
        *number = (uint32_t)sqlite3_column_int64(get, 0);
    else
        status = frontier_fail(f, err, "read source");
    sqlite3_reset(get);
    return status;
}

static uint64_t key_of(const sqlite_frontier *f, alm_str url) {
    uint64_t key = alm_siphash(f->secret, url);
    return key ? key : 1; /* 0 marks an empty slot */
}

static alm_status knows(alm_frontier *base, alm_str url, bool *out, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    return frontier_is_known(f, key_of(f, url), out, err);
}

alm_status frontier_set_meta(sqlite_frontier *f, const char *name, int64_t value, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_META_SET, err);
    if (!st) return ALM_E_STORAGE;
    frontier_bind_text(st, 1, alm_str_of(name));
    sqlite3_bind_int64(st, 2, value);
    return frontier_run(f, st, err, name);
}

static alm_status insert_url(sqlite_frontier *f, const alm_frontier_link *link, uint64_t key, int64_t host_id,
                             alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_URL_ADD, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, frontier_stored(key));
    sqlite3_bind_int64(st, 2, host_id);
    sqlite3_bind_int(st, 3, link->reason ? ALM_URL_DROPPED : ALM_URL_QUEUED);
    sqlite3_bind_int64(st, 4, link->rank);
    sqlite3_bind_int(st, 5, (int)link->kind);
    sqlite3_bind_int64(st, 6, link->source);
    sqlite3_bind_int64(st, 7, link->depth);
    sqlite3_bind_int64(st, 8, link->hops);
    sqlite3_bind_int64(st, 9, link->via);
    frontier_bind_text(st, 10, alm_str_of(link->reason));
    frontier_bind_text(st, 11, link->url);
    alm_status status = frontier_run(f, st, err, "add URL");
    if (status != ALM_OK) return status;
    f->last_id = sqlite3_last_insert_rowid(f->db);
    return frontier_make_known(f, key, err);
}

/* A dropped URL is kept one by one, up to a number a host: a trap must not fill the disk with what was not fetched. */
static alm_status add_dropped(sqlite_frontier *f, const alm_frontier_link *link, uint64_t key, host *h, alm_err *err) {
    frontier_mark_dirty(f, h);
    if (h->row.dropped >= f->options.max_dropped_rows) {
        h->dropped_more++;
        return ALM_END;
    }
    alm_status status = insert_url(f, link, key, h->row.id, err);
    if (status != ALM_OK) return status;
    h->row.dropped++;
    return ALM_END;
}

static alm_status add(alm_frontier *base, const alm_frontier_link *link, int64_t *host_id, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    uint64_t key = key_of(f, link->url);
    bool known;
    alm_status status = frontier_is_known(f, key, &known, err);
    if (status != ALM_OK) return status;
    if (known) return ALM_END;
    host *h = NULL;
    status = frontier_begin(f, err);
    if (status == ALM_OK) status = host_of(f, link->host, &h, err);
    if (status != ALM_OK) return status;
    alm_frontier_link row = *link;
    if (!row.reason && f->options.max_urls_per_host && h->row.known >= f->options.max_urls_per_host)
        row.reason = "host-budget";
    if (row.reason) return add_dropped(f, &row, key, h, err);
    status = insert_url(f, &row, key, h->row.id, err);
    if (status == ALM_OK) status = frontier_enqueue(f, h, row.rank, f->last_id, err);
    if (status != ALM_OK) return status;
    h->row.queued++;
    h->row.known++;
    frontier_mark_dirty(f, h);
    *host_id = h->row.id;
    return ALM_OK;
}

/* ---- finishing ---- */

static alm_status put_visit(sqlite_frontier *f, const alm_visit *v, alm_err *err) {
    bool touch = v->sha256 == NULL && v->status == 304;
    sqlite3_stmt *st = frontier_statement(f, touch ? SQL_VISIT_TOUCH : SQL_VISIT_PUT, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, v->id);
    sqlite3_bind_int(st, 2, v->status);
    sqlite3_bind_int64(st, 3, v->fetched_ms);
    if (touch) {
        sqlite3_bind_int64(st, 4, v->visits);
        sqlite3_bind_int64(st, 5, v->changes);
        sqlite3_bind_int64(st, 6, v->interval_s);
        return frontier_run(f, st, err, "touch visit");
    }
    frontier_bind_text(st, 4, v->etag);
    frontier_bind_text(st, 5, v->last_modified);
    if (v->sha256)
        sqlite3_bind_blob(st, 6, v->sha256, ALM_SHA256_LEN, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, 6);
    int64_t simhash;
    memcpy(&simhash, &v->simhash, sizeof simhash);
    bind_time(st, 7, simhash);
    sqlite3_bind_int64(st, 8, v->visits);
    sqlite3_bind_int64(st, 9, v->changes);
    sqlite3_bind_int64(st, 10, v->interval_s);
    bind_time(st, 11, v->archive);
    sqlite3_bind_int64(st, 12, (int64_t)v->offset);
    sqlite3_bind_int64(st, 13, (int64_t)v->length);
    sqlite3_bind_int64(st, 14, v->records);
    frontier_bind_text(st, 15, v->published.len ? v->published : (alm_str){0});
    return frontier_run(f, st, err, "put visit");
}

static alm_status finish(alm_frontier *base, const alm_visit *v, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    host *h = frontier_leased_by(f, v->id);
    if (!h) return alm_fail(err, ALM_E_INTERNAL, "frontier: URL %lld was not taken", (long long)v->id);
    alm_status status = frontier_begin(f, err);
    sqlite3_stmt *st = status == ALM_OK ? frontier_statement(f, SQL_URL_FINISH, err) : NULL;
    if (!st) return status != ALM_OK ? status : ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, v->id);
    sqlite3_bind_int(st, 2, (int)v->state);
    bind_time(st, 3, v->due_ms);
    sqlite3_bind_int64(st, 4, v->attempts);
    frontier_bind_text(st, 5, alm_str_of(v->reason));
    status = frontier_run(f, st, err, "finish URL");
    if (status == ALM_OK && v->answered) status = put_visit(f, v, err);
    if (status == ALM_OK && v->sha256) status = frontier_tie(f, v, err);
    if (status == ALM_OK && v->sha256) status = frontier_put_provenance(f, v, err);
    if (status != ALM_OK) return status;
    frontier_end_lease(f, v->id);
    if (h->row.queued) h->row.queued--;
    if (v->answered) h->row.visited = true;
    frontier_mark_dirty(f, h);
    return ALM_OK;
}

static alm_status next_retry(alm_frontier *base, int64_t *due_ms, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    sqlite3_stmt *st = frontier_statement(f, SQL_NEXT_RETRY, err);
    if (!st) return ALM_E_STORAGE;
    alm_status status = ALM_END;
    if (sqlite3_step(st) != SQLITE_ROW) {
        status = frontier_fail(f, err, "read retries");
    } else if (sqlite3_column_type(st, 0) != SQLITE_NULL) {
        *due_ms = sqlite3_column_int64(st, 0);
        status = ALM_OK;
    }
    sqlite3_reset(st);
    return status;
}

/* ---- committing ---- */

static int on_wal(void *context, sqlite3 *db, const char *name, int pages) {
    (void)db;
    (void)name;
    ((sqlite_frontier *)context)->wal_pages = pages;
    return SQLITE_OK;
}

static alm_status checkpoint(sqlite_frontier *f, alm_err *err) {
    if (f->options.before_checkpoint) f->options.before_checkpoint(f->options.context);
    int code = sqlite3_wal_checkpoint_v2(f->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    f->wal_pages = 0;
    return code == SQLITE_OK || code == SQLITE_BUSY ? ALM_OK : frontier_fail(f, err, "checkpoint");
}

static alm_status commit(alm_frontier *base, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    if (!f->open) return ALM_OK;
    alm_status status = ALM_OK;
    /* a statement that is still being read keeps its snapshot, and the checkpoint from going past it */
    if (f->statements[SQL_ROBOTS_GET]) sqlite3_reset(f->statements[SQL_ROBOTS_GET]);
    while (f->dirty && status == ALM_OK) {
        host *h = f->dirty;
        f->dirty = h->next_dirty;
        h->is_dirty = false;
        status = save_host(f, h, err);
    }
    if (status == ALM_OK) status = frontier_spill_queue(f, err);
    if (status == ALM_OK) status = frontier_spill_near(f, err);
    sqlite3_stmt *st = status == ALM_OK ? frontier_statement(f, SQL_COMMIT, err) : NULL;
    if (!st) return status != ALM_OK ? status : ALM_E_STORAGE;
    status = frontier_run(f, st, err, "commit");
    if (status != ALM_OK) return status;
    f->open = false;
    return f->wal_pages >= CHECKPOINT_PAGES ? checkpoint(f, err) : ALM_OK;
}

/* ---- opening ---- */

static alm_status read_secret(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = NULL;
    alm_status status = ALM_OK;
    if (sqlite3_prepare_v2(f->db, "SELECT value FROM meta WHERE name = 'secret'", -1, &st, NULL) == SQLITE_OK &&
        sqlite3_step(st) == SQLITE_ROW && sqlite3_column_bytes(st, 0) == sizeof f->secret)
        memcpy(f->secret, sqlite3_column_blob(st, 0), sizeof f->secret);
    else
        status = frontier_fail(f, err, "read the secret of its keys");
    sqlite3_finalize(st);
    return status;
}

static alm_status create(sqlite_frontier *f, alm_err *err) {
    if (getrandom(f->secret, sizeof f->secret, 0) != (ssize_t)sizeof f->secret)
        return alm_fail(err, ALM_E_IO, "no random bytes");
    char head[64];
    snprintf(head, sizeof head, "PRAGMA user_version = %d; COMMIT", SCHEMA_VERSION);
    sqlite3_stmt *st = NULL;
    bool well = sqlite3_exec(f->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_exec(f->db, schema_sql, NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(f->db, "INSERT INTO meta VALUES('secret', ?1)", -1, &st, NULL) == SQLITE_OK &&
                sqlite3_bind_blob(st, 1, f->secret, (int)sizeof f->secret, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_step(st) == SQLITE_DONE && sqlite3_exec(f->db, head, NULL, NULL, NULL) == SQLITE_OK;
    alm_status status = well ? ALM_OK : frontier_fail(f, err, "create");
    sqlite3_finalize(st);
    return status;
}

static alm_status check_version(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(f->db, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        version = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    if (version < 0) return frontier_fail(f, err, "read its version");
    if (version == 0 && !f->options.read_only) return create(f, err);
    if (version != SCHEMA_VERSION)
        return alm_fail(err, ALM_E_STORAGE, "%s: frontier of version %d; this program reads version %d",
                        f->options.path, version, SCHEMA_VERSION);
    return read_secret(f, err);
}

static alm_status open_database(sqlite_frontier *f, alm_err *err) {
    int flags = f->options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(f->options.path, &f->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        if (f->options.read_only && sqlite3_errcode(f->db) == SQLITE_CANTOPEN)
            return alm_fail(err, ALM_E_NOT_FOUND, "%s: there is no frontier", f->options.path);
        return frontier_fail(f, err, "open");
    }
    sqlite3_busy_timeout(f->db, 10000);
    const char *pragmas = f->options.full_sync ? "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
                                               : "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;";
    if (sqlite3_exec(f->db, pragmas, NULL, NULL, NULL) != SQLITE_OK) return frontier_fail(f, err, "set up");
    if (!f->options.read_only &&
        sqlite3_exec(f->db, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK)
        return frontier_fail(f, err, "set up");
    sqlite3_wal_hook(f->db, on_wal, f); /* replaces automatic checkpoints: ours are made in commit */
    return check_version(f, err);
}

static void frontier_free(alm_frontier *base) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    frontier_free_queue(f);
    alm_nearset_release(&f->near);
    host *h, *next_host;
    HASH_ITER(hh_id, f->by_id, h, next_host) {
        HASH_DELETE(hh_id, f->by_id, h);
        HASH_DELETE(hh_name, f->by_name, h);
        alm_free(h);
    }
    for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(f->statements[i]);
    if (f->db && f->open) sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
    if (f->db && !f->options.read_only && f->options.before_checkpoint)
        f->options.before_checkpoint(f->options.context);
    sqlite3_close(f->db); /* the last one to close makes a checkpoint */
    frontier_free_known(f);
    alm_free(f->path);
    alm_free(f);
}

static const alm_frontier_vtable vtable = {
    .free = frontier_free,
    .source = source_number,
    .knows = knows,
    .add = add,
    .take = frontier_take,
    .put_back = frontier_put_back,
    .finish = finish,
    .promote = frontier_promote,
    .next_retry = next_retry,
    .hosts = each_host,
    .host_wait = host_wait,
    .robots_get = frontier_robots_get,
    .robots_put = frontier_robots_put,
    .archive_put = frontier_archive_put,
    .archive_get = frontier_archive_get,
    .archive_cut = frontier_archive_cut,
    .commit = commit,
    .stats = frontier_stats,
    .list = frontier_list,
    .clusters = frontier_clusters,
    .set_state = frontier_set_state,
};

alm_status alm_frontier_sqlite_new(alm_frontier **out, const alm_frontier_sqlite_options *options, alm_err *err) {
    sqlite_frontier *f = alm_calloc(1, sizeof *f);
    if (!f) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    f->base.vtable = &vtable;
    f->options = *options;
    if (!f->options.max_dropped_rows) f->options.max_dropped_rows = MAX_DROPPED_ROWS;
    f->path = alm_strdup(alm_str_of(options->path));
    f->options.path = f->path;
    alm_status status = f->path ? open_database(f, err) : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK) status = frontier_load_known(f, err);
    if (status == ALM_OK) status = frontier_load_hosts(f, err);
    if (status == ALM_OK && !options->read_only) status = frontier_load_queue(f, err);
    if (status == ALM_OK && !options->read_only) status = frontier_load_near(f, err);
    if (status != ALM_OK) {
        frontier_free(&f->base);
        return status;
    }
    *out = &f->base;
    return ALM_OK;
}
