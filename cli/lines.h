/**
 * The offline commands: inputs from the command line or line by line from standard input, an answer a line as JSON.
 */
#ifndef ALM_CLI_LINES_H
#define ALM_CLI_LINES_H

#include "base/buf.h"
#include "pipeline/file.h"
#include "base/json.h"
#include "cli/options.h"

/** Answer one input; false where it failed (the answer says why). */
typedef bool (*alm_line_answer)(void *context, alm_str input);

/**
 * Hand each of argv[first..argc) to @p answer; an argument "-" stands for the lines of standard input.
 *
 * @return ALM_EXIT_OK, or ALM_EXIT_SOME_FAILED where one failed.
 */
int alm_lines_each(int argc, char **argv, int first, alm_line_answer answer, void *context);

/** Begin an answer, an object, in @p buf, which is emptied. */
alm_json alm_line_begin(alm_buf *buf);
/** End the object and print it as a line. */
void alm_line_end(alm_json *json);
/** A complete answer {"input": …, "error": …}; returns false, as a failed answer does. */
bool alm_line_fail(alm_buf *buf, alm_str input, const alm_err *err);

/** Print "almoner NAME: message" of @p err; returns ALM_EXIT_SOME_FAILED. */
int alm_lines_fail(const alm_usage *usage, const alm_err *err);

#endif
