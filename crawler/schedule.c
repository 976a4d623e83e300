#include "crawler/schedule.h"

#include <stdio.h>

#include "base/alloc.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) alm_malloc(size)
#define uthash_free(ptr, size) alm_free(ptr)
#include <uthash.h>

enum {
    NOWHERE = -1, /* not in the heap */
    ADDRESS_MAX = 46,
    ERROR_FIRST_MS = 1000,
    ERROR_MAX_MS = 300000,
    BACKOFF_FIRST_MS = 60000,
    BACKOFF_MAX_MS = 86400000
};

typedef struct address address;

typedef struct entry {
    alm_schedule_host host; /* first: a host is its entry */
    int64_t at;             /* place in the heap, or NOWHERE */
    uint64_t turn;          /* of equal times, who came first goes first */
    address *address;
    struct entry *next_waiting; /* for its address */
    bool waits_for_address;
    UT_hash_handle hh;
} entry;

struct address {
    char text[ADDRESS_MAX];
    uint32_t active;
    entry *first, *last; /* hosts that would go if the address had room */
    UT_hash_handle hh;
};

struct alm_schedule {
    alm_schedule_options options;
    entry *hosts;
    address *addresses;
    entry **heap;
    size_t count, cap, waiting_for_address;
    uint64_t turns;
};

alm_status alm_schedule_new(alm_schedule **out, const alm_schedule_options *options) {
    alm_schedule *s = alm_calloc(1, sizeof *s);
    if (!s) return ALM_E_NOMEM;
    s->options = *options;
    if (!s->options.address_connections) s->options.address_connections = 4;
    s->options.seed |= 1;
    *out = s;
    return ALM_OK;
}

void alm_schedule_free(alm_schedule *s) {
    if (!s) return;
    entry *e, *next;
    HASH_ITER(hh, s->hosts, e, next) {
        HASH_DEL(s->hosts, e);
        alm_free(e);
    }
    address *a, *next_address;
    HASH_ITER(hh, s->addresses, a, next_address) {
        HASH_DEL(s->addresses, a);
        alm_free(a);
    }
    alm_free(s->heap);
    alm_free(s);
}

/* ---- the heap ---- */

static bool is_before(const entry *a, const entry *b) {
    return a->host.next_ms != b->host.next_ms ? a->host.next_ms < b->host.next_ms : a->turn < b->turn;
}

static void place(alm_schedule *s, entry *e, size_t at) {
    s->heap[at] = e;
    e->at = (int64_t)at;
}

static void sift_up(alm_schedule *s, entry *e, size_t at) {
    while (at > 0 && is_before(e, s->heap[(at - 1) / 2])) {
        place(s, s->heap[(at - 1) / 2], at);
        at = (at - 1) / 2;
    }
    place(s, e, at);
}

static void sift_down(alm_schedule *s, entry *e, size_t at) {
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= s->count) break;
        if (child + 1 < s->count && is_before(s->heap[child + 1], s->heap[child])) child++;
        if (!is_before(s->heap[child], e)) break;
        place(s, s->heap[child], at);
        at = child;
    }
    place(s, e, at);
}

static alm_status push(alm_schedule *s, entry *e) {
    if (e->at != NOWHERE || e->waits_for_address) return ALM_OK;
    void *heap = s->heap;
    alm_status status = alm_grow(&heap, &s->cap, s->count, sizeof *s->heap, SIZE_MAX / sizeof *s->heap);
    s->heap = heap;
    if (status != ALM_OK) return status;
    e->turn = s->turns++;
    sift_up(s, e, s->count++);
    return ALM_OK;
}

static entry *pop(alm_schedule *s) {
    entry *top = s->heap[0], *last = s->heap[--s->count];
    if (s->count) sift_down(s, last, 0);
    top->at = NOWHERE;
    return top;
}

