/*
 * How fast extraction is, one thread, and what libxml2's own parse of the same bytes costs in the same run.
 *
 *   extract [--rules DIR] PAGES_DIR           pages/s, MB/s, peak memory, time relative to libxml2
 *   extract --repeat N PAGES_DIR              memory over N pages
 *   extract --scale PAGES_DIR                 two threads against one
 *   extract --linear                          a page of 100 paragraphs against one of 10,000
 */
#include <dirent.h>
#include <errno.h>
#include <libxml/HTMLparser.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "extract/almoner.h"

enum { PAGE_MAX = 16 << 20, MAX_PAGES = 100000, ROUNDS = 5, MAX_THREADS = 64 };

typedef struct page {
    char *name;
    alm_buf bytes;
    double ours_s, libxml2_s, told_s; /* the best of all rounds */
} page;

typedef struct pages {
    page *items;
    size_t count, cap, bytes;
} pages;

static _Noreturn void die(const char *what, const char *why) {
    fprintf(stderr, "extract: %s: %s\n", what, why);
    exit(2);
}

static double read_clock(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now_s(void) { return read_clock(CLOCK_MONOTONIC); }

/* Time that this thread had a processor: what others do on the machine counts less. */
static double busy_s(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

static void read_file(alm_buf *out, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path, strerror(errno));
    char chunk[65536];
    alm_buf_init(out, PAGE_MAX);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
        if (alm_buf_add(out, (alm_str){chunk, n}) != ALM_OK) die(path, "too large");
    fclose(file);
}

static int by_name(const void *a, const void *b) { return strcmp(((const page *)a)->name, ((const page *)b)->name); }

static void read_pages(pages *out, const char *dir) {
    DIR *handle = opendir(dir);
    if (!handle) die(dir, strerror(errno));
    for (struct dirent *entry; (entry = readdir(handle));) {
        if (!alm_str_ends(alm_str_of(entry->d_name), ALM_STR(".html"))) continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (alm_grow((void **)&out->items, &out->cap, out->count, sizeof *out->items, MAX_PAGES) != ALM_OK)
            die(dir, "too many pages");
        page *item = &out->items[out->count++];
        *item = (page){.name = alm_strdup(alm_str_of(entry->d_name)), .ours_s = 1e9, .libxml2_s = 1e9, .told_s = 1e9};
        if (!item->name) die(dir, "out of memory");
        read_file(&item->bytes, path);
        out->bytes += item->bytes.len;
    }
    closedir(handle);
    if (out->count == 0) die(dir, "no .html files");
    qsort(out->items, out->count, sizeof *out->items, by_name);
}

static void free_pages(pages *all) {
    for (size_t i = 0; i < all->count; i++) {
        alm_free(all->items[i].name);
        alm_buf_release(&all->items[i].bytes);
    }
    alm_free(all->items);
}

static int count_bytes(void *total, const char *bytes, size_t len) {
    (void)bytes;
    *(size_t *)total += len;
    return 0;
}

/* The whole pipeline: bytes in, JSON out. */
static double extract(alm_session *session, const char *name, alm_str bytes) {
    alm_input input = {.bytes = bytes.ptr, .len = bytes.len};
    alm_output_options json = {.format = ALM_FORMAT_JSON};
    size_t written = 0;
    double start = busy_s();
    if (alm_extract(session, &input) != 0 || alm_session_write(session, &json, count_bytes, &written) != 0)
        die(name, alm_session_message(session));
    return busy_s() - start;
}

/* It says on standard error what it thinks of the bytes, whatever the options. */
static void say_nothing(void *context, const char *format, ...) {
    (void)context;
    (void)format;
}

/*
 * What libxml2 frees, the allocator sweeps up at the next large request, whoever makes it: here nobody's time.
 */
static void settle_allocator(void) {
    enum { LARGE = 1 << 16 };
    void *volatile large = malloc(LARGE);
    free(large);
}

/* The charset is NULL: what the page declares. libxml2 stops reading at bytes that the declared one does not have. */
static double parse(alm_str bytes, const char *charset) {
    double start = busy_s();
    htmlDocPtr doc = htmlReadMemory(bytes.ptr, (int)bytes.len, NULL, charset,
                                    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    xmlFreeDoc(doc);
    double time = busy_s() - start;
    settle_allocator();
    return time;
}

/* The value of "charset" in the session's document, or NULL. */
static int find_charset(void *out, const char *bytes, size_t len) {
    char *charset = out;
    static const char key[] = "\"charset\":";
    alm_str text = {bytes, len};
    size_t at = alm_str_find(text, ALM_STR(key), 0);
    if (charset[0] || at == SIZE_MAX) return 0;
    for (at += sizeof key - 1; at < len && bytes[at] != '"';) at++;
    for (size_t n = 0; ++at < len && bytes[at] != '"' && n < 31; n++) charset[n] = bytes[at];
    return 0;
}

static double best(double a, double b) { return a < b ? a : b; }

static void time_page(page *item, alm_session *session) {
    alm_str bytes = alm_buf_str(&item->bytes);
    char charset[32] = "";
    alm_output_options json = {.format = ALM_FORMAT_JSON};
    for (int round = 0; round < ROUNDS; round++) {
        item->ours_s = best(item->ours_s, extract(session, item->name, bytes));
        if (!charset[0]) (void)alm_session_write(session, &json, find_charset, charset);
        item->libxml2_s = best(item->libxml2_s, parse(bytes, NULL));
        item->told_s = best(item->told_s, parse(bytes, charset[0] ? charset : NULL));
    }
}

static int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *numbers, size_t count) {
    qsort(numbers, count, sizeof *numbers, by_number);
    return count % 2 ? numbers[count / 2] : (numbers[count / 2 - 1] + numbers[count / 2]) / 2;
}

static double peak_mib(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static double resident_mib(void) {
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &total, &resident) != 2) die("/proc/self/statm", "cannot be read");
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static void bench_speed(pages *all, alm_session *session) {
    double ours = 0, *alone = alm_calloc(all->count, sizeof *alone), *told = alm_calloc(all->count, sizeof *told);
    if (!alone || !told) die("bench", "out of memory");
    for (size_t i = 0; i < all->count; i++) {
        page *item = &all->items[i];
        time_page(item, session);
        ours += item->ours_s;
        alone[i] = item->ours_s / item->libxml2_s;
        told[i] = item->ours_s / item->told_s;
    }
    printf("pages                        %zu, %.0f bytes on average\n", all->count,
           (double)all->bytes / (double)all->count);
    printf("pages/s                      %.0f\n", (double)all->count / ours);
    printf("MB/s                         %.1f\n", (double)all->bytes / 1e6 / ours);
    printf("peak memory                  %.1f MiB\n", peak_mib());
    printf("time relative to libxml2     %.2f  (median a page; the bytes as they are)\n", median(alone, all->count));
    printf("                             %.2f  (median a page; libxml2 told the right charset)\n",
           median(told, all->count));
    alm_free(alone);
    alm_free(told);
}

static void bench_repeat(const pages *all, alm_session *session, size_t total) {
    double first = 0;
    for (size_t i = 0; i < total; i++) {
        const page *item = &all->items[i % all->count];
        extract(session, item->name, alm_buf_str(&item->bytes));
        if ((i + 1) % (total / 10 ? total / 10 : 1) == 0) {
            double here = resident_mib();
            if (first == 0) first = here;
            printf("%8zu pages  %7.1f MiB resident  %+.1f since the first line\n", i + 1, here, here - first);
        }
    }
}

/* What one thread of bench_scale does: its share of the pages, some times over. */
typedef struct worker {
    const pages *all;
    const alm_extractor *extractor;
    size_t first, step;
} worker;

static void *work(void *arg) {
    const worker *w = arg;
    alm_session *session = alm_session_new(w->extractor);
    if (!session) die("session", "out of memory");
    for (int round = 0; round < ROUNDS * 2; round++)
        for (size_t i = w->first; i < w->all->count; i += w->step)
            extract(session, w->all->items[i].name, alm_buf_str(&w->all->items[i].bytes));
    alm_session_free(session);
    return NULL;
}

static double run_threads(const pages *all, const alm_extractor *extractor, size_t count) {
    pthread_t threads[MAX_THREADS];
    worker workers[MAX_THREADS];
    double start = now_s();
    for (size_t i = 0; i < count; i++) {
        workers[i] = (worker){all, extractor, i, count};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0) die("thread", "cannot be started");
    }
    for (size_t i = 0; i < count; i++) pthread_join(threads[i], NULL);
    return now_s() - start;
}

