/*
 * Who gave, to whom and through whom.
 */
#include "extract/relate/bare_amount.h"
#include "extract/relate/gift_priv.h"

static void donor_add(alm_gift_event *e, alm_actor actor) {
    alm_gift *gift = &e->gift;
    for (size_t i = 0; i < gift->donor_count; i++)
        if (gift->donors[i].person == actor.person && gift->donors[i].organisation == actor.organisation) return;
    if (gift->donor_count < ALM_MAX_DONORS) gift->donors[gift->donor_count++] = actor;
}

void alm_gift_party_add(uint32_t *list, size_t *count, uint32_t mention) {
    for (size_t i = 0; i < *count; i++)
        if (list[i] == mention) return;
    if (mention && *count < ALM_MAX_PARTIES) list[(*count)++] = mention;
}

/* A pronoun points back with less doubt than a clause that names nobody. */
static const double PRONOUN_DOUBT = 0.1, SILENCE_DOUBT = 0.3;
/* Said by the verb's own clause. */
static const double OWN_CLAUSE = 0.12;

static bool take_pronoun(alm_gift_reader *r, alm_gift_event *e, uint32_t i) {
    alm_actor who[ALM_MAX_DONORS];
    size_t count = alm_gift_whom(r, i, who);
    for (size_t k = 0; k < count; k++) donor_add(e, who[k]);
    if (count) e->gift.confidence -= PRONOUN_DOUBT;
    return count > 0;
}

/* "…", X said and took 20 bags from the store: where nobody else is spoken of, the one who spoke acts. */
static bool take_speaker(alm_gift_reader *r, alm_gift_event *e) {
    for (uint32_t i = e->first; i-- > r->first;) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || !actor->person || !alm_gift_speaks(r, i)) continue;
        if (i == r->first || r->tokens[i - 1].cp != ALM_CP_QUOTE_CLOSE) return false; /* reports on others */
        donor_add(e, *actor);
        e->gift.confidence -= SILENCE_DOUBT;
        return true;
    }
    return false;
}

static void take_topic(alm_gift_reader *r, alm_gift_event *e) {
    for (size_t i = 0; i < r->topic_count; i++) donor_add(e, r->topic[i]);
    e->gift.confidence -= SILENCE_DOUBT;
    e->carried = true;
}

/* "X on behalf of Y": one giver, Y by the hand of X. */
static void represent(alm_gift_event *e, const alm_actor *represented) {
    alm_gift *gift = &e->gift;
    if (gift->donor_count == 0) {
        donor_add(e, *represented);
        return;
    }
    alm_actor *last = &gift->donors[gift->donor_count - 1];
    if (represented->organisation) last->organisation = represented->organisation;
}

static bool is_listed(const alm_token *token) {
    return token->class_id == ALM_CLASS_PARTY || token->cp == ALM_CP_LIST_COMMA;
}

/* "another four firms", "each town's charity": no one of them; but "A, B and C, each" goes before. */
static bool is_counted(const alm_gift_reader *r, uint32_t i) {
    if (i == r->first) return false;
    if (r->tokens[i].class_id == ALM_CLASS_PRONOUN) /* "an old man who …": one that was not spoken of */
        for (uint32_t at = i, begin = alm_gift_clause_start(r, i); at-- > begin;)
            if (alm_gift_counts_people(r, at)) return true;
    bool each = r->tokens[i - 1].class_id == ALM_CLASS_EACH && (i < r->first + 2 || !is_listed(&r->tokens[i - 2]));
    return each || alm_gift_counts_people(r, i - 1);
}

/* "X and Y, Z signed": Y and Z are whom X dealt with. */
static bool is_partner(const alm_gift_reader *r, uint32_t i) {
    uint32_t begin = i, end = i + 1;
    while (begin > r->first && is_listed(&r->tokens[begin - 1])) begin--;
    while (end < r->last && is_listed(&r->tokens[end])) end++;
    return begin > r->first && r->tokens[begin - 1].class_id == ALM_CLASS_WITH && end < r->last &&
           alm_gift_has_attr(r, &r->tokens[end], "mutual");
}

