/*
 * Who is named in a clause of giving and does not give: where somebody is from, whom a stranger is described by, who
 * received; and clauses whose giver has no name that the page has told.
 */
#include "extract/relate/gift_priv.h"

enum { MIN_STRANGER = 2, MAX_STRANGER = 6, PLURAL = 0x4EEC /* behind whom there are several of */ };

/*
 * "X Town's shopkeeper Y", "faculty X's alumnus of 1988, director Y", with nothing but nouns between: where Y is from.
 * A department stands right before the name.
 */
static bool names_home_of(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    bool noun = false, year = false;
    for (uint32_t at = i + 1; at < last; at++) switch (r->tokens[at].class_id) {
        case ALM_CLASS_SUBJECT_NOUN: noun = true; break;
        case ALM_CLASS_NUMBER: year = true; break;
        case ALM_CLASS_QUANTITY: year = true; break;
        case ALM_CLASS_NOUN:
            noun = noun || (at == i + 1 && at + 1 < last && r->tokens[at + 1].class_id == ALM_CLASS_PARTY);
            break;
        case ALM_CLASS_ORG_PART:
        case ALM_CLASS_GOODS:
        case ALM_CLASS_GOODS_NOUN: break;
        case ALM_CLASS_PARTY: return noun && alm_actor_of(r->relation, &r->tokens[at])->person;
        default:
            if (r->tokens[at].class_id == ALM_CLASS_TEXT && alm_is_digit(r->tokens[at].cp)) {
                year = true;
                break;
            }
            if (!(year && alm_is_plain_han(&r->tokens[at])) && !(noun && r->tokens[at].cp == ALM_CP_LIST_COMMA))
                return false;
        }
    return false;
}

/* "Town X "The Sisters' Kitchen"", "shop Y of town X": where the body behind it is. */
static bool is_place_of(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    if (!actor || actor->person || !alm_party_is_place(r->relation, actor)) return false;
    uint32_t next = i + 1 + (r->tokens[i + 1].class_id == ALM_CLASS_OF);
    return next < last && (r->tokens[next].class_id == ALM_CLASS_PARTY || r->tokens[next].cp == ALM_CP_QUOTE_OPEN);
}

/* "the village's farmer X": the village is not who acts; but "the chamber's entrepreneurs" are the chamber. */
bool alm_gift_is_modifier(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    if (names_home_of(r, i, last) || alm_party_is_kin(r->relation, i, last)) return true;
    if (i + 1 >= last) return false;
    bool under = alm_gift_has_attr(r, &r->tokens[i + 1], "under"); /* "group X's subsidiary Y" */
    if (is_place_of(r, i, last)) return true;
    if (r->tokens[i + 1].class_id != ALM_CLASS_OF && !under) return false;
    for (uint32_t at = i + 2; at < last && !alm_gift_ends_clause(r->tokens[at].cp); at++)
        if (r->tokens[at].class_id == ALM_CLASS_PARTY) return true;
    return false;
}

/*
 * "The town's vegetable grower Zhong", "a teacher from the town": a place, and a clause that goes on to speak of
 * somebody from there, whom the rules may not know. The place does not give.
 */
bool alm_gift_is_home(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    if (actor->person || !alm_party_is_place(r->relation, actor)) return false;

    for (uint32_t at = i + 1; at < last && !alm_gift_ends_clause(r->tokens[at].cp); at++)
        switch (r->tokens[at].class_id) {
        case ALM_CLASS_TEXT: return alm_is_han(r->tokens[at].cp);
        case ALM_CLASS_SUBJECT_NOUN:
        case ALM_CLASS_TITLE: return true;
        case ALM_CLASS_PARTY:
            return alm_actor_of(r->relation, &r->tokens[at])->person &&
                   !alm_gift_has_class(r, i + 1, at, ALM_CLASS_TO) && !alm_gift_has_class(r, i + 1, at, ALM_CLASS_WITH);
        case ALM_CLASS_TO:
        case ALM_CLASS_BA:
        case ALM_CLASS_VIA: return false;
        default: break;
        }
    return false;
}

