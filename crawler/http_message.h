/**
 * HTTP/1 messages as archives keep them: the head, its fields, chunked bodies (RFC 9112).
 */
#ifndef ALM_CRAWLER_HTTP_MESSAGE_H
#define ALM_CRAWLER_HTTP_MESSAGE_H

#include "base/base.h"
#include "base/buf.h"

/** Split @p message after its blank line (CRLF or bare LF). False where there is none; *body is what follows. */
bool alm_http_split(alm_str message, alm_str *head, alm_str *body);
/** The status of "HTTP/1.1 200 OK"; 0 where @p head begins otherwise. */
int alm_http_status(alm_str head);
/** The trimmed value of the last field @p name of @p head; {0} where there is none. */
alm_str alm_http_field(alm_str head, alm_str name);
/**
 * The next field @p name of @p head from *at on (0 at first), trimmed, in *value; moves *at behind it. False where
 * there is none: fields such as Link and X-Robots-Tag may stand many times.
 */
bool alm_http_next_field(alm_str head, alm_str name, size_t *at, alm_str *value);
/** Append the body that @p chunked carries, without trailers. ALM_E_PARSE: broken, @p out has what came before. */
ALM_MUST_USE alm_status alm_http_unchunk(alm_buf *out, alm_str chunked);

#endif
