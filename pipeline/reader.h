/**
 * The bytes of a page by its name: a URL, a file or standard input. What is no page is refused here, with the reason.
 */
#ifndef ALM_PIPELINE_READER_H
#define ALM_PIPELINE_READER_H

#include "base/base.h"
#include "crawler/fetch.h"

/** All-zero is the default. Borrowed by the reader. */
typedef struct alm_reader_options {
    alm_fetch_options fetch;
    size_t max_bytes;     /**< of a file, after decompression; 0: ALM_FETCH_MAX_BODY, as for a URL */
    const char *encoding; /**< charset label that the caller is sure of, or NULL */
    bool as_text;         /**< the caller is sure of plain text: what has no tags, or looks like JSON, is welcome */
} alm_reader_options;

/** A page, borrowed from the reader until its next read. */
typedef struct alm_read_page {
    alm_str bytes;
    bool is_text;           /**< no tags in it */
    const char *url;        /**< of a URL: where it came from, after redirects; else NULL */
    const char *charset;    /**< charset parameter of the Content-Type, or NULL */
    const char *fetched_at; /**< of a URL: RFC 3339, UTC; else NULL */
} alm_read_page;

/** A reader keeps connections and buffers. It belongs to one thread. */
typedef struct alm_reader alm_reader;

ALM_MUST_USE alm_status alm_reader_new(alm_reader **out, const alm_reader_options *options, alm_err *err);
void alm_reader_free(alm_reader *reader);

/** Does @p name begin as an http or https URL does? */
bool alm_is_url(const char *name);

/**
 * Read @p name: an http(s) URL, "-" (standard input), or a file, which may be gzip.
 *
 * @return ALM_OK; ALM_E_NOT_FOUND, ALM_E_IO (directory, no permission), ALM_E_LIMIT (too large), ALM_E_UNSUPPORTED
 * (empty, or not a page: binary, PDF, JSON), ALM_E_PARSE (broken gzip), ALM_E_HTTP (no 2xx), ALM_E_NOMEM and what
 * alm_fetch returns.
 */
ALM_MUST_USE alm_status alm_reader_read(alm_reader *reader, const char *name, alm_read_page *out, alm_err *err);

/**
 * Look at a page that is there already (of an archive), as alm_reader_read does at its end: sets out->is_text.
 *
 * @return ALM_OK, ALM_E_UNSUPPORTED (empty, or not a page).
 */
ALM_MUST_USE alm_status alm_reader_check(const alm_reader *reader, alm_str media_type, alm_read_page *out,
                                         alm_err *err);

#endif
