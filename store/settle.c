#include "store/settle.h"

#include <stdlib.h>

#include "store/corrections.h"

/* One telling being settled. Every put is checked through `status`: after the first failure nothing more is put. */
typedef struct work {
    alm_settler *s;
    const alm_known_page *page;
    alm_telling *t;
    alm_err *err;
    alm_status status;
    int64_t page_id, version_id;
    const alm_known_version *later; /* the version after this telling's time: it is history already */
    int64_t *organisation_ids, *person_ids;
    bool *is_new;      /* of the told: a row of its own is needed */
    bool *is_lost;     /* of the known: no longer told, or told otherwise */
    int64_t *replaces; /* of the told */
} work;

static int64_t next(work *w) { return ++w->s->seq; }

static void put(work *w, alm_table table, const alm_cell *cells) {
    if (w->status != ALM_OK) return;
    w->status = w->s->put(w->s->context, table, cells, w->err);
    w->s->rows++;
}

static void *room(work *w, size_t count, size_t size) {
    void *items = alm_arena_calloc(&w->t->arena, count + 1, size);
    if (!items) w->status = alm_fail(w->err, ALM_E_NOMEM, "out of memory");
    return items;
}

/* ---- which version ---- */

/* Whether a version says already what the telling says, and whether there is a later one. */
static bool is_known(work *w) {
    const alm_known_version *before = NULL;
    for (size_t i = 0; i < w->page->version_count; i++) {
        const alm_known_version *v = &w->page->versions[i];
        if (v->fetched_ms == w->t->fetched_ms && alm_str_is(v->digest, w->t->digest)) return true;
        if (v->fetched_ms <= w->t->fetched_ms)
            before = v;
        else if (!w->later)
            w->later = v;
    }
    return (before && alm_str_is(before->digest, w->t->digest)) ||
           (w->later && alm_str_is(w->later->digest, w->t->digest));
}

static void see_page(work *w) {
    int64_t seen = w->t->fetched_ms;
    if (w->page_id == 0) {
        w->page_id = next(w);
        put(w, ALM_TABLE_PAGES,
            (alm_cell[]){alm_cell_int(w->page_id), alm_cell_text(w->t->url), alm_cell_int(seen), alm_cell_int(seen)});
        return;
    }
    if (seen >= w->page->first_seen_ms && seen <= w->page->last_seen_ms) return;
    int64_t first = seen < w->page->first_seen_ms ? seen : w->page->first_seen_ms;
    int64_t last = seen > w->page->last_seen_ms ? seen : w->page->last_seen_ms;
    put(w, ALM_SET_PAGE, (alm_cell[]){alm_cell_int(w->page_id), alm_cell_int(first), alm_cell_int(last)});
}

static alm_cell state_cell(const char *state) { return alm_cell_text(alm_str_of(state)); }

static void put_version(work *w) {
    const alm_telling *t = w->t;
    if (!w->later && w->page->version_count > 0)
        put(w, ALM_SET_VERSION,
            (alm_cell[]){alm_cell_int(w->page->versions[w->page->version_count - 1].version_id),
                         state_cell("superseded"), alm_cell_int(next(w)), alm_cell_int(w->s->now_ms)});
    w->version_id = next(w);
    w->s->stats->versions++;
    put(w, ALM_TABLE_VERSIONS,
        (alm_cell[]){alm_cell_int(w->version_id), alm_cell_int(w->page_id), alm_cell_text(t->digest),
                     alm_cell_int(t->fetched_ms), state_cell(w->later ? "superseded" : "current"),
                     alm_cell_int(t->gone), alm_cell_text(t->canonical_url), alm_cell_text(t->content_sha256),
                     alm_cell_text(t->charset), alm_cell_text(t->language), alm_cell_text(t->title),
                     alm_cell_text(t->published), alm_cell_text(t->source), alm_cell_text(t->author),
                     alm_cell_text(t->site), alm_cell_text(t->json), alm_cell_int(w->version_id),
                     alm_cell_int(w->s->now_ms)});
}

/* ---- who ---- */

static void put_spans(work *w, int64_t owner, const alm_told_spans *spans) {
    for (size_t i = 0; i < spans->count; i++) {
        const alm_told_span *span = &spans->items[i];
        put(w, ALM_TABLE_SPANS,
            (alm_cell[]){alm_cell_int(owner), alm_cell_text(alm_str_of(span->field)), alm_cell_int(span->start),
                         alm_cell_int(span->end)});
    }
}

