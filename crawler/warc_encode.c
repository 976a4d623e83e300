#include "crawler/warc_write.h"

#include <libdeflate.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "crawler/clock.h"
#include "crawler/surt.h"

enum { MAX_BLOCK = 64 << 20, MAX_HEAD = 1 << 20, UUID_TEXT = 37 };

/* On pages of Chinese sites libdeflate's level 1 takes a third of the time of its level 6, and gives files that are 6%
 * larger: as zlib's level 3, which takes thrice as long. */
enum { DEFAULT_LEVEL = 1 };

struct alm_warc_encoder {
    struct libdeflate_compressor *compressor;
    alm_buf fields; /* WARC header of the record at hand; then the whole record */
    alm_buf content;
};

void alm_warc_block_init(alm_warc_block *block) {
    *block = (alm_warc_block){0};
    alm_buf_init(&block->bytes, MAX_BLOCK);
    alm_buf_init(&block->index, MAX_HEAD);
}

void alm_warc_block_release(alm_warc_block *block) {
    alm_buf_release(&block->bytes);
    alm_buf_release(&block->index);
}

alm_status alm_warc_encoder_new(alm_warc_encoder **out, int level) {
    alm_warc_encoder *e = alm_calloc(1, sizeof *e);
    if (!e) return ALM_E_NOMEM;
    e->compressor = libdeflate_alloc_compressor(level ? level : DEFAULT_LEVEL);
    if (!e->compressor) {
        alm_free(e);
        return ALM_E_NOMEM;
    }
    alm_buf_init(&e->fields, MAX_BLOCK);
    alm_buf_init(&e->content, MAX_BLOCK);
    *out = e;
    return ALM_OK;
}

void alm_warc_encoder_free(alm_warc_encoder *e) {
    if (!e) return;
    libdeflate_free_compressor(e->compressor);
    alm_buf_release(&e->fields);
    alm_buf_release(&e->content);
    alm_free(e);
}

/* ---- digests and ids ---- */

/* "sha1:" and base32 (RFC 4648 6), as other archives write it: 20 bytes need no padding. */
static void format_digest(char out[ALM_WARC_DIGEST_MAX], const unsigned char sha1[SHA_DIGEST_LENGTH]) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    size_t used = (size_t)snprintf(out, ALM_WARC_DIGEST_MAX, "sha1:");
    uint32_t bits = 0, count = 0;
    for (size_t i = 0; i < SHA_DIGEST_LENGTH; i++) {
        bits = bits << 8 | sha1[i];
        for (count += 8; count >= 5; count -= 5) out[used++] = alphabet[bits >> (count - 5) & 31];
    }
    out[used] = '\0';
}

static void digest_of(char out[ALM_WARC_DIGEST_MAX], alm_str bytes) {
    unsigned char sha1[SHA_DIGEST_LENGTH];
    SHA1((const unsigned char *)bytes.ptr, bytes.len, sha1);
    format_digest(out, sha1);
}

static alm_status make_uuid(char out[UUID_TEXT]) {
    unsigned char b[16];
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b) return ALM_E_IO;
    b[6] = (unsigned char)(0x40 | (b[6] & 0x0F));
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3F));
    snprintf(out, UUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
             b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return ALM_OK;
}

/* ---- one gzip member ---- */

/* e->fields holds the WARC header. */
static alm_status add_member(alm_warc_encoder *e, alm_buf *out, alm_str content) {
    alm_buf *record = &e->fields;
    alm_buf_add(record, content);
    alm_buf_add_c(record, "\r\n\r\n");
    if (record->status != ALM_OK) return record->status;
    size_t room = libdeflate_gzip_compress_bound(e->compressor, record->len);
    if (alm_buf_reserve(out, room) != ALM_OK) return out->status;
    size_t len = libdeflate_gzip_compress(e->compressor, record->ptr, record->len, out->ptr + out->len, room);
    if (len == 0) return ALM_E_INTERNAL;
    out->len += len;
    return ALM_OK;
}

static alm_status begin_fields(alm_warc_encoder *e, const char *type, const char *id, const alm_warc_exchange *x) {
    char date[ALM_TIME_MAX];
    alm_time_format(date, x->started_ms);
    alm_buf_reset(&e->fields);
    alm_buf_printf(&e->fields, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Date: %s\r\n", type,
                   id, date);
    return alm_buf_printf(&e->fields, "WARC-Target-URI: %.*s\r\n", ALM_FMT(x->url));
}

