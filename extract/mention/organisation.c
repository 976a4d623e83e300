/*
 * Organisation names: anchored at the suffix word; where they begin is name_start.c's. Then firms named without an
 * ending, and short forms of names that the page has in full.
 */
#include "base/utf8.h"
#include "extract/document.h"
#include "extract/mention/mention.h"
#include "extract/mention/name_start.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

enum {
    MIN_WEAK = 2,
    MIN_KIND = 3,
    MIN_WEAK_SCORE = 15,
    MIN_FIRM_SCORE = 18,
    MIN_GIVER_SCORE = 30,
    MIN_BRAND = 5,
    MAX_ADVERBS = 4,
    MAX_BRAND = 14,
    MIN_UNIT = 4, /* "member unit"; a bare "member" may be a person */
    MAX_BRANDS = 64,
};

/* What a name surely follows: punctuation, a value, a case word, a role. Other words may be half a name cut in two. */
static bool is_hard_boundary(const alm_folded *folded, uint32_t first) {
    return first == 0 || folded->tokens[first - 1].class_id != ALM_CLASS_TEXT ||
           !alm_is_han(folded->tokens[first - 1].cp);
}

static bool is_weak(const alm_folded *folded, const alm_token *suffix) {
    return !alm_str_is_c(alm_token_attr(folded, suffix, ALM_CLASS_ORG_SUFFIX, 1), "strong");
}

static bool starts_like_a_name(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    for (uint32_t i = first; i < suffix; i++) {
        uint16_t class_id = folded->tokens[i].class_id;
        if (class_id == ALM_CLASS_PLACE || class_id == ALM_CLASS_LOCAL || class_id == ALM_CLASS_ORG_SUFFIX ||
            class_id == ALM_CLASS_ORG_PART || folded->tokens[i].cp == ALM_CP_QUOTE_OPEN)
            return true;
    }
    return false;
}

/* Kinds whose names are often a bare word and a one-character ending: shops, villages, temples. */
static bool goes_with_bare_words(alm_organisation_type type) {
    return type == ALM_ORGANISATION_COMPANY || type == ALM_ORGANISATION_COMMUNITY || type == ALM_ORGANISATION_OTHER;
}

/* "will", where it stands before what is done: no ending. */
static bool is_modal(const alm_folded *folded, uint32_t suffix) {
    if (!alm_token_can_be(folded, &folded->tokens[suffix], ALM_CLASS_FUNCTION) || suffix + 1 >= folded->count)
        return false;
    switch (folded->tokens[suffix + 1].class_id) {
    case ALM_CLASS_VERB:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_NEGATION:
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_BA:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_IS: return true;
    default: return false;
    }
}

/* A trade or a form of firms; the fields of bureaus and associations (kind "field") name no firm by themselves. */
static bool is_trade(const alm_folded *folded, const alm_token *token) {
    if (token->class_id != ALM_CLASS_ORG_PART) return false;
    alm_str kind = alm_token_attr(folded, token, ALM_CLASS_ORG_PART, 0);
    return !alm_str_is_c(kind, "field") && !alm_str_is_c(kind, "scope");
}

/* "class 2 of 1993", "senior (4)". */
static bool is_numbered(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    if (!alm_str_is_c(alm_token_attr(folded, &folded->tokens[suffix], ALM_CLASS_ORG_SUFFIX, 1), "numbered"))
        return false;
    for (uint32_t i = first; i < suffix; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_NUMBER) return true;
    return false;
}

/* "adviser Dong Zhongtang, B": a surname and two characters behind a post, in a list, are a person. */
static bool is_listed_person(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    if (first == 0 || folded->tokens[first - 1].class_id != ALM_CLASS_ROLE || suffix + 1 >= folded->count) return false;
    const alm_token *after = &folded->tokens[suffix + 1];
    if (after->cp != ALM_CP_LIST_COMMA && after->cp != ALM_CP_COMMA && after->class_id != ALM_CLASS_ETC) return false;
    return suffix == first + 2 && alm_walk_length(folded, first, suffix + 1) == 3 &&
           alm_person_is_usual_surname(folded, first);
}

