#include "extract/pack_file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_pack(const char *dir) {
    char path[ALM_PACK_PATH_MAX + 16];
    int len = snprintf(path, sizeof path, "%s/pack.yaml", dir);
    return len > 0 && (size_t)len < sizeof path && access(path, R_OK) == 0;
}

/* The folder of the running program, without a slash at its end; "" where the system does not tell. */
static void program_dir(char *out, size_t size) {
    ssize_t len = readlink("/proc/self/exe", out, size - 1);
    out[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash) *slash = '\0';
}

alm_status alm_pack_find(char out[ALM_PACK_PATH_MAX], alm_err *err) {
    static const char *const beside[] = {"/../share/almoner/rules/zh", "/../../../rules/zh"};
    char dir[ALM_PACK_PATH_MAX - 64];
    program_dir(dir, sizeof dir);
    for (size_t i = 0; dir[0] != '\0' && i < sizeof beside / sizeof beside[0]; i++) {
        snprintf(out, ALM_PACK_PATH_MAX, "%s%s", dir, beside[i]);
        if (is_pack(out)) return ALM_OK;
    }
    snprintf(out, ALM_PACK_PATH_MAX, "%s", ALM_RULES_DIR);
    if (is_pack(out)) return ALM_OK;
    return alm_fail(err, ALM_E_NOT_FOUND, "no rule pack in %s%s nor in %s; name its folder", dir, beside[0],
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
