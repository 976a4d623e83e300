#include "extract/value/value.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/value/tables_priv.h"

enum { MAX_TABLE_BYTES = 4 * 1024 * 1024 };

/* Open addressing; child == 0 is free, for no edge leads to the root. */
struct word_edge {
    uint32_t parent, cp, child;
};

/* Roles that make a value start where they stand; others are looked for around a number. */
#define STARTING_ROLES                                                                                                 \
    (WORD_DIGIT | WORD_TENS | WORD_UNIT | WORD_SCALE | WORD_NEGATIVE | WORD_HALF | WORD_SOME | WORD_ORDINAL |          \
     WORD_PER_HUNDRED | WORD_VAGUE | WORD_SKIP | WORD_DATE_RELATIVE)

static uint32_t slot_of(uint32_t parent, uint32_t cp, uint32_t mask) {
    return ((parent * 0x85EBCA6Bu ^ cp) * 0x9E3779B1u >> 12) & mask;
}

static uint32_t child_of(const word_tree *t, uint32_t parent, uint32_t cp) {
    for (uint32_t slot = slot_of(parent, cp, t->mask);; slot = (slot + 1) & t->mask) {
        const word_edge *e = &t->edges[slot];
        if (e->child == 0 || (e->parent == parent && e->cp == cp)) return e->child;
    }
}

static const word *first_with(const word *w, uint32_t roles) {
    while (w && !(w->role & roles)) w = w->next;
    return w;
}

const word *alm_word_from(const alm_value_tables *tables, alm_str text, size_t next, uint32_t node, uint32_t roles) {
    const word_tree *t = &tables->forward;
    const word *found = NULL;
    while (node != 0 && (t->nodes[node].reach & roles)) {
        const word *w = first_with(t->nodes[node].words, roles);
        if (w) found = w;
        if (next >= text.len) break;
        node = child_of(t, node, alm_utf8_next(text, &next));
    }
    return found;
}

const word *alm_word_before(const alm_value_tables *tables, alm_str text, size_t floor, size_t end, uint32_t roles) {
    const word_tree *t = &tables->backward;
    const word *found = NULL;
    uint32_t here = 0;
    while (end > floor) {
        end = alm_utf8_before(text, end);
        size_t at = end;
        here = child_of(t, here, alm_utf8_next(text, &at));
        const word_node *n = &t->nodes[here];
        if (here == 0 || !(n->reach & roles)) break;
        const word *w = first_with(n->words, roles);
        if (w) found = w;
    }
    return found;
}

static uint32_t add_child(word_tree *t, uint32_t parent, uint32_t cp) {
    uint32_t slot = slot_of(parent, cp, t->mask);
    while (t->edges[slot].child && (t->edges[slot].parent != parent || t->edges[slot].cp != cp))
        slot = (slot + 1) & t->mask;
    word_edge *e = &t->edges[slot];
    if (e->child == 0) *e = (word_edge){parent, cp, t->count++};
    return e->child;
}

/* Both trees hang the same list of words at the node where a spelling ends: `next` is shared. */
static uint32_t tree_add(word_tree *t, const word *w, bool backward) {
    uint32_t here = 0;
    for (size_t at = backward ? w->text.len : 0; backward ? at > 0 : at < w->text.len;) {
        size_t next = at = backward ? alm_utf8_before(w->text, at) : at;
        uint32_t cp = alm_utf8_next(w->text, &next);
        if (!backward) at = next;
        here = add_child(t, here, cp);
        t->nodes[here].reach |= w->role;
    }
    return here;
}

static bool tree_init(word_tree *t, alm_arena *arena, size_t max_nodes) {
    uint32_t slots = 64;
    while (slots < 2 * max_nodes) slots *= 2;
    *t = (word_tree){.nodes = alm_arena_calloc(arena, max_nodes, sizeof(word_node)),
                     .edges = alm_arena_calloc(arena, slots, sizeof(word_edge)),
                     .count = 1,
                     .mask = slots - 1};
    return t->nodes && t->edges;
}

static alm_status trees_make(alm_value_tables *tables, alm_err *err) {
    size_t max_nodes = 1;
    for (size_t i = 0; i < tables->count; i++) max_nodes += alm_utf8_count(tables->words[i].text);
    if (max_nodes > UINT16_MAX) return alm_fail(err, ALM_E_LIMIT, "the words of values are too many");
    if (!tree_init(&tables->forward, &tables->arena, max_nodes) ||
        !tree_init(&tables->backward, &tables->arena, max_nodes))
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    for (size_t i = 0; i < tables->count; i++) {
        word *w = &tables->words[i];
        word_node *front = &tables->forward.nodes[tree_add(&tables->forward, w, false)];
        word_node *back = &tables->backward.nodes[tree_add(&tables->backward, w, true)];
        word **link = &front->words;
        while (*link && (*link)->role < w->role) link = &(*link)->next;
        if (*link && (*link)->role == w->role)
            return alm_yaml_fail(w->place, err, "'%s' stands twice in one role", w->text.ptr);
        w->next = *link;
        *link = w;
        back->words = front->words;
    }
    return ALM_OK;
}

