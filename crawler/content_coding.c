#include "crawler/content_coding.h"

#include <brotli/decode.h>
#define ZLIB_CONST /* input is const */
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"

enum {
    STEP = 64 << 10,
    GZIP_WINDOW_BITS = 15 + 16,
    ZLIB_WINDOW_BITS = 15,
    RAW_WINDOW_BITS = -15,
    ZSTD_WINDOW_LOG_MAX = 23 /* 8 MiB, RFC 9659 */
};

const char *alm_accept_encoding(void) { return "gzip, deflate, br, zstd"; }

bool alm_is_gzip(alm_str bytes) { return alm_str_starts(bytes, ALM_STR("\x1f\x8b\x08")); }

/* How decoding ended, whatever the library's own word for it. */
typedef enum outcome { WHOLE, CUT_SHORT, BROKEN, NO_MEMORY, STOPPED /* by out->status */ } outcome;

static alm_status say(outcome how, const alm_buf *out, alm_err *err) {
    if (out->status == ALM_E_LIMIT)
        return alm_fail(err, ALM_E_LIMIT, "larger than %zu MiB after decompression", out->max >> 20);
    if (out->status != ALM_OK || how == NO_MEMORY) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (how == CUT_SHORT) return alm_fail(err, ALM_E_PARSE, "the compressed data is cut short");
    if (how == BROKEN) return alm_fail(err, ALM_E_PARSE, "the compressed data is broken");
    return ALM_OK;
}

static bool put(alm_buf *out, const unsigned char *step, size_t len) {
    return alm_buf_add(out, (alm_str){(const char *)step, len}) == ALM_OK;
}

static void *zlib_alloc(void *context, unsigned count, unsigned size) {
    (void)context;
    return alm_calloc(count, size);
}

static void zlib_free(void *context, void *ptr) {
    (void)context;
    alm_free(ptr);
}

static outcome inflate_stream(z_stream *stream, alm_buf *out) {
    for (;;) {
        unsigned char step[STEP];
        stream->next_out = step;
        stream->avail_out = sizeof step;
        int result = inflate(stream, Z_NO_FLUSH);
        size_t made = sizeof step - stream->avail_out;
        if (!put(out, step, made)) return STOPPED;
        if (result == Z_STREAM_END) return WHOLE;
        if (result == Z_MEM_ERROR) return NO_MEMORY;
        if (result != Z_OK && result != Z_BUF_ERROR) return BROKEN;
        if (made == 0 && stream->avail_in == 0) return CUT_SHORT;
    }
}

static outcome inflate_all(alm_buf *out, alm_str bytes, int window_bits) {
    z_stream stream = {.zalloc = zlib_alloc, .zfree = zlib_free};
    if (bytes.len > UINT32_MAX || inflateInit2(&stream, window_bits) != Z_OK) return NO_MEMORY;
    stream.next_in = (const unsigned char *)bytes.ptr;
    stream.avail_in = (unsigned)bytes.len;
    outcome how = inflate_stream(&stream, out);
    while (how == WHOLE && window_bits == GZIP_WINDOW_BITS &&
           alm_is_gzip((alm_str){(const char *)stream.next_in, stream.avail_in})) {
        inflateReset(&stream);
        how = inflate_stream(&stream, out);
    }
    inflateEnd(&stream);
    return how;
}

/* RFC 9110 8.4.1.2 says zlib; some servers send the bare deflate stream. */
static outcome undeflate(alm_buf *out, alm_str bytes) {
    size_t before = out->len;
    outcome how = inflate_all(out, bytes, ZLIB_WINDOW_BITS);
    if (how != BROKEN || out->len != before) return how;
    return inflate_all(out, bytes, RAW_WINDOW_BITS);
}

static void *brotli_alloc(void *context, size_t size) {
    (void)context;
    return alm_malloc(size);
}

static outcome unbrotli(alm_buf *out, alm_str bytes) {
    BrotliDecoderState *state = BrotliDecoderCreateInstance(brotli_alloc, zlib_free, NULL);
    if (!state) return NO_MEMORY;
    const uint8_t *in = (const uint8_t *)bytes.ptr;
    size_t in_len = bytes.len;
    outcome how = STOPPED;
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        unsigned char step[STEP];
        uint8_t *next = step;
        size_t room = sizeof step;
        result = BrotliDecoderDecompressStream(state, &in_len, &in, &room, &next, NULL);
        if (!put(out, step, sizeof step - room)) goto out;
    }
    BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state);
    bool no_memory =
        code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    how = result == BROTLI_DECODER_RESULT_SUCCESS            ? WHOLE
          : result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT ? CUT_SHORT
          : no_memory                                        ? NO_MEMORY
                                                             : BROKEN;
out:
    BrotliDecoderDestroyInstance(state);
    return how;
}

static outcome unzstd(alm_buf *out, alm_str bytes) {
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (!stream) return NO_MEMORY;
    ZSTD_inBuffer in = {bytes.ptr, bytes.len, 0};
    outcome how = STOPPED;
    size_t left = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX);
    while (!ZSTD_isError(left)) {
        unsigned char step[STEP];
        ZSTD_outBuffer made = {step, sizeof step, 0};
        left = ZSTD_decompressStream(stream, &made, &in);
        if (!put(out, step, made.pos)) goto out;
        if (in.pos == in.size && made.pos < made.size) break;
    }
    how = ZSTD_isError(left) ? BROKEN : left > 0 ? CUT_SHORT : WHOLE;
out:
    ZSTD_freeDStream(stream);
    return how;
}

alm_status alm_gunzip(alm_buf *out, alm_str bytes, alm_err *err) {
    return say(inflate_all(out, bytes, GZIP_WINDOW_BITS), out, err);
}

alm_status alm_content_decode(alm_buf *out, alm_str coding, alm_str bytes, alm_err *err) {
    if (alm_str_is_nocase(coding, ALM_STR("gzip")) || alm_str_is_nocase(coding, ALM_STR("x-gzip")))
        return alm_gunzip(out, bytes, err);
    if (alm_str_is_nocase(coding, ALM_STR("deflate"))) return say(undeflate(out, bytes), out, err);
    if (alm_str_is_nocase(coding, ALM_STR("br"))) return say(unbrotli(out, bytes), out, err);
    if (alm_str_is_nocase(coding, ALM_STR("zstd"))) return say(unzstd(out, bytes), out, err);
    return alm_fail(err, ALM_E_UNSUPPORTED, "compressed as '%.*s', which was not asked for",
                    coding.len > 40 ? 40 : (int)coding.len, coding.ptr);
}
