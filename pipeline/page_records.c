#include "pipeline/page_records.h"

#include "extract/output/output.h"

enum { MAX_JSON = 64 << 20 };

void alm_page_records_init(alm_page_records *records) {
    *records = (alm_page_records){.version = ""};
    alm_buf_init(&records->json, MAX_JSON);
    alm_buf_init(&records->rows, MAX_JSON);
}

void alm_page_records_release(alm_page_records *records) {
    alm_buf_release(&records->json);
    alm_buf_release(&records->rows);
}

alm_status alm_page_records_fill(alm_page_records *records, alm_arena *arena, const alm_document *document,
                                 bool with_text, const alm_privacy *privacy, alm_err *err) {
    alm_document treated;
    alm_buf_reset(&records->json);
    alm_buf_reset(&records->rows);
    alm_status status = alm_private_apply(&treated, arena, document, privacy->people, privacy->salt, err);
    if (status != ALM_OK) return status;
    status = alm_write_page(&records->json, arena, &treated, with_text, false);
    if (status == ALM_OK) status = alm_write_ndjson(&records->rows, arena, &treated);
    if (status == ALM_OK) status = alm_document_digest(records->version, &treated, arena);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "document: %s", alm_status_name(status));
}
