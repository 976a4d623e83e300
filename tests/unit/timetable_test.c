#include "timetable/timetable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

static alm_zone *zone(const char *name) {
    alm_zone *z = NULL;
    alm_err err = {0};
    if (alm_zone_new(&z, alm_str_of(name), &err) != ALM_OK) fail_msg("%s: %s", name, err.message);
    return z;
}

/* "2026-03-29 01:30" as if it were UTC. */
static int64_t stamp(const char *text) {
    struct tm tm = {0};
    assert_int_equal(sscanf(text, "%d-%d-%d %d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min), 5);
    tm.tm_year -= 1900;
    tm.tm_mon--;
    return (int64_t)timegm(&tm);
}

static const char *utc(int64_t at) {
    static char text[64];
    time_t seconds = (time_t)at;
    struct tm tm;
    if (at == INT64_MAX) return "never";
    gmtime_r(&seconds, &tm);
    snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
             tm.tm_min);
    return text;
}

/* The table of a zone says what the C library says, to the second, around every change of ten years. */
static void zones_agree_with_the_c_library(void **state) {
    (void)state;
    static const char *const names[] = {"Asia/Shanghai",       "Europe/Berlin", "America/New_York",
                                        "Australia/Lord_Howe", "Asia/Kolkata",  "Africa/Casablanca",
                                        "America/Sao_Paulo",   "Pacific/Apia",  "UTC"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        alm_zone *z = zone(names[i]);
        char value[64];
        snprintf(value, sizeof value, ":%s", names[i]);
        setenv("TZ", value, 1);
        tzset();
        int64_t end = stamp("2028-01-01 00:00");
        for (int64_t at = stamp("2010-01-01 00:00"), before = alm_zone_offset(z, at); at < end; at += 1800) {
            time_t t = (time_t)at;
            struct tm local;
            localtime_r(&t, &local);
            if (alm_zone_offset(z, at) != local.tm_gmtoff) fail_msg("%s at %s", names[i], utc(at));
            if (local.tm_gmtoff != before) { /* a change: just before and after it, too */
                t = (time_t)(at - 1);
                localtime_r(&t, &local);
                assert_int_equal(alm_zone_offset(z, at - 1), local.tm_gmtoff);
            }
            before = alm_zone_offset(z, at);
        }
        unsetenv("TZ");
        tzset();
        alm_zone_free(z);
    }
}

static void reading_a_zone_leaves_the_environment(void **state) {
    (void)state;
    setenv("TZ", "America/New_York", 1);
    alm_zone_free(zone("Asia/Shanghai"));
    assert_string_equal(getenv("TZ"), "America/New_York");
    unsetenv("TZ");
    alm_zone_free(zone("Asia/Shanghai"));
    assert_null(getenv("TZ"));
}

static void next_times(void **state) {
    (void)state;
    static const struct {
        const char *zone, *expression, *after, *next; /* UTC */
    } cases[] = {
        {"UTC", "* * * * *", "2026-03-01 10:00", "2026-03-01 10:01"},
        {"UTC", "*/15 * * * *", "2026-03-01 10:50", "2026-03-01 11:00"},
        {"UTC", "10-30/10,45 * * * *", "2026-03-01 10:30", "2026-03-01 10:45"},
        {"UTC", "0 9-17/4 * * *", "2026-03-01 13:00", "2026-03-01 17:00"},
        {"UTC", "30 3 * * MON-Fri", "2026-03-06 04:00", "2026-03-09 03:30"},
        {"UTC", "0 0 * * 7", "2026-03-02 00:00", "2026-03-08 00:00"},
        {"UTC", "0 0 * * fri-sun", "2026-03-01 01:00", "2026-03-06 00:00"},
        {"UTC", "0 0 31 * *", "2026-03-31 00:00", "2026-05-31 00:00"},
        {"UTC", "0 0 29 2 *", "2026-03-01 00:00", "2028-02-29 00:00"},
        {"UTC", "0 0 13 * fri", "2026-03-01 00:00", "2026-03-06 00:00"},  /* either */
        {"UTC", "0 0 */2 * mon", "2026-03-01 00:00", "2026-03-09 00:00"}, /* both: an asterisk restricts by step */
        {"UTC", "0 12 1 jan,Jul *", "2026-03-01 00:00", "2026-07-01 12:00"},
        {"UTC", "@weekly", "2026-03-03 00:00", "2026-03-08 00:00"},
        {"UTC", "@yearly", "2026-03-03 00:00", "2027-01-01 00:00"},
        {"UTC", "59 23 31 12 *", "2026-12-31 23:58", "2026-12-31 23:59"},
        {"Asia/Shanghai", "@daily", "2026-03-01 00:00", "2026-03-01 16:00"},
        {"Asia/Shanghai", "30 6 * * mon", "2026-03-01 00:00", "2026-03-01 22:30"},
        /* Berlin: 29 March 2026, 02:00 becomes 03:00 at 01:00 UTC */
        {"Europe/Berlin", "30 2 * * *", "2026-03-28 12:00", "2026-03-29 01:00"},
        {"Europe/Berlin", "30 2 * * *", "2026-03-29 01:00", "2026-03-30 00:30"},
        {"Europe/Berlin", "*/15 2 * * *", "2026-03-28 12:00", "2026-03-29 01:00"},
        {"Europe/Berlin", "*/15 2 * * *", "2026-03-29 01:00", "2026-03-30 00:00"},
        {"Europe/Berlin", "0 */2 * * *", "2026-03-28 23:00", "2026-03-29 01:00"},
        {"Europe/Berlin", "30 * * * *", "2026-03-29 00:30", "2026-03-29 01:30"}, /* by the clock */
        /* 25 October 2026, 03:00 becomes 02:00 at 01:00 UTC */
        {"Europe/Berlin", "30 2 * * *", "2026-10-24 12:00", "2026-10-25 00:30"},
        {"Europe/Berlin", "30 2 * * *", "2026-10-25 00:30", "2026-10-26 01:30"},
        {"Europe/Berlin", "30 * * * *", "2026-10-25 00:30", "2026-10-25 01:30"}, /* by the clock: twice 02:30 */
        {"Europe/Berlin", "30 * * * *", "2026-10-25 01:30", "2026-10-25 02:30"},
        {"Europe/Berlin", "0 3 * * *", "2026-10-24 12:00", "2026-10-25 02:00"},
        {"America/New_York", "30 2 8 3 *", "2026-03-01 00:00", "2026-03-08 07:00"},
        {"America/New_York", "30 1 * * *", "2026-11-01 04:00", "2026-11-01 05:30"},
        {"America/New_York", "30 1 * * *", "2026-11-01 05:30", "2026-11-02 06:30"},
        {"Australia/Lord_Howe", "15 2 * * *", "2026-10-03 00:00", "2026-10-03 15:30"}, /* half an hour */
        {"Pacific/Apia", "0 12 30 12 *", "2011-12-29 00:00", "2011-12-30 10:00"},      /* a day that never was */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_zone *z = zone(cases[i].zone);
        alm_cron cron;
        alm_err err = {0};
        if (alm_cron_parse(&cron, alm_str_of(cases[i].expression), &err) != ALM_OK) fail_msg("%s", err.message);
        int64_t next = alm_cron_next(&cron, z, stamp(cases[i].after));
        if (next != stamp(cases[i].next))
            fail_msg("%s %s after %s: %s, not %s", cases[i].zone, cases[i].expression, cases[i].after, utc(next),
                     cases[i].next);
        alm_zone_free(z);
    }
}

static void wrong_expressions_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {{"", "found 0"},
                 {"* * * *", "found 4"},
                 {"* * * * * *", "found 6"},
                 {"60 * * * *", "minute '60': no such value"},
                 {"* 24 * * *", "hour '24'"},
                 {"* * 0 * *", "day of month '0'"},
                 {"* * * 13 *", "month '13'"},
                 {"* * * foo *", "month 'foo'"},
                 {"* * * * 8", "day of week '8'"},
                 {"5/10 * * * *", "a step goes with * or a range"},
                 {"*/0 * * * *", "no such step"},
                 {"30-10 * * * *", "a range goes upwards"},
                 {"1, * * * *", "minute ''"},
                 {"1;2 * * * *", "expected *, a value or a range"},
                 {"* * * janfeb *", "expected *, a value or a range"},
                 {"0 0 31 2,4 *", "never comes"},
                 {"@reboot", "expected @hourly"},
                 {"every", "found 1"},
                 {"every 0h", "expected an interval"},
                 {"every 2 weeks", "expected an interval"},
                 {"every 400d", "expected an interval"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_timetable table = {0};
        alm_err err = {0};
        assert_int_equal(alm_timetable_parse(&table, alm_str_of(cases[i].text), &err), ALM_E_PARSE);
        if (!strstr(err.message, cases[i].message)) fail_msg("'%s': %s", cases[i].text, err.message);
    }
}

/* Brute force: a month of minutes, each judged by its wall clock, against what alm_cron_next counts out. */
static void a_year_of_minutes_agrees(void **state) {
    (void)state;
    static const char *const expressions[] = {"*/7 * * * *", "13 * * * 1-5", "0 0,12 1-7,20 * *"};
    alm_zone *z = zone("Asia/Shanghai");
    for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
        alm_cron cron;
        assert_int_equal(alm_cron_parse(&cron, alm_str_of(expressions[i]), NULL), ALM_OK);
        int64_t at = stamp("2026-01-01 00:00"), end = at + 365 * 86400, next = alm_cron_next(&cron, z, at);
        while ((at += 60) < end) {
            struct tm t = alm_zone_local(z, at);
            bool day = cron.days >> t.tm_mday & 1, weekday = cron.weekdays >> t.tm_wday & 1;
            bool due = (cron.minutes >> t.tm_min & 1) && (cron.hours >> t.tm_hour & 1) &&
                       (cron.months >> (t.tm_mon + 1) & 1) && day && weekday;
            if (due != (next == at)) fail_msg("%s at %s", expressions[i], utc(at));
            if (due) next = alm_cron_next(&cron, z, at);
        }
    }
    alm_zone_free(z);
}

