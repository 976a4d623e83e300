#include "cli/privacy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SALT_BYTES = 32, MIN_SALT = 16 };

bool alm_privacy_set_people(alm_privacy_options *options, const alm_usage *usage, const char *value) {
    int choice = alm_option_choice(usage, "--private-people", value, alm_private_names);
    if (choice < 0) return false;
    options->people = (alm_private)choice;
    return true;
}

static alm_status failed(const char *path, alm_err *err) {
    int why = errno;
    return alm_fail_system(err, ALM_E_IO, why, "%.300s: %s", path, strerror(why));
}

/* False with EEXIST where another was quicker: then that one's is read. */
static bool make_salt(const char *path) {
    unsigned char random[SALT_BYTES];
    char hex[2 * SALT_BYTES + 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) return false;
    for (size_t i = 0; i < sizeof random; i++) snprintf(hex + 2 * i, 3, "%02x", random[i]);
    hex[2 * SALT_BYTES] = '\n';
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool well = write(fd, hex, 2 * SALT_BYTES + 1) == 2 * SALT_BYTES + 1 && fsync(fd) == 0;
    close(fd);
    if (!well) unlink(path);
    return well;
}

static alm_status read_salt(alm_buf *salt, const char *path, alm_err *err) {
    char bytes[ALM_SALT_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? ALM_E_NOT_FOUND : failed(path, err);
    ssize_t got = read(fd, bytes, sizeof bytes);
    alm_status status = got < 0 ? failed(path, err) : ALM_OK;
    close(fd);
    if (status != ALM_OK) return status;
    alm_str text = alm_str_trim((alm_str){bytes, (size_t)got});
    if (text.len < MIN_SALT) return alm_fail(err, ALM_E_INVALID, "%.300s: a salt has %d bytes or more", path, MIN_SALT);
    return alm_buf_add(salt, text) == ALM_OK ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
}

static alm_status place_of_salt(char *out, size_t size, const alm_privacy_options *options,
                                const alm_store_location *location, alm_err *err) {
    int len;
    if (options->salt_path)
        len = snprintf(out, size, "%s", options->salt_path);
    else if (location->kind == ALM_STORE_POSTGRES)
        return alm_fail(err, ALM_E_INVALID, "a server has no place for the salt of masks: give --salt FILE");
    else if (location->folder[0])
        len = snprintf(out, size, "%s/salt", location->folder);
    else
        len = snprintf(out, size, "%s.salt", location->path);
    return len >= 0 && (size_t)len < size ? ALM_OK : alm_fail(err, ALM_E_INVALID, "the name of the salt is too long");
}

alm_status alm_privacy_load(alm_privacy *out, alm_buf *salt, const alm_privacy_options *options,
                            const alm_store_location *location, alm_err *err) {
    char path[ALM_STORE_PATH_MAX + 8];
    *out = (alm_privacy){.people = options->people};
    if (options->people == ALM_PRIVATE_KEEP) return ALM_OK;
    alm_status status = place_of_salt(path, sizeof path, options, location, err);
    if (status != ALM_OK) return status;
    if (location->folder[0] && !options->salt_path && mkdir(location->folder, 0777) != 0 && errno != EEXIST)
        return failed(location->folder, err);
    status = read_salt(salt, path, err);
    if (status == ALM_E_NOT_FOUND) {
        if (!make_salt(path) && errno != EEXIST) return failed(path, err);
        status = read_salt(salt, path, err);
    }
    if (status == ALM_OK) out->salt = alm_buf_str(salt);
    return status;
}
