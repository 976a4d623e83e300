/*
 * Which URLs of a host come next.
 *
 * A queue in a table alone costs each new URL a page of its host's, and each finished one another: most of what a crawl
 * of many hosts writes. So new URLs are queued in memory, a heap a host, and go to the table `queue` together, in its
 * order, when there are many; those that are fetched before that never do. What is finished stays in the table until
 * its host's queue is read the next time. The table `url` is always right: after a crash, URLs above the mark that are
 * queued belong into the heaps, and rows of `queue` whose URL is not queued are left-overs as in any run.
 */
#include "crawler/frontier_sqlite_priv.h"

#include <stdlib.h>

enum {
    ID_BITS = 48,
    RANK_MAX = 0xFFFF,
    BATCH = 32, /* URLs read ahead for a host */
    YOUNG_MAX = 1 << 15,
    UNMARKED_MAX = 1 << 18, /* URLs that a start may have to look through */
    COLUMN_RANK = 16,
    COLUMN_STATE = 17,
    PROMOTE_MAX = 256
};

/* A place in a host's queue: by rank, then in order of discovery. */
static uint64_t key_of(uint32_t rank, int64_t id) {
    return (uint64_t)(rank < RANK_MAX ? rank : RANK_MAX) << ID_BITS | (uint64_t)id;
}

static int64_t id_of(uint64_t key) { return (int64_t)(key & (((uint64_t)1 << ID_BITS) - 1)); }

static alm_status out_of_memory(alm_err *err) { return alm_fail(err, ALM_E_NOMEM, "out of memory"); }

/* ---- the table ---- */

static alm_status change_row(sqlite_frontier *f, statement which, int64_t host_id, uint64_t key, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, which, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, host_id);
    sqlite3_bind_int64(st, 2, (int64_t)(key >> ID_BITS));
    sqlite3_bind_int64(st, 3, id_of(key));
    return frontier_run(f, st, err, "change the queue");
}

static alm_status push_young(sqlite_frontier *f, host *h, uint64_t key, alm_err *err) {
    if (alm_keyheap_push(&h->young, key) != ALM_OK) return out_of_memory(err);
    f->young_count++;
    return ALM_OK;
}

static uint64_t pop_young(sqlite_frontier *f, host *h) {
    f->young_count--;
    return alm_keyheap_pop(&h->young);
}

alm_status frontier_enqueue(sqlite_frontier *f, host *h, uint32_t rank, int64_t id, alm_err *err) {
    uint64_t key = key_of(rank, id);
    if (id > f->queue_mark) return push_young(f, h, key, err);
    h->on_disk = true;
    return change_row(f, SQL_QUEUE_ADD, h->row.id, key, err); /* its row of an earlier visit may be there still */
}

/* ---- spilling ---- */

static int by_id(const void *a, const void *b) {
    const host *const *x = a, *const *y = b;
    return ((*x)->row.id > (*y)->row.id) - ((*x)->row.id < (*y)->row.id);
}

static alm_status spill_host(sqlite_frontier *f, host *h, alm_err *err) {
    alm_status status = ALM_OK;
    while (h->young.count && status == ALM_OK) {
        status = change_row(f, SQL_QUEUE_ADD, h->row.id, pop_young(f, h), err);
        h->on_disk = true;
    }
    return status;
}

static alm_status spill_hosts(sqlite_frontier *f, alm_err *err) {
    host **hosts = alm_calloc(HASH_CNT(hh_id, f->by_id) + 1, sizeof(host *)), *h, *next;
    if (!hosts) return out_of_memory(err);
    size_t count = 0;
    HASH_ITER(hh_id, f->by_id, h, next)
    if (h->young.count) hosts[count++] = h;
    qsort(hosts, count, sizeof(host *), by_id);
    alm_status status = ALM_OK;
    for (size_t i = 0; i < count && status == ALM_OK; i++) status = spill_host(f, hosts[i], err);
    alm_free(hosts);
    return status;
}

/* What is taken and not finished is queued still. */
static alm_status spill_leased(sqlite_frontier *f, alm_err *err) {
    leased *l, *next;
    alm_status status = ALM_OK;
    HASH_ITER(hh, f->leases, l, next) {
        if (status != ALM_OK || l->on_disk) continue;
        status = change_row(f, SQL_QUEUE_ADD, l->host, l->key, err);
        l->on_disk = true;
    }
    return status;
}

