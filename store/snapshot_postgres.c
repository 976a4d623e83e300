#include <libpq-fe.h>

#include "base/alloc.h"
#include "store/database_postgres.h"
#include "store/snapshot_priv.h"

typedef struct postgres_snapshot {
    alm_snapshot base;
    PGconn *connection;
    PGresult *row; /* of single-row mode: the last one given */
    bool asked;    /* rows may still come */
} postgres_snapshot;

/* What is still on its way is read and thrown away: the next question needs a free connection. */
static void end_query(postgres_snapshot *s) {
    PQclear(s->row);
    s->row = NULL;
    for (PGresult *rest; s->asked && (rest = PQgetResult(s->connection));) PQclear(rest);
    s->asked = false;
}

static alm_status query(alm_snapshot *snapshot, const char *sql, const char *const *parameters, size_t parameter_count,
                        alm_err *err) {
    postgres_snapshot *s = (postgres_snapshot *)snapshot;
    end_query(s);
    if (PQsendQueryParams(s->connection, sql, (int)parameter_count, NULL, parameters, NULL, NULL, 0) != 1 ||
        PQsetSingleRowMode(s->connection) != 1)
        return alm_postgres_fail(s->connection, NULL, err, "ask");
    s->asked = true;
    return ALM_OK;
}

static alm_status next(alm_snapshot *snapshot, alm_str *columns, size_t count, alm_err *err) {
    postgres_snapshot *s = (postgres_snapshot *)snapshot;
    PQclear(s->row);
    s->row = PQgetResult(s->connection);
    ExecStatusType code = PQresultStatus(s->row);
    if (code == PGRES_TUPLES_OK) {
        s->asked = false;
        PQclear(s->row);
        s->row = PQgetResult(s->connection);
        return ALM_END;
    }
    if (code != PGRES_SINGLE_TUPLE) return alm_postgres_fail(s->connection, s->row, err, "read");
    for (int i = 0; i < (int)count; i++)
        columns[i] = PQgetisnull(s->row, 0, i) ? (alm_str){NULL, 0}
                                               : (alm_str){PQgetvalue(s->row, 0, i), (size_t)PQgetlength(s->row, 0, i)};
    return ALM_OK;
}

static void snapshot_free(alm_snapshot *snapshot) {
    postgres_snapshot *s = (postgres_snapshot *)snapshot;
    PQclear(s->row);
    PQfinish(s->connection);
    alm_free(s);
}

static const alm_snapshot_vtable vtable = {ALM_STORE_POSTGRES, query, next, snapshot_free};

alm_status alm_snapshot_postgres_open(alm_snapshot **out, const char *url, alm_err *err) {
    postgres_snapshot *s = alm_calloc(1, sizeof *s);
    if (!s) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    s->base.vtable = &vtable;
    alm_status status = alm_postgres_connect(&s->connection, url, false, err);
    if (status == ALM_OK)
        status = alm_postgres_run(s->connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    if (status == ALM_OK)
        *out = &s->base;
    else
        snapshot_free(&s->base);
    return status;
}
