#include "extract/relate/donor_cell.h"

#include "extract/mention/walk.h"

enum { CP_FAMILY = 0x6C0F };

alm_status alm_cell_name(alm_relation *relation, uint32_t first, uint32_t last, uint32_t *out) {
    alm_folded *folded = relation->folded;
    const alm_token *tokens = folded->tokens;
    alm_mention m = {.class_id = ALM_CLASS_ORG,
                     .start = tokens[first].start,
                     .end = tokens[last - 1].end,
                     .detail = ALM_ORGANISATION_OTHER,
                     .strength = 60,
                     .rule = ALM_STR("table/cell")};
    m.name = alm_str_trim(alm_str_slice(folded->text, m.start, m.end));
    return alm_mention_add(folded, &m, out);
}

uint32_t alm_cell_closing(const alm_folded *folded, uint32_t open, uint32_t last) {
    while (open < last && folded->tokens[open].cp != ALM_CP_BRACKET_CLOSE) open++;
    return open;
}

/* "(2)" in "class 1985 (2)": a part of the name. */
static bool is_inner_bracket(const alm_folded *folded, uint32_t open, uint32_t last) {
    if (folded->tokens[open].cp != ALM_CP_BRACKET_OPEN || open + 3 >= last) return false;
    const alm_token *token = &folded->tokens[open];
    return (token[1].class_id == ALM_CLASS_NUMBER || alm_is_plain_han(&token[1])) &&
           token[2].cp == ALM_CP_BRACKET_CLOSE && token[3].cp != ALM_CP_BRACKET_OPEN && !alm_cell_separates(&token[3]);
}

bool alm_cell_separates(const alm_token *token) {
    return token->cp == ALM_CP_LIST_COMMA || token->cp == ' ' || token->cp == ALM_CP_COMMA || token->cp == '/' ||
           token->cp == ALM_CP_SEMICOLON || token->class_id == ALM_CLASS_JOIN;
}

static bool is_group_word(uint16_t c) {
    return c == ALM_CLASS_GROUP || c == ALM_CLASS_PRONOUN || c == ALM_CLASS_ETC || c == ALM_CLASS_TITLE ||
           c == ALM_CLASS_ROLE || c == ALM_CLASS_MEMBER || c == ALM_CLASS_ROLE_HEAD || c == ALM_CLASS_ADVERB ||
           c == ALM_CLASS_PART || c == ALM_CLASS_PERSONAL || c == ALM_CLASS_SUBJECT_NOUN || c == ALM_CLASS_NUMBER ||
           c == ALM_CLASS_QUANTITY;
}

/* A cell's names are its parties where nothing else but group words and list marks stands beside them. */
static bool is_party_list(const alm_folded *folded, uint32_t first, uint32_t last) {
    bool party = false;
    for (uint32_t i = first; i < last; i++) {
        const alm_token *token = &folded->tokens[i];
        if (token->class_id == ALM_CLASS_PARTY)
            party = true;
        else if (is_inner_bracket(folded, i, last))
            return false;
        else if (token->cp == ALM_CP_BRACKET_OPEN)
            i = alm_cell_closing(folded, i, last);
        else if (!alm_cell_separates(token) && !(party && token->class_id == ALM_CLASS_WITH) &&
                 !(party && is_group_word(token->class_id)))
            return false;
    }
    return party;
}

void alm_cell_donor_add(alm_gift *gift, alm_actor actor) {
    if (gift->donor_count < ALM_MAX_DONORS) gift->donors[gift->donor_count++] = actor;
}

/* "X (member of the city's council)": where X sits, not whom X gives for. */
static bool is_seat(const alm_relation *relation, const alm_actor *inner, uint32_t i, uint32_t last) {
    const alm_folded *folded = relation->folded;
    if (!inner->organisation || inner->person || i + 1 >= last || folded->tokens[i + 1].class_id != ALM_CLASS_ROLE)
        return false;
    switch (folded->mentions[inner->organisation - 1].detail) {
    case ALM_ORGANISATION_ASSOCIATION:
    case ALM_ORGANISATION_CHARITY:
    case ALM_ORGANISATION_GOVERNMENT:
    case ALM_ORGANISATION_PARTY: return true;
    default: return false;
    }
}

