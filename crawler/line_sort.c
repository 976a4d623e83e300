#include "crawler/line_sort.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"

enum { MAX_BYTES = 4 << 20, MAX_TEXT = 1 << 30, PIECE = 4096 };

/* A sorted stretch of the scratch file, and while runs are merged, its first line that is not written yet. */
typedef struct run {
    long at, end;
    FILE *file;
    alm_buf line; /* empty: the run is over */
} run;

struct alm_line_sort {
    FILE *scratch;
    char *path;
    size_t max_bytes;
    alm_buf text;
    size_t *ends;   /* of each line of text */
    alm_str *lines; /* room for as many, to sort them */
    size_t count, lines_cap, ends_cap;
    run *runs;
    size_t run_count, run_cap;
};

alm_status alm_line_sort_new(alm_line_sort **out, const char *scratch, size_t max_bytes) {
    alm_line_sort *s = alm_calloc(1, sizeof *s);
    if (!s) return ALM_E_NOMEM;
    s->max_bytes = max_bytes ? max_bytes : MAX_BYTES;
    alm_buf_init(&s->text, MAX_TEXT);
    s->path = alm_strdup(alm_str_of(scratch));
    s->scratch = s->path ? fopen(s->path, "w+e") : NULL;
    if (s->scratch) {
        *out = s;
        return ALM_OK;
    }
    alm_status status = s->path ? ALM_E_STORAGE : ALM_E_NOMEM;
    alm_free(s->path);
    alm_free(s);
    return status;
}

void alm_line_sort_free(alm_line_sort *s) {
    if (!s) return;
    for (size_t i = 0; i < s->run_count; i++) {
        if (s->runs[i].file) fclose(s->runs[i].file);
        alm_buf_release(&s->runs[i].line);
    }
    if (s->scratch) fclose(s->scratch);
    unlink(s->path);
    alm_buf_release(&s->text);
    alm_free(s->runs);
    alm_free(s->lines);
    alm_free(s->ends);
    alm_free(s->path);
    alm_free(s);
}

alm_buf *alm_line_sort_text(alm_line_sort *s) { return &s->text; }

static int compare_lines(const void *a, const void *b) {
    return alm_str_compare(*(const alm_str *)a, *(const alm_str *)b);
}

/* Sort what is in memory and write it. */
static alm_status write_text(alm_line_sort *s, FILE *out) {
    for (size_t i = 0, start = 0; i < s->count; start = s->ends[i++])
        s->lines[i] = alm_str_slice(alm_buf_str(&s->text), start, s->ends[i]);
    if (s->count) qsort(s->lines, s->count, sizeof *s->lines, compare_lines);
    for (size_t i = 0; i < s->count; i++)
        if (fwrite(s->lines[i].ptr, 1, s->lines[i].len, out) != s->lines[i].len) return ALM_E_STORAGE;
    s->count = 0;
    alm_buf_reset(&s->text);
    return ALM_OK;
}

static alm_status spill(alm_line_sort *s) {
    void *runs = s->runs;
    alm_status status = alm_grow(&runs, &s->run_cap, s->run_count, sizeof *s->runs, MAX_TEXT);
    s->runs = runs;
    if (status != ALM_OK) return status;
    run next = {.at = s->run_count ? s->runs[s->run_count - 1].end : 0};
    alm_buf_init(&next.line, MAX_TEXT);
    next.end = next.at + (long)s->text.len;
    status = write_text(s, s->scratch);
    if (status == ALM_OK && fflush(s->scratch) != 0) status = ALM_E_STORAGE;
    if (status == ALM_OK) s->runs[s->run_count++] = next;
    return status;
}

alm_status alm_line_sort_end_line(alm_line_sort *s) {
    alm_buf_add_byte(&s->text, '\n');
    if (s->text.status != ALM_OK) return s->text.status;
    void *ends = s->ends, *lines = s->lines;
    alm_status status = alm_grow(&ends, &s->ends_cap, s->count, sizeof *s->ends, MAX_TEXT);
    s->ends = ends;
    if (status == ALM_OK) status = alm_grow(&lines, &s->lines_cap, s->count, sizeof *s->lines, MAX_TEXT);
    s->lines = lines;
    if (status != ALM_OK) return status;
    s->ends[s->count++] = s->text.len;
    return s->text.len >= s->max_bytes ? spill(s) : ALM_OK;
}

/* ---- merging ---- */

static alm_status read_line(run *r) {
    char piece[PIECE];
    alm_buf_reset(&r->line);
    while (r->at < r->end) {
        if (!fgets(piece, sizeof piece, r->file)) return ALM_E_STORAGE;
        alm_str got = alm_str_of(piece);
        r->at += (long)got.len;
        if (alm_buf_add(&r->line, got) != ALM_OK) return r->line.status;
        if (alm_str_ends(got, ALM_STR("\n"))) break;
    }
    return ALM_OK;
}

static alm_status open_runs(alm_line_sort *s) {
    alm_status status = ALM_OK;
    for (size_t i = 0; i < s->run_count && status == ALM_OK; i++) {
        run *r = &s->runs[i];
        r->file = fopen(s->path, "re");
        status = r->file && fseek(r->file, r->at, SEEK_SET) == 0 ? read_line(r) : ALM_E_STORAGE;
    }
    return status;
}

static run *least(alm_line_sort *s) {
    run *best = NULL;
    for (size_t i = 0; i < s->run_count; i++) {
        run *r = &s->runs[i];
        if (r->line.len && (!best || alm_str_compare(alm_buf_str(&r->line), alm_buf_str(&best->line)) < 0)) best = r;
    }
    return best;
}

alm_status alm_line_sort_write(alm_line_sort *s, FILE *out) {
    if (s->run_count == 0) return write_text(s, out);
    alm_status status = s->count ? spill(s) : ALM_OK;
    if (status == ALM_OK) status = open_runs(s);
    for (run *r; status == ALM_OK && (r = least(s));) {
        if (fwrite(r->line.ptr, 1, r->line.len, out) != r->line.len) return ALM_E_STORAGE;
        status = read_line(r);
    }
    return status;
}
