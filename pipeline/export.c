#include "pipeline/export.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "crawler/clock.h"
#include "extract/output/gone.h"
#include "extract/output/names.h"
#include "extract/output/output.h"
#include "extract/output/page_read.h"
#include "pipeline/masked_rows.h"

enum { MAX_RECORD = 80 << 20, MAX_ARENA = 512 << 20 };

/* ---- rows ---- */

alm_status alm_export_head(alm_buf *out, alm_export_format format) {
    if (format != ALM_EXPORT_CSV) return out->status;
    for (int i = 0; i < ALM_FEED_COLUMNS; i++) {
        if (i > 0) alm_buf_add_byte(out, ',');
        alm_buf_add_c(out, alm_feed_columns[i]);
    }
    return alm_buf_add_c(out, "\r\n");
}

static bool is_json(int column) {
    return column == ALM_FEED_GOODS_ITEMS || column == ALM_FEED_TOTAL || column == ALM_FEED_CONFIDENCE ||
           column == ALM_FEED_SEQ;
}

static void write_row(alm_buf *out, alm_export_format format, const alm_str *columns) {
    alm_json json;
    if (format == ALM_EXPORT_CSV) {
        for (int i = 0; i < ALM_FEED_COLUMNS; i++) {
            if (i > 0) alm_buf_add_byte(out, ',');
            alm_write_csv_field(out, columns[i]);
        }
        alm_buf_add_c(out, "\r\n");
        return;
    }
    alm_json_init(&json, out, false);
    alm_json_object(&json);
    for (int i = 0; i < ALM_FEED_COLUMNS; i++) {
        alm_json_key(&json, alm_feed_columns[i]);
        if (is_json(i))
            alm_json_raw(&json, columns[i]);
        else
            alm_json_text(&json, columns[i]);
    }
    alm_json_object_end(&json);
    alm_buf_add_byte(out, '\n');
}

/* Databases write truth and fractions each in their own way. */
static void settle_forms(alm_str *columns, alm_confidence *room) {
    alm_str total = columns[ALM_FEED_TOTAL], confidence = columns[ALM_FEED_CONFIDENCE];
    bool is_true = total.len && (total.ptr[0] == '1' || total.ptr[0] == 't');
    columns[ALM_FEED_TOTAL] = is_true ? ALM_STR("true") : ALM_STR("false");
    if (confidence.ptr) columns[ALM_FEED_CONFIDENCE] = alm_confidence_text(room, strtod(confidence.ptr, NULL));
}

alm_status alm_export_rows(alm_feed *feed, const alm_export_options *options, alm_export_row row, void *context,
                           uint64_t *count, alm_err *err) {
    alm_str columns[ALM_FEED_MAX_COLUMNS];
    alm_masked_rows *masked = NULL;
    alm_confidence room;
    alm_status status = ALM_OK;
    if (options->privacy.people != ALM_PRIVATE_KEEP)
        status = alm_masked_rows_new(&masked, options->location, &options->privacy, err);
    if (status == ALM_OK) status = alm_feed_start(feed, &options->query, err);
    while (status == ALM_OK && (status = alm_feed_next(feed, columns, err)) == ALM_OK) {
        settle_forms(columns, &room);
        if (masked) status = alm_masked_rows_apply(masked, columns, err);
        if (status != ALM_OK) break;
        status = row(context, columns, err);
        ++*count;
    }
    alm_masked_rows_free(masked);
    return status == ALM_END ? ALM_OK : status;
}

typedef struct text_export {
    alm_parts *parts;
    alm_export_format format;
    alm_buf record;
} text_export;

static alm_status give_row(void *context, const alm_str *columns, alm_err *err) {
    text_export *x = context;
    alm_buf_reset(&x->record);
    write_row(&x->record, x->format, columns);
    return x->record.status == ALM_OK ? alm_parts_put(x->parts, alm_buf_str(&x->record), err)
                                      : alm_fail(err, x->record.status, "out of memory");
}

/* ---- documents ---- */

typedef struct document_export {
    const alm_export_options *options;
    alm_arena arena; /* of one document */
    alm_page_records records;
    alm_parts *parts; /* one of the two */
    alm_sink *sink;
} document_export;

static alm_status give_gone(document_export *x, alm_str url, int64_t when_ms, alm_err *err) {
    char when[ALM_TIME_MAX];
    if (x->sink) return alm_sink_put_gone(x->sink, url, when_ms, err);
    alm_time_format(when, when_ms);
    alm_buf_reset(&x->records.json);
    alm_status status = alm_write_gone(&x->records.json, &(alm_gone){url, alm_str_of(when_ms ? when : NULL)});
    return status == ALM_OK ? alm_parts_put(x->parts, alm_buf_str(&x->records.json), err) : status;
}

static alm_status give_document(document_export *x, const alm_str *columns, alm_err *err) {
    alm_document document;
    alm_str url = columns[ALM_FEED_DOCUMENT_URL];
    int64_t fetched_ms = strtoll(columns[ALM_FEED_DOCUMENT_FETCHED_MS].ptr, NULL, 10);
    if (alm_str_is_c(columns[ALM_FEED_DOCUMENT_GONE], "1")) return give_gone(x, url, fetched_ms, err);
    alm_arena_reset(&x->arena);
    alm_status status = alm_page_parse(&document, &x->arena, columns[ALM_FEED_DOCUMENT_JSON], err);
    if (status == ALM_OK)
        status = alm_page_records_fill(&x->records, &x->arena, &document, document.page.text.ptr != NULL,
                                       &x->options->privacy, err);
    if (status != ALM_OK) return status;
    if (x->parts) return alm_parts_put(x->parts, alm_buf_str(&x->records.json), err);
    alm_sink_document put = {.url = url,
                             .version = alm_str_of(x->records.version),
                             .fetched_ms = fetched_ms,
                             .json = alm_str_trim(alm_buf_str(&x->records.json)),
                             .rows = alm_buf_str(&x->records.rows)};
    return alm_sink_put_document(x->sink, &put, err);
}

static alm_status export_documents(alm_feed *feed, document_export *x, uint64_t *count, alm_err *err) {
    alm_str columns[ALM_FEED_MAX_COLUMNS];
    alm_feed_query query = x->options->query;
    query.documents = true;
    alm_arena_init(&x->arena, MAX_ARENA);
    alm_page_records_init(&x->records);
    alm_status status = alm_feed_start(feed, &query, err);
    while (status == ALM_OK && (status = alm_feed_next(feed, columns, err)) == ALM_OK) {
        status = give_document(x, columns, err);
        ++*count;
    }
    alm_page_records_release(&x->records);
    alm_arena_release(&x->arena);
    return status == ALM_END ? ALM_OK : status;
}

alm_status alm_export_text(alm_feed *feed, alm_parts *parts, alm_export_format format,
                           const alm_export_options *options, uint64_t *count, alm_err *err) {
    document_export documents = {.options = options, .parts = parts};
    text_export rows = {.parts = parts, .format = format};
    if (format == ALM_EXPORT_JSON) return export_documents(feed, &documents, count, err);
    alm_buf_init(&rows.record, MAX_RECORD);
    alm_status status = alm_export_rows(feed, options, give_row, &rows, count, err);
    alm_buf_release(&rows.record);
    return status;
}

alm_status alm_export_store(alm_feed *feed, alm_sink *sink, const alm_export_options *options, uint64_t *count,
                            alm_err *err) {
    document_export documents = {.options = options, .sink = sink};
    alm_status status = export_documents(feed, &documents, count, err);
    return status == ALM_OK ? alm_sink_commit(sink, err) : status;
}
