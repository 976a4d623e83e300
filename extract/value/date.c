#include "extract/value/scan_priv.h"

#include "base/utf8.h"

enum { MIN_YEAR = 1840, MAX_YEAR = 2199 };

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* 29 where the year is not known. */
static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && (year == 0 || is_leap(year)));
}

static bool is_real(day d) {
    if (d.year != 0 && (d.year < MIN_YEAR || d.year > MAX_YEAR)) return false;
    if (d.month < 0 || d.month > 12 || d.day < 0) return false;
    return d.day == 0 || d.day <= (d.month ? days_in(d.year, d.month) : 31);
}

static day day_before(day d) {
    if (--d.day == 0) {
        if (--d.month == 0) {
            d.month = 12;
            d.year--;
        }
        d.day = days_in(d.year, d.month);
    }
    return d;
}

static day day_after(day d) {
    if (++d.day > days_in(d.year, d.month)) {
        d.day = 1;
        if (++d.month > 12) {
            d.month = 1;
            d.year++;
        }
    }
    return d;
}

/* Days since some start, monotone; good for "about a month later". */
static int ordinal(day d) { return d.year * 372 + d.month * 31 + d.day; }

static int two_digits(alm_str text, size_t at) { return (text.ptr[at] - '0') * 10 + (text.ptr[at + 1] - '0'); }

day alm_date_parse(alm_str text) {
    if (text.len < 10 || text.ptr[4] != '-' || text.ptr[7] != '-') return (day){0};
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (text.ptr[i] < '0' || text.ptr[i] > '9')) return (day){0};
    day d = {two_digits(text, 0) * 100 + two_digits(text, 2), two_digits(text, 5), two_digits(text, 8)};
    return is_real(d) && d.year && d.month && d.day ? d : (day){0};
}

bool alm_value_is_date(alm_str text) { return text.len == 10 && alm_date_parse(text).year != 0; }

/* A page tells of what was, not of what will be: the year that puts the date at most a month after publication. */
static day complete(const scan *s, day d) {
    const day p = s->published;
    if (d.year || !p.year) return d;
    if (d.month == 0) {
        d.month = p.month;
        d.year = p.year;
        if (d.day > p.day && --d.month == 0) d.month = 12, d.year--;
        return is_real(d) ? d : (day){0};
    }
    d.year = p.year;
    if (ordinal((day){d.year, d.month, d.day ? d.day : 1}) > ordinal(p) + 31) d.year--;
    return is_real(d) ? d : (day){0};
}

static day first_day(day d) { return (day){d.year, d.month ? d.month : 1, d.day ? d.day : 1}; }

static day last_day(day d) {
    if (d.month == 0) return (day){d.year, 12, 31};
    return (day){d.year, d.month, d.day ? d.day : days_in(d.year, d.month)};
}

static bool write_day(const scan *s, alm_str *out, day d) {
    char text[10] = {(char)('0' + d.year / 1000),
                     (char)('0' + d.year / 100 % 10),
                     (char)('0' + d.year / 10 % 10),
                     (char)('0' + d.year % 10),
                     '-',
                     (char)('0' + d.month / 10),
                     (char)('0' + d.month % 10),
                     '-',
                     (char)('0' + d.day / 10),
                     (char)('0' + d.day % 10)};
    *out = alm_arena_copy(s->arena, (alm_str){text, sizeof text});
    return out->ptr != NULL;
}

/* Reading. */

typedef struct date {
    day d;
    size_t end;
} date;

static const word *date_unit(const scan *s, size_t at, int unit) {
    if (!(alm_word_roles(s->tables, s->text, at) & WORD_DATE_UNIT)) return NULL;
    const word *w = alm_word_at(s->tables, s->text, at, WORD_DATE_UNIT | WORD_MEASURE);
    if (w && w->role == WORD_MEASURE) { /* the same spelling may be a measure; a longer one wins */
        const word *twin = alm_word_at(s->tables, s->text, at, WORD_DATE_UNIT);
        w = twin && twin->text.len == w->text.len ? twin : NULL;
    }
    return w && w->number == unit ? w : NULL;
}

