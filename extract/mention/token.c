#include "base/utf8.h"
#include "extract/mention/mention.h"

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

static bool is_case_word(uint16_t class_id) {
    return class_id == ALM_CLASS_TO || class_id == ALM_CLASS_BA || class_id == ALM_CLASS_BY ||
           class_id == ALM_CLASS_WITH || class_id == ALM_CLASS_VIA || class_id == ALM_CLASS_FUNCTION;
}

/*
 * A two-character word that begins with a case word gives way where a longer word starts at its second character: "to |
 * the eastern district", not "eastward | district".
 */
static size_t without_crossing(const alm_lexicon *lexicon, alm_str text, size_t at, size_t len, uint32_t *sense) {
    size_t first = alm_utf8_len((unsigned char)text.ptr[at]);
    uint32_t whole = *sense, single = alm_lexicon_find(lexicon, alm_str_slice(text, at, at + first)), crossing;
    if (len != 2 * first || !single || !is_case_word(alm_lexicon_sense(lexicon, single)->class_id)) return len;
    if (is_case_word(alm_lexicon_sense(lexicon, whole)->class_id)) return len;
    size_t reach = alm_lexicon_longest(lexicon, text, at + first, &crossing);
    if (reach <= first) return len;
    uint16_t class_id = alm_lexicon_sense(lexicon, crossing)->class_id;
    if (class_id != ALM_CLASS_PLACE && class_id != ALM_CLASS_ORG_SUFFIX && class_id != ALM_CLASS_ORG) return len;
    *sense = single;
    return first;
}

alm_status alm_tokens_make(alm_folded *folded, alm_str published, alm_err *err) {
    alm_value *values = NULL;
    size_t value_count = 0, v = 0;
    alm_str text = folded->text;
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
        if (len) len = without_crossing(folded->pack->scanned, text, at, len, &sense);
        if (len && word_wins(at + len, value, at)) {
            status = word_token(folded, at, at + len, sense);
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
