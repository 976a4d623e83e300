#include "pipeline/masked_rows.h"

#include <stdio.h>

#include "base/alloc.h"
#include "extract/output/page_read.h"
#include "extract/output/rows.h"
#include "store/feed.h"

_Static_assert((int)ALM_FIELD_COUNT == (int)ALM_FEED_ROW_COLUMNS, "a feed begins with the flat row");
_Static_assert((int)ALM_FIELD_CONFIDENCE == (int)ALM_FEED_CONFIDENCE, "a feed begins with the flat row");

enum { MAX_ARENA = 512 << 20, ID_SIZE = 24 };

/* A version read and treated: rows come in the order of changes, so that those of one version stand together. */
typedef struct version {
    char id[ID_SIZE];
    alm_arena arena;
    alm_document told, treated;
    alm_rows rows;
    size_t hint; /* where the next row probably stands */
} version;

struct alm_masked_rows {
    alm_snapshot *snapshot;
    const alm_privacy *privacy;
    version of_row, of_replaced;
    alm_row row;
};

alm_status alm_masked_rows_new(alm_masked_rows **out, const alm_store_location *location, const alm_privacy *privacy,
                               alm_err *err) {
    alm_masked_rows *m = alm_calloc(1, sizeof *m);
    if (!m) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    m->privacy = privacy;
    alm_arena_init(&m->of_row.arena, MAX_ARENA);
    alm_arena_init(&m->of_replaced.arena, MAX_ARENA);
    alm_status status = alm_snapshot_open(&m->snapshot, location, err);
    if (status == ALM_OK)
        *out = m;
    else
        alm_masked_rows_free(m);
    return status;
}

void alm_masked_rows_free(alm_masked_rows *m) {
    if (!m) return;
    alm_snapshot_free(m->snapshot);
    alm_arena_release(&m->of_row.arena);
    alm_arena_release(&m->of_replaced.arena);
    alm_free(m);
}

static alm_status load(alm_masked_rows *m, version *v, alm_str id, alm_err *err) {
    if (alm_str_is_c(id, v->id)) return ALM_OK;
    char wanted[ID_SIZE];
    const char *parameter = wanted;
    alm_str json;
    snprintf(wanted, sizeof wanted, "%.*s", ALM_FMT(id));
    v->id[0] = '\0';
    v->hint = 0;
    alm_arena_reset(&v->arena);
    alm_status status = alm_snapshot_query(
        m->snapshot, "SELECT CAST(document AS TEXT) FROM versions WHERE version_id = CAST($1 AS BIGINT)", &parameter, 1,
        err);
    if (status == ALM_OK) status = alm_snapshot_next(m->snapshot, &json, 1, err);
    if (status == ALM_END) return alm_fail(err, ALM_E_STORAGE, "version %s is not in the store", wanted);
    if (status == ALM_OK) status = alm_page_parse(&v->told, &v->arena, json, err);
    if (status == ALM_OK)
        status = alm_private_apply(&v->treated, &v->arena, &v->told, m->privacy->people, m->privacy->salt, err);
    if (status == ALM_OK) status = alm_rows_init(&v->rows, &v->arena, &v->treated);
    if (status == ALM_OK) memcpy(v->id, wanted, sizeof wanted);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "version %s: %s", wanted, alm_status_name(status));
}

/* The place of the donation that was told as @p uid. Those of treated documents have the same places. */
static size_t find(version *v, alm_str uid) {
    for (size_t n = 0, count = v->told.donation_count; n < count; n++) {
        size_t i = (v->hint + n) % count;
        if (!alm_str_is_c(uid, v->told.donations[i].uid)) continue;
        v->hint = i + 1;
        return i;
    }
    return v->told.donation_count;
}

alm_status alm_masked_rows_apply(alm_masked_rows *m, alm_str *columns, alm_err *err) {
    version *v = &m->of_row, *r = &m->of_replaced;
    alm_status status = load(m, v, columns[ALM_FEED_VERSION], err);
    if (status != ALM_OK) return status;
    size_t index = find(v, columns[ALM_FIELD_UID]);
    if (index == v->told.donation_count) return alm_fail(err, ALM_E_STORAGE, "version %s does not tell its row", v->id);
    if (alm_row_fill(&m->row, &v->rows, index) != ALM_OK) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_str url = columns[ALM_FIELD_URL]; /* the store's name of a page without one */
    memcpy(columns, m->row.fields, sizeof m->row.fields);
    columns[ALM_FIELD_URL] = url;
    if (columns[ALM_FEED_REPLACES].ptr) {
        status = load(m, r, columns[ALM_FEED_REPLACES_VERSION], err);
        if (status != ALM_OK) return status;
        index = find(r, columns[ALM_FEED_REPLACES]);
        if (index < r->told.donation_count) columns[ALM_FEED_REPLACES] = alm_str_of(r->treated.donations[index].uid);
    }
    return ALM_OK;
}