static void remove_from_heap(alm_schedule *s, entry *e) {
    if (e->at == NOWHERE) return;
    size_t at = (size_t)e->at;
    entry *last = s->heap[--s->count];
    e->at = NOWHERE;
    if (last == e) return;
    sift_down(s, last, at);
    sift_up(s, last, (size_t)last->at);
}

/* ---- hosts ---- */

alm_schedule_host *alm_schedule_host_of(alm_schedule *s, int64_t id, const alm_politeness *politeness) {
    entry *e = NULL;
    HASH_FIND(hh, s->hosts, &id, sizeof id, e);
    if (e) return &e->host;
    e = alm_calloc(1, sizeof *e);
    if (!e) return NULL;
    e->host = (alm_schedule_host){.id = id, .politeness = politeness};
    e->at = NOWHERE;
    HASH_ADD(hh, s->hosts, host.id, sizeof e->host.id, e);
    if (!e->hh.tbl) {
        alm_free(e);
        return NULL;
    }
    return &e->host;
}

static int64_t max_of(int64_t a, int64_t b) { return a > b ? a : b; }

static int64_t doubled(int64_t first, uint32_t times, int64_t max) {
    while (times-- > 0 && first < max) first *= 2;
    return first < max ? first : max;
}

int64_t alm_schedule_delay_ms(const alm_schedule_host *host) {
    int64_t delay = max_of(host->politeness->delay_ms, host->crawl_delay_ms);
    delay = max_of(delay, (int64_t)(host->politeness->adaptive * (double)host->response_ms));
    if (host->errors) delay = max_of(delay, doubled(ERROR_FIRST_MS, host->errors - 1, ERROR_MAX_MS));
    return delay;
}

void alm_schedule_set_crawl_delay(alm_schedule_host *host, int64_t delay_ms) {
    host->crawl_delay_ms = delay_ms > 0 ? delay_ms : 0;
}

void alm_schedule_set_ended(alm_schedule_host *host, int64_t ended_ms) { host->ended_ms = ended_ms; }

int64_t alm_schedule_earliest_ms(const alm_schedule_host *host) {
    return host->ended_ms ? host->ended_ms + alm_schedule_delay_ms(host) : 0;
}

void alm_schedule_set_next(alm_schedule_host *host, int64_t next_ms, uint32_t backoff) {
    host->next_ms = max_of(host->next_ms, next_ms);
    host->backoff = backoff;
}

static uint32_t connections_of(const alm_schedule_host *host) {
    return host->politeness->connections ? host->politeness->connections : 1;
}

alm_status alm_schedule_wake(alm_schedule *s, alm_schedule_host *host) {
    return host->active < connections_of(host) ? push(s, (entry *)host) : ALM_OK;
}

/* ---- addresses ---- */

static void wait_for_address(alm_schedule *s, entry *e) {
    address *a = e->address;
    e->waits_for_address = true;
    e->next_waiting = NULL;
    if (a->last)
        a->last->next_waiting = e;
    else
        a->first = e;
    a->last = e;
    s->waiting_for_address++;
}

static alm_status free_address_slot(alm_schedule *s, address *a) {
    a->active--;
    entry *e = a->first;
    if (!e) return ALM_OK;
    a->first = e->next_waiting;
    if (!a->first) a->last = NULL;
    e->waits_for_address = false;
    s->waiting_for_address--;
    return push(s, e);
}

/* Remember where @p e lives. While requests are under way the old address keeps counting them. */
static alm_status move_to_address(alm_schedule *s, entry *e, const char *text) {
    if (!text || !text[0] || e->host.active || (e->address && strcmp(e->address->text, text) == 0)) return ALM_OK;
    address *a = NULL;
    HASH_FIND_STR(s->addresses, text, a);
    if (!a) {
        a = alm_calloc(1, sizeof *a);
        if (!a) return ALM_E_NOMEM;
        snprintf(a->text, sizeof a->text, "%s", text);
        HASH_ADD_STR(s->addresses, text, a);
        if (!a->hh.tbl) {
            alm_free(a);
            return ALM_E_NOMEM;
        }
    }
    e->address = a;
    return ALM_OK;
}

