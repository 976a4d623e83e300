/*
 * The frontier's cost per URL, while it grows: frontier_bench FOLDER URLS
 *
 * Every "page" is taken, brings 23 links (5 of them new, 18 known from the whole past) and is finished; a commit every
 * 200 pages. Prints microseconds a new URL for each tenfold, and the peak memory of the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "crawler/frontier.h"

enum { LINKS = 23, NEW_LINKS = 5, HOSTS = 200, COMMIT_PAGES = 200 };

static uint64_t seed = 88172645463325252u;

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
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
    uint64_t mark = 10000, last = known;
    double start = now_s(), began = start;
    for (uint64_t page = 0; known < goal; page++) {
        visit_page(f, page, &known);
        if (known < mark && known < goal) continue;
        double now = now_s();
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        printf("%9llu URLs  %6.2f us a new URL (%6.2f from the start)  %6.2f us a page  peak %ld MiB\n",
               (unsigned long long)known, (now - began) * 1e6 / (double)(known - last),
               (now - start) * 1e6 / (double)(known - HOSTS), (now - began) * 1e6 * NEW_LINKS / (double)(known - last),
               usage.ru_maxrss / 1024);
        began = now, last = known;
        mark = mark < 100000 ? 100000 : mark + 300000;
    }
    check(alm_frontier_commit(f, &err), &err);
    alm_frontier_free(f);
    return 0;
}
