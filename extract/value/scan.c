#include "extract/value/value.h"

#include "base/utf8.h"
#include "extract/value/scan_priv.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static const word *peek(const scan *s, size_t at, uint32_t roles) { return alm_word_at(s->tables, s->text, at, roles); }

/* Digits, letters and what joins them: a name or a code, nothing to count. Its end. */
static size_t token_end(const scan *s, size_t at) {
    const char *p = s->text.ptr;
    while (at < s->text.len) {
        if (is_digit(p[at]) || is_letter(p[at]) || p[at] == '_')
            at++;
        else if ((p[at] == '-' || p[at] == '.' || p[at] == ':' || p[at] == '/') && at + 1 < s->text.len &&
                 (is_digit(p[at + 1]) || is_letter(p[at + 1])))
            at++;
        else if (p[at] == ',' && at > 0 && is_digit(p[at - 1]) && at + 3 < s->text.len && is_digit(p[at + 1]) &&
                 is_digit(p[at + 2]) && is_digit(p[at + 3]))
            at++; /* "ABC5,000" */
        else
            break;
    }
    return at;
}

/* Digits joined to more digits
: telephone numbers, clock times, dotted codes. The end, or @p at. */
static size_t joined_digits_end(const scan *s, const numeral *n) {
    const char *p = s->text.ptr;
    size_t end = n->end, len = s->text.len;
    if (!n->arabic || end >= len) return n->start;
    if (alm_str_starts(alm_str_slice(s->text, end, len), ALM_STR("\xC2\xB7")) && end + 2 < len &&
        is_digit(p[end + 2])) {
        end += 2;
        while (end < len && is_digit(p[end])) end++;
        return end;
    }
    if (is_letter(p[end]) && !alm_word_at(s->tables, s->text, end, WORD_MEASURE | WORD_CURRENCY_AFTER))
        return token_end(s, end);
    if (is_letter(p[end])) {
        const word *unit = alm_word_at(s->tables, s->text, end, WORD_MEASURE | WORD_CURRENCY_AFTER);
        size_t behind = end + unit->text.len;
        if (behind < len && (is_letter(p[behind]) || is_digit(p[behind]))) return token_end(s, end);
        return n->start;
    }
    if (end + 1 >= len || !is_digit(p[end + 1])) return n->start;
    if (p[end] == ':' || p[end] == '.') return token_end(s, end);
    if (p[end] != '-' || n->fraction || n->grouped) return n->start;
    size_t next = end + 1;
    while (next < len && is_digit(p[next])) next++;
    bool zero = p[n->digits] == '0' || (p[end + 1] == '0' && next - end > 2);
    bool again = next + 1 < len && p[next] == '-' && is_digit(p[next + 1]);
    bool letters =
        next < len && is_letter(p[next]) && !alm_word_at(s->tables, s->text, next, WORD_MEASURE | WORD_LATIN_SCALE);
    return zero || again || letters || next - end > 7 || end - n->digits > 6 ? token_end(s, end) : n->start;
}

static outcome push_code(scan *s, size_t start, size_t end) {
    alm_value v = {.form = ALM_FORM_CODE,
                   .start = (uint32_t)start,
                   .end = (uint32_t)end,
                   .number_start = (uint32_t)start,
                   .number_end = (uint32_t)end,
                   .amount = alm_str_slice(s->text, start, end)};
    return alm_scan_push(s, &v) ? OUTCOME_VALUE : OUTCOME_NOMEM;
}

/* Where numbers alone are asked for: a minus sign and a leading point, where nothing stands before them. */
static void take_signs(const scan *s, numeral *n) {
    const char *p = s->text.ptr;
    size_t at = n->start;
    if (!n->arabic && !n->scale) return;
    if (n->arabic && !n->fraction && !n->grouped && at > s->floor && p[at - 1] == '.' && (at < 2 || p[at - 2] != '.')) {
        n->value = n->low = n->high = alm_exact_scale(n->value, -(int)(n->number_end - at));
        n->fraction = true;
        at--;
    }
    bool minus = at > s->floor && p[at - 1] == '-';
    bool alone = at < 2 || p[at - 2] == ' ' || p[at - 2] == '(' || p[at - 2] == ',';
    if (minus && alone) {
        n->negative = true;
        at--;
    }
    n->start = at;
}

