/**
 * The run of `almoner extract`: inputs in, rendered results out, in the order of the inputs.
 */
#ifndef ALM_CLI_EXTRACT_RUN_H
#define ALM_CLI_EXTRACT_RUN_H

#include "cli/output_file.h"
#include "extract/extract.h"
#include "pipeline/reader.h"

typedef enum alm_extract_format {
    ALM_EXTRACT_JSON,
    ALM_EXTRACT_NDJSON,
    ALM_EXTRACT_CSV,
    ALM_EXTRACT_TABLE
} alm_extract_format;

typedef enum alm_extract_type { ALM_EXTRACT_AUTO, ALM_EXTRACT_HTML, ALM_EXTRACT_TEXT } alm_extract_type;

/** Strings are borrowed. */
typedef struct alm_extract_run {
    const alm_extractor *extractor;
    alm_output_file *output;
    alm_reader_options reader;
    alm_extract_format format;
    alm_extract_type type;
    bool with_text, pretty, explain;
    const char *base_url; /**< of files and standard input */
    unsigned worker_count;
    size_t table_width;
    const char *const *inputs;
    size_t input_count;
    size_t failed_count; /**< out: inputs that gave no document */
} alm_extract_run;

/**
 * Do it. What goes wrong with one input is printed on stderr as "almoner: INPUT: what" and counted.
 *
 * @return ALM_OK, ALM_E_IO (output), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_extract_run_all(alm_extract_run *run, alm_err *err);

#endif
