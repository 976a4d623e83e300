/*
 * Posts and parties: who holds which role where, and names folded with their posts into one PARTY, so that the rules of
 * giving see "PARTY gives MONEY".
 */
#include "base/utf8.h"
#include "extract/mention/walk.h"
#include "extract/relate/relation.h"
#include "extract/rules/phase.h"

enum { MIN_UNIT = 4 }; /* characters of "member unit"; a bare "member" may be a person */

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

static void *copy(alm_arena *arena, const void *items, size_t count, size_t size) {
    void *copied = alm_arena_alloc(arena, count * size);
    if (copied && count) memcpy(copied, items, count * size);
    return copied;
}

alm_status alm_gift_add(alm_relation *relation, const alm_gift *gift) {
    alm_arena *arena = &relation->session->arena;
    void *items = relation->gifts;
    alm_status status = grow(relation, &items, &relation->gift_cap, relation->gift_count, sizeof(alm_told_gift));
    relation->gifts = items;
    if (status != ALM_OK) return status;
    alm_told_gift told = {.donors = copy(arena, gift->donors, gift->donor_count, sizeof *gift->donors),
                          .whats = copy(arena, gift->whats, gift->what_count, sizeof *gift->whats),
                          .recipients = copy(arena, gift->recipients, gift->recipient_count, sizeof(uint32_t)),
                          .channels = copy(arena, gift->channels, gift->channel_count, sizeof(uint32_t)),
                          .donor_count = (uint32_t)gift->donor_count,
                          .what_count = (uint32_t)gift->what_count,
                          .recipient_count = (uint32_t)gift->recipient_count,
                          .channel_count = (uint32_t)gift->channel_count,
                          .date = gift->date,
                          .trigger_start = gift->trigger_start,
                          .trigger_end = gift->trigger_end,
                          .start = gift->start,
                          .end = gift->end,
                          .status = gift->status,
                          .total = gift->total,
                          .rule = gift->rule,
                          .confidence = gift->confidence};
    if (!told.donors || !told.whats || !told.recipients || !told.channels) return ALM_E_NOMEM;
    relation->gifts[relation->gift_count++] = told;
    return ALM_OK;
}

bool alm_party_is_place(const alm_relation *relation, const alm_actor *actor) {
    if (!actor->organisation) return false;
    const alm_mention *name = &relation->folded->mentions[actor->organisation - 1];
    if (!name->inside_count) return false;
    uint16_t ending = name->inside[name->inside_count - 1].class_id;
    return ending == ALM_CLASS_PLACE || ending == ALM_CLASS_LOCAL;
}

bool alm_party_is_origin(const alm_relation *relation, uint32_t i, uint32_t last) {
    const alm_token *tokens = relation->folded->tokens;
    const alm_actor *actor = alm_actor_of(relation, &tokens[i]);
    uint32_t at = i + 1;
    if (!actor || actor->person) return false;
    while (at < last && (tokens[at].class_id == ALM_CLASS_SUBJECT_NOUN || tokens[at].class_id == ALM_CLASS_GROUP)) at++;
    if (at == i + 1 && !(at < last && tokens[at].cp == ' ' && alm_party_is_place(relation, actor))) return false;
    while (at < last && tokens[at].cp == ' ') at++;
    actor = at < last ? alm_actor_of(relation, &tokens[at]) : NULL;
    return actor && actor->person && !actor->organisation;
}

