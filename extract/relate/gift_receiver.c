/*
 * Who receives: the names behind "to" and verbs that send, in the verb's own part of the sentence; else the body that
 * was visited or helped; else who received the gift before, where the same giver goes on.
 */
#include "extract/relate/gift_priv.h"

enum {
    MAX_RECEIVER = 12,
    MAX_MODIFIERS = 3,
    MAX_ANNOUNCED = 5,
    MAX_DESCRIBED = 8,
    LONG_ENDING = 9,
    CHARACTER = 3 /* bytes */
};

/* ---- receivers without a known name: places, villages, bare bodies ---- */

bool alm_gift_may_be_receiver(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_ORG_SUFFIX:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_NUMBER: return true;
    case ALM_CLASS_TEXT: return alm_is_han(token->cp);
    default: return false;
    }
}

/* "the home village X", "the poor student X": what may stand between the governor and the name. */
static bool is_modifier(const alm_gift_reader *r, uint32_t i) {
    switch (r->tokens[i].class_id) {
    case ALM_CLASS_OWN: return i + 1 < r->last && r->tokens[i + 1].class_id == ALM_CLASS_PARTY;
    case ALM_CLASS_NOUN:
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_ADVERB: return true;
    default: return false;
    }
}

static bool ends_place(const alm_token *token) {
    return token->class_id == ALM_CLASS_PLACE || token->class_id == ALM_CLASS_LOCAL ||
           token->class_id == ALM_CLASS_ORG_SUFFIX;
}

/* The token may end the name of a body that receives, whatever else it is; squares and roads are gone to, and firms are
 * visited: they receive where the sentence says so. */
static bool is_receiving_kind(const alm_gift_reader *r, uint32_t i) {
    alm_str kind = alm_token_attr(r->folded, &r->tokens[i], ALM_CLASS_ORG_SUFFIX, 0);
    if (!kind.len) return false;
    switch (alm_organisation_type_of(kind)) {
    case ALM_ORGANISATION_COMPANY:
    case ALM_ORGANISATION_ASSOCIATION:
    case ALM_ORGANISATION_MEDIA:
    case ALM_ORGANISATION_OTHER: return false;
    default: return true;
    }
}

/* "school", which names no school; but "nursing home". */
static bool is_bare(const alm_token *ending) { return ending->end - ending->start < LONG_ENDING; }

/* What a phrase about people or things of a body may end before. */
static bool ends_phrase(const alm_gift_reader *r, uint32_t i) {
    uint16_t c = r->tokens[i].class_id;
    return alm_gift_ends_clause(r->tokens[i].cp) || alm_gift_is_trigger(c) || alm_gift_is_what(c) ||
           c == ALM_CLASS_RECEIVE || c == ALM_CLASS_RECIPIENT_NOUN || c == ALM_CLASS_EACH || c == ALM_CLASS_ETC ||
           c == ALM_CLASS_WITH || c == ALM_CLASS_VISIT || r->tokens[i].cp == ALM_CP_LIST_COMMA;
}

uint32_t alm_gift_behind_people(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    uint32_t at = i < last && r->tokens[i].class_id == ALM_CLASS_OF ? i + 1 : i, begin = at;
    for (; at < last && !ends_phrase(r, at); at++) {
        uint16_t c = r->tokens[at].class_id;
        bool describes = c == ALM_CLASS_NOUN || c == ALM_CLASS_GROUP || c == ALM_CLASS_SUBJECT_NOUN ||
                         c == ALM_CLASS_ADVERB || c == ALM_CLASS_PLAIN || alm_gift_counts_people(r, at);
        if (!describes) return i;
    }
    return at > begin ? at : i;
}

