/*
 * What the cells of a row say: amounts, values, things and how many, roles.
 */
#include "extract/relate/bare_amount.h"
#include "extract/relate/donor_cell.h"
#include "extract/relate/table_priv.h"

enum { MAX_IN_CELL = 16 };

alm_table_cell alm_table_cell_at(const alm_table_reader *r, uint32_t row, uint32_t col) {
    alm_table_cell c = {0};
    uint32_t block = r->table->grid[(size_t)row * r->table->columns + col];
    if (block == ALM_NO_CELL) return c;
    c.first = r->first_token[block];
    c.last = r->first_token[block + 1];
    const alm_token *tokens = r->folded->tokens;
    while (c.last > c.first &&
           (tokens[c.last - 1].cp == '\t' || tokens[c.last - 1].cp == '\n' || tokens[c.last - 1].cp == ' '))
        c.last--;
    while (c.first < c.last && tokens[c.first].cp == ' ') c.first++;
    if (c.first < c.last) c.text = alm_str_slice(r->folded->text, tokens[c.first].start, tokens[c.last - 1].end);
    return c;
}

bool alm_table_same_cell(const alm_table_reader *r, uint32_t row, uint32_t col, uint32_t other_row) {
    size_t width = r->table->columns;
    return r->table->grid[row * width + col] != ALM_NO_CELL &&
           r->table->grid[row * width + col] == r->table->grid[other_row * width + col];
}

uint32_t alm_table_find(const alm_table_reader *r, alm_table_cell c, uint16_t class_id) {
    for (uint32_t i = c.first; i < c.last; i++)
        if (r->folded->tokens[i].class_id == class_id) return i;
    return UINT32_MAX;
}

/* What is said of a thing behind its name: "and so on", "a batch", "in all", "each", "worth". */
static bool ends_item(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_ETC:
    case ALM_CLASS_MANY:
    case ALM_CLASS_TOTAL:
    case ALM_CLASS_EACH:
    case ALM_CLASS_WORTH: return true;
    default: return token->cp == ALM_CP_BRACKET_OPEN;
    }
}

/* A piece of a cell of things, up to a list mark, as goods named by its text. */
alm_status alm_table_thing(alm_table_reader *r, uint32_t first, uint32_t last, uint32_t *out) {
    const alm_token *tokens = r->folded->tokens;
    while (first < last && (tokens[first].cp == ' ' || tokens[first].cp == '+')) first++;
    uint32_t end = first;
    while (end < last && !ends_item(&tokens[end])) end++;
    while (end > first && tokens[end - 1].cp == ' ') end--;
    *out = 0;
    if (end == first || tokens[first].class_id == ALM_CLASS_ADVERB) return ALM_OK;
    alm_mention m = {.class_id = ALM_CLASS_GOODS,
                     .start = tokens[first].start,
                     .end = tokens[end - 1].end,
                     .strength = 85,
                     .rule = ALM_STR("table/goods")};
    m.name = alm_str_trim(alm_str_slice(r->folded->text, m.start, m.end));
    alm_column_unit unit;
    if (alm_table_words_column(r->words, m.name, &unit) == ALM_COLUMN_AMOUNT) return ALM_OK; /* "money", said again */
    return alm_mention_add(r->folded, &m, out);
}
static void what_push(alm_gift *gift, alm_what_kind kind, uint32_t mention, uint32_t quantity) {
    if (gift->what_count < ALM_MAX_WHATS) gift->whats[gift->what_count++] = (alm_what){kind, mention, quantity};
}

/* A cell of 0 or 0.00: nothing was given. */
static bool is_nothing(const alm_table_reader *r, uint32_t mention) {
    alm_str amount = r->folded->mentions[mention - 1].value->amount;
    for (size_t i = 0; i < amount.len; i++)
        if (amount.ptr[i] != '0' && amount.ptr[i] != '.') return false;
    return true;
}

alm_status alm_table_read_amount(alm_table_reader *r, alm_gift *gift, alm_table_cell c, const alm_table_column *col) {

    alm_what_kind kind = col->kind == ALM_COLUMN_VALUE ? ALM_WHAT_WORTH : ALM_WHAT_CASH;
    for (uint32_t i = c.first; i < c.last; i++) {
        const alm_token *token = &r->folded->tokens[i];
        uint32_t mention = token->mention;
        if (token->class_id == ALM_CLASS_NUMBER || token->class_id == ALM_CLASS_QUANTITY) {
            const alm_value *value = alm_mention_of(r->folded, token)->value;
            if (token->class_id == ALM_CLASS_QUANTITY || value->form != ALM_FORM_PLAIN || !value->amount.len) continue;
            alm_status status = alm_bare_amount_mention(r->relation, &r->folded->tokens[i], col->unit, &mention);
            if (status != ALM_OK) return status;
        } else if (token->class_id == ALM_CLASS_GOODS) {
            what_push(gift, ALM_WHAT_GOODS, mention, 0);
            continue;
        } else if (token->class_id != ALM_CLASS_MONEY) {
            continue;
        }
        if (is_nothing(r, mention)) continue;
        what_push(gift, kind, mention, 0);
        if (kind == ALM_WHAT_CASH) return ALM_OK;
    }
    return ALM_OK;
}

