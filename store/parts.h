/**
 * Text on its way into files: whole or not at all, in parts of a size where asked for, compressed where the name says
 * so.
 *
 * Until the commit, parts are files without a name: nothing is left of them whatever happens, kill -9 included.
 */
#ifndef ALM_STORE_PARTS_H
#define ALM_STORE_PARTS_H

#include "base/base.h"

typedef struct alm_parts alm_parts;

/** All-zero: standard output. Strings are borrowed. */
typedef struct alm_parts_options {
    const char *path;    /**< NULL or "-": standard output; ends in .zst: compressed */
    uint64_t part_bytes; /**< begin a new file when one holds so much: name-00001.ndjson, …; 0: never */
    alm_str head;        /**< begins every part */
} alm_parts_options;

/** @return ALM_OK, ALM_E_IO, ALM_E_INVALID (parts of standard output), ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_parts_new(alm_parts **out, const alm_parts_options *options, alm_err *err);

/** Add a record, which stays in one part. @return ALM_OK, ALM_E_IO, ALM_E_LIMIT (more than 500 parts), ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_parts_put(alm_parts *parts, alm_str record, alm_err *err);

/** Give all parts their names, after their bytes are on the disk; each replaces what had its name. */
ALM_MUST_USE alm_status alm_parts_commit(alm_parts *parts, alm_err *err);

/** Let go; without a commit nothing is left. NULL is allowed. */
void alm_parts_free(alm_parts *parts);

#endif
