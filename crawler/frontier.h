/**
 * The frontier: every URL that is known, what became of it, and what is to be fetched next.
 *
 * A vtable: the embedded one lies in SQLite (frontier_sqlite.c); a server that many machines share can stand behind the
 * same calls. One thread uses a frontier. What is written becomes durable at alm_frontier_commit, all of it or nothing:
 * a result and the links it brought stand or fall together, so a URL leaves the frontier only when its result is
 * stored.
 */
#ifndef ALM_CRAWLER_FRONTIER_H
#define ALM_CRAWLER_FRONTIER_H

#include "base/base.h"

typedef enum alm_url_state {
    ALM_URL_QUEUED,  /**< to be fetched when its host allows */
    ALM_URL_RETRY,   /**< failed for now; queued again at its due time */
    ALM_URL_DONE,    /**< fetched; with a due time: to be visited again */
    ALM_URL_GONE,    /**< 404 or 410; with a due time: it was there before, and is looked for once more */
    ALM_URL_FAILED,  /**< given up; with a due time: until then */
    ALM_URL_DROPPED, /**< known and not fetched: robots, scope, trap, budget */
    ALM_URL_STATE_COUNT
} alm_url_state;

/** "queued", "retry", …; static storage. */
const char *alm_url_state_name(alm_url_state state);
bool alm_url_state_parse(alm_url_state *out, alm_str name);

typedef enum alm_url_kind { ALM_URL_PAGE, ALM_URL_SITEMAP, ALM_URL_FEED } alm_url_kind;

enum { ALM_SHA256_LEN = 32 };

/** A URL that was discovered. Everything is borrowed for the call. */
typedef struct alm_frontier_link {
    alm_str url;        /**< canonical href */
    alm_str host;       /**< its host; the unit of politeness */
    const char *reason; /**< why it is not to be fetched, or NULL */
    int64_t via;        /**< id of the URL it was found on; 0: a seed */
    uint32_t source;    /**< number given by alm_frontier_source */
    uint32_t depth;     /**< links from the seed */
    uint32_t hops;      /**< redirects that led here in a row */
    uint32_t rank;      /**< lower ones of a host are fetched first; equal ones in order of discovery */
    alm_url_kind kind;
} alm_frontier_link;

/** A URL taken for fetching, with what its last visit left. Owned by the taker: alm_frontier_entry_free. */
typedef struct alm_frontier_entry {
    int64_t id, host, via;
    uint32_t source, depth, hops, attempts;
    alm_url_kind kind;
    const char *url;
    const char *via_url;              /**< "": a seed */
    const char *etag, *last_modified; /**< "" where the last answer had none */
    int64_t fetched_ms;               /**< of the last stored visit; 0: none */
    uint32_t visits, changes;
    int64_t interval_s;
    bool has_sha256;
    uint8_t sha256[ALM_SHA256_LEN];
} alm_frontier_entry;

void alm_frontier_entry_free(alm_frontier_entry *entry);

/** What a page says of where its text is from. Borrowed for the call; all zero: nothing. */
typedef struct alm_provenance {
    alm_str source; /**< the publisher that it names */
    alm_str site;   /**< the name of its own site */
    bool elsewhere; /**< its canonical URL is on another host */
    uint32_t marks; /**< doubled marks and pinyin that mirrors strew in, to look like a text of their own */
} alm_provenance;

/** What became of one fetch. Borrowed for the call. */
typedef struct alm_visit {
    int64_t id;
    alm_url_state state;
    int64_t due_ms;     /**< of ALM_URL_RETRY, and of DONE or GONE that is to be visited again; 0: never */
    uint32_t attempts;  /**< failures in a row */
    const char *reason; /**< of FAILED, RETRY and DROPPED, and of DONE where it was no page; NULL */
    bool answered;      /**< there was a response: the fields below replace those of the last visit */
    int status;         /**< HTTP */
    int64_t fetched_ms;
    alm_str etag, last_modified;
    const uint8_t *sha256; /**< of the body; NULL: keep (a 304) */
    uint64_t simhash;      /**< of the main text; 0: none */
    alm_str published;     /**< day of the page, "YYYY-MM-DD"; empty: not known */
    alm_provenance provenance;
    uint32_t visits, changes;
    int64_t interval_s;
    int64_t archive; /**< number of the WARC file; 0: not archived */
    uint64_t offset, length;
    uint32_t records; /**< donations found */
} alm_visit;

