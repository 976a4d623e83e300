#include "extract/pack_file.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_pack(const char *dir) {
    char path[ALM_PACK_PATH_MAX + 16];
    int len = snprintf(path, sizeof path, "%s/pack.yaml", dir);
    return len > 0 && (size_t)len < sizeof path && access(path, R_OK) == 0;
}

/* Cut the name of the file off; "" where there is no folder. */
static void to_folder(char *path) {
    char *slash = strrchr(path, '/');
    *(slash ? slash : path) = '\0';
}

/* The folder of the running program; "" where the system does not tell. */
static void program_folder(char *out, size_t size) {
    ssize_t len = readlink("/proc/self/exe", out, size - 1);
    out[len > 0 ? len : 0] = '\0';
    to_folder(out);
}

/* The folder of the shared library that this code is in, or of the program. */
static void library_folder(char *out, size_t size) {
    static const char here;
    Dl_info info;
    int len = dladdr(&here, &info) && info.dli_fname ? snprintf(out, size, "%s", info.dli_fname) : 0;
    if (len <= 0 || (size_t)len >= size) out[0] = '\0';
    to_folder(out);
}

alm_status alm_pack_find(char out[ALM_PACK_PATH_MAX], alm_err *err) {
    static const struct {
        void (*folder)(char *, size_t);
        const char *way;
    } places[] = {{program_folder, "/../share/almoner/rules/zh"},
                  {program_folder, "/../../../rules/zh"}, /* build/PRESET/cli, in the source tree */
                  {library_folder, "/../share/almoner/rules/zh"},
                  {library_folder, "/../../share/almoner/rules/zh"}}; /* lib/x86_64-linux-gnu */
    char folder[ALM_PACK_PATH_MAX - 64], path[ALM_PACK_PATH_MAX];
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        places[i].folder(folder, sizeof folder);
        snprintf(path, sizeof path, "%s%s", folder, places[i].way);
        if (folder[0] && is_pack(path) && realpath(path, out)) return ALM_OK;
    }
    snprintf(out, ALM_PACK_PATH_MAX, "%s", ALM_RULES_DIR);
    if (is_pack(out)) return ALM_OK;
    return alm_fail(err, ALM_E_NOT_FOUND,
                    "no rule pack beside the program or library (../share/almoner/rules/zh) nor in %s; name its folder",
                    ALM_RULES_DIR);
}

static alm_status read_all(alm_str *out, alm_arena *arena, FILE *file, const char *path, alm_err *err) {
    struct stat info;
    if (fstat(fileno(file), &info) != 0) return alm_fail_at(err, ALM_E_IO, path, 0, 0, "%s", strerror(errno));
    if (!S_ISREG(info.st_mode)) return alm_fail_at(err, ALM_E_IO, path, 0, 0, "not a regular file");
    if (info.st_size > ALM_PACK_FILE_MAX)
        return alm_fail_at(err, ALM_E_LIMIT, path, 0, 0, "larger than %d MiB", (int)(ALM_PACK_FILE_MAX >> 20));
    size_t size = (size_t)info.st_size;
    char *bytes = alm_arena_alloc(arena, size + 1);
    if (!bytes) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (fread(bytes, 1, size, file) != size) return alm_fail_at(err, ALM_E_IO, path, 0, 0, "cut short while reading");
    bytes[size] = '\0';
    *out = (alm_str){bytes, size};
    return ALM_OK;
}

static alm_status join(char *out, size_t size, const char *dir, const char *name, alm_err *err) {
    int len = snprintf(out, size, "%s/%s", dir, name);
    if (len > 0 && (size_t)len < size) return ALM_OK;
    return alm_fail(err, ALM_E_INVALID, "the path %.80s…/%.80s is too long", dir, name);
}

void alm_pack_path(char out[ALM_PACK_PATH_MAX], const char *dir, const char *name) {
    snprintf(out, ALM_PACK_PATH_MAX, "%s/%s", dir, name);
}

alm_status alm_pack_read(alm_str *out, alm_arena *arena, const char *dir, const char *name, alm_err *err) {
    char path[ALM_PACK_PATH_MAX];
    alm_status status = join(path, sizeof path, dir, name, err);
    if (status != ALM_OK) return status;
    FILE *file = fopen(path, "rbe");
    if (!file) return alm_fail_at(err, errno == ENOENT ? ALM_E_NOT_FOUND : ALM_E_IO, path, 0, 0, "%s", strerror(errno));
    status = read_all(out, arena, file, path, err);
    fclose(file);
    return status;
}

alm_status alm_pack_read_yaml(const alm_yaml_node **out, alm_arena *arena, const char *dir, const char *name,
                              alm_err *err) {
    char path[ALM_PACK_PATH_MAX];
    alm_str text;
    alm_status status = join(path, sizeof path, dir, name, err);
    if (status == ALM_OK) status = alm_pack_read(&text, arena, dir, name, err);
    if (status == ALM_OK) status = alm_yaml_parse(out, arena, path, text, err);
    return status;
}
