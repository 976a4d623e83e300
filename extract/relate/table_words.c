#include "extract/relate/table_words.h"

#include "base/alloc.h"
#include "base/utf8.h"

enum { MAX_WORDS = 2048 };

typedef struct word {
    alm_str text;
    uint64_t characters; /* as character_set has them */
    int what;            /* alm_column, or one of the negative kinds */
    alm_str currency;
    uint32_t power;
} word;

enum {
    WORD_TOTAL = -1,
    WORD_EMPTY = -2,
    WORD_UNIT = -3,
    WORD_UNIT_LABEL = -4,
    WORD_GIVER = -5,
    WORD_CASH = -6,
    WORD_TOPIC = -7,
    KINDS = 8
};

/* Words of one kind stand side by side. */
typedef struct range {
    size_t first, last;
} range;

struct alm_table_words {
    word *words;
    size_t count, cap;
    range kinds[KINDS]; /* by -what, of what is no column */
};

static const char *const column_names[] = {"unknown",   "number", "donor", "person", "organisation", "role",
                                           "branch",    "amount", "value", "goods",  "quantity",     "unit",
                                           "recipient", "date",   "note",  "thing",  "foreign"};

/* Which characters a text holds, in 64 bits: a text without one of a word's bits does not hold the word. */
static uint64_t character_set(alm_str text) {
    uint64_t set = 0;
    for (size_t at = 0; at < text.len;) set |= UINT64_C(1) << (alm_utf8_next(text, &at) * 0x9E3779B1u >> 26);
    return set;
}

static alm_status add(alm_table_words *words, word item, alm_err *err) {
    void *items = words->words;
    alm_status status = alm_grow(&items, &words->cap, words->count, sizeof(word), MAX_WORDS);
    words->words = items;
    if (status != ALM_OK) return alm_fail(err, status, "too many table words");
    item.characters = character_set(item.text);
    words->words[words->count++] = item;
    return ALM_OK;
}

/* The words that were added since @p first are all the words of kind @p what. */
static void note_kind(alm_table_words *words, int what, size_t first) {
    words->kinds[-what] = (range){first, words->count};
}

