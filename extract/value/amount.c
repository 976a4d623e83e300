#include "extract/value/scan_priv.h"

#include <stdio.h>

#include "base/utf8.h"

static const word *peek(const scan *s, size_t at, uint32_t roles) { return alm_word_at(s->tables, s->text, at, roles); }

static bool is_han(uint32_t cp) { return (cp >= 0x3400 && cp <= 0x9FFF) || cp == 0x3007 || cp >= 0x20000; }

static bool han_follows(const scan *s, size_t at) { return at < s->text.len && is_han(alm_utf8_next(s->text, &at)); }

static bool letter_follows(const scan *s, size_t at) {
    return at < s->text.len && ((s->text.ptr[at] | 0x20) >= 'a' && (s->text.ptr[at] | 0x20) <= 'z');
}

static bool number_follows(const scan *s, size_t at) {
    at = alm_numeral_skip_blanks(s->text, at);
    if (at < s->text.len && s->text.ptr[at] >= '0' && s->text.ptr[at] <= '9') return true;
    return peek(s, at, WORD_DIGIT | WORD_UNIT | WORD_SOME) != NULL;
}

/* Fractions. */

static uint64_t divisor(uint64_t a, uint64_t b) {
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A decimal as a whole number, or false where it has a fraction or is too large for products. */
static bool whole(alm_exact d, uint64_t *out) {
    if (d.exponent < 0 || d.exponent > 9) return false;
    uint64_t value = d.mantissa;
    for (int i = 0; i < d.exponent; i++)
        if (value > UINT64_MAX / 10)
            return false;
        else
            value *= 10;
    *out = value;
    return value <= UINT32_MAX;
}

/* ints + top / bottom as "p/q" in lowest terms; {0} text where the figures are too large. */
static outcome set_fraction(const scan *s, reading *r, alm_exact ints, alm_exact top, alm_exact bottom) {
    r->kind = ALM_VALUE_NUMBER;
    r->form = ALM_FORM_FRACTION;
    r->fraction = (alm_str){0};
    /* 55.579 of a hundred: move the point out of both */
    int places = top.exponent < 0 ? -top.exponent : 0;
    if (places > 9 || bottom.exponent < 0) return OUTCOME_VALUE;
    uint64_t p, q, n;
    if (!whole(alm_exact_scale(top, places), &p) || !whole(alm_exact_scale(bottom, places), &q) || !whole(ints, &n) ||
        q == 0)
        return OUTCOME_VALUE;
    if (n > (UINT64_MAX - p) / q) return OUTCOME_VALUE;
    p += n * q;
    uint64_t shared = divisor(p, q);
    char text[48];
    int len = snprintf(text, sizeof text, "%s%llu/%llu", r->n.negative ? "-" : "", (unsigned long long)(p / shared),
                       (unsigned long long)(q / shared));
    r->fraction = alm_arena_copy(s->arena, (alm_str){text, (size_t)len});
    return r->fraction.ptr ? OUTCOME_VALUE : OUTCOME_NOMEM;
}

static bool plain_figure(const numeral *n) { return n->stated && !n->bounds && !n->more && !n->about; }

/* "three parts' one" behind the 3; @p ints is a whole number before it. */
static outcome read_parts(const scan *s, reading *r, const numeral *bottom, alm_exact ints) {
    size_t at = alm_numeral_skip_blanks(s->text, bottom->end);
    const word *parts = peek(s, at, WORD_FRACTION);
    if (!parts || !plain_figure(bottom)) return OUTCOME_NONE;
    numeral top;
    at = alm_numeral_skip_blanks(s->text, at + parts->text.len);
    if (!alm_numeral_read(&top, s->tables, s->text, at) || !plain_figure(&top)) return OUTCOME_NONE;
    r->number_end = r->end = top.number_end;
    r->n.negative = r->n.negative != top.negative;
    return set_fraction(s, r, ints, top.value, bottom->value);
}

/* 1/2, and 1 3/5 */
static outcome read_slash(const scan *s, reading *r) {
    numeral top = r->n, bottom;
    alm_exact ints = {0};
    if (!top.arabic || top.fraction || top.grouped) return OUTCOME_NONE;
    size_t at = top.end;
    if (at + 1 < s->text.len && s->text.ptr[at] == ' ' && s->text.ptr[at + 1] >= '0' && s->text.ptr[at + 1] <= '9') {
        if (!alm_numeral_read(&top, s->tables, s->text, at + 1)) return OUTCOME_NONE;
        ints = r->n.value;
        at = top.end;
    }
    if (at >= s->text.len || s->text.ptr[at] != '/' || !top.arabic || top.fraction) return OUTCOME_NONE;
    if (!alm_numeral_read(&bottom, s->tables, s->text, at + 1) || !bottom.arabic || bottom.fraction || bottom.negative)
        return OUTCOME_NONE;
    if (bottom.value.mantissa == 0) return OUTCOME_NONE;
    r->number_end = r->end = bottom.end;
    return set_fraction(s, r, ints, top.value, bottom.value);
}

static outcome read_fraction(const scan *s, reading *r) {
    if (!plain_figure(&r->n)) return OUTCOME_NONE;
    size_t at = alm_numeral_skip_blanks(s->text, r->n.end);
    const word *plus = peek(s, at, WORD_AND);
    if (plus && plus->number == 0) {
        numeral bottom;
        at = alm_numeral_skip_blanks(s->text, at + plus->text.len);
        if (!alm_numeral_read(&bottom, s->tables, s->text, at)) return OUTCOME_NONE;
        return read_parts(s, r, &bottom, r->n.value);
    }
    outcome done = read_parts(s, r, &r->n, (alm_exact){0});
    return done == OUTCOME_NONE ? read_slash(s, r) : done;
}

/* Money. */

/* A lone digit and a small coin behind @p at, a zero before it allowed; adds it and returns the end, or @p at. */
static size_t read_coin(const scan *s, reading *r, size_t at, int power) {
    numeral digit;
    size_t start = at;
    const word *zero = peek(s, at, WORD_DIGIT);
    if (zero && zero->number == 0) start += zero->text.len;
    if (!alm_numeral_read(&digit, s->tables, s->text, start)) return at;
    if (digit.value.exponent != 0 || digit.value.mantissa > 99 || digit.more || digit.bounds || digit.negative)
        return at;
    const word *coin = peek(s, digit.end, WORD_CURRENCY_AFTER);
    if (!coin || coin->number != power) return at;
    /* "5 yuan, not one fen of it kept": fen right behind yuan stand behind a zero, or on a cheque */
    bool gap = power == -2 && at == r->unit_end;
    if (gap && start == at && digit.lone_digit && !digit.capital) return at;
    if (!alm_exact_add(&r->value, alm_exact_scale(digit.value, power))) return at;
    r->low = r->high = r->value;
    return digit.end + coin->text.len;
}

/* "ten kuai five": a digit that no coin follows, at the end of the phrase. */
static size_t read_bare_coin(const scan *s, reading *r, size_t at) {
    numeral digit;
    if (!alm_numeral_read(&digit, s->tables, s->text, at) || digit.end - at > 3) return at;
    if (digit.value.exponent != 0 || digit.value.mantissa > 9 || digit.value.mantissa == 0 || digit.more) return at;
    if (han_follows(s, digit.end) && !peek(s, digit.end, WORD_WHOLE)) return at;
    if (!alm_exact_add(&r->value, alm_exact_scale(digit.value, -1))) return at;
    r->low = r->high = r->value;
    return digit.end;
}

/* A piece or a yuan: the same word, money where no noun follows. */
static bool means_money(const scan *s, const reading *r, const word *unit, size_t at) {
    const word *twin = peek(s, at, WORD_MEASURE);
    if (!twin || twin->text.len < unit->text.len) return true;
    size_t end = at + unit->text.len;
    if (unit->number == -2) return r->n.capital;
    const word *thing = alm_word_before(s->tables, s->text, s->floor, r->n.start, WORD_BEFORE);
    if (thing && thing->number == WORD_PIECES) return false;
    if (r->n.scale) return true;
    const word *after = peek(s, end, WORD_AFTER);
    if (after && after->number < WORD_COMPARISON) return true;
    return !han_follows(s, end) || number_follows(s, end) || peek(s, end, WORD_WHOLE);
}

static void read_money(const scan *s, reading *r, const word *unit, size_t at) {
    r->kind = ALM_VALUE_MONEY;
    memcpy(r->iso, unit->iso, sizeof r->iso);
    bool colloquial = peek(s, at, WORD_MEASURE) != NULL;
    r->value = alm_exact_scale(r->value, unit->number);
    r->low = alm_exact_scale(r->low, unit->number);
    r->high = alm_exact_scale(r->high, unit->number);
    size_t end = at + unit->text.len;
    bool exact = plain_figure(&r->n);
    if (unit->number == 0) {
        const word *other = peek(s, end, WORD_CURRENCY_AFTER | WORD_CURRENCY_BEFORE);
        if (other && other->number == 0 && !number_follows(s, end + other->text.len) && other->text.len > 1) {
            memcpy(r->iso, other->iso, sizeof r->iso);
            end += other->text.len;
        }
        r->yuan = !other;
    }
    size_t coin = r->unit_end = end;
    if (exact && unit->number == 0) coin = read_coin(s, r, coin, -1);
    if (exact && unit->number >= -1) coin = read_coin(s, r, coin, -2);
    if (exact && colloquial && coin == end) coin = read_bare_coin(s, r, coin);
    end = coin;
    const word *ending = peek(s, end, WORD_WHOLE);
    if (ending && (ending->number == 0 || !han_follows(s, end + ending->text.len))) end += ending->text.len;
    r->unit_end = r->end = end;
    if (end < s->text.len && s->text.ptr[end] == '/') r->each = true;
}

/* Quantities. */

/* "one ge and more yue": more than one month. */
static bool read_longer_time(const scan *s, reading *r) {
    const word *more = peek(s, r->end, WORD_MORE);
    const word *real = more && more->number == 0 ? peek(s, r->end + more->text.len, WORD_MEASURE) : NULL;
    if (!real || real->number != ALM_MEASURE_TIME) return false;
    r->n.more = true;
    r->measure = ALM_MEASURE_TIME;
    r->unit_start = r->end + more->text.len;
    r->unit_end = r->end = r->unit_start + real->text.len;
    return true;
}

static void read_quantity(const scan *s, reading *r, const word *unit, size_t at) {
    r->kind = ALM_VALUE_QUANTITY;
    r->measure = (alm_measure)unit->number;
    r->unit_start = at;
    r->unit_end = r->end = at + unit->text.len;
    if (read_longer_time(s, r)) return;
    const word *half = plain_figure(&r->n) ? peek(s, r->end, WORD_HALF) : NULL;
    if (!half || peek(s, r->end, WORD_SKIP)) return;
    if (!alm_exact_add(&r->value, alm_exact_of(5, -1))) return;
    r->low = r->high = r->value;
    r->end += half->text.len;
    const word *real = peek(s, r->end, WORD_MEASURE);
    if (!real) return;
    r->measure = (alm_measure)real->number;
    r->unit_start = r->end;
    r->unit_end = r->end = r->end + real->text.len;
}

/*
 * "Li 300 Zhang 500": behind a space, two to four Han and then a number are the next entry of a list, though the name
 * begins with a character that also counts things.
 */
static bool begins_entry(const scan *s, size_t at) {
    size_t han = 0;
    while (at < s->text.len && (unsigned char)s->text.ptr[at] >= 0xE3 && (unsigned char)s->text.ptr[at] <= 0xE9) {
        at += 3;
        han++;
    }
    at = alm_numeral_skip_blanks(s->text, at);
    return han >= 2 && han <= 4 && at < s->text.len && s->text.ptr[at] >= '0' && s->text.ptr[at] <= '9';
}

static void read_unit(const scan *s, reading *r) {
    size_t at = alm_numeral_skip_blanks(s->text, r->n.end);
    bool point = at + 1 < s->text.len && s->text.ptr[at] == '.'; /* "5000.yuan", mistyped */
    if (point && peek(s, at + 1, WORD_CURRENCY_AFTER)) at++;
    const word *sign = peek(s, at, WORD_PERCENT_SIGN);
    if (sign) {
        r->form = ALM_FORM_PERCENT;
        r->value = alm_exact_scale(r->value, 2 - sign->number);
        r->low = alm_exact_scale(r->low, 2 - sign->number);
        r->high = alm_exact_scale(r->high, 2 - sign->number);
        r->end = at + sign->text.len;
        return;
    }
    const word *unit = peek(s, at, WORD_CURRENCY_AFTER | WORD_MEASURE);
    if (!unit || peek(s, at, WORD_KEEP)) return;
    if (unit->role == WORD_MEASURE && (s->numbers_only || (at > r->end && begins_entry(s, at)))) return;
    bool latin = (unsigned char)unit->text.ptr[unit->text.len - 1] < 0x80;
    if (latin && letter_follows(s, at + unit->text.len)) return;
    if (unit->role == WORD_CURRENCY_AFTER && !means_money(s, r, unit, at)) unit = peek(s, at, WORD_MEASURE);
    if (!unit) return;
    if (unit->role == WORD_CURRENCY_AFTER)
        read_money(s, r, unit, at);
    else
        read_quantity(s, r, unit, at);
}

static void read_after(const scan *s, reading *r) {
    for (int i = 0; i < 2; i++) {
        const word *after = peek(s, alm_numeral_skip_blanks(s->text, r->end), WORD_AFTER);
        if (!after || after->number >= WORD_COMPARISON || peek(s, r->end, WORD_SKIP)) return;
        /* behind a sum "odd" is the head of another word more often: "the odd sum left" */
        bool odd = peek(s, r->end, WORD_MORE) != NULL;
        if (odd && r->kind == ALM_VALUE_MONEY && han_follows(s, r->end + after->text.len)) return;
        r->end = alm_numeral_skip_blanks(s->text, r->end) + after->text.len;
        if (after->number == ALM_QUALIFIER_EXACT) continue;
        r->qualifier = (alm_qualifier)after->number;
        r->qualified = true;
    }
}

outcome alm_amount_read_behind(const scan *s, reading *r) {
    const numeral *n = &r->n;
    r->value = n->value;
    r->low = n->low;
    r->high = n->high;
    r->bounds = n->bounds;
    r->number_end = n->number_end;
    r->end = n->end;
    size_t behind = alm_numeral_skip_blanks(s->text, n->end);
    uint32_t roles = alm_word_roles(s->tables, s->text, behind);
    bool ascii = behind < s->text.len && (unsigned char)s->text.ptr[behind] < 0x80; /* '/', or the top of 1 3/5 */
    outcome done = roles & (WORD_AND | WORD_FRACTION) || ascii ? read_fraction(s, r) : OUTCOME_NONE;
    if (done == OUTCOME_VALUE) read_after(s, r);
    if (done != OUTCOME_NONE) return done;
    if (ascii || (roles & (WORD_PERCENT_SIGN | WORD_CURRENCY_AFTER | WORD_MEASURE))) read_unit(s, r);
    read_after(s, r);
    return OUTCOME_VALUE;
}

outcome alm_amount_read_share(const scan *s, reading *r, size_t at) {
    const word *per = peek(s, at, WORD_PER_HUNDRED);
    if (!per || !alm_numeral_read(&r->n, s->tables, s->text, alm_numeral_skip_blanks(s->text, at + per->text.len)))
        return OUTCOME_NONE;
    int shift = 2 - per->number;
    r->form = ALM_FORM_PERCENT;
    r->value = alm_exact_scale(r->n.value, shift);
    r->low = alm_exact_scale(r->n.low, shift);
    r->high = alm_exact_scale(r->n.high, shift);
    r->bounds = r->n.bounds;
    r->number_end = r->n.number_end;
    r->end = r->n.end;
    read_after(s, r);
    return OUTCOME_VALUE;
}

/* "2 to 3 wan": the 2 takes the scale of the 3, and "two to three hundred" its hundred. */
static void inherit(reading *first, const numeral *second) {
    const numeral *n = &first->n;
    int power = 0;
    if (n->scale == 0 && second->scale) power = second->scale;
    if (n->scale == 0 && second->scale == 0 && second->unit && n->value.exponent == 0 && n->value.mantissa < 10)
        power = second->unit;
    if (power == 0) return;
    alm_exact scaled = alm_exact_scale(n->value, power);
    if (alm_exact_compare(scaled, second->value) >= 0) return;
    first->value = first->low = scaled;
}

/* A second number may be part of a telephone number or a code. */
static bool looks_like_code(const scan *s, const reading *r) {
    const numeral *n = &r->n;
    if (!n->arabic || n->fraction || n->grouped) return false;
    size_t len = n->number_end - n->digits;
    return len > 6 || (len > 1 && s->text.ptr[n->digits] == '0');
}

static bool units_agree(const scan *s, const reading *a, const reading *b) {
    if (a->form != ALM_FORM_PLAIN && a->form != b->form) return false;
    if (a->kind == ALM_VALUE_NUMBER) return b->form == ALM_FORM_PLAIN || a->form == b->form;
    if (a->kind != b->kind) return false;
    if (a->kind == ALM_VALUE_MONEY) return strcmp(a->iso, b->iso) == 0 || a->yuan;
    return alm_str_is(alm_str_slice(s->text, a->unit_start, a->unit_end),
                      alm_str_slice(s->text, b->unit_start, b->unit_end));
}

outcome alm_amount_read_range(const scan *s, reading *r) {
    if (r->form == ALM_FORM_FRACTION || r->bounds || !r->n.stated || r->qualified) return OUTCOME_NONE;
    size_t at = alm_numeral_skip_blanks(s->text, r->end);
    const word *to = peek(s, at, WORD_RANGE);
    if (!to) return OUTCOME_NONE;
    reading second = {0};
    at = alm_numeral_skip_blanks(s->text, at + to->text.len);
    if (!alm_numeral_read(&second.n, s->tables, s->text, at) || second.n.negative || !second.n.stated)
        return OUTCOME_NONE;
    outcome done = alm_amount_read_behind(s, &second);
    if (done != OUTCOME_VALUE) return done;
    if (second.form == ALM_FORM_FRACTION || !units_agree(s, r, &second)) return OUTCOME_NONE;
    if (looks_like_code(s, r) || looks_like_code(s, &second)) return OUTCOME_NONE;
    if (r->kind == ALM_VALUE_NUMBER) inherit(r, &second.n);
    if (!r->n.negative && alm_exact_compare(r->value, second.high) >= 0) return OUTCOME_NONE;
    second.n.start = r->n.start;
    second.n.digits = r->n.digits;
    second.n.negative = r->n.negative;
    second.n.more = second.n.arabic = false;
    second.n.lone_digit = false;
    second.n.bare = r->n.bare;
    second.value = second.low = r->value;
    second.bounds = true;
    if (to->number == 1) {
        const word *between = peek(s, second.end, WORD_BETWEEN);
        if (!between) return OUTCOME_NONE;
        second.end += between->text.len;
    }
    *r = second;
    return OUTCOME_VALUE;
}
