/*
 * The start of an organisation's name, by scores. Every place to the left of the ending is a candidate: what stands
 * before it speaks for a boundary or against one, the first word may begin names or not, and each word inside costs as
 * much as it is unlikely there: nothing for a place, a trade or an unknown character (a brand is any word), more for an
 * ordinary noun, most for grammar. The likeliest start wins; punctuation, values and posts end the search.
 */
#include "extract/mention/name_start.h"

#include "base/utf8.h"
#include "extract/mention/walk.h"

/* Points; a clear boundary is worth CLEAR. */
enum {
    MAX_LENGTH = 32,
    MAX_QUOTED = 16,
    CLEAR = 40,
    CUT_AT_PLACE = -10,
    ONE_CHARACTER = 20,
    STOP = 1000,
    MAX_NUMBER = 9,
    NAMING_BYTES = 12,
    WORDED_BYTES = 6
};

/* "JIUTIAN Cliff Group", where no span of nine days is meant: two characters between a place and a character. */
static bool is_worded_number(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (i == 0 || i + 1 >= folded->count || token->class_id != ALM_CLASS_QUANTITY) return false;
    return token->end - token->start == WORDED_BYTES && !alm_is_digit((unsigned char)folded->text.ptr[token->start]) &&
           folded->tokens[i - 1].class_id == ALM_CLASS_PLACE && alm_is_plain_han(token + 1);
}

bool alm_name_is_naming_quantity(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    const alm_value *value = alm_mention_of(folded, token)->value;
    return (value->measure == ALM_MEASURE_OTHER || value->measure == ALM_MEASURE_TIME) && i + 1 < folded->count &&
           alm_token_can_be(folded, token + 1, ALM_CLASS_ORG_SUFFIX) && token->end - token->start <= NAMING_BYTES;
}

/* An ending before which a number names: "class 2 of 1993". */
static bool is_numbered(const alm_folded *folded, uint32_t end) {
    return end < folded->count &&
           alm_str_is_c(alm_token_attr(folded, &folded->tokens[end], ALM_CLASS_ORG_SUFFIX, 1), "numbered");
}

static bool has_attr(const alm_folded *folded, const alm_token *token, size_t attr, const char *value) {
    return alm_str_is_c(alm_token_attr(folded, token, token->class_id, attr), value);
}

static bool is_single(const alm_token *token) { return token->end - token->start <= 4; }

/* A word of grammar that only follows something ("in", "-ing"): behind a boundary it is no such word. */
static bool is_postposition(const alm_folded *folded, const alm_token *token) {
    return token->class_id == ALM_CLASS_FUNCTION && has_attr(folded, token, 1, "post");
}

static bool is_transcribing(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->mention || !is_single(token)) return token->class_id == ALM_CLASS_NAME_PART;
    const alm_lexicon *words = folded->pack->consulted;
    return alm_lexicon_sense_of(words, alm_lexicon_find(words, alm_token_text(folded, token)), ALM_CLASS_TRANSCRIPTION);
}

static int text_cost(const alm_token *token) {
    uint32_t cp = token->cp;
    if (alm_is_han(cp)) return 3;
    if (alm_is_latin(cp) || alm_is_digit(cp) || cp == ALM_CP_MIDDLE_DOT || cp == '&' || cp == '-') return 0;
    return STOP;
}

static int single_or_stop(const alm_token *token, int cost) { return is_single(token) ? cost : STOP; }

/* "housing AND construction bureau": both sides are fields. */
static bool joins_fields(const alm_folded *folded, uint32_t i) {
    if (i == 0 || i + 1 >= folded->count) return false;
    const alm_token *before = &folded->tokens[i - 1], *after = &folded->tokens[i + 1];
    return alm_token_can_be(folded, before, ALM_CLASS_ORG_PART) &&
           (after->class_id == ALM_CLASS_ORG_PART || after->class_id == ALM_CLASS_VERB ||
            after->class_id == ALM_CLASS_NOUN || after->class_id == ALM_CLASS_ORG_SUFFIX);
}

