#include "extract/almoner.h"

#include "base/buf.h"
#include "extract/output/output.h"
#include "extract/session.h"

static alm_status render(alm_session *session, const alm_output_options *options) {
    alm_buf *out = &session->output;
    const alm_document *document = &session->document;
    switch (options->format) {
    case ALM_FORMAT_JSON: return alm_write_page(out, &session->arena, document, options->with_text, options->pretty);
    case ALM_FORMAT_NDJSON: return alm_write_ndjson(out, &session->arena, document);
    case ALM_FORMAT_CSV:
        if (options->csv_header) alm_write_csv_header(out);
        return alm_write_csv(out, &session->arena, document);
    }
    return ALM_E_INVALID;
}

int alm_session_write(alm_session *session, const alm_output_options *options, alm_write_fn write, void *context) {
    static const alm_output_options defaults;
    alm_session_begin(session);
    if (!session->has_document)
        return alm_session_settle(session, alm_fail(&session->err, ALM_E_INVALID, "there is no document to write"));
    alm_buf_reset(&session->output);
    alm_status status = render(session, options ? options : &defaults);
    if (status == ALM_OK && session->output.len > 0 && write(context, session->output.ptr, session->output.len) != 0)
        status = alm_fail(&session->err, ALM_E_IO, "the output was not taken");
    return alm_session_settle(session, status);
}
