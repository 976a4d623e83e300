/**
 * The inputs of a run, one by one: each name as it was given, but of a WARC archive every page in it.
 */
#ifndef ALM_PIPELINE_INPUTS_H
#define ALM_PIPELINE_INPUTS_H

#include "base/base.h"
#include "base/buf.h"
#include "crawler/clock.h"

enum { ALM_INPUT_CHARSET_MAX = 64 };

/** One input on its way; its owner frees it (alm_run_input_free). */
typedef struct alm_run_input {
    const char *name;    /**< for alm_reader_read and for messages; borrowed, or `archived_name` */
    bool is_archived;    /**< a page out of an archive: all below is set, nothing is left to read */
    alm_buf body;        /**< codings undone */
    char *archived_name; /**< "archive.warc.gz: URL" */
    char *url, *media_type;
    char charset[ALM_INPUT_CHARSET_MAX]; /**< "" where none is declared */
    char fetched_at[ALM_TIME_MAX];
    alm_err err; /**< set where the archive has a fault: there is no page */
} alm_run_input;

void alm_run_input_free(alm_run_input *input);

/** Walks over names; belongs to one thread at a time. Borrows the names. */
typedef struct alm_run_inputs alm_run_inputs;

ALM_MUST_USE alm_status alm_run_inputs_new(alm_run_inputs **out, const char *const *names, size_t count);
void alm_run_inputs_free(alm_run_inputs *inputs);

/**
 * The next input. Of an archive, responses with a 2xx status and a body are pages; all else in it is passed over.
 *
 * @return ALM_OK, ALM_END, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_run_inputs_next(alm_run_inputs *inputs, alm_run_input **out);

#endif
