#include "extract/value/value.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/value/tables_priv.h"

enum { MAX_TABLE_BYTES = 4 * 1024 * 1024, BMP = 0x10000 };

/* Words that begin, or end, with one code point: a run of `order`. */
typedef struct bucket {
    uint32_t cp;
    uint32_t first, count;
} bucket;

typedef struct word_index {
    const word **order; /* by code point, then longest first */
    bucket *buckets;    /* open addressing; count == 0 is free */
    uint32_t mask;
} word_index;

struct alm_value_tables {
    alm_arena arena;
    word *words;
    size_t count, cap;
    word_index by_start, by_end;
    uint64_t starts[BMP / 64];
};

/* Roles that make a value start where they stand; others are looked for around a number. */
#define STARTING_ROLES                                                                                                 \
    (WORD_DIGIT | WORD_TENS | WORD_UNIT | WORD_SCALE | WORD_NEGATIVE | WORD_HALF | WORD_SOME | WORD_ORDINAL |          \
     WORD_PER_HUNDRED | WORD_VAGUE | WORD_SKIP | WORD_DATE_RELATIVE)

static uint32_t slot_of(uint32_t cp, uint32_t mask) { return (cp * 0x9E3779B1u >> 16) & mask; }

static const bucket *find_bucket(const word_index *index, uint32_t cp) {
    for (uint32_t slot = slot_of(cp, index->mask);; slot = (slot + 1) & index->mask) {
        const bucket *b = &index->buckets[slot];
        if (b->count == 0) return NULL;
        if (b->cp == cp) return b;
    }
}

const word *alm_word_at(const alm_value_tables *tables, alm_str text, size_t at, uint32_t roles) {
    if (at >= text.len) return NULL;
    size_t next = at;
    const bucket *b = find_bucket(&tables->by_start, alm_utf8_next(text, &next));
    if (!b) return NULL;
    alm_str rest = alm_str_slice(text, at, text.len);
    for (uint32_t i = b->first; i < b->first + b->count; i++) {
        const word *w = tables->by_start.order[i];
        if ((w->role & roles) && alm_str_starts(rest, w->text)) return w;
    }
    return NULL;
}

const word *alm_word_before(const alm_value_tables *tables, alm_str text, size_t floor, size_t end, uint32_t roles) {
    if (end <= floor) return NULL;
    size_t at = alm_utf8_before(text, end);
    const bucket *b = find_bucket(&tables->by_end, alm_utf8_next(text, &at));
    if (!b) return NULL;
    alm_str before = alm_str_slice(text, floor, end);
    for (uint32_t i = b->first; i < b->first + b->count; i++) {
        const word *w = tables->by_end.order[i];
        if ((w->role & roles) && alm_str_ends(before, w->text)) return w;
    }
    return NULL;
}

bool alm_word_may_start(const alm_value_tables *tables, uint32_t cp) {
    return cp < BMP && (tables->starts[cp / 64] >> (cp % 64) & 1);
}

static uint32_t first_code_point(const word *w) {
    size_t at = 0;
    return alm_utf8_next(w->text, &at);
}

static uint32_t last_code_point(const word *w) {
    size_t at = alm_utf8_before(w->text, w->text.len);
    return alm_utf8_next(w->text, &at);
}

static int compare_words(uint32_t a_cp, uint32_t b_cp, const word *a, const word *b) {
    if (a_cp != b_cp) return a_cp < b_cp ? -1 : 1;
    if (a->text.len != b->text.len) return a->text.len > b->text.len ? -1 : 1;
    int order = alm_str_compare(a->text, b->text);
    return order ? order : (a->role > b->role) - (a->role < b->role);
}

static int by_start(const void *a, const void *b) {
    const word *x = *(const word *const *)a, *y = *(const word *const *)b;
    return compare_words(first_code_point(x), first_code_point(y), x, y);
}

static int by_end(const void *a, const void *b) {
    const word *x = *(const word *const *)a, *y = *(const word *const *)b;
    return compare_words(last_code_point(x), last_code_point(y), x, y);
}

