/**
 * Read WARC files (1.0 and 1.1, plain or gzip, ours and others'), record by record, in one pass and bounded memory.
 */
#ifndef ALM_CRAWLER_WARC_READ_H
#define ALM_CRAWLER_WARC_READ_H

#include "base/base.h"

typedef enum alm_warc_type {
    ALM_WARC_OTHER, /**< warcinfo, metadata, resource, … */
    ALM_WARC_REQUEST,
    ALM_WARC_RESPONSE,
    ALM_WARC_REVISIT
} alm_warc_type;

/** One record; borrowed from the reader until its next call. */
typedef struct alm_warc_record {
    alm_warc_type type;
    uint64_t offset; /**< where its gzip member (or itself, in a plain file) begins */
    uint64_t length; /**< bytes in the file */
    alm_str url;
    int64_t date_ms; /**< WARC-Date; 0 where it is not one */
    alm_str payload_digest;
    alm_str refers_to_date; /**< of a revisit, or {0} */
    alm_str purpose;        /**< as alm_warc_exchange.purpose, or {0} */
    /* of a response that is HTTP; 0 and {0} in others */
    int status;
    alm_str http_head;  /**< status line and fields */
    alm_str media_type; /**< "text/html", as written */
    alm_str charset;    /**< parameter of Content-Type; {0} */
    alm_str body;       /**< transfer and content codings undone */
    bool body_broken;   /**< they could not be undone wholly: body holds what could, or nothing */
} alm_warc_record;

/** All-zero is the default. */
typedef struct alm_warc_reader_options {
    size_t max_record; /**< bytes of one record that are kept; longer ones give ALM_E_LIMIT; 0: 64 MiB */
    size_t max_body;   /**< of a body after decoding; 0: 16 MiB */
    bool without_body; /**< leave body empty */
} alm_warc_reader_options;

typedef struct alm_warc_reader alm_warc_reader;

/** Open @p path; "-" is standard input. ALM_OK, ALM_E_NOT_FOUND, ALM_E_IO, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_warc_reader_new(alm_warc_reader **out, const char *path,
                                            const alm_warc_reader_options *options, alm_err *err);
void alm_warc_reader_free(alm_warc_reader *reader);

/**
 * The next record.
 *
 * @return ALM_OK; ALM_END; ALM_E_PARSE (no WARC here, or the file is cut short: alm_warc_reader_good tells what is
 *         whole); ALM_E_LIMIT (this record is too long: it is passed over, the next call goes on); ALM_E_IO;
 *         ALM_E_NOMEM.
 */
alm_status alm_warc_read(alm_warc_reader *reader, alm_warc_record *out, alm_err *err);

/** The file up to here consists of whole records. */
uint64_t alm_warc_reader_good(const alm_warc_reader *reader);

/** Do these first bytes of a file look like WARC, plain or gzip? */
bool alm_warc_sniff(alm_str bytes);

#endif
