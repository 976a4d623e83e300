/*
 * Gifts by deeds that no verb of giving tells, on a page that tells of giving: "his pupil scraped together 800", "the
 * wholesaler loaded 200 boxes". Whoever does something to an amount or a counted thing in one clause gave it, unless
 * the clause says that it earned, sold, needs or plans it.
 */
#include "extract/relate/gift_priv.h"
#include "extract/value/exact.h"

enum { MAX_VERB = 3 };

static const double DEED = 0.45, MIN_CONFIDENCE = 0.3;

/* Words behind which nobody gives: what is earned, needed, planned, handed on, paid out or only counted. */
static bool may_stand_between(const alm_gift_reader *r, uint32_t i) {
    const alm_token *token = &r->tokens[i];
    switch (token->class_id) {
    case ALM_CLASS_VERB: return !alm_walk_trades(r->folded, token);
    case ALM_CLASS_NOT_GIFT:
    case ALM_CLASS_COST:
    case ALM_CLASS_FUTURE:
    case ALM_CLASS_APPEAL:
    case ALM_CLASS_NEGATION:
    case ALM_CLASS_RECEIVE:
    case ALM_CLASS_DISTRIBUTE:
    case ALM_CLASS_GIVE:
    case ALM_CLASS_RAISE:
    case ALM_CLASS_IS:
    case ALM_CLASS_SAY:
    case ALM_CLASS_WORTH:
    case ALM_CLASS_TOTAL:
    case ALM_CLASS_PART:
    case ALM_CLASS_PLEDGE:
    case ALM_CLASS_DIRECTION:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_SPEND: return false;
    case ALM_CLASS_EACH: return i > r->first && r->tokens[i - 1].class_id == ALM_CLASS_PARTY;
    default: return true;
    }
}

static bool is_aspect(const alm_gift_reader *r, uint32_t i) {
    return r->tokens[i].class_id == ALM_CLASS_FUNCTION && alm_gift_has_attr(r, &r->tokens[i], "aspect");
}

static bool is_trade(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    const alm_lexicon *words = r->folded->pack->consulted;
    uint32_t word =
        alm_lexicon_find(words, alm_str_slice(r->folded->text, r->tokens[first].start, r->tokens[last - 1].end));
    return alm_lexicon_sense_of(words, word, ALM_CLASS_TRADE) != NULL;
}

/* The verb that stands right before the what at @p i, known or not; 0. */
static uint32_t verb_before(const alm_gift_reader *r, uint32_t i) {
    uint32_t at = i, begin = alm_gift_clause_start(r, i);
    bool aspect = false;
    while (at > begin &&
           (r->tokens[at - 1].class_id == ALM_CLASS_GIFT_NOUN || r->tokens[at - 1].class_id == ALM_CLASS_ADVERB))
        at--;
    if (at > begin && is_aspect(r, at - 1)) at--, aspect = true;
    if (at == begin) return 0;
    uint16_t c = r->tokens[at - 1].class_id;
    if (c == ALM_CLASS_VERB || c == ALM_CLASS_BUY || c == ALM_CLASS_SEND) return at - 1;
    uint32_t first = at;
    while (first > begin && alm_is_plain_han(&r->tokens[first - 1])) first--;
    if (first == at || at - first > MAX_VERB || !(aspect || at - first == 1)) return 0;
    return is_trade(r, first, at) || is_trade(r, at - 1, at) ? 0 : first;
}

/* "took the 800 and put it …": a verb behind the what at @p i whose object it is; 0. */
static uint32_t verb_behind(const alm_gift_reader *r, uint32_t i) {
    if (i == r->first || r->tokens[i - 1].class_id != ALM_CLASS_BA || i + 1 >= r->last) return 0;
    uint32_t at = i + 1;
    while (at < r->last &&
           (r->tokens[at].class_id == ALM_CLASS_ADVERB || r->tokens[at].class_id == ALM_CLASS_FUNCTION ||
            r->tokens[at].class_id == ALM_CLASS_GIFT_NOUN))
        at++;
    if (at >= r->last) return 0;
    uint16_t c = r->tokens[at].class_id;
    bool verb = c == ALM_CLASS_VERB || c == ALM_CLASS_SEND || alm_is_plain_han(&r->tokens[at]);
    return verb && !is_trade(r, at, at + 1) ? at : 0;
}

/* "at the schools and stations": where it was done. */
static bool is_place_of_deed(const alm_gift_reader *r, uint32_t i) {
    while (i > r->first && (r->tokens[i - 1].cp == ALM_CP_LIST_COMMA || r->tokens[i - 1].class_id == ALM_CLASS_PARTY ||
                            r->tokens[i - 1].class_id == ALM_CLASS_WITH))
        i--;
    return i > r->first && alm_gift_has_attr(r, &r->tokens[i - 1], "at");
}

