#include "extract/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_ALL = 64, MAX_ONE_CODE = 8 };

void alm_diagnose(alm_diagnostics *diagnostics, alm_severity severity, const char *code, const char *format, ...) {
    if (!diagnostics || diagnostics->count >= MAX_ALL) return;
    size_t same = 0;
    for (size_t i = 0; i < diagnostics->count; i++) same += strcmp(diagnostics->items[i].code, code) == 0;
    if (same >= MAX_ONE_CODE) return;
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    void *items = diagnostics->items;
    if (alm_arena_grow(diagnostics->arena, &items, &diagnostics->cap, diagnostics->count, sizeof(alm_diagnostic)) !=
        ALM_OK)
        return;
    diagnostics->items = items;
    alm_str message = alm_arena_copy(diagnostics->arena, alm_str_of(text));
    if (!message.ptr) return;
    diagnostics->items[diagnostics->count++] = (alm_diagnostic){severity, code, message};
}

const char *alm_severity_name(alm_severity severity) {
    return severity == ALM_INFO ? "info" : severity == ALM_WARNING ? "warning" : "error";
}
