#include "crawler/warc_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crawler/clock.h"
#include "crawler/warc_index.h"

enum { NAME_MAX_LEN = 128, PATH_MAX_LEN = 4096, MAX_BUFFERED = 256 << 20 };

static const char prefix[] = "almoner-", suffix[] = ".warc.gz";

struct alm_warc_writer {
    alm_warc_writer_options options;
    char *folder, *user_agent;
    char name[NAME_MAX_LEN];
    int file; /* -1: none is open */
    uint64_t length;
    uint32_t serial;
    alm_buf bytes; /* put and not flushed */
    alm_warc_index *index;
};

bool alm_warc_is_ours(const char *name) {
    alm_str s = alm_str_of(name);
    return alm_str_starts(s, ALM_STR(prefix)) && alm_str_ends(s, ALM_STR(suffix));
}

static alm_status failed(const alm_warc_writer *w, alm_err *err, const char *doing) {
    return alm_fail_system(err, ALM_E_STORAGE, errno, "archive %s/%s: %s: %s", w->folder, w->name, doing,
                           strerror(errno));
}

alm_status alm_warc_writer_new(alm_warc_writer **out, const alm_warc_writer_options *options, alm_err *err) {
    alm_warc_writer *w = alm_calloc(1, sizeof *w);
    if (!w) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    w->options = *options;
    w->file = -1;
    if (!w->options.max_bytes) w->options.max_bytes = (uint64_t)1 << 30;
    w->folder = alm_strdup(alm_str_of(options->folder));
    w->user_agent = alm_strdup(alm_str_of(options->user_agent));
    alm_buf_init(&w->bytes, MAX_BUFFERED);
    alm_status status = w->folder && w->user_agent ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK && mkdir(w->folder, 0777) != 0 && errno != EEXIST) status = failed(w, err, "make folder");
    if (status == ALM_OK) {
        *out = w;
        return ALM_OK;
    }
    alm_free(w->folder);
    alm_free(w->user_agent);
    alm_free(w);
    return status;
}

static alm_status add_warcinfo(alm_warc_writer *w, int64_t now_ms, alm_err *err) {
    alm_warc_encoder *encoder = NULL;
    alm_status status = alm_warc_encoder_new(&encoder, 0);
    if (status == ALM_OK) {
        alm_warc_info info = {
            .file_name = alm_str_of(w->name), .user_agent = alm_str_of(w->user_agent), .now_ms = now_ms};
        status = alm_warc_encode_info(encoder, &info, &w->bytes, err);
    }
    alm_warc_encoder_free(encoder);
    return status;
}

static alm_status open_new(alm_warc_writer *w, int64_t now_ms, alm_err *err) {
    char time[ALM_TIME_MAX], path[PATH_MAX_LEN];
    alm_time_format_compact(time, now_ms);
    do {
        snprintf(w->name, sizeof w->name, "%s%s-%05u%s", prefix, time, w->serial++, suffix);
        snprintf(path, sizeof path, "%s/%s", w->folder, w->name);
        w->file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    } while (w->file < 0 && errno == EEXIST && w->serial < 100000);
    if (w->file < 0) return failed(w, err, "make file");
    w->length = 0;
    alm_status status = alm_warc_index_new(&w->index, path, err);
    return status == ALM_OK ? add_warcinfo(w, now_ms, err) : status;
}

alm_status alm_warc_writer_open_file(alm_warc_writer *w, int64_t now_ms, alm_str *name, alm_err *err) {
    alm_status status = w->file < 0 ? open_new(w, now_ms, err) : ALM_OK;
    if (status == ALM_OK) *name = alm_str_of(w->name);
    return status;
}

alm_status alm_warc_writer_put(alm_warc_writer *w, const alm_warc_block *block, uint64_t *offset, alm_err *err) {
    uint64_t at = w->length + w->bytes.len;
    alm_status status = alm_buf_add(&w->bytes, alm_buf_str(&block->bytes));
    if (status != ALM_OK) return alm_fail(err, status, "archive: too much is buffered");
    *offset = at;
    return alm_warc_index_add(w->index, alm_buf_str(&block->index), at, alm_str_of(w->name), err);
}

alm_status alm_warc_writer_flush(alm_warc_writer *w, uint64_t *length, alm_err *err) {
    size_t done = 0;
    while (done < w->bytes.len) {
        ssize_t n = write(w->file, w->bytes.ptr + done, w->bytes.len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return failed(w, err, "write");
        done += (size_t)n;
    }
    w->length += done;
    alm_buf_reset(&w->bytes);
    *length = w->length;
    return ALM_OK;
}

alm_status alm_warc_writer_sync(alm_warc_writer *w, alm_err *err) {
    return w->file < 0 || fdatasync(w->file) == 0 ? ALM_OK : failed(w, err, "sync");
}

static alm_status close_file(alm_warc_writer *w, bool complete, alm_err *err) {
    if (w->file < 0) return ALM_OK;
    alm_status status = fdatasync(w->file) == 0 ? ALM_OK : failed(w, err, "sync");
    if (close(w->file) != 0 && status == ALM_OK) status = failed(w, err, "close");
    w->file = -1;
    alm_status indexed = alm_warc_index_close(w->index, complete && status == ALM_OK, err);
    w->index = NULL;
    return status == ALM_OK ? indexed : status;
}

alm_status alm_warc_writer_rotate(alm_warc_writer *w, bool *closed, alm_err *err) {
    *closed = w->length >= w->options.max_bytes;
    return *closed ? close_file(w, true, err) : ALM_OK;
}

alm_status alm_warc_writer_close(alm_warc_writer *w, bool complete, alm_err *err) {
    if (!w) return ALM_OK;
    uint64_t length;
    alm_status status = w->file < 0 || !complete ? ALM_OK : alm_warc_writer_flush(w, &length, err);
    alm_status closed = close_file(w, complete && status == ALM_OK, err);
    alm_buf_release(&w->bytes);
    alm_free(w->folder);
    alm_free(w->user_agent);
    alm_free(w);
    return status == ALM_OK ? closed : status;
}