/* ---- turns ---- */

alm_status alm_schedule_next(alm_schedule *s, int64_t now_ms, alm_schedule_host **out, int64_t *next_ms) {
    while (s->count && s->heap[0]->host.next_ms <= now_ms) {
        entry *e = pop(s);
        if (e->address && e->address->active >= s->options.address_connections) {
            wait_for_address(s, e);
            continue;
        }
        *out = &e->host;
        return ALM_OK;
    }
    *next_ms = s->count ? s->heap[0]->host.next_ms : INT64_MAX;
    return ALM_END;
}

alm_status alm_schedule_begin(alm_schedule *s, alm_schedule_host *host, int64_t now_ms) {
    entry *e = (entry *)host;
    host->active++;
    if (e->address) e->address->active++;
    host->next_ms = max_of(host->next_ms, now_ms + alm_schedule_delay_ms(host));
    return alm_schedule_wake(s, host);
}

/* Up to a quarter more, never less: hosts that were told to wait together do not come back together. */
static int64_t with_jitter(alm_schedule *s, int64_t wait_ms) {
    s->options.seed ^= s->options.seed << 13;
    s->options.seed ^= s->options.seed >> 7;
    s->options.seed ^= s->options.seed << 17;
    return wait_ms + (int64_t)(s->options.seed % (uint64_t)(wait_ms / 4 + 1));
}

static int64_t rest_ms(alm_schedule *s, alm_schedule_host *host, const alm_outcome *outcome) {
    const alm_politeness *p = host->politeness;
    if (outcome->retry_after_ms >= 0)
        return outcome->retry_after_ms < ALM_RETRY_AFTER_MAX_MS ? outcome->retry_after_ms : ALM_RETRY_AFTER_MAX_MS;
    int64_t first = p->backoff_first_ms ? p->backoff_first_ms : BACKOFF_FIRST_MS;
    int64_t max = p->backoff_max_ms ? p->backoff_max_ms : BACKOFF_MAX_MS;
    return with_jitter(s, doubled(first, host->backoff - 1, max));
}

alm_status alm_schedule_end(alm_schedule *s, alm_schedule_host *host, const alm_outcome *outcome, int64_t now_ms,
                            bool *rests) {
    entry *e = (entry *)host;
    host->active--;
    host->ended_ms = max_of(host->ended_ms, now_ms);
    alm_status status = e->address ? free_address_slot(s, e->address) : ALM_OK;
    if (status == ALM_OK) status = move_to_address(s, e, outcome->address);
    if (outcome->answered)
        host->response_ms = host->response_ms ? (host->response_ms * 7 + outcome->elapsed_ms) / 8 : outcome->elapsed_ms;
    bool overloaded = outcome->answered && (outcome->status == 429 || outcome->status == 503);
    bool failed = !outcome->answered || (outcome->status >= 500 && !overloaded);
    host->errors = failed ? host->errors + 1 : 0;
    host->backoff = overloaded ? host->backoff + 1 : failed ? host->backoff : 0;
    int64_t wait = alm_schedule_delay_ms(host);
    if (overloaded) wait = max_of(wait, rest_ms(s, host, outcome));
    int64_t next_ms = max_of(host->next_ms, now_ms + wait);
    if (next_ms != host->next_ms && e->at != NOWHERE) remove_from_heap(s, e);
    host->next_ms = next_ms;
    *rests = overloaded;
    return status == ALM_OK ? push(s, e) : status;
}

size_t alm_schedule_waiting(const alm_schedule *s) { return s->count + s->waiting_for_address; }

size_t alm_schedule_resting(const alm_schedule *s, int64_t now_ms) {
    size_t resting = 0;
    for (size_t i = 0; i < s->count; i++) {
        const alm_schedule_host *host = &s->heap[i]->host;
        resting += host->next_ms > now_ms + alm_schedule_delay_ms(host);
    }
    return resting;
}
