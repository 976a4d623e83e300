/*
 * Organisation names: anchored at the suffix word, looking left to where the name begins.
 *
 * A name may hold place names, industry words, plain characters, numerals and quoted or bracketed parts; a word that
 * bounds names (a verb, an adverb, a case word, punctuation, a value, a role) ends it. Where the stretch holds a place
 * name, the name begins there: what stands before it is the sentence's.
 */
#include "base/utf8.h"
#include "extract/document.h"
#include "extract/mention/mention.h"
#include "extract/mention/walk.h"

enum {
    MAX_NAME = 32,
    MAX_QUOTED = 16,
    MIN_WEAK = 2,
    MAX_SOFT = 12,
    MAX_OVER_WORDS = 18,
    MAX_BRANDS = 64,
    MAX_NUMBER = 9
};

/* "class of 2002", "8th term": a number that names rather than counts, right before the ending or another part. */
static bool is_naming_quantity(const alm_folded *folded, const alm_token *token) {
    const alm_value *value = alm_mention_of(folded, token)->value;
    return (value->measure == ALM_MEASURE_OTHER || value->measure == ALM_MEASURE_TIME) &&
           alm_token_can_be(folded, token + 1, ALM_CLASS_ORG_SUFFIX) && token->end - token->start <= 12;
}

static bool may_stand_inside(const alm_folded *folded, const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_TEXT:
        return alm_is_han(token->cp) || alm_is_latin(token->cp) || alm_is_digit(token->cp) ||
               token->cp == ALM_CP_MIDDLE_DOT || token->cp == '&' || token->cp == '-';
    case ALM_CLASS_PLACE:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_ORG_SUFFIX:
    case ALM_CLASS_SELF_ORG:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_ORG: return true;
    case ALM_CLASS_NUMBER:
        return token->end - token->start <= MAX_NUMBER &&
               !alm_is_digit((unsigned char)folded->text.ptr[token->end - 1]);
    case ALM_CLASS_QUANTITY: return is_naming_quantity(folded, token);
    case ALM_CLASS_PLAIN: {
        alm_str part = alm_token_attr(folded, token, ALM_CLASS_PLAIN, 0);
        return alm_str_is_c(part, "name") || alm_str_is_c(part, "noun");
    }
    case ALM_CLASS_NOUN:
    case ALM_CLASS_VERB:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_GIFT_NOUN:
    case ALM_CLASS_DIRECTION:
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_SPEND: /* investment, purchasing, aid: trades, too */
    case ALM_CLASS_BUY:
    case ALM_CLASS_SEND:
    case ALM_CLASS_RAISE:
    case ALM_CLASS_GIVE:
    case ALM_CLASS_DISTRIBUTE:
    case ALM_CLASS_NOT_GIFT: return alm_token_can_be(folded, token, ALM_CLASS_ORG_PART);
    default: return false;
    }
}

/* What a name surely follows: punctuation, a value, a case word, a role. Other words may be half a name cut in two. */
static bool is_hard_boundary(const alm_folded *folded, uint32_t first) {
    return first == 0 || folded->tokens[first - 1].class_id != ALM_CLASS_TEXT ||
           !alm_is_han(folded->tokens[first - 1].cp);
}

/* How far left a name that ends before @p end may reach. */
static uint32_t reach(const alm_folded *folded, uint32_t end) {
    uint32_t first = end;
    while (first > 0) {
        const alm_token *before = &folded->tokens[first - 1];
        if (may_stand_inside(folded, before)) {
            first--;
        } else {
            uint32_t open = alm_walk_opening(folded, first - 1, MAX_QUOTED);
            if (open == UINT32_MAX) break;
            if (before->cp == ALM_CP_BRACKET_CLOSE &&
                (open == 0 || !may_stand_inside(folded, &folded->tokens[open - 1])))
                break;
            first = open;
        }
        if (alm_walk_length(folded, first, end) > MAX_NAME) {
            first++;
            break;
        }
    }
    return first;
}