bool alm_party_is_kin(const alm_relation *relation, uint32_t i, uint32_t last) {
    const alm_token *tokens = relation->folded->tokens;
    if (i + 2 >= last || tokens[i + 1].class_id != ALM_CLASS_TITLE) return false;
    const alm_actor *actor = alm_actor_of(relation, &tokens[i]), *kin = alm_actor_of(relation, &tokens[i + 2]);
    return actor && actor->person && kin && kin->person &&
           alm_str_is_c(alm_token_attr(relation->folded, &tokens[i + 1], ALM_CLASS_TITLE, 0), "kin");
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
    const alm_token *ending = &folded->tokens[last - 1];
    bool place = ending->class_id == ALM_CLASS_PLACE || ending->class_id == ALM_CLASS_LOCAL;
    alm_str type = alm_token_attr(folded, ending, ALM_CLASS_ORG_SUFFIX, 0);
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = token->start,
                       .end = folded->tokens[last - 1].end,
                       .detail = place      ? (uint32_t)ALM_ORGANISATION_GOVERNMENT
                                 : type.len ? (uint32_t)alm_organisation_type_of(type)
                                            : (uint32_t)ALM_ORGANISATION_OTHER,
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

/*
 * "county party committee, county head": the head of a place holds office there, not on the committee named before. The
 * place's character stands before the last one of the role; the office is the organisation's name up to it.
 */
static alm_status seat_of_head(alm_relation *relation, uint32_t role, uint32_t *organisation) {
    alm_folded *folded = relation->folded;
    alm_str text = folded->mentions[role - 1].name;
    if (text.len < 6) return ALM_OK;
    size_t last = alm_utf8_before(text, text.len), at = alm_utf8_before(text, last);
    alm_str place = alm_str_slice(text, at, last);
    uint32_t sense = alm_lexicon_find(folded->pack->scanned, place);
    if (!sense || !alm_lexicon_sense_of(folded->pack->scanned, sense, ALM_CLASS_LOCAL)) return ALM_OK;
    const alm_lexicon *posts = folded->pack->consulted;
    uint32_t head = alm_lexicon_find(posts, alm_str_slice(text, at, text.len));
    if (!alm_lexicon_sense_of(posts, head, ALM_CLASS_POST_AT)) return ALM_OK;
    alm_mention seat = {.class_id = ALM_CLASS_ORG,
                        .detail = ALM_ORGANISATION_GOVERNMENT,
                        .strength = 60,
                        .rule = ALM_STR("organisation/seat")};
    const alm_mention *office = *organisation ? &folded->mentions[*organisation - 1] : NULL;
    size_t found = office ? alm_str_find(office->name, place, 0) : SIZE_MAX;
    const alm_mention *post = &folded->mentions[role - 1];
    seat.name = found != SIZE_MAX ? alm_str_slice(office->name, 0, found + place.len) : place;
    if (found == SIZE_MAX && office && office->end == post->start && at == 0) /* "Tainan | city head" */
        seat.name = alm_str_slice(folded->text, office->start, post->start + (uint32_t)place.len);
    if (office && alm_str_is(seat.name, office->name)) return ALM_OK;
    seat.start = (uint32_t)(seat.name.ptr - folded->text.ptr);
    seat.end = seat.start + (uint32_t)seat.name.len;
    return alm_mention_add(folded, &seat, organisation);
}

/* What somebody works as; no post that a place has. */
static bool is_job(const alm_folded *folded, uint32_t role) {
    const alm_lexicon *words = folded->pack->scanned;
    alm_str name = folded->mentions[role - 1].name;
    for (size_t at = 0; at < name.len; alm_utf8_next(name, &at)) {
        uint32_t word = alm_lexicon_find(words, alm_str_slice(name, at, name.len));
        const alm_sense *head = alm_lexicon_sense_of(words, word, ALM_CLASS_ROLE_HEAD);
        if (head) return alm_str_is_c(head->attrs[0], "job");
    }
    return false;
}

static bool is_known_post(const alm_folded *folded, uint32_t role) {
    const alm_lexicon *posts = folded->pack->consulted;
    uint32_t word = alm_lexicon_find(posts, folded->mentions[role - 1].name);
    return alm_lexicon_sense_of(posts, word, ALM_CLASS_POST_AT);
}

/* "the trader X of Shanghai", "the chairman of A, retired teacher X": a job that nobody gave him there. */
static bool is_mere_job(const alm_folded *folded, uint32_t role, bool place, bool said) {
    return is_job(folded, role) && (place || (!said && !is_known_post(folded, role)));
}

/* "the member unit Y": the membership is the firm's, whoever speaks for it. */
static uint32_t member_unit(const alm_folded *folded, uint32_t i, uint32_t last) {
    if (folded->tokens[i].class_id != ALM_CLASS_MEMBER || i + 1 >= last) return 0;
    if (alm_utf8_count(alm_token_text(folded, &folded->tokens[i])) < MIN_UNIT) return 0;
    return folded->tokens[i + 1].class_id == ALM_CLASS_ORG ? folded->tokens[i + 1].mention : 0;
}

/* What runs into the role at token @p i is the name of its organisation, which nobody could read. */
static bool follows_unread_name(const alm_folded *folded, uint32_t i) {
    const alm_token *before = i ? &folded->tokens[i - 1] : NULL;
    return before && (before->class_id == ALM_CLASS_ORG_PART || alm_is_plain_han(before));
}

/* Tokens [first, last) name a place, and no body of it. */
static bool is_place(const alm_folded *folded, uint32_t first, uint32_t last) {
    for (; first < last; first++)
        if (folded->tokens[first].class_id != ALM_CLASS_PLACE && folded->tokens[first].class_id != ALM_CLASS_LOCAL)
            return false;
    return true;
}

/* Read the posts zone [first, last): roles at organisations, from left to right, for every member. */
static alm_status read_posts(alm_relation *relation, const alm_match *match, uint32_t first, uint32_t last,
                             const uint32_t *members, size_t member_count, uint32_t *carried, alm_actor *actor) {
    alm_folded *folded = relation->folded;
    uint32_t organisation = 0;
    bool place = false;
    alm_status status = ALM_OK;
    for (uint32_t i = first; status == ALM_OK && i < last; i++) {
        const alm_token *token = &folded->tokens[i];
        if (token->cp == ALM_CP_BRACKET_OPEN && i + 2 < last) {
            i += 2; /* "federation (general chamber)": the same body under its other name */
        } else if (names_organisation(token->class_id)) {
            uint32_t end = i + 1;
            while (end < last && names_organisation(folded->tokens[end].class_id)) end++;
            place = is_place(folded, i, end);
            status = as_organisation(relation, i, end, &organisation);
            i = end - 1;
        } else if (token->class_id == ALM_CLASS_ROLE || token->class_id == ALM_CLASS_MEMBER) {
            uint32_t at = organisation ? organisation : *carried, unit = member_unit(folded, i, last);
            if (is_mere_job(folded, token->mention, place, organisation != 0)) continue;
            if (i == first && !is_known_post(folded, token->mention) && follows_unread_name(folded, i)) continue;
            bool beside = i > first && names_organisation(folded->tokens[i - 1].class_id);
            if (!(beside && !place && folded->mentions[at - 1].detail == ALM_ORGANISATION_GOVERNMENT))
                status = seat_of_head(relation, token->mention, &at);
            if (!at) at = ALM_UNSAID_ORGANISATION;
            for (size_t m = 0; status == ALM_OK && m < member_count; m++)
                status = alm_post_add(relation, &(alm_post){.member = unit ? unit : members[m],
                                                            .organisation = at,
                                                            .role = token->mention,
                                                            .carried = !organisation && at == *carried,
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

/* A post that several people hold at once: said once before a list, it is everybody's. */
static bool is_shared(const alm_folded *folded, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++) {
        const alm_mention *role = alm_mention_of(folded, &folded->tokens[i]);
        if (folded->tokens[i].class_id == ALM_CLASS_MEMBER) return true;
        if (folded->tokens[i].class_id != ALM_CLASS_ROLE) continue;
        const alm_lexicon *posts = folded->pack->consulted;
        if (alm_lexicon_sense_of(posts, alm_lexicon_find(posts, role->name), ALM_CLASS_SHARED_POST)) return true;
    }
    return false;
}

static size_t read_members(const alm_relation *relation, uint32_t first, uint32_t last,
                           uint32_t members[ALM_MAX_PARTIES]) {
    const alm_folded *folded = relation->folded;
    size_t count = 0;
    for (uint32_t i = first; i < last && count < ALM_MAX_PARTIES; i++) {
        const alm_actor *party = alm_actor_of(relation, &folded->tokens[i]); /* a name whose posts were read before */
        if (party && (party->person || party->organisation))
            members[count++] = party->person ? party->person : party->organisation;
        else if (folded->tokens[i].class_id == ALM_CLASS_PERSON || folded->tokens[i].class_id == ALM_CLASS_ORG)
            members[count++] = folded->tokens[i].mention;
    }
    return count;
}

/* Each name of a list is a party of its own. */
static alm_status fold_members(alm_relation *relation, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++) {
        const alm_token *token = &relation->folded->tokens[i];
        if (token->class_id != ALM_CLASS_PERSON && token->class_id != ALM_CLASS_ORG) continue;
        alm_actor actor = {0};
        *(token->class_id == ALM_CLASS_PERSON ? &actor.person : &actor.organisation) = token->mention;
        alm_status status = fold_party(relation, i, i + 1, &actor);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* The first name of a list takes the posts before it into its party; the others stand alone. */
static alm_status fold_first(alm_relation *relation, uint32_t start, uint32_t first, uint32_t last,
                             const alm_actor *actor) {
    uint16_t name = actor->person ? ALM_CLASS_PERSON : ALM_CLASS_ORG;
    uint32_t end = first;
    while (end < last && relation->folded->tokens[end].class_id != name) end++;
    alm_status status = fold_members(relation, end + 1, last);
    return status == ALM_OK ? fold_party(relation, start, end + 1, actor) : status;
}

/* "firm (manager X)": the person holds the role there; a membership said before belongs to the firm. */
static alm_status read_firm(alm_relation *relation, const alm_match *match, uint32_t member, uint32_t *organisation) {
    alm_folded *folded = relation->folded;
    uint32_t first, last;
    *organisation = 0;
    if (!alm_match_group(match, "org", &first, &last)) return ALM_OK;
    alm_status status = as_organisation(relation, first, last, organisation);
    if (status != ALM_OK || !alm_match_group(match, "role", &first, &last)) return status;
    return alm_post_add(relation, &(alm_post){.member = member,
                                              .organisation = *organisation,
                                              .role = folded->tokens[first].mention,
                                              .start = folded->tokens[match->start].start,
                                              .end = folded->tokens[match->end - 1].end,
                                              .rule = match->rule->id});
}

/* "X (manager of firm Y)", "X (firm Y)" behind X's other posts. */
static alm_status read_bracket(alm_relation *relation, const alm_match *match, const uint32_t *member,
                               alm_actor *actor) {
    const alm_folded *folded = relation->folded;
    uint32_t first, last, nobody = 0;
    if (!alm_match_group(match, "bracket", &first, &last)) return ALM_OK;
    if (last - first > 1) return read_posts(relation, match, first, last, member, 1, &nobody, actor);
    if (folded->tokens[first].class_id == ALM_CLASS_ORG) actor->organisation = folded->tokens[first].mention;
    return ALM_OK;
}

/* One match of an affiliation rule: its posts, and the party that it folds. */
static alm_status accept(alm_relation *relation, const alm_match *match, uint32_t *carried) {
    alm_folded *folded = relation->folded;
    uint32_t posts_first = 0, posts_last = 0, first, last, members[ALM_MAX_PARTIES], organisation;
    if (!alm_match_group(match, "member", &first, &last)) return ALM_OK;
    size_t count = read_members(relation, first, last, members);
    if (count == 0) return ALM_OK;
    alm_actor actor = {0};
    bool person = folded->mentions[members[0] - 1].class_id == ALM_CLASS_PERSON;
    *(person ? &actor.person : &actor.organisation) = members[0];
    alm_status status = read_firm(relation, match, members[0], &organisation);
    if (status == ALM_OK && alm_match_group(match, "posts", &posts_first, &posts_last)) {
        size_t holders = person && !is_shared(folded, posts_first, posts_last) ? 1 : count;
        const uint32_t *who = organisation ? &organisation : members;
        status = read_posts(relation, match, posts_first, posts_last, who, organisation ? 1 : holders, carried, &actor);
    }
    uint32_t end = match->end, also_first, also_last;
    if (status == ALM_OK && alm_match_group(match, "also", &also_first, &also_last)) {
        alm_actor beside = {0}; /* what he became tells nothing of whom he gives for */
        status = read_posts(relation, match, also_first, also_last, members, count, carried, &beside);
        end = last;
    }
    if (status == ALM_OK && count == 1) status = read_bracket(relation, match, members, &actor);
    if (status != ALM_OK) return status;
    if (folded->tokens[first].class_id == ALM_CLASS_PARTY) return ALM_OK;
    if (organisation && actor.person) actor.organisation = organisation;
    uint32_t start = match->start < first && posts_first < first ? match->start : first;
    if (posts_first >= last)
        return fold_members(relation, first, last); /* "X is manager of …": only the name is the party */
    if (count > 1) return fold_first(relation, start, first, last, &actor);
    return fold_party(relation, start, end, &actor);
}

static bool ends_sentence(uint32_t cp) {
    return cp == '\n' || cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == 0xFF1B || cp == ';';
}

/* An organisation is carried within its sentence, by the rules of one priority. */
typedef struct carrier {
    alm_relation *relation;
    uint32_t organisation;
    uint32_t seen; /* tokens that were looked through for the end of a sentence */
} carrier;

static alm_status accept_match(void *context, const alm_match *match) {
    carrier *c = context;
    if (match->start < c->seen) c->organisation = c->seen = 0; /* the next priority starts over */
    for (; c->seen < match->start; c->seen++)
        if (ends_sentence(c->relation->folded->code_points[c->seen])) c->organisation = 0;
    return accept(c->relation, match, &c->organisation);
}

/* "firm X Chen Ming": somebody of the firm, whose post is not told. */
static alm_actor person_of(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    const alm_mention *organisation = alm_mention_of(folded, token);
    return (alm_actor){.person = token[1].mention,
                       .organisation = acts_through_people(organisation) ? token->mention : 0,
                       .seat = token->mention};
}

static alm_status fold_rest(alm_relation *relation) {
    alm_folded *folded = relation->folded;
    for (uint32_t i = 0; i < folded->count; i++) {
        const alm_token *token = &folded->tokens[i];
        if (token->class_id != ALM_CLASS_PERSON && token->class_id != ALM_CLASS_ORG) continue;
        bool pair = token->class_id == ALM_CLASS_ORG && i + 1 < folded->count && token[1].class_id == ALM_CLASS_PERSON;
        alm_actor actor = {0};
        if (pair)
            actor = person_of(folded, i);
        else
            *(token->class_id == ALM_CLASS_PERSON ? &actor.person : &actor.organisation) = token->mention;
        alm_status status = fold_party(relation, i, i + 1 + pair, &actor);
        if (status != ALM_OK) return status;
        i += pair;
    }
    return alm_fold_close(folded);
}

alm_status alm_parties_find(alm_relation *relation) {
    carrier carried = {.relation = relation};
    alm_status status = alm_phase_run_rules(&(alm_phase_run){.phase = ALM_PHASE_AFFILIATIONS,
                                                             .folded = relation->folded,
                                                             .matcher = relation->matcher,
                                                             .diagnostics = &relation->document->diagnostics,
                                                             .explain = relation->explain,
                                                             .accept = accept_match,
                                                             .context = &carried});
    return status == ALM_OK ? fold_rest(relation) : status;
}
