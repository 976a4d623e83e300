#include "crawler/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const alm_politeness polite = {.delay_ms = 1000};

static alm_schedule *fresh(uint32_t address_connections) {
    alm_schedule *s = NULL;
    alm_schedule_options options = {.address_connections = address_connections, .seed = 7};
    assert_int_equal(alm_schedule_new(&s, &options), ALM_OK);
    return s;
}

static alm_schedule_host *awake(alm_schedule *s, int64_t id, const alm_politeness *politeness) {
    alm_schedule_host *host = alm_schedule_host_of(s, id, politeness);
    assert_int_equal(alm_schedule_wake(s, host), ALM_OK);
    return host;
}

static int64_t next_id(alm_schedule *s, int64_t now, int64_t *when) {
    alm_schedule_host *host = NULL;
    int64_t at = 0;
    if (alm_schedule_next(s, now, &host, &at) == ALM_OK) {
        assert_int_equal(alm_schedule_begin(s, host, now), ALM_OK);
        return host->id;
    }
    if (when) *when = at;
    return 0;
}

static bool end(alm_schedule *s, alm_schedule_host *host, int64_t now, int status, int64_t retry_after_ms) {
    alm_outcome outcome = {
        .elapsed_ms = 10, .answered = status != 0, .status = status, .retry_after_ms = retry_after_ms, .address = ""};
    bool rests = false;
    assert_int_equal(alm_schedule_end(s, host, &outcome, now, &rests), ALM_OK);
    return rests;
}

static void one_request_at_a_time_and_a_delay_after_its_end(void **state) {
    (void)state;
    alm_schedule *s = fresh(0);
    alm_schedule_host *host = awake(s, 1, &polite);
    int64_t when = 0;
    assert_int_equal(next_id(s, 0, NULL), 1);
    assert_int_equal(next_id(s, 100000, NULL), 0); /* still under way */
    end(s, host, 5000, 200, -1);
    assert_int_equal(next_id(s, 5999, &when), 0);
    assert_int_equal(when, 6000);
    assert_int_equal(next_id(s, 6000, NULL), 1);
    alm_schedule_free(s);
}

static void the_larger_delay_holds(void **state) {
    (void)state;
    alm_schedule *s = fresh(0);
    alm_politeness adaptive = {.delay_ms = 100, .adaptive = 2.0};
    alm_schedule_host *host = awake(s, 1, &adaptive);
    assert_int_equal(alm_schedule_delay_ms(host), 100);
    host->response_ms = 400;
    assert_int_equal(alm_schedule_delay_ms(host), 800);
    alm_schedule_set_crawl_delay(host, 1500);
    assert_int_equal(alm_schedule_delay_ms(host), 1500);
    host->errors = 3;
    assert_int_equal(alm_schedule_delay_ms(host), 4000);
    alm_schedule_free(s);
}

static void a_slow_host_does_not_hold_up_others(void **state) {
    (void)state;
    alm_schedule *s = fresh(0);
    awake(s, 1, &polite);
    alm_schedule_host *quick = awake(s, 2, &polite);
    assert_int_equal(next_id(s, 0, NULL), 1); /* and never ends */
    for (int64_t now = 0; now < 10000; now += 1000) {
        assert_int_equal(next_id(s, now, NULL), 2);
        end(s, quick, now, 200, -1);
    }
    alm_schedule_free(s);
}

static void overload_doubles_the_rest_up_to_a_day(void **state) {
    (void)state;
    alm_schedule *s = fresh(0);
    alm_schedule_host *host = awake(s, 1, &polite);
    int64_t now = 0, wanted = 60000;
    for (int i = 0; i < 15; i++) {
        assert_int_equal(next_id(s, now, NULL), 1);
        assert_true(end(s, host, now, i % 2 ? 429 : 503, -1));
        int64_t rest = host->next_ms - now;
        assert_true(rest >= wanted && rest <= wanted + wanted / 4);
        now = host->next_ms;
        wanted = wanted * 2 < 86400000 ? wanted * 2 : 86400000;
    }
    assert_int_equal(next_id(s, now, NULL), 1);
    assert_false(end(s, host, now, 200, -1));
    assert_int_equal(host->backoff, 0);
    alm_schedule_free(s);
}

static void retry_after_is_kept(void **state) {
    (void)state;
    alm_schedule *s = fresh(0);
    alm_schedule_host *host = awake(s, 1, &polite);
    assert_int_equal(next_id(s, 0, NULL), 1);
    assert_true(end(s, host, 0, 503, 7000));
    assert_int_equal(host->next_ms, 7000);
    assert_int_equal(next_id(s, 7000, NULL), 1);
    assert_true(end(s, host, 7000, 429, 0)); /* not less than the delay */
    assert_int_equal(host->next_ms, 8000);
    alm_schedule_free(s);
}

static void an_address_has_a_limit_over_its_hosts(void **state) {
    (void)state;
    alm_schedule *s = fresh(2);
    alm_politeness quick = {0};
    alm_schedule_host *hosts[4];
    bool rests;
    alm_outcome outcome = {.answered = true, .status = 200, .retry_after_ms = -1, .address = "192.0.2.1"};
    for (int i = 0; i < 4; i++) {
        hosts[i] = awake(s, i + 1, &quick);
        assert_int_equal(next_id(s, 0, NULL), i + 1);
    }
    for (int i = 0; i < 4; i++) assert_int_equal(alm_schedule_end(s, hosts[i], &outcome, 0, &rests), ALM_OK);
    assert_int_equal(next_id(s, 1, NULL), 1);
    assert_int_equal(next_id(s, 1, NULL), 2);
    assert_int_equal(next_id(s, 1, NULL), 0);
    assert_int_equal(alm_schedule_waiting(s), 2);
    assert_int_equal(alm_schedule_end(s, hosts[0], &outcome, 2, &rests), ALM_OK);
    assert_int_equal(next_id(s, 2, NULL), 3);
    assert_int_equal(next_id(s, 2, NULL), 0);
    alm_schedule_free(s);
}

static void several_connections_where_the_source_says_so(void **state) {
    (void)state;
    alm_schedule *s = fresh(0);
    alm_politeness two = {.connections = 2};
    awake(s, 1, &two);
    assert_int_equal(next_id(s, 0, NULL), 1);
    assert_int_equal(next_id(s, 0, NULL), 1);
    assert_int_equal(next_id(s, 0, NULL), 0);
    alm_schedule_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_request_at_a_time_and_a_delay_after_its_end),
        cmocka_unit_test(the_larger_delay_holds),
        cmocka_unit_test(a_slow_host_does_not_hold_up_others),
        cmocka_unit_test(overload_doubles_the_rest_up_to_a_day),
        cmocka_unit_test(retry_after_is_kept),
        cmocka_unit_test(an_address_has_a_limit_over_its_hosts),
        cmocka_unit_test(several_connections_where_the_source_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
