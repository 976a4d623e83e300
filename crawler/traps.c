#include "crawler/traps.h"

#include "base/alloc.h"

enum {
    DEFAULT_LEN = 2048,
    DEFAULT_DEPTH = 20,
    DEFAULT_REPEATS = 3,
    DEFAULT_PARAMS = 24,
    DEFAULT_PERMUTATIONS = 48,
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

/* Calendars. An article may well be /2050_3.html, so a number is taken for a year only where a word says so. */

static bool is_one_of(alm_str word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (alm_str_is_nocase(word, alm_str_of(words[i]))) return true;
    return false;
}

#define IS_ONE_OF(word, words) is_one_of((word), (words), sizeof(words) / sizeof *(words))

static const char *const calendar_words[] = {"calendar", "cal", "events", "event", "archive", "archives", "rili"};
static const char *const year_words[] = {"year", "y", "yyyy", "nian"};
static const char *const month_words[] = {"month", "m", "mm", "mon", "yue"};
static const char *const date_words[] = {"date", "day", "month", "ym", "riqi"};

/** Digits at *at, at most @p max of them, as a number; *at moves behind them. */
static uint32_t number_at(alm_str s, size_t *at, size_t max) {
    uint32_t number = 0;
    for (size_t digits = 0; *at < s.len && digits < max && s.ptr[*at] >= '0' && s.ptr[*at] <= '9'; digits++)
        number = number * 10 + (uint32_t)(s.ptr[(*at)++] - '0');
    return number;
}

/** Does @p s begin with four digits that are no year of news? */
static bool begins_far(alm_str s, uint16_t this_year) {
    size_t at = 0;
    uint32_t year = number_at(s, &at, 4);
    return at == 4 && (year < FIRST_YEAR || year > (uint32_t)this_year + 1);
}

static bool is_month(alm_str s) {
    size_t at = 0;
    uint32_t month = number_at(s, &at, 2);
    return at > 0 && at == s.len && month >= 1 && month <= 12;
}

/** "2031-07", "2031/7/1", "203107" */
static bool is_far_date(alm_str s, uint16_t this_year) {
    if (s.len < 6 || !begins_far(s, this_year)) return false;
    size_t at = s.ptr[4] >= '0' && s.ptr[4] <= '9' ? 4 : 5, start = at;
    uint32_t month = number_at(s, &at, 2);
    return at > start && month >= 1 && month <= 12;
}

/** /calendar/2031/07, /events/2031-07-01 */
static bool has_far_path(const alm_str *segments, size_t count, uint16_t this_year) {
    bool told = false;
    for (size_t i = 0; i < count; i++) {
        if (told && is_far_date(segments[i], this_year)) return true;
        bool year = told && segments[i].len == 4 && begins_far(segments[i], this_year);
        if (year && i + 1 < count && is_month(segments[i + 1])) return true;
        told = told || IS_ONE_OF(segments[i], calendar_words);
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

/** ?year=2031&month=7, ?date=2031-07-01 */
static bool has_far_query(alm_str query, uint16_t this_year) {
    alm_str name, value;
    bool year = false, month = false;
    while (next_param(&query, &name, &value)) {
        if (IS_ONE_OF(name, date_words) && is_far_date(value, this_year)) return true;
        year = year || (IS_ONE_OF(name, year_words) && value.len == 4 && begins_far(value, this_year));
        month = month || (IS_ONE_OF(name, month_words) && is_month(value));
    }
    return year && month;
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
    bool far = o->this_year && (has_far_path(segments, count, o->this_year) || has_far_query(url->query, o->this_year));
    if (far) return ALM_TRAP_CALENDAR;
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
