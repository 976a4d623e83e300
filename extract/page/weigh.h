/**
 * What lines weigh, and what that makes of the elements around them.
 *
 * The article is the element of the tree whose lines weigh most together: prose weighs what it is long, links and
 * boilerplate weigh against it.
 */
#ifndef ALM_EXTRACT_PAGE_WEIGH_H
#define ALM_EXTRACT_PAGE_WEIGH_H

#include "extract/page/read_priv.h"

enum {
    ALM_LONG_CHARS = 40,    /**< a line of so many characters is prose, even without a stop */
    ALM_SEPARATE_PROSE = 30 /**< a line of prose of so many characters stands for itself: no scrap of a list */
};

typedef struct alm_weigher {
    alm_reading *r;
    int32_t *sum; /**< by node (a page of ALM_DOM_SIZE_MAX bytes cannot overflow it), weights of the lines below it */
    uint32_t *prose; /**< by node, characters of prose below it */
    uint32_t *rest;  /**< by node, characters of other text below it that is no link, by half */
    uint64_t all_text;
    uint32_t *headlines; /**< by line, how many lines before it are headlines */
} alm_weigher;

/** Mostly a link. */
bool alm_line_is_link(const alm_line *line);
/** Running text: it has a stop, or is long. */
bool alm_line_is_prose(const alm_line *line);
/** True where a word of @p groups stands at the start of @p text, or behind one or two signs. */
bool alm_line_starts_with(const alm_reading *reading, alm_str text, uint32_t groups, alm_word_hit *hit);

/** Weigh all lines and add them up by element; again after lines were marked. */
void alm_weigh(alm_weigher *weigher);
/** True where @p node holds neither the title nor much of the page's text: it can stand beside the article. */
bool alm_is_beside(const alm_weigher *weigher, uint32_t node);

/** ALM_LINE_BOILERPLATE: footers, tools, disclaimers, links to the articles before and after. */
void alm_mark_boilerplate(alm_reading *reading);
/** ALM_LINE_OTHER: navigation, lists of other articles, comments, a second article. Weighed lines are needed. */
void alm_mark_others(alm_weigher *weigher);

#endif
