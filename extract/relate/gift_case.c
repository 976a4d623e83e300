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
    case ALM_CLASS_NOUN:
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
    return r->tokens + r->first < word && alm_gift_has_attr(r, word, "at");
}

/* "X said": what follows is X's report, not X's deed. */
static bool speaks(const alm_gift_reader *r, uint32_t i) {
    uint32_t next = i + 1;
    while (next < r->last &&
           (r->tokens[next].class_id == ALM_CLASS_ADVERB || r->tokens[next].class_id == ALM_CLASS_TITLE))
        next++;
    return next < r->last && r->tokens[next].class_id == ALM_CLASS_SAY;
}

alm_name_case alm_gift_case_of(const alm_gift_reader *r, uint32_t i) {
    if (speaks(r, i)) return ALM_CASE_OBJECT;
    uint32_t begin = alm_gift_clause_start(r, i);
    for (uint32_t at = i; at > begin; at--) {
        const alm_token *before = &r->tokens[at - 1];
        switch (before->class_id) {
        case ALM_CLASS_TO: return ALM_CASE_RECIPIENT;
        case ALM_CLASS_VIA: return ALM_CASE_CHANNEL;
        case ALM_CLASS_BY: return ALM_CASE_AGENT;
        case ALM_CLASS_BEHALF: return ALM_CASE_BEHALF;
        case ALM_CLASS_JOIN: return ALM_CASE_JOINED;
        case ALM_CLASS_RECEIVE: return ALM_CASE_SOURCE;
        case ALM_CLASS_FROM: return ALM_CASE_SOURCE;
        case ALM_CLASS_GIVE:
        case ALM_CLASS_SEND: return at == i || alm_gift_is_directed(r, before) ? ALM_CASE_RECIPIENT : ALM_CASE_SUBJECT;
        case ALM_CLASS_FUNCTION:
            if (at == i && !alm_gift_has_attr(r, before, "soft") && is_locating(r, before)) return ALM_CASE_OBJECT;
            continue;
        case ALM_CLASS_VISIT:
        case ALM_CLASS_DIRECTION: return ALM_CASE_OBJECT;
        case ALM_CLASS_VERB: return at == i ? ALM_CASE_OBJECT : ALM_CASE_SUBJECT;
        default: break;
        }
        if (!alm_gift_is_transparent(before)) return ALM_CASE_SUBJECT;
    }
    return ALM_CASE_SUBJECT;
}
