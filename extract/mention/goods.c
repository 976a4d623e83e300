/*
 * Things that are given: a quantity of goods with the noun before it (masks 5000) or behind it (300 bags of rice), and
 * nouns of the goods lexicon that stand without one.
 */
#include "extract/mention/mention.h"
#include "extract/mention/walk.h"

enum { MAX_ATTRIBUTE = 7, MAX_ITEM = 16, MAX_QUOTED = 14, MAX_LISTED = 8, MAX_CHAIN = 12 };

static bool is_goods_quantity(const alm_folded *folded, const alm_token *token) {
    const alm_mention *mention = alm_mention_of(folded, token);
    return token->class_id == ALM_CLASS_QUANTITY && mention->value->measure == ALM_MEASURE_GOODS;
}

static bool may_be_item(const alm_folded *folded, const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_TEXT:
        return alm_is_han(token->cp) || alm_is_latin(token->cp) || alm_is_digit(token->cp) || token->cp == '-' ||
               token->cp == ALM_CP_MIDDLE_DOT || token->cp == '+';
    case ALM_CLASS_GOODS_NOUN:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_NUMBER:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_NOUN: return true;
    case ALM_CLASS_PLAIN: return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_PLAIN, 0), "noun");
    case ALM_CLASS_GIFT_NOUN: return false;
    default: return alm_token_can_be(folded, token, ALM_CLASS_GOODS_NOUN);
    }
}

/* "fire coats", "rain boots": a verb of two characters that only a noun follows makes one thing with it. */
static bool is_modifying_verb(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id != ALM_CLASS_VERB || i == 0 || i + 1 >= folded->count || alm_walk_trades(folded, token) ||
        alm_walk_length(folded, i, i + 1) != 2 ||
        alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_VERB, 0), "hard"))
        return false;
    const alm_token *before = token - 1, *behind = token + 1;
    bool bounded = before->cp == ALM_CP_LIST_COMMA || before->class_id == ALM_CLASS_GIVE ||
                   before->class_id == ALM_CLASS_SEND || before->class_id == ALM_CLASS_OF ||
                   before->class_id == ALM_CLASS_QUANTITY || before->class_id == ALM_CLASS_WITH;
    return bounded && (behind->class_id == ALM_CLASS_GOODS_NOUN || alm_is_plain_han(behind));
}

/* "and", "still", "on" right behind a list's comma or the verb of giving join nothing: the first character of a thing's
 * name, of which no word of the lexicon follows. Behind the verb itself some are its particles. */
static bool is_first_character(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (i == 0 || i + 1 >= folded->count || alm_walk_length(folded, i, i + 1) != 1 || !alm_is_plain_han(token + 1))
        return false;
    bool listed = token[-1].cp == ALM_CP_LIST_COMMA;
    if (!listed && token[-1].class_id != ALM_CLASS_GIVE) return false;
    switch (token->class_id) {
    case ALM_CLASS_WITH:
    case ALM_CLASS_VIA:
    case ALM_CLASS_BEHALF:
    case ALM_CLASS_JOIN:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_VERB: return true;
    case ALM_CLASS_FUNCTION:
        return alm_str_is_c(alm_token_attr(folded, token, ALM_CLASS_FUNCTION, 0), "soft") &&
               (listed || !alm_token_attr(folded, token, ALM_CLASS_FUNCTION, 1).len);
    default: return false;
    }
}

/* "firm X (manager Y) 100 masks": what brackets tell of the name before them is no part of the thing behind. */
static uint32_t behind_name_bracket(const alm_folded *folded, uint32_t first, uint32_t end) {
    const alm_token *tokens = folded->tokens;
    if (first == 0 || tokens[first].cp != ALM_CP_BRACKET_OPEN ||
        (tokens[first - 1].class_id != ALM_CLASS_ORG && tokens[first - 1].class_id != ALM_CLASS_PERSON))
        return first;
    uint32_t close = first;
    while (close < end && tokens[close].cp != ALM_CP_BRACKET_CLOSE) close++;
    return close + 1 < end ? close + 1 : first;
}

