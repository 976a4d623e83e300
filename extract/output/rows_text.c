#include "base/json.h"
#include "extract/output/output.h"
#include "extract/output/rows.h"

static void write_json_row(alm_buf *out, const alm_row *row) {
    alm_json json;
    alm_json_init(&json, out, false);
    alm_json_object(&json);
    for (int i = 0; i < ALM_FIELD_COUNT; i++) {
        alm_json_key(&json, alm_field_name((alm_field)i));
        if (alm_field_is_json((alm_field)i))
            alm_json_raw(&json, row->fields[i]);
        else
            alm_json_text(&json, row->fields[i]);
    }
    alm_json_object_end(&json);
    alm_buf_add_byte(out, '\n');
}

alm_status alm_write_ndjson(alm_buf *out, alm_arena *arena, const alm_document *document) {
    alm_rows rows;
    alm_status status = alm_rows_init(&rows, arena, document);
    if (status != ALM_OK) return status;
    for (size_t i = 0; i < document->donation_count && out->status == ALM_OK; i++) {
        alm_row row;
        status = alm_row_fill(&row, &rows, i);
        if (status != ALM_OK) return status;
        write_json_row(out, &row);
    }
    return out->status;
}

/* RFC 4180 2.6 and 2.7: quotes around what holds a comma, quote or line end; quotes inside are doubled. */
void alm_write_csv_field(alm_buf *out, alm_str text) {
    bool quoted = false;
    for (size_t i = 0; i < text.len && !quoted; i++)
        quoted = text.ptr[i] == ',' || text.ptr[i] == '"' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
    if (!quoted) {
        alm_buf_add(out, text);
        return;
    }
    alm_buf_add_byte(out, '"');
    for (size_t start = 0; start < text.len;) {
        size_t quote = alm_str_find(text, ALM_STR("\""), start);
        size_t end = quote == SIZE_MAX ? text.len : quote + 1;
        alm_buf_add(out, alm_str_slice(text, start, end));
        if (quote != SIZE_MAX) alm_buf_add_byte(out, '"');
        start = end;
    }
    alm_buf_add_byte(out, '"');
}

alm_status alm_write_csv_header(alm_buf *out) {
    for (int i = 0; i < ALM_FIELD_COUNT; i++) {
        if (i > 0) alm_buf_add_byte(out, ',');
        alm_buf_add_c(out, alm_field_name((alm_field)i));
    }
    return alm_buf_add(out, ALM_STR("\r\n"));
}

alm_status alm_write_csv(alm_buf *out, alm_arena *arena, const alm_document *document) {
    alm_rows rows;
    alm_status status = alm_rows_init(&rows, arena, document);
    if (status != ALM_OK) return status;
    for (size_t i = 0; i < document->donation_count && out->status == ALM_OK; i++) {
        alm_row row;
        status = alm_row_fill(&row, &rows, i);
        if (status != ALM_OK) return status;
        for (int k = 0; k < ALM_FIELD_COUNT; k++) {
            if (k > 0) alm_buf_add_byte(out, ',');
            alm_write_csv_field(out, row.fields[k]);
        }
        alm_buf_add(out, ALM_STR("\r\n"));
    }
    return out->status;
}
