/* Reading the configuration, at the start and again. */
#include "watch/watch_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "pipeline/file.h"

enum { MAX_CONFIG = 64 << 20 };

static const alm_timetable never = {0};

/* ---- the copy in the store ---- */

static void copy_path(const watch *w, char path[WATCH_PATH]) {
    snprintf(path, WATCH_PATH, "%s/watch.yaml", w->options->store);
}

static alm_status keep_copy(const watch *w, alm_str text, alm_err *err) {
    char path[WATCH_PATH];
    copy_path(w, path);
    return alm_keep_file(path, text, err) == ALM_OK ? ALM_OK : ALM_E_STORAGE;
}

static alm_status read_config(const watch *w, alm_buf *text, alm_sources **out, alm_err *err) {
    char path[WATCH_PATH];
    copy_path(w, path);
    const char *name = w->options->config ? w->options->config : path;
    alm_status status = alm_read_file(text, name, err);
    return status == ALM_OK ? alm_sources_parse(out, name, alm_buf_str(text), err) : status;
}

/* ---- places ---- */

/* What the journal compares: with another schedule, due times count anew. */
static alm_status schedule_key(alm_buf *out, const alm_source *source) {
    alm_buf_add(out, source->schedule);
    if (source->timetable.zone) alm_buf_printf(out, " %s", alm_zone_name(source->timetable.zone));
    return out->status;
}

static alm_status load_state(watch *w, alm_due_state *out, const alm_source *source, alm_err *err) {
    alm_buf key;
    alm_buf_init(&key, 1 << 16);
    alm_status status = schedule_key(&key, source);
    if (status == ALM_OK)
        status = alm_journal_load(w->journal, out, source->name, alm_buf_str(&key), watch_now(), err);
    else
        status = alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_buf_release(&key);
    return status;
}

typedef struct new_roster {
    alm_roster_entry *entries;
    watch_place *places;
    size_t count;
} new_roster;

static const alm_roster_entry *find_running(const watch *w, alm_str name) {
    for (size_t i = 0; i < w->roster.count; i++)
        if (w->roster.entries[i].is_running && alm_str_is(w->roster.entries[i].name, name))
            return &w->roster.entries[i];
    return NULL;
}

static alm_status add_source(watch *w, new_roster *r, const watch_sources *from, const alm_source *source,
                             alm_err *err) {
    alm_roster_entry *entry = &r->entries[r->count];
    watch_place *place = &r->places[r->count++];
    *entry = (alm_roster_entry){.name = source->name, .table = &source->timetable, .user = place};
    *place = (watch_place){.source = source, .from = from};
    const alm_roster_entry *running = find_running(w, source->name);
    if (running) {
        entry->is_running = true;
        entry->run = running->run;
        place->job = ((const watch_place *)running->user)->job;
    }
    return load_state(w, &entry->state, source, err);
}

/* Runs of sources that are no longer in the file go on until they end by themselves. */
static void add_leftovers(const watch *w, new_roster *r, const alm_sources *sources) {
    for (size_t i = 0; i < w->roster.count; i++) {
        const alm_roster_entry *old = &w->roster.entries[i];
        bool is_gone = old->is_running;
        for (size_t k = 0; k < sources->count; k++) is_gone &= !alm_str_is(sources->items[k].name, old->name);
        if (!is_gone) continue;
        r->entries[r->count] = *old;
        r->places[r->count] = *(const watch_place *)old->user;
        r->entries[r->count].table = &never;
        r->entries[r->count].user = &r->places[r->count];
        r->count++;
    }
}

static alm_status make_roster(watch *w, new_roster *r, const watch_sources *from, alm_err *err) {
    const alm_sources *sources = from->sources;
    *r = (new_roster){.entries = alm_calloc(sources->count + w->running, sizeof *r->entries),
                      .places = alm_calloc(sources->count + w->running, sizeof *r->places)};
    alm_status status = r->entries && r->places ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
    for (size_t i = 0; i < sources->count && status == ALM_OK; i++)
        status = add_source(w, r, from, &sources->items[i], err);
    if (status == ALM_OK) {
        add_leftovers(w, r, sources);
        return ALM_OK;
    }
    alm_free(r->entries);
    alm_free(r->places);
    return status;
}

static bool has_schedule(const alm_sources *sources) {
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].timetable.kind != ALM_NEVER) return true;
    return false;
}

static alm_status adopt(watch *w, alm_sources *sources, alm_str text, alm_err *err) {
    if (!has_schedule(sources))
        return alm_fail(err, ALM_E_INVALID, "no source has a schedule: see the key 'schedule' in docs/crawling.md");
    watch_sources *latest = alm_calloc(1, sizeof *latest);
    if (!latest) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    latest->sources = sources;
    new_roster r;
    alm_status status = keep_copy(w, text, err);
    if (status == ALM_OK) status = make_roster(w, &r, latest, err);
    if (status != ALM_OK) {
        alm_free(latest);
        return status;
    }
    alm_free(w->roster.entries);
    alm_free(w->places);
    w->roster.entries = r.entries;
    w->roster.count = r.count;
    w->places = r.places;
    latest->earlier = w->sources;
    w->sources = latest;
    return ALM_OK;
}

alm_status watch_load(watch *w, alm_err *err) {
    alm_buf text;
    alm_sources *sources = NULL;
    alm_buf_init(&text, MAX_CONFIG);
    alm_status status = read_config(w, &text, &sources, err);
    if (status == ALM_OK) status = adopt(w, sources, alm_buf_str(&text), err);
    if (status != ALM_OK) alm_sources_free(sources);
    alm_buf_release(&text);
    watch_sweep(w);
    return status;
}

static bool is_needed(const watch *w, const watch_sources *s) {
    if (s == w->sources) return true;
    for (size_t i = 0; i < w->roster.count; i++)
        if (w->places[i].from == s && w->places[i].job) return true;
    return false;
}

/* A source that left the file keeps its place while it runs; then its entry is one that never is due. */
static void drop_ended_leftovers(watch *w) {
    size_t kept = 0;
    for (size_t i = 0; i < w->roster.count; i++) {
        if (w->roster.entries[i].table == &never && !w->places[i].job) continue;
        w->roster.entries[kept] = w->roster.entries[i];
        w->places[kept] = w->places[i];
        w->roster.entries[kept].user = &w->places[kept];
        kept++;
    }
    w->roster.count = kept;
}

void watch_sweep(watch *w) {
    drop_ended_leftovers(w);
    for (watch_sources **at = &w->sources, *s; (s = *at) != NULL;) {
        if (is_needed(w, s)) {
            at = &s->earlier;
            continue;
        }
        *at = s->earlier;
        alm_sources_free(s->sources);
        alm_free(s);
    }
}

void watch_free_sources(watch *w) {
    for (watch_sources *s = w->sources, *earlier; s; s = earlier) {
        earlier = s->earlier;
        alm_sources_free(s->sources);
        alm_free(s);
    }
    alm_free(w->roster.entries);
    alm_free(w->places);
}
