#include "extract/page/decode.h"

#include "base/utf8.h"
#include "extract/page/charset_priv.h"

/* How sure the bytes must be (see alm_sniff_gb18030), by who says otherwise. */
static const double sure_alone = 0.3;           /* nobody, or a charset that the bytes cannot be */
static const double sure_against_latin = 0.5;   /* a server's default: most of them send it for whatever they have */
static const double sure_against_single = 0.75; /* Thai looks 0.7 Chinese */
static const double sure_against_chinese = 0.2; /* GB18030 and Big5: the one must be better than the other by this */

static const double sure_at_once = 0.95; /* read as the other one, such text is at most 0.7 */

typedef struct declaration {
    const alm_charset *charset; /* NULL: none */
    alm_charset_source source;
    size_t bom_len;
} declaration;

static const alm_charset *usable(const alm_charset *charset) {
    return charset && charset->kind != ALM_KIND_UNKNOWN ? charset : NULL;
}

static alm_status find_declaration(declaration *out, alm_str bytes, const alm_decode_hints *hints, alm_err *err) {
    *out = (declaration){.source = ALM_CHARSET_BYTES};
    const alm_charset *override = NULL;
    if (hints->override_label.len) {
        override = alm_charset_find(hints->override_label);
        if (!override) return alm_fail(err, ALM_E_INVALID, "unknown charset \"%.*s\"", ALM_FMT(hints->override_label));
        if (!usable(override)) return alm_fail(err, ALM_E_INVALID, "charset \"%s\" has no decoder", override->name);
    }
    size_t bom_len = 0;
    const alm_charset *bom = alm_charset_bom(bytes, &bom_len);
    if (bom) {
        *out = (declaration){bom, ALM_CHARSET_BOM, bom_len};
        return ALM_OK;
    }
    const alm_charset *http = override ? NULL : usable(alm_charset_find(hints->http_charset));
    if (override)
        *out = (declaration){override, ALM_CHARSET_OVERRIDE, 0};
    else if (http)
        *out = (declaration){http, ALM_CHARSET_HTTP, 0};
    else if (!hints->plain_text)
        *out = (declaration){alm_charset_meta(bytes, ALM_MAX_PRESCAN), ALM_CHARSET_META, 0};
    return ALM_OK;
}

/* The Chinese charset that the bytes look like; *score tells how much. No text is surely both. */
static const alm_charset *chinese(alm_str bytes, const alm_charset *declared, double *score) {
    bool is_big5 = declared && declared->kind == ALM_KIND_BIG5;
    double first = is_big5 ? alm_sniff_big5(bytes) : alm_sniff_gb18030(bytes), second = -1;
    if (declared && (is_big5 || declared->kind == ALM_KIND_GB18030)) first += sure_against_chinese;
    if (first < sure_at_once) second = is_big5 ? alm_sniff_gb18030(bytes) : alm_sniff_big5(bytes);
    *score = first >= second ? first : second;
    return alm_charset_of_kind((first >= second) == is_big5 ? ALM_KIND_BIG5 : ALM_KIND_GB18030);
}

/* The bytes are neither ASCII nor anything of Unicode; @p declared may be NULL. */
static const alm_charset *judge_legacy(alm_str bytes, const alm_charset *declared) {
    double score;
    const alm_charset *guess = chinese(bytes, declared, &score);
    switch (declared ? declared->kind : ALM_KIND_UNKNOWN) {
    case ALM_KIND_GB18030:
    case ALM_KIND_BIG5: return guess;
    case ALM_KIND_MULTI: return declared; /* Korean text, byte for byte, is Chinese text too */
    case ALM_KIND_LATIN: return score >= sure_against_latin ? guess : declared;
    case ALM_KIND_SINGLE: return score >= sure_against_single ? guess : declared;
    default: break;
    }
    if (score >= sure_alone) return guess;
    if (declared && declared->kind == ALM_KIND_UTF8) return declared;
    const alm_charset *other = alm_sniff_other(bytes);
    return other ? other : alm_charset_of_kind(ALM_KIND_LATIN);
}

static bool is_ascii(const alm_utf8_facts *utf8) { return utf8->errors + utf8->two + utf8->wide == 0; }

static bool extends_ascii(alm_charset_kind kind) {
    return kind != ALM_KIND_UTF16LE && kind != ALM_KIND_UTF16BE && kind != ALM_KIND_MULTI;
}

