/*
 * What speaks for a Chinese name: its form (surname, characters usual in given names) and its neighbours.
 */
#include "base/utf8.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

const alm_sense *alm_person_consult(const alm_folded *folded, uint32_t first, uint32_t last, uint16_t class_id) {
    alm_str text = alm_str_slice(folded->text, folded->tokens[first].start, folded->tokens[last - 1].end);
    return alm_lexicon_sense_of(folded->pack->consulted, alm_lexicon_find(folded->pack->consulted, text), class_id);
}

bool alm_person_may_be_given(const alm_folded *folded, uint32_t i, uint32_t *length) {
    if (i >= folded->count) return false;
    const alm_token *token = &folded->tokens[i];
    if (alm_is_plain_han(token)) {
        *length = 1;
        return true;
    }
    if ((token->mention && token->class_id != ALM_CLASS_NUMBER) || token->class_id == ALM_CLASS_TEXT ||
        token->class_id == ALM_CLASS_OF)
        return false;
    alm_str text = alm_token_text(folded, token);
    size_t at = 0, count = 0;
    while (at < text.len)
        if (!alm_is_han(alm_utf8_next(text, &at)) || ++count > 2) return false;
    *length = (uint32_t)count;
    return true;
}

/* What a word costs that would be taken for part of a given name. */
static int word_cost(const alm_folded *folded, const alm_token *token) {
    bool single = token->end - token->start <= 3;
    switch (token->class_id) {
    case ALM_CLASS_TEXT: return 0;
    case ALM_CLASS_PLAIN: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_PLAIN, 0), "name") ? 0 : 14;
    case ALM_CLASS_VERB: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_VERB, 0), "name") ? 6 : 25;
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_ADVERB: return single ? 12 : 25;
    case ALM_CLASS_NOUN: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_NOUN, 0), "name") ? 2 : 12;
    case ALM_CLASS_PERSONAL: return 12;
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_TITLE:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_WITH:
    case ALM_CLASS_TO:
    case ALM_CLASS_IS:
    case ALM_CLASS_SPEND:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_ROLE_PREFIX: return 12;
    default: return single ? 12 : 40;
    }
}

static bool given_char(const alm_folded *folded, alm_str text, size_t index) {
    size_t at = 0, start = 0;
    for (size_t i = 0; i <= index && at < text.len; i++) start = at, alm_utf8_next(text, &at);
    uint32_t sense = alm_lexicon_find(folded->pack->consulted, alm_str_slice(text, start, at));
    return alm_lexicon_sense_of(folded->pack->consulted, sense, ALM_CLASS_GIVEN) != NULL;
}

static bool is_grammar(uint16_t class_id) {
    return class_id == ALM_CLASS_WITH || class_id == ALM_CLASS_TO || class_id == ALM_CLASS_FUNCTION ||
           class_id == ALM_CLASS_BA || class_id == ALM_CLASS_BY || class_id == ALM_CLASS_VIA ||
           class_id == ALM_CLASS_OF;
}

bool alm_person_stands_before_mark(const alm_folded *folded, uint32_t i) {
    if (i >= folded->count) return true;
    const alm_token *token = &folded->tokens[i];
    if (token->class_id == ALM_CLASS_TITLE || token->class_id == ALM_CLASS_MONEY || token->class_id == ALM_CLASS_NUMBER)
        return true;
    return token->class_id == ALM_CLASS_TEXT && !alm_is_han(token->cp) && !alm_is_latin(token->cp) &&
           !alm_is_digit(token->cp) && token->cp != ALM_CP_QUOTE_OPEN && token->cp != ALM_CP_TITLE_OPEN;
}

/* Nothing that a word of grammar or a verb could govern follows at token @p i. */
static bool stands_before_end(const alm_folded *folded, uint32_t i) {
    if (alm_person_stands_before_mark(folded, i)) return true;
    uint16_t after = folded->tokens[i].class_id;
    return after == ALM_CLASS_ETC || after == ALM_CLASS_GROUP;
}

/* A character that is grammar elsewhere, but governs nothing at token @p i: the last one of a name. */
static bool is_lone_grammar(const alm_folded *folded, uint32_t i) {
    uint16_t class_id = folded->tokens[i].class_id;
    if (class_id == ALM_CLASS_BA && i + 1 < folded->count &&
        (folded->tokens[i + 1].class_id == ALM_CLASS_MONEY || folded->tokens[i + 1].class_id == ALM_CLASS_GROUP))
        return false; /* "Chen Ming TOOK 20,000", "TOOK what the staff gave" */
    if (is_grammar(class_id))
        return stands_before_end(folded, i + 1) ||
               (class_id == ALM_CLASS_WITH && folded->tokens[i + 1].class_id == ALM_CLASS_SAY);
    if (class_id != ALM_CLASS_EACH && class_id != ALM_CLASS_ADVERB && class_id != ALM_CLASS_TOTAL) return false;
    if (folded->tokens[i].end - folded->tokens[i].start > 3 || !stands_before_end(folded, i + 1)) return false;
    return i + 1 >= folded->count || !folded->tokens[i + 1].mention;
}

bool alm_person_is_usual_surname(const alm_folded *folded, uint32_t i) {
    const alm_sense *surname = alm_person_consult(folded, i, i + 1, ALM_CLASS_SURNAME);
    return surname && !alm_str_is_c(surname->attrs[0], "rare");
}

