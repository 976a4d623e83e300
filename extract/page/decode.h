/**
 * Step 1, decode: bytes in some charset to UTF-8.
 *
 * Order of belief: BOM, caller's override, HTTP header, meta prescan, then a check of the bytes; where a declaration
 * and the bytes disagree, the bytes are right. Labels and meta prescan by the WHATWG Encoding and HTML Standards;
 * GB2312 and GBK are read as GB18030. Bytes that mean nothing in the charset become U+FFFD and are counted.
 */
#ifndef ALM_EXTRACT_PAGE_DECODE_H
#define ALM_EXTRACT_PAGE_DECODE_H

#include "base/arena.h"
#include "base/base.h"
#include "extract/diagnostic.h"

typedef struct alm_decode_hints {
    alm_str override_label; /**< --encoding: obeyed unless there is a BOM; unknown label is ALM_E_INVALID */
    alm_str http_charset;   /**< charset parameter of Content-Type */
    bool plain_text;        /**< no meta prescan */
} alm_decode_hints;

typedef enum alm_charset_source {
    ALM_CHARSET_BOM,
    ALM_CHARSET_OVERRIDE,
    ALM_CHARSET_HTTP,
    ALM_CHARSET_META,
    ALM_CHARSET_BYTES
} alm_charset_source;

typedef struct alm_decoded {
    alm_str text;        /**< valid UTF-8 without BOM; in the arena, or the input itself where nothing had to change */
    const char *charset; /**< WHATWG name in lower case ("gb18030", "big5", "utf-8", "utf-16le", …); static storage */
    const char *encoding; /**< as charset, but "gbk" where the page says so: queries of links are encoded by it */
    alm_charset_source source;
    size_t replaced; /**< U+FFFD written for bytes that mean nothing */
    size_t stripped; /**< control characters taken out (all below U+0020 but tab, line feed, form feed, return) */
} alm_decoded;

/**
 * Decode @p bytes. Notes a wrong declaration as "charset-mismatch" and undecodable bytes as "charset-invalid-bytes".
 *
 * @return ALM_OK, ALM_E_INVALID (unknown override label), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_decode(alm_decoded *out, alm_arena *arena, alm_str bytes, const alm_decode_hints *hints,
                                   alm_diagnostics *diagnostics, alm_err *err);

/** The WHATWG name of an encoding label (any case, white space around it), or NULL. Static storage. */
const char *alm_charset_by_label(alm_str label);

/**
 * The charset that a browser would find out before it looks at the text: BOM, else the HTML Standard's meta prescan, as
 * a WHATWG name; NULL where neither tells. Where a browser prescans 1,024 bytes and starts over on a later meta, one
 * prescan of 64 KiB gives both.
 */
const char *alm_charset_prescan(alm_str bytes);

#endif
