#include "pipeline/ordered.h"

#include <pthread.h>

#include "base/alloc.h"

enum { WINDOW_PER_WORKER = 4 };

typedef struct slot {
    void *item;
    bool done;
} slot;

/* A ring of slots: [given, taken) is under way or done and waiting. One lock guards all of it but `tasks`. */
typedef struct run {
    const alm_ordered_tasks *tasks;
    pthread_mutex_t lock;
    pthread_cond_t room, ready; /* a slot became free; the oldest item was done, or nobody will come any more */
    slot *slots;
    size_t window;
    uint64_t taken, given;
    unsigned alive;
    bool ended; /* nothing more to take, or the run was stopped */
    alm_status status;
    alm_err err;
} run;

static void stop(run *r, alm_status status, const alm_err *err) {
    if (r->status == ALM_OK && status != ALM_OK) {
        r->status = status;
        r->err = *err;
    }
    r->ended = true;
    pthread_cond_broadcast(&r->room);
    pthread_cond_broadcast(&r->ready);
}

/* Take an item into the slot of *number; false where the run is over. Called and left with the lock held. */
static bool take(run *r, uint64_t *number) {
    while (!r->ended && r->taken - r->given == r->window) pthread_cond_wait(&r->room, &r->lock);
    if (r->ended) return false;
    void *item = NULL;
    alm_err err = {0};
    alm_status status = r->tasks->take(r->tasks->context, &item, &err);
    if (status != ALM_OK) {
        stop(r, status == ALM_END ? ALM_OK : status, &err);
        return false;
    }
    *number = r->taken++;
    r->slots[*number % r->window] = (slot){.item = item};
    return true;
}

static void work_on(run *r, void *worker) {
    uint64_t number;
    pthread_mutex_lock(&r->lock);
    while (take(r, &number)) {
        void *item = r->slots[number % r->window].item;
        pthread_mutex_unlock(&r->lock);
        r->tasks->work(r->tasks->context, worker, item);
        pthread_mutex_lock(&r->lock);
        r->slots[number % r->window].done = true;
        if (number == r->given) pthread_cond_signal(&r->ready);
    }
    pthread_mutex_unlock(&r->lock);
}

static void *worker_main(void *context) {
    run *r = context;
    void *worker = NULL;
    alm_err err = {0};
    alm_status status = r->tasks->worker_start(r->tasks->context, &worker, &err);
    if (status == ALM_OK) {
        work_on(r, worker);
        r->tasks->worker_end(r->tasks->context, worker);
    }
    pthread_mutex_lock(&r->lock);
    if (status != ALM_OK) stop(r, status, &err);
    r->alive--;
    pthread_cond_broadcast(&r->ready);
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* Hand on what is done, in order, until nothing is left and nobody works. Called and left with the lock held. */
static void give_all(run *r) {
    for (;;) {
        slot *next = &r->slots[r->given % r->window];
        bool is_done = r->given < r->taken && next->done;
        if (!is_done && r->alive == 0) return;
        if (!is_done || r->status != ALM_OK) {
            if (r->alive == 0) return;
            pthread_cond_wait(&r->ready, &r->lock);
            continue;
        }
        void *item = next->item;
        pthread_mutex_unlock(&r->lock);
        alm_err err = {0};
        alm_status status = r->tasks->give(r->tasks->context, item, &err);
        pthread_mutex_lock(&r->lock);
        r->given++;
        if (status != ALM_OK) stop(r, status, &err);
        pthread_cond_signal(&r->room);
    }
}

static alm_status run_threads(run *r, pthread_t *threads, unsigned count) {
    unsigned started = 0;
    pthread_mutex_lock(&r->lock);
    for (; started < count; started++, r->alive++)
        if (pthread_create(&threads[started], NULL, worker_main, r) != 0) break;
    if (started == 0) alm_fail(&r->err, r->status = ALM_E_IO, "no thread could be started");
    give_all(r);
    pthread_mutex_unlock(&r->lock);
    for (unsigned i = 0; i < started; i++) pthread_join(threads[i], NULL);
    for (uint64_t i = r->given; i < r->taken; i++) r->tasks->drop(r->tasks->context, r->slots[i % r->window].item);
    return r->status;
}

static alm_status run_here(const alm_ordered_tasks *tasks, alm_err *err) {
    void *worker = NULL, *item = NULL;
    alm_status status = tasks->worker_start(tasks->context, &worker, err);
    if (status != ALM_OK) return status;
    while ((status = tasks->take(tasks->context, &item, err)) == ALM_OK) {
        tasks->work(tasks->context, worker, item);
        status = tasks->give(tasks->context, item, err);
        if (status != ALM_OK) break;
    }
    tasks->worker_end(tasks->context, worker);
    return status == ALM_END ? ALM_OK : status;
}

alm_status alm_ordered_run(const alm_ordered_tasks *tasks, unsigned worker_count, alm_err *err) {
    if (worker_count <= 1) return run_here(tasks, err);
    if (worker_count > ALM_ORDERED_MAX_WORKERS) worker_count = ALM_ORDERED_MAX_WORKERS;
    run r = {.tasks = tasks,
             .lock = PTHREAD_MUTEX_INITIALIZER,
             .room = PTHREAD_COND_INITIALIZER,
             .ready = PTHREAD_COND_INITIALIZER,
             .window = (size_t)worker_count * WINDOW_PER_WORKER};
    alm_status status = ALM_E_NOMEM;
    pthread_t *threads = alm_calloc(worker_count, sizeof *threads);
    r.slots = alm_calloc(r.window, sizeof *r.slots);
    if (threads && r.slots) status = run_threads(&r, threads, worker_count);
    if (status != ALM_OK) {
        if (r.err.code != ALM_OK && err && err->code == ALM_OK) *err = r.err;
        alm_fail(err, status, status == ALM_E_NOMEM ? "out of memory" : "stopped");
    }
    alm_free(threads);
    alm_free(r.slots);
    pthread_mutex_destroy(&r.lock);
    pthread_cond_destroy(&r.room);
    pthread_cond_destroy(&r.ready);
    return status;
}
