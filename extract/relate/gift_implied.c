/*
 * Receivers that another word than the verb of giving names: whom the giver went to, what was built with it or is to
 * use it, and who was in need.
 */
#include "extract/relate/gift_priv.h"

static bool is_body(const alm_gift_reader *r, uint32_t i) {
    const alm_actor *actor = i < r->last ? alm_actor_of(r->relation, &r->tokens[i]) : NULL;
    if (!actor || !actor->organisation) return false;
    uint32_t type = r->folded->mentions[actor->organisation - 1].detail;
    return type != ALM_ORGANISATION_COMPANY && type != ALM_ORGANISATION_ASSOCIATION;
}

/* "set up a fund at the school": money goes to where something is founded with it. */
static bool is_site(const alm_gift_reader *r, uint32_t i) {
    return alm_gift_has_attr(r, &r->tokens[i], "site") && is_body(r, i + 1) && i + 2 < r->last &&
           r->tokens[i + 2].class_id == ALM_CLASS_VERB;
}

/* "to homes A and B, to comfort …": the goal of a way, with a verb behind it. */
static bool is_way(const alm_gift_reader *r, uint32_t i) {
    if (!alm_gift_has_attr(r, &r->tokens[i], "goal") || !is_body(r, i + 1)) return false;
    uint32_t next = i + 2;
    while (next + 1 < r->last && r->tokens[next].cp == ALM_CP_LIST_COMMA && is_body(r, next + 1)) next += 2;
    return next < r->last && (r->tokens[next].class_id == ALM_CLASS_VERB ||
                              r->tokens[next].class_id == ALM_CLASS_VISIT || alm_gift_ends_clause(r->tokens[next].cp));
}

/* "At the school, X gave the pupils …": they are those of where it happened. */
static bool is_scene(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
    return alm_gift_has_attr(r, &r->tokens[i], "site") && i + 2 < e->first && alm_gift_may_need(r, i + 1) &&
           alm_gift_ends_clause(r->tokens[i + 2].cp) &&
           alm_gift_has_class(r, alm_gift_clause_start(r, e->first), e->first, ALM_CLASS_TO);
}

alm_status alm_gift_read_visited(alm_gift_reader *r, alm_gift_event *e) {
    bool subject = false;
    for (uint32_t i = e->first; i-- > r->first && e->gift.recipient_count == 0;) {
        const alm_token *token = &r->tokens[i];
        if (alm_gift_ends_clause(token->cp) && (subject || token->cp != ALM_CP_COMMA) &&
            !(i >= r->first + 2 && is_scene(r, e, i - 2)))
            break;
        if (token->class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT) subject = true;
        if (alm_gift_is_trigger(token->class_id) && i < e->before) break;
        if (token->class_id == ALM_CLASS_PARTY && alm_gift_is_paired(r, i)) {
            const alm_actor *helped = alm_actor_of(r->relation, token);
            alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, alm_gift_principal(helped));
            return ALM_OK;
        }
        if (token->class_id != ALM_CLASS_VISIT && !is_way(r, i) && !is_scene(r, e, i)) continue;
        alm_status status = alm_gift_read_goal(r, e, i + 1, alm_gift_clause_end(r, i + 1));
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* "given to the charity, for use at school X": the body behind such a word receives beside whom the verb names. */
static bool is_use(const alm_gift_reader *r, uint32_t i) {
    return alm_gift_has_attr(r, &r->tokens[i], "use") && is_body(r, i + 1);
}

/* What was given stands before @p i, in its clause or the one before. */
static bool is_behind_what(const alm_gift_reader *r, uint32_t i) {
    if (i > r->first && r->tokens[i - 1].cp == ALM_CP_COMMA) i--;
    return i > r->first && alm_gift_is_what(r->tokens[i - 1].class_id);
}

/* "gave 3 million that rebuilt home X", "… to set up a prize at school X": what is done with it, and to what body. */
static bool is_built(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
    if (r->tokens[i].class_id != ALM_CLASS_VERB || !(i == e->last || is_behind_what(r, i))) return false;
    return is_body(r, i + 1) || (i + 1 < r->last && r->tokens[i + 1].class_id == ALM_CLASS_OF && is_body(r, i + 2));
}

/* Behind which word at @p i a list of receivers begins; 0. */
static uint32_t behind_purpose(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
    if (is_use(r, i)) return i + 1;
    if (e->gift.recipient_count) return 0;
    if (r->tokens[i].class_id == ALM_CLASS_DIRECTION && i + 1 < r->last &&
        r->tokens[i + 1].class_id == ALM_CLASS_VERB && is_body(r, i + 2))
        return i + 2; /* "for improving school X" */
    if (r->tokens[i].class_id == ALM_CLASS_DIRECTION || is_site(r, i)) return i + 1;
    if (!is_built(r, e, i)) return 0;
    return r->tokens[i + 1].class_id == ALM_CLASS_OF ? i + 2 : i + 1;
}

alm_status alm_gift_read_purpose(alm_gift_reader *r, alm_gift_event *e, uint32_t limit) {
    for (uint32_t i = e->last; i < limit; i++) {
        uint32_t first = behind_purpose(r, e, i);
        if (!first) continue;
        alm_status status = alm_gift_read_goal(r, e, first, alm_gift_clause_end(r, first));
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

bool alm_gift_may_need(const alm_gift_reader *r, uint32_t i) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    if (!actor || actor->person || !actor->organisation) return false;
    switch (r->folded->mentions[actor->organisation - 1].detail) {
    case ALM_ORGANISATION_SCHOOL:
    case ALM_ORGANISATION_HOSPITAL:
    case ALM_ORGANISATION_COMMUNITY: return true;
    default: return alm_party_is_place(r->relation, actor);
    }
}

/* "heard that the school …", or the school as what its clause speaks of, and nobody else in it. */
static bool is_told_of(const alm_gift_reader *r, uint32_t i) {
    if (alm_gift_speaks(r, i) || alm_gift_has_class(r, i + 1, alm_gift_clause_end(r, i), ALM_CLASS_PARTY)) return false;
    for (uint32_t at = i; at > alm_gift_clause_start(r, i); at--) switch (r->tokens[at - 1].class_id) {
        case ALM_CLASS_DATE:
        case ALM_CLASS_ADVERB: break;
        default: return alm_gift_has_attr(r, &r->tokens[at - 1], "hear");
        }
    return true;
}

alm_status alm_gift_read_needy(alm_gift_reader *r, alm_gift_event *e) {
    for (uint32_t i = alm_gift_clause_start(r, e->first); i-- > r->first && e->gift.recipient_count == 0;) {
        if (alm_gift_is_trigger(r->tokens[i].class_id)) break;
        if (r->tokens[i].class_id != ALM_CLASS_PARTY || !alm_gift_may_need(r, i) || !is_told_of(r, i)) continue;
        uint32_t body = alm_actor_of(r->relation, &r->tokens[i])->organisation;
        for (size_t k = 0; k < e->gift.donor_count; k++)
            if (e->gift.donors[k].organisation == body) return ALM_OK;
        alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, body);
    }
    return ALM_OK;
}
