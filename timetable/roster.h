/**
 * Which of many sources is to run now. Pure: it is told the time, and what began and ended.
 *
 * A source never runs twice at once, nor beside one that shares a site with it; at most so many run at the same time;
 * of those that may begin, the one that has waited longest goes first.
 */
#ifndef ALM_TIMETABLE_ROSTER_H
#define ALM_TIMETABLE_ROSTER_H

#include "timetable/timetable.h"

/** Clocks that are set back by more than this make settled due times of the future void. */
enum { ALM_ROSTER_SET_BACK_S = 3600 };

typedef struct alm_roster_entry {
    alm_str name;
    const alm_timetable *table;
    alm_due_state state;
    alm_due run; /**< while it runs: what it runs for */
    bool is_running;
    void *user;
} alm_roster_entry;

typedef struct alm_roster {
    alm_roster_entry *entries;
    size_t count;
    size_t max_running; /**< 0: no limit */
    /** Do these two ask the same site? NULL: none do. */
    bool (*share)(const void *context, const alm_roster_entry *a, const alm_roster_entry *b);
    const void *context;
} alm_roster;

/** The entry to begin at @p now_s, with *due its run; NULL: none. The caller begins it, and says so. */
alm_roster_entry *alm_roster_ready(alm_roster *roster, int64_t now_s, alm_due *due);
/** May it begin, whatever is due: neither it nor a neighbour runs, and there is room? */
bool alm_roster_may_begin(const alm_roster *roster, const alm_roster_entry *entry);
/** When to look again if nothing ends before; INT64_MAX: nothing will be due. */
int64_t alm_roster_wake_s(const alm_roster *roster, int64_t now_s);

/** The run of @p due began: its due times are settled. Write entry->state down before anything is done. */
void alm_roster_begin(alm_roster_entry *entry, const alm_due *due);
/**
 * It ended; @p cut_off: by the end of the daemon or a crash, not by itself. A run that is cut off is taken up once
 * more; cut off again, it is left.
 */
void alm_roster_end(alm_roster_entry *entry, bool cut_off);

/** Undo what a clock that ran ahead has settled. True where @p entry changed. */
bool alm_roster_heed_clock(alm_roster_entry *entry, int64_t now_s);

#endif
