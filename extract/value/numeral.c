#include "extract/value/numeral_priv.h"

#include "base/utf8.h"

/* A figure and its bounds, worked on together. */
typedef struct figure {
    alm_exact value, low, high;
} figure;

typedef struct builder {
    const alm_value_tables *tables;
    alm_str text;
    size_t at; /* behind what has been taken */
    numeral *n;
    figure total, section, digit; /* above the last scale; above the last unit; not yet counted by a unit */
    bool has_total, has_section, has_digit;
    bool zero;     /* a zero stands before the digit: no unit is understood */
    bool wide;     /* the digit is an Arabic number of several digits */
    bool closed;   /* a fraction was taken: only scales may follow */
    bool some;     /* the numeral begins with "several" */
    bool counting; /* the digit is one that only counts: "two" before a unit */
    bool implied;  /* the digit stands for a unit without digit */
    int last_unit, last_scale;
    int tokens;
} builder;

#define NUMERAL_ROLES                                                                                                  \
    (WORD_DIGIT | WORD_TENS | WORD_UNIT | WORD_SCALE | WORD_POINT | WORD_SOME | WORD_MORE | WORD_LATIN_SCALE)

typedef enum step { STEP_TAKEN, STEP_STOP, STEP_FAIL } step;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static figure figure_of(uint64_t value) {
    alm_exact d = alm_exact_of(value, 0);
    return (figure){d, d, d};
}

/* Until bounds are named, low and high stand still. */
static bool figure_add(const builder *b, figure *a, figure more) {
    if (!alm_exact_add(&a->value, more.value)) return false;
    return !b->n->bounds || (alm_exact_add(&a->low, more.low) && alm_exact_add(&a->high, more.high));
}

static void start_bounds(builder *b) {
    if (b->n->bounds) return;
    b->n->bounds = true;
    b->total.low = b->total.high = b->total.value;
    b->section.low = b->section.high = b->section.value;
}

static figure figure_scale(figure a, int power) {
    return (figure){alm_exact_scale(a.value, power), alm_exact_scale(a.low, power), alm_exact_scale(a.high, power)};
}

size_t alm_numeral_skip_blanks(alm_str text, size_t at) {
    for (int i = 0; i < 2 && at < text.len; i++) {
        if (text.ptr[at] == ' ')
            at++;
        else if (alm_str_starts(alm_str_slice(text, at, text.len), ALM_STR("\xE3\x80\x80")))
            at += 3;
        else if (alm_str_starts(alm_str_slice(text, at, text.len), ALM_STR("\xC2\xA0")))
            at += 2;
        else
            break;
    }
    return at;
}

size_t alm_numeral_group_mark(alm_str text, size_t at) {
    if (at >= text.len) return 0;
    if (text.ptr[at] == ',') return 1;
    return alm_str_starts(alm_str_slice(text, at, text.len), ALM_STR("\xEF\xBC\x8C")) ? 3 : 0;
}

static size_t digits_end(alm_str text, size_t at) {
    while (at < text.len && is_digit(text.ptr[at])) at++;
    return at;
}

/* Behind " 000" groups at @p at: a blank parts other numbers too, so that round thousands alone count. */
static size_t round_groups_end(alm_str text, size_t at) {
    while (alm_str_starts(alm_str_slice(text, at, text.len), ALM_STR(" 000")) &&
           (at + 4 == text.len || !is_digit(text.ptr[at + 4])))
        at += 4;
    return at;
}

/* Behind ",ddd" groups at @p at. Full-width commas also part the items of a list, so they count only where an ASCII
 * group or a fraction shows that the whole is one number. */
static size_t groups_end(alm_str text, size_t at, bool *grouped) {
    size_t end = at;
    bool wide = false, narrow = false;
    for (size_t mark; (mark = alm_numeral_group_mark(text, end)) != 0;) {
        size_t next = digits_end(text, end + mark);
        if (next - end - mark != 3) break;
        end = next;
        wide = wide || mark > 1;
        narrow = narrow || mark == 1;
    }
    bool fraction = end + 1 < text.len && text.ptr[end] == '.' && is_digit(text.ptr[end + 1]);
    if (end == at || (wide && !narrow && !fraction)) return at;
    *grouped = true;
    return end;
}

