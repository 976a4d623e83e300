/*
 * Pages that are the same: by their body's digest, or by the simhash of their text.
 *
 * Two hashes that differ in at most three of 64 bits agree in at least one of four bands of 16 (Manku et al., 2007):
 * each band is a key of the table `near`; of a page without text, its digest is. The hash stands beside the key, so
 * that a band is searched without reading any page's visit. Rows of earlier versions of a page may stay behind; what
 * looks alike is judged by what its visit says now.
 */
#include "crawler/frontier_sqlite_priv.h"

#include "crawler/simhash.h"

/* Of pages with one text a few are enough: they are in one cluster already. */
enum {
    BANDS = 4,
    BAND_BITS = 16,
    NEAR_BITS = 3,
    MAX_LOOKED_AT = 256,
    MAX_TWINS = 4,
    MAX_FOUND = 2 * BANDS * MAX_TWINS,
    MAX_YOUNG = 1 << 17
};

typedef struct alike {
    int64_t clusters[MAX_FOUND]; /* of each page that is the same: its cluster, or where it has none itself */
    size_t count;
} alike;

static int64_t stored(uint64_t simhash) {
    int64_t value;
    memcpy(&value, &simhash, sizeof value);
    return value;
}

static uint64_t restored(int64_t value) {
    uint64_t simhash;
    memcpy(&simhash, &value, sizeof simhash);
    return simhash;
}

static bool is_near(uint64_t a, uint64_t b) { return a && b && alm_simhash_distance(a, b) <= NEAR_BITS; }

/* The same body has the same text, so the digest is a key where there is no text to go by. */
static size_t keys_of(const alm_visit *v, int64_t keys[BANDS]) {
    if (!v->simhash) {
        uint64_t digest = 0;
        for (int i = 0; i < 7; i++) digest = digest << 8 | v->sha256[i];
        keys[0] = (int64_t)(digest | (uint64_t)1 << 56); /* above all bands */
        return 1;
    }
    for (int64_t band = 0; band < BANDS; band++)
        keys[band] = band << BAND_BITS | (int64_t)(v->simhash >> (BAND_BITS * band) & 0xFFFF);
    return BANDS;
}

static alm_status set_cluster(sqlite_frontier *f, statement which, int64_t of, int64_t cluster, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, which, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, of);
    sqlite3_bind_int64(st, 2, cluster);
    return frontier_run(f, st, err, "tie pages");
}

/* Note the page @p url where its last visit says that it is the same as @p v. */
static alm_status judge(sqlite_frontier *f, const alm_visit *v, int64_t url, alike *found, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_VISIT, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, url);
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW) {
        const void *digest = sqlite3_column_blob(st, 1);
        bool same_body =
            digest && sqlite3_column_bytes(st, 1) == ALM_SHA256_LEN && memcmp(digest, v->sha256, ALM_SHA256_LEN) == 0;
        if (same_body || is_near(restored(sqlite3_column_int64(st, 0)), v->simhash)) {
            bool tied = sqlite3_column_type(st, 2) != SQLITE_NULL;
            found->clusters[found->count++] = tied ? sqlite3_column_int64(st, 2) : url;
        }
    }
    sqlite3_reset(st);
    return code == SQLITE_ROW || code == SQLITE_DONE ? ALM_OK : frontier_fail(f, err, "find the same page");
}

/* A row that one of this page's keys led to. */
static alm_status look_at(sqlite_frontier *f, const alm_visit *v, int64_t url, uint64_t simhash, alike *found,
                          alm_err *err) {
    bool same = simhash == v->simhash || is_near(simhash, v->simhash);
    return same && url != v->id ? judge(f, v, url, found, err) : ALM_OK;
}

/* Of rows that are not on disk yet. */
static alm_status find_young(sqlite_frontier *f, const alm_visit *v, int64_t key, alike *found, alm_err *err) {
    size_t most = found->count + MAX_TWINS;
    int looked_at = 0;
    alm_status status = ALM_OK;
    for (const alm_near_row *row = NULL; status == ALM_OK && found->count < most && looked_at++ < MAX_LOOKED_AT;) {
        if (!(row = alm_nearset_next(&f->near, key, row))) break;
        status = look_at(f, v, row->url, restored(row->simhash), found, err);
    }
    return status;
}

static alm_status find_on_disk(sqlite_frontier *f, const alm_visit *v, sqlite3_stmt *st, alike *found, alm_err *err) {
    size_t most = found->count + MAX_TWINS;
    alm_status status = ALM_OK;
    int code = SQLITE_DONE;
    while (status == ALM_OK && found->count < most && (code = sqlite3_step(st)) == SQLITE_ROW)
        status = look_at(f, v, sqlite3_column_int64(st, 0), restored(sqlite3_column_int64(st, 1)), found, err);
    sqlite3_reset(st);
    if (status != ALM_OK) return status;
    return code == SQLITE_DONE || code == SQLITE_ROW ? ALM_OK : frontier_fail(f, err, "find the same page");
}

