#include "fuzz/fuzz.h"
#include "timetable/timetable.h"

/* Input: a schedule, a line end, blackout hours a line. Time goes on from before a change of clocks to after it. */

enum { MAX_WINDOWS = 8, DAY = 86400 };
static const int64_t change_s = 1774746000; /* 29 March 2026, 01:00 UTC, in Berlin */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static alm_zone *zone;
    if (!zone && alm_zone_new(&zone, ALM_STR("Europe/Berlin"), NULL) != ALM_OK) return 0;
    alm_str input = {(const char *)data, size};
    alm_blackout windows[MAX_WINDOWS];
    alm_timetable table = {.zone = zone, .jitter_s = 600, .blackout = windows};
    for (size_t at = 0; at <= size && table.blackout_count < MAX_WINDOWS;) {
        size_t end = alm_str_find(input, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = size;
        alm_str line = size ? alm_str_slice(input, at, end) : ALM_STR("");
        if (at == 0 && alm_timetable_parse(&table, line, NULL) != ALM_OK) return 0;
        if (at > 0 && alm_blackout_parse(&windows[table.blackout_count], line, NULL) == ALM_OK) table.blackout_count++;
        at = end + 1;
    }
    if (alm_blackout_is_always(windows, table.blackout_count)) return 0;
    int64_t after_s = change_s - 2 * DAY;
    for (int i = 0; i < 20 && after_s < INT64_MAX; i++) {
        int64_t due_s = alm_timetable_due_after(&table, after_s);
        ALM_FUZZ_HOLDS(due_s > after_s);
        if (due_s == INT64_MAX) break;
        int64_t start_s = alm_timetable_start_of(&table, ALM_STR("a"), due_s);
        ALM_FUZZ_HOLDS(start_s >= due_s && start_s != INT64_MAX);
        ALM_FUZZ_HOLDS(alm_blackout_until(windows, table.blackout_count, zone, start_s) == start_s);
        ALM_FUZZ_HOLDS(alm_timetable_end_by(&table, start_s) > start_s);
        after_s = due_s;
    }
    alm_due due;
    alm_due_state state = {.settled_s = change_s - DAY};
    bool is_due = alm_timetable_next(&due, &table, ALM_STR("a"), &state, change_s);
    ALM_FUZZ_HOLDS(is_due == (table.kind != ALM_NEVER) && (!is_due || due.due_s > state.settled_s));
    return 0;
}
