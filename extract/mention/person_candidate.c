/*
 * The likeliest name that begins at a token, of all shapes that names of people have.
 */
#include "base/utf8.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

enum {
    BETTER = 12,   /* by how much a candidate that overlaps must be likelier to win against the one before it */
    CLAN = 0x6C0F, /* "clan", behind a surname */
    MAX_LEAD = 2   /* characters before the first part that the lexicon knows */
};

/* The best reading of the tokens from @p first as surname and given name. */
static alm_candidate best_chinese(const alm_folded *folded, uint32_t first) {
    alm_candidate best = {.first = first, .last = first, .rule = "person/surname"};
    size_t at = folded->tokens[first].start;
    if (!alm_pack_starts_surname(folded->pack, alm_utf8_next(folded->text, &at))) return best;
    if (!alm_is_plain_han(&folded->tokens[first]) && alm_walk_length(folded, first, first + 1) > 2) return best;
    for (uint32_t surname_len = 1; surname_len <= 2; surname_len++) {
        uint32_t surname_end = first + surname_len, characters = 0;
        if (surname_end > folded->count) break;
        if (surname_len == 2 &&
            (alm_walk_length(folded, first, surname_end) != 2 || !alm_person_may_be_given(folded, first, &characters) ||
             !alm_person_may_be_given(folded, first + 1, &characters)))
            break;
        if (!alm_person_consult(folded, first, surname_end, ALM_CLASS_SURNAME)) continue;
        uint32_t length = 0, given = 0;
        bool sounds = true;
        bool doubled =
            surname_len == 1 && surname_end < folded->count && alm_person_is_usual_surname(folded, surname_end);
        for (uint32_t last = surname_end; given < 3 && alm_person_may_be_given(folded, last, &length); last++) {
            given += length;
            sounds = sounds && alm_person_consult(folded, last, last + 1, ALM_CLASS_TRANSCRIPTION);
            if (given > (doubled || sounds ? 3 : 2)) break; /* a married woman's two surnames, a Muslim name */
            int score = alm_person_score_form(folded, first, surname_end, last + 1) +
                        alm_person_score_left(folded, first) + alm_person_score_right(folded, last + 1);
            if (score > best.score) best.last = last + 1, best.score = score;
        }
    }
    return best;
}

/* After a role, a run of plain characters up to a boundary: a name without a Chinese surname. */
static alm_candidate after_role(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {.first = first, .last = first, .rule = "person/after-role"};
    if (first == 0 || folded->tokens[first - 1].class_id != ALM_CLASS_ROLE) return found;
    uint32_t last = first;
    while (last < folded->count && alm_is_plain_han(&folded->tokens[last]) && last - first < 6) last++;
    size_t length = last - first;
    if (length < 3 || length > 5 || alm_person_score_right(folded, last) < 12) return found;
    if (alm_person_consult(folded, last - 1, last, ALM_CLASS_NAME_STOP)) return found;
    return (alm_candidate){first, last, 72, found.rule};
}

/* Two or three characters before a religious or courtesy title that goes with names (not surnames alone). */
static alm_candidate before_title(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {.first = first, .last = first, .rule = "person/title"};
    uint32_t last = first;
    while (last < folded->count && alm_is_plain_han(&folded->tokens[last]) && last - first < 4) last++;
    if (last - first < 2 || last >= folded->count || folded->tokens[last].class_id != ALM_CLASS_TITLE) return found;
    if (!alm_str_is_c(alm_token_attr(folded, &folded->tokens[last], ALM_CLASS_TITLE, 0), "name")) return found;
    if (alm_person_score_left(folded, first) < 8) return found;
    return (alm_candidate){first, last, 75, found.rule};
}

/* "Granny Tan", "Uncle Wang": a usual surname before a word that people are addressed by. */
static alm_candidate addressed(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {first, first, 0, "person/addressed"};
    if (first + 1 >= folded->count || !alm_token_can_be(folded, &folded->tokens[first + 1], ALM_CLASS_TITLE))
        return found;
    if (!alm_person_is_usual_surname(folded, first) || (first > 0 && alm_is_plain_han(&folded->tokens[first - 1])))
        return found;
    return (alm_candidate){first, first + 2, 76, found.rule};
}

