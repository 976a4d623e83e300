/**
 * Steps 2 and 3, parse and read: UTF-8 HTML (or plain text) to what the page says about itself and its main text as
 * blocks.
 */
#ifndef ALM_EXTRACT_PAGE_PAGE_H
#define ALM_EXTRACT_PAGE_PAGE_H

#include "base/arena.h"
#include "base/base.h"
#include "base/yaml.h"
#include "extract/diagnostic.h"

typedef enum alm_block_kind {
    ALM_BLOCK_PARAGRAPH,
    ALM_BLOCK_HEADING,
    ALM_BLOCK_LIST_ITEM,
    ALM_BLOCK_CELL /**< of a data table; cells of layout tables are paragraphs */
} alm_block_kind;

/**
 * One block of main text: [start, end) in bytes of alm_page.text.
 *
 * Blocks are in document order and do not overlap. Between two blocks the text holds one '\n'; between two cells of one
 * table row one '\t'.
 */
typedef struct alm_block {
    alm_block_kind kind;
    uint32_t start, end;
    uint32_t level;       /**< of a heading: 1..6; of a list item: nesting, from 1 */
    uint32_t table;       /**< of a cell: index into alm_page.tables */
    uint32_t row, column; /**< of a cell: its first row and column in the grid, from 0 */
    const char *path;     /**< the DOM node, as an XPath of child steps ("/html/body/div[2]/p[3]"); "" for plain text */
} alm_block;

#define ALM_NO_CELL UINT32_MAX

/** A data table with merged cells spread out: every grid place names the block of the cell that covers it. */
typedef struct alm_table {
    uint32_t rows, columns;
    uint32_t header_rows; /**< leading rows that are heads by mark-up (th, thead); 0 where the mark-up does not tell */
    uint32_t *grid;       /**< rows * columns block indexes, row by row; ALM_NO_CELL where nothing stands */
    alm_str caption;      /**< caption element; {0} */
} alm_table;

typedef struct alm_attachment {
    alm_str url, name, type; /**< absolute URL; link text; lower-case file ending ("xlsx") */
} alm_attachment;

/** Empty slices ({0}) where the page does not tell. All text is UTF-8 in the arena. */
typedef struct alm_page {
    alm_str title;     /**< of the article, without site name */
    alm_str published; /**< "YYYY-MM-DD" */
    alm_str source;    /**< the publisher that the page names as its source */
    alm_str author;
    alm_str site;
    alm_str language; /**< BCP 47: "zh-Hans", "zh-Hant", … */
    alm_str canonical_url;
    alm_str text;
    alm_block *blocks;
    size_t block_count;
    alm_table *tables;
    size_t table_count;
    alm_str *next; /**< absolute URLs of the further parts of this article */
    size_t next_count;
    alm_attachment *attachments;
    size_t attachment_count;
} alm_page;

/** Words that reading the page needs (labels before a source or date, navigation words, …), from the rule pack. */
typedef struct alm_page_words alm_page_words;

/**
 * Compile the `page` document of a pack (rules/zh/page.yaml). Immutable once made; shared by threads. Nothing of
 * @p page is kept.
 *
 * @return ALM_OK, ALM_E_PARSE (with place), ALM_E_NOMEM. The caller owns *out (alm_page_words_free).
 */
ALM_MUST_USE alm_status alm_page_words_new(alm_page_words **out, const alm_yaml_node *page, alm_err *err);
void alm_page_words_free(alm_page_words *words);

/**
 * Read @p html (valid UTF-8). @p url is the page's own URL or {0}. Limits on size, depth, nodes and attributes become
 * diagnostics, never failures.
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_page_read_html(alm_page *out, alm_arena *arena, alm_str html, alm_str url,
                                           const alm_page_words *words, alm_diagnostics *diagnostics, alm_err *err);

/** Read plain text: the first line is the title where it looks like one; a paragraph a line or between empty lines. */
ALM_MUST_USE alm_status alm_page_read_text(alm_page *out, alm_arena *arena, alm_str text, const alm_page_words *words,
                                           alm_diagnostics *diagnostics, alm_err *err);

#endif
