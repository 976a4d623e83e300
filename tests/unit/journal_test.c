#include "watch/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"

static char path[64];

static int new_path(void **state) {
    (void)state;
    snprintf(path, sizeof path, "/tmp/almoner-journal-%ld.db", (long)getpid());
    unlink(path);
    return 0;
}

static int remove_path(void **state) {
    (void)state;
    unlink(path);
    return 0;
}

static alm_journal *opened(alm_journal_mode mode, int64_t now_s) {
    alm_journal *j = NULL;
    alm_err err = {0};
    if (alm_journal_open(&j, path, mode, now_s, &err) != ALM_OK) fail_msg("%s", err.message);
    return j;
}

static int64_t begun(alm_journal *j, const char *name, int64_t due_s, bool again) {
    int64_t id = 0;
    alm_due_state state = {.settled_s = due_s};
    alm_due due = {.due_s = due_s, .missed = 1, .again = again};
    assert_int_equal(alm_journal_begin(j, alm_str_of(name), &state, &due, due_s + 1, &id, NULL), ALM_OK);
    return id;
}

static void ended(alm_journal *j, const char *name, int64_t id, int64_t at_s, alm_run_result result) {
    alm_run run = {.id = id, .ended_s = at_s, .result = result};
    for (int i = 0; i < ALM_RUN_COUNT_COUNT; i++) run.counts[i] = (uint64_t)i + 1;
    alm_due_state state = {.settled_s = at_s};
    assert_int_equal(alm_journal_end(j, alm_str_of(name), &run, &state, NULL), ALM_OK);
}

static alm_due_state loaded(alm_journal *j, const char *name, const char *schedule, int64_t now_s) {
    alm_due_state state;
    assert_int_equal(alm_journal_load(j, &state, alm_str_of(name), alm_str_of(schedule), now_s, NULL), ALM_OK);
    return state;
}

static void due_times_count_from_when_a_schedule_is_first_seen(void **state) {
    (void)state;
    alm_journal *j = opened(ALM_JOURNAL_WRITE, 100);
    assert_int_equal(loaded(j, "a", "@daily", 100).settled_s, 100);
    assert_int_equal(loaded(j, "a", "@daily", 200).settled_s, 100);
    assert_int_equal(loaded(j, "a", "@hourly", 300).settled_s, 300); /* another one claims nothing of the past */
    alm_journal_close(j);
    j = opened(ALM_JOURNAL_WRITE, 400);
    assert_int_equal(loaded(j, "a", "@hourly", 400).settled_s, 300);
    alm_due_state unknown;
    assert_int_equal(alm_journal_state(j, &unknown, ALM_STR("b"), NULL), ALM_END);
    alm_journal_close(j);
}

static void a_run_that_nobody_ended_is_lost_and_taken_up_once(void **state) {
    (void)state;
    alm_journal *j = opened(ALM_JOURNAL_WRITE, 0);
    loaded(j, "a", "s", 0);
    loaded(j, "b", "s", 0);
    begun(j, "a", 1000, false);
    begun(j, "b", 1000, true); /* one that was cut off before */
    alm_run run;
    assert_int_equal(alm_journal_last(j, &run, ALM_STR("a"), false, NULL), ALM_OK);
    assert_int_equal(run.result, ALM_RUN_RUNNING);
    assert_int_equal(alm_journal_last(j, &run, ALM_STR("a"), true, NULL), ALM_END);
    alm_journal_close(j); /* as if it were killed: nothing is written then */
    j = opened(ALM_JOURNAL_READ, 5000);
    assert_int_equal(alm_journal_last(j, &run, ALM_STR("a"), false, NULL), ALM_OK);
    assert_int_equal(run.result, ALM_RUN_RUNNING); /* a reader changes nothing */
    alm_journal_close(j);
    j = opened(ALM_JOURNAL_WRITE, 5000);
    assert_int_equal(loaded(j, "a", "s", 5000).again_s, 1000);
    assert_int_equal(loaded(j, "b", "s", 5000).again_s, 0);
    assert_int_equal(alm_journal_last(j, &run, ALM_STR("a"), true, NULL), ALM_OK);
    assert_int_equal(run.result, ALM_RUN_LOST);
    assert_int_equal(run.ended_s, 5000);
    alm_journal_close(j);
}

