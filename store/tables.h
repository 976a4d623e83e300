/**
 * The tables that a sink writes, and rows of them as cells, so that what is to be written is said once for all
 * databases.
 */
#ifndef ALM_STORE_TABLES_H
#define ALM_STORE_TABLES_H

#include "base/base.h"

/** Rows to insert, in an order in which each finds what it refers to, and changes of rows that are there. */
typedef enum alm_table {
    ALM_TABLE_PAGES,
    ALM_TABLE_VERSIONS,
    ALM_TABLE_ORGANISATIONS,
    ALM_TABLE_PEOPLE,
    ALM_TABLE_AFFILIATIONS,
    ALM_TABLE_DONATIONS,
    ALM_TABLE_PARTIES,
    ALM_TABLE_SPANS,
    ALM_SET_PAGE,
    ALM_SET_VERSION,
    ALM_SET_DONATION,
    ALM_TABLE_COUNT
} alm_table;

enum { ALM_TABLE_MAX_COLUMNS = 40 };

typedef struct alm_table_form {
    const char *name;
    const char *columns; /**< with commas; of a change the first is the key */
    size_t column_count;
} alm_table_form;

extern const alm_table_form alm_table_forms[ALM_TABLE_COUNT];

typedef enum alm_cell_kind { ALM_CELL_NULL, ALM_CELL_INT, ALM_CELL_TEXT } alm_cell_kind;

typedef struct alm_cell {
    alm_cell_kind kind;
    int64_t number;
    alm_str text; /**< borrowed for the call */
} alm_cell;

static inline alm_cell alm_cell_int(int64_t number) { return (alm_cell){.kind = ALM_CELL_INT, .number = number}; }
/** 0 is NULL: no id is 0. */
static inline alm_cell alm_cell_id(int64_t id) {
    return (alm_cell){.kind = id ? ALM_CELL_INT : ALM_CELL_NULL, .number = id};
}
static inline alm_cell alm_cell_text(alm_str text) {
    return (alm_cell){.kind = text.ptr ? ALM_CELL_TEXT : ALM_CELL_NULL, .text = text};
}

#endif
