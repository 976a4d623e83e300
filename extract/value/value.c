#include "extract/value/value.h"

#include "extract/value/scan_priv.h"

const char *alm_qualifier_name(alm_qualifier qualifier) {
    switch (qualifier) {
    case ALM_QUALIFIER_EXACT: return "exact";
    case ALM_QUALIFIER_ABOUT: return "about";
    case ALM_QUALIFIER_MORE_THAN: return "more_than";
    case ALM_QUALIFIER_NEARLY: return "nearly";
    case ALM_QUALIFIER_RANGE: return "range";
    }
    return "";
}

const char *alm_measure_name(alm_measure measure) {
    switch (measure) {
    case ALM_MEASURE_NONE: return "";
    case ALM_MEASURE_GOODS: return "goods";
    case ALM_MEASURE_PEOPLE: return "people";
    case ALM_MEASURE_PLACE: return "place";
    case ALM_MEASURE_TIME: return "time";
    case ALM_MEASURE_EVENT: return "event";
    case ALM_MEASURE_OTHER: return "other";
    }
    return "";
}

const char *alm_value_kind_name(alm_value_kind kind) {
    switch (kind) {
    case ALM_VALUE_NUMBER: return "number";
    case ALM_VALUE_MONEY: return "money";
    case ALM_VALUE_QUANTITY: return "quantity";
    case ALM_VALUE_DATE: return "date";
    }
    return "";
}

const char *alm_value_form_name(alm_value_form form) {
    switch (form) {
    case ALM_FORM_PLAIN: return "plain";
    case ALM_FORM_ORDINAL: return "ordinal";
    case ALM_FORM_PERCENT: return "percent";
    case ALM_FORM_FRACTION: return "fraction";
    case ALM_FORM_CODE: return "code";
    }
    return "";
}

static size_t count_named(const alm_value *values, size_t count, alm_str currency) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += values[i].yuan == ALM_YUAN_NAMED && alm_str_is(values[i].unit, currency);
    return found;
}

void alm_value_name_yuan(alm_value *values, size_t count) {
    enum { LOOKED_AT = 16 }; /* a page names its currency early; so the work stays linear */
    alm_str named = {0};
    size_t best = 0, looked = 0;
    for (size_t i = 0; i < count && looked < LOOKED_AT; i++) {
        if (values[i].yuan != ALM_YUAN_NAMED) continue;
        size_t times = count_named(values, count, values[i].unit);
        if (times > best) best = times, named = values[i].unit;
        looked++;
    }
    for (size_t i = 0; best > 0 && i < count; i++)
        if (values[i].yuan == ALM_YUAN_PLAIN) values[i].unit = named;
}

bool alm_scan_push(scan *s, const alm_value *value) {
    void *items = s->items;
    if (alm_arena_grow(s->arena, &items, &s->cap, s->count, sizeof *s->items) != ALM_OK) return false;
    s->items = items;
    s->items[s->count++] = *value;
    s->floor = value->end;
    return true;
}

/* What stands before a number. */
typedef struct prefix {
    size_t start;
    const word *currency, *qualifier, *bare, *each, *ordinal;
    const word *comparison; /* stands behind the number */
    size_t ordinal_start, comparison_end;
} prefix;

/* "renminbi: 5000": the currency before a colon that ends at @p end, and where it starts; NULL: none. */
static const word *currency_before_colon(const scan *s, size_t end, size_t *start) {
    alm_str before = alm_str_slice(s->text, s->floor, end);
    size_t colon = alm_str_ends(before, ALM_STR(":")) ? 1 : alm_str_ends(before, ALM_STR("\xEF\xBC\x9A")) ? 3 : 0;
    if (!colon) return NULL;
    const word *w = alm_word_before(s->tables, s->text, s->floor, end - colon, WORD_CURRENCY_BEFORE);
    if (w) *start = end - colon - w->text.len;
    return w;
}

static void read_prefix(const scan *s, size_t start, const reading *r, prefix *out) {
    *out = (prefix){.start = start};
    for (int i = 0; i < 4; i++) {
        size_t end = out->start;
        while (end > s->floor && s->text.ptr[end - 1] == ' ') end--;
        const word *w =
            alm_word_before(s->tables, s->text, s->floor, end,
                            WORD_CURRENCY_BEFORE | WORD_BEFORE | WORD_BEFORE_BARE | WORD_EACH | WORD_ORDINAL);
        if (!w && i == 0) out->currency = currency_before_colon(s, end, &out->start);
        if (!w || (w->role == WORD_BEFORE && (w->number == WORD_NO_QUALIFIER || w->number == WORD_PIECES))) return;
        if (w->role == WORD_BEFORE_BARE && !r->n.bare) return;
        if (w->role == WORD_BEFORE && w->number == WORD_COMPARED) {
            size_t behind = alm_numeral_skip_blanks(s->text, r->end);
            const word *after = alm_word_at(s->tables, s->text, behind, WORD_AFTER);
            if (!after || after->number < WORD_COMPARISON) return;
            out->comparison = after;
            out->comparison_end = behind + after->text.len;
        }
        const word **slot = w->role == WORD_CURRENCY_BEFORE ? &out->currency
                            : w->role == WORD_BEFORE        ? &out->qualifier
                            : w->role == WORD_BEFORE_BARE   ? &out->bare
                            : w->role == WORD_EACH          ? &out->each
                                                            : &out->ordinal;
        if (*slot) return;
        if (w->role == WORD_ORDINAL && i > 0) return;
        *slot = w;
        out->start = end - w->text.len;
        if (w->role == WORD_ORDINAL) out->ordinal_start = out->start;
    }
}

