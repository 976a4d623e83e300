/*
 * Gifts in tables: a row is a gift. The head says what the columns hold; where the same heads come again, the table
 * stands in several groups side by side; a row without a donor goes on with the donor above it.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "extract/mention/walk.h"
#include "extract/relate/bare_amount.h"
#include "extract/relate/donor_cell.h"
#include "extract/relate/relation.h"
#include "extract/relate/table_words.h"

enum { MAX_COLUMNS = 32, MAX_HEAD_ROWS = 3, MAX_IN_CELL = 16, MAX_RECIPIENT = 24 };

typedef struct cell {
    uint32_t first, last; /* tokens */
    alm_str text;         /* of the shadow, trimmed */
} cell;

typedef struct column {
    alm_column kind;
    alm_column_unit unit;
    uint32_t thing;  /* of a column of one thing: its GOODS mention */
    alm_str measure; /* and what it is counted in */
} column;

typedef struct reader {
    alm_relation *relation;
    alm_folded *folded;
    const alm_table *table;
    const alm_table_words *words;
    const uint32_t *first_token; /* by block; block_count + 1 entries */
    column columns[MAX_COLUMNS];
    uint32_t column_count, head_rows;
    alm_gift last[MAX_COLUMNS]; /* by group: the gift above, for rows without a donor */
    uint32_t carried_date;
} reader;

