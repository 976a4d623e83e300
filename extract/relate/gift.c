/*
 * Gifts in running text, by case: a verb of giving opens an event; names around it get their case from the word that
 * governs them (to, through, by, on behalf of), or are its subject; amounts and things on its side of the sentence are
 * what was given. What a clause leaves unsaid is carried from the clauses before it.
 */
#include "base/utf8.h"
#include "extract/mention/walk.h"
#include "extract/relate/relation.h"

enum { MAX_EVENTS = 48, MAX_GAP = 3 };

typedef enum name_case {
    CASE_SUBJECT,
    CASE_RECIPIENT,
    CASE_CHANNEL,
    CASE_AGENT,
    CASE_SOURCE,
    CASE_BEHALF,
    CASE_JOINED,
    CASE_OBJECT
} name_case;

typedef struct event {
    uint32_t first, last;   /* tokens of the verb */
    uint32_t before, after; /* its zone: [before, first) and [last, after) */
    alm_gift gift;
} event;

typedef struct reader {
    alm_relation *relation;
    alm_folded *folded;
    const alm_token *tokens;
    uint32_t first, last; /* the sentence */
    bool *used;           /* by token: a what that an event has taken */
    event *events;
    size_t event_count;
    alm_actor topic[ALM_MAX_DONORS]; /* who was spoken of last in this block, as a subject */
    size_t topic_count;
    bool block_has_gift; /* the block or the title speaks of giving: bare pairs of name and amount count */
} reader;

static bool is_trigger(uint16_t c) { return c == ALM_CLASS_GIVE || c == ALM_CLASS_SEND || c == ALM_CLASS_RAISE; }
static bool ends_sentence(uint32_t cp) {
    return cp == '\n' || cp == ALM_CP_STOP || cp == ALM_CP_EXCLAMATION || cp == ALM_CP_QUESTION;
}
static bool ends_clause(uint32_t cp) {
    return cp == ALM_CP_COMMA || cp == ALM_CP_SEMICOLON || cp == ALM_CP_COLON || ends_sentence(cp);
}
static bool is_what(uint16_t c) { return c == ALM_CLASS_MONEY || c == ALM_CLASS_GOODS; }

static uint32_t clause_start(const reader *r, uint32_t i) {
    while (i > r->first && !ends_clause(r->tokens[i - 1].cp)) i--;
    return i;
}
static uint32_t clause_end(const reader *r, uint32_t i) {
    while (i < r->last && !ends_clause(r->tokens[i].cp)) i++;
    return i;
}
static bool has_class(const reader *r, uint32_t first, uint32_t last, uint16_t class_id) {
    for (uint32_t i = first; i < last; i++)
        if (r->tokens[i].class_id == class_id) return true;
    return false;
}

/* ---- case ---- */

/* A token that a governor reaches over: other names of the list, plain characters, places. */
static bool is_transparent(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_PARTY:
    case ALM_CLASS_WITH:
    case ALM_CLASS_ETC:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_ORG_SUFFIX:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_ROLE:
    case ALM_CLASS_MEMBER:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_NOUN:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_PLAIN: return true;
    case ALM_CLASS_TEXT:
        return alm_is_han(token->cp) || token->cp == ALM_CP_LIST_COMMA || token->cp == ALM_CP_QUOTE_OPEN ||
               token->cp == ALM_CP_QUOTE_CLOSE;
    default: return false;
    }
}

static bool has_attr(const reader *r, const alm_token *word, const char *attr) {
    return alm_str_is_c(alm_token_attr(r->folded, word, word->class_id, 0), attr);
}

/* "send to", "hand over to": a verb whose object is the receiver. */
static bool is_directed(const reader *r, const alm_token *verb) { return has_attr(r, verb, "to"); }

/* "at the town hall", "according to the charity": a name behind a preposition does nothing. */
static bool is_locating(const reader *r, const alm_token *word) {
    return r->tokens + r->first < word && has_attr(r, word, "at");
}

/* "X said": what follows is X's report, not X's deed. */
static bool speaks(const reader *r, uint32_t i) {
    uint32_t next = i + 1;
    while (next < r->last &&
           (r->tokens[next].class_id == ALM_CLASS_ADVERB || r->tokens[next].class_id == ALM_CLASS_TITLE))
        next++;
    return next < r->last && r->tokens[next].class_id == ALM_CLASS_SAY;
}

