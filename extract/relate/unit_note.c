#include "extract/relate/unit_note.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "extract/mention/walk.h"

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
            void *items = relation->unit_notes;
            alm_status status =
                alm_arena_grow(folded->arena, &items, &relation->unit_note_cap, relation->unit_note_count, sizeof note);
            relation->unit_notes = items;
            if (status != ALM_OK) return status;
            relation->unit_notes[relation->unit_note_count++] = note;
        }
    }
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
