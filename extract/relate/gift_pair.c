/*
 * Gifts without a verb: a name and what it gave side by side, where the block tells of giving.
 */
#include "extract/relate/bare_amount.h"
#include "extract/relate/gift_priv.h"

static bool joins_name_and_amount(const alm_token *token) {
    return token->cp == ' ' || token->cp == ALM_CP_COLON || token->cp == ALM_CP_BRACKET_OPEN || token->cp == '\t' ||
           token->class_id == ALM_CLASS_EACH || token->class_id == ALM_CLASS_OF || token->class_id == ALM_CLASS_TITLE ||
           token->class_id == ALM_CLASS_GROUP;
}

/* The parties of the list that ends at @p i, which one amount with "each" is for. */
static uint32_t list_start(const alm_gift_reader *r, uint32_t i) {
    while (i >= r->first + 2 && r->tokens[i - 1].cp == ALM_CP_LIST_COMMA &&
           r->tokens[i - 2].class_id == ALM_CLASS_PARTY)
        i -= 2;
    return i;
}

static alm_status put_pair(alm_gift_reader *r, uint32_t name, uint32_t next) {
    alm_gift_event e = {.first = name, .last = next, .before = r->first, .after = r->last};
    alm_gift *gift = &e.gift;
    bool number = alm_bare_amount_is(r->folded, &r->tokens[next]);
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[next])->value;
    if (number) {
        gift->whats[0].kind = ALM_WHAT_CASH;
        alm_status status =
            alm_bare_amount_mention(r->folded, &r->tokens[next], (alm_str){0}, 0, &gift->whats[0].mention);
        if (status != ALM_OK) return status;
        gift->what_count = 1;
        r->used[next] = true;
    } else {
        alm_gift_add_what(r, &e, next, next);
    }
    if (gift->what_count == 0) return ALM_OK;
    gift->trigger_start = gift->trigger_end = r->tokens[next].start;
    gift->start = r->tokens[r->first].start;
    gift->end = r->tokens[r->last - 1].end;
    gift->rule = ALM_STR("gift/pair");
    gift->confidence = number ? 0.93 : 0.85;
    gift->donor_count = 1;
    bool each = (value && value->each) || alm_gift_has_class(r, name, next, ALM_CLASS_EACH);
    for (uint32_t i = each ? list_start(r, name) : name; i <= name; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor) continue;
        gift->donors[0] = *actor;
        alm_status status = alm_gift_add(r->relation, gift);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/*
 * A counted thing close behind a name, with a verb between that no list knows: where the sentence tells of other gifts,
 * one more. The token of the thing, or @p next.
 */
static uint32_t over_verb(const alm_gift_reader *r, uint32_t next) {
    bool others = false;
    for (size_t k = 0; k < r->event_count; k++) others = others || r->events[k].gift.what_count;
    if (!others) return next;
    for (uint32_t i = next; i < r->last && i - next <= 4; i++) {
        const alm_token *token = &r->tokens[i];
        if (token->class_id == ALM_CLASS_GOODS) return alm_mention_of(r->folded, token)->strength >= 90 ? i : next;
        bool passes = token->class_id == ALM_CLASS_ADVERB || token->class_id == ALM_CLASS_VERB ||
                      token->class_id == ALM_CLASS_FUNCTION || token->class_id == ALM_CLASS_PRONOUN ||
                      token->class_id == ALM_CLASS_OF || (token->class_id == ALM_CLASS_TEXT && alm_is_han(token->cp));
        if (!passes) break;
    }
    return next;
}

/* Name and amount side by side, without a verb, where the block tells of giving: "X 500, Y 200". */
alm_status alm_gift_read_pairs(alm_gift_reader *r) {
    if (!r->block_has_gift && !r->relation->tells_of_giving) return ALM_OK;
    for (uint32_t i = r->first; i < r->last; i++) {
        if (r->tokens[i].class_id != ALM_CLASS_PARTY || alm_gift_case_of(r, i) != ALM_CASE_SUBJECT) continue;
        uint32_t next = i + 1;
        while (next < r->last && joins_name_and_amount(&r->tokens[next])) next++;
        if (next < r->last && !alm_gift_is_what(r->tokens[next].class_id)) next = over_verb(r, next);
        if (next >= r->last || r->used[next] ||
            !(alm_gift_is_what(r->tokens[next].class_id) || alm_bare_amount_is(r->folded, &r->tokens[next])))
            continue;
        if (r->tokens[next].class_id == ALM_CLASS_GOODS && !alm_mention_of(r->folded, &r->tokens[next])->value)
            continue;
        alm_status status = put_pair(r, i, next);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}
