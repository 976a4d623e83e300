#include "timetable/cron.h"

#include <ctype.h>
#include <stdio.h>

enum { DAY_S = 86400, MINUTES_OF_DAY = 1440, MAX_DAYS = 9 * 366, NAME_LEN = 3 };
#define ALL_HOURS 0xFFFFFFu

/* ---- reading ---- */

typedef struct field {
    const char *name;
    unsigned min, max;
    const char *words; /* three letters each, of min, min + 1, …; NULL */
} field;

static const field fields[] = {{"minute", 0, 59, NULL},
                               {"hour", 0, 23, NULL},
                               {"day of month", 1, 31, NULL},
                               {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
                               {"day of week", 0, 7, "sunmontuewedthufrisat"}};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELD_COUNT };

static alm_status refuse(const field *f, alm_str text, alm_err *err, const char *why) {
    return alm_fail(err, ALM_E_PARSE, "%s '%.*s': %s", f->name, ALM_FMT(text), why);
}

static bool read_digits(unsigned *out, alm_str *rest) {
    size_t n = 0;
    unsigned value = 0;
    for (; n < rest->len && n < 5 && isdigit((unsigned char)rest->ptr[n]); n++)
        value = value * 10 + (unsigned)(rest->ptr[n] - '0');
    *rest = alm_str_slice(*rest, n, rest->len);
    *out = value;
    return n > 0;
}

static bool read_value(unsigned *out, const field *f, alm_str *rest) {
    if (read_digits(out, rest)) return *out >= f->min && *out <= f->max;
    if (!f->words || rest->len < NAME_LEN) return false;
    alm_str word = alm_str_slice(*rest, 0, NAME_LEN);
    for (unsigned i = 0; f->words[i * NAME_LEN]; i++) {
        if (!alm_str_is_nocase(word, (alm_str){f->words + i * NAME_LEN, NAME_LEN})) continue;
        *rest = alm_str_slice(*rest, NAME_LEN, rest->len);
        *out = f->min + i;
        return true;
    }
    return false;
}

static bool eats(alm_str *rest, char c) {
    if (rest->len == 0 || rest->ptr[0] != c) return false;
    *rest = alm_str_slice(*rest, 1, rest->len);
    return true;
}

/* One item of a list: *, 5, 1-5, and with a step. */
static alm_status read_item(uint64_t *bits, const field *f, alm_str item, alm_err *err) {
    alm_str rest = item;
    unsigned from = f->min, to = f->max, step = 1;
    bool is_range = true;
    if (!eats(&rest, '*')) {
        if (!read_value(&from, f, &rest)) return refuse(f, item, err, "no such value");
        is_range = eats(&rest, '-');
        if (!is_range) to = from;
        if (is_range && !read_value(&to, f, &rest)) return refuse(f, item, err, "no such end of a range");
        if (is_range && f == &fields[WEEKDAY] && to == 0) to = 7; /* fri-sun */
        if (to < from) return refuse(f, item, err, "a range goes upwards");
    }
    if (eats(&rest, '/')) {
        if (!is_range) return refuse(f, item, err, "a step goes with * or a range");
        if (!read_digits(&step, &rest) || step == 0) return refuse(f, item, err, "no such step");
    }
    if (rest.len) return refuse(f, item, err, "expected *, a value or a range, with /step");
    for (unsigned i = from; i <= to; i += step) *bits |= UINT64_C(1) << i;
    return ALM_OK;
}

static alm_status read_field(uint64_t *bits, const field *f, alm_str text, alm_err *err) {
    *bits = 0;
    alm_status status = ALM_OK;
    for (size_t at = 0; at <= text.len && status == ALM_OK;) {
        size_t end = alm_str_find(text, ALM_STR(","), at);
        if (end == SIZE_MAX) end = text.len;
        status = read_item(bits, f, alm_str_slice(text, at, end), err);
        at = end + 1;
    }
    return status;
}

static uint8_t fold_sunday(uint64_t bits) { return (uint8_t)((bits | bits >> 7) & 0x7F); }

alm_status alm_cron_parse_weekdays(uint8_t *out, alm_str text, alm_err *err) {
    uint64_t bits;
    alm_status status = read_field(&bits, &fields[WEEKDAY], text, err);
    if (status == ALM_OK) *out = fold_sunday(bits);
    return status;
}

