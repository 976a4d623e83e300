#include "extract/relate/unit_note.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "extract/mention/walk.h"

enum { MAX_HEAD = 60 };

static bool is_joint(uint32_t cp) {
    return cp == ' ' || cp == ':' || cp == ALM_CP_COLON || cp == '(' || cp == ALM_CP_BRACKET_OPEN;
}

static bool is_han_before(alm_str text, size_t at) {
    while (at > 0 && ((unsigned char)text.ptr[at - 1] & 0xC0) == 0x80) at--;
    if (at == 0) return false;
    at--;
    return alm_is_han(alm_utf8_next(text, &at));
}

/* The unit behind a label that ends at @p at: "label: unit", ended by what is no word. */
static bool read_unit(const alm_table_words *words, alm_str text, size_t at, alm_column_unit *unit) {
    size_t from = at;
    for (size_t next = at; next < text.len && is_joint(alm_utf8_next(text, &next));) at = next;
    if (at == from) return false;
    size_t len = alm_table_words_unit(words, text, at, unit);
    if (len == 0) return false;
    alm_column_unit second;
    size_t more = alm_table_words_unit(words, text, at + len, &second); /* "RMB 10,000 yuan" */
    if (more) {
        len += more;
        if (second.power) *unit = second;
    }
    at += len;
    return at >= text.len || !alm_is_han(alm_utf8_next(text, &at));
}

static int by_start(const void *a, const void *b) {
    const alm_unit_note *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

static alm_status note_add(alm_relation *relation, alm_unit_note note) {
    void *items = relation->unit_notes;
    alm_status status = alm_arena_grow(relation->folded->arena, &items, &relation->unit_note_cap,
                                       relation->unit_note_count, sizeof note);
    relation->unit_notes = items;
    if (status == ALM_OK) relation->unit_notes[relation->unit_note_count++] = note;
    return status;
}

/* The line [start, end) ends with a unit in brackets, behind them a colon or nothing: "gifts of firms (10,000 yuan):".
 */
static size_t unit_that_ends(const alm_table_words *words, alm_str text, size_t start, size_t end,
                             alm_column_unit *unit) {
    static const char open[] = "\xEF\xBC\x88", close[] = "\xEF\xBC\x89", colon[] = "\xEF\xBC\x9A";
    alm_str line = alm_str_slice(text, start, end);
    if (line.len > MAX_HEAD || memchr(line.ptr, '\t', line.len)) return 0;
    if (alm_str_ends(line, alm_str_of(colon))) line.len -= 3;
    if (!alm_str_ends(line, alm_str_of(close))) return 0;
    size_t at = alm_str_find(line, alm_str_of(open), 0);
    if (at == SIZE_MAX || at == 0) return 0;
    size_t len = alm_table_words_unit(words, text, start + at + 3, unit);
    return len && at + 3 + len == line.len - 3 ? start + at : 0;
}

/* Heads of lists that tell the unit of the numbers below. */
static alm_status read_heads(alm_relation *relation) {
    alm_str text = relation->folded->text;
    const alm_table_words *words = relation->session->extractor->table_words;
    for (size_t start = 0; start < text.len;) {
        const char *newline = memchr(text.ptr + start, '\n', text.len - start);
        size_t end = newline ? (size_t)(newline - text.ptr) : text.len;
        alm_unit_note note;
        size_t at = unit_that_ends(words, text, start, end, &note.unit);
        note.start = (uint32_t)at;
        alm_status status = at ? note_add(relation, note) : ALM_OK;
        if (status != ALM_OK) return status;
        start = end + 1;
    }
    return ALM_OK;
}

alm_status alm_unit_notes_find(alm_relation *relation) {
    const alm_folded *folded = relation->folded;
    const alm_table_words *words = relation->session->extractor->table_words;
    alm_str label;
    for (size_t i = 0; (label = alm_table_words_unit_label(words, i)).len; i++) {
        size_t at = 0;
        while ((at = alm_str_find(folded->text, label, at)) != SIZE_MAX) {
            alm_unit_note note = {.start = (uint32_t)at};
            bool whole = !is_han_before(folded->text, at);
            at += label.len;
            if (!whole || !read_unit(words, folded->text, at, &note.unit)) continue;
            alm_status status = note_add(relation, note);
            if (status != ALM_OK) return status;
        }
    }
    alm_status status = read_heads(relation);
    if (status != ALM_OK) return status;
    if (relation->unit_note_count)
        qsort(relation->unit_notes, relation->unit_note_count, sizeof *relation->unit_notes, by_start);
    return ALM_OK;
}

alm_column_unit alm_unit_note_at(const alm_relation *relation, uint32_t at) {
    alm_column_unit unit = {0};
    for (size_t i = 0; i < relation->unit_note_count && relation->unit_notes[i].start < at; i++)
        unit = relation->unit_notes[i].unit;
    return unit;
}