/* A name in brackets behind a name says it again in other words. */
static bool is_gloss(const alm_gift_reader *r, uint32_t i) {
    return i >= r->first + 2 && r->tokens[i - 1].cp == ALM_CP_BRACKET_OPEN &&
           r->tokens[i - 2].class_id == ALM_CLASS_PARTY;
}

/* "his wife X": X, not him; nor is it he whose "son gave". */
static bool is_possessive(const alm_gift_reader *r, uint32_t i) {
    if (i + 2 < r->last && r->tokens[i + 1].class_id == ALM_CLASS_OF &&
        r->tokens[i + 2].class_id == ALM_CLASS_SUBJECT_NOUN)
        return true;
    for (uint32_t at = i + 1; at < r->last; at++) switch (r->tokens[at].class_id) {
        case ALM_CLASS_PARTY: return true;
        case ALM_CLASS_OF:
        case ALM_CLASS_NOUN:
        case ALM_CLASS_SUBJECT_NOUN:
        case ALM_CLASS_SELF_ORG:
        case ALM_CLASS_PLAIN:
        case ALM_CLASS_QUANTITY:
        case ALM_CLASS_TITLE: break;
        default: return false;
        }
    return false;
}

/* "X took the 200,000 that Y gave and sent it on": where the object begins that a giver of its own describes; or
 * e->first. */
static uint32_t inner_object(const alm_gift_reader *r, const alm_gift_event *e) {
    if (e->last >= r->last || r->tokens[e->last].class_id != ALM_CLASS_OF) return e->first;
    uint32_t begin = alm_gift_clause_start(r, e->first), i = e->first;
    while (i > begin && r->tokens[i - 1].class_id != ALM_CLASS_BA) i--;
    return i > begin ? i : e->first;
}

bool alm_gift_is_of_others(const alm_gift_reader *r, const alm_gift_event *e) {
    uint32_t first = inner_object(r, e);
    if (alm_gift_has_class(r, first, e->first, ALM_CLASS_PARTY) ||
        alm_gift_has_class(r, first, e->first, ALM_CLASS_PRONOUN))
        return false;
    return alm_gift_has_class(r, first, e->first, ALM_CLASS_ANONYMOUS) ||
           alm_gift_has_class(r, first, e->first, ALM_CLASS_SUBJECT_NOUN);
}

/* The body that one who hands over does it for; 0. */
static uint32_t hand_of(const alm_actor *actor) { return actor->organisation ? actor->organisation : actor->seat; }

/* Who hands over what the giver of the object gave is the channel. */
static bool take_hand(const alm_gift_reader *r, alm_gift_event *e, uint32_t i, const alm_actor *actor) {
    uint32_t object = inner_object(r, e);
    if (i >= object || i < alm_gift_clause_start(r, e->first) ||
        !alm_gift_has_class(r, object, e->first, ALM_CLASS_PARTY))
        return false;
    uint32_t hand = hand_of(actor);
    if (hand) alm_gift_party_add(e->gift.channels, &e->gift.channel_count, hand);
    return true;
}

