/**
 * The note that a page is gone, which stands among documents: {"schema": "almoner.gone/1", "url": …, "gone_at": …}.
 */
#ifndef ALM_EXTRACT_OUTPUT_GONE_H
#define ALM_EXTRACT_OUTPUT_GONE_H

#include "base/arena.h"
#include "base/buf.h"

typedef struct alm_gone {
    alm_str url, gone_at; /**< gone_at: RFC 3339, or {0} */
} alm_gone;

/** One JSON object and a line end. @return the status of @p out. */
alm_status alm_write_gone(alm_buf *out, const alm_gone *gone);

/** Read one into @p arena. @return ALM_OK, ALM_E_NOT_FOUND (@p json is something else), ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_gone_parse(alm_gone *out, alm_arena *arena, alm_str json);

#endif
