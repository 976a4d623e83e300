/**
 * What a pack's own rules make besides affiliations and donations: mentions of their own classes, and records of their
 * own types. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_RECORD_H
#define ALM_EXTRACT_RELATE_RECORD_H

#include "extract/relate/entity.h"

/** Run the rules of phase `mentions`: each match, or its group `mention`, is folded as one mention of class `emit`. */
ALM_MUST_USE alm_status alm_rule_mentions_find(alm_relation *relation);

/** Run the rules of phase `records`: each match is one record, whose fields are the mentions in its named groups. */
ALM_MUST_USE alm_status alm_records_find(alm_relation *relation);

/** Write the records into the document, with the entities that their names became. */
ALM_MUST_USE alm_status alm_records_settle(alm_settler *settler);

#endif
