/*
 * What rules a gift out: it is planned, asked for, or refused later in the sentence; its verb is no deed but
 * the name of an occasion; who gives is no one body but all of a kind.
 */
#include "extract/relate/gift_priv.h"

/* The clause in which the sentence last names a subject before the verb; the verb's own where it has one. */
static uint32_t subject_clause(const alm_gift_reader *r, uint32_t i) {
    for (uint32_t begin = alm_gift_clause_start(r, i), end = i;;) {
        for (uint32_t at = begin; at < end; at++)
            if (r->tokens[at].class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, at) == ALM_CASE_SUBJECT) return begin;
        if (begin <= r->first) return alm_gift_clause_start(r, i);
        end = begin - 1;
        begin = alm_gift_clause_start(r, end);
    }
}

/* "… calls upon all: give 10 or 10,000; …": what stands behind the colon is asked for. */
static bool is_called_for(const alm_gift_reader *r, const alm_gift_event *e) {
    for (uint32_t i = r->first; i + 1 < e->first; i++)
        if (r->tokens[i].class_id == ALM_CLASS_APPEAL && r->tokens[i + 1].cp == ALM_CP_COLON) return true;
    return false;
}

/* "…, which was declined", with no other gift between. */
static bool is_refused(const alm_gift_reader *r, const alm_gift_event *e) {
    for (uint32_t i = e->last; i < r->last; i++) {
        if (r->tokens[i].class_id == ALM_CLASS_NEGATION && alm_gift_has_attr(r, &r->tokens[i], "refuse")) return true;
        if (i > alm_gift_clause_end(r, e->last) && alm_gift_is_what(r->tokens[i].class_id)) return false;
    }
    return false;
}

/* "school X's donation ceremony for desks": what the occasion is called, unless it says to whom. */
static bool names_occasion(const alm_gift_reader *r, const alm_gift_event *e) {
    return e->last < r->last && r->tokens[e->last].class_id == ALM_CLASS_NOUN &&
           alm_gift_has_attr(r, &r->tokens[e->last], "occasion") &&
           !alm_gift_has_class(r, alm_gift_clause_start(r, e->first), e->first, ALM_CLASS_TO);
}

/* Inside a quotation that ends before @p last in its clause, as the names of drives and projects do. */
static bool is_titled(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    uint32_t begin = alm_gift_clause_start(r, i), at = i;
    while (at > begin && r->tokens[at - 1].cp != ALM_CP_QUOTE_OPEN && r->tokens[at - 1].cp != ALM_CP_QUOTE_CLOSE) at--;
    if (at == begin || r->tokens[at - 1].cp != ALM_CP_QUOTE_OPEN) return false;
    while (i < last && !alm_gift_ends_clause(r->tokens[i].cp) && r->tokens[i].cp != ALM_CP_QUOTE_CLOSE) i++;
    return i < last && r->tokens[i].cp == ALM_CP_QUOTE_CLOSE;
}

/* "TOOK the 50,000 that were given and sent it on": the verb at @p i describes the object, whatever stands before it.
 */
static bool is_attributive(const alm_gift_reader *r, uint32_t i) {
    return i + 1 < r->last && r->tokens[i + 1].class_id == ALM_CLASS_OF;
}