/* A weak ending (one that ordinary words have too) needs a name that starts like one, and must not run on. */
static bool weak_holds(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    if (suffix + 1 < folded->count &&
        (alm_is_plain_han(&folded->tokens[suffix + 1]) || is_trade(folded, &folded->tokens[suffix + 1])))
        return false;
    if (is_modal(folded, suffix) || is_listed_person(folded, first, suffix)) return false;
    if (first > 0 && folded->tokens[first - 1].cp == ALM_CP_QUOTE_OPEN && suffix + 1 < folded->count &&
        folded->tokens[suffix + 1].cp != ALM_CP_QUOTE_CLOSE)
        return false; /* half of what is quoted */
    if (starts_like_a_name(folded, first, suffix) || is_numbered(folded, first, suffix)) return true;
    alm_organisation_type type =
        alm_organisation_type_of(alm_token_attr(folded, &folded->tokens[suffix], ALM_CLASS_ORG_SUFFIX, 0));
    bool word = alm_walk_length(folded, suffix, suffix + 1) > 1;
    bool led = suffix + 1 < folded->count && folded->tokens[suffix + 1].class_id == ALM_CLASS_ROLE;
    return (word || led || goes_with_bare_words(type)) && alm_walk_length(folded, first, suffix) >= MIN_WEAK;
}

static alm_status fold_name(alm_folded *folded, uint32_t first, uint32_t suffix) {
    const alm_token *tokens = folded->tokens;
    if (first < suffix && tokens[first + 1].class_id == ALM_CLASS_PLACE &&
        alm_str_is_c(alm_token_attr(folded, &tokens[first], ALM_CLASS_ROLE_PREFIX, 0), "time"))
        first++; /* "formerly of the county hospital" */
    uint32_t start = tokens[first].start, end = tokens[suffix].end;
    alm_mention org = {.class_id = ALM_CLASS_ORG,

                       .start = start,
                       .end = end,
                       .name = alm_str_slice(folded->text, start, end),
                       .detail =
                           alm_organisation_type_of(alm_token_attr(folded, &tokens[suffix], ALM_CLASS_ORG_SUFFIX, 0)),
                       .strength = is_weak(folded, &tokens[suffix]) ? 60 : 90,
                       .rule = ALM_STR("organisation/suffix")};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, first, suffix + 1, mention) : status;
}

/* "50 firms", "A and other firms", "firms from elsewhere", "the firm "X"": no firm that was named before. */
static bool is_kind(const alm_folded *folded, uint32_t i) {
    uint16_t before = i > 0 ? folded->tokens[i - 1].class_id : ALM_CLASS_TEXT;
    if (before == ALM_CLASS_QUANTITY || before == ALM_CLASS_ETC || before == ALM_CLASS_NOUN ||
        before == ALM_CLASS_MANY || before == ALM_CLASS_PLACE)
        return true;
    if (i + 1 >= folded->count) return false;
    const alm_token *after = &folded->tokens[i + 1];
    return after->class_id == ALM_CLASS_ORG || after->class_id == ALM_CLASS_PLACE || after->cp == ALM_CP_QUOTE_OPEN;
}

/* "The association", "this company": a reference to an organisation that settle resolves. */
static alm_status adopt_reference(alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id != ALM_CLASS_SELF_ORG) return ALM_OK;
    if (i > 0 && folded->tokens[i - 1].class_id == ALM_CLASS_ORG_PART) return ALM_OK; /* "private firms": a kind */
    if (is_kind(folded, i)) return ALM_OK;
    alm_str points = alm_token_attr(folded, token, ALM_CLASS_SELF_ORG, 1);
    const char *rule = alm_str_is_c(points, "ours")   ? "organisation/first-person"
                       : alm_str_is_c(points, "this") ? "organisation/this"
                                                      : "organisation/reference";
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = token->start,
                       .end = token->end,
                       .name = alm_token_text(folded, token),
                       .detail = alm_organisation_type_of(alm_token_attr(folded, token, ALM_CLASS_SELF_ORG, 0)),
                       .reference = true,
                       .strength = 50,
                       .rule = alm_str_of(rule)};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, i, i + 1, mention) : status;
}

/* "The tobacco bureau gave": an ending of three characters that stands alone before the deed names the one of the
 * place. */
