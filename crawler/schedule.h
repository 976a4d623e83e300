/**
 * Whose turn it is: one place a host in a heap ordered by the time when it may be asked again.
 *
 * A host is asked over one connection at a time (more where its source says so), never before its delay has passed
 * since the last answer ended, and rests when it asks for that. A network address that serves many hosts has a limit
 * of its own. No network here, and no time but what is passed in.
 */
#ifndef ALM_CRAWLER_SCHEDULE_H
#define ALM_CRAWLER_SCHEDULE_H

#include "base/base.h"

/** How a host is treated; one a source. */
typedef struct alm_politeness {
    int64_t delay_ms;         /**< at least, from the end of one answer to the next request */
    double adaptive;          /**< times the smoothed response time: a slow server is asked less; 0: off */
    uint32_t connections;     /**< at once; 0: 1 */
    int64_t backoff_first_ms; /**< first rest after 429 or 503 without Retry-After; doubles; 0: 60 s */
    int64_t backoff_max_ms;   /**< 0: a day. Retry-After may ask for more, up to ALM_RETRY_AFTER_MAX_MS */
} alm_politeness;

#define ALM_RETRY_AFTER_MAX_MS ((int64_t)30 * 24 * 3600 * 1000)

typedef struct alm_schedule alm_schedule;

/** A host as the schedule sees it; all fields are read-only to others but `user`. */
typedef struct alm_schedule_host {
    int64_t id;
    int64_t next_ms;  /**< not asked before */
    int64_t ended_ms; /**< when its last answer ended; 0: never asked */
    const alm_politeness *politeness;
    int64_t crawl_delay_ms; /**< of robots.txt; 0: none */
    int64_t response_ms;    /**< smoothed */
    uint32_t active;        /**< requests under way */
    uint32_t backoff;       /**< 429 and 503 in a row */
    uint32_t errors;        /**< failures in a row */
    void *user;
} alm_schedule_host;

typedef struct alm_schedule_options {
    uint32_t address_connections; /**< at once to one network address, all hosts together; 0: 4 */
    uint64_t seed;                /**< of the jitter */
} alm_schedule_options;

/** How a request ended. */
typedef struct alm_outcome {
    int64_t elapsed_ms;
    bool answered;
    int status;             /**< HTTP */
    int64_t retry_after_ms; /**< -1: not given */
    const char *address;    /**< of the server, as text; "" unknown */
} alm_outcome;

ALM_MUST_USE alm_status alm_schedule_new(alm_schedule **out, const alm_schedule_options *options);
void alm_schedule_free(alm_schedule *schedule);

/** The host numbered @p id, made where it is new; it has no work then. NULL out of memory. Lives as long as the
 * schedule. */
alm_schedule_host *alm_schedule_host_of(alm_schedule *schedule, int64_t id, const alm_politeness *politeness);
/** The delay that holds now: the largest of configured, Crawl-delay, adaptive and error term. */
int64_t alm_schedule_delay_ms(const alm_schedule_host *host);
void alm_schedule_set_crawl_delay(alm_schedule_host *host, int64_t delay_ms);
/** Its last answer may have ended as late as @p ended_ms (in an earlier run). */
void alm_schedule_set_ended(alm_schedule_host *host, int64_t ended_ms);
/** When its delay, as it is now, will have passed since its last answer. */
int64_t alm_schedule_earliest_ms(const alm_schedule_host *host);
/** Not before @p next_ms (a rest remembered from an earlier run). Only while the host has no work. */
void alm_schedule_set_next(alm_schedule_host *host, int64_t next_ms, uint32_t backoff);

/** @p host has something to be fetched. ALM_OK, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_schedule_wake(alm_schedule *schedule, alm_schedule_host *host);
/**
 * The next host that may be asked at @p now_ms; it leaves the line. The caller then begins a request, or lets it be
 * when there is nothing to fetch after all, or wakes it again.
 *
 * @return ALM_OK; ALM_END: nobody yet, *next_ms tells when to ask again (INT64_MAX: nobody waits for time alone).
 */
alm_status alm_schedule_next(alm_schedule *schedule, int64_t now_ms, alm_schedule_host **out, int64_t *next_ms);
/** A request to @p host begins. Where it may have more at once, it stands in line again, its delay from now. */
ALM_MUST_USE alm_status alm_schedule_begin(alm_schedule *schedule, alm_schedule_host *host, int64_t now_ms);
/** It ended. The host stands in line again; *rests: it asked to be left alone (429, 503, Retry-After). */
ALM_MUST_USE alm_status alm_schedule_end(alm_schedule *schedule, alm_schedule_host *host, const alm_outcome *outcome,
                                         int64_t now_ms, bool *rests);

/** Hosts in line, and those of them that rest for longer than their delay. */
size_t alm_schedule_waiting(const alm_schedule *schedule);
size_t alm_schedule_resting(const alm_schedule *schedule, int64_t now_ms);

#endif