static alm_status end_fields(alm_warc_encoder *e, const char *content_type, size_t content_len) {
    return alm_buf_printf(&e->fields, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", content_type, content_len);
}

/* ---- the head of the answer ---- */

/* libcurl has undone the transfer coding; the length that goes with what is kept is written anew. */
static bool is_transfer(alm_str name) { return alm_str_is_nocase(name, ALM_STR("transfer-encoding")); }
static bool is_length(alm_str name) { return alm_str_is_nocase(name, ALM_STR("content-length")); }

/* A status line that readers of archives know: HTTP/2 has neither minor version nor reason. */
static alm_status add_status_line(alm_buf *out, alm_str line, int status) {
    if (alm_str_starts(line, ALM_STR("HTTP/1."))) {
        alm_buf_add(out, line);
        return alm_buf_add_c(out, "\r\n");
    }
    return alm_buf_printf(out, "HTTP/1.1 %d \r\n", status);
}

static alm_status archive_head(alm_warc_encoder *e, const alm_warc_exchange *x) {
    alm_buf *out = &e->content;
    alm_buf_reset(out);
    bool first = true;
    for (size_t at = 0; at < x->head.len;) {
        size_t end = alm_str_find(x->head, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = x->head.len;
        alm_str line = alm_str_slice(x->head, at, end);
        at = end + 1;
        while (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        if (line.len == 0) continue;
        if (first) {
            add_status_line(out, line, x->status);
            first = false;
            continue;
        }
        size_t colon = alm_str_find(line, ALM_STR(":"), 0);
        alm_str name = alm_str_trim(alm_str_slice(line, 0, colon == SIZE_MAX ? line.len : colon));
        if (is_length(name)) continue;
        if (is_transfer(name)) alm_buf_add_c(out, "X-Archive-Orig-");
        alm_buf_add(out, line);
        alm_buf_add_c(out, "\r\n");
    }
    return alm_buf_printf(out, "Content-Length: %zu\r\n\r\n", x->revisit == ALM_WARC_NEW ? x->body.len : 0);
}

/* ---- records ---- */

typedef struct ids {
    char response[UUID_TEXT], request[UUID_TEXT], metadata[UUID_TEXT];
} ids;

static alm_status add_revisit_fields(alm_warc_encoder *e, const alm_warc_exchange *x) {
    char earlier[ALM_TIME_MAX];
    alm_time_format(earlier, x->earlier_ms);
    return alm_buf_printf(&e->fields,
                          "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/%s\r\n"
                          "WARC-Refers-To-Target-URI: %.*s\r\nWARC-Refers-To-Date: %s\r\n",
                          x->revisit == ALM_WARC_NOT_MODIFIED ? "server-not-modified" : "identical-payload-digest",
                          ALM_FMT(x->url), earlier);
}

static alm_status add_response(alm_warc_encoder *e, const alm_warc_exchange *x, const ids *id, alm_warc_block *block,
                               char digest[ALM_WARC_DIGEST_MAX]) {
    char block_digest[ALM_WARC_DIGEST_MAX];
    bool revisit = x->revisit != ALM_WARC_NEW;
    alm_status status = archive_head(e, x);
    if (status == ALM_OK && !revisit) status = alm_buf_add(&e->content, x->body);
    if (status != ALM_OK) return status;
    digest_of(digest, x->body.ptr ? x->body : (alm_str){"", 0});
    begin_fields(e, revisit ? "revisit" : "response", id->response, x);
    if (x->address.len) alm_buf_printf(&e->fields, "WARC-IP-Address: %.*s\r\n", ALM_FMT(x->address));
    alm_buf_printf(&e->fields, "WARC-Concurrent-To: <urn:uuid:%s>\r\n", id->request);
    if (x->purpose.len) alm_buf_printf(&e->fields, "Almoner-Purpose: %.*s\r\n", ALM_FMT(x->purpose));
    if (revisit) add_revisit_fields(e, x);
    if (x->revisit != ALM_WARC_NOT_MODIFIED) alm_buf_printf(&e->fields, "WARC-Payload-Digest: %s\r\n", digest);
    digest_of(block_digest, alm_buf_str(&e->content));
    alm_buf_printf(&e->fields, "WARC-Block-Digest: %s\r\n", block_digest);
    status = end_fields(e, "application/http; msgtype=response", e->content.len);
    if (status == ALM_OK) status = add_member(e, &block->bytes, alm_buf_str(&e->content));
    block->response_len = block->bytes.len;
    return status;
}

static alm_status add_request(alm_warc_encoder *e, const alm_warc_exchange *x, const ids *id, alm_warc_block *block) {
    if (x->request.len == 0) return ALM_OK;
    begin_fields(e, "request", id->request, x);
    alm_buf_printf(&e->fields, "WARC-Concurrent-To: <urn:uuid:%s>\r\n", id->response);
    alm_status status = end_fields(e, "application/http; msgtype=request", x->request.len);
    return status == ALM_OK ? add_member(e, &block->bytes, x->request) : status;
}

static alm_status add_metadata(alm_warc_encoder *e, const alm_warc_exchange *x, const ids *id, alm_warc_block *block) {
    alm_buf_reset(&e->content);
    alm_buf_printf(&e->content, "fetchTimeMs: %lld\r\n", (long long)x->elapsed_ms);
    if (x->via.len) alm_buf_printf(&e->content, "via: %.*s\r\n", ALM_FMT(x->via));
    begin_fields(e, "metadata", id->metadata, x);
    alm_buf_printf(&e->fields, "WARC-Concurrent-To: <urn:uuid:%s>\r\n", id->response);
    alm_status status = end_fields(e, "application/warc-fields", e->content.len);
    return status == ALM_OK ? add_member(e, &block->bytes, alm_buf_str(&e->content)) : status;
}

static alm_str media_type(alm_str head) {
    for (size_t at = 0; at < head.len;) {
        size_t end = alm_str_find(head, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = head.len;
        alm_str line = alm_str_slice(head, at, end);
        at = end + 1;
        if (line.len < 13 || !alm_str_is_nocase(alm_str_slice(line, 0, 13), ALM_STR("content-type:"))) continue;
        alm_str value = alm_str_slice(line, 13, line.len);
        size_t semicolon = alm_str_find(value, ALM_STR(";"), 0);
        return alm_str_trim(semicolon == SIZE_MAX ? value : alm_str_slice(value, 0, semicolon));
    }
    return ALM_STR("unk");
}

/* What may stand in a JSON string as it is; a media type with anything else is not told. */
static bool is_plain(alm_str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == '"' || s.ptr[i] == '\\' || (unsigned char)s.ptr[i] > 0x7E)
            return false;
    return true;
}

/* A canonical URL is ASCII without quotes, backslashes and controls (crawler/url.h). */
static alm_status add_index(alm_warc_block *block, const alm_warc_exchange *x, const char *digest) {
    char time[ALM_TIME_MAX];
    alm_time_format_compact(time, x->started_ms);
    alm_str mime = x->revisit == ALM_WARC_NEW ? media_type(x->head) : ALM_STR("warc/revisit");
    if (!is_plain(mime) || mime.len == 0) mime = ALM_STR("unk");
    alm_status status = alm_surt_add(&block->index, x->url);
    if (status != ALM_OK) return status;
    return alm_buf_printf(&block->index,
                          " %s {\"url\": \"%.*s\", \"mime\": \"%.*s\", \"status\": \"%d\", \"digest\": \"%s\","
                          " \"length\": \"%zu\", \"offset\": \"",
                          time, ALM_FMT(x->url), ALM_FMT(mime), x->status, digest, block->response_len);
}

alm_status alm_warc_encode(alm_warc_encoder *e, const alm_warc_exchange *x, alm_warc_block *block, alm_err *err) {
    ids id;
    char digest[ALM_WARC_DIGEST_MAX];
    alm_status status = make_uuid(id.response);
    if (status == ALM_OK) status = make_uuid(id.request);
    if (status == ALM_OK) status = make_uuid(id.metadata);
    if (status == ALM_OK) status = add_response(e, x, &id, block, digest);
    if (status == ALM_OK) status = add_request(e, x, &id, block);
    if (status == ALM_OK) status = add_metadata(e, x, &id, block);
    if (status == ALM_OK) status = add_index(block, x, digest);
    return status == ALM_OK ? ALM_OK
                            : alm_fail(err, status, "an answer cannot be archived: %s", alm_status_name(status));
}

alm_status alm_warc_encode_info(alm_warc_encoder *e, const alm_warc_info *info, alm_buf *out, alm_err *err) {
    char id[UUID_TEXT], date[ALM_TIME_MAX];
    alm_time_format(date, info->now_ms);
    alm_status status = make_uuid(id);
    alm_buf_reset(&e->content);
    alm_buf_printf(&e->content, "software: almoner/%s\r\nformat: WARC File Format 1.1\r\n", ALM_VERSION);
    alm_buf_printf(&e->content,
                   "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n");
    if (info->user_agent.len)
        alm_buf_printf(&e->content, "http-header-user-agent: %.*s\r\n", ALM_FMT(info->user_agent));
    alm_buf_printf(&e->content, "robots: obey\r\n");
    alm_buf_reset(&e->fields);
    alm_buf_printf(&e->fields,
                   "WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Date: %s\r\n"
                   "WARC-Filename: %.*s\r\n",
                   id, date, ALM_FMT(info->file_name));
    if (status == ALM_OK) status = end_fields(e, "application/warc-fields", e->content.len);
    if (status == ALM_OK) status = add_member(e, out, alm_buf_str(&e->content));
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "an archive cannot be begun: %s", alm_status_name(status));
}
