#include "base/json.h"

#include <stdio.h>

#include "base/utf8.h"

void alm_json_init(alm_json *json, alm_buf *out, bool pretty) {
    *json = (alm_json){.out = out, .pretty = pretty, .first = true};
}

/* Where @p len more bytes and their NUL may be written, or NULL; take() says how far they went. Most pieces are a few
 * bytes, so the way around a call for each of them is worth its lines. */
static inline char *room(alm_buf *out, size_t len) {
    bool fits = out->status == ALM_OK && len < out->cap - out->len && len <= out->max - out->len;
    return fits || alm_buf_reserve(out, len) == ALM_OK ? out->ptr + out->len : NULL;
}

static inline void take(alm_buf *out, char *end) {
    out->len = (size_t)(end - out->ptr);
    *end = '\0';
}

static inline void put(alm_buf *out, const char *bytes, size_t len) {
    char *to = room(out, len);
    if (!to) return;
    memcpy(to, bytes, len);
    take(out, to + len);
}

static inline void put_byte(alm_buf *out, char byte) { put(out, &byte, 1); }

static void new_line(alm_json *json) {
    put_byte(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++) put(json->out, "  ", 2);
}

/* What stands before a value: nothing after its key, else a comma and a new line inside an array. */
static inline void before_value(alm_json *json) {
    if (!json->keyed && json->depth > 0) {
        if (!json->first) put_byte(json->out, ',');
        if (json->pretty) new_line(json);
    }
    json->keyed = false;
    json->first = false;
}

static void open_scope(alm_json *json, char mark) {
    before_value(json);
    put_byte(json->out, mark);
    json->depth++;
    json->first = true;
}

static void close_scope(alm_json *json, char mark) {
    bool empty = json->first;
    json->depth--;
    if (!empty && json->pretty) new_line(json);
    put_byte(json->out, mark);
    json->first = false;
}

void alm_json_object(alm_json *json) { open_scope(json, '{'); }
void alm_json_object_end(alm_json *json) { close_scope(json, '}'); }
void alm_json_array(alm_json *json) { open_scope(json, '['); }
void alm_json_array_end(alm_json *json) { close_scope(json, ']'); }

void alm_json_key(alm_json *json, const char *name) {
    size_t len = strlen(name);
    before_value(json);
    json->keyed = true;
    char *to = room(json->out, len + 4);
    if (!to) return;
    *to++ = '"';
    memcpy(to, name, len);
    to += len;
    *to++ = '"';
    *to++ = ':';
    if (json->pretty) *to++ = ' ';
    take(json->out, to);
}

static void escape_byte(alm_buf *out, unsigned char byte) {
    static const char names[] = "btnvfr"; /* of 8 to 13; \v is no JSON escape */
    char text[8];
    if (byte == '"' || byte == '\\')
        snprintf(text, sizeof text, "\\%c", byte);
    else if (byte >= 8 && byte <= 13 && byte != 11)
        snprintf(text, sizeof text, "\\%c", names[byte - 8]);
    else
        snprintf(text, sizeof text, "\\u%04x", byte);
    alm_buf_add_c(out, text);
}

/* How far the bytes from @p at on may stand in a JSON string as they are: valid UTF-8 without quotes, backslashes and
 * controls. Most text is three-byte characters and plain ASCII; the rest is left to alm_utf8_valid_prefix. */
static size_t plain_until(alm_str text, size_t at) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    while (at < text.len) {
        if (p[at] < 0x80) {
            if (p[at] < 0x20 || p[at] == '"' || p[at] == '\\') break;
            at++;
        } else if (p[at] > 0xE0 && p[at] < 0xED && text.len - at >= 3 && (p[at + 1] & 0xC0) == 0x80 &&
                   (p[at + 2] & 0xC0) == 0x80) {
            at += 3;
        } else {
            size_t len = alm_utf8_len(p[at]);
            if (len > text.len - at || alm_utf8_valid_prefix((alm_str){text.ptr + at, len}) < len) break;
            at += len;
        }
    }
    return at;
}

void alm_json_escape(alm_buf *out, alm_str text) {
    for (size_t at = 0; at < text.len;) {
        size_t end = plain_until(text, at);
        if (end > at) put(out, text.ptr + at, end - at);
        if (end == text.len) return;
        if ((unsigned char)text.ptr[end] < 0x80)
            escape_byte(out, (unsigned char)text.ptr[end]);
        else
            alm_buf_add(out, ALM_STR("\xEF\xBF\xBD"));
        at = end + 1;
    }
}

void alm_json_text(alm_json *json, alm_str text) {
    before_value(json);
    if (!text.ptr) {
        put(json->out, "null", 4);
        return;
    }
    put_byte(json->out, '"');
    alm_json_escape(json->out, text);
    put_byte(json->out, '"');
}

void alm_json_raw(alm_json *json, alm_str json_text) {
    before_value(json);
    if (!json_text.ptr) json_text = ALM_STR("null");
    put(json->out, json_text.ptr, json_text.len);
}

void alm_json_uint(alm_json *json, uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    alm_json_raw(json, (alm_str){digits + at, sizeof digits - at});
}

void alm_json_bool(alm_json *json, bool value) { alm_json_raw(json, value ? ALM_STR("true") : ALM_STR("false")); }
void alm_json_null(alm_json *json) { alm_json_raw(json, (alm_str){NULL, 0}); }

void alm_json_member(alm_json *json, const char *name, alm_str text) {
    alm_json_key(json, name);
    alm_json_text(json, text);
}

void alm_json_member_c(alm_json *json, const char *name, const char *text) {
    alm_json_member(json, name, alm_str_of(text));
}
