#include "extract/page/shadow.h"

#include <assert.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/page/shadow_priv.h"

enum { FIRST_PRIVATE = 0xF0000, REPLACEMENT = 0xFFFD };

static bool is_upper_plane_han(uint32_t code) { return code >= 0x20000 && code <= 0x3FFFF; }

static alm_status make_room(alm_shadow_line *line, size_t more) {
    if (line->chars && line->cap - line->count >= more) return ALM_OK;
    size_t cap = line->cap + line->cap / 2 + more + 1, bytes;
    if (!alm_size_mul(&bytes, cap, sizeof *line->chars)) return ALM_E_LIMIT;
    alm_shadow_char *grown = alm_realloc(line->chars, bytes);
    if (!grown) return ALM_E_NOMEM;
    line->chars = grown;
    line->cap = cap;
    return ALM_OK;
}

static uint8_t space_width(uint32_t code) { return code == 0x3000 || code == 0x2003 ? 2 : 1; }

static inline void push(alm_shadow_line *line, uint32_t code, uint8_t kind, uint32_t at, uint32_t was) {
    line->chars[line->count++] = (alm_shadow_char){code, at, kind, was < 0x2000 ? 1 : 2};
}

static void push_space(alm_shadow_line *line, uint32_t at, uint32_t was) {
    assert(line->chars);
    alm_shadow_char *last = line->count ? &line->chars[line->count - 1] : NULL;
    if (last && last->kind == ALM_CHAR_SPACE) {
        if (last->width < UINT8_MAX - 1) last->width = (uint8_t)(last->width + space_width(was));
        return;
    }
    line->chars[line->count++] = (alm_shadow_char){' ', at, ALM_CHAR_SPACE, space_width(was)};
}

