#include "extract/page/charset_priv.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include "base/utf8.h"
#include "extract/page/utf8_step.h"

enum { REPLACEMENT = 0xFFFD };

/* The text as it grows; the room was reckoned for the worst case. */
typedef struct writer {
    char *at;
    size_t replaced;
} writer;

static inline void put(writer *w, uint32_t code) {
    if (code >= 0x800 && code < 0x10000) { /* nearly all */
        w->at[0] = (char)(0xE0 | code >> 12);
        w->at[1] = (char)(0x80 | (code >> 6 & 0x3F));
        w->at[2] = (char)(0x80 | (code & 0x3F));
        w->at += 3;
        return;
    }
    w->at += alm_utf8_encode(w->at, code);
}

static void put_replacement(writer *w) {
    w->replaced++;
    put(w, REPLACEMENT);
}

static const char *copy_ascii(writer *w, const char *at, const char *end) {
    size_t run = alm_ascii_run(at, end);
    memcpy(w->at, at, run);
    w->at += run;
    return at + run;
}

static void from_utf8(writer *w, alm_str bytes) {
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (at < end) {
        if ((unsigned char)*at < 0x80) {
            at = copy_ascii(w, at, end);
            continue;
        }
        bool ok;
        size_t len = alm_utf8_step((const unsigned char *)at, (size_t)(end - at), &ok);
        if (ok) {
            memcpy(w->at, at, len);
            w->at += len;
        } else {
            put_replacement(w);
        }
        at += len;
    }
}

/* A sequence that starts with lead, digit: how many bytes it takes. Encoding Standard, "gb18030 decoder". */
static size_t gb18030_four(writer *w, const unsigned char *p, size_t left) {
    if (left < 3 || p[2] < 0x81 || p[2] == 0xFF || (left > 3 && (p[3] < 0x30 || p[3] > 0x39))) {
        put_replacement(w);
        return left < 3 ? left : 1;
    }
    if (left == 3) {
        put_replacement(w);
        return 3;
    }
    uint32_t pointer = ((p[0] - 0x81u) * 10 + p[1] - 0x30u) * 1260 + (p[2] - 0x81u) * 10 + p[3] - 0x30u;
    uint32_t code = alm_gb18030_four(pointer);
    if (code)
        put(w, code);
    else
        put_replacement(w);
    return 4;
}

static size_t gb18030_sequence(writer *w, const uint16_t *table, const unsigned char *p, size_t left) {
    if (p[0] == 0x80) {
        put(w, 0x20AC);
        return 1;
    }
    if (p[0] == 0xFF || left == 1) {
        put_replacement(w);
        return 1;
    }
    if (p[1] >= 0x30 && p[1] <= 0x39) return gb18030_four(w, p, left);
    uint32_t code = p[1] >= 0x40 && p[1] < 0xFF ? table[(p[0] - 0x81u) * ALM_TRAILS + p[1] - 0x40u] : 0;
    if (code) {
        put(w, code);
        return 2;
    }
    put_replacement(w);
    return p[1] < 0x80 ? 1 : 2;
}

static void from_gb18030(writer *w, const uint16_t *table, alm_str bytes) {
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (at < end) {
        if ((unsigned char)*at < 0x80)
            at = copy_ascii(w, at, end);
        else
            at += gb18030_sequence(w, table, (const unsigned char *)at, (size_t)(end - at));
    }
}

static size_t big5_sequence(writer *w, const uint32_t *table, const unsigned char *p, size_t left) {
    if (p[0] == 0x80 || p[0] == 0xFF || left == 1) {
        put_replacement(w);
        return 1;
    }
    uint32_t code = p[1] >= 0x40 && p[1] < 0xFF ? table[(p[0] - 0x81u) * ALM_TRAILS + p[1] - 0x40u] : 0;
    if (code & ALM_BIG5_PAIR) {
        put(w, code & 0xFFFF);
        put(w, code >> 16 & 0x7FFF);
    } else if (code) {
        put(w, code);
    } else {
        put_replacement(w);
        return p[1] < 0x80 ? 1 : 2;
    }
    return 2;
}

static void from_big5(writer *w, const uint32_t *table, alm_str bytes) {
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (at < end) {
        if ((unsigned char)*at < 0x80)
            at = copy_ascii(w, at, end);
        else
            at += big5_sequence(w, table, (const unsigned char *)at, (size_t)(end - at));
    }
}

static void from_utf16(writer *w, bool big_endian, alm_str bytes) {
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    size_t high = big_endian ? 0 : 1, low = 1 - high;
    for (size_t i = 0; i + 1 < bytes.len; i += 2) {
        uint32_t unit = (uint32_t)p[i + high] << 8 | p[i + low];
        if ((unit & 0xF800) != 0xD800) {
            put(w, unit);
            continue;
        }
        uint32_t next = i + 3 < bytes.len ? (uint32_t)p[i + 2 + high] << 8 | p[i + 2 + low] : 0;
        if (unit < 0xDC00 && (next & 0xFC00) == 0xDC00) {
            put(w, 0x10000 + ((unit & 0x3FF) << 10 | (next & 0x3FF)));
            i += 2;
        } else {
            put_replacement(w);
        }
    }
    if (bytes.len % 2) put_replacement(w);
}

