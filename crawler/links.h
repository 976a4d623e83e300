/**
 * The links of a page, as browsers read them, and those that scripts of Chinese content systems would make.
 *
 * One pass over the bytes by the tokenizer of crawler/html.h; no tree is built.
 */
#ifndef ALM_CRAWLER_LINKS_H
#define ALM_CRAWLER_LINKS_H

#include "crawler/robots.h"
#include "crawler/url.h"

typedef enum alm_link_kind {
    ALM_LINK_ANCHOR,    /**< <a href>, <area href> */
    ALM_LINK_FRAME,     /**< <frame src>, <iframe src> */
    ALM_LINK_CANONICAL, /**< <link rel=canonical>; also, as the next three, of a Link field */
    ALM_LINK_NEXT,      /**< rel=next, also prev, of <link> and <a> */
    ALM_LINK_ALTERNATE, /**< <link rel=alternate> that is no feed: other languages, mobile pages */
    ALM_LINK_FEED,      /**< <link rel=alternate type=application/rss+xml or atom+xml>, rel=sitemap */
    ALM_LINK_REFRESH,   /**< <meta http-equiv=refresh> or a Refresh field, with a URL */
    ALM_LINK_SCRIPT,    /**< a plain location.href = "…" or the like in a script: a redirect */
    ALM_LINK_PAGING,    /**< a page of a list, as a script or its siblings would make it */
    ALM_LINK_KIND_COUNT
} alm_link_kind;

/** "anchor", "frame", …; static storage. */
const char *alm_link_kind_name(alm_link_kind kind);

typedef struct alm_link {
    alm_link_kind kind;
    bool
        nofollow; /**< rel=nofollow, sponsored or ugc on the element; the page's own directive is in alm_links.robots */
    alm_url url;  /**< resolved, with its fragment */
    alm_str text; /**< of an anchor: its text, white space folded; else empty */
    uint32_t delay_ms; /**< of a refresh */
} alm_link;

/** A page's links in document order. Everything lies in the arena. */
typedef struct alm_links {
    alm_url base; /**< what links were resolved against: <base href> or the page's URL */
    const alm_link *items;
    size_t count;
    size_t dropped;        /**< references of other schemes, or that are no URLs */
    bool truncated;        /**< there were more than options.max links */
    alm_robots_tag robots; /**< from <meta name=robots> and <meta name=token> */
} alm_links;

typedef struct alm_links_options {
    const alm_url *url;  /**< the page's URL; required */
    alm_str charset;     /**< encoding label of the document, for the query of links; empty: UTF-8 */
    alm_str head;        /**< of the HTTP response, for its Link and Refresh fields; may be empty */
    alm_str token;       /**< our product token, for <meta name=token>; may be empty */
    size_t max;          /**< links kept; 0: 10000 */
    bool repeated;       /**< keep links to a URL that came before; by default the first one is kept (kinds apart) */
    bool without_paging; /**< do not make up pages of lists */
    bool with_noscript;  /**< read <noscript> too: a base or refresh in it is for browsers without scripts */
} alm_links_options;

/**
 * Read the links of @p html (UTF-8: the page's bytes after decoding). *out and all in it lie in @p arena; slices of
 * @p html are not kept.
 *
 * @return ALM_OK, ALM_E_INVALID (no options->url), ALM_E_LIMIT (arena full), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_links_read(alm_links **out, alm_arena *arena, alm_str html,
                                       const alm_links_options *options, alm_err *err);

/**
 * The URL of a `Refresh` header or of <meta http-equiv=refresh content>: "5; url='next.html'" (HTML Standard, shared
 * declarative refresh steps). *url is a slice of @p content, empty where there is only a delay.
 *
 * @return false where @p content is none.
 */
bool alm_links_parse_refresh(alm_str content, uint32_t *delay_ms, alm_str *url);

#endif
