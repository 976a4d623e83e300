/*
 * Gifts without a verb: a name and what it gave side by side, where the block tells of giving.
 */
#include "extract/relate/bare_amount.h"
#include "extract/relate/gift_priv.h"

enum { MAX_OVER = 10 };

static bool joins_name_and_amount(const alm_token *token) {
    return token->cp == ' ' || token->cp == ALM_CP_COLON || token->cp == ALM_CP_BRACKET_OPEN || token->cp == '\t' ||
           token->class_id == ALM_CLASS_EACH || token->class_id == ALM_CLASS_OF || token->class_id == ALM_CLASS_TITLE ||
           token->class_id == ALM_CLASS_GROUP || token->class_id == ALM_CLASS_PERSONAL;
}

/* "X (firm Y) 8", "X and 18 members …", "X and 10 others, 5 each": what stands between a name and its amount. */
static uint32_t behind_name(const alm_gift_reader *r, uint32_t i) {
    uint32_t next = i + 1;
    if (next < r->last && r->tokens[next].cp == ALM_CP_BRACKET_OPEN && next + 2 < r->last &&
        r->tokens[next + 1].class_id == ALM_CLASS_PARTY && r->tokens[next + 2].cp == ALM_CP_BRACKET_CLOSE)
        next += 3;
    if (next < r->last && r->tokens[next].class_id == ALM_CLASS_PRONOUN &&
        alm_gift_has_attr(r, &r->tokens[next], "many"))
        next++; /* "X and wife" */
    uint32_t others = next;
    while (others < r->last &&
           (r->tokens[others].class_id == ALM_CLASS_WITH || r->tokens[others].class_id == ALM_CLASS_ETC ||
            r->tokens[others].class_id == ALM_CLASS_QUANTITY || r->tokens[others].class_id == ALM_CLASS_MEMBER))
        others++;
    if (others > next + 1) next = others;
    while (next < r->last && joins_name_and_amount(&r->tokens[next])) next++;
    return next;
}

/* The parties of the list that ends at @p i, which one amount with "each" is for. */
static uint32_t list_start(const alm_gift_reader *r, uint32_t i) {
    while (i >= r->first + 2 &&
           (r->tokens[i - 1].cp == ALM_CP_LIST_COMMA || r->tokens[i - 1].class_id == ALM_CLASS_WITH) &&
           r->tokens[i - 2].class_id == ALM_CLASS_PARTY)
        i -= 2;
    return i;
}

static bool goes_on_with_things(const alm_gift_reader *r, uint32_t i) {
    switch (r->tokens[i].class_id) {
    case ALM_CLASS_WITH:
    case ALM_CLASS_WORTH:
    case ALM_CLASS_TOTAL:
    case ALM_CLASS_ETC:
    case ALM_CLASS_GIFT_NOUN: return true;
    default:
        return r->tokens[i].cp == ALM_CP_LIST_COMMA || r->tokens[i].cp == ALM_CP_COMMA || r->tokens[i].cp == ' ' ||
               r->tokens[i].cp == '+' || r->tokens[i].cp == ALM_CP_BRACKET_OPEN ||
               r->tokens[i].cp == ALM_CP_BRACKET_CLOSE;
    }
}

/* The what at @p next and those of the same list behind it. */
static void take_list(alm_gift_reader *r, alm_gift_event *e, uint32_t next) {
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[next])->value;
    for (uint32_t i = next; i < r->last; i++) {
        if (value && value->each && r->tokens[i].class_id == ALM_CLASS_TOTAL) break; /* the sum over all of them */
        if (alm_gift_is_what(r->tokens[i].class_id))
            alm_gift_add_what(r, e, next, i);
        else if (!goes_on_with_things(r, i))
            break;
    }
}

/* "The village received 100,000, of which X 30,000 and Y 20,000": whom the verb of receiving before them names. */
static alm_status read_receiver(alm_gift_reader *r, alm_gift_event *e) {
    for (uint32_t i = e->first; i-- > r->first;)
        if (r->tokens[i].class_id == ALM_CLASS_RECEIVE) return alm_gift_read_recipient_subject(r, e, i);
    return ALM_OK;
}

