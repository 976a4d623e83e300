#include "cli/crawl_progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/table.h"

enum { PLAIN_MS = 10000, JSON_MS = 1000, MAX_HOSTS = 10 };

void alm_crawl_progress_init(alm_crawl_progress *p, alm_progress_kind kind) {
    *p = (alm_crawl_progress){.kind = kind};
    p->on_terminal = kind == ALM_PROGRESS_AUTO && isatty(STDERR_FILENO);
    if (kind == ALM_PROGRESS_AUTO && !p->on_terminal) p->kind = ALM_PROGRESS_PLAIN;
}

static uint64_t errors_of(const alm_loop_stats *s) {
    return s->client_errors + s->overloaded + s->server_errors + s->network_errors + s->refused;
}

static void measure(alm_crawl_progress *p, const alm_loop_stats *s) {
    int64_t passed = s->now_ms - p->last_ms;
    if (p->last_ms && passed <= 0) return;
    double now = p->last_ms ? (double)(s->pages - p->last_pages) * 1000 / (double)passed : 0;
    p->rate = p->rate > 0 ? p->rate * 0.8 + now * 0.2 : now;
    p->last_ms = s->now_ms;
    p->last_pages = s->pages;
}

/* "1h02m", "3m20s", "45s" */
static void format_span(char out[32], double seconds) {
    long s = seconds < 0 || seconds > 1e9 ? 0 : (long)seconds;
    if (s >= 3600)
        snprintf(out, 32, "%ldh%02ldm", s / 3600, s / 60 % 60);
    else if (s >= 60)
        snprintf(out, 32, "%ldm%02lds", s / 60, s % 60);
    else
        snprintf(out, 32, "%lds", s);
}

static int format_line(char *out, size_t size, const alm_crawl_progress *p, const alm_loop_stats *s) {
    char left[32] = "?";
    if (p->rate > 0.01) format_span(left, (double)s->queued / p->rate);
    return snprintf(out, size,
                    "%" PRIu64 " pages  %" PRIu64 " records  %" PRIu64 " errors  %" PRIu64
                    " queued  %.1f/s  %u hosts waiting%s  %s left",
                    s->pages, s->records, errors_of(s), s->queued, p->rate, s->waiting_hosts,
                    s->resting_hosts ? ", some resting" : "", left);
}

/* almoner watch reads these names: watch/journal.c */
static void show_json(const alm_crawl_progress *p, const alm_loop_stats *s) {
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {{"pages", s->pages},
                  {"records", s->records},
                  {"errors", errors_of(s)},
                  {"queued", s->queued},
                  {"ok", s->ok},
                  {"not_modified", s->not_modified},
                  {"redirects", s->redirects},
                  {"others", s->others},
                  {"gone", s->gone},
                  {"client_errors", s->client_errors},
                  {"overloaded", s->overloaded},
                  {"server_errors", s->server_errors},
                  {"network_errors", s->network_errors},
                  {"refused", s->refused},
                  {"disallowed", s->disallowed},
                  {"failed", s->failed},
                  {"hosts_waiting", s->waiting_hosts},
                  {"hosts_resting", s->resting_hosts},
                  {"active", s->active},
                  {"bytes", s->bytes}};
    fputc('{', stderr);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        fprintf(stderr, "\"%s\": %" PRIu64 ", ", counts[i].name, counts[i].count);
    fprintf(stderr, "\"limited\": %s, \"rate\": %.2f, \"left_s\": %.0f, \"elapsed_ms\": %" PRId64 "}\n",
            s->limited ? "true" : "false", p->rate, p->rate > 0.01 ? (double)s->queued / p->rate : -1.0,
            s->now_ms - s->started_ms);
}

