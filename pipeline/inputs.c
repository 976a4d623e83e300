#include "pipeline/inputs.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crawler/fetch.h"
#include "crawler/warc_read.h"
#include "pipeline/reader.h"

enum { SNIFF_LEN = 4096 };

struct alm_run_inputs {
    const char *const *names;
    size_t count, next;
    const char *archive_name;
    alm_warc_reader *archive; /* that is being walked, or NULL */
};

alm_status alm_run_inputs_new(alm_run_inputs **out, const char *const *names, size_t count) {
    alm_run_inputs *inputs = alm_calloc(1, sizeof *inputs);
    if (!inputs) return ALM_E_NOMEM;
    inputs->names = names;
    inputs->count = count;
    *out = inputs;
    return ALM_OK;
}

void alm_run_inputs_free(alm_run_inputs *inputs) {
    if (!inputs) return;
    if (inputs->archive) alm_warc_reader_free(inputs->archive);
    alm_free(inputs);
}

void alm_run_input_free(alm_run_input *input) {
    if (!input) return;
    alm_buf_release(&input->body);
    alm_free(input->archived_name);
    alm_free(input->url);
    alm_free(input->media_type);
    alm_free(input);
}

static alm_run_input *new_input(const char *name) {
    alm_run_input *input = alm_calloc(1, sizeof *input);
    if (!input) return NULL;
    input->name = name;
    alm_buf_init(&input->body, ALM_FETCH_MAX_BODY);
    return input;
}

/* A regular file that begins as WARC does. What cannot be opened is left to the reader of pages, to say so. */
static bool is_archive(const char *name) {
    char start[SNIFF_LEN];
    struct stat info;
    if (alm_is_url(name) || strcmp(name, "-") == 0) return false;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return false;
    ssize_t len = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? read(fd, start, sizeof start) : 0;
    close(fd);
    return len > 0 && alm_warc_sniff((alm_str){start, (size_t)len});
}

static alm_status copy_record(alm_run_input *input, const char *archive, const alm_warc_record *record) {
    alm_buf name;
    alm_buf_init(&name, ALM_FETCH_MAX_URL + 4096);
    alm_buf_printf(&name, "%s: %.*s", archive, ALM_FMT(record->url));
    input->is_archived = true;
    input->name = input->archived_name = name.ptr;
    input->url = alm_strdup(record->url);
    input->media_type = alm_strdup(record->media_type);
    if (record->charset.len < sizeof input->charset)
        snprintf(input->charset, sizeof input->charset, "%.*s", ALM_FMT(record->charset));
    alm_time_format(input->fetched_at, record->date_ms);
    if (record->body_broken)
        alm_fail(&input->err, ALM_E_PARSE, "the compressed page is broken");
    else
        alm_buf_add(&input->body, record->body);
    bool copied = name.status == ALM_OK && input->url && input->media_type && input->body.status == ALM_OK;
    return copied ? ALM_OK : ALM_E_NOMEM;
}

/* What the archive says is none, and robots.txt also where another crawler archived it. */
static bool is_for_crawlers(const alm_warc_record *record) {
    if (record->purpose.len) return true;
    size_t slashes = 0;
    for (size_t i = 0; i < record->url.len; i++) slashes += record->url.ptr[i] == '/';
    return slashes == 3 && alm_str_ends(record->url, ALM_STR("/robots.txt"));
}

static bool is_page(const alm_warc_record *record) {
    return !is_for_crawlers(record) && record->type == ALM_WARC_RESPONSE && record->status >= 200 &&
           record->status < 300 && (record->body.len > 0 || record->body_broken);
}

static void close_archive(alm_run_inputs *inputs) {
    alm_warc_reader_free(inputs->archive);
    inputs->archive = NULL;
}

/* The archive's reader names the file itself; whoever prints the message of an input does it too. */
static void drop_name(alm_err *err, const char *name) {
    size_t len = strlen(name);
    if (strncmp(err->message, name, len) == 0 && strncmp(err->message + len, ": ", 2) == 0)
        memmove(err->message, err->message + len + 2, strlen(err->message + len + 2) + 1);
}

/* ALM_END at the end of the archive. A fault of the archive is an input of its own, and its end. */
static alm_status next_page(alm_run_inputs *inputs, alm_run_input **out) {
    alm_warc_record record;
    alm_err err = {0};
    alm_status status;
    do {
        err = (alm_err){0};
        status = alm_warc_read(inputs->archive, &record, &err);
    } while (status == ALM_E_LIMIT || (status == ALM_OK && !is_page(&record)));
    if (status == ALM_END) return ALM_END;
    if (status == ALM_E_NOMEM) return status;
    alm_run_input *input = new_input(inputs->archive_name);
    if (!input) return ALM_E_NOMEM;
    if (status == ALM_OK) {
        status = copy_record(input, inputs->archive_name, &record);
    } else {
        input->is_archived = true;
        input->err = err;
        drop_name(&input->err, inputs->archive_name);
        status = ALM_OK;
        close_archive(inputs);
    }
    if (status == ALM_OK)
        *out = input;
    else
        alm_run_input_free(input);
    return status;
}

alm_status alm_run_inputs_next(alm_run_inputs *inputs, alm_run_input **out) {
    for (;;) {
        if (inputs->archive) {
            alm_status status = next_page(inputs, out);
            if (status != ALM_END) return status;
            close_archive(inputs);
        }
        if (inputs->next == inputs->count) return ALM_END;
        const char *name = inputs->names[inputs->next++];
        if (!is_archive(name)) {
            *out = new_input(name);
            return *out ? ALM_OK : ALM_E_NOMEM;
        }
        inputs->archive_name = name;
        alm_status status = alm_warc_reader_new(&inputs->archive, name, &(alm_warc_reader_options){0}, NULL);
        if (status != ALM_OK) return ALM_E_NOMEM; /* it was open a moment ago */
    }
}
