/**
 * Whole files: read, and put in place at once.
 */
#ifndef ALM_PIPELINE_FILE_H
#define ALM_PIPELINE_FILE_H

#include "base/buf.h"

/**
 * Read all of @p path, "-" being standard input, into @p out up to its ceiling.
 *
 * @return ALM_OK, ALM_E_NOT_FOUND, ALM_E_IO, ALM_E_LIMIT, ALM_E_NOMEM; the message names the file.
 */
ALM_MUST_USE alm_status alm_read_file(alm_buf *out, const char *path, alm_err *err);

/**
 * Put @p text where @p path is: written aside (PATH.new) and renamed, so that a reader sees the old
 * text or the new one, whole.
 *
 * @return ALM_OK, ALM_E_IO, ALM_E_LIMIT (a name too long).
 */
ALM_MUST_USE alm_status alm_keep_file(const char *path, alm_str text, alm_err *err);

#endif
