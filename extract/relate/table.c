/*
 * Gifts in tables: a row is a gift. The head says what the columns hold; where the same heads come again, the table
 * stands in several groups side by side; a row without a donor goes on with the donor above it.
 */
#include <stddef.h>

#include "extract/relate/donor_cell.h"
#include "extract/relate/table_priv.h"

static bool is_total_row(const alm_table_reader *r, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++) {
        alm_table_cell c = alm_table_cell_at(r, row, col);
        alm_str label = c.text;
        size_t mark = alm_str_find(label, ALM_STR("\xEF\xBC\x9A"), 0); /* a full-width colon */
        if (mark != SIZE_MAX) label = alm_str_slice(label, 0, mark);
        if (alm_table_words_is_total(r->words, alm_str_trim(label))) return true;
    }
    return false;
}

static bool gives_things(const alm_gift *gift) {
    for (size_t i = 0; i < gift->what_count; i++)
        if (gift->whats[i].kind == ALM_WHAT_GOODS) return true;
    return false;
}

static alm_status read_cell(alm_table_reader *r, alm_gift *gift, uint32_t row, uint32_t col, uint32_t start,
                            uint32_t end) {
    alm_table_cell c = alm_table_cell_at(r, row, col);
    const alm_table_column *head = &r->columns[col];
    const alm_table_column value = {.kind = ALM_COLUMN_VALUE, .unit = head->unit};
    if (c.first == c.last) return ALM_OK;
    switch (head->kind) {
    case ALM_COLUMN_AMOUNT: /* "amount or quantity" */
        if (gift->what_count && alm_table_find(r, c, ALM_CLASS_QUANTITY) != UINT32_MAX &&
            alm_table_find(r, c, ALM_CLASS_MONEY) == UINT32_MAX)
            return alm_table_read_quantity(r, gift, c, (alm_str){0});
        return alm_table_read_amount(r, gift, c, head->of_things && gives_things(gift) ? &value : head);
    case ALM_COLUMN_VALUE: return alm_table_read_amount(r, gift, c, head);

    case ALM_COLUMN_GOODS: return alm_table_read_goods(r, gift, c);
    case ALM_COLUMN_QUANTITY: {
        alm_str unit = {0};
        for (uint32_t other = start; other < end; other++)
            if (r->columns[other].kind == ALM_COLUMN_UNIT) unit = alm_table_cell_at(r, row, other).text;
        return alm_table_read_quantity(r, gift, c, unit);
    }
    case ALM_COLUMN_THING: return alm_table_read_count(r, gift, c, head);
    case ALM_COLUMN_ROLE: return alm_table_read_roles(r, gift, c);
    case ALM_COLUMN_RECIPIENT: return alm_table_read_receivers(r, gift, c);
    case ALM_COLUMN_NOTE: return alm_table_read_note(r, gift, c);
    case ALM_COLUMN_DATE: {
        uint32_t date = alm_table_find(r, c, ALM_CLASS_DATE);
        if (date != UINT32_MAX) gift->date = r->folded->tokens[date].mention;
        return ALM_OK;
    }
    default: return ALM_OK;
    }
}

/* The person's firm, or the firm's person, from a column of its own. */
static alm_status read_second_name(alm_table_reader *r, alm_gift *gift, alm_table_cell c) {
    uint32_t token = alm_table_find(r, c, ALM_CLASS_PARTY);
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
    return gift->donors[0].person ? alm_table_read_roles(r, gift, c) : ALM_OK;
}

static alm_status read_row_donors(alm_table_reader *r, alm_gift *gift, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++) {
        if (r->columns[col].kind != ALM_COLUMN_DONOR) continue;
        alm_table_cell c = alm_table_cell_at(r, row, col);
        alm_status status =
            alm_table_words_is_empty(r->words, c.text) ? ALM_OK : alm_cell_donors(r->relation, gift, c.first, c.last);
        if (status != ALM_OK) return status;
    }
    alm_status status = ALM_OK;
    for (uint32_t col = start; status == ALM_OK && col < end; col++)
        if (r->columns[col].kind == ALM_COLUMN_ORGANISATION || r->columns[col].kind == ALM_COLUMN_PERSON)
            status = read_second_name(r, gift, alm_table_cell_at(r, row, col));
    return status;
}

