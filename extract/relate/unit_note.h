/**
 * "Unit: 10,000 yuan" above a list or a table: what the bare numbers below it stand for. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_UNIT_NOTE_H
#define ALM_EXTRACT_RELATE_UNIT_NOTE_H

#include "extract/relate/relation.h"
#include "extract/relate/table_words.h"

typedef struct alm_unit_note {
    uint32_t start; /**< byte of the shadow */
    alm_column_unit unit;
} alm_unit_note;

/** Collect the notes of the text into @p relation. ALM_OK or ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_unit_notes_find(alm_relation *relation);

/** What the last note before byte @p at says; {0} where there is none. */
alm_column_unit alm_unit_note_at(const alm_relation *relation, uint32_t at);

#endif