static uint32_t run_left(const alm_folded *folded, uint32_t end) {
    uint32_t first = end;
    while (first > 0) {
        const alm_token *before = &folded->tokens[first - 1];
        uint32_t open;
        if (may_be_item(folded, before) ||
            (first < end && (is_modifying_verb(folded, first - 1) || is_first_character(folded, first - 1))))
            first--;
        else if ((open = alm_walk_opening(folded, first - 1, MAX_QUOTED)) != UINT32_MAX)
            first = open;
        else
            break;
        if (alm_walk_length(folded, first, end) > MAX_ITEM) return end;
    }
    return behind_name_bracket(folded, first, end);
}

/* What a thing's name ends before. */
static bool closes_things(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_ETC:
    case ALM_CLASS_QUANTITY:
    case ALM_CLASS_EACH:
    case ALM_CLASS_TOTAL:
    case ALM_CLASS_MANY:
    case ALM_CLASS_WITH: return true;
    default:
        return token->cp == ALM_CP_LIST_COMMA || token->cp == ALM_CP_COMMA || token->cp == ALM_CP_STOP ||
               token->cp == ALM_CP_SEMICOLON || token->cp == '\n' || token->cp == ALM_CP_BRACKET_OPEN;
    }
}

/* Words that a thing's name is made of behind its number, though none of them is a thing: verbs, lone grammar. */
static bool may_be_inside(const alm_folded *folded, const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_VERB:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_PLAIN:
    case ALM_CLASS_TRADE: return true;
    default: return may_be_item(folded, token) && token->class_id != ALM_CLASS_QUANTITY;
    }
}

/* "an infrared temperature meter": the words behind a number up to the thing that ends them; @p start where none. */
static uint32_t run_to_head(const alm_folded *folded, uint32_t start) {
    uint32_t last = start;
    while (last < folded->count && may_be_inside(folded, &folded->tokens[last])) last++;
    if (last == start || last >= folded->count || !closes_things(&folded->tokens[last]) ||
        folded->tokens[last - 1].class_id != ALM_CLASS_GOODS_NOUN || alm_walk_length(folded, start, last) > MAX_ITEM)
        return start;
    return last;
}

/* Behind "(unit)", which offers another measure word: "20 pieces (sets) of". */
static uint32_t behind_unit(const alm_folded *folded, uint32_t i) {
    bool unit = i + 2 < folded->count && folded->tokens[i].cp == ALM_CP_BRACKET_OPEN &&
                alm_is_plain_han(&folded->tokens[i + 1]) && folded->tokens[i + 2].cp == ALM_CP_BRACKET_CLOSE;
    return unit ? i + 3 : i;
}

/* Behind a name in quotation marks that begins at @p start; @p start where none does. */
static uint32_t behind_quoted(const alm_folded *folded, uint32_t start) {
    if (start >= folded->count || folded->tokens[start].cp != ALM_CP_QUOTE_OPEN) return start;
    for (uint32_t i = start + 2; i < folded->count && i - start <= MAX_QUOTED; i++) {
        if (folded->tokens[i].cp == ALM_CP_QUOTE_CLOSE) return i + 1;
        if (folded->tokens[i].cp == ALM_CP_COMMA || folded->tokens[i].cp == ALM_CP_STOP) break;
    }
    return start;
}

static uint32_t run_right(const alm_folded *folded, uint32_t start) {
    uint32_t last = run_to_head(folded, start);
    if (last > start) return last;
    last = behind_quoted(folded, start);
    if (last == start && start < folded->count && is_modifying_verb(folded, start)) last++;
    while (last < folded->count && may_be_item(folded, &folded->tokens[last]) &&
           !is_goods_quantity(folded, &folded->tokens[last]))
        last++;
    return alm_walk_length(folded, start, last) > MAX_ITEM ? start : last;
}

static bool holds_noun(const alm_folded *folded, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (alm_token_can_be(folded, &folded->tokens[i], ALM_CLASS_GOODS_NOUN)) return true;
    return false;
}

