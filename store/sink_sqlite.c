#include "store/sink_sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "store/database_sqlite.h"
#include "store/settle.h"

typedef enum query {
    QUERY_CLOCK,
    QUERY_SET_CLOCK,
    QUERY_PAGE,
    QUERY_VERSIONS,
    QUERY_DONATIONS,
    QUERY_ELSEWHERE,
    QUERY_DUPLICATE,
    QUERY_COUNT
} query;

static const char *const query_sql[QUERY_COUNT] = {
    [QUERY_CLOCK] = "SELECT seq FROM clock",
    [QUERY_SET_CLOCK] = "UPDATE clock SET seq = ?1",
    [QUERY_PAGE] = "SELECT page_id, first_seen_ms, last_seen_ms FROM pages WHERE url = ?1",
    [QUERY_VERSIONS] = "SELECT version_id, fetched_ms, digest FROM versions WHERE page_id = ?1"
                       " ORDER BY fetched_ms, version_id",
    [QUERY_DONATIONS] = "SELECT donation_id, uid, digest, donor, cash_amount, goods, recipients, state = 'duplicate'"
                        " FROM donations WHERE page_id = ?1 AND state IN ('current', 'duplicate') ORDER BY donation_id",
    [QUERY_ELSEWHERE] = "SELECT 1 FROM donations WHERE uid = ?1 AND state = 'current' AND page_id <> ?2",
    [QUERY_DUPLICATE] =
        "SELECT min(donation_id) FROM donations WHERE uid = ?1 AND state = 'duplicate' AND page_id <> ?2",
};

typedef struct sqlite_sink {
    alm_sink base;
    alm_settler settler;
    sqlite3 *db;
    sqlite3_stmt *queries[QUERY_COUNT], *puts[ALM_TABLE_COUNT];
    bool open; /* a group */
} sqlite_sink;

static alm_status failed(sqlite_sink *s, alm_err *err, const char *doing) {
    alm_status status = alm_sqlite_fail(s->db, err, doing);
    for (int i = 0; i < QUERY_COUNT; i++) sqlite3_reset(s->queries[i]);
    for (int i = 0; i < ALM_TABLE_COUNT; i++) sqlite3_reset(s->puts[i]);
    if (!sqlite3_get_autocommit(s->db)) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->open = false;
    return status;
}

static void bind_text(sqlite3_stmt *st, int at, alm_str s) {
    sqlite3_bind_text(st, at, s.ptr ? s.ptr : "", (int)s.len, SQLITE_STATIC);
}

/* One row of one number; *out stays where there is none. */
static alm_status ask_number(sqlite_sink *s, query q, int64_t *out, alm_err *err) {
    int step = sqlite3_step(s->queries[q]);
    if (step == SQLITE_ROW) *out = sqlite3_column_int64(s->queries[q], 0);
    if (step != SQLITE_ROW && step != SQLITE_DONE) return failed(s, err, "look up");
    sqlite3_reset(s->queries[q]);
    return ALM_OK;
}

/* ---- what settling asks and writes ---- */

static alm_status put_row(void *context, alm_table table, const alm_cell *cells, alm_err *err) {
    sqlite_sink *s = context;
    sqlite3_stmt *st = s->puts[table];
    for (size_t i = 0; i < alm_table_forms[table].column_count; i++) {
        int at = (int)i + 1;
        switch (cells[i].kind) {
        case ALM_CELL_NULL: sqlite3_bind_null(st, at); break;
        case ALM_CELL_INT: sqlite3_bind_int64(st, at, cells[i].number); break;
        case ALM_CELL_TEXT: bind_text(st, at, cells[i].text); break;
        }
    }
    if (sqlite3_step(st) != SQLITE_DONE) return failed(s, err, alm_table_forms[table].name);
    sqlite3_reset(st);
    return ALM_OK;
}

static alm_status is_current_elsewhere(void *context, bool *out, alm_str uid, int64_t page_id, alm_err *err) {
    sqlite_sink *s = context;
    int64_t found = 0;
    bind_text(s->queries[QUERY_ELSEWHERE], 1, uid);
    sqlite3_bind_int64(s->queries[QUERY_ELSEWHERE], 2, page_id);
    alm_status status = ask_number(s, QUERY_ELSEWHERE, &found, err);
    *out = found != 0;
    return status;
}