alm_status frontier_spill_queue(sqlite_frontier *f, alm_err *err) {
    if (f->young_count < YOUNG_MAX && f->last_id - f->queue_mark < UNMARKED_MAX) return ALM_OK;
    alm_status status = spill_hosts(f, err);
    if (status == ALM_OK) status = spill_leased(f, err);
    if (status == ALM_OK) status = frontier_set_meta(f, "queue", f->last_id, err);
    if (status == ALM_OK) f->queue_mark = f->last_id;
    return status;
}

/* ---- starting ---- */

static alm_status read_number(sqlite_frontier *f, const char *sql, int64_t *out, alm_err *err) {
    sqlite3_stmt *st = NULL;
    alm_status status = ALM_OK;
    if (sqlite3_prepare_v2(f->db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        *out = sqlite3_column_int64(st, 0);
    else
        status = frontier_fail(f, err, "read its marks");
    sqlite3_finalize(st);
    return status;
}

static alm_status read_young(sqlite_frontier *f, alm_err *err) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(f->db, "SELECT host, rank, id FROM url WHERE id > ?1 AND state = 0", -1, &st, NULL) !=
        SQLITE_OK)
        return frontier_fail(f, err, "read the queue");
    sqlite3_bind_int64(st, 1, f->queue_mark);
    alm_status status = ALM_OK;
    int code = SQLITE_DONE;
    while (status == ALM_OK && (code = sqlite3_step(st)) == SQLITE_ROW) {
        host *h = frontier_host(f, sqlite3_column_int64(st, 0));
        uint64_t key = key_of((uint32_t)sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2));
        if (h) status = push_young(f, h, key, err);
    }
    if (status == ALM_OK && code != SQLITE_DONE) status = frontier_fail(f, err, "read the queue");
    sqlite3_finalize(st);
    return status;
}

alm_status frontier_load_queue(sqlite_frontier *f, alm_err *err) {
    int64_t any = 0;
    alm_status status = read_number(f, "SELECT ifnull(max(id), 0) FROM url", &f->last_id, err);
    if (status == ALM_OK)
        status = read_number(f, "SELECT ifnull(max(value), 0) FROM meta WHERE name = 'queue'", &f->queue_mark, err);
    if (status == ALM_OK) status = read_number(f, "SELECT count(*) FROM (SELECT 1 FROM queue LIMIT 1)", &any, err);
    host *h, *next;
    HASH_ITER(hh_id, f->by_id, h, next)
    h->on_disk = any != 0;
    return status == ALM_OK ? read_young(f, err) : status;
}

alm_status frontier_rebuild_queue(sqlite_frontier *f, alm_err *err) {
    host *h, *next;
    HASH_ITER(hh_id, f->by_id, h, next) {
        f->young_count -= h->young.count;
        h->young.count = 0;
        h->on_disk = true;
    }
    if (sqlite3_exec(f->db,
                     "DELETE FROM queue; INSERT INTO queue(host, rank, url)"
                     " SELECT host, min(rank, 65535), id FROM url WHERE state = 0 ORDER BY 1, 2, 3",
                     NULL, NULL, NULL) != SQLITE_OK)
        return frontier_fail(f, err, "make the queue anew");
    f->queue_mark = f->last_id;
    return frontier_set_meta(f, "queue", f->queue_mark, err);
}

static void free_nodes(entry_node *node) {
    for (entry_node *next; node; node = next) {
        next = node->next;
        alm_free(node);
    }
}

void frontier_free_queue(sqlite_frontier *f) {
    host *h, *next_host;
    HASH_ITER(hh_id, f->by_id, h, next_host) {
        free_nodes(h->ahead);
        alm_keyheap_release(&h->young);
    }
    leased *l, *next_lease;
    HASH_ITER(hh, f->leases, l, next_lease) {
        HASH_DELETE(hh, f->leases, l);
        alm_free(l);
    }
}

/* ---- leases ---- */

static leased *leased_of(sqlite_frontier *f, int64_t id) {
    leased *l = NULL;
    HASH_FIND(hh, f->leases, &id, sizeof id, l);
    return l;
}

host *frontier_leased_by(sqlite_frontier *f, int64_t id) {
    leased *l = leased_of(f, id);
    return l ? frontier_host(f, l->host) : NULL;
}

static bool lease(sqlite_frontier *f, host *h, uint64_t key, bool on_disk) {
    leased *l = alm_calloc(1, sizeof *l);
    if (!l) return false;
    *l = (leased){.id = id_of(key), .host = h->row.id, .key = key, .on_disk = on_disk};
    HASH_ADD(hh, f->leases, id, sizeof l->id, l);
    if (!l->hh.tbl) {
        alm_free(l);
        return false;
    }
    h->leased_count++;
    return true;
}