static outcome read_numeral(scan *s, size_t at, size_t *next) {
    reading r = {0};
    if (!alm_numeral_read(&r.n, s->tables, s->text, at)) {
        bool grouped, fraction;
        if (!is_digit(s->text.ptr[at])) return OUTCOME_NONE;
        *next = token_end(s, alm_numeral_arabic_end(s->text, at, &grouped, &fraction));
        return push_code(s, at, *next);
    }
    *next = r.n.number_end;
    if (s->numbers_only) take_signs(s, &r.n);
    if (!s->numbers_only && alm_date_names_class(s, &r.n)) return OUTCOME_NONE;
    alm_value date = {0};
    outcome done = s->numbers_only ? OUTCOME_NONE : alm_date_read(s, &date, &r.n);
    if (done == OUTCOME_VALUE) {
        *next = date.end;
        return alm_scan_push(s, &date) ? OUTCOME_VALUE : OUTCOME_NOMEM;
    }
    size_t joined = joined_digits_end(s, &r.n);
    if (joined > r.n.start) {
        *next = joined;
        return push_code(s, r.n.start, joined);
    }
    if (done != OUTCOME_NONE || (done = alm_amount_read_behind(s, &r)) == OUTCOME_NOMEM) return done;
    if (alm_amount_read_range(s, &r) == OUTCOME_NOMEM) return OUTCOME_NOMEM;
    done = alm_scan_emit(s, &r, r.n.start);
    if (done == OUTCOME_VALUE) *next = r.end;
    return done;
}

static outcome read_half(scan *s, size_t at, size_t *next) {
    const word *half = peek(s, at, WORD_HALF);
    if (!half) return OUTCOME_NONE;
    size_t end = at + half->text.len;
    reading r = {.n = {.start = at, .digits = at, .number_end = end, .end = end, .stated = true}};
    r.n.value = alm_exact_of(5, -1);
    const word *hundred = peek(s, end, WORD_UNIT);
    if (hundred) {
        r.n.value = alm_exact_scale(r.n.value, hundred->number);
        r.n.number_end = r.n.end = end + hundred->text.len;
    } else if (!peek(s, end, WORD_MEASURE)) {
        return OUTCOME_NONE;
    }
    r.n.low = r.n.high = r.n.value;
    outcome done = alm_amount_read_behind(s, &r);
    if (done == OUTCOME_VALUE) done = alm_scan_emit(s, &r, at);
    if (done == OUTCOME_VALUE) *next = r.end;
    return done;
}

static outcome read_share(scan *s, size_t at, size_t *next) {
    reading r = {0};
    outcome done = alm_amount_read_share(s, &r, at);
    if (done == OUTCOME_VALUE) done = alm_scan_emit(s, &r, at);
    if (done == OUTCOME_VALUE) *next = r.end;
    return done;
}

static outcome read_vague(scan *s, const word *vague, size_t at, size_t *next) {
    const word *unit = vague->number ? peek(s, at + vague->text.len, WORD_MEASURE) : NULL;
    size_t end = at + vague->text.len + (unit ? unit->text.len : 0);
    alm_value v = {.kind = ALM_VALUE_QUANTITY,
                   .qualifier = ALM_QUALIFIER_ABOUT,
                   .measure = unit ? (alm_measure)unit->number : ALM_MEASURE_GOODS,
                   .vague = true,
                   .start = (uint32_t)at,
                   .end = (uint32_t)end,
                   .number_start = (uint32_t)at,
                   .number_end = (uint32_t)(at + vague->text.len)};
    if (unit) v.unit = alm_str_slice(s->text, end - unit->text.len, end);
    *next = end;
    return alm_scan_push(s, &v) ? OUTCOME_VALUE : OUTCOME_NOMEM;
}

static outcome read_relative(scan *s, size_t at, size_t *next) {
    alm_value v = {0};
    outcome done = alm_date_read_relative(s, &v, at);
    if (done != OUTCOME_VALUE) return done;
    *next = v.end;
    return alm_scan_push(s, &v) ? OUTCOME_VALUE : OUTCOME_NOMEM;
}

/* A Chinese digit with nothing behind that it could count and no ordinal before: the most common case, and no value. */
static bool is_idle_digit(const scan *s, size_t at, size_t *next) {
    const uint32_t more = WORD_TENS | WORD_UNIT | WORD_SCALE | WORD_SOME | WORD_NEGATIVE;
    const uint32_t unrelated =
        WORD_BEFORE | WORD_EACH | WORD_SKIP | WORD_KEEP | WORD_VAGUE | WORD_DATE_RELATIVE | WORD_HALF;
    uint32_t roles = alm_word_roles(s->tables, s->text, at);
    if (s->numbers_only || !(roles & WORD_DIGIT) || (roles & more)) return false;
    size_t end = at + alm_utf8_len((unsigned char)s->text.ptr[at]);
    if (end < s->text.len && (unsigned char)s->text.ptr[end] < 0x80) return false;
    if (alm_word_roles(s->tables, s->text, end) & ~unrelated) return false;
    if (alm_word_before(s->tables, s->text, s->floor, at, WORD_ORDINAL | WORD_CURRENCY_BEFORE)) return false;
    *next = end;
    return true;
}

/* What a numeral may go on with behind a word that is to be skipped. */
#define CONTINUING_ROLES (WORD_DIGIT | WORD_TENS | WORD_UNIT | WORD_SCALE | WORD_POINT)