static void blackout_hours(void **state) {
    (void)state;
    static const struct {
        const char *zone, *window, *at, *open, *closed; /* UTC */
    } cases[] = {
        {"UTC", "08:00-18:00", "2026-03-02 07:59", "2026-03-02 07:59", "2026-03-02 08:00"},
        {"UTC", "08:00-18:00", "2026-03-02 08:00", "2026-03-02 18:00", "2026-03-02 08:00"},
        {"UTC", "08:00-18:00", "2026-03-02 18:00", "2026-03-02 18:00", "2026-03-03 08:00"},
        {"UTC", "22:00-06:00", "2026-03-02 23:00", "2026-03-03 06:00", "2026-03-02 23:00"},
        {"UTC", "fri 22:00-06:00", "2026-03-07 05:00", "2026-03-07 06:00", "2026-03-07 05:00"},
        {"UTC", "fri 22:00-06:00", "2026-03-06 05:00", "2026-03-06 05:00", "2026-03-06 22:00"},
        {"UTC", "sat,sun", "2026-03-07 05:00", "2026-03-09 00:00", "2026-03-07 05:00"},
        {"UTC", "mon 00:00-24:00", "2026-03-01 23:00", "2026-03-01 23:00", "2026-03-02 00:00"},
        {"Asia/Shanghai", "mon-fri 08:00-18:00", "2026-03-02 02:00", "2026-03-02 10:00", "2026-03-02 02:00"},
        {"Europe/Berlin", "01:30-02:30", "2026-03-29 00:45", "2026-03-29 01:00", "2026-03-29 00:45"}, /* the gap */
        {"Europe/Berlin", "02:15-02:45", "2026-10-25 00:50", "2026-10-25 00:50", "2026-10-25 01:15"}, /* once more */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alm_zone *z = zone(cases[i].zone);
        alm_blackout window;
        alm_err err = {0};
        if (alm_blackout_parse(&window, alm_str_of(cases[i].window), &err) != ALM_OK) fail_msg("%s", err.message);
        int64_t at = stamp(cases[i].at);
        int64_t open = alm_blackout_until(&window, 1, z, at), closed = alm_blackout_from(&window, 1, z, at);
        if (open != stamp(cases[i].open) || closed != stamp(cases[i].closed))
            fail_msg("%s at %s: open %s", cases[i].window, cases[i].at, utc(open));
        alm_zone_free(z);
    }
    static const char *const wrong[] = {
        "",     "8:00-18:00",        "08:00",          "08:00-08:00", "24:00-06:00", "08:00-24:01",
        "moon", "mon 08:00 - 18:00", "mon08:00-18:00", "08:60-09:00"};
    alm_blackout window;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(alm_blackout_parse(&window, alm_str_of(wrong[i]), NULL), ALM_E_PARSE);
}

