#include "crawler/traps.h"

#include "base/alloc.h"

enum {
    DEFAULT_LEN = 2048,
    DEFAULT_DEPTH = 20,
    DEFAULT_REPEATS = 3,
    DEFAULT_PARAMS = 24,
    DEFAULT_PERMUTATIONS = 24,
    DEFAULT_FACETS = 20000,
    DEFAULT_PATHS = 65536,
    FACET_PARAMS = 3,
    MAX_SEGMENTS = 128,
    FIRST_YEAR = 1990
};

const char *alm_trap_name(alm_trap trap) {
    static const char *const names[ALM_TRAP_REASON_COUNT] = {"none",
                                                             "too-long",
                                                             "too-deep",
                                                             "repeated-segments",
                                                             "calendar",
                                                             "too-many-parameters",
                                                             "query-permutations",
                                                             "query-facets"};
    return trap < ALM_TRAP_REASON_COUNT ? names[trap] : "unknown";
}

static uint32_t or_default(uint32_t value, uint32_t fallback) { return value ? value : fallback; }

static alm_traps_options fill_in(const alm_traps_options *given) {
    alm_traps_options o = given ? *given : (alm_traps_options){0};
    o.max_len = or_default(o.max_len, DEFAULT_LEN);
    o.max_depth = or_default(o.max_depth, DEFAULT_DEPTH);
    o.max_repeats = or_default(o.max_repeats, DEFAULT_REPEATS);
    o.max_params = or_default(o.max_params, DEFAULT_PARAMS);
    o.max_permutations = or_default(o.max_permutations, DEFAULT_PERMUTATIONS);
    o.max_facets = or_default(o.max_facets, DEFAULT_FACETS);
    o.max_paths = or_default(o.max_paths, DEFAULT_PATHS);
    return o;
}

static size_t split_path(alm_str path, alm_str *segments, size_t room) {
    size_t count = 0;
    for (size_t at = 0; at < path.len && count < room;) {
        size_t end = at;
        while (end < path.len && path.ptr[end] != '/') end++;
        if (end > at) segments[count++] = alm_str_slice(path, at, end);
        at = end + 1;
    }
    return count;
}

/**
 * Does a run of segments stand more than @p max times in a row, or one segment more than twice that in all? Numbers
 * are let off: /2020/10/10/10 is a date.
 */
static bool repeats(const alm_str *segments, size_t count, uint32_t max) {
    for (size_t period = 1; period * (max + 1) <= count; period++) {
        size_t same = 0;
        for (size_t i = period; i < count; i++) {
            bool number = segments[i].len <= 4 && segments[i].ptr[0] >= '0' && segments[i].ptr[0] <= '9';
            same = !number && alm_str_is(segments[i], segments[i - period]) ? same + 1 : 0;
            if (same >= period * max) return true;
        }
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t seen = 0;
        for (size_t j = i; j < count; j++) seen += alm_str_is(segments[i], segments[j]);
        if (seen > 2 * max) return true;
    }
    return false;
}

/** Four digits at @p at that no digit stands beside, as a number; 0 where there are none. */
static uint32_t year_at(alm_str s, size_t at) {
    uint32_t year = 0;
    if (s.len - at < 4 || (at > 0 && s.ptr[at - 1] >= '0' && s.ptr[at - 1] <= '9')) return 0;
    for (size_t i = at; i < at + 4; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return 0;
        year = year * 10 + (uint32_t)(s.ptr[i] - '0');
    }
    bool more = at + 4 < s.len && s.ptr[at + 4] >= '0' && s.ptr[at + 4] <= '9';
    return more ? 0 : year;
}

/** Is there a month after the year: "-13" is none, "-12", "/7", "&month=3" are? */
static bool month_follows(alm_str s, size_t at) {
    static const char word[] = "month=";
    if (at >= s.len) return false;
    if (s.ptr[at] == '&') {
        size_t found = alm_str_find(s, ALM_STR(word), at);
        if (found == SIZE_MAX) return false;
        at = found + sizeof word - 1;
    } else if (s.ptr[at] == '-' || s.ptr[at] == '/' || s.ptr[at] == '_') {
        at++;
    } else {
        return false;
    }
    uint32_t month = 0;
    size_t digits = 0;
    for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9' && digits < 3; at++, digits++)
        month = month * 10 + (uint32_t)(s.ptr[at] - '0');
    return digits >= 1 && digits <= 2 && month >= 1 && month <= 12;
}

/** A year and month that no news can be of: calendars that link to the next month for ever. */
static bool is_far_date(alm_str target, uint16_t this_year) {
    if (this_year == 0) return false;
    for (size_t at = 0; at + 4 <= target.len; at++) {
        uint32_t year = year_at(target, at);
        bool plausible = year >= 1000 && year <= 2999;
        bool far = year < FIRST_YEAR || year > (uint32_t)this_year + 1;
        if (plausible && far && month_follows(target, at + 4)) return true;
    }
    return false;
}

/** Next "name" or "name=value" of a query that is not used up; false at its end. */
static bool next_param(alm_str *rest, alm_str *name, alm_str *value) {
    if (!rest->ptr || rest->len == 0) return false;
    const char *amp = memchr(rest->ptr, '&', rest->len);
    size_t end = amp ? (size_t)(amp - rest->ptr) : rest->len;
    alm_str pair = alm_str_slice(*rest, 0, end);
    *rest = alm_str_slice(*rest, amp ? end + 1 : end, rest->len);
    const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
    size_t at = equals ? (size_t)(equals - pair.ptr) : pair.len;
    *name = alm_str_slice(pair, 0, at);
    *value = alm_str_slice(pair, equals ? at + 1 : at, pair.len);
    return true;
}