/* All names in [first, last) with their cases into the event; true where a subject or agent was among them. */
static bool read_names(alm_gift_reader *r, alm_gift_event *e, uint32_t first, uint32_t last, bool want_donors) {
    bool found = false, agent = false;
    for (uint32_t i = first; i < last; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (r->tokens[i].class_id == ALM_CLASS_PRONOUN && want_donors && !found && !is_possessive(r, i) &&
            !is_counted(r, i) && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT)
            found = take_pronoun(r, e, i);
        if (actor && i > first && r->tokens[i - 1].cp == ALM_CP_EM_DASH && alm_party_is_place(r->relation, actor))
            continue; /* "home — the town of X" */
        if (!actor || is_gloss(r, i) || alm_gift_is_modifier(r, i, last) || is_counted(r, i) || is_partner(r, i))
            continue;
        if (want_donors && alm_party_is_origin(r->relation, i, last)) continue;
        alm_name_case how = alm_gift_case_of(r, i);
        if (want_donors && how == ALM_CASE_SUBJECT && alm_gift_names_nobody(r, i)) return true;
        if (want_donors && how == ALM_CASE_SUBJECT &&
            (alm_gift_is_home(r, i, last) || alm_gift_is_unknown_member(r, i, last))) {
            found = true;
            continue;
        }
        if (want_donors && how == ALM_CASE_SUBJECT && take_hand(r, e, i, actor)) continue;

        switch (how) {
        case ALM_CASE_RECIPIENT:
            if (alm_gift_person_behind(r, i + 1, last) > i + 1 || alm_gift_receives_in_office(r, i)) break;
            alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, alm_gift_principal(actor));
            break;
        case ALM_CASE_CHANNEL:
            alm_gift_party_add(e->gift.channels, &e->gift.channel_count, alm_gift_principal(actor));
            break;
        case ALM_CASE_BEHALF:
            if (!want_donors) break;
            represent(e, actor);
            found = true;
            break;
        case ALM_CASE_AGENT: /* "the hall was built by X": what was built did not give */
            if (want_donors && !agent) e->gift.donor_count = 0;
            agent = want_donors;
            if (want_donors) donor_add(e, *actor), found = true;
            break;
        case ALM_CASE_SUBJECT:
        case ALM_CASE_SOURCE:
        case ALM_CASE_JOINED:
            if (!want_donors ||
                (last != e->first && how == ALM_CASE_SOURCE && !alm_gift_has_class(r, first, i, ALM_CLASS_FROM)))
                break;
            donor_add(e, *actor);
            found = true;
            break;
        case ALM_CASE_OBJECT: break;
        }
    }
    return found;
}

/* "the bonus that he had received, he gave away": an attribute of what was given. */
static bool is_own_income(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    uint32_t next = i + 1;
    return next < last && r->tokens[next].class_id == ALM_CLASS_OF &&
           alm_gift_has_class(r, alm_gift_clause_start(r, i), i, ALM_CLASS_BA);
}

/* Who received, in [begin, i): true where a charity was among them. */
static bool read_receivers(alm_gift_reader *r, alm_gift_event *e, uint32_t begin, uint32_t i) {
    bool charity = false;
    for (uint32_t j = begin; j < i; j++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[j]);
        if (!actor || alm_gift_receives_in_office(r, j) || alm_gift_is_attribute(r, j, i)) continue;
        alm_name_case how = alm_gift_case_of(r, j);
        if (how == ALM_CASE_OBJECT || how == ALM_CASE_SOURCE || how == ALM_CASE_CHANNEL) continue;
        alm_gift_party_add(e->gift.recipients, &e->gift.recipient_count, alm_gift_principal(actor));
        charity = charity || alm_gift_type_of(r, actor) == ALM_ORGANISATION_CHARITY;
    }
    return charity;
}

/* "the chamber received from its members": what the chamber raised. */
static bool read_own_members(alm_gift_reader *r, alm_gift_event *e, uint32_t i) {
    if (!alm_gift_has_class(r, i, e->first, ALM_CLASS_MEMBER)) return false;
    for (uint32_t j = i; j-- > r->first;) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[j]);
        if (!actor || alm_gift_case_of(r, j) != ALM_CASE_SUBJECT) continue;
        if (alm_gift_type_of(r, actor) != ALM_ORGANISATION_ASSOCIATION) return false;
        donor_add(e, *actor);
        e->gift.total = true;
        return true;
    }
    return false;
}