static bool is_clear(const alm_folded *folded, uint32_t at) {
    if (at == 0) return true;
    const alm_token *before = &folded->tokens[at - 1];
    switch (before->class_id) {
    case ALM_CLASS_TEXT: return !alm_is_han(before->cp);
    case ALM_CLASS_ROLE:
    case ALM_CLASS_MEMBER:
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_TO:
    case ALM_CLASS_VIA:
    case ALM_CLASS_PART:
    case ALM_CLASS_FROM:
    case ALM_CLASS_DATE:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL: return true;
    default: return false;
    }
}

/* "in all", before what is no number and no deed: a character of a name ("Hetong Construction"). */
static bool sums_nothing(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i], *after = token + 1;
    if (token->class_id != ALM_CLASS_TOTAL || !is_clear(folded, i)) return false;
    return alm_is_plain_han(after) || after->class_id == ALM_CLASS_ORG_PART || after->class_id == ALM_CLASS_NAME_PART;
}

static bool is_case_word(uint16_t class_id) {
    return class_id == ALM_CLASS_WITH || class_id == ALM_CLASS_TO || class_id == ALM_CLASS_BY ||
           class_id == ALM_CLASS_BA || class_id == ALM_CLASS_VIA;
}

/* Inside a name of another language a character of grammar is a sound; a case word only where the name starts with it.
 */
static bool is_sound(const alm_folded *folded, uint32_t i) {
    uint32_t before = i, after = i + 1;
    while (before > 0 && i - before < 3 && is_transcribing(folded, before - 1)) before--;
    while (after < folded->count && after - i < 4 && is_transcribing(folded, after)) after++;
    if (is_case_word(folded->tokens[i].class_id) && before < i) return false;
    return is_transcribing(folded, i) && after - before >= 4;
}

static bool is_grammar(const alm_folded *folded, const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_FUNCTION: return !has_attr(folded, token, 0, "at");
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_SPEND:
    case ALM_CLASS_NEGATION:
    case ALM_CLASS_TOTAL:
    case ALM_CLASS_GIFT_NOUN: return true;
    default: return is_case_word(token->class_id);
    }
}

/* Token @p i may go on with a name: a ware, a trade, another ending. */
static bool runs_on(const alm_folded *folded, uint32_t i) {
    if (i >= folded->count) return false;
    uint16_t c = folded->tokens[i].class_id;
    return c == ALM_CLASS_GOODS_NOUN || c == ALM_CLASS_ORG_PART || c == ALM_CLASS_ORG_SUFFIX;
}

/* "TOWARDS FORTUNE charity foundation": the one character between it and what kind of body it is would be no name. */
static bool opens_short_name(const alm_folded *folded, uint32_t i) {
    if (i + 2 >= folded->count || !is_clear(folded, i) || !alm_is_plain_han(&folded->tokens[i + 1])) return false;
    uint16_t after = folded->tokens[i + 2].class_id;
    return after == ALM_CLASS_ORG_PART || (after == ALM_CLASS_ORG_SUFFIX && alm_walk_length(folded, i + 2, i + 3) > 2);
}

static bool ends_no_name(const alm_folded *folded, uint32_t i) {
    const alm_lexicon *words = folded->pack->consulted;
    const alm_sense *stop = alm_lexicon_sense_of(
        words, alm_lexicon_find(words, alm_token_text(folded, &folded->tokens[i])), ALM_CLASS_NAME_STOP);
    return stop && alm_str_is_c(stop->attrs[0], "strong");
}

/*
 * A single character of grammar that cuts a name in two: between it and a boundary stand no more than a few plain
 * characters, which would say nothing by themselves. Case words ("and", "to") need exactly one; other ones up to three,
 * or none behind a place.
 */