/* "near a thousand miles": what begins like a word ("a thousand miles away") counts after all where a qualifier stands
 * before it and a measure word behind the unit. */
static bool is_counted_unit(const scan *s, size_t at) {
    const word *unit = peek(s, at, WORD_UNIT | WORD_SCALE);
    if (!unit || !peek(s, at + unit->text.len, WORD_MEASURE)) return false;
    const word *before = alm_word_before(s->tables, s->text, s->floor, at, WORD_BEFORE | WORD_BEFORE_BARE);
    return before && before->number >= 0;
}

/* A value at @p at, where one may start; *next is where to go on. */
static outcome read_value(scan *s, size_t at, size_t *next) {
    const word *w = peek(s, at, WORD_SKIP | WORD_KEEP | WORD_VAGUE | WORD_PER_HUNDRED | WORD_DATE_RELATIVE);
    bool wordy = w && (w->role == WORD_VAGUE || w->role == WORD_DATE_RELATIVE);
    if (w && (w->role == WORD_SKIP || (wordy && s->numbers_only))) {
        numeral n; /* a numeral that reaches further is no such word: "one point two" */
        size_t end = at + w->text.len;
        bool cut = end < s->text.len && is_digit(s->text.ptr[end]) && is_digit(s->text.ptr[end - 1]);
        bool longer = (alm_word_roles(s->tables, s->text, end) & CONTINUING_ROLES) &&
                      alm_numeral_read(&n, s->tables, s->text, at) && n.number_end > end;
        if (!cut && !longer && !is_counted_unit(s, at)) {
            *next = end;
            return OUTCOME_NONE;
        }
    }
    if (w && w->role == WORD_VAGUE) return read_vague(s, w, at, next);
    outcome done = OUTCOME_NONE;
    if (w && w->role == WORD_PER_HUNDRED) done = read_share(s, at, next);
    if (w && w->role == WORD_DATE_RELATIVE) done = read_relative(s, at, next);
    if (done == OUTCOME_NONE && (alm_word_roles(s->tables, s->text, at) & WORD_HALF)) done = read_half(s, at, next);
    if (done == OUTCOME_NONE && !is_idle_digit(s, at, next)) done = read_numeral(s, at, next);
    return done;
}

/* Letters: a currency sign of letters leads to its number, everything else is passed with the digits in it. */
static size_t pass_letters(const scan *s, size_t at) {
    const word *currency = peek(s, at, WORD_CURRENCY_BEFORE);
    if (currency) {
        size_t end = alm_numeral_skip_blanks(s->text, at + currency->text.len);
        if (end < s->text.len && is_digit(s->text.ptr[end])) return end;
    }
    return token_end(s, at);
}

/* Most of a text: three-byte characters that start nothing. Valid UTF-8 is a precondition of the scan. */
static size_t pass_plain_han(const scan *s, size_t at) {
    const unsigned char *p = (const unsigned char *)s->text.ptr;
    while (at + 2 < s->text.len && p[at] >= 0xE0 && p[at] < 0xF0) {
        uint32_t cp = (uint32_t)(p[at] & 0x0F) << 12 | (uint32_t)(p[at + 1] & 0x3F) << 6 | (p[at + 2] & 0x3F);
        if (alm_word_may_start(s->tables, cp)) break;
        at += 3;
    }
    return at;
}

static alm_status run(scan *s, alm_err *err) {
    if (s->text.len >= UINT32_MAX) return alm_fail(err, ALM_E_LIMIT, "a text of 4 GiB or more");
    for (size_t at = 0; (at = pass_plain_han(s, at)) < s->text.len;) {
        size_t next = at;
        uint32_t cp = alm_utf8_next(s->text, &next);
        if (cp < 0x80 && is_letter((char)cp))
            next = pass_letters(s, at);
        else if (alm_word_may_start(s->tables, cp) && read_value(s, at, &next) == OUTCOME_NOMEM)
            return alm_fail(err, ALM_E_NOMEM, "out of memory");
        at = next;
    }
    return ALM_OK;
}

alm_status alm_value_scan(alm_value **out, size_t *count, alm_arena *arena, const alm_value_tables *tables,
                          alm_str text, alm_str published, alm_err *err) {
    scan s = {.tables = tables, .arena = arena, .text = text, .published = alm_date_parse(published)};
    alm_status status = run(&s, err);
    if (status != ALM_OK) return status;
    *out = s.items;
    *count = s.count;
    return ALM_OK;
}

alm_status alm_value_scan_numbers(alm_value **out, size_t *count, alm_arena *arena, const alm_value_tables *tables,
                                  alm_str text, alm_err *err) {
    scan s = {.tables = tables, .arena = arena, .text = text, .numbers_only = true};
    alm_status status = run(&s, err);
    if (status != ALM_OK) return status;
    *out = s.items;
    *count = s.count;
    return ALM_OK;
}