static bool index_make(word_index *index, alm_value_tables *tables, uint32_t (*key)(const word *),
                       int (*compare)(const void *, const void *)) {
    uint32_t slots = 64;
    while (slots < 2 * tables->count) slots *= 2;
    index->mask = slots - 1;
    index->order = alm_arena_calloc(&tables->arena, tables->count, sizeof(const word *));
    index->buckets = alm_arena_calloc(&tables->arena, slots, sizeof(bucket));
    if (!index->order || !index->buckets) return false;
    for (size_t i = 0; i < tables->count; i++) index->order[i] = &tables->words[i];
    qsort(index->order, tables->count, sizeof(const word *), compare);
    for (uint32_t i = 0; i < tables->count; i++) {
        uint32_t cp = key(index->order[i]);
        uint32_t slot = slot_of(cp, index->mask);
        while (index->buckets[slot].count && index->buckets[slot].cp != cp) slot = (slot + 1) & index->mask;
        bucket *b = &index->buckets[slot];
        if (b->count == 0) *b = (bucket){.cp = cp, .first = i};
        b->count++;
    }
    return true;
}

/* Reading the pack. */

typedef enum shape {
    SHAPE_LIST,      /* [word, …] */
    SHAPE_NUMBERS,   /* {word: number, …} */
    SHAPE_QUALIFIERS /* {about: [word, …], …} */
} shape;

typedef struct section {
    const char *group, *key;
    shape shape;
    uint32_t role;
    int number, min, max; /* number of a list's words; bounds of a mapping's numbers */
    word_date_unit date_unit;
    bool capital;
} section;

static const section sections[] = {
    {"numerals", "digits", SHAPE_NUMBERS, WORD_DIGIT, 0, 0, 9, 0, false},
    {"numerals", "capital_digits", SHAPE_NUMBERS, WORD_DIGIT, 0, 0, 9, 0, true},
    {"numerals", "tens", SHAPE_NUMBERS, WORD_TENS, 0, 2, 9, 0, false},
    {"numerals", "units", SHAPE_NUMBERS, WORD_UNIT, 0, 1, 3, 0, false},
    {"numerals", "scales", SHAPE_NUMBERS, WORD_SCALE, 0, 4, 16, 0, false},
    {"numerals", "latin_scales", SHAPE_NUMBERS, WORD_LATIN_SCALE, 0, 1, 12, 0, false},
    {"numerals", "point", SHAPE_LIST, WORD_POINT, 0, 0, 0, 0, false},
    {"numerals", "negative", SHAPE_LIST, WORD_NEGATIVE, 0, 0, 0, 0, false},
    {"numerals", "half", SHAPE_LIST, WORD_HALF, 0, 0, 0, 0, false},
    {"numerals", "some", SHAPE_LIST, WORD_SOME, 0, 0, 0, 0, false},
    {"numerals", "more", SHAPE_LIST, WORD_MORE, 0, 0, 0, 0, false},
    {"numerals", "more_before_unit", SHAPE_LIST, WORD_MORE, 1, 0, 0, 0, false},
    {"numerals", "ordinal", SHAPE_LIST, WORD_ORDINAL, 0, 0, 0, 0, false},
    {"numerals", "per_hundred", SHAPE_NUMBERS, WORD_PER_HUNDRED, 0, 1, 8, 0, false},
    {"numerals", "percent_signs", SHAPE_NUMBERS, WORD_PERCENT_SIGN, 0, 1, 8, 0, false},
    {"numerals", "fraction", SHAPE_LIST, WORD_FRACTION, 0, 0, 0, 0, false},
    {"numerals", "and", SHAPE_LIST, WORD_AND, 0, 0, 0, 0, false},
    {"numerals", "range", SHAPE_LIST, WORD_RANGE, 0, 0, 0, 0, false},
    {"qualifiers", "before", SHAPE_QUALIFIERS, WORD_BEFORE, 0, 0, 0, 0, false},
    {"qualifiers", "before_bare", SHAPE_QUALIFIERS, WORD_BEFORE_BARE, 0, 0, 0, 0, false},
    {"qualifiers", "not_before", SHAPE_LIST, WORD_NOT_BEFORE, 0, 0, 0, 0, false},
    {"qualifiers", "after", SHAPE_QUALIFIERS, WORD_AFTER, 0, 0, 0, 0, false},
    {"qualifiers", "each", SHAPE_LIST, WORD_EACH, 0, 0, 0, 0, false},
    {"words", "vague", SHAPE_LIST, WORD_VAGUE, 0, 0, 0, 0, false},
    {"words", "vague_before_measure", SHAPE_LIST, WORD_VAGUE, 1, 0, 0, 0, false},
    {"words", "skip", SHAPE_LIST, WORD_SKIP, 0, 0, 0, 0, false},
    {"words", "keep", SHAPE_LIST, WORD_KEEP, 0, 0, 0, 0, false},
    {"dates", "year", SHAPE_LIST, WORD_DATE_UNIT, DATE_YEAR, 0, 0, 0, false},
    {"dates", "month", SHAPE_LIST, WORD_DATE_UNIT, DATE_MONTH, 0, 0, 0, false},
    {"dates", "day", SHAPE_LIST, WORD_DATE_UNIT, DATE_DAY, 0, 0, 0, false},
    {"dates", "january", SHAPE_LIST, WORD_DATE_UNIT, DATE_JANUARY, 0, 0, 0, false},
    {"dates", "relative_year", SHAPE_NUMBERS, WORD_DATE_RELATIVE, 0, -9, 9, DATE_YEAR, false},
    {"dates", "relative_month", SHAPE_NUMBERS, WORD_DATE_RELATIVE, 0, -9, 9, DATE_MONTH, false},
    {"dates", "relative_day", SHAPE_NUMBERS, WORD_DATE_RELATIVE, 0, -9, 9, DATE_DAY, false},
    {"dates", "until", SHAPE_LIST, WORD_DATE_EDGE, EDGE_UNTIL, 0, 0, 0, false},
    {"dates", "since", SHAPE_LIST, WORD_DATE_EDGE, EDGE_SINCE, 0, 0, 0, false},
    {"dates", "onward", SHAPE_LIST, WORD_DATE_EDGE, EDGE_ONWARD, 0, 0, 0, false},
};

