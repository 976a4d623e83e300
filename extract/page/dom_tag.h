/**
 * The tags and attributes that reading a page looks at, by number.
 */
#ifndef ALM_EXTRACT_PAGE_DOM_TAG_H
#define ALM_EXTRACT_PAGE_DOM_TAG_H

#include "base/base.h"

enum alm_tag_flags {
    ALM_TAG_IS_VOID = 1,         /**< has no content and no end tag */
    ALM_TAG_IS_RAW = 1 << 1,     /**< content is text up to its own end tag (script, style) */
    ALM_TAG_IS_BLOCK = 1 << 2,   /**< begins and ends a line of text */
    ALM_TAG_CLOSES_P = 1 << 3,   /**< its start ends an open p */
    ALM_TAG_IS_SCOPE = 1 << 4,   /**< implied ends do not reach through it */
    ALM_TAG_IS_HEAD = 1 << 5,    /**< metadata: may stand in head */
    ALM_TAG_IS_SILENT = 1 << 6,  /**< its content is never text of the page */
    ALM_TAG_IS_HEADING = 1 << 7, /**< h1 .. h6 */
    ALM_TAG_IS_SECTION = 1 << 8  /**< a list item's implied end does not reach through it */
};

#define ALM_BLOCK_FLAGS (ALM_TAG_IS_BLOCK | ALM_TAG_CLOSES_P)
#define ALM_SECTION_FLAGS (ALM_BLOCK_FLAGS | ALM_TAG_IS_SECTION)
#define ALM_HEADING_FLAGS (ALM_SECTION_FLAGS | ALM_TAG_IS_HEADING)
#define ALM_CELL_FLAGS (ALM_TAG_IS_BLOCK | ALM_TAG_IS_SCOPE | ALM_TAG_IS_SECTION)
#define ALM_ROW_FLAGS (ALM_TAG_IS_BLOCK | ALM_TAG_IS_SECTION)
#define ALM_SILENT_RAW_FLAGS (ALM_TAG_IS_RAW | ALM_TAG_IS_SILENT)

