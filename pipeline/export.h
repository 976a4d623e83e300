/**
 * A feed of a store as text: rows as JSON lines or CSV, or page documents.
 */
#ifndef ALM_PIPELINE_EXPORT_H
#define ALM_PIPELINE_EXPORT_H

#include "pipeline/page_records.h"
#include "store/feed.h"
#include "store/parts.h"
#include "store/sink.h"

typedef enum alm_export_format { ALM_EXPORT_NDJSON, ALM_EXPORT_CSV, ALM_EXPORT_JSON } alm_export_format;

typedef struct alm_export_options {
    const alm_store_location *location; /**< of the feed's store */
    alm_feed_query query;               /**< `documents` is filled in */
    alm_privacy privacy;
} alm_export_options;

/** The head record of @p format into @p out: nothing but for CSV. */
alm_status alm_export_head(alm_buf *out, alm_export_format format);

/** A row of ALM_FEED_COLUMNS columns, masked, borrowed for the call. */
typedef alm_status (*alm_export_row)(void *context, const alm_str *columns, alm_err *err);

/** Tell @p row the rows that @p options choose. @return as alm_export_text, or what @p row returned. */
ALM_MUST_USE alm_status alm_export_rows(alm_feed *feed, const alm_export_options *options, alm_export_row row,
                                        void *context, uint64_t *count, alm_err *err);

/** Write what @p feed has to @p parts. *count: records. @return ALM_OK, ALM_E_STORAGE, ALM_E_IO, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_export_text(alm_feed *feed, alm_parts *parts, alm_export_format format,
                                        const alm_export_options *options, uint64_t *count, alm_err *err);

/** Put the documents that @p feed has into @p sink, as one group, and commit it. */
ALM_MUST_USE alm_status alm_export_store(alm_feed *feed, alm_sink *sink, const alm_export_options *options,
                                         uint64_t *count, alm_err *err);

#endif