/* What stands in brackets behind a donor: the firm of a person, the person of a firm. */
static void read_bracket(const alm_relation *relation, alm_actor *actor, uint32_t first, uint32_t last) {
    if (first < last &&
        alm_str_is_c(alm_token_attr(relation->folded, &relation->folded->tokens[first], ALM_CLASS_ROLE_PREFIX, 0),
                     "time"))
        return; /* "formerly of …" */

    for (uint32_t i = first; i < last; i++) {
        const alm_actor *inner = alm_actor_of(relation, &relation->folded->tokens[i]);
        if (!inner) continue;
        if (actor->person && is_seat(relation, inner, i, last)) return;
        if (!actor->organisation) actor->organisation = inner->organisation;
        if (!actor->person) actor->person = inner->person;
        return;
    }
}

static bool names_nobody(const alm_folded *folded, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_ANONYMOUS || folded->tokens[i].cp == '*') return true;
    return first >= last;
}

static void read_list(alm_relation *relation, alm_gift *gift, uint32_t first, uint32_t last) {
    const alm_folded *folded = relation->folded;
    for (uint32_t i = first; i < last; i++) {
        const alm_actor *actor = alm_actor_of(relation, &folded->tokens[i]);
        if (actor && alm_party_is_kin(relation, i, last)) continue;
        if (actor && !alm_party_is_origin(relation, i, last)) alm_cell_donor_add(gift, *actor);
        if (folded->tokens[i].cp != ALM_CP_BRACKET_OPEN) continue;

        uint32_t close = alm_cell_closing(folded, i, last);
        if (gift->donor_count) read_bracket(relation, &gift->donors[gift->donor_count - 1], i + 1, close);
        i = close;
    }
}

/* Two to four Han characters that are no ending, trade or place: a person. */
static bool looks_personal(const alm_folded *folded, uint32_t first, uint32_t last) {
    size_t length = alm_walk_length(folded, first, last);
    if (length < 2 || length > 4) return false;
    for (uint32_t i = first; i < last; i++) {
        const alm_token *token = &folded->tokens[i];
        if (alm_token_can_be(folded, token, ALM_CLASS_ORG_SUFFIX) && token->end - token->start > 3) return false;
        if (token->class_id == ALM_CLASS_ORG_PART || token->class_id == ALM_CLASS_PLACE ||
            token->class_id == ALM_CLASS_SELF_ORG)
            return false;
        if (token->class_id == ALM_CLASS_TEXT && !alm_is_han(token->cp)) return false;
    }
    return true;
}

static alm_status person_mention(alm_relation *relation, uint32_t first, uint32_t last, uint32_t *out) {
    alm_folded *folded = relation->folded;
    alm_mention m = {.class_id = ALM_CLASS_PERSON,
                     .start = folded->tokens[first].start,
                     .end = folded->tokens[last - 1].end,
                     .strength = 70,
                     .rule = ALM_STR("person/list-item")};
    m.name = alm_str_slice(folded->text, m.start, m.end);
    return alm_mention_add(folded, &m, out);
}

/* "X family's sisters": the kin without whom the family's name names nobody. */
static bool is_of_family(const alm_folded *folded, uint32_t i) {
    return folded->tokens[i].class_id == ALM_CLASS_GROUP && folded->tokens[i - 1].cp == CP_FAMILY;
}

/* "the traders from Hengyang": without the traders the rest names nobody. */
static bool is_of_origin(const alm_folded *folded, uint32_t i) {
    return alm_str_is_c(alm_token_attr(folded, &folded->tokens[i - 1], ALM_CLASS_ORG_PART, 0), "scope") &&
           folded->tokens[i - 1].end - folded->tokens[i - 1].start == 3;
}

/* Words for groups and titles behind a name belong to it only where the name would be a bare surname without them. */
static uint32_t before_group_words(const alm_folded *folded, uint32_t first, uint32_t last) {
    uint32_t end = last;
    while (end > first + 1 && is_group_word(folded->tokens[end - 1].class_id) && !is_of_family(folded, end - 1) &&
           !is_of_origin(folded, end - 1))
        end--;
    bool titled = end < last && folded->tokens[end].class_id == ALM_CLASS_TITLE;
    return titled && folded->tokens[end - 1].class_id != ALM_CLASS_PARTY && !looks_personal(folded, first, end) ? last
                                                                                                                : end;
}