/** Canonical queries are sorted: the same name comes in a row. */
static bool has_too_many_params(alm_str query, const alm_traps_options *o) {
    alm_str name, value, last = {NULL, 0};
    uint32_t count = 0, same = 0;
    while (next_param(&query, &name, &value)) {
        same = count > 0 && alm_str_is(name, last) ? same + 1 : 0;
        last = name;
        if (++count > o->max_params || same > 2 * o->max_repeats) return true;
    }
    return false;
}

static alm_trap check(const alm_url *url, const alm_traps_options *o) {
    alm_str segments[MAX_SEGMENTS];
    if (url->href.len > o->max_len) return ALM_TRAP_LONG;
    size_t count = split_path(url->path, segments, MAX_SEGMENTS);
    if (count > o->max_depth) return ALM_TRAP_DEEP;
    if (repeats(segments, count, o->max_repeats)) return ALM_TRAP_REPEAT;
    if (is_far_date(alm_url_target(url), o->this_year)) return ALM_TRAP_CALENDAR;
    if (has_too_many_params(url->query, o)) return ALM_TRAP_PARAMS;
    return ALM_TRAP_NONE;
}

alm_trap alm_traps_check(const alm_url *url, const alm_traps_options *options) {
    alm_traps_options o = fill_in(options);
    return check(url, &o);
}

/* Memory: a table of paths with a query, direct-mapped in sets, in which the one that was used least recently goes. */

enum { WAYS = 4, SHAPES_KEPT = 64 };

typedef struct path_entry {
    uint64_t key; /* hash of origin and path; 0: free */
    uint64_t used;
    uint32_t facets;
    uint32_t shape_count;
    uint32_t *shapes; /* hashes of the parameter names */
} path_entry;

struct alm_traps {
    alm_traps_options options;
    path_entry *entries;
    size_t sets;
    uint64_t clock;
};

alm_status alm_traps_new(alm_traps **out, const alm_traps_options *options) {
    alm_traps *traps = alm_calloc(1, sizeof *traps);
    if (!traps) return ALM_E_NOMEM;
    traps->options = fill_in(options);
    if (traps->options.max_permutations > SHAPES_KEPT) traps->options.max_permutations = SHAPES_KEPT;
    traps->sets = (traps->options.max_paths + WAYS - 1) / WAYS;
    traps->entries = alm_calloc(traps->sets * WAYS, sizeof *traps->entries);
    if (!traps->entries) {
        alm_free(traps);
        return ALM_E_NOMEM;
    }
    *out = traps;
    return ALM_OK;
}

void alm_traps_free(alm_traps *traps) {
    if (!traps) return;
    for (size_t i = 0; i < traps->sets * WAYS; i++) alm_free(traps->entries[i].shapes);
    alm_free(traps->entries);
    alm_free(traps);
}

static path_entry *find_entry(alm_traps *traps, uint64_t key) {
    path_entry *set = &traps->entries[(size_t)(key % traps->sets) * WAYS];
    path_entry *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key) {
            set[i].used = ++traps->clock;
            return &set[i];
        }
        if (set[i].used < oldest->used) oldest = &set[i];
    }
    uint32_t *shapes = oldest->shapes;
    *oldest = (path_entry){.key = key, .used = ++traps->clock, .shapes = shapes};
    return oldest;
}

/** The parameters' names without their values, as a hash; how many of them carry a value. */
static uint32_t shape_of(alm_str query, uint32_t *with_value) {
    alm_str name, value;
    uint64_t hash = 1469598103934665603u;
    *with_value = 0;
    while (next_param(&query, &name, &value)) {
        hash = (hash ^ alm_hash(name)) * 1099511628211u;
        *with_value += value.len > 0;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/** Note @p shape; false where it is one too many. */
static bool note_shape(path_entry *entry, uint32_t shape, uint32_t max) {
    for (uint32_t i = 0; i < entry->shape_count; i++)
        if (entry->shapes[i] == shape) return true;
    if (entry->shape_count >= max) return false;
    if (!entry->shapes) entry->shapes = alm_calloc(SHAPES_KEPT, sizeof *entry->shapes);
    if (entry->shapes) entry->shapes[entry->shape_count++] = shape;
    return true;
}

alm_trap alm_traps_admit(alm_traps *traps, const alm_url *url) {
    alm_trap trap = check(url, &traps->options);
    if (trap != ALM_TRAP_NONE || url->query.len == 0) return trap;
    alm_str page = {url->href.ptr, (size_t)(url->path.ptr + url->path.len - url->href.ptr)};
    uint64_t key = alm_hash(page);
    path_entry *entry = find_entry(traps, key ? key : 1);
    uint32_t with_value;
    uint32_t shape = shape_of(url->query, &with_value);
    if (!note_shape(entry, shape, traps->options.max_permutations)) return ALM_TRAP_PERMUTATIONS;
    if (with_value < FACET_PARAMS) return ALM_TRAP_NONE;
    if (entry->facets >= traps->options.max_facets) return ALM_TRAP_FACETS;
    entry->facets++;
    return ALM_TRAP_NONE;
}
