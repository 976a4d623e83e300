/** The embedded frontier's inside, shared by the frontier_sqlite*.c files. */
#ifndef ALM_CRAWLER_FRONTIER_SQLITE_PRIV_H
#define ALM_CRAWLER_FRONTIER_SQLITE_PRIV_H

#include <sqlite3.h>

#include "base/alloc.h"
#include "crawler/frontier.h"
#include "crawler/keyfilter.h"
#include "crawler/keyheap.h"
#include "crawler/keyset.h"
#include "crawler/nearset.h"

/* A failed allocation fails that insertion alone: uthash leaves the element out, and hh.tbl stays NULL. */
#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) alm_malloc(size)
#define uthash_free(ptr, size) alm_free(ptr)
#include <uthash.h>

typedef enum statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_SOURCE_ADD,
    SQL_SOURCE_GET,
    SQL_HOST_ADD,
    SQL_HOST_SAVE,
    SQL_HOSTS,
    SQL_URL_ADD,
    SQL_SEEN_HAS,
    SQL_SEEN_ADD,
    SQL_SEEN_MARK,
    SQL_URL_GET,
    SQL_URL_FINISH,
    SQL_VISIT_PUT,
    SQL_VISIT_TOUCH,
    SQL_DUE,
    SQL_QUEUE,
    SQL_QUEUE_READ,
    SQL_QUEUE_ADD,
    SQL_QUEUE_DROP,
    SQL_META_SET,
    SQL_NEAR_LOG,
    SQL_NEAR_LOG_EMPTY,
    SQL_NEXT_RETRY,
    SQL_ROBOTS_GET,
    SQL_ROBOTS_PUT,
    SQL_ARCHIVE_PUT,
    SQL_ARCHIVE_GET,
    SQL_NEAR_ADD,
    SQL_NEAR_SAME,
    SQL_NEAR_FIND,
    SQL_NEAR_VISIT,
    SQL_PROVENANCE_PUT,
    SQL_CLUSTER_SET,
    SQL_CLUSTER_MERGE,
    STATEMENT_COUNT
} statement;

typedef struct entry_node {
    alm_frontier_entry entry; /* first: an alm_frontier_entry is freed as its node */
    struct entry_node *next;
    uint64_t key; /* place in the queue */
    char text[];
} entry_node;

typedef struct host {
    alm_frontier_host row;
    uint64_t dropped_more;
    bool is_dirty;
    struct host *next_dirty;
    alm_keyheap young; /* queued, and not in the table `queue` */
    bool on_disk;      /* the table may hold some that are queued */
    entry_node *ahead; /* read from the queue, not taken yet */
    uint32_t leased_count;
    UT_hash_handle hh_name, hh_id;
    char name[];
} host;

/* A URL that is read ahead or taken: still queued in the table, and not to be read again. */
typedef struct leased {
    int64_t id, host;
    uint64_t key;
    bool on_disk; /* it stands in the table `queue` */
    UT_hash_handle hh;
} leased;

typedef struct sqlite_frontier {
    alm_frontier base;
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    alm_frontier_sqlite_options options;
    char *path; /* options.path */
    bool open;  /* a transaction */
    uint64_t secret[2];
    uint64_t *recent;     /* a direct-mapped cache of keys that are certainly known */
    alm_keyset young;     /* known, and not in the table `seen` yet */
    alm_keyfilter filter; /* of what is in it */
    size_t seen_count;    /* rows of it */
    int64_t last_id;      /* of a URL that was added */
    host *by_name, *by_id, *dirty;
    leased *leases;
    size_t young_count; /* of all hosts' young */
    int64_t queue_mark; /* queued URLs up to this id stand in the table `queue` */
    alm_nearset near;   /* what is not in the table `near` yet */
    int wal_pages;
} sqlite_frontier;

/** Fail with what SQLite says; a transaction that is open is undone. */
alm_status frontier_fail(sqlite_frontier *f, alm_err *err, const char *doing);
/** Open the group transaction where none is. */
ALM_MUST_USE alm_status frontier_begin(sqlite_frontier *f, alm_err *err);
/** Prepare @p sql unless it is; NULL with @p err set on failure. */
sqlite3_stmt *frontier_statement(sqlite_frontier *f, statement which, alm_err *err);
/** Run a statement that gives no rows, and reset it. */
ALM_MUST_USE alm_status frontier_run(sqlite_frontier *f, sqlite3_stmt *st, alm_err *err, const char *doing);
/** The host with this id; NULL. */
host *frontier_host(sqlite_frontier *f, int64_t id);
/** Its row changed: write it at the next commit. */
void frontier_mark_dirty(sqlite_frontier *f, host *h);
ALM_MUST_USE alm_status frontier_set_meta(sqlite_frontier *f, const char *name, int64_t value, alm_err *err);