static alm_status add_receiver(alm_gift_reader *r, alm_gift_event *e, uint32_t first, uint32_t end, bool body) {
    alm_mention m = {.class_id = body ? ALM_CLASS_ORG : ALM_CLASS_PLACE,
                     .start = r->tokens[first].start,
                     .end = r->tokens[end - 1].end,
                     .detail = ALM_ORGANISATION_OTHER,
                     .strength = 60,
                     .rule = ALM_STR("gift/receiver")};
    m.name = alm_str_slice(r->folded->text, m.start, m.end);
    uint32_t mention;
    alm_status status = alm_mention_add(r->folded, &m, &mention);
    if (status == ALM_OK) alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, mention);
    return status;
}

/*
 * A stretch that names a receiver: it starts with a place, or ends with a body's ending or as villages do; "the people"
 * names none. What follows the last ending is not the name's.
 */
static alm_status take_receiver(alm_gift_reader *r, alm_gift_event *e, uint32_t first, uint32_t last, bool implied,
                                bool shared) {
    uint32_t end = last;
    while (!shared && end > first && !ends_place(&r->tokens[end - 1])) end--;
    if (end == first || end - first > MAX_RECEIVER) return ALM_OK;
    bool body = r->tokens[end - 1].class_id == ALM_CLASS_ORG_SUFFIX,
         place = r->tokens[first].class_id == ALM_CLASS_PLACE,
         village = r->tokens[end - 1].class_id == ALM_CLASS_LOCAL && end - first > 1;
    if (!shared && !place && !village && (!body || end < last || (implied && is_bare(&r->tokens[end - 1]))))
        return ALM_OK;
    if (!shared && implied && body && !is_receiving_kind(r, end - 1)) return ALM_OK;
    return add_receiver(r, e, first, end, body);
}

static alm_status take_own(alm_gift_reader *r, alm_gift_event *e, uint32_t i) {
    alm_mention m = {.class_id = ALM_CLASS_ORG,
                     .start = r->tokens[i].start,
                     .end = r->tokens[i].end,
                     .name = alm_token_text(r->folded, &r->tokens[i]),
                     .detail = ALM_ORGANISATION_OTHER,
                     .strength = 60,
                     .rule = ALM_STR("gift/own")};
    uint32_t mention;
    alm_status status = alm_mention_add(r->folded, &m, &mention);
    if (status == ALM_OK) alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, mention);
    return status;
}

uint32_t alm_gift_person_behind(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    uint32_t at = i;
    while (at < last && at - i < MAX_MODIFIERS && (is_modifier(r, at) || r->tokens[at].class_id == ALM_CLASS_GROUP))
        at++;
    const alm_actor *actor = at < last ? alm_actor_of(r->relation, &r->tokens[at]) : NULL;
    return actor && actor->person ? at : i;
}

/* A square, a hall, a service area: where it happened, rather than a body. */
static bool is_site_only(const alm_gift_reader *r, const alm_actor *actor) {
    if (actor->person || !actor->organisation) return false;
    const alm_mention *m = &r->folded->mentions[actor->organisation - 1];
    return m->detail == ALM_ORGANISATION_OTHER && m->strength < 90 && !alm_party_is_place(r->relation, actor);
}

static bool joins_receivers(const alm_token *token) {
    return token->cp == ALM_CP_LIST_COMMA || token->class_id == ALM_CLASS_WITH;
}

/* "the mountains' village X": X is who receives. */
static bool describes_party(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    while (i < last && (r->tokens[i].class_id == ALM_CLASS_OF || r->tokens[i].class_id == ALM_CLASS_NOUN)) i++;
    return i < last && r->tokens[i].class_id == ALM_CLASS_PARTY;
}