static void intervals_keep_their_rhythm(void **state) {
    (void)state;
    alm_zone *shanghai = zone("Asia/Shanghai"), *berlin = zone("Europe/Berlin");
    alm_timetable table = {.zone = shanghai};
    assert_int_equal(alm_timetable_parse(&table, ALM_STR("every 1d"), NULL), ALM_OK);
    assert_int_equal(alm_timetable_due_after(&table, stamp("2026-03-01 00:00")), stamp("2026-03-01 16:00"));
    assert_int_equal(alm_timetable_due_after(&table, stamp("2026-03-01 16:00")), stamp("2026-03-02 16:00"));
    assert_int_equal(alm_timetable_parse(&table, ALM_STR("every  6 h"), NULL), ALM_OK);
    table.zone = berlin; /* summer time changes nothing: six hours are six hours */
    int64_t at = stamp("2026-01-01 00:00");
    for (int i = 0; i < 4 * 365; i++) {
        int64_t next = alm_timetable_due_after(&table, at);
        if (i) assert_int_equal(next - at, 6 * 3600);
        at = next;
    }
    alm_zone_free(shanghai);
    alm_zone_free(berlin);
}

static void jitter_is_of_the_run(void **state) {
    (void)state;
    alm_zone *z = zone("UTC");
    alm_timetable table = {.zone = z, .jitter_s = 600};
    assert_int_equal(alm_timetable_parse(&table, ALM_STR("@daily"), NULL), ALM_OK);
    int64_t due = stamp("2026-03-01 00:00"), sum = 0;
    int64_t first = alm_timetable_start_of(&table, ALM_STR("a"), due);
    assert_int_equal(first, alm_timetable_start_of(&table, ALM_STR("a"), due));
    assert_int_equal(first - due, 232); /* users see it: another hash would be another schedule */
    for (int i = 0; i < 1000; i++, due += 86400) {
        int64_t late = alm_timetable_start_of(&table, ALM_STR("a"), due) - due;
        assert_in_range(late, 0, 600);
        sum += late;
    }
    assert_in_range(sum, 270 * 1000, 330 * 1000); /* spread, not heaped */
    alm_zone_free(z);
}

