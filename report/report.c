#include "report/report.h"

#include <openssl/evp.h>

#include "base/buf.h"
#include "report/tables.h"
#include "report/template.h"

enum { HASH_TEXT = 64, POLICY_MAX = 1024, TITLE_MAX = 1 << 16 };

typedef struct page {
    alm_snapshot *snapshot;
    const alm_report_options *options;
    alm_report_write write;
    void *context;
    alm_err *err;
} page;

static alm_status put(page *p, alm_str bytes) { return p->write(p->context, bytes, p->err); }

/* "'sha256-…'", as a Content-Security-Policy names an inline script or style (CSP Level 3, 2.3.1). */
static bool hash_source(char out[HASH_TEXT], alm_str text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t length = 0;
    char base64[HASH_TEXT];
    if (EVP_Q_digest(NULL, "SHA2-256", NULL, text.ptr, text.len, digest, &length) != 1) return false;
    EVP_EncodeBlock((unsigned char *)base64, digest, (int)length);
    alm_buf buf;
    alm_buf_init(&buf, HASH_TEXT);
    alm_buf_printf(&buf, "'sha256-%s'", base64);
    bool well = buf.status == ALM_OK;
    if (well) memcpy(out, buf.ptr, buf.len + 1);
    alm_buf_release(&buf);
    return well;
}

static alm_status put_policy(page *p) {
    char script[HASH_TEXT], style[HASH_TEXT];
    if (!hash_source(script, alm_str_of(alm_report_script)) || !hash_source(style, alm_str_of(alm_report_style)))
        return alm_fail(p->err, ALM_E_NOMEM, "out of memory");
    alm_buf buf;
    alm_buf_init(&buf, POLICY_MAX);
    alm_buf_printf(
        &buf, "default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
        script, style);
    alm_status status =
        buf.status == ALM_OK ? put(p, alm_buf_str(&buf)) : alm_fail(p->err, buf.status, "out of memory");
    alm_buf_release(&buf);
    return status;
}

/* Text in HTML: the title is the only one that does not go through JSON. */
static alm_status put_title(page *p) {
    alm_str title = p->options->title.len ? p->options->title : ALM_STR("Almoner");
    alm_buf buf;
    alm_buf_init(&buf, TITLE_MAX);
    for (size_t i = 0; i < title.len; i++) {
        switch (title.ptr[i]) {
        case '<': alm_buf_add_c(&buf, "&lt;"); break;
        case '&': alm_buf_add_c(&buf, "&amp;"); break;
        case '"': alm_buf_add_c(&buf, "&quot;"); break;
        default: alm_buf_add_byte(&buf, title.ptr[i]);
        }
    }
    alm_status status =
        buf.status == ALM_OK ? put(p, alm_buf_str(&buf)) : alm_fail(p->err, buf.status, "title too long");
    alm_buf_release(&buf);
    return status;
}

static alm_status put_mark(page *p, alm_str mark) {
    if (alm_str_is_c(mark, "title")) return put_title(p);
    if (alm_str_is_c(mark, "policy")) return put_policy(p);
    if (alm_str_is_c(mark, "style")) return put(p, alm_str_of(alm_report_style));
    if (alm_str_is_c(mark, "script")) return put(p, alm_str_of(alm_report_script));
    if (alm_str_is_c(mark, "data"))
        return alm_report_write_tables(p->snapshot, p->options, p->write, p->context, p->err);
    return alm_fail(p->err, ALM_E_INTERNAL, "no mark {{%.*s}}", ALM_FMT(mark));
}

alm_status alm_report_write_page(alm_snapshot *snapshot, const alm_report_options *options, alm_report_write write,
                                 void *context, alm_err *err) {
    page p = {snapshot, options, write, context, err};
    alm_str text = alm_str_of(alm_report_page);
    alm_status status = ALM_OK;
    for (size_t at = 0; status == ALM_OK && at < text.len;) {
        size_t open = alm_str_find(text, ALM_STR("{{"), at);
        size_t close = open == SIZE_MAX ? SIZE_MAX : alm_str_find(text, ALM_STR("}}"), open);
        if (close == SIZE_MAX) return put(&p, alm_str_slice(text, at, text.len));
        status = put(&p, alm_str_slice(text, at, open));
        if (status == ALM_OK) status = put_mark(&p, alm_str_slice(text, open + 2, close));
        at = close + 2;
    }
    return status;
}
