/**
 * Files of a rule pack: where the pack is, and reading one file of it. Nothing else in extract/ opens files.
 */
#ifndef ALM_EXTRACT_PACK_FILE_H
#define ALM_EXTRACT_PACK_FILE_H

#include "base/arena.h"
#include "base/base.h"
#include "base/yaml.h"

enum { ALM_PACK_FILE_MAX = 64 << 20, ALM_PACK_PATH_MAX = 4096 };

/**
 * The folder of the pack that came with the program: beside the running program or this shared library as installed
 * (`../share/almoner/rules/zh`), of the source tree that it was built in, or of the place it was configured for.
 *
 * @return ALM_OK, ALM_E_NOT_FOUND with the places that were tried.
 */
ALM_MUST_USE alm_status alm_pack_find(char out[ALM_PACK_PATH_MAX], alm_err *err);

/** Write @p dir / @p name, cut where it is too long: as errors name the file. */
void alm_pack_path(char out[ALM_PACK_PATH_MAX], const char *dir, const char *name);

/**
 * The bytes of @p dir / @p name, NUL-terminated, in @p arena.
 *
 * @return ALM_OK, ALM_E_NOT_FOUND, ALM_E_IO, ALM_E_LIMIT (larger than ALM_PACK_FILE_MAX), ALM_E_NOMEM; err->file is
 * the path.
 */
ALM_MUST_USE alm_status alm_pack_read(alm_str *out, alm_arena *arena, const char *dir, const char *name, alm_err *err);

/** Read and parse a YAML file of the pack. */
ALM_MUST_USE alm_status alm_pack_read_yaml(const alm_yaml_node **out, alm_arena *arena, const char *dir,
                                           const char *name, alm_err *err);

#endif
