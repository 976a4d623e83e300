#include "store/locate.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static bool is_folder(const char *store) {
    static const char *const endings[] = {".db", ".sqlite", ".sqlite3"};
    struct stat info;
    if (stat(store, &info) == 0) return S_ISDIR(info.st_mode);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (alm_str_ends(alm_str_of(store), alm_str_of(endings[i]))) return false;
    return true;
}

alm_status alm_store_locate(alm_store_location *out, const char *store, alm_err *err) {
    alm_str name = alm_str_of(store);
    if (name.len == 0) return alm_fail(err, ALM_E_INVALID, "no store is named");
    if (name.len > ALM_STORE_PATH_MAX - sizeof "/records.db")
        return alm_fail(err, ALM_E_INVALID, "%.64s...: the name of the store is too long", store);
    alm_store_location found = {.kind = ALM_STORE_SQLITE};
    if (alm_str_starts(name, ALM_STR("postgres://")) || alm_str_starts(name, ALM_STR("postgresql://"))) {
        found.kind = ALM_STORE_POSTGRES;
        memcpy(found.path, store, name.len);
    } else if (is_folder(store)) {
        memcpy(found.folder, store, name.len);
        memcpy(found.path, store, name.len);
        memcpy(found.path + name.len, "/records.db", sizeof "/records.db");
    } else {
        memcpy(found.path, store, name.len);
    }
    *out = found;
    return ALM_OK;
}

alm_status alm_store_make_folder(const alm_store_location *location, alm_err *err) {
    if (!location->folder[0] || mkdir(location->folder, 0777) == 0 || errno == EEXIST) return ALM_OK;
    return alm_fail_system(err, ALM_E_STORAGE, errno, "%.300s: %s", location->folder, strerror(errno));
}
