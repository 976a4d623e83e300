/*
 * What was given: amounts and things on the verb's side of the sentence, told apart into cash, worth and goods.
 */
#include "extract/relate/gift_priv.h"

enum { MAX_ATTRIBUTE = 5, SUPPLIES_STRENGTH = 70 };

bool alm_gift_governed_by(const alm_gift_reader *r, uint32_t i, uint16_t class_id, uint32_t reach) {
    for (uint32_t at = i; at > r->first && i - at < reach; at--) {
        const alm_token *before = &r->tokens[at - 1];
        if (before->class_id == class_id) return true;
        if (alm_gift_is_what(before->class_id) || alm_gift_ends_clause(before->cp) ||
            before->class_id == ALM_CLASS_PARTY)
            return false;
    }
    return false;
}

static bool names_things(const alm_gift_reader *r, uint32_t i) {
    return alm_str_is_c(alm_token_attr(r->folded, &r->tokens[i], ALM_CLASS_GIFT_NOUN, 0), "things");
}

static bool has_goods_before(const alm_gift_reader *r, uint32_t from, uint32_t i) {
    for (uint32_t at = i; at-- > from;) {
        if (r->tokens[at].class_id == ALM_CLASS_GOODS) return true;
        if (names_things(r, at)) return true;
        if (alm_gift_ends_sentence(r->tokens[at].cp)) return false;
    }
    return false;
}

/* "gave money and goods, 45,000 in all", "gave goods of 45,000". */
static bool gives_things(const alm_gift_reader *r, uint32_t i) {
    if (i > r->first && r->tokens[i - 1].class_id == ALM_CLASS_GIFT_NOUN && names_things(r, i - 1)) return true;
    for (uint32_t at = i; at > r->first && i - at < 4; at--)
        if (r->tokens[at - 1].class_id == ALM_CLASS_GIVE) return alm_gift_has_attr(r, &r->tokens[at - 1], "things");
    return false;
}

/* "200,000 of flood relief supplies": things are the head of the noun that begins behind the amount. */
static bool values_things(const alm_gift_reader *r, uint32_t i) {
    for (uint32_t at = i + 1; at < r->last && at - i <= MAX_ATTRIBUTE; at++) {
        const alm_token *token = &r->tokens[at];
        switch (token->class_id) {
        case ALM_CLASS_GOODS:
            return !alm_mention_of(r->folded, token)->value || r->tokens[i + 1].class_id == ALM_CLASS_OF;
        case ALM_CLASS_GIFT_NOUN: return names_things(r, at);
        case ALM_CLASS_VERB: /* "20 million to build a school": money */
            if (alm_gift_has_attr(r, token, "build")) return false;
            break;
        case ALM_CLASS_QUANTITY:
            if (!alm_gift_counts_things(r, at)) return false;
            break;
        case ALM_CLASS_OF:
        case ALM_CLASS_NOUN:
        case ALM_CLASS_ORG_PART: break;
        default:
            if (!alm_is_plain_han(token)) return false;
        }
    }
    return false;
}

/* "…, 86,000 in all in cash": the noun before the sum says what it sums. */
static bool sums_money(const alm_gift_reader *r, uint32_t i) {
    for (uint32_t at = i; at > r->first && i - at < MAX_ATTRIBUTE; at--) {
        const alm_token *before = &r->tokens[at - 1];
        if (before->class_id == ALM_CLASS_GIFT_NOUN) return !names_things(r, at - 1);
        if (before->class_id == ALM_CLASS_GOODS || alm_gift_ends_clause(before->cp)) return false;
    }
    return false;
}

/* An amount that values things rather than being given: "worth", "… of masks", a sum behind things. */
static bool is_worth(const alm_gift_reader *r, uint32_t from, uint32_t i) {
    if (alm_gift_governed_by(r, i, ALM_CLASS_WORTH, 6) || gives_things(r, i) || values_things(r, i)) return true;
    return has_goods_before(r, from, i) && alm_gift_governed_by(r, i, ALM_CLASS_TOTAL, 5) && !sums_money(r, i);
}

