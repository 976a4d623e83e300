#include "pipeline/crawl.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "pipeline/archive_repair.h"
#include "pipeline/page_work.h"
#include "store/open.h"

enum { PATH_SIZE = 4096, MAX_WORKERS = 64 };

struct alm_crawl {
    alm_crawl_options options;
    alm_frontier *frontier;
    alm_sink *sink;
    alm_warc_writer *archive;
    alm_loop *loop;
    int lock;
    char cookies[PATH_SIZE]; /* path of the file */
    /* the workers and what they wait for */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    alm_page_worker *workers[MAX_WORKERS];
    pthread_t threads[MAX_WORKERS];
    unsigned worker_count, thread_count;
    struct job *first, **last;
    bool ending;
    alm_status failed; /* of a worker: no memory */
    bool has_failed;   /* the run: what the archive holds beyond the last commit is not recorded */
};

typedef struct job {
    struct job *next;
    alm_fetched *page;
} job;

/* ---- workers ---- */

static job *take_job(alm_crawl *c) {
    pthread_mutex_lock(&c->mutex);
    while (!c->first && !c->ending) pthread_cond_wait(&c->wake, &c->mutex);
    job *j = c->ending ? NULL : c->first;
    if (j) {
        c->first = j->next;
        if (!c->first) c->last = &c->first;
    }
    pthread_mutex_unlock(&c->mutex);
    return j;
}

typedef struct worker_start {
    alm_crawl *crawl;
    alm_page_worker *worker;
} worker_start;

static void *work(void *context) {
    worker_start start = *(worker_start *)context;
    alm_crawl *c = start.crawl;
    alm_free(context);
    for (job *j; (j = take_job(c));) {
        alm_page_result *result = NULL;
        alm_status status = alm_page_worker_do(start.worker, j->page, &result, NULL);
        if (status != ALM_OK) {
            pthread_mutex_lock(&c->mutex);
            c->failed = status;
            pthread_mutex_unlock(&c->mutex);
        }
        if (result)
            alm_loop_deliver(c->loop, result);
        else
            alm_fetched_free(j->page);
        alm_free(j);
    }
    return NULL;
}

static alm_status submit(void *context, alm_fetched *page, alm_err *err) {
    alm_crawl *c = context;
    job *j = alm_calloc(1, sizeof *j);
    if (!j) {
        alm_fetched_free(page);
        return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    j->page = page;
    pthread_mutex_lock(&c->mutex);
    *c->last = j;
    c->last = &j->next;
    pthread_cond_signal(&c->wake);
    alm_status failed = c->failed;
    pthread_mutex_unlock(&c->mutex);
    return failed == ALM_OK ? ALM_OK : alm_fail(err, failed, "a worker failed: %s", alm_status_name(failed));
}

static alm_status start_workers(alm_crawl *c, alm_err *err) {
    alm_page_worker_options options = {.extractors = c->options.extractors,
                                       .extractor_count = c->options.extractor_count,
                                       .without_archive = c->options.without_archive,
                                       .archive_level = c->options.archive_level,
                                       .token = c->options.loop.product_token,
                                       .privacy = c->options.privacy};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = c->options.worker_count ? c->options.worker_count : processors > 0 ? (unsigned)processors : 1;
    if (count > MAX_WORKERS) count = MAX_WORKERS;
    for (unsigned i = 0; i < count; i++) {
        if (alm_page_worker_new(&c->workers[i], &options) != ALM_OK) return alm_fail(err, ALM_E_NOMEM, "out of memory");
        c->worker_count++;
        worker_start *start = alm_calloc(1, sizeof *start);
        if (!start) return alm_fail(err, ALM_E_NOMEM, "out of memory");
        *start = (worker_start){c, c->workers[i]};
        if (pthread_create(&c->threads[i], NULL, work, start) != 0) {
            alm_free(start);
            return alm_fail_system(err, ALM_E_IO, errno, "no thread could be started");
        }
        c->thread_count++;
    }
    return ALM_OK;
}

static void end_workers(alm_crawl *c) {
    pthread_mutex_lock(&c->mutex);
    c->ending = true;
    pthread_cond_broadcast(&c->wake);
    pthread_mutex_unlock(&c->mutex);
    for (unsigned i = 0; i < c->thread_count; i++) pthread_join(c->threads[i], NULL);
    c->thread_count = 0;
    for (unsigned i = 0; i < c->worker_count; i++) alm_page_worker_free(c->workers[i]);
    c->worker_count = 0;
    for (job *j = c->first, *next; j; j = next) {
        next = j->next;
        alm_fetched_free(j->page);
        alm_free(j);
    }
    c->first = NULL;
    c->last = &c->first;
}

/* ---- what the loop calls in its own thread ---- */

static alm_status store(void *context, alm_page_result *r, alm_err *err) {
    alm_crawl *c = context;
    const alm_page_records *records = r->payload;
    if (r->page->response.status == 404 || r->page->response.status == 410)
        return alm_sink_put_gone(c->sink, alm_str_of(r->page->entry->url), r->page->started_ms, err);
    if (!records || !records->json.len) return ALM_OK;
    alm_sink_document document = {.url = alm_str_of(r->page->entry->url),
                                  .version = alm_str_of(records->version),
                                  .fetched_ms = r->page->started_ms,
                                  .json = alm_str_trim(alm_buf_str(&records->json)),
                                  .rows = alm_buf_str(&records->rows)};
    return alm_sink_put_document(c->sink, &document, err);
}

static alm_status commit(void *context, alm_err *err) { return alm_sink_commit(((alm_crawl *)context)->sink, err); }

static void release(void *context, alm_page_result *r) {
    (void)context;
    alm_page_records_free(r->payload);
    r->payload = NULL;
}

/* What the frontier refers to must be on the disk before the frontier says so for good. */
static void before_checkpoint(void *context) {
    alm_crawl *c = context;
    if (c->archive && alm_warc_writer_sync(c->archive, NULL) != ALM_OK)
        return; /* a disk that fails shows again at the next write, which has somebody to tell */
}

/* ---- the store ---- */

alm_status alm_store_lock(int *out, const char *store, alm_err *err) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/lock", store);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return alm_fail_system(err, ALM_E_STORAGE, errno, "%s: %s", path, strerror(errno));
    if (flock(file, LOCK_EX | LOCK_NB) == 0) {
        *out = file;
        return ALM_OK;
    }
    int why = errno;
    close(file);
    if (why == EWOULDBLOCK) return alm_fail(err, ALM_E_REFUSED, "%s: another crawl is using this store", store);
    return alm_fail_system(err, ALM_E_STORAGE, why, "%s: %s", path, strerror(why));
}