/** Politeness that outlives the process, and counts. */
typedef struct alm_frontier_host {
    int64_t id;
    const char *name; /**< borrowed until the frontier is freed */
    int64_t next_ms;  /**< not before */
    uint32_t backoff; /**< how many times in a row the host asked to wait */
    uint64_t queued, known, dropped;
    bool visited; /**< something was fetched from it, ever, as far as could be stored */
    bool earlier; /**< known since an earlier run, which may have asked it last without a place to write that down */
} alm_frontier_host;

typedef struct alm_frontier_robots {
    int64_t fetched_ms;
    int status; /**< HTTP; 0: no answer */
    alm_str body;
} alm_frontier_robots;

typedef struct alm_frontier_stats {
    uint64_t urls, hosts;
    uint64_t states[ALM_URL_STATE_COUNT];
    uint64_t revisits;     /**< DONE, GONE or FAILED with a due time */
    int64_t next_due_ms;   /**< earliest due time of all; 0: none */
    int64_t oldest_due_ms; /**< since when the URL that waits longest is due, or found; may lie ahead; 0: none */
    uint64_t dropped_more; /**< dropped URLs beyond those kept one by one */
} alm_frontier_stats;

/** One row of a listing; borrowed for the call. */
typedef struct alm_frontier_row {
    int64_t id, due_ms, fetched_ms;
    const char *url, *host, *reason;
    alm_url_state state;
    uint32_t depth, attempts, records;
    int status;
} alm_frontier_row;

typedef struct alm_frontier_filter {
    bool by_state;
    alm_url_state state;
    const char *host;   /**< NULL: all */
    const char *reason; /**< NULL: all */
    const char *url;    /**< GLOB pattern of SQLite; NULL: all */
    uint64_t limit;     /**< 0: all */
} alm_frontier_filter;

/** A page of a cluster: pages whose bodies are the same, or whose texts nearly are. Borrowed for the call. */
typedef struct alm_frontier_member {
    int64_t cluster;
    const char *url, *published; /**< published may be NULL */
    const char *source;          /**< the publisher that it names, or NULL */
    int64_t fetched_ms;
    bool origin; /**< the first of its cluster, which the others seem to be copies of: see alm_frontier_clusters */
} alm_frontier_member;

typedef bool (*alm_frontier_member_fn)(void *context, const alm_frontier_member *member);
typedef bool (*alm_frontier_row_fn)(void *context, const alm_frontier_row *row);
typedef void (*alm_frontier_host_fn)(void *context, const alm_frontier_host *host);

typedef struct alm_frontier alm_frontier;

typedef struct alm_frontier_vtable {
    void (*free)(alm_frontier *frontier);
    alm_status (*source)(alm_frontier *, uint32_t *number, alm_str name, alm_err *err);
    alm_status (*knows)(alm_frontier *, alm_str url, bool *out, alm_err *err);
    alm_status (*add)(alm_frontier *, const alm_frontier_link *link, int64_t *host, alm_err *err);
    alm_status (*take)(alm_frontier *, int64_t host, alm_frontier_entry **out, alm_err *err);
    void (*put_back)(alm_frontier *, const alm_frontier_entry *entry);
    alm_status (*finish)(alm_frontier *, const alm_visit *visit, alm_err *err);
    alm_status (*promote)(alm_frontier *, int64_t now_ms, size_t max, alm_frontier_host_fn fn, void *context,
                          alm_err *);
    alm_status (*next_retry)(alm_frontier *, int64_t *due_ms, alm_err *err);
    alm_status (*hosts)(alm_frontier *, alm_frontier_host_fn fn, void *context, alm_err *err);
    alm_status (*host_wait)(alm_frontier *, int64_t host, int64_t next_ms, uint32_t backoff, alm_err *err);
    alm_status (*robots_get)(alm_frontier *, alm_str origin, alm_frontier_robots *out, alm_err *err);
    alm_status (*robots_put)(alm_frontier *, alm_str origin, const alm_frontier_robots *robots, alm_err *err);
    alm_status (*archive_put)(alm_frontier *, alm_str name, uint64_t length, int64_t *number, alm_err *err);
    alm_status (*archive_get)(alm_frontier *, alm_str name, uint64_t *length, alm_err *err);
    alm_status (*archive_cut)(alm_frontier *, alm_str name, uint64_t length, uint64_t *requeued, alm_err *err);
    alm_status (*commit)(alm_frontier *, alm_err *err);
    alm_status (*stats)(alm_frontier *, alm_frontier_stats *out, alm_err *err);
    alm_status (*list)(alm_frontier *, const alm_frontier_filter *filter, alm_frontier_row_fn fn, void *context,
                       alm_err *err);
    alm_status (*clusters)(alm_frontier *, alm_frontier_member_fn fn, void *context, alm_err *err);
    alm_status (*set_state)(alm_frontier *, const alm_frontier_filter *filter, alm_url_state state, const char *reason,
                            uint64_t *count, alm_err *err);
} alm_frontier_vtable;

