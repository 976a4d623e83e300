#include "store/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { BUFFER = 1 << 16, MAX_PARTS = 500, LEVEL = 6 };

struct alm_parts {
    alm_parts_options options;
    ZSTD_CCtx *zstd;
    alm_buf pending; /* not yet compressed or written */
    char *packed;    /* what the compressor makes */
    size_t packed_size;
    uint64_t written; /* into the last part */
    bool in_place;    /* standard output, a pipe, a device: no name is given */
    bool open;        /* the last part takes records */
    int fds[MAX_PARTS];
    char *named[MAX_PARTS]; /* of a file that had to be made with a name */
    size_t count;
};

static alm_status fail(const alm_parts *p, alm_err *err) {
    int why = errno;
    return alm_fail_system(err, ALM_E_IO, why, "cannot write %.300s: %s",
                           p->options.path ? p->options.path : "standard output", strerror(why));
}

/* ---- names ---- */

/* "out.ndjson.zst" is "out-00001.ndjson.zst": the number stands before the endings that we know. */
static void name_part(const alm_parts *p, char out[PATH_MAX], size_t index) {
    static const char *const endings[] = {".zst", ".ndjson", ".json", ".csv"};
    alm_str base = alm_str_of(p->options.path);
    if (p->options.part_bytes == 0) {
        snprintf(out, PATH_MAX, "%s", p->options.path);
        return;
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (alm_str_ends(base, alm_str_of(endings[i]))) base.len -= strlen(endings[i]);
    snprintf(out, PATH_MAX, "%.*s-%05zu%s", ALM_FMT(base), index + 1, p->options.path + base.len);
}

static void beside(char out[PATH_MAX], const char *path, const char *ending) {
    char folder[PATH_MAX], file[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    snprintf(file, sizeof file, "%s", path);
    if (snprintf(out, PATH_MAX, "%s/.%s%s", dirname(folder), basename(file), ending) >= PATH_MAX) out[0] = '\0';
}

/* ---- bytes ---- */

static alm_status write_all(alm_parts *p, const char *bytes, size_t len, alm_err *err) {
    for (size_t at = 0; at < len;) {
        ssize_t put = write(p->fds[p->count - 1], bytes + at, len - at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(p, err);
        at += (size_t)put;
    }
    p->written += len;
    return ALM_OK;
}

static alm_status drain(alm_parts *p, ZSTD_EndDirective directive, alm_err *err) {
    alm_status status = ALM_OK;
    if (p->zstd) {
        ZSTD_inBuffer in = {p->pending.ptr, p->pending.len, 0};
        size_t left = 1;
        while (status == ALM_OK && (in.pos < in.size || (directive == ZSTD_e_end && left > 0))) {
            ZSTD_outBuffer made = {p->packed, p->packed_size, 0};
            left = ZSTD_compressStream2(p->zstd, &made, &in, directive);
            if (ZSTD_isError(left)) return alm_fail(err, ALM_E_NOMEM, "zstd: %s", ZSTD_getErrorName(left));
            status = write_all(p, p->packed, made.pos, err);
        }
    } else {
        status = write_all(p, p->pending.ptr, p->pending.len, err);
    }
    alm_buf_reset(&p->pending);
    return status;
}

/* ---- parts ---- */

static alm_status open_part(alm_parts *p, alm_err *err) {
    char path[PATH_MAX], folder[PATH_MAX];
    if (p->count == MAX_PARTS)
        return alm_fail(err, ALM_E_LIMIT, "%.300s: more than %d parts: make them larger", p->options.path, MAX_PARTS);
    name_part(p, path, p->count);
    snprintf(folder, sizeof folder, "%s", path);
    int fd = open(dirname(folder), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        beside(folder, path, ".XXXXXX");
        fd = mkostemp(folder, O_CLOEXEC);
        p->named[p->count] = fd >= 0 ? alm_strdup(alm_str_of(folder)) : NULL;
        if (fd >= 0) fchmod(fd, 0644);
    }
    if (fd < 0) return fail(p, err);
    p->fds[p->count++] = fd;
    p->written = 0;
    p->open = true;
    alm_buf_add(&p->pending, p->options.head);
    return ALM_OK;
}

static alm_status end_part(alm_parts *p, alm_err *err) {
    if (!p->open) return ALM_OK;
    p->open = false;
    alm_status status = drain(p, ZSTD_e_end, err);
    if (status == ALM_OK && !p->in_place && fsync(p->fds[p->count - 1]) != 0) status = fail(p, err);
    return status;
}

alm_status alm_parts_put(alm_parts *p, alm_str record, alm_err *err) {
    alm_status status = ALM_OK;
    bool full = p->options.part_bytes > 0 && p->written + (p->zstd ? 0 : p->pending.len) >= p->options.part_bytes;
    if (p->open && full) status = end_part(p, err);
    if (status == ALM_OK && !p->open) status = open_part(p, err);
    if (status != ALM_OK) return status;
    if (alm_buf_add(&p->pending, record) != ALM_OK) return alm_fail(err, p->pending.status, "out of memory");
    return p->pending.len >= BUFFER ? drain(p, ZSTD_e_continue, err) : ALM_OK;
}

static alm_status give_name(alm_parts *p, size_t index, alm_err *err) {
    char path[PATH_MAX], hidden[PATH_MAX], ours[64];
    name_part(p, path, index);
    if (p->named[index]) return rename(p->named[index], path) == 0 ? ALM_OK : fail(p, err);
    snprintf(ours, sizeof ours, "/proc/self/fd/%d", p->fds[index]);
    if (linkat(AT_FDCWD, ours, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) return ALM_OK;
    if (errno != EEXIST) return fail(p, err);
    beside(hidden, path, ".new"); /* there is no linkat that replaces */
    unlink(hidden);
    if (linkat(AT_FDCWD, ours, AT_FDCWD, hidden, AT_SYMLINK_FOLLOW) != 0 || rename(hidden, path) != 0)
        return fail(p, err);
    return ALM_OK;
}

static alm_status sync_folder(const alm_parts *p, alm_err *err) {
    char path[PATH_MAX];
    name_part(p, path, 0);
    int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(p, err);
    alm_status status = fsync(fd) == 0 || errno == EINVAL ? ALM_OK : fail(p, err);
    close(fd);
    return status;
}

alm_status alm_parts_commit(alm_parts *p, alm_err *err) {
    alm_status status = p->count == 0 ? open_part(p, err) : ALM_OK; /* a file without records is a file too */
    if (status == ALM_OK) status = end_part(p, err);
    if (p->in_place) return status;
    for (size_t i = 0; i < p->count && status == ALM_OK; i++) {
        status = give_name(p, i, err);
        if (status == ALM_OK && p->named[i]) {
            alm_free(p->named[i]);
            p->named[i] = NULL;
        }
    }
    return status == ALM_OK ? sync_folder(p, err) : status;
}

/* Where nothing can be renamed: standard output, or what is there and no regular file. */
static alm_status open_in_place(alm_parts *p, alm_err *err) {
    struct stat info;
    bool standard = !p->options.path || strcmp(p->options.path, "-") == 0;
    if (!standard && (stat(p->options.path, &info) != 0 || S_ISREG(info.st_mode))) return ALM_OK;
    if (p->options.part_bytes > 0) return alm_fail(err, ALM_E_INVALID, "parts need a file name");
    int fd = standard ? dup(STDOUT_FILENO) : open(p->options.path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fail(p, err);
    p->fds[p->count++] = fd;
    p->in_place = p->open = true;
    return alm_buf_add(&p->pending, p->options.head) == ALM_OK ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
}

alm_status alm_parts_new(alm_parts **out, const alm_parts_options *options, alm_err *err) {
    alm_parts *p = alm_calloc(1, sizeof *p);
    if (!p) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    p->options = *options;
    alm_buf_init(&p->pending, SIZE_MAX / 2);
    alm_status status = ALM_OK;
    if (options->path && strlen(options->path) > PATH_MAX - 64)
        status = alm_fail(err, ALM_E_INVALID, "the name of the output is too long");
    if (status == ALM_OK && options->path && alm_str_ends(alm_str_of(options->path), ALM_STR(".zst"))) {
        p->packed_size = ZSTD_CStreamOutSize();
        p->packed = alm_malloc(p->packed_size);
        p->zstd = ZSTD_createCCtx();
        if (!p->packed || !p->zstd || ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, LEVEL)) ||
            ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1)))
            status = alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    if (status == ALM_OK) status = open_in_place(p, err);
    if (status == ALM_OK)
        *out = p;
    else
        alm_parts_free(p);
    return status;
}

void alm_parts_free(alm_parts *p) {
    if (!p) return;
    for (size_t i = 0; i < p->count; i++) {
        close(p->fds[i]);
        if (p->named[i]) unlink(p->named[i]);
        alm_free(p->named[i]);
    }
    ZSTD_freeCCtx(p->zstd);
    alm_free(p->packed);
    alm_buf_release(&p->pending);
    alm_free(p);
}