static name_case case_of(const reader *r, uint32_t i) {
    if (speaks(r, i)) return CASE_OBJECT;
    uint32_t begin = clause_start(r, i);
    for (uint32_t at = i; at > begin; at--) {
        const alm_token *before = &r->tokens[at - 1];
        switch (before->class_id) {
        case ALM_CLASS_TO: return CASE_RECIPIENT;
        case ALM_CLASS_VIA: return CASE_CHANNEL;
        case ALM_CLASS_BY: return CASE_AGENT;
        case ALM_CLASS_BEHALF: return CASE_BEHALF;
        case ALM_CLASS_JOIN: return CASE_JOINED;
        case ALM_CLASS_RECEIVE: return CASE_SOURCE;
        case ALM_CLASS_FROM: return CASE_SOURCE;
        case ALM_CLASS_GIVE:
        case ALM_CLASS_SEND: return at == i || is_directed(r, before) ? CASE_RECIPIENT : CASE_SUBJECT;
        case ALM_CLASS_FUNCTION:
            if (at == i && !has_attr(r, before, "soft") && is_locating(r, before)) return CASE_OBJECT;
            continue;
        case ALM_CLASS_VERB: return at == i ? CASE_OBJECT : CASE_SUBJECT;
        default: break;
        }
        if (!is_transparent(before)) return CASE_SUBJECT;
    }
    return CASE_SUBJECT;
}

/* ---- what ---- */

static bool governed_by(const reader *r, uint32_t i, uint16_t class_id, uint32_t reach) {
    for (uint32_t at = i; at > r->first && i - at < reach; at--) {
        const alm_token *before = &r->tokens[at - 1];
        if (before->class_id == class_id) return true;
        if (is_what(before->class_id) || ends_clause(before->cp) || before->class_id == ALM_CLASS_PARTY) return false;
    }
    return false;
}

static bool has_goods_before(const reader *r, uint32_t from, uint32_t i) {
    for (uint32_t at = i; at-- > from;) {
        if (r->tokens[at].class_id == ALM_CLASS_GOODS) return true;
        if (alm_str_is_c(alm_token_attr(r->folded, &r->tokens[at], ALM_CLASS_GIFT_NOUN, 0), "things")) return true;
        if (ends_sentence(r->tokens[at].cp)) return false;
    }
    return false;
}

/* "gave money and goods, 45,000 in all". */
static bool gives_things(const reader *r, uint32_t i) {
    for (uint32_t at = i; at > r->first && i - at < 4; at--)
        if (r->tokens[at - 1].class_id == ALM_CLASS_GIVE) return has_attr(r, &r->tokens[at - 1], "things");
    return false;
}

/* An amount that values things rather than being given: "worth", "… of masks", a sum behind things. */
static bool is_worth(const reader *r, uint32_t from, uint32_t i) {
    if (governed_by(r, i, ALM_CLASS_WORTH, 6) || gives_things(r, i)) return true;
    uint32_t next = i + 1;
    if (next < r->last && r->tokens[next].class_id == ALM_CLASS_OF) next++;
    if (next < r->last && r->tokens[next].class_id == ALM_CLASS_GOODS &&
        !alm_mention_of(r->folded, &r->tokens[next])->value)
        return true;
    return has_goods_before(r, from, i) && governed_by(r, i, ALM_CLASS_TOTAL, 5);
}

static bool is_foreign_amount(const reader *r, uint32_t i) {
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[i])->value;
    return governed_by(r, i, ALM_CLASS_NOT_GIFT, 8) || governed_by(r, i, ALM_CLASS_COST, 4) || value->amount.len == 0 ||
           alm_str_starts(value->amount, ALM_STR("0"));
}

/* "handed to five communities": counted, but not given. */
static bool is_receiving_place(const reader *r, uint32_t i) {
    if (alm_mention_of(r->folded, &r->tokens[i])->strength >= 90) return false;
    uint32_t begin = clause_start(r, i);
    for (uint32_t at = i; at > begin; at--) {
        const alm_token *before = &r->tokens[at - 1];
        if (before->class_id == ALM_CLASS_TO) return true;
        if (is_trigger(before->class_id)) return is_directed(r, before);
        if (!is_transparent(before) && before->class_id != ALM_CLASS_OF && before->class_id != ALM_CLASS_FUNCTION)
            return false;
    }
    return false;
}

