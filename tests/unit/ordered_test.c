#include "pipeline/ordered.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

/* Items are numbers from 1; working on one takes a while that depends on it, so that they finish out of order. */
typedef struct counts {
    int item_count, fail_take_at, fail_give_at, fail_start_at;
    int taken, given, dropped, started, ended;
    pthread_mutex_t lock;
} counts;

typedef struct item {
    int number, result;
} item;

static alm_status start(void *context, void **worker, alm_err *err) {
    counts *c = context;
    pthread_mutex_lock(&c->lock);
    int number = ++c->started;
    pthread_mutex_unlock(&c->lock);
    *worker = c;
    return number == c->fail_start_at ? alm_fail(err, ALM_E_NOMEM, "no worker") : ALM_OK;
}

static void end(void *context, void *worker) {
    counts *c = context;
    assert_ptr_equal(c, worker);
    pthread_mutex_lock(&c->lock);
    c->ended++;
    pthread_mutex_unlock(&c->lock);
}

static alm_status take(void *context, void **out, alm_err *err) {
    counts *c = context;
    if (c->taken == c->item_count) return ALM_END;
    if (c->taken + 1 == c->fail_take_at) return alm_fail(err, ALM_E_IO, "nothing to take");
    item *it = calloc(1, sizeof *it);
    it->number = ++c->taken;
    *out = it;
    return ALM_OK;
}

static void work(void *context, void *worker, void *private) {
    item *it = private;
    struct timespec pause = {0, (it->number * 7919 % 13) * 100000};
    (void)context, (void)worker;
    nanosleep(&pause, NULL);
    it->result = it->number * it->number;
}

static alm_status give(void *context, void *private, alm_err *err) {
    counts *c = context;
    item *it = private;
    int number = it->number;
    c->given++;
    assert_int_equal(number, c->given);
    assert_int_equal(it->result, number * number);
    free(it);
    return number == c->fail_give_at ? alm_fail(err, ALM_E_STORAGE, "nobody takes it") : ALM_OK;
}

static void drop(void *context, void *private) {
    counts *c = context;
    c->dropped++;
    free(private);
}

static alm_status run(counts *c, unsigned workers, alm_err *err) {
    alm_ordered_tasks tasks = {c, start, end, take, work, give, drop};
    pthread_mutex_init(&c->lock, NULL);
    alm_status status = alm_ordered_run(&tasks, workers, err);
    pthread_mutex_destroy(&c->lock);
    assert_int_equal(c->taken, c->given + c->dropped);
    return status;
}

static const unsigned worker_counts[] = {1, 2, 3, 16};
enum { WORKER_COUNTS = sizeof worker_counts / sizeof worker_counts[0] };

static void keeps_the_order(void **state) {
    (void)state;
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        for (int items = 0; items <= 200; items = items * 3 + 1) {
            counts c = {.item_count = items};
            assert_int_equal(run(&c, worker_counts[i], NULL), ALM_OK);
            assert_int_equal(c.given, items);
            assert_int_equal(c.started, worker_counts[i]);
            assert_int_equal(c.ended, worker_counts[i]);
        }
    }
}

static void stops_where_giving_fails(void **state) {
    (void)state;
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        counts c = {.item_count = 100, .fail_give_at = 20};
        alm_err err = {0};
        assert_int_equal(run(&c, worker_counts[i], &err), ALM_E_STORAGE);
        assert_string_equal(err.message, "nobody takes it");
        assert_int_equal(c.given, 20);
    }
}

static void stops_where_taking_fails(void **state) {
    (void)state;
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        counts c = {.item_count = 100, .fail_take_at = 50};
        alm_err err = {0};
        assert_int_equal(run(&c, worker_counts[i], &err), ALM_E_IO);
        assert_string_equal(err.message, "nothing to take");
    }
}

static void stops_where_a_worker_does_not_start(void **state) {
    (void)state;
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        counts c = {.item_count = 100, .fail_start_at = 1};
        alm_err err = {0};
        assert_int_equal(run(&c, worker_counts[i], &err), ALM_E_NOMEM);
        assert_string_equal(err.message, "no worker");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order),
        cmocka_unit_test(stops_where_giving_fails),
        cmocka_unit_test(stops_where_taking_fails),
        cmocka_unit_test(stops_where_a_worker_does_not_start),
    };
    return cmocka_run_group_tests_name("ordered", tests, NULL, NULL);
}
