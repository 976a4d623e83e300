/*
 * What charset.py drives: one operation a line on stdin, one answer a line on stdout. Bytes travel in hex.
 *
 *   label HEX            WHATWG name or -
 *   bom HEX, meta HEX    name or -
 *   convert LABEL HEX    text in hex
 *   decode HTTP PATH     charset, replaced count, text in hex; HTTP is the header's charset or -
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "extract/page/charset_priv.h"
#include "extract/page/decode.h"

enum { MAX_BYTES = 64 * 1024 * 1024 };

static size_t from_hex(char *text) {
    size_t n = 0;
    for (char *p = text; p[0] && p[1]; p += 2) {
        char digits[3] = {p[0], p[1], '\0'};
        text[n++] = (char)strtoul(digits, NULL, 16);
    }
    return n;
}

static void print_hex(alm_str s) {
    for (size_t i = 0; i < s.len; i++) printf("%02x", (unsigned char)s.ptr[i]);
    putchar('\n');
}

static void print_charset(const alm_charset *charset) { puts(charset ? charset->name : "-"); }

static void convert(alm_arena *arena, const char *label, alm_str bytes) {
    const alm_charset *charset = alm_charset_find(alm_str_of(label));
    alm_str text;
    size_t replaced;
    if (charset && alm_charset_convert(&text, &replaced, arena, charset, bytes) == ALM_OK)
        print_hex(text);
    else
        puts("-");
}

static bool read_file(alm_buf *buf, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0) alm_buf_add(buf, (alm_str){block, n});
    fclose(file);
    return buf->status == ALM_OK;
}

static void decode(alm_arena *arena, const char *http, const char *path) {
    alm_buf buf;
    alm_buf_init(&buf, MAX_BYTES);
    alm_decoded decoded;
    alm_decode_hints hints = {.http_charset = strcmp(http, "-") == 0 ? (alm_str){0} : alm_str_of(http)};
    if (read_file(&buf, path) && alm_decode(&decoded, arena, alm_buf_str(&buf), &hints, NULL, NULL) == ALM_OK) {
        printf("%s %zu ", decoded.charset, decoded.replaced);
        print_hex(decoded.text);
    } else {
        puts("-");
    }
    alm_buf_release(&buf);
}

static void answer(alm_arena *arena, char *line) {
    char *rest = NULL, *op = strtok_r(line, " \n", &rest), *first = strtok_r(NULL, " \n", &rest);
    char *second = strtok_r(NULL, "\n", &rest), empty[] = "";
    if (!op) return;
    if (!first) first = empty;
    if (!second) second = empty;
    size_t bom_len;
    if (strcmp(op, "label") == 0)
        print_charset(alm_charset_find((alm_str){first, from_hex(first)}));
    else if (strcmp(op, "bom") == 0)
        print_charset(alm_charset_bom((alm_str){first, from_hex(first)}, &bom_len));
    else if (strcmp(op, "meta") == 0)
        print_charset(alm_charset_meta((alm_str){first, from_hex(first)}, ALM_MAX_PRESCAN));
    else if (strcmp(op, "convert") == 0)
        convert(arena, first, (alm_str){second, from_hex(second)});
    else if (strcmp(op, "decode") == 0)
        decode(arena, first, second);
    else
        puts("?");
}

int main(void) {
    char *line = NULL;
    size_t cap = 0;
    alm_arena arena;
    alm_arena_init(&arena, (size_t)1 << 30);
    while (getline(&line, &cap, stdin) > 0) {
        answer(&arena, line);
        fflush(stdout);
        alm_arena_reset(&arena);
    }
    alm_arena_release(&arena);
    free(line);
    return 0;
}