/* Nothing but other things, amounts, list marks and articles between the verb and the thing at @p i. */
static bool is_listed(const reader *r, const event *e, uint32_t i) {
    uint32_t first = i > e->last ? e->last : i + 1, last = i > e->last ? i : e->first;
    for (uint32_t at = first; at < last; at++) switch (r->tokens[at].class_id) {
        case ALM_CLASS_GOODS:
        case ALM_CLASS_MONEY:
        case ALM_CLASS_QUANTITY:
        case ALM_CLASS_WORTH:
        case ALM_CLASS_TOTAL:
        case ALM_CLASS_ETC:
        case ALM_CLASS_OF:
        case ALM_CLASS_WITH:
        case ALM_CLASS_MANY:
        case ALM_CLASS_GIFT_NOUN:
        case ALM_CLASS_FUNCTION: break;
        case ALM_CLASS_PARTY:
            if (i > e->last) break;
            return false;
        case ALM_CLASS_TEXT:
            if (r->tokens[at].cp == ALM_CP_LIST_COMMA || r->tokens[at].cp == ALM_CP_COMMA) break;
            return false;
        default: return false;
        }
    return true;
}

/* "bread and sausages, 50 boxes each": the things of the list before take the quantity too. */
static void share_quantity(const reader *r, alm_gift *gift, uint32_t i) {
    const alm_mention *last = alm_mention_of(r->folded, &r->tokens[i]);
    if (!last->value || !last->value->each) return;
    for (size_t k = gift->what_count - 1; k-- > 0;) {
        alm_what *what = &gift->whats[k];
        const alm_mention *thing = &r->folded->mentions[what->mention - 1];
        if (what->kind != ALM_WHAT_GOODS || thing->value || what->quantity) break;
        what->quantity = r->tokens[i].mention;
    }
}

static void add_what(reader *r, event *e, uint32_t from, uint32_t i) {
    alm_gift *gift = &e->gift;
    const alm_token *token = &r->tokens[i];
    if (gift->what_count == ALM_MAX_WHATS || r->used[i]) return;
    alm_what what = {.kind = ALM_WHAT_GOODS, .mention = token->mention};
    if (token->class_id == ALM_CLASS_GOODS && (is_receiving_place(r, i) || governed_by(r, i, ALM_CLASS_NOT_GIFT, 3)))
        return;
    if (token->class_id == ALM_CLASS_MONEY) {
        if (is_foreign_amount(r, i)) return;
        what.kind = is_worth(r, from, i) ? ALM_WHAT_WORTH : ALM_WHAT_CASH;
        /* money spent on the things that are given is not given beside them */
        if (what.kind == ALM_WHAT_CASH &&
            (governed_by(r, i, ALM_CLASS_SPEND, 4) || governed_by(r, i, ALM_CLASS_BUY, 4)))
            return;
    } else if (!alm_mention_of(r->folded, token)->value && i > from) {
        /* a thing without a quantity counts in a list of what is given, not anywhere in the sentence */
        if (!is_listed(r, e, i)) return;
    }
    r->used[i] = true;
    gift->whats[gift->what_count++] = what;
    if (what.kind == ALM_WHAT_GOODS) share_quantity(r, gift, i);
}

static bool has_what(const reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (is_what(r->tokens[i].class_id) && !r->used[i]) return true;
    return false;
}

/* Where the reach of event @p e to the right ends: a new subject in a later clause starts something of its own. */
static uint32_t reach_right(const reader *r, const event *e) {
    uint32_t own_end = clause_end(r, e->last);
    for (uint32_t i = own_end; i < e->after; i++) {
        if (r->tokens[i].class_id == ALM_CLASS_PARTY && case_of(r, i) == CASE_SUBJECT) return clause_start(r, i);
        if (r->tokens[i].class_id == ALM_CLASS_FUTURE || r->tokens[i].class_id == ALM_CLASS_NOT_GIFT)
            return clause_start(r, i);
    }
    return e->after;
}

/* The next event's own clause is its own where it has nothing behind its verb. */
static uint32_t leave_to_next(const reader *r, const event *e, const event *next, uint32_t limit) {
    if (!next || next->first > r->last) return limit;
    uint32_t own = clause_start(r, next->first);
    if (own <= e->last) return limit;
    if (has_what(r, next->last, clause_end(r, next->last))) return limit;
    return own < limit ? own : limit;
}

static void read_whats(reader *r, size_t k) {
    event *e = &r->events[k];
    event *next = k + 1 < r->event_count ? &r->events[k + 1] : NULL;
    uint32_t limit = leave_to_next(r, e, next, reach_right(r, e));
    for (uint32_t i = e->last; i < limit; i++)
        if (is_what(r->tokens[i].class_id)) add_what(r, e, e->last, i);
    if (e->gift.what_count && !has_class(r, e->before, e->first, ALM_CLASS_BA)) return;
    /* things of the clauses before are its own only where they are handed over: "bought coats, sent them to …" */
    uint32_t own = clause_start(r, e->first) > e->before ? clause_start(r, e->first) : e->before;
    bool hands_over = is_directed(r, &r->tokens[e->last - 1]) || has_class(r, own, e->first, ALM_CLASS_TO);
    bool reaches_back = e->gift.what_count == 0 && hands_over && !has_what(r, own, e->first);
    uint32_t begin = reaches_back ? e->before : own;
    for (uint32_t i = begin; i < e->first; i++)
        if (is_what(r->tokens[i].class_id)) add_what(r, e, begin, i);
}