/* The name at @p name gave what stands at @p next; @p told is how sure it is that it was a gift. */
static alm_status put_pair(alm_gift_reader *r, uint32_t name, uint32_t next, double told) {
    alm_gift_event e = {.first = name, .last = next, .before = r->first, .after = r->last};
    alm_gift *gift = &e.gift;
    bool number = alm_bare_amount_is(r->relation, &r->tokens[next]);
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[next])->value;
    if (number) {
        gift->whats[0].kind = ALM_WHAT_CASH;
        alm_status status =
            alm_bare_amount_mention(r->relation, &r->tokens[next], (alm_column_unit){0}, &gift->whats[0].mention);
        if (status != ALM_OK) return status;
        gift->what_count = 1;
        r->used[next] = true;
    } else {
        take_list(r, &e, next);
    }
    if (gift->what_count == 0) return ALM_OK;
    alm_status received = read_receiver(r, &e);
    if (received != ALM_OK) return received;
    gift->trigger_start = gift->trigger_end = r->tokens[next].start;
    gift->start = r->tokens[r->first].start;
    gift->end = r->tokens[r->last - 1].end;
    gift->rule = ALM_STR("gift/pair");
    gift->confidence = number ? 0.93 : told;
    gift->donor_count = 1;
    bool each = (value && value->each) || alm_gift_has_class(r, name, next, ALM_CLASS_EACH);
    for (uint32_t i = each ? list_start(r, name) : name; i <= name; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor) continue;
        gift->donors[0] = *actor;
        alm_status status = alm_gift_add(r->relation, gift);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* What may stand between a name and what it gave, where a verb that no list knows says that it did. */
static bool passes(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_VERB:
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_OF:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_NOUN:
    case ALM_CLASS_PERSONAL:
    case ALM_CLASS_BA:
    case ALM_CLASS_EACH:
    case ALM_CLASS_TOTAL:
    case ALM_CLASS_GROUP:
    case ALM_CLASS_TITLE:
    case ALM_CLASS_DATE: return true;
    case ALM_CLASS_TEXT: return alm_is_han(token->cp);
    default: return false;
    }
}

/*
 * A counted thing behind a name in one clause, with a verb between that no list knows ("brought along", "put by"):
 * where gifts are told, one more. The token of the thing, or @p next.
 */
static uint32_t over_verb(const alm_gift_reader *r, uint32_t next) {
    for (uint32_t i = next; i < r->last && i - next <= MAX_OVER; i++) {
        const alm_token *token = &r->tokens[i];
        if (token->class_id == ALM_CLASS_GOODS) {
            const alm_mention *thing = alm_mention_of(r->folded, token);
            bool lent = i + 1 < r->last && alm_walk_trades(r->folded, token + 1);
            return thing->strength >= 90 && thing->value && !lent ? i : next;
        }
        bool described = i + 1 < r->last && token[1].class_id == ALM_CLASS_OF; /* "the masks that they make" */
        if (!passes(token) || (!described && alm_walk_trades(r->folded, token))) break;
    }
    return next;
}

/* Nothing but what describes the name at @p name stands before it in its clause: "teacher X of town Y". */
static bool heads_clause(const alm_gift_reader *r, uint32_t name) {
    for (uint32_t i = name, begin = alm_gift_clause_start(r, name); i > begin; i--) switch (r->tokens[i - 1].class_id) {
        case ALM_CLASS_PLACE:
        case ALM_CLASS_LOCAL:
        case ALM_CLASS_NOUN:
        case ALM_CLASS_OF:
        case ALM_CLASS_SUBJECT_NOUN:
        case ALM_CLASS_ROLE:
        case ALM_CLASS_ADVERB:
        case ALM_CLASS_QUANTITY:
        case ALM_CLASS_MEMBER:
        case ALM_CLASS_ORG_PART:
        case ALM_CLASS_WITH:
        case ALM_CLASS_PARTY: break;
        default:
            if (r->tokens[i - 1].cp != ALM_CP_LIST_COMMA && r->tokens[i - 1].cp != ALM_CP_QUOTE_OPEN &&
                r->tokens[i - 1].cp != ALM_CP_QUOTE_CLOSE && !alm_is_plain_han(&r->tokens[i - 1]))
                return false;
        }
    return true;
}