static alm_status find_duplicate(void *context, int64_t *out, alm_str uid, int64_t page_id, alm_err *err) {
    sqlite_sink *s = context;
    bind_text(s->queries[QUERY_DUPLICATE], 1, uid);
    sqlite3_bind_int64(s->queries[QUERY_DUPLICATE], 2, page_id);
    return ask_number(s, QUERY_DUPLICATE, out, err);
}

/* ---- what is known of a page ---- */

/* A copy in @p arena; {0} of NULL. The arena's `failed` tells a copy that could not be made. */
static alm_str column(alm_arena *arena, sqlite3_stmt *st, int at) {
    const char *text = (const char *)sqlite3_column_text(st, at);
    if (!text) return (alm_str){NULL, 0};
    return alm_arena_copy(arena, (alm_str){text, (size_t)sqlite3_column_bytes(st, at)});
}

static alm_status load_versions(sqlite_sink *s, alm_known_page *page, alm_arena *arena, alm_err *err) {
    sqlite3_stmt *st = s->queries[QUERY_VERSIONS];
    void *items = NULL;
    size_t cap = 0;
    int step;
    sqlite3_bind_int64(st, 1, page->page_id);
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        if (alm_arena_grow(arena, &items, &cap, page->version_count, sizeof *page->versions) != ALM_OK) break;
        ((alm_known_version *)items)[page->version_count++] =
            (alm_known_version){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), column(arena, st, 2)};
    }
    page->versions = items;
    if (step != SQLITE_DONE && step != SQLITE_ROW) return failed(s, err, "read versions");
    sqlite3_reset(st);
    return arena->failed ? alm_fail(err, ALM_E_NOMEM, "out of memory") : ALM_OK;
}

static alm_status load_donations(sqlite_sink *s, alm_known_page *page, alm_arena *arena, alm_err *err) {
    sqlite3_stmt *st = s->queries[QUERY_DONATIONS];
    void *items = NULL;
    size_t cap = 0;
    int step;
    sqlite3_bind_int64(st, 1, page->page_id);
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        if (alm_arena_grow(arena, &items, &cap, page->donation_count, sizeof *page->donations) != ALM_OK) break;
        ((alm_known_donation *)items)[page->donation_count++] =
            (alm_known_donation){.donation_id = sqlite3_column_int64(st, 0),
                                 .uid = column(arena, st, 1),
                                 .digest = column(arena, st, 2),
                                 .donor = column(arena, st, 3),
                                 .cash_amount = column(arena, st, 4),
                                 .goods = column(arena, st, 5),
                                 .recipients = column(arena, st, 6),
                                 .duplicate = sqlite3_column_int(st, 7)};
    }
    page->donations = items;
    if (step != SQLITE_DONE && step != SQLITE_ROW) return failed(s, err, "read donations");
    sqlite3_reset(st);
    return arena->failed ? alm_fail(err, ALM_E_NOMEM, "out of memory") : ALM_OK;
}

static alm_status load_page(sqlite_sink *s, alm_known_page *page, alm_telling *t, alm_err *err) {
    sqlite3_stmt *st = s->queries[QUERY_PAGE];
    bind_text(st, 1, t->url);
    int step = sqlite3_step(st);
    if (step == SQLITE_ROW)
        *page = (alm_known_page){.page_id = sqlite3_column_int64(st, 0),
                                 .first_seen_ms = sqlite3_column_int64(st, 1),
                                 .last_seen_ms = sqlite3_column_int64(st, 2)};
    if (step != SQLITE_ROW && step != SQLITE_DONE) return failed(s, err, "look up a page");
    sqlite3_reset(st);
    if (page->page_id == 0) return ALM_OK;
    alm_status status = load_versions(s, page, &t->arena, err);
    return status == ALM_OK ? load_donations(s, page, &t->arena, err) : status;
}

/* ---- the sink ---- */

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static alm_status begin(alm_sink *sink, alm_err *err) {
    sqlite_sink *s = (sqlite_sink *)sink;
    if (s->open) return ALM_OK;
    if (sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) return failed(s, err, "begin");
    s->open = true;
    s->settler.now_ms = now_ms();
    s->settler.rows = 0;
    return ask_number(s, QUERY_CLOCK, &s->settler.seq, err);
}