static void bench_scale(const pages *all, const alm_extractor *extractor) {
    double ratios[ROUNDS];
    run_threads(all, extractor, 1);
    for (int i = 0; i < ROUNDS; i++) ratios[i] = run_threads(all, extractor, 1) / run_threads(all, extractor, 2);
    printf("two threads against one      %.2f times as fast (median of %d)\n", median(ratios, ROUNDS), ROUNDS);
}

/* A page of that many paragraphs; every one of them gives a donation. */
static void make_page(alm_buf *out, int paragraphs) {
    alm_buf_init(out, PAGE_MAX);
    alm_buf_add_c(out, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>爱心捐赠</title></head><body><div>");
    for (int i = 0; i < paragraphs; i++)
        alm_buf_printf(out,
                       "<p>%d月%d日，东山县商会副会长——东山县第%d建材有限公司董事长王建国向东山县慈善总会捐款%d万余元，"
                       "并送去口罩%d只、消毒液%d桶，总价值%d元。</p>\n",
                       i % 12 + 1, i % 28 + 1, i % 97 + 1, i % 40 + 1, i % 50 * 100 + 100, i % 9 + 1, i * 10 + 1000);
    if (alm_buf_add_c(out, "</div></body></html>\n") != ALM_OK) die("page", "too large");
}

static void bench_linear(alm_session *session) {
    static const int paragraphs[] = {100, 1000, 10000};
    double first = 0;
    for (size_t i = 0; i < sizeof paragraphs / sizeof paragraphs[0]; i++) {
        double time = 1e9;
        alm_buf bytes;
        make_page(&bytes, paragraphs[i]);
        for (int round = 0; round < 2000 / paragraphs[i] + 8; round++)
            time = best(time, extract(session, "made page", alm_buf_str(&bytes)));
        if (i == 0) first = time;
        printf("%6d paragraphs            %.4f s, %.1f times the first; %zu donations\n", paragraphs[i], time,
               time / first, alm_session_donation_count(session));
        alm_buf_release(&bytes);
    }
}

int main(int argc, char **argv) {
    alm_extractor_options options = {0};
    bool scale = false, linear = false;
    size_t repeat = 0;
    const char *dir = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--scale") == 0)
            scale = true;
        else if (strcmp(argv[i], "--linear") == 0)
            linear = true;
        else if (strcmp(argv[i], "--repeat") == 0 && i + 1 < argc)
            repeat = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--rules") == 0 && i + 1 < argc)
            options.rules_dir = argv[++i];
        else
            dir = argv[i];
    }
    if (!dir && !linear) die("usage", "extract [--rules DIR] [--repeat N | --scale | --linear] PAGES_DIR");
    char why[512];
    double start = now_s();
    alm_extractor *extractor = alm_extractor_new(&options, why, sizeof why);
    if (!extractor) die("rule pack", why);
    printf("rule pack loaded in          %.1f ms\n", (now_s() - start) * 1e3);
    alm_session *session = alm_session_new(extractor);
    if (!session) die("session", "out of memory");
    xmlSetGenericErrorFunc(NULL, say_nothing);
    pages all = {0};
    if (dir) read_pages(&all, dir);
    if (linear) bench_linear(session);
    if (repeat) bench_repeat(&all, session, repeat);
    if (scale) bench_scale(&all, extractor);
    if (!linear && !repeat && !scale) bench_speed(&all, session);
    free_pages(&all);
    alm_session_free(session);
    alm_extractor_free(extractor);
    xmlCleanupParser();
    return 0;
}
