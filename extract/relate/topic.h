/**
 * What a list or a table is about: the last sentence of the line above it says so in its last words ("list of those who
 * gave", "relief paid out"), else the title. Clauses about what the gifts are to be used for do not count. Inside this
 * folder only.
 */
#ifndef ALM_EXTRACT_RELATE_TOPIC_H
#define ALM_EXTRACT_RELATE_TOPIC_H

#include "extract/relate/relation.h"

typedef enum alm_topic {
    ALM_TOPIC_UNSAID,
    ALM_TOPIC_GIFTS,
    ALM_TOPIC_FOREIGN /**< what is handed out, paid, won or sold */
} alm_topic;

/** What the line says that the lines below it are about; UNSAID where it is no heading, or says nothing of it. */
alm_topic alm_topic_of_line(const alm_relation *relation, uint32_t first, uint32_t last);
/** The same of the title; one that names gifts beside other things is of gifts. */
alm_topic alm_topic_of_title(const alm_relation *relation);
/** What the lines right above token @p first say, else the title. Precondition: in_table is set. */
alm_topic alm_topic_above(const alm_relation *relation, uint32_t first);

#endif
