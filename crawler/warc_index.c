#include "crawler/warc_index.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "crawler/clock.h"
#include "crawler/line_sort.h"
#include "crawler/surt.h"
#include "crawler/warc_read.h"

enum { PATH_SIZE = 4096 };

struct alm_warc_index {
    alm_line_sort *lines;
    char path[PATH_SIZE], part_path[PATH_SIZE];
};

static alm_status failed(const char *path, alm_status status, alm_err *err) {
    if (status != ALM_E_STORAGE) return alm_fail(err, status, "%s: out of memory", path);
    return alm_fail_system(err, status, errno, "%s: %s", path, strerror(errno));
}

static void index_path(char out[PATH_SIZE], const char *warc_path, const char *end) {
    alm_str base = alm_str_of(warc_path);
    if (alm_str_ends(base, ALM_STR(".gz"))) base.len -= 3;
    if (alm_str_ends(base, ALM_STR(".warc"))) base.len -= 5;
    snprintf(out, PATH_SIZE, "%.*s%s", ALM_FMT(base), end);
}

bool alm_warc_index_exists(const char *warc_path) {
    char path[PATH_SIZE];
    index_path(path, warc_path, ".cdxj");
    return access(path, F_OK) == 0;
}

void alm_warc_index_remove(const char *warc_path) {
    char path[PATH_SIZE];
    index_path(path, warc_path, ".cdxj");
    unlink(path);
}

alm_status alm_warc_index_new(alm_warc_index **out, const char *warc_path, alm_err *err) {
    alm_warc_index *index = alm_calloc(1, sizeof *index);
    if (!index) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    index_path(index->path, warc_path, ".cdxj");
    index_path(index->part_path, warc_path, ".cdxj.part");
    alm_status status = alm_line_sort_new(&index->lines, index->part_path, 0);
    if (status == ALM_OK) {
        *out = index;
        return ALM_OK;
    }
    status = failed(index->part_path, status, err);
    alm_free(index);
    return status;
}

alm_status alm_warc_index_add(alm_warc_index *index, alm_str line, uint64_t offset, alm_str file_name, alm_err *err) {
    alm_buf *text = alm_line_sort_text(index->lines);
    alm_buf_add(text, line);
    alm_buf_printf(text, "%llu\", \"filename\": \"%.*s\"}", (unsigned long long)offset, ALM_FMT(file_name));
    alm_status status = alm_line_sort_end_line(index->lines);
    return status == ALM_OK ? ALM_OK : failed(index->part_path, status, err);
}

/* Written under another name and renamed: an index that is there is whole. */
static alm_status put_in_place(alm_warc_index *index, alm_err *err) {
    char path[PATH_SIZE + 8];
    snprintf(path, sizeof path, "%s.new", index->path);
    FILE *out = fopen(path, "we");
    alm_status status = out ? alm_line_sort_write(index->lines, out) : ALM_E_STORAGE;
    if (out && fclose(out) != 0 && status == ALM_OK) status = ALM_E_STORAGE;
    if (status == ALM_OK && rename(path, index->path) != 0) status = ALM_E_STORAGE;
    if (status == ALM_OK) return ALM_OK;
    status = failed(index->path, status, err);
    unlink(path);
    return status;
}

alm_status alm_warc_index_close(alm_warc_index *index, bool keep, alm_err *err) {
    if (!index) return ALM_OK;
    alm_status status = keep ? put_in_place(index, err) : ALM_OK;
    alm_line_sort_free(index->lines);
    alm_free(index);
    return status;
}

static alm_status add_record(alm_warc_index *index, const alm_warc_record *r, alm_str file_name, alm_err *err) {
    if (r->type != ALM_WARC_RESPONSE && r->type != ALM_WARC_REVISIT) return ALM_OK;
    char time[ALM_TIME_MAX];
    alm_buf line;
    alm_buf_init(&line, 1 << 20);
    alm_time_format_compact(time, r->date_ms);
    alm_surt_add(&line, r->url);
    alm_str mime = r->type == ALM_WARC_REVISIT ? ALM_STR("warc/revisit") : r->media_type;
    alm_status status = alm_buf_printf(
        &line,
        " %s {\"url\": \"%.*s\", \"mime\": \"%.*s\", \"status\": \"%d\", \"digest\": \"%.*s\","
        " \"length\": \"%llu\", \"offset\": \"",
        time, ALM_FMT(r->url), ALM_FMT(mime), r->status, ALM_FMT(r->payload_digest), (unsigned long long)r->length);
    status = status == ALM_OK ? alm_warc_index_add(index, alm_buf_str(&line), r->offset, file_name, err)
                              : alm_fail(err, status, "out of memory");
    alm_buf_release(&line);
    return status;
}

alm_status alm_warc_index_make(const char *warc_path, alm_err *err) {
    alm_warc_reader *reader = NULL;
    alm_warc_index *index = NULL;
    alm_status status = alm_warc_reader_new(&reader, warc_path, &(alm_warc_reader_options){.without_body = true}, err);
    if (status == ALM_OK) status = alm_warc_index_new(&index, warc_path, err);
    const char *slash = strrchr(warc_path, '/');
    alm_str name = alm_str_of(slash ? slash + 1 : warc_path);
    alm_warc_record record;
    while (status == ALM_OK && (status = alm_warc_read(reader, &record, err)) == ALM_OK)
        status = add_record(index, &record, name, err);
    if (status == ALM_END) status = ALM_OK;
    alm_status closed = alm_warc_index_close(index, status == ALM_OK, err);
    alm_warc_reader_free(reader);
    return status == ALM_OK ? closed : status;
}
