/*
 * Bytes of a page through decode, as HTML of an unknown server, and through every converter of ours. The first byte
 * picks what the server says.
 */
#include "base/utf8.h"
#include "extract/page/charset_priv.h"
#include "extract/page/decode.h"
#include "fuzz/fuzz.h"

enum { ARENA = 64 << 20 };

static void convert_by_all(alm_arena *arena, alm_str bytes) {
    static const char *const labels[] = {"utf-8",     "gb18030", "big5",        "utf-16le",    "utf-16be",
                                         "shift_jis", "euc-kr",  "iso-2022-jp", "windows-1252"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        alm_str text;
        size_t replaced;
        const alm_charset *charset = alm_charset_find(alm_str_of(labels[i]));
        ALM_FUZZ_HOLDS(alm_charset_convert(&text, &replaced, arena, charset, bytes) == ALM_OK);
        ALM_FUZZ_HOLDS(alm_utf8_valid_prefix(text) == text.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const said[] = {"", "utf-8", "gb2312", "big5", "iso-8859-1", "utf-16", "euc-jp", "koi8-r"};
    alm_decode_hints hints = {0};
    if (size) hints.http_charset = alm_str_of(said[data[0] % (sizeof said / sizeof said[0])]);
    alm_str bytes = {(const char *)data + (size ? 1 : 0), size ? size - 1 : 0};
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    alm_decoded decoded;
    ALM_FUZZ_HOLDS(alm_decode(&decoded, &arena, bytes, &hints, NULL, NULL) == ALM_OK);
    ALM_FUZZ_HOLDS(alm_utf8_valid_prefix(decoded.text) == decoded.text.len);
    for (size_t i = 0; i < decoded.text.len; i++) ALM_FUZZ_HOLDS(decoded.text.ptr[i] != '\0');
    convert_by_all(&arena, bytes);
    alm_arena_release(&arena);
    return 0;
}
