#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "store/database_postgres.h"
#include "store/resolution_priv.h"

enum { ROWS_MAX = 64 << 20, SEND_AT = 1 << 20 };

typedef struct postgres_writer {
    alm_resolution_writer base;
    PGconn *connection;
    alm_buf rows[ALM_RESOLUTION_TABLES]; /* in the text format of COPY, not yet sent */
} postgres_writer;

static alm_status run(alm_resolution_writer *writer, const char *sql, uint64_t *changed, alm_err *err) {
    postgres_writer *w = (postgres_writer *)writer;
    PGresult *result = PQexec(w->connection, sql);
    alm_status status = ALM_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        status = alm_postgres_fail(w->connection, result, err, "write what is tied");
    else if (changed)
        *changed = strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return status;
}

static void add_value(alm_buf *out, alm_str value) {
    if (!value.ptr) {
        alm_buf_add_c(out, "\\N");
        return;
    }
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.ptr[i];
        char escape = byte == '\\' ? '\\' : byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte == '\t' ? 't' : '\0';
        if (escape) alm_buf_add_byte(out, '\\');
        alm_buf_add_byte(out, escape ? escape : byte);
    }
}

static alm_status send_rows(postgres_writer *w, size_t table, alm_err *err) {
    alm_buf *rows = &w->rows[table];
    if (rows->status != ALM_OK) return alm_fail(err, rows->status, "no memory for rows");
    if (rows->len == 0) return ALM_OK;
    char sql[128];
    snprintf(sql, sizeof sql, "COPY new_%s FROM STDIN", alm_resolution_tables[table].name);
    PGresult *result = PQexec(w->connection, sql);
    bool well = PQresultStatus(result) == PGRES_COPY_IN;
    if (well) {
        PQclear(result);
        well = PQputCopyData(w->connection, rows->ptr, (int)rows->len) == 1 && PQputCopyEnd(w->connection, NULL) == 1;
        result = PQgetResult(w->connection);
        well = well && PQresultStatus(result) == PGRES_COMMAND_OK;
    }
    alm_status status = well ? ALM_OK : alm_postgres_fail(w->connection, result, err, "gather what is tied");
    PQclear(result);
    while ((result = PQgetResult(w->connection))) PQclear(result);
    alm_buf_reset(rows);
    return status;
}

static alm_status put(alm_resolution_writer *writer, size_t table, const alm_str *values, alm_err *err) {
    postgres_writer *w = (postgres_writer *)writer;
    for (size_t i = 0; i < alm_resolution_tables[table].column_count; i++) {
        if (i) alm_buf_add_byte(&w->rows[table], '\t');
        add_value(&w->rows[table], values[i]);
    }
    alm_buf_add_byte(&w->rows[table], '\n');
    return w->rows[table].len < SEND_AT ? ALM_OK : send_rows(w, table, err);
}

static alm_status flush(alm_resolution_writer *writer, alm_err *err) {
    alm_status status = ALM_OK;
    for (size_t i = 0; i < ALM_RESOLUTION_TABLES && status == ALM_OK; i++)
        status = send_rows((postgres_writer *)writer, i, err);
    return status;
}

static void writer_free(alm_resolution_writer *writer) {
    postgres_writer *w = (postgres_writer *)writer;
    for (size_t i = 0; i < ALM_RESOLUTION_TABLES; i++) alm_buf_release(&w->rows[i]);
    PQfinish(w->connection);
    alm_free(w);
}

static const alm_resolution_writer_vtable vtable = {run, put, flush, writer_free};

alm_status alm_resolution_writer_postgres(alm_resolution_writer **out, const char *url, alm_err *err) {
    postgres_writer *w = alm_calloc(1, sizeof *w);
    if (!w) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    w->base.vtable = &vtable;
    for (size_t i = 0; i < ALM_RESOLUTION_TABLES; i++) alm_buf_init(&w->rows[i], ROWS_MAX);
    alm_status status = alm_postgres_connect(&w->connection, url, true, err);
    if (status == ALM_OK)
        *out = &w->base;
    else
        writer_free(&w->base);
    return status;
}