static bool small_number(const numeral *n, int *out) {
    if (n->negative || n->more || n->about || n->bounds || n->fraction || n->grouped || n->scale || !n->stated)
        return false;
    if (n->value.exponent < 0 || n->value.exponent > 3 || n->value.mantissa > 9999) return false;
    uint64_t value = n->value.mantissa;
    for (int i = 0; i < n->value.exponent; i++) value *= 10;
    if (value > 9999) return false;
    *out = (int)value;
    return true;
}

/* A number with the date unit @p unit behind, at @p at. */
static bool read_part(const scan *s, size_t at, int unit, int *value, size_t *end) {
    numeral n;
    at = alm_numeral_skip_blanks(s->text, at);
    if (!alm_numeral_read(&n, s->tables, s->text, at) || !small_number(&n, value)) return false;
    size_t behind = alm_numeral_skip_blanks(s->text, n.end);
    const word *w = date_unit(s, behind, unit);
    if (!w && unit == DATE_DAY) w = date_unit(s, behind, DATE_DAY_SPOKEN);
    if (!w) return false;
    *end = behind + w->text.len;
    return true;
}

/* The day behind a month. */
static void read_day(const scan *s, date *out) {
    int value;
    size_t end;
    if (!read_part(s, out->end, DATE_DAY, &value, &end) || value < 1) return;
    day d = {out->d.year, out->d.month, value};
    if (is_real(d)) *out = (date){d, end};
}

/* Month and day behind a year. */
static void read_month(const scan *s, date *out) {
    size_t at = alm_numeral_skip_blanks(s->text, out->end);
    const word *january = date_unit(s, at, DATE_JANUARY);
    int value = 1;
    size_t end = january ? at + january->text.len : 0;
    if (!january && !read_part(s, out->end, DATE_MONTH, &value, &end)) return;
    if (value < 1 || value > 12) return;
    *out = (date){{out->d.year, value, 0}, end};
    read_day(s, out);
}

static bool is_year(const scan *s, const numeral *n, int value) {
    return value >= MIN_YEAR && value <= MAX_YEAR && (n->digit_run || n->arabic) &&
           (n->digit_run || n->number_end - n->digits == 4) && s->text.len > n->end;
}

/* 2020-02-18, 2020/2/18, 2020.2.18 */
static bool read_numeric(const scan *s, const numeral *n, date *out) {
    const char *p = s->text.ptr;
    size_t at = n->digits, len = s->text.len;
    int part[3] = {0};
    char mark = 0;
    for (int i = 0; i < 3; i++) {
        size_t start = at;
        while (at < len && p[at] >= '0' && p[at] <= '9' && at - start < 5) part[i] = part[i] * 10 + (p[at++] - '0');
        if (i == 0 ? at - start != 4 : at == start || at - start > 2) return false;
        if (i == 2) break;
        if (at >= len || (p[at] != '-' && p[at] != '/' && p[at] != '.') || (mark && mark != p[at])) return false;
        mark = p[at++];
    }
    if (at < len &&
        ((p[at] >= '0' && p[at] <= '9') || (p[at] == mark && at + 1 < len && p[at + 1] >= '0' && p[at + 1] <= '9')))
        return false;
    day d = {part[0], part[1], part[2]};
    if (!is_real(d) || d.year < MIN_YEAR || d.month == 0 || d.day == 0) return false;
    *out = (date){d, at};
    return true;
}

static bool read_date(const scan *s, const numeral *n, date *out) {
    int value;
    if (n->digits == n->start && n->number_end - n->digits >= 4 && read_numeric(s, n, out)) return true;
    if (!small_number(n, &value)) return false;
    size_t at = alm_numeral_skip_blanks(s->text, n->end);
    const word *unit;
    if ((unit = date_unit(s, at, DATE_YEAR)) != NULL && is_year(s, n, value)) {
        *out = (date){{value, 0, 0}, at + unit->text.len};
        read_month(s, out);
        return true;
    }
    if ((unit = date_unit(s, at, DATE_MONTH)) != NULL && value >= 1 && value <= 12) {
        *out = (date){{0, value, 0}, at + unit->text.len};
        read_day(s, out);
        return true;
    }
    return false;
}