static bool is_named_by_kind(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id != ALM_CLASS_ORG_SUFFIX || is_weak(folded, token) ||
        alm_walk_length(folded, i, i + 1) < MIN_KIND)
        return false;
    if (i + 1 >= folded->count || (i > 0 && folded->tokens[i - 1].class_id != ALM_CLASS_TEXT) ||
        !is_hard_boundary(folded, i))
        return false;
    uint16_t after = folded->tokens[i + 1].class_id;
    return after == ALM_CLASS_GIVE || after == ALM_CLASS_EACH || after == ALM_CLASS_SPLIT;
}

static alm_status adopt_kind(alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = token->start,
                       .end = token->end,
                       .name = alm_token_text(folded, token),
                       .detail = alm_organisation_type_of(alm_token_attr(folded, token, ALM_CLASS_ORG_SUFFIX, 0)),
                       .strength = 55,
                       .rule = ALM_STR("organisation/kind")};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, i, i + 1, mention) : status;
}

/* Suffixes from the right: a name that ends at the last one swallows those inside it. */
static alm_status find_at(alm_folded *folded, uint32_t suffix, uint32_t *next) {
    int score;
    uint32_t first = alm_name_start(folded, suffix, &score);
    *next = suffix;
    if (first == suffix)
        return is_named_by_kind(folded, suffix) ? adopt_kind(folded, suffix) : adopt_reference(folded, suffix);
    if (is_weak(folded, &folded->tokens[suffix]) && (score < MIN_WEAK_SCORE || !weak_holds(folded, first, suffix)))
        return ALM_OK;
    *next = first;
    return fold_name(folded, first, suffix);
}

/* A word that the lexicon knows as an organisation by itself. */
static alm_status adopt_word(alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    uint32_t first = i;
    while (first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_PLACE) first--;
    uint32_t last = i + 1; /* with its trade: "X Express" */
    while (last < folded->count && is_trade(folded, &folded->tokens[last])) last++;
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = folded->tokens[first].start,
                       .end = folded->tokens[last - 1].end,
                       .detail = alm_organisation_type_of(alm_token_attr(folded, token, ALM_CLASS_ORG, 0)),
                       .strength = 90,
                       .rule = ALM_STR("organisation/word")};
    org.name = alm_str_slice(folded->text, org.start, org.end);
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, first, last, mention) : status;
}

static bool holds_class(const alm_folded *folded, uint32_t first, uint32_t last, uint16_t class_id) {
    for (uint32_t i = first; i < last; i++)
        if (folded->tokens[i].class_id == class_id) return true;
    return false;
}

/* A verb that is no trade ("construction", "investment"). */
static bool holds_verb(const alm_folded *folded, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_VERB &&
            !alm_token_can_be(folded, &folded->tokens[i], ALM_CLASS_ORG_PART))
            return true;
    return false;
}

static alm_status fold_stretch(alm_folded *folded, uint32_t first, uint32_t last, alm_organisation_type type,
                               const char *rule) {
    uint32_t start = folded->tokens[first].start, end = folded->tokens[last - 1].end;
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = start,
                       .end = end,
                       .name = alm_str_slice(folded->text, start, end),
                       .detail = type,
                       .strength = 55,
                       .rule = alm_str_of(rule)};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, first, last, mention) : status;
}

static alm_status fold_firm(alm_folded *folded, uint32_t first, uint32_t last, const char *rule) {
    return fold_stretch(folded, first, last, ALM_ORGANISATION_COMPANY, rule);
}

/* A firm's name ends before @p end: with a trade, or "international" behind one. */
static bool ends_in_trade(const alm_folded *folded, uint32_t end) {
    const alm_token *t = folded->tokens;
    if (is_trade(folded, &t[end - 1])) return true;
    return end > 1 && t[end - 1].class_id == ALM_CLASS_ORG_PART &&
           alm_str_is_c(alm_token_attr(folded, &t[end - 1], ALM_CLASS_ORG_PART, 0), "scope") &&
           is_trade(folded, &t[end - 2]);
}

static bool is_company_post(const alm_folded *folded, const alm_token *token) {
    const alm_mention *role = alm_mention_of(folded, token);
    if (token->class_id != ALM_CLASS_ROLE || !role) return false;
    const alm_lexicon *posts = folded->pack->consulted;
    const alm_sense *sense = alm_lexicon_sense_of(posts, alm_lexicon_find(posts, role->name), ALM_CLASS_POST_AT);
    return sense && alm_str_is_c(sense->attrs[0], "company");
}