static alm_what_kind kind_of(const alm_table_reader *r, uint32_t token, bool worth) {
    if (r->folded->tokens[token].class_id != ALM_CLASS_MONEY) return ALM_WHAT_GOODS;
    return worth ? ALM_WHAT_WORTH : ALM_WHAT_CASH;
}

static uint32_t bare_amount(const alm_table_reader *r, uint32_t i, uint32_t last) {
    while (i < last && r->folded->tokens[i].class_id != ALM_CLASS_NUMBER) i++;
    return i;
}

/* A number and nothing else in a column of gifts of all kinds: money. */
static bool is_bare_amount(const alm_table_reader *r, uint32_t first, uint32_t last) {
    uint32_t number = bare_amount(r, first, last);
    if (number >= last) return false;
    for (uint32_t i = first; i < last; i++)
        if (i != number && r->folded->tokens[i].class_id != ALM_CLASS_GIVE && r->folded->tokens[i].cp != ' ')
            return false;
    return alm_bare_amount_is(r->relation, &r->folded->tokens[number]);
}

/* "12 sheds (worth 180,000)". */
static void read_bracketed_value(const alm_table_reader *r, alm_gift *gift, uint32_t open, uint32_t close) {
    bool worth = false;
    for (uint32_t i = open; i < close; i++) {
        worth = worth || r->folded->tokens[i].class_id == ALM_CLASS_WORTH;
        if (worth && r->folded->tokens[i].class_id == ALM_CLASS_MONEY) {
            what_push(gift, ALM_WHAT_WORTH, r->folded->tokens[i].mention, 0);
            return;
        }
    }
}

alm_status alm_table_read_goods(alm_table_reader *r, alm_gift *gift, alm_table_cell c) {
    if (alm_table_words_is_empty(r->words, c.text)) return ALM_OK;
    for (uint32_t i = c.first; i < c.last;) {
        uint32_t end = i;
        bool worth = false, counted = false;
        for (; end < c.last && !(alm_cell_separates(&r->folded->tokens[end]) && r->folded->tokens[end].cp != ' ');
             end++) {
            if (r->folded->tokens[end].cp == ALM_CP_BRACKET_OPEN) {
                uint32_t open = end;
                end = alm_cell_closing(r->folded, end, c.last);
                read_bracketed_value(r, gift, open, end);
            }
            if (end >= c.last) break;
            uint16_t class_id = r->folded->tokens[end].class_id;
            worth = worth || class_id == ALM_CLASS_WORTH;
            if (class_id != ALM_CLASS_MONEY &&
                !(class_id == ALM_CLASS_GOODS && alm_mention_of(r->folded, &r->folded->tokens[end])->value))
                continue;
            what_push(gift, kind_of(r, end, worth), r->folded->tokens[end].mention, 0);
            counted = true;
            worth = false;
        }
        uint32_t mention = 0;
        alm_status status = ALM_OK;
        if (!counted && is_bare_amount(r, i, end < c.last ? end : c.last)) {
            status = alm_bare_amount_mention(r->relation, &r->folded->tokens[bare_amount(r, i, c.last)],
                                             (alm_column_unit){0}, &mention);
            if (status == ALM_OK) what_push(gift, ALM_WHAT_CASH, mention, 0);
        } else if (!counted && (status = alm_table_thing(r, i, end < c.last ? end : c.last, &mention)) == ALM_OK &&
                   mention)
            what_push(gift, ALM_WHAT_GOODS, mention, 0);
        if (status != ALM_OK) return status;
        i = end + 1;
    }
    return ALM_OK;
}

