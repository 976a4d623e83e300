/*
 * What several donors of one statement gave: each the same, one after the other, or all together.
 */
#include "extract/relate/gift_priv.h"

static const alm_value *value_at(const alm_gift_reader *r, const alm_gift_event *e, size_t k) {
    return r->folded->mentions[e->gift.whats[k].mention - 1].value;
}

static bool is_each(const alm_gift_reader *r, const alm_gift_event *e, size_t k) {
    return e->gift.whats[k].kind != ALM_WHAT_GOODS && value_at(r, e, k)->each;
}

/* "each" beside the verb: before it in its clause or at an amount before it, or between it and what was given. */
static bool says_each(const alm_gift_reader *r, const alm_gift_event *e) {
    for (size_t k = 0; k < e->gift.what_count; k++)
        if (e->what_at[k] < e->first && is_each(r, e, k)) return true;
    uint32_t end = e->last;
    while (end < e->after && !alm_gift_is_what(r->tokens[end].class_id) && !alm_gift_ends_clause(r->tokens[end].cp))
        end++;
    if (end < e->after && alm_gift_is_what(r->tokens[end].class_id)) {
        const alm_value *value = alm_mention_of(r->folded, &r->tokens[end])->value;
        if (value && value->each) return true;
    }
    return alm_gift_has_class(r, alm_gift_clause_start(r, e->first), end, ALM_CLASS_EACH);
}

/* "1,000 each, 27,000 in all", "each gave 1,000 and a box, worth 4,000 in all": the sum is nobody's own. */
static void drop_sums(const alm_gift_reader *r, alm_gift_event *e) {
    size_t kept = 0;
    for (size_t k = 0; k < e->gift.what_count; k++) {
        bool sum = kept > 0 && e->gift.whats[k].kind != ALM_WHAT_GOODS && !is_each(r, e, k) &&
                   alm_gift_governed_by(r, e->what_at[k], ALM_CLASS_TOTAL, 5);
        if (sum) continue;
        e->what_at[kept] = e->what_at[k];
        e->gift.whats[kept++] = e->gift.whats[k];
    }
    e->gift.what_count = kept;
}

/* "A and B each gave": a gift for each. "A, B and C gave 1, 2 and 3 respectively": one by one. Else one joint gift. */
/* "handed 30,000 to the charity, which passed it on to school X": the charity received it on the school's behalf. */
static void drop_channels(const alm_gift_reader *r, alm_gift *gift) {
    for (size_t i = 0; i < gift->channel_count; i++) {
        alm_str channel = r->folded->mentions[gift->channels[i] - 1].name;
        size_t kept = 0;
        for (size_t j = 0; j < gift->recipient_count; j++)
            if (!alm_str_is(r->folded->mentions[gift->recipients[j] - 1].name, channel))
                gift->recipients[kept++] = gift->recipients[j];
        if (kept) gift->recipient_count = kept;
    }
}

static bool is_and(const alm_token *token) {
    return token->class_id == ALM_CLASS_WITH || token->cp == ALM_CP_LIST_COMMA;
}

/* "A and X gave 1 and 2 respectively" where no finder knows A: X gave one of them, by its place in the list. */
static void keep_own_share(const alm_gift_reader *r, alm_gift_event *e) {
    alm_gift *gift = &e->gift;
    if (gift->donor_count != 1 || gift->what_count < 2 || e->own_receivers > 1) return;
    for (uint32_t i = e->before; i < e->first; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || alm_gift_principal(actor) != alm_gift_principal(&gift->donors[0])) continue;
        bool behind = i > r->first && is_and(&r->tokens[i - 1]);
        if (!behind && !is_and(&r->tokens[i + 1])) return;
        if (behind) gift->whats[0] = gift->whats[gift->what_count - 1];
        gift->what_count = 1;
        return;
    }
}

/* "A and B respectively gave 10,000": one amount between the verb and its end, which is no sum, is what each gave. */
static bool says_same(const alm_gift_reader *r, const alm_gift_event *e) {
    return e->gift.what_count == 1 && e->what_at[0] >= e->last &&
           alm_gift_has_class(r, alm_gift_clause_start(r, e->first), e->first, ALM_CLASS_SPLIT) &&
           !alm_gift_governed_by(r, e->what_at[0], ALM_CLASS_TOTAL, 5) &&
           !alm_gift_has_class(r, e->first, e->what_at[0], ALM_CLASS_TOTAL);
}

alm_status alm_gift_put(alm_gift_reader *r, alm_gift_event *e) {
    alm_gift *gift = &e->gift;
    drop_channels(r, gift);
    bool respectively = alm_gift_has_class(r, e->before, e->after, ALM_CLASS_SPLIT);
    if (respectively) keep_own_share(r, e);
    bool split = gift->donor_count > 1 && respectively && gift->what_count == gift->donor_count;
    bool each = gift->donor_count > 1 && !split && (e->apiece || says_each(r, e) || says_same(r, e));
    bool own_receiver = respectively && gift->recipient_count == gift->donor_count;
    if (!each && !split) return alm_gift_add(r->relation, gift);
    if (each) drop_sums(r, e);
    for (size_t i = 0; i < gift->donor_count; i++) {
        alm_gift one = *gift;
        one.donors[0] = gift->donors[i];
        one.donor_count = 1;
        if (split) {
            one.whats[0] = gift->whats[i];
            one.what_count = 1;
        }
        if (own_receiver) { /* "A and B gave to X and Y respectively" */
            one.recipients[0] = gift->recipients[i];
            one.recipient_count = 1;
        }
        alm_status status = alm_gift_add(r->relation, &one);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}
