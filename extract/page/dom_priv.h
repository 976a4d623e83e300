/**
 * The tree that grows while dom.c reads tokens.
 */
#ifndef ALM_EXTRACT_PAGE_DOM_PRIV_H
#define ALM_EXTRACT_PAGE_DOM_PRIV_H

#include "extract/page/dom.h"

typedef struct alm_dom_builder {
    alm_arena *arena;
    alm_dom *dom;
    size_t node_cap, attr_cap;
    uint32_t attr_count;
    uint32_t stack[ALM_DOM_DEPTH_MAX]; /**< open elements, outermost first; stack[0] is html */
    uint32_t depth;
    uint32_t open[ALM_TAG_COUNT];    /**< how many elements of each tag are open */
    uint32_t skipped[ALM_TAG_COUNT]; /**< start tags below the depth limit that wait for their end tags */
    uint32_t stray_ends, deep_starts;
    bool head_closed;
    bool full; /**< the node limit is reached */
    alm_status status;
} alm_dom_builder;

/** Make html. On failure builder->status tells. */
void alm_dom_builder_init(alm_dom_builder *builder, alm_dom *dom, alm_arena *arena, size_t html_len);

/** Keep an attribute for the element that alm_dom_builder_start will make. */
void alm_dom_builder_attribute(alm_dom_builder *builder, alm_attribute id, alm_str value);

/**
 * Open an element with the attributes from @p first_attr on, after the ends that its start implies; the new node, or
 * ALM_DOM_NONE where none was made. @p self_closed counts for tags without a number.
 */
uint32_t alm_dom_builder_start(alm_dom_builder *builder, alm_tag tag, alm_str name, uint32_t first_attr,
                               bool self_closed);
void alm_dom_builder_end(alm_dom_builder *builder, alm_tag tag, alm_str name);
/** Append a run of text (references decoded) to the innermost open element. */
void alm_dom_builder_text(alm_dom_builder *builder, alm_str text);
/** Append raw text to element @p node, which is not open. */
void alm_dom_builder_raw(alm_dom_builder *builder, uint32_t node, alm_str text);
void alm_dom_builder_finish(alm_dom_builder *builder);

#endif
