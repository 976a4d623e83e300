/**
 * Completions for shells, made of the table of commands: what --help tells is what a shell completes.
 *
 * What a value may be is read from the name that the help gives it: "json|csv" are words, FILE and DIR are paths,
 * anything else is for the user to know. Words among a command's arguments ("list|check", "canon|resolve") likewise.
 */
#ifndef ALM_CLI_COMPLETION_H
#define ALM_CLI_COMPLETION_H

#include <stdio.h>

#include "cli/command.h"

/** Print a script that completes the commands of @p table (ends with a row whose run is NULL). */
void alm_completion_bash(FILE *out, const alm_command *table);
void alm_completion_zsh(FILE *out, const alm_command *table);
void alm_completion_fish(FILE *out, const alm_command *table);

typedef enum alm_value_kind {
    ALM_VALUE_NONE,
    ALM_VALUE_WORDS,
    ALM_VALUE_FILE,
    ALM_VALUE_DIR,
    ALM_VALUE_OTHER
} alm_value_kind;

/** What the value of @p option is. */
alm_value_kind alm_completion_value(const alm_option *option);
/** The words of @p value, or of a command's arguments, apart by spaces: "json csv". False where there are none. */
bool alm_completion_words(char *out, size_t size, const char *text);
/** Are files among a command's arguments? */
bool alm_completion_takes_files(const alm_usage *usage);

#endif
