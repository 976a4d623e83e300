/*
 * Names of people in other languages: transcribed with a dot between their parts, in Latin letters, or built of parts
 * that the lexicon knows (Tibetan, Mongolian and Turkic names without a dot, Japanese ones).
 */
#include "base/utf8.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

enum { MAX_PART = 10, MAX_FREE_PART = 6, MAX_JOINED = 8, MAX_GIVEN = 3 };

bool alm_foreign_is_dot(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id != ALM_CLASS_TEXT) return false;
    if (token->cp == ALM_CP_MIDDLE_DOT) return true;
    return token->cp == '.' && i > 0 && i + 1 < folded->count && alm_is_han(folded->tokens[i - 1].cp) &&
           alm_is_han(folded->tokens[i + 1].cp);
}

static bool is_transcription_text(const alm_folded *folded, alm_str text) {
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        if (!alm_is_han(alm_utf8_next(text, &at))) return false;
        uint32_t sense = alm_lexicon_find(folded->pack->consulted, alm_str_slice(text, start, at));
        if (!alm_lexicon_sense_of(folded->pack->consulted, sense, ALM_CLASS_TRANSCRIPTION)) return false;
    }
    return true;
}

/* Every character of the token is one that foreign names are transcribed with. */
static bool is_transcription(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->mention && token->class_id != ALM_CLASS_NUMBER) return false;
    return token->class_id == ALM_CLASS_NAME_PART || is_transcription_text(folded, alm_token_text(folded, token));
}

/* A token that a part of a dotted name may hold though no list knows its characters. */
static bool may_be_part(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    return alm_is_plain_han(token) || (is_transcription(folded, i) && alm_walk_length(folded, i, i + 1) == 1) ||
           token->class_id == ALM_CLASS_NAME_PART;
}

static bool is_boundary(const alm_folded *folded, uint32_t i) {
    return folded->tokens[i].class_id != ALM_CLASS_TEXT || !alm_is_han(folded->tokens[i].cp);
}

/* The part before the dot: all characters up to a boundary where they are few, else those of transcription. */
static uint32_t part_left(const alm_folded *folded, uint32_t dot) {
    uint32_t free = dot, known = dot;
    while (free > 0 && may_be_part(folded, free - 1) && alm_walk_length(folded, free - 1, dot) <= MAX_FREE_PART) free--;
    while (known > 0 && is_transcription(folded, known - 1) && alm_walk_length(folded, known - 1, dot) <= MAX_PART)
        known--;
    if ((known <= free && known < dot) || alm_walk_length(folded, known, dot) > 1) return known;
    if (free < dot && (free == 0 || is_boundary(folded, free - 1))) return free;
    return known == dot && free < dot ? dot - 1 : known;
}

static bool is_particle(const alm_token *token) {
    return token->class_id == ALM_CLASS_FUNCTION || token->class_id == ALM_CLASS_WITH ||
           token->class_id == ALM_CLASS_TO || token->class_id == ALM_CLASS_NEGATION ||
           token->class_id == ALM_CLASS_SEND;
}

static bool is_word(const alm_token *token) { return token->class_id != ALM_CLASS_TEXT || alm_is_han(token->cp); }

static uint32_t part_right(const alm_folded *folded, uint32_t start) {
    uint32_t free = start, known = start;
    while (free < folded->count && may_be_part(folded, free) &&
           alm_walk_length(folded, start, free + 1) <= MAX_FREE_PART)
        free++;
    while (known < folded->count && is_transcription(folded, known) &&
           alm_walk_length(folded, start, known + 1) <= MAX_PART)
        known++;
    while (known > start + 1 && known < folded->count && is_particle(&folded->tokens[known - 1]) &&
           is_word(&folded->tokens[known]))
        known--; /* "X then gave" */
    bool whole = known > start && folded->tokens[known - 1].class_id == ALM_CLASS_NAME_PART;
    if (free > known && !whole && (free == folded->count || is_boundary(folded, free))) return free;
    return known == start && free > start ? start + 1 : known;
}