/* ---- who ---- */

static void donor_add(event *e, alm_actor actor) {
    alm_gift *gift = &e->gift;
    for (size_t i = 0; i < gift->donor_count; i++)
        if (gift->donors[i].person == actor.person && gift->donors[i].organisation == actor.organisation) return;
    if (gift->donor_count < ALM_MAX_DONORS) gift->donors[gift->donor_count++] = actor;
}

static uint32_t principal(const alm_actor *actor) {
    return actor->organisation ? actor->organisation : actor->seat ? actor->seat : actor->person;
}

static void mention_add(uint32_t *list, size_t *count, uint32_t mention) {
    for (size_t i = 0; i < *count; i++)
        if (list[i] == mention) return;
    if (mention && *count < ALM_MAX_PARTIES) list[(*count)++] = mention;
}

static void take_topic(reader *r, event *e) {
    for (size_t i = 0; i < r->topic_count; i++) donor_add(e, r->topic[i]);
    e->gift.confidence -= 0.3;
}

/* "X on behalf of Y": one giver, Y by the hand of X. */
static void represent(event *e, const alm_actor *represented) {
    alm_gift *gift = &e->gift;
    if (gift->donor_count == 0) {
        donor_add(e, *represented);
        return;
    }
    alm_actor *last = &gift->donors[gift->donor_count - 1];
    if (represented->organisation) last->organisation = represented->organisation;
}

/* "the village's farmer X": the village is not who acts. */
static bool is_modifier(const reader *r, uint32_t i, uint32_t last) {
    if (i + 1 >= last || r->tokens[i + 1].class_id != ALM_CLASS_OF) return false;
    for (uint32_t at = i + 2; at < last && !ends_clause(r->tokens[at].cp); at++)
        if (r->tokens[at].class_id == ALM_CLASS_PARTY || r->tokens[at].class_id == ALM_CLASS_SUBJECT_NOUN) return true;
    return false;
}

/* A name in brackets behind a name says it again in other words. */
static bool is_gloss(const reader *r, uint32_t i) {
    return i >= r->first + 2 && r->tokens[i - 1].cp == ALM_CP_BRACKET_OPEN &&
           r->tokens[i - 2].class_id == ALM_CLASS_PARTY;
}

/* All names in [first, last) with their cases into the event; true where a subject or agent was among them. */
static bool read_names(reader *r, event *e, uint32_t first, uint32_t last, bool want_donors) {
    bool found = false;
    for (uint32_t i = first; i < last; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (r->tokens[i].class_id == ALM_CLASS_PRONOUN && want_donors && r->topic_count &&
            case_of(r, i) == CASE_SUBJECT) {
            take_topic(r, e);
            found = true;
        }
        if (!actor || is_gloss(r, i) || is_modifier(r, i, last)) continue;
        switch (case_of(r, i)) {
        case CASE_RECIPIENT: mention_add(e->gift.recipients, &e->gift.recipient_count, principal(actor)); break;
        case CASE_CHANNEL: mention_add(e->gift.channels, &e->gift.channel_count, principal(actor)); break;
        case CASE_BEHALF:
            if (!want_donors) break;
            represent(e, actor);
            found = true;
            break;
        case CASE_SUBJECT:
        case CASE_AGENT:
        case CASE_SOURCE:
        case CASE_JOINED:
            if (!want_donors) break;
            donor_add(e, *actor);
            found = true;
            break;
        case CASE_OBJECT: break;
        }
    }
    return found;
}

/* ---- receivers without a known name: places, villages, bare bodies ---- */

