/* Content codings, the sniffing of bytes and Content-Type. The first byte chooses the coding. */
#include "crawler/content_coding.h"
#include "crawler/fetch.h"
#include "fuzz/fuzz.h"
#include "pipeline/sniff.h"

enum { OUT_MAX = 1 << 20 };

static bool lies_in(alm_str part, alm_str whole) {
    return !part.ptr || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void decode(alm_str coding, alm_str bytes) {
    alm_buf out;
    alm_buf_init(&out, OUT_MAX);
    alm_status status = alm_content_decode(&out, coding, bytes, NULL);
    ALM_FUZZ_HOLDS(status == ALM_OK || status == ALM_E_PARSE || status == ALM_E_LIMIT || status == ALM_E_UNSUPPORTED);
    ALM_FUZZ_HOLDS(out.len <= OUT_MAX);
    alm_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const char *const codings[] = {"gzip", "deflate", "br", "zstd"};
    alm_str text = {(const char *)bytes, len};
    alm_str type, charset;
    alm_content_type_split(text, &type, &charset);
    ALM_FUZZ_HOLDS(lies_in(type, text) && lies_in(charset, text));
    for (int wide = 0; wide < 2; wide++) {
        alm_content content = alm_sniff(text, type, wide);
        ALM_FUZZ_HOLDS((content.kind == ALM_CONTENT_OTHER) == (content.name != NULL));
    }
    if (len == 0) return 0;
    text = alm_str_slice(text, 1, len);
    decode(alm_str_of(codings[bytes[0] % 4]), text);
    decode(text, text);
    return 0;
}