/* "building 3": the number is a part of what follows it. */
static bool is_number_of(const alm_folded *folded, uint32_t i, uint32_t last) {
    if (i + 1 < last && is_inner_bracket(folded, i + 1, last)) return true;
    return folded->tokens[i].class_id == ALM_CLASS_NUMBER && i + 1 < last &&
           folded->tokens[i + 1].class_id == ALM_CLASS_TEXT && alm_is_han(folded->tokens[i + 1].cp);
}

/* Behind the person at @p party a trade, a ware or a word for places: a shop or hamlet that bears the name. */
static bool is_shop_of(const alm_folded *folded, uint32_t party, uint32_t last) {
    for (uint32_t i = party + 1; i < last; i++) {
        uint16_t c = folded->tokens[i].class_id;
        if (c == ALM_CLASS_GOODS || c == ALM_CLASS_GOODS_NOUN || c == ALM_CLASS_ORG_PART || c == ALM_CLASS_ORG_SUFFIX ||
            c == ALM_CLASS_LOCAL)
            return true;
    }
    return false;
}

/* A piece without a known name, or with more behind it (a shop that bears a person's name): the name is what it says.
 * Words for groups alone name nobody. */
static alm_status read_unknown(alm_relation *relation, alm_gift *gift, uint32_t first, uint32_t last) {
    const alm_folded *folded = relation->folded;
    while (first < last && is_group_word(folded->tokens[first].class_id) && !is_number_of(folded, first, last)) first++;
    uint32_t end = first, party = UINT32_MAX;
    for (; end < last && (folded->tokens[end].cp != ALM_CP_BRACKET_OPEN || is_inner_bracket(folded, end, last)); end++)
        if (folded->tokens[end].class_id == ALM_CLASS_PARTY) party = end;
    end = before_group_words(folded, first, end);
    if (end == first || alm_walk_length(folded, first, end) < 2) return ALM_OK;
    alm_actor actor = {0};
    const alm_actor *known = party != UINT32_MAX ? alm_actor_of(relation, &folded->tokens[party]) : NULL;
    alm_status status = ALM_OK;
    if (known && known->person && !is_shop_of(folded, party, end))
        actor = *known;
    else if (looks_personal(folded, first, end))
        status = person_mention(relation, first, end, &actor.person);
    else
        status = alm_cell_name(relation, first, end, &actor.organisation);
    if (status != ALM_OK) return status;
    alm_cell_donor_add(gift, actor);
    if (end < last && folded->tokens[end].cp == ALM_CP_BRACKET_OPEN && gift->donor_count)
        read_bracket(relation, &gift->donors[gift->donor_count - 1], end + 1, alm_cell_closing(folded, end, last));
    return ALM_OK;
}

/* "Bangkok Mr Mo": where the donor lives, a space, the donor. "His firm X": whose it is, the donor. */
static uint32_t behind_home(const alm_folded *folded, uint32_t first, uint32_t last) {
    uint32_t at = first;
    if (at + 2 < last && folded->tokens[at].class_id == ALM_CLASS_PRONOUN &&
        folded->tokens[at + 1].class_id == ALM_CLASS_SELF_ORG && folded->tokens[at + 2].class_id == ALM_CLASS_PARTY)
        return at + 2;
    while (at < last && folded->tokens[at].class_id == ALM_CLASS_PLACE) at++;
    bool home = at > first && at + 1 < last && folded->tokens[at].cp == ' ' &&
                folded->tokens[at + 1].class_id == ALM_CLASS_PARTY;
    return home ? at + 1 : first;
}

alm_status alm_cell_donors(alm_relation *relation, alm_gift *gift, uint32_t first, uint32_t last) {
    const alm_folded *folded = relation->folded;
    first = behind_home(folded, first, last);
    if (names_nobody(folded, first, last)) return ALM_OK;
    if (is_party_list(folded, first, last)) {
        read_list(relation, gift, first, last);
        return ALM_OK;
    }
    for (uint32_t i = first; i < last;) {
        uint32_t end = i;
        while (end < last && !alm_cell_separates(&folded->tokens[end])) {
            if (folded->tokens[end].cp == ALM_CP_BRACKET_OPEN) end = alm_cell_closing(folded, end, last);
            if (end < last) end++;
        }
        alm_status status = ALM_OK;
        if (end > i && is_party_list(folded, i, end))
            read_list(relation, gift, i, end);
        else if (end > i)
            status = read_unknown(relation, gift, i, end);
        if (status != ALM_OK) return status;
        i = end + 1;
    }
    return ALM_OK;
}
