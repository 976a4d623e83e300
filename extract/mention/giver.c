/*
 * Firms by what they do: a stretch at the head of a clause that ends with a trade or an ending of names, and behind
 * which somebody gives ("Tianshan Dairy gave …"); and the alumni of a school and year. Its characters may be ordinary
 * words; who stands there is its subject.
 */
#include "extract/mention/mention.h"
#include "extract/mention/name_start.h"
#include "extract/mention/walk.h"
#include "extract/document.h"

enum { MAX_BRAND = 8, MIN_NAME = 4, MAX_BODY = 9 };

/* What follows the subject of a sentence about a gift. */
static bool says_what_a_giver_does(const alm_folded *folded, uint32_t i) {
    while (i < folded->count && folded->tokens[i].class_id == ALM_CLASS_ADVERB) i++;
    if (i >= folded->count) return false;
    switch (folded->tokens[i].class_id) {
    case ALM_CLASS_GIVE:
    case ALM_CLASS_BA:
    case ALM_CLASS_VIA:
    case ALM_CLASS_TO: return true;
    default: return false;
    }
}

/* A brand and its ware, and what they give: "Huiyuan Juice gave 100 boxes"; no thing that is given to somebody. */
static bool is_branded_ware(const alm_folded *folded, uint32_t i) {
    const alm_token *t = folded->tokens;
    if (t[i].class_id != ALM_CLASS_GOODS_NOUN || i < 2 || i + 2 >= folded->count) return false;
    if (!alm_is_plain_han(&t[i - 1]) || !alm_is_plain_han(&t[i - 2])) return false;
    if (t[i + 1].class_id != ALM_CLASS_GIVE || alm_str_is_c(alm_token_attr(folded, &t[i + 1], ALM_CLASS_GIVE, 0), "to"))
        return false;
    switch (t[i + 2].class_id) {
    case ALM_CLASS_MONEY:
    case ALM_CLASS_QUANTITY:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_WORTH: return true;
    default: return false;
    }
}

static bool ends_firm(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (is_branded_ware(folded, i)) return true;
    if (token->class_id == ALM_CLASS_ORG_SUFFIX)
        return !alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_ORG_SUFFIX, 1), "weak") &&
               alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_ORG_SUFFIX, 0), "company");
    if (token->class_id != ALM_CLASS_ORG_PART) return false;
    alm_str kind = alm_token_attr(folded, token, ALM_CLASS_ORG_PART, 0);
    return alm_str_is_c(kind, "industry") || alm_str_is_c(kind, "form");
}

static bool begins_clause(const alm_folded *folded, uint32_t i) {
    if (i == 0) return true;
    const alm_token *before = &folded->tokens[i - 1];
    return before->class_id == ALM_CLASS_DATE || before->class_id == ALM_CLASS_BY ||
           (before->class_id == ALM_CLASS_TEXT && !alm_is_han(before->cp) && !alm_is_latin(before->cp) &&
            before->cp != ALM_CP_QUOTE_CLOSE);
}

/* What the name of a brand may be made of: characters and short ordinary words. */
static bool may_be_brand(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    size_t length = alm_walk_length(folded, i, i + 1);
    switch (token->class_id) {
    case ALM_CLASS_TEXT: return alm_is_han(token->cp) || alm_is_latin(token->cp);
    case ALM_CLASS_PLACE:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_NAME_PART: return true;
    case ALM_CLASS_NOUN:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_VERB:
    case ALM_CLASS_GOODS_NOUN: return length == 2;
    case ALM_CLASS_WITH:
    case ALM_CLASS_FUNCTION: return length == 1;
    default: return false;
    }
}

/* Grammar begins no name, and neither does an adverb of the sentence. */
static bool may_begin(const alm_token *token) {
    return token->class_id != ALM_CLASS_WITH && token->class_id != ALM_CLASS_FUNCTION &&
           token->class_id != ALM_CLASS_ADVERB && token->class_id != ALM_CLASS_VERB;
}

/* "the county's food trade"; but "Hainan Airlines": a whole place that no suffix makes a district. */
static bool is_trade_of_place(const alm_folded *folded, uint32_t first) {
    const alm_token *place = &folded->tokens[first];
    return place->class_id == ALM_CLASS_PLACE &&
           alm_str_is_c(alm_token_attr(folded, place, ALM_CLASS_PLACE, 1), "full");
}

/* "The university's alumni of 1998 gave": a body of people, named by theirs and by a year; where it begins, or @p i. */
static uint32_t body_start(const alm_folded *folded, uint32_t i) {
    const alm_token *t = folded->tokens;
    if (t[i].class_id != ALM_CLASS_SUBJECT_NOUN ||
        !alm_str_is_c(alm_token_attr(folded, &t[i], ALM_CLASS_SUBJECT_NOUN, 0), "body"))
        return i;
    uint32_t first = i, told = 0;
    for (; first > 0 && i - first < MAX_BODY; first--) {
        const alm_token *token = &t[first - 1];
        if (token->class_id == ALM_CLASS_ORG || token->class_id == ALM_CLASS_NUMBER || alm_is_digit(token->cp))
            told++;
        else if (!alm_is_plain_han(token))
            break;
    }
    return told && begins_clause(folded, first) ? first : i;
}

static alm_status fold_giver(alm_folded *folded, uint32_t first, uint32_t last, uint32_t kind) {
    uint32_t start = folded->tokens[first].start, end = folded->tokens[last - 1].end, mention;
    alm_mention firm = {.class_id = ALM_CLASS_ORG,
                        .start = start,
                        .end = end,
                        .name = alm_str_slice(folded->text, start, end),
                        .detail = kind,
                        .strength = 55,
                        .rule = ALM_STR("organisation/giver")};
    alm_status status = alm_mention_add(folded, &firm, &mention);
    return status == ALM_OK ? alm_fold(folded, first, last, mention) : status;
}

alm_status alm_givers_find(alm_folded *folded, alm_err *err) {
    alm_status status = ALM_OK;
    for (uint32_t i = 1; status == ALM_OK && i < folded->count; i++) {
        if (!says_what_a_giver_does(folded, i + 1)) continue;
        uint32_t body = body_start(folded, i);
        if (body < i) status = fold_giver(folded, body, i + 1, ALM_ORGANISATION_COMMUNITY);
        if (body < i || !ends_firm(folded, i)) continue;
        uint32_t first = i;
        while (first > 0 && may_be_brand(folded, first - 1) && alm_walk_length(folded, first - 1, i) <= MAX_BRAND)
            first--;
        if (first == i || !begins_clause(folded, first) || !may_begin(&folded->tokens[first])) continue;
        if (first + 1 == i && is_trade_of_place(folded, first)) continue;
        if (alm_walk_length(folded, first, i + 1) >= MIN_NAME)
            status = fold_giver(folded, first, i + 1, ALM_ORGANISATION_COMPANY);
    }
    if (status == ALM_OK) status = alm_fold_close(folded);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold givers: %s", alm_status_name(status));
}
