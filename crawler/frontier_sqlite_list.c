/* Counting, listing and setting aside: what people and tools ask of the embedded frontier. */
#include "crawler/frontier_sqlite_priv.h"

#include "base/buf.h"

static alm_status prepare(sqlite_frontier *f, sqlite3_stmt **st, const char *sql, alm_err *err) {
    return sqlite3_prepare_v2(f->db, sql, -1, st, NULL) == SQLITE_OK ? ALM_OK : frontier_fail(f, err, "prepare");
}

static alm_status count_states(sqlite_frontier *f, alm_frontier_stats *out, alm_err *err) {
    sqlite3_stmt *st;
    alm_status status = prepare(f, &st, "SELECT state, count(*), count(due), min(due) FROM url GROUP BY state", err);
    if (status != ALM_OK) return status;
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        int state = sqlite3_column_int(st, 0);
        uint64_t count = (uint64_t)sqlite3_column_int64(st, 1);
        if (state < 0 || state >= ALM_URL_STATE_COUNT) continue;
        out->states[state] = count;
        out->urls += count;
        if (state == ALM_URL_DONE || state == ALM_URL_GONE || state == ALM_URL_FAILED)
            out->revisits += (uint64_t)sqlite3_column_int64(st, 2);
        int64_t due = sqlite3_column_int64(st, 3);
        if (due && (!out->next_due_ms || due < out->next_due_ms)) out->next_due_ms = due;
    }
    if (code != SQLITE_DONE) status = frontier_fail(f, err, "count URLs");
    sqlite3_finalize(st);
    return status;
}

/* A queued URL is due since its interval was over, or, never visited, since the page that names it was read. */
static alm_status find_oldest(sqlite_frontier *f, int64_t *out, alm_err *err) {
    sqlite3_stmt *st;
    alm_status status = prepare(f, &st,
                                "SELECT min(since) FROM (SELECT min(due) AS since FROM url WHERE due IS NOT NULL"
                                " UNION ALL SELECT min(coalesce(v.fetched + v.interval * 1000, p.fetched)) FROM url u"
                                " LEFT JOIN visit v ON v.url = u.id LEFT JOIN visit p ON p.url = u.via"
                                " WHERE u.state = 0)",
                                err);
    if (status != ALM_OK) return status;
    if (sqlite3_step(st) == SQLITE_ROW)
        *out = sqlite3_column_int64(st, 0);
    else
        status = frontier_fail(f, err, "find the oldest due URL");
    sqlite3_finalize(st);
    return status;
}

alm_status frontier_stats(alm_frontier *base, alm_frontier_stats *out, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    alm_frontier_stats stats = {0};
    alm_status status = count_states(f, &stats, err);
    if (status == ALM_OK) status = find_oldest(f, &stats.oldest_due_ms, err);
    sqlite3_stmt *st = NULL;
    if (status == ALM_OK) status = prepare(f, &st, "SELECT count(*), sum(dropped_more) FROM host", err);
    if (status != ALM_OK) return status;
    if (sqlite3_step(st) == SQLITE_ROW) {
        stats.hosts = (uint64_t)sqlite3_column_int64(st, 0);
        stats.dropped_more = (uint64_t)sqlite3_column_int64(st, 1);
        *out = stats;
    } else {
        status = frontier_fail(f, err, "count hosts");
    }
    sqlite3_finalize(st);
    return status;
}

/* The filter's conditions, ?1 state, ?2 host, ?3 reason, ?4 URL pattern. */
static void add_where(alm_buf *sql, const alm_frontier_filter *filter) {
    alm_buf_add_c(sql, " WHERE 1");
    if (filter->by_state) alm_buf_add_c(sql, " AND url.state = ?1");
    if (filter->host) alm_buf_add_c(sql, " AND url.host = (SELECT id FROM host WHERE name = ?2)");
    if (filter->reason) alm_buf_add_c(sql, " AND url.reason = ?3");
    if (filter->url) alm_buf_add_c(sql, " AND url.url GLOB ?4");
}

static void bind_filter(sqlite3_stmt *st, const alm_frontier_filter *filter) {
    if (filter->by_state) sqlite3_bind_int(st, 1, (int)filter->state);
    if (filter->host) sqlite3_bind_text(st, 2, filter->host, -1, SQLITE_STATIC);
    if (filter->reason) sqlite3_bind_text(st, 3, filter->reason, -1, SQLITE_STATIC);
    if (filter->url) sqlite3_bind_text(st, 4, filter->url, -1, SQLITE_STATIC);
}

