/**
 * Fetch one URL and wait for it: HTTP(S) over libcurl, with ceilings on everything and the address guard on every
 * connection.
 */
#ifndef ALM_CRAWLER_FETCH_H
#define ALM_CRAWLER_FETCH_H

#include "base/base.h"
#include "base/buf.h"

enum {
    ALM_FETCH_MAX_BODY = 16 << 20,     /**< bytes, after decompression */
    ALM_FETCH_MAX_HEADERS = 256 << 10, /**< bytes of all header blocks of one fetch */
    ALM_FETCH_MAX_REDIRECTS = 10,
    ALM_FETCH_MAX_URL = 8000,
    ALM_FETCH_CONNECT_MS = 10000,
    ALM_FETCH_TOTAL_MS = 30000
};

/** All-zero is the default. Strings are NUL-terminated and borrowed for as long as the options are in use. */
typedef struct alm_fetch_options {
    bool allow_private;         /**< lift the guard for loopback, private, link-local and shared addresses */
    bool no_redirects;          /**< a 3xx is the response; its target is in alm_response.location */
    bool keeps_beginning;       /**< of a body that is too long, whatever length is told beforehand (robots.txt) */
    int max_redirects;          /**< 0: ALM_FETCH_MAX_REDIRECTS */
    int64_t connect_ms;         /**< name lookup, TCP and TLS; 0: ALM_FETCH_CONNECT_MS */
    int64_t total_ms;           /**< everything, all redirects; 0: ALM_FETCH_TOTAL_MS */
    size_t max_body;            /**< 0: ALM_FETCH_MAX_BODY */
    const char *user_agent;     /**< NULL: alm_user_agent() */
    const char *proxy;          /**< NULL: none. The environment's proxies are not used: behind one the guard sees
                                   nothing but the proxy's address */
    bool old_tls;               /**< TLS 1.0 and its ciphers too; certificates are verified all the same */
    const char *connect_to;     /**< "address:port" to connect to, whatever the URL's host is; NULL: what DNS says */
    const char *ca_file;        /**< PEM bundle of further trust; NULL: the system's */
    const char *const *headers; /**< further request headers, "Name: value", NULL-terminated; NULL: none */
    const char *const *resolve; /**< "host:port:address" answers instead of DNS, NULL-terminated, for tests */
} alm_fetch_options;

/** "almoner/0.1.0", with the contact that the program was built with, if any: " (+https://…)". Static storage. */
const char *alm_user_agent(void);
bool alm_user_agent_has_contact(void);

/** One response, caller-placed: alm_response_init before, alm_response_release after. All of it is owned. */
typedef struct alm_response {
    int status;       /**< HTTP status of the last response; 0 where there was none */
    alm_buf body;     /**< after decompression */
    alm_buf encoded;  /**< as it came, where it came compressed; else empty: body is as it came */
    alm_buf headers;  /**< status line and header lines of the last response, as received, CRLF line ends */
    alm_buf url;      /**< where the body came from, after redirects */
    alm_buf location; /**< with no_redirects: absolute target of a 3xx; else empty */
    int redirect_count;
    int64_t elapsed_ms;
    char address[46]; /**< of the last connection, as text; "" where there was none */
} alm_response;

void alm_response_init(alm_response *response, size_t max_body);
void alm_response_release(alm_response *response);
/** Empty it for the next fetch; keep capacity. */
void alm_response_reset(alm_response *response);

/**
 * The value of header @p name of the last header block, trimmed; of several the last. {0} where it is not there.
 * Borrows from response->headers.
 */
alm_str alm_response_header(const alm_response *response, const char *name);

/** The next header @p name from *at on (0 at first), trimmed; moves *at behind it. False where there is no further. */
bool alm_response_next_header(const alm_response *response, const char *name, size_t *at, alm_str *value);

/** The media type of @p content_type in *type ("text/html", not lowered) and its charset parameter; {0} where absent.
 */
void alm_content_type_split(alm_str content_type, alm_str *type, alm_str *charset);

/** A fetcher keeps connections alive between fetches. It belongs to one thread and borrows its options. */
typedef struct alm_fetcher alm_fetcher;

/** @return ALM_OK, ALM_E_NOMEM, ALM_E_INVALID (an option libcurl refuses). */
ALM_MUST_USE alm_status alm_fetcher_new(alm_fetcher **out, const alm_fetch_options *options, alm_err *err);
void alm_fetcher_free(alm_fetcher *fetcher);

/**
 * GET @p url (http or https) into @p response, which is reset first.
 *
 * Any HTTP status is ALM_OK: what a 404 means is the caller's to say (alm_response_require_page).
 *
 * @return ALM_OK, ALM_E_INVALID (not an http or https URL), ALM_E_REFUSED (guard; also a redirect to another scheme),
 * ALM_E_LIMIT (body, headers, redirects), ALM_E_NETWORK (DNS, connection, TLS, time, cut short), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_fetch(alm_fetcher *fetcher, const char *url, alm_response *response, alm_err *err);

/**
 * Undo the content codings of a transfer: response->body is what came until now and becomes the page. Once a response;
 * alm_fetch has done it.
 *
 * @return ALM_OK, ALM_E_LIMIT, ALM_E_PARSE (cut short, broken), ALM_E_UNSUPPORTED (a coding not asked for),
 * ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_response_decode(alm_response *response, alm_err *err);

/** ALM_E_HTTP with the status where @p response is not 2xx, ALM_E_UNSUPPORTED where it is 2xx without content (204). */
ALM_MUST_USE alm_status alm_response_require_page(const alm_response *response, alm_err *err);

#endif