/* Han dot Han …: a name in transcription, wherever it stands. */
alm_candidate alm_foreign_dotted(const alm_folded *folded, uint32_t dot) {
    alm_candidate none = {dot, dot, 0, "person/transcribed"};
    uint32_t first = part_left(folded, dot), last = dot;
    while (last < folded->count && alm_foreign_is_dot(folded, last)) {
        uint32_t end = part_right(folded, last + 1);
        if (end == last + 1) break;
        last = end;
    }
    if (first == dot || last == dot) return none;
    return (alm_candidate){first, last, 95, none.rule};
}

/* Capitalised Latin words with spaces, dots or hyphens between them: at least two. */
alm_candidate alm_foreign_latin(const alm_folded *folded, uint32_t first) {
    alm_candidate found = {first, first, 0, "person/latin"};
    const alm_token *t = folded->tokens;
    uint32_t i = first, words = 0, last = first;
    while (i < folded->count && t[i].class_id == ALM_CLASS_TEXT && t[i].cp >= 'A' && t[i].cp <= 'Z') {
        uint32_t lower = 0;
        for (i++; i < folded->count && t[i].class_id == ALM_CLASS_TEXT && (alm_is_latin(t[i].cp) || t[i].cp == '-');
             i++)
            lower += t[i].cp >= 'a';
        if (lower == 0 && !(i < folded->count && t[i].cp == '.')) break;
        words++;
        last = i;
        while (i < folded->count && t[i].class_id == ALM_CLASS_TEXT && (t[i].cp == ' ' || t[i].cp == '.')) i++;
        for (uint32_t j = i; j + 1 < folded->count && alm_is_latin(t[j].cp) && t[j].cp >= 'a' && j - i < 4; j++)
            if (t[j + 1].cp == ' ' && j + 2 < folded->count && t[j + 2].cp >= 'A' && t[j + 2].cp <= 'Z') {
                i = j + 2; /* a particle: da, van, de */
                break;
            }
    }
    if (words < 2) return found;
    return (alm_candidate){first, last, 80, found.rule};
}

static alm_str language_of(const alm_folded *folded, uint32_t i) {
    return alm_token_attr(folded, &folded->tokens[i], ALM_CLASS_NAME_PART, 0);
}

/* A Japanese name: the family name, and one to three characters up to where the surroundings go on best. */
static alm_candidate japanese(const alm_folded *folded, uint32_t first) {
    alm_candidate best = {first, first, 0, "person/japanese"};
    int left = alm_person_score_left(folded, first);
    for (uint32_t last = first + 1, given = 0; last < folded->count && given < MAX_GIVEN; last++) {
        if (folded->tokens[last].mention && folded->tokens[last].class_id != ALM_CLASS_NUMBER) break;
        size_t length = alm_walk_length(folded, last, last + 1);
        if (!alm_is_plain_han(&folded->tokens[last]) && length > 2) break;
        size_t at = folded->tokens[last].start;
        if (!alm_is_han(alm_utf8_next(folded->text, &at))) break;
        given += (uint32_t)length;
        if (given > MAX_GIVEN) break;
        int score = 40 + left + alm_person_score_right(folded, last + 1) + (given == 2 ? 8 : 0);
        if (score > best.score) best.last = last + 1, best.score = score;
    }
    return best;
}

/* Parts that the lexicon knows and characters of transcription between and behind them. */
alm_candidate alm_foreign_parts(const alm_folded *folded, uint32_t first) {
    alm_candidate best = {first, first, 0, "person/parts"};
    if (alm_str_is_c(language_of(folded, first), "japanese")) return japanese(folded, first);
    int left = alm_person_score_left(folded, first), parts = 0;
    for (uint32_t last = first; last < folded->count; last++) {
        if (folded->tokens[last].mention || alm_walk_length(folded, first, last + 1) > MAX_JOINED) break;
        bool part = folded->tokens[last].class_id == ALM_CLASS_NAME_PART;
        if (!part && !is_transcription(folded, last)) break;
        parts += part;
        if (parts == 0) continue;
        int right = alm_person_score_right(folded, last + 1);
        int score = 25 + 22 * (parts > 2 ? 2 : parts) + left + right - (part ? 0 : 6);
        if (score >= best.score) best.last = last + 1, best.score = score;
    }
    return best;
}
