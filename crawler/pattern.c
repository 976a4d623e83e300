#define PCRE2_CODE_UNIT_WIDTH 8
#include "crawler/pattern.h"

#include <pcre2.h>

#include "base/alloc.h"

enum { MATCH_LIMIT = 100000 };

struct alm_pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

alm_status alm_pattern_new(alm_pattern **out, alm_str text, alm_err *err) {
    alm_pattern *p = alm_calloc(1, sizeof *p);
    if (!p) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    int code;
    PCRE2_SIZE at;
    p->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, 0, &code, &at, NULL);
    if (!p->code) {
        PCRE2_UCHAR why[128];
        pcre2_get_error_message(code, why, sizeof why);
        alm_free(p);
        return alm_fail(err, ALM_E_PARSE, "pattern '%.*s', at %zu: %s", ALM_FMT(text), (size_t)at, (char *)why);
    }
    (void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without JIT it is slower, not wrong */
    p->match = pcre2_match_data_create(1, NULL);
    p->limits = pcre2_match_context_create(NULL);
    if (!p->match || !p->limits) {
        alm_pattern_free(p);
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    pcre2_set_match_limit(p->limits, MATCH_LIMIT);
    *out = p;
    return ALM_OK;
}

void alm_pattern_free(alm_pattern *p) {
    if (!p) return;
    pcre2_code_free(p->code);
    pcre2_match_data_free(p->match);
    pcre2_match_context_free(p->limits);
    alm_free(p);
}

bool alm_pattern_finds(const alm_pattern *p, alm_str subject) {
    return pcre2_match(p->code, (PCRE2_SPTR)subject.ptr, subject.len, 0, 0, p->match, p->limits) >= 0;
}