/* Pages with this very hash. */
static alm_status find_same(sqlite_frontier *f, const alm_visit *v, int64_t key, alike *found, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_SAME, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, key);
    sqlite3_bind_int64(st, 2, stored(v->simhash));
    sqlite3_bind_int(st, 3, MAX_TWINS);
    return find_on_disk(f, v, st, found, err);
}

/* Pages of this band whose hashes differ a little. */
static alm_status find_near(sqlite_frontier *f, const alm_visit *v, int64_t key, alike *found, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_FIND, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, key);
    sqlite3_bind_int(st, 2, MAX_LOOKED_AT);
    alm_status status = find_on_disk(f, v, st, found, err);
    return status == ALM_OK ? find_young(f, v, key, found, err) : status;
}

/* ---- keeping ---- */

static alm_status add_young(sqlite_frontier *f, const alm_visit *v, alm_err *err) {
    int64_t keys[BANDS];
    size_t count = keys_of(v, keys);
    for (size_t i = 0; i < count; i++)
        if (alm_nearset_add(&f->near, keys[i], stored(v->simhash), v->id) != ALM_OK)
            return alm_fail(err, ALM_E_NOMEM, "out of memory");
    return ALM_OK;
}

/* The rows of a page go to four places of a big table: they are kept in memory and written together, in its order.
 * Until then a line of a log is enough to make them again. */
static alm_status note(sqlite_frontier *f, const alm_visit *v, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_LOG, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, v->id);
    alm_status status = frontier_run(f, st, err, "note a page's text");
    return status == ALM_OK ? add_young(f, v, err) : status;
}

alm_status frontier_spill_near(sqlite_frontier *f, alm_err *err) {
    if (f->near.count < MAX_YOUNG) return ALM_OK;
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_ADD, err);
    sqlite3_stmt *empty = st ? frontier_statement(f, SQL_NEAR_LOG_EMPTY, err) : NULL;
    if (!empty) return ALM_E_STORAGE;
    alm_nearset_sort(&f->near);
    alm_status status = ALM_OK;
    for (size_t i = 0; i < f->near.count && status == ALM_OK; i++) {
        sqlite3_bind_int64(st, 1, f->near.rows[i].key);
        sqlite3_bind_int64(st, 2, f->near.rows[i].simhash);
        sqlite3_bind_int64(st, 3, f->near.rows[i].url);
        status = frontier_run(f, st, err, "keep pages' texts");
    }
    alm_nearset_reset(&f->near);
    return status == ALM_OK ? frontier_run(f, empty, err, "keep pages' texts") : status;
}

alm_status frontier_load_near(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(f->db,
                           "SELECT v.url, v.simhash, v.sha256 FROM near_log l CROSS JOIN visit v ON v.url = l.url"
                           " WHERE length(v.sha256) = 32",
                           -1, &st, NULL) != SQLITE_OK)
        return frontier_fail(f, err, "read pages' texts");
    alm_status status = ALM_OK;
    int code = SQLITE_DONE;
    while (status == ALM_OK && (code = sqlite3_step(st)) == SQLITE_ROW) {
        alm_visit v = {.id = sqlite3_column_int64(st, 0),
                       .simhash = restored(sqlite3_column_int64(st, 1)),
                       .sha256 = sqlite3_column_blob(st, 2)};
        status = add_young(f, &v, err);
    }
    if (status == ALM_OK && code != SQLITE_DONE) status = frontier_fail(f, err, "read pages' texts");
    sqlite3_finalize(st);
    return status;
}

/* ---- tying ---- */

/* Put @p v and all that it is the same as into the cluster with the lowest number. */
static alm_status join(sqlite_frontier *f, const alm_visit *v, const alike *found, alm_err *err) {
    int64_t cluster = v->id;
    for (size_t i = 0; i < found->count; i++)
        if (found->clusters[i] < cluster) cluster = found->clusters[i];
    alm_status status = ALM_OK;
    for (size_t i = 0; i < found->count && status == ALM_OK; i++) {
        if (i && found->clusters[i] == found->clusters[i - 1]) continue;
        /* a cluster is named by a page, which may have stood alone until now */
        status = set_cluster(f, SQL_CLUSTER_SET, found->clusters[i], cluster, err);
        if (status == ALM_OK && found->clusters[i] != cluster)
            status = set_cluster(f, SQL_CLUSTER_MERGE, found->clusters[i], cluster, err);
    }
    if (status == ALM_OK && found->count) status = set_cluster(f, SQL_CLUSTER_SET, v->id, cluster, err);
    return status;
}

alm_status frontier_tie(sqlite_frontier *f, const alm_visit *v, alm_err *err) {
    int64_t keys[BANDS];
    alike found = {.count = 0};
    size_t count = keys_of(v, keys);
    alm_status status = find_same(f, v, keys[0], &found, err);
    bool has_twin = found.count > 0; /* what is like this page is like its twin, and tied to it */
    for (size_t i = 0; i < count && !has_twin && status == ALM_OK; i++) status = find_near(f, v, keys[i], &found, err);
    if (status == ALM_OK) status = join(f, v, &found, err);
    return status == ALM_OK ? note(f, v, err) : status;
}