/* "received from X": X gives, the subject receives. */
static bool read_receipt(alm_gift_reader *r, alm_gift_event *e, uint32_t begin) {
    for (uint32_t i = e->first; i-- > begin;) {
        if (r->tokens[i].class_id != ALM_CLASS_RECEIVE || is_own_income(r, i, e->first)) continue;
        bool found = false;
        for (uint32_t j = i + 1; j < e->first; j++) {
            const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[j]);
            if (actor) donor_add(e, *actor), found = true;
        }
        if (!found && read_own_members(r, e, i)) return true;
        e->received = i;
        if (read_receivers(r, e, begin, i) || !found) e->gift.status = ALM_STATUS_RECEIVED;
        return true;
    }
    return false;
}

/* "The three of them gave 1, 2 and 3": as many as the sentence, or the one before, spoke of. */
static bool read_counted(alm_gift_reader *r, alm_gift_event *e, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++) {
        if (!alm_gift_counts_people(r, i)) continue;
        alm_str count = alm_mention_of(r->folded, &r->tokens[i])->value->amount;
        alm_gift_event before = {0};
        if (begin > r->first) read_names(r, &before, r->first, begin - 1, true);
        const alm_actor *who = before.gift.donor_count ? before.gift.donors : r->topic;
        size_t who_count = before.gift.donor_count ? before.gift.donor_count : r->topic_count;
        if (who_count < 2 || who_count > 9 || count.len != 1 || count.ptr[0] != (char)('0' + who_count)) return false;
        for (size_t k = 0; k < who_count; k++) donor_add(e, who[k]);
        return true;
    }
    return false;
}

/* "The association has no cash, its members gave …": a clause before names whose members they are. */
static bool read_body_of(alm_gift_reader *r, alm_gift_event *e, uint32_t end) {
    for (uint32_t i = end; i-- > r->first;) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || alm_gift_case_of(r, i) != ALM_CASE_SUBJECT) continue;
        if (!actor->organisation || actor->person) return false;
        donor_add(e, *actor);
        return true;
    }
    return false;
}

static bool is_sum(const alm_gift_reader *r, const alm_gift_event *e) {
    for (uint32_t i = e->first; i < e->last; i++)
        if (alm_gift_has_attr(r, &r->tokens[i], "sum")) return true;
    for (size_t k = 0; k < e->gift.what_count; k++)
        if (e->gift.whats[k].kind != ALM_WHAT_GOODS && alm_gift_governed_by(r, e->what_at[k], ALM_CLASS_TOTAL, 5))
            return true;
    return false;
}

/* Several in [first, last) gave money, each their own, and nobody is named behind the last of it. */
static bool several_gave(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    size_t count = 0;
    bool named = false;
    for (uint32_t i = first; i < last; i++) {
        if (r->tokens[i].class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT) named = true;
        if (!named || !(r->tokens[i].class_id == ALM_CLASS_MONEY || alm_bare_amount_is(r->relation, &r->tokens[i])))
            continue;
        count++;
        named = false;
    }
    return count > 1 && !named;
}

/* "X in person", "in X's own name": not for the firm that X leads. */
static void settle_personal(const alm_gift_reader *r, alm_gift_event *e) {
    bool personal = false;
    for (uint32_t i = alm_gift_clause_start(r, e->first); i < e->last && !personal; i++)
        personal = r->tokens[i].class_id == ALM_CLASS_PERSONAL || alm_gift_has_attr(r, &r->tokens[i], "personal") ||
                   (r->tokens[i].class_id == ALM_CLASS_PRONOUN && alm_gift_has_attr(r, &r->tokens[i], "self"));
    for (size_t k = 0; personal && k < e->gift.donor_count; k++)
        if (e->gift.donors[k].person) e->gift.donors[k].organisation = 0;
}

static bool is_name_list(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    if (first == last) return false;
    for (uint32_t i = first; i < last; i++)
        if (!is_listed(&r->tokens[i]) && r->tokens[i].class_id != ALM_CLASS_WITH) return false;
    return true;
}

/* "President A, vice-presidents B and C, director D of firm E and others …": the clauses before @p begin that hold
 * nothing but names belong to the list whose last clause begins there with a name. */
