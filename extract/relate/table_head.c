/*
 * What the columns of a table hold: by the words of its head, else by what stands in the cells.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "extract/relate/table_priv.h"
#include "extract/relate/topic.h"

enum { MAX_HEAD_ROWS = 3 };

/* How many different cells
 of the row are column heads; a row of a list has amounts, a head has none. */
uint32_t alm_table_count_heads(const alm_table_reader *r, uint32_t row) {
    uint32_t heads = 0, last = ALM_NO_CELL;
    alm_column_unit unit;
    for (uint32_t col = 0; col < r->column_count; col++) {
        uint32_t block = r->table->grid[(size_t)row * r->table->columns + col];
        alm_table_cell c = alm_table_cell_at(r, row, col);
        if (block == last) continue;
        last = block;
        if (alm_table_find(r, c, ALM_CLASS_MONEY) != UINT32_MAX || alm_table_find(r, c, ALM_CLASS_NUMBER) != UINT32_MAX)
            return 0;
        if (alm_utf8_count(c.text) <= 16 && alm_table_words_column(r->words, c.text, &unit) != ALM_COLUMN_UNKNOWN)
            heads++;
    }
    return heads;
}

/* A cell of the row reaches over several columns: a further head row below says what the parts are. */
bool alm_table_has_wide_cell(const alm_table_reader *r, uint32_t row) {
    const uint32_t *grid = r->table->grid + (size_t)row * r->table->columns;
    for (uint32_t col = 1; col < r->column_count; col++)
        if (grid[col] != ALM_NO_CELL && grid[col] == grid[col - 1]) return true;
    return false;
}

/* "masks (pieces)": a column of one thing, whose cells are quantities. */
static alm_status read_thing(alm_table_reader *r, uint32_t row, uint32_t col, alm_table_column *out) {
    alm_table_cell c = alm_table_cell_at(r, row, col);
    uint32_t open = c.first;
    while (open < c.last && r->folded->tokens[open].cp != ALM_CP_BRACKET_OPEN) open++;
    if (open == c.first || open + 2 >= c.last || r->folded->tokens[c.last - 1].cp != ALM_CP_BRACKET_CLOSE)
        return ALM_OK;
    alm_str unit = alm_str_slice(r->folded->text, r->folded->tokens[open + 1].start, r->folded->tokens[c.last - 2].end);
    if (alm_utf8_count(unit) > 2) return ALM_OK;
    alm_status status = alm_table_thing(r, c.first, open, &out->thing);
    if (status == ALM_OK && out->thing) out->kind = ALM_COLUMN_THING, out->measure = unit;
    return status;
}

/* Leading rows that are heads; a title row over all columns may stand before them. */
static alm_status find_head(alm_table_reader *r) {
    for (uint32_t row = 0; row < r->table->rows && row < MAX_HEAD_ROWS; row++) {
        if (r->head_rows && row >= r->table->header_rows && !alm_table_has_wide_cell(r, row - 1)) break;
        uint32_t heads = alm_table_count_heads(r, row);
        if (heads < 2 && !(heads == 1 && r->column_count <= 2)) continue;
        for (uint32_t col = 0; col < r->column_count; col++) {
            alm_table_column found = {0};
            found.kind = alm_table_words_column(r->words, alm_table_cell_at(r, row, col).text, &found.unit);
            alm_status status = found.kind == ALM_COLUMN_UNKNOWN ? read_thing(r, row, col, &found) : ALM_OK;
            if (status != ALM_OK) return status;
            if (found.kind != ALM_COLUMN_UNKNOWN || found.unit.currency.len) r->columns[col] = found;
        }
        r->head_rows = row + 1;
    }
    return ALM_OK;
}

/* "200,000.00" and nothing else, on a page of gifts: money to the cent. */
static bool is_sum(const alm_table_reader *r, alm_table_cell c) {
    return r->relation->tells_of_giving && c.last == c.first + 1 &&
           r->folded->tokens[c.first].class_id == ALM_CLASS_NUMBER && c.text.len > 3 &&
           c.text.ptr[c.text.len - 3] == '.';
}

/* What most of a column's filled cells hold, in a table without a head. */
static alm_column column_by_cells(const alm_table_reader *r, uint32_t col) {
    uint32_t filled = 0, amounts = 0, names = 0;
    for (uint32_t row = 0; row < r->table->rows; row++) {
        alm_table_cell c = alm_table_cell_at(r, row, col);
        bool amount = alm_table_find(r, c, ALM_CLASS_MONEY) != UINT32_MAX || is_sum(r, c);
        filled += c.first < c.last;
        amounts += amount;
        names += !amount && alm_table_find(r, c, ALM_CLASS_PARTY) != UINT32_MAX;
    }
    if (amounts * 2 > filled) return ALM_COLUMN_AMOUNT;
    return names * 2 > filled ? ALM_COLUMN_DONOR : ALM_COLUMN_UNKNOWN;
}

/* "X 500 | Y 300 | Z 200" without a head: names and amounts by turns, several a row. */
static bool infer_pairs(alm_table_reader *r) {
    if (r->column_count < 4 || r->column_count % 2) return false;
    for (uint32_t col = 0; col < r->column_count; col++)
        if (column_by_cells(r, col) != (col % 2 ? ALM_COLUMN_AMOUNT : ALM_COLUMN_DONOR)) return false;
    for (uint32_t col = 0; col < r->column_count; col++)
        r->columns[col].kind = col % 2 ? ALM_COLUMN_AMOUNT : ALM_COLUMN_DONOR;
    return true;
}