/* Beyond the BMP: Han of the extensions, mathematical letters and digits, emoji, tags, selectors. */
static void push_upper(alm_shadow_line *line, const alm_shadow_tables *tables, uint32_t code, uint32_t at) {
    if (is_upper_plane_han(code)) {
        line->han++;
        push(line, code, ALM_CHAR_HAN, at, code);
        return;
    }
    if (code >= FIRST_PRIVATE) {
        push(line, REPLACEMENT, ALM_CHAR_OTHER, at, code);
        return;
    }
    if (u_hasBinaryProperty((UChar32)code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    UChar form[ALM_EXPANSION_MAX];
    int32_t len = -1;
    if (U_SUCCESS(status)) len = unorm2_getDecomposition(nfkc, (UChar32)code, form, ALM_EXPANSION_MAX, &status);
    if (U_SUCCESS(status) && len == 1)
        push(line, tables->forms[form[0]].code, tables->forms[form[0]].kind, at, code);
    else
        push(line, code, u_isalpha((UChar32)code) ? ALM_CHAR_LETTER : ALM_CHAR_OTHER, at, code);
}

static void push_expansion(alm_shadow_line *line, const alm_shadow_tables *tables, uint32_t code, uint32_t at) {
    const uint32_t *expansion = &tables->expansions[tables->forms[code].code];
    for (size_t i = 1; i <= expansion[0]; i++) {
        uint32_t part = expansion[i];
        if (part > 0xFFFF)
            push_upper(line, tables, part, at);
        else if (tables->forms[part].kind == ALM_CHAR_SPACE)
            push_space(line, at, part);
        else if (tables->forms[part].kind < ALM_CHAR_SPACE)
            push(line, tables->forms[part].code, tables->forms[part].kind, at, code);
    }
}

/* A character that is not simply another one. */
static void push_rare(alm_shadow_line *line, const alm_shadow_tables *tables, uint32_t code, uint32_t at) {
    if (code > 0xFFFF)
        push_upper(line, tables, code, at);
    else if (tables->forms[code].kind == ALM_CHAR_SPACE)
        push_space(line, at, code);
    else if (tables->forms[code].kind == ALM_CHAR_EXPANDED)
        push_expansion(line, tables, code, at);
}

/* The code point at p, nearly always of three bytes; how long it is. */
static inline size_t next_code(alm_str text, size_t at, uint32_t *code) {
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    if ((p[0] & 0xF0) == 0xE0) {
        *code = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
        return 3;
    }
    size_t end = at;
    *code = alm_utf8_next(text, &end);
    return end - at;
}

/* @p count is how many characters the text has: there is always room for all that are left. */
static alm_status read_text(alm_shadow_line *line, const alm_shadow_tables *tables, alm_str text, size_t count) {
    alm_status status = make_room(line, count);
    for (size_t at = 0; status == ALM_OK && at < text.len; count--) {
        uint32_t code, start = (uint32_t)at;
        at += next_code(text, at, &code);
        alm_shadow_form form = code <= 0xFFFF ? tables->forms[code] : (alm_shadow_form){.kind = ALM_CHAR_EXPANDED};
        if (form.kind < ALM_CHAR_SPACE) {
            line->han += form.kind == ALM_CHAR_HAN;
            line->traditional += form.kind == ALM_CHAR_HAN && form.code != code;
            push(line, form.code, form.kind, start, code);
            continue;
        }
        if (form.kind == ALM_CHAR_EXPANDED) status = make_room(line, count + ALM_EXPANSION_MAX);
        if (status == ALM_OK) push_rare(line, tables, code, start);
    }
    return status;
}

static size_t encoded_len(const alm_shadow_line *line) {
    size_t len = 0;
    for (size_t i = 0; i < line->count; i++) {
        uint32_t code = line->chars[i].code;
        len += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    return len;
}

static alm_status write_text(alm_shadow *out, alm_arena *arena, const alm_shadow_line *line) {
    size_t len = encoded_len(line);
    char *bytes = alm_arena_alloc(arena, len + 4);
    uint32_t *origin = alm_arena_alloc(arena, (len + 1) * sizeof *origin);
    if (!bytes || !origin) return ALM_E_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < line->count; i++) {
        size_t more = alm_utf8_encode(bytes + n, line->chars[i].code);
        for (size_t k = 0; k < more; k++) origin[n + k] = line->chars[i].at;
        n += more;
    }
    bytes[n] = '\0';
    origin[n] = (uint32_t)out->original.len;
    out->text = (alm_str){bytes, n};
    out->origin = origin;
    out->traditional = line->traditional * 10 > line->han;
    return ALM_OK;
}

/* For each byte the number of code points before it; one entry more for the end. */
static uint32_t *count_code_points(alm_arena *arena, alm_str text) {
    uint32_t *count = alm_arena_alloc(arena, (text.len + 1) * sizeof *count);
    if (!count) return NULL;
    uint32_t seen = 0;
    for (size_t i = 0; i < text.len; i++) {
        /* a code point is behind us where the next one starts */
        seen += i > 0 && ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
        count[i] = seen;
    }
    count[text.len] = seen + (text.len > 0);
    return count;
}

alm_status alm_shadow_make(alm_shadow *out, alm_arena *arena, const alm_shadow_tables *tables, alm_str text,
                           alm_err *err) {
    if (text.len >= UINT32_MAX / 4) return alm_fail(err, ALM_E_LIMIT, "a text of %zu bytes is too long", text.len);
    alm_shadow_line line = {0};
    alm_shadow shadow = {.original = text, .count = count_code_points(arena, text)};
    alm_status status = shadow.count ? read_text(&line, tables, text, shadow.count[text.len]) : ALM_E_NOMEM;
    if (status == ALM_OK) {
        alm_shadow_settle_marks(&line, tables);
        alm_shadow_settle_spaces(&line);
        shadow.strewn = line.strewn;
        status = write_text(&shadow, arena, &line);
    }
    alm_free(line.chars);
    if (status != ALM_OK) return alm_fail(err, status, "no memory for the shadow of %zu bytes", text.len);
    *out = shadow;
    return ALM_OK;
}

void alm_shadow_to_original(const alm_shadow *shadow, uint32_t start, uint32_t end, uint32_t *from, uint32_t *to) {
    *from = shadow->origin[start];
    *to = *from;
    if (end <= start) return;
    uint32_t last = shadow->origin[end - 1];
    *to = last + (uint32_t)alm_utf8_len((unsigned char)shadow->original.ptr[last]);
}

void alm_shadow_to_code_points(const alm_shadow *shadow, uint32_t start, uint32_t end, uint32_t *from, uint32_t *to) {
    alm_shadow_to_original(shadow, start, end, from, to);
    *from = shadow->count[*from];
    *to = shadow->count[*to];
}