static void read_list_before(alm_gift_reader *r, alm_gift_event *e, uint32_t begin) {
    if (r->tokens[begin].class_id != ALM_CLASS_PARTY) return;
    while (begin > r->first && r->tokens[begin - 1].cp == ALM_CP_COMMA) {
        uint32_t end = begin - 1;
        begin = alm_gift_clause_start(r, end);
        if (begin < e->before || !is_name_list(r, begin, end)) return;
        read_names(r, e, begin, end, true);
    }
}

/* "The charity gave firm X a plaque, in thanks for the 300,000 that it had given": the one who was thanked. */
static bool read_thanked(const alm_gift_reader *r, alm_gift_event *e, uint32_t begin) {
    bool thanked = false, it = false;
    for (uint32_t i = begin; i < e->first; i++) {
        if (alm_gift_has_attr(r, &r->tokens[i], "thank")) thanked = true;
        it = it || (thanked && r->tokens[i].class_id == ALM_CLASS_PRONOUN);
    }
    if (!it || begin <= r->first || alm_gift_has_class(r, begin, e->first, ALM_CLASS_PARTY)) return false;
    for (uint32_t i = alm_gift_clause_start(r, begin - 1); i < begin; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (actor && alm_gift_case_of(r, i) == ALM_CASE_RECIPIENT) donor_add(e, *actor);
    }
    return true;
}

static bool has_subject_of_own(const alm_gift_reader *r, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++)
        if (r->tokens[i].class_id == ALM_CLASS_PRONOUN ||
            (r->tokens[i].class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT))
            return true;
    return false;
}

/* Who gives: by the verb's own clause, then the clauses before it, then whom the block spoke of last. A clause that
 * begins "together with" has its subject in the one before. */
static void read_donors(alm_gift_reader *r, alm_gift_event *e) {
    uint32_t begin = alm_gift_clause_start(r, e->first);
    if (read_receipt(r, e, begin)) {
        e->own_receivers = e->gift.recipient_count;
        return;
    }
    if (read_thanked(r, e, begin)) return;
    bool sum = is_sum(r, e); /* over whom the sentences before named: nobody's own */
    if (sum && several_gave(r, r->first, e->first)) return;
    if (begin < e->before && read_names(r, e, e->before, e->first, true)) {
        e->own_receivers = e->gift.recipient_count;
        e->gift.confidence += OWN_CLAUSE;
        return;
    }
    if (begin < e->before && alm_gift_is_nameless(r, e->before, e->first)) return; /* "…, the other members gave" */
    bool joint = sum && e > r->events && alm_gift_has_class(r, e->first, e->last, ALM_CLASS_RAISE) &&
                 alm_gift_has_class(r, e[-1].first, e[-1].last, ALM_CLASS_GIVE);
    if (joint && alm_gift_has_class(r, begin, e->first, ALM_CLASS_ADVERB) && !has_subject_of_own(r, begin, e->first))
        return; /* "A led in giving, on the spot 268,000 were raised" */
    size_t own_channels = 0;
    for (uint32_t end = e->first;;) {
        bool found = read_names(r, e, begin, end, true);
        if (end == e->first) e->own_receivers = e->gift.recipient_count, own_channels = e->gift.channel_count;
        if (own_channels) e->gift.channel_count = own_channels; /* the one of a gift before passed on that gift */
        if (found && end != e->first && alm_gift_has_received(r, begin, end)) {
            e->gift.donor_count = 0;
            return;
        }
        if (found) {
            if (end == e->first) e->gift.confidence += OWN_CLAUSE;
            read_list_before(r, e, begin);
            if (r->tokens[begin].class_id == ALM_CLASS_JOIN && begin > r->first)
                read_names(r, e, alm_gift_clause_start(r, begin - 1), begin - 1, true);
            return;
        }
        if (end == e->first && alm_gift_is_unknown_body(r, begin, end)) return;
        if (alm_gift_is_nameless(r, begin, end)) {
            if (!read_counted(r, e, begin, end) && begin > r->first && alm_gift_is_whole_body(r, begin, end))
                read_body_of(r, e, begin - 1);
            return;
        }
        if (end == e->first ? alm_gift_has_stranger(r, e, begin) : alm_gift_is_unknown_copula(r, begin, end)) return;
        if (begin <= r->first) break;
        end = begin - 1;
        begin = alm_gift_clause_start(r, end);
    }
    if (!sum && !take_speaker(r, e)) take_topic(r, e);
}

