/*
 * Names that words of the lexicon hide: where a name is due, such a word is taken apart before names are looked for.
 */
#include "base/utf8.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

enum { MAX_LIST = 48 }; /* tokens of a list of names that are looked back over */

/* A word that is a usual given name, before what a donor is followed by: "vice president Sunshine 20,000 yuan". */
static bool may_be_whole_name(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    bool usual = token->class_id == ALM_CLASS_ORG_PART || token->class_id == ALM_CLASS_PLACE ||
                 alm_str_is_c(alm_token_attr(folded, token, token->class_id, 0), "name");
    if (!usual) return false;
    switch (folded->tokens[i + 1].class_id) {
    case ALM_CLASS_MONEY:
    case ALM_CLASS_GIVE:
    case ALM_CLASS_SAY:
    case ALM_CLASS_TITLE: return true;
    default: return alm_person_stands_before_mark(folded, i + 1);
    }
}

/* A word that is a whole name of people, too. */
static bool is_name_word(const alm_folded *folded, uint32_t i) {
    return alm_person_consult(folded, i, i + 1, ALM_CLASS_NAME_WORD) != NULL;
}

/* Behind a role, or in a list of names that a role opens: "vice presidents A, B, X". */
static bool is_listed_behind_role(const alm_folded *folded, uint32_t i) {
    const alm_token *tokens = folded->tokens;
    if (i == 0 || tokens[i - 1].cp != ALM_CP_LIST_COMMA) return false;
    for (uint32_t steps = 0; i-- > 0 && steps < MAX_LIST; steps++) {
        if (tokens[i].class_id == ALM_CLASS_ROLE) return true;
        bool inside = alm_is_plain_han(&tokens[i]) || tokens[i].cp == ALM_CP_LIST_COMMA;
        if (!inside && (tokens[i].mention || alm_walk_length(folded, i, i + 1) > 2)) return false;
        if (tokens[i].class_id == ALM_CLASS_TEXT && !inside) return false;
    }
    return false;
}

/* "…: X gave", "…, X 500": a word and one character more where the giver stands. */
static bool stands_as_giver(const alm_folded *folded, uint32_t i) {
    if (i + 2 >= folded->count || !alm_is_plain_han(&folded->tokens[i + 1])) return false;
    uint32_t before = i ? folded->tokens[i - 1].cp : '\n';
    uint16_t behind = folded->tokens[i + 2].class_id;
    if (behind != ALM_CLASS_GIVE && behind != ALM_CLASS_MONEY && behind != ALM_CLASS_EACH) return false;
    return before == '\n' || before == ALM_CP_COMMA || before == ALM_CP_LIST_COMMA || before == ALM_CP_COLON ||
           before == ALM_CP_SEMICOLON || before == ALM_CP_STOP ||
           (i && folded->tokens[i - 1].class_id == ALM_CLASS_SUBJECT_NOUN);
}

/*
 * Behind a role, or where a giver stands, an ordinary two-character word that begins with a surname and runs on may be
 * half a name: it is taken apart, so that the candidates see its characters.
 */
static bool hides_a_name(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (!token->sense || i + 1 >= folded->count) return false;
    bool behind_role = i && folded->tokens[i - 1].class_id == ALM_CLASS_ROLE;
    if (is_name_word(folded, i) && (behind_role || is_listed_behind_role(folded, i)))
        return alm_person_score_right(folded, i + 1) >= 12;
    if (!behind_role && !stands_as_giver(folded, i)) return false;
    switch (token->class_id) {
    case ALM_CLASS_PLACE:
    case ALM_CLASS_NOUN:
    case ALM_CLASS_VERB:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_ORG_PART: break;
    default: return false;
    }
    if (alm_walk_length(folded, i, i + 1) != 2) return false;
    if (!alm_is_plain_han(&folded->tokens[i + 1]) && !may_be_whole_name(folded, i)) return false;
    alm_str text = alm_token_text(folded, token);
    alm_str first = alm_str_slice(text, 0, alm_utf8_len((unsigned char)text.ptr[0]));
    const alm_sense *surname = alm_lexicon_sense_of(
        folded->pack->consulted, alm_lexicon_find(folded->pack->consulted, first), ALM_CLASS_SURNAME);
    bool rare = surname && alm_str_is_c(surname->attrs[0], "rare"); /* "the old secretary is of AGE" */
    return surname && !(rare && token->class_id == ALM_CLASS_NOUN);
}

alm_status alm_person_take_apart(alm_folded *folded) {
    size_t hidden = 0;
    for (uint32_t i = 0; i < folded->count; i++) hidden += hides_a_name(folded, i);
    if (hidden == 0) return ALM_OK;
    alm_token *tokens = alm_arena_alloc(folded->arena, (folded->count + hidden) * sizeof *tokens);
    if (!tokens) return ALM_E_NOMEM;
    size_t kept = 0;
    for (uint32_t i = 0; i < folded->count; i++) {
        alm_token token = folded->tokens[i];
        if (!hides_a_name(folded, i)) {
            tokens[kept++] = token;
            continue;
        }
        alm_person_spell(folded, &token, tokens, &kept);
    }
    folded->tokens = tokens;
    folded->count = folded->cap = kept;
    folded->code_points = NULL;
    return alm_fold_close(folded);
}