/* "took the month's wages of 9,600 and handed them in": whatever they were before, they are given. */
static bool is_handed_over(const alm_gift_reader *r, uint32_t i) {
    if (!alm_gift_has_class(r, alm_gift_clause_start(r, i), i, ALM_CLASS_BA)) return false;
    for (uint32_t at = i + 1; at < r->last && !alm_gift_ends_clause(r->tokens[at].cp); at++)
        if (alm_gift_is_trigger(r->tokens[at].class_id)) return true;
    return false;
}

/* "took 20,000 out of the wages": what they were before stands between "from" and the verb. "Gave the month's wages of
 * 3,000": behind the verb what somebody earned is given. */
static bool is_taken_from(const alm_gift_reader *r, uint32_t i) {
    bool taken = false, other = false, income = false;
    for (uint32_t begin = alm_gift_clause_start(r, i); i > begin; i--) {
        const alm_token *before = &r->tokens[i - 1];
        if (before->class_id == ALM_CLASS_GIVE && income) return true;
        if (alm_gift_is_trigger(before->class_id) && !other) taken = true;
        if (before->class_id == ALM_CLASS_NOT_GIFT) other = true, income = alm_gift_has_attr(r, before, "income");
        if (before->class_id == ALM_CLASS_FUNCTION && alm_gift_has_attr(r, before, "at") && other) return taken;
    }
    return false;
}

/* "… for 168,000, sold at auction": what the buyer paid. */
static bool is_price(const alm_gift_reader *r, uint32_t i) {
    return i + 1 < r->last && alm_gift_has_attr(r, &r->tokens[i + 1], "price"); /* also "for 2 yuan a pound" */
}

static bool is_foreign_amount(const alm_gift_reader *r, uint32_t i) {
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[i])->value;
    return (alm_gift_governed_by(r, i, ALM_CLASS_NOT_GIFT, 8) && !is_handed_over(r, i) && !is_taken_from(r, i)) ||
           is_price(r, i) || alm_gift_governed_by(r, i, ALM_CLASS_COST, 4) || value->amount.len == 0 ||
           alm_str_starts(value->amount, ALM_STR("0"));
}

/* "100,000 each, 850,000 in all": the sum of what was told before it, by several donors. */
static bool is_sum_of_told(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
    if (!alm_gift_governed_by(r, i, ALM_CLASS_TOTAL, 5)) return false;
    bool several = e->gift.donor_count > 1 || alm_gift_has_class(r, e->before, e->first, ALM_CLASS_EACH);
    if (!several && alm_gift_has_class(r, e->last, i, ALM_CLASS_EACH)) return false; /* so much to each of them */

    bool told = false;
    for (size_t k = 0; k < e->gift.what_count; k++) {
        const alm_what *what = &e->gift.whats[k];
        if (what->kind == ALM_WHAT_GOODS) return false; /* the sum values both */
        told =
            told || (what->kind == ALM_WHAT_CASH && (several || !r->folded->mentions[what->mention - 1].value->each));
    }
    return told;
}

/* "handed to five communities", "carried into the tents": counted perhaps, but not given. */
static bool is_receiving_place(const alm_gift_reader *r, uint32_t i) {
    const alm_mention *thing = alm_mention_of(r->folded, &r->tokens[i]);
    if (!thing->value && i > r->first && alm_gift_is_trigger(r->tokens[i - 1].class_id) &&
        alm_gift_is_directed(r, &r->tokens[i - 1]))
        return true;
    if (thing->strength >= 90) return false;
    uint32_t begin = alm_gift_clause_start(r, i);
    for (uint32_t at = i; at > begin; at--) {
        const alm_token *before = &r->tokens[at - 1];
        if (before->class_id == ALM_CLASS_TO) return true;
        if (alm_gift_is_trigger(before->class_id)) return alm_gift_is_directed(r, before);
        if (!alm_gift_is_transparent(before) && before->class_id != ALM_CLASS_OF &&
            before->class_id != ALM_CLASS_FUNCTION)
            return false;
    }
    return false;
}

/* "the supplies include: …" */
static bool opens_contents(const alm_token *token) {
    return token->class_id == ALM_CLASS_PART || token->class_id == ALM_CLASS_GIFT_NOUN;
}