static bool may_be_receiver(const alm_token *token) {
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

/* A stretch that names a receiver: it starts with a place, or ends with a body's ending; "the people" names none. */
static alm_status take_receiver(reader *r, event *e, uint32_t first, uint32_t last) {
    if (first >= last || last - first > 12) return ALM_OK;
    bool body = r->tokens[last - 1].class_id == ALM_CLASS_ORG_SUFFIX,
         place = r->tokens[first].class_id == ALM_CLASS_PLACE;
    if (!body && !place) return ALM_OK;
    alm_mention m = {.class_id = body ? ALM_CLASS_ORG : ALM_CLASS_PLACE,
                     .start = r->tokens[first].start,
                     .end = r->tokens[last - 1].end,
                     .detail = ALM_ORGANISATION_OTHER,
                     .strength = 60,
                     .rule = ALM_STR("gift/receiver")};
    m.name = alm_str_slice(r->folded->text, m.start, m.end);
    uint32_t mention;
    alm_status status = alm_mention_add(r->folded, &m, &mention);
    if (status == ALM_OK) mention_add(e->gift.recipients, &e->gift.recipient_count, mention);
    return status;
}

/* The list of receivers that begins at @p i, behind "to" or a verb that sends. */
static alm_status read_receiver_list(reader *r, event *e, uint32_t i, uint32_t last) {
    while (i < last) {
        uint32_t first = i;
        while (i < last && may_be_receiver(&r->tokens[i])) i++;
        bool ends = i >= last || r->tokens[i].class_id != ALM_CLASS_OF;
        alm_status status =
            ends || r->tokens[first].class_id == ALM_CLASS_PLACE ? take_receiver(r, e, first, i) : ALM_OK;
        if (status != ALM_OK) return status;
        while (i < last && (r->tokens[i].class_id == ALM_CLASS_PARTY || r->tokens[i].class_id == ALM_CLASS_FUNCTION))
            i++;
        if (i >= last || (r->tokens[i].cp != ALM_CP_LIST_COMMA && r->tokens[i].class_id != ALM_CLASS_WITH)) break;
        i++;
    }
    return ALM_OK;
}

static alm_status read_receivers(reader *r, event *e, uint32_t limit) {
    for (uint32_t i = clause_start(r, e->first) > e->before ? clause_start(r, e->first) : e->before; i < limit; i++) {
        bool to = r->tokens[i].class_id == ALM_CLASS_TO;
        bool sends = i + 1 == e->last && is_directed(r, &r->tokens[i]);
        if (!to && !sends) continue;
        alm_status status = read_receiver_list(r, e, i + 1, limit);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* "received from X": X gives, the subject receives. */
static bool read_receipt(reader *r, event *e, uint32_t begin) {
    for (uint32_t i = e->first; i-- > begin;) {
        if (r->tokens[i].class_id != ALM_CLASS_RECEIVE) continue;
        bool found = false;
        for (uint32_t j = i + 1; j < e->first; j++) {
            const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[j]);
            if (actor) donor_add(e, *actor), found = true;
        }
        for (uint32_t j = begin; j < i; j++) {
            const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[j]);
            if (actor) mention_add(e->gift.recipients, &e->gift.recipient_count, principal(actor));
        }
        if (!found) e->gift.status = ALM_STATUS_RECEIVED;
        return true;
    }
    return false;
}

static bool counts_people(const reader *r, uint32_t i) {
    alm_measure measure = alm_mention_of(r->folded, &r->tokens[i])->value->measure;
    return measure == ALM_MEASURE_PEOPLE || measure == ALM_MEASURE_PLACE;
}

/* "an anonymous donor", "23 members", "the staff": the clause has a subject, and it is nobody named. */
static bool is_nameless_subject(const reader *r, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++) {
        switch (r->tokens[i].class_id) {
        case ALM_CLASS_VERB:
        case ALM_CLASS_TO:
        case ALM_CLASS_APPEAL:
        case ALM_CLASS_GIVE: return false;
        case ALM_CLASS_ANONYMOUS:
        case ALM_CLASS_GROUP:
        case ALM_CLASS_MEMBER: return true;
        case ALM_CLASS_QUANTITY:
            if (counts_people(r, i)) return true;
            break;
        case ALM_CLASS_LOCAL: return i == begin;
        case ALM_CLASS_SUBJECT_NOUN: return i + 1 >= end || r->tokens[i + 1].class_id != ALM_CLASS_PARTY;
        default: break;
        }
    }
    return false;
}

/* Who gives: by the verb's own clause, then the clauses before it, then whom the block spoke of last. */
static void read_donors(reader *r, event *e) {
    uint32_t begin = clause_start(r, e->first);
    if (read_receipt(r, e, begin)) return;
    for (uint32_t end = e->first;;) {
        if (read_names(r, e, begin, end, true)) {
            if (end == e->first) e->gift.confidence += 0.12; /* said by the verb's own clause */
            return;
        }
        if (is_nameless_subject(r, begin, end)) return;
        if (begin <= r->first) break;
        end = begin - 1;
        begin = clause_start(r, end);
    }
    take_topic(r, e);
}

/* "… a gift of 10,000, from X": the giver comes after. */
static void read_source(reader *r, event *e, uint32_t limit) {
    for (uint32_t i = e->last; i < limit; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || case_of(r, i) != CASE_SOURCE) continue;
        e->gift.donor_count = 0;
        donor_add(e, *actor);
        return;
    }
}

