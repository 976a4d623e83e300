/**
 * What the files that read donor tables share: the table with its columns, and its cells. table_head.c says what the
 * columns hold, table_cell.c and table_receiver.c read cells, table.c goes by rows. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_TABLE_PRIV_H
#define ALM_EXTRACT_RELATE_TABLE_PRIV_H

#include "extract/mention/walk.h"
#include "extract/relate/relation.h"
#include "extract/relate/table_words.h"

enum { ALM_TABLE_READ_COLUMNS = 32 };

typedef struct alm_table_cell {
    uint32_t first, last; /**< tokens */
    alm_str text;         /**< of the shadow, trimmed */
} alm_table_cell;

typedef struct alm_table_column {
    alm_column kind;
    alm_column_unit unit;
    uint32_t thing;  /**< of a column of one thing: its GOODS mention */
    alm_str measure; /**< and what it is counted in */
    bool of_things;  /**< of amounts: where the row has things, what they are worth */
} alm_table_column;

typedef struct alm_table_reader {
    alm_relation *relation;
    alm_folded *folded;
    const alm_table *table;
    const alm_table_words *words;
    const uint32_t *first_token; /**< by block; block_count + 1 entries */
    alm_table_column columns[ALM_TABLE_READ_COLUMNS];
    uint32_t column_count, head_rows;
    uint32_t carried_date;
    alm_gift last[ALM_TABLE_READ_COLUMNS]; /**< by group: the gift above, for rows without a donor; long */
} alm_table_reader;

/** A reader without a table, in the arena; NULL out of memory. All but `last` is cleared. */
alm_table_reader *alm_table_reader_new(alm_relation *relation);

alm_table_cell alm_table_cell_at(const alm_table_reader *r, uint32_t row, uint32_t col);
/** One cell reaches over both rows. */
bool alm_table_same_cell(const alm_table_reader *r, uint32_t row, uint32_t col, uint32_t other_row);
/** The first token of @p class_id in the cell, or UINT32_MAX. */
uint32_t alm_table_find(const alm_table_reader *r, alm_table_cell c, uint16_t class_id);
/** A cell of the row reaches over several columns: a further head row below says what the parts are. */
bool alm_table_has_wide_cell(const alm_table_reader *r, uint32_t row);

/** Find head_rows and what the columns hold; false in *told where the table does not tell of gifts. */
ALM_MUST_USE alm_status alm_table_read_head(alm_table_reader *r, bool *told);
/** How many different cells of the row are column heads; a row of a list has amounts, a head has none. */
uint32_t alm_table_count_heads(const alm_table_reader *r, uint32_t row);

/** A piece of a cell of things, up to a list mark, as goods named by its text; 0 in *out where it names none. */
ALM_MUST_USE alm_status alm_table_thing(alm_table_reader *r, uint32_t first, uint32_t last, uint32_t *out);
ALM_MUST_USE alm_status alm_table_read_amount(alm_table_reader *r, alm_gift *gift, alm_table_cell c,
                                              const alm_table_column *col);
ALM_MUST_USE alm_status alm_table_read_goods(alm_table_reader *r, alm_gift *gift, alm_table_cell c);
/** Quantities go to the things one by one; one quantity for several things is their sum and tells nothing of each. */
ALM_MUST_USE alm_status alm_table_read_quantity(alm_table_reader *r, alm_gift *gift, alm_table_cell c, alm_str unit);
/** A quantity of the thing that the column is for. */
ALM_MUST_USE alm_status alm_table_read_count(alm_table_reader *r, alm_gift *gift, alm_table_cell c,
                                             const alm_table_column *head);
/** The post of the row's donor: at the organisation in the cell, else where such posts are held. */
ALM_MUST_USE alm_status alm_table_read_roles(alm_table_reader *r, alm_gift *gift, alm_table_cell c);

ALM_MUST_USE alm_status alm_table_read_receivers(alm_table_reader *r, alm_gift *gift, alm_table_cell c);
/** A remark says whom the row is for where a word that governs receivers does: "designated for the hospital". */
ALM_MUST_USE alm_status alm_table_read_note(alm_table_reader *r, alm_gift *gift, alm_table_cell c);

#endif
