/**
 * The options of a command as a table, which both getopt_long and --help read.
 */
#ifndef ALM_CLI_OPTIONS_H
#define ALM_CLI_OPTIONS_H

#include "base/base.h"

/** One option. `letter` is 0 where there is no short form. */
typedef struct alm_option {
    int id;            /**< what alm_options_next returns: any positive number but ALM_OPTION_HELP */
    char letter;       /**< short form or 0 */
    const char *name;  /**< long form without dashes */
    const char *value; /**< name of the value in the help ("FILE"); NULL: the option takes none */
    const char *help;  /**< what it does; further lines are indented by the printer */
} alm_option;

/** A command as its help shows it. */
typedef struct alm_usage {
    const char *name;          /**< "extract" */
    const char *arguments;     /**< "[options] URL|FILE|- ..." */
    const char *about;         /**< what it is for, ends with a line end */
    const alm_option *options; /**< ends with a row whose name is NULL; --help is added */
    const char *more;          /**< exit status, examples; ends with a line end; or NULL */
} alm_usage;

enum {
    ALM_OPTIONS_END = 0,
    ALM_OPTIONS_BAD = -1, /**< the message is printed: end with ALM_EXIT_USAGE */
    ALM_OPTIONS_HELP = -2 /**< the help is printed: end with ALM_EXIT_OK */
};

enum { ALM_OPTIONS_MAX = 48 };

/**
 * The next option of argv: its id with *value (NULL where it takes none), or one of ALM_OPTIONS_*. At the end *first is
 * the index of the first argument that is no option.
 */
int alm_options_next(const alm_usage *usage, int argc, char **argv, const char **value, int *first);

/** Print the help of a command on stdout. */
void alm_usage_print(const alm_usage *usage);

/** Print "almoner NAME: message" and where to find help on stderr; returns ALM_EXIT_USAGE. */
int alm_usage_fail(const alm_usage *usage, const char *format, ...) ALM_PRINTF(2, 3);

/** A whole number of [min, max] out of an option's value, or false after a message. */
bool alm_option_int(int64_t *out, const alm_usage *usage, const char *option, const char *value, int64_t min,
                    int64_t max);

/** The place of @p value in the NULL-terminated @p names, or -1 after a message that names them. */
int alm_option_choice(const alm_usage *usage, const char *option, const char *value, const char *const *names);

#endif
