/**
 * A store in PostgreSQL (schemas/postgres.sql).
 *
 * What is put is gathered and written at commit: lookups for many pages at once, COPY for rows. A group larger than
 * some hundred documents is made durable in several transactions. A connection that is lost is made again, and what was
 * gathered is written anew: what had arrived after all changes nothing.
 */
#ifndef ALM_STORE_SINK_POSTGRES_H
#define ALM_STORE_SINK_POSTGRES_H

#include "store/sink.h"

/** @return ALM_OK, ALM_E_UNSUPPORTED (schema of a later version), ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_sink_postgres_new(alm_sink **out, const char *url, alm_err *err);

#endif