/* Nothing but other things, amounts, list marks and articles between the verb and the thing at @p i. */
static bool is_listed(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
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
        case ALM_CLASS_VERB: /* "worth 40,000, imported" */
            if (at > r->first && r->tokens[at - 1].class_id == ALM_CLASS_OF) break;
            return false;
        case ALM_CLASS_PART:
        case ALM_CLASS_PARTY:
            if (i > e->last) break;
            return false;
        case ALM_CLASS_TEXT:
            if (r->tokens[at].cp == ALM_CP_LIST_COMMA || r->tokens[at].cp == ALM_CP_COMMA) break;
            if (r->tokens[at].cp == ALM_CP_COLON && opens_contents(&r->tokens[at - 1])) break;
            return false;
        default: return false;
        }
    return true;
}

/* "bread and sausages, 50 boxes each": the things of the list before take the quantity too. */
static void share_quantity(const alm_gift_reader *r, alm_gift *gift, uint32_t i) {
    const alm_mention *last = alm_mention_of(r->folded, &r->tokens[i]);
    if (!last->value || !last->value->each) return;
    for (size_t k = gift->what_count - 1; k-- > 0;) {
        alm_what *what = &gift->whats[k];
        const alm_mention *thing = &r->folded->mentions[what->mention - 1];
        if (what->kind != ALM_WHAT_GOODS || thing->value || what->quantity) break;
        what->quantity = r->tokens[i].mention;
    }
}

/* "a device worth 40,000": the thing's quantity stands before its value. 0 where none does. */
static uint32_t quantity_before_value(const alm_gift_reader *r, uint32_t i) {
    if (i > r->first && r->tokens[i - 1].class_id == ALM_CLASS_VERB) i--; /* "imported" */
    if (i < r->first + 3 || r->tokens[i - 1].class_id != ALM_CLASS_OF || r->tokens[i - 2].class_id != ALM_CLASS_MONEY)
        return 0;
    uint32_t at = i - 2;
    while (at > r->first &&
           (r->tokens[at - 1].class_id == ALM_CLASS_WORTH || r->tokens[at - 1].class_id == ALM_CLASS_TOTAL ||
            r->tokens[at - 1].class_id == ALM_CLASS_ADVERB || r->tokens[at - 1].cp == ALM_CP_COMMA))
        at--;
    return at > r->first && alm_gift_counts_things(r, at - 1) ? r->tokens[at - 1].mention : 0;
}

/*
 * "took the masks and gave … 600 boxes": one thing before the verb or behind it without its quantity, and a quantity
 * of its own clause that counts nothing else.
 */
static void quantity_behind_verb(const alm_gift_reader *r, alm_gift_event *e) {
    alm_what *thing = NULL;
    for (size_t i = 0; i < e->gift.what_count; i++) {
        alm_what *what = &e->gift.whats[i];
        if (what->kind != ALM_WHAT_GOODS) continue;
        if (thing || what->quantity || r->folded->mentions[what->mention - 1].value) return;
        thing = what;
    }
    if (!thing) return;
    uint32_t end = alm_gift_clause_end(r, e->last);
    for (uint32_t i = e->last; i < end && i < e->after; i++)
        if (alm_gift_counts_things(r, i)) {
            thing->quantity = r->tokens[i].mention;
            return;
        }
}

/* "for 20,000", "put up 80,000, bought coats and gave them": what the things cost that are given. */
static bool is_spent(const alm_gift_reader *r, uint32_t i) {
    if (alm_gift_governed_by(r, i, ALM_CLASS_SPEND, 4) || alm_gift_governed_by(r, i, ALM_CLASS_BUY, 4)) return true;
    uint32_t buy = i + 1;
    if (buy < r->last && r->tokens[buy].cp == ALM_CP_COMMA) buy++;
    if (buy >= r->last || r->tokens[buy].class_id != ALM_CLASS_BUY) return false;
    bool things = false;
    for (uint32_t at = buy + 1; at < r->last; at++) {
        things = things || r->tokens[at].class_id == ALM_CLASS_GOODS;
        uint16_t c = r->tokens[at].class_id;
        if (things && (c == ALM_CLASS_GIVE || c == ALM_CLASS_SEND)) return true;
    }
    return false;
}