/* An ordinary word that names hold as well: "neighbours' charity", "veterans' association". */
static bool is_soft(const alm_folded *folded, const alm_token *token, bool last) {
    switch (token->class_id) {
    case ALM_CLASS_NOUN:
    case ALM_CLASS_SUBJECT_NOUN:
    case ALM_CLASS_ROLE:
    case ALM_CLASS_MEMBER:
    case ALM_CLASS_ROLE_HEAD:
    case ALM_CLASS_GROUP:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_GIFT_NOUN: break;
    case ALM_CLASS_FUNCTION: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_FUNCTION, 0), "soft") && !last;
    case ALM_CLASS_VERB:
        if (last || alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_VERB, 0), "hard")) return false;
        break;
    case ALM_CLASS_ADVERB:
        if (last) return false;
        break;
    default: return may_stand_inside(folded, token);
    }
    return token->end - token->start <= MAX_SOFT;
}

static uint32_t plain_run(const alm_folded *folded, uint32_t end, uint32_t max) {
    uint32_t first = end;
    while (first > 0 && end - first < max && alm_is_plain_han(&folded->tokens[first - 1])) first--;
    return first;
}

/*
 * A single character of grammar that cuts a name in two: between it and a boundary stand no more than a few plain
 * characters, which would make no sense by themselves. Case words ("and", "to") need exactly one; soft ones ("in",
 * "too") up to three.
 */
static uint32_t reach_over_grammar(const alm_folded *folded, uint32_t first) {
    while (first > 1) {
        const alm_token *cut = &folded->tokens[first - 1];
        bool soft = alm_str_is_c(alm_token_attr(folded, cut, cut->class_id, 0), "soft");
        bool hard = cut->class_id == ALM_CLASS_WITH || cut->class_id == ALM_CLASS_TO ||
                    cut->class_id == ALM_CLASS_PRONOUN || cut->class_id == ALM_CLASS_TOTAL ||
                    cut->class_id == ALM_CLASS_NEGATION || cut->class_id == ALM_CLASS_SPEND;
        if ((!soft && !hard) || cut->end - cut->start > 4) break;
        uint32_t run = plain_run(folded, first - 1, soft ? 3 : 1);
        bool place = run > 0 && folded->tokens[run - 1].class_id == ALM_CLASS_PLACE;
        bool grammar = !soft && (cut->class_id == ALM_CLASS_WITH || cut->class_id == ALM_CLASS_TO);
        if ((run == first - 1 && (!place || grammar)) || !(place || is_hard_boundary(folded, run))) break;
        if (run > 0 && (folded->tokens[run - 1].class_id == ALM_CLASS_VERB ||
                        folded->tokens[run - 1].class_id == ALM_CLASS_ADVERB))
            break;
        first = place ? reach(folded, run) : run;
        if (place) break;
    }
    return first;
}

/* Right behind a dash or a membership the name starts, whatever word it starts with. */
static uint32_t reach_to_dash(const alm_folded *folded, uint32_t first) {
    for (uint32_t at = first; at > 0 && first - at <= 4; at--) {
        const alm_token *before = &folded->tokens[at - 1];
        if (before->cp == ALM_CP_EM_DASH || before->class_id == ALM_CLASS_MEMBER) return at;
        if (!is_soft(folded, before, false) || before->class_id == ALM_CLASS_ROLE) break;
    }
    return first;
}

/* One ordinary word between a place, or a boundary where a quarter or village follows, and the ending. */
static uint32_t reach_over_noun(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    if (first != suffix || first < 2) return first;
    const alm_token *word = &folded->tokens[first - 1], *before = &folded->tokens[first - 2];
    if (word->class_id != ALM_CLASS_NOUN && word->class_id != ALM_CLASS_PLAIN && word->class_id != ALM_CLASS_ADVERB)
        return first;
    if (word->end - word->start > 9) return first;
    if (before->class_id == ALM_CLASS_LOCAL || before->class_id == ALM_CLASS_PLACE) return reach(folded, first - 1);
    bool community =
        alm_str_is_c(alm_token_attr(folded, &folded->tokens[suffix], ALM_CLASS_ORG_SUFFIX, 0), "community");
    bool mark = before->class_id == ALM_CLASS_TEXT && !alm_is_han(before->cp);
    return community && (mark || before->class_id == ALM_CLASS_TO || before->class_id == ALM_CLASS_SEND) ? first - 1
                                                                                                         : first;
}

/*
 * Where the stretch from @p first breaks off at an ordinary word, and a place name stands close before it with only
 * such words between, the name begins at the place: places do not stand before nouns by chance.
 */