/* A day alone: of the month of publication, or of the one before. Only the formal word for day counts. */
static bool read_lone_day(const scan *s, const numeral *n, date *out) {
    int value;
    size_t at = alm_numeral_skip_blanks(s->text, n->end);
    const word *unit = date_unit(s, at, DATE_DAY);
    if (!unit || !small_number(n, &value) || value < 1 || value > 31) return false;
    const word *measure = alm_word_at(s->tables, s->text, at, WORD_MEASURE);
    if (measure && measure->text.len >= unit->text.len) return false;
    *out = (date){{0, 0, value}, at + unit->text.len};
    return true;
}

/* The other end of a range takes from the first what it does not say. */
static bool read_other_end(const scan *s, day first, size_t at, date *out) {
    at = alm_numeral_skip_blanks(s->text, at);
    const word *to = alm_word_at(s->tables, s->text, at, WORD_RANGE);
    if (!to) return false;
    at = alm_numeral_skip_blanks(s->text, at + to->text.len);
    numeral n;
    int value;
    size_t end;
    if (!alm_numeral_read(&n, s->tables, s->text, at)) return false;
    if (!read_date(s, &n, out)) {
        if (!first.day || !read_part(s, at, DATE_DAY, &value, &end) || value < 1) return false;
        *out = (date){{first.year, first.month, value}, end};
    }
    if (out->d.year == 0) out->d.year = first.year;
    return is_real(out->d) && (!out->d.year || ordinal(last_day(out->d)) >= ordinal(first_day(first)));
}

/* "2020 to 2021 nian", "1 to 3 yue": the first number has the unit of the second. */
static bool read_bare_range(const scan *s, const numeral *n, date *first, date *second) {
    int value;
    numeral m;
    const word *to = alm_word_at(s->tables, s->text, n->end, WORD_RANGE);
    if (!to || !small_number(n, &value) || !alm_numeral_read(&m, s->tables, s->text, n->end + to->text.len))
        return false;
    if (!read_date(s, &m, second) || second->d.day) return false;
    if (second->d.year && second->d.month) return false;
    bool years = second->d.year && is_year(s, n, value) && value < second->d.year;
    bool months = second->d.month && value >= 1 && value < second->d.month;
    *first = (date){{years ? value : 0, months ? value : 0, 0}, second->end};
    return years || months;
}

static outcome emit(const scan *s, alm_value *out, day from, day to, bool open_from, bool open_to) {
    out->kind = ALM_VALUE_DATE;
    if (from.year && !open_from && !write_day(s, &out->date_from, first_day(from))) return OUTCOME_NOMEM;
    if (to.year && !open_to && !write_day(s, &out->date_to, last_day(to))) return OUTCOME_NOMEM;
    return OUTCOME_VALUE;
}

/* From @p first on: the other end, the words before and behind that leave one end open. */
/* "2020 nian 1 to 3 yue", "2 yue 1 to 5 ri": the range starts below the part that is written out. */
static bool read_inner_range(const scan *s, date *first, date *second) {
    numeral n, m;
    int from, to;
    size_t at = alm_numeral_skip_blanks(s->text, first->end), end;
    if (first->d.day || (!first->d.year && !first->d.month)) return false;
    if (!alm_numeral_read(&n, s->tables, s->text, at) || !small_number(&n, &from)) return false;
    const word *mark = alm_word_at(s->tables, s->text, n.end, WORD_RANGE);
    if (!mark) return false;
    at = n.end + mark->text.len;
    if (!alm_numeral_read(&m, s->tables, s->text, at)) return false;
    bool months = first->d.month == 0;
    if (!read_part(s, at, months ? DATE_MONTH : DATE_DAY, &to, &end) || from < 1 || from >= to) return false;
    *second = (date){first->d, end};
    if (months) {
        first->d.month = from;
        second->d.month = to;
    } else {
        first->d.day = from;
        second->d.day = to;
    }
    return is_real(second->d);
}

