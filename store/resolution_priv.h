/**
 * What a database gives to be written a resolution into.
 */
#ifndef ALM_STORE_RESOLUTION_PRIV_H
#define ALM_STORE_RESOLUTION_PRIV_H

#include "store/resolution.h"

enum { ALM_RESOLUTION_TABLES = 5, ALM_RESOLUTION_MAX_COLUMNS = 5 };

/** A table that resolving fills; in the order in which rows may refer to rows. */
typedef struct alm_resolution_table {
    const char *name;
    const char *columns; /**< with types that every database knows, for the table that gathers new rows */
    size_t column_count;
    const char *keys;    /**< "a, b" */
    const char *matches; /**< condition: row n of the new table has the key of row t */
    const char *set;     /**< what an update of a row sets, from `excluded` */
} alm_resolution_table;

extern const alm_resolution_table alm_resolution_tables[ALM_RESOLUTION_TABLES];

typedef struct alm_resolution_writer alm_resolution_writer;

typedef struct alm_resolution_writer_vtable {
    /** Run SQL without rows; *changed, unless NULL, is how many rows it changed. */
    alm_status (*run)(alm_resolution_writer *writer, const char *sql, uint64_t *changed, alm_err *err);
    /** Add a row to the table that gathers new rows of table @p table; {0} is NULL. */
    alm_status (*put)(alm_resolution_writer *writer, size_t table, const alm_str *values, alm_err *err);
    /** What was put is there for `run` to see. */
    alm_status (*flush)(alm_resolution_writer *writer, alm_err *err);
    void (*free)(alm_resolution_writer *writer);
} alm_resolution_writer_vtable;

struct alm_resolution_writer {
    const alm_resolution_writer_vtable *vtable;
};

ALM_MUST_USE alm_status alm_resolution_writer_sqlite(alm_resolution_writer **out, const char *path, alm_err *err);
ALM_MUST_USE alm_status alm_resolution_writer_postgres(alm_resolution_writer **out, const char *url, alm_err *err);

#endif
