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
    uint32_t mention; /**< whose name it carries; 0: one that only the page's source or title names */
    alm_str name;     /**< of such a one: as the page writes it */
    uint32_t type;    /**< of such a one: its alm_organisation_type */
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
    uint32_t own;                                      /**< index + 1 of the organisation that publishes */
    uint32_t subjects[ALM_ORGANISATION_COMMUNITY + 1]; /**< by type: index + 1 of the one that the page is about */
} alm_settler;

/** Collect, resolve references and unsaid posts, join short forms, and write the document's organisations and people.
 */
ALM_MUST_USE alm_status alm_entities_settle(alm_settler *settler);

/**
 * Find whom the page is about and who publishes it; then whom each reference means, and where each post is held that
 * names no organisation. After the names were collected. In reference.c.
 */
ALM_MUST_USE alm_status alm_references_resolve(alm_settler *settler);

/** The entity of this name, made where there is none: its index in *out. Its type, an alm_organisation_type. */
ALM_MUST_USE alm_status alm_settler_entity(alm_settler *settler, alm_str name, uint32_t mention, bool person,
                                           uint32_t *out);
uint32_t alm_settler_type(const alm_settler *settler, const alm_settled *entity);

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
