/*
 * The case of a name: receiver, channel, agent, source, the one represented, or the subject, by the word that governs
 * it.
 */
#include "extract/relate/gift_priv.h"

/* A token that a governor reaches over: other names of the list, plain characters, places. */
bool alm_gift_is_transparent(const alm_token *token) {
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
    case ALM_CLASS_PART:
    case ALM_CLASS_NOUN:
    case ALM_CLASS_PERSONAL:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_OWN:
    case ALM_CLASS_PLAIN: return true;
    case ALM_CLASS_TEXT:
        return alm_is_han(token->cp) || token->cp == ALM_CP_LIST_COMMA || token->cp == ALM_CP_QUOTE_OPEN ||
               token->cp == ALM_CP_QUOTE_CLOSE;
    default: return false;
    }
}

/* "at the town hall", "according to the charity": a name behind a preposition does nothing. */
static bool is_locating(const alm_gift_reader *r, const alm_token *word) {
    return alm_gift_has_attr(r, word, "report") || (r->tokens + r->first < word && alm_gift_has_attr(r, word, "at"));
}

/* "X said": what follows is X's report, not X's deed. */
bool alm_gift_speaks(const alm_gift_reader *r, uint32_t i) {
    uint32_t next = i + 1;
    while (next < r->last &&
           (r->tokens[next].class_id == ALM_CLASS_ADVERB || r->tokens[next].class_id == ALM_CLASS_TITLE))
        next++;
    return next < r->last && r->tokens[next].class_id == ALM_CLASS_SAY;
}

/* What stands behind the list of names in which the name at @p i is; adverbs are passed over. */
static const alm_token *behind_names(const alm_gift_reader *r, uint32_t i) {
    uint32_t next = i + 1;
    while (next < r->last &&
           (r->tokens[next].class_id == ALM_CLASS_PARTY || r->tokens[next].class_id == ALM_CLASS_WITH ||
            r->tokens[next].class_id == ALM_CLASS_ADVERB || r->tokens[next].class_id == ALM_CLASS_PLAIN ||
            r->tokens[next].cp == ALM_CP_LIST_COMMA))
        next++;
    return next < r->last ? &r->tokens[next] : NULL;
}

static bool is_charity(const alm_gift_reader *r, uint32_t i) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    return actor && alm_gift_type_of(r, actor) == ALM_ORGANISATION_CHARITY;
}

/* "received, and handed on to …": a directed verb that hands on, behind the one at @p word in its clause. */
static bool hands_on(const alm_gift_reader *r, const alm_token *word) {
    for (; word < r->tokens + r->last && !alm_gift_ends_clause(word->cp); word++)
        if (alm_gift_is_trigger(word->class_id)) return alm_gift_has_attr(r, word, "hand");
    return false;
}

/* "by the charity, which hands it on", "accepted by the charity": whom such a verb follows gives nothing of its own. */
static alm_name_case agent_case(const alm_gift_reader *r, uint32_t i) {
    const alm_token *next = behind_names(r, i);
    if (!next) return ALM_CASE_AGENT;
    if (next->class_id == ALM_CLASS_RECEIVE) return hands_on(r, next + 1) ? ALM_CASE_CHANNEL : ALM_CASE_RECIPIENT;
    bool hands = alm_gift_is_trigger(next->class_id) && alm_gift_has_attr(r, next, "hand");
    bool spreads = next->class_id == ALM_CLASS_DISTRIBUTE ||
                   (next->class_id == ALM_CLASS_SEND && alm_gift_has_attr(r, next, "weak"));
    return hands || (spreads && is_charity(r, i)) ? ALM_CASE_CHANNEL : ALM_CASE_AGENT;
}

/* "through X's mediation", "asked X to mediate": what X does with the gift is not to pass it on. */
static alm_name_case channel_case(const alm_gift_reader *r, uint32_t i) {
    const alm_token *next = behind_names(r, i);
    return next && next->class_id == ALM_CLASS_VERB ? ALM_CASE_OBJECT : ALM_CASE_CHANNEL;
}

