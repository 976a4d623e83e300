/*
 * Whom a sentence speaks of, and whom a pronoun in it means: the subject before it in the sentence, else the one that
 * the sentences before spoke of. Who only speaks is not spoken of.
 */
#include "extract/relate/gift_priv.h"

/* A colon or an opening quote lies in [first, last): what follows is somebody's report. */
static bool opens_report(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (r->tokens[i].cp == ALM_CP_COLON || r->tokens[i].cp == ALM_CP_QUOTE_OPEN) return true;
    return false;
}

static bool is_speaker(const alm_gift_reader *r, uint32_t i) {
    uint32_t end = alm_gift_clause_end(r, i);
    return end < r->last && r->tokens[end].cp == ALM_CP_COLON;
}

static bool is_subject(const alm_gift_reader *r, uint32_t i) {
    return r->tokens[i].class_id == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT;
}

/* The person last named as a subject in the sentence before @p i, in the same voice. */
static const alm_actor *person_before(const alm_gift_reader *r, uint32_t i) {
    for (uint32_t at = i; at-- > r->first;) {
        if (!is_subject(r, at)) continue;
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[at]);
        if (actor->person && !opens_report(r, at, i)) return actor;
    }
    return NULL;
}

size_t alm_gift_whom(const alm_gift_reader *r, uint32_t i, alm_actor *out) {
    bool many = alm_gift_has_attr(r, &r->tokens[i], "many");
    if (many && r->topic_count > 1) {
        memcpy(out, r->topic, r->topic_count * sizeof *out);
        return r->topic_count;
    }
    const alm_actor *person = person_before(r, i);
    if (!person && r->person.person) person = &r->person;
    if (person) {
        *out = *person;
        return 1;
    }
    memcpy(out, r->topic, r->topic_count * sizeof *out);
    return r->topic_count;
}

/* The subjects of the list that begins at @p i. */
static void remember_list(alm_gift_reader *r, uint32_t i) {
    r->topic_count = 0;
    for (; i < r->last && r->topic_count < ALM_MAX_DONORS; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (actor)
            r->topic[r->topic_count++] = *actor;
        else if (r->tokens[i].cp != ALM_CP_LIST_COMMA && r->tokens[i].class_id != ALM_CLASS_WITH)
            break;
    }
}

void alm_gift_remember_topic(alm_gift_reader *r) {
    bool found = false, person = false;
    for (uint32_t i = r->first; i < r->last && !person; i++) {
        if (!is_subject(r, i) || is_speaker(r, i)) continue;
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!found) remember_list(r, i);
        found = true;
        if (actor->person) r->person = *actor;
        person = actor->person;
    }
}
