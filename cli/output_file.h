/**
 * Where results go: standard output, or a file that appears whole or not at all.
 */
#ifndef ALM_CLI_OUTPUT_FILE_H
#define ALM_CLI_OUTPUT_FILE_H

#include "base/base.h"

typedef struct alm_output_file alm_output_file;

/**
 * Open the way to @p path; NULL or "-" is standard output. A regular file is written beside its place and renamed by
 * alm_output_file_commit; what stood there before stays until then, and its permissions are kept. A pipe or a device is
 * written to as it is. SIGINT, SIGTERM and SIGHUP leave no part of a file behind.
 *
 * @return ALM_OK, ALM_E_IO, ALM_E_NOMEM. The caller owns *out (alm_output_file_close).
 */
ALM_MUST_USE alm_status alm_output_file_open(alm_output_file **out, const char *path, alm_err *err);

/** @return ALM_OK, ALM_E_IO (err->system is errno; EPIPE where nobody reads any more). */
ALM_MUST_USE alm_status alm_output_file_write(alm_output_file *file, alm_str bytes, alm_err *err);

/** Put the file in its place, after its bytes are on the disk. For standard output: nothing. */
ALM_MUST_USE alm_status alm_output_file_commit(alm_output_file *file, alm_err *err);

/** Let go; without a commit nothing is left of a regular file. NULL is allowed. */
void alm_output_file_close(alm_output_file *file);

#endif
