#include "watch/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_NAME = 255, MAX_DEPTH = 8 };

static bool is_plain(unsigned char c, bool first) {
    if (c == '.') return !first;
    return c >= 0x80 || c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

alm_status alm_source_folder(char *out, size_t size, const char *store, alm_str name, alm_err *err) {
    char folder[MAX_NAME + 1];
    size_t len = 0;
    for (size_t i = 0; i < name.len && len + 3 < sizeof folder; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (is_plain(c, i == 0))
            folder[len++] = (char)c;
        else
            len += (size_t)snprintf(folder + len, sizeof folder - len, "%%%02X", c);
    }
    folder[len] = '\0';
    int wanted = snprintf(out, size, "%s/sources/%s", store, folder);
    if (len + 3 >= sizeof folder || wanted < 0 || (size_t)wanted >= size)
        return alm_fail(err, ALM_E_LIMIT, "%.*s: too long for the name of a folder", ALM_FMT(name));
    return ALM_OK;
}

static uint64_t bytes_below(int folder, int depth) {
    DIR *dir = fdopendir(folder);
    if (!dir) {
        close(folder);
        return 0;
    }
    uint64_t sum = 0;
    for (const struct dirent *e; (e = readdir(dir));) {
        struct stat info;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (fstatat(dirfd(dir), e->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (S_ISREG(info.st_mode)) sum += (uint64_t)info.st_size;
        if (!S_ISDIR(info.st_mode) || depth == MAX_DEPTH) continue;
        int below = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (below >= 0) sum += bytes_below(below, depth + 1);
    }
    closedir(dir);
    return sum;
}

uint64_t alm_folder_bytes(const char *path) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder < 0 ? 0 : bytes_below(folder, 0);
}

uint64_t alm_file_bytes(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
}