/** X(id, name, flags), sorted by name. Tags that stand here without flags are inline. */
#define ALM_TAGS(X)                                                                                                    \
    X(A, "a", 0)                                                                                                       \
    X(ABBR, "abbr", 0)                                                                                                 \
    X(ADDRESS, "address", ALM_BLOCK_FLAGS)                                                                             \
    X(AREA, "area", ALM_TAG_IS_VOID)                                                                                   \
    X(ARTICLE, "article", ALM_SECTION_FLAGS)                                                                           \
    X(ASIDE, "aside", ALM_SECTION_FLAGS)                                                                               \
    X(AUDIO, "audio", ALM_TAG_IS_SILENT)                                                                               \
    X(B, "b", 0)                                                                                                       \
    X(BASE, "base", ALM_TAG_IS_VOID | ALM_TAG_IS_HEAD)                                                                 \
    X(BIG, "big", 0)                                                                                                   \
    X(BLOCKQUOTE, "blockquote", ALM_SECTION_FLAGS)                                                                     \
    X(BODY, "body", ALM_TAG_IS_BLOCK)                                                                                  \
    X(BR, "br", ALM_TAG_IS_VOID | ALM_TAG_IS_BLOCK)                                                                    \
    X(BUTTON, "button", ALM_TAG_IS_SILENT)                                                                             \
    X(CANVAS, "canvas", ALM_TAG_IS_SILENT)                                                                             \
    X(CAPTION, "caption", ALM_CELL_FLAGS)                                                                              \
    X(CENTER, "center", ALM_SECTION_FLAGS)                                                                             \
    X(CITE, "cite", 0)                                                                                                 \
    X(CODE, "code", 0)                                                                                                 \
    X(COL, "col", ALM_TAG_IS_VOID)                                                                                     \
    X(COLGROUP, "colgroup", 0)                                                                                         \
    X(DD, "dd", ALM_BLOCK_FLAGS)                                                                                       \
    X(DETAILS, "details", ALM_SECTION_FLAGS)                                                                           \
    X(DIR, "dir", ALM_SECTION_FLAGS)                                                                                   \
    X(DIV, "div", ALM_BLOCK_FLAGS)                                                                                     \
    X(DL, "dl", ALM_SECTION_FLAGS)                                                                                     \
    X(DT, "dt", ALM_BLOCK_FLAGS)                                                                                       \
    X(EM, "em", 0)                                                                                                     \
    X(EMBED, "embed", ALM_TAG_IS_VOID)                                                                                 \
    X(FIELDSET, "fieldset", ALM_SECTION_FLAGS)                                                                         \
    X(FIGCAPTION, "figcaption", ALM_SECTION_FLAGS)                                                                     \
    X(FIGURE, "figure", ALM_SECTION_FLAGS)                                                                             \
    X(FONT, "font", 0)                                                                                                 \
    X(FOOTER, "footer", ALM_SECTION_FLAGS)                                                                             \
    X(FORM, "form", ALM_SECTION_FLAGS)                                                                                 \
    X(FRAME, "frame", ALM_TAG_IS_VOID)                                                                                 \
    X(H1, "h1", ALM_HEADING_FLAGS)                                                                                     \
    X(H2, "h2", ALM_HEADING_FLAGS)                                                                                     \
    X(H3, "h3", ALM_HEADING_FLAGS)                                                                                     \
    X(H4, "h4", ALM_HEADING_FLAGS)                                                                                     \
    X(H5, "h5", ALM_HEADING_FLAGS)                                                                                     \
    X(H6, "h6", ALM_HEADING_FLAGS)                                                                                     \
    X(HEAD, "head", ALM_TAG_IS_SILENT)                                                                                 \
    X(HEADER, "header", ALM_SECTION_FLAGS)                                                                             \
    X(HR, "hr", ALM_TAG_IS_VOID | ALM_BLOCK_FLAGS)                                                                     \
    X(HTML, "html", ALM_TAG_IS_BLOCK | ALM_TAG_IS_SCOPE)                                                               \
    X(I, "i", 0)                                                                                                       \
    X(IFRAME, "iframe", ALM_SILENT_RAW_FLAGS)                                                                          \
    X(IMG, "img", ALM_TAG_IS_VOID)                                                                                     \
    X(INPUT, "input", ALM_TAG_IS_VOID)                                                                                 \
    X(INS, "ins", 0)                                                                                                   \
    X(LABEL, "label", 0)                                                                                               \
    X(LI, "li", ALM_BLOCK_FLAGS)                                                                                       \
    X(LINK, "link", ALM_TAG_IS_VOID | ALM_TAG_IS_HEAD)                                                                 \
    X(MAIN, "main", ALM_SECTION_FLAGS)                                                                                 \
    X(MAP, "map", 0)                                                                                                   \
    X(MARQUEE, "marquee", ALM_TAG_IS_SCOPE | ALM_TAG_IS_BLOCK)                                                         \
    X(MATH, "math", ALM_TAG_IS_SILENT)                                                                                 \
    X(MENU, "menu", ALM_SECTION_FLAGS)                                                                                 \
    X(META, "meta", ALM_TAG_IS_VOID | ALM_TAG_IS_HEAD)                                                                 \
    X(NAV, "nav", ALM_SECTION_FLAGS)                                                                                   \
    X(NOEMBED, "noembed", ALM_SILENT_RAW_FLAGS)                                                                        \
    X(NOFRAMES, "noframes", ALM_SILENT_RAW_FLAGS)                                                                      \
    X(NOSCRIPT, "noscript", ALM_SILENT_RAW_FLAGS | ALM_TAG_IS_HEAD)                                                    \
    X(OBJECT, "object", ALM_TAG_IS_SILENT | ALM_TAG_IS_SCOPE)                                                          \
    X(OL, "ol", ALM_SECTION_FLAGS)                                                                                     \
    X(OPTGROUP, "optgroup", ALM_TAG_IS_BLOCK)                                                                          \
    X(OPTION, "option", ALM_TAG_IS_BLOCK)                                                                              \
    X(P, "p", ALM_BLOCK_FLAGS)                                                                                         \
    X(PARAM, "param", ALM_TAG_IS_VOID)                                                                                 \
    X(PRE, "pre", ALM_SECTION_FLAGS)                                                                                   \
    X(Q, "q", 0)                                                                                                       \
    X(RP, "rp", ALM_TAG_IS_SILENT)                                                                                     \
    X(RT, "rt", ALM_TAG_IS_SILENT)                                                                                     \
    X(RUBY, "ruby", 0)                                                                                                 \
    X(S, "s", 0)                                                                                                       \
    X(SCRIPT, "script", ALM_SILENT_RAW_FLAGS | ALM_TAG_IS_HEAD)                                                        \
    X(SECTION, "section", ALM_SECTION_FLAGS)                                                                           \
    X(SELECT, "select", ALM_TAG_IS_SILENT)                                                                             \
    X(SMALL, "small", 0)                                                                                               \
    X(SOURCE, "source", ALM_TAG_IS_VOID)                                                                               \
    X(SPAN, "span", 0)                                                                                                 \
    X(STRIKE, "strike", 0)                                                                                             \
    X(STRONG, "strong", 0)                                                                                             \
    X(STYLE, "style", ALM_SILENT_RAW_FLAGS | ALM_TAG_IS_HEAD)                                                          \
    X(SUB, "sub", 0)                                                                                                   \
    X(SUP, "sup", 0)                                                                                                   \
    X(SVG, "svg", ALM_TAG_IS_SILENT)                                                                                   \
    X(TABLE, "table", ALM_CELL_FLAGS | ALM_TAG_CLOSES_P)                                                               \
    X(TBODY, "tbody", ALM_ROW_FLAGS)                                                                                   \
    X(TD, "td", ALM_CELL_FLAGS)                                                                                        \
    X(TEMPLATE, "template", ALM_TAG_IS_SILENT | ALM_TAG_IS_HEAD)                                                       \
    X(TEXTAREA, "textarea", ALM_SILENT_RAW_FLAGS)                                                                      \
    X(TFOOT, "tfoot", ALM_ROW_FLAGS)                                                                                   \
    X(TH, "th", ALM_CELL_FLAGS)                                                                                        \
    X(THEAD, "thead", ALM_ROW_FLAGS)                                                                                   \
    X(TIME, "time", 0)                                                                                                 \
    X(TITLE, "title", ALM_SILENT_RAW_FLAGS | ALM_TAG_IS_HEAD)                                                          \
    X(TR, "tr", ALM_ROW_FLAGS)                                                                                         \
    X(TRACK, "track", ALM_TAG_IS_VOID)                                                                                 \
    X(U, "u", 0)                                                                                                       \
    X(UL, "ul", ALM_SECTION_FLAGS)                                                                                     \
    X(VIDEO, "video", ALM_TAG_IS_SILENT)                                                                               \
    X(WBR, "wbr", ALM_TAG_IS_VOID)                                                                                     \
    X(XMP, "xmp", ALM_SILENT_RAW_FLAGS)

