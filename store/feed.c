#include "store/feed.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { MAX_SQL = 1 << 20, MAX_CONDITIONS = 64 };

const char *const alm_feed_columns[ALM_FEED_COLUMNS] = {
    "uid",          "url",           "title",          "published",
    "source",       "donor",         "donor_type",     "donor_org",
    "donor_person", "donor_role",    "association",    "association_role",
    "cash_amount",  "cash_currency", "cash_qualifier", "goods",
    "goods_items",  "value_amount",  "value_currency", "recipients",
    "channels",     "donation_date", "status",         "total",
    "evidence",     "rule",          "confidence",     "fetched_at",
    "schema",       "state",         "replaces",       "seq",
    "changed_at"};

struct alm_feed {
    alm_snapshot *snapshot;
    size_t column_count;
    char store_id[24], cursor[ALM_CURSOR_MAX];
    int64_t seq;
};

/* ---- conditions ---- */

static const struct {
    const char *sign, *sql;
} compares[] = {
    [ALM_IS] = {"=", "="},   [ALM_IS_NOT] = {"!=", "<>"},   [ALM_LESS] = {"<", "<"},     [ALM_AT_MOST] = {"<=", "<="},
    [ALM_MORE] = {">", ">"}, [ALM_AT_LEAST] = {">=", ">="}, [ALM_CONTAINS] = {"~", NULL}};

static int compare_of(alm_str sign) {
    for (size_t i = 0; i < sizeof compares / sizeof compares[0]; i++)
        if (alm_str_is_c(sign, compares[i].sign)) return (int)i;
    return -1;
}

static bool is_number(const char *value) {
    char *end;
    errno = 0;
    strtod(value, &end);
    return end != value && *end == '\0' && errno == 0;
}

static bool is_amount(int field) {
    return strcmp(alm_feed_columns[field], "cash_amount") == 0 || strcmp(alm_feed_columns[field], "value_amount") == 0;
}

alm_status alm_feed_condition_parse(alm_feed_condition *out, const char *text, alm_err *err) {
    size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz_"), at = name + strspn(text + name, " ");
    size_t sign = strspn(text + at, "=!<>~");
    const char *value = text + at + sign + strspn(text + at + sign, " ");
    int compare = compare_of((alm_str){text + at, sign});
    if (compare < 0)
        return alm_fail(err, ALM_E_INVALID, "\"%.200s\": expected FIELD, one of = != < <= > >= ~, and a value", text);
    for (int i = 0; i < ALM_FEED_COLUMNS; i++) {
        if (!alm_str_is_c((alm_str){text, name}, alm_feed_columns[i])) continue;
        if ((is_amount(i) || i == ALM_FEED_CONFIDENCE) && *value && (compare == ALM_CONTAINS || !is_number(value)))
            return alm_fail(err, ALM_E_INVALID, "\"%.200s\": %s is compared with a number", text, alm_feed_columns[i]);
        bool truth = strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
        if (i == ALM_FEED_TOTAL && (!truth || compare > ALM_IS_NOT))
            return alm_fail(err, ALM_E_INVALID, "\"%.200s\": total is true or false", text);
        *out = (alm_feed_condition){i, (alm_compare)compare, value};
        return ALM_OK;
    }
    return alm_fail(err, ALM_E_INVALID, "\"%.200s\": there is no field \"%.*s\" in a row", text, (int)name, text);
}

typedef struct sql {
    alm_buf text;
    const char *parameters[MAX_CONDITIONS + 4];
    char numbers[4][24];
    size_t parameter_count, number_count;
    alm_store_kind kind;
} sql;

static void add_number(sql *s, const char *before, int64_t number) {
    char *room = s->numbers[s->number_count++];
    snprintf(room, sizeof s->numbers[0], "%lld", (long long)number);
    s->parameters[s->parameter_count++] = room;
    alm_buf_printf(&s->text, "%s CAST($%zu AS BIGINT)", before, s->parameter_count);
}