static alm_status make_folder(const char *path, alm_err *err) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return ALM_OK;
    return alm_fail_system(err, ALM_E_STORAGE, errno, "%s: %s", path, strerror(errno));
}

static alm_status open_store(alm_crawl *c, const alm_sources *sources, alm_err *err) {
    char path[PATH_SIZE];
    alm_status status = make_folder(c->options.store, err);
    if (status == ALM_OK) status = alm_store_lock(&c->lock, c->options.store, err);
    if (status != ALM_OK) return status;
    snprintf(path, sizeof path, "%s/frontier.db", c->options.store);
    alm_frontier_sqlite_options frontier = {.path = path,
                                            .full_sync = c->options.full_sync,
                                            .max_urls_per_host = sources->host_pages,
                                            .before_checkpoint = before_checkpoint,
                                            .context = c};
    status = alm_frontier_sqlite_new(&c->frontier, &frontier, err);
    if (status != ALM_OK) return status;
    alm_store_location records;
    status = alm_store_locate(&records, c->options.records ? c->options.records : c->options.store, err);
    if (status == ALM_OK) status = alm_sink_open(&c->sink, &records, err);
    snprintf(path, sizeof path, "%s/archive", c->options.store);
    if (status == ALM_OK) status = alm_archive_repair(path, c->frontier, err);
    if (status != ALM_OK || c->options.without_archive) return status;
    const char *agent = sources->items[0].fetch.user_agent;
    alm_warc_writer_options archive = {
        .folder = path, .max_bytes = c->options.archive_size, .user_agent = agent ? agent : alm_user_agent()};
    return alm_warc_writer_new(&c->archive, &archive, err);
}

alm_status alm_crawl_new(alm_crawl **out, alm_sources *sources, const alm_crawl_options *options, alm_err *err) {
    alm_crawl *c = alm_calloc(1, sizeof *c);
    if (!c) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    c->options = *options;
    c->lock = -1;
    c->last = &c->first;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->wake, NULL);
    if (!c->options.loop.product_token) c->options.loop.product_token = "almoner";
    alm_status status = open_store(c, sources, err);
    if (status == ALM_OK) {
        alm_loop_options *loop = &c->options.loop;
        loop->frontier = c->frontier;
        loop->sources = sources;
        loop->archive = c->archive;
        snprintf(c->cookies, sizeof c->cookies, "%s/cookies", c->options.store);
        loop->cookie_file = c->cookies;
        loop->archive_level = c->options.archive_level;
        loop->handler = (alm_page_handler){c, submit, store, commit, release};
        status = alm_loop_new(&c->loop, loop, err);
    }
    if (status == ALM_OK)
        *out = c;
    else
        alm_crawl_free(c);
    return status;
}

alm_status alm_crawl_run(alm_crawl *c, alm_err *err) {
    alm_status status = start_workers(c, err);
    if (status == ALM_OK) status = alm_loop_add_seeds(c->loop, err);
    if (status == ALM_OK) status = alm_loop_run(c->loop, err);
    end_workers(c);
    c->has_failed = status != ALM_OK;
    return status;
}

void alm_crawl_free(alm_crawl *c) {
    if (!c) return;
    end_workers(c);
    alm_loop_free(c->loop);
    alm_warc_writer *archive = c->archive;
    c->archive = NULL;
    if (alm_warc_writer_close(archive, !c->has_failed, NULL) != ALM_OK) {
        /* all that was committed is written; an index that failed is made anew next time */
    }
    alm_sink_free(c->sink);
    alm_frontier_free(c->frontier);
    if (c->lock >= 0) close(c->lock);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->wake);
    alm_free(c);
}

const alm_loop_stats *alm_crawl_count(alm_crawl *c) { return alm_loop_count(c->loop); }

alm_frontier *alm_crawl_frontier(alm_crawl *c) { return c->frontier; }

alm_loop *alm_crawl_loop(alm_crawl *c) { return c->loop; }