/* A number and the unit of its own column, or of the quantity's head, as one quantity. */
static alm_status with_unit(alm_table_reader *r, uint32_t token, alm_str unit, uint32_t *out) {
    const alm_mention *number = alm_mention_of(r->folded, &r->folded->tokens[token]);
    *out = r->folded->tokens[token].mention;
    if (number->class_id != ALM_CLASS_NUMBER || !unit.len) return ALM_OK;
    alm_value *quantity = ALM_ARENA_NEW(r->folded->arena, alm_value);
    if (!quantity) return ALM_E_NOMEM;
    *quantity = *number->value;
    quantity->kind = ALM_VALUE_QUANTITY;
    quantity->unit = unit;
    alm_mention m = *number;
    m.class_id = ALM_CLASS_QUANTITY;
    m.value = quantity;
    return alm_mention_add(r->folded, &m, out);
}

/* A quantity of the thing that the column is for. */
alm_status alm_table_read_count(alm_table_reader *r, alm_gift *gift, alm_table_cell c, const alm_table_column *head) {
    for (uint32_t i = c.first; i < c.last; i++) {
        uint16_t class_id = r->folded->tokens[i].class_id;
        if (class_id != ALM_CLASS_NUMBER && class_id != ALM_CLASS_QUANTITY) continue;
        uint32_t quantity;
        alm_status status = with_unit(r, i, head->measure, &quantity);
        if (status == ALM_OK) what_push(gift, ALM_WHAT_GOODS, head->thing, quantity);
        return status;
    }
    return ALM_OK;
}

/* The post that token @p role names is held by each person of the row, or by its one organisation. */
static alm_status add_posts(alm_table_reader *r, const alm_gift *gift, alm_table_cell c, uint32_t role,
                            uint32_t organisation) {
    const alm_token *token = &r->folded->tokens[role];
    alm_post post = {.organisation = organisation ? organisation : ALM_UNSAID_ORGANISATION,
                     .role = token->mention,
                     .start = r->folded->tokens[c.first].start,
                     .end = token->end,
                     .rule = ALM_STR("table/role")};
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < gift->donor_count; i++) {
        const alm_actor *donor = &gift->donors[i];
        post.member = donor->person || gift->donor_count > 1 ? donor->person : donor->organisation;
        if (post.member) status = alm_post_add(r->relation, &post);
    }
    return status;
}

/* The post of the row's donor: at the organisation in the cell, else where such posts are held. */
alm_status alm_table_read_roles(alm_table_reader *r, alm_gift *gift, alm_table_cell c) {
    if (gift->donor_count == 0) return ALM_OK;
    alm_actor *donor = &gift->donors[0];
    uint32_t organisation = 0;
    for (uint32_t i = c.first; i < c.last; i++) {
        const alm_token *token = &r->folded->tokens[i];
        const alm_actor *actor = alm_actor_of(r->relation, token);
        if (token->cp == ALM_CP_BRACKET_OPEN) i = alm_cell_closing(r->folded, i, c.last);
        if (actor && actor->organisation) organisation = actor->organisation;
        if (token->class_id != ALM_CLASS_ROLE && token->class_id != ALM_CLASS_MEMBER) continue;
        alm_status status = add_posts(r, gift, c, i, organisation);
        if (status != ALM_OK) return status;
    }
    if (gift->donor_count == 1 && donor->person && organisation && !donor->organisation)
        donor->organisation = organisation;
    return ALM_OK;
}

/* Quantities go to the things one by one; one quantity for several things is their sum and tells nothing of each. */
alm_status alm_table_read_quantity(alm_table_reader *r, alm_gift *gift, alm_table_cell c, alm_str unit) {
    uint32_t things[ALM_MAX_WHATS], quantities[MAX_IN_CELL];
    size_t thing_count = 0, quantity_count = 0;
    for (size_t i = 0; i < gift->what_count; i++)
        if (gift->whats[i].kind == ALM_WHAT_GOODS && !r->folded->mentions[gift->whats[i].mention - 1].value)
            things[thing_count++] = (uint32_t)i;
    for (uint32_t i = c.first; i < c.last && quantity_count < MAX_IN_CELL; i++) {
        uint16_t class_id = r->folded->tokens[i].class_id;
        if (r->folded->tokens[i].cp == ALM_CP_BRACKET_OPEN) i = alm_cell_closing(r->folded, i, c.last);
        if (class_id != ALM_CLASS_QUANTITY && class_id != ALM_CLASS_NUMBER && class_id != ALM_CLASS_GOODS) continue;
        alm_status status = with_unit(r, i, unit, &quantities[quantity_count]);
        if (status != ALM_OK) return status;
        quantity_count++;
    }
    if (thing_count != quantity_count) return ALM_OK;
    for (size_t i = 0; i < thing_count; i++) gift->whats[things[i]].quantity = quantities[i];
    return ALM_OK;
}