size_t alm_numeral_arabic_end(alm_str text, size_t at, bool *grouped, bool *fraction) {
    size_t end = digits_end(text, at);
    if (end == at) return at;
    if (end - at <= 3 && text.ptr[at] != '0') {
        end = groups_end(text, end, grouped);
        end = round_groups_end(text, end);
    }
    if (end + 1 < text.len && text.ptr[end] == '.' && is_digit(text.ptr[end + 1])) {
        end = digits_end(text, end + 1);
        *fraction = true;
    }
    return end;
}

/* "e14" behind digits: its end, and the power; or @p at. */
static size_t exponent_end(alm_str text, size_t at, int *power) {
    size_t end = at + 1;
    if (at >= text.len || (text.ptr[at] | 0x20) != 'e') return at;
    bool negative = end < text.len && text.ptr[end] == '-';
    if (negative || (end < text.len && text.ptr[end] == '+')) end++;
    size_t start = end;
    int value = 0;
    while (end < text.len && is_digit(text.ptr[end]) && end - start < 2) value = value * 10 + (text.ptr[end++] - '0');
    bool more =
        end < text.len && (is_digit(text.ptr[end]) || ((text.ptr[end] | 0x20) >= 'a' && (text.ptr[end] | 0x20) <= 'z'));
    if (end == start || more) return at;
    *power = negative ? -value : value;
    return end;
}

static const word *peek(const builder *b, size_t at, uint32_t roles) {
    return alm_word_at(b->tables, b->text, at, roles);
}

/* A unit that counts, or a measure word or currency: what makes two digits in a row a range, not a row of digits. */
static bool unit_follows(const builder *b, size_t at) {
    at = alm_numeral_skip_blanks(b->text, at);
    return peek(b, at, WORD_UNIT | WORD_SCALE | WORD_MEASURE | WORD_CURRENCY_AFTER | WORD_MORE) != NULL;
}

static step take_arabic(builder *b, size_t at) {
    if (b->has_digit || b->closed) return STEP_STOP;
    bool grouped = false, fraction = false;
    size_t end = alm_numeral_arabic_end(b->text, at, &grouped, &fraction);
    alm_exact value;
    if (!alm_exact_read(&value, alm_str_slice(b->text, at, end))) return b->tokens ? STEP_STOP : STEP_FAIL;
    if (b->tokens && fraction && (!b->has_total || b->has_section)) return STEP_STOP;
    int power = 0;
    size_t behind = b->tokens ? end : exponent_end(b->text, end, &power);
    if (power) value = alm_exact_scale(value, power);
    b->digit = (figure){value, value, value};
    b->has_digit = true;
    b->wide = end - at > 1;
    b->closed = fraction;
    b->n->fraction = fraction;
    b->n->grouped = grouped;
    b->n->arabic = b->tokens == 0;
    b->at = behind;
    return STEP_TAKEN;
}

/* Chinese digits in a row: 2-0-2-0. Precondition: the first is taken and a second follows. */
static step take_digit_run(builder *b, size_t at) {
    uint64_t value = b->digit.value.mantissa == 0 ? 0 : b->digit.value.mantissa;
    int count = 1;
    const word *w;
    while ((w = peek(b, at, WORD_DIGIT)) != NULL && !w->counting) {
        if (++count > 19) return STEP_FAIL;
        value = value * 10 + (uint64_t)w->number;
        at += w->text.len;
        b->n->capital = b->n->capital || w->capital;
    }
    b->digit = figure_of(value);
    b->wide = true;
    b->n->digit_run = true;
    b->at = at;
    return STEP_TAKEN;
}

static step take_second_digit(builder *b, const word *w, size_t at) {
    int first = (int)b->digit.value.mantissa, second = w->number;
    size_t end = at + w->text.len;
    bool pair = !b->wide && first > 0 && (second == first + 1 || (first == 3 && second == 5));
    if (pair && at == b->at && !peek(b, end, WORD_DIGIT) && unit_follows(b, end)) {
        start_bounds(b);
        b->digit.high = alm_exact_of((uint64_t)second, 0);
        b->at = end;
        return STEP_TAKEN;
    }
    if (b->tokens > 1 || b->n->arabic || at != b->at || w->counting || b->counting) return STEP_STOP;
    return take_digit_run(b, at);
}