static alm_status read_others(reader *r, size_t k) {
    event *e = &r->events[k];
    uint32_t limit = reach_right(r, e);
    read_source(r, e, limit);
    if (k + 1 < r->event_count) {
        uint32_t next = clause_start(r, r->events[k + 1].first);
        if (next <= e->last) next = r->events[k + 1].first;
        if (next < limit) limit = next;
    }
    read_names(r, e, e->last, limit, false);
    return read_receivers(r, e, limit);
}

/* ---- events ---- */

/* The clause in which the sentence last names a subject before the verb; the verb's own where it has one. */
static uint32_t subject_clause(const reader *r, uint32_t i) {
    for (uint32_t begin = clause_start(r, i), end = i;;) {
        for (uint32_t at = begin; at < end; at++)
            if (r->tokens[at].class_id == ALM_CLASS_PARTY && case_of(r, at) == CASE_SUBJECT) return begin;
        if (begin <= r->first) return clause_start(r, i);
        end = begin - 1;
        begin = clause_start(r, end);
    }
}

static bool is_ruled_out(const reader *r, const event *e) {
    uint32_t subject = subject_clause(r, e->first);
    for (uint32_t i = subject; i < e->first; i++)
        if (r->tokens[i].class_id == ALM_CLASS_FUTURE) return true;
    uint32_t begin = clause_start(r, e->first);
    for (uint32_t i = begin; i < e->first; i++) {
        uint16_t c = r->tokens[i].class_id;
        if (c == ALM_CLASS_FUTURE || c == ALM_CLASS_APPEAL || c == ALM_CLASS_DISTRIBUTE) return true;
        if (c == ALM_CLASS_NEGATION && e->first - i <= 2) return true;
    }
    return false;
}

static bool merges(const reader *r, const event *e, uint32_t i) {
    if (i - e->last > MAX_GAP) return false;
    for (uint32_t at = e->last; at < i; at++)
        if (ends_clause(r->tokens[at].cp) || r->tokens[at].class_id == ALM_CLASS_PARTY ||
            is_what(r->tokens[at].class_id))
            return false;
    return true;
}

static void find_events(reader *r) {
    r->event_count = 0;
    for (uint32_t i = r->first; i < r->last; i++) {
        if (!is_trigger(r->tokens[i].class_id)) continue;
        event *last = r->event_count ? &r->events[r->event_count - 1] : NULL;
        if (last && merges(r, last, i)) {
            last->last = i + 1;
            continue;
        }
        if (r->event_count == MAX_EVENTS) break;
        event *e = &r->events[r->event_count++];
        memset(e, 0, sizeof *e);
        e->first = i;
        e->last = i + 1;
        e->gift.confidence = 0.66;
        e->gift.trigger_start = r->tokens[i].start;
    }
    for (size_t k = 0; k < r->event_count; k++) {
        event *e = &r->events[k];
        e->before = k ? r->events[k - 1].last : r->first;
        e->after = k + 1 < r->event_count ? r->events[k + 1].first : r->last;
        e->gift.trigger_end = r->tokens[e->last - 1].end;
        e->gift.start = r->tokens[r->first].start;
        e->gift.end = r->tokens[r->last - 1].end;
        e->gift.rule = ALM_STR("gift/verb");
    }
}

/* A verb of moving things, with nothing of its own, tells where the gift before it went. */
static void join_previous(event *previous, const event *e) {
    for (size_t i = 0; i < e->gift.recipient_count; i++)
        mention_add(previous->gift.recipients, &previous->gift.recipient_count, e->gift.recipients[i]);
    for (size_t i = 0; i < e->gift.channel_count; i++)
        mention_add(previous->gift.channels, &previous->gift.channel_count, e->gift.channels[i]);
}

static uint32_t nearest_date(const reader *r, uint32_t i) {
    while (i-- > r->first)
        if (r->tokens[i].class_id == ALM_CLASS_DATE) return r->tokens[i].mention;
    return 0;
}

static size_t money_count(const alm_gift *gift) {
    size_t count = 0;
    for (size_t i = 0; i < gift->what_count; i++) count += gift->whats[i].kind == ALM_WHAT_CASH;
    return count;
}

/*
 * How sure a gift is: measured shares of right gifts by what speaks for them (bench/truth.py prints them anew). A verb
 * that says "donate", a receiver, one giver and things of the lexicon speak for it; things that no list knows against
 * it.
 */