static void add_condition(sql *s, const alm_feed_condition *c) {
    const char *field = alm_feed_columns[c->field];
    if (*c->value == '\0' && (c->compare == ALM_IS || c->compare == ALM_IS_NOT)) {
        alm_buf_printf(&s->text, " AND d.%s IS %sNULL", field, c->compare == ALM_IS ? "" : "NOT ");
        return;
    }
    if (c->field == ALM_FEED_TOTAL) {
        bool is = (c->compare == ALM_IS) == (strcmp(c->value, "true") == 0);
        alm_buf_printf(&s->text, " AND %s d.total", is ? "" : "NOT");
        return;
    }
    s->parameters[s->parameter_count++] = c->value;
    size_t n = s->parameter_count;
    if (c->compare == ALM_CONTAINS)
        alm_buf_printf(&s->text, " AND %s(CAST(d.%s AS TEXT), $%zu) > 0",
                       s->kind == ALM_STORE_SQLITE ? "instr" : "strpos", field, n);
    else if (is_amount(c->field))
        alm_buf_printf(&s->text, " AND d.%.5s_cents %s CAST($%zu AS NUMERIC) * 100", field[0] == 'c' ? "cash" : "value",
                       compares[c->compare].sql, n);
    else if (c->field == ALM_FEED_CONFIDENCE)
        alm_buf_printf(&s->text, " AND d.%s %s CAST($%zu AS NUMERIC)", field, compares[c->compare].sql, n);
    else
        alm_buf_printf(&s->text, " AND CAST(d.%s AS TEXT) %s $%zu", field, compares[c->compare].sql, n);
}

static void add_changes(sql *s, const alm_feed_query *q, const char *table) {
    if (!q->changes) return;
    alm_buf_printf(&s->text, " AND %s.seq >", table);
    add_number(s, "", q->after_seq);
    alm_buf_printf(&s->text, " AND %s.changed_ms >=", table);
    add_number(s, "", q->since_ms);
}

/* A row whose uid is current again, here or on another page, is not told as superseded. */
static void write_rows(sql *s, const alm_feed_query *q) {
    for (int i = 0; i < ALM_FEED_COLUMNS; i++)
        alm_buf_printf(&s->text, "%s CAST(d.%s AS TEXT)", i ? "," : "SELECT", alm_feed_columns[i]);
    alm_buf_add_c(&s->text,
                  ", CAST(d.version_id AS TEXT), CAST(d.replaces_version AS TEXT) FROM donations_all d WHERE");
    if (q->history)
        alm_buf_add_c(&s->text, " d.seq > 0");
    else if (q->changes)
        alm_buf_add_c(&s->text, " (d.state = 'current' OR (d.state = 'superseded' AND NOT EXISTS"
                                " (SELECT 1 FROM donations c WHERE c.uid = d.uid AND c.state = 'current')))");
    else
        alm_buf_add_c(&s->text, " d.state = 'current'");
    add_changes(s, q, "d");
    for (size_t i = 0; i < q->condition_count; i++) add_condition(s, &q->conditions[i]);
    alm_buf_add_c(&s->text, " ORDER BY d.seq");
}

static void write_documents(sql *s, const alm_feed_query *q) {
    alm_buf_add_c(&s->text, "SELECT p.url, CAST(v.fetched_ms AS TEXT), CASE WHEN v.gone THEN '1' ELSE '0' END,"
                            " CAST(v.document AS TEXT) FROM versions v JOIN pages p ON p.page_id = v.page_id WHERE");
    if (q->history)
        alm_buf_add_c(&s->text, " v.seq > 0");
    else if (q->changes)
        alm_buf_add_c(&s->text, " v.state = 'current'");
    else
        alm_buf_add_c(&s->text, " v.state = 'current' AND NOT v.gone");
    add_changes(s, q, "v");
    if (q->condition_count > 0) {
        alm_buf_add_c(&s->text, " AND EXISTS (SELECT 1 FROM donations_all d WHERE d.page_id = v.page_id");
        if (!q->history) alm_buf_add_c(&s->text, " AND (v.gone OR d.state <> 'superseded')");
        for (size_t i = 0; i < q->condition_count; i++) add_condition(s, &q->conditions[i]);
        alm_buf_add_c(&s->text, ")");
    }
    /* history in the order in which it happened: read again in this order, it gives the same versions */
    alm_buf_add_c(&s->text, q->history ? " ORDER BY v.fetched_ms, v.version_id" : " ORDER BY v.seq");
}

