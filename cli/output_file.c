#include "cli/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

struct alm_output_file {
    int fd;
    bool replaces;         /* a regular file: rename on commit */
    char target[PATH_MAX]; /* what the file will be */
    char beside[PATH_MAX]; /* where it is written */
    const char *shown;     /* as the user named it; borrowed */
};

/* What a signal has to remove. Set before the file is there and cleared after it is gone or renamed. */
static char doomed[PATH_MAX];
static volatile sig_atomic_t is_doomed;

static void remove_and_die(int number) {
    if (is_doomed) unlink(doomed);
    signal(number, SIG_DFL);
    raise(number);
}

static void guard_file(const char *path) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = remove_and_die}, old;
    memcpy(doomed, path, strlen(path) + 1);
    is_doomed = 1;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) sigaction(numbers[i], &action, NULL);
}

static alm_status fail(const alm_output_file *file, alm_err *err) {
    int number = errno;
    return alm_fail_system(err, ALM_E_IO, number, "cannot write %s: %s", file->shown, strerror(number));
}

/* 0666 less the umask for a new file, else what the old one has. */
static mode_t mode_for(const struct stat *old) {
    if (old) return old->st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static alm_status open_beside(alm_output_file *file, const struct stat *old, alm_err *err) {
    int len = snprintf(file->beside, sizeof file->beside, "%s.XXXXXX", file->target);
    if (len < 0 || (size_t)len >= sizeof file->beside) {
        errno = ENAMETOOLONG;
        return fail(file, err);
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* no signal between the file's birth and its entry as doomed */
    file->fd = mkostemp(file->beside, O_CLOEXEC);
    int number = errno;
    if (file->fd >= 0) guard_file(file->beside);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = number;
    if (file->fd < 0) return fail(file, err);
    file->replaces = true;
    return fchmod(file->fd, mode_for(old)) == 0 ? ALM_OK : fail(file, err);
}

static alm_status open_path(alm_output_file *file, const char *path, alm_err *err) {
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (!exists && errno != ENOENT) return fail(file, err);
    if (exists && S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return fail(file, err);
    }
    if (exists && !S_ISREG(info.st_mode)) {
        file->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return file->fd < 0 ? fail(file, err) : ALM_OK;
    }
    if (exists && access(path, W_OK) != 0) return fail(file, err);       /* a file that is protected stays */
    if (exists && !realpath(path, file->target)) return fail(file, err); /* behind a link, the file itself */
    if (!exists && snprintf(file->target, sizeof file->target, "%s", path) >= (int)sizeof file->target) {
        errno = ENAMETOOLONG;
        return fail(file, err);
    }
    return open_beside(file, exists ? &info : NULL, err);
}

alm_status alm_output_file_open(alm_output_file **out, const char *path, alm_err *err) {
    alm_output_file *file = alm_calloc(1, sizeof *file);
    if (!file) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    bool standard = !path || strcmp(path, "-") == 0;
    file->fd = STDOUT_FILENO;
    file->shown = standard ? "standard output" : path;
    alm_status status = standard ? ALM_OK : open_path(file, path, err);
    if (status == ALM_OK)
        *out = file;
    else
        alm_output_file_close(file);
    return status;
}

alm_status alm_output_file_write(alm_output_file *file, alm_str bytes, alm_err *err) {
    for (size_t at = 0; at < bytes.len;) {
        ssize_t put = write(file->fd, bytes.ptr + at, bytes.len - at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(file, err);
        at += (size_t)put;
    }
    return ALM_OK;
}

alm_status alm_output_file_commit(alm_output_file *file, alm_err *err) {
    if (!file->replaces) return ALM_OK;
    if (fsync(file->fd) != 0 || rename(file->beside, file->target) != 0) return fail(file, err);
    is_doomed = 0;
    file->replaces = false;
    return ALM_OK;
}

void alm_output_file_close(alm_output_file *file) {
    if (!file) return;
    if (file->fd > STDERR_FILENO) close(file->fd);
    if (file->replaces) {
        unlink(file->beside);
        is_doomed = 0;
    }
    alm_free(file);
}