enum { SECTION_COUNT = sizeof sections / sizeof sections[0] };

static alm_status add_word(alm_value_tables *tables, const alm_yaml_node *node, const word *like, alm_err *err) {
    alm_str text;
    alm_status status = alm_yaml_text(&text, node, err);
    if (status != ALM_OK) return status;
    if (text.len == 0) return alm_yaml_fail(node, err, "an empty word matches everywhere");
    void *words = tables->words;
    status = alm_grow(&words, &tables->cap, tables->count, sizeof(word), MAX_TABLE_BYTES / sizeof(word));
    tables->words = words;
    if (status != ALM_OK) return alm_fail(err, status, "too many words of values, or out of memory");
    alm_str copy = alm_arena_copy(&tables->arena, text);
    if (!copy.ptr) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    tables->words[tables->count] = *like;
    tables->words[tables->count++].text = copy;
    return ALM_OK;
}

static alm_status add_list(alm_value_tables *tables, const alm_yaml_node *list, const word *like, alm_err *err) {
    if (list->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(list, err, "expected a list of words");
    alm_status status = ALM_OK;
    for (size_t i = 0; i < list->count && status == ALM_OK; i++) status = add_word(tables, list->items[i], like, err);
    return status;
}

static alm_status add_numbers(alm_value_tables *tables, const alm_yaml_node *map, const section *s, word like,
                              alm_err *err) {
    if (map->kind != ALM_YAML_MAPPING) return alm_yaml_fail(map, err, "expected a mapping (word: number)");
    for (size_t i = 0; i < map->count; i++) {
        int64_t number;
        alm_status status = alm_yaml_int(&number, map->pairs[i].value, s->min, s->max, err);
        if (status != ALM_OK) return status;
        like.number = (int)number;
        status = add_word(tables, map->pairs[i].key, &like, err);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static const char *qualifier_name(int number) { return alm_qualifier_name((alm_qualifier)number); }
static const char *measure_name(int number) { return alm_measure_name((alm_measure)number); }

/* {name: [word, …], …}, where name(first..last) gives the names. */
static alm_status add_named(alm_value_tables *tables, const alm_yaml_node *map, word like, const char *(*name)(int),
                            int first, int last, alm_err *err) {
    const char *names[16] = {NULL};
    for (int i = first; i <= last; i++) names[i - first] = name(i);
    alm_status status = alm_yaml_expect_keys(map, names, err);
    for (int i = first; i <= last && status == ALM_OK; i++) {
        const alm_yaml_node *list = alm_yaml_get(map, name(i));
        like.number = i;
        if (list) status = add_list(tables, list, &like, err);
    }
    return status;
}

static alm_status add_section(alm_value_tables *tables, const alm_yaml_node *values, const section *s, alm_err *err) {
    const alm_yaml_node *node = alm_yaml_get(alm_yaml_get(values, s->group), s->key);
    if (!node) return ALM_OK;
    word like = {.role = s->role, .number = s->number, .date_unit = s->date_unit, .capital = s->capital};
    switch (s->shape) {
    case SHAPE_LIST: return add_list(tables, node, &like, err);
    case SHAPE_NUMBERS: return add_numbers(tables, node, s, like, err);
    case SHAPE_QUALIFIERS:
        return add_named(tables, node, like, qualifier_name, ALM_QUALIFIER_EXACT, ALM_QUALIFIER_NEARLY, err);
    }
    return ALM_OK;
}

static alm_status add_currency(alm_value_tables *tables, const alm_yaml_node *node, alm_err *err) {
    static const char *const keys[] = {"code", "before", "after", "tenth", "hundredth", NULL};
    static const struct {
        const char *key;
        uint32_t role;
        int number;
    } lists[] = {{"before", WORD_CURRENCY_BEFORE, 0},
                 {"after", WORD_CURRENCY_AFTER, 0},
                 {"tenth", WORD_CURRENCY_AFTER, -1},
                 {"hundredth", WORD_CURRENCY_AFTER, -2}};
    alm_status status = alm_yaml_expect_keys(node, keys, err);
    if (status != ALM_OK) return status;
    const alm_yaml_node *code = alm_yaml_get(node, "code");
    if (!code || code->kind != ALM_YAML_SCALAR || code->scalar.len != 3)
        return alm_yaml_fail(node, err, "a currency needs a code: three letters of ISO 4217");
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && status == ALM_OK; i++) {
        const alm_yaml_node *list = alm_yaml_get(node, lists[i].key);
        word like = {.role = lists[i].role, .number = lists[i].number};
        memcpy(like.iso, code->scalar.ptr, 3);
        if (list) status = add_list(tables, list, &like, err);
    }
    return status;
}

static alm_status check_groups(const alm_yaml_node *values, alm_err *err) {
    static const char *const groups[] = {"numerals", "qualifiers", "currencies", "measures", "words", "dates", NULL};
    static const char *const listed[] = {"numerals", "qualifiers", "words", "dates", NULL};
    alm_status status = alm_yaml_expect_keys(values, groups, err);
    for (const char *const *group = listed; *group && status == ALM_OK; group++) {
        const char *keys[SECTION_COUNT + 1] = {NULL};
        size_t count = 0;
        for (size_t i = 0; i < SECTION_COUNT; i++)
            if (strcmp(sections[i].group, *group) == 0) keys[count++] = sections[i].key;
        const alm_yaml_node *node = alm_yaml_get(values, *group);
        if (node) status = alm_yaml_expect_keys(node, keys, err);
    }
    return status;
}

static alm_status read_words(alm_value_tables *tables, const alm_yaml_node *values, alm_err *err) {
    alm_status status = check_groups(values, err);
    for (size_t i = 0; i < SECTION_COUNT && status == ALM_OK; i++)
        status = add_section(tables, values, &sections[i], err);
    if (status != ALM_OK) return status;
    const alm_yaml_node *measures = alm_yaml_get(values, "measures");
    word like = {.role = WORD_MEASURE};
    if (measures) status = add_named(tables, measures, like, measure_name, ALM_MEASURE_GOODS, ALM_MEASURE_OTHER, err);
    const alm_yaml_node *currencies = alm_yaml_get(values, "currencies");
    if (status == ALM_OK && currencies && currencies->kind != ALM_YAML_SEQUENCE)
        status = alm_yaml_fail(currencies, err, "expected a list of currencies");
    for (size_t i = 0; status == ALM_OK && currencies && i < currencies->count; i++)
        status = add_currency(tables, currencies->items[i], err);
    if (status == ALM_OK && tables->count == 0) status = alm_yaml_fail(values, err, "no words of values");
    return status;
}

static void mark_starts(alm_value_tables *tables) {
    for (uint32_t cp = '0'; cp <= '9'; cp++) tables->starts[cp / 64] |= UINT64_C(1) << (cp % 64);
    for (size_t i = 0; i < tables->count; i++) {
        uint32_t cp = first_code_point(&tables->words[i]);
        if ((tables->words[i].role & STARTING_ROLES) && cp < BMP) tables->starts[cp / 64] |= UINT64_C(1) << (cp % 64);
    }
}

alm_status alm_value_tables_new(alm_value_tables **out, const alm_yaml_node *values, alm_err *err) {
    alm_value_tables *tables = alm_calloc(1, sizeof *tables);
    if (!tables) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_arena_init(&tables->arena, MAX_TABLE_BYTES);
    alm_status status = read_words(tables, values, err);
    if (status == ALM_OK && (!index_make(&tables->by_start, tables, first_code_point, by_start) ||
                             !index_make(&tables->by_end, tables, last_code_point, by_end)))
        status = alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status != ALM_OK) {
        alm_value_tables_free(tables);
        return status;
    }
    mark_starts(tables);
    *out = tables;
    return ALM_OK;
}

void alm_value_tables_free(alm_value_tables *tables) {
    if (!tables) return;
    alm_arena_release(&tables->arena);
    alm_free(tables->words);
    alm_free(tables);
}