/* "the federation's president firm Yaoju": a member that no finder knows, not the body itself. */
bool alm_gift_is_unknown_member(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    return i + 3 < last && r->tokens[i + 1].class_id == ALM_CLASS_MEMBER && alm_is_plain_han(&r->tokens[i + 2]) &&
           alm_is_plain_han(&r->tokens[i + 3]);
}

/* "an anonymous donor", "23 members", "the staff": the clause has a subject, and it is nobody named. */
bool alm_gift_is_nameless(const alm_gift_reader *r, uint32_t begin, uint32_t end) {
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
            if (alm_gift_counts_people(r, i)) return true;
            break;
        case ALM_CLASS_TEXT: /* "the teachers" */
            if (i > begin && r->tokens[i].cp == PLURAL) return true;
            break;
        case ALM_CLASS_LOCAL: return i == begin;
        case ALM_CLASS_ADVERB: /* "the others gave 1,000 each", "the other 20,000 are members' gifts"; but "the other
                                  20,000 was given" */
            if (alm_gift_has_attr(r, &r->tokens[i], "others") &&
                (!alm_gift_has_class(r, i, end, ALM_CLASS_MONEY) || alm_gift_has_class(r, i, end, ALM_CLASS_MEMBER) ||
                 alm_gift_has_class(r, i, end, ALM_CLASS_ANONYMOUS)))
                return true;
            break;
        case ALM_CLASS_SUBJECT_NOUN: /* "sent his son with": the son only carries it */
            if (i > begin && r->tokens[i - 1].class_id == ALM_CLASS_VIA) break;
            return i + 1 >= end || r->tokens[i + 1].class_id != ALM_CLASS_PARTY;
        default: break;
        }
    }
    return false;
}

/* A clause may have a subject of its own: it opens a sentence, or the one before it told a gift. */
static bool starts_anew(const alm_gift_reader *r, const alm_gift_event *e, uint32_t begin) {
    return begin == r->first || r->tokens[begin - 1].cp == ALM_CP_SEMICOLON ||
           (e > r->events && e->before == e[-1].last && e->before > alm_gift_clause_start(r, begin - 1));
}

/* "…; the bean curd seller Feng took": a subject that no finder knows, and not the one before it. */
bool alm_gift_has_stranger(const alm_gift_reader *r, const alm_gift_event *e, uint32_t begin) {
    uint32_t start = begin;
    bool described = false; /* by a post or a trade: somebody is meant, wherever the clause stands */
    for (uint32_t i = begin; i < e->first; i++) switch (r->tokens[i].class_id) {
        case ALM_CLASS_ROLE:
        case ALM_CLASS_SUBJECT_NOUN:
            described = true;
            start = i + 1;
            break;
        case ALM_CLASS_OF:
            described = false;
            start = i + 1;
            break;
        default: break;
        }
    if (!described && !starts_anew(r, e, begin)) return false;
    uint32_t end = start;
    while (end < e->first && (alm_is_plain_han(&r->tokens[end]) || r->tokens[end].cp == ' ')) end++;
    if (end < start + MIN_STRANGER || end > start + MAX_STRANGER) return false;
    if (end == e->first) return true;
    switch (r->tokens[end].class_id) {
    case ALM_CLASS_BA:
    case ALM_CLASS_TO:
    case ALM_CLASS_VIA:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_PLAIN: return true;
    default: return false;
    }
}