static outcome settle(const scan *s, alm_value *out, size_t start, date first) {
    date other, inner = first;
    if (read_inner_range(s, &inner, &other)) first = (date){inner.d, other.end};
    day from = complete(s, first.d), to = from;
    if (first.end > inner.end) {
        other.d.year = from.year;
        to = other.d;
    } else if (read_other_end(s, from.year ? from : first.d, first.end, &other)) {
        to = complete(s, other.d);
        first.end = other.end;
    }
    size_t before = start;
    while (before > s->floor && s->text.ptr[before - 1] == ' ') before--;
    const word *edge = alm_word_before(s->tables, s->text, s->floor, before, WORD_DATE_EDGE);
    const word *behind = alm_word_at(s->tables, s->text, first.end, WORD_DATE_EDGE);
    bool lunar = (edge && edge->number == EDGE_LUNAR) || (behind && behind->number == EDGE_LUNAR_DAY);
    if (lunar) from = to = (day){0};
    bool until = edge && edge->number == EDGE_UNTIL;
    bool onward = behind && behind->number == EDGE_ONWARD;
    bool since = edge && edge->number == EDGE_SINCE && onward;
    out->number_start = (uint32_t)start;
    out->number_end = (uint32_t)first.end;
    out->start = (uint32_t)(until || since ? before - edge->text.len : start);
    out->end = (uint32_t)(onward ? first.end + behind->text.len : first.end);
    return emit(s, out, from, to, until, onward);
}

/* Whether what stands behind @p n can make a date of it: a cheap look before the careful ones. */
static bool may_be_date(const scan *s, const numeral *n, uint32_t roles) {
    if (n->negative) return false;
    if (roles & (WORD_DATE_UNIT | WORD_RANGE)) return true;
    char mark = n->digits + 4 < s->text.len ? s->text.ptr[n->digits + 4] : 0;
    return mark == '-' || mark == '/' || mark == '.';
}

bool alm_date_names_class(const scan *s, const numeral *n) {
    int value;
    return small_number(n, &value) && is_year(s, n, value) && date_unit(s, n->end, DATE_CLASS);
}

outcome alm_date_read(const scan *s, alm_value *out, const numeral *n) {
    date first, second;
    uint32_t roles = alm_word_roles(s->tables, s->text, alm_numeral_skip_blanks(s->text, n->end));
    if (!may_be_date(s, n, roles)) return OUTCOME_NONE;
    if ((roles & WORD_RANGE) && read_bare_range(s, n, &first, &second)) {
        *out = (alm_value){.start = (uint32_t)n->start,
                           .end = (uint32_t)second.end,
                           .number_start = (uint32_t)n->start,
                           .number_end = (uint32_t)second.end};
        day to = complete(s, second.d);
        if (!first.d.year) first.d.year = to.year;
        return emit(s, out, first.d, to, false, false);
    }
    if (read_date(s, n, &first)) return settle(s, out, n->start, first);
    if (read_lone_day(s, n, &first)) return settle(s, out, n->start, first);
    return OUTCOME_NONE;
}

outcome alm_date_read_relative(const scan *s, alm_value *out, size_t at) {
    const word *w = alm_word_at(s->tables, s->text, at, WORD_DATE_RELATIVE);
    if (!w) return OUTCOME_NONE;
    day d = s->published;
    date first = {{0}, at + w->text.len};
    if (d.year && w->date_unit == DATE_YEAR) {
        first.d.year = d.year + w->number;
    } else if (d.year && w->date_unit == DATE_MONTH) {
        int month = d.year * 12 + d.month - 1 + w->number;
        first.d = (day){month / 12, month % 12 + 1, 0};
    } else if (d.year) {
        for (int i = w->number; i < 0; i++) d = day_before(d);
        for (int i = w->number; i > 0; i--) d = day_after(d);
        first.d = d;
    }
    if (w->date_unit == DATE_YEAR) read_month(s, &first);
    if (w->date_unit == DATE_MONTH && first.d.month) read_day(s, &first);
    if (!d.year && !first.d.month) return OUTCOME_NONE;
    return settle(s, out, at, first);
}
