/**
 * JSON objects out of a file, one after the other: a line each, indented, or in an array; plain, gzip or zstd.
 */
#ifndef ALM_PIPELINE_JSON_STREAM_H
#define ALM_PIPELINE_JSON_STREAM_H

#include "base/base.h"

typedef struct alm_json_stream alm_json_stream;

/** Open @p path; "-" is standard input. @return ALM_OK, ALM_E_NOT_FOUND, ALM_E_IO, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_json_stream_open(alm_json_stream **out, const char *path, alm_err *err);
void alm_json_stream_free(alm_json_stream *stream);

/**
 * The next object's text, borrowed until the next call, and the line in which it begins. Whether it is JSON all through
 * is not looked at.
 *
 * @return ALM_OK, ALM_END, ALM_E_PARSE (no object; with its line), ALM_E_LIMIT (larger than 64 MiB), ALM_E_IO,
 *         ALM_E_NOMEM. After a failure there is nothing more.
 */
ALM_MUST_USE alm_status alm_json_stream_next(alm_json_stream *stream, alm_str *object, uint32_t *line, alm_err *err);

#endif