/* "80,000 masks (10,000 N95 masks among them)", "200 bottles of spirit, of which 50 of medical spirit". */
static bool is_part_of_things(const alm_gift_reader *r, const alm_gift *gift, uint32_t i) {
    if (gift->what_count == 0 || i < r->first + 2 || r->tokens[i - 1].class_id != ALM_CLASS_PART) return false;
    const alm_what *whole = &gift->whats[gift->what_count - 1];
    if (whole->kind != ALM_WHAT_GOODS) return false;
    const alm_mention *thing = &r->folded->mentions[whole->mention - 1],
                      *part = alm_mention_of(r->folded, &r->tokens[i]);
    if (!thing->value) return false;
    if (r->tokens[i - 2].cp == ALM_CP_BRACKET_OPEN) return true;
    return alm_str_ends(part->name, thing->name);
}

/* "… 50,000 to buy masks", "to complete the school's equipment": what the money is for, not given beside it. */
static bool is_purpose(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
    uint32_t begin = alm_gift_clause_start(r, i);
    for (uint32_t at = i; at > begin && at > e->last; at--)
        if (r->tokens[at - 1].class_id == ALM_CLASS_DIRECTION &&
            (r->tokens[at].class_id == ALM_CLASS_BUY ||
             (r->tokens[at].class_id == ALM_CLASS_VERB && alm_gift_has_attr(r, &r->tokens[at - 1], "use"))))
            return true;
    return false;
}

/* "…, the students received 5,000 each", "the paintings that X gave raised 48,800": what came of a gift, told behind
 * it. */
static bool is_outcome(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
    if (i < e->last) return false;
    uint32_t begin = alm_gift_clause_start(r, i);
    if (begin < e->last) begin = e->last;
    bool each = false;
    for (uint32_t at = begin; at < i; at++) {
        uint16_t c = r->tokens[at].class_id;
        if (c == ALM_CLASS_RAISE && e->gift.what_count && e->gift.whats[0].kind == ALM_WHAT_GOODS) return true;
        if (c == ALM_CLASS_RECEIVE && each) return true;
        each = each || c == ALM_CLASS_EACH;
    }
    return false;
}

/* "1,000 yuan/person/day" */
static bool is_rate(const alm_gift_reader *r, uint32_t i) {
    return i + 2 < r->last && r->tokens[i + 1].cp == '/' && alm_is_han(r->tokens[i + 2].cp);
}

void alm_gift_add_what(alm_gift_reader *r, alm_gift_event *e, uint32_t from, uint32_t i) {
    alm_gift *gift = &e->gift;
    const alm_token *token = &r->tokens[i];
    if (gift->what_count == ALM_MAX_WHATS || r->used[i]) return;
    alm_what what = {.kind = ALM_WHAT_GOODS, .mention = token->mention};
    bool owned = i > r->first && r->tokens[i - 1].class_id == ALM_CLASS_OF; /* "the masks in stock" may be given */
    if (token->class_id == ALM_CLASS_GOODS &&
        (is_receiving_place(r, i) || is_purpose(r, e, i) || is_part_of_things(r, gift, i) ||
         (!owned && alm_gift_governed_by(r, i, ALM_CLASS_NOT_GIFT, 3))))
        return;
    if (token->class_id == ALM_CLASS_MONEY) {
        if (is_foreign_amount(r, i) || is_rate(r, i) || is_outcome(r, e, i)) return;
        if (is_sum_of_told(r, e, i)) {
            r->used[i] = true;
            return;
        }

        what.kind = is_worth(r, from, i) ? ALM_WHAT_WORTH : ALM_WHAT_CASH;
        /* money spent on the things that are given is not given beside them */
        if (what.kind == ALM_WHAT_CASH && is_spent(r, i)) return;
    } else if (!alm_mention_of(r->folded, token)->value && i > from) {
        /* a thing without a quantity counts in a list of what is given, not anywhere in the sentence; "who sells bean
         * curd" tells who */
        if (!is_listed(r, e, i) || (i > e->last && i + 1 < r->last && r->tokens[i + 1].class_id == ALM_CLASS_OF))
            return;
    }
    r->used[i] = true;
    e->what_at[gift->what_count] = i;
    gift->whats[gift->what_count++] = what;
    if (what.kind != ALM_WHAT_GOODS) return;
    if (!alm_mention_of(r->folded, token)->value)
        gift->whats[gift->what_count - 1].quantity = quantity_before_value(r, i);
    share_quantity(r, gift, i);
}

