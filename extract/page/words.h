/**
 * The words that reading a page needs, from rules/zh/page.yaml: looked up at a place in a text, longest first.
 */
#ifndef ALM_EXTRACT_PAGE_WORDS_H
#define ALM_EXTRACT_PAGE_WORDS_H

#include "base/base.h"
#include "extract/page/page.h"

/** Z(id, key in page.yaml): the groups of words. A word may stand in several. */
#define ALM_WORD_GROUPS(Z)                                                                                             \
    Z(SOURCE_LABEL, "source_labels") /* before the name of the publisher that a text comes from */                     \
    Z(AUTHOR_LABEL, "author_labels") /* before the name of an author */                                                \
    Z(DATE_LABEL, "date_labels")     /* before the publish date */                                                     \
    Z(META_LABEL, "meta_labels")     /* before anything else that a line about the article tells: views, font size */  \
    Z(EDITOR_LABEL, "editor_labels") /* before the name of an editor, at the end of a text */                          \
    Z(NO_NAME, "no_names")           /* stand where a source or an author should and name none */                      \
    Z(OTHER_HEAD, "other_heads")     /* head a list of other articles, comments, a ranking */                          \
    Z(BOILERPLATE, "boilerplate")    /* stand in footers, disclaimers, share bars, tools */                            \
    Z(TOOL, "tools")                 /* buttons and labels of tools: say so only where little else stands */           \
    Z(CAPTION, "captions")           /* end or begin the words under a picture */                                      \
    Z(NEIGHBOUR, "neighbours")       /* before the link to the article before or after */                              \
    Z(PAGING, "paging")              /* links to further parts */                                                      \
    Z(CRUMB, "crumbs")               /* begin the line that tells where in the site the page stands */                 \
    Z(ATTACHMENT, "attachment_labels") /* before attached files */                                                     \
    Z(DATE_MARK, "date_marks")         /* year, month, day; in this order */                                           \
    Z(AMOUNT_MARK, "amount_marks")     /* behind the digits of a sum of money */                                       \
    Z(NUMERAL, "numerals")             /* one character each: 0 to 9, then ten */                                      \
    Z(OTHER_CLASS, "other_classes")    /* parts of class and id names of what is not the article */                    \
    Z(MAIN_CLASS, "main_classes")      /* parts of class and id names of the article's text */                         \
    Z(TITLE_CLASS, "title_classes")                                                                                    \
    Z(SOURCE_CLASS, "source_classes")                                                                                  \
    Z(AUTHOR_CLASS, "author_classes")                                                                                  \
    Z(DATE_CLASS, "date_classes")                                                                                      \
    Z(TRADITIONAL, "traditional") /* characters that only Traditional text has */                                      \
    Z(SIMPLIFIED, "simplified")   /* characters that only Simplified text has */

typedef enum alm_word_group {
#define Z(id, key) ALM_WORD_##id,
    ALM_WORD_GROUPS(Z)
#undef Z
        ALM_WORD_GROUP_COUNT
} alm_word_group;

#define ALM_WORDS(id) (1U << ALM_WORD_##id)

typedef struct alm_word_hit {
    size_t start, end; /**< bytes */
    uint32_t groups;   /**< all groups of the word */
    uint32_t place;    /**< of the word in the first group that it stands in, from 0 */
} alm_word_hit;

/** The longest word of the groups in @p mask that begins at @p at; a Latin word must also end there. */
bool alm_words_at(const alm_page_words *words, alm_str text, size_t at, uint32_t mask, alm_word_hit *hit);

/** The first such word at or after @p from. */
bool alm_words_find(const alm_page_words *words, alm_str text, size_t from, uint32_t mask, alm_word_hit *hit);

/**
 * The groups in @p mask of which a word stands in the class or id name @p name: words are compared with its parts
 * ("artContent news-list" has art, content, news, list); a word of five letters or more may go on.
 */
uint32_t alm_words_in_class(const alm_page_words *words, alm_str name, uint32_t mask);

#endif
