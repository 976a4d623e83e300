/**
 * What a store has to tell: all that is current, or what changed after a cursor, in the order of the changes.
 *
 * A cursor is "STORE-SEQ": the id of the store and the last number that its clock had given (schemas/sqlite.sql).
 * Numbers are given in the order of commits, so that what comes later has a higher one: nothing is lost and nothing
 * comes twice.
 */
#ifndef ALM_STORE_FEED_H
#define ALM_STORE_FEED_H

#include "store/snapshot.h"

enum { ALM_CURSOR_MAX = 48, ALM_FEED_MAX_COLUMNS = 40 };

/** The columns of a feed of rows: the flat row (docs/records.md), then these. */
enum { ALM_FEED_TOTAL = 23, ALM_FEED_GOODS_ITEMS = 16, ALM_FEED_CONFIDENCE = 26, ALM_FEED_ROW_COLUMNS = 29 };
enum { ALM_FEED_STATE = 29, ALM_FEED_REPLACES, ALM_FEED_SEQ, ALM_FEED_CHANGED_AT, ALM_FEED_COLUMNS };
/** Behind them, for alm_feed_document: the versions that told the row and the one it replaces. */
enum { ALM_FEED_VERSION = ALM_FEED_COLUMNS, ALM_FEED_REPLACES_VERSION, ALM_FEED_ALL_COLUMNS };
extern const char *const alm_feed_columns[ALM_FEED_COLUMNS];

/** The columns of a feed of documents. */
typedef enum alm_feed_document {
    ALM_FEED_DOCUMENT_URL,
    ALM_FEED_DOCUMENT_FETCHED_MS,
    ALM_FEED_DOCUMENT_GONE, /**< "1": a tombstone */
    ALM_FEED_DOCUMENT_JSON, /**< {0} of a tombstone */
    ALM_FEED_DOCUMENT_COLUMNS
} alm_feed_document;

typedef enum alm_compare {
    ALM_IS,
    ALM_IS_NOT,
    ALM_LESS,
    ALM_AT_MOST,
    ALM_MORE,
    ALM_AT_LEAST,
    ALM_CONTAINS
} alm_compare;

/** A condition on a field of the flat row. Amounts and confidence compare as numbers, all else as text. */
typedef struct alm_feed_condition {
    int field; /**< index into alm_feed_columns */
    alm_compare compare;
    const char *value; /**< borrowed; "" with ALM_IS and ALM_IS_NOT is null */
} alm_feed_condition;

/**
 * Read "FIELD OP VALUE" with OP one of = != < <= > >= ~ (contains), white space around it allowed. The value is kept as
 * a pointer into @p text.
 *
 * @return ALM_OK, ALM_E_INVALID (the message names what was expected).
 */
ALM_MUST_USE alm_status alm_feed_condition_parse(alm_feed_condition *out, const char *text, alm_err *err);

/** All-zero: all current rows. */
typedef struct alm_feed_query {
    bool documents; /**< page documents instead of rows; conditions choose pages by their rows */
    bool history;   /**< superseded ones and tombstones too */
    bool changes;   /**< what changed after `after_seq` and not before `since_ms`, superseded rows and tombstones too */
    int64_t after_seq, since_ms;
    const alm_feed_condition *conditions; /**< all must hold; borrowed */
    size_t condition_count;
} alm_feed_query;

typedef struct alm_feed alm_feed;

/** As alm_snapshot_open. */
ALM_MUST_USE alm_status alm_feed_open(alm_feed **out, const alm_store_location *location, alm_err *err);
void alm_feed_free(alm_feed *feed);

/** The cursor of this moment: continue here next time. Borrowed. */
const char *alm_feed_cursor(const alm_feed *feed);

/**
 * Fill query->changes, after_seq and since_ms from a cursor, or from a time (YYYY-MM-DD, or RFC 3339 in UTC).
 *
 * @return ALM_OK, ALM_E_INVALID (neither, or the cursor of another store, or ahead of this one).
 */
ALM_MUST_USE alm_status alm_feed_since(const alm_feed *feed, alm_feed_query *query, const char *since, alm_err *err);

/** @return ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_feed_start(alm_feed *feed, const alm_feed_query *query, alm_err *err);

/** The next row or document: ALM_FEED_ALL_COLUMNS or ALM_FEED_DOCUMENT_COLUMNS of @p columns. ALM_END at the end. */
ALM_MUST_USE alm_status alm_feed_next(alm_feed *feed, alm_str *columns, alm_err *err);

#endif