/* "brand | manager", "brand (manager: …)". */
static bool stands_before_post(const alm_folded *folded, uint32_t end) {
    if (end >= folded->count) return false;
    uint32_t at = end + (folded->tokens[end].cp == ALM_CP_BRACKET_OPEN);
    return at < folded->count && is_company_post(folded, &folded->tokens[at]);
}

/* "A, B, C": next to an organisation in a list. */
static bool is_listed(const alm_folded *folded, uint32_t first, uint32_t end) {
    const alm_token *t = folded->tokens;
    bool after = first > 1 && t[first - 1].cp == ALM_CP_LIST_COMMA && t[first - 2].class_id == ALM_CLASS_ORG;
    bool before = end + 1 < folded->count && t[end].cp == ALM_CP_LIST_COMMA && t[end + 1].class_id == ALM_CLASS_ORG &&
                  first > 0 && t[first - 1].cp == ALM_CP_LIST_COMMA;
    return after || before;
}

/* "vice-chair of the chamber, X's chairman Y": a person's posts go on up to the name, so X is no person. */
static bool follows_post(const alm_folded *folded, uint32_t first, uint32_t end) {
    const alm_token *t = folded->tokens;
    bool bare = end + 1 >= folded->count || !(alm_is_plain_han(&t[end + 1]) || t[end + 1].sense);
    if (bare || t[end + 1].class_id == ALM_CLASS_VERB || t[end + 1].class_id == ALM_CLASS_GIVE) return false;
    return first > 1 && t[first - 1].cp == ALM_CP_LIST_COMMA && t[first - 2].class_id == ALM_CLASS_ROLE;
}

/* What stands before @p end gives: a verb of giving, or what leads to one, follows. */
static bool gives(const alm_folded *folded, uint32_t end) {
    for (uint32_t i = end; i < folded->count && i < end + MAX_ADVERBS; i++) switch (folded->tokens[i].class_id) {
        case ALM_CLASS_GIVE:
        case ALM_CLASS_EACH:
        case ALM_CLASS_MONEY:
        case ALM_CLASS_SEND:
        case ALM_CLASS_SPLIT:
        case ALM_CLASS_TO:
        case ALM_CLASS_BA:
        case ALM_CLASS_BUY: return true;
        case ALM_CLASS_ADVERB:
        case ALM_CLASS_FUNCTION:
        case ALM_CLASS_DATE:
        case ALM_CLASS_PLAIN: break;
        default: return false;
        }
    return false;
}

/* A firm named without its form: what stands before a manager's post, or a stretch that starts with a place or follows
   a membership and ends with a trade. */
static alm_status find_firm(alm_folded *folded, uint32_t end) {
    int score;
    uint32_t first = alm_name_start(folded, end, &score);
    uint32_t quote = alm_walk_opening(folded, end - 1, MAX_BRAND);
    if (quote != UINT32_MAX && first < quote && holds_class(folded, first, quote, ALM_CLASS_ORG)) first = quote;
    size_t length = alm_walk_length(folded, first, end);
    if (score < MIN_FIRM_SCORE || holds_verb(folded, first, end) || length < 2 || length > 16 ||
        !is_hard_boundary(folded, first) || holds_class(folded, first, end, ALM_CLASS_ORG))
        return ALM_OK;
    bool verb = folded->tokens[end - 1].class_id == ALM_CLASS_VERB; /* of a trade: "construction" */
    bool trade = ends_in_trade(folded, end), place = folded->tokens[first].class_id == ALM_CLASS_PLACE;
    bool quoted = folded->tokens[first].cp == ALM_CP_QUOTE_OPEN;
    if (place && end - first == 1) return ALM_OK;
    if (stands_before_post(folded, end))
        return length >= 3 && (trade || verb || place || quoted || length >= 4 || follows_post(folded, first, end))
                   ? fold_firm(folded, first, end, "organisation/before-post")
                   : ALM_OK;
    bool member =
        first > 0 && (folded->tokens[first - 1].class_id == ALM_CLASS_MEMBER || is_listed(folded, first, end));
    if (trade && gives(folded, end) && length >= 4 && alm_is_plain_han(&folded->tokens[first]) &&
        score >= MIN_GIVER_SCORE)
        return fold_firm(folded, first, end, "organisation/giver");
    bool runs_on =
        end < folded->count && folded->tokens[end].class_id == ALM_CLASS_TEXT && alm_is_han(folded->tokens[end].cp);
    if (trade && !runs_on && length >= 4 && (place || member) &&
        length >
            alm_walk_length(folded, end - 1, end) + (place && !member ? alm_walk_length(folded, first, first + 1) : 0))
        return fold_firm(folded, first, end, "organisation/trade");
    return ALM_OK;
}

