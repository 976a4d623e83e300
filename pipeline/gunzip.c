#include "pipeline/gunzip.h"

#define ZLIB_CONST /* input is const */
#include <zlib.h>

#include "base/alloc.h"

enum { STEP = 64 << 10, GZIP_WINDOW_BITS = 15 + 16 };

bool alm_is_gzip(alm_str bytes) { return alm_str_starts(bytes, ALM_STR("\x1f\x8b\x08")); }

static void *zlib_alloc(void *context, unsigned count, unsigned size) {
    (void)context;
    return alm_calloc(count, size);
}

static void zlib_free(void *context, void *ptr) {
    (void)context;
    alm_free(ptr);
}

/* Inflate one member, or as much of it as there is. zlib's word for how it went. */
static int inflate_member(z_stream *stream, alm_buf *out) {
    int result = Z_OK;
    while (result == Z_OK) {
        unsigned char step[STEP];
        stream->next_out = step;
        stream->avail_out = sizeof step;
        result = inflate(stream, Z_NO_FLUSH);
        size_t made = sizeof step - stream->avail_out;
        if (alm_buf_add(out, (alm_str){(const char *)step, made}) != ALM_OK) return Z_OK;
        if (result == Z_OK && made == 0 && stream->avail_in == 0) return Z_BUF_ERROR;
    }
    return result;
}

static alm_status say(int result, const alm_buf *out, alm_err *err) {
    if (out->status == ALM_E_LIMIT)
        return alm_fail(err, ALM_E_LIMIT, "larger than %zu MiB after decompression", out->max >> 20);
    if (out->status != ALM_OK || result == Z_MEM_ERROR) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (result == Z_BUF_ERROR) return alm_fail(err, ALM_E_PARSE, "the gzip data is cut short");
    return alm_fail(err, ALM_E_PARSE, "the gzip data is broken");
}

alm_status alm_gunzip(alm_buf *out, alm_str bytes, alm_err *err) {
    z_stream stream = {.zalloc = zlib_alloc, .zfree = zlib_free};
    if (bytes.len > UINT32_MAX) return alm_fail(err, ALM_E_LIMIT, "larger than 4 GiB");
    if (inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    stream.next_in = (const unsigned char *)bytes.ptr;
    stream.avail_in = (unsigned)bytes.len;
    int result = inflate_member(&stream, out);
    while (result == Z_STREAM_END && out->status == ALM_OK && stream.avail_in > 0 && *stream.next_in == 0x1f) {
        inflateReset(&stream);
        result = inflate_member(&stream, out);
    }
    inflateEnd(&stream);
    return result == Z_STREAM_END && out->status == ALM_OK ? ALM_OK : say(result, out, err);
}
