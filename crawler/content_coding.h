/**
 * Content codings (RFC 9110 8.4): gzip, deflate, br, zstd, with a ceiling on what comes out.
 *
 * libcurl could decode on the fly, but (7.88) takes a gzip stream that ends early for a whole one, and an archive
 * wants the bytes as they came.
 */
#ifndef ALM_CRAWLER_CONTENT_CODING_H
#define ALM_CRAWLER_CONTENT_CODING_H

#include "base/base.h"
#include "base/buf.h"

/** The value of Accept-Encoding. Static storage. */
const char *alm_accept_encoding(void);

/** Does @p bytes begin as a gzip member does? */
bool alm_is_gzip(alm_str bytes);

/**
 * Append what the gzip members of @p bytes hold to @p out, up to out->max. What follows the last member is ignored.
 *
 * @return ALM_OK, ALM_E_LIMIT (more than out->max), ALM_E_PARSE (cut short, or broken), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_gunzip(alm_buf *out, alm_str bytes, alm_err *err);

/**
 * Undo one coding by its name (any case; "deflate" is read with and without its zlib header).
 *
 * @return as alm_gunzip, and ALM_E_UNSUPPORTED for a coding that we did not ask for.
 */
ALM_MUST_USE alm_status alm_content_decode(alm_buf *out, alm_str coding, alm_str bytes, alm_err *err);

#endif
