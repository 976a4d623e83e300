/*
 * Which page of a cluster the others are copies of.
 *
 * What pages say of themselves goes before dates, which mirrors make up: a page that another names as its source is the
 * origin, one that names another site is not. Only then comes the day, and after it whose site it is.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "crawler/frontier_sqlite_priv.h"

enum { MAX_MEMBERS = 100000, VOTES = 256, SHORTEST_NAME = 6, MARKS_OF_MIRRORS = 3 };

alm_status frontier_put_provenance(sqlite_frontier *f, const alm_visit *v, alm_err *err) {
    const alm_provenance *p = &v->provenance;
    if (!p->source.len && !p->site.len && !p->marks && !p->elsewhere) return ALM_OK;
    sqlite3_stmt *st = frontier_statement(f, SQL_PROVENANCE_PUT, err);
    if (!st) return ALM_E_STORAGE;
    sqlite3_bind_int64(st, 1, v->id);
    frontier_bind_text(st, 2, p->source);
    frontier_bind_text(st, 3, p->site);
    sqlite3_bind_int64(st, 4, p->marks);
    sqlite3_bind_int(st, 5, p->elsewhere);
    return frontier_run(f, st, err, "note where a page is from");
}

/* ---- one cluster ---- */

typedef struct member {
    int64_t id, fetched_ms;
    char *url, *published, *source, *site; /* owned; NULL where there is none */
    alm_str host;
    uint32_t depth, named;
    bool is_mirror, is_elsewhere;
    int repost, office; /* smaller is better */
} member;

typedef struct cluster {
    int64_t number;
    member *items;
    size_t count, cap;
} cluster;

static void empty(cluster *c) {
    for (size_t i = 0; i < c->count; i++) {
        alm_free(c->items[i].url);
        alm_free(c->items[i].published);
        alm_free(c->items[i].source);
        alm_free(c->items[i].site);
    }
    c->count = 0;
}

static alm_str host_of(const char *url) {
    const char *start = strstr(url, "://");
    start = start ? start + 3 : url;
    return (alm_str){start, strcspn(start, ":/")};
}

/* The state's own domains before those of associations, these before all others. */
static int office_of(alm_str name) {
    if (alm_str_ends(name, ALM_STR(".gov.cn"))) return 0;
    return alm_str_ends(name, ALM_STR(".org.cn")) ? 1 : 2;
}

/* Names of publishers are written with and without "website", "news" and the like behind them. */
static bool is_same_name(const char *a, const char *b) {
    if (!a || !b || strlen(a) < SHORTEST_NAME || strlen(b) < SHORTEST_NAME) return false;
    return strstr(a, b) || strstr(b, a);
}

static int repost_of(const member *m) {
    if (!m->source) return 1;
    if (is_same_name(m->source, m->site)) return 0;
    return m->site ? 2 : 1;
}

static bool copy_text(char **out, sqlite3_stmt *st, int column) {
    const char *text = (const char *)sqlite3_column_text(st, column);
    *out = text && text[0] ? alm_strdup(alm_str_of(text)) : NULL;
    return !text || !text[0] || *out;
}

static alm_status read_member(cluster *c, sqlite3_stmt *st) {
    void *items = c->items;
    alm_status status = alm_grow(&items, &c->cap, c->count, sizeof *c->items, MAX_MEMBERS);
    if (status != ALM_OK) return status == ALM_E_LIMIT ? ALM_OK : status;
    c->items = items;
    member *m = &c->items[c->count];
    *m = (member){.id = sqlite3_column_int64(st, 1),
                  .fetched_ms = sqlite3_column_int64(st, 4),
                  .depth = (uint32_t)sqlite3_column_int64(st, 5),
                  .is_mirror = sqlite3_column_int64(st, 8) >= MARKS_OF_MIRRORS,
                  .is_elsewhere = sqlite3_column_int(st, 9) != 0};
    c->count++;
    if (!copy_text(&m->url, st, 2) || !copy_text(&m->published, st, 3) || !copy_text(&m->source, st, 6) ||
        !copy_text(&m->site, st, 7) || !m->url)
        return ALM_E_NOMEM;
    m->host = host_of(m->url);
    m->office = office_of(m->host);
    m->repost = repost_of(m);
    return ALM_OK;
}

/* How many pages of other hosts name this one's site. Of a cluster with thousands of members a part is asked. */
static void count_votes(cluster *c) {
    size_t count = c->count < VOTES ? c->count : VOTES;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (i != k && is_same_name(c->items[i].site, c->items[k].source) &&
                !alm_str_is(c->items[i].host, c->items[k].host))
                c->items[i].named++;
}

static int by_authority(const void *a, const void *b) {
    const member *x = a, *y = b;
    if (x->is_mirror != y->is_mirror) return x->is_mirror ? 1 : -1;
    if (x->is_elsewhere != y->is_elsewhere) return x->is_elsewhere ? 1 : -1;
    if (!x->named != !y->named) return x->named ? -1 : 1;
    if (x->repost != y->repost) return x->repost - y->repost;
    int day = strcmp(x->published ? x->published : "9999", y->published ? y->published : "9999");
    if (day != 0) return day;
    if (x->named != y->named) return x->named > y->named ? -1 : 1;
    if (x->office != y->office) return x->office - y->office;
    if (x->depth != y->depth) return x->depth < y->depth ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool tell(cluster *c, alm_frontier_member_fn fn, void *context) {
    count_votes(c);
    if (c->count) qsort(c->items, c->count, sizeof *c->items, by_authority);
    bool more = true;
    for (size_t i = 0; i < c->count && more; i++) {
        const member *m = &c->items[i];
        alm_frontier_member out = {.cluster = c->number,
                                   .url = m->url,
                                   .published = m->published,
                                   .source = m->source,
                                   .fetched_ms = m->fetched_ms,
                                   .origin = i == 0};
        more = fn(context, &out);
    }
    empty(c);
    return more;
}

static const char members_sql[] =
    "SELECT v.cluster, u.id, u.url, v.published, v.fetched, u.depth, p.source, p.site, p.marks, p.elsewhere"
    " FROM visit v JOIN url u ON u.id = v.url LEFT JOIN provenance p ON p.url = u.id"
    " WHERE v.cluster IS NOT NULL ORDER BY v.cluster, u.id";

alm_status frontier_clusters(alm_frontier *base, alm_frontier_member_fn fn, void *context, alm_err *err) {
    sqlite_frontier *f = (sqlite_frontier *)base;
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(f->db, members_sql, -1, &st, NULL) != SQLITE_OK) return frontier_fail(f, err, "prepare");
    cluster c = {.number = -1};
    bool more = true;
    int code = SQLITE_DONE;
    alm_status status = ALM_OK;
    while (status == ALM_OK && more && (code = sqlite3_step(st)) == SQLITE_ROW) {
        int64_t number = sqlite3_column_int64(st, 0);
        if (number != c.number) more = tell(&c, fn, context);
        c.number = number;
        if (more) status = read_member(&c, st);
    }
    if (status != ALM_OK)
        status = alm_fail(err, status, "out of memory");
    else if (more && code != SQLITE_DONE)
        status = frontier_fail(f, err, "list clusters");
    else if (more)
        tell(&c, fn, context);
    empty(&c);
    alm_free(c.items);
    sqlite3_finalize(st);
    return status;
}