static alm_status add_list(alm_table_words *words, const alm_yaml_node *list, int what, alm_err *err) {
    if (!list) return ALM_OK;
    if (list->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(list, err, "expected a list of words");
    size_t first = words->count;
    for (size_t i = 0; i < list->count; i++) {
        alm_str text;
        alm_status status = alm_yaml_text(&text, list->items[i], err);
        if (status == ALM_OK) status = add(words, (word){.text = text, .what = what}, err);
        if (status != ALM_OK) return status;
    }
    if (what < 0) note_kind(words, what, first);
    return ALM_OK;
}

static alm_status add_columns(alm_table_words *words, const alm_yaml_node *columns, alm_err *err) {
    if (!columns || columns->kind != ALM_YAML_MAPPING) return ALM_OK;
    for (size_t i = 0; i < columns->count; i++) {
        int column = ALM_COLUMN_NUMBER;
        while (column < ALM_COLUMN_FOREIGN && !alm_str_is_c(columns->pairs[i].key->scalar, column_names[column]))
            column++;
        if (column == ALM_COLUMN_FOREIGN)
            return alm_yaml_fail(columns->pairs[i].key, err, "unknown kind of column '%s'",
                                 columns->pairs[i].key->scalar.ptr);
        alm_status status = add_list(words, columns->pairs[i].value, column, err);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static alm_status add_units(alm_table_words *words, const alm_yaml_node *units, alm_err *err) {
    size_t first = words->count;
    for (size_t i = 0; units && i < units->count; i++) {
        const alm_yaml_node *unit = units->items[i];
        int64_t power = 0;
        if (unit->kind != ALM_YAML_SEQUENCE || unit->count != 3)
            return alm_yaml_fail(unit, err, "expected [word, currency, power of ten]");
        alm_status status = alm_yaml_int(&power, unit->items[2], 0, 12, err);
        if (status == ALM_OK)
            status = add(words,
                         (word){.text = unit->items[0]->scalar,
                                .what = WORD_UNIT,
                                .currency = unit->items[1]->scalar,
                                .power = (uint32_t)power},
                         err);
        if (status != ALM_OK) return status;
    }
    note_kind(words, WORD_UNIT, first);
    return ALM_OK;
}

alm_status alm_table_words_new(alm_table_words **out, const alm_yaml_node *node, alm_err *err) {
    static const char *const keys[] = {"columns",     "foreign", "totals", "empty",  "units",
                                       "unit_labels", "givers",  "cash",   "topics", NULL};
    alm_status status = alm_yaml_expect_keys(node, keys, err);
    if (status != ALM_OK) return status;
    alm_table_words *words = alm_calloc(1, sizeof *words);
    if (!words) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    status = add_columns(words, alm_yaml_get(node, "columns"), err);
    if (status == ALM_OK) status = add_list(words, alm_yaml_get(node, "foreign"), ALM_COLUMN_FOREIGN, err);
    if (status == ALM_OK) status = add_list(words, alm_yaml_get(node, "totals"), WORD_TOTAL, err);
    if (status == ALM_OK) status = add_list(words, alm_yaml_get(node, "empty"), WORD_EMPTY, err);
    if (status == ALM_OK) status = add_units(words, alm_yaml_get(node, "units"), err);
    if (status == ALM_OK) status = add_list(words, alm_yaml_get(node, "unit_labels"), WORD_UNIT_LABEL, err);
    if (status == ALM_OK) status = add_list(words, alm_yaml_get(node, "givers"), WORD_GIVER, err);
    if (status == ALM_OK) status = add_list(words, alm_yaml_get(node, "cash"), WORD_CASH, err);
    if (status == ALM_OK) status = add_list(words, alm_yaml_get(node, "topics"), WORD_TOPIC, err);
    if (status != ALM_OK) {
        alm_table_words_free(words);
        return status;
    }
    *out = words;
    return ALM_OK;
}

void alm_table_words_free(alm_table_words *words) {
    if (!words) return;
    alm_free(words->words);
    alm_free(words);
}

static bool holds(alm_str text, alm_str part) { return alm_str_find(text, part, 0) != SIZE_MAX; }

alm_column alm_table_words_column(const alm_table_words *words, alm_str head, alm_column_unit *unit) {
    alm_column best = ALM_COLUMN_UNKNOWN;
    size_t longest = 0, longest_unit = 0;
    *unit = (alm_column_unit){0};
    if (head.len == 0 || head.len > 90) return best;
    uint64_t missing = ~character_set(head);
    for (size_t i = 0; i < words->count; i++) {
        const word *w = &words->words[i];
        if (w->characters & missing) continue;
        if (w->what == WORD_UNIT && w->text.len > longest_unit && holds(head, w->text)) {
            *unit = (alm_column_unit){w->currency, w->power};
            longest_unit = w->text.len;
        }
        if (w->what <= 0 || w->text.len <= longest || !holds(head, w->text)) continue;
        best = (alm_column)w->what;
        longest = w->text.len;
    }
    return best;
}

static bool is_word(const alm_table_words *words, alm_str cell, int what) {
    for (size_t i = words->kinds[-what].first; i < words->kinds[-what].last; i++)
        if (alm_str_is(words->words[i].text, cell)) return true;
    return false;
}

alm_str alm_table_words_unit_label(const alm_table_words *words, size_t index) {
    const range *labels = &words->kinds[-WORD_UNIT_LABEL];
    return index < labels->last - labels->first ? words->words[labels->first + index].text : (alm_str){0};
}

size_t alm_table_words_unit(const alm_table_words *words, alm_str text, size_t at, alm_column_unit *unit) {
    alm_str rest = alm_str_slice(text, at, text.len);
    size_t longest = 0;
    for (size_t i = words->kinds[-WORD_UNIT].first; i < words->kinds[-WORD_UNIT].last; i++) {
        const word *w = &words->words[i];
        if (w->text.len <= longest || !alm_str_starts(rest, w->text)) continue;
        *unit = (alm_column_unit){w->currency, w->power};
        longest = w->text.len;
    }
    return longest;
}

static bool holds_any(const alm_table_words *words, alm_str head, int what) {
    for (size_t i = words->kinds[-what].first; i < words->kinds[-what].last; i++)
        if (holds(head, words->words[i].text)) return true;
    return false;
}

bool alm_table_words_heads_givers(const alm_table_words *words, alm_str head) {
    return holds_any(words, head, WORD_GIVER);
}
bool alm_table_words_heads_cash(const alm_table_words *words, alm_str head) {
    return holds_any(words, head, WORD_CASH);
}

/* Behind the last place where @p text holds @p part; 0 where it does not. */
static size_t behind_last(alm_str text, alm_str part) {
    size_t end = 0;
    for (size_t at = 0; (at = alm_str_find(text, part, at)) != SIZE_MAX; at = end) end = at + part.len;
    return end;
}

alm_column alm_table_words_topic(const alm_table_words *words, alm_str heading) {
    size_t gifts = 0, other = 0;
    for (size_t i = 0; i < words->count; i++) {
        const word *w = &words->words[i];
        bool foreign = w->what == WORD_TOPIC || w->what == ALM_COLUMN_FOREIGN;
        if (!foreign && w->what != WORD_GIVER) continue;
        size_t end = behind_last(heading, w->text), *last = foreign ? &other : &gifts;
        if (end > *last) *last = end;
    }
    if (other && other >= gifts) return ALM_COLUMN_FOREIGN;
    return gifts ? ALM_COLUMN_DONOR : ALM_COLUMN_UNKNOWN;
}

bool alm_table_words_is_head(const alm_table_words *words, alm_str text) {
    for (size_t i = 0; i < words->count; i++)
        if (words->words[i].what > 0 && alm_str_is(words->words[i].text, text)) return true;
    return false;
}

bool alm_table_words_is_total(const alm_table_words *words, alm_str cell) { return is_word(words, cell, WORD_TOTAL); }
bool alm_table_words_is_empty(const alm_table_words *words, alm_str cell) {
    return cell.len == 0 || is_word(words, cell, WORD_EMPTY);
}
