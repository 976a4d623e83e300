#include "pipeline/json_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { RAW = 1 << 16, TEXT = 1 << 18, MAX_OBJECT = 64 << 20 };

typedef enum coding { PLAIN, GZIP, ZSTD } coding;

struct alm_json_stream {
    const char *name; /* borrowed */
    int fd;
    coding coding;
    bool input_ended, inside; /* inside a compressed member or frame */
    z_stream gzip;
    ZSTD_DCtx *zstd;
    unsigned char raw[RAW];
    size_t raw_at, raw_len;
    char text[TEXT];
    size_t at, len;
    uint32_t line;
    alm_buf object;
};

static alm_status broken(alm_json_stream *s, alm_err *err, const char *what) {
    return alm_fail(err, ALM_E_PARSE, "%.300s: %s", s->name, what);
}

/* ---- bytes ---- */

static alm_status fill_raw(alm_json_stream *s, alm_err *err) {
    if (s->raw_at < s->raw_len || s->input_ended) return ALM_OK;
    ssize_t got;
    do got = read(s->fd, s->raw, sizeof s->raw);
    while (got < 0 && errno == EINTR);
    if (got < 0) return alm_fail_system(err, ALM_E_IO, errno, "%.300s: %s", s->name, strerror(errno));
    s->raw_at = 0;
    s->raw_len = (size_t)got;
    s->input_ended = got == 0;
    return ALM_OK;
}

/* A file may hold several members, one behind the other (RFC 1952 2.2). */
static alm_status inflate_some(alm_json_stream *s, alm_err *err) {
    s->gzip.next_in = s->raw + s->raw_at;
    s->gzip.avail_in = (uInt)(s->raw_len - s->raw_at);
    s->gzip.next_out = (unsigned char *)s->text;
    s->gzip.avail_out = sizeof s->text;
    int result = inflate(&s->gzip, Z_NO_FLUSH);
    s->raw_at = s->raw_len - s->gzip.avail_in;
    s->len = sizeof s->text - s->gzip.avail_out;
    s->inside = result != Z_STREAM_END;
    if (result == Z_STREAM_END) inflateReset(&s->gzip);
    if (result == Z_MEM_ERROR) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ? ALM_OK
                                                                             : broken(s, err, "broken gzip data");
}

static alm_status unzstd_some(alm_json_stream *s, alm_err *err) {
    ZSTD_inBuffer in = {s->raw, s->raw_len, s->raw_at};
    ZSTD_outBuffer out = {s->text, sizeof s->text, 0};
    size_t left = ZSTD_decompressStream(s->zstd, &out, &in);
    s->raw_at = in.pos;
    s->len = out.pos;
    s->inside = left != 0;
    return ZSTD_isError(left) ? broken(s, err, "broken zstd data") : ALM_OK;
}

static alm_status copy_some(alm_json_stream *s) {
    s->len = s->raw_len - s->raw_at;
    memcpy(s->text, s->raw + s->raw_at, s->len);
    s->raw_at = s->raw_len;
    return ALM_OK;
}

/* More text; s->len stays 0 at the end. */
static alm_status fill(alm_json_stream *s, alm_err *err) {
    s->at = s->len = 0;
    while (s->len == 0) {
        alm_status status = fill_raw(s, err);
        if (status != ALM_OK) return status;
        bool drained = s->raw_at == s->raw_len && s->input_ended;
        if (drained && !s->inside) return ALM_OK;
        status = s->coding == GZIP ? inflate_some(s, err) : s->coding == ZSTD ? unzstd_some(s, err) : copy_some(s);
        if (status != ALM_OK) return status;
        if (drained && s->len == 0) return broken(s, err, "it ends in the middle of compressed data");
    }
    return ALM_OK;
}