static bool is_lone(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (!is_single(token) || !is_grammar(folded, token) || i + 1 >= folded->count) return false;
    bool cases = is_case_word(token->class_id) && !has_attr(folded, token, 0, "soft");
    if (cases && opens_short_name(folded, i)) return true;
    uint32_t run = 0, most = cases ? 1 : 3;
    while (run < most && run < i && alm_is_plain_han(&folded->tokens[i - run - 1])) run++;
    if (cases && run == 1 && ends_no_name(folded, i - 1)) return false; /* "volunteers | TOOK | firm X's" */
    if (run == 0)
        return sums_nothing(folded, i) || (!cases && i > 0 &&
                                           (folded->tokens[i - 1].class_id == ALM_CLASS_PLACE ||
                                            folded->tokens[i - 1].class_id == ALM_CLASS_MEMBER));
    bool place = i > run && folded->tokens[i - run - 1].class_id == ALM_CLASS_PLACE;
    bool ends = folded->tokens[i + 1].class_id == ALM_CLASS_ORG_SUFFIX && !runs_on(folded, i + 2); /* "to | hospital" */
    return place || (is_clear(folded, i - run) && (cases || !ends));
}

/* "private enterprises", "caring firms": what kind of firm, before its name. A noun for people may be in a name. */
static bool is_kind_of_firm(const alm_folded *folded, const alm_token *noun) {
    alm_str text = alm_token_text(folded, noun);
    if (text.len < 6) return false;
    uint32_t sense = alm_lexicon_find(folded->pack->scanned, alm_str_slice(text, text.len - 6, text.len));
    return alm_lexicon_sense_of(folded->pack->scanned, sense, ALM_CLASS_SELF_ORG) ||
           alm_lexicon_sense_of(folded->pack->scanned, sense, ALM_CLASS_ORG_SUFFIX);
}

/* A whole name followed by a word that does something: the name ends there. */
static int ended_name(const alm_folded *folded, uint32_t i) {
    if (i + 1 >= folded->count || is_single(&folded->tokens[i])) return 4;
    const alm_token *after = &folded->tokens[i + 1];
    switch (after->class_id) {
    case ALM_CLASS_TEXT:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_ORG_SUFFIX:
    case ALM_CLASS_SELF_ORG:
    case ALM_CLASS_ORG:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_QUANTITY: return 4;
    case ALM_CLASS_NOUN:
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_ROLE:
    case ALM_CLASS_PLAIN: return 10;
    default: return alm_token_can_be(folded, after, ALM_CLASS_ORG_PART) ? 15 : 50;
    }
}

/* Posts are no part of names, but kinds of people are: "teachers' association". */
static int people_cost(const alm_folded *folded, const alm_token *token) {
    const alm_lexicon *words = folded->pack->scanned;
    uint32_t word = alm_lexicon_find(words, alm_token_text(folded, token));
    const alm_sense *head = alm_lexicon_sense_of(words, word, ALM_CLASS_ROLE_HEAD);
    if (alm_lexicon_sense_of(words, word, ALM_CLASS_ORG_PART)) return 6;
    if (head && alm_str_is_c(head->attrs[0], "job")) return 16;
    return token->end - token->start <= 12 ? 45 : STOP;
}

static bool ends_a_firm(const alm_folded *folded, uint32_t end) {
    if (end >= folded->count) return false;
    const alm_token *suffix = &folded->tokens[end];
    return alm_str_is_c(alm_token_attr(folded, suffix, ALM_CLASS_ORG_SUFFIX, 0), "company") &&
           alm_str_is_c(alm_token_attr(folded, suffix, ALM_CLASS_ORG_SUFFIX, 1), "strong");
}

static bool is_ware(const alm_token *token) {
    return alm_is_plain_han(token) || token->class_id == ALM_CLASS_GOODS_NOUN || token->class_id == ALM_CLASS_ORG_PART;
}

static bool opens_sentence(const alm_folded *folded, uint32_t i) {
    if (i == 0) return true;
    uint32_t before = folded->tokens[i - 1].cp;
    return before == '\n' || before == ALM_CP_STOP || before == ALM_CP_SEMICOLON;
}

