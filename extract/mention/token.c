#include "base/utf8.h"
#include "extract/mention/mention.h"
#include "extract/mention/walk.h"

enum { AND_KIND_BYTES = 6 /* two characters */ };

static uint16_t class_of_value(const alm_value *value) {
    switch (value->kind) {
    case ALM_VALUE_MONEY: return ALM_CLASS_MONEY;
    case ALM_VALUE_QUANTITY: return ALM_CLASS_QUANTITY;
    case ALM_VALUE_DATE: return ALM_CLASS_DATE;
    case ALM_VALUE_NUMBER: break;
    }
    return ALM_CLASS_NUMBER;
}

static alm_status token_add(alm_folded *folded, const alm_token *token) {
    void *items = folded->tokens;
    alm_status status = alm_arena_grow(folded->arena, &items, &folded->cap, folded->count, sizeof(alm_token));
    folded->tokens = items;
    if (status == ALM_OK) folded->tokens[folded->count++] = *token;
    return status;
}

static alm_status value_token(alm_folded *folded, const alm_value *value) {
    uint16_t class_id = class_of_value(value);
    alm_mention mention = {
        .class_id = class_id, .start = value->start, .end = value->end, .value = value, .strength = 100};
    alm_token token = {.start = value->start, .end = value->end, .cp = ALM_FOLD_BASE + class_id, .class_id = class_id};
    alm_status status = alm_mention_add(folded, &mention, &token.mention);
    return status == ALM_OK ? token_add(folded, &token) : status;
}

/*
 * A word and a value that want the same characters: the one that reaches further wins where they start together; a word
 * that runs into a later value wins only where it swallows it whole.
 */
static bool word_wins(size_t end, const alm_value *value, size_t at) {
    if (!value || value->start >= end) return true;
    return at == value->start ? end > value->end : end >= value->end;
}

static alm_status word_token(alm_folded *folded, size_t start, size_t end, uint32_t sense) {
    uint16_t class_id = alm_lexicon_sense(folded->pack->scanned, sense)->class_id;
    return token_add(folded, &(alm_token){.start = (uint32_t)start,
                                          .end = (uint32_t)end,
                                          .cp = ALM_FOLD_BASE + class_id,
                                          .class_id = class_id,
                                          .sense = sense});
}

/*
 * "the chamber AND COUNTY charity", "He county": a place whose name is "and" and the kind of the place. Behind a name
 * or a word of the same sentence it is two words; behind a place that holds it, a mark or a value it is the place.
 */
static bool is_and_kind(const alm_folded *folded, size_t start, size_t end, uint32_t sense, size_t *cut) {
    const alm_lexicon *words = folded->pack->scanned;
    if (end - start != AND_KIND_BYTES || folded->count == 0) return false;
    if (alm_lexicon_sense(words, sense)->class_id != ALM_CLASS_PLACE) return false;
    const alm_token *before = &folded->tokens[folded->count - 1];
    if (before->end != start || before->mention || before->class_id == ALM_CLASS_PLACE ||
        before->class_id == ALM_CLASS_LOCAL || before->class_id == ALM_CLASS_TO ||
        (before->class_id == ALM_CLASS_TEXT && !alm_is_han(before->cp)))
        return false;
    *cut = start;
    alm_utf8_next(folded->text, cut);
    uint32_t head = alm_lexicon_find(words, alm_str_slice(folded->text, start, *cut));
    uint32_t kind = alm_lexicon_find(words, alm_str_slice(folded->text, *cut, end));
    return head && kind && alm_lexicon_sense(words, head)->class_id == ALM_CLASS_WITH &&
           alm_lexicon_sense(words, kind)->class_id == ALM_CLASS_LOCAL;
}

/* Gives the token of a word, or its two halves. */
static alm_status word_tokens(alm_folded *folded, size_t start, size_t end, uint32_t sense) {
    size_t cut;
    if (!is_and_kind(folded, start, end, sense, &cut)) return word_token(folded, start, end, sense);
    const alm_lexicon *words = folded->pack->scanned;
    alm_status status =
        word_token(folded, start, cut, alm_lexicon_find(words, alm_str_slice(folded->text, start, cut)));
    if (status != ALM_OK) return status;
    return word_token(folded, cut, end, alm_lexicon_find(words, alm_str_slice(folded->text, cut, end)));
}

/* ---- words that cross ---- */

/*
 * Where words overlap, the longest from the left may tear the next one apart: "the river | chamber of commerce" against
 * "river merchant | association". The stretch that the overlaps hold together is then cut on the cheapest path: few
 * pieces, few characters that no word covers; between equals the later word is the longer one, as in backward maximum
 * matching.
 */
enum {
    STRETCH_MAX = 24,
    SUFFIX_COST = 7,
    LONG_ROLE_COST = 7,

    ROLE_COST = 9,
    WORD_COST = 10,
    SURNAME_COST = 12,
    PARTICLE_COST = 11,
    SINGLE_COST = 12,
    CHARACTER_COST = 13
};

typedef struct stretch {
    uint32_t count;                 /* of characters */
    size_t starts[STRETCH_MAX + 1]; /* bytes of the text; the last one is the end */
    uint32_t cost[STRETCH_MAX + 1]; /* from here to the end */
    uint32_t next[STRETCH_MAX];     /* the character behind the piece that begins here */
    uint32_t sense[STRETCH_MAX];    /* of that piece; 0 = a character */
} stretch;

