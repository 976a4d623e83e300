#include "store/resolution.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "store/resolution_priv.h"
#include "store/snapshot.h"

enum { GIFTS, GIFT_MEMBERS, GIFT_DOUBTS, ENTITIES, ENTITY_MEMBERS, SQL_MAX = 4096 };

const alm_resolution_table alm_resolution_tables[ALM_RESOLUTION_TABLES] = {
    {"gifts", "gift_uid TEXT, uid TEXT", 2, "gift_uid", "n.gift_uid = t.gift_uid", "uid = excluded.uid"},
    {"gift_members", "uid TEXT, gift_uid TEXT, score DOUBLE PRECISION, why TEXT", 4, "uid", "n.uid = t.uid",
     "gift_uid = excluded.gift_uid, score = excluded.score, why = excluded.why"},
    {"gift_doubts", "uid TEXT, other_uid TEXT, score DOUBLE PRECISION, why TEXT", 4, "uid, other_uid",
     "n.uid = t.uid AND n.other_uid = t.other_uid", "score = excluded.score, why = excluded.why"},
    {"entities", "entity_uid TEXT, name TEXT, type TEXT, place TEXT", 4, "entity_uid", "n.entity_uid = t.entity_uid",
     "name = excluded.name, type = excluded.type, place = excluded.place"},
    {"entity_members", "page_id BIGINT, name TEXT, entity_uid TEXT, score DOUBLE PRECISION, why TEXT", 5,
     "page_id, name", "n.page_id = t.page_id AND n.name = t.name",
     "entity_uid = excluded.entity_uid, score = excluded.score, why = excluded.why"},
};

struct alm_resolution {
    alm_store_location location;
    alm_snapshot *snapshot;
    alm_resolution_writer *writer; /* opened by the first row that is put */
    int64_t seq;                   /* of the store when it was opened */
    int64_t resolved_seq;          /* when it was resolved last; -1 never */
};

/* ---- reading ---- */

static alm_status read_number(alm_snapshot *snapshot, const char *sql, int64_t *out, alm_err *err) {
    alm_str text;
    alm_status status = alm_snapshot_query(snapshot, sql, NULL, 0, err);
    if (status == ALM_OK) status = alm_snapshot_next(snapshot, &text, 1, err);
    if (status == ALM_OK && text.ptr) *out = strtoll(text.ptr, NULL, 10);
    return status == ALM_END ? ALM_OK : status;
}

alm_status alm_resolution_open(alm_resolution **out, const alm_store_location *location, alm_err *err) {
    alm_resolution *r = alm_calloc(1, sizeof *r);
    if (!r) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    r->location = *location;
    r->resolved_seq = -1;
    alm_status status = alm_snapshot_open(&r->snapshot, location, err);
    if (status == ALM_OK) status = read_number(r->snapshot, "SELECT CAST(seq AS TEXT) FROM clock", &r->seq, err);
    if (status == ALM_OK)
        status = read_number(r->snapshot, "SELECT CAST(seq AS TEXT) FROM resolved", &r->resolved_seq, err);
    if (status == ALM_OK)
        *out = r;
    else
        alm_resolution_free(r);
    return status;
}

void alm_resolution_free(alm_resolution *r) {
    if (!r) return;
    if (r->writer) r->writer->vtable->free(r->writer);
    alm_snapshot_free(r->snapshot);
    alm_free(r);
}

bool alm_resolution_is_fresh(const alm_resolution *r) { return r->seq == r->resolved_seq; }

alm_status alm_resolution_read(alm_resolution *r, alm_resolution_visit visit, void *context, alm_err *err) {
    alm_str columns[2];
    alm_status status = alm_snapshot_query(r->snapshot,
                                           "SELECT CAST(page_id AS TEXT), CAST(document AS TEXT) FROM versions"
                                           " WHERE state = 'current' AND document IS NOT NULL ORDER BY page_id",
                                           NULL, 0, err);
    while (status == ALM_OK && (status = alm_snapshot_next(r->snapshot, columns, 2, err)) == ALM_OK)
        status = visit(context, strtoll(columns[0].ptr, NULL, 10), columns[1], err);
    return status == ALM_END ? ALM_OK : status;
}

/* ---- putting ---- */

/* The snapshot ends where writing begins: a reader who then wrote would not see what others have written. */
static alm_status open_writer(alm_resolution *r, alm_err *err) {
    alm_snapshot_free(r->snapshot);
    r->snapshot = NULL;
    alm_status status = r->location.kind == ALM_STORE_SQLITE
                            ? alm_resolution_writer_sqlite(&r->writer, r->location.path, err)
                            : alm_resolution_writer_postgres(&r->writer, r->location.path, err);
    char sql[SQL_MAX];
    for (size_t i = 0; i < ALM_RESOLUTION_TABLES && status == ALM_OK; i++) {
        snprintf(sql, sizeof sql, "CREATE TEMP TABLE new_%s (%s)", alm_resolution_tables[i].name,
                 alm_resolution_tables[i].columns);
        status = r->writer->vtable->run(r->writer, sql, NULL, err);
    }
    return status;
}

static alm_status put(alm_resolution *r, size_t table, const alm_str *values, alm_err *err) {
    alm_status status = r->writer ? ALM_OK : open_writer(r, err);
    return status == ALM_OK ? r->writer->vtable->put(r->writer, table, values, err) : status;
}

