/**
 * URLs as browsers read them (WHATWG URL Standard, https://url.spec.whatwg.org/), for the http and https schemes, and
 * the canonical form by which the crawler tells one page from another.
 *
 * Nothing here allocates from the heap: results lie in the caller's arena, one block a URL.
 */
#ifndef ALM_CRAWLER_URL_H
#define ALM_CRAWLER_URL_H

#include "base/arena.h"
#include "base/base.h"

/** Longest URL, in bytes of its serialised form; longer ones are refused (servers stop at 8 KiB). */
enum { ALM_URL_MAX = 16384 };

/**
 * A parsed URL. All parts are slices of href, which is ASCII, NUL-terminated and the URL Standard's serialisation.
 * The parts leave out their delimiters: no ':' after scheme, no '?' before query, no '#' before fragment.
 */
typedef struct alm_url {
    alm_str href;
    alm_str scheme; /**< "http" or "https" */
    alm_str username, password;
    alm_str host;         /**< lower case, punycode, an IPv6 address in its brackets; never empty */
    alm_str port;         /**< digits; {NULL, 0} where it is the scheme's default */
    alm_str path;         /**< begins with '/' */
    alm_str query;        /**< .ptr is NULL where there is no '?'; "http://a/?" has an empty one */
    alm_str fragment;     /**< .ptr is NULL where there is no '#' */
    uint16_t port_number; /**< the port to connect to, default filled in */
} alm_url;

/** The charset in which non-ASCII of a link's query is percent-encoded; opaque, one a document. NULL means UTF-8. */
typedef struct alm_url_charset alm_url_charset;

/**
 * Open the encoder for a WHATWG encoding label ("gbk", "GB2312", "big5"). For UTF-8, UTF-16 and labels that are
 * unknown *out becomes NULL, which is what browsers use then. On success the caller owns *out (alm_url_charset_free).
 * Not for use by two threads at once.
 *
 * @return ALM_OK, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_url_charset_new(alm_url_charset **out, alm_str label);
void alm_url_charset_free(alm_url_charset *charset);

/** What a reference is read against. All zero: an absolute URL is expected, its query is UTF-8. */
typedef struct alm_url_context {
    const alm_url *base;      /**< NULL: none */
    alm_url_charset *charset; /**< NULL: UTF-8 */
} alm_url_context;

/**
 * Parse @p input (UTF-8; what is not valid UTF-8 is read as U+FFFD), relative to @p context (NULL: absolute).
 * Leading and trailing C0 controls and spaces, and all tabs and line ends are dropped; backslashes are slashes.
 * *out lies in @p arena.
 *
 * @return ALM_OK; ALM_E_PARSE (no URL: the reason is in @p err); ALM_E_UNSUPPORTED (a URL of another scheme, such as
 *         mailto: or javascript:); ALM_E_LIMIT (longer than ALM_URL_MAX, or the arena is full); ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_url_parse(alm_url *out, alm_arena *arena, alm_str input, const alm_url_context *context,
                                      alm_err *err);

/**
 * As alm_url_parse, for what a person types or lists: "example.com/a" without a scheme is taken as http://.
 */
ALM_MUST_USE alm_status alm_url_parse_typed(alm_url *out, alm_arena *arena, alm_str input, alm_err *err);

/** More query parameters that identify no page, beside the built-in ones (crawler/url_params.c names their sources). */
typedef struct alm_url_canon_options {
    const alm_str *drop_params; /**< names, compared without case; a '*' at the end stands for any rest */
    size_t drop_params_count;
    const alm_str *keep_params; /**< names that are kept although the built-in table drops them */
    size_t keep_params_count;
    bool keep_order;       /**< do not sort the query's parameters by name */
    bool without_built_in; /**< drop none but drop_params */
} alm_url_canon_options;

/**
 * The canonical form of @p url: two URLs with the same canonical href are one page to the crawler.
 *
 * Beyond the URL Standard: no user name, password and fragment, no dot after the host; one slash for several; percent
 * codes of unreserved characters decoded, other ones in upper case, characters outside RFC 3986 encoded; session and
 * tracking parameters dropped, from the path (";jsessionid=") as well; empty parameters dropped, the rest sorted by
 * name (order of equal names kept). The form is a fixed point. @p options may be NULL.
 *
 * @return ALM_OK, ALM_E_LIMIT (longer than ALM_URL_MAX or the arena is full), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_url_canon(alm_url *out, alm_arena *arena, const alm_url *url,
                                      const alm_url_canon_options *options);

/**
 * "scheme://host[:port]" without the path: the unit of robots.txt and of politeness. A slice of href, so user name and
 * password stand in it where the URL has them; a canonical URL has none.
 */
alm_str alm_url_origin(const alm_url *url);
/** Path, and '?' with the query where there is one: what a request line and robots.txt speak of. A slice of href. */
alm_str alm_url_target(const alm_url *url);
/** Same scheme, host and port. */
bool alm_url_same_origin(const alm_url *a, const alm_url *b);

#endif
