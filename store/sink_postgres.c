#include "store/sink_postgres.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "store/database_postgres.h"
#include "store/postgres_wave.h"

enum { MAX_GATHERED = 512, MAX_BYTES = 16 << 20, TRIES = 8, FIRST_WAIT_MS = 250 };

/* A telling with the texts that it borrows. */
typedef struct gathered {
    alm_telling telling;
    char *texts;
} gathered;

typedef struct postgres_sink {
    alm_sink base;
    alm_wave wave;
    char *url;
    PGconn *connection; /* NULL: lost */
    gathered items[MAX_GATHERED];
    alm_telling *tellings[MAX_GATHERED];
    size_t count, bytes;
} postgres_sink;

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the connection ---- */

static void disconnect(postgres_sink *s) {
    PQfinish(s->connection);
    s->connection = NULL;
}

static alm_status connect(postgres_sink *s, alm_err *err) {
    if (s->connection) return ALM_OK;
    alm_status status = alm_postgres_connect(&s->connection, s->url, true, err);
    if (status == ALM_OK) status = alm_postgres_run(s->connection, alm_wave_session_sql, err);
    return status;
}

/* ---- writing what was gathered ---- */

/* The row of clock stays locked until the commit: numbers come in the order of commits. */
static alm_status lock_clock(postgres_sink *s, alm_err *err) {
    PGresult *result;
    alm_status status = alm_postgres_run(s->connection, "BEGIN", err);
    if (status == ALM_OK)
        status = alm_postgres_ask(&result, s->connection, "SELECT seq FROM clock FOR UPDATE", NULL, 0, err);
    if (status != ALM_OK) return status;
    bool there = PQntuples(result) == 1;
    if (there) s->wave.settler.seq = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    s->wave.settler.now_ms = now_ms();
    s->wave.settler.rows = 0;
    return there ? ALM_OK : alm_fail(err, ALM_E_STORAGE, "the store has lost its clock");
}

static alm_status write_once(postgres_sink *s, alm_err *err) {
    char set_clock[64];
    alm_status status = connect(s, err);
    if (status == ALM_OK) status = lock_clock(s, err);
    s->wave.connection = s->connection;
    for (size_t at = 0, done = 0; status == ALM_OK && at < s->count; at += done)
        status = alm_wave_settle(&s->wave, s->tellings + at, s->count - at, &done, err);
    snprintf(set_clock, sizeof set_clock, "UPDATE clock SET seq = %lld", (long long)s->wave.settler.seq);
    if (status == ALM_OK && s->wave.settler.rows > 0) status = alm_postgres_run(s->connection, set_clock, err);
    if (status == ALM_OK) status = alm_postgres_run(s->connection, "COMMIT", err);
    return status;
}

static void forget(postgres_sink *s) {
    for (size_t i = 0; i < s->count; i++) {
        alm_telling_release(&s->items[i].telling);
        alm_free(s->items[i].texts);
    }
    s->count = s->bytes = 0;
}

static void wait_ms(long ms) {
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&left, NULL);
}

/* All of it or nothing, again after a connection was lost: a commit whose answer got lost with it changes nothing then.
 */
static alm_status write_gathered(postgres_sink *s, alm_err *err) {
    const alm_sink_stats before = s->base.stats;
    alm_err why = {0};
    alm_status status = ALM_OK;
    for (int try = 0; s->count > 0 && try < TRIES; try++) {
        if (try > 0) wait_ms(FIRST_WAIT_MS << (try < 6 ? try - 1 : 5));
        why = (alm_err){0};
        s->base.stats = before;
        status = write_once(s, &why);
        if (status == ALM_OK) break;
        bool again = status == ALM_E_STORAGE && alm_postgres_may_retry(s->connection, &why);
        disconnect(s);
        if (!again) break;
    }
    forget(s);
    if (status == ALM_OK) return ALM_OK;
    s->base.stats = before;
    return alm_fail(err, status, "%s", why.message);
}

/* ---- the sink ---- */

static alm_status begin(alm_sink *sink, alm_err *err) {
    (void)sink;
    (void)err;
    return ALM_OK; /* nothing is written before the commit */
}

/* Copies of the texts, one behind the other. */
static bool keep_texts(gathered *item, alm_str **texts, size_t count) {
    size_t len = 0;
    for (size_t i = 0; i < count; i++) len += texts[i]->len;
    char *at = item->texts = alm_malloc(len + 1);
    if (!at) return false;
    for (size_t i = 0; i < count; i++) {
        if (texts[i]->len) memcpy(at, texts[i]->ptr, texts[i]->len);
        texts[i]->ptr = at;
        at += texts[i]->len;
    }
    return true;
}

static alm_status gather(postgres_sink *s, size_t bytes, alm_err *err) {
    s->tellings[s->count] = &s->items[s->count].telling;
    s->count++;
    s->bytes += bytes;
    return s->count == MAX_GATHERED || s->bytes >= MAX_BYTES ? write_gathered(s, err) : ALM_OK;
}

static alm_status put_document(alm_sink *sink, const alm_sink_document *document, alm_err *err) {
    postgres_sink *s = (postgres_sink *)sink;
    gathered *item = &s->items[s->count];
    alm_sink_document kept = *document;
    alm_str *texts[] = {&kept.url, &kept.version, &kept.json, &kept.rows};
    if (!keep_texts(item, texts, sizeof texts / sizeof texts[0])) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_status status = alm_telling_parse(&item->telling, &kept, err);
    if (status == ALM_OK) return gather(s, kept.json.len + kept.rows.len, err);
    alm_free(item->texts);
    return status;
}

static alm_status put_gone(alm_sink *sink, alm_str url, int64_t when_ms, alm_err *err) {
    postgres_sink *s = (postgres_sink *)sink;
    gathered *item = &s->items[s->count];
    alm_str kept = url, *texts[] = {&kept};
    if (!keep_texts(item, texts, 1)) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_telling_gone(&item->telling, kept, when_ms);
    return gather(s, url.len, err);
}

static alm_status commit(alm_sink *sink, alm_err *err) { return write_gathered((postgres_sink *)sink, err); }

static void sink_free(alm_sink *sink) {
    postgres_sink *s = (postgres_sink *)sink;
    forget(s);
    alm_wave_release(&s->wave);
    PQfinish(s->connection);
    alm_free(s->url);
    alm_free(s);
}

static const alm_sink_vtable vtable = {begin, put_document, put_gone, commit, sink_free};

alm_status alm_sink_postgres_new(alm_sink **out, const char *url, alm_err *err) {
    postgres_sink *s = alm_calloc(1, sizeof *s);
    if (!s) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    s->base.vtable = &vtable;
    alm_wave_init(&s->wave, &s->base.stats);
    s->url = alm_strdup(alm_str_of(url));
    alm_status status = s->url ? connect(s, err) : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK)
        *out = &s->base;
    else
        sink_free(&s->base);
    return status;
}
