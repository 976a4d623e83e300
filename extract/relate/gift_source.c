/*
 * Gifts that are told by where they come from, without a verb of giving: "300,000 come from X", "…, from X", "the
 * 300,000 from X", "giver: X", "the school received X's 300,000".
 */
#include "extract/relate/gift_priv.h"

/* "members of X", "X's head Y": not X itself. */
static bool leads_on(const alm_gift_reader *r, uint32_t i) {
    if (i + 1 >= r->last) return false;
    uint16_t next = r->tokens[i + 1].class_id;
    return next == ALM_CLASS_MEMBER || next == ALM_CLASS_ROLE;
}

/* The parties of the list that begins at the first party behind @p i in its clause; where the list ends in *end. */
static bool read_givers(const alm_gift_reader *r, uint32_t i, alm_gift *gift, uint32_t *end) {
    while (i < r->last && r->tokens[i].class_id != ALM_CLASS_PARTY) {
        if (alm_gift_ends_clause(r->tokens[i].cp) || alm_gift_is_what(r->tokens[i].class_id)) return false;
        i++;
    }
    for (; i < r->last; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (actor && leads_on(r, i)) return false;
        if (actor && gift->donor_count < ALM_MAX_DONORS)
            gift->donors[gift->donor_count++] = *actor;
        else if (r->tokens[i].cp != ALM_CP_LIST_COMMA && r->tokens[i].class_id != ALM_CLASS_WITH)
            break;
    }
    *end = i;
    return gift->donor_count > 0;
}

static void add_whats(alm_gift_reader *r, alm_gift_event *e, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (alm_gift_is_what(r->tokens[i].class_id)) alm_gift_add_what(r, e, first, i);
}

static bool names_somebody(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (r->tokens[i].class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT) return true;
    return false;
}

/* What comes from the givers at [at, end): before them in their clause, behind them, or in a clause beside theirs. */
static void read_whats(alm_gift_reader *r, alm_gift_event *e, uint32_t at, uint32_t end) {
    uint32_t clause = alm_gift_clause_start(r, at), before = clause;
    add_whats(r, e, clause, at);
    if (e->gift.what_count == 0 && end < r->last && r->tokens[end].class_id == ALM_CLASS_OF)
        add_whats(r, e, end, alm_gift_clause_end(r, end));
    if (e->gift.what_count == 0) add_whats(r, e, end, alm_gift_over_sum(r, alm_gift_clause_end(r, end)));
    if (e->gift.what_count || clause <= r->first) return;
    before = alm_gift_clause_start(r, clause - 1);
    if (!names_somebody(r, before, clause)) add_whats(r, e, before, clause);
}

/* "giver: X" behind the sentence that tells what: that sentence's things, which nobody gave yet. */
static void read_whats_before(alm_gift_reader *r, alm_gift_event *e, uint32_t at) {
    add_whats(r, e, r->first, at);
    if (e->gift.what_count == 0) add_whats(r, e, r->sentence_before, r->first);
}

static bool is_giver_label(const alm_gift_reader *r, uint32_t i) {
    return r->tokens[i].class_id == ALM_CLASS_LIST_MARK && alm_gift_has_attr(r, &r->tokens[i], "giver");
}

/* "received X's 300,000", with no verb of giving behind it: that one would tell the gift. */
static bool is_receipt(const alm_gift_reader *r, uint32_t i) {
    if (r->tokens[i].class_id != ALM_CLASS_RECEIVE || !alm_gift_has_attr(r, &r->tokens[i], "gift")) return false;
    for (uint32_t at = i + 1; at < r->last && !alm_gift_ends_clause(r->tokens[at].cp); at++)
        if (alm_gift_is_trigger(r->tokens[at].class_id) || r->tokens[at].class_id == ALM_CLASS_FROM) return false;
    return true;
}

/* What an office hands out is no gift of its own. */
static bool grants(const alm_gift_reader *r, const alm_gift *gift) {
    for (size_t i = 0; i < gift->donor_count; i++) {
        uint32_t type = alm_gift_type_of(r, &gift->donors[i]);
        if (type == ALM_ORGANISATION_GOVERNMENT || type == ALM_ORGANISATION_PARTY) return true;
    }
    return false;
}

/* Who received what comes from the givers behind @p i: whom the verb of receiving before it has as its subject. */
static alm_status read_receiver(alm_gift_reader *r, alm_gift_event *e, uint32_t i) {
    uint32_t begin = alm_gift_clause_start(r, i);
    while (i > begin && r->tokens[i].class_id != ALM_CLASS_RECEIVE) i--;
    return r->tokens[i].class_id == ALM_CLASS_RECEIVE ? alm_gift_read_recipient_subject(r, e, i) : ALM_OK;
}

alm_status alm_gift_read_sources(alm_gift_reader *r) {
    bool told = r->block_has_gift || r->relation->tells_of_giving;
    for (uint32_t i = r->first; i < r->last; i++) {
        bool label = is_giver_label(r, i), receipt = is_receipt(r, i);
        if (!label && !receipt && r->tokens[i].class_id != ALM_CLASS_FROM) continue;
        if (!told && !(receipt && alm_gift_has_class(r, i, alm_gift_clause_end(r, i), ALM_CLASS_GIFT_NOUN))) continue;
        alm_gift_event e = {.first = i, .last = i + 1, .before = r->first, .after = r->last};
        uint32_t end;
        uint32_t from = label && i + 1 < r->last && r->tokens[i + 1].cp == ALM_CP_COLON ? i + 2 : i + 1;
        if (!read_givers(r, from, &e.gift, &end)) continue;
        if (label)
            read_whats_before(r, &e, i);
        else if (receipt)
            add_whats(r, &e, end, alm_gift_clause_end(r, end));
        else
            read_whats(r, &e, i, end);
        if (e.gift.what_count == 0 || (receipt && grants(r, &e.gift))) continue;
        alm_status status = label ? ALM_OK : read_receiver(r, &e, i);
        if (status != ALM_OK) return status;
        e.gift.trigger_start = r->tokens[i].start;
        e.gift.trigger_end = r->tokens[i].end;
        e.gift.start = r->tokens[r->first].start;
        e.gift.end = r->tokens[r->last - 1].end;
        e.gift.rule = ALM_STR("gift/source");
        e.gift.confidence = 0.75;
        status = alm_gift_add(r->relation, &e.gift);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}