/* "A, B and C, the three villages": the ending that the names of a list share stands behind the last of them. */
static bool shares_ending(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    bool list = false;
    for (; i < last; i++) {
        list = list || joins_receivers(&r->tokens[i]);
        if (r->tokens[i].class_id == ALM_CLASS_RECIPIENT_NOUN)
            return list && alm_gift_has_attr(r, &r->tokens[i], "shared");
        if (r->tokens[i].class_id == ALM_CLASS_QUANTITY)
            return list && i + 1 < last && ends_place(&r->tokens[i + 1]) && !alm_gift_counts_things(r, i);
        if (!alm_gift_may_be_receiver(&r->tokens[i]) && !joins_receivers(&r->tokens[i]) &&
            r->tokens[i].class_id != ALM_CLASS_PARTY)
            return false;
    }
    return false;
}

/* "two homes — A and B": where the names begin that a count of receivers announces; @p i if none does. */
static uint32_t behind_count(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    if (i >= last || r->tokens[i].class_id != ALM_CLASS_QUANTITY || alm_gift_counts_things(r, i)) return i;
    for (uint32_t at = i + 1; at < last && at < i + MAX_ANNOUNCED; at++) {
        if (r->tokens[at].cp != ALM_CP_EM_DASH && r->tokens[at].cp != ALM_CP_BRACKET_OPEN) continue;
        while (at < last && r->tokens[at].cp == ALM_CP_EM_DASH) at++;
        return r->tokens[at].cp == ALM_CP_BRACKET_OPEN ? at + 1 : at;
    }
    return i;
}

/* "town": what it is the town of stands before it, and may be an ordinary word. */
static bool is_level(const alm_token *token) {
    return token->class_id == ALM_CLASS_LOCAL && token->end - token->start == CHARACTER;
}

/*
 * The list of receivers that begins at @p i, behind what governs them. @p implied: another verb names them, so known
 * names are taken, too, and bare words for bodies are not.
 */
alm_status alm_gift_read_list(alm_gift_reader *r, alm_gift_event *e, uint32_t i, uint32_t last, bool implied) {
    bool shared = shares_ending(r, i, last);
    uint32_t announced = behind_count(r, i, last);
    implied = implied || announced > i;
    i = announced;
    while (i < last) {
        uint32_t begin = i;
        for (uint32_t n = 0; n < MAX_MODIFIERS && i < last && is_modifier(r, i); n++) i++;
        uint32_t first = i > begin && is_level(&r->tokens[i]) ? i - 1 : i;
        while (i < last && alm_gift_may_be_receiver(&r->tokens[i])) i++;
        uint32_t person = alm_gift_person_behind(r, i, last);
        if (person > i) first = i = person;
        uint32_t people = alm_gift_behind_people(r, i, last);
        bool ends = i >= last || r->tokens[i].class_id != ALM_CLASS_OF || people > i;
        alm_status status = ALM_OK;
        if (ends || (r->tokens[first].class_id == ALM_CLASS_PLACE && !describes_party(r, i, last)))
            status = take_receiver(r, e, first, i, implied, shared);
        if (status == ALM_OK && i == first && i < last && r->tokens[i].class_id == ALM_CLASS_OWN)
            status = take_own(r, e, i++);
        if (status != ALM_OK) return status;
        for (; i < last && (r->tokens[i].class_id == ALM_CLASS_PARTY || r->tokens[i].class_id == ALM_CLASS_FUNCTION);
             i++) {
            const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
            uint32_t behind = alm_gift_person_behind(r, i + 1, last);
            if (behind > i + 1)
                i = behind - 1;
            else if (implied && actor && !is_site_only(r, actor))
                alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, alm_gift_principal(actor));
        }
        i = alm_gift_behind_people(r, i, last);
        if (i >= last || !joins_receivers(&r->tokens[i])) break;
        i++;
    }
    return ALM_OK;
}

/*
 * "to the motorway exit's checkpoint it sent …": ordinary words up to the ending of a body, and there the phrase ends,
 * or goes on with its people. @p deeds: verbs may stand among the words.
 */
