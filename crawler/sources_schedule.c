/* The keys of sources.yaml that say when a source is due. */
#include "crawler/sources_priv.h"

#include "base/alloc.h"

enum { MAX_JITTER_S = 86400, MAX_ZONES = 1000 };

static alm_status out_of_memory(sources_reader *r) { return alm_fail(r->err, ALM_E_NOMEM, "out of memory"); }

alm_status sources_read_schedule(sources_reader *r, const alm_yaml_node *node) {
    alm_str text;
    alm_err why = {0};
    alm_status status = alm_yaml_text(&text, node, r->err);
    if (status == ALM_OK) status = alm_timetable_parse(&r->source->timetable, text, &why);
    if (status == ALM_OK) r->source->schedule = text;
    if (status == ALM_E_PARSE && why.code) return alm_yaml_fail(node, r->err, "schedule %s", why.message);
    return status;
}

static alm_status zone_of(sources_reader *r, const alm_zone **out, alm_str name, const alm_yaml_node *node) {
    alm_sources *all = r->all;
    for (size_t i = 0; i < all->zone_count; i++) {
        if (!alm_str_is_c(name, alm_zone_name(all->zones[i]))) continue;
        *out = all->zones[i];
        return ALM_OK;
    }
    void *zones = all->zones;
    alm_err why = {0};
    alm_status status = alm_grow(&zones, &all->zone_cap, all->zone_count, sizeof *all->zones, MAX_ZONES);
    if (status == ALM_OK) {
        all->zones = zones;
        status = alm_zone_new(&all->zones[all->zone_count], name, &why);
    }
    if (status == ALM_E_NOT_FOUND) return alm_yaml_fail(node, r->err, "%s", why.message);
    if (status != ALM_OK) return out_of_memory(r);
    *out = all->zones[all->zone_count++];
    return ALM_OK;
}

alm_status sources_read_timezone(sources_reader *r, const alm_yaml_node *node) {
    alm_str name;
    alm_status status = alm_yaml_text(&name, node, r->err);
    return status == ALM_OK ? zone_of(r, &r->source->timetable.zone, name, node) : status;
}

alm_status sources_read_jitter(sources_reader *r, const alm_yaml_node *node) {
    int64_t ms;
    alm_status status = sources_read_duration(r, &ms, node);
    if (status == ALM_OK && ms / 1000 > MAX_JITTER_S) return alm_yaml_fail(node, r->err, "expected a day at most");
    if (status == ALM_OK) r->source->timetable.jitter_s = ms / 1000;
    return status;
}

alm_status sources_read_max_time(sources_reader *r, const alm_yaml_node *node) {
    int64_t ms;
    alm_status status = sources_read_duration(r, &ms, node);
    if (status == ALM_OK) r->source->max_time_s = (ms + 999) / 1000;
    return status;
}

alm_status sources_read_blackout(sources_reader *r, const alm_yaml_node *node) {
    if (node->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(node, r->err, "expected a list");
    alm_blackout *items = alm_arena_calloc(r->arena, node->count, sizeof *items);
    if (!items) return out_of_memory(r);
    for (size_t i = 0; i < node->count; i++) {
        alm_str text;
        alm_err why = {0};
        alm_status status = alm_yaml_text(&text, node->items[i], r->err);
        if (status != ALM_OK) return status;
        if (alm_blackout_parse(&items[i], text, &why) != ALM_OK)
            return alm_yaml_fail(node->items[i], r->err, "%s", why.message);
    }
    if (alm_blackout_is_always(items, node->count)) return alm_yaml_fail(node, r->err, "no hour of the week is left");
    r->source->timetable.blackout = items;
    r->source->timetable.blackout_count = node->count;
    return ALM_OK;
}

alm_status sources_settle_schedule(sources_reader *r, const alm_yaml_node *node) {
    alm_timetable *table = &r->source->timetable;
    if (table->kind == ALM_NEVER || table->zone) return ALM_OK;
    return zone_of(r, &table->zone, ALM_STR("Asia/Shanghai"), node);
}

void sources_free_zones(alm_sources *sources) {
    for (size_t i = 0; i < sources->zone_count; i++) alm_zone_free(sources->zones[i]);
    alm_free(sources->zones);
}