static step take_digit(builder *b, const word *w, size_t at) {
    if (b->closed) return STEP_STOP;
    if (b->has_digit) return take_second_digit(b, w, at);
    b->n->capital = b->n->capital || w->capital;
    b->at = at + w->text.len;
    if (w->number == 0 && b->tokens) {
        b->zero = true;
        return STEP_TAKEN;
    }
    b->digit = figure_of((uint64_t)w->number);
    b->has_digit = true;
    b->counting = w->counting;
    b->n->weak = b->tokens == 0 && (w->weak || w->number == 0);
    return STEP_TAKEN;
}

/* "10 and several": round Arabic tens and a digit that is not named. */
static step take_some_after_tens(builder *b, const word *w, size_t at) {
    const alm_exact tens = b->digit.value;
    if (tens.exponent != 1 || tens.mantissa > 9 || at != b->at || !unit_follows(b, at + w->text.len)) return STEP_STOP;
    start_bounds(b);
    b->n->more = true;
    b->at = at + w->text.len;
    bool fits = alm_exact_add(&b->digit.low, alm_exact_of(1, 0)) && alm_exact_add(&b->digit.high, alm_exact_of(9, 0));
    return fits ? STEP_TAKEN : STEP_FAIL;
}

/* "several" in the place of a digit: alone (2 to 9), or behind a unit, where it makes the figure a little more. */
static step take_some(builder *b, const word *w, size_t at) {
    if (b->has_digit && b->n->arabic && b->tokens == 1) return take_some_after_tens(b, w, at);
    if (b->has_digit || b->closed) return STEP_STOP;
    bool leading = b->tokens == 0;
    if (!unit_follows(b, at + w->text.len)) return STEP_STOP;
    b->digit = (figure){{0}, alm_exact_of(leading ? 2 : 1, 0), alm_exact_of(9, 0)};
    b->has_digit = true;
    start_bounds(b);
    if (leading)
        b->some = true, b->n->stated = false;
    else
        b->n->more = true;
    b->at = at + w->text.len;
    return STEP_TAKEN;
}

static step take_tens(builder *b, const word *w, size_t at) {
    if (b->has_digit || b->closed || (b->last_unit && b->last_unit <= 1)) return STEP_STOP;
    if (!figure_add(b, &b->section, figure_of((uint64_t)w->number * 10))) return STEP_FAIL;
    b->has_section = true;
    b->last_unit = 1;
    b->at = at + w->text.len;
    return STEP_TAKEN;
}

/* The digit that a unit without one stands for, or false where it cannot stand here. */
static bool imply_one(builder *b, int power) {
    bool start = b->tokens == 0;
    bool behind_zero = b->zero;
    bool ten_behind_hundred = power == 1 && b->last_unit > 1;
    if (!start && !behind_zero && !ten_behind_hundred) return false;
    if (start && power > 1) b->n->bare = true;
    b->digit = figure_of(1);
    b->has_digit = true;
    b->implied = true;
    return true;
}

static step take_unit(builder *b, const word *w, size_t at) {
    if (b->closed && b->n->fraction && !b->n->arabic) return STEP_STOP;
    if (b->last_unit && w->number >= b->last_unit) return STEP_STOP;
    if (b->wide && (w->number < 3 || b->n->digit_run)) return STEP_STOP;
    if (b->has_digit && b->digit.high.mantissa == 0) b->has_digit = false, b->zero = true;
    if (!b->has_digit && !imply_one(b, w->number)) return STEP_STOP;
    figure counted = figure_scale(b->digit, w->number);
    /* several tens reach to 99, not to 90 */
    if (b->some && !b->has_section && !b->has_total) counted.high = alm_exact_of(10, w->number);
    if (b->some && !b->has_section && !b->has_total && !alm_exact_subtract(&counted.high, alm_exact_of(1, 0)))
        return STEP_FAIL;
    if (!figure_add(b, &b->section, counted)) return STEP_FAIL;
    b->n->unit = b->tokens == 1 && !b->wide ? w->number : 0;
    b->has_section = true;
    b->has_digit = b->wide = b->zero = b->implied = false;
    b->last_unit = w->number;
    b->at = at + w->text.len;
    return STEP_TAKEN;
}

