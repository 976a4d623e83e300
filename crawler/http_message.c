#include "crawler/http_message.h"

/* The line at *at without its end; moves *at behind it. */
static alm_str next_line(alm_str text, size_t *at) {
    size_t end = alm_str_find(text, ALM_STR("\n"), *at);
    if (end == SIZE_MAX) end = text.len;
    alm_str line = alm_str_slice(text, *at, end);
    *at = end < text.len ? end + 1 : text.len;
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    return line;
}

bool alm_http_split(alm_str message, alm_str *head, alm_str *body) {
    for (size_t at = 0; at < message.len;) {
        if (next_line(message, &at).len) continue;
        *head = alm_str_slice(message, 0, at);
        *body = alm_str_slice(message, at, message.len);
        return true;
    }
    return false;
}

int alm_http_status(alm_str head) {
    if (!alm_str_starts(head, ALM_STR("HTTP/"))) return 0;
    size_t at = alm_str_find(head, ALM_STR(" "), 0);
    if (at == SIZE_MAX || head.len - at < 4) return 0;
    int status = 0;
    for (size_t i = at + 1; i < at + 4; i++) {
        if (head.ptr[i] < '0' || head.ptr[i] > '9') return 0;
        status = status * 10 + (head.ptr[i] - '0');
    }
    return status;
}

bool alm_http_next_field(alm_str head, alm_str name, size_t *at, alm_str *value) {
    while (*at < head.len) {
        alm_str line = next_line(head, at);
        size_t colon = alm_str_find(line, ALM_STR(":"), 0);
        if (colon == SIZE_MAX || !alm_str_is_nocase(alm_str_trim(alm_str_slice(line, 0, colon)), name)) continue;
        *value = alm_str_trim(alm_str_slice(line, colon + 1, line.len));
        return true;
    }
    return false;
}

alm_str alm_http_field(alm_str head, alm_str name) {
    alm_str found = {0};
    for (size_t at = 0; alm_http_next_field(head, name, &at, &found);) continue;
    return found;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* chunk-size [ chunk-ext ]: false where the line holds no size, or one that no body of ours has. */
static bool read_chunk_size(alm_str line, size_t *size) {
    size_t digits = 0, value = 0;
    for (; digits < line.len && hex_digit(line.ptr[digits]) >= 0; digits++) {
        if (digits == 8) return false;
        value = value * 16 + (size_t)hex_digit(line.ptr[digits]);
    }
    *size = value;
    return digits > 0;
}

alm_status alm_http_unchunk(alm_buf *out, alm_str chunked) {
    for (size_t at = 0, size;;) {
        if (at >= chunked.len || !read_chunk_size(next_line(chunked, &at), &size)) return ALM_E_PARSE;
        if (size == 0) return ALM_OK;
        if (size > chunked.len - at) return ALM_E_PARSE;
        if (alm_buf_add(out, alm_str_slice(chunked, at, at + size)) != ALM_OK) return out->status;
        at += size;
        if (next_line(chunked, &at).len) return ALM_E_PARSE;
    }
}
