#include "pipeline/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static alm_status read_all(alm_buf *out, int fd, const char *path, alm_err *err) {
    char chunk[65536];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return alm_fail_system(err, ALM_E_IO, errno, "%s: %s", path, strerror(errno));
        if (got == 0) return ALM_OK;
        if (alm_buf_add(out, (alm_str){chunk, (size_t)got}) < 0)
            return alm_fail(err, out->status, "%s: larger than %zu bytes", path, out->max);
    }
}

alm_status alm_read_file(alm_buf *out, const char *path, alm_err *err) {
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        alm_status status = errno == ENOENT ? ALM_E_NOT_FOUND : ALM_E_IO;
        return alm_fail_system(err, status, errno, "%s: %s", path, strerror(errno));
    }
    alm_status status = read_all(out, fd, path, err);
    if (!standard) close(fd);
    return status;
}

alm_status alm_keep_file(const char *path, alm_str text, alm_err *err) {
    char aside[4096];
    int len = snprintf(aside, sizeof aside, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof aside) return alm_fail(err, ALM_E_LIMIT, "%s: name too long", path);
    FILE *file = fopen(aside, "we");
    bool well = file && fwrite(text.ptr, 1, text.len, file) == text.len;
    if (file && fclose(file) != 0) well = false;
    if (well && rename(aside, path) == 0) return ALM_OK;
    int why = errno;
    if (file) unlink(aside);
    return alm_fail_system(err, ALM_E_IO, why, "%s: %s", path, strerror(why));
}