static alm_status take_described(alm_gift_reader *r, alm_gift_event *e, uint32_t i, uint32_t last, bool deeds) {
    uint32_t at = i, end = i;
    for (; at < last && at < i + MAX_DESCRIBED; at++) {
        uint16_t c = r->tokens[at].class_id;
        if (!alm_gift_may_be_receiver(&r->tokens[at]) && c != ALM_CLASS_NOUN && !(deeds && c == ALM_CLASS_VERB)) break;
        bool region = alm_gift_has_attr(r, &r->tokens[at], "region");
        if (region && at > i + 1) return add_receiver(r, e, i, at, false);
        end = is_receiving_kind(r, at) ? at + 1 : end;
    }
    if (end == i || (end == i + 1 && is_bare(&r->tokens[i]))) return ALM_OK;
    uint32_t people = alm_gift_behind_people(r, end, last);
    bool ends = people > end ? people >= at : end == at && (at >= last || ends_phrase(r, at));
    return ends ? add_receiver(r, e, i, end, true) : ALM_OK;
}

alm_status alm_gift_read_goal(alm_gift_reader *r, alm_gift_event *e, uint32_t i, uint32_t last) {
    size_t before = e->gift.recipient_count;
    alm_status status = alm_gift_read_list(r, e, i, last, true);
    return status == ALM_OK && e->gift.recipient_count == before ? take_described(r, e, i, last, false) : status;
}

static alm_status read_governed(alm_gift_reader *r, alm_gift_event *e, uint32_t limit) {
    for (uint32_t i = alm_gift_clause_start(r, e->first) > e->before ? alm_gift_clause_start(r, e->first) : e->before;
         i < limit; i++) {
        bool to = r->tokens[i].class_id == ALM_CLASS_TO &&
                  !(i >= e->last && alm_gift_has_attr(r, &r->tokens[i], "before")); /* "… will help against" */
        bool sends = i + 1 == e->last && alm_gift_is_directed(r, &r->tokens[i]);
        bool goal = r->tokens[i].class_id == ALM_CLASS_FUNCTION && alm_gift_has_attr(r, &r->tokens[i], "goal") &&
                    i > e->last && alm_gift_is_what(r->tokens[i - 1].class_id);
        if (!to && !sends && !goal) continue;
        size_t before = e->gift.recipient_count;
        alm_status status = alm_gift_read_list(r, e, i + 1, limit, false);
        /* "to the … who … of X": X stands behind what describes it */
        uint32_t of = i + 1;
        while (of < limit && !alm_gift_ends_clause(r->tokens[of].cp) && r->tokens[of].class_id != ALM_CLASS_OF &&
               !alm_gift_is_trigger(r->tokens[of].class_id) && !alm_gift_is_what(r->tokens[of].class_id))
            of++;
        if (status == ALM_OK && e->gift.recipient_count == before) status = take_described(r, e, i + 1, limit, true);
        if (status == ALM_OK && e->gift.recipient_count == before && of < limit &&
            r->tokens[of].class_id == ALM_CLASS_OF && (sends || alm_gift_has_attr(r, &r->tokens[i], "far")))
            status = alm_gift_read_list(r, e, of + 1, limit, false);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* ---- who took it, and whom the sentence goes on with ---- */

bool alm_gift_receives_in_office(const alm_gift_reader *r, uint32_t i) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    if (!actor->person || actor->organisation || actor->seat) return false;
    if (i + 1 < r->last &&
        (r->tokens[i + 1].class_id == ALM_CLASS_BEHALF || r->tokens[i + 1].class_id == ALM_CLASS_ROLE))
        return true; /* "Headmaster Li on behalf of the school" */
    return (i > r->first && r->tokens[i - 1].class_id == ALM_CLASS_ROLE) ||
           r->folded->mentions[actor->person - 1].start > r->tokens[i].start;
}

bool alm_gift_is_attribute(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    if (i + 1 >= r->last || r->tokens[i + 1].class_id != ALM_CLASS_OF) return false;
    return !alm_gift_is_institution(r, i) || alm_gift_behind_people(r, i + 1, last) < last;
}

/* The subject of [first, last): a party, or a place that no finder took for one. */
static alm_status read_subject(alm_gift_reader *r, alm_gift_event *e, uint32_t first, uint32_t last) {
    bool party = false;
    for (uint32_t i = first; i < last; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor) continue;
        party = true;
        if (alm_gift_receives_in_office(r, i) || alm_gift_is_attribute(r, i, last)) continue;
        switch (alm_gift_case_of(r, i)) {
        case ALM_CASE_SUBJECT:
        case ALM_CASE_AGENT:
        case ALM_CASE_RECIPIENT:
        case ALM_CASE_BEHALF:
            alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, alm_gift_principal(actor));
            break;
        default: break;
        }
    }
    return party ? ALM_OK : alm_gift_read_goal(r, e, first, last);
}

