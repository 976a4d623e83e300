#include "timetable/timetable.h"

#include <ctype.h>
#include <stdlib.h>

enum {
    MINUTE_S = 60,
    DAY_S = 86400,
    YEAR_S = 366 * DAY_S,
    MAX_MISSED = 100000 /* beyond it they are no longer counted one by one */
};

/* ---- reading ---- */

static alm_status parse_interval(alm_timetable *out, alm_str text, alm_err *err) {
    int64_t number = 0, unit = 0;
    size_t at = 0;
    for (; at < text.len && at < 9 && isdigit((unsigned char)text.ptr[at]); at++)
        number = number * 10 + (text.ptr[at] - '0');
    alm_str rest = alm_str_trim(alm_str_slice(text, at, text.len));
    if (alm_str_is_c(rest, "m")) unit = MINUTE_S;
    if (alm_str_is_c(rest, "h")) unit = 60 * MINUTE_S;
    if (alm_str_is_c(rest, "d")) unit = DAY_S;
    if (at == 0 || unit == 0 || number * unit < MINUTE_S || number * unit > YEAR_S)
        return alm_fail(err, ALM_E_PARSE, "'every %.*s': expected an interval such as 30m, 6h or 1d, up to a year",
                        ALM_FMT(text));
    out->kind = ALM_BY_INTERVAL;
    out->every_s = number * unit;
    return ALM_OK;
}

alm_status alm_timetable_parse(alm_timetable *out, alm_str text, alm_err *err) {
    text = alm_str_trim(text);
    if (alm_str_is_c(text, "never")) {
        out->kind = ALM_NEVER;
        return ALM_OK;
    }
    if (alm_str_starts(text, ALM_STR("every ")))
        return parse_interval(out, alm_str_trim(alm_str_slice(text, sizeof "every", text.len)), err);
    alm_status status = alm_cron_parse(&out->cron, text, err);
    if (status == ALM_OK) out->kind = ALM_BY_CRON;
    return status;
}

/* ---- asking ---- */

/* The least offset of the year: clocks are set forward in summer, wherever that is, and for less than three quarters.
 */
static int64_t standard_offset(const alm_zone *zone, int64_t unix_s) {
    int64_t least = alm_zone_offset(zone, unix_s);
    for (int quarter = 1; quarter < 4; quarter++) {
        int64_t offset = alm_zone_offset(zone, unix_s - quarter * 91 * (int64_t)DAY_S);
        if (offset < least) least = offset;
    }
    return least;
}

int64_t alm_timetable_due_after(const alm_timetable *t, int64_t after_s) {
    if (t->kind == ALM_BY_CRON) return alm_cron_next(&t->cron, t->zone, after_s);
    if (t->kind == ALM_NEVER) return INT64_MAX;
    int64_t shift = standard_offset(t->zone, after_s), local = after_s + shift;
    int64_t past = ((local % t->every_s) + t->every_s) % t->every_s;
    return after_s - past + t->every_s;
}

/* FNV-1a, then a finaliser: the low bits of short names differ little. Part of what users see: it must not change. */
static uint64_t mix(alm_str name, int64_t due_s) {
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < name.len; i++) h = (h ^ (unsigned char)name.ptr[i]) * UINT64_C(1099511628211);
    for (int i = 0; i < 8; i++) h = (h ^ ((uint64_t)due_s >> (8 * i) & 0xFF)) * UINT64_C(1099511628211);
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

static int64_t open_from(const alm_timetable *t, int64_t unix_s) {
    return alm_blackout_until(t->blackout, t->blackout_count, t->zone, unix_s);
}

int64_t alm_timetable_start_of(const alm_timetable *t, alm_str name, int64_t due_s) {
    int64_t jitter = t->jitter_s > 0 ? (int64_t)(mix(name, due_s) % ((uint64_t)t->jitter_s + 1)) : 0;
    return open_from(t, due_s + jitter);
}

int64_t alm_timetable_end_by(const alm_timetable *t, int64_t unix_s) {
    return alm_blackout_from(t->blackout, t->blackout_count, t->zone, unix_s);
}

bool alm_timetable_next(alm_due *out, const alm_timetable *t, alm_str name, const alm_due_state *state, int64_t now_s) {
    int64_t due = alm_timetable_due_after(t, state->settled_s);
    int64_t start = due == INT64_MAX ? INT64_MAX : alm_timetable_start_of(t, name, due);
    if (start > now_s) {
        if (state->again_s && t->kind != ALM_NEVER) {
            *out = (alm_due){.due_s = state->again_s, .start_s = open_from(t, now_s), .again = true};
            if (out->start_s < start) return true;
        }
        *out = (alm_due){.due_s = due, .start_s = start};
        return due != INT64_MAX;
    }
    /* of those that have passed, the last is the run, and makes the others good */
    uint32_t missed = 0;
    for (int64_t next; (next = alm_timetable_due_after(t, due)) <= now_s && missed < UINT32_MAX; missed++, due = next) {
        if (missed >= MAX_MISSED && next < now_s - DAY_S) next = alm_timetable_due_after(t, now_s - DAY_S);
        if (next > now_s || alm_timetable_start_of(t, name, next) > now_s) break;
    }
    *out = (alm_due){.due_s = due, .start_s = open_from(t, now_s), .missed = missed};
    return true;
}
