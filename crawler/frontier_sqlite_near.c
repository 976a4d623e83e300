/*
 * Pages that are the same: by their body's digest, or by the simhash of their text.
 *
 * Two hashes that differ in at most three of 64 bits agree in at least one of four bands of 16 (Manku et al., 2007):
 * each band is a key of the table `near`; of a page without text, its digest is. Keys of earlier versions of a page may
 * stay behind; a candidate is judged by what its visit says now.
 */
#include "crawler/frontier_sqlite_priv.h"

#include "crawler/simhash.h"

enum { BANDS = 4, BAND_BITS = 16, NEAR_BITS = 3, MAX_CANDIDATES = 64, MAX_TWINS = 4 };

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

static bool is_same(sqlite3_stmt *st, const alm_visit *v) {
    int64_t stored = sqlite3_column_int64(st, 1);
    uint64_t simhash;
    memcpy(&simhash, &stored, sizeof simhash);
    if (simhash && v->simhash && alm_simhash_distance(simhash, v->simhash) <= NEAR_BITS) return true;
    const void *digest = sqlite3_column_blob(st, 2);
    return digest && sqlite3_column_bytes(st, 2) == ALM_SHA256_LEN && memcmp(digest, v->sha256, ALM_SHA256_LEN) == 0;
}

static alm_status set_cluster(sqlite_frontier *f, statement which, int64_t of, int64_t cluster, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, which, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, of);
    sqlite3_bind_int64(st, 2, cluster);
    return frontier_run(f, st, err, "tie pages");
}

/* The pages that @p v is the same as, each by its cluster, or where it has none by itself. Pages of one body are in one
 * cluster already, so that a few of them are enough. */
static alm_status find_same(sqlite_frontier *f, const alm_visit *v, int64_t key, int max, int64_t *found, size_t *count,
                            alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_FIND, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, key);
    sqlite3_bind_int64(st, 2, v->id);
    sqlite3_bind_int(st, 3, max);
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        if (!is_same(st, v)) continue;
        bool tied = sqlite3_column_type(st, 3) != SQLITE_NULL;
        int64_t cluster = sqlite3_column_int64(st, tied ? 3 : 0);
        bool seen = false;
        for (size_t i = 0; i < *count && !seen; i++) seen = found[i] == cluster;
        if (!seen && *count < MAX_CANDIDATES) found[(*count)++] = cluster;
    }
    sqlite3_reset(st);
    return code == SQLITE_DONE ? ALM_OK : frontier_fail(f, err, "find the same page");
}

static alm_status add_keys(sqlite_frontier *f, const alm_visit *v, const int64_t *keys, size_t count, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_NEAR_ADD, err);
    if (!st) return ALM_E_STORAGE;
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++) {
        sqlite3_bind_int64(st, 1, keys[i]);
        sqlite3_bind_int64(st, 2, v->id);
        status = frontier_run(f, st, err, "note a page's text");
    }
    return status;
}

alm_status frontier_tie(sqlite_frontier *f, const alm_visit *v, alm_err *err) {
    int64_t keys[BANDS], found[MAX_CANDIDATES];
    size_t count = keys_of(v, keys), found_count = 0;
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++)
        status = find_same(f, v, keys[i], v->simhash ? MAX_CANDIDATES : MAX_TWINS, found, &found_count, err);
    int64_t cluster = v->id;
    for (size_t i = 0; i < found_count; i++)
        if (found[i] < cluster) cluster = found[i];
    for (size_t i = 0; i < found_count && status == ALM_OK; i++) {
        /* a cluster is named by a page, which may have stood alone until now */
        status = set_cluster(f, SQL_CLUSTER_SET, found[i], cluster, err);
        if (status == ALM_OK && found[i] != cluster) status = set_cluster(f, SQL_CLUSTER_MERGE, found[i], cluster, err);
    }
    if (status == ALM_OK && found_count) status = set_cluster(f, SQL_CLUSTER_SET, v->id, cluster, err);
    return status == ALM_OK ? add_keys(f, v, keys, count, err) : status;
}

alm_status frontier_clusters(alm_frontier *base, alm_frontier_member_fn fn, void *context, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(f->db,
                           "SELECT v.cluster, u.url, v.published, v.fetched FROM visit v JOIN url u ON u.id = v.url"
                           " WHERE v.cluster IS NOT NULL"
                           " ORDER BY v.cluster, ifnull(v.published, '9999'), u.depth, u.id",
                           -1, &st, NULL) != SQLITE_OK)
        return frontier_fail(f, err, "prepare");
    int64_t last = -1;
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(st)) == SQLITE_ROW) {
        alm_frontier_member member = {.cluster = sqlite3_column_int64(st, 0),
                                      .url = (const char *)sqlite3_column_text(st, 1),
                                      .published = (const char *)sqlite3_column_text(st, 2),
                                      .fetched_ms = sqlite3_column_int64(st, 3)};
        member.origin = member.cluster != last;
        last = member.cluster;
        more = fn(context, &member);
    }
    alm_status status = more && code != SQLITE_DONE ? frontier_fail(f, err, "list clusters") : ALM_OK;
    sqlite3_finalize(st);
    return status;
}
