/**
 * What the files of step 3 share: the page while it is being read.
 *
 *   line.c      tree -> lines of visible text, with what they are made of
 *   weigh.c, others.c, main_text.c which lines are the article
 *   declared.c  meta elements and JSON-LD
 *   title.c     title and site; meta.c source, author, language; date.c the publish date
 *   table.c     data tables; block.c the blocks of the document; link.c further parts, attachments, addresses
 */
#ifndef ALM_EXTRACT_PAGE_READ_PRIV_H
#define ALM_EXTRACT_PAGE_READ_PRIV_H

#include "extract/page/dom.h"
#include "extract/page/page.h"
#include "extract/page/words.h"

#define ALM_NO_LINE UINT32_MAX

enum alm_line_flags {
    ALM_LINE_IN_HEADING = 1,
    ALM_LINE_IN_ITEM = 1 << 1,      /**< of a list */
    ALM_LINE_IN_CELL = 1 << 2,      /**< of a table, or its caption */
    ALM_LINE_IN_CAPTION = 1 << 3,   /**< of a figure */
    ALM_LINE_BOILERPLATE = 1 << 4,  /**< says what footers, tools and disclaimers say */
    ALM_LINE_OTHER = 1 << 5,        /**< of other articles, comments, navigation */
    ALM_LINE_MAIN = 1 << 6,         /**< of the article */
    ALM_LINE_META = 1 << 7,         /**< title, date and source of the article: not its text */
    ALM_LINE_BEHIND_IMAGE = 1 << 8, /**< nothing but an image stands between it and the line before */
    ALM_LINE_EMPHASIS = 1 << 9,     /**< all of it is bold */
    ALM_LINE_AMOUNT = 1 << 11,      /**< an amount of money stands in it outside links: a row, not a headline */
    ALM_LINE_SOFT_HIDDEN = 1 << 10  /**< visibility: hidden */
};

/** Visible text between two block borders. */
typedef struct alm_line {
    uint32_t first, end; /**< its text nodes lie in [first, end) */
    uint32_t block;      /**< innermost block element around it */
    uint32_t start, len; /**< in alm_reading.text */
    uint32_t chars;      /**< code points that are not white space */
    uint32_t link_chars; /**< of them inside links */
    uint32_t han, digits;
    uint32_t stops; /**< full stops, commas and the like */
    uint32_t flags;
    int32_t weight; /**< how much it speaks for (or against) the element around it being the article */
} alm_line;

typedef struct alm_reading {
    alm_arena *arena;
    const alm_page_words *words;
    alm_diagnostics *diagnostics;
    alm_err *err;
    alm_dom dom;
    alm_str url;
    alm_str base; /**< of relative addresses: base element or url */
    char *text;   /**< of all lines, each behind the other */
    size_t text_len;
    alm_line *lines;
    uint32_t line_count;
    uint32_t main_node;             /**< the element that holds the article */
    bool keep_captions;             /**< it tells by pictures: what stands under them is the text */
    uint32_t title_line;            /**< ALM_NO_LINE where the title stands in no line */
    uint32_t main_first, main_last; /**< lines; first > last where there is no text */
    alm_page *page;
    uint64_t *work;            /**< steps taken, for tests of growth: &dom.work */
    uint32_t *metas, *scripts; /**< meta elements; JSON-LD scripts with content */
    uint32_t meta_count, script_count;
} alm_reading;

static inline alm_str alm_line_text(const alm_reading *r, uint32_t line) {
    return (alm_str){r->text + r->lines[line].start, r->lines[line].len};
}

/** Steps 2 and 3 over @p html; reading->arena, words, diagnostics, err, url and page are set. */
ALM_MUST_USE alm_status alm_read_steps(alm_reading *reading, alm_str html);

/** The first line that begins at or behind @p node; line_count where there is none. */
uint32_t alm_line_at_node(const alm_reading *reading, uint32_t node);

/** Cut the tree into lines. */
ALM_MUST_USE alm_status alm_read_lines(alm_reading *reading);

/** Collapse white space in @p s as a line would have it; .ptr is NULL out of memory. */
alm_str alm_read_collapse(alm_arena *arena, alm_str s);

/** Find the title among lines and declarations: page->title, title_line. */
ALM_MUST_USE alm_status alm_read_title(alm_reading *reading);

/** Mark the lines of the article with ALM_LINE_MAIN and set main_node, main_first and main_last. */
ALM_MUST_USE alm_status alm_read_main(alm_reading *reading);

/** Source, author, site, language, canonical address; marks lines that tell them with ALM_LINE_META. */
ALM_MUST_USE alm_status alm_read_meta(alm_reading *reading);

/** Source, author and date in one line of plain text, into the page; false where the line holds none. */
bool alm_read_labels(alm_reading *reading, alm_str line);
/** page->language by the characters of @p text. */
void alm_read_text_language(alm_reading *reading, alm_str text);

/** page->published. */
ALM_MUST_USE alm_status alm_read_date(alm_reading *reading);

/**
 * A date in @p s at or after @p from: year, month and day with any usual separators, Arabic or Chinese numerals. On
 * success *start and *end are its bytes and @p out holds "YYYY-MM-DD".
 */
bool alm_read_find_date(const alm_page_words *words, alm_str s, size_t from, size_t *start, size_t *end, char out[11]);

/** Blocks, tables and text of the marked lines. */
ALM_MUST_USE alm_status alm_read_blocks(alm_reading *reading);

/** Where relative addresses start. */
void alm_read_base(alm_reading *reading);

/** next, attachments. */
ALM_MUST_USE alm_status alm_read_links(alm_reading *reading);

/** Absolute address of @p href (RFC 3986 5.2), white space and control characters removed; {0} where it is not http(s).
 */
alm_str alm_read_resolve(alm_arena *arena, alm_str base, alm_str href);

/** Collect what the page declares about itself. */
ALM_MUST_USE alm_status alm_read_declared(alm_reading *reading);

/** The content of a meta element by name or property (any case); {0} where there is none or it is empty. */
alm_str alm_read_meta_content(const alm_reading *reading, const char *name);

/** The string value of the first "key" in the page's JSON-LD scripts, escapes decoded; {0} where there is none. */
alm_str alm_read_json_ld(const alm_reading *reading, const char *key);

#endif