/* Count a digit that no unit follows: 120 for "one hundred two" said short, else the digit itself. Behind a scale
 * ("three wan five") that is so at the end alone. */
static bool settle_digit(builder *b, bool at_end) {
    if (!b->has_digit) return true;
    bool behind_scale = at_end && b->has_total && !b->has_section;
    int power = b->last_unit ? b->last_unit - 1 : behind_scale ? b->last_scale - 1 : 0;
    bool some = b->digit.value.mantissa == 0;
    if (b->zero || b->wide || b->implied || (some && b->last_unit == 0)) power = 0;
    b->n->spoken_short = power > 0;
    b->has_digit = b->wide = false;
    b->has_section = true;
    return figure_add(b, &b->section, figure_scale(b->digit, power));
}

static bool add_section(builder *b) {
    if (!b->has_section) return true;
    bool ok = figure_add(b, &b->total, b->section);
    b->section = (figure){0};
    b->has_section = false;
    b->has_total = true;
    return ok;
}

static step take_scale(builder *b, const word *w, size_t at) {
    bool alone = b->tokens == 0;
    if (alone) {
        b->digit = figure_of(1);
        b->has_digit = true;
        b->n->bare = true;
    }
    bool counted = b->has_digit || b->has_section;
    bool smaller = !b->last_scale || w->number < b->last_scale;
    if (!counted && smaller) return STEP_STOP;
    if (b->n->digit_run) return STEP_STOP;
    if (!settle_digit(b, false)) return STEP_FAIL;
    if (smaller) { /* what stands below the scale before */
        if (!figure_add(b, &b->total, figure_scale(b->section, w->number))) return STEP_FAIL;
        b->section = (figure){0};
        b->has_section = false;
        b->has_total = true;
    } else { /* ten thousand of hundred million */
        if (!add_section(b)) return STEP_FAIL;
        b->total = figure_scale(b->total, w->number);
    }
    if (alm_exact_is_wild(b->total.value) || alm_exact_is_wild(b->total.high)) return STEP_FAIL;
    b->last_scale = b->n->scale = w->number;
    b->last_unit = 0;
    b->zero = b->implied = false;
    b->at = at + w->text.len;
    return STEP_TAKEN;
}

/* "odd, and more": inside before a scale, or at the end. */
static step take_more(builder *b, const word *w, size_t at) {
    if (peek(b, at, WORD_SKIP)) return STEP_STOP;
    size_t end = at + w->text.len;
    size_t next = alm_numeral_skip_blanks(b->text, end);
    bool *said = w->number == 2 ? &b->n->about : &b->n->more;
    if (peek(b, next, WORD_SCALE)) {
        *said = true;
        b->at = end;
        return STEP_TAKEN;
    }
    if (w->number && !peek(b, next, WORD_MEASURE | WORD_CURRENCY_AFTER)) return STEP_STOP;
    *said = true;
    b->n->end = end;
    return STEP_STOP;
}

/* Chinese decimal fraction. The clock uses the same sign: "8 point 30 minutes" is left alone. */
static step take_point(builder *b, const word *w, size_t at) {
    if (b->closed || b->n->arabic || b->n->bounds || !(b->has_digit || b->has_section || b->has_total))
        return STEP_STOP;
    size_t end = alm_numeral_skip_blanks(b->text, at + w->text.len);
    uint64_t digits = 0;
    int places = 0;
    for (const word *d; end < b->text.len && places < 18; places++) {
        if (is_digit(b->text.ptr[end])) {
            digits = digits * 10 + (uint64_t)(b->text.ptr[end++] - '0');
        } else if ((d = peek(b, end, WORD_DIGIT)) != NULL && !d->counting) {
            digits = digits * 10 + (uint64_t)d->number;
            end += d->text.len;
        } else {
            break;
        }
    }
    if (places == 0 || peek(b, end, WORD_UNIT | WORD_DIGIT) || !settle_digit(b, true)) return STEP_STOP;
    alm_exact fraction = alm_exact_of(digits, -places);
    if (!figure_add(b, &b->section, (figure){fraction, fraction, fraction})) return STEP_FAIL;
    b->has_section = true;
    b->closed = b->n->fraction = true;
    b->at = end;
    return STEP_TAKEN;
}