/*
 * "X, 30 boxes of apples; Y, in cash 500": nothing but the name stands in its clause. The token of what it gave, or
 * @p next.
 */
static uint32_t over_comma(const alm_gift_reader *r, uint32_t name, uint32_t next) {
    if (next + 1 >= r->last || r->tokens[next].cp != ALM_CP_COMMA || !heads_clause(r, name) ||
        alm_party_is_place(r->relation, alm_actor_of(r->relation, &r->tokens[name])))
        return next;
    uint32_t what = next + 1;
    while (what < r->last &&
           (r->tokens[what].class_id == ALM_CLASS_GIFT_NOUN || r->tokens[what].class_id == ALM_CLASS_EACH))
        what++;
    return what < r->last && alm_gift_is_what(r->tokens[what].class_id) ? what : next;
}

static bool tells_others(const alm_gift_reader *r) {
    for (size_t k = 0; k < r->event_count; k++)
        if (r->events[k].gift.what_count) return true;
    return false;
}

/* "'X 500' is an error for 'Y 500'": an entry that is put right, no gift of its own. */
static bool is_quoted(const alm_gift_reader *r, uint32_t name, uint32_t next) {
    if (name == r->first || next + 1 >= r->last || !alm_gift_has_class(r, r->first, r->last, ALM_CLASS_NOT_GIFT))
        return false;
    uint32_t open = r->tokens[name - 1].cp, close = r->tokens[next + 1].cp;
    return (open == ALM_CP_QUOTE_OPEN || open == '"') && (close == ALM_CP_QUOTE_CLOSE || close == '"');
}

/* "those of X get 3,000 each": what each of them receives. */
static bool is_share(const alm_gift_reader *r, uint32_t name, uint32_t next) {
    const alm_mention *what = alm_mention_of(r->folded, &r->tokens[next]);
    return what->value && what->value->each && next == name + 2 && r->tokens[name + 1].class_id == ALM_CLASS_OF;
}

/* Name and amount side by side, without a verb, where the block tells of giving: "X 500, Y 200". */
alm_status alm_gift_read_pairs(alm_gift_reader *r) {
    if (!r->block_has_gift && !r->relation->tells_of_giving) return ALM_OK;
    for (uint32_t i = r->first; i < r->last; i++) {
        if (r->tokens[i].class_id != ALM_CLASS_PARTY || alm_gift_names_nobody(r, i)) continue;
        alm_name_case name_case = alm_gift_case_of(r, i); /* "received from X 500": X gave */
        if (name_case != ALM_CASE_SUBJECT && name_case != ALM_CASE_SOURCE) continue;
        if (alm_gift_is_brand(r, i)) continue;
        uint32_t next = behind_name(r, i);
        double told = 0.85;
        uint32_t listed = over_comma(r, i, next);
        if (listed != next) {
            next = listed;
        } else if (next < r->last && !alm_gift_is_what(r->tokens[next].class_id)) {
            if (!alm_gift_is_public(r, alm_actor_of(r->relation, &r->tokens[i]))) next = over_verb(r, next);
            if (!tells_others(r)) told = 0.62;
        }
        if (next >= r->last || r->used[next] ||
            !(alm_gift_is_what(r->tokens[next].class_id) || alm_bare_amount_is(r->relation, &r->tokens[next])))
            continue;
        if (r->tokens[next].class_id == ALM_CLASS_GOODS && !alm_mention_of(r->folded, &r->tokens[next])->value)
            continue;
        if (is_quoted(r, i, next) || is_share(r, i, next)) continue;
        alm_status status = put_pair(r, i, next, told);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}
