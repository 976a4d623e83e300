/**
 * robots.txt by RFC 9309, with Crawl-delay and Sitemap, and the robots directives of pages and headers.
 */
#ifndef ALM_CRAWLER_ROBOTS_H
#define ALM_CRAWLER_ROBOTS_H

#include "base/base.h"

/** Bytes of a robots.txt that are read (RFC 9309 2.5: at least 500 KiB). */
enum { ALM_ROBOTS_MAX = 500 * 1024 };

typedef struct alm_robots alm_robots;

/**
 * May @p token be a product token (RFC 9309 2.2.1: letters, '-' and '_', not empty)?
 */
bool alm_robots_token_is_valid(alm_str token);

/**
 * Parse a robots.txt body for one product token.
 *
 * @p body need not be NUL-terminated or valid UTF-8; bytes past ALM_ROBOTS_MAX are ignored. @p token may be a whole
 * User-Agent ("almoner/1.0"): what comes before the first character that no token has is taken. Groups that name the
 * token are merged; where none does, the groups of '*' are.
 * Nothing of @p body is kept. On success the caller owns *out (alm_robots_free).
 *
 * @return ALM_OK, ALM_E_INVALID (empty token), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_robots_parse(alm_robots **out, alm_str body, alm_str token, alm_err *err);

/** The robots that allow all (a 4xx answer) or nothing (5xx, no network), as RFC 9309 2.3.1 asks. */
ALM_MUST_USE alm_status alm_robots_allow_all(alm_robots **out);
ALM_MUST_USE alm_status alm_robots_disallow_all(alm_robots **out);
void alm_robots_free(alm_robots *robots);

/** An answer and what it rests on. */
typedef struct alm_robots_verdict {
    bool allowed;
    uint32_t line; /**< of the rule in robots.txt, 1-based; 0 where no rule matched */
    alm_str rule;  /**< its pattern as it is matched, a slice of the alm_robots; empty where no rule matched */
} alm_robots_verdict;

/**
 * Judge a request target: path and query (alm_url_target), beginning with '/'. The longest matching pattern wins, Allow
 * in a draw; /robots.txt itself is always allowed.
 *
 * Percent codes of unreserved characters in the target are read as those characters (RFC 9309 2.2.2). Of a pattern they
 * are where it disallows; an Allow has to name what it allows as it is asked for, so that doubt goes to the stricter
 * side (and google/robotstxt agrees). Bytes outside ASCII in a pattern are compared percent-coded.
 * Cost: linear in target and pattern for each rule, whatever the number of '*'.
 */
alm_robots_verdict alm_robots_judge(const alm_robots *robots, alm_str target);
/** alm_robots_judge(…).allowed */
bool alm_robots_allows(const alm_robots *robots, alm_str target);

/** Crawl-delay of the groups that were taken, in milliseconds; -1 where there is none. At most 24 h. */
int64_t alm_robots_crawl_delay_ms(const alm_robots *robots);

/** Sitemap lines, in file order, whichever group they stand in; as written, not resolved. */
size_t alm_robots_sitemap_count(const alm_robots *robots);
alm_str alm_robots_sitemap(const alm_robots *robots, size_t index);

/** What the parser saw, for `almoner robots` and for tests. */
typedef struct alm_robots_stats {
    uint32_t lines;
    uint32_t directives; /**< user-agent, allow, disallow, sitemap and crawl-delay lines with a value in its place */
    uint32_t unknown;    /**< lines with another key */
    uint32_t malformed;  /**< lines without a ':' that are no comments */
    uint32_t rules;      /**< rules that hold for the token */
    bool named;          /**< a group names the token (else '*' or none) */
    bool truncated;      /**< the body was longer than ALM_ROBOTS_MAX */
} alm_robots_stats;
const alm_robots_stats *alm_robots_describe(const alm_robots *robots);

/** Directives of <meta name="robots"> and X-Robots-Tag. All zero: index and follow. */
typedef struct alm_robots_tag {
    bool noindex;
    bool nofollow;
    bool noarchive;
} alm_robots_tag;

/**
 * Add one X-Robots-Tag header value to *tag: "noindex, nofollow" holds for all, "almoner: none" for @p token alone,
 * "otherbot: noindex" is skipped. Stricter directives win.
 */
void alm_robots_tag_add_header(alm_robots_tag *tag, alm_str value, alm_str token);
/** Add <meta name=@p name content=@p content>; other names than "robots" and @p token are skipped. */
void alm_robots_tag_add_meta(alm_robots_tag *tag, alm_str name, alm_str content, alm_str token);

#endif
