#include "pipeline/archive_repair.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crawler/warc_index.h"
#include "crawler/warc_read.h"
#include "crawler/warc_write.h"

enum { PATH_SIZE = 4096 };

static alm_status failed(const char *path, alm_err *err) {
    return alm_fail_system(err, ALM_E_STORAGE, errno, "%s: %s", path, strerror(errno));
}

/* The length of the whole records at the file's beginning. */
static alm_status whole_length(const char *path, uint64_t *out, alm_err *err) {
    alm_warc_reader *reader = NULL;
    alm_status status = alm_warc_reader_new(&reader, path, &(alm_warc_reader_options){.without_body = true}, err);
    if (status != ALM_OK) return status;
    alm_warc_record record;
    alm_err why = {0};
    while ((status = alm_warc_read(reader, &record, &why)) == ALM_OK || status == ALM_E_LIMIT) why = (alm_err){0};
    *out = alm_warc_reader_good(reader);
    alm_warc_reader_free(reader);
    return status == ALM_E_NOMEM || status == ALM_E_IO ? alm_fail(err, status, "%s: %s", path, why.message) : ALM_OK;
}

static alm_status cut_lost(const char *path, alm_str name, alm_frontier *frontier, alm_err *err) {
    uint64_t good, requeued;
    alm_status status = whole_length(path, &good, err);
    if (status == ALM_OK && truncate(path, (off_t)good) != 0) status = failed(path, err);
    if (status == ALM_OK) status = alm_frontier_archive_cut(frontier, name, good, &requeued, err);
    return status == ALM_OK ? alm_frontier_commit(frontier, err) : status;
}

static alm_status repair_file(const char *path, alm_str name, alm_frontier *frontier, alm_err *err) {
    struct stat info;
    uint64_t committed = 0;
    if (stat(path, &info) != 0) return failed(path, err);
    alm_status status = alm_frontier_archive_get(frontier, name, &committed, err);
    if (status < 0) return status;
    uint64_t length = (uint64_t)info.st_size;
    /* not known: somebody else's, or ours of a crawl that was killed before it could say so, which is empty */
    if (status == ALM_END && length > 0) return ALM_OK;
    if (committed == 0) {
        alm_warc_index_remove(path);
        return unlink(path) == 0 ? ALM_OK : failed(path, err);
    }
    if (length != committed) alm_warc_index_remove(path); /* it may tell of what is cut off */
    if (length > committed && truncate(path, (off_t)committed) != 0) return failed(path, err);
    status = length < committed ? cut_lost(path, name, frontier, err) : ALM_OK;
    if (status == ALM_OK && !alm_warc_index_exists(path)) status = alm_warc_index_make(path, err);
    return status;
}

alm_status alm_archive_repair(const char *folder, alm_frontier *frontier, alm_err *err) {
    DIR *listing = opendir(folder);
    if (!listing) return errno == ENOENT ? ALM_OK : failed(folder, err);
    alm_status status = ALM_OK;
    for (struct dirent *entry; status == ALM_OK && (entry = readdir(listing));) {
        char path[PATH_SIZE];
        alm_str name = alm_str_of(entry->d_name);
        bool is_part = alm_str_ends(name, ALM_STR(".cdxj.part")) || alm_str_ends(name, ALM_STR(".cdxj.new"));
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (is_part) unlink(path);
        if (alm_warc_is_ours(entry->d_name)) status = repair_file(path, name, frontier, err);
    }
    closedir(listing);
    return status;
}
