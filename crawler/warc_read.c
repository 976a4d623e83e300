#include "crawler/warc_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "crawler/clock.h"
#include "crawler/content_coding.h"
#include "crawler/fetch.h"
#include "crawler/http_message.h"

enum { INPUT = 64 * 1024, MAX_RECORD = 64 << 20, MAX_BODY = 16 << 20, MAX_FIELDS = 1 << 20, MAX_CODINGS = 4 };

struct alm_warc_reader {
    alm_warc_reader_options options;
    FILE *file;
    char *name;
    unsigned char input[INPUT];
    size_t input_at, input_len;
    uint64_t taken;    /* bytes of the file that were consumed */
    uint64_t boundary; /* where the gzip member at hand, or the record of a plain file, begins */
    uint64_t good;     /* all before is whole */
    bool gzip, member_open, end_of_file, started;
    z_stream z;
    alm_buf plain; /* what is decompressed and not read yet: one record, mostly */
    size_t plain_at;
    alm_buf body, spare;
};

alm_status alm_warc_reader_new(alm_warc_reader **out, const char *path, const alm_warc_reader_options *options,
                               alm_err *err) {
    alm_warc_reader *r = alm_calloc(1, sizeof *r);
    if (!r) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    r->options = *options;
    if (!r->options.max_record) r->options.max_record = MAX_RECORD;
    if (!r->options.max_body) r->options.max_body = MAX_BODY;
    alm_buf_init(&r->plain, r->options.max_record + MAX_FIELDS + INPUT);
    alm_buf_init(&r->body, r->options.max_body);
    alm_buf_init(&r->spare, r->options.max_record);
    r->name = alm_strdup(alm_str_of(path));
    r->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    alm_status status = ALM_OK;
    if (!r->file)
        status =
            alm_fail_system(err, errno == ENOENT ? ALM_E_NOT_FOUND : ALM_E_IO, errno, "%s: %s", path, strerror(errno));
    else if (!r->name || inflateInit2(&r->z, 15 + 16) != Z_OK)
        status = alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK)
        *out = r;
    else
        alm_warc_reader_free(r);
    return status;
}

void alm_warc_reader_free(alm_warc_reader *r) {
    if (!r) return;
    if (r->file && r->file != stdin) fclose(r->file);
    inflateEnd(&r->z); /* fine on a stream that was never begun */
    alm_buf_release(&r->plain);
    alm_buf_release(&r->body);
    alm_buf_release(&r->spare);
    alm_free(r->name);
    alm_free(r);
}

uint64_t alm_warc_reader_good(const alm_warc_reader *r) { return r->good; }

bool alm_warc_sniff(alm_str bytes) {
    if (alm_str_starts(bytes, ALM_STR("WARC/"))) return true;
    if (!alm_is_gzip(bytes)) return false;
    z_stream z = {0};
    char head[16];
    union {
        const char *in;
        Bytef *out;
    } cast = {bytes.ptr};
    if (inflateInit2(&z, 15 + 16) != Z_OK) return false;
    z.next_in = cast.out;
    z.avail_in = (uInt)bytes.len;
    z.next_out = (Bytef *)head;
    z.avail_out = sizeof head;
    (void)inflate(&z, Z_SYNC_FLUSH); /* whatever comes out of a piece that is cut is enough */
    inflateEnd(&z);
    return alm_str_starts((alm_str){head, sizeof head - z.avail_out}, ALM_STR("WARC/"));
}

/* ---- bytes ---- */

static alm_status broken(alm_warc_reader *r, alm_err *err, const char *what) {
    return alm_fail(err, ALM_E_PARSE, "%s: at byte %llu: %s", r->name, (unsigned long long)r->boundary, what);
}

static alm_status read_input(alm_warc_reader *r, alm_err *err) {
    if (r->input_at < r->input_len || r->end_of_file) return ALM_OK;
    r->input_at = 0;
    r->input_len = fread(r->input, 1, sizeof r->input, r->file);
    if (ferror(r->file)) return alm_fail_system(err, ALM_E_IO, errno, "%s: %s", r->name, strerror(errno));
    r->end_of_file = r->input_len == 0;
    if (!r->started && r->input_len) {
        r->started = true;
        r->gzip = r->input[0] == 0x1F;
    }
    return ALM_OK;
}

static alm_status take_plain(alm_warc_reader *r) {
    size_t count = r->input_len - r->input_at;
    r->input_at = r->input_len;
    r->taken += count;
    return alm_buf_add(&r->plain, (alm_str){(char *)r->input + (r->input_len - count), count});
}