alm_status alm_feed_start(alm_feed *feed, const alm_feed_query *query, alm_err *err) {
    sql s = {.kind = alm_snapshot_kind(feed->snapshot)};
    if (query->condition_count > MAX_CONDITIONS)
        return alm_fail(err, ALM_E_LIMIT, "more than %d conditions", MAX_CONDITIONS);
    alm_buf_init(&s.text, MAX_SQL);
    if (query->documents)
        write_documents(&s, query);
    else
        write_rows(&s, query);
    feed->column_count = query->documents ? ALM_FEED_DOCUMENT_COLUMNS : ALM_FEED_ALL_COLUMNS;
    alm_status status = s.text.status == ALM_OK
                            ? alm_snapshot_query(feed->snapshot, s.text.ptr, s.parameters, s.parameter_count, err)
                            : alm_fail(err, s.text.status, "out of memory");
    alm_buf_release(&s.text);
    return status;
}

alm_status alm_feed_next(alm_feed *feed, alm_str *columns, alm_err *err) {
    return alm_snapshot_next(feed->snapshot, columns, feed->column_count, err);
}

/* ---- cursors ---- */

const char *alm_feed_cursor(const alm_feed *feed) { return feed->cursor; }

/* "2026-11-23" or "2026-11-23T09:00:00Z" */
static bool read_time(int64_t *out, const char *text) {
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    if (end && *end == 'T') end = strptime(end, "T%H:%M:%SZ", &tm);
    if (!end || *end) return false;
    *out = (int64_t)timegm(&tm) * 1000;
    return true;
}

alm_status alm_feed_since(const alm_feed *feed, alm_feed_query *query, const char *since, alm_err *err) {
    const char *dash = strrchr(since, '-');
    char *end = NULL;
    query->changes = true;
    if (read_time(&query->since_ms, since)) return ALM_OK;
    errno = 0;
    long long seq = dash && isdigit((unsigned char)dash[1]) ? strtoll(dash + 1, &end, 10) : 0;
    bool named = dash && dash > since && strspn(since, "0123456789abcdef") == (size_t)(dash - since);
    if (!named || !end || *end || errno)
        return alm_fail(err, ALM_E_INVALID, "\"%.100s\" is neither a cursor nor a time such as 2026-11-23T09:00:00Z",
                        since);
    if (!alm_str_is_c((alm_str){since, (size_t)(dash - since)}, feed->store_id))
        return alm_fail(err, ALM_E_INVALID, "the cursor %.100s is of another store; that of this one begins with %s",
                        since, feed->store_id);
    if (seq > feed->seq)
        return alm_fail(err, ALM_E_INVALID,
                        "the cursor %.100s is ahead of this store, which is at %s: was it restored?", since,
                        feed->cursor);
    query->after_seq = seq;
    return ALM_OK;
}

static alm_status read_clock(alm_feed *feed, alm_err *err) {
    alm_str columns[2];
    alm_status status =
        alm_snapshot_query(feed->snapshot, "SELECT store_id, CAST(seq AS TEXT) FROM clock", NULL, 0, err);
    if (status == ALM_OK) status = alm_snapshot_next(feed->snapshot, columns, 2, err);
    if (status == ALM_END) return alm_fail(err, ALM_E_STORAGE, "the store has lost its clock");
    if (status != ALM_OK) return status;
    snprintf(feed->store_id, sizeof feed->store_id, "%.*s", ALM_FMT(columns[0]));
    feed->seq = columns[1].ptr ? strtoll(columns[1].ptr, NULL, 10) : 0;
    snprintf(feed->cursor, sizeof feed->cursor, "%s-%lld", feed->store_id, (long long)feed->seq);
    return ALM_OK;
}

alm_status alm_feed_open(alm_feed **out, const alm_store_location *location, alm_err *err) {
    alm_feed *feed = alm_calloc(1, sizeof *feed);
    if (!feed) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_status status = alm_snapshot_open(&feed->snapshot, location, err);
    if (status == ALM_OK) status = read_clock(feed, err);
    if (status == ALM_OK)
        *out = feed;
    else
        alm_feed_free(feed);
    return status;
}

void alm_feed_free(alm_feed *feed) {
    if (!feed) return;
    alm_snapshot_free(feed->snapshot);
    alm_free(feed);
}
