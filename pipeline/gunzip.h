/**
 * gzip (RFC 1952) with a ceiling on what comes out.
 */
#ifndef ALM_PIPELINE_GUNZIP_H
#define ALM_PIPELINE_GUNZIP_H

#include "base/base.h"
#include "base/buf.h"

/** Does @p bytes begin as a gzip member does? */
bool alm_is_gzip(alm_str bytes);

/**
 * Append what the gzip members of @p bytes hold to @p out, up to out->max. Zeros after the last member are padding.
 *
 * @return ALM_OK, ALM_E_LIMIT (more than out->max), ALM_E_PARSE (cut short, or broken), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_gunzip(alm_buf *out, alm_str bytes, alm_err *err);

#endif