/* "The fund was founded; a firm gave the fund 300,000": whom the verb's own clause names as receiver did not give. */
static void drop_receiving_donors(const alm_gift_reader *r, alm_gift_event *e) {
    alm_gift *gift = &e->gift;
    size_t kept = 0;
    for (size_t k = 0; k < gift->donor_count; k++) {
        alm_str donor = r->folded->mentions[alm_gift_principal(&gift->donors[k]) - 1].name;
        bool receives = false;
        for (size_t i = 0; i < e->own_receivers && !receives; i++)
            receives = alm_str_is(r->folded->mentions[gift->recipients[i] - 1].name, donor);
        if (!receives) gift->donors[kept++] = gift->donors[k];
    }
    gift->donor_count = kept;
}

/* "Entrusted by X, Y handed 200,000 to …": X gives through Y. An office or a charity entrusts with work, not with money
 * of its own. */
static void read_entrusted(alm_gift_reader *r, alm_gift_event *e) {
    for (uint32_t i = r->first; i < e->first; i++) {
        if (!alm_gift_has_attr(r, &r->tokens[i], "entrust")) continue;
        alm_gift_event by = {0};
        uint32_t end = i + 1;
        for (; end < e->first && r->tokens[end].class_id != ALM_CLASS_VIA; end++) {
            if (alm_gift_ends_clause(r->tokens[end].cp)) return;
            const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[end]);
            if (!actor) continue;
            uint32_t type = alm_gift_type_of(r, actor);
            if (type == ALM_ORGANISATION_GOVERNMENT || type == ALM_ORGANISATION_PARTY ||
                type == ALM_ORGANISATION_CHARITY)
                return;
            donor_add(&by, *actor);
        }
        if (end == e->first || by.gift.donor_count == 0 || alm_gift_clause_end(r, end) >= e->first) return;
        for (size_t k = 0; k < e->gift.donor_count; k++) {
            uint32_t hand = hand_of(&e->gift.donors[k]);
            if (!hand) hand = e->gift.donors[k].person;
            bool own = false;
            for (size_t j = 0; j < by.gift.donor_count; j++)
                own = own || alm_str_is(r->folded->mentions[hand - 1].name,
                                        r->folded->mentions[alm_gift_principal(&by.gift.donors[j]) - 1].name);
            if (!own) alm_gift_party_add(e->gift.channels, &e->gift.channel_count, hand);
        }
        memcpy(e->gift.donors, by.gift.donors, sizeof by.gift.donors);
        e->gift.donor_count = by.gift.donor_count;
        return;
    }
}

void alm_gift_read_donors(alm_gift_reader *r, alm_gift_event *e) {
    read_donors(r, e);
    if (alm_gift_is_of_mustered(r, e)) e->gift.donor_count = 0;
    read_entrusted(r, e);
    drop_receiving_donors(r, e);
    e->carried_receivers = e->gift.recipient_count - e->own_receivers;
    settle_personal(r, e);
}