int alm_person_score_form(const alm_folded *folded, uint32_t first, uint32_t surname_end, uint32_t last) {
    const alm_sense *surname = alm_person_consult(folded, first, surname_end, ALM_CLASS_SURNAME);
    if (!surname) return 0;
    int score = 40;
    if (alm_str_is_c(surname->attrs[0], "rare")) score -= 20;
    if (alm_walk_length(folded, first, surname_end) == 2) score += 25;
    if (folded->tokens[first].class_id == ALM_CLASS_WITH) score -= 20; /* "and", "by": surnames, too */
    if (folded->tokens[first].class_id == ALM_CLASS_BY) score -= 40;
    alm_str given = alm_str_slice(folded->text, folded->tokens[surname_end].start, folded->tokens[last - 1].end);
    size_t length = alm_utf8_count(given);
    for (size_t i = 0; i < length; i++) score += given_char(folded, given, i) ? 8 : -8;
    bool behind_role = first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_ROLE;
    for (uint32_t i = surname_end; i < last; i++) {
        if (i + 1 == last && is_lone_grammar(folded, i)) continue;
        score -= word_cost(folded, &folded->tokens[i]) / (behind_role ? 2 : 1);
    }
    if (length == 2) score += 10;
    if (length == 3) score -= 6;
    const alm_sense *stop = alm_person_consult(folded, last - 1, last, ALM_CLASS_NAME_STOP);
    if (stop && !stands_before_end(folded, last)) score -= alm_str_is_c(stop->attrs[0], "strong") ? 45 : 25;
    return score;
}

int alm_person_score_left(const alm_folded *folded, uint32_t first) {
    if (first == 0) return 15;
    const alm_token *before = &folded->tokens[first - 1];
    switch (before->class_id) {
    case ALM_CLASS_ROLE: return folded->tokens[first].class_id == ALM_CLASS_WITH ? 8 : 45;
    case ALM_CLASS_MEMBER: return 35;
    case ALM_CLASS_PERSON: return 10;
    case ALM_CLASS_BY:
    case ALM_CLASS_BEHALF:
    case ALM_CLASS_WITH:
    case ALM_CLASS_JOIN:
    case ALM_CLASS_TO:
    case ALM_CLASS_VIA:
    case ALM_CLASS_RECEIVE: return 12;
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_LIST_MARK: return 40;
    case ALM_CLASS_IS: return 15;
    case ALM_CLASS_TEXT: break;
    default: return 8;
    }
    switch (before->cp) {
    case '\n':
    case '\t':
    case ALM_CP_STOP:
    case ALM_CP_SEMICOLON:
    case ALM_CP_COLON:
    case ALM_CP_COMMA: return 15;
    case ALM_CP_LIST_COMMA: return first > 1 && folded->tokens[first - 2].class_id == ALM_CLASS_PERSON ? 30 : 15;
    case ALM_CP_BRACKET_OPEN: return 12;
    case ' ': return 15;
    case ALM_CP_EM_DASH: return 20;
    default: break;
    }
    if (!alm_is_han(before->cp)) return 0;
    return -25;
}

int alm_person_score_right(const alm_folded *folded, uint32_t last) {
    if (last >= folded->count) return 12;
    const alm_token *after = &folded->tokens[last];
    if (is_lone_grammar(folded, last)) return -15; /* the name goes on */
    switch (after->class_id) {
    case ALM_CLASS_ROLE:
    case ALM_CLASS_TITLE: return 30;
    case ALM_CLASS_SAY:
    case ALM_CLASS_GIVE:
    case ALM_CLASS_SEND:
    case ALM_CLASS_RAISE:
    case ALM_CLASS_BUY:
    case ALM_CLASS_BA:
    case ALM_CLASS_BEHALF:
    case ALM_CLASS_MONEY:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_QUANTITY: return 22;
    case ALM_CLASS_TO:
    case ALM_CLASS_WITH:
    case ALM_CLASS_EACH:
    case ALM_CLASS_SPLIT:
    case ALM_CLASS_TOTAL:
    case ALM_CLASS_JOIN:
    case ALM_CLASS_VIA:
    case ALM_CLASS_PERSONAL:
    case ALM_CLASS_ETC:
    case ALM_CLASS_RECIPIENT_NOUN:
    case ALM_CLASS_VERB:
    case ALM_CLASS_VISIT:
    case ALM_CLASS_DIRECTION:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_FUTURE:
    case ALM_CLASS_IS:
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_GROUP: return 16;
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_NEGATION: return 12;
    case ALM_CLASS_PLAIN: return 8;
    case ALM_CLASS_ORG_PART: /* a firm's name begins like a person's */
    case ALM_CLASS_ORG_SUFFIX: return -12;
    case ALM_CLASS_TEXT: break;
    default: return 6;
    }
    switch (after->cp) {
    case '\n':
    case '\t':
    case ' ':
    case ALM_CP_LIST_COMMA:
    case ALM_CP_BRACKET_OPEN: return 14;
    case ALM_CP_STOP:
    case ALM_CP_SEMICOLON:
    case ALM_CP_COLON:
    case ALM_CP_BRACKET_CLOSE:
    case ALM_CP_COMMA: return 12;
    default: break;
    }
    if (!alm_is_han(after->cp)) return 4;
    return alm_person_consult(folded, last, last + 1, ALM_CLASS_NAME_STOP) ? 8 : -15;
}