/* "passed on X's 500", "brought X's gift of 500": X is whose it was. */
static bool is_passed_on(const alm_gift_reader *r, uint32_t i) {
    const alm_token *verb = &r->tokens[i - 1];
    if (alm_gift_is_directed(r, verb) || i + 1 >= r->last || r->tokens[i + 1].class_id != ALM_CLASS_OF) return false;
    for (uint32_t at = i + 2; at < r->last && at < i + 6 && !alm_gift_ends_clause(r->tokens[at].cp); at++)
        if (r->tokens[at].class_id == ALM_CLASS_MONEY) return true;
    return false;
}

/* "gave X 200 bags": what is counted in bags is a thing, whatever it sounds like. */
static bool is_counted_as_thing(const alm_gift_reader *r, uint32_t i) {
    return !alm_gift_is_directed(r, &r->tokens[i - 1]) && i + 1 < r->last && alm_gift_counts_things(r, i + 1);
}

/* "handed on the 500 bags that X had given": X is the subject of the inner clause. */
static bool is_inner_giver(const alm_gift_reader *r, uint32_t i) {
    const alm_token *next = behind_names(r, i);
    return next && next->class_id == ALM_CLASS_GIVE && next + 1 < r->tokens + r->last &&
           next[1].class_id == ALM_CLASS_OF;
}

/* "gave 200 loaves to the home": a goal behind what was given. */
static bool is_goal(const alm_gift_reader *r, uint32_t at) {
    return alm_gift_has_attr(r, &r->tokens[at], "goal") && at > r->first &&
           alm_gift_is_what(r->tokens[at - 1].class_id);
}

static bool is_of_list(const alm_token *token) {
    return token->class_id == ALM_CLASS_PARTY || token->class_id == ALM_CLASS_WITH || token->cp == ALM_CP_LIST_COMMA;
}

static bool describes(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_NOUN:
    case ALM_CLASS_GROUP:
    case ALM_CLASS_SUBJECT_NOUN: return true;
    default: return false;
    }
}

/* "to the people who fight at the front of X", "to the office, which …, X": the governor stands before the clause that
 * describes the name. */
static bool is_described_receiver(const alm_gift_reader *r, uint32_t i) {
    uint32_t begin = alm_gift_clause_start(r, i), at = i;
    while (at > begin && is_of_list(&r->tokens[at - 1])) at--;
    while (at > begin && describes(&r->tokens[at - 1])) at--;
    if (at == begin || r->tokens[at - 1].class_id != ALM_CLASS_OF) return false;
    while (at-- > begin) {
        const alm_token *word = &r->tokens[at];
        if (word->class_id == ALM_CLASS_TO) return alm_gift_has_attr(r, word, "far");
        if (alm_gift_is_trigger(word->class_id)) return alm_gift_is_directed(r, word);
        bool lacked = word->class_id == ALM_CLASS_GOODS && !alm_mention_of(r->folded, word)->value;
        if ((alm_gift_is_what(word->class_id) && !lacked) || word->class_id == ALM_CLASS_PARTY) return false;
    }
    return false;
}

/* What governs the number at @p i, over nouns and places, is "to". */
static bool is_given_to(const alm_gift_reader *r, uint32_t begin, uint32_t i) {
    while (i > begin && (r->tokens[i - 1].class_id == ALM_CLASS_NOUN || r->tokens[i - 1].class_id == ALM_CLASS_PLACE ||
                         r->tokens[i - 1].class_id == ALM_CLASS_LOCAL))
        i--;
    return i > begin && r->tokens[i - 1].class_id == ALM_CLASS_TO;
}

/*
 * "to the fund's centre …, school X and school Y", "to that town's … school X it gave": words that nobody knows stand
 * between "to" and a name in a list, or right before the verb of giving; such a name gives nothing.
 */
static bool is_under_to(const alm_gift_reader *r, uint32_t begin, uint32_t at, uint32_t i) {
    const alm_token *next = behind_names(r, i);
    bool given = next && alm_gift_is_trigger(next->class_id);
    if (!given && r->tokens[i - 1].cp != ALM_CP_LIST_COMMA && r->tokens[i - 1].class_id != ALM_CLASS_WITH) return false;
    for (; at > begin; at--) {
        const alm_token *word = &r->tokens[at - 1];
        if (word->class_id == ALM_CLASS_TO)
            return alm_gift_has_attr(r, word, "far") || (given && alm_gift_has_attr(r, word, "for"));
        bool inside = alm_gift_is_transparent(word) || word->class_id == ALM_CLASS_OF ||
                      word->class_id == ALM_CLASS_VERB || word->class_id == ALM_CLASS_QUANTITY ||
                      word->class_id == ALM_CLASS_GROUP || word->class_id == ALM_CLASS_FUNCTION ||
                      word->class_id == ALM_CLASS_TOTAL || word->class_id == ALM_CLASS_PRONOUN;
        if (!inside) return false;
    }
    return false;
}

