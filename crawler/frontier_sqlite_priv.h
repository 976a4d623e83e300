/** The embedded frontier's inside, shared by the frontier_sqlite*.c files. */
#ifndef ALM_CRAWLER_FRONTIER_SQLITE_PRIV_H
#define ALM_CRAWLER_FRONTIER_SQLITE_PRIV_H

#include <sqlite3.h>

#include "crawler/frontier.h"
#include "crawler/keyset.h"

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
    SQL_URL_TAKE,
    SQL_URL_FINISH,
    SQL_VISIT_PUT,
    SQL_VISIT_TOUCH,
    SQL_DUE,
    SQL_QUEUE,
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

typedef struct host host;
typedef struct leased leased;

typedef struct sqlite_frontier {
    alm_frontier base;
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    alm_frontier_sqlite_options options;
    char *path; /* options.path */
    bool open;  /* a transaction */
    uint64_t secret[2];
    uint64_t *recent;      /* a direct-mapped cache of keys that are certainly known */
    alm_keyset young;      /* known, and not in the table `seen` yet */
    uint64_t last_unknown; /* asked by knows, so that add need not ask again */
    host *by_name, *by_id, *dirty;
    leased *leases;
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