struct alm_frontier {
    const alm_frontier_vtable *vtable;
};

static inline void alm_frontier_free(alm_frontier *f) {
    if (f) f->vtable->free(f);
}
/** The number by which links name the source @p name; made where it is new. */
ALM_MUST_USE static inline alm_status alm_frontier_source(alm_frontier *f, uint32_t *number, alm_str name,
                                                          alm_err *err) {
    return f->vtable->source(f, number, name, err);
}
/** Is the canonical @p url known? Asked before what costs more than asking. */
ALM_MUST_USE static inline alm_status alm_frontier_knows(alm_frontier *f, alm_str url, bool *out, alm_err *err) {
    return f->vtable->knows(f, url, out, err);
}
/**
 * Make @p link known. *host is its host's id where it was new and is to be fetched.
 *
 * @return ALM_OK (new and queued), ALM_END (known before, or dropped), ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE static inline alm_status alm_frontier_add(alm_frontier *f, const alm_frontier_link *link, int64_t *host,
                                                       alm_err *err) {
    return f->vtable->add(f, link, host, err);
}
/** Take the next queued URL of @p host. It stays queued on disk until finish. ALM_END: none is left. */
ALM_MUST_USE static inline alm_status alm_frontier_take(alm_frontier *f, int64_t host, alm_frontier_entry **out,
                                                        alm_err *err) {
    return f->vtable->take(f, host, out, err);
}
/** Undo a take: the URL can be taken again. The entry stays the caller's. */
static inline void alm_frontier_put_back(alm_frontier *f, const alm_frontier_entry *entry) {
    f->vtable->put_back(f, entry);
}
/** Record what became of a URL that was taken. */
ALM_MUST_USE static inline alm_status alm_frontier_finish(alm_frontier *f, const alm_visit *visit, alm_err *err) {
    return f->vtable->finish(f, visit, err);
}
/** Queue what is due by @p now_ms, @p max at most; @p fn is told each host that got work. ALM_END: nothing was due. */
ALM_MUST_USE static inline alm_status alm_frontier_promote(alm_frontier *f, int64_t now_ms, size_t max,
                                                           alm_frontier_host_fn fn, void *context, alm_err *err) {
    return f->vtable->promote(f, now_ms, max, fn, context, err);
}
/** When the next retry (not revisit) is due. ALM_END: none. */
ALM_MUST_USE static inline alm_status alm_frontier_next_retry(alm_frontier *f, int64_t *due_ms, alm_err *err) {
    return f->vtable->next_retry(f, due_ms, err);
}
/** Tell @p fn every host that has queued URLs. */
ALM_MUST_USE static inline alm_status alm_frontier_hosts(alm_frontier *f, alm_frontier_host_fn fn, void *context,
                                                         alm_err *err) {
    return f->vtable->hosts(f, fn, context, err);
}
/** Remember that @p host must rest until @p next_ms. */
ALM_MUST_USE static inline alm_status alm_frontier_host_wait(alm_frontier *f, int64_t host, int64_t next_ms,
                                                             uint32_t backoff, alm_err *err) {
    return f->vtable->host_wait(f, host, next_ms, backoff, err);
}
/** The stored robots.txt of @p origin; body is borrowed until the next call. ALM_END: none. */
ALM_MUST_USE static inline alm_status alm_frontier_robots_get(alm_frontier *f, alm_str origin, alm_frontier_robots *out,
                                                              alm_err *err) {
    return f->vtable->robots_get(f, origin, out, err);
}
ALM_MUST_USE static inline alm_status alm_frontier_robots_put(alm_frontier *f, alm_str origin,
                                                              const alm_frontier_robots *robots, alm_err *err) {
    return f->vtable->robots_put(f, origin, robots, err);
}
/** Record that archive file @p name holds @p length bytes that belong to results; *number names it in visits. */
ALM_MUST_USE static inline alm_status alm_frontier_archive_put(alm_frontier *f, alm_str name, uint64_t length,
                                                               int64_t *number, alm_err *err) {
    return f->vtable->archive_put(f, name, length, number, err);
}
/** ALM_END: no such archive was ever committed. */
ALM_MUST_USE static inline alm_status alm_frontier_archive_get(alm_frontier *f, alm_str name, uint64_t *length,
                                                               alm_err *err) {
    return f->vtable->archive_get(f, name, length, err);
}
/** Archive @p name lost all after @p length (a power cut): URLs whose answers lay there are queued again. */
ALM_MUST_USE static inline alm_status alm_frontier_archive_cut(alm_frontier *f, alm_str name, uint64_t length,
                                                               uint64_t *requeued, alm_err *err) {
    return f->vtable->archive_cut(f, name, length, requeued, err);
}
ALM_MUST_USE static inline alm_status alm_frontier_commit(alm_frontier *f, alm_err *err) {
    return f->vtable->commit(f, err);
}
ALM_MUST_USE static inline alm_status alm_frontier_count(alm_frontier *f, alm_frontier_stats *out, alm_err *err) {
    return f->vtable->stats(f, out, err);
}
ALM_MUST_USE static inline alm_status alm_frontier_list(alm_frontier *f, const alm_frontier_filter *filter,
                                                        alm_frontier_row_fn fn, void *context, alm_err *err) {
    return f->vtable->list(f, filter, fn, context, err);
}
/**
 * Tell @p fn the members of every cluster of two pages and more, cluster by cluster. The first member is the origin:
 * no page with the marks of a mirror, or whose canonical URL is on another host; before all the one whose site others
 * name as their source, and pages that name their own site before pages that name another; then the earliest published;
 * of one day the one on an official domain, then the one nearest to a seed, for a site's own news stand closer to its
 * front page than reposts do; then the one that was known first.
 */