/* "X makes masks": the verb of trade that a run begins with is none of the thing where a name does it. */
static uint32_t behind_trade(const alm_folded *folded, uint32_t first, uint32_t last) {
    if (first == 0 || last - first < 2 || !alm_walk_trades(folded, &folded->tokens[first])) return first;
    switch (folded->tokens[first - 1].class_id) {
    case ALM_CLASS_ORG:
    case ALM_CLASS_PERSON:
    case ALM_CLASS_SELF_ORG:
    case ALM_CLASS_PRONOUN:
    case ALM_CLASS_ADVERB:
    case ALM_CLASS_MEMBER: return first + 1;
    default: return first;
    }
}

/* Behind a verb's complement ("took out", "bought up") the thing itself begins, where a word for a thing follows. */
static uint32_t behind_complement(const alm_folded *folded, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i + 1 < last && i - first < 3 && alm_is_plain_han(&folded->tokens[i]); i++) {
        uint32_t sense = alm_lexicon_find(folded->pack->consulted, alm_token_text(folded, &folded->tokens[i]));
        if (alm_lexicon_sense_of(folded->pack->consulted, sense, ALM_CLASS_COMPLEMENT)) return i + 1;
    }
    return first;
}

/* "the coats were changed": a verb's character between the noun and the verb's particle is not the thing's. */
static uint32_t before_particle(const alm_folded *folded, uint32_t first, uint32_t last) {
    bool cut = last - first > 1 && last < folded->count && folded->tokens[last].class_id == ALM_CLASS_FUNCTION &&
               alm_is_plain_han(&folded->tokens[last - 1]) && folded->tokens[last - 2].class_id == ALM_CLASS_GOODS_NOUN;
    return cut ? last - 1 : last;
}

static alm_status fold_goods(alm_folded *folded, uint32_t first, uint32_t last, uint32_t item_first, uint32_t item_last,
                             const alm_value *quantity) {
    const alm_token *tokens = folded->tokens;
    bool quoted = item_last - item_first > 2 && behind_quoted(folded, item_first) == item_last;
    if (quoted) {
        item_first++;
        item_last--;
    }
    alm_mention goods = {.class_id = ALM_CLASS_GOODS,
                         .start = tokens[first].start,
                         .end = tokens[last - 1].end,
                         .value = quantity,
                         .name = alm_str_slice(folded->text, tokens[item_first].start, tokens[item_last - 1].end),
                         .strength = holds_noun(folded, item_first, item_last) ? 90 : 65,
                         .rule = quantity ? ALM_STR("goods/quantity") : ALM_STR("goods/noun")};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &goods, &mention);
    return status == ALM_OK ? alm_fold(folded, first, last, mention) : status;
}

/* A single character of running text that may be a thing ("fish", "coal"), not half of a verb ("bought"). */
static bool is_short_thing(const alm_folded *folded, uint32_t i) {
    if (!alm_is_plain_han(&folded->tokens[i])) return false;
    switch (i ? folded->tokens[i - 1].class_id : ALM_CLASS_TEXT) {
    case ALM_CLASS_TEXT: break; /* a mark: a character of text would be of the same run */
    case ALM_CLASS_GIVE:
    case ALM_CLASS_SEND:
    case ALM_CLASS_BUY:
    case ALM_CLASS_BA:
    case ALM_CLASS_OF:
    case ALM_CLASS_WITH:
    case ALM_CLASS_FUNCTION:
    case ALM_CLASS_MONEY:
    case ALM_CLASS_QUANTITY: break;
    default: return false;
    }
    uint32_t sense = alm_lexicon_find(folded->pack->consulted, alm_token_text(folded, &folded->tokens[i]));
    return !alm_lexicon_sense_of(folded->pack->consulted, sense, ALM_CLASS_COMPLEMENT);
}

/* What a number before it counts. */
static bool is_counted(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    return may_be_item(folded, token) || alm_token_can_be(folded, token, ALM_CLASS_ORG_SUFFIX) ||
           token->class_id == ALM_CLASS_ORG || token->class_id == ALM_CLASS_GROUP ||
           token->class_id == ALM_CLASS_SUBJECT_NOUN;
}

/*
 * Not a thing: a place or body that is counted ("five communities"), an ordinary noun by itself ("three young people").
 * With its number behind it, as in lists, or made of several words it is one ("gas masks 280").
 */