/* "he got firm X to give": whom such a verb is done to gives. */
static bool is_pivot(const alm_gift_reader *r, uint32_t verb, uint32_t i) {
    const alm_token *next = behind_names(r, i);
    return next && next->class_id == ALM_CLASS_GIVE && alm_gift_has_attr(r, &r->tokens[verb], "pivot");
}

/* A name in [first, last), before the verb: what stands behind the verb and its attribute is not who acts. */
static bool has_subject(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (r->tokens[i].class_id == ALM_CLASS_PARTY && r->tokens[i + 1].class_id != ALM_CLASS_OF) return true;
    return false;
}

bool alm_gift_is_paired(const alm_gift_reader *r, uint32_t i) {
    return i > r->first && r->tokens[i - 1].class_id == ALM_CLASS_WITH && i + 1 < r->last &&
           alm_gift_has_attr(r, &r->tokens[i + 1], "pair");
}

bool alm_gift_is_brand(const alm_gift_reader *r, uint32_t i) {
    return i + 1 < r->last && r->tokens[i + 1].class_id == ALM_CLASS_GOODS &&
           alm_gift_has_class(r, alm_gift_clause_start(r, i), i, ALM_CLASS_PART);
}

alm_name_case alm_gift_case_of(const alm_gift_reader *r, uint32_t i) {
    if (alm_gift_speaks(r, i) || alm_gift_is_paired(r, i) || alm_gift_is_brand(r, i)) return ALM_CASE_OBJECT;
    if (is_described_receiver(r, i)) return ALM_CASE_RECIPIENT;
    uint32_t begin = alm_gift_clause_start(r, i);
    bool modified = false; /* an attribute stands between: what holds inside it does not govern the name behind */
    bool titled = i > begin && r->tokens[i - 1].cp == ALM_CP_QUOTE_OPEN && i + 1 < r->last &&
                  r->tokens[i + 1].cp == ALM_CP_QUOTE_CLOSE; /* the quotes hold no more than the name */
    bool beside = true;                                      /* nothing but names of the same list stands between */
    for (uint32_t at = i; at > begin; at--) {
        const alm_token *before = &r->tokens[at - 1];
        bool quote = titled && r->tokens[at].cp == ALM_CP_QUOTE_OPEN;
        if (at < i) beside = beside && (quote || is_of_list(&r->tokens[at]));
        if (titled && before->cp == ALM_CP_QUOTE_OPEN) continue;
        switch (before->class_id) {
        case ALM_CLASS_OF: modified = true; continue;
        case ALM_CLASS_TO: return ALM_CASE_RECIPIENT;
        case ALM_CLASS_VIA:
            if (r->tokens[at].class_id == ALM_CLASS_OF) continue; /* "that can hardly be got through" */
            return channel_case(r, i);
        case ALM_CLASS_BY: return agent_case(r, i);
        case ALM_CLASS_BEHALF: return modified ? ALM_CASE_SUBJECT : ALM_CASE_BEHALF;
        case ALM_CLASS_JOIN: return modified ? ALM_CASE_SUBJECT : ALM_CASE_JOINED;
        case ALM_CLASS_RECEIVE: return ALM_CASE_SOURCE;
        case ALM_CLASS_FROM: return ALM_CASE_SOURCE;
        case ALM_CLASS_GIVE:
        case ALM_CLASS_SEND:
            if (beside && is_inner_giver(r, i)) return ALM_CASE_SUBJECT;
            if (at == i && is_passed_on(r, i)) return ALM_CASE_SOURCE;
            if (at == i && is_counted_as_thing(r, i)) return ALM_CASE_OBJECT;
            return at == i || alm_gift_is_directed(r, before) ? ALM_CASE_RECIPIENT : ALM_CASE_SUBJECT;
        case ALM_CLASS_DISTRIBUTE:
            if (at == i || alm_gift_is_directed(r, before)) return ALM_CASE_RECIPIENT;
            break;
        case ALM_CLASS_FUNCTION:
            if (is_goal(r, at - 1)) return ALM_CASE_RECIPIENT;
            if (beside && (is_locating(r, before) || alm_gift_has_attr(r, before, "goal"))) return ALM_CASE_OBJECT;
            continue;
        case ALM_CLASS_BA: /* "took the temple's money": whose it was */
            if (at == i && i + 1 < r->last && r->tokens[i + 1].class_id == ALM_CLASS_OF) return ALM_CASE_OBJECT;
            break;
        case ALM_CLASS_VISIT:
        case ALM_CLASS_DIRECTION: return ALM_CASE_OBJECT;
        case ALM_CLASS_VERB:
            if (beside && is_pivot(r, at - 1, i)) return ALM_CASE_AGENT;
            if (is_under_to(r, begin, at, i)) return ALM_CASE_RECIPIENT;
            if (beside && at - 1 == begin && alm_gift_has_attr(r, before, "thank")) return ALM_CASE_SUBJECT;
            return beside || (modified && has_subject(r, begin, at - 1)) ? ALM_CASE_OBJECT : ALM_CASE_SUBJECT;
        case ALM_CLASS_IS: /* "the second was X", "X is the chamber's head": X gives, not what X is; but "it is X's
                              gift", "it is X who gave" */
            if (at - 1 > begin && r->tokens[at - 2].class_id == ALM_CLASS_OF) return ALM_CASE_SUBJECT;
            if (!modified && !alm_gift_has_class(r, begin, alm_gift_clause_end(r, i), ALM_CLASS_GIVE))
                return ALM_CASE_OBJECT;
            break;
        case ALM_CLASS_COST: /* "to each …" */
        case ALM_CLASS_EACH:
            if (is_given_to(r, begin, at - 1)) continue;
            break;
        case ALM_CLASS_QUANTITY: /* "for the 54 elders", "to its 19 towns' X" */
            if (alm_gift_counts_people(r, at - 1) || is_given_to(r, begin, at - 1)) continue;
            break;
        default: break;
        }
        if (!alm_gift_is_transparent(before))
            return is_under_to(r, begin, at, i) ? ALM_CASE_RECIPIENT : ALM_CASE_SUBJECT;
    }
    return ALM_CASE_SUBJECT;
}

