#include "pipeline/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "crawler/content_coding.h"
#include "crawler/url.h"
#include "pipeline/sniff.h"

enum { READ_STEP = 64 << 10, URL_ARENA_MAX = 1 << 20, CHARSET_MAX = 64, TIME_MAX = 32 };

struct alm_reader {
    const alm_reader_options *options;
    alm_fetcher *fetcher; /* made by the first URL */
    alm_response response;
    alm_buf file, plain; /* as read; decompressed */
    alm_arena arena;     /* of one URL */
    char charset[CHARSET_MAX];
    char fetched_at[TIME_MAX];
};

alm_status alm_reader_new(alm_reader **out, const alm_reader_options *options, alm_err *err) {
    size_t max = options->max_bytes ? options->max_bytes : ALM_FETCH_MAX_BODY;
    alm_reader *reader = alm_calloc(1, sizeof *reader);
    if (!reader) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    reader->options = options;
    alm_response_init(&reader->response, options->fetch.max_body);
    alm_buf_init(&reader->file, max);
    alm_buf_init(&reader->plain, max);
    alm_arena_init(&reader->arena, URL_ARENA_MAX);
    *out = reader;
    return ALM_OK;
}

void alm_reader_free(alm_reader *reader) {
    if (!reader) return;
    alm_fetcher_free(reader->fetcher);
    alm_response_release(&reader->response);
    alm_buf_release(&reader->file);
    alm_buf_release(&reader->plain);
    alm_arena_release(&reader->arena);
    alm_free(reader);
}

bool alm_is_url(const char *name) {
    return strncasecmp(name, "http://", 7) == 0 || strncasecmp(name, "https://", 8) == 0;
}

/* "ftp://…": the user means a URL, and a missing file would be a strange answer. */
static bool is_other_url(const char *name) {
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return len > 1 && strncmp(name + len, "://", 3) == 0;
}

static alm_status too_large(size_t max, alm_err *err) {
    return alm_fail(err, ALM_E_LIMIT, "larger than %zu MiB, the limit for one page", max >> 20);
}

static alm_status read_all(alm_buf *out, int fd, alm_err *err) {
    for (;;) {
        char step[READ_STEP];
        ssize_t got = read(fd, step, sizeof step);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return alm_fail_system(err, ALM_E_IO, errno, "%s", strerror(errno));
        if (got == 0) return ALM_OK;
        alm_status status = alm_buf_add(out, (alm_str){step, (size_t)got});
        if (status == ALM_E_LIMIT) return too_large(out->max, err);
        if (status != ALM_OK) return alm_fail(err, status, "out of memory");
    }
}

static alm_status read_file(alm_reader *reader, const char *name, alm_err *err) {
    struct stat info;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        if (errno == ENOENT && is_other_url(name))
            return alm_fail_system(err, ALM_E_REFUSED, errno, "only http and https URLs are fetched");
        return alm_fail_system(err, errno == ENOENT ? ALM_E_NOT_FOUND : ALM_E_IO, errno, "%s", strerror(errno));
    }
    alm_status status = ALM_OK;
    if (fstat(fd, &info) != 0)
        status = alm_fail_system(err, ALM_E_IO, errno, "%s", strerror(errno));
    else if (S_ISDIR(info.st_mode))
        status = alm_fail_system(err, ALM_E_IO, EISDIR, "is a directory, expected a file, a URL or -");
    else if (S_ISREG(info.st_mode) && info.st_size > (off_t)reader->file.max)
        status = too_large(reader->file.max, err);
    else
        status = read_all(&reader->file, fd, err);
    close(fd);
    return status;
}