static const char *expand(alm_str text) {
    static const struct {
        const char *name, *expression;
    } names[] = {{"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
                 {"@weekly", "0 0 * * 0"},  {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
                 {"@annually", "0 0 1 1 *"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (alm_str_is_c(text, names[i].name)) return names[i].expression;
    return NULL;
}

/* A day of month that one of the months has. February has 29 days, every few years. */
static bool ever_comes(const alm_cron *c) {
    static const unsigned days[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!c->any_weekday && !c->any_day) return true; /* either: the weekday comes */
    for (unsigned month = 1; month <= 12; month++)
        if ((c->months >> month & 1) && (c->days & ((UINT64_C(2) << days[month]) - 2))) return true;
    return false;
}

alm_status alm_cron_parse(alm_cron *out, alm_str text, alm_err *err) {
    const char *expression = expand(text);
    if (!expression && alm_str_starts(text, ALM_STR("@")))
        return alm_fail(err, ALM_E_PARSE,
                        "'%.*s': expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually",
                        ALM_FMT(text));
    alm_str rest = expression ? alm_str_of(expression) : text, words[FIELD_COUNT];
    uint64_t bits[FIELD_COUNT];
    size_t count = 0;
    for (rest = alm_str_trim(rest); rest.len; rest = alm_str_trim(rest)) {
        size_t len = 0;
        while (len < rest.len && !isspace((unsigned char)rest.ptr[len])) len++;
        if (count < FIELD_COUNT) words[count] = alm_str_slice(rest, 0, len);
        count++;
        rest = alm_str_slice(rest, len, rest.len);
    }
    if (count != FIELD_COUNT)
        return alm_fail(err, ALM_E_PARSE, "'%.*s': expected five fields (minute hour day month weekday), found %zu",
                        ALM_FMT(text), count);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        alm_status status = read_field(&bits[i], &fields[i], words[i], err);
        if (status != ALM_OK) return status;
    }
    alm_cron cron = {.minutes = bits[MINUTE],
                     .hours = (uint32_t)bits[HOUR],
                     .days = (uint32_t)bits[DAY],
                     .months = (uint16_t)bits[MONTH],
                     .weekdays = fold_sunday(bits[WEEKDAY]),
                     .any_day = words[DAY].ptr[0] == '*',
                     .any_weekday = words[WEEKDAY].ptr[0] == '*'};
    if (!ever_comes(&cron)) return alm_fail(err, ALM_E_PARSE, "'%.*s': that day never comes", ALM_FMT(text));
    *out = cron;
    return ALM_OK;
}

/* ---- asking ---- */

static bool is_day(const alm_cron *c, const struct tm *day) {
    bool by_day = c->days >> day->tm_mday & 1, by_weekday = c->weekdays >> day->tm_wday & 1;
    if (!(c->months >> (day->tm_mon + 1) & 1)) return false;
    return c->any_day || c->any_weekday ? by_day && by_weekday : by_day || by_weekday;
}

/* The first minute of a day that fits, from @p minute on, or MINUTES_OF_DAY. */
static int next_minute(const alm_cron *c, int minute) {
    while (minute < MINUTES_OF_DAY) {
        if (!(c->hours >> (minute / 60) & 1))
            minute = (minute / 60 + 1) * 60;
        else if (c->minutes >> (minute % 60) & 1)
            return minute;
        else
            minute++;
    }
    return MINUTES_OF_DAY;
}

/* The least and the largest offset around a day. */
static void offsets_around(const alm_zone *zone, int64_t day_s, int64_t *least, int64_t *most) {
    *least = *most = alm_zone_offset(zone, day_s - DAY_S);
    for (int64_t at = day_s; at <= day_s + 2 * DAY_S; at += DAY_S) {
        int64_t offset = alm_zone_offset(zone, at);
        if (offset < *least) *least = offset;
        if (offset > *most) *most = offset;
    }
}

/* A day on which clocks change: each time of the day for itself, the earliest after after_s. */
static int64_t next_on_uneven_day(const alm_cron *c, const alm_zone *zone, int64_t day_s, int64_t after_s) {
    int64_t best = INT64_MAX, least, most;
    bool by_clock = c->hours == ALL_HOURS;
    offsets_around(zone, day_s, &least, &most);
    int64_t first = (after_s + least - day_s) / 60; /* before it, whatever the clock says, is not after after_s */
    if (first >= MINUTES_OF_DAY) return INT64_MAX;
    for (int m = next_minute(c, first > 0 ? (int)first : 0); m < MINUTES_OF_DAY; m = next_minute(c, m + 1)) {
        int64_t at[2] = {0, 0}, local_s = day_s + m * 60;
        if (best < local_s - most) break; /* nothing earlier comes any more */
        int count = alm_zone_instants(zone, local_s, &at[0], &at[1]);
        if (count == 0 && by_clock) continue;
        if (count == 2 && !by_clock) count = 1;
        for (int i = 0; i < (count ? count : 1); i++)
            if (at[i] > after_s && at[i] < best) best = at[i];
    }
    return best;
}

static int64_t next_on_day(const alm_cron *c, const alm_zone *zone, int64_t day_s, int64_t after_s) {
    if (!alm_zone_is_steady(zone, day_s - DAY_S, day_s + 2 * DAY_S)) return next_on_uneven_day(c, zone, day_s, after_s);
    int64_t start = day_s - alm_zone_offset(zone, day_s);
    int from = after_s < start ? 0 : (int)((after_s - start) / 60) + 1;
    int minute = next_minute(c, from);
    return minute < MINUTES_OF_DAY ? start + minute * 60 : INT64_MAX;
}

int64_t alm_cron_next(const alm_cron *c, const alm_zone *zone, int64_t after_s) {
    int64_t local = after_s + alm_zone_offset(zone, after_s);
    int64_t day_s = local - ((local % DAY_S) + DAY_S) % DAY_S - DAY_S; /* clocks may be set back over midnight */
    for (int i = 0; i < MAX_DAYS; i++, day_s += DAY_S) {
        time_t at = (time_t)day_s;
        struct tm day;
        if (!gmtime_r(&at, &day) || !is_day(c, &day)) continue;
        int64_t found = next_on_day(c, zone, day_s, after_s);
        if (found != INT64_MAX) return found;
    }
    return INT64_MAX;
}