static bool has_what(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (alm_gift_is_what(r->tokens[i].class_id) && !r->used[i]) return true;
    return false;
}

uint32_t alm_gift_over_sum(const alm_gift_reader *r, uint32_t end) {
    if (end >= r->last || r->tokens[end].cp != ALM_CP_COMMA) return end;
    uint32_t next = alm_gift_clause_end(r, end + 1);
    bool money = false;
    for (uint32_t i = end + 1; i < next; i++) {
        uint16_t c = r->tokens[i].class_id;
        if (c == ALM_CLASS_PARTY || c == ALM_CLASS_RECEIVE || c == ALM_CLASS_FROM || alm_gift_is_trigger(c)) return end;
        money = money || c == ALM_CLASS_MONEY;
    }
    return money ? next : end;
}

/* "A gave 1,000, B 500, C 300" in one list: where the next of them begins; @p end where none does. */
static uint32_t next_in_list(const alm_gift_reader *r, const alm_gift_event *e, uint32_t end) {
    bool told = false;
    for (uint32_t i = e->last; i + 1 < end; i++) {
        if (told && r->tokens[i].class_id == ALM_CLASS_PARTY && r->tokens[i - 1].cp == ALM_CP_LIST_COMMA &&
            r->tokens[i + 1].class_id == ALM_CLASS_MONEY)
            return i;
        told = told || r->tokens[i].class_id == ALM_CLASS_MONEY;
    }
    return end;
}

/* Where the reach of event @p e to the right ends: a new subject in a later clause starts something of its own. */
uint32_t alm_gift_reach(const alm_gift_reader *r, const alm_gift_event *e) {
    uint32_t own_end = alm_gift_clause_end(r, e->last), listed = next_in_list(r, e, own_end);
    if (listed < own_end && listed < e->after) return listed;
    for (uint32_t i = own_end; i < e->after; i++) {
        if (r->tokens[i].class_id == ALM_CLASS_FROM) { /* "…, from X; the next …" */
            uint32_t end = alm_gift_over_sum(r, alm_gift_clause_end(r, i));
            return end < e->after ? end : e->after;
        }
        if (r->tokens[i].class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT)
            return alm_gift_clause_start(r, i);
        if (r->tokens[i].class_id == ALM_CLASS_RECEIVE && i == alm_gift_clause_start(r, i)) return i;
        if (r->tokens[i].class_id == ALM_CLASS_FUTURE || r->tokens[i].class_id == ALM_CLASS_NOT_GIFT)
            return alm_gift_clause_start(r, i);
    }
    return e->after;
}

/* The next event's own clause is its own where it has nothing behind its verb. */
static uint32_t leave_to_next(const alm_gift_reader *r, const alm_gift_event *e, const alm_gift_event *next,
                              uint32_t limit) {
    if (!next || next->first > r->last) return limit;
    uint32_t own = alm_gift_clause_start(r, next->first);
    if (own <= e->last) return limit;
    if (has_what(r, next->last, alm_gift_clause_end(r, next->last))) return limit;
    return own < limit ? own : limit;
}

/* Where the clauses before begin that may tell what is handed over: the first with a subject of its own is the last. */
static uint32_t reach_back(const alm_gift_reader *r, const alm_gift_event *e, uint32_t own) {
    uint32_t begin = own;
    while (begin > e->before && begin > r->first && r->tokens[begin - 1].cp != ALM_CP_SEMICOLON) {
        begin = alm_gift_clause_start(r, begin - 1);
        if (begin < e->before) begin = e->before;
        for (uint32_t i = begin; i < own && r->tokens[i].cp != ALM_CP_COMMA; i++)
            if (r->tokens[i].class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT) return begin;
    }
    return begin;
}

static bool is_owned(const alm_gift_reader *r, uint32_t first, uint32_t i) {
    return alm_gift_is_what(r->tokens[i].class_id) && i >= first + 2 && r->tokens[i - 1].class_id == ALM_CLASS_OF &&
           r->tokens[i - 2].class_id == ALM_CLASS_PARTY;
}

/* "X's 5 tons and Y's 40 boxes arrived": each is its owner's. */
static bool have_owners(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    size_t count = 0;
    for (uint32_t i = first; i < last; i++) count += is_owned(r, first, i);
    return count > 1;
}