static double confidence_of(const reader *r, const event *e) {
    double confidence = e->gift.confidence;
    if (has_class(r, e->first, e->last, ALM_CLASS_GIVE)) confidence += 0.06;
    if (e->gift.recipient_count) confidence += 0.04;
    if (e->gift.donor_count > 1) confidence -= 0.15;
    for (size_t i = 0; i < e->gift.what_count; i++)
        if (r->folded->mentions[e->gift.whats[i].mention - 1].strength < 90) {
            confidence -= 0.1;
            break;
        }
    return confidence < 0.2 ? 0.2 : confidence > 0.9 ? 0.9 : confidence;
}

/* "A and B each gave": a gift for each. "A, B and C gave 1, 2 and 3 respectively": one by one. Else one joint gift. */
static alm_status put(reader *r, const event *e) {
    const alm_gift *gift = &e->gift;
    bool each =
        has_class(r, e->before, e->after, ALM_CLASS_EACH) && gift->donor_count > 1 && gift->recipient_count == 0;
    each = each || (gift->donor_count > 1 && has_class(r, clause_start(r, e->first), e->first, ALM_CLASS_EACH));
    bool split = gift->donor_count > 1 && has_class(r, e->before, e->after, ALM_CLASS_SPLIT) &&
                 gift->what_count == gift->donor_count;
    if (!each && !split) return alm_gift_add(r->relation, gift);
    (void)money_count;
    for (size_t i = 0; i < gift->donor_count; i++) {
        alm_gift one = *gift;
        one.donors[0] = gift->donors[i];
        one.donor_count = 1;
        if (split) {
            one.whats[0] = gift->whats[i];
            one.what_count = 1;
        }
        alm_status status = alm_gift_add(r->relation, &one);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static bool holds(const reader *r, const event *e) {
    if (e->gift.what_count == 0 || e->gift.donor_count == 0) return false;
    if (e->last == e->first + 1 && has_attr(r, &r->tokens[e->first], "weak") && e->gift.recipient_count == 0 &&
        e->gift.channel_count == 0) {
        bool things = false;
        for (size_t i = 0; i < e->gift.what_count; i++) things = things || e->gift.whats[i].kind == ALM_WHAT_GOODS;
        if (!things || !r->block_has_gift) return false;
    }
    bool give = has_class(r, e->first, e->last, ALM_CLASS_GIVE) || has_class(r, e->first, e->last, ALM_CLASS_RAISE);
    if (give) return true;
    /* moving things about is giving where somebody gets them, or where money is put up */
    return e->gift.recipient_count > 0 || money_count(&e->gift) > 0 || r->block_has_gift ||
           r->relation->tells_of_giving;
}

static alm_status read_events(reader *r) {
    find_events(r);
    event *previous = NULL;
    for (size_t k = 0; k < r->event_count; k++) {
        event *e = &r->events[k];
        if (is_ruled_out(r, e)) continue;
        read_whats(r, k);
        read_donors(r, e);
        alm_status status = read_others(r, k);
        if (status != ALM_OK) return status;
        e->gift.date = nearest_date(r, e->first);
        if (e->gift.what_count == 0) {
            if (previous) join_previous(previous, e);
            continue;
        }
        previous = e;
    }
    for (size_t k = 0; k < r->event_count; k++) {
        if (!holds(r, &r->events[k])) continue;
        r->events[k].gift.confidence = confidence_of(r, &r->events[k]);
        alm_status status = put(r, &r->events[k]);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* A bare number behind a name, where a block lists who gave what: an amount of money. */
static alm_status number_as_money(reader *r, uint32_t i, uint32_t *out) {
    const alm_mention *number = alm_mention_of(r->folded, &r->tokens[i]);
    alm_value *money = ALM_ARENA_NEW(r->folded->arena, alm_value);
    if (!money) return ALM_E_NOMEM;
    *money = *number->value;
    money->kind = ALM_VALUE_MONEY;
    money->unit = ALM_STR("CNY");
    alm_mention m = *number;
    m.class_id = ALM_CLASS_MONEY;
    m.value = money;
    return alm_mention_add(r->folded, &m, out);
}

static bool is_amount_like(const reader *r, uint32_t i) {
    if (r->tokens[i].class_id != ALM_CLASS_NUMBER) return false;
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[i])->value;
    return value->form == ALM_FORM_PLAIN && value->amount.len >= 3;
}

static bool joins_name_and_amount(const alm_token *token) {
    return token->cp == ' ' || token->cp == ALM_CP_COLON || token->cp == ALM_CP_BRACKET_OPEN || token->cp == '\t' ||
           token->class_id == ALM_CLASS_EACH || token->class_id == ALM_CLASS_OF || token->class_id == ALM_CLASS_TITLE ||
           token->class_id == ALM_CLASS_GROUP;
}

/* The parties of the list that ends at @p i, which one amount with "each" is for. */
static uint32_t list_start(const reader *r, uint32_t i) {
    while (i >= r->first + 2 && r->tokens[i - 1].cp == ALM_CP_LIST_COMMA &&
           r->tokens[i - 2].class_id == ALM_CLASS_PARTY)
        i -= 2;
    return i;
}

static alm_status put_pair(reader *r, uint32_t name, uint32_t next) {
    event e = {.first = name, .last = next, .before = r->first, .after = r->last};
    alm_gift *gift = &e.gift;
    bool number = is_amount_like(r, next);
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[next])->value;
    if (number) {
        gift->whats[0].kind = ALM_WHAT_CASH;
        alm_status status = number_as_money(r, next, &gift->whats[0].mention);
        if (status != ALM_OK) return status;
        gift->what_count = 1;
        r->used[next] = true;
    } else {
        add_what(r, &e, next, next);
    }
    if (gift->what_count == 0) return ALM_OK;
    gift->trigger_start = gift->trigger_end = r->tokens[next].start;
    gift->start = r->tokens[r->first].start;
    gift->end = r->tokens[r->last - 1].end;
    gift->rule = ALM_STR("gift/pair");
    gift->confidence = number ? 0.93 : 0.85;
    gift->donor_count = 1;
    bool each = (value && value->each) || has_class(r, name, next, ALM_CLASS_EACH);
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
static uint32_t over_verb(const reader *r, uint32_t next) {
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
static alm_status read_pairs(reader *r) {
    if (!r->block_has_gift && !r->relation->tells_of_giving) return ALM_OK;
    for (uint32_t i = r->first; i < r->last; i++) {
        if (r->tokens[i].class_id != ALM_CLASS_PARTY || case_of(r, i) != CASE_SUBJECT) continue;
        uint32_t next = i + 1;
        while (next < r->last && joins_name_and_amount(&r->tokens[next])) next++;
        if (next < r->last && !is_what(r->tokens[next].class_id)) next = over_verb(r, next);
        if (next >= r->last || r->used[next] || !(is_what(r->tokens[next].class_id) || is_amount_like(r, next)))
            continue;
        if (r->tokens[next].class_id == ALM_CLASS_GOODS && !alm_mention_of(r->folded, &r->tokens[next])->value)
            continue;
        alm_status status = put_pair(r, i, next);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static void remember_topic(reader *r) {
    for (uint32_t i = r->last; i-- > r->first;) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || case_of(r, i) != CASE_SUBJECT) continue;
        r->topic[0] = *actor;
        r->topic_count = 1;
        return;
    }
}

static bool title_tells(const alm_relation *relation) {
    alm_str title = relation->document->page.title;
    const alm_lexicon *words = relation->folded->pack->scanned;
    for (size_t at = 0; at < title.len; alm_utf8_next(title, &at)) {
        uint32_t sense;
        if (alm_lexicon_longest(words, title, at, &sense) && alm_lexicon_sense_of(words, sense, ALM_CLASS_GIVE))
            return true;
    }
    return false;
}

static bool tells_of_giving(const alm_relation *relation) {
    const alm_folded *folded = relation->folded;
    size_t count = 0;
    for (size_t i = 0; i < folded->count; i++) count += folded->tokens[i].class_id == ALM_CLASS_GIVE;
    return count >= 2 || title_tells(relation);
}

alm_status alm_gifts_find(alm_relation *relation) {
    alm_folded *folded = relation->folded;
    reader r = {.relation = relation, .folded = folded, .tokens = folded->tokens};
    r.used = alm_arena_calloc(folded->arena, folded->count, sizeof *r.used);
    r.events = alm_arena_calloc(folded->arena, MAX_EVENTS, sizeof *r.events);
    if (!r.used || !r.events) return ALM_E_NOMEM;
    relation->tells_of_giving = tells_of_giving(relation);
    for (uint32_t i = 0; i < folded->count; i = r.last) {
        r.first = i;
        r.last = i;
        while (r.last < folded->count && !ends_sentence(folded->tokens[r.last].cp)) r.last++;
        if (r.last < folded->count) r.last++;
        if (relation->in_table[r.first]) continue;
        if (has_class(&r, r.first, r.last, ALM_CLASS_GIVE)) r.block_has_gift = true;
        alm_status status = read_events(&r);
        if (status == ALM_OK) status = read_pairs(&r);
        if (status != ALM_OK) return status;
        remember_topic(&r);
        if (r.last > r.first && folded->tokens[r.last - 1].cp == '\n') r.topic_count = 0;
    }
    return ALM_OK;
}