static cell cell_at(const reader *r, uint32_t row, uint32_t col) {
    cell c = {0};
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

static bool same_block(const reader *r, uint32_t row, uint32_t col, uint32_t other_row) {
    size_t width = r->table->columns;
    return r->table->grid[row * width + col] != ALM_NO_CELL &&
           r->table->grid[row * width + col] == r->table->grid[other_row * width + col];
}

static uint32_t find_class(const reader *r, cell c, uint16_t class_id) {
    for (uint32_t i = c.first; i < c.last; i++)
        if (r->folded->tokens[i].class_id == class_id) return i;
    return UINT32_MAX;
}

/* ---- head ---- */

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
static alm_status goods_mention(reader *r, uint32_t first, uint32_t last, uint32_t *out) {
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

/* How many different cells
 of the row are column heads; a row of a list has amounts, a head has none. */
static uint32_t count_heads(const reader *r, uint32_t row) {
    uint32_t heads = 0, last = ALM_NO_CELL;
    alm_column_unit unit;
    for (uint32_t col = 0; col < r->column_count; col++) {
        uint32_t block = r->table->grid[(size_t)row * r->table->columns + col];
        cell c = cell_at(r, row, col);
        if (block == last) continue;
        last = block;
        if (find_class(r, c, ALM_CLASS_MONEY) != UINT32_MAX || find_class(r, c, ALM_CLASS_NUMBER) != UINT32_MAX)
            return 0;
        if (alm_utf8_count(c.text) <= 16 && alm_table_words_column(r->words, c.text, &unit) != ALM_COLUMN_UNKNOWN)
            heads++;
    }
    return heads;
}

/* A cell of the row reaches over several columns: a further head row below says what the parts are. */
static bool has_wide_cell(const reader *r, uint32_t row) {
    const uint32_t *grid = r->table->grid + (size_t)row * r->table->columns;
    for (uint32_t col = 1; col < r->column_count; col++)
        if (grid[col] != ALM_NO_CELL && grid[col] == grid[col - 1]) return true;
    return false;
}

/* "masks (pieces)": a column of one thing, whose cells are quantities. */
static alm_status read_thing(reader *r, uint32_t row, uint32_t col, column *out) {
    cell c = cell_at(r, row, col);
    uint32_t open = c.first;
    while (open < c.last && r->folded->tokens[open].cp != ALM_CP_BRACKET_OPEN) open++;
    if (open == c.first || open + 2 >= c.last || r->folded->tokens[c.last - 1].cp != ALM_CP_BRACKET_CLOSE)
        return ALM_OK;
    alm_str unit = alm_str_slice(r->folded->text, r->folded->tokens[open + 1].start, r->folded->tokens[c.last - 2].end);
    if (alm_utf8_count(unit) > 2) return ALM_OK;
    alm_status status = goods_mention(r, c.first, open, &out->thing);
    if (status == ALM_OK && out->thing) out->kind = ALM_COLUMN_THING, out->measure = unit;
    return status;
}

/* Leading rows that are heads; a title row over all columns may stand before them. */
static alm_status find_head(reader *r) {
    for (uint32_t row = 0; row < r->table->rows && row < MAX_HEAD_ROWS; row++) {
        if (r->head_rows && row >= r->table->header_rows && !has_wide_cell(r, row - 1)) break;
        uint32_t heads = count_heads(r, row);
        if (heads < 2 && !(heads == 1 && r->column_count <= 2)) continue;
        for (uint32_t col = 0; col < r->column_count; col++) {
            column found = {0};
            found.kind = alm_table_words_column(r->words, cell_at(r, row, col).text, &found.unit);
            alm_status status = found.kind == ALM_COLUMN_UNKNOWN ? read_thing(r, row, col, &found) : ALM_OK;
            if (status != ALM_OK) return status;
            if (found.kind != ALM_COLUMN_UNKNOWN || found.unit.currency.len) r->columns[col] = found;
        }
        r->head_rows = row + 1;
    }
    return ALM_OK;
}

/* Without a head: the column of amounts is the one where amounts or bare numbers stand, the donors' the one with most
 * names. */
static bool infer_columns(reader *r) {
    uint32_t best_amount = 0, best_name = 0, amount_col = UINT32_MAX, name_col = UINT32_MAX;
    for (uint32_t col = 0; col < r->column_count; col++) {
        uint32_t amounts = 0, names = 0;
        for (uint32_t row = 0; row < r->table->rows; row++) {
            cell c = cell_at(r, row, col);
            amounts += find_class(r, c, ALM_CLASS_MONEY) != UINT32_MAX;
            names += find_class(r, c, ALM_CLASS_PARTY) != UINT32_MAX;
        }
        if (amounts > best_amount) best_amount = amounts, amount_col = col;
        if (names > best_name) best_name = names, name_col = col;
    }
    if (best_amount * 2 <= r->table->rows || best_name * 2 <= r->table->rows || amount_col == name_col) return false;
    r->columns[amount_col].kind = ALM_COLUMN_AMOUNT;
    r->columns[name_col].kind = ALM_COLUMN_DONOR;
    return true;
}

static bool has_kind(const reader *r, alm_column kind) {
    for (uint32_t col = 0; col < r->column_count; col++)
        if (r->columns[col].kind == kind) return true;
    return false;
}

/* What a column without a telling head holds, by its cells: amounts, things, or names where no column of donors is
 * known. */
static void infer_unknown(reader *r) {
    for (uint32_t col = 0; col < r->column_count; col++) {
        if (r->columns[col].kind != ALM_COLUMN_UNKNOWN) continue;
        uint32_t filled = 0, money = 0, goods = 0, numbers = 0, names = 0;
        for (uint32_t row = r->head_rows; row < r->table->rows; row++) {
            cell c = cell_at(r, row, col);
            if (c.first == c.last) continue;
            filled++;
            bool has_money = find_class(r, c, ALM_CLASS_MONEY) != UINT32_MAX,
                 has_goods = find_class(r, c, ALM_CLASS_GOODS) != UINT32_MAX;
            money += has_money && !has_goods;
            goods += has_goods;
            numbers += c.last == c.first + 1 && r->folded->tokens[c.first].class_id == ALM_CLASS_NUMBER;
            names += find_class(r, c, ALM_CLASS_PARTY) != UINT32_MAX;
        }
        if (filled < 2) continue;
        if (goods * 2 > filled || (goods && (goods + money) * 2 > filled))
            r->columns[col].kind = ALM_COLUMN_GOODS;
        else if ((money + numbers) * 2 > filled && (money || r->columns[col].unit.currency.len))
            r->columns[col].kind = ALM_COLUMN_AMOUNT;
        else if (names * 2 > filled && !has_kind(r, ALM_COLUMN_DONOR))
            r->columns[col].kind = ALM_COLUMN_DONOR;
    }
}

/* A head word that means a donor or a unit of measure by what stands beside it. */
static void settle_columns(reader *r) {
    bool donor = has_kind(r, ALM_COLUMN_DONOR);
    for (uint32_t col = 0; col < r->column_count; col++) {
        column *c = &r->columns[col];
        bool by_quantity = (col > 0 && r->columns[col - 1].kind == ALM_COLUMN_QUANTITY) ||
                           (col + 1 < r->column_count && r->columns[col + 1].kind == ALM_COLUMN_QUANTITY);
        if (c->kind == ALM_COLUMN_ORGANISATION && by_quantity)
            c->kind = ALM_COLUMN_UNIT;
        else if (!donor && c->kind == ALM_COLUMN_ORGANISATION && !has_kind(r, ALM_COLUMN_PERSON))
            c->kind = ALM_COLUMN_DONOR, donor = true;
    }
    for (uint32_t col = 0; !donor && col < r->column_count; col++)
        if (r->columns[col].kind == ALM_COLUMN_PERSON) r->columns[col].kind = ALM_COLUMN_DONOR, donor = true;
}

static bool tells_of_gifts(const reader *r) {
    if (has_kind(r, ALM_COLUMN_FOREIGN) || !has_kind(r, ALM_COLUMN_DONOR)) return false;
    return has_kind(r, ALM_COLUMN_AMOUNT) || has_kind(r, ALM_COLUMN_GOODS) || has_kind(r, ALM_COLUMN_VALUE) ||
           has_kind(r, ALM_COLUMN_THING);
}

/* Where the group that begins at @p start ends: before the next column of the kind that it began with, or its first
 * repeat. */
static uint32_t group_end(const reader *r, uint32_t start) {
    bool seen[ALM_COLUMN_FOREIGN + 1] = {false};
    for (uint32_t col = start; col < r->column_count; col++) {
        alm_column kind = r->columns[col].kind;
        bool leads = kind == ALM_COLUMN_DONOR || kind == ALM_COLUMN_NUMBER || kind == ALM_COLUMN_DATE ||
                     kind == ALM_COLUMN_ORGANISATION;
        if (leads && seen[kind]) return col;
        seen[kind] = true;
    }
    return r->column_count;
}

/* ---- cells ---- */

static void what_push(alm_gift *gift, alm_what_kind kind, uint32_t mention, uint32_t quantity) {
    if (gift->what_count < ALM_MAX_WHATS) gift->whats[gift->what_count++] = (alm_what){kind, mention, quantity};
}

/* A cell of 0 or 0.00: nothing was given. */
static bool is_nothing(const reader *r, uint32_t mention) {
    alm_str amount = r->folded->mentions[mention - 1].value->amount;
    for (size_t i = 0; i < amount.len; i++)
        if (amount.ptr[i] != '0' && amount.ptr[i] != '.') return false;
    return true;
}

static alm_status read_amount(reader *r, alm_gift *gift, cell c, const column *col) {

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

static alm_what_kind kind_of(const reader *r, uint32_t token, bool worth) {
    if (r->folded->tokens[token].class_id != ALM_CLASS_MONEY) return ALM_WHAT_GOODS;
    return worth ? ALM_WHAT_WORTH : ALM_WHAT_CASH;
}

static uint32_t bare_amount(const reader *r, uint32_t i, uint32_t last) {
    while (i < last && r->folded->tokens[i].class_id != ALM_CLASS_NUMBER) i++;
    return i;
}

/* A number and nothing else in a column of gifts of all kinds: money. */
static bool is_bare_amount(const reader *r, uint32_t first, uint32_t last) {
    uint32_t number = bare_amount(r, first, last);
    if (number >= last) return false;
    for (uint32_t i = first; i < last; i++)
        if (i != number && r->folded->tokens[i].class_id != ALM_CLASS_GIVE && r->folded->tokens[i].cp != ' ')
            return false;
    return alm_bare_amount_is(r->relation, &r->folded->tokens[number]);
}

/* "12 sheds (worth 180,000)". */
static void read_bracketed_value(const reader *r, alm_gift *gift, uint32_t open, uint32_t close) {
    bool worth = false;
    for (uint32_t i = open; i < close; i++) {
        worth = worth || r->folded->tokens[i].class_id == ALM_CLASS_WORTH;
        if (worth && r->folded->tokens[i].class_id == ALM_CLASS_MONEY) {
            what_push(gift, ALM_WHAT_WORTH, r->folded->tokens[i].mention, 0);
            return;
        }
    }
}

static alm_status read_goods(reader *r, alm_gift *gift, cell c) {
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
        } else if (!counted && (status = goods_mention(r, i, end < c.last ? end : c.last, &mention)) == ALM_OK &&
                   mention)
            what_push(gift, ALM_WHAT_GOODS, mention, 0);
        if (status != ALM_OK) return status;
        i = end + 1;
    }
    return ALM_OK;
}

/* A number and the unit of its own column, or of the quantity's head, as one quantity. */
static alm_status with_unit(reader *r, uint32_t token, alm_str unit, uint32_t *out) {
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
static alm_status read_count(reader *r, alm_gift *gift, cell c, const column *head) {
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
static alm_status add_posts(reader *r, const alm_gift *gift, cell c, uint32_t role, uint32_t organisation) {
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
static alm_status read_roles(reader *r, alm_gift *gift, cell c) {
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
static alm_status read_quantity(reader *r, alm_gift *gift, cell c, alm_str unit) {
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

static bool is_receiver(const alm_token *token) {
    return token->class_id == ALM_CLASS_PARTY || token->class_id == ALM_CLASS_PLACE;
}

/* What a name that no finder knows as a whole may consist of, in a cell that is nothing but names. */
static bool may_be_name(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_PARTY:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_ORG_SUFFIX: return true;
    case ALM_CLASS_TEXT: return alm_is_han(token->cp);
    default: return false;
    }
}

static alm_status recipient_add(reader *r, alm_gift *gift, uint32_t first, uint32_t last) {
    const alm_actor *actor = last == first + 1 ? alm_actor_of(r->relation, &r->folded->tokens[first]) : NULL;
    uint32_t mention = 0;
    alm_status status = ALM_OK;
    if (actor)
        mention = actor->organisation ? actor->organisation : actor->person;
    else
        status = alm_cell_name(r->relation, first, last, &mention);
    if (status == ALM_OK && gift->recipient_count < ALM_MAX_PARTIES)
        gift->recipients[gift->recipient_count++] = mention;
    return status;
}

/* The piece [first, last) is one name as a whole: it begins or ends as names of bodies and places do. */
static bool is_whole_name(const reader *r, uint32_t first, uint32_t last) {
    if (last < first + 2 || alm_walk_length(r->folded, first, last) > MAX_RECIPIENT) return false;
    for (uint32_t i = first; i < last; i++) /* a single character may be a word elsewhere */
        if (!may_be_name(&r->folded->tokens[i]) &&
            !(r->folded->tokens[i].sense && alm_walk_length(r->folded, i, i + 1) == 1))
            return false;
    const alm_token *begin = &r->folded->tokens[first], *end = &r->folded->tokens[last - 1];
    return end->class_id == ALM_CLASS_ORG_SUFFIX || end->class_id == ALM_CLASS_PARTY ||
           end->class_id == ALM_CLASS_LOCAL || (begin->class_id == ALM_CLASS_PLACE && end->class_id != ALM_CLASS_TEXT);
}

/* The names in the piece [first, last), else a place, else nobody: "for winter clothes" names no one. */
static alm_status read_recipient_piece(reader *r, alm_gift *gift, uint32_t first, uint32_t last, bool whole) {
    if (whole && is_whole_name(r, first, last)) return recipient_add(r, gift, first, last);
    for (uint32_t i = first; i < last; i++) {
        const alm_token *token = &r->folded->tokens[i];
        if (token->cp == ALM_CP_BRACKET_OPEN) {
            i = alm_cell_closing(r->folded, i, last);
            continue;
        }
        if (!is_receiver(token)) continue;
        uint32_t end = i + 1;
        while (end < last && is_receiver(&r->folded->tokens[end])) end++;
        alm_status status = recipient_add(r, gift, i, end);
        if (status != ALM_OK) return status;
        i = end - 1;
    }
    return ALM_OK;
}

/* Whom the row is for. */
static alm_status read_recipients(reader *r, alm_gift *gift, cell c) {
    if (alm_table_words_is_empty(r->words, c.text)) return ALM_OK;
    for (uint32_t i = c.first; i < c.last;) {
        uint32_t end = i, name_end;
        while (end < c.last && !(alm_cell_separates(&r->folded->tokens[end]) && r->folded->tokens[end].cp != ' '))
            end++;
        name_end = end;
        for (uint32_t at = i; at < name_end; at++) /* "one sheep each", "(by car)" */
            if (r->folded->tokens[at].class_id == ALM_CLASS_EACH || r->folded->tokens[at].cp == ALM_CP_BRACKET_OPEN)
                name_end = at;
        alm_status status = read_recipient_piece(r, gift, i, name_end > i ? name_end : end, true);
        if (status != ALM_OK) return status;
        i = end + 1;
    }
    return ALM_OK;
}

/* A remark says whom the row is for where a word that governs receivers does: "designated for the hospital". */
static alm_status read_note(reader *r, alm_gift *gift, cell c) {
    if (gift->recipient_count) return ALM_OK;
    for (uint32_t i = c.first; i < c.last; i++) {
        const alm_token *token = &r->folded->tokens[i];
        bool directed = (token->class_id == ALM_CLASS_GIVE || token->class_id == ALM_CLASS_SEND) &&
                        alm_str_is_c(alm_token_attr(r->folded, token, token->class_id, 0), "to");
        if (token->class_id != ALM_CLASS_TO && !directed) continue;
        uint32_t end = i + 1;
        while (end < c.last && may_be_name(&r->folded->tokens[end])) end++;
        bool whole = end == c.last || alm_cell_separates(&r->folded->tokens[end]);
        return read_recipient_piece(r, gift, i + 1, end, whole);
    }
    return ALM_OK;
}

/* ---- rows ---- */

static bool is_total_row(const reader *r, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++) {
        cell c = cell_at(r, row, col);
        alm_str label = c.text;
        size_t mark = alm_str_find(label, ALM_STR("\xEF\xBC\x9A"), 0); /* a full-width colon */
        if (mark != SIZE_MAX) label = alm_str_slice(label, 0, mark);
        if (alm_table_words_is_total(r->words, alm_str_trim(label))) return true;
    }
    return false;
}

static alm_status read_cell(reader *r, alm_gift *gift, uint32_t row, uint32_t col, uint32_t start, uint32_t end) {
    cell c = cell_at(r, row, col);
    const column *head = &r->columns[col];
    if (c.first == c.last) return ALM_OK;
    switch (head->kind) {
    case ALM_COLUMN_AMOUNT: /* "amount or quantity" */
        if (gift->what_count && find_class(r, c, ALM_CLASS_QUANTITY) != UINT32_MAX &&
            find_class(r, c, ALM_CLASS_MONEY) == UINT32_MAX)
            return read_quantity(r, gift, c, (alm_str){0});
        return read_amount(r, gift, c, head);
    case ALM_COLUMN_VALUE: return read_amount(r, gift, c, head);

    case ALM_COLUMN_GOODS: return read_goods(r, gift, c);
    case ALM_COLUMN_QUANTITY: {
        alm_str unit = {0};
        for (uint32_t other = start; other < end; other++)
            if (r->columns[other].kind == ALM_COLUMN_UNIT) unit = cell_at(r, row, other).text;
        return read_quantity(r, gift, c, unit);
    }
    case ALM_COLUMN_THING: return read_count(r, gift, c, head);
    case ALM_COLUMN_ROLE: return read_roles(r, gift, c);
    case ALM_COLUMN_RECIPIENT: return read_recipients(r, gift, c);
    case ALM_COLUMN_NOTE: return read_note(r, gift, c);
    case ALM_COLUMN_DATE: {
        uint32_t date = find_class(r, c, ALM_CLASS_DATE);
        if (date != UINT32_MAX) gift->date = r->folded->tokens[date].mention;
        return ALM_OK;
    }
    default: return ALM_OK;
    }
}

/* The person's firm, or the firm's person, from a column of its own. */
static alm_status read_second_name(reader *r, alm_gift *gift, cell c) {
    uint32_t token = find_class(r, c, ALM_CLASS_PARTY);
    if (token == UINT32_MAX) return ALM_OK;
    const alm_actor *actor = alm_actor_of(r->relation, &r->folded->tokens[token]);
    if (gift->donor_count == 0) {
        alm_cell_donor_add(gift, *actor);
        return ALM_OK;
    }
    for (size_t i = 0; i < gift->donor_count; i++) {
        if (!gift->donors[i].organisation) gift->donors[i].organisation = actor->organisation;
        if (!gift->donors[i].person) gift->donors[i].person = actor->person;
    }
    return gift->donors[0].person ? read_roles(r, gift, c) : ALM_OK;
}

static alm_status read_row_donors(reader *r, alm_gift *gift, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++) {
        if (r->columns[col].kind != ALM_COLUMN_DONOR) continue;
        cell c = cell_at(r, row, col);
        alm_status status =
            alm_table_words_is_empty(r->words, c.text) ? ALM_OK : alm_cell_donors(r->relation, gift, c.first, c.last);
        if (status != ALM_OK) return status;
    }
    alm_status status = ALM_OK;
    for (uint32_t col = start; status == ALM_OK && col < end; col++)
        if (r->columns[col].kind == ALM_COLUMN_ORGANISATION || r->columns[col].kind == ALM_COLUMN_PERSON)
            status = read_second_name(r, gift, cell_at(r, row, col));
    return status;
}

/* No donor told, and no number that begins an entry of its own: the row goes on with the donor above. */
static bool donor_is_blank(const reader *r, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++)
        if (r->columns[col].kind == ALM_COLUMN_NUMBER && cell_at(r, row, col).text.len && row > 0 &&
            !same_block(r, row, col, row - 1))
            return false;
    for (uint32_t col = start; col < end; col++)

        if (r->columns[col].kind == ALM_COLUMN_DONOR && cell_at(r, row, col).text.len &&
            !(row > 0 && same_block(r, row, col, row - 1)))
            return false;
    return true;
}

/* One cell over the whole row, or alone in it, without an amount: a heading of the rows below, which may date them. */
static bool is_group_row(reader *r, uint32_t row) {
    uint32_t filled = 0, last = ALM_NO_CELL, only = 0;
    for (uint32_t col = 0; col < r->column_count; col++) {
        uint32_t block = r->table->grid[(size_t)row * r->table->columns + col];
        if (block == last || cell_at(r, row, col).first == cell_at(r, row, col).last) continue;
        last = block;
        only = col;
        filled++;
    }
    cell c = cell_at(r, row, only);
    if (filled != 1 || r->column_count < 3 || (only > 0 && !has_wide_cell(r, row))) return false;
    if (find_class(r, c, ALM_CLASS_MONEY) != UINT32_MAX || find_class(r, c, ALM_CLASS_GOODS) != UINT32_MAX)
        return false;
    uint32_t date = find_class(r, c, ALM_CLASS_DATE);
    if (date != UINT32_MAX) r->carried_date = r->folded->tokens[date].mention;
    return true;
}

/* "X (5,000) Y (3,000)": a gift for each name with the amount behind it. */
static alm_status split_amounts(reader *r, const alm_gift *gift, uint32_t row, uint32_t start, uint32_t end,
                                bool *done) {
    *done = false;
    for (uint32_t col = start; col < end; col++) {
        if (r->columns[col].kind != ALM_COLUMN_DONOR || gift->donor_count < 2) continue;
        cell c = cell_at(r, row, col);
        for (uint32_t i = c.first; i + 2 < c.last; i++) {
            const alm_token *t = &r->folded->tokens[i];
            const alm_actor *actor = alm_actor_of(r->relation, t);
            if (!actor || t[1].cp != ALM_CP_BRACKET_OPEN ||
                (t[2].class_id != ALM_CLASS_NUMBER && t[2].class_id != ALM_CLASS_MONEY))
                continue;
            alm_gift one = *gift;
            one.donors[0] = *actor;
            one.donor_count = 1;
            one.what_count = 0;
            column amount = {.kind = ALM_COLUMN_AMOUNT};
            alm_status status = read_amount(r, &one, (cell){i + 2, i + 3, {0}}, &amount);
            if (status == ALM_OK && one.what_count) status = alm_gift_add(r->relation, &one);
            if (status != ALM_OK) return status;
            *done = true;
        }
    }
    return ALM_OK;
}

static void set_evidence(const reader *r, alm_gift *gift, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++) {
        cell c = cell_at(r, row, col);
        if (c.first == c.last) continue;
        uint32_t from = r->folded->tokens[c.first].start, to = r->folded->tokens[c.last - 1].end;
        if (gift->end == 0 || from < gift->start) gift->start = from;
        if (to > gift->end) gift->end = to;
    }
    gift->trigger_start = gift->trigger_end = gift->start;
}

static alm_status read_group(reader *r, uint32_t row, uint32_t start, uint32_t end) {
    if (is_total_row(r, row, start, end)) return ALM_OK;
    alm_gift gift = {.rule = ALM_STR("gift/table-row"), .confidence = 0.88};
    alm_status status = read_row_donors(r, &gift, row, start, end);
    bool goes_on = gift.donor_count == 0 && donor_is_blank(r, row, start, end);
    if (goes_on) {
        gift = r->last[start];
        gift.what_count = gift.recipient_count = 0;
        gift.start = gift.end = 0;
        gift.confidence = 0.8;
    }
    for (uint32_t col = start; status == ALM_OK && col < end; col++)
        if (!(goes_on && row > r->head_rows && r->columns[col].kind != ALM_COLUMN_GOODS &&
              same_block(r, row, col, row - 1) &&
              (r->columns[col].kind == ALM_COLUMN_AMOUNT || r->columns[col].kind == ALM_COLUMN_VALUE)))
            status = read_cell(r, &gift, row, col, start, end);
    if (status != ALM_OK) return status;
    set_evidence(r, &gift, row, start, end);
    if (goes_on && gift.recipient_count == 0) {
        gift.recipient_count = r->last[start].recipient_count;
        memcpy(gift.recipients, r->last[start].recipients, sizeof gift.recipients);
    }
    if (gift.date == 0) gift.date = r->carried_date;
    r->carried_date = gift.date;
    r->last[start] = gift;
    bool done;
    status = split_amounts(r, &gift, row, start, end, &done);
    if (status != ALM_OK || done) return status;
    return gift.donor_count && gift.what_count ? alm_gift_add(r->relation, &gift) : ALM_OK;
}

static void explain_columns(const reader *r, bool told) {
    static const char *const names[] = {"?",         "number", "donor", "person", "organisation", "role",
                                        "branch",    "amount", "value", "goods",  "quantity",     "unit",
                                        "recipient", "date",   "note",  "thing",  "foreign"};
    if (!r->relation->explain->write) return;
    char line[512];
    size_t used = 0;
    for (uint32_t col = 0; col < r->column_count && used < sizeof line; col++) {
        int n = snprintf(line + used, sizeof line - used, " %s", names[r->columns[col].kind]);
        used += n > 0 ? (size_t)n : 0;
    }
    alm_explain_line(r->relation->explain, "== table of %u rows, %u of head:%s: %s", r->table->rows, r->head_rows, line,
                     told ? "gifts" : "not of gifts");
}

static alm_status read_table(reader *r) {
    r->column_count = r->table->columns < MAX_COLUMNS ? r->table->columns : MAX_COLUMNS;
    alm_status found = find_head(r);
    if (found != ALM_OK) return found;
    if (!r->head_rows && !infer_columns(r)) return ALM_OK;
    infer_unknown(r);
    settle_columns(r);
    explain_columns(r, tells_of_gifts(r));
    if (!tells_of_gifts(r)) return ALM_OK;
    for (uint32_t row = r->head_rows; row < r->table->rows; row++) {
        if (count_heads(r, row) >= 3) continue; /* the head again, on a further page */
        if (is_group_row(r, row)) continue;
        for (uint32_t start = 0; start < r->column_count;) {
            uint32_t end = group_end(r, start);
            alm_status status = read_group(r, row, start, end);
            if (status != ALM_OK) return status;
            start = end;
        }
    }
    return ALM_OK;
}

/* The first token of each block: tokens and blocks are both in text order. */
static alm_status index_blocks(alm_relation *relation, uint32_t **out) {
    const alm_page *page = &relation->document->page;
    const alm_folded *folded = relation->folded;
    const uint32_t *origin = relation->session->shadow.origin;
    uint32_t *first = alm_arena_calloc(folded->arena, page->block_count + 1, sizeof *first);
    if (!first) return ALM_E_NOMEM;
    size_t block = 0;
    for (uint32_t i = 0; i < folded->count && block < page->block_count; i++)
        while (block < page->block_count && origin[folded->tokens[i].start] >= page->blocks[block].start)
            first[block++] = i;
    while (block <= page->block_count) first[block++] = (uint32_t)folded->count;
    *out = first;
    return ALM_OK;
}

alm_status alm_tables_read(alm_relation *relation) {
    const alm_page *page = &relation->document->page;
    relation->in_table =
        alm_arena_calloc(relation->folded->arena, relation->folded->count + 1, sizeof *relation->in_table);
    if (!relation->in_table) return ALM_E_NOMEM;
    if (page->table_count == 0) return ALM_OK;
    uint32_t *first_token;
    alm_status status = index_blocks(relation, &first_token);
    for (size_t i = 0; status == ALM_OK && i < page->block_count; i++)
        if (page->blocks[i].kind == ALM_BLOCK_CELL)
            memset(relation->in_table + first_token[i], 1,
                   (first_token[i + 1] - first_token[i]) * sizeof *relation->in_table);
    for (size_t i = 0; status == ALM_OK && i < page->table_count; i++) {
        reader *r = alm_arena_calloc(relation->folded->arena, 1, sizeof *r);
        if (!r) return ALM_E_NOMEM;
        r->relation = relation;
        r->folded = relation->folded;
        r->table = &page->tables[i];
        r->words = relation->session->extractor->table_words;
        r->first_token = first_token;
        status = read_table(r);
    }
    return status;
}
