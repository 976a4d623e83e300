/**
 * The crawl itself: one event loop that holds all connections, asks each host as its schedule allows, and hands every
 * answer to a page handler. It never parses HTML and knows nothing of donations.
 *
 *     frontier -> schedule -> connections -> handler (other threads) -> archive, sink, frontier
 *
 * What the handler gives back is stored in groups: archive bytes first, then the handler's own records, then the
 * frontier with the archive's length. A crash between any two of them is undone or repeated at the next start.
 */
#ifndef ALM_CRAWLER_LOOP_H
#define ALM_CRAWLER_LOOP_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "crawler/clock.h"
#include "crawler/fetch.h"
#include "crawler/frontier.h"
#include "crawler/sources.h"
#include "crawler/url.h"
#include "crawler/warc_write.h"

/** An answer. Owned by whom it was handed to; goes back inside an alm_page_result. */
typedef struct alm_fetched {
    alm_frontier_entry *entry;
    alm_source *source;
    alm_response response; /**< the body as it came: alm_response_decode is the handler's to call */
    size_t held;           /**< of the loop's memory for bodies, until the result is there */
    alm_buf request;       /**< head as it was sent */
    int64_t started_ms;
} alm_fetched;

/** NULL allowed. */
void alm_fetched_free(alm_fetched *page);

typedef struct alm_page_link {
    alm_url url; /**< canonical */
    alm_url_kind kind;
    bool is_redirect; /**< of the page itself: same depth, one hop more */
    bool is_paging;   /**< another page of the same list: same depth */
} alm_page_link;

/** What the handler made of an answer. Heap; the loop frees it with alm_page_result_free after handler->release. */
typedef struct alm_page_result {
    struct alm_page_result *next; /**< the loop's */
    alm_fetched *page;
    alm_arena arena; /**< of links */
    const alm_page_link *links;
    size_t link_count;
    alm_warc_block block; /**< empty: not archived */
    const char *failure;  /**< static text: the answer holds no page after all ("broken-coding"); NULL */
    bool has_sha256, unchanged, is_list;
    bool is_other; /**< neither page nor, where the source does not want them, attachment: done with, never again */
    uint8_t sha256[ALM_SHA256_LEN];
    uint64_t simhash;
    char published[11];        /**< "YYYY-MM-DD" or "" */
    alm_provenance provenance; /**< its texts in arena */
    uint32_t records;
    void *payload; /**< the handler's: what store will write */
} alm_page_result;

/** NULL out of memory. Takes @p page on success. */
alm_page_result *alm_page_result_new(alm_fetched *page, size_t max_arena);
void alm_page_result_free(alm_page_result *result);

/** The pages' readers. `submit` may hand over to other threads, which call alm_loop_deliver; the rest is called in the
 * loop's thread. */
typedef struct alm_page_handler {
    void *context;
    /** Takes @p page. Must not block for long: the loop never has more than options.max_pending under way. */
    alm_status (*submit)(void *context, alm_fetched *page, alm_err *err);
    /** Write what @p result holds; it becomes durable at commit. Storing the same again changes nothing. */
    alm_status (*store)(void *context, alm_page_result *result, alm_err *err);
    alm_status (*commit)(void *context, alm_err *err);
    /** Free result->payload. */
    void (*release)(void *context, alm_page_result *result);
} alm_page_handler;

/** Counts of this run. */
typedef struct alm_loop_stats {
    uint64_t pages;                       /**< answers that were stored, of any status */
    uint64_t ok, not_modified, redirects; /**< 2xx, 304, other 3xx */
    uint64_t gone, client_errors;         /**< 404 and 410; other 4xx */
    uint64_t overloaded, server_errors;   /**< 429 and 503; other 5xx */
    uint64_t network_errors, refused;     /**< no answer; our own guard */
    uint64_t robots_fetched, disallowed;  /**< robots.txt files; URLs they forbid */
    uint64_t retries, failed, dropped;    /**< put off; given up; found and not taken up */
    uint64_t found, records, bytes, unchanged;
    uint64_t others; /**< answers that hold no page: pictures, documents */
    uint64_t queued; /**< known and not yet fetched, about */
    uint32_t active, pending, waiting_hosts, resting_hosts, parked_hosts;
    int64_t started_ms, now_ms;
    bool limited; /**< a page limit ended it, or a time limit */
} alm_loop_stats;

/** Counts of one host in this run. */
typedef struct alm_loop_host {
    const char *name; /**< borrowed until the loop is freed */
    uint64_t pages, errors, bytes;
    int64_t response_ms; /**< smoothed */
} alm_loop_host;

enum { ALM_LOOP_RUN, ALM_LOOP_DRAIN, ALM_LOOP_STOP };

typedef struct alm_loop_options {
    alm_frontier *frontier;
    alm_sources *sources;
    const alm_clock *clock; /**< NULL: the system's */
    alm_page_handler handler;
    alm_warc_writer *archive;     /**< NULL: none */
    int archive_level;            /**< of gzip, for what the loop archives itself: robots.txt; 0: the encoder's */
    const char *cookie_file;      /**< cookies that outlive a run; NULL: none do */
    const char *product_token;    /**< for robots.txt; NULL: "almoner" */
    uint32_t max_connections;     /**< 0: 128 */
    uint32_t address_connections; /**< to one network address; 0: 4 */
    uint32_t max_pending;         /**< answers with the handler at once; 0: 64 */
    size_t max_body_memory;       /**< bodies of all answers that are under way, about; 0: 128 MiB */
    uint64_t max_pages;           /**< 0: no limit */
    int64_t max_time_ms;          /**< 0: no limit */
    int64_t wait_ms;              /**< hosts that rest for longer are left for another run; 0: ten minutes */
    int64_t commit_ms;            /**< a result is durable after this time at the latest; 0: 100 */
    uint64_t seed;                /**< of jitter */
    const _Atomic int *stop;      /**< ALM_LOOP_DRAIN: begin nothing new; ALM_LOOP_STOP: end at once; NULL */
    void (*progress)(void *context, const alm_loop_stats *stats); /**< a few times a second; NULL */
    void (*warn)(void *context, const char *message);             /**< one line for people; NULL */
    void *context;
} alm_loop_options;

typedef struct alm_loop alm_loop;

ALM_MUST_USE alm_status alm_loop_new(alm_loop **out, const alm_loop_options *options, alm_err *err);
void alm_loop_free(alm_loop *loop);
/** Make the seeds, sitemaps and feeds that the sources name known. */
ALM_MUST_USE alm_status alm_loop_add_seeds(alm_loop *loop, alm_err *err);
/**
 * Crawl until nothing is left that may be fetched soon, a limit is reached, or it is told to stop.
 *
 * @return ALM_OK, ALM_E_STORAGE (frontier, archive or sink; what was committed stays), ALM_E_NOMEM, ALM_E_INTERNAL.
 */
ALM_MUST_USE alm_status alm_loop_run(alm_loop *loop, alm_err *err);
/** Give a result back, from any thread. */
void alm_loop_deliver(alm_loop *loop, alm_page_result *result);
const alm_loop_stats *alm_loop_count(alm_loop *loop);
/** Tell @p fn every host that was asked something, in no order. */
void alm_loop_each_host(const alm_loop *loop, void (*fn)(void *context, const alm_loop_host *host), void *context);

#endif
