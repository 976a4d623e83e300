#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"

void alm_buf_init(alm_buf *buf, size_t max) { *buf = (alm_buf){.max = max}; }

void alm_buf_release(alm_buf *buf) {
    alm_free(buf->ptr);
    *buf = (alm_buf){.max = buf->max};
}

void alm_buf_reset(alm_buf *buf) {
    buf->len = 0;
    buf->status = ALM_OK;
    if (buf->ptr) buf->ptr[0] = '\0';
}

alm_status alm_buf_reserve(alm_buf *buf, size_t extra) {
    if (buf->status != ALM_OK) return buf->status;
    if (extra > buf->max - buf->len) return buf->status = ALM_E_LIMIT;
    size_t need = buf->len + extra + 1;
    if (need <= buf->cap) return ALM_OK;
    size_t cap = buf->cap ? buf->cap * 2 : 256;
    if (cap < need) cap = need;
    char *grown = alm_realloc(buf->ptr, cap);
    if (!grown) return buf->status = ALM_E_NOMEM;
    buf->ptr = grown;
    buf->cap = cap;
    return ALM_OK;
}

alm_status alm_buf_add(alm_buf *buf, alm_str bytes) {
    if (alm_buf_reserve(buf, bytes.len) != ALM_OK) return buf->status;
    if (bytes.len) memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
    buf->len += bytes.len;
    buf->ptr[buf->len] = '\0';
    return ALM_OK;
}

alm_status alm_buf_add_c(alm_buf *buf, const char *text) { return alm_buf_add(buf, alm_str_of(text)); }

alm_status alm_buf_add_byte(alm_buf *buf, char byte) { return alm_buf_add(buf, (alm_str){&byte, 1}); }

alm_status alm_buf_printf(alm_buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        buf->status = ALM_E_INTERNAL;
    } else if (alm_buf_reserve(buf, (size_t)len) == ALM_OK) {
        vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    return buf->status;
}