/* "women's federation TOGETHER WITH motorists' club": a name has ended before, and another one begins. */
static bool joins_names(const alm_folded *folded, uint32_t i) {
    if (i == 0 || i + 1 >= folded->count || !alm_token_can_be(folded, &folded->tokens[i], ALM_CLASS_JOIN)) return false;
    const alm_token *before = &folded->tokens[i - 1], *after = &folded->tokens[i + 1];
    bool ended = before->class_id == ALM_CLASS_ORG || before->class_id == ALM_CLASS_SELF_ORG ||
                 (before->class_id == ALM_CLASS_ORG_SUFFIX && alm_walk_length(folded, i - 1, i) > 1);
    return ended && !alm_token_can_be(folded, after, ALM_CLASS_ORG_SUFFIX);
}

/* What token @p i costs inside a name that ends before @p end. */
static int cost_of(const alm_folded *folded, uint32_t i, uint32_t end) {
    const alm_token *token = &folded->tokens[i];
    bool last = i + 1 == end;
    if (joins_names(folded, i)) return STOP;
    if (token->class_id != ALM_CLASS_TEXT && token->class_id != ALM_CLASS_ORG_SUFFIX &&
        alm_token_can_be(folded, token, ALM_CLASS_ORG_PART))
        return token->class_id == ALM_CLASS_ORG_PART ? 2 : 8;
    if (is_single(token) && token->class_id != ALM_CLASS_TEXT && is_sound(folded, i)) return 5;
    if (is_lone(folded, i)) return 8;
    switch (token->class_id) {
    case ALM_CLASS_TEXT: return text_cost(token);
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_GOODS_NOUN: return 2;
    case ALM_CLASS_ORG:
    case ALM_CLASS_ORG_SUFFIX:
    case ALM_CLASS_SELF_ORG: return ended_name(folded, i);
    case ALM_CLASS_IS:
        return is_numbered(folded, end) && alm_token_can_be(folded, token, ALM_CLASS_ORG_SUFFIX) ? 4 : STOP;
    case ALM_CLASS_NUMBER:
        if (is_numbered(folded, end)) return 2;
        return token->end - token->start <= MAX_NUMBER && !alm_is_digit((unsigned char)folded->text.ptr[token->end - 1])
                   ? 5
                   : STOP;
    case ALM_CLASS_QUANTITY: return alm_name_is_naming_quantity(folded, i) ? 2 : is_worded_number(folded, i) ? 8 : STOP;
    case ALM_CLASS_PLAIN:
        if (has_attr(folded, token, 0, "name") || has_attr(folded, token, 0, "noun")) return 4;
        return has_attr(folded, token, 0, "verb") ? 28 : 50;
    case ALM_CLASS_NOUN:
        if (has_attr(folded, token, 0, "home")) return 45;
        return has_attr(folded, token, 0, "name") ? 3 : token->end - token->start <= 6 ? 10 : 18;
    case ALM_CLASS_SUBJECT_NOUN: return is_kind_of_firm(folded, token) ? 45 : 8;
    case ALM_CLASS_GROUP: return last ? 20 : 16;
    case ALM_CLASS_TITLE: return 14;
    case ALM_CLASS_GIFT_NOUN:
    case ALM_CLASS_DIRECTION: return is_single(token) ? 10 : 18;
    case ALM_CLASS_VERB:
        if (last && ends_a_firm(folded, end) && (opens_sentence(folded, i) || is_ware(&folded->tokens[i - 1])))
            return 10; /* "cloth weaving company"; a sentence that begins "Sail Fishery Company" names it */
        return (has_attr(folded, token, 0, "hard") ? 80 : 36) + (last ? 20 : 0);
    case ALM_CLASS_ADVERB: return (is_single(token) ? 20 : 30) + (last ? 20 : 0);
    case ALM_CLASS_FUNCTION:
        if (!is_single(token) || last) return 60;
        if (is_postposition(folded, token)) return 18;
        return has_attr(folded, token, 0, "soft") ? 26 : 55;
    case ALM_CLASS_WITH: return joins_fields(folded, i) ? 12 : single_or_stop(token, 70);
    case ALM_CLASS_TO:
    case ALM_CLASS_BY:
    case ALM_CLASS_BA:
    case ALM_CLASS_VIA: return single_or_stop(token, 70);
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_NEGATION:
    case ALM_CLASS_TOTAL: return single_or_stop(token, 26);
    case ALM_CLASS_ROLE: return people_cost(folded, token);
    case ALM_CLASS_MEMBER: return token->end - token->start <= 12 ? 45 : STOP;
    case ALM_CLASS_GIVE: /* "X Group pledges to the fund" */
        if (i > 0 &&
            (folded->tokens[i - 1].class_id == ALM_CLASS_ORG_SUFFIX ||
             folded->tokens[i - 1].class_id == ALM_CLASS_ORG || folded->tokens[i - 1].class_id == ALM_CLASS_SELF_ORG))
            return 80;
        return 35;
    case ALM_CLASS_SEND: return has_attr(folded, token, 0, "to") ? 80 : 35;
    case ALM_CLASS_BUY:
    case ALM_CLASS_RAISE:
    case ALM_CLASS_DISTRIBUTE:
    case ALM_CLASS_SPEND: return 35;
    default: return STOP;
    }
}

