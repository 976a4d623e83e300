/*
 * Whom a sentence speaks of, and whom a pronoun in it means: the subject before it in the sentence, else the one that
 * the sentences before spoke of. Who only speaks is not spoken of; "I" is who speaks, or the page's author.
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

/* Who acts, or whom something came from: "the first gift is from X, who …". */
static bool is_subject(const alm_gift_reader *r, uint32_t i) {
    if (r->tokens[i].class_id != ALM_CLASS_PARTY) return false;
    alm_name_case name_case = alm_gift_case_of(r, i);
    return name_case == ALM_CASE_SUBJECT || name_case == ALM_CASE_SOURCE;
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

/* ---- who speaks ---- */

static const alm_actor *person_at(const alm_gift_reader *r, uint32_t i) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    return actor && actor->person ? actor : NULL;
}

/* "… I …" shopkeeper X was the first. */
static bool stands_behind_quote(const alm_gift_reader *r, uint32_t i) {
    while (i > r->first &&
           (r->tokens[i - 1].class_id == ALM_CLASS_SUBJECT_NOUN || r->tokens[i - 1].class_id == ALM_CLASS_ROLE ||
            r->tokens[i - 1].class_id == ALM_CLASS_MEMBER))
        i--;
    return i > r->first && r->tokens[i - 1].cp == ALM_CP_QUOTE_CLOSE;
}

/* "X: …" at the head of the paragraph; else the one that says something in it. */
static const alm_actor *speaker_of_block(const alm_gift_reader *r) {
    uint32_t i = r->first;
    if (i + 1 < r->folded->count && person_at(r, i) && r->tokens[i + 1].cp == ALM_CP_COLON) return person_at(r, i);
    for (; i < r->folded->count && r->tokens[i].cp != '\n'; i++)
        if (person_at(r, i) && (alm_gift_speaks(r, i) || stands_behind_quote(r, i))) return person_at(r, i);
    return NULL;
}

/* The person of the text whose name the page gives as its author. */
static const alm_actor *author(const alm_gift_reader *r) {
    alm_str name = r->relation->document->page.author;
    if (!name.len) return NULL;
    for (size_t i = 0; i < r->relation->actor_count; i++) {
        const alm_actor *actor = &r->relation->actors[i];
        if (actor->person && alm_str_is(r->folded->mentions[actor->person - 1].name, name)) return actor;
    }
    return NULL;
}

void alm_gift_begin_block(alm_gift_reader *r) {
    r->topic_count = 0;
    const alm_actor *speaker = speaker_of_block(r);
    r->speaker = speaker ? *speaker : r->author;
}

void alm_gift_begin_page(alm_gift_reader *r) {
    const alm_actor *writer = author(r);
    if (writer) r->author = *writer;
}

/* ---- whom a pronoun means ---- */

size_t alm_gift_whom(const alm_gift_reader *r, uint32_t i, alm_actor *out) {
    if (alm_gift_has_attr(r, &r->tokens[i], "speaker")) {
        *out = r->speaker;
        return r->speaker.person ? 1 : 0;
    }
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
    if (r->topic_count && !r->topic[0].person && !alm_gift_has_attr(r, &r->tokens[i], "its")) return 0; /* not a body */
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
        if (!found && r->tokens[i].class_id == ALM_CLASS_PRONOUN && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT) {
            alm_actor who[ALM_MAX_DONORS]; /* he goes on being spoken of, and nobody where it is not known who he is */
            r->topic_count = alm_gift_whom(r, i, who);
            memcpy(r->topic, who, r->topic_count * sizeof *who);
            found = true;
            continue;
        }
        if (!is_subject(r, i) || is_speaker(r, i)) continue;
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!found) remember_list(r, i);
        found = true;
        if (actor->person) r->person = *actor;
        person = actor->person;
    }
}
