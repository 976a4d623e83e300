/**
 * Where a source's frontier and archive lie in the store.
 */
#ifndef ALM_WATCH_FOLDER_H
#define ALM_WATCH_FOLDER_H

#include "base/base.h"

/** "STORE/sources/NAME", where bytes of @p name that mean something in paths are written %2F. ALM_E_LIMIT: too long. */
ALM_MUST_USE alm_status alm_source_folder(char *out, size_t size, const char *store, alm_str name, alm_err *err);

/** Bytes of all files below the folder @p path; 0 where there is none. */
uint64_t alm_folder_bytes(const char *path);
/** Bytes of the file @p path; 0 where there is none. */
uint64_t alm_file_bytes(const char *path);

#endif