void frontier_end_lease(sqlite_frontier *f, int64_t id) {
    leased *l = leased_of(f, id);
    host *h = frontier_leased_by(f, id);
    if (h) h->leased_count--;
    if (l) HASH_DELETE(hh, f->leases, l);
    alm_free(l);
}

void frontier_put_back(alm_frontier *base, const alm_frontier_entry *entry) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    const leased *l = leased_of(f, entry->id);
    host *h = frontier_leased_by(f, entry->id);
    if (!h) return;
    bool pushed = l->on_disk || push_young(f, h, l->key, NULL) == ALM_OK;
    h->on_disk |= l->on_disk;
    frontier_end_lease(f, entry->id);
    if (!pushed) return; /* out of memory: it is queued in `url` all the same, and found at the next start */
}

/* ---- taking ---- */

static alm_str column_str(sqlite3_stmt *st, int at) {
    const char *text = (const char *)sqlite3_column_text(st, at);
    return (alm_str){text ? text : "", text ? (size_t)sqlite3_column_bytes(st, at) : 0};
}

static const char *put_text(char **at, alm_str s) {
    char *start = *at;
    memcpy(start, s.ptr, s.len);
    start[s.len] = '\0';
    *at += s.len + 1;
    return start;
}

/* Of columns URL_COLUMNS. */
static entry_node *read_entry(sqlite3_stmt *st, int64_t host_id) {
    alm_str url = column_str(st, 7), etag = column_str(st, 8), modified = column_str(st, 9), via = column_str(st, 15);
    entry_node *node = alm_calloc(1, sizeof *node + url.len + etag.len + modified.len + via.len + 4);
    if (!node) return NULL;
    char *at = node->text;
    node->key = key_of((uint32_t)sqlite3_column_int64(st, COLUMN_RANK), sqlite3_column_int64(st, 0));
    node->entry = (alm_frontier_entry){
        .id = sqlite3_column_int64(st, 0),
        .host = host_id,
        .via = sqlite3_column_int64(st, 1),
        .source = (uint32_t)sqlite3_column_int64(st, 2),
        .depth = (uint32_t)sqlite3_column_int64(st, 3),
        .hops = (uint32_t)sqlite3_column_int64(st, 4),
        .attempts = (uint32_t)sqlite3_column_int64(st, 5),
        .kind = (alm_url_kind)sqlite3_column_int(st, 6),
        .url = put_text(&at, url),
        .via_url = put_text(&at, via),
        .etag = put_text(&at, etag),
        .last_modified = put_text(&at, modified),
        .fetched_ms = sqlite3_column_int64(st, 10),
        .visits = (uint32_t)sqlite3_column_int64(st, 11),
        .changes = (uint32_t)sqlite3_column_int64(st, 12),
        .interval_s = sqlite3_column_int64(st, 13),
    };
    if (sqlite3_column_bytes(st, 14) == ALM_SHA256_LEN) {
        node->entry.has_sha256 = true;
        memcpy(node->entry.sha256, sqlite3_column_blob(st, 14), ALM_SHA256_LEN);
    }
    return node;
}

/* The next entries of the table in order, and the keys of left-overs. *full: there are more rows. */
static alm_status read_rows(sqlite_frontier *f, host *h, entry_node **out, alm_keyheap *left_overs, bool *full,
                            alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_QUEUE_READ, err);
    if (!st) return ALM_E_STORAGE;
    /* what is leased, and what was fetched of the last batch, comes first: read as far as behind it */
    int64_t limit = 2 * BATCH + (int64_t)h->leased_count, rows = 0;
    sqlite3_bind_int64(st, 1, h->row.id);
    sqlite3_bind_int64(st, 2, limit);
    alm_status status = ALM_OK;
    int code = SQLITE_DONE;
    for (size_t usable = 0; status == ALM_OK && usable < BATCH && (code = sqlite3_step(st)) == SQLITE_ROW; rows++) {
        int64_t id = sqlite3_column_int64(st, 0);
        if (sqlite3_column_int(st, COLUMN_STATE) != ALM_URL_QUEUED) {
            uint64_t key = key_of((uint32_t)sqlite3_column_int64(st, COLUMN_RANK), id);
            if (alm_keyheap_push(left_overs, key) != ALM_OK) status = out_of_memory(err);
        } else if (!leased_of(f, id)) {
            if (!(*out = read_entry(st, h->row.id))) status = out_of_memory(err);
            if (*out) out = &(*out)->next;
            usable++;
        }
    }
    if (status == ALM_OK && code != SQLITE_DONE && code != SQLITE_ROW) status = frontier_fail(f, err, "read the queue");
    sqlite3_reset(st);
    *full = code == SQLITE_ROW || rows == limit;
    return status;
}