/* "the three Wang brothers": a surname, the word for a clan, a number and how they are kin. */
static alm_candidate family(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {first, first, 0, "person/family"};
    uint32_t last = first + 1;
    if (last >= folded->count || folded->tokens[last].cp != CLAN || !alm_person_is_usual_surname(folded, first))
        return found;
    last++;
    if (last < folded->count && alm_walk_length(folded, last, last + 1) == 1 &&
        folded->tokens[last].class_id != ALM_CLASS_GROUP)
        last++;
    if (last >= folded->count || !alm_token_can_be(folded, &folded->tokens[last], ALM_CLASS_GROUP)) return found;
    return (alm_candidate){first, last + 1, 90, found.rule};
}

/* "surname SPACE name", drawn out to the width of three, behind a post or a mark and before one. */
static alm_candidate spaced(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {first, first, 0, "person/spaced"};
    uint32_t length = 0, last = first + 3;
    if (last > folded->count || folded->tokens[first + 1].cp != ' ') return found;
    bool posted = first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_ROLE;
    if (!(posted ? alm_person_consult(folded, first, first + 1, ALM_CLASS_SURNAME) != NULL
                 : alm_person_is_usual_surname(folded, first)))
        return found;
    if (!alm_person_may_be_given(folded, first + 2, &length) || length > 2) return found;
    if (alm_person_score_left(folded, first) < 15 || alm_person_score_right(folded, last) < 12) return found;
    return (alm_candidate){first, last, 78, found.rule};
}

bool alm_person_may_be_listed(const alm_folded *folded, uint32_t i) {
    return i > 0 && folded->tokens[i - 1].cp == ALM_CP_LIST_COMMA && alm_person_is_usual_surname(folded, i);
}

/* Two or three characters between a name and the next mark of its list: "A, B, X and others". */
static alm_candidate listed(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {first, first, 0, "person/listed"};
    if (first < 2 || folded->tokens[first - 2].class_id != ALM_CLASS_PERSON) return found;
    if (!alm_person_may_be_listed(folded, first)) return found;
    uint32_t last = first, length = 0;
    while (last - first <= 3 && alm_person_may_be_given(folded, last, &length) && length == 1) last++;
    if (last - first < 2 || last - first > 3 || last >= folded->count) return found;
    const alm_token *after = &folded->tokens[last];
    if (after->cp != ALM_CP_LIST_COMMA && after->class_id != ALM_CLASS_ETC) return found;
    return (alm_candidate){first, last, 74, found.rule};
}

static alm_candidate better(alm_candidate a, alm_candidate b) { return b.score > a.score ? b : a; }

/* A part of a foreign name, or characters of transcription right before one. */
static bool starts_parts(const alm_folded *folded, uint32_t i) {
    uint32_t lead = 0;
    while (lead <= MAX_LEAD && i + lead < folded->count && folded->tokens[i + lead].class_id != ALM_CLASS_NAME_PART)
        lead++;
    if (lead > MAX_LEAD || i + lead >= folded->count) return false;
    for (uint32_t k = 0; k < lead; k++)
        if (!alm_person_consult(folded, i + k, i + k + 1, ALM_CLASS_TRANSCRIPTION)) return false;
    return true;
}

static alm_candidate best_at(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id == ALM_CLASS_TEXT && token->cp >= 'A' && token->cp <= 'Z') return alm_foreign_latin(folded, i);
    if (token->class_id == ALM_CLASS_ORG || token->class_id == ALM_CLASS_ROLE) return (alm_candidate){0};
    alm_candidate best = best_chinese(folded, i);
    if (starts_parts(folded, i)) best = better(best, alm_foreign_parts(folded, i));
    if (alm_is_plain_han(token)) {
        best = better(best, after_role(folded, i));
        best = better(best, before_title(folded, i));
        best = better(best, addressed(folded, i));
        best = better(best, family(folded, i));
        best = better(best, spaced(folded, i));
        best = better(best, listed(folded, i));
    }
    return best;
}

alm_candidate alm_person_best_at(const alm_folded *folded, uint32_t i) {
    alm_candidate best = best_at(folded, i);
    for (uint32_t j = i + 1; best.score >= ALM_PERSON_LIKELY && j < best.last; j++)
        if (best_at(folded, j).score >= best.score + BETTER) best.score = 0;
    return best;
}