typedef struct number {
    char text[32];
} number;

static alm_str score_text(number *room, double score) {
    snprintf(room->text, sizeof room->text, "%.1f", score);
    return alm_str_of(room->text);
}

alm_status alm_resolution_put_gift(alm_resolution *r, alm_str gift_uid, alm_str speaker, alm_err *err) {
    return put(r, GIFTS, (alm_str[]){gift_uid, speaker}, err);
}

alm_status alm_resolution_put_member(alm_resolution *r, const alm_resolution_member *m, alm_err *err) {
    number score;
    return put(r, GIFT_MEMBERS, (alm_str[]){m->uid, m->gift_uid, score_text(&score, m->score), m->why}, err);
}

alm_status alm_resolution_put_doubt(alm_resolution *r, const alm_resolution_doubt *d, alm_err *err) {
    number score;
    return put(r, GIFT_DOUBTS, (alm_str[]){d->uid, d->other_uid, score_text(&score, d->score), d->why}, err);
}

alm_status alm_resolution_put_entity(alm_resolution *r, const alm_resolution_entity *e, alm_err *err) {
    return put(r, ENTITIES, (alm_str[]){e->entity_uid, e->name, e->type, e->place}, err);
}

alm_status alm_resolution_put_name(alm_resolution *r, const alm_resolution_name *n, alm_err *err) {
    number score, page;
    snprintf(page.text, sizeof page.text, "%" PRId64, n->page_id);
    alm_str values[] = {alm_str_of(page.text), n->name, n->entity_uid, score_text(&score, n->score), n->why};
    return put(r, ENTITY_MEMBERS, values, err);
}

/* ---- the difference ---- */

static alm_status write_rows(alm_resolution *r, const alm_resolution_table *t, uint64_t *changed, alm_err *err) {
    char sql[SQL_MAX];
    uint64_t rows = 0;
    snprintf(sql, sizeof sql,
             "INSERT INTO %s SELECT * FROM (SELECT * FROM new_%s EXCEPT SELECT * FROM %s) AS d WHERE true"
             " ON CONFLICT (%s) DO UPDATE SET %s",
             t->name, t->name, t->name, t->keys, t->set);
    alm_status status = r->writer->vtable->run(r->writer, sql, &rows, err);
    *changed += rows;
    return status;
}

static alm_status remove_rows(alm_resolution *r, const alm_resolution_table *t, uint64_t *changed, alm_err *err) {
    char sql[SQL_MAX];
    uint64_t rows = 0;
    snprintf(sql, sizeof sql, "DELETE FROM %s AS t WHERE NOT EXISTS (SELECT 1 FROM new_%s n WHERE %s)", t->name,
             t->name, t->matches);
    alm_status status = r->writer->vtable->run(r->writer, sql, &rows, err);
    *changed += rows;
    return status;
}

/* Without an index, "not exists" would look through all new rows for each old one. */
static alm_status index_new(alm_resolution *r, alm_err *err) {
    alm_status status = r->writer->vtable->flush(r->writer, err);
    char sql[SQL_MAX];
    for (size_t i = 0; i < ALM_RESOLUTION_TABLES && status == ALM_OK; i++) {
        const alm_resolution_table *t = &alm_resolution_tables[i];
        snprintf(sql, sizeof sql, "CREATE UNIQUE INDEX %snew_%s_by_key ON new_%s (%s)",
                 r->location.kind == ALM_STORE_SQLITE ? "temp." : "", t->name, t->name, t->keys);
        status = r->writer->vtable->run(r->writer, sql, NULL, err);
    }
    return status;
}

static alm_status note_seq(alm_resolution *r, alm_err *err) {
    char sql[SQL_MAX];
    snprintf(sql, sizeof sql,
             "INSERT INTO resolved (one, seq) VALUES (1, %" PRId64
             ") ON CONFLICT (one) DO UPDATE SET seq = excluded.seq",
             r->seq);
    return r->writer->vtable->run(r->writer, sql, NULL, err);
}

alm_status alm_resolution_commit(alm_resolution *r, uint64_t *changed, alm_err *err) {
    *changed = 0;
    alm_status status = r->writer ? ALM_OK : open_writer(r, err);
    if (status == ALM_OK) status = index_new(r, err);
    if (status != ALM_OK) return status;
    const alm_resolution_writer_vtable *w = r->writer->vtable;
    status = w->run(r->writer, r->location.kind == ALM_STORE_SQLITE ? "BEGIN IMMEDIATE" : "BEGIN", NULL, err);
    if (status != ALM_OK) return status;
    for (size_t i = 0; i < ALM_RESOLUTION_TABLES && status == ALM_OK; i++)
        status = write_rows(r, &alm_resolution_tables[i], changed, err);
    for (size_t i = ALM_RESOLUTION_TABLES; i-- > 0 && status == ALM_OK;)
        status = remove_rows(r, &alm_resolution_tables[i], changed, err);
    if (status == ALM_OK) status = note_seq(r, err);
    if (status == ALM_OK) return w->run(r->writer, "COMMIT", NULL, err);
    alm_status ignored = w->run(r->writer, "ROLLBACK", NULL, NULL);
    (void)ignored;
    return status;
}