static alm_status settle(sqlite_sink *s, alm_telling *t, alm_err *err) {
    alm_known_page page = {0};
    alm_status status = load_page(s, &page, t, err);
    if (status == ALM_OK) status = alm_settle(&s->settler, &page, t, err);
    alm_telling_release(t);
    if (status != ALM_OK && status != ALM_E_PARSE && s->open) failed(s, err, "settle"); /* half of it may be written */
    return status;
}

static alm_status put_document(alm_sink *sink, const alm_sink_document *document, alm_err *err) {
    alm_telling t;
    alm_status status = begin(sink, err);
    if (status == ALM_OK) status = alm_telling_parse(&t, document, err);
    return status == ALM_OK ? settle((sqlite_sink *)sink, &t, err) : status;
}

static alm_status put_gone(alm_sink *sink, alm_str url, int64_t when_ms, alm_err *err) {
    alm_telling t;
    alm_status status = begin(sink, err);
    if (status != ALM_OK) return status;
    alm_telling_gone(&t, url, when_ms);
    return settle((sqlite_sink *)sink, &t, err);
}

static alm_status commit(alm_sink *sink, alm_err *err) {
    sqlite_sink *s = (sqlite_sink *)sink;
    if (!s->open) return ALM_OK;
    if (s->settler.rows > 0) {
        sqlite3_bind_int64(s->queries[QUERY_SET_CLOCK], 1, s->settler.seq);
        int64_t none;
        alm_status status = ask_number(s, QUERY_SET_CLOCK, &none, err);
        if (status != ALM_OK) return status;
    }
    if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) return failed(s, err, "commit");
    s->open = false;
    return ALM_OK;
}

static void sink_free(alm_sink *sink) {
    sqlite_sink *s = (sqlite_sink *)sink;
    for (int i = 0; i < QUERY_COUNT; i++) sqlite3_finalize(s->queries[i]);
    for (int i = 0; i < ALM_TABLE_COUNT; i++) sqlite3_finalize(s->puts[i]);
    sqlite3_close(s->db);
    alm_free(s);
}

static const alm_sink_vtable vtable = {begin, put_document, put_gone, commit, sink_free};

/* "INSERT INTO t (a, b) VALUES (?, ?)"; "UPDATE t SET (b, c) = (?2, ?3) WHERE a = ?1". */
static void write_put(char *out, size_t size, alm_table table) {
    const alm_table_form *form = &alm_table_forms[table];
    const char *rest = strchr(form->columns, ',') + 2;
    bool insert = table < ALM_SET_PAGE;
    int len = insert ? snprintf(out, size, "INSERT INTO %s (%s) VALUES (", form->name, form->columns)
                     : snprintf(out, size, "UPDATE %s SET (%s) = (", form->name, rest);
    for (size_t i = insert ? 1 : 2; i <= form->column_count; i++)
        len += snprintf(out + len, size - (size_t)len, "?%zu%s", i, i < form->column_count ? ", " : ")");
    if (!insert)
        snprintf(out + len, size - (size_t)len, " WHERE %.*s = ?1", (int)(rest - 2 - form->columns), form->columns);
}

static alm_status prepare(sqlite_sink *s, alm_err *err) {
    char sql[2048];
    for (int i = 0; i < QUERY_COUNT; i++)
        if (sqlite3_prepare_v3(s->db, query_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->queries[i], NULL) != SQLITE_OK)
            return failed(s, err, "prepare");
    for (int i = 0; i < ALM_TABLE_COUNT; i++) {
        write_put(sql, sizeof sql, (alm_table)i);
        if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->puts[i], NULL) != SQLITE_OK)
            return failed(s, err, "prepare");
    }
    return ALM_OK;
}

alm_status alm_sink_sqlite_new(alm_sink **out, const char *path, alm_err *err) {
    sqlite_sink *s = alm_calloc(1, sizeof *s);
    if (!s) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    s->base.vtable = &vtable;
    s->settler = (alm_settler){.stats = &s->base.stats,
                               .context = s,
                               .put = put_row,
                               .is_current_elsewhere = is_current_elsewhere,
                               .find_duplicate = find_duplicate};
    alm_status status = alm_sqlite_open(&s->db, path, ALM_SQLITE_WRITE, err);
    if (status == ALM_OK) status = prepare(s, err);
    if (status == ALM_OK)
        *out = &s->base;
    else
        sink_free(&s->base);
    return status;
}