bool alm_name_may_hold(const alm_folded *folded, uint32_t i) {
    return !is_lone(folded, i) && cost_of(folded, i, UINT32_MAX) <= 12;
}

/* "… bureau TWENTY group": a number in the middle of a name. */
static bool follows_name(const alm_folded *folded, uint32_t number) {
    if (number == 0 || alm_is_digit((unsigned char)folded->text.ptr[folded->tokens[number].end - 1])) return false;
    const alm_token *before = &folded->tokens[number - 1];
    return alm_is_plain_han(before) || before->class_id == ALM_CLASS_ORG || before->class_id == ALM_CLASS_ORG_SUFFIX ||
           before->class_id == ALM_CLASS_SELF_ORG || before->class_id == ALM_CLASS_PLACE;
}

/* How much what stands before token @p first speaks for a name's start there. */
static int boundary(const alm_folded *folded, uint32_t first) {
    if (first == 0) return CLEAR;
    const alm_token *before = &folded->tokens[first - 1];
    if (is_lone(folded, first - 1)) return 8;
    switch (before->class_id) {
    case ALM_CLASS_TEXT:
        if (alm_is_han(before->cp)) return -CLEAR;
        if (before->cp == ALM_CP_BRACKET_CLOSE) return 20; /* a bracket inside a name, or behind another */
        return alm_is_latin(before->cp) || alm_is_digit(before->cp) || before->cp == ALM_CP_MIDDLE_DOT ? -30 : CLEAR;
    case ALM_CLASS_PLACE: return -15;
    case ALM_CLASS_LOCAL: return 0;
    case ALM_CLASS_SELF_ORG: /* "his firm X" */
        return first > 1 && folded->tokens[first - 2].class_id == ALM_CLASS_PRONOUN ? 30 : -10;
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_ORG_SUFFIX:
    case ALM_CLASS_NAME_PART: return -10;
    case ALM_CLASS_ORG: return 15;
    case ALM_CLASS_GOODS_NOUN: return 0;
    case ALM_CLASS_NOUN: return has_attr(folded, before, 0, "home") ? 34 : 12;
    case ALM_CLASS_PLAIN: return has_attr(folded, before, 0, "name") ? 0 : 15;
    case ALM_CLASS_TITLE: return 15;
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_NEGATION:
    case ALM_CLASS_TOTAL: return 22;
    case ALM_CLASS_VERB: return has_attr(folded, before, 0, "hard") ? 36 : 25;
    case ALM_CLASS_ADVERB: return 28;
    case ALM_CLASS_FUNCTION:
        if (is_postposition(folded, before) && (first == 1 || boundary(folded, first - 1) >= CLEAR)) return -20;
        return has_attr(folded, before, 0, "soft") ? 24 : 34;
    case ALM_CLASS_SUBJECT_NOUN: return is_kind_of_firm(folded, before) ? 36 : 18;
    case ALM_CLASS_ROLE: return people_cost(folded, before) < 10 ? 20 : 36;
    case ALM_CLASS_QUANTITY: return is_worded_number(folded, first - 1) ? -10 : 36;
    case ALM_CLASS_NUMBER: return follows_name(folded, first - 1) ? 0 : 36;
    case ALM_CLASS_WITH: return is_single(before) ? 32 : 36;
    default: return 36;
    }
}

