#include "extract/rules/explain.h"

#include <stdarg.h>
#include <stdio.h>

void alm_explain_line(const alm_explain *explain, const char *format, ...) {
    if (!explain->write) return;
    char line[2048];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    if (len < 0) return;
    size_t used = (size_t)len < sizeof line - 2 ? (size_t)len : sizeof line - 2;
    line[used] = '\n';
    explain->write(explain->context, line, used + 1);
}

static void write_token(const alm_explain *explain, const alm_folded *folded, const alm_token *token) {
    alm_str text = alm_token_text(folded, token);
    if (token->class_id == ALM_CLASS_TEXT) {
        explain->write(explain->context, text.ptr, text.len);
        return;
    }
    alm_str name = folded->pack->classes[token->class_id];
    char piece[256];
    int len = snprintf(piece, sizeof piece, "\xE2\x9F\xA8%.*s %.*s\xE2\x9F\xA9", ALM_FMT(name), ALM_FMT(text));
    if (len > 0) explain->write(explain->context, piece, (size_t)len < sizeof piece ? (size_t)len : sizeof piece - 1);
}

void alm_explain_folded(const alm_explain *explain, const char *phase, const alm_folded *folded) {
    if (!explain->write) return;
    alm_explain_line(explain, "== %s: %zu tokens, %zu mentions", phase, folded->count, folded->mention_count);
    for (size_t i = 0; i < folded->count; i++) write_token(explain, folded, &folded->tokens[i]);
    alm_explain_line(explain, "%s", "");
}
