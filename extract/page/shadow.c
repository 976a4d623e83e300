#include "extract/page/shadow.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/page/shadow_priv.h"

enum { FIRST_ROOM = 64 };

static bool is_upper_plane_han(uint32_t code) { return code >= 0x20000 && code <= 0x3FFFF; }

static alm_status make_room(alm_shadow_line *line, size_t more) {
    if (line->cap - line->count >= more) return ALM_OK;
    size_t cap = line->cap * 2 + more, bytes;
    if (!alm_size_mul(&bytes, cap, sizeof *line->chars)) return ALM_E_LIMIT;
    alm_shadow_char *grown = alm_realloc(line->chars, bytes);
    if (!grown) return ALM_E_NOMEM;
    line->chars = grown;
    line->cap = cap;
    return ALM_OK;
}

static void push(alm_shadow_line *line, uint32_t code, alm_char_kind kind, uint32_t at, uint32_t was) {
    uint8_t width = kind == ALM_CHAR_SPACE ? (was == 0x3000 || was == 0x2003 ? 2 : 1) : was >= 0x2000 ? 2 : 1;
    line->chars[line->count++] = (alm_shadow_char){code, at, (uint8_t)kind, width};
}

static void push_space(alm_shadow_line *line, uint32_t at, uint32_t was) {
    alm_shadow_char *last = line->count ? &line->chars[line->count - 1] : NULL;
    if (!last || last->kind != ALM_CHAR_SPACE) {
        push(line, ' ', ALM_CHAR_SPACE, at, was);
        return;
    }
    unsigned width = last->width + (was == 0x3000 || was == 0x2003 ? 2u : 1u);
    last->width = (uint8_t)(width > UINT8_MAX ? UINT8_MAX : width);
}

/* Beyond the BMP: Han of the extensions, mathematical letters and digits, emoji, tags, selectors. */
static void push_upper(alm_shadow_line *line, const alm_shadow_tables *tables, uint32_t code, uint32_t at) {
    if (is_upper_plane_han(code)) {
        line->han++;
        push(line, code, ALM_CHAR_HAN, at, code);
        return;
    }
    if (u_hasBinaryProperty((UChar32)code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    UChar form[ALM_EXPANSION_MAX];
    int32_t len =
        U_SUCCESS(status) ? unorm2_getDecomposition(nfkc, (UChar32)code, form, ALM_EXPANSION_MAX, &status) : -1;
    if (U_SUCCESS(status) && len == 1)
        push(line, tables->code[form[0]], tables->kind[form[0]], at, code);
    else
        push(line, code, u_isalpha((UChar32)code) ? ALM_CHAR_LETTER : ALM_CHAR_OTHER, at, code);
}

static alm_status push_expansion(alm_shadow_line *line, const alm_shadow_tables *tables, uint32_t code, uint32_t at) {
    const uint32_t *expansion = &tables->expansions[tables->code[code]];
    alm_status status = make_room(line, ALM_EXPANSION_MAX + 1);
    if (status != ALM_OK) return status;
    for (size_t i = 1; i <= expansion[0]; i++) {
        uint32_t part = expansion[i];
        if (part > 0xFFFF)
            push_upper(line, tables, part, at);
        else if (tables->kind[part] == ALM_CHAR_SPACE)
            push_space(line, at, part);
        else if (tables->kind[part] != ALM_CHAR_EXPANDED)
            push(line, tables->code[part], tables->kind[part], at, code);
    }
    return ALM_OK;
}

static alm_status push_code(alm_shadow_line *line, const alm_shadow_tables *tables, uint32_t code, uint32_t at) {
    if (code > 0xFFFF) {
        push_upper(line, tables, code, at);
        return ALM_OK;
    }
    alm_char_kind kind = tables->kind[code];
    switch (kind) {
    case ALM_CHAR_NOTHING: break;
    case ALM_CHAR_SPACE: push_space(line, at, code); break;
    case ALM_CHAR_EXPANDED: return push_expansion(line, tables, code, at);
    case ALM_CHAR_HAN:
        line->han++;
        line->traditional += tables->code[code] != code;
        push(line, tables->code[code], kind, at, code);
        break;
    default: push(line, tables->code[code], kind, at, code); break;
    }
    return ALM_OK;
}

/* Each character costs at most one place, but for those that expand: they see to their own room. */
static alm_status read_text(alm_shadow_line *line, const alm_shadow_tables *tables, alm_str text) {
    alm_status status = make_room(line, alm_utf8_count(text) + FIRST_ROOM);
    for (size_t at = 0; status == ALM_OK && at < text.len;) {
        uint32_t start = (uint32_t)at;
        uint32_t code = alm_utf8_next(text, &at);
        if (line->count == line->cap) status = make_room(line, FIRST_ROOM);
        if (status == ALM_OK) status = push_code(line, tables, code, start);
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

static alm_status write_text(alm_shadow *out, alm_arena *arena, const alm_shadow_line *line, alm_str text) {
    size_t len = encoded_len(line);
    char *bytes = alm_arena_alloc(arena, len + 4);
    uint32_t *origin = alm_arena_alloc(arena, (len + 1) * sizeof *origin);
    uint32_t *count = alm_arena_alloc(arena, (text.len + 1) * sizeof *count);
    if (!bytes || !origin || !count) return ALM_E_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < line->count; i++) {
        size_t more = alm_utf8_encode(bytes + n, line->chars[i].code);
        for (size_t k = 0; k < more; k++) origin[n + k] = line->chars[i].at;
        n += more;
    }
    bytes[n] = '\0';
    origin[n] = (uint32_t)text.len;
    uint32_t seen = 0;
    for (size_t i = 0; i < text.len; i++) {
        count[i] = seen;
        /* a byte counts for the ones behind it where the next byte starts a character */
        seen += i + 1 == text.len || ((unsigned char)text.ptr[i + 1] & 0xC0) != 0x80;
    }
    count[text.len] = seen;
    *out = (alm_shadow){.text = {bytes, n},
                        .origin = origin,
                        .count = count,
                        .original = text,
                        .traditional = line->traditional * 10 > line->han};
    return ALM_OK;
}

alm_status alm_shadow_make(alm_shadow *out, alm_arena *arena, const alm_shadow_tables *tables, alm_str text,
                           alm_err *err) {
    if (text.len >= UINT32_MAX / 4) return alm_fail(err, ALM_E_LIMIT, "a text of %zu bytes is too long", text.len);
    alm_shadow_line line = {0};
    alm_status status = read_text(&line, tables, text);
    if (status == ALM_OK) {
        alm_shadow_settle_marks(&line, tables);
        alm_shadow_settle_spaces(&line);
        status = write_text(out, arena, &line, text);
    }
    alm_free(line.chars);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "no memory for the shadow of %zu bytes", text.len);
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