static bool is_no_thing(const alm_folded *folded, uint32_t first, uint32_t last) {
    const alm_token *end = &folded->tokens[last - 1];
    if (holds_noun(folded, first, last)) return false;
    if (alm_walk_length(folded, first, last) < 2) return !is_short_thing(folded, first);
    if (alm_token_can_be(folded, end, ALM_CLASS_ORG_SUFFIX)) return true;
    bool listed =
        last + 1 < folded->count && is_goods_quantity(folded, &folded->tokens[last]) && !is_counted(folded, last + 1);
    return end->class_id == ALM_CLASS_NOUN && !listed && last - first < 2;
}

/* "200 bowls of gruel were …": a character behind a quantity is a thing where a verb's particle does not follow. */
static bool is_cut_off(const alm_folded *folded, uint32_t first, uint32_t last) {
    return alm_walk_length(folded, first, last) == 1 && !holds_noun(folded, first, last) && last < folded->count &&
           folded->tokens[last].class_id == ALM_CLASS_FUNCTION;
}

/* The noun stands on the side that has one; where both have, a noun of the lexicon decides, else the left. */
/* "boxed meals, in all 1860": one thing and its sum. Several things and their sum tell nothing of each. Its first
 * token, or @p i. */
static uint32_t summed_thing(const alm_folded *folded, uint32_t i) {
    if (i == 0 || folded->tokens[i - 1].class_id != ALM_CLASS_TOTAL) return i;
    uint32_t first = run_left(folded, i - 1);
    if (first == i - 1 || !holds_noun(folded, first, i - 1)) return i;
    const alm_token *before = first > 0 ? &folded->tokens[first - 1] : NULL;
    bool listed = before && (before->cp == ALM_CP_LIST_COMMA || before->class_id == ALM_CLASS_WITH ||
                             before->class_id == ALM_CLASS_ETC);
    return listed ? i : first;
}

/* "one | well-equipped | ambulance": behind the words that describe the thing and their particle; @p i without. */
static uint32_t over_attribute(const alm_folded *folded, uint32_t i) {
    for (uint32_t at = i; at < folded->count && at < i + MAX_ATTRIBUTE; at++) switch (folded->tokens[at].class_id) {
        case ALM_CLASS_OF: return at > i ? at + 1 : i;
        case ALM_CLASS_ADVERB:
        case ALM_CLASS_NOUN:
        case ALM_CLASS_PLAIN:
        case ALM_CLASS_VERB:
        case ALM_CLASS_GOODS_NOUN: break;
        default:
            if (!alm_is_plain_han(&folded->tokens[at])) return i;
        }
    return i;
}

static alm_status with_quantity(alm_folded *folded, uint32_t i, uint32_t *next) {
    const alm_value *quantity = alm_mention_of(folded, &folded->tokens[i])->value;
    uint32_t behind = behind_unit(folded, i + 1);
    uint32_t left = run_left(folded, i), right = run_right(folded, behind);
    bool has_left = left < i;
    bool has_right = right > behind;
    *next = i;
    uint32_t summed = has_left ? i : summed_thing(folded, i);
    if (summed < i) return fold_goods(folded, summed, i + 1, summed, i - 1, quantity);
    if (has_left && has_right)
        has_left =
            holds_noun(folded, left, i) || (!holds_noun(folded, behind, right) && alm_walk_length(folded, left, i) > 1);
    if (has_left) {
        left = behind_complement(folded, behind_trade(folded, left, i), i);
        if (is_no_thing(folded, left, i)) return ALM_OK;
        return fold_goods(folded, left, i + 1, left, i, quantity);
    }
    uint32_t item = over_attribute(folded, behind), item_end = item > behind ? run_right(folded, item) : item;
    if (item_end > item && holds_noun(folded, item, item_end)) {
        *next = item_end - 1;
        return fold_goods(folded, i, item_end, item, item_end, quantity);
    }
    if (has_right) right = before_particle(folded, behind, right);
    if (!has_right || is_no_thing(folded, behind, right) || is_cut_off(folded, behind, right)) return ALM_OK;
    *next = right - 1;
    return fold_goods(folded, i, right, behind, right, quantity);
}

