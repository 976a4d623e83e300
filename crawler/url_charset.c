#include <stdio.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "crawler/url_priv.h"

/* The one file that knows ICU's converters: queries in the document's encoding (URL Standard, "percent-encode after
 * encoding"). */

struct alm_url_charset {
    UConverter *converter;
    bool is_gbk; /* gb18030 without its four-byte codes, and with 0x80 for the euro sign (Encoding Standard 10.2.2) */
};

/** WHATWG labels that ICU reads otherwise, or not at all (Encoding Standard 4.2). */
static const struct {
    const char *label, *icu;
} renamed[] = {
    {"gb2312", "GBK"},
    {"gb_2312", "GBK"},
    {"gb_2312-80", "GBK"},
    {"csgb2312", "GBK"},
    {"chinese", "GBK"},
    {"iso-ir-58", "GBK"},
    {"x-gbk", "GBK"},
    {"gbk", "GBK"},
    {"csiso58gb231280", "GBK"},
    {"gb18030", "gb18030"},
    {"big5", "Big5-HKSCS"},
    {"big5-hkscs", "Big5-HKSCS"},
    {"cn-big5", "Big5-HKSCS"},
    {"x-x-big5", "Big5-HKSCS"},
    {"iso-8859-1", "cp1252"},
    {"iso8859-1", "cp1252"},
    {"latin1", "cp1252"},
    {"l1", "cp1252"},
    {"ascii", "cp1252"},
    {"us-ascii", "cp1252"},
    {"shift_jis", "ibm-943"},
    {"sjis", "ibm-943"},
    {"x-sjis", "ibm-943"},
    {"euc-kr", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
};

static bool is_unicode(alm_str label) {
    static const char *const labels[] = {"utf-8", "utf8", "unicode-1-1-utf-8", "utf-16", "utf-16le", "utf-16be"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (alm_str_is_nocase(label, alm_str_of(labels[i]))) return true;
    return label.len == 0;
}

alm_status alm_url_charset_new(alm_url_charset **out, alm_str label) {
    char name[64];
    label = alm_str_trim(label);
    if (is_unicode(label) || label.len >= sizeof name) {
        *out = NULL;
        return ALM_OK;
    }
    memcpy(name, label.ptr, label.len);
    name[label.len] = '\0';
    const char *icu = name;
    for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++)
        if (alm_str_is_nocase(label, alm_str_of(renamed[i].label))) icu = renamed[i].icu;
    bool is_gbk = strcmp(icu, "GBK") == 0;
    UErrorCode code = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(is_gbk ? "gb18030" : icu, &code);
    if (U_FAILURE(code)) {
        *out = NULL;
        return code == U_MEMORY_ALLOCATION_ERROR ? ALM_E_NOMEM : ALM_OK;
    }
    ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
    alm_url_charset *charset = U_SUCCESS(code) ? alm_malloc(sizeof *charset) : NULL;
    if (!charset) {
        ucnv_close(converter);
        return ALM_E_NOMEM;
    }
    *charset = (alm_url_charset){.converter = converter, .is_gbk = is_gbk};
    *out = charset;
    return ALM_OK;
}

void alm_url_charset_free(alm_url_charset *charset) {
    if (!charset) return;
    ucnv_close(charset->converter);
    alm_free(charset);
}

/** Write the bytes of @p cp to @p out; their number, or 0 where the charset lacks it. */
static size_t encode(alm_url_charset *charset, uint32_t cp, char out[16]) {
    if (charset->is_gbk && cp == 0x20AC) {
        out[0] = (char)0x80;
        return 1;
    }
    UChar units[2];
    int32_t count = 0;
    U16_APPEND_UNSAFE(units, count, cp);
    const UChar *source = units;
    char *target = out;
    UErrorCode code = U_ZERO_ERROR;
    ucnv_resetFromUnicode(charset->converter);
    ucnv_fromUnicode(charset->converter, &target, out + 16, &source, units + count, NULL, true, &code);
    size_t len = (size_t)(target - out);
    return U_FAILURE(code) || (charset->is_gbk && len > 2) ? 0 : len;
}

/** One code point in the charset: percent codes of its bytes, or of the reference that HTML forms send for it. */
static void put_code_point(alm_url_writer *w, uint32_t cp, const alm_url_set *set, alm_url_charset *charset) {
    char bytes[16] = {0};
    size_t len = encode(charset, cp, bytes);
    if (len == 0) {
        char reference[32];
        int written = snprintf(reference, sizeof reference, "%%26%%23%u%%3B", (unsigned)cp);
        alm_url_put_str(w, (alm_str){reference, (size_t)written});
    }
    for (size_t i = 0; i < len; i++) {
        if (alm_url_in_set(set, (unsigned char)bytes[i]))
            alm_url_put_percent(w, (unsigned char)bytes[i]);
        else
            alm_url_put(w, bytes[i]);
    }
}

void alm_url_put_charset(alm_url_writer *w, alm_str s, const alm_url_set *set, alm_url_charset *charset) {
    for (size_t at = 0; at < s.len;) {
        unsigned char c = (unsigned char)s.ptr[at];
        if (c >= 0x80) {
            size_t len = alm_utf8_len(c);
            alm_str one = {s.ptr + at, len <= s.len - at ? len : 1};
            bool valid = one.len > 1 && alm_utf8_valid_prefix(one) == one.len;
            uint32_t cp = 0xFFFD;
            if (valid)
                cp = alm_utf8_next(s, &at);
            else
                at++;
            put_code_point(w, cp, set, charset);
            continue;
        }
        if (alm_url_in_set(set, c))
            alm_url_put_percent(w, c);
        else
            alm_url_put(w, (char)c);
        at++;
    }
}