static void totals_outlive_runs(void **state) {
    (void)state;
    enum { RUNS = 1100 };
    alm_journal *j = opened(ALM_JOURNAL_WRITE, 0);
    sqlite3 *db;
    sqlite3_stmt *st;
    loaded(j, "a", "s", 0);
    for (int i = 0; i < RUNS; i++)
        ended(j, "a", begun(j, "a", i * 100, false), i * 100 + 50, i % 2 ? ALM_RUN_WELL : ALM_RUN_STORAGE);
    alm_run going = {.id = begun(j, "a", RUNS * 100, false), .counts = {[ALM_RUN_PAGES] = 7}};
    assert_int_equal(alm_journal_progress(j, &going, NULL), ALM_OK);
    alm_run_totals totals;
    assert_int_equal(alm_journal_totals(j, &totals, ALM_STR("a"), NULL), ALM_OK);
    assert_int_equal(totals.runs[ALM_RUN_WELL], RUNS / 2);
    assert_int_equal(totals.runs[ALM_RUN_STORAGE], RUNS / 2);
    assert_int_equal(totals.missed, RUNS + 1);
    assert_int_equal(totals.counts[ALM_RUN_PAGES], RUNS + 7);
    assert_int_equal(totals.counts[ALM_RUN_BYTES], RUNS * ALM_RUN_COUNT_COUNT);
    assert_int_equal(totals.last_well_s, (RUNS - 1) * 100 + 50);
    assert_int_equal(alm_journal_totals(j, &totals, ALM_STR("nobody"), NULL), ALM_OK);
    assert_int_equal(totals.counts[ALM_RUN_PAGES], 0);
    alm_journal_close(j);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*), max(due_s) FROM run", -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(st, 0), 1001);
    assert_int_equal(sqlite3_column_int(st, 1), RUNS * 100);
    sqlite3_finalize(st);
    sqlite3_close(db);
}

static void what_is_no_journal_is_refused(void **state) {
    (void)state;
    alm_journal *j = NULL;
    alm_err err = {0};
    assert_int_equal(alm_journal_open(&j, path, ALM_JOURNAL_READ, 0, NULL), ALM_E_NOT_FOUND);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++) fputs("no database at all\n", file);
    fclose(file);
    assert_int_equal(alm_journal_open(&j, path, ALM_JOURNAL_WRITE, 0, &err), ALM_E_STORAGE);
    assert_non_null(strstr(err.message, path));
    unlink(path);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(alm_journal_open(&j, path, ALM_JOURNAL_WRITE, 0, NULL), ALM_E_UNSUPPORTED);
}

static void memory_may_fail(void **state) {
    (void)state;
    for (int64_t n = 0;; n++) {
        alm_journal *j = NULL;
        alm_alloc_fail_after(n);
        alm_status status = alm_journal_open(&j, path, ALM_JOURNAL_WRITE, 0, NULL);
        bool failed = alm_alloc_has_failed();
        alm_alloc_fail_after(-1);
        assert_int_equal(status, failed ? ALM_E_NOMEM : ALM_OK);
        if (!failed) {
            alm_journal_close(j);
            break;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(due_times_count_from_when_a_schedule_is_first_seen, new_path, remove_path),
        cmocka_unit_test_setup_teardown(a_run_that_nobody_ended_is_lost_and_taken_up_once, new_path, remove_path),
        cmocka_unit_test_setup_teardown(totals_outlive_runs, new_path, remove_path),
        cmocka_unit_test_setup_teardown(what_is_no_journal_is_refused, new_path, remove_path),
        cmocka_unit_test_setup_teardown(memory_may_fail, new_path, remove_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