bool alm_gift_is_ruled_out(const alm_gift_reader *r, const alm_gift_event *e) {
    uint32_t subject = subject_clause(r, e->first);
    for (uint32_t i = subject; i < e->first; i++)
        if (r->tokens[i].class_id == ALM_CLASS_FUTURE && !is_titled(r, i, e->first) && !is_attributive(r, i))
            return true;
    for (uint32_t i = subject + 1; i < e->first; i++) /* "will raise 1,000 and give …" */
        if (r->tokens[i - 1].class_id == ALM_CLASS_BA && alm_gift_is_trigger(r->tokens[i].class_id) &&
            !is_attributive(r, i))
            return true;
    uint32_t first_end = alm_gift_clause_end(r, r->first); /* "As a next step, …" */
    if (first_end < e->first && first_end <= r->first + 2 &&
        alm_gift_has_class(r, r->first, first_end, ALM_CLASS_FUTURE))
        return true;
    uint32_t begin = alm_gift_clause_start(r, e->first);
    /* the object marker with no object is the word for the future */
    if (e->first > begin && r->tokens[e->first - 1].class_id == ALM_CLASS_BA && !is_attributive(r, e->last - 1))
        return true;
    /* "for the given machines", what is done for them */
    if (e->first > begin && r->tokens[e->first - 1].class_id == ALM_CLASS_TO &&
        alm_gift_has_attr(r, &r->tokens[e->first - 1], "for"))
        return true;
    for (uint32_t i = begin; i < e->first; i++) {
        uint16_t c = r->tokens[i].class_id;
        if (is_titled(r, i, e->first) || (c == ALM_CLASS_FUTURE && is_attributive(r, i))) continue;
        if (c == ALM_CLASS_FUTURE || c == ALM_CLASS_APPEAL || c == ALM_CLASS_DISTRIBUTE) return true;
        if (c == ALM_CLASS_NEGATION && e->first - i <= 2) return true;
    }
    return is_called_for(r, e) || is_refused(r, e) || names_occasion(r, e);
}

bool alm_gift_tells_parts(const alm_gift_reader *r, const alm_gift_event *e) {
    if (r->tokens[r->first].class_id != ALM_CLASS_PART || r->first_gift == r->relation->gift_count) return false;
    for (size_t k = 0; k < e->gift.donor_count; k++) {
        const alm_actor *actor = &e->gift.donors[k];
        uint32_t name = actor->person ? actor->person : actor->organisation;
        if (name && r->folded->mentions[name - 1].start >= r->tokens[r->first].start) return false;
    }
    return true;
}

bool alm_gift_invests(const alm_gift_reader *r, const alm_gift_event *e) {
    if (e->gift.recipient_count || e->gift.channel_count) return false;
    for (size_t i = 0; i < e->gift.what_count; i++) {
        uint32_t next = e->what_at[i] + 1;
        if (e->gift.whats[i].kind == ALM_WHAT_CASH && next < r->last &&
            (alm_is_plain_han(&r->tokens[next]) || r->tokens[next].class_id == ALM_CLASS_VERB) &&
            alm_walk_trades(r->folded, &r->tokens[next]))
            return true;
    }
    return false;
}

bool alm_gift_is_for_staff(const alm_gift_reader *r, const alm_gift_event *e) {
    for (uint32_t i = e->first, begin = alm_gift_clause_start(r, e->first); i-- > begin;) {
        if (r->tokens[i].class_id != ALM_CLASS_TO) continue;
        uint32_t at = i + 1;
        while (at < e->first &&
               (r->tokens[at].class_id == ALM_CLASS_EACH || r->tokens[at].class_id == ALM_CLASS_QUANTITY))
            at++;
        return at < e->first && r->tokens[at].class_id == ALM_CLASS_GROUP &&
               alm_gift_has_attr(r, &r->tokens[at], "staff");
    }
    return false;
}

static bool is_all(const alm_gift_reader *r, const alm_token *word) {
    return word->class_id == ALM_CLASS_MANY || (word->class_id == ALM_CLASS_LOCAL && alm_gift_has_attr(r, word, "all"));
}

bool alm_gift_names_nobody(const alm_gift_reader *r, uint32_t i) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    if (!actor || actor->person || !actor->organisation) return false;
    const alm_mention *name = &r->folded->mentions[actor->organisation - 1];
    if (name->inside_count && is_all(r, &name->inside[0])) return true;
    if (!name->reference || i == r->first) return false;
    for (uint32_t at = i, begin = alm_gift_clause_start(r, i);
         at-- > begin;) { /* "all the federations, chambers and" */
        const alm_token *before = &r->tokens[at];
        if (before->class_id == ALM_CLASS_MANY) return true;
        if (before->class_id != ALM_CLASS_PARTY && before->cp != ALM_CP_LIST_COMMA &&
            before->class_id != ALM_CLASS_WITH && before->class_id != ALM_CLASS_ORG_SUFFIX &&
            before->class_id != ALM_CLASS_SELF_ORG)
            break;
    }
    return is_all(r, &r->tokens[i - 1]) || r->tokens[i - 1].class_id == ALM_CLASS_ETC;
}
