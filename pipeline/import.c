#include "pipeline/import.h"

#include <stdio.h>

#include "base/alloc.h"
#include "crawler/clock.h"
#include "extract/output/gone.h"
#include "extract/output/page_read.h"
#include "pipeline/json_stream.h"

enum { GROUP_DOCUMENTS = 1000, GROUP_BYTES = 32 << 20, MAX_ARENA = 512 << 20 };

typedef struct importer {
    alm_sink *sink;
    const alm_import_options *options;
    const char *path;
    alm_arena arena; /* of one document */
    alm_page_records records;
    size_t group_documents, group_bytes;
    size_t *refused;
} importer;

/* A page without a URL is named by its bytes. */
static alm_str url_of(importer *in, const alm_document *document) {
    char urn[96];
    if (document->url.len) return document->url;
    if (document->page.canonical_url.len) return document->page.canonical_url;
    int len = snprintf(urn, sizeof urn, "urn:sha256:%s", document->content_sha256);
    return alm_arena_copy(&in->arena, (alm_str){urn, (size_t)len});
}

static alm_status put_page(importer *in, const alm_document *document, alm_err *err) {
    int64_t fetched_ms = 0;
    alm_str url = url_of(in, document);
    if (!url.ptr) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (document->fetched_at.len && !alm_time_parse(&fetched_ms, document->fetched_at))
        return alm_fail(err, ALM_E_PARSE, "no page document: field \"fetched_at\"");
    alm_status status = alm_page_records_fill(&in->records, &in->arena, document, document->page.text.ptr != NULL,
                                              &in->options->privacy, err);
    if (status != ALM_OK) return status;
    alm_sink_document put = {.url = url,
                             .version = alm_str_of(in->records.version),
                             .fetched_ms = fetched_ms,
                             .json = alm_str_trim(alm_buf_str(&in->records.json)),
                             .rows = alm_buf_str(&in->records.rows)};
    return alm_sink_put_document(in->sink, &put, err);
}

static alm_status put_gone(importer *in, alm_str json, alm_err *err) {
    alm_gone gone;
    int64_t when_ms = 0;
    alm_status status = alm_gone_parse(&gone, &in->arena, json);
    if (status != ALM_OK) return status;
    if (gone.gone_at.len && !alm_time_parse(&when_ms, gone.gone_at)) return ALM_E_NOT_FOUND;
    return alm_sink_put_gone(in->sink, gone.url, when_ms, err);
}

static alm_status put_object(importer *in, alm_str json, alm_err *err) {
    alm_document document;
    alm_err why = {0};
    alm_arena_reset(&in->arena);
    alm_status status = alm_page_parse(&document, &in->arena, json, &why);
    if (status == ALM_OK) return put_page(in, &document, err);
    if (status != ALM_E_PARSE) return alm_fail(err, status, "%s", why.message);
    status = put_gone(in, json, err);
    return status == ALM_E_NOT_FOUND ? alm_fail(err, ALM_E_PARSE, "%s", why.message) : status;
}

static void refuse(importer *in, uint32_t line, const alm_err *why) {
    char message[ALM_ERR_FILE_MAX + ALM_ERR_MESSAGE_MAX + 64];
    ++*in->refused;
    if (!in->options->warn) return;
    snprintf(message, sizeof message, "%.255s:%u: %s", in->path, line, why->message);
    in->options->warn(in->options->context, message);
}

static alm_status commit(importer *in, alm_err *err) {
    in->group_documents = in->group_bytes = 0;
    return alm_sink_commit(in->sink, err);
}

static alm_status import_objects(importer *in, alm_json_stream *stream, alm_err *err) {
    alm_str object;
    uint32_t line;
    alm_status status;
    while ((status = alm_json_stream_next(stream, &object, &line, err)) == ALM_OK) {
        alm_err why = {0};
        status = put_object(in, object, &why);
        bool ours = status == ALM_E_PARSE || status == ALM_E_LIMIT;
        if (ours) refuse(in, line, &why);
        if (status != ALM_OK && !ours) return alm_fail_system(err, status, why.system, "%s", why.message);
        in->group_bytes += object.len;
        if (++in->group_documents < GROUP_DOCUMENTS && in->group_bytes < GROUP_BYTES) continue;
        status = commit(in, err);
        if (status != ALM_OK) return status;
    }
    alm_status last = commit(in, err); /* also what came before a fault of the file */
    return status == ALM_END ? last : status;
}

alm_status alm_import_file(alm_sink *sink, const char *path, const alm_import_options *options, size_t *refused,
                           alm_err *err) {
    alm_json_stream *stream = NULL;
    importer in = {.sink = sink, .options = options, .path = path, .refused = refused};
    alm_status status = alm_json_stream_open(&stream, path, err);
    if (status != ALM_OK) return status;
    alm_arena_init(&in.arena, MAX_ARENA);
    alm_page_records_init(&in.records);
    status = import_objects(&in, stream, err);
    alm_page_records_release(&in.records);
    alm_arena_release(&in.arena);
    alm_json_stream_free(stream);
    return status;
}