/* A hundred, a thousand, … without a digit is a figure only beside a word that says so, or as money of two units. */
static bool bare_is_number(const reading *r, const prefix *p) {
    if (!r->n.bare || r->n.more || r->n.about || r->n.spoken_short || p->qualifier || p->bare || p->each || p->currency)
        return true;
    return r->n.value.mantissa == 1 && r->n.scale && r->n.value.exponent > r->n.scale && r->kind != ALM_VALUE_NUMBER;
}

static bool is_code(const scan *s, const reading *r) {
    const numeral *n = &r->n;
    if (r->kind != ALM_VALUE_NUMBER || r->form != ALM_FORM_PLAIN) return false;
    size_t len = n->number_end - n->digits;
    if (n->digit_run) return true;
    if (!n->arabic || n->grouped || n->fraction) return false;
    /* a long number that ends in zeros is a sum, not a telephone */
    return (len >= 7 && n->value.exponent < 2) || len > 12 || (len > 1 && s->text.ptr[n->digits] == '0');
}

static void settle_qualifier(reading *r, const prefix *p) {
    if (r->n.more)
        r->qualifier = ALM_QUALIFIER_MORE_THAN;
    else if (r->n.about)
        r->qualifier = ALM_QUALIFIER_ABOUT;
    else if (p->comparison)
        r->qualifier = (alm_qualifier)(p->comparison->number - WORD_COMPARISON);
    else if (p->qualifier && !r->bounds)
        r->qualifier = (alm_qualifier)p->qualifier->number;
    else if (p->bare && r->n.bare)
        r->qualifier = (alm_qualifier)p->bare->number;
    else if (!r->qualified || (r->bounds && r->qualifier == ALM_QUALIFIER_ABOUT))
        r->qualifier = r->bounds ? ALM_QUALIFIER_RANGE : ALM_QUALIFIER_EXACT;
}

/* The strings of the figures; false out of memory. */
static bool write_figures(const scan *s, alm_value *v, const reading *r) {
    bool negative = r->n.negative;
    if (r->form == ALM_FORM_FRACTION) {
        v->amount = r->fraction;
        return true;
    }
    if (v->form == ALM_FORM_CODE) {
        v->amount = alm_str_slice(s->text, r->n.digits, r->number_end);
        if (!r->n.digit_run) return true;
    }
    if (r->n.stated && !(v->amount = alm_exact_text(s->arena, r->value, negative)).ptr) return false;
    if (r->bounds) {
        v->low = alm_exact_text(s->arena, r->low, negative);
        v->high = alm_exact_text(s->arena, r->high, false);
        return v->low.ptr && v->high.ptr;
    }
    if (r->qualifier == ALM_QUALIFIER_EXACT || r->qualifier == ALM_QUALIFIER_MORE_THAN) v->low = v->amount;
    if (r->qualifier == ALM_QUALIFIER_EXACT || r->qualifier == ALM_QUALIFIER_NEARLY) v->high = v->amount;
    return true;
}

/* The numerator, or the whole where there is no '/'; *bottom is the denominator. Both small, or false. */
static bool ratio(alm_str text, alm_exact *top, alm_exact *bottom) {
    const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    size_t len = slash ? (size_t)(slash - text.ptr) : text.len;
    *bottom = alm_exact_of(1, 0);
    return alm_exact_read(top, alm_str_slice(text, 0, len)) &&
           (!slash || alm_exact_read(bottom, alm_str_slice(text, len + 1, text.len)));
}

static bool less(alm_str low, alm_str high) {
    alm_exact p, q, r, s;
    if (!ratio(low, &p, &q) || !ratio(high, &r, &s)) return false;
    return alm_exact_multiply(&p, s) && alm_exact_multiply(&r, q) && alm_exact_compare(p, r) < 0;
}