/* What the bytes are. The declaration is believed as far as they allow it. */
static const alm_charset *judge(alm_str bytes, const alm_charset *declared, const alm_utf8_facts *utf8) {
    const alm_charset *unicode = alm_charset_of_kind(ALM_KIND_UTF8);
    if (utf8->controls || utf8->errors) {
        alm_charset_kind kind = alm_sniff_utf16(bytes);
        if (kind != ALM_KIND_UNKNOWN) return alm_charset_of_kind(kind);
    }
    if (!usable(declared) || declared->kind == ALM_KIND_UTF16LE || declared->kind == ALM_KIND_UTF16BE) declared = NULL;
    if (is_ascii(utf8)) return declared ? declared : unicode;
    /* two-byte sequences alone are pairs of Chinese charsets and letters of others too: they prove nothing */
    bool proof = utf8->wide > 0 || !declared || declared->kind == ALM_KIND_UTF8 || declared->kind == ALM_KIND_LATIN;
    if (utf8->errors == 0 && proof) return unicode;
    /* headlines that a script cut in half leave stray bytes in UTF-8; other charsets hardly ever look like this */
    if (utf8->wide > 0 && utf8->errors * 4 <= utf8->wide) return unicode;
    return judge_legacy(bytes, declared);
}

static bool same_family(const alm_charset *a, const alm_charset *b) {
    return a == b || (a->kind == b->kind && a->kind == ALM_KIND_GB18030);
}

/* Browsers show nothing for control characters, and libxml2 2.9 stops at a NUL: take them out of @p text, in place. */
static size_t strip_controls(char *text, size_t len) {
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 || c == '\t' || c == '\n' || c == '\f' || c == '\r') text[kept++] = text[i];
    }
    return kept;
}

static alm_status without_controls(alm_decoded *out, alm_arena *arena) {
    alm_str text = alm_arena_copy(arena, out->text);
    if (!text.ptr) return ALM_E_NOMEM;
    char *bytes = (char *)(uintptr_t)text.ptr; /* ours: just copied */
    text.len = strip_controls(bytes, text.len);
    bytes[text.len] = '\0';
    out->stripped = out->text.len - text.len;
    out->text = text;
    return ALM_OK;
}

static const char *source_name(alm_charset_source source) {
    static const char *const names[] = {"the byte order mark", "the caller", "the server", "the page", "nobody"};
    return names[source];
}

alm_status alm_decode(alm_decoded *out, alm_arena *arena, alm_str bytes, const alm_decode_hints *hints,
                      alm_diagnostics *diagnostics, alm_err *err) {
    declaration declared;
    alm_status status = find_declaration(&declared, bytes, hints, err);
    if (status != ALM_OK) return status;
    bytes = alm_str_slice(bytes, declared.bom_len, bytes.len);
    alm_utf8_facts utf8;
    alm_sniff_utf8(&utf8, bytes);
    bool obeyed = declared.source == ALM_CHARSET_OVERRIDE || declared.bom_len == 2;
    const alm_charset *charset = obeyed ? declared.charset : judge(bytes, declared.charset, &utf8);
    bool agreed = declared.charset && same_family(charset, declared.charset);
    alm_decoded result = {.charset = charset->kind == ALM_KIND_GB18030 ? "gb18030" : charset->name,
                          .encoding = agreed ? declared.charset->name : charset->name,
                          .source = agreed ? declared.source : ALM_CHARSET_BYTES,
                          .text = bytes};
    if (!(is_ascii(&utf8) && extends_ascii(charset->kind)) && (charset->kind != ALM_KIND_UTF8 || utf8.errors > 0))
        status = alm_charset_convert(&result.text, &result.replaced, arena, charset, bytes);
    if (status == ALM_OK && (utf8.controls || charset->kind == ALM_KIND_UTF16LE || charset->kind == ALM_KIND_UTF16BE))
        status = without_controls(&result, arena);
    if (status != ALM_OK) return alm_fail(err, status, "cannot decode %zu bytes as %s", bytes.len, charset->name);
    if (declared.charset && !agreed)
        alm_diagnose(diagnostics, ALM_WARNING, "charset-mismatch", "%s says %s, the bytes are %s",
                     source_name(declared.source), declared.charset->name, result.charset);
    if (result.replaced)
        alm_diagnose(diagnostics, ALM_WARNING, "charset-invalid-bytes", "%zu places are not valid %s", result.replaced,
                     result.charset);
    *out = result;
    return ALM_OK;
}

const char *alm_charset_prescan(alm_str bytes) {
    size_t bom_len;
    const alm_charset *charset = alm_charset_bom(bytes, &bom_len);
    if (!charset) charset = alm_charset_meta(bytes, ALM_MAX_PRESCAN);
    return charset ? charset->name : NULL;
}