ALM_MUST_USE static inline alm_status alm_frontier_clusters(alm_frontier *f, alm_frontier_member_fn fn, void *context,
                                                            alm_err *err) {
    return f->vtable->clusters(f, fn, context, err);
}
/** Requeue or drop what @p filter selects; not while a crawl has URLs taken. */
ALM_MUST_USE static inline alm_status alm_frontier_set_state(alm_frontier *f, const alm_frontier_filter *filter,
                                                             alm_url_state state, const char *reason, uint64_t *count,
                                                             alm_err *err) {
    return f->vtable->set_state(f, filter, state, reason, count, err);
}

typedef struct alm_frontier_sqlite_options {
    const char *path;
    /**
     * False: a commit survives the end of the process in any way (kill -9, crash); a power cut may undo the last
     * seconds, never more, and never leaves half a result (SQLite WAL with synchronous=NORMAL). True: every commit
     * waits for the disk and survives a power cut as well.
     */
    bool full_sync;
    bool read_only;             /**< for listings beside a running crawl */
    uint64_t max_urls_per_host; /**< 0: no budget; others are dropped with reason "host-budget" */
    uint64_t max_dropped_rows;  /**< dropped URLs a host that are kept one by one; 0: 10000; the rest is counted */
    /** Called before what was committed is moved into the database file: make durable what it refers to. NULL: none. */
    void (*before_checkpoint)(void *context);
    void *context;
} alm_frontier_sqlite_options;

/** @return ALM_OK, ALM_E_STORAGE, ALM_E_NOT_FOUND (read_only and not there), ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_frontier_sqlite_new(alm_frontier **out, const alm_frontier_sqlite_options *options,
                                                alm_err *err);

#endif
