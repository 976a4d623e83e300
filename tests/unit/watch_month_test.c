/*
 * A month of almoner watch in a second: the roster and the journal, as the daemon uses them, under a clock in our hand.
 * Runs take minutes or hours; the daemon is killed, stopped, put to sleep; its clock is set back; its configuration is
 * changed under it, also to one that does not read. March 2026 has the change to summer time in New York and Berlin.
 *
 * Afterwards the log of what began and ended is held against the due times, counted out one by one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crawler/sources.h"
#include "timetable/roster.h"
#include "watch/journal.h"

enum { MAX_SOURCES = 16, MAX_LOG = 40000, MAX_DOWN = 400, HOUR = 3600, DAY = 86400 };
static const int64_t month_begins = 1772323200, month_ends = 1775001600; /* March 2026, UTC */

static const char config_a[] =
    "defaults: {jitter: 10m}\n"
    "sources:\n"
    "  - {name: nightly, seeds: [a.cn], schedule: '30 3 * * *'}\n"
    "  - {name: often, seeds: [b.cn], schedule: '*/20 * * * *', jitter: 0}\n"
    "  - {name: interval, seeds: [c.cn], schedule: every 6h}\n"
    "  - {name: office, seeds: [d.cn], schedule: '0 * * * *', blackout: ['mon-fri 08:00-18:00', 'sat']}\n"
    "  - {name: berlin, seeds: [e.de], schedule: '30 2 * * *', timezone: Europe/Berlin, jitter: 0}\n"
    "  - {name: berlin hourly, seeds: [f.de], schedule: '15 * * * *', timezone: Europe/Berlin, jitter: 0}\n"
    "  - {name: new york, seeds: [g.com], schedule: '*/30 2 * * *', timezone: America/New_York, jitter: 0}\n"
    "  - {name: twin one, seeds: [www.h.cn], schedule: '0 */2 * * *'}\n"
    "  - {name: twin two, seeds: [news.h.cn], schedule: '0 */2 * * *'}\n"
    "  - {name: monthly, seeds: [i.cn], schedule: '@monthly'}\n"
    "  - {name: weekdays, seeds: [j.cn], schedule: '0 22 * * mon-fri', blackout: ['22:00-06:00']}\n"
    "  - {name: never, seeds: [k.cn], schedule: never}\n";
/* nightly is another time, interval is gone, a new one is there */
static const char config_b[] =
    "defaults: {jitter: 10m}\n"
    "sources:\n"
    "  - {name: often, seeds: [b.cn], schedule: '*/20 * * * *', jitter: 0}\n"
    "  - {name: nightly, seeds: [a.cn], schedule: '0 5 * * *'}\n"
    "  - {name: office, seeds: [d.cn], schedule: '0 * * * *', blackout: ['mon-fri 08:00-18:00', 'sat']}\n"
    "  - {name: berlin, seeds: [e.de], schedule: '30 2 * * *', timezone: Europe/Berlin, jitter: 0}\n"
    "  - {name: berlin hourly, seeds: [f.de], schedule: '15 * * * *', timezone: Europe/Berlin, jitter: 0}\n"
    "  - {name: new york, seeds: [g.com], schedule: '*/30 2 * * *', timezone: America/New_York, jitter: 0}\n"
    "  - {name: twin one, seeds: [www.h.cn], schedule: '0 */2 * * *'}\n"
    "  - {name: twin two, seeds: [news.h.cn], schedule: '0 */2 * * *'}\n"
    "  - {name: new, seeds: [l.cn], schedule: '45 * * * *'}\n"
    "  - {name: weekdays, seeds: [j.cn], schedule: '0 22 * * mon-fri', blackout: ['22:00-06:00']}\n";
static const char config_bad[] = "sources:\n  - {name: nightly, seeds: [a.cn], schedule: '30 25 * * *'}\n";

/* What happened to a source: a run, or its due times began to count anew (run false). */
typedef struct event {
    char name[16];
    bool is_run, again, cut_off;
    int64_t due_s, missed, started_s, ended_s; /* of a new count: from started_s on */
    const alm_timetable *table;                /* by which it was due; kept until the end */
} event;

typedef struct span {
    int64_t from_s, to_s;
} span;

