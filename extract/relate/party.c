/*
 * Posts and parties: who holds which role where, and names folded with their posts into one PARTY, so that the rules of
 * giving see "PARTY gives MONEY".
 */
#include "extract/relate/relation.h"

static alm_status grow(alm_relation *relation, void **items, size_t *cap, size_t count, size_t size) {
    return alm_arena_grow(&relation->session->arena, items, cap, count, size);
}

alm_status alm_post_add(alm_relation *relation, const alm_post *post) {
    void *items = relation->posts;
    alm_status status = grow(relation, &items, &relation->post_cap, relation->post_count, sizeof(alm_post));
    relation->posts = items;
    if (status == ALM_OK) relation->posts[relation->post_count++] = *post;
    return status;
}

alm_status alm_gift_add(alm_relation *relation, const alm_gift *gift) {
    void *items = relation->gifts;
    alm_status status = grow(relation, &items, &relation->gift_cap, relation->gift_count, sizeof(alm_gift));
    relation->gifts = items;
    if (status == ALM_OK) relation->gifts[relation->gift_count++] = *gift;
    return status;
}

/* Fold tokens [first, last) into a PARTY of @p actor. */
static alm_status fold_party(alm_relation *relation, uint32_t first, uint32_t last, const alm_actor *actor) {
    alm_folded *folded = relation->folded;
    void *items = relation->actors;
    alm_status status = grow(relation, &items, &relation->actor_cap, relation->actor_count, sizeof(alm_actor));
    relation->actors = items;
    if (status != ALM_OK) return status;
    relation->actors[relation->actor_count] = *actor;
    alm_mention party = {.class_id = ALM_CLASS_PARTY,
                         .start = folded->tokens[first].start,
                         .end = folded->tokens[last - 1].end,
                         .detail = (uint32_t)relation->actor_count++,
                         .rule = ALM_STR("party")};
    uint32_t mention;
    status = alm_mention_add(folded, &party, &mention);
    return status == ALM_OK ? alm_fold(folded, first, last, mention) : status;
}

/* Places and bare organisation words that hold a post are organisations too. */
static alm_status as_organisation(alm_relation *relation, uint32_t first, uint32_t last, uint32_t *out) {
    alm_folded *folded = relation->folded;
    alm_token *token = &folded->tokens[first];
    if (last - first == 1 && token->class_id == ALM_CLASS_ORG) {
        *out = token->mention;
        return ALM_OK;
    }
    bool government = token->class_id == ALM_CLASS_PLACE;
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = token->start,
                       .end = folded->tokens[last - 1].end,
                       .detail = government ? ALM_ORGANISATION_GOVERNMENT : ALM_ORGANISATION_OTHER,
                       .strength = 60,
                       .rule = ALM_STR("organisation/post")};
    org.name = alm_str_slice(folded->text, org.start, org.end);
    return alm_mention_add(folded, &org, out);
}

static bool names_organisation(uint16_t class_id) {
    return class_id == ALM_CLASS_ORG || class_id == ALM_CLASS_PLACE || class_id == ALM_CLASS_LOCAL ||
           class_id == ALM_CLASS_ORG_SUFFIX || class_id == ALM_CLASS_SELF_ORG;
}

/* An organisation that people act for in a gift: a firm, a shop, a school; not the association or office they sit in.
 */
static bool acts_through_people(const alm_mention *organisation) {
    switch (organisation->detail) {
    case ALM_ORGANISATION_COMPANY:
    case ALM_ORGANISATION_OTHER:
    case ALM_ORGANISATION_SCHOOL:
    case ALM_ORGANISATION_HOSPITAL:
    case ALM_ORGANISATION_MEDIA: return true;
    default: return false;
    }
}

/* Read the posts zone [first, last): roles at organisations, from left to right, for every member. */
static alm_status read_posts(alm_relation *relation, const alm_match *match, uint32_t first, uint32_t last,
                             const uint32_t *members, size_t member_count, uint32_t *carried, alm_actor *actor) {
    alm_folded *folded = relation->folded;
    uint32_t organisation = 0;
    alm_status status = ALM_OK;
    for (uint32_t i = first; status == ALM_OK && i < last; i++) {
        const alm_token *token = &folded->tokens[i];
        if (names_organisation(token->class_id)) {
            uint32_t end = i + 1;
            while (end < last && names_organisation(folded->tokens[end].class_id)) end++;
            status = as_organisation(relation, i, end, &organisation);
            i = end - 1;
        } else if (token->class_id == ALM_CLASS_ROLE || token->class_id == ALM_CLASS_MEMBER) {
            uint32_t at = organisation ? organisation : *carried ? *carried : ALM_UNSAID_ORGANISATION;
            for (size_t m = 0; status == ALM_OK && m < member_count; m++)
                status = alm_post_add(relation, &(alm_post){.member = members[m],
                                                            .organisation = at,
                                                            .role = token->mention,
                                                            .start = token->start,
                                                            .end = folded->mentions[members[m] - 1].end,
                                                            .rule = match->rule->id});
        }
    }
    if (status != ALM_OK) return status;
    if (organisation) {
        *carried = organisation;
        const alm_mention *org = &folded->mentions[organisation - 1];
        if (actor->person && acts_through_people(org)) actor->organisation = organisation;
        actor->seat = organisation;
    }
    return ALM_OK;
}