static int64_t id_of(const int64_t *ids, size_t index) { return index == ALM_TOLD_NOBODY ? 0 : ids[index]; }

static void put_entities(work *w) {
    const alm_telling *t = w->t;
    w->organisation_ids = room(w, t->organisation_count, sizeof *w->organisation_ids);
    w->person_ids = room(w, t->person_count, sizeof *w->person_ids);
    for (size_t i = 0; w->status == ALM_OK && i < t->organisation_count; i++) {
        const alm_told_entity *e = &t->organisations[i];
        int64_t id = w->organisation_ids[i] = next(w);
        put(w, ALM_TABLE_ORGANISATIONS,
            (alm_cell[]){alm_cell_int(id), alm_cell_int(w->version_id), alm_cell_text(e->id), alm_cell_text(e->name),
                         alm_cell_text(e->type), alm_cell_text(e->aliases)});
        put_spans(w, id, &e->spans);
    }
    for (size_t i = 0; w->status == ALM_OK && i < t->person_count; i++) {
        const alm_told_entity *e = &t->people[i];
        int64_t id = w->person_ids[i] = next(w);
        put(w, ALM_TABLE_PEOPLE,
            (alm_cell[]){alm_cell_int(id), alm_cell_int(w->version_id), alm_cell_text(e->id), alm_cell_text(e->name),
                         alm_cell_text(e->aliases)});
        put_spans(w, id, &e->spans);
    }
}

static void put_affiliations(work *w) {
    for (size_t i = 0; w->status == ALM_OK && i < w->t->affiliation_count; i++) {
        const alm_told_affiliation *a = &w->t->affiliations[i];
        int64_t id = next(w);
        put(w, ALM_TABLE_AFFILIATIONS,
            (alm_cell[]){alm_cell_int(id), alm_cell_int(w->version_id), alm_cell_id(id_of(w->person_ids, a->person)),
                         alm_cell_id(id_of(w->organisation_ids, a->organisation)),
                         alm_cell_int(w->organisation_ids[a->of]), alm_cell_text(a->role), alm_cell_text(a->rule)});
        put_spans(w, id, &a->spans);
    }
}

/* ---- donations ---- */

typedef struct by_uid {
    alm_str uid;
    size_t index;
} by_uid;

static int compare_uids(const void *a, const void *b) {
    return alm_str_compare(((const by_uid *)a)->uid, ((const by_uid *)b)->uid);
}

/* Told and known side by side in the order of their uids: the same row stays, all else is new or lost. */
static void compare_donations(work *w) {
    size_t told_count = w->t->donation_count, known_count = w->page->donation_count;
    by_uid *told = room(w, told_count, sizeof *told), *known = room(w, known_count, sizeof *known);
    w->is_new = room(w, told_count, sizeof *w->is_new);
    w->is_lost = room(w, known_count, sizeof *w->is_lost);
    w->replaces = room(w, told_count, sizeof *w->replaces);
    if (w->status != ALM_OK) return;
    for (size_t i = 0; i < told_count; i++) told[i] = (by_uid){w->t->donations[i].uid, i};
    for (size_t i = 0; i < known_count; i++) known[i] = (by_uid){w->page->donations[i].uid, i};
    qsort(told, told_count, sizeof *told, compare_uids);
    qsort(known, known_count, sizeof *known, compare_uids);
    for (size_t i = 0, k = 0; i < told_count || k < known_count;) {
        int order = i == told_count ? 1 : k == known_count ? -1 : compare_uids(&told[i], &known[k]);
        bool same = order == 0 &&
                    alm_str_is_c(w->page->donations[known[k].index].digest, w->t->donations[told[i].index].digest);
        if (order <= 0) w->is_new[told[i].index] = !same;
        if (order >= 0) w->is_lost[known[k].index] = !same;
        i += order <= 0;
        k += order >= 0;
    }
}

static void supersede(work *w, const alm_known_donation *d) {
    w->s->stats->superseded++;
    put(w, ALM_SET_DONATION,
        (alm_cell[]){alm_cell_int(d->donation_id), state_cell("superseded"), alm_cell_int(w->version_id),
                     alm_cell_int(next(w)), alm_cell_int(w->s->now_ms)});
}