typedef struct world {
    int64_t now_s;
    uint64_t random;
    char path[256];
    alm_journal *journal;
    alm_sources *sources, *all_sources[64]; /* those that were loaded: tables of the log lie in them */
    size_t loaded;
    const char *config;
    alm_roster roster;
    alm_roster_entry entries[MAX_SOURCES];
    struct running {
        int64_t ends_s, run_id;
        size_t logged;
    } running[MAX_SOURCES];
    event log[MAX_LOG];
    size_t log_count;
    span down[MAX_DOWN];
    size_t down_count;
    size_t crashes, stops, sleeps, reloads, set_back;
} world;

static uint64_t random_below(world *w, uint64_t n) {
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (w->random >> 33) % n;
}

static bool share(const void *context, const alm_roster_entry *a, const alm_roster_entry *b) {
    (void)context;
    return alm_sources_share_site(a->user, b->user);
}

static event *add_event(world *w, alm_str name) {
    assert_true(w->log_count < MAX_LOG);
    event *e = &w->log[w->log_count++];
    *e = (event){0};
    snprintf(e->name, sizeof e->name, "%.*s", ALM_FMT(name));
    return e;
}

/* ---- what the daemon does ---- */

static void load(world *w, const char *config) {
    alm_err err = {0};
    alm_sources *sources = NULL;
    if (alm_sources_parse(&sources, "s.yaml", alm_str_of(config), &err) != ALM_OK) {
        assert_ptr_equal(config, config_bad);
        return; /* the old one stays */
    }
    alm_roster_entry old[MAX_SOURCES];
    size_t old_count = w->roster.count;
    memcpy(old, w->entries, sizeof old);
    struct running running[MAX_SOURCES];
    memcpy(running, w->running, sizeof running);
    w->all_sources[w->loaded++] = w->sources = sources;
    w->config = config;
    w->roster.count = 0;
    for (size_t i = 0; i < sources->count; i++) {
        alm_source *s = &sources->items[i];
        size_t at = w->roster.count++;
        w->entries[at] = (alm_roster_entry){.name = s->name, .table = &s->timetable, .user = s};
        alm_due_state before;
        bool known = alm_journal_state(w->journal, &before, s->name, NULL) == ALM_OK;
        assert_int_equal(alm_journal_load(w->journal, &w->entries[at].state, s->name, s->schedule, w->now_s, NULL),
                         ALM_OK);
        if (!known || before.settled_s != w->entries[at].state.settled_s) {
            event *e = add_event(w, s->name);
            e->started_s = w->entries[at].state.settled_s;
            e->table = &s->timetable;
        }
        for (size_t k = 0; k < old_count; k++) {
            if (!old[k].is_running || !alm_str_is(old[k].name, s->name)) continue;
            w->entries[at].is_running = true;
            w->entries[at].run = old[k].run;
            w->running[at] = running[k];
        }
    }
    for (size_t k = 0; k < old_count; k++) { /* gone from the file, and still running */
        bool there = !old[k].is_running;
        for (size_t i = 0; i < sources->count; i++) there |= alm_str_is(sources->items[i].name, old[k].name);
        if (there) continue;
        static const alm_timetable never = {0};
        size_t at = w->roster.count++;
        w->entries[at] = old[k];
        w->entries[at].table = &never;
        w->running[at] = running[k];
    }
}

static void begin_what_is_due(world *w) {
    alm_due due;
    for (size_t i = 0; i < w->roster.count; i++) {
        if (!alm_roster_heed_clock(&w->entries[i], w->now_s)) continue;
        assert_int_equal(alm_journal_settle(w->journal, w->entries[i].name, &w->entries[i].state, NULL), ALM_OK);
        event *e = add_event(w, w->entries[i].name);
        e->started_s = w->now_s;
        e->table = w->entries[i].table;
    }
    for (alm_roster_entry *entry; (entry = alm_roster_ready(&w->roster, w->now_s, &due));) {
        size_t at = (size_t)(entry - w->entries);
        const alm_timetable *table = entry->table;
        alm_roster_begin(entry, &due);
        assert_int_equal(
            alm_journal_begin(w->journal, entry->name, &entry->state, &due, w->now_s, &w->running[at].run_id, NULL),
            ALM_OK);
        int64_t takes = random_below(w, 20) == 0 ? 5 * HOUR : 120 + (int64_t)random_below(w, 2400);
        w->running[at].ends_s = w->now_s + takes;
        w->running[at].logged = w->log_count;
        event *e = add_event(w, entry->name);
        e->is_run = true;
        e->again = due.again;
        e->due_s = due.due_s;
        e->missed = due.missed;
        e->started_s = w->now_s;
        e->table = table;
    }
}

