/**
 * A YAML document as a tree of nodes that know their place, for rule packs and sources files.
 *
 * One document a file; anchors, tags and merge keys are refused: configuration should read plainly. A key that stands
 * twice in one mapping is an error.
 */
#ifndef ALM_BASE_YAML_H
#define ALM_BASE_YAML_H

#include "base/arena.h"
#include "base/base.h"

typedef enum alm_yaml_kind { ALM_YAML_SCALAR, ALM_YAML_SEQUENCE, ALM_YAML_MAPPING } alm_yaml_kind;

typedef struct alm_yaml_node alm_yaml_node;

typedef struct alm_yaml_pair {
    const alm_yaml_node *key; /**< always a scalar */
    const alm_yaml_node *value;
} alm_yaml_pair;

/** Everything lives in the arena that alm_yaml_parse was given. */
struct alm_yaml_node {
    alm_yaml_kind kind;
    bool plain;            /**< a scalar without quotes and not a block: `null`, `true`, 12 may mean what they say */
    uint32_t line, column; /**< 1-based */
    const char *file;      /**< as given to alm_yaml_parse */
    alm_str scalar;        /**< NUL-terminated */
    size_t count;          /**< of items or pairs */
    const alm_yaml_node *const *items; /**< of a sequence */
    const alm_yaml_pair *pairs;        /**< of a mapping, in file order */
};

/**
 * Parse @p text. @p file names it in errors and is copied into @p arena.
 *
 * @return ALM_OK, ALM_E_PARSE with file:line:column, ALM_E_LIMIT (nested deeper than 64), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_yaml_parse(const alm_yaml_node **out, alm_arena *arena, const char *file, alm_str text,
                                       alm_err *err);

/** The value of @p key in @p map, or NULL (also where map is NULL or no mapping). */
const alm_yaml_node *alm_yaml_get(const alm_yaml_node *map, const char *key);

/** Fail with ALM_E_PARSE at the place of @p node. */
alm_status alm_yaml_fail(const alm_yaml_node *node, alm_err *err, const char *format, ...) ALM_PRINTF(3, 4);

/** Refuse keys of @p map that are not in the NULL-terminated @p keys, with the place and the keys that are expected. */
ALM_MUST_USE alm_status alm_yaml_expect_keys(const alm_yaml_node *map, const char *const *keys, alm_err *err);

/** Read a scalar as text, whole number (with bounds), decimal number or true/false; ALM_E_PARSE with what was found. */
ALM_MUST_USE alm_status alm_yaml_text(alm_str *out, const alm_yaml_node *node, alm_err *err);
ALM_MUST_USE alm_status alm_yaml_int(int64_t *out, const alm_yaml_node *node, int64_t min, int64_t max, alm_err *err);
ALM_MUST_USE alm_status alm_yaml_double(double *out, const alm_yaml_node *node, double min, double max, alm_err *err);
ALM_MUST_USE alm_status alm_yaml_bool(bool *out, const alm_yaml_node *node, alm_err *err);

#endif
