/**
 * The entities of a document: one organisation or person for all the forms of its name. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RELATE_ENTITY_H
#define ALM_EXTRACT_RELATE_ENTITY_H

#include "extract/relate/index.h"
#include "extract/relate/relation.h"

enum { ALM_ENTITY_MAX_NAME = 128 }; /**< code points of a name that are compared */

typedef struct alm_settled {
    alm_str key;      /**< the name without quotes and spaces: what forms are compared by */
    uint32_t mention; /**< whose name it carries; 0: the publisher, named by the page's source alone */
    uint32_t same_as; /**< the entity that it turned out to be; its own index otherwise */
    bool person, used;
    alm_span *spans;
    size_t span_count, span_cap;
    uint32_t place; /**< in the document's array */
} alm_settled;

typedef struct alm_settler {
    alm_relation *relation;
    alm_arena *arena;
    alm_folded *folded;
    alm_settled *entities;
    size_t count, cap;
    alm_index by_key;
    const alm_mention **named; /**< ORG mentions with a name of their own, by start */
    size_t named_count;
    uint32_t own; /**< index + 1 of the organisation that publishes */
    alm_str own_name;
} alm_settler;

/** Collect, resolve references and unsaid posts, join short forms, and write the document's organisations and people.
 */
ALM_MUST_USE alm_status alm_entities_settle(alm_settler *settler);

/** What the entity at @p index turned out to be. */
uint32_t alm_entity_root(const alm_settler *settler, uint32_t index);
/** The settled entity of a mention (index + 1 in folded->mentions). */
uint32_t alm_entity_of(const alm_settler *settler, uint32_t mention);
/** The same as the document refers to it. */
alm_ref alm_entity_ref(const alm_settler *settler, uint32_t mention);

/** Code points and text of the page for bytes of the shadow; the text of a mention as the page writes it. */
alm_span alm_settler_span(const alm_settler *settler, uint32_t start, uint32_t end);
alm_str alm_settler_text(const alm_settler *settler, uint32_t start, uint32_t end);
alm_str alm_settler_mention(const alm_settler *settler, uint32_t mention);

#endif