static void end_run(world *w, size_t at, bool cut_off, bool silently) {
    event *e = &w->log[w->running[at].logged];
    e->ended_s = w->now_s;
    e->cut_off = cut_off;
    alm_roster_end(&w->entries[at], cut_off);
    if (silently) return; /* a crash writes nothing */
    alm_run run = {.id = w->running[at].run_id,
                   .ended_s = w->now_s,
                   .result = cut_off ? ALM_RUN_STOPPED : ALM_RUN_WELL,
                   .counts = {[ALM_RUN_PAGES] = 1}};
    assert_int_equal(alm_journal_end(w->journal, w->entries[at].name, &run, &w->entries[at].state, NULL), ALM_OK);
}

static void end_what_is_over(world *w) {
    for (size_t i = 0; i < w->roster.count; i++)
        if (w->entries[i].is_running && w->running[i].ends_s <= w->now_s) end_run(w, i, false, false);
}

/* ---- what happens to it ---- */

static void away(world *w, int64_t seconds) {
    assert_true(w->down_count < MAX_DOWN);
    w->down[w->down_count++] = (span){w->now_s, w->now_s + seconds};
    w->now_s += seconds;
}

static void go_down(world *w, bool crash) {
    for (size_t i = 0; i < w->roster.count; i++)
        if (w->entries[i].is_running) end_run(w, i, true, crash);
    alm_journal_close(w->journal);
    away(w, random_below(w, 3) == 0 ? (int64_t)random_below(w, 30 * HOUR) : 5 + (int64_t)random_below(w, 600));
    assert_int_equal(alm_journal_open(&w->journal, w->path, ALM_JOURNAL_WRITE, w->now_s, NULL), ALM_OK);
    w->roster.count = 0;
    load(w, w->config);
}

static void sleep_for(world *w, int64_t seconds) {
    away(w, seconds);
    for (size_t i = 0; i < w->roster.count; i++) w->running[i].ends_s += seconds;
}

static void disturb(world *w) {
    switch (random_below(w, 10)) {
    case 0:
    case 1:
    case 2:
        w->crashes++;
        go_down(w, true);
        break;
    case 3:
    case 4:
        w->stops++;
        go_down(w, false);
        break;
    case 5:
    case 6:
        w->sleeps++;
        sleep_for(w, 600 + (int64_t)random_below(w, 20 * HOUR));
        break;
    case 7:
        w->reloads++;
        load(w, w->config == config_a ? config_b : config_a);
        break;
    case 8:
        w->reloads++;
        load(w, config_bad);
        break;
    default:
        w->set_back++;
        w->now_s -= 90;
        assert_true(w->down_count < MAX_DOWN);
        w->down[w->down_count++] = (span){w->now_s, w->now_s + 90};
    }
}

static void live(world *w, uint64_t seed, size_t max_running) {
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    *w = (world){.now_s = month_begins, .random = seed};
    w->roster = (alm_roster){.entries = w->entries, .max_running = max_running, .share = share};
    snprintf(w->path, sizeof w->path, "%s/almoner-watch-month-%ld.db", folder, (long)getpid());
    unlink(w->path);
    assert_int_equal(alm_journal_open(&w->journal, w->path, ALM_JOURNAL_WRITE, w->now_s, NULL), ALM_OK);
    load(w, config_a);
    int64_t next_disturbance = w->now_s + (int64_t)random_below(w, 20 * HOUR);
    while (w->now_s < month_ends) {
        begin_what_is_due(w);
        int64_t next = alm_roster_wake_s(&w->roster, w->now_s);
        assert_true(next > w->now_s);
        for (size_t i = 0; i < w->roster.count; i++)
            if (w->entries[i].is_running && w->running[i].ends_s < next) next = w->running[i].ends_s;
        if (next_disturbance <= next) {
            if (w->now_s < next_disturbance) w->now_s = next_disturbance;
            disturb(w);
            next_disturbance = w->now_s + 600 + (int64_t)random_below(w, 20 * HOUR);
        } else if (next > w->now_s) {
            w->now_s = next;
        }
        end_what_is_over(w);
    }
}