/* The verb's clause begins with a body that no finder knows: it gives, not whoever was named before. */
bool alm_gift_is_unknown_body(const alm_gift_reader *r, uint32_t begin, uint32_t end) {
    while (begin < end &&
           (r->tokens[begin].class_id == ALM_CLASS_ADVERB || r->tokens[begin].class_id == ALM_CLASS_DATE))
        begin++;
    for (uint32_t i = begin; i < end; i++) {
        const alm_token *token = &r->tokens[i];
        if (token->class_id == ALM_CLASS_ORG_SUFFIX) return true;
        bool part = token->class_id == ALM_CLASS_ORG_PART &&
                    alm_str_is_c(alm_token_attr(r->folded, token, ALM_CLASS_ORG_PART, 0), "industry");
        if (part && i > begin) return true;
        if (!part && !alm_is_plain_han(token) && token->class_id != ALM_CLASS_PLACE &&
            token->class_id != ALM_CLASS_LOCAL && token->class_id != ALM_CLASS_NOUN)
            return false;
    }
    return false;
}

/* "all members", "the staff": no more than a word before them, and no number. */
bool alm_gift_is_whole_body(const alm_gift_reader *r, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end && i < begin + 3; i++) {
        uint16_t c = r->tokens[i].class_id;
        if (c == ALM_CLASS_MEMBER || c == ALM_CLASS_GROUP) return true;
        if (c == ALM_CLASS_QUANTITY || c == ALM_CLASS_ANONYMOUS) return false;
    }
    return false;
}

/* "The least came from, the last was …", and no name that a finder knows: whoever it was, not who was named before. */
bool alm_gift_is_unknown_copula(const alm_gift_reader *r, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin + 1; i < end; i++)
        if (r->tokens[i].class_id == ALM_CLASS_IS && r->tokens[i - 1].class_id == ALM_CLASS_OF) return true;
    return false;
}

/* "The charity has received 1,000,000": who is named there is not who gave. */
bool alm_gift_has_received(const alm_gift_reader *r, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++) {
        if (r->tokens[i].class_id != ALM_CLASS_RECEIVE || !alm_gift_has_attr(r, &r->tokens[i], "gift")) continue;
        for (uint32_t at = i + 1; at < end; at++) switch (r->tokens[at].class_id) {
            case ALM_CLASS_GIVE:
            case ALM_CLASS_GIFT_NOUN:
            case ALM_CLASS_MONEY: return true;
            default: break;
            }
    }
    return false;
}

static bool is_people(const alm_gift_reader *r, uint32_t i) {
    uint16_t c = r->tokens[i].class_id;
    return c == ALM_CLASS_GROUP || c == ALM_CLASS_MEMBER || c == ALM_CLASS_SUBJECT_NOUN || alm_gift_counts_people(r, i);
}

/*
 * "The chamber called up its members, each of whom gave 500", "he led the staff to give 20,000": what those gave is not
 * the chamber's, nor his.
 */
bool alm_gift_is_of_mustered(const alm_gift_reader *r, const alm_gift_event *e) {
    if (e->gift.donor_count != 1) return false;
    uint32_t begin = alm_gift_clause_start(r, e->first), each = e->first, muster = e->first;
    while (each > begin && r->tokens[each - 1].class_id != ALM_CLASS_EACH) each--;
    bool apiece = each > begin && e->gift.donors[0].organisation && !alm_gift_has_class(r, begin, each, ALM_CLASS_TO);
    bool led = false;
    while (muster > r->first && !alm_gift_has_attr(r, &r->tokens[muster - 1], "muster")) muster--;
    if (muster == r->first) return false;
    bool money = e->gift.donors[0].person && !e->gift.donors[0].organisation && e->gift.what_count &&
                 e->gift.whats[0].kind == ALM_WHAT_CASH;
    for (uint32_t i = muster; i < e->first && muster > begin; i++) led = led || (money && is_people(r, i));
    if (!(apiece && muster <= each) && !led) return false;
    for (uint32_t at = muster; at-- > r->first;) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[at]);
        if (actor && alm_gift_principal(actor) == alm_gift_principal(&e->gift.donors[0])) return true;
    }
    return false;
}
