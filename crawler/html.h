/**
 * Tags of an HTML page, one after the other, as the tokenizer of the HTML Standard (13.2.5) finds them.
 *
 * No tree, no heap: tokens are slices of the input. Time is linear in the input, whatever a tag holds (libxml2 2.9.14
 * is quadratic in the attributes of a tag, and splits comments and unclosed tags otherwise than browsers do).
 */
#ifndef ALM_CRAWLER_HTML_H
#define ALM_CRAWLER_HTML_H

#include "base/arena.h"
#include "base/base.h"

typedef enum alm_html_kind {
    ALM_HTML_END_OF_INPUT,
    ALM_HTML_TEXT, /**< text between tags; its references are not decoded */
    ALM_HTML_RAW,  /**< the content of script, style, xmp, iframe, title and textarea: no tags in it */
    ALM_HTML_START_TAG,
    ALM_HTML_END_TAG
} alm_html_kind;

typedef struct alm_html_token {
    alm_html_kind kind;
    alm_str name;  /**< of a tag, as written; of a raw text: of the element that holds it */
    alm_str attrs; /**< of a start tag: what stands between name and '>' */
    alm_str text;  /**< of text and raw text */
} alm_html_token;

typedef struct alm_html {
    alm_str html; /**< borrowed */
    size_t at;
    alm_str raw; /**< the element whose raw content comes next; empty: none */
    bool cdata;  /**< set by the caller for XML: the content of CDATA sections is markup to read */
} alm_html;

static inline alm_html alm_html_of(alm_str html) { return (alm_html){.html = html}; }

/** The next token; comments, doctypes and processing instructions are passed over. *token borrows from the input. */
alm_html_kind alm_html_next(alm_html *html, alm_html_token *token);

/** Is @p token a tag of this (lower-case) name? */
bool alm_html_is(const alm_html_token *token, const char *name);

/**
 * The value of the first attribute of that (lower-case) name in a start tag, references not decoded.
 *
 * @return false where there is none; an attribute without a value has an empty one.
 */
bool alm_html_attr(const alm_html_token *token, const char *name, alm_str *value);

/**
 * Decode character references: numbers, the names of HTML 4, and those of HTML 5 that stand for ASCII.
 * In an attribute "&copy=1" stays as it is, as the standard has it. The result is @p text itself where it holds no '&',
 * else a copy in @p arena; {NULL, 0} where memory fails.
 */
alm_str alm_html_decode(alm_arena *arena, alm_str text, bool attribute);

#endif