/* Reading the pack. */

typedef enum shape {
    SHAPE_LIST,      /* [word, …] */
    SHAPE_NUMBERS,   /* {word: number, …} */
    SHAPE_QUALIFIERS /* {about: [word, …], …} */
} shape;

enum { DIGIT_CAPITAL = 1, DIGIT_COUNTING = 2, DIGIT_WEAK = 4 };

typedef struct section {
    const char *group, *key;
    shape shape;
    uint32_t role;
    int number, min, max; /* number of a list's words; bounds of a mapping's numbers */
    word_date_unit date_unit;
    uint32_t digit; /* DIGIT_… */
} section;

static const section sections[] = {
    {"numerals", "digits", SHAPE_NUMBERS, WORD_DIGIT, 0, 0, 9, 0, 0},
    {"numerals", "capital_digits", SHAPE_NUMBERS, WORD_DIGIT, 0, 0, 9, 0, DIGIT_CAPITAL},
    {"numerals", "weak_digits", SHAPE_NUMBERS, WORD_DIGIT, 0, 0, 9, 0, DIGIT_CAPITAL | DIGIT_WEAK},
    {"numerals", "counting_digits", SHAPE_NUMBERS, WORD_DIGIT, 0, 0, 9, 0, DIGIT_COUNTING},
    {"numerals", "tens", SHAPE_NUMBERS, WORD_TENS, 0, 2, 9, 0, 0},
    {"numerals", "units", SHAPE_NUMBERS, WORD_UNIT, 0, 1, 3, 0, 0},
    {"numerals", "scales", SHAPE_NUMBERS, WORD_SCALE, 0, 4, 16, 0, 0},
    {"numerals", "latin_scales", SHAPE_NUMBERS, WORD_LATIN_SCALE, 0, 1, 12, 0, 0},
    {"numerals", "point", SHAPE_LIST, WORD_POINT, 0, 0, 0, 0, 0},
    {"numerals", "negative", SHAPE_LIST, WORD_NEGATIVE, 0, 0, 0, 0, 0},
    {"numerals", "half", SHAPE_LIST, WORD_HALF, 0, 0, 0, 0, 0},
    {"numerals", "some", SHAPE_LIST, WORD_SOME, 0, 0, 0, 0, 0},
    {"numerals", "more", SHAPE_LIST, WORD_MORE, 0, 0, 0, 0, 0},
    {"numerals", "more_before_unit", SHAPE_LIST, WORD_MORE, 1, 0, 0, 0, 0},
    {"numerals", "about_before_unit", SHAPE_LIST, WORD_MORE, 2, 0, 0, 0, 0},
    {"numerals", "ordinal", SHAPE_LIST, WORD_ORDINAL, 0, 0, 0, 0, 0},
    {"numerals", "per_hundred", SHAPE_NUMBERS, WORD_PER_HUNDRED, 0, 1, 8, 0, 0},
    {"numerals", "percent_signs", SHAPE_NUMBERS, WORD_PERCENT_SIGN, 0, 1, 8, 0, 0},
    {"numerals", "fraction", SHAPE_LIST, WORD_FRACTION, 0, 0, 0, 0, 0},
    {"numerals", "and", SHAPE_LIST, WORD_AND, 0, 0, 0, 0, 0},
    {"numerals", "whole", SHAPE_LIST, WORD_WHOLE, 0, 0, 0, 0, 0},
    {"numerals", "whole_at_end", SHAPE_LIST, WORD_WHOLE, 1, 0, 0, 0, 0},
    {"numerals", "range", SHAPE_LIST, WORD_RANGE, 0, 0, 0, 0, 0},
    {"numerals", "range_between", SHAPE_LIST, WORD_RANGE, 1, 0, 0, 0, 0},
    {"numerals", "between", SHAPE_LIST, WORD_BETWEEN, 0, 0, 0, 0, 0},
    {"numerals", "and_bound", SHAPE_LIST, WORD_AND, 1, 0, 0, 0, 0},
    {"qualifiers", "before", SHAPE_QUALIFIERS, WORD_BEFORE, 0, 0, 0, 0, 0},
    {"qualifiers", "before_bare", SHAPE_QUALIFIERS, WORD_BEFORE_BARE, 0, 0, 0, 0, 0},
    {"qualifiers", "not_before", SHAPE_LIST, WORD_BEFORE, WORD_NO_QUALIFIER, 0, 0, 0, 0},
    {"qualifiers", "pieces", SHAPE_LIST, WORD_BEFORE, WORD_PIECES, 0, 0, 0, 0},
    {"qualifiers", "compared", SHAPE_LIST, WORD_BEFORE, WORD_COMPARED, 0, 0, 0, 0},
    {"qualifiers", "comparison", SHAPE_QUALIFIERS, WORD_AFTER, WORD_COMPARISON, 0, 0, 0, 0},
    {"qualifiers", "after", SHAPE_QUALIFIERS, WORD_AFTER, 0, 0, 0, 0, 0},
    {"qualifiers", "each", SHAPE_LIST, WORD_EACH, 0, 0, 0, 0, 0},
    {"words", "vague", SHAPE_LIST, WORD_VAGUE, 0, 0, 0, 0, 0},
    {"words", "vague_before_measure", SHAPE_LIST, WORD_VAGUE, 1, 0, 0, 0, 0},
    {"words", "skip", SHAPE_LIST, WORD_SKIP, 0, 0, 0, 0, 0},
    {"words", "keep", SHAPE_LIST, WORD_KEEP, 0, 0, 0, 0, 0},
    {"dates", "year", SHAPE_LIST, WORD_DATE_UNIT, DATE_YEAR, 0, 0, 0, 0},
    {"dates", "month", SHAPE_LIST, WORD_DATE_UNIT, DATE_MONTH, 0, 0, 0, 0},
    {"dates", "day", SHAPE_LIST, WORD_DATE_UNIT, DATE_DAY, 0, 0, 0, 0},
    {"dates", "day_spoken", SHAPE_LIST, WORD_DATE_UNIT, DATE_DAY_SPOKEN, 0, 0, 0, 0},
    {"dates", "january", SHAPE_LIST, WORD_DATE_UNIT, DATE_JANUARY, 0, 0, 0, 0},
    {"dates", "year_class", SHAPE_LIST, WORD_DATE_UNIT, DATE_CLASS, 0, 0, 0, 0},
    {"dates", "relative_year", SHAPE_NUMBERS, WORD_DATE_RELATIVE, 0, -9, 9, DATE_YEAR, 0},
    {"dates", "relative_month", SHAPE_NUMBERS, WORD_DATE_RELATIVE, 0, -9, 9, DATE_MONTH, 0},
    {"dates", "relative_day", SHAPE_NUMBERS, WORD_DATE_RELATIVE, 0, -9, 9, DATE_DAY, 0},
    {"dates", "lunar_before", SHAPE_LIST, WORD_DATE_EDGE, EDGE_LUNAR, 0, 0, 0, 0},
    {"dates", "lunar_after", SHAPE_LIST, WORD_DATE_EDGE, EDGE_LUNAR_DAY, 0, 0, 0, 0},
    {"dates", "until", SHAPE_LIST, WORD_DATE_EDGE, EDGE_UNTIL, 0, 0, 0, 0},
    {"dates", "since", SHAPE_LIST, WORD_DATE_EDGE, EDGE_SINCE, 0, 0, 0, 0},
    {"dates", "onward", SHAPE_LIST, WORD_DATE_EDGE, EDGE_ONWARD, 0, 0, 0, 0},
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
    word *added = &tables->words[tables->count++];
    *added = *like;
    added->text = copy;
    added->place = node;
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
    const int base = like.number;
    for (int i = first; i <= last && status == ALM_OK; i++) {
        const alm_yaml_node *list = alm_yaml_get(map, name(i));
        like.number = base + i;
        if (list) status = add_list(tables, list, &like, err);
    }
    return status;
}

