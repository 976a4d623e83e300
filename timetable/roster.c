#include "timetable/roster.h"

bool alm_roster_may_begin(const alm_roster *r, const alm_roster_entry *entry) {
    size_t running = 0;
    for (size_t i = 0; i < r->count; i++) {
        const alm_roster_entry *other = &r->entries[i];
        if (!other->is_running) continue;
        running++;
        if (other == entry || (r->share && r->share(r->context, entry, other))) return false;
    }
    return r->max_running == 0 || running < r->max_running;
}

alm_roster_entry *alm_roster_ready(alm_roster *r, int64_t now_s, alm_due *due) {
    alm_roster_entry *best = NULL;
    for (size_t i = 0; i < r->count; i++) {
        alm_roster_entry *entry = &r->entries[i];
        alm_due next;
        if (entry->is_running || !alm_timetable_next(&next, entry->table, entry->name, &entry->state, now_s)) continue;
        if (next.start_s > now_s || !alm_roster_may_begin(r, entry)) continue;
        if (best && next.due_s >= due->due_s) continue;
        best = entry;
        *due = next;
    }
    return best;
}

int64_t alm_roster_wake_s(const alm_roster *r, int64_t now_s) {
    int64_t wake = INT64_MAX;
    for (size_t i = 0; i < r->count; i++) {
        const alm_roster_entry *entry = &r->entries[i];
        alm_due next;
        if (entry->is_running || !alm_timetable_next(&next, entry->table, entry->name, &entry->state, now_s)) continue;
        if (next.start_s > now_s && next.start_s < wake) wake = next.start_s; /* others wait for an end, not for time */
    }
    return wake;
}

void alm_roster_begin(alm_roster_entry *entry, const alm_due *due) {
    entry->run = *due;
    entry->is_running = true;
    if (due->due_s > entry->state.settled_s) entry->state.settled_s = due->due_s;
    entry->state.again_s = 0;
}

void alm_roster_end(alm_roster_entry *entry, bool cut_off) {
    entry->is_running = false;
    entry->state.again_s = cut_off && !entry->run.again ? entry->run.due_s : 0;
}

bool alm_roster_heed_clock(alm_roster_entry *entry, int64_t now_s) {
    if (entry->state.settled_s <= now_s + ALM_ROSTER_SET_BACK_S) return false;
    entry->state.settled_s = now_s;
    entry->state.again_s = 0;
    return true;
}
