/**
 * Which elements a reader of the page sees: by tag, attribute, inline style and the plainest style rules.
 */
#ifndef ALM_EXTRACT_PAGE_VISIBLE_H
#define ALM_EXTRACT_PAGE_VISIBLE_H

#include "extract/page/dom.h"

typedef enum alm_visibility {
    ALM_VISIBLE,
    ALM_HIDDEN_SOFTLY, /**< visibility: hidden, opacity: 0: scripts often show it later */
    ALM_HIDDEN
} alm_visibility;

enum { ALM_HIDDEN_NAME_MAX = 64 };

/** Class and id names that a style element of the page hides; the first ALM_HIDDEN_NAME_MAX. */
typedef struct alm_visible {
    alm_str names[ALM_HIDDEN_NAME_MAX]; /**< with the leading "." or "#" */
    size_t name_count;
} alm_visible;

/** Read the style elements of @p dom, whose text it borrows. */
void alm_visible_init(alm_visible *visible, const alm_dom *dom);

alm_visibility alm_visible_element(const alm_visible *visible, const alm_dom *dom, uint32_t node);

#endif
