#include "store/database_postgres.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/schema.h"

/* migrations[n] leads from version n to n + 1, and sets clock.schema_version. The first makes the schema. */
static const char *const migrations[ALM_SCHEMA_VERSION] = {alm_schema_postgres};

/* Of one schema at a time: writers that find none make it one after the other. Any number will do. */
static const char lock_schema[] = "SELECT pg_advisory_xact_lock(2021157102)";

alm_status alm_postgres_fail(const PGconn *connection, const PGresult *result, alm_err *err, const char *doing) {
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : NULL;
    const char *host = connection ? PQhost(connection) : NULL, *name = connection ? PQdb(connection) : NULL;
    if (!message) message = connection ? PQerrorMessage(connection) : "out of memory";
    alm_str text = alm_str_trim(alm_str_of(message));
    return alm_fail(err, ALM_E_STORAGE, "PostgreSQL %.60s at %.60s: %s: %.*s%s%.150s%s%s%.5s", name ? name : "",
                    host ? host : "", doing, (int)(text.len < 200 ? text.len : 200), text.ptr, detail ? " (" : "",
                    detail ? detail : "", detail ? ")" : "", state ? ", SQLSTATE " : "", state ? state : "");
}

bool alm_postgres_may_retry(const PGconn *connection, const alm_err *err) {
    static const char *const states[] = {"40001", "40P01", "57P01", "57P02", "57P03", "08"};
    if (!connection || PQstatus(connection) != CONNECTION_OK) return true;
    const char *state = strstr(err->message, ", SQLSTATE ");
    if (!state) return true; /* libpq's own: the connection failed, though it may not say so yet */
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strncmp(state + strlen(", SQLSTATE "), states[i], strlen(states[i])) == 0) return true;
    return false;
}

alm_status alm_postgres_run(PGconn *connection, const char *sql, alm_err *err) {
    PGresult *result = PQexec(connection, sql);
    ExecStatusType code = PQresultStatus(result);
    alm_status status = code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK
                            ? ALM_OK
                            : alm_postgres_fail(connection, result, err, "run");
    PQclear(result);
    return status;
}

alm_status alm_postgres_ask(PGresult **out, PGconn *connection, const char *sql, const char *const *parameters,
                            int parameter_count, alm_err *err) {
    PGresult *result = PQexecParams(connection, sql, parameter_count, NULL, parameters, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        *out = result;
        return ALM_OK;
    }
    alm_status status = alm_postgres_fail(connection, result, err, "ask");
    PQclear(result);
    return status;
}

/* -1: there is no store */
static alm_status read_version(PGconn *connection, int *out, alm_err *err) {
    PGresult *result = NULL;
    alm_status status = alm_postgres_ask(&result, connection, "SELECT to_regclass('clock')", NULL, 0, err);
    if (status != ALM_OK) return status;
    bool is_there = !PQgetisnull(result, 0, 0);
    PQclear(result);
    *out = 0;
    if (!is_there) return ALM_OK;
    status = alm_postgres_ask(&result, connection, "SELECT schema_version FROM clock", NULL, 0, err);
    if (status != ALM_OK) return status;
    *out = PQntuples(result) ? atoi(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    return ALM_OK;
}

static alm_status migrate(PGconn *connection, alm_err *err) {
    int version = 0;
    alm_status status = alm_postgres_run(connection, "BEGIN", err);
    if (status == ALM_OK) status = alm_postgres_run(connection, lock_schema, err);
    if (status == ALM_OK) status = read_version(connection, &version, err);
    for (; status == ALM_OK && version < ALM_SCHEMA_VERSION; version++)
        status = alm_postgres_run(connection, migrations[version], err);
    if (status == ALM_OK) return alm_postgres_run(connection, "COMMIT", err);
    PQclear(PQexec(connection, "ROLLBACK"));
    return status;
}

static alm_status check_schema(PGconn *connection, bool write, alm_err *err) {
    int version = 0;
    alm_status status = read_version(connection, &version, err);
    if (status != ALM_OK || version == ALM_SCHEMA_VERSION) return status;
    if (version > ALM_SCHEMA_VERSION)
        return alm_fail(err, ALM_E_UNSUPPORTED,
                        "PostgreSQL %.60s: schema version %d is of a later almoner (this one reads %d)",
                        PQdb(connection), version, ALM_SCHEMA_VERSION);
    if (write) return migrate(connection, err);
    return alm_fail(err, ALM_E_NOT_FOUND, "PostgreSQL %.60s: %s", PQdb(connection),
                    version ? "an older schema: any write migrates it" : "no store in this database");
}

/* What the server says on its way (NOTICE) is nothing to users of ours. */
static void ignore_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

alm_status alm_postgres_connect(PGconn **out, const char *url, bool write, alm_err *err) {
    static const char *const keywords[] = {"dbname", "client_encoding", "fallback_application_name", "connect_timeout",
                                           NULL};
    const char *const values[] = {url, "UTF8", "almoner", "10", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 1);
    if (!connection) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    alm_status status =
        PQstatus(connection) == CONNECTION_OK ? ALM_OK : alm_postgres_fail(connection, NULL, err, "connect");
    if (status == ALM_OK)
        status = alm_postgres_run(connection, "SET datestyle TO ISO; SET extra_float_digits TO 1", err);
    if (status == ALM_OK) status = check_schema(connection, write, err);
    if (status == ALM_OK)
        *out = connection;
    else
        PQfinish(connection);
    return status;
}