/* What stands between a membership and the end of the clause or what was given, too long for a person: a member firm
   named by its brand alone. */
static alm_status find_member(alm_folded *folded, uint32_t member) {
    uint32_t first = member + 1, last = first;
    while (last < folded->count && alm_name_may_hold(folded, last) &&
           alm_walk_length(folded, first, last + 1) <= MAX_BRAND)
        last++;
    if (last >= folded->count || alm_walk_length(folded, first, last) < MIN_BRAND) return ALM_OK;
    const alm_token *after = &folded->tokens[last];
    bool ends = after->class_id == ALM_CLASS_MONEY || after->class_id == ALM_CLASS_GIVE ||
                after->class_id == ALM_CLASS_EACH || after->class_id == ALM_CLASS_SPLIT ||
                (after->class_id == ALM_CLASS_TEXT && !alm_is_han(after->cp));
    return ends ? fold_firm(folded, first, last, "organisation/member") : ALM_OK;
}

static alm_status find_members(alm_folded *folded) {
    for (uint32_t i = 0; i + 1 < folded->count; i++) {
        alm_str name = alm_token_text(folded, &folded->tokens[i]);
        if (folded->tokens[i].class_id != ALM_CLASS_MEMBER || alm_utf8_count(name) < MIN_UNIT) continue;
        alm_status status = find_member(folded, i);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static alm_status find_firms(alm_folded *folded) {
    for (uint32_t i = (uint32_t)folded->count; i-- > 1;) {
        bool post = stands_before_post(folded, i) && folded->tokens[i - 1].class_id != ALM_CLASS_ORG;
        bool trade = ends_in_trade(folded, i) && folded->tokens[i].class_id != ALM_CLASS_ORG_PART;
        if (!post && !trade) continue;
        alm_status status = find_firm(folded, i);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* ---- short forms ---- */

/* The part of a firm's full name that it goes by: what stands between the place and the trade, as bytes of the shadow.
 */
static alm_str brand_of(const alm_folded *folded, const alm_mention *org) {
    const alm_token *t = org->inside;
    uint32_t i = 0;
    while (i < org->inside_count && (t[i].class_id == ALM_CLASS_PLACE || t[i].class_id == ALM_CLASS_LOCAL)) i++;
    uint32_t first = i;
    while (i < org->inside_count && t[i].class_id == ALM_CLASS_TEXT && alm_is_han(t[i].cp)) i++;
    if (i == org->inside_count || i - first < 2 || i - first > 4) return (alm_str){0};
    return alm_str_slice(folded->text, t[first].start, t[i - 1].end);
}

/* How many tokens from @p first spell @p brand; 0 where they do not. */
static uint32_t spells(const alm_folded *folded, uint32_t first, alm_str brand) {
    size_t used = 0;
    for (uint32_t i = first; i < folded->count; i++) {
        alm_str text = alm_token_text(folded, &folded->tokens[i]);
        if (folded->tokens[i].mention || used + text.len > brand.len ||
            memcmp(brand.ptr + used, text.ptr, text.len) != 0)
            return 0;
        used += text.len;
        if (used == brand.len) return i + 1 - first;
    }
    return 0;
}

/* With the trade or form words behind it that the full name has too: "brand electronics", "brand company". */
static uint32_t with_trade(const alm_folded *folded, uint32_t last, alm_str full) {
    while (last < folded->count) {
        uint16_t class_id = folded->tokens[last].class_id;
        if (class_id != ALM_CLASS_ORG_PART && class_id != ALM_CLASS_ORG_SUFFIX && class_id != ALM_CLASS_SELF_ORG &&
            class_id != ALM_CLASS_GOODS_NOUN)
            break;
        if (alm_str_find(full, alm_token_text(folded, &folded->tokens[last]), 0) == SIZE_MAX) break;
        last++;
    }
    return last;
}

static alm_status find_brands(alm_folded *folded) {
    struct {
        alm_str brand, full;
        uint32_t detail;
    } known[MAX_BRANDS];
    size_t count = 0;
    for (size_t i = 0; i < folded->mention_count && count < MAX_BRANDS; i++) {
        const alm_mention *m = &folded->mentions[i];
        if (m->class_id != ALM_CLASS_ORG || m->reference || m->detail != ALM_ORGANISATION_COMPANY || m->strength < 80)
            continue;
        alm_str brand = brand_of(folded, m);
        if (!brand.len) continue;
        bool seen = false;
        for (size_t k = 0; k < count; k++) seen = seen || alm_str_is(known[k].brand, brand);
        if (seen) continue;
        known[count].brand = brand;
        known[count].full = m->name;
        known[count++].detail = m->detail;
    }
    for (uint32_t i = 0; count && i < folded->count; i++) {
        if (folded->tokens[i].class_id != ALM_CLASS_TEXT || !is_hard_boundary(folded, i)) continue;
        for (size_t k = 0; k < count; k++) {
            uint32_t length = spells(folded, i, known[k].brand);
            if (!length) continue;
            uint32_t last = with_trade(folded, i + length, known[k].full);
            if (last < folded->count && folded->tokens[last].class_id == ALM_CLASS_GOODS_NOUN)
                break; /* its ware, not the firm */
            alm_status status = fold_firm(folded, i, last, "organisation/short-form");
            if (status != ALM_OK) return status;
            i = last - 1;
            break;
        }
    }
    return ALM_OK;
}

/* "in the name of "The Peach Garden"": what the quotes hold is who is meant, whatever words it is made of. */
static alm_status find_in_name_of(alm_folded *folded) {
    for (uint32_t i = 3; i < folded->count; i++) {
        if (!alm_str_is_c(alm_token_attr(folded, &folded->tokens[i], ALM_CLASS_NOUN, 0), "behalf")) continue;
        uint32_t close = i - 1 - (folded->tokens[i - 1].class_id == ALM_CLASS_OF);
        uint32_t open =
            folded->tokens[close].cp == ALM_CP_QUOTE_CLOSE ? alm_walk_opening(folded, close, MAX_BRAND) : UINT32_MAX;
        if (open == UINT32_MAX || open == 0 || folded->tokens[open - 1].class_id != ALM_CLASS_BEHALF ||
            holds_class(folded, open, close, ALM_CLASS_ORG) || close < open + 2)
            continue;
        alm_status status = fold_stretch(folded, open + 1, close, ALM_ORGANISATION_OTHER, "organisation/in-name-of");
        if (status != ALM_OK) return status;
    }
    return alm_fold_close(folded);
}

/* Weak endings that ended nothing are ordinary words; but "office, head" is a post by itself. */
static void release_endings(alm_folded *folded) {
    for (uint32_t i = 0; i < folded->count; i++) {
        if (folded->tokens[i].class_id != ALM_CLASS_ORG_SUFFIX || !is_weak(folded, &folded->tokens[i])) continue;
        bool led = i + 1 < folded->count && folded->tokens[i + 1].class_id == ALM_CLASS_ROLE;
        if (!led || alm_walk_length(folded, i, i + 1) == 1) alm_walk_release(folded, i);
    }
}

alm_status alm_organisations_find(alm_folded *folded, alm_err *err) {
    alm_status status = ALM_OK;
    for (uint32_t i = (uint32_t)folded->count; status == ALM_OK && i-- > 0;) {
        const alm_token *token = &folded->tokens[i];
        if (token->class_id == ALM_CLASS_ORG && !token->mention)
            status = adopt_word(folded, i);
        else if (alm_token_can_be(folded, token, ALM_CLASS_ORG_SUFFIX))
            status = find_at(folded, i, &i);
        else
            status = adopt_reference(folded, i);
    }
    if (status == ALM_OK) status = alm_fold_close(folded);
    if (status == ALM_OK) release_endings(folded);
    if (status == ALM_OK) status = find_firms(folded);
    if (status == ALM_OK) status = alm_fold_close(folded);
    if (status == ALM_OK) status = find_members(folded);
    if (status == ALM_OK) status = alm_fold_close(folded);
    if (status == ALM_OK) status = find_in_name_of(folded);
    if (status == ALM_OK) status = find_brands(folded);
    if (status == ALM_OK) status = alm_fold_close(folded);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold organisations: %s", alm_status_name(status));
}
