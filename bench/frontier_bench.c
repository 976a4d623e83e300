/*
 * The frontier's cost per URL, while it grows: frontier_bench FOLDER URLS
 *
 * Every "page" is taken, brings 23 links (5 of them new, 18 known from the whole past) and is finished; a commit every
 * 200 pages. Prints, of each span, what all of this costs a new URL, and the peak memory of the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "crawler/frontier.h"

enum { LINKS = 23, NEW_LINKS = 5, HOSTS = 200, COMMIT_PAGES = 200, FIRST_MARK = 10000 };

static uint64_t seed = 88172645463325252u;

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

typedef struct moment {
    double wall_s, cpu_s; /* cpu: user and system time of the process, which other programs disturb less */
} moment;

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static moment now(void) { return (moment){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)}; }

static double us_a_url(double s, uint64_t urls) { return s * 1e6 / (double)urls; }

static void print_span(uint64_t known, uint64_t last, moment began, moment at) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%9llu URLs %6.2f us (%6.2f of processor) a new URL  peak %ld MiB\n", (unsigned long long)known,
           us_a_url(at.wall_s - began.wall_s, known - last), us_a_url(at.cpu_s - began.cpu_s, known - last),
           usage.ru_maxrss / 1024);
}

static void check(alm_status status, const alm_err *err) {
    if (status >= 0) return;
    fprintf(stderr, "frontier_bench: %s\n", err->message);
    exit(3);
}

static int64_t host_ids[HOSTS];

static void add(alm_frontier *f, uint64_t number, int64_t via) {
    char url[160], host[32];
    snprintf(host, sizeof host, "www.h%03u.test", (unsigned)(number % HOSTS));
    snprintf(url, sizeof url, "http://%s/news/2026/11/content_%llu_of_the_association.html", host,
             (unsigned long long)number);
    alm_frontier_link link = {.url = alm_str_of(url), .host = alm_str_of(host), .via = via, .depth = 1};
    int64_t id = 0;
    alm_err err = {0};
    check(alm_frontier_add(f, &link, &id, &err), &err);
    if (id) host_ids[number % HOSTS] = id;
}

static void visit_page(alm_frontier *f, uint64_t page, uint64_t *known) {
    alm_err err = {0};
    alm_frontier_entry *entry = NULL;
    uint64_t digest[ALM_SHA256_LEN / 8] = {next_random(), next_random()};
    alm_status status = alm_frontier_take(f, host_ids[page % HOSTS], &entry, &err);
    check(status, &err);
    if (status != ALM_OK) return;
    for (int i = 0; i < LINKS - NEW_LINKS; i++) add(f, next_random() % *known, entry->id);
    for (int i = 0; i < NEW_LINKS; i++) add(f, (*known)++, entry->id);
    alm_visit visit = {.id = entry->id,
                       .state = ALM_URL_DONE,
                       .due_ms = (int64_t)(page + 1) << 10,
                       .answered = true,
                       .status = 200,
                       .fetched_ms = (int64_t)page,
                       .etag = ALM_STR("\"5f3c-1b2a\""),
                       .sha256 = (const uint8_t *)digest,
                       .simhash = next_random() | 1,
                       .visits = 1,
                       .interval_s = 86400,
                       .archive = 1,
                       .offset = page * 3000,
                       .length = 3000};
    check(alm_frontier_finish(f, &visit, &err), &err);
    alm_frontier_entry_free(entry);
    if (page % COMMIT_PAGES == COMMIT_PAGES - 1) check(alm_frontier_commit(f, &err), &err);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: frontier_bench FOLDER URLS\n");
        return 2;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/frontier.db", argv[1]);
    uint64_t goal = strtoull(argv[2], NULL, 10), known = 0;
    alm_frontier *f = NULL;
    alm_err err = {0};
    check(alm_frontier_sqlite_new(&f, &(alm_frontier_sqlite_options){.path = path}, &err), &err);
    while (known < HOSTS) add(f, known++, 0);
    const moment start = now();
    moment began = start;
    uint64_t first = known, last = known;
    for (uint64_t page = 0, mark = FIRST_MARK; known < goal; page++) {
        visit_page(f, page, &known);
        if (known < mark && known < goal) continue;
        const moment at = now();
        print_span(known, last, began, at);
        began = at, last = known;
        mark = known < 10 * FIRST_MARK ? 10 * FIRST_MARK : mark + 10 * FIRST_MARK;
    }
    check(alm_frontier_commit(f, &err), &err);
    alm_frontier_free(f);
    const moment end = now();
    printf("all, closed:   %6.2f us (%6.2f of processor) a new URL\n",
           us_a_url(end.wall_s - start.wall_s, known - first), us_a_url(end.cpu_s - start.cpu_s, known - first));
    return 0;
}