void alm_crawl_progress_show(void *context, const alm_loop_stats *s) {
    alm_crawl_progress *p = context;
    int64_t every = p->on_terminal ? 0 : p->kind == ALM_PROGRESS_JSON ? JSON_MS : PLAIN_MS;
    if (p->kind == ALM_PROGRESS_NONE || (p->last_ms && s->now_ms - p->last_ms < every)) return;
    measure(p, s);
    char line[512];
    if (p->on_terminal) {
        format_line(line, sizeof line, p, s);
        fprintf(stderr, "\r%.*s\033[K", (int)alm_table_width(STDERR_FILENO) - 1, line);
        fflush(stderr);
        p->has_line = true;
    } else if (p->kind == ALM_PROGRESS_JSON) {
        show_json(p, s);
    } else if (s->now_ms - s->started_ms >= PLAIN_MS) {
        format_line(line, sizeof line, p, s);
        fprintf(stderr, "%s\n", line);
    }
}

static void end_line(alm_crawl_progress *p) {
    if (p->has_line) fputs("\r\033[K", stderr);
    p->has_line = false;
}

void alm_crawl_progress_warn(void *context, const char *message) {
    end_line(context);
    fprintf(stderr, "almoner: %s\n", message);
}

/* ---- summary ---- */

typedef struct host_list {
    alm_loop_host *items;
    size_t count, cap;
} host_list;

static void add_host(void *context, const alm_loop_host *host) {
    host_list *list = context;
    void *items = list->items;
    if (alm_grow(&items, &list->cap, list->count, sizeof *list->items, SIZE_MAX / sizeof *list->items) != ALM_OK)
        return; /* a summary that lacks a host is better than none */
    list->items = items;
    list->items[list->count++] = *host;
}

static int by_pages(const void *a, const void *b) {
    const alm_loop_host *x = a, *y = b;
    uint64_t m = x->pages + x->errors, n = y->pages + y->errors;
    return m != n ? (m < n ? 1 : -1) : strcmp(x->name, y->name);
}

static void show_hosts(const alm_loop *loop) {
    host_list list = {0};
    alm_loop_each_host(loop, add_host, &list);
    if (list.count) qsort(list.items, list.count, sizeof *list.items, by_pages);
    if (list.count) fprintf(stderr, "  %-36s %9s %9s %10s %9s\n", "host", "pages", "errors", "KiB", "answer");
    for (size_t i = 0; i < list.count && i < MAX_HOSTS; i++)
        fprintf(stderr, "  %-36s %9" PRIu64 " %9" PRIu64 " %10" PRIu64 " %6" PRId64 " ms\n", list.items[i].name,
                list.items[i].pages, list.items[i].errors, list.items[i].bytes >> 10, list.items[i].response_ms);
    if (list.count > MAX_HOSTS) fprintf(stderr, "  and %zu more hosts\n", list.count - MAX_HOSTS);
    alm_free(list.items);
}

void alm_crawl_progress_summary(alm_crawl_progress *p, const alm_loop_stats *s, const alm_loop *loop) {
    end_line(p);
    if (p->kind == ALM_PROGRESS_NONE) return;
    if (p->kind == ALM_PROGRESS_JSON) {
        show_json(p, s);
        return;
    }
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {{"pages (2xx)", s->ok},
                {"not modified (304)", s->not_modified},
                {"redirects", s->redirects},
                {"no pages (pictures, documents)", s->others},
                {"gone (404, 410)", s->gone},
                {"other 4xx", s->client_errors},
                {"asked to wait (429, 503)", s->overloaded},
                {"other 5xx", s->server_errors},
                {"no answer", s->network_errors},
                {"refused addresses", s->refused},
                {"forbidden by robots.txt", s->disallowed},
                {"dropped (scope, traps, limits)", s->dropped},
                {"put off for a retry", s->retries},
                {"given up", s->failed},
                {"left in the queue", s->queued}};
    char span[32];
    double seconds = (double)(s->now_ms - s->started_ms) / 1000;
    format_span(span, seconds);
    fprintf(stderr, "%" PRIu64 " answers, %" PRIu64 " records, %" PRIu64 " KiB in %s (%.1f a second)\n", s->pages,
            s->records, s->bytes >> 10, span, seconds > 0 ? (double)s->pages / seconds : 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].count) fprintf(stderr, "  %-36s %9" PRIu64 "\n", rows[i].name, rows[i].count);
    show_hosts(loop);
}
