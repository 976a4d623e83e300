/**
 * A growing byte buffer with a ceiling.
 *
 * Failure is sticky: after the first append that fails, later ones do nothing and `status` tells, so that a writer
 * checks once at its end.
 */
#ifndef ALM_BASE_BUF_H
#define ALM_BASE_BUF_H

#include "base/base.h"

typedef struct alm_buf {
    char *ptr; /**< NUL-terminated once anything was appended; NULL before */
    size_t len;
    size_t cap;
    size_t max; /**< ceiling on len */
    alm_status status;
} alm_buf;

/** An empty, caller-placed buffer that will hold at most @p max bytes. */
void alm_buf_init(alm_buf *buf, size_t max);
/** Free the bytes. The buffer may be initialised again. */
void alm_buf_release(alm_buf *buf);
/** Empty it and forget a failure; keep capacity. */
void alm_buf_reset(alm_buf *buf);

/** Append; return the sticky status: ALM_OK, ALM_E_NOMEM or ALM_E_LIMIT. */
alm_status alm_buf_add(alm_buf *buf, alm_str bytes);
alm_status alm_buf_add_c(alm_buf *buf, const char *text);
alm_status alm_buf_add_byte(alm_buf *buf, char byte);
alm_status alm_buf_printf(alm_buf *buf, const char *format, ...) ALM_PRINTF(2, 3);
/** Room for @p extra more bytes. */
alm_status alm_buf_reserve(alm_buf *buf, size_t extra);

static inline alm_str alm_buf_str(const alm_buf *buf) { return (alm_str){buf->ptr, buf->len}; }

#endif