static alm_status tell_coding(alm_json_stream *s, alm_err *err) {
    alm_status status = fill_raw(s, err);
    if (status != ALM_OK) return status;
    alm_str start = {(const char *)s->raw, s->raw_len};
    if (alm_str_starts(start, ALM_STR("\x1f\x8b"))) {
        s->coding = GZIP;
        if (inflateInit2(&s->gzip, 15 + 16) != Z_OK) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    } else if (alm_str_starts(start, ALM_STR("\x28\xb5\x2f\xfd"))) {
        s->zstd = ZSTD_createDCtx();
        if (!s->zstd) return alm_fail(err, ALM_E_NOMEM, "out of memory");
        s->coding = ZSTD;
    }
    return ALM_OK;
}

alm_status alm_json_stream_open(alm_json_stream **out, const char *path, alm_err *err) {
    bool standard = strcmp(path, "-") == 0;
    alm_json_stream *s = alm_calloc(1, sizeof *s);
    if (!s) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    s->name = standard ? "standard input" : path;
    s->line = 1;
    alm_buf_init(&s->object, MAX_OBJECT);
    s->fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    alm_status status = ALM_OK;
    if (s->fd < 0)
        status = alm_fail_system(err, errno == ENOENT ? ALM_E_NOT_FOUND : ALM_E_IO, errno, "%.300s: %s", s->name,
                                 strerror(errno));
    if (status == ALM_OK) status = tell_coding(s, err);
    if (status == ALM_OK)
        *out = s;
    else
        alm_json_stream_free(s);
    return status;
}

void alm_json_stream_free(alm_json_stream *s) {
    if (!s) return;
    if (s->fd >= 0) close(s->fd);
    if (s->coding == GZIP) inflateEnd(&s->gzip);
    ZSTD_freeDCtx(s->zstd);
    alm_buf_release(&s->object);
    alm_free(s);
}

/* ---- objects ---- */

/* How far an object reaches: braces outside of strings. */
typedef struct scan {
    size_t depth;
    bool in_string, escaped;
} scan;

static void step(scan *c, char byte) {
    if (c->in_string) {
        bool quote = byte == '"' && !c->escaped;
        c->escaped = byte == '\\' && !c->escaped;
        if (quote) c->in_string = false;
    } else if (byte == '"') {
        c->in_string = true;
    } else {
        c->depth += byte == '{';
        c->depth -= byte == '}';
    }
}

/* To the next brace; commas and brackets of an array of objects are passed over, as is a byte order mark. */
static alm_status find_object(alm_json_stream *s, alm_err *err) {
    for (;;) {
        if (s->at == s->len) {
            alm_status status = fill(s, err);
            if (status != ALM_OK) return status;
            if (s->len == 0) return ALM_END;
        }
        char byte = s->text[s->at];
        if (byte == '{') return ALM_OK;
        s->at++;
        s->line += byte == '\n';
        if (!strchr(" \t\r\n,[]\xef\xbb\xbf", byte) || byte == '\0')
            return alm_fail_at(err, ALM_E_PARSE, s->name, s->line, 0, "no JSON object begins here");
    }
}

alm_status alm_json_stream_next(alm_json_stream *s, alm_str *object, uint32_t *line, alm_err *err) {
    scan c = {0};
    alm_status status = find_object(s, err);
    if (status != ALM_OK) return status;
    alm_buf_reset(&s->object);
    *line = s->line;
    do {
        size_t start = s->at;
        if (start == s->len) {
            status = fill(s, err);
            if (status != ALM_OK) return status;
            if (s->len == 0) return alm_fail_at(err, ALM_E_PARSE, s->name, *line, 0, "the object has no end");
            start = 0;
        }
        do {
            s->line += s->text[s->at] == '\n';
            step(&c, s->text[s->at++]);
        } while (s->at < s->len && c.depth > 0);
        if (alm_buf_add(&s->object, (alm_str){s->text + start, s->at - start}) != ALM_OK)
            return alm_fail_at(err, s->object.status, s->name, *line, 0, "the object is too large");
    } while (c.depth > 0);
    *object = alm_buf_str(&s->object);
    return ALM_OK;
}
