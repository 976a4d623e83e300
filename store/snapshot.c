#include "store/snapshot_priv.h"

alm_status alm_snapshot_open(alm_snapshot **out, const alm_store_location *location, alm_err *err) {
    if (location->kind == ALM_STORE_SQLITE) return alm_snapshot_sqlite_open(out, location->path, err);
    return alm_snapshot_postgres_open(out, location->path, err);
}

void alm_snapshot_free(alm_snapshot *snapshot) {
    if (snapshot) snapshot->vtable->free(snapshot);
}

alm_store_kind alm_snapshot_kind(const alm_snapshot *snapshot) { return snapshot->vtable->kind; }

alm_status alm_snapshot_query(alm_snapshot *snapshot, const char *sql, const char *const *parameters,
                              size_t parameter_count, alm_err *err) {
    return snapshot->vtable->query(snapshot, sql, parameters, parameter_count, err);
}

alm_status alm_snapshot_next(alm_snapshot *snapshot, alm_str *columns, size_t count, alm_err *err) {
    return snapshot->vtable->next(snapshot, columns, count, err);
}