typedef enum alm_tag {
    ALM_TAG_TEXT,  /**< not an element: a run of text */
    ALM_TAG_OTHER, /**< an element that has no number; it is inline */
#define X(id, name, flags) ALM_TAG_##id,
    ALM_TAGS(X)
#undef X
        ALM_TAG_COUNT
} alm_tag;

/** Y(id, name), sorted by name: the attributes that are kept. */
#define ALM_ATTRIBUTES(Y)                                                                                              \
    Y(ALT, "alt")                                                                                                      \
    Y(ARIA_HIDDEN, "aria-hidden")                                                                                      \
    Y(CLASS, "class")                                                                                                  \
    Y(COLSPAN, "colspan")                                                                                              \
    Y(CONTENT, "content")                                                                                              \
    Y(DATA_ORIGINAL, "data-original")                                                                                  \
    Y(DATA_SRC, "data-src")                                                                                            \
    Y(DATETIME, "datetime")                                                                                            \
    Y(HEIGHT, "height")                                                                                                \
    Y(HIDDEN, "hidden")                                                                                                \
    Y(HREF, "href")                                                                                                    \
    Y(ID, "id")                                                                                                        \
    Y(ITEMPROP, "itemprop")                                                                                            \
    Y(LANG, "lang")                                                                                                    \
    Y(NAME, "name")                                                                                                    \
    Y(PROPERTY, "property")                                                                                            \
    Y(REL, "rel")                                                                                                      \
    Y(ROLE, "role")                                                                                                    \
    Y(ROWSPAN, "rowspan")                                                                                              \
    Y(SRC, "src")                                                                                                      \
    Y(STYLE, "style")                                                                                                  \
    Y(TITLE, "title")                                                                                                  \
    Y(TYPE, "type")                                                                                                    \
    Y(WIDTH, "width")

typedef enum alm_attribute {
    ALM_ATTR_NONE,
#define Y(id, name) ALM_ATTR_##id,
    ALM_ATTRIBUTES(Y)
#undef Y
        ALM_ATTR_COUNT
} alm_attribute;

/** The tag or attribute called @p name (any case); ALM_TAG_OTHER, ALM_ATTR_NONE where it has no number. */
alm_tag alm_tag_by_name(alm_str name);
alm_attribute alm_attribute_by_name(alm_str name);

/** Lower-case name; "" for text and for elements without a number. */
const char *alm_tag_name(alm_tag tag);

extern const uint16_t alm_tag_flags_of[ALM_TAG_COUNT];

static inline bool alm_tag_has(alm_tag tag, unsigned flag) { return (alm_tag_flags_of[tag] & flag) != 0; }

#endif