static uint32_t reach_over_words(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    for (uint32_t at = first; at > 0 && first - at <= 6; at--) {
        const alm_token *before = &folded->tokens[at - 1];
        if (alm_walk_length(folded, at - 1, suffix) > MAX_OVER_WORDS) break;
        if (before->class_id == ALM_CLASS_PLACE && at < first) {
            while (at > 1 && folded->tokens[at - 2].class_id == ALM_CLASS_PLACE) at--;
            return at - 1;
        }
        if (!is_soft(folded, before, at == first && first == suffix)) break;
    }
    return first;
}

/*
 * The first place name of the stretch starts the name, unless a name's part stands before it, or no more than two
 * characters that follow a boundary: then they are the name's own and the place name only looks like one.
 */
static uint32_t begin_at_place(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    for (uint32_t i = first; i < suffix; i++) {
        uint16_t class_id = folded->tokens[i].class_id;
        if (class_id == ALM_CLASS_ORG_SUFFIX || class_id == ALM_CLASS_ORG || class_id == ALM_CLASS_ORG_PART)
            return first;
        if (folded->tokens[i].cp == ALM_CP_QUOTE_OPEN) return i;
        if (class_id == ALM_CLASS_LOCAL && i == first) return i;
        if (class_id != ALM_CLASS_PLACE) continue;
        return alm_walk_length(folded, first, i) <= 2 && is_hard_boundary(folded, first) ? first : i;
    }
    return first;
}

static bool is_weak(const alm_folded *folded, const alm_token *suffix) {
    return alm_str_is_c(alm_token_attr(folded, suffix, ALM_CLASS_ORG_SUFFIX, 1), "weak");
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

/* A weak ending (one that ordinary words have too) needs a name that starts like one, and must not run on. */
static bool weak_holds(const alm_folded *folded, uint32_t first, uint32_t suffix) {
    if (suffix + 1 < folded->count && alm_is_plain_han(&folded->tokens[suffix + 1])) return false;
    if (starts_like_a_name(folded, first, suffix)) return true;
    alm_organisation_type type =
        alm_organisation_type_of(alm_token_attr(folded, &folded->tokens[suffix], ALM_CLASS_ORG_SUFFIX, 0));
    return goes_with_bare_words(type) && alm_walk_length(folded, first, suffix) >= MIN_WEAK;
}

static alm_status fold_name(alm_folded *folded, uint32_t first, uint32_t suffix) {
    const alm_token *tokens = folded->tokens;
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

/* "The association", "this company": a reference to an organisation that settle resolves. */
static alm_status adopt_reference(alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id != ALM_CLASS_SELF_ORG) return ALM_OK;
    bool ours = alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_SELF_ORG, 1), "ours");
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = token->start,
                       .end = token->end,
                       .name = alm_token_text(folded, token),
                       .detail = alm_organisation_type_of(alm_token_attr(folded, token, ALM_CLASS_SELF_ORG, 0)),
                       .reference = true,
                       .strength = 50,
                       .rule = alm_str_of(ours ? "organisation/first-person" : "organisation/reference")};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, i, i + 1, mention) : status;
}

/* Suffixes from the right: a name that ends at the last one swallows those inside it. */
static alm_status find_at(alm_folded *folded, uint32_t suffix, uint32_t *next) {
    uint32_t first = reach_over_noun(folded, reach(folded, suffix), suffix);
    if (first < suffix) first = reach_over_grammar(folded, first);
    first = begin_at_place(folded, reach_to_dash(folded, first), suffix);
    if (!is_weak(folded, &folded->tokens[suffix]) &&
        (first == suffix || folded->tokens[first].class_id != ALM_CLASS_PLACE))
        first = reach_over_words(folded, first, suffix);
    *next = suffix;
    if (first == suffix) return adopt_reference(folded, suffix);
    if (is_weak(folded, &folded->tokens[suffix]) && !weak_holds(folded, first, suffix)) return ALM_OK;
    *next = first;
    return fold_name(folded, first, suffix);
}

/* A word that the lexicon knows as an organisation by itself. */
static alm_status adopt_word(alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    uint32_t first = i;
    while (first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_PLACE) first--;
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = folded->tokens[first].start,
                       .end = token->end,
                       .detail = alm_organisation_type_of(alm_token_attr(folded, token, ALM_CLASS_ORG, 0)),
                       .strength = 90,
                       .rule = ALM_STR("organisation/word")};
    org.name = alm_str_slice(folded->text, org.start, org.end);
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, first, i + 1, mention) : status;
}

