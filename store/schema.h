/**
 * The SQL that makes a store: schemas/sqlite.sql and schemas/postgres.sql, compiled in.
 */
#ifndef ALM_STORE_SCHEMA_H
#define ALM_STORE_SCHEMA_H

enum { ALM_SCHEMA_VERSION = 1 };

extern const char alm_schema_sqlite[];
extern const char alm_schema_postgres[];

#endif