static void read_whats(alm_gift_reader *r, size_t k) {
    alm_gift_event *e = &r->events[k];
    alm_gift_event *next = k + 1 < r->event_count ? &r->events[k + 1] : NULL;
    uint32_t limit = leave_to_next(r, e, next, alm_gift_reach(r, e));
    for (uint32_t i = e->last; i < limit; i++)
        if (alm_gift_is_what(r->tokens[i].class_id)) alm_gift_add_what(r, e, e->last, i);
    if (e->gift.what_count && !alm_gift_has_class(r, e->before, e->first, ALM_CLASS_BA)) return;
    /* things of the clauses before are its own only where they are handed over: "bought coats, sent them to …" */
    uint32_t own = alm_gift_clause_start(r, e->first) > e->before ? alm_gift_clause_start(r, e->first) : e->before;
    bool hands_over = alm_gift_is_directed(r, &r->tokens[e->last - 1]) ||
                      (e->last < r->last && alm_gift_is_institution(r, e->last)) || /* "…, gave school X" */
                      alm_gift_has_class(r, own, e->first, ALM_CLASS_TO) ||
                      alm_gift_has_class(r, own, e->first, ALM_CLASS_BY); /* "…, given by X" */
    bool reaches_back = e->gift.what_count == 0 && hands_over && !has_what(r, own, e->first);
    uint32_t begin = reaches_back ? reach_back(r, e, own) : own;
    if (have_owners(r, begin, e->first)) return;
    for (uint32_t i = begin; i < e->first; i++)
        if (alm_gift_is_what(r->tokens[i].class_id)) alm_gift_add_what(r, e, begin, i);
}

void alm_gift_read_whats(alm_gift_reader *r, size_t k) {
    read_whats(r, k);
    quantity_behind_verb(r, &r->events[k]);
}

/* ---- supplies that are not told one by one ---- */

/* The supplies named behind the verb in its clause, at the end of their phrase; @p e's clause end where none are. */
static uint32_t find_supplies(const alm_gift_reader *r, const alm_gift_event *e, uint32_t end) {
    for (uint32_t i = e->last; i < end; i++) {
        const alm_token *token = &r->tokens[i];
        if (token->class_id == ALM_CLASS_GIFT_NOUN) {
            uint32_t next = i + 1 < end && alm_gift_counts_things(r, i + 1) ? i + 2 : i + 1;
            return names_things(r, i) && (next == end || r->tokens[next].class_id == ALM_CLASS_ETC) ? i : end;
        }
        bool counted = token->class_id == ALM_CLASS_QUANTITY && alm_gift_counts_things(r, i);
        if (!counted && token->class_id != ALM_CLASS_MANY && token->class_id != ALM_CLASS_OF &&
            token->class_id != ALM_CLASS_FUNCTION)
            return end;
    }
    return end;
}

alm_status alm_gift_read_supplies(alm_gift_reader *r, alm_gift_event *e) {
    alm_gift *gift = &e->gift;
    if (gift->what_count || gift->donor_count == 0 || !alm_gift_has_class(r, e->first, e->last, ALM_CLASS_GIVE))
        return ALM_OK;
    uint32_t end = alm_gift_clause_end(r, e->last), i = find_supplies(r, e, end);
    if (i == end || (i == e->last && (gift->recipient_count == 0 || e->implied))) return ALM_OK;
    const alm_token *token = &r->tokens[i];
    alm_mention supplies = {.class_id = ALM_CLASS_GOODS,
                            .start = token->start,
                            .end = token->end,
                            .name = alm_token_text(r->folded, token),
                            .strength = SUPPLIES_STRENGTH,
                            .rule = ALM_STR("goods/supplies")};
    alm_what *what = &gift->whats[0];
    what->kind = ALM_WHAT_GOODS;
    what->quantity = i > e->last && alm_gift_counts_things(r, i - 1)   ? r->tokens[i - 1].mention
                     : i + 1 < end && alm_gift_counts_things(r, i + 1) ? r->tokens[i + 1].mention
                                                                       : 0;
    e->what_at[0] = i;
    r->used[i] = true;
    gift->what_count = 1;
    return alm_mention_add(r->folded, &supplies, &what->mention);
}
