#include "extract/mention/walk.h"

#include "base/utf8.h"

size_t alm_walk_length(const alm_folded *folded, uint32_t first, uint32_t last) {
    if (first >= last) return 0;
    return alm_utf8_count(alm_str_slice(folded->text, folded->tokens[first].start, folded->tokens[last - 1].end));
}

static uint32_t opening_of(uint32_t close) {
    switch (close) {
    case ALM_CP_QUOTE_CLOSE: return ALM_CP_QUOTE_OPEN;
    case ALM_CP_BRACKET_CLOSE: return ALM_CP_BRACKET_OPEN;
    case ALM_CP_TITLE_CLOSE: return ALM_CP_TITLE_OPEN;
    case '"': return '"';
    default: return 0;
    }
}

uint32_t alm_walk_opening(const alm_folded *folded, uint32_t close, uint32_t max) {
    uint32_t want = opening_of(folded->tokens[close].cp);
    if (!want) return UINT32_MAX;
    for (uint32_t i = close; i-- > 0 && close - i <= max;) {
        uint32_t cp = folded->tokens[i].cp;
        if (cp == want) return i;
        if (cp == '\n' || cp == '\t' || cp == ALM_CP_STOP) break;
    }
    return UINT32_MAX;
}

void alm_walk_release(alm_folded *folded, uint32_t i) {
    alm_token *token = &folded->tokens[i];
    alm_str text = alm_token_text(folded, token);
    size_t at = 0;
    uint32_t cp = alm_utf8_next(text, &at);
    alm_token_touch(folded, i);
    bool single = at == text.len;
    token->class_id = single ? ALM_CLASS_TEXT : ALM_CLASS_NOUN;
    token->cp = single ? cp : ALM_FOLD_BASE + ALM_CLASS_NOUN;
}

bool alm_walk_trades(const alm_folded *folded, const alm_token *token) {
    uint32_t sense = alm_lexicon_find(folded->pack->consulted, alm_token_text(folded, token));
    return alm_lexicon_sense_of(folded->pack->consulted, sense, ALM_CLASS_TRADE) != NULL;
}
