/**
 * Where documents go: a vtable, so that a crawl can write into an embedded database, a server or files alike.
 *
 * What is put becomes durable at commit, all of it or nothing. Putting the same again changes nothing: after a crash a
 * page may come a second time. A document that is refused (ALM_E_PARSE) leaves the group as it was; after any other
 * failure the group is lost.
 */
#ifndef ALM_STORE_SINK_H
#define ALM_STORE_SINK_H

#include "base/base.h"

/** One version of one page. Borrowed for the call. */
typedef struct alm_sink_document {
    alm_str url;        /**< canonical */
    alm_str version;    /**< names what the page tells, whenever it was fetched: a hash in hex */
    int64_t fetched_ms; /**< Unix time; 0: not known */
    alm_str json;       /**< the page document (docs/records.md) */
    alm_str rows;       /**< its flat rows, NDJSON, each with a `uid`; may be empty */
} alm_sink_document;

/** What was put since the sink was opened, and what it changed. */
typedef struct alm_sink_stats {
    uint64_t documents;  /**< put, tombstones too */
    uint64_t versions;   /**< that said something new */
    uint64_t donations;  /**< rows added */
    uint64_t superseded; /**< rows no longer current */
} alm_sink_stats;

typedef struct alm_sink alm_sink;

typedef struct alm_sink_vtable {
    alm_status (*begin)(alm_sink *sink, alm_err *err);
    alm_status (*put_document)(alm_sink *sink, const alm_sink_document *document, alm_err *err);
    alm_status (*put_gone)(alm_sink *sink, alm_str url, int64_t when_ms, alm_err *err);
    alm_status (*commit)(alm_sink *sink, alm_err *err);
    void (*free)(alm_sink *sink);
} alm_sink_vtable;

struct alm_sink {
    const alm_sink_vtable *vtable;
    alm_sink_stats stats;
};

/** Open a group where none is open: so that what could not be written shows early. ALM_OK, ALM_E_STORAGE. */
ALM_MUST_USE static inline alm_status alm_sink_begin(alm_sink *sink, alm_err *err) {
    return sink->vtable->begin(sink, err);
}
/** Opens a group where none is open. ALM_OK, ALM_E_PARSE, ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE static inline alm_status alm_sink_put_document(alm_sink *sink, const alm_sink_document *document,
                                                            alm_err *err) {
    return sink->vtable->put_document(sink, document, err);
}
/** The page @p url was there and is no longer (404, 410): what it told is superseded. */
ALM_MUST_USE static inline alm_status alm_sink_put_gone(alm_sink *sink, alm_str url, int64_t when_ms, alm_err *err) {
    return sink->vtable->put_gone(sink, url, when_ms, err);
}
/** Make the group durable; nothing happens where none is open. */
ALM_MUST_USE static inline alm_status alm_sink_commit(alm_sink *sink, alm_err *err) {
    return sink->vtable->commit(sink, err);
}
static inline void alm_sink_free(alm_sink *sink) {
    if (sink) sink->vtable->free(sink);
}

#endif
