#include "base/base.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

const char *alm_status_name(alm_status status) {
    switch (status) {
    case ALM_OK: return "ok";
    case ALM_END: return "end";
    case ALM_E_NOMEM: return "out-of-memory";
    case ALM_E_INVALID: return "invalid";
    case ALM_E_IO: return "io";
    case ALM_E_PARSE: return "parse";
    case ALM_E_LIMIT: return "limit";
    case ALM_E_NOT_FOUND: return "not-found";
    case ALM_E_UNSUPPORTED: return "unsupported";
    case ALM_E_NETWORK: return "network";
    case ALM_E_HTTP: return "http";
    case ALM_E_REFUSED: return "refused";
    case ALM_E_STORAGE: return "storage";
    case ALM_E_INTERNAL: return "internal";
    }
    return "unknown";
}

typedef struct place {
    int system;
    const char *file;
    uint32_t line;
    uint32_t column;
} place;

static void ALM_PRINTF(4, 0) fill(alm_err *err, alm_status code, place at, const char *format, va_list args) {
    if (!err || err->code != ALM_OK) return;
    err->code = code;
    err->system = at.system;
    err->line = at.line;
    err->column = at.column;
    snprintf(err->file, sizeof err->file, "%s", at.file ? at.file : "");
    vsnprintf(err->message, sizeof err->message, format, args);
}

alm_status alm_fail(alm_err *err, alm_status code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fill(err, code, (place){0}, format, args);
    va_end(args);
    return code;
}

alm_status alm_fail_system(alm_err *err, alm_status code, int system, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fill(err, code, (place){.system = system}, format, args);
    va_end(args);
    return code;
}

alm_status alm_fail_at(alm_err *err, alm_status code, const char *file, uint32_t line, uint32_t column,
                       const char *format, ...) {
    va_list args;
    va_start(args, format);
    fill(err, code, (place){.file = file, .line = line, .column = column}, format, args);
    va_end(args);
    return code;
}

void alm_err_describe(const alm_err *err, char *out, size_t size) {
    if (!err || size == 0) return;
    if (!err->file[0])
        snprintf(out, size, "%s", err->message);
    else if (err->line && err->column)
        snprintf(out, size, "%s:%u:%u: %s", err->file, err->line, err->column, err->message);
    else if (err->line)
        snprintf(out, size, "%s:%u: %s", err->file, err->line, err->message);
    else
        snprintf(out, size, "%s: %s", err->file, err->message);
}

int alm_str_compare(alm_str a, alm_str b) {
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    if (order != 0) return order;
    return (a.len > b.len) - (a.len < b.len);
}

size_t alm_str_find(alm_str s, alm_str needle, size_t from) {
    if (from > s.len) return SIZE_MAX;
    if (needle.len == 0) return from;
    size_t anchor =
        needle.len > 2 && (unsigned char)needle.ptr[0] >= 0xE0 ? 2 : 0; /* lead bytes of Han are all alike */
    while (s.len - from >= needle.len) {
        const char *hit = memchr(s.ptr + from + anchor, needle.ptr[anchor], s.len - from - needle.len + 1);
        if (!hit) return SIZE_MAX;
        from = (size_t)(hit - s.ptr) - anchor;
        if (memcmp(s.ptr + from, needle.ptr, needle.len) == 0) return from;
        from++;
    }
    return SIZE_MAX;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

alm_str alm_str_trim(alm_str s) {
    while (s.len && is_space(s.ptr[0])) s.ptr++, s.len--;
    while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

bool alm_str_is_nocase(alm_str a, alm_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (tolower((unsigned char)a.ptr[i]) != tolower((unsigned char)b.ptr[i])) return false;
    return true;
}

uint64_t alm_hash(alm_str s) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    return hash;
}
