/*
 * The head of a list: a line, or its beginning, that tells the amount of all the names behind it.
 */
#include "extract/mention/walk.h"
#include "extract/relate/donor_cell.h"
#include "extract/relate/list_priv.h"

enum { MAX_HEAD = 24, MAX_BARE_HEAD = 20 };

static bool is_bound(const alm_value *value) { return value->qualifier != ALM_QUALIFIER_EXACT || !value->amount.len; }

static bool is_list_word(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_GIVE:
    case ALM_CLASS_MONEY:
    case ALM_CLASS_OF:
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_IS:
    case ALM_CLASS_EACH:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_GIFT_NOUN: return true;
    case ALM_CLASS_QUANTITY: return true;
    case ALM_CLASS_TEXT: return !alm_is_han(token->cp);
    default: return false;
    }
}

bool alm_list_is_name_run(const alm_list_reader *r, uint32_t first, uint32_t last) {
    if (alm_list_find(r, first, last, ALM_CLASS_PARTY) == UINT32_MAX) return false;
    for (uint32_t i = first; i < last;) {
        uint32_t end = i;
        while (end < last && r->tokens[end].cp != ' ' && r->tokens[end].cp != ALM_CP_LIST_COMMA) end++;
        bool known = alm_list_find(r, i, end, ALM_CLASS_PARTY) != UINT32_MAX;
        if (end > i &&
            (!alm_list_may_be_name(r, i, end) || (!known && alm_walk_length(r->folded, i, end) > ALM_LIST_MAX_UNKNOWN)))
            return false;
        i = end + 1;
    }
    return first < last;
}

/* A head without a colon: a line of its own with an amount and no name, or an amount, a space and then nothing but
 * names. */
static uint32_t bare_head_end(const alm_list_reader *r, uint32_t first, uint32_t last, uint32_t *amount) {
    uint32_t money = alm_list_find(r, first, last, ALM_CLASS_MONEY);
    if (money == UINT32_MAX || alm_list_find(r, money + 1, last, ALM_CLASS_MONEY) != UINT32_MAX) return 0;
    uint32_t end = first;
    while (end < last && is_list_word(&r->tokens[end])) end++;
    if (end <= money) return 0;
    bool bound = is_bound(alm_mention_of(r->folded, &r->tokens[money])->value);
    bool alone = end == last && alm_walk_length(r->folded, first, last) <= MAX_BARE_HEAD;
    bool names = end > money + 1 && r->tokens[end - 1].cp == ' ' && alm_list_is_name_run(r, end, last);
    if (!alone && (!names || bound)) return 0;
    *amount = bound ? 0 : r->tokens[money].mention; /* "50,000 and more": each line tells its own */
    return end;
}

/* A word for sums, unless it counts those who gave: "gave 500 (three in all):". */
static bool adds_up(const alm_list_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++) {
        if (r->tokens[i].cp == ALM_CP_BRACKET_OPEN) i = alm_cell_closing(r->folded, i, last);
        if (i < last && r->tokens[i].class_id == ALM_CLASS_TOTAL) return true;
    }
    return false;
}

/*
 * The head of a list: up to the colon one amount, no name that gives, and a word of giving (or the line is nothing but
 * the amount). Its end, behind the colon; 0 where the line is no head.
 */
uint32_t alm_list_head_end(const alm_list_reader *r, uint32_t first, uint32_t last, uint32_t *amount) {
    first = alm_list_behind_numbering(r, first, last);
    uint32_t colon = first;
    while (colon < last && colon - first < MAX_HEAD && r->tokens[colon].cp != ALM_CP_COLON) colon++;
    if (colon >= last || r->tokens[colon].cp != ALM_CP_COLON) return bare_head_end(r, first, last, amount);
    uint32_t money = alm_list_find(r, first, colon, ALM_CLASS_MONEY);
    if (money == UINT32_MAX || alm_list_find(r, first, colon, ALM_CLASS_PARTY) != UINT32_MAX) return 0;
    if (alm_list_find(r, first, colon, ALM_CLASS_GIVE) == UINT32_MAX && money != first) return 0;
    if (adds_up(r, first, colon)) return 0;
    *amount = is_bound(alm_mention_of(r->folded, &r->tokens[money])->value) ? 0 : r->tokens[money].mention;
    return colon + 1;
}
