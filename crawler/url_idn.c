#include <pthread.h>
#include <unicode/uidna.h>

#include "crawler/url_priv.h"

/* The one file that knows ICU's IDNA. */

static UIDNA *idna; /* one for the process, thread-safe by ICU's word, never closed */
static pthread_once_t idna_once = PTHREAD_ONCE_INIT;

static void open_idna(void) {
    UErrorCode code = U_ZERO_ERROR;
    uint32_t options =
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE;
    UIDNA *opened = uidna_openUTS46(options, &code);
    if (U_SUCCESS(code)) idna = opened;
}

/* The URL Standard asks for CheckHyphens=false and VerifyDnsLength=false; ICU always checks and tells. */
static const uint32_t tolerated = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                  UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                                  UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

alm_status alm_url_put_idn(alm_url_writer *w, alm_str domain, alm_err *err) {
    pthread_once(&idna_once, open_idna);
    if (!idna) return alm_fail(err, ALM_E_NOMEM, "IDNA tables do not load");
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode code = U_ZERO_ERROR;
    int32_t room = (int32_t)(w->cap - w->len);
    int32_t len = uidna_nameToASCII_UTF8(idna, domain.ptr, (int32_t)domain.len, w->ptr + w->len, room, &info, &code);
    if (code == U_BUFFER_OVERFLOW_ERROR) return alm_fail(err, ALM_E_LIMIT, "host is too long");
    if (U_FAILURE(code) || (info.errors & ~tolerated) != 0)
        return alm_fail(err, ALM_E_PARSE, "host is no valid international domain name");
    w->len += (size_t)len;
    return ALM_OK;
}