/* How much the first token is like the first of a name. */
static int opening(const alm_folded *folded, uint32_t first) {
    const alm_token *token = &folded->tokens[first];
    if (token->cp == ALM_CP_QUOTE_OPEN) return 20;
    if (is_lone(folded, first)) return 0;
    switch (token->class_id) {
    case ALM_CLASS_TEXT: return alm_is_han(token->cp) || alm_is_latin(token->cp) || alm_is_digit(token->cp) ? 5 : 0;
    case ALM_CLASS_PLACE: return has_attr(folded, token, 1, "full") ? 30 : 25;
    case ALM_CLASS_LOCAL: return 20;
    case ALM_CLASS_ORG_PART: return has_attr(folded, token, 0, "scope") ? 10 : 5;
    case ALM_CLASS_ORG_SUFFIX: return ends_a_firm(folded, first) ? -15 : 5;
    case ALM_CLASS_ORG:
    case ALM_CLASS_NAME_PART: return 5;
    case ALM_CLASS_WITH:
    case ALM_CLASS_TO:
    case ALM_CLASS_BY:
    case ALM_CLASS_BA:
    case ALM_CLASS_VIA: return is_sound(folded, first) ? 0 : -30;
    case ALM_CLASS_FUNCTION: return is_postposition(folded, token) || is_sound(folded, first) ? 0 : -15;
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_ADVERB: return is_sound(folded, first) ? 0 : -12;
    case ALM_CLASS_VERB: return has_attr(folded, token, 0, "name") ? 0 : -20;
    default: return 0;
    }
}

/* What a place costs that other words of the name stand before: it would begin the name itself. */
static int place_inside(const alm_folded *folded, uint32_t first, uint32_t i, bool branch) {
    const alm_token *before = &folded->tokens[i - 1];
    if (before->class_id == ALM_CLASS_PLACE || before->class_id == ALM_CLASS_LOCAL) return 0;
    if (before->class_id == ALM_CLASS_ORG_SUFFIX || before->class_id == ALM_CLASS_ORG) return 15;
    if (branch) return 5;
    if (alm_walk_length(folded, first, i) <= 2 && before->class_id == ALM_CLASS_TEXT) return 10;
    return before->class_id == ALM_CLASS_ORG_PART ? 20 : 40;
}

/* Tokens that make a stretch of words a name: something that is not ordinary language. */
static bool is_evidence(const alm_folded *folded, const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_TEXT:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_ORG:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_ORG_SUFFIX:
    case ALM_CLASS_SELF_ORG:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_QUANTITY:
    case ALM_CLASS_NUMBER: return true;
    default: return alm_token_can_be(folded, token, ALM_CLASS_ORG_PART) || has_attr(folded, token, 0, "name");
    }
}

/* Behind a post, a membership or a dash any word may be a name. */
static bool calls_for_name(const alm_folded *folded, uint32_t first) {
    if (first == 0) return false;
    const alm_token *before = &folded->tokens[first - 1];
    if (before->class_id == ALM_CLASS_SELF_ORG) /* "his firm X" */
        return first > 1 && folded->tokens[first - 2].class_id == ALM_CLASS_PRONOUN;
    return before->class_id == ALM_CLASS_MEMBER || before->class_id == ALM_CLASS_ROLE || before->cp == ALM_CP_EM_DASH;
}

