#include "cli/extract_run.h"

#include <stdio.h>

#include "base/alloc.h"
#include "cli/table.h"
#include "extract/output/output.h"
#include "pipeline/inputs.h"
#include "pipeline/ordered.h"

enum { RESULT_MAX = 512 << 20, TABLE_ARENA_MAX = 512 << 20 };

typedef struct work_context {
    alm_extract_run *run;
    alm_run_inputs *inputs;
    bool head_written; /* of CSV; a line between tables */
} work_context;

/* What one thread owns. */
typedef struct worker {
    alm_reader *reader;
    alm_session *session;
    alm_arena arena; /* of the table */
} worker;

/* One input on its way. */
typedef struct item {
    alm_run_input *input;
    alm_buf result, explanation;
    bool is_passed_over; /* what stands in an archive and is no page */
    alm_err err;         /* why there is no result */
} item;

static void worker_end(void *context, void *private) {
    worker *w = private;
    (void)context;
    alm_reader_free(w->reader);
    alm_session_free(w->session);
    alm_arena_release(&w->arena);
    alm_free(w);
}

static alm_status worker_start(void *context, void **private, alm_err *err) {
    const alm_extract_run *run = ((work_context *)context)->run;
    worker *w = alm_calloc(1, sizeof *w);
    if (!w) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_arena_init(&w->arena, TABLE_ARENA_MAX);
    w->session = alm_session_new(run->extractor);
    alm_status status =
        w->session ? alm_reader_new(&w->reader, &run->reader, err) : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK)
        *private = w;
    else
        worker_end(context, w);
    return status;
}

static void drop_item(void *context, void *private) {
    item *it = private;
    (void)context;
    alm_buf_release(&it->result);
    alm_buf_release(&it->explanation);
    alm_run_input_free(it->input);
    alm_free(it);
}

static alm_status take_item(void *context, void **private, alm_err *err) {
    work_context *c = context;
    alm_run_input *input = NULL;
    alm_status status = alm_run_inputs_next(c->inputs, &input);
    if (status == ALM_END) return ALM_END;
    item *it = status == ALM_OK ? alm_calloc(1, sizeof *it) : NULL;
    if (!it) {
        alm_run_input_free(input);
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    it->input = input;
    alm_buf_init(&it->result, RESULT_MAX);
    alm_buf_init(&it->explanation, RESULT_MAX);
    *private = it;
    return ALM_OK;
}

static int add_to_buf(void *context, const char *bytes, size_t len) {
    return alm_buf_add(context, (alm_str){bytes, len}) == ALM_OK ? 0 : 1;
}

static alm_status render(const alm_extract_run *run, worker *w, item *it) {
    alm_output_options options = {.with_text = run->with_text, .pretty = run->pretty};
    switch (run->format) {
    case ALM_EXTRACT_JSON: options.format = ALM_FORMAT_JSON; break;
    case ALM_EXTRACT_NDJSON: options.format = ALM_FORMAT_NDJSON; break;
    case ALM_EXTRACT_CSV: options.format = ALM_FORMAT_CSV; break;
    case ALM_EXTRACT_TABLE:
        alm_arena_reset(&w->arena);
        return alm_table_write(&it->result, &w->arena, alm_session_document(w->session), it->input->name,
                               run->table_width);
    }
    int status = alm_session_write(w->session, &options, add_to_buf, &it->result);
    return it->result.status != ALM_OK ? it->result.status : (alm_status)status;
}

/* The page of @p it, or false where there is none to extract from. */
static bool read_page(worker *w, item *it, alm_read_page *page) {
    const alm_run_input *input = it->input;
    if (!input->is_archived) return alm_reader_read(w->reader, input->name, page, &it->err) == ALM_OK;
    it->err = input->err;
    if (it->err.code != ALM_OK) return false;
    *page = (alm_read_page){.bytes = alm_buf_str(&input->body),
                            .url = input->url,
                            .charset = input->charset[0] ? input->charset : NULL,
                            .fetched_at = input->fetched_at};
    it->is_passed_over = alm_reader_check(w->reader, alm_str_of(input->media_type), page, NULL) != ALM_OK;
    return !it->is_passed_over;
}

static void work_on(void *context, void *private, void *private_item) {
    const alm_extract_run *run = ((work_context *)context)->run;
    worker *w = private;
    item *it = private_item;
    alm_read_page page;
    if (!read_page(w, it, &page)) return;
    bool is_text = run->type == ALM_EXTRACT_TEXT || (run->type == ALM_EXTRACT_AUTO && page.is_text);
    alm_input input = {.bytes = page.bytes.ptr,
                       .len = page.bytes.len,
                       .type = is_text ? ALM_INPUT_TEXT : ALM_INPUT_HTML,
                       .url = page.url ? page.url : run->base_url,
                       .charset = page.charset,
                       .encoding = run->reader.encoding,
                       .fetched_at = page.fetched_at};
    if (run->explain) alm_session_explain(w->session, add_to_buf, &it->explanation, false);
    if (alm_extract(w->session, &input) != ALM_OK) {
        it->err = *alm_session_error(w->session);
        return;
    }
    alm_status status = render(run, w, it);
    if (status != ALM_OK) alm_fail(&it->err, status, "the result could not be written: %s", alm_status_name(status));
}

static alm_status give_result(work_context *c, const item *it, alm_err *err) {
    if (c->run->format == ALM_EXTRACT_TABLE && c->head_written) {
        alm_status status = alm_output_file_write(c->run->output, ALM_STR("\n"), err);
        if (status != ALM_OK) return status;
    }
    c->head_written = true;
    return alm_output_file_write(c->run->output, alm_buf_str(&it->result), err);
}

static alm_status give_item(void *context, void *private, alm_err *err) {
    work_context *c = context;
    item *it = private;
    alm_status status = ALM_OK;
    if (it->explanation.len > 0) {
        fprintf(stderr, "== %s\n", it->input->name);
        fwrite(it->explanation.ptr, 1, it->explanation.len, stderr);
    }
    if (it->err.code == ALM_E_NOMEM) {
        status = alm_fail(err, ALM_E_NOMEM, "%.200s: out of memory", it->input->name);
    } else if (it->err.code != ALM_OK) {
        fprintf(stderr, "almoner: %s: %s\n", it->input->name, it->err.message);
        c->run->failed_count++;
    } else if (!it->is_passed_over) {
        status = give_result(c, it, err);
    }
    drop_item(context, it);
    return status;
}

static alm_status write_head(work_context *c, alm_err *err) {
    alm_buf head;
    if (c->run->format != ALM_EXTRACT_CSV) return ALM_OK;
    alm_buf_init(&head, 4096);
    alm_status status = alm_write_csv_header(&head);
    if (status == ALM_OK)
        status = alm_output_file_write(c->run->output, alm_buf_str(&head), err);
    else
        alm_fail(err, status, "out of memory");
    alm_buf_release(&head);
    return status;
}

alm_status alm_extract_run_all(alm_extract_run *run, alm_err *err) {
    work_context context = {.run = run};
    const alm_ordered_tasks tasks = {.context = &context,
                                     .worker_start = worker_start,
                                     .worker_end = worker_end,
                                     .take = take_item,
                                     .work = work_on,
                                     .give = give_item,
                                     .drop = drop_item};
    alm_status status = write_head(&context, err);
    if (status == ALM_OK && alm_run_inputs_new(&context.inputs, run->inputs, run->input_count) != ALM_OK)
        status = alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK) status = alm_ordered_run(&tasks, run->worker_count, err);
    alm_run_inputs_free(context.inputs);
    return status;
}