/* Whether a word that starts within the word [at, end) reaches beyond; collects the characters on the way. */
static bool find_stretch(const alm_lexicon *lexicon, alm_str text, size_t at, size_t end, size_t limit, stretch *out) {
    size_t reach = end;
    uint32_t sense;
    out->starts[0] = at;
    out->count = 1;
    for (alm_utf8_next(text, &at); at < reach;) {
        if (out->count == STRETCH_MAX) return false;
        out->starts[out->count++] = at;
        size_t len = alm_lexicon_longest(lexicon, text, at, &sense);
        if (at + len > reach) reach = at + len;
        alm_utf8_next(text, &at);
    }
    out->starts[out->count] = reach;
    return reach > end && reach <= limit;
}

/* What ends a name is the surest of words; one character is the least sure, unless it is there for the grammar. */
static uint32_t cost_of(const alm_lexicon *lexicon, uint32_t sense, uint32_t characters) {
    if (characters > 1 && alm_lexicon_sense_of(lexicon, sense, ALM_CLASS_ORG_SUFFIX)) return SUFFIX_COST;
    switch (alm_lexicon_sense(lexicon, sense)->class_id) {
    case ALM_CLASS_TO:
    case ALM_CLASS_BA:
    case ALM_CLASS_BY:
    case ALM_CLASS_WITH:
    case ALM_CLASS_VIA:
    case ALM_CLASS_OF:
    case ALM_CLASS_FUNCTION: return characters == 1 ? PARTICLE_COST : WORD_COST;
    case ALM_CLASS_ROLE_HEAD: return characters == 1 ? SINGLE_COST : characters == 2 ? ROLE_COST : LONG_ROLE_COST;
    default: return characters == 1 ? SINGLE_COST : WORD_COST;
    }
}

/* A character may be a surname, which no word of its own tells. */
static uint32_t cost_of_character(const alm_pack *pack, alm_str character) {
    size_t at = 0;
    bool surname =
        alm_pack_starts_surname(pack, alm_utf8_next(character, &at)) &&
        alm_lexicon_sense_of(pack->consulted, alm_lexicon_find(pack->consulted, character), ALM_CLASS_SURNAME) != NULL;
    return surname ? SURNAME_COST : CHARACTER_COST;
}

static void cut_stretch(const alm_pack *pack, alm_str text, stretch *s) {
    const alm_lexicon *lexicon = pack->scanned;
    s->cost[s->count] = 0;
    for (uint32_t i = s->count; i-- > 0;) {
        s->next[i] = i + 1;
        s->sense[i] = 0;
        s->cost[i] = s->cost[i + 1] + cost_of_character(pack, alm_str_slice(text, s->starts[i], s->starts[i + 1]));
        for (uint32_t k = i + 1; k <= s->count; k++) {
            uint32_t sense = alm_lexicon_find(lexicon, alm_str_slice(text, s->starts[i], s->starts[k]));
            uint32_t cost = sense ? s->cost[k] + cost_of(lexicon, sense, k - i) : UINT32_MAX;
            if (cost > s->cost[i]) continue;
            s->cost[i] = cost;
            s->next[i] = k;
            s->sense[i] = sense;
        }
    }
}

static alm_status stretch_tokens(alm_folded *folded, const stretch *s) {
    alm_status status = ALM_OK;
    for (uint32_t i = 0; i < s->count && status == ALM_OK; i = s->next[i]) {
        size_t start = s->starts[i], end = s->starts[s->next[i]], at = start;
        if (s->sense[i]) {
            status = word_tokens(folded, start, end, s->sense[i]);
            continue;
        }
        uint32_t cp = alm_utf8_next(folded->text, &at);
        status = token_add(folded, &(alm_token){.start = (uint32_t)start, .end = (uint32_t)end, .cp = cp});
    }
    return status;
}

alm_status alm_tokens_make(alm_folded *folded, alm_str published, alm_err *err) {
    alm_value *values = NULL;
    size_t value_count = 0, v = 0;
    alm_str text = folded->text;
    stretch crossing;
    alm_status status =
        alm_value_scan(&values, &value_count, folded->arena, folded->pack->values, text, published, err);
    if (status == ALM_OK && folded->traditional) alm_value_name_yuan(values, value_count);
    for (size_t at = 0; status == ALM_OK && at < text.len;) {
        while (v < value_count && values[v].start < at) v++;
        const alm_value *value = v < value_count ? &values[v] : NULL;
        uint32_t sense = 0;
        size_t len = alm_lexicon_longest(folded->pack->scanned, text, at, &sense);
        if (len && !word_wins(at + len, value, at) && value->start > at) /* a shorter word may end before the value */
            len = alm_lexicon_longest(folded->pack->scanned, alm_str_slice(text, 0, value->start), at, &sense);
        if (len && word_wins(at + len, value, at) &&
            find_stretch(folded->pack->scanned, text, at, at + len, value ? value->start : text.len, &crossing)) {
            cut_stretch(folded->pack, text, &crossing);
            status = stretch_tokens(folded, &crossing);
            at = crossing.starts[crossing.count];
        } else if (len && word_wins(at + len, value, at)) {
            status = word_tokens(folded, at, at + len, sense);
            at += len;
        } else if (value && value->start == at) {
            status = value_token(folded, value);
            at = value->end;
        } else {
            size_t start = at;
            uint32_t cp = alm_utf8_next(text, &at);
            status = token_add(folded, &(alm_token){.start = (uint32_t)start, .end = (uint32_t)at, .cp = cp});
        }
    }
    if (status == ALM_OK) status = alm_fold_close(folded);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot make tokens: %s", alm_status_name(status));
}
