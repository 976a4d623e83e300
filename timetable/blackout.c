#include "timetable/blackout.h"

#include <ctype.h>

#include "timetable/cron.h"

enum { MINUTE_S = 60, DAY_MINUTES = 1440, SEARCH_S = 8 * 86400, ALL_DAYS = 0x7F };

static bool read_two(unsigned *out, alm_str text, size_t at) {
    if (at + 2 > text.len || !isdigit((unsigned char)text.ptr[at]) || !isdigit((unsigned char)text.ptr[at + 1]))
        return false;
    *out = (unsigned)(text.ptr[at] - '0') * 10 + (unsigned)(text.ptr[at + 1] - '0');
    return true;
}

/* "HH:MM" at @p at; 24:00 is the end of the day. */
static bool read_time(uint16_t *out, alm_str text, size_t at) {
    unsigned hour, minute;
    if (!read_two(&hour, text, at) || !read_two(&minute, text, at + 3) || text.ptr[at + 2] != ':') return false;
    if (minute > 59 || hour * 60 + minute > DAY_MINUTES) return false;
    *out = (uint16_t)(hour * 60 + minute);
    return true;
}

alm_status alm_blackout_parse(alm_blackout *out, alm_str text, alm_err *err) {
    enum { SPAN = sizeof "HH:MM-HH:MM" - 1 };
    alm_blackout window = {.weekdays = ALL_DAYS, .to = DAY_MINUTES};
    text = alm_str_trim(text);
    alm_str days = text;
    if (text.len && memchr(text.ptr, ':', text.len)) {
        size_t at = text.len >= SPAN ? text.len - SPAN : 0;
        bool fits = text.len >= SPAN && read_time(&window.from, text, at) && text.ptr[at + 5] == '-' &&
                    read_time(&window.to, text, at + 6) && window.from != window.to && window.from < DAY_MINUTES &&
                    (at == 0 || isspace((unsigned char)text.ptr[at - 1]));
        if (!fits)
            return alm_fail(err, ALM_E_PARSE, "'%.*s': expected hours such as mon-fri 08:00-18:00", ALM_FMT(text));
        if (at == 0) {
            *out = window;
            return ALM_OK;
        }
        days = alm_str_trim(alm_str_slice(text, 0, at));
    }
    alm_status status = alm_cron_parse_weekdays(&window.weekdays, days, err);
    if (status == ALM_OK) *out = window;
    return status;
}

static bool covers(const alm_blackout *h, int weekday, int minute) {
    int day_before = (weekday + 6) % 7;
    bool today = h->weekdays >> weekday & 1, yesterday = h->weekdays >> day_before & 1;
    if (h->from < h->to) return today && minute >= h->from && minute < h->to;
    return (today && minute >= h->from) || (yesterday && minute < h->to);
}

static bool is_closed(const alm_blackout *items, size_t count, int weekday, int minute) {
    for (size_t i = 0; i < count; i++)
        if (covers(&items[i], weekday, minute)) return true;
    return false;
}

bool alm_blackout_is_always(const alm_blackout *items, size_t count) {
    for (int day = 0; day < 7; day++)
        for (int minute = 0; minute < DAY_MINUTES; minute++)
            if (!is_closed(items, count, day, minute)) return false;
    return true;
}

/* The next minute of the day at which a window begins or ends, or the end of the day. */
static int next_edge(const alm_blackout *items, size_t count, int minute) {
    int edge = DAY_MINUTES;
    for (size_t i = 0; i < count; i++) {
        if (items[i].from > minute && items[i].from < edge) edge = items[i].from;
        if (items[i].to > minute && items[i].to < edge) edge = items[i].to;
    }
    return edge;
}

/* From edge to edge; minute by minute where clocks change in between. */
static int64_t find(const alm_blackout *items, size_t count, const alm_zone *zone, int64_t unix_s, bool closed) {
    int64_t at = unix_s;
    while (at < unix_s + SEARCH_S) {
        struct tm local = alm_zone_local(zone, at);
        int minute = local.tm_hour * 60 + local.tm_min;
        if (is_closed(items, count, local.tm_wday, minute) == closed) return at;
        int64_t whole = at - local.tm_sec, edge = whole + (next_edge(items, count, minute) - minute) * MINUTE_S;
        at = alm_zone_is_steady(zone, at, edge) ? edge : whole + MINUTE_S;
    }
    return INT64_MAX;
}

int64_t alm_blackout_until(const alm_blackout *items, size_t count, const alm_zone *zone, int64_t unix_s) {
    return count ? find(items, count, zone, unix_s, false) : unix_s;
}

int64_t alm_blackout_from(const alm_blackout *items, size_t count, const alm_zone *zone, int64_t unix_s) {
    return count ? find(items, count, zone, unix_s, true) : INT64_MAX;
}