static bool holds_class(const alm_folded *folded, uint32_t first, uint32_t last, uint16_t class_id) {
    for (uint32_t i = first; i < last; i++)
        if (folded->tokens[i].class_id == class_id) return true;
    return false;
}

static alm_status fold_firm(alm_folded *folded, uint32_t first, uint32_t last, const char *rule) {
    uint32_t start = folded->tokens[first].start, end = folded->tokens[last - 1].end;
    alm_mention org = {.class_id = ALM_CLASS_ORG,
                       .start = start,
                       .end = end,
                       .name = alm_str_slice(folded->text, start, end),
                       .detail = ALM_ORGANISATION_COMPANY,
                       .strength = 55,
                       .rule = alm_str_of(rule)};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &org, &mention);
    return status == ALM_OK ? alm_fold(folded, first, last, mention) : status;
}

static bool is_company_post(const alm_folded *folded, const alm_token *token) {
    const alm_mention *role = alm_mention_of(folded, token);
    if (token->class_id != ALM_CLASS_ROLE || !role) return false;
    const alm_lexicon *posts = folded->pack->consulted;
    const alm_sense *sense = alm_lexicon_sense_of(posts, alm_lexicon_find(posts, role->name), ALM_CLASS_POST_AT);
    return sense && alm_str_is_c(sense->attrs[0], "company");
}

/* A trade or a form of firms; the fields of bureaus and associations (kind "field") name no firm by themselves. */
static bool is_trade(const alm_folded *folded, const alm_token *token) {
    if (token->class_id != ALM_CLASS_ORG_PART) return false;
    alm_str kind = alm_token_attr(folded, token, ALM_CLASS_ORG_PART, 0);
    return !alm_str_is_c(kind, "field") && !alm_str_is_c(kind, "scope");
}

/* A firm named without its form: what stands before a manager's post, or a stretch that starts with a place or follows
   a membership and ends with a trade. */
static alm_status find_firm(alm_folded *folded, uint32_t end) {
    uint32_t first = begin_at_place(folded, reach_over_grammar(folded, reach(folded, end)), end);
    size_t length = alm_walk_length(folded, first, end);
    if (length < 2 || length > 16 || !is_hard_boundary(folded, first) || holds_class(folded, first, end, ALM_CLASS_ORG))
        return ALM_OK;
    bool trade = is_trade(folded, &folded->tokens[end - 1]), place = folded->tokens[first].class_id == ALM_CLASS_PLACE;
    bool quoted = folded->tokens[first].cp == ALM_CP_QUOTE_OPEN;
    if (place && end - first == 1) return ALM_OK;
    if (end < folded->count && is_company_post(folded, &folded->tokens[end]))
        return length >= 3 && (trade || place || quoted || length >= 4)
                   ? fold_firm(folded, first, end, "organisation/before-post")
                   : ALM_OK;
    bool member = first > 0 && folded->tokens[first - 1].class_id == ALM_CLASS_MEMBER;
    bool runs_on =
        end < folded->count && folded->tokens[end].class_id == ALM_CLASS_TEXT && alm_is_han(folded->tokens[end].cp);
    if (trade && !runs_on && length >= 4 && (place || member) &&
        length > alm_walk_length(folded, end - 1, end) + (place ? alm_walk_length(folded, first, first + 1) : 0))
        return fold_firm(folded, first, end, "organisation/trade");
    return ALM_OK;
}

static alm_status find_firms(alm_folded *folded) {
    for (uint32_t i = (uint32_t)folded->count; i-- > 1;) {
        bool post = is_company_post(folded, &folded->tokens[i]) && folded->tokens[i - 1].class_id != ALM_CLASS_ORG;
        bool trade = is_trade(folded, &folded->tokens[i - 1]) && folded->tokens[i].class_id != ALM_CLASS_ORG_PART;
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

/* One-character endings that ended nothing are characters of ordinary words. */
static void release_endings(alm_folded *folded) {
    for (uint32_t i = 0; i < folded->count; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_ORG_SUFFIX && is_weak(folded, &folded->tokens[i]))
            alm_walk_release(folded, i);
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
    if (status == ALM_OK) status = find_brands(folded);
    if (status == ALM_OK) status = alm_fold_close(folded);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold organisations: %s", alm_status_name(status));
}