/* One step of inflate. A member's end is where the next record begins, so it is noted before more is read. */
static alm_status inflate_step(alm_warc_reader *r, alm_err *err) {
    alm_status status = alm_buf_reserve(&r->plain, INPUT);
    if (status != ALM_OK) return status;
    r->z.next_in = r->input + r->input_at;
    r->z.avail_in = (uInt)(r->input_len - r->input_at);
    r->z.next_out = (Bytef *)r->plain.ptr + r->plain.len;
    r->z.avail_out = INPUT;
    r->member_open = true;
    int code = inflate(&r->z, Z_NO_FLUSH);
    size_t used = r->input_len - r->input_at - r->z.avail_in;
    r->input_at += used;
    r->taken += used;
    r->plain.len += INPUT - r->z.avail_out;
    r->plain.ptr[r->plain.len] = '\0';
    if (code == Z_STREAM_END) {
        r->member_open = false;
        return inflateReset(&r->z) == Z_OK ? ALM_OK : ALM_E_INTERNAL;
    }
    return code == Z_OK || code == Z_BUF_ERROR ? ALM_OK : broken(r, err, "the compressed data is broken");
}

/* More bytes into r->plain. ALM_END: the file is over; within a gzip member that is a cut. */
static alm_status fill(alm_warc_reader *r, alm_err *err) {
    alm_status status = read_input(r, err);
    if (status != ALM_OK) return status;
    if (r->end_of_file) return r->member_open ? broken(r, err, "the file is cut short") : ALM_END;
    return r->gzip ? inflate_step(r, err) : take_plain(r);
}

static alm_str rest(const alm_warc_reader *r) {
    return alm_str_slice(alm_buf_str(&r->plain), r->plain_at, r->plain.len);
}

/* ---- records ---- */

static void drop_read(alm_warc_reader *r) {
    size_t left = r->plain.len - r->plain_at;
    if (left) memmove(r->plain.ptr, r->plain.ptr + r->plain_at, left);
    r->plain.len = left;
    r->plain_at = 0;
}

/* Stand at the first byte of the next record. */
static alm_status begin_record(alm_warc_reader *r, alm_err *err) {
    drop_read(r);
    while (r->plain.len == 0 && r->plain_at == 0) {
        if (!r->member_open) r->good = r->boundary = r->taken;
        alm_status status = fill(r, err);
        if (status != ALM_OK) return status;
    }
    if (!r->gzip) r->good = r->boundary = r->taken - r->plain.len;
    return ALM_OK;
}

static alm_status read_fields(alm_warc_reader *r, alm_str *fields, alm_err *err) {
    alm_str head, body;
    while (!alm_http_split(rest(r), &head, &body)) {
        if (rest(r).len > MAX_FIELDS) return broken(r, err, "no WARC record begins here");
        if (rest(r).len >= 5 && !alm_str_starts(rest(r), ALM_STR("WARC/")))
            return broken(r, err, "no WARC record begins here");
        alm_status status = fill(r, err);
        if (status == ALM_END) return broken(r, err, "the file is cut short");
        if (status != ALM_OK) return status;
    }
    if (!alm_str_starts(head, ALM_STR("WARC/"))) return broken(r, err, "no WARC record begins here");
    *fields = head;
    return ALM_OK;
}

static bool read_length(alm_str fields, uint64_t *length) {
    alm_str value = alm_http_field(fields, ALM_STR("content-length"));
    uint64_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || n > UINT64_MAX / 100) return false;
        n = n * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    *length = n;
    return value.len > 0;
}

