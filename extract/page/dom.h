/**
 * Step 2, parse: UTF-8 HTML to a light tree.
 *
 * Tokens and implied ends follow the HTML Standard as far as reading a page needs; whatever the bytes are, the work is
 * linear in them. libxml2 gives the character references alone: its HTML parser (2.9.14) is quadratic in attributes
 * and in depth times mismatched end tags, and takes ten times as long for the pages that we read (bench/parse).
 */
#ifndef ALM_EXTRACT_PAGE_DOM_H
#define ALM_EXTRACT_PAGE_DOM_H

#include "base/arena.h"
#include "base/base.h"
#include "extract/diagnostic.h"
#include "extract/page/dom_tag.h"

enum {
    ALM_DOM_DEPTH_MAX = 512,             /**< elements nested deeper become siblings; their text is kept */
    ALM_DOM_NODE_MAX = 1000000,          /**< nodes; the rest of the page is left out */
    ALM_DOM_ATTRIBUTE_MAX = 256,         /**< attributes looked at in one tag */
    ALM_DOM_SIZE_MAX = 64 * 1024 * 1024, /**< bytes; the rest is left out */
    ALM_DOM_STRAY_END_MAX = 1000         /**< end tags that close nothing, before it is worth a note */
};

#define ALM_DOM_ROOT 0U
#define ALM_DOM_NONE UINT32_MAX

typedef struct alm_attr {
    alm_attribute id;
    alm_str value; /**< character references decoded */
} alm_attr;

/**
 * A node: an element or a run of text. Nodes stand in document order, so the subtree of node i is [i, end), its first
 * child is i + 1 where that is < end, and the next sibling of a child c is nodes[c].end where that is < end.
 */
typedef struct alm_node {
    uint16_t tag; /**< alm_tag */
    uint16_t attr_count;
    uint32_t parent;  /**< ALM_DOM_NONE for the root */
    uint32_t end;     /**< index behind the last node of the subtree */
    uint32_t attr;    /**< index of the first attribute */
    uint32_t ordinal; /**< 1-based place among the siblings of the same tag; 0 until alm_dom_path asked for it */
    uint32_t len;     /**< bytes of text */
    const char *text; /**< of a text node (or the raw content of a script): references decoded, may hold NUL bytes */
} alm_node;

typedef struct alm_dom {
    alm_node *nodes; /**< nodes[ALM_DOM_ROOT] is html */
    uint32_t count;
    alm_attr *attrs;
    uint32_t head, body;                   /**< ALM_DOM_NONE where there is none */
    uint64_t work;                         /**< steps taken, for tests of growth */
    uint32_t counted_to, counted_elements; /**< where the last "/descendant::*[n]" was counted */
} alm_dom;

/**
 * Parse @p html (valid UTF-8), which must outlive @p out: text without references is not copied.
 *
 * Limits become the diagnostics "size-limit", "depth-limit", "node-limit", "attribute-limit", "stray-end-tags",
 * "unclosed-comment", "unclosed-element", "nul-bytes".
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_dom_parse(alm_dom *out, alm_arena *arena, alm_str html, alm_diagnostics *diagnostics,
                                      alm_err *err);

/** The value of an attribute; {0} where the element does not have it, .ptr not NULL where it is empty. */
alm_str alm_dom_attr(const alm_dom *dom, uint32_t node, alm_attribute id);

/**
 * The XPath of child steps to @p node ("/html/body/div[2]/p[3]"); where that would be longer than 480 bytes,
 * "/descendant::*[n]". NUL-terminated in @p arena; NULL out of memory. Linear over all calls on one tree.
 */
const char *alm_dom_path(alm_dom *dom, alm_arena *arena, uint32_t node);

static inline alm_tag alm_dom_tag(const alm_dom *dom, uint32_t node) { return (alm_tag)dom->nodes[node].tag; }

static inline alm_str alm_dom_text(const alm_dom *dom, uint32_t node) {
    return (alm_str){dom->nodes[node].text, dom->nodes[node].len};
}

/**
 * Decode the character references in @p s (HTML Standard 13.2.5.72, names of HTML 4): into @p arena, or @p s itself
 * where there is none. @p attribute: a name without semicolon before "=" or a letter is no reference.
 * .ptr is NULL out of memory.
 */
alm_str alm_dom_decode(alm_arena *arena, alm_str s, bool attribute);

#endif
