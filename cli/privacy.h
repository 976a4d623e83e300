/**
 * `--private-people keep|mask|drop` and `--salt FILE`: the options and the salt that goes with them.
 */
#ifndef ALM_CLI_PRIVACY_H
#define ALM_CLI_PRIVACY_H

#include "base/buf.h"
#include "cli/options.h"
#include "pipeline/page_records.h"
#include "store/locate.h"

/** Rows for the option table of a command. */
#define ALM_PRIVACY_OPTIONS(people, salt)                                                                              \
    {people, 0, "private-people", "keep|mask|drop", "people without post or organisation (default keep)"}, {           \
        salt, 0, "salt", "FILE", "secret of the masks, made where missing (default: beside the store)"                 \
    }

enum { ALM_SALT_MAX = 4096 };

typedef struct alm_privacy_options {
    alm_private people;
    const char *salt_path; /**< NULL: beside the store */
} alm_privacy_options;

/** Set from the value of --private-people; false after a message. */
bool alm_privacy_set_people(alm_privacy_options *options, const alm_usage *usage, const char *value);

/**
 * Read the salt, or make one of 32 random bytes in hex, readable to its owner alone. Beside the store is STORE/salt of
 * a folder, FILE.salt of a file; a server has no such place. Nothing is read where people are kept.
 *
 * @p salt (initialised by the caller for ALM_SALT_MAX bytes) holds what *out borrows.
 *
 * @return ALM_OK, ALM_E_INVALID (no place for the salt, or less than 16 bytes in it), ALM_E_IO, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_privacy_load(alm_privacy *out, alm_buf *salt, const alm_privacy_options *options,
                                         const alm_store_location *location, alm_err *err);

#endif