typedef struct search {
    const alm_folded *folded;
    uint32_t end;
    int cost;             /* of the tokens from the one looked at to the end */
    int places;           /* of the places that words stand before; added where a start lies before them */
    uint32_t first_place; /* the leftmost place so far; end where there is none */
    bool evidence;
    bool branch; /* the ending is one of branches, which name a place behind the whole's name */
    uint32_t best;
    int best_score;
} search;

static void consider(search *s, uint32_t first) {
    const alm_folded *folded = s->folded;
    bool called = calls_for_name(folded, first);
    if (!s->evidence && !called) return;
    int before = boundary(folded, first);
    if (first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_NUMBER && is_numbered(folded, s->end))
        before = -30;
    if (s->branch && first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_ORG) before = CUT_AT_PLACE;
    if (folded->tokens[first].class_id == ALM_CLASS_PLACE && before < CUT_AT_PLACE) before = CUT_AT_PLACE;
    int score = before + opening(folded, first) - s->cost;
    if (s->first_place < s->end && s->first_place > first)
        score -= place_inside(folded, first, s->first_place, s->branch);
    if (called) score += 5;
    if (first + 1 == s->end && alm_is_plain_han(&folded->tokens[first])) score -= ONE_CHARACTER;
    if (score <= s->best_score) return;
    s->best = first;
    s->best_score = score;
}

/* A quoted or bracketed part that ends at token @p close: its opening, or UINT32_MAX. */
static uint32_t bracketed(const alm_folded *folded, uint32_t close) {
    uint32_t open = alm_walk_opening(folded, close, MAX_QUOTED);
    if (open == UINT32_MAX) return open;
    bool bracket = folded->tokens[close].cp == ALM_CP_BRACKET_CLOSE;
    return bracket && (open == 0 || cost_of(folded, open - 1, close) == STOP) ? UINT32_MAX : open;
}

static bool is_branch(const alm_folded *folded, uint32_t end) {
    const alm_lexicon *words = folded->pack->consulted;
    uint32_t word = end < folded->count ? alm_lexicon_find(words, alm_token_text(folded, &folded->tokens[end])) : 0;
    return alm_lexicon_sense_of(words, word, ALM_CLASS_BRANCH);
}

/* How much speaks for the ending standing alone: it is the object of the verb before it. */
static int alone(const alm_folded *folded, uint32_t end) {
    if (end == 0 || is_single(&folded->tokens[end - 1])) return 0;
    if (ends_a_firm(folded, end) && (opens_sentence(folded, end - 1) || is_ware(&folded->tokens[end - 2]))) return 0;
    const alm_token *before = &folded->tokens[end - 1];
    bool verb = before->class_id == ALM_CLASS_VERB && !alm_token_can_be(folded, before, ALM_CLASS_ORG_PART);
    return verb ? boundary(folded, end) + 5 : 0;
}

uint32_t alm_name_start(const alm_folded *folded, uint32_t end, int *score) {
    search s = {.folded = folded, .end = end, .first_place = end, .best = end, .best_score = alone(folded, end)};
    s.branch = is_branch(folded, end);
    for (uint32_t first = end; first > 0;) {
        uint32_t at = first - 1, open = bracketed(folded, at);
        int cost = open == UINT32_MAX ? cost_of(folded, at, end) : 0;
        if (cost >= STOP) break;
        first = open == UINT32_MAX ? at : open;
        if (alm_walk_length(folded, first, end) > MAX_LENGTH) break;
        s.cost += cost;
        if (open != UINT32_MAX) {
            s.evidence = true;
            if (folded->tokens[at].cp == ALM_CP_BRACKET_CLOSE) continue; /* no name starts with a bracket */
            s.cost -= 15;
        }
        const alm_token *token = &folded->tokens[first];
        s.evidence = s.evidence || is_evidence(folded, token);
        if (token->class_id == ALM_CLASS_PLACE) s.first_place = first;
        consider(&s, first);
    }
    if (score) *score = s.best_score;
    return s.best;
}
