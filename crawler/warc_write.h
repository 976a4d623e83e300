/**
 * WARC 1.1 (ISO 28500:2017): every answer of the network, kept as it came, a gzip member a record.
 *
 * Encoding is apart from writing: workers encode (alm_warc_encoder, one a thread), one thread appends the blocks.
 * Bodies keep their content coding. libcurl has undone the transfer coding, so its header stays under another name,
 * X-Archive-Orig-Transfer-Encoding, and Content-Length is that of the bytes that are kept.
 */
#ifndef ALM_CRAWLER_WARC_WRITE_H
#define ALM_CRAWLER_WARC_WRITE_H

#include "base/base.h"
#include "base/buf.h"

enum { ALM_WARC_DIGEST_MAX = 48 };

typedef enum alm_warc_revisit {
    ALM_WARC_NEW,
    ALM_WARC_NOT_MODIFIED, /**< the server said 304 */
    ALM_WARC_SAME_PAYLOAD  /**< the body is that of the last visit */
} alm_warc_revisit;

/** A request and its answer. Borrowed for the call. */
typedef struct alm_warc_exchange {
    alm_str url;        /**< canonical */
    alm_str address;    /**< of the server, as text; may be empty */
    alm_str request;    /**< head as it was sent, with its blank line; empty: no request record */
    alm_str head;       /**< head of the answer as it came */
    alm_str body;       /**< in its content coding, as it came */
    int status;         /**< HTTP */
    int64_t started_ms; /**< Unix time */
    int64_t elapsed_ms;
    alm_str via;     /**< URL of the page that led here; may be empty */
    alm_str purpose; /**< of what is no page: "robots", "sitemap", "feed"; else empty. In a field of our own */
    alm_warc_revisit revisit;
    int64_t earlier_ms; /**< of a revisit: when the visit was that it refers to */
} alm_warc_exchange;

/** Encoded records of one exchange: response (or revisit) first, then request and metadata. */
typedef struct alm_warc_block {
    alm_buf bytes;
    size_t response_len; /**< of the first record's member */
    alm_buf index;       /**< its CDXJ line up to the offset, which the writer knows */
} alm_warc_block;

void alm_warc_block_init(alm_warc_block *block);
void alm_warc_block_release(alm_warc_block *block);

typedef struct alm_warc_encoder alm_warc_encoder;
/** @p level: of gzip, 1 to 9; 0: 1. */
ALM_MUST_USE alm_status alm_warc_encoder_new(alm_warc_encoder **out, int level);
void alm_warc_encoder_free(alm_warc_encoder *encoder);
/** Fill the (released or fresh) @p block. ALM_OK, ALM_E_NOMEM, ALM_E_LIMIT. */
ALM_MUST_USE alm_status alm_warc_encode(alm_warc_encoder *encoder, const alm_warc_exchange *exchange,
                                        alm_warc_block *block, alm_err *err);

/** What a file begins with. */
typedef struct alm_warc_info {
    alm_str file_name, user_agent;
    int64_t now_ms;
} alm_warc_info;
ALM_MUST_USE alm_status alm_warc_encode_info(alm_warc_encoder *encoder, const alm_warc_info *info, alm_buf *out,
                                             alm_err *err);

typedef struct alm_warc_writer alm_warc_writer;

typedef struct alm_warc_writer_options {
    const char *folder;     /**< is made where it is missing */
    uint64_t max_bytes;     /**< of a file before the next one begins; 0: 1 GiB */
    const char *user_agent; /**< for warcinfo */
} alm_warc_writer_options;

ALM_MUST_USE alm_status alm_warc_writer_new(alm_warc_writer **out, const alm_warc_writer_options *options,
                                            alm_err *err);
/**
 * Write what is buffered, sort the index, close. NULL allowed. Not @p complete: not all that was put was recorded, so
 * the file may be cut at the next start; what is buffered is left out, and no index written that would tell of it.
 */
ALM_MUST_USE alm_status alm_warc_writer_close(alm_warc_writer *writer, bool complete, alm_err *err);
/** Where the next block will lie: begins a file where none is open. @p name is borrowed until the file is closed. */
ALM_MUST_USE alm_status alm_warc_writer_open_file(alm_warc_writer *writer, int64_t now_ms, alm_str *name, alm_err *err);
/** Append @p block to the open file's buffer; *offset is where it begins. */
ALM_MUST_USE alm_status alm_warc_writer_put(alm_warc_writer *writer, const alm_warc_block *block, uint64_t *offset,
                                            alm_err *err);
/** Hand the buffer to the system; *length is the file's length after. ALM_E_STORAGE: disk full and the like. */
ALM_MUST_USE alm_status alm_warc_writer_flush(alm_warc_writer *writer, uint64_t *length, alm_err *err);
/** Wait until the disk has it. */
ALM_MUST_USE alm_status alm_warc_writer_sync(alm_warc_writer *writer, alm_err *err);
/** After a flush that was recorded: close the file where it is full; *closed tells. */
ALM_MUST_USE alm_status alm_warc_writer_rotate(alm_warc_writer *writer, bool *closed, alm_err *err);

/** Name of a WARC file that this program wrote? */
bool alm_warc_is_ours(const char *name);

#endif