/** As it stands in the tables. */
int64_t frontier_stored(uint64_t key);
ALM_MUST_USE alm_status frontier_is_known(sqlite_frontier *f, uint64_t key, bool *known, alm_err *err);
/** It has a row in `url` now, the last one. */
ALM_MUST_USE alm_status frontier_make_known(sqlite_frontier *f, uint64_t key, alm_err *err);
ALM_MUST_USE alm_status frontier_load_known(sqlite_frontier *f, alm_err *err);
void frontier_free_known(sqlite_frontier *f);

/** Queue the URL @p id, whose row in `url` says so already. */
ALM_MUST_USE alm_status frontier_enqueue(sqlite_frontier *f, host *h, uint32_t rank, int64_t id, alm_err *err);
/** The host of a URL that was taken; NULL where it was not. */
host *frontier_leased_by(sqlite_frontier *f, int64_t id);
void frontier_end_lease(sqlite_frontier *f, int64_t id);
/** Before a commit: write the young part of the queue into its table where there is much of it. */
ALM_MUST_USE alm_status frontier_spill_queue(sqlite_frontier *f, alm_err *err);
/** At the start: what is queued and not in the table. */
ALM_MUST_USE alm_status frontier_load_queue(sqlite_frontier *f, alm_err *err);
/** Make the queue anew, after states were changed by a statement over many. */
ALM_MUST_USE alm_status frontier_rebuild_queue(sqlite_frontier *f, alm_err *err);
void frontier_free_queue(sqlite_frontier *f);
alm_status frontier_take(alm_frontier *base, int64_t host_id, alm_frontier_entry **out, alm_err *err);
void frontier_put_back(alm_frontier *base, const alm_frontier_entry *entry);
alm_status frontier_promote(alm_frontier *base, int64_t now_ms, size_t max, alm_frontier_host_fn fn, void *context,
                            alm_err *err);

/** As frontier_spill_queue and frontier_load_queue, for what is known of texts. */
ALM_MUST_USE alm_status frontier_spill_near(sqlite_frontier *f, alm_err *err);
ALM_MUST_USE alm_status frontier_load_near(sqlite_frontier *f, alm_err *err);
/** Tie a visit that was just put to pages of the same body or nearly the same text. */
ALM_MUST_USE alm_status frontier_tie(sqlite_frontier *f, const alm_visit *visit, alm_err *err);
/** Keep what a page that was just visited says of its own origin. */
ALM_MUST_USE alm_status frontier_put_provenance(sqlite_frontier *f, const alm_visit *visit, alm_err *err);
alm_status frontier_clusters(alm_frontier *base, alm_frontier_member_fn fn, void *context, alm_err *err);
/** Read the hosts' rows anew, after they were changed by a statement over many. */
ALM_MUST_USE alm_status frontier_load_hosts(sqlite_frontier *f, alm_err *err);

/** Bind @p s, or NULL where it has no ptr; borrowed until the statement is reset. */
void frontier_bind_text(sqlite3_stmt *st, int at, alm_str s);

alm_status frontier_robots_get(alm_frontier *base, alm_str origin, alm_frontier_robots *out, alm_err *err);
alm_status frontier_robots_put(alm_frontier *base, alm_str origin, const alm_frontier_robots *robots, alm_err *err);
alm_status frontier_archive_put(alm_frontier *base, alm_str name, uint64_t length, int64_t *number, alm_err *err);
alm_status frontier_archive_get(alm_frontier *base, alm_str name, uint64_t *length, alm_err *err);

alm_status frontier_stats(alm_frontier *base, alm_frontier_stats *out, alm_err *err);
alm_status frontier_list(alm_frontier *base, const alm_frontier_filter *filter, alm_frontier_row_fn fn, void *context,
                         alm_err *err);
alm_status frontier_set_state(alm_frontier *base, const alm_frontier_filter *filter, alm_url_state state,
                              const char *reason, uint64_t *count, alm_err *err);
alm_status frontier_archive_cut(alm_frontier *base, alm_str name, uint64_t length, uint64_t *requeued, alm_err *err);

#endif