static void what_passed_becomes_one_run(void **state) {
    (void)state;
    alm_zone *z = zone("UTC");
    alm_blackout window;
    assert_int_equal(alm_blackout_parse(&window, ALM_STR("08:00-18:00"), NULL), ALM_OK);
    alm_timetable table = {.zone = z};
    assert_int_equal(alm_timetable_parse(&table, ALM_STR("0 * * * *"), NULL), ALM_OK);
    alm_due_state done = {.settled_s = stamp("2026-03-02 04:00")};
    alm_due due;
    assert_true(alm_timetable_next(&due, &table, ALM_STR("a"), &done, stamp("2026-03-02 04:30")));
    assert_int_equal(due.start_s, stamp("2026-03-02 05:00"));
    assert_int_equal(due.missed, 0);
    assert_true(alm_timetable_next(&due, &table, ALM_STR("a"), &done, stamp("2026-03-02 09:30")));
    assert_int_equal(due.due_s, stamp("2026-03-02 09:00"));
    assert_int_equal(due.start_s, stamp("2026-03-02 09:30"));
    assert_int_equal(due.missed, 4);
    table.blackout = &window; /* half past nine is no time to make it good */
    table.blackout_count = 1;
    assert_true(alm_timetable_next(&due, &table, ALM_STR("a"), &done, stamp("2026-03-02 09:30")));
    assert_int_equal(due.start_s, stamp("2026-03-02 18:00"));
    assert_true(alm_timetable_next(&due, &table, ALM_STR("a"), &done, stamp("2026-03-02 18:00")));
    assert_int_equal(due.start_s, stamp("2026-03-02 18:00"));
    assert_int_equal(due.due_s, stamp("2026-03-02 18:00"));
    assert_int_equal(due.missed, 13);
    assert_int_equal(alm_timetable_end_by(&table, stamp("2026-03-02 18:00")), stamp("2026-03-03 08:00"));
    /* a run that was cut off comes again, but not beside one that is due anyway */
    done = (alm_due_state){.settled_s = stamp("2026-03-02 20:00"), .again_s = stamp("2026-03-02 20:00")};
    assert_true(alm_timetable_next(&due, &table, ALM_STR("a"), &done, stamp("2026-03-02 20:10")));
    assert_true(due.again);
    assert_int_equal(due.start_s, stamp("2026-03-02 20:10"));
    assert_true(alm_timetable_next(&due, &table, ALM_STR("a"), &done, stamp("2026-03-02 21:10")));
    assert_false(due.again);
    assert_int_equal(due.due_s, stamp("2026-03-02 21:00"));
    table.kind = ALM_NEVER;
    assert_false(alm_timetable_next(&due, &table, ALM_STR("a"), &done, stamp("2026-03-02 21:10")));
    alm_zone_free(z);
}