static alm_status read_table(sqlite_frontier *f, host *h, entry_node **out, alm_err *err) {
    bool full = h->on_disk;
    alm_status status = ALM_OK;
    alm_keyheap left_overs = {0};
    while (status == ALM_OK && full && !*out) {
        status = read_rows(f, h, out, &left_overs, &full, err);
        if (status == ALM_OK && left_overs.count) status = frontier_begin(f, err);
        while (status == ALM_OK && left_overs.count)
            status = change_row(f, SQL_QUEUE_DROP, h->row.id, alm_keyheap_pop(&left_overs), err);
    }
    if (status == ALM_OK && !*out) h->on_disk = false; /* but for what is leased: see frontier_put_back */
    alm_keyheap_release(&left_overs);
    return status;
}

/* The entry of the heap's first key, which leaves the heap. */
static alm_status read_young_entry(sqlite_frontier *f, host *h, entry_node **out, alm_err *err) {
    sqlite3_stmt *st = frontier_statement(f, SQL_URL_GET, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, id_of(pop_young(f, h)));
    alm_status status = ALM_OK;
    if (sqlite3_step(st) != SQLITE_ROW)
        status = frontier_fail(f, err, "read a URL");
    else if (!(*out = read_entry(st, h->row.id)))
        status = out_of_memory(err);
    sqlite3_reset(st);
    return status;
}

/* Merge what the table and the heap have next. */
static alm_status read_ahead(sqlite_frontier *f, host *h, alm_err *err) {
    entry_node *of_table = NULL, **tail = &h->ahead;
    alm_status status = read_table(f, h, &of_table, err);
    for (int count = 0; count < BATCH && status == ALM_OK && (of_table || h->young.count); count++) {
        bool is_young = h->young.count && (!of_table || h->young.items[0] < of_table->key);
        entry_node *node = of_table;
        if (is_young)
            status = read_young_entry(f, h, &node, err);
        else
            of_table = of_table->next;
        if (status != ALM_OK) break;
        node->next = NULL;
        if (!lease(f, h, node->key, !is_young)) {
            alm_free(node);
            status = out_of_memory(err);
            break;
        }
        *tail = node;
        tail = &node->next;
    }
    free_nodes(of_table);
    return status;
}

alm_status frontier_take(alm_frontier *base, int64_t host_id, alm_frontier_entry **out, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    host *h = frontier_host(f, host_id);
    if (!h) return alm_fail(err, ALM_E_INVALID, "frontier: no host %lld", (long long)host_id);
    if (!h->ahead && h->row.queued > h->leased_count) {
        alm_status status = read_ahead(f, h, err);
        if (status != ALM_OK) return status;
    }
    entry_node *node = h->ahead;
    if (!node) return ALM_END;
    h->ahead = node->next;
    *out = &node->entry;
    return ALM_OK;
}

/* ---- what is due ---- */

typedef struct due_url {
    int64_t id, host;
    uint32_t rank;
} due_url;

static size_t read_due(sqlite3_stmt *st, due_url due[PROMOTE_MAX]) {
    size_t count = 0;
    while (count < PROMOTE_MAX && sqlite3_step(st) == SQLITE_ROW)
        due[count++] =
            (due_url){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), (uint32_t)sqlite3_column_int64(st, 2)};
    sqlite3_reset(st);
    return count;
}

alm_status frontier_promote(alm_frontier *base, int64_t now_ms, size_t max, alm_frontier_host_fn fn, void *context,
                            alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    sqlite3_stmt *find = frontier_statement(f, SQL_DUE, err);
    sqlite3_stmt *queue = find ? frontier_statement(f, SQL_QUEUE, err) : NULL;
    if (!queue) return ALM_E_STORAGE;
    due_url due[PROMOTE_MAX];
    sqlite3_bind_int64(find, 1, now_ms);
    sqlite3_bind_int64(find, 2, (int64_t)(max < PROMOTE_MAX ? max : PROMOTE_MAX));
    size_t count = read_due(find, due);
    if (count == 0) return ALM_END;
    alm_status status = frontier_begin(f, err);
    for (size_t i = 0; i < count && status == ALM_OK; i++) {
        host *h = frontier_host(f, due[i].host);
        sqlite3_bind_int64(queue, 1, due[i].id);
        status = frontier_run(f, queue, err, "queue what is due");
        if (status == ALM_OK && h) status = frontier_enqueue(f, h, due[i].rank, due[i].id, err);
        if (status != ALM_OK || !h) continue;
        h->row.queued++;
        frontier_mark_dirty(f, h);
        fn(context, &h->row);
    }
    return status;
}
