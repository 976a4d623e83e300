/**
 * Page documents from files into a store.
 */
#ifndef ALM_PIPELINE_IMPORT_H
#define ALM_PIPELINE_IMPORT_H

#include "pipeline/page_records.h"
#include "store/sink.h"

/** All-zero: nothing of people is changed. */
typedef struct alm_import_options {
    alm_privacy privacy;
    void (*warn)(void *context, const char *message); /**< of a document that was refused; NULL: silence */
    void *context;
} alm_import_options;

/**
 * Put all documents of @p path ("-": standard input; see pipeline/json_stream.h) and notes of pages that are gone into
 * @p sink, in groups that it commits. What is no document is told and counted in *refused, the others go on.
 *
 * @return ALM_OK, ALM_E_NOT_FOUND, ALM_E_PARSE (the rest of the file cannot be read), ALM_E_IO, ALM_E_STORAGE,
 *         ALM_E_NOMEM. What was committed stays.
 */
ALM_MUST_USE alm_status alm_import_file(alm_sink *sink, const char *path, const alm_import_options *options,
                                        size_t *refused, alm_err *err);

#endif
