#include "timetable/zone.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"

enum { DAY_S = 86400, STEP_S = 4 * DAY_S, MAX_SPANS = 4096, PATH_SIZE = 512 };
static const int64_t first_s = 946684800, last_s = 4102444800; /* 2000 to 2100 */

/* From from_s on the zone is offset_s ahead of UTC. */
typedef struct span {
    int64_t from_s, offset_s;
} span;

struct alm_zone {
    char *name;
    span *spans; /* at least one; the first one holds for all time before, too */
    size_t count, cap;
};

/* ---- reading ---- */

static int64_t offset_by_libc(int64_t unix_s) {
    time_t at = (time_t)unix_s;
    struct tm local;
    return localtime_r(&at, &local) ? local.tm_gmtoff : 0;
}

static alm_status add_span(alm_zone *zone, int64_t from_s, int64_t offset_s) {
    void *spans = zone->spans;
    alm_status status = alm_grow(&spans, &zone->cap, zone->count, sizeof *zone->spans, MAX_SPANS);
    if (status != ALM_OK) return status;
    zone->spans = spans;
    zone->spans[zone->count++] = (span){from_s, offset_s};
    return ALM_OK;
}

/* The first second of (from, to] with another offset than that of from. */
static int64_t find_change(int64_t from_s, int64_t to_s) {
    int64_t offset = offset_by_libc(from_s);
    while (to_s - from_s > 1) {
        int64_t middle = from_s + (to_s - from_s) / 2;
        if (offset_by_libc(middle) == offset)
            from_s = middle;
        else
            to_s = middle;
    }
    return to_s;
}

/* In steps: no zone changes back within a few days. */
static alm_status walk(alm_zone *zone) {
    int64_t offset = offset_by_libc(first_s);
    alm_status status = add_span(zone, first_s, offset);
    for (int64_t at = first_s; at < last_s && status == ALM_OK; at += STEP_S) {
        if (offset_by_libc(at + STEP_S) == offset) continue;
        int64_t change = find_change(at, at + STEP_S);
        offset = offset_by_libc(at + STEP_S);
        status = add_span(zone, change, offset);
    }
    return status;
}

/* The C library takes a name that it does not know for UTC, without a word. */
static bool is_known(alm_str name) {
    const char *folder = getenv("TZDIR");
    char path[PATH_SIZE];
    if (name.len == 0 || name.len > 100 || !isalpha((unsigned char)name.ptr[0])) return false;
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.ptr[i]) && !strchr("/_+-", name.ptr[i])) return false;
    if (alm_str_is_c(name, "UTC")) return true;
    snprintf(path, sizeof path, "%s/%.*s", folder && folder[0] ? folder : "/usr/share/zoneinfo", ALM_FMT(name));
    FILE *file = fopen(path, "re");
    char magic[4] = "";
    bool is_zone = file && fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, "TZif", 4) == 0;
    if (file) fclose(file);
    return is_zone;
}

static alm_status walk_as(alm_zone *zone) {
    const char *now = getenv("TZ");
    char value[PATH_SIZE];
    char *kept = now ? alm_strdup(alm_str_of(now)) : NULL;
    if (now && !kept) return ALM_E_NOMEM;
    snprintf(value, sizeof value, ":%s", zone->name);
    alm_status status = setenv("TZ", value, 1) == 0 ? ALM_OK : ALM_E_NOMEM;
    if (status == ALM_OK) {
        tzset();
        status = walk(zone);
    }
    if (!kept)
        unsetenv("TZ");
    else if (setenv("TZ", kept, 1) != 0)
        status = ALM_E_NOMEM;
    tzset();
    alm_free(kept);
    return status;
}

alm_status alm_zone_new(alm_zone **out, alm_str name, alm_err *err) {
    if (!is_known(name))
        return alm_fail(err, ALM_E_NOT_FOUND, "no time zone '%.*s' in the tz database of this machine", ALM_FMT(name));
    alm_zone *zone = alm_calloc(1, sizeof *zone);
    if (zone) zone->name = alm_strdup(name);
    alm_status status = zone && zone->name ? walk_as(zone) : ALM_E_NOMEM;
    if (status == ALM_OK) {
        *out = zone;
        return ALM_OK;
    }
    alm_zone_free(zone);
    return alm_fail(err, ALM_E_NOMEM, "out of memory");
}

void alm_zone_free(alm_zone *zone) {
    if (!zone) return;
    alm_free(zone->spans);
    alm_free(zone->name);
    alm_free(zone);
}

/* ---- asking ---- */

const char *alm_zone_name(const alm_zone *zone) { return zone->name; }

/* The last span that begins at or before unix_s, or the first. */
static size_t span_at(const alm_zone *zone, int64_t unix_s) {
    size_t low = 0, high = zone->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->spans[middle].from_s <= unix_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t alm_zone_offset(const alm_zone *zone, int64_t unix_s) { return zone->spans[span_at(zone, unix_s)].offset_s; }

struct tm alm_zone_local(const alm_zone *zone, int64_t unix_s) {
    time_t at = (time_t)(unix_s + alm_zone_offset(zone, unix_s));
    struct tm local = {0};
    gmtime_r(&at, &local);
    return local;
}

bool alm_zone_is_steady(const alm_zone *zone, int64_t from_s, int64_t to_s) {
    return span_at(zone, from_s) == span_at(zone, to_s);
}

int alm_zone_instants(const alm_zone *zone, int64_t local_s, int64_t *first, int64_t *second) {
    int count = 0;
    size_t last = span_at(zone, local_s + 2 * DAY_S);
    for (size_t i = span_at(zone, local_s - 2 * DAY_S); i <= last; i++) {
        int64_t at = local_s - zone->spans[i].offset_s;
        if (span_at(zone, at) != i) continue;
        *(count++ ? second : first) = at;
        if (count == 2) return 2;
    }
    if (count) return count;
    for (size_t i = last; i > 0; i--) { /* the leap over it */
        int64_t from = zone->spans[i].from_s;
        if (local_s >= from + zone->spans[i - 1].offset_s && local_s < from + zone->spans[i].offset_s) *first = from;
    }
    return 0;
}
