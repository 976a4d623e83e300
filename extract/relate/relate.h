/**
 * Steps 4 and 5, mention and relate: names and values in the shadow text, then who gave what to whom.
 */
#ifndef ALM_EXTRACT_RELATE_RELATE_H
#define ALM_EXTRACT_RELATE_RELATE_H

#include "extract/session.h"

/**
 * Fill the facts of @p document (organisations, people, affiliations, donations), whose page and session->shadow are
 * read. Everything goes into session->arena.
 *
 * @return ALM_OK, ALM_E_NOMEM, ALM_E_LIMIT (the arena is full).
 */
ALM_MUST_USE alm_status alm_mention_and_relate(alm_session *session, alm_document *document, alm_err *err);

#endif