/* The first to give is X", "of the givers of 800 one is X": where the copula's list begins; 0. */
static uint32_t behind_copula(const alm_gift_reader *r, const alm_gift_event *e) {
    uint32_t end = alm_gift_clause_end(r, e->last);
    uint32_t of = e->last + 1; /* "THE X who gave 10,000" */
    if (of + 1 < end && e->first == alm_gift_clause_start(r, e->first) &&
        r->tokens[e->last].class_id == ALM_CLASS_MONEY && r->tokens[of].class_id == ALM_CLASS_OF &&
        alm_actor_of(r->relation, &r->tokens[of + 1]) && alm_actor_of(r->relation, &r->tokens[of + 1])->person)
        return of + 1;
    for (uint32_t i = e->last + 1; i + 1 < end; i++)
        if ((r->tokens[i].class_id == ALM_CLASS_IS || (i == of + 1 && alm_gift_has_attr(r, &r->tokens[i], "there"))) &&
            r->tokens[i - 1].class_id == ALM_CLASS_OF) {
            i++;
            while (i < end && r->tokens[i].class_id != ALM_CLASS_PARTY && alm_gift_is_transparent(&r->tokens[i])) i++;
            return i < end && r->tokens[i].class_id == ALM_CLASS_PARTY ? i : 0;
        }
    return 0;
}

static void read_copula(alm_gift_reader *r, alm_gift_event *e) {
    uint32_t i = behind_copula(r, e);
    if (!i) return;
    bool own = e->gift.donor_count == 0 || alm_gift_clause_start(r, e->first) == r->first;
    e->gift.confidence += own ? OWN_CLAUSE : 0;
    if (e->carried) e->gift.confidence += SILENCE_DOUBT; /* the clause names them after all */
    e->gift.donor_count = 0;
    e->apiece = true;
    for (; i < r->last; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (actor)
            donor_add(e, *actor);
        else if (r->tokens[i].cp != ALM_CP_LIST_COMMA && r->tokens[i].class_id != ALM_CLASS_WITH)
            break;
    }
}

/* "… a gift of 10,000, from X": the giver comes after; whom somebody then received from gave something else,
 * whom a part is from gave that part. */
static void read_source(alm_gift_reader *r, alm_gift_event *e, uint32_t limit) {
    for (uint32_t i = e->last; i < limit; i++) {
        if (r->tokens[i].class_id == ALM_CLASS_RECEIVE || r->tokens[i].class_id == ALM_CLASS_PART) return;
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || alm_gift_case_of(r, i) != ALM_CASE_SOURCE) continue;
        e->gift.donor_count = 0;
        e->gift.status = ALM_STATUS_GIVEN;
        donor_add(e, *actor);
        return;
    }
}

/* "Through the charity, X gave …": a channel in a clause of its own. */
static void read_channels_before(const alm_gift_reader *r, alm_gift_event *e) {
    for (uint32_t i = alm_gift_clause_start(r, e->first); i-- > e->before && e->gift.channel_count == 0;) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (actor && alm_gift_case_of(r, i) == ALM_CASE_CHANNEL)
            alm_gift_party_add(e->gift.channels, &e->gift.channel_count, alm_gift_principal(actor));
    }
}

/* Receivers of the clauses before count where the gift names none of its own. */
static void drop_carried(alm_gift_event *e) {
    alm_gift *gift = &e->gift;
    size_t behind = e->own_receivers + e->carried_receivers;
    if (!e->carried_receivers || (!e->own_receivers && gift->recipient_count == behind)) return;
    memmove(gift->recipients + e->own_receivers, gift->recipients + behind,
            (gift->recipient_count - behind) * sizeof gift->recipients[0]);
    gift->recipient_count -= e->carried_receivers;
    e->carried_receivers = 0;
}

alm_status alm_gift_read_others(alm_gift_reader *r, size_t k) {
    alm_gift_event *e = &r->events[k];
    uint32_t limit = alm_gift_reach(r, e);
    read_copula(r, e);
    read_source(r, e, limit);
    if (k + 1 < r->event_count) {
        uint32_t next = alm_gift_clause_start(r, r->events[k + 1].first);
        if (next <= e->last) next = r->events[k + 1].first;
        if (next < limit) limit = next;
    }
    read_names(r, e, e->last, limit, false);
    read_channels_before(r, e);
    alm_status status = alm_gift_read_receivers(r, k, limit);
    drop_carried(e);
    return status;
}