/* Without a head: the column of amounts is the one where amounts or bare numbers stand, the donors' the one with most
 * names. */
static bool infer_columns(alm_table_reader *r) {
    uint32_t best_amount = 0, best_name = 0, amount_col = UINT32_MAX, name_col = UINT32_MAX;
    for (uint32_t col = 0; col < r->column_count; col++) {
        uint32_t amounts = 0, names = 0;
        for (uint32_t row = 0; row < r->table->rows; row++) {
            alm_table_cell c = alm_table_cell_at(r, row, col);
            amounts += alm_table_find(r, c, ALM_CLASS_MONEY) != UINT32_MAX || is_sum(r, c);
            names += alm_table_find(r, c, ALM_CLASS_PARTY) != UINT32_MAX;
        }
        if (amounts > best_amount) best_amount = amounts, amount_col = col;
        if (names > best_name) best_name = names, name_col = col;
    }
    if (best_amount * 2 <= r->table->rows || best_name * 2 <= r->table->rows || amount_col == name_col) return false;
    r->columns[amount_col].kind = ALM_COLUMN_AMOUNT;
    r->columns[name_col].kind = ALM_COLUMN_DONOR;
    return true;
}

static bool has_kind(const alm_table_reader *r, alm_column kind) {
    for (uint32_t col = 0; col < r->column_count; col++)
        if (r->columns[col].kind == kind) return true;
    return false;
}

/* Things and how many, where no column of quantities says that: "village library project" is none. */
static bool tells_things(const alm_table_reader *r, alm_table_cell c) {
    uint32_t at = alm_table_find(r, c, ALM_CLASS_GOODS);
    if (at == UINT32_MAX) return false;
    return has_kind(r, ALM_COLUMN_QUANTITY) || alm_mention_of(r->folded, &r->folded->tokens[at])->value;
}

/* What a column without a telling head holds, by its cells: amounts, things, or names where no column of donors is
 * known. */
static void infer_unknown(alm_table_reader *r) {
    for (uint32_t col = 0; col < r->column_count; col++) {
        if (r->columns[col].kind != ALM_COLUMN_UNKNOWN) continue;
        uint32_t filled = 0, money = 0, goods = 0, numbers = 0, names = 0;
        for (uint32_t row = r->head_rows; row < r->table->rows; row++) {
            alm_table_cell c = alm_table_cell_at(r, row, col);
            if (c.first == c.last) continue;
            filled++;
            bool has_money = alm_table_find(r, c, ALM_CLASS_MONEY) != UINT32_MAX, has_goods = tells_things(r, c);
            money += has_money && !has_goods;
            goods += has_goods;
            numbers += c.last == c.first + 1 && r->folded->tokens[c.first].class_id == ALM_CLASS_NUMBER;
            names += alm_table_find(r, c, ALM_CLASS_PARTY) != UINT32_MAX;
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
static void settle_columns(alm_table_reader *r) {
    bool donor = has_kind(r, ALM_COLUMN_DONOR);
    for (uint32_t col = 0; col < r->column_count; col++) {
        alm_table_column *c = &r->columns[col];
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

/* Beside things and how many of them, an amount is what they are worth, unless its head says money. */
static void settle_values(alm_table_reader *r) {
    if (!has_kind(r, ALM_COLUMN_GOODS) || !has_kind(r, ALM_COLUMN_QUANTITY)) return;
    for (uint32_t col = 0; col < r->column_count; col++) {
        bool cash = r->columns[col].kind != ALM_COLUMN_AMOUNT;
        for (uint32_t row = 0; row < r->head_rows; row++)
            cash = cash || alm_table_words_heads_cash(r->words, alm_table_cell_at(r, row, col).text);
        r->columns[col].of_things = !cash;
    }
}

/* A table whose head or heading speaks of something else, such as a price, may still be of those who give. */
static bool heads_givers(const alm_table_reader *r) {
    for (uint32_t col = 0; col < r->column_count; col++)
        for (uint32_t row = 0; r->columns[col].kind == ALM_COLUMN_DONOR && row < r->head_rows; row++)
            if (alm_table_words_heads_givers(r->words, alm_table_cell_at(r, row, col).text)) return true;
    return false;
}

static bool is_of_other_things(const alm_table_reader *r) {
    if (has_kind(r, ALM_COLUMN_FOREIGN)) return true;
    uint32_t block = ALM_NO_CELL;
    for (uint32_t col = 0; block == ALM_NO_CELL && col < r->column_count; col++) block = r->table->grid[col];
    return block != ALM_NO_CELL && alm_topic_above(r->relation, r->first_token[block]) == ALM_TOPIC_FOREIGN;
}

static bool tells_of_gifts(const alm_table_reader *r) {
    if (!has_kind(r, ALM_COLUMN_DONOR) || (!heads_givers(r) && is_of_other_things(r))) return false;
    return has_kind(r, ALM_COLUMN_AMOUNT) || has_kind(r, ALM_COLUMN_GOODS) || has_kind(r, ALM_COLUMN_VALUE) ||
           has_kind(r, ALM_COLUMN_THING);
}

static void explain_columns(const alm_table_reader *r, bool told) {
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

alm_status alm_table_read_head(alm_table_reader *r, bool *told) {
    *told = false;
    alm_status status = find_head(r);
    if (status != ALM_OK || (!r->head_rows && !infer_pairs(r) && !infer_columns(r))) return status;
    infer_unknown(r);
    settle_columns(r);
    settle_values(r);
    *told = tells_of_gifts(r);
    explain_columns(r, *told);
    return ALM_OK;
}