alm_status alm_gift_read_recipient_subject(alm_gift_reader *r, alm_gift_event *e, uint32_t i) {
    for (uint32_t end = i; e->gift.recipient_count == 0;) {
        uint32_t begin = alm_gift_clause_start(r, end);
        alm_status status = read_subject(r, e, begin, end);
        if (status != ALM_OK || begin <= r->first) return status;
        end = begin - 1;
    }
    return ALM_OK;
}

static bool same_donors(const alm_gift *a, const alm_gift *b) {
    if (a->donor_count != b->donor_count || a->donor_count == 0) return false;
    for (size_t i = 0; i < a->donor_count; i++)
        if (a->donors[i].person != b->donors[i].person || a->donors[i].organisation != b->donors[i].organisation)
            return false;
    return true;
}

/* "gave A 10,000, and a box of masks too": the same giver goes on, and the receiver is said once. */
static void carry_over(const alm_gift_reader *r, alm_gift_event *e, size_t k) {
    for (size_t j = k; j-- > 0;) {
        const alm_gift *before = &r->events[j].gift;
        if (before->what_count == 0) continue;
        if (before->recipient_count == 0 || !same_donors(before, &e->gift)) return;
        for (size_t i = 0; i < before->recipient_count; i++)
            alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, before->recipients[i]);
        return;
    }
}

/* "went to school X, and gave the school …": the reference is whom they went to. */
static alm_status resolve_visited(alm_gift_reader *r, alm_gift_event *e) {
    uint32_t only = e->gift.recipients[0];
    const alm_mention *named = e->gift.recipient_count == 1 ? &r->folded->mentions[only - 1] : NULL;
    if (!named || !named->reference || alm_str_is_c(named->rule, "organisation/first-person")) return ALM_OK;
    e->gift.recipient_count = 0;
    alm_status status = alm_gift_read_visited(r, e);
    if (e->gift.recipient_count == 0) alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, only);
    return status;
}

alm_status alm_gift_read_receivers(alm_gift_reader *r, size_t k, uint32_t limit) {
    alm_gift_event *e = &r->events[k];
    alm_status status = read_governed(r, e, limit);
    if (status == ALM_OK && e->gift.recipient_count) {
        status = resolve_visited(r, e);
        return status == ALM_OK ? alm_gift_read_purpose(r, e, limit) : status;
    }
    if (status != ALM_OK) return status;
    if (e->received) status = alm_gift_read_recipient_subject(r, e, e->received);
    if (status != ALM_OK || e->gift.recipient_count) return status;
    e->implied = true;
    if (alm_gift_is_directed(r, &r->tokens[e->last - 1])) return ALM_OK; /* said, in words that no list knows */
    status = alm_gift_read_purpose(r, e, limit);
    if (status == ALM_OK && e->gift.recipient_count == 0) status = alm_gift_read_visited(r, e);
    if (status == ALM_OK && e->gift.recipient_count == 0) status = alm_gift_read_needy(r, e);
    if (status == ALM_OK && e->gift.recipient_count == 0) carry_over(r, e, k);
    return status;
}