/* As the standard's decoders do, leaves an ASCII byte behind a lead that it does not belong to in the text. */
static void U_CALLCONV on_error(const void *context, UConverterToUnicodeArgs *args, const char *units, int32_t length,
                                UConverterCallbackReason reason, UErrorCode *status) {
    (void)context;
    if (reason > UCNV_IRREGULAR) return;
    UChar out[2] = {REPLACEMENT};
    int32_t count = 1;
    if (length == 2 && (units[0] & 0x80) && !(units[1] & 0x80)) out[count++] = (UChar)units[1];
    *status = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, out, count, 0, status);
}

/* U+FFFD is counted as it comes out: no charset that ICU converts for us can spell it. */
static void put_units(writer *w, const UChar *units, size_t count) {
    for (size_t i = 0; i < count;) {
        uint32_t code = alm_utf16_next(units, &i, count);
        if ((code & 0xFFFFF800) == 0xD800 || code == REPLACEMENT)
            put_replacement(w);
        else
            put(w, code);
    }
}

/* Where a pair of surrogates is cut by the end of the chunk, its first half waits for the next one. */
static alm_status from_icu(writer *w, const char *name, alm_str bytes) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &status);
    if (U_FAILURE(status)) return status == U_MEMORY_ALLOCATION_ERROR ? ALM_E_NOMEM : ALM_E_UNSUPPORTED;
    ucnv_setToUCallBack(converter, on_error, NULL, NULL, NULL, &status);
    const char *source = bytes.ptr, *end = bytes.ptr + bytes.len;
    UChar chunk[1024] = {0};
    size_t kept = 0;
    bool more = true;
    while (more) {
        UChar *target = chunk + kept;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &target, chunk + 1024, &source, end, NULL, true, &status);
        more = status == U_BUFFER_OVERFLOW_ERROR;
        size_t count = (size_t)(target - chunk);
        kept = more && count && (chunk[count - 1] & 0xFC00) == 0xD800 ? 1 : 0;
        put_units(w, chunk, count - kept);
        if (kept) chunk[0] = chunk[count - 1];
    }
    ucnv_close(converter);
    return ALM_OK;
}

/* No charset makes more of a byte than this: an ASCII byte stays one, any other at most one character of 3 bytes … */
static size_t room_for(const alm_charset *charset, alm_str bytes) {
    size_t high = 0;
    /* … but the units of UTF-16 and the escape sequences of ISO-2022-JP spell with bytes below 0x80 */
    if (charset->kind == ALM_KIND_UTF16LE || charset->kind == ALM_KIND_UTF16BE || charset->kind == ALM_KIND_MULTI)
        high = bytes.len;
    else
        for (size_t i = 0; i < bytes.len; i++) high += (unsigned char)bytes.ptr[i] >= 0x80;
    return bytes.len + 2 * high + 4;
}

alm_status alm_charset_convert(alm_str *text, size_t *replaced, alm_arena *arena, const alm_charset *charset,
                               alm_str bytes) {
    if (charset->kind == ALM_KIND_UNKNOWN) return ALM_E_UNSUPPORTED;
    if (charset->kind == ALM_KIND_UTF8 && alm_utf8_valid_prefix(bytes) == bytes.len) {
        *text = bytes;
        *replaced = 0;
        return ALM_OK;
    }
    if (bytes.len > SIZE_MAX / 4) return ALM_E_NOMEM;
    char *out = alm_arena_alloc(arena, room_for(charset, bytes));
    if (!out) return ALM_E_NOMEM;
    writer w = {.at = out};
    alm_status status = ALM_OK;
    const uint16_t *gb18030 = NULL;
    const uint32_t *big5 = NULL;
    switch (charset->kind) {
    case ALM_KIND_UTF8: from_utf8(&w, bytes); break;
    case ALM_KIND_GB18030:
        gb18030 = alm_table_gb18030();
        if (!gb18030) return ALM_E_NOMEM;
        from_gb18030(&w, gb18030, bytes);
        break;
    case ALM_KIND_BIG5:
        big5 = alm_table_big5();
        if (!big5) return ALM_E_NOMEM;
        from_big5(&w, big5, bytes);
        break;
    case ALM_KIND_UTF16LE:
    case ALM_KIND_UTF16BE: from_utf16(&w, charset->kind == ALM_KIND_UTF16BE, bytes); break;
    default: status = from_icu(&w, charset->icu, bytes); break;
    }
    if (status != ALM_OK) return status;
    *w.at = '\0';
    *text = (alm_str){out, (size_t)(w.at - out)};
    *replaced = w.replaced;
    return ALM_OK;
}