static alm_frontier_row read_row(sqlite3_stmt *st) {
    return (alm_frontier_row){
        .id = sqlite3_column_int64(st, 0),
        .url = (const char *)sqlite3_column_text(st, 1),
        .host = (const char *)sqlite3_column_text(st, 2),
        .state = (alm_url_state)sqlite3_column_int(st, 3),
        .reason = (const char *)sqlite3_column_text(st, 4),
        .due_ms = sqlite3_column_int64(st, 5),
        .depth = (uint32_t)sqlite3_column_int64(st, 6),
        .attempts = (uint32_t)sqlite3_column_int64(st, 7),
        .status = sqlite3_column_int(st, 8),
        .fetched_ms = sqlite3_column_int64(st, 9),
        .records = (uint32_t)sqlite3_column_int64(st, 10),
    };
}

alm_status frontier_list(alm_frontier *base, const alm_frontier_filter *filter, alm_frontier_row_fn fn, void *context,
                         alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    alm_buf sql;
    alm_buf_init(&sql, 4096);
    alm_buf_add_c(&sql, "SELECT url.id, url.url, host.name, url.state, url.reason, url.due, url.depth, url.attempts,"
                        " visit.status, visit.fetched, visit.records FROM url JOIN host ON host.id = url.host"
                        " LEFT JOIN visit ON visit.url = url.id");
    add_where(&sql, filter);
    alm_buf_add_c(&sql, " ORDER BY url.id");
    if (filter->limit) alm_buf_printf(&sql, " LIMIT %llu", (unsigned long long)filter->limit);
    sqlite3_stmt *st = NULL;
    alm_status status =
        sql.status == ALM_OK ? prepare(f, &st, sql.ptr, err) : alm_fail(err, sql.status, "out of memory");
    if (status == ALM_OK) {
        bind_filter(st, filter);
        int code;
        bool more = true;
        while (more && (code = sqlite3_step(st)) == SQLITE_ROW) {
            alm_frontier_row row = read_row(st);
            more = fn(context, &row);
        }
        if (more && code != SQLITE_DONE) status = frontier_fail(f, err, "list URLs");
        sqlite3_finalize(st);
    }
    alm_buf_release(&sql);
    return status;
}

static alm_status recount_hosts(sqlite_frontier *f, alm_err *err) {
    if (sqlite3_exec(f->db,
                     "UPDATE host SET (queued, known, dropped) = (SELECT ifnull(sum(state = 0), 0),"
                     " ifnull(sum(state <> 5), 0), ifnull(sum(state = 5), 0) FROM url WHERE url.host = host.id)",
                     NULL, NULL, NULL) != SQLITE_OK)
        return frontier_fail(f, err, "count hosts anew");
    alm_status status = frontier_load_hosts(f, err);
    return status == ALM_OK ? frontier_rebuild_queue(f, err) : status;
}

alm_status frontier_set_state(alm_frontier *base, const alm_frontier_filter *filter, alm_url_state state,
                              const char *reason, uint64_t *count, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    if (f->leases) return alm_fail(err, ALM_E_INVALID, "frontier: URLs are being fetched");
    alm_buf sql;
    alm_buf_init(&sql, 4096);
    alm_buf_add_c(&sql, "UPDATE url SET state = ?5, due = NULL, attempts = 0, reason = ?6");
    add_where(&sql, filter);
    sqlite3_stmt *st = NULL;
    alm_status status = sql.status == ALM_OK ? frontier_begin(f, err) : alm_fail(err, sql.status, "out of memory");
    if (status == ALM_OK) status = prepare(f, &st, sql.ptr, err);
    alm_buf_release(&sql);
    if (status != ALM_OK) return status;
    bind_filter(st, filter);
    sqlite3_bind_int(st, 5, (int)state);
    if (reason) sqlite3_bind_text(st, 6, reason, -1, SQLITE_STATIC);
    bool well = sqlite3_step(st) == SQLITE_DONE;
    if (!well) status = frontier_fail(f, err, "set URLs' state");
    sqlite3_finalize(st);
    if (!well) return status;
    *count = (uint64_t)sqlite3_changes64(f->db);
    return recount_hosts(f, err);
}

alm_status frontier_archive_cut(alm_frontier *base, alm_str name, uint64_t length, uint64_t *requeued, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    alm_status status = frontier_begin(f, err);
    sqlite3_stmt *st = NULL;
    if (status == ALM_OK)
        status = prepare(f, &st,
                         "UPDATE url SET state = 0, due = NULL WHERE id IN (SELECT v.url FROM visit v"
                         " JOIN archive a ON a.id = v.archive WHERE a.name = ?1 AND v.offset + v.length > ?2)",
                         err);
    if (status != ALM_OK) return status;
    sqlite3_bind_text(st, 1, name.ptr, (int)name.len, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, (int64_t)length);
    bool well = sqlite3_step(st) == SQLITE_DONE;
    if (!well) status = frontier_fail(f, err, "cut archive");
    sqlite3_finalize(st);
    if (!well) return status;
    *requeued = (uint64_t)sqlite3_changes64(f->db);
    int64_t number;
    status = base->vtable->archive_put(base, name, length, &number, err);
    return status == ALM_OK ? recount_hosts(f, err) : status;
}