/* Behind a blank, Arabic digits belong to the numeral where a unit counts them: "7 wan 5 qian". */
static bool counted_by_unit(const builder *b, size_t at) {
    return peek(b, alm_numeral_skip_blanks(b->text, digits_end(b->text, at)), WORD_UNIT | WORD_SCALE) != NULL;
}

static step take(builder *b) {
    size_t at = b->tokens ? alm_numeral_skip_blanks(b->text, b->at) : b->at;
    if (at >= b->text.len) return STEP_STOP;
    bool blank = at != b->at;
    if (is_digit(b->text.ptr[at])) return blank && !counted_by_unit(b, at) ? STEP_STOP : take_arabic(b, at);
    if (!(alm_word_roles(b->tables, b->text, at) & NUMERAL_ROLES)) return STEP_STOP;
    const word *w = peek(b, at, NUMERAL_ROLES | WORD_MEASURE);
    if (!w) return STEP_STOP;
    if (w->role == WORD_MEASURE) { /* the longest is a measure word: thousand-gram, not a thousand grams */
        const word *inner = peek(b, at, WORD_DIGIT | WORD_TENS | WORD_UNIT | WORD_SCALE | WORD_MORE);
        if (!inner || inner->text.len < w->text.len) return STEP_STOP;
        w = inner;
    }
    switch (w->role) {
    case WORD_DIGIT: return blank && b->has_digit ? STEP_STOP : take_digit(b, w, at);
    case WORD_TENS: return take_tens(b, w, at);
    case WORD_UNIT: return take_unit(b, w, at);
    case WORD_SCALE: return take_scale(b, w, at);
    case WORD_POINT: return take_point(b, w, at);
    case WORD_SOME: {
        step done = take_some(b, w, at);
        const word *more = done == STEP_STOP && b->tokens ? peek(b, at, WORD_MORE) : NULL;
        return more ? take_more(b, more, at) : done;
    }
    case WORD_MORE: return b->tokens ? take_more(b, w, at) : STEP_STOP;
    case WORD_LATIN_SCALE: {
        size_t end = at + w->text.len;
        bool letter = end < b->text.len && ((b->text.ptr[end] | 0x20) >= 'a' && (b->text.ptr[end] | 0x20) <= 'z');
        return b->n->arabic && !letter && b->tokens == 1 ? take_scale(b, w, at) : STEP_STOP;
    }
    default: return STEP_STOP;
    }
}

static bool finish(builder *b) {
    if (b->tokens == 0) return false;
    numeral *n = b->n;
    n->number_end = b->at;
    if (n->end < n->number_end) n->end = n->number_end;
    if (n->arabic && b->tokens == 1) { /* most numerals are no more than that */
        n->value = n->low = n->high = b->digit.value;
        return !alm_exact_is_wild(n->value);
    }
    n->arabic = false;
    n->lone_digit = b->tokens == 1 && !n->digit_run && (b->has_digit || b->has_section) && !n->bare;
    n->weak = n->weak && n->lone_digit;
    if (!settle_digit(b, true) || !add_section(b)) return false;
    n->value = b->total.value;
    n->low = n->bounds ? b->total.low : n->value;
    n->high = n->bounds ? b->total.high : n->value;
    return !alm_exact_is_wild(n->value) && !alm_exact_is_wild(n->high);
}

static bool may_start(const alm_value_tables *tables, alm_str text, size_t at) {
    return at < text.len && (is_digit(text.ptr[at]) || (alm_word_roles(tables, text, at) & NUMERAL_ROLES));
}

bool alm_numeral_read(numeral *out, const alm_value_tables *tables, alm_str text, size_t at) {
    size_t digits = at;
    if (!may_start(tables, text, at)) {
        const word *minus = alm_word_at(tables, text, at, WORD_NEGATIVE);
        digits = minus ? at + minus->text.len : text.len;
        if (!may_start(tables, text, digits)) return false;
    }
    numeral n = {.start = at, .digits = digits, .negative = digits > at, .stated = true};
    builder b = {.tables = tables, .text = text, .at = digits, .n = &n};
    step done;
    while ((done = take(&b)) == STEP_TAKEN) b.tokens++;
    if (done == STEP_FAIL || !finish(&b)) return false;
    *out = n;
    return true;
}
