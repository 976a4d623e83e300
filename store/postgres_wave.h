/**
 * Several tellings settled together in an open transaction of PostgreSQL, with as few questions as one would cost.
 *
 * Tellings that touch each other (the same page, or a uid that several pages tell) must see what the one before did, so
 * they go in waves of their own.
 */
#ifndef ALM_STORE_POSTGRES_WAVE_H
#define ALM_STORE_POSTGRES_WAVE_H

#include "base/buf.h"
#include "store/settle.h"

struct pg_conn;

typedef struct alm_wave {
    struct pg_conn *connection;
    alm_settler settler;
    alm_buf rows[ALM_TABLE_COUNT]; /**< in the text format of COPY */
    bool alone;                    /**< one telling: questions about other pages are asked of the server */
} alm_wave;

/** @p stats is counted up. Release with alm_wave_release. */
void alm_wave_init(alm_wave *wave, alm_sink_stats *stats);
void alm_wave_release(alm_wave *wave);

/** SQL that a session runs once: the tables that changes go through. */
extern const char alm_wave_session_sql[];

/**
 * Settle as many of the @p count tellings as can go together, from the first; *done says how many. wave->settler.seq
 * and now_ms are the caller's, and clock is locked.
 *
 * @return ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_wave_settle(alm_wave *wave, alm_telling *const *tellings, size_t count, size_t *done,
                                        alm_err *err);

#endif