static void die(world *w) {
    alm_journal_close(w->journal);
    unlink(w->path);
    for (size_t i = 0; i < w->loaded; i++) alm_sources_free(w->all_sources[i]);
}

/* ---- was it right? ---- */

static bool was_away(const world *w, int64_t from_s, int64_t to_s) {
    for (size_t i = 0; i < w->down_count; i++)
        if (w->down[i].from_s <= to_s && w->down[i].to_s >= from_s) return true;
    return false;
}

static bool ran(const world *w, const char *name, const event *but, int64_t from_s, int64_t to_s) {
    for (size_t i = 0; i < w->log_count; i++) {
        const event *e = &w->log[i];
        int64_t ended = e->ended_s ? e->ended_s : INT64_MAX;
        if (e == but || !e->is_run || strcmp(e->name, name) != 0) continue;
        if (e->started_s <= to_s && ended >= from_s) return true;
    }
    return false;
}

/* Every due time of the source is in one run: runs count on without a gap from where the last one ended. */
static size_t every_due_time_once(const world *w, const char *name, bool may_wait) {
    int64_t settled = 0, again = 0;
    const alm_timetable *table = NULL;
    size_t dues = 0;
    for (size_t i = 0; i < w->log_count; i++) {
        const event *e = &w->log[i];
        if (strcmp(e->name, name) != 0) continue;
        if (!e->is_run) {
            settled = e->started_s;
            again = 0;
            table = e->table;
            continue;
        }
        alm_str text = alm_str_of(name);
        if (alm_timetable_start_of(e->table, text, e->due_s) > e->started_s)
            fail_msg("%s: a run before its time at %lld", name, (long long)e->started_s);
        assert_int_equal(alm_blackout_until(e->table->blackout, e->table->blackout_count, e->table->zone, e->started_s),
                         e->started_s);
        if (e->again) { /* of a run that was cut off, once */
            if (e->due_s != again) fail_msg("%s: a run again that was not cut off", name);
            again = 0;
            continue;
        }
        int64_t count = 0;
        int64_t due = settled;
        while (due < e->due_s && (due = alm_timetable_due_after(e->table, due)) <= e->due_s) count++;
        if (due != e->due_s) fail_msg("%s: a run at %lld that nothing was due for", name, (long long)e->started_s);
        if (count != e->missed + 1)
            fail_msg("%s: the run at %lld makes %lld due times good, and says %lld", name, (long long)e->started_s,
                     (long long)count, (long long)e->missed + 1);
        /* none is left behind that could have been in this run, and nothing kept it from beginning in time */
        int64_t in_time = alm_timetable_start_of(e->table, text, e->due_s);
        if (e->started_s != in_time && !may_wait && !was_away(w, in_time, e->started_s) &&
            !ran(w, name, e, in_time, e->started_s))
            fail_msg("%s: due at %lld, began at %lld", name, (long long)in_time, (long long)e->started_s);
        dues += (size_t)count;
        settled = e->due_s;
        again = e->cut_off ? e->due_s : 0;
        table = e->table;
    }
    if (table && !ran(w, name, NULL, w->now_s, w->now_s) && !may_wait && !was_away(w, w->now_s, w->now_s) &&
        w->config == config_a) {
        int64_t due = alm_timetable_due_after(table, settled);
        if (due < w->now_s && alm_timetable_start_of(table, alm_str_of(name), due) < w->now_s)
            fail_msg("%s: nothing ran for %lld", name, (long long)due);
    }
    return dues;
}

static void none_overlap(const world *w, size_t max_running) {
    for (size_t i = 0; i < w->log_count; i++) {
        const event *a = &w->log[i];
        if (!a->is_run) continue;
        size_t at_once = 1;
        for (size_t k = 0; k < i; k++) {
            const event *b = &w->log[k];
            int64_t ended = b->ended_s ? b->ended_s : INT64_MAX;
            /* the clock may be set back by 90 s between two runs; a log position is time that never is */
            if (!b->is_run || ended <= a->started_s + 90) continue;
            at_once++;
            bool twins = strncmp(a->name, "twin", 4) == 0 && strncmp(b->name, "twin", 4) == 0;
            if (strcmp(a->name, b->name) == 0 || twins) fail_msg("%s overlaps %s", a->name, b->name);
        }
        if (max_running && at_once > max_running) fail_msg("%zu at once", at_once);
    }
}