/* No donor told, and no number that begins an entry of its own: the row goes on with the donor above. */
static bool donor_is_blank(const alm_table_reader *r, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++)
        if (r->columns[col].kind == ALM_COLUMN_NUMBER && alm_table_cell_at(r, row, col).text.len && row > 0 &&
            !alm_table_same_cell(r, row, col, row - 1))
            return false;
    for (uint32_t col = start; col < end; col++)

        if (r->columns[col].kind == ALM_COLUMN_DONOR && alm_table_cell_at(r, row, col).text.len &&
            !(row > 0 && alm_table_same_cell(r, row, col, row - 1)))
            return false;
    return true;
}

/* One cell over the whole row, or alone in it, without an amount: a heading of the rows below, which may date them. */
static bool is_group_row(alm_table_reader *r, uint32_t row) {
    uint32_t filled = 0, last = ALM_NO_CELL, only = 0;
    for (uint32_t col = 0; col < r->column_count; col++) {
        uint32_t block = r->table->grid[(size_t)row * r->table->columns + col];
        if (block == last || alm_table_cell_at(r, row, col).first == alm_table_cell_at(r, row, col).last) continue;
        last = block;
        only = col;
        filled++;
    }
    alm_table_cell c = alm_table_cell_at(r, row, only);
    if (filled != 1 || r->column_count < 3 || (only > 0 && !alm_table_has_wide_cell(r, row))) return false;
    if (alm_table_find(r, c, ALM_CLASS_MONEY) != UINT32_MAX || alm_table_find(r, c, ALM_CLASS_GOODS) != UINT32_MAX)
        return false;
    uint32_t date = alm_table_find(r, c, ALM_CLASS_DATE);
    if (date != UINT32_MAX) r->carried_date = r->folded->tokens[date].mention;
    return true;
}

/* "X (5,000) Y (3,000)": a gift for each name with the amount behind it. */
static alm_status split_amounts(alm_table_reader *r, const alm_gift *gift, uint32_t row, uint32_t start, uint32_t end,
                                bool *done) {
    *done = false;
    for (uint32_t col = start; col < end; col++) {
        if (r->columns[col].kind != ALM_COLUMN_DONOR || gift->donor_count < 2) continue;
        alm_table_cell c = alm_table_cell_at(r, row, col);
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
            alm_table_column amount = {.kind = ALM_COLUMN_AMOUNT};
            alm_status status = alm_table_read_amount(r, &one, (alm_table_cell){i + 2, i + 3, {0}}, &amount);
            if (status == ALM_OK && one.what_count) status = alm_gift_add(r->relation, &one);
            if (status != ALM_OK) return status;
            *done = true;
        }
    }
    return ALM_OK;
}

static void set_evidence(const alm_table_reader *r, alm_gift *gift, uint32_t row, uint32_t start, uint32_t end) {
    for (uint32_t col = start; col < end; col++) {
        alm_table_cell c = alm_table_cell_at(r, row, col);
        if (c.first == c.last) continue;
        uint32_t from = r->folded->tokens[c.first].start, to = r->folded->tokens[c.last - 1].end;
        if (gift->end == 0 || from < gift->start) gift->start = from;
        if (to > gift->end) gift->end = to;
    }
    gift->trigger_start = gift->trigger_end = gift->start;
}

static alm_status read_group(alm_table_reader *r, uint32_t row, uint32_t start, uint32_t end) {
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
              alm_table_same_cell(r, row, col, row - 1) &&
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

/* Where the group that begins at @p start ends: before the next column of the kind that it began with, or its first
 * repeat. */
static uint32_t group_end(const alm_table_reader *r, uint32_t start) {
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

static alm_status read_table(alm_table_reader *r) {
    r->column_count = r->table->columns < ALM_TABLE_READ_COLUMNS ? r->table->columns : ALM_TABLE_READ_COLUMNS;
    bool told;
    alm_status found = alm_table_read_head(r, &told);
    if (found != ALM_OK || !told) return found;
    for (uint32_t row = r->head_rows; row < r->table->rows; row++) {
        if (alm_table_count_heads(r, row) >= 3) continue; /* the head again, on a further page */
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

alm_table_reader *alm_table_reader_new(alm_relation *relation) {
    alm_table_reader *r = alm_arena_alloc(relation->folded->arena, sizeof *r);
    if (!r) return NULL;
    memset(r, 0, offsetof(alm_table_reader, last));
    r->relation = relation;
    r->folded = relation->folded;
    r->words = relation->session->extractor->table_words;
    return r;
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
        alm_table_reader *r = alm_table_reader_new(relation);
        if (!r) return ALM_E_NOMEM;
        memset(r->last, 0, sizeof r->last);
        r->table = &page->tables[i];
        r->first_token = first_token;
        status = read_table(r);
    }
    return status;
}