static size_t read_members(const alm_folded *folded, uint32_t first, uint32_t last, uint32_t members[ALM_MAX_PARTIES]) {
    size_t count = 0;
    for (uint32_t i = first; i < last && count < ALM_MAX_PARTIES; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_PERSON || folded->tokens[i].class_id == ALM_CLASS_ORG)
            members[count++] = folded->tokens[i].mention;
    return count;
}

/* One match of an affiliation rule: its posts, and the parties that it folds. */
static alm_status accept(alm_relation *relation, const alm_match *match, uint32_t *carried) {
    alm_folded *folded = relation->folded;
    uint32_t posts_first = 0, posts_last = 0, first, last, members[ALM_MAX_PARTIES];
    if (!alm_match_group(match, "member", &first, &last)) return ALM_OK;
    size_t count = read_members(folded, first, last, members);
    if (count == 0) return ALM_OK;
    const alm_mention *head = &folded->mentions[members[0] - 1];
    alm_actor actor = {0};
    if (head->class_id == ALM_CLASS_PERSON)
        actor.person = members[0];
    else
        actor.organisation = members[0];
    alm_status status = ALM_OK;
    if (alm_match_group(match, "posts", &posts_first, &posts_last))
        status = read_posts(relation, match, posts_first, posts_last, members, count, carried, &actor);
    uint32_t org_first, org_last;
    if (status == ALM_OK && alm_match_group(match, "org", &org_first, &org_last)) {
        uint32_t organisation;
        status = as_organisation(relation, org_first, org_last, &organisation);
        if (status == ALM_OK && actor.person) actor.organisation = organisation;
        uint32_t role_first, role_last;
        if (status == ALM_OK && alm_match_group(match, "role", &role_first, &role_last))
            status = alm_post_add(relation, &(alm_post){.member = members[0],
                                                        .organisation = organisation,
                                                        .role = folded->tokens[role_first].mention,
                                                        .start = folded->tokens[match->start].start,
                                                        .end = folded->tokens[match->end - 1].end,
                                                        .rule = match->rule->id});
    }
    if (status != ALM_OK || count > 1) return status;
    return fold_party(relation, match->start, match->end, &actor);
}

static bool ends_sentence(uint32_t cp) { return cp == '\n' || cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F; }

static bool is_folded_away(const alm_folded *folded, const alm_match *match) {
    for (uint32_t i = match->start; i < match->end; i++)
        if (folded->tokens[i].cp == 0 || folded->tokens[i].class_id == ALM_CLASS_PARTY) return true;
    return false;
}

static alm_status run_rule(alm_relation *relation, const alm_rule *rule) {
    alm_folded *folded = relation->folded;
    uint32_t from = 0, carried = 0, seen = 0;
    alm_match match;
    for (;;) {
        alm_status status =
            alm_rule_match(&match, rule, relation->matcher, folded->code_points, from, (uint32_t)folded->count);
        if (status == ALM_END) return ALM_OK;
        if (status == ALM_E_LIMIT) {
            alm_diagnose(&relation->document->diagnostics, ALM_WARNING, "match-limit", "rule %.*s gave up on this page",
                         ALM_FMT(rule->id));
            return ALM_OK;
        }
        for (; seen < match.start; seen++) /* an organisation is carried within its sentence */
            if (ends_sentence(folded->code_points[seen])) carried = 0;
        if (!is_folded_away(folded, &match)) status = accept(relation, &match, &carried);
        if (status != ALM_OK) return status;
        from = match.end > match.start ? match.end : match.end + 1;
    }
}

static alm_status fold_rest(alm_relation *relation) {
    alm_folded *folded = relation->folded;
    for (uint32_t i = 0; i < folded->count; i++) {
        const alm_token *token = &folded->tokens[i];
        if (token->class_id != ALM_CLASS_PERSON && token->class_id != ALM_CLASS_ORG) continue;
        alm_actor actor = {0};
        *(token->class_id == ALM_CLASS_PERSON ? &actor.person : &actor.organisation) = token->mention;
        alm_status status = fold_party(relation, i, i + 1, &actor);
        if (status != ALM_OK) return status;
    }
    return alm_fold_close(folded);
}

alm_status alm_parties_find(alm_relation *relation) {
    const alm_pack *pack = relation->folded->pack;
    for (size_t i = 0; i < pack->rule_count; i++) {
        if (!alm_str_is_c(pack->rules[i].phase, "affiliations")) continue;
        alm_status status = run_rule(relation, &pack->rules[i]);
        if (status == ALM_OK) status = alm_fold_close(relation->folded);
        if (status != ALM_OK) return status;
    }
    return fold_rest(relation);
}
