/**
 * Connect to a store in PostgreSQL: the schema is made or migrated. For files of store/ that speak to the server.
 */
#ifndef ALM_STORE_DATABASE_POSTGRES_H
#define ALM_STORE_DATABASE_POSTGRES_H

#include "base/base.h"

struct pg_conn;
struct pg_result;

/**
 * Connect to @p url and check the schema; a writer makes it where there is none. The caller closes *out with PQfinish.
 *
 * @return ALM_OK, ALM_E_NOT_FOUND (to read: no store in this database), ALM_E_UNSUPPORTED (schema of a later version),
 *         ALM_E_STORAGE, ALM_E_NOMEM. Messages do not hold the URL: there may be a password in it.
 */
ALM_MUST_USE alm_status alm_postgres_connect(struct pg_conn **out, const char *url, bool write, alm_err *err);

/** Run @p sql, which gives no rows that are looked at. */
ALM_MUST_USE alm_status alm_postgres_run(struct pg_conn *connection, const char *sql, alm_err *err);

/** Run @p sql with parameters of text; on success the caller clears *out with PQclear. */
ALM_MUST_USE alm_status alm_postgres_ask(struct pg_result **out, struct pg_conn *connection, const char *sql,
                                         const char *const *parameters, int parameter_count, alm_err *err);

/**
 * Fill @p err from @p result, or from the connection where it is NULL: host, database, what the server says, SQLSTATE.
 * @return ALM_E_STORAGE.
 */
alm_status alm_postgres_fail(const struct pg_conn *connection, const struct pg_result *result, alm_err *err,
                             const char *doing);

/** Whether the same may go well on a new connection: it was lost, the server restarts, a deadlock was broken. */
bool alm_postgres_may_retry(const struct pg_conn *connection, const alm_err *err);

#endif