static bool is_told(const work *w, alm_str uid) {
    for (size_t i = 0; i < w->t->donation_count; i++)
        if (alm_str_is(w->t->donations[i].uid, uid)) return true;
    return false;
}

/* A duplicate on another page takes the place of what this page no longer tells. */
static void promote_duplicate(work *w, const alm_known_donation *lost) {
    int64_t heir = 0;
    if (w->status != ALM_OK || lost->duplicate) return;
    w->status = w->s->find_duplicate(w->s->context, &heir, lost->uid, w->page_id, w->err);
    if (w->status != ALM_OK || heir == 0 || is_told(w, lost->uid)) return;
    put(w, ALM_SET_DONATION,
        (alm_cell[]){alm_cell_int(heir), state_cell("current"), alm_cell_id(0), alm_cell_int(next(w)),
                     alm_cell_int(w->s->now_ms)});
}

static const char *state_of(work *w, const alm_told_donation *d) {
    bool elsewhere = false;
    if (w->later) return "superseded";
    if (w->status == ALM_OK)
        w->status = w->s->is_current_elsewhere(w->s->context, &elsewhere, d->uid, w->page_id, w->err);
    return elsewhere ? "duplicate" : "current";
}

static void put_donation(work *w, size_t index) {
    const alm_told_donation *d = &w->t->donations[index];
    const char *state = state_of(w, d);
    alm_cell cells[ALM_TABLE_MAX_COLUMNS];
    int64_t id = next(w);
    size_t n = 0;
    w->s->stats->donations++;
    cells[n++] = alm_cell_int(id);
    cells[n++] = alm_cell_text(d->uid);
    cells[n++] = alm_cell_int(w->page_id);
    cells[n++] = alm_cell_int(w->version_id);
    cells[n++] = alm_cell_text(alm_str_of(d->digest));
    cells[n++] = state_cell(state);
    cells[n++] = alm_cell_id(w->replaces[index]);
    cells[n++] = alm_cell_id(w->later ? w->later->version_id : 0);
    for (size_t i = 0; i < ALM_TOLD_COUNT; i++) cells[n++] = alm_cell_text(d->fields[i]);
    cells[n++] = alm_cell_int(id);
    cells[n++] = alm_cell_int(w->s->now_ms);
    put(w, ALM_TABLE_DONATIONS, cells);
    for (size_t i = 0; i < d->party_count; i++) {
        const alm_told_party *p = &d->parties[i];
        put(w, ALM_TABLE_PARTIES,
            (alm_cell[]){alm_cell_int(id), alm_cell_text(alm_str_of(p->part)), alm_cell_int(p->position),
                         alm_cell_text(p->name), alm_cell_id(id_of(w->organisation_ids, p->organisation)),
                         alm_cell_id(id_of(w->person_ids, p->person))});
    }
    put_spans(w, id, &d->spans);
}

static void put_donations(work *w) {
    if (w->status != ALM_OK) return;
    if (!w->later) { /* of history nothing is lost today */
        w->status = alm_corrections_find(w->replaces, &w->t->arena, w->t->donations, w->is_new, w->t->donation_count,
                                         w->page, w->is_lost);
        for (size_t i = 0; w->status == ALM_OK && i < w->page->donation_count; i++)
            if (w->is_lost[i]) supersede(w, &w->page->donations[i]);
    }
    for (size_t i = 0; w->status == ALM_OK && i < w->t->donation_count; i++)
        if (w->is_new[i]) put_donation(w, i);
    for (size_t i = 0; !w->later && w->status == ALM_OK && i < w->page->donation_count; i++)
        if (w->is_lost[i]) promote_duplicate(w, &w->page->donations[i]);
}

alm_status alm_settle(alm_settler *settler, const alm_known_page *page, alm_telling *telling, alm_err *err) {
    work w = {.s = settler, .page = page, .t = telling, .err = err, .page_id = page->page_id};
    settler->stats->documents++;
    if (telling->gone && page->page_id == 0) return ALM_OK; /* never known, nothing is lost */
    bool known = is_known(&w);
    if (!known) compare_donations(&w);
    if (w.status == ALM_OK) see_page(&w);
    if (known || w.status != ALM_OK) return w.status;
    put_version(&w);
    put_entities(&w);
    put_affiliations(&w);
    put_donations(&w);
    return w.status;
}