static void note_time(char out[TIME_MAX]) {
    time_t now = time(NULL);
    struct tm utc;
    out[0] = '\0';
    if (gmtime_r(&now, &utc)) strftime(out, TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* @p url as a record may show it: without user name, password and fragment. */
static alm_status shown_url(const char **out, alm_arena *arena, alm_str url, alm_err *err) {
    alm_url parsed;
    alm_buf text;
    alm_status status = alm_url_parse(&parsed, arena, url, NULL, err);
    if (status != ALM_OK) return status;
    alm_buf_init(&text, ALM_URL_MAX);
    alm_buf_add(&text, parsed.scheme);
    alm_buf_add_c(&text, "://");
    alm_buf_add(&text, parsed.host);
    if (parsed.port.len) alm_buf_add_byte(&text, ':');
    alm_buf_add(&text, parsed.port);
    alm_buf_add(&text, alm_url_target(&parsed));
    *out = text.status == ALM_OK ? alm_arena_copy(arena, alm_buf_str(&text)).ptr : NULL;
    alm_buf_release(&text);
    return *out ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
}

/* Read @p name as a browser's address line does: Chinese and spaces in it get their percent codes. */
static alm_status fetch_url(alm_reader *reader, const char *name, alm_err *err) {
    alm_url url;
    alm_arena_reset(&reader->arena);
    alm_status status = alm_url_parse(&url, &reader->arena, alm_str_of(name), NULL, err);
    if (status == ALM_OK && !reader->fetcher) status = alm_fetcher_new(&reader->fetcher, &reader->options->fetch, err);
    if (status == ALM_OK) status = alm_fetch(reader->fetcher, url.href.ptr, &reader->response, err);
    if (status == ALM_OK) status = alm_response_require_page(&reader->response, err);
    return status;
}

static alm_status read_url(alm_reader *reader, const char *name, alm_str *type, alm_read_page *page, alm_err *err) {
    note_time(reader->fetched_at);
    alm_status status = fetch_url(reader, name, err);
    if (status == ALM_OK) status = shown_url(&page->url, &reader->arena, alm_buf_str(&reader->response.url), err);
    if (status != ALM_OK) return status;
    alm_str charset;
    alm_content_type_split(alm_response_header(&reader->response, "Content-Type"), type, &charset);
    if (charset.len > 0 && charset.len < CHARSET_MAX) {
        memcpy(reader->charset, charset.ptr, charset.len);
        reader->charset[charset.len] = '\0';
        page->charset = reader->charset;
    }
    page->bytes = alm_buf_str(&reader->response.body);
    page->fetched_at = reader->fetched_at;
    return ALM_OK;
}

static bool is_wide(const char *label) {
    return label && (strncasecmp(label, "utf-16", 6) == 0 || strncasecmp(label, "ucs-2", 5) == 0 ||
                     strncasecmp(label, "unicode", 7) == 0);
}

alm_status alm_reader_check(const alm_reader *reader, alm_str type, alm_read_page *page, alm_err *err) {
    if (page->bytes.len == 0) return alm_fail(err, ALM_E_UNSUPPORTED, "is empty, expected a page");
    alm_content content = alm_sniff(page->bytes, type, is_wide(reader->options->encoding) || is_wide(page->charset));
    bool welcome = reader->options->as_text && content.kind == ALM_CONTENT_OTHER && strcmp(content.name, "JSON") == 0;
    if (content.kind == ALM_CONTENT_OTHER && !welcome)
        return alm_fail(err, ALM_E_UNSUPPORTED, "is %s, expected HTML or text", content.name);
    page->is_text = content.kind != ALM_CONTENT_HTML;
    return ALM_OK;
}

alm_status alm_reader_read(alm_reader *reader, const char *name, alm_read_page *out, alm_err *err) {
    alm_read_page page = {.bytes = {NULL, 0}};
    alm_str type = {NULL, 0};
    alm_status status;
    alm_buf_reset(&reader->file);
    alm_buf_reset(&reader->plain);
    if (alm_is_url(name)) {
        status = read_url(reader, name, &type, &page, err);
    } else {
        status = strcmp(name, "-") == 0 ? read_all(&reader->file, STDIN_FILENO, err) : read_file(reader, name, err);
        page.bytes = alm_buf_str(&reader->file);
    }
    if (status != ALM_OK) return status;
    if (alm_is_gzip(page.bytes)) {
        status = alm_gunzip(&reader->plain, page.bytes, err);
        page.bytes = alm_buf_str(&reader->plain);
    }
    if (status == ALM_OK) status = alm_reader_check(reader, type, &page, err);
    if (status == ALM_OK) *out = page;
    return status;
}
