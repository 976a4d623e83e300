/** The loop's inside, shared by loop*.c. */
#ifndef ALM_CRAWLER_LOOP_PRIV_H
#define ALM_CRAWLER_LOOP_PRIV_H

#include <pthread.h>

#include "crawler/loop.h"
#include "crawler/robots.h"
#include "crawler/transfer.h"
#include "crawler/traps.h"

typedef struct origin origin;
typedef struct slot slot;
typedef struct stored_cookies stored_cookies;

/** What the loop keeps of a host beside its place in the schedule (alm_schedule_host.user). */
typedef struct host_state {
    alm_schedule_host *host;
    alm_frontier_entry *held; /**< taken, and waiting for robots.txt */
    CURLSH *cookies;
    uint32_t requests; /**< since the loop began */
    char *name;
    alm_loop_host counts;
    bool robots_active, parked;
    struct host_state *next; /**< all of them */
} host_state;

typedef enum robots_state {
    ROBOTS_UNKNOWN, /**< to be fetched */
    ROBOTS_READY,
    ROBOTS_RESTING, /**< could not be fetched; again at retry_ms */
    ROBOTS_LOST     /**< could not be fetched for as often as the source tries */
} robots_state;

/** One connection's worth of work. Idle ones wait in a list, with their easy handle. */
struct slot {
    slot *next;  /**< idle or active */
    slot **back; /**< active: what points here */
    alm_transfer transfer;
    bool ready; /**< transfer is set up for source */
    alm_source *source;
    host_state *host;
    origin *robots;        /**< a robots.txt is being fetched; else a page */
    alm_fetched *page;     /**< of a page */
    alm_response response; /**< of a robots.txt */
    alm_buf request;
    struct curl_slist *fields, *connect_to;
    alm_err why; /**< of a transfer that failed */
    int64_t started_ms;
};

struct alm_loop {
    alm_loop_options options;
    alm_str token;
    CURLM *multi;
    alm_schedule *schedule;
    alm_traps *traps;
    slot *idle, *active;
    alm_body_budget bodies;
    host_state *hosts;
    stored_cookies *stored_cookies; /* of hosts that were not asked yet */
    int64_t next_cookies_ms;
    origin *origins;
    size_t origin_count;
    alm_loop_stats stats;
    alm_arena scratch; /**< reset for every URL that is parsed */
    int64_t deadline_ms, next_promote_ms, next_progress_ms;
    int64_t first_uncommitted_ms; /**< 0: nothing waits for a commit */
    uint32_t uncommitted;
    alm_warc_encoder *encoder; /**< made by the first robots.txt that is archived */
    alm_str archive_name;
    int64_t archive_number;
    pthread_mutex_t lock;       /**< of delivered */
    alm_page_result *delivered; /**< newest first */
};

/* loop_fetch.c */
ALM_MUST_USE alm_status loop_start_page(alm_loop *loop, host_state *hs, alm_source *source, alm_frontier_entry *entry,
                                        const alm_url *url, alm_err *err);
ALM_MUST_USE alm_status loop_start_robots(alm_loop *loop, host_state *hs, alm_source *source, origin *robots,
                                          const char *url, alm_err *err);
/** Take what libcurl has finished. */
ALM_MUST_USE alm_status loop_finish_transfers(alm_loop *loop, alm_err *err);
/** Let transfers go on that waited for memory, where there is some again. */
void loop_resume_paused(alm_loop *loop);
void loop_free_slots(alm_loop *loop);

/* loop_cookies.c */
ALM_MUST_USE alm_status loop_load_cookies(alm_loop *loop, alm_err *err);
/** Let @p easy, which is about to fetch @p url, use its host's cookies. */
ALM_MUST_USE alm_status loop_set_cookies(alm_loop *loop, host_state *hs, const alm_url *url, CURL *easy, alm_err *err);
/** Write those that outlive the run; now and then, and @p at_end. A file that cannot be written is warned of. */
void loop_save_cookies(alm_loop *loop, bool at_end);
void loop_free_cookies(alm_loop *loop);

/* loop_robots.c */
/** What is known of the robots.txt of @p url's origin; NULL out of memory. */
ALM_MUST_USE alm_status loop_robots_of(alm_loop *loop, const alm_url *url, origin **out, alm_err *err);
robots_state loop_robots_state(alm_loop *loop, origin *robots, int64_t now_ms, int64_t *retry_ms);
bool loop_robots_allows(const origin *robots, const alm_url *url);
int64_t loop_robots_delay_ms(const origin *robots);
/** The URL to fetch it from: its own, or where the last answer led. */
const char *loop_robots_url(const origin *robots);
ALM_MUST_USE alm_status loop_robots_finished(alm_loop *loop, slot *s, alm_status status, const alm_outcome *outcome,
                                             alm_err *err);
void loop_free_robots(alm_loop *loop);

/* loop_result.c */
/** An answer that holds no page (429, 5xx), or none at all. */
ALM_MUST_USE alm_status loop_page_failed(alm_loop *loop, alm_fetched *page, alm_status status,
                                         const alm_outcome *outcome, alm_err *err);
ALM_MUST_USE alm_status loop_apply_delivered(alm_loop *loop, alm_err *err);
ALM_MUST_USE alm_status loop_drop_taken(alm_loop *loop, alm_frontier_entry *entry, const char *reason, alm_err *err);
/** Make @p url known, found by @p source. @p via may be NULL: a seed. */
ALM_MUST_USE alm_status loop_add_url(alm_loop *loop, alm_source *source, const alm_page_link *link,
                                     const alm_frontier_entry *via, alm_err *err);
/** Append @p block to the archive, where there is one; *offset is where it begins. */
ALM_MUST_USE alm_status loop_archive(alm_loop *loop, const alm_warc_block *block, uint64_t *offset, alm_err *err);
ALM_MUST_USE alm_status loop_commit(alm_loop *loop, alm_err *err);

/* loop.c */
alm_source *loop_source(alm_loop *loop, uint32_t number);
ALM_MUST_USE alm_status loop_wake(alm_loop *loop, int64_t host, alm_source *source, alm_err *err);
/** Something is to be committed: within options.commit_ms, or before the loop waits again. */
void loop_changed(alm_loop *loop);
void loop_commit_soon(alm_loop *loop);
void loop_warn(alm_loop *loop, const char *format, ...) ALM_PRINTF(2, 3);
/** Is @p url's host an address that our guard would refuse? Asked where a proxy hides all addresses from it. */
bool loop_proxy_refuses(const alm_source *source, const alm_url *url);
int64_t loop_now(const alm_loop *loop);

#endif