static alm_status add_section(alm_value_tables *tables, const alm_yaml_node *values, const section *s, alm_err *err) {
    const alm_yaml_node *node = alm_yaml_get(alm_yaml_get(values, s->group), s->key);
    if (!node) return ALM_OK;
    word like = {.role = s->role,
                 .number = s->number,
                 .date_unit = s->date_unit,
                 .capital = s->digit & DIGIT_CAPITAL,
                 .counting = s->digit & DIGIT_COUNTING,
                 .weak = s->digit & DIGIT_WEAK};
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

/* What lets a scan pass most of a text without a look into the tree. */
static void mark_starts(alm_value_tables *tables) {
    for (uint32_t cp = '0'; cp <= '9'; cp++) tables->starts[cp / 64] |= UINT64_C(1) << (cp % 64);
    for (size_t i = 0; i < tables->count; i++) {
        size_t at = 0;
        uint32_t cp = alm_utf8_next(tables->words[i].text, &at);
        if (cp >= WORD_BMP) continue;
        tables->first[cp] = (uint16_t)child_of(&tables->forward, 0, cp);
        if (tables->words[i].role & STARTING_ROLES) tables->starts[cp / 64] |= UINT64_C(1) << (cp % 64);
    }
}

alm_status alm_value_tables_new(alm_value_tables **out, const alm_yaml_node *values, alm_err *err) {
    alm_value_tables *tables = alm_calloc(1, sizeof *tables);
    if (!tables) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_arena_init(&tables->arena, MAX_TABLE_BYTES);
    alm_status status = read_words(tables, values, err);
    if (status == ALM_OK) status = trees_make(tables, err);
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