static void years_of_sleep_cost_little(void **state) {
    (void)state;
    alm_zone *z = zone("Asia/Shanghai");
    alm_timetable table = {.zone = z};
    assert_int_equal(alm_timetable_parse(&table, ALM_STR("* * * * *"), NULL), ALM_OK);
    alm_due_state done = {.settled_s = stamp("2020-01-01 00:00")};
    alm_due due;
    int64_t now = stamp("2026-01-01 00:00");
    assert_true(alm_timetable_next(&due, &table, ALM_STR("a"), &done, now));
    assert_int_equal(due.start_s, now);
    assert_int_equal(due.due_s, now); /* else the rest would be run for once more */
    alm_zone_free(z);
}

static void memory_may_fail(void **state) {
    (void)state;
    for (int64_t n = 0;; n++) {
        alm_zone *z = NULL;
        alm_alloc_fail_after(n);
        alm_status status = alm_zone_new(&z, ALM_STR("Europe/Berlin"), NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        alm_zone_free(z);
        assert_int_equal(status, failed ? ALM_E_NOMEM : ALM_OK);
        assert_null(getenv("TZ"));
        if (!failed) break;
    }
}

int main(void) {
    unsetenv("TZ");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_agree_with_the_c_library),
        cmocka_unit_test(reading_a_zone_leaves_the_environment),
        cmocka_unit_test(next_times),
        cmocka_unit_test(wrong_expressions_are_refused),
        cmocka_unit_test(a_year_of_minutes_agrees),
        cmocka_unit_test(blackout_hours),
        cmocka_unit_test(intervals_keep_their_rhythm),
        cmocka_unit_test(jitter_is_of_the_run),
        cmocka_unit_test(what_passed_becomes_one_run),
        cmocka_unit_test(years_of_sleep_cost_little),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