/* "more than 10 and less than 20" is one value with two bounds. Makes it of the last value and @p v, or false. */
static bool join_bounds(scan *s, const alm_value *v) {
    if (s->count == 0 || v->kind == ALM_VALUE_DATE || v->form == ALM_FORM_CODE) return false;
    alm_value *last = &s->items[s->count - 1];
    if (last->kind != v->kind || last->form != v->form || !alm_str_is(last->unit, v->unit)) return false;
    size_t at = alm_numeral_skip_blanks(s->text, last->end);
    if (s->numbers_only) at = alm_numeral_skip_blanks(s->text, at + alm_numeral_group_mark(s->text, at));
    const word *joint = alm_word_at(s->tables, s->text, at, WORD_AND);
    if (joint && joint->number == 1) at = alm_numeral_skip_blanks(s->text, at + joint->text.len);
    if (at != v->start) return false;
    bool rising = last->qualifier == ALM_QUALIFIER_MORE_THAN && v->qualifier == ALM_QUALIFIER_NEARLY;
    bool falling = last->qualifier == ALM_QUALIFIER_NEARLY && v->qualifier == ALM_QUALIFIER_MORE_THAN;
    const alm_value *low = rising ? last : v, *high = rising ? v : last;
    if ((!rising && !falling) || !less(low->amount, high->amount)) return false;
    alm_str amount = low->amount, limit = high->amount;
    last->qualifier = ALM_QUALIFIER_RANGE;
    last->amount = last->low = amount;
    last->high = limit;
    last->end = v->end;
    last->number_end = v->number_end;
    s->floor = v->end;
    return true;
}

/* What the words before the number make of it: an ordinal, a sum in another currency. */
static void settle_kind(reading *r, prefix *p) {
    if (p->ordinal && r->form == ALM_FORM_PLAIN && r->kind != ALM_VALUE_MONEY) {
        p->start = p->ordinal_start;
        r->form = ALM_FORM_ORDINAL;
        r->kind = ALM_VALUE_NUMBER;
        r->end = r->n.number_end;
        r->n.more = false;
        return;
    }
    if (p->comparison) r->end = p->comparison_end;
    if (p->currency && r->kind == ALM_VALUE_NUMBER && r->form == ALM_FORM_PLAIN) r->kind = ALM_VALUE_MONEY;
    if (p->currency && r->kind == ALM_VALUE_MONEY && (r->yuan || !r->iso[0]))
        memcpy(r->iso, p->currency->iso, sizeof r->iso);
}

/* What reads like a number but is a word or a name. */
static bool is_no_value(const scan *s, const reading *r, const prefix *p) {
    const numeral *n = &r->n;
    if (alm_exact_is_wild(r->value) || alm_exact_is_wild(r->low) || alm_exact_is_wild(r->high)) return true;
    if (r->form == ALM_FORM_ORDINAL) return false;
    if (!bare_is_number(r, p)) return true;
    if (s->numbers_only) return r->kind == ALM_VALUE_MONEY;
    if (r->kind == ALM_VALUE_QUANTITY) return n->weak || n->digit_run;
    if (r->kind != ALM_VALUE_NUMBER || r->form != ALM_FORM_PLAIN) return false;
    /* a few Chinese digits in a row, 3-1 and 8-1, are names of firms, roads and days */
    bool short_run = n->digit_run && n->value.exponent == 0 && n->value.mantissa < 1000;
    return n->lone_digit || short_run;
}

outcome alm_scan_emit(scan *s, reading *r, size_t start) {
    prefix p;
    read_prefix(s, start, r, &p);
    settle_kind(r, &p);
    if (is_no_value(s, r, &p)) return OUTCOME_NONE;
    settle_qualifier(r, &p);
    alm_value v = {.kind = r->kind,
                   .form = is_code(s, r) ? ALM_FORM_CODE : r->form,
                   .qualifier = r->qualifier,
                   .measure = r->kind == ALM_VALUE_QUANTITY ? r->measure : ALM_MEASURE_NONE,
                   .start = (uint32_t)p.start,
                   .end = (uint32_t)r->end,
                   .number_start = (uint32_t)r->n.start,
                   .number_end = (uint32_t)r->number_end,
                   .yuan = r->yuan ? p.currency ? ALM_YUAN_NAMED : ALM_YUAN_PLAIN : ALM_YUAN_NONE,
                   .each = r->each || p.each,
                   .scaled = r->n.scale != 0};
    if (r->kind == ALM_VALUE_MONEY && !(v.unit = alm_arena_copy(s->arena, alm_str_of(r->iso))).ptr)
        return OUTCOME_NOMEM;
    if (r->kind == ALM_VALUE_QUANTITY) v.unit = alm_str_slice(s->text, r->unit_start, r->unit_end);
    if (!write_figures(s, &v, r)) return OUTCOME_NOMEM;
    if (join_bounds(s, &v)) return OUTCOME_VALUE;
    return alm_scan_push(s, &v) ? OUTCOME_VALUE : OUTCOME_NOMEM;
}
