/**
 * What resolving reads from a store and writes back: current documents in; gifts, doubts and organisations out.
 *
 * What is put replaces what was there, all of it at once; rows that stay the same are not written again.
 */
#ifndef ALM_STORE_RESOLUTION_H
#define ALM_STORE_RESOLUTION_H

#include "store/locate.h"

typedef struct alm_resolution alm_resolution;

/**
 * Open the store at @p location, as it is now. The caller owns *out (alm_resolution_free).
 *
 * @return ALM_OK, ALM_E_NOT_FOUND (no store there), ALM_E_UNSUPPORTED (of another version), ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_resolution_open(alm_resolution **out, const alm_store_location *location, alm_err *err);
void alm_resolution_free(alm_resolution *resolution);

/** Nothing was written to the store's pages since the last alm_resolution_commit. */
bool alm_resolution_is_fresh(const alm_resolution *resolution);

/** One current page document; a status other than ALM_OK stops the reading and is returned. */
typedef alm_status (*alm_resolution_visit)(void *context, int64_t page_id, alm_str json, alm_err *err);

/** Visit the current documents of all pages, as of the moment when the store was opened. Before anything is put. */
ALM_MUST_USE alm_status alm_resolution_read(alm_resolution *resolution, alm_resolution_visit visit, void *context,
                                            alm_err *err);

/** What is put is borrowed for the call; each key once. `why` is JSON. */
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
