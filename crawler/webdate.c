#include "crawler/webdate.h"

#include <stdio.h>

typedef struct cursor {
    alm_str s;
    size_t at;
} cursor;

typedef struct moment {
    int64_t year, month, day, hour, minute, second;
    int64_t offset_s; /* east of UTC */
} moment;

static char peek(const cursor *c) { return c->at < c->s.len ? c->s.ptr[c->at] : '\0'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take(cursor *c, char wanted) {
    if (c->at >= c->s.len || peek(c) != wanted) return false;
    c->at++;
    return true;
}

static void skip_spaces(cursor *c) {
    while (peek(c) == ' ' || peek(c) == '\t') c->at++;
}

/** A number of @p min to @p max digits. */
static bool number(cursor *c, size_t min, size_t max, int64_t *out) {
    size_t digits = 0;
    int64_t value = 0;
    for (; digits < max && is_digit(peek(c)); digits++, c->at++) value = value * 10 + (peek(c) - '0');
    if (digits < min) return false;
    *out = value;
    return true;
}

static bool is_leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int64_t days_in(int64_t year, int64_t month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/** Days since 1970-01-01 of the Gregorian calendar: years begin in March, so that the leap day is a year's last. */
static int64_t days_from_epoch(int64_t year, int64_t month, int64_t day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, of_era = y % 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool to_unix(const moment *m, int64_t *unix_s) {
    if (m->year < 1 || m->month < 1 || m->month > 12) return false;
    if (m->day < 1 || m->day > days_in(m->year, m->month)) return false;
    if (m->hour > 24 || m->minute > 59 || m->second > 60) return false;
    int64_t days = days_from_epoch(m->year, m->month, m->day);
    *unix_s = days * 86400 + m->hour * 3600 + m->minute * 60 + m->second - m->offset_s;
    return true;
}

/** "+08:00" or "+0800". */
static bool numeric_zone(cursor *c, int64_t *offset_s) {
    int64_t hours, minutes = 0;
    int sign = peek(c) == '-' ? -1 : 1;
    if (!take(c, '+') && !take(c, '-')) return false;
    if (!number(c, 2, 2, &hours)) return false;
    (void)take(c, ':');
    if (is_digit(peek(c)) && !number(c, 2, 2, &minutes)) return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

/** What stands behind the day of a W3C date. */
static bool w3c_time(cursor *c, moment *m) {
    if (!number(c, 1, 2, &m->hour) || !take(c, ':') || !number(c, 2, 2, &m->minute)) return false;
    if (take(c, ':') && !number(c, 2, 2, &m->second)) return false;
    if (take(c, '.') || take(c, ',')) {
        while (is_digit(peek(c))) c->at++;
    }
    skip_spaces(c);
    if (c->at == c->s.len || take(c, 'Z') || take(c, 'z')) return true;
    return numeric_zone(c, &m->offset_s);
}

static bool w3c(alm_str text, int64_t *unix_s) {
    cursor c = {.s = text};
    moment m = {.month = 1, .day = 1};
    if (!number(&c, 4, 4, &m.year)) return false;
    bool dash = take(&c, '-');
    if (dash || take(&c, '/')) {
        if (!number(&c, 1, 2, &m.month)) return false;
        if (take(&c, dash ? '-' : '/')) {
            if (!number(&c, 1, 2, &m.day)) return false;
            bool time = take(&c, 'T') || take(&c, 't') || take(&c, ' ');
            skip_spaces(&c);
            if (time && c.at < c.s.len && !w3c_time(&c, &m)) return false;
        }
    }
    return c.at == c.s.len && to_unix(&m, unix_s);
}

static alm_str word(cursor *c) {
    size_t start = c->at;
    while ((peek(c) >= 'a' && peek(c) <= 'z') || (peek(c) >= 'A' && peek(c) <= 'Z')) c->at++;
    return alm_str_slice(c->s, start, c->at);
}

/** 1 to 12 by the first three letters, or 0. */
static int64_t month_of(alm_str name) {
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (name.len < 3) return 0;
    for (size_t i = 0; i < 12; i++)
        if (alm_str_is_nocase((alm_str){name.ptr, 3}, (alm_str){names + 3 * i, 3})) return (int64_t)i + 1;
    return 0;
}

/** The zones of RFC 822 5.1; military ones mean nothing certain (RFC 2822 4.3) but Z. */
static bool named_zone(alm_str name, int64_t *offset_s) {
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"gmt", 0},  {"ut", 0},   {"utc", 0},  {"z", 0},    {"est", -5}, {"edt", -4},
                 {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}};
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (!alm_str_is_nocase(name, alm_str_of(zones[i].name))) continue;
        *offset_s = zones[i].hours * 3600;
        return true;
    }
    return false;
}

static bool rfc822(alm_str text, int64_t *unix_s) {
    cursor c = {.s = text};
    moment m = {0};
    (void)word(&c);
    (void)take(&c, ',');
    skip_spaces(&c);
    if (!number(&c, 1, 2, &m.day)) return false;
    while (peek(&c) == ' ' || peek(&c) == '-') c.at++;
    m.month = month_of(word(&c));
    while (peek(&c) == ' ' || peek(&c) == '-') c.at++;
    size_t start = c.at;
    if (m.month == 0 || !number(&c, 2, 4, &m.year)) return false;
    if (c.at - start == 2) m.year += m.year < 50 ? 2000 : 1900; /* RFC 2822 4.3 */
    skip_spaces(&c);
    if (!number(&c, 1, 2, &m.hour) || !take(&c, ':') || !number(&c, 2, 2, &m.minute)) return false;
    if (take(&c, ':') && !number(&c, 2, 2, &m.second)) return false;
    skip_spaces(&c);
    if (!numeric_zone(&c, &m.offset_s) && !named_zone(word(&c), &m.offset_s)) return false;
    return to_unix(&m, unix_s);
}

bool alm_webdate_parse(alm_str text, int64_t *unix_s) {
    text = alm_str_trim(text);
    return w3c(text, unix_s) || rfc822(text, unix_s);
}

void alm_webdate_format(char out[32], int64_t unix_s) {
    int64_t days = unix_s / 86400, seconds = unix_s % 86400;
    if (seconds < 0) {
        seconds += 86400;
        days--;
    }
    int64_t year = 1970 + days / (days < 0 ? 365 : 366) - 1; /* a little early; the loop below finds the year */
    while (days_from_epoch(year + 1, 1, 1) <= days) year++;
    int64_t rest = days - days_from_epoch(year, 1, 1), month = 1;
    while (rest >= days_in(year, month)) rest -= days_in(year, month++);
    snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)rest + 1, (int)(seconds / 3600),
             (int)(seconds / 60 % 60), (int)(seconds % 60));
}
