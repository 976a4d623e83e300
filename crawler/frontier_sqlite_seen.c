/*
 * Which URLs are known, by the keyed hashes of their names. It is asked for every link of every page.
 *
 * A unique index on `url` would tell, and dirty one page for every new URL. So new keys are kept in memory and merged
 * into the table `seen` in ascending order when there are many, which dirties each page once for thousands. Before the
 * table is asked, a direct-mapped cache tells most known URLs, and a filter nearly all unknown ones.
 */
#include "crawler/frontier_sqlite_priv.h"

enum {
    RECENT_SLOTS = 1 << 21, /* 16 MiB, touched as far as it is used */
    YOUNG_MAX = 1 << 18,
    FILTER_ROOM = 1 << 20 /* 2 MiB, and as much for every million more */
};

int64_t frontier_stored(uint64_t key) {
    int64_t value;
    memcpy(&value, &key, sizeof value);
    return value;
}

static uint64_t restored(int64_t value) {
    uint64_t key;
    memcpy(&key, &value, sizeof key);
    return key;
}

static alm_status ask_table(sqlite_frontier *f, uint64_t key, bool *known, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_SEEN_HAS, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, frontier_stored(key));
    int code = sqlite3_step(st);
    sqlite3_reset(st);
    *known = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? ALM_OK : frontier_fail(f, err, "look up a URL");
}

alm_status frontier_is_known(sqlite_frontier *f, uint64_t key, bool *known, alm_err *err) {
    uint64_t *recent = &f->recent[key & (RECENT_SLOTS - 1)];
    *known = *recent == key || alm_keyset_has(&f->young, key);
    if (*known || !alm_keyfilter_may_have(&f->filter, key)) return ALM_OK;
    alm_status status = ask_table(f, key, known, err);
    if (*known) *recent = key;
    return status;
}

/* Make a filter of the table's keys, with room for as many again. */
static alm_status make_filter(sqlite_frontier *f, alm_err *err) {
    size_t room = f->seen_count * 2 > FILTER_ROOM ? f->seen_count * 2 : FILTER_ROOM;
    if (alm_keyfilter_make(&f->filter, room) != ALM_OK) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(f->db, "SELECT key FROM seen", -1, &st, NULL) != SQLITE_OK)
        return frontier_fail(f, err, "read known URLs");
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW)
        alm_keyfilter_add(&f->filter, restored(sqlite3_column_int64(st, 0)));
    alm_status status = code == SQLITE_DONE ? ALM_OK : frontier_fail(f, err, "read known URLs");
    sqlite3_finalize(st);
    return status;
}

static alm_status merge_young(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_SEEN_ADD, err);
    if (!st) return ALM_E_STORAGE;
    const uint64_t *keys;
    size_t count = alm_keyset_drain_sorted(&f->young, &keys);
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++) {
        sqlite3_bind_int64(st, 1, frontier_stored(keys[i]));
        status = frontier_run(f, st, err, "merge known URLs");
    }
    f->seen_count += count;
    bool fits = f->filter.room >= f->seen_count;
    for (size_t i = 0; i < count && fits; i++) alm_keyfilter_add(&f->filter, keys[i]);
    alm_keyset_reset(&f->young);
    if (status == ALM_OK) status = frontier_set_meta(f, "seen", f->last_id, err);
    return status == ALM_OK && !fits ? make_filter(f, err) : status;
}

alm_status frontier_make_known(sqlite_frontier *f, uint64_t key, alm_err *err) {
    f->recent[key & (RECENT_SLOTS - 1)] = key;
    if (alm_keyset_add(&f->young, key) != ALM_OK) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    return f->young.count >= YOUNG_MAX ? merge_young(f, err) : ALM_OK;
}

/* The keys of URLs that were added after the last merge. */
static alm_status read_young(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(f->db,
                           "SELECT key FROM url WHERE id > ifnull((SELECT value FROM meta WHERE name = 'seen'), 0)", -1,
                           &st, NULL) != SQLITE_OK)
        return frontier_fail(f, err, "read known URLs");
    alm_status status = ALM_OK;
    int code;
    while (status == ALM_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
        status = alm_keyset_add(&f->young, restored(sqlite3_column_int64(st, 0)));
    if (status != ALM_OK)
        alm_fail(err, status, "out of memory");
    else if (code != SQLITE_DONE)
        status = frontier_fail(f, err, "read known URLs");
    sqlite3_finalize(st);
    return status;
}

static alm_status count_seen(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = NULL;
    bool well = sqlite3_prepare_v2(f->db, "SELECT count(*) FROM seen", -1, &st, NULL) == SQLITE_OK &&
                sqlite3_step(st) == SQLITE_ROW;
    if (well) f->seen_count = (size_t)sqlite3_column_int64(st, 0);
    alm_status status = well ? ALM_OK : frontier_fail(f, err, "count known URLs");
    sqlite3_finalize(st);
    return status;
}

alm_status frontier_load_known(sqlite_frontier *f, alm_err *err) {
    f->recent = alm_calloc(RECENT_SLOTS, sizeof *f->recent);
    if (!f->recent) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_keyset_init(&f->young);
    alm_status status = count_seen(f, err);
    if (status == ALM_OK && f->seen_count) status = make_filter(f, err);
    return status == ALM_OK && !f->options.read_only ? read_young(f, err) : status;
}

void frontier_free_known(sqlite_frontier *f) {
    alm_keyset_release(&f->young);
    alm_keyfilter_release(&f->filter);
    alm_free(f->recent);
}
