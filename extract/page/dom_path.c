#include "extract/page/dom.h"

#include <stdio.h>

enum { PATH_MAX_LEN = 480, STEP_MAX_LEN = 40 };

/** Number the element children of @p parent: once a parent, so that all paths together cost one sweep. */
static void number_children(alm_dom *dom, uint32_t parent) {
    uint32_t seen[ALM_TAG_COUNT] = {0}, elements = 0;
    for (uint32_t i = parent + 1; i < dom->nodes[parent].end; i = dom->nodes[i].end) {
        alm_node *node = &dom->nodes[i];
        if (node->tag == ALM_TAG_TEXT) continue;
        elements++;
        node->ordinal = node->tag == ALM_TAG_OTHER ? elements : ++seen[node->tag];
        dom->work++;
    }
}

/** "/descendant::*[n]": counted on from the last call, since blocks ask in document order. */
static const char *counted_path(alm_dom *dom, alm_arena *arena, uint32_t node) {
    char text[STEP_MAX_LEN];
    if (node < dom->counted_to) dom->counted_to = dom->counted_elements = 0;
    for (; dom->counted_to <= node; dom->counted_to++) {
        dom->counted_elements += dom->nodes[dom->counted_to].tag != ALM_TAG_TEXT;
        dom->work++;
    }
    (void)snprintf(text, sizeof text, "/descendant::*[%u]", dom->counted_elements);
    return alm_arena_copy(arena, alm_str_of(text)).ptr;
}

/** Write @p number in front of @p end; where it begins. */
static char *put_number(char *end, uint32_t number) {
    do *--end = (char)('0' + number % 10);
    while (number /= 10);
    return end;
}

const char *alm_dom_path(alm_dom *dom, alm_arena *arena, uint32_t node) {
    char text[PATH_MAX_LEN + 1], *from = text + PATH_MAX_LEN;
    *from = '\0';
    for (uint32_t i = node; i != ALM_DOM_NONE; i = dom->nodes[i].parent) {
        if (from - text < STEP_MAX_LEN) return counted_path(dom, arena, node);
        uint32_t parent = dom->nodes[i].parent;
        if (parent != ALM_DOM_NONE && dom->nodes[i].ordinal == 0) number_children(dom, parent);
        alm_tag tag = alm_dom_tag(dom, i);
        if (parent != ALM_DOM_NONE && tag != ALM_TAG_BODY && tag != ALM_TAG_HEAD) {
            *--from = ']';
            from = put_number(from, dom->nodes[i].ordinal);
            *--from = '[';
        }
        const char *name = tag == ALM_TAG_OTHER ? "*" : alm_tag_name(tag);
        size_t len = strlen(name);
        from -= len;
        memcpy(from, name, len);
        *--from = '/';
    }
    return alm_arena_copy(arena, (alm_str){from, (size_t)(text + PATH_MAX_LEN - from)}).ptr;
}
