#include "store/open.h"

#include "store/sink_postgres.h"
#include "store/sink_sqlite.h"

alm_status alm_sink_open(alm_sink **out, const alm_store_location *location, alm_err *err) {
    if (location->kind == ALM_STORE_SQLITE) return alm_sink_sqlite_new(out, location->path, err);
    return alm_sink_postgres_new(out, location->path, err);
}
