/**
 * What a database gives to be a snapshot.
 */
#ifndef ALM_STORE_SNAPSHOT_PRIV_H
#define ALM_STORE_SNAPSHOT_PRIV_H

#include "store/snapshot.h"

typedef struct alm_snapshot_vtable {
    alm_store_kind kind;
    alm_status (*query)(alm_snapshot *snapshot, const char *sql, const char *const *parameters, size_t parameter_count,
                        alm_err *err);
    alm_status (*next)(alm_snapshot *snapshot, alm_str *columns, size_t count, alm_err *err);
    void (*free)(alm_snapshot *snapshot);
} alm_snapshot_vtable;

struct alm_snapshot {
    const alm_snapshot_vtable *vtable;
};

ALM_MUST_USE alm_status alm_snapshot_sqlite_open(alm_snapshot **out, const char *path, alm_err *err);
ALM_MUST_USE alm_status alm_snapshot_postgres_open(alm_snapshot **out, const char *url, alm_err *err);

#endif