/* A named body or place, or one that is named by its tie to the giver, stands behind "for" or "to" at @p at. */
static bool names_beneficiary(const alm_gift_reader *r, uint32_t at, uint32_t last) {
    for (uint32_t i = at + 1; i < last; i++) {
        switch (r->tokens[i].class_id) {
        case ALM_CLASS_OWN:
        case ALM_CLASS_PLACE:
        case ALM_CLASS_LOCAL:
        case ALM_CLASS_ORG_SUFFIX: return true;
        case ALM_CLASS_PARTY: return true;
        default: break;
        }
        if (!alm_gift_is_transparent(&r->tokens[i]) && r->tokens[i].class_id != ALM_CLASS_OF) return false;
    }
    return false;
}

bool alm_gift_is_deed(const alm_gift_reader *r, uint32_t i) {
    uint16_t class_id = r->tokens[i].class_id;
    if (class_id != ALM_CLASS_BUY && (class_id != ALM_CLASS_VERB || alm_walk_trades(r->folded, &r->tokens[i])))
        return false;
    uint32_t next = i + 1;
    while (next < r->last && r->tokens[next].class_id == ALM_CLASS_FUNCTION) next++;
    if (next >= r->last || r->tokens[next].class_id != ALM_CLASS_GOODS) return false;
    const alm_mention *thing = alm_mention_of(r->folded, &r->tokens[next]);
    if (thing->strength < 90 || !thing->value) return false;
    for (uint32_t at = i, begin = alm_gift_clause_start(r, i); at-- > begin;) {
        if (r->tokens[at].class_id == ALM_CLASS_TO)
            return alm_gift_has_attr(r, &r->tokens[at], "for") && names_beneficiary(r, at, i);
        if (alm_gift_is_trigger(r->tokens[at].class_id) || alm_gift_is_what(r->tokens[at].class_id)) return false;
    }
    return false;
}