/* Pass over @p length bytes and what stands between records, in bounded memory. */
static alm_status pass_over(alm_warc_reader *r, uint64_t length, alm_err *err) {
    while (length) {
        uint64_t here = r->plain.len - r->plain_at;
        if (here > length) here = length;
        r->plain_at += (size_t)here;
        length -= here;
        drop_read(r);
        if (length == 0) break;
        alm_status status = fill(r, err);
        if (status == ALM_END) return broken(r, err, "the file is cut short");
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* The two empty lines after a record; a gzip member may end with them, or without. */
static alm_status end_record(alm_warc_reader *r, alm_err *err) {
    for (;;) {
        while (r->plain_at < r->plain.len && (r->plain.ptr[r->plain_at] == '\r' || r->plain.ptr[r->plain_at] == '\n'))
            r->plain_at++;
        if (r->plain_at < r->plain.len || (r->gzip && !r->member_open)) return ALM_OK;
        alm_status status = fill(r, err);
        if (status == ALM_END) return ALM_OK;
        if (status != ALM_OK) return status;
    }
}

static alm_warc_type type_of(alm_str name) {
    if (alm_str_is_nocase(name, ALM_STR("response"))) return ALM_WARC_RESPONSE;
    if (alm_str_is_nocase(name, ALM_STR("request"))) return ALM_WARC_REQUEST;
    return alm_str_is_nocase(name, ALM_STR("revisit")) ? ALM_WARC_REVISIT : ALM_WARC_OTHER;
}

static alm_str without_brackets(alm_str url) {
    if (url.len > 2 && url.ptr[0] == '<' && url.ptr[url.len - 1] == '>') return alm_str_slice(url, 1, url.len - 1);
    return url;
}

/* Undo the codings of @p names from the last to the first; each result lies in r->body or r->spare in turn. */
static alm_status undo_codings(alm_warc_reader *r, alm_str names, alm_str *body) {
    alm_buf *into = &r->body, *other = &r->spare;
    for (int i = 0; names.len && i < MAX_CODINGS; i++) {
        size_t comma = names.len;
        while (comma > 0 && names.ptr[comma - 1] != ',') comma--;
        alm_str name = alm_str_trim(alm_str_slice(names, comma, names.len));
        names.len = comma ? comma - 1 : 0;
        if (name.len == 0 || alm_str_is_nocase(name, ALM_STR("identity"))) continue;
        if (body->ptr == into->ptr) {
            alm_buf *swap = into;
            into = other;
            other = swap;
        }
        alm_buf_reset(into);
        alm_status status = alm_content_decode(into, name, *body, NULL);
        if (status != ALM_OK) return status;
        *body = alm_buf_str(into);
    }
    return ALM_OK;
}

static alm_status read_http(alm_warc_reader *r, alm_warc_record *out, alm_str content) {
    alm_str body;
    if (!alm_http_split(content, &out->http_head, &body)) {
        out->http_head = content;
        body = (alm_str){0};
    }
    out->status = alm_http_status(out->http_head);
    alm_content_type_split(alm_http_field(out->http_head, ALM_STR("content-type")), &out->media_type, &out->charset);
    if (r->options.without_body) return ALM_OK;
    alm_status status = ALM_OK;
    alm_str transfer = alm_http_field(out->http_head, ALM_STR("transfer-encoding"));
    if (alm_str_is_nocase(transfer, ALM_STR("chunked"))) {
        alm_buf_reset(&r->spare);
        /* many archives keep the header of a coding that they have undone: then what comes is no chunk */
        status = alm_http_unchunk(&r->spare, body);
        if (status == ALM_OK || r->spare.len) body = alm_buf_str(&r->spare);
        out->body_broken = status == ALM_E_PARSE && r->spare.len;
    }
    if (status == ALM_OK || status == ALM_E_PARSE)
        status = undo_codings(r, alm_http_field(out->http_head, ALM_STR("content-encoding")), &body);
    if (status == ALM_E_NOMEM) return status;
    if (status != ALM_OK) out->body_broken = true;
    out->body = status == ALM_OK || status == ALM_E_PARSE ? body : (alm_str){0};
    return ALM_OK;
}

/* Get @p length bytes and stand behind the record's end. Nothing is dropped: slices of r->plain are taken after. */
static alm_status read_content(alm_warc_reader *r, uint64_t length, alm_err *err) {
    while (rest(r).len < length) {
        alm_status status = fill(r, err);
        if (status == ALM_END) return broken(r, err, "the file is cut short");
        if (status != ALM_OK) return status;
    }
    r->plain_at += (size_t)length;
    return end_record(r, err);
}

static alm_status pass_over_record(alm_warc_reader *r, uint64_t length, alm_err *err) {
    unsigned long long offset = r->boundary;
    alm_status status = pass_over(r, length, err);
    if (status == ALM_OK) status = end_record(r, err);
    if (status != ALM_OK) return status;
    return alm_fail(err, ALM_E_LIMIT, "%s: at byte %llu: a record of %llu MiB", r->name, offset,
                    (unsigned long long)(length >> 20));
}

static alm_status describe(alm_warc_reader *r, alm_warc_record *out, alm_str fields, alm_str content) {
    out->type = type_of(alm_http_field(fields, ALM_STR("warc-type")));
    out->url = without_brackets(alm_http_field(fields, ALM_STR("warc-target-uri")));
    out->payload_digest = alm_http_field(fields, ALM_STR("warc-payload-digest"));
    out->refers_to_date = alm_http_field(fields, ALM_STR("warc-refers-to-date"));
    out->purpose = alm_http_field(fields, ALM_STR("almoner-purpose"));
    if (!alm_time_parse(&out->date_ms, alm_http_field(fields, ALM_STR("warc-date")))) out->date_ms = 0;
    alm_str type = alm_http_field(fields, ALM_STR("content-type"));
    alm_str http = ALM_STR("application/http");
    bool is_http = type.len >= http.len && alm_str_is_nocase(alm_str_slice(type, 0, http.len), http);
    bool answers = out->type == ALM_WARC_RESPONSE || out->type == ALM_WARC_REVISIT;
    return answers && is_http ? read_http(r, out, content) : ALM_OK;
}

alm_status alm_warc_read(alm_warc_reader *r, alm_warc_record *out, alm_err *err) {
    alm_str fields;
    uint64_t length;
    alm_status status = begin_record(r, err);
    if (status == ALM_OK) status = read_fields(r, &fields, err);
    if (status != ALM_OK) return status;
    if (!read_length(fields, &length)) return broken(r, err, "a record without Content-Length");
    size_t content_at = fields.len; /* the record begins at r->plain's first byte */
    r->plain_at = content_at;
    if (length > r->options.max_record) return pass_over_record(r, length, err);
    status = read_content(r, length, err);
    if (status != ALM_OK) return status;
    *out = (alm_warc_record){.offset = r->boundary};
    out->length = (r->gzip ? r->taken : r->taken - rest(r).len) - out->offset;
    alm_str all = alm_buf_str(&r->plain);
    status = describe(r, out, alm_str_slice(all, 0, content_at),
                      alm_str_slice(all, content_at, content_at + (size_t)length));
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "out of memory");
}
