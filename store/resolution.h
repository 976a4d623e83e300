/**
 * What resolving reads from a store and writes back: current documents in; gifts, doubts and organisations out.
 *
 * What is put replaces what was there, all of it at once; rows that stay the same are not written again.
 */
#ifndef ALM_STORE_RESOLUTION_H
#define ALM_STORE_RESOLUTION_H

#include "base/base.h"

typedef struct alm_resolution alm_resolution;

/** Open the store in the SQLite file @p path. @return as alm_sqlite_open. The caller owns *out (alm_resolution_free).
 */
ALM_MUST_USE alm_status alm_resolution_open(alm_resolution **out, const char *path, alm_err *err);
void alm_resolution_free(alm_resolution *resolution);

/** Nothing was written to the store's pages since the last alm_resolution_commit. */
ALM_MUST_USE alm_status alm_resolution_is_fresh(alm_resolution *resolution, bool *out, alm_err *err);

/** One current page document; a status other than ALM_OK stops the reading and is returned. */
typedef alm_status (*alm_resolution_visit)(void *context, int64_t page_id, alm_str json, alm_err *err);

/** Visit the current documents of all pages, as of one moment. */
ALM_MUST_USE alm_status alm_resolution_read(alm_resolution *resolution, alm_resolution_visit visit, void *context,
                                            alm_err *err);

/** Borrowed for the call. `why` is JSON. */
typedef struct alm_resolution_member {
    alm_str uid, gift_uid, why;
    double score;
} alm_resolution_member;

typedef struct alm_resolution_doubt {
    alm_str uid, other_uid, why;
    double score;
} alm_resolution_doubt;

typedef struct alm_resolution_entity {
    alm_str entity_uid, name, type, place;
} alm_resolution_entity;

typedef struct alm_resolution_name {
    int64_t page_id;
    alm_str name, entity_uid, why;
    double score;
} alm_resolution_name;

ALM_MUST_USE alm_status alm_resolution_put_gift(alm_resolution *resolution, alm_str gift_uid, alm_str speaker,
                                                alm_err *err);
ALM_MUST_USE alm_status alm_resolution_put_member(alm_resolution *resolution, const alm_resolution_member *member,
                                                  alm_err *err);
ALM_MUST_USE alm_status alm_resolution_put_doubt(alm_resolution *resolution, const alm_resolution_doubt *doubt,
                                                 alm_err *err);
ALM_MUST_USE alm_status alm_resolution_put_entity(alm_resolution *resolution, const alm_resolution_entity *entity,
                                                  alm_err *err);
ALM_MUST_USE alm_status alm_resolution_put_name(alm_resolution *resolution, const alm_resolution_name *name,
                                                alm_err *err);

/** Make it durable, in one transaction; *changed is the number of rows written or removed. */
ALM_MUST_USE alm_status alm_resolution_commit(alm_resolution *resolution, uint64_t *changed, alm_err *err);

#endif