/* Somebody acts in the clause of the verb at @p verb, or in one before it, and nothing says that it is no gift. */
static bool has_actor(const alm_gift_reader *r, uint32_t verb) {
    bool described =
        false; /* "of" was met, not yet the word for whom: what is before it may be no part of the clause */
    for (uint32_t at = verb, begin = alm_gift_clause_start(r, verb); at-- > begin;) {
        uint16_t c = r->tokens[at].class_id;
        if (alm_gift_is_what(c)) return false; /* another list */
        if (c == ALM_CLASS_OF) described = true;
        if (c == ALM_CLASS_TO) described = false;
        bool subject = c == ALM_CLASS_PRONOUN || (c == ALM_CLASS_PARTY && alm_gift_case_of(r, at) == ALM_CASE_SUBJECT);
        if (subject && is_place_of_deed(r, at)) return false;
        if (subject && !described) return true;
        if (!may_stand_between(r, at)) return false;
    }
    return !described;
}

/* The verb of the deed to the what at @p i; 0. */
static uint32_t find_deed(const alm_gift_reader *r, uint32_t i) {
    uint32_t verb = verb_before(r, i);
    if (verb) return may_stand_between(r, verb) && has_actor(r, verb) ? verb : 0;
    verb = verb_behind(r, i);
    return verb && has_actor(r, i) ? verb : 0;
}

/* A sentence with money of another kind tells of business. */
static bool tells_of_business(const alm_gift_reader *r) {
    for (uint32_t at = r->first; at < r->last; at++) {
        uint16_t c = r->tokens[at].class_id;
        if (c == ALM_CLASS_NOT_GIFT || c == ALM_CLASS_COST) return true;
    }
    return false;
}

/* The deed of @p verb, whose object is the what at @p i, as an event of its own. */
static alm_gift_event *open_deed(alm_gift_reader *r, uint32_t verb, uint32_t i) {
    alm_gift_event *e = &r->events[0];
    memset(e, 0, sizeof *e);
    r->event_count = 1;
    e->first = verb;
    e->last = verb + 1;
    while (alm_is_plain_han(&r->tokens[verb]) && alm_is_plain_han(&r->tokens[e->last])) e->last++;
    e->before = alm_gift_clause_start(r, verb);
    e->after = alm_gift_clause_end(r, i);
    e->gift.confidence = DEED;
    e->gift.trigger_start = r->tokens[verb].start;
    e->gift.trigger_end = r->tokens[e->last - 1].end;
    e->gift.start = r->tokens[r->first].start;
    e->gift.end = r->tokens[r->last - 1].end;
    e->gift.rule = ALM_STR("gift/act");
    for (uint32_t at = i; at < (verb < i ? e->after : i + 1); at++)
        if (alm_gift_is_what(r->tokens[at].class_id)) alm_gift_add_what(r, e, verb < i ? e->last : i, at);
    return e;
}

/* "A put up 300,000, B 700,000 and set up a fund of 1,000,000": the sum of what the sentence has told. */
static bool sums_told_money(const alm_gift_reader *r, const alm_value *value) {
    alm_exact whole, total = {0}, part;
    size_t parts = 0;
    if (!value->amount.len || !alm_exact_read(&whole, value->amount)) return false;
    for (size_t g = r->block_gifts; g < r->relation->gift_count; g++) {
        const alm_told_gift *gift = &r->relation->gifts[g];
        for (size_t k = 0; gift->start == r->tokens[r->first].start && k < gift->what_count; k++) {
            if (gift->whats[k].kind != ALM_WHAT_CASH) continue;
            const alm_value *told = r->folded->mentions[gift->whats[k].mention - 1].value;
            if (!told->amount.len || !alm_exact_read(&part, told->amount) || !alm_exact_add(&total, part)) return false;
            parts++;
        }
    }
    return parts > 1 && alm_exact_compare(whole, total) == 0;
}

static bool may_be_given(const alm_gift_reader *r, uint32_t i) {
    if (!alm_gift_is_what(r->tokens[i].class_id) || r->used[i]) return false;
    const alm_mention *what = alm_mention_of(r->folded, &r->tokens[i]);
    if (!what->value) return false;
    return r->tokens[i].class_id == ALM_CLASS_GOODS ? what->strength >= 90
                                                    : !tells_of_business(r) && !sums_told_money(r, what->value);
}

alm_status alm_gift_read_acts(alm_gift_reader *r) {
    if (!(r->block_has_gift || r->relation->tells_of_giving) || r->relation->gift_count == r->first_gift) return ALM_OK;
    for (size_t k = 0; k < r->event_count; k++)
        if (alm_gift_invests(r, &r->events[k])) return ALM_OK;
    for (uint32_t i = r->first; i < r->last; i++) {
        if (!may_be_given(r, i)) continue;
        uint32_t verb = find_deed(r, i);
        if (!verb) continue;
        alm_gift_event *e = open_deed(r, verb, i);
        alm_gift_read_donors(r, e);
        if (!e->gift.what_count || !e->gift.donor_count || e->gift.confidence < MIN_CONFIDENCE ||
            alm_gift_is_public(r, &e->gift.donors[0]) || alm_gift_is_for_staff(r, e) || alm_gift_is_ruled_out(r, e))
            continue;
        alm_status status = alm_gift_read_others(r, 0);
        if (status == ALM_OK) status = alm_gift_put(r, e);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}
