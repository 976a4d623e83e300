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
enum { BANDS = 4, BAND_BITS = 16, NEAR_BITS = 3, MAX_LOOKED_AT = 256, MAX_TWINS = 4, MAX_FOUND = BANDS * MAX_TWINS };

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

/* Pages with this very hash. */
static alm_status find_same(sqlite_frontier *f, const alm_visit *v, int64_t key, alike *found, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_SAME, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, key);
    sqlite3_bind_int64(st, 2, stored(v->simhash));
    sqlite3_bind_int64(st, 3, v->id);
    sqlite3_bind_int(st, 4, MAX_TWINS);
    alm_status status = ALM_OK;
    int code = SQLITE_DONE;
    while (status == ALM_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
        status = judge(f, v, sqlite3_column_int64(st, 0), found, err);
    sqlite3_reset(st);
    if (status != ALM_OK) return status;
    return code == SQLITE_DONE ? ALM_OK : frontier_fail(f, err, "find the same page");
}

/* Pages of this band whose hashes differ a little. */
static alm_status find_near(sqlite_frontier *f, const alm_visit *v, int64_t key, alike *found, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_FIND, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, key);
    sqlite3_bind_int(st, 2, MAX_LOOKED_AT);
    alm_status status = ALM_OK;
    int code = SQLITE_DONE;
    for (size_t before = found->count; status == ALM_OK && found->count < before + MAX_TWINS;) {
        if ((code = sqlite3_step(st)) != SQLITE_ROW) break;
        int64_t url = sqlite3_column_int64(st, 0);
        if (url != v->id && is_near(restored(sqlite3_column_int64(st, 1)), v->simhash))
            status = judge(f, v, url, found, err);
    }
    sqlite3_reset(st);
    if (status != ALM_OK) return status;
    return code == SQLITE_DONE || code == SQLITE_ROW ? ALM_OK : frontier_fail(f, err, "find a page like it");
}

static alm_status add_keys(sqlite_frontier *f, const alm_visit *v, const int64_t *keys, size_t count, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_ADD, err);
    if (!st) return ALM_E_STORAGE;
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++) {
        sqlite3_bind_int64(st, 1, keys[i]);
        sqlite3_bind_int64(st, 2, stored(v->simhash));
        sqlite3_bind_int64(st, 3, v->id);
        status = frontier_run(f, st, err, "note a page's text");
    }
    return status;
}

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
    for (size_t i = 0; i < count && v->simhash && !has_twin && status == ALM_OK; i++)
        status = find_near(f, v, keys[i], &found, err);
    if (status == ALM_OK) status = join(f, v, &found, err);
    return status == ALM_OK ? add_keys(f, v, keys, count, err) : status;
}