static void a_month(uint64_t seed, size_t max_running) {
    static world w;
    static const char *const names[] = {"nightly",  "often",    "interval", "office",  "berlin",   "berlin hourly",
                                        "new york", "twin one", "twin two", "monthly", "weekdays", "new"};
    live(&w, seed, max_running);
    size_t dues = 0, runs = 0, good = 0, again = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) /* the twins, and those not always in the file, wait */
        dues += every_due_time_once(&w, names[i],
                                    max_running || strstr("twin one, twin two, interval, monthly, new", names[i]));
    assert_false(ran(&w, "never", NULL, 0, INT64_MAX));
    none_overlap(&w, max_running);
    for (size_t i = 0; i < w.log_count; i++) {
        runs += w.log[i].is_run;
        again += w.log[i].again;
        good += (size_t)w.log[i].missed;
    }
    print_message(
        "seed %llu: %zu due times: %zu runs for them, %zu of these due times made good by a later run,"
        " %zu runs taken up again; %zu crashes, %zu stops, %zu sleeps, %zu reloads, clock set back %zu times\n",
        (unsigned long long)seed, dues, runs - again, good, again, w.crashes, w.stops, w.sleeps, w.reloads, w.set_back);
    assert_int_equal(dues, runs - again + good);
    assert_true(dues > 3000 && again > 5 && good > 100);
    assert_true(w.crashes && w.stops && w.sleeps && w.reloads && w.set_back);
    die(&w);
}

static void a_month_with_room_for_all(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) a_month(seed, 0);
}

static void a_month_with_three_at_once(void **state) {
    (void)state;
    for (uint64_t seed = 11; seed <= 14; seed++) a_month(seed, 3);
}

/* Nothing disturbs it: then every due time has its own run, in time to the second. */
static void a_quiet_month(void **state) {
    (void)state;
    static const char config[] = "sources:\n  - {name: daily, seeds: [a.cn], schedule: '@daily', jitter: 30m}\n"
                                 "  - {name: hourly, seeds: [b.cn], schedule: '@hourly', timezone: Europe/Berlin}\n";
    alm_sources *sources = NULL;
    assert_int_equal(alm_sources_parse(&sources, "s", ALM_STR(config), NULL), ALM_OK);
    alm_roster_entry entries[2];
    size_t runs[2] = {0};
    for (size_t i = 0; i < 2; i++)
        entries[i] = (alm_roster_entry){
            .name = sources->items[i].name, .table = &sources->items[i].timetable, .state.settled_s = month_begins - 1};
    alm_roster roster = {.entries = entries, .count = 2};
    for (int64_t now = month_begins; now < month_ends; now = alm_roster_wake_s(&roster, now)) {
        alm_due due;
        for (alm_roster_entry *e; (e = alm_roster_ready(&roster, now, &due));) {
            alm_roster_begin(e, &due);
            assert_int_equal(now, alm_timetable_start_of(e->table, e->name, due.due_s));
            assert_int_equal(due.missed, 0);
            alm_roster_end(e, false);
            runs[e - entries]++;
        }
    }
    assert_int_equal(runs[0], 31);
    assert_int_equal(runs[1], 31 * 24); /* real hours: the clock's gap takes none away */
    alm_sources_free(sources);
}

/* A clock that was a year ahead does not silence a source for a year. */
static void a_clock_ahead(void **state) {
    (void)state;
    alm_roster_entry entry = {.state = {month_begins + 365 * DAY, 0}};
    assert_true(alm_roster_heed_clock(&entry, month_begins));
    assert_int_equal(entry.state.settled_s, month_begins);
    entry.state.settled_s = month_begins + 90; /* a little: it only waits */
    assert_false(alm_roster_heed_clock(&entry, month_begins));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_month),
        cmocka_unit_test(a_month_with_room_for_all),
        cmocka_unit_test(a_month_with_three_at_once),
        cmocka_unit_test(a_clock_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