static alm_status find_quantities(alm_folded *folded) {
    for (uint32_t i = 0; i < folded->count; i++) {
        if (!is_goods_quantity(folded, &folded->tokens[i])) continue;
        alm_status status = with_quantity(folded, i, &i);
        if (status != ALM_OK) return status;
    }
    return alm_fold_close(folded);
}

static bool is_goods_noun(const alm_folded *folded, const alm_token *token) {
    return token->class_id == ALM_CLASS_GOODS_NOUN ||
           (token->class_id == ALM_CLASS_ORG_PART && alm_token_can_be(folded, token, ALM_CLASS_GOODS_NOUN));
}

/* A run of item tokens that ends with a goods noun and has no quantity. */
static alm_status find_nouns(alm_folded *folded) {
    for (uint32_t i = (uint32_t)folded->count; i-- > 0;) {
        if (!is_goods_noun(folded, &folded->tokens[i])) continue;
        uint32_t first = run_left(folded, i + 1);
        if (first > i) first = i;
        alm_status status = fold_goods(folded, first, i + 1, first, i + 1, NULL);
        if (status != ALM_OK) return status;
        i = first;
    }
    return alm_fold_close(folded);
}

/* ---- things that no list knows, beside things of one list ---- */

static bool separates_things(const alm_token *token) {
    return token->cp == ALM_CP_LIST_COMMA || token->class_id == ALM_CLASS_WITH;
}

/* What a list of things begins behind. */
static bool opens_things(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_GIVE:
    case ALM_CLASS_SEND:
    case ALM_CLASS_BUY:
    case ALM_CLASS_RAISE:
    case ALM_CLASS_BA:
    case ALM_CLASS_OF:
    case ALM_CLASS_MANY: return true;
    default: return token->cp == ALM_CP_COLON;
    }
}

static bool may_be_listed(const alm_folded *folded, uint32_t first, uint32_t last) {
    return first < last && alm_walk_length(folded, first, last) <= MAX_LISTED && !is_no_thing(folded, first, last);
}

/* The unknown things before the one at @p i, back to where the list opens; without an opening they are none. */
static alm_status find_before(alm_folded *folded, uint32_t i) {
    uint32_t starts[MAX_CHAIN], ends[MAX_CHAIN], count = 0, at = i;
    while (count < MAX_CHAIN && at > 1 && separates_things(&folded->tokens[at - 1])) {
        uint32_t last = at - 1, first = run_left(folded, last);
        if (!may_be_listed(folded, first, last)) break;
        starts[count] = first;
        ends[count++] = last;
        at = first;
    }
    if (count == 0 || at == 0 ||
        !(opens_things(&folded->tokens[at - 1]) || folded->tokens[at - 1].class_id == ALM_CLASS_FUNCTION))
        return ALM_OK;
    for (uint32_t k = 0; k < count; k++) {
        alm_status status = fold_goods(folded, starts[k], ends[k], starts[k], ends[k], NULL);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* The unknown thing that begins at @p first, behind a list mark. */
static alm_status find_behind(alm_folded *folded, uint32_t first) {
    uint32_t last = run_right(folded, first);
    if (!may_be_listed(folded, first, last) || last >= folded->count || !closes_things(&folded->tokens[last]))
        return ALM_OK;
    return fold_goods(folded, first, last, first, last, NULL);
}

static alm_status find_listed(alm_folded *folded) {
    alm_status status = ALM_OK;
    for (uint32_t i = 1; status == ALM_OK && i < folded->count; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_GOODS && separates_things(&folded->tokens[i - 1]))
            status = find_before(folded, i);
    if (status == ALM_OK) status = alm_fold_close(folded);
    /* what is folded here is a thing of the list itself, behind which the next may stand */
    for (uint32_t i = 0; status == ALM_OK && i + 2 < folded->count; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_GOODS && separates_things(&folded->tokens[i + 1]))
            status = find_behind(folded, i + 2);
    return status == ALM_OK ? alm_fold_close(folded) : status;
}

alm_status alm_goods_find(alm_folded *folded, alm_err *err) {
    alm_status status = find_quantities(folded);
    if (status == ALM_OK) status = find_nouns(folded);
    if (status == ALM_OK) status = find_listed(folded);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold goods: %s", alm_status_name(status));
}
