/**
 * URLs that lead nowhere new: endless calendars, paths that repeat themselves, queries in all permutations.
 *
 * Some show in the URL alone (alm_traps_check), others only in what was seen before of the same path (alm_traps_admit).
 */
#ifndef ALM_CRAWLER_TRAPS_H
#define ALM_CRAWLER_TRAPS_H

#include "crawler/url.h"

typedef enum alm_trap {
    ALM_TRAP_NONE,
    ALM_TRAP_LONG,         /**< longer than max_len */
    ALM_TRAP_DEEP,         /**< more path segments than max_depth */
    ALM_TRAP_REPEAT,       /**< a path segment, or a run of them, comes again and again: /a/b/a/b/a/b */
    ALM_TRAP_CALENDAR,     /**< a year and month of a calendar that no news can be of */
    ALM_TRAP_PARAMS,       /**< more parameters than max_params, or one of them again and again */
    ALM_TRAP_PERMUTATIONS, /**< too many sets of parameters for one path */
    ALM_TRAP_FACETS,       /**< too many values of three parameters and more for one path */
    ALM_TRAP_REASON_COUNT
} alm_trap;

/** The reason's name, for lists and JSON: "none", "repeated-segments", "calendar", …; static storage. */
const char *alm_trap_name(alm_trap trap);

/** Zero means the default in brackets. */
typedef struct alm_traps_options {
    uint32_t max_len;          /**< bytes of href [2048] */
    uint32_t max_depth;        /**< path segments [20] */
    uint32_t max_repeats;      /**< of one segment in a path [3] */
    uint32_t max_params;       /**< of a query [24] */
    uint32_t max_permutations; /**< sets of parameter names of one path [48], at most 64 */
    uint32_t max_facets;       /**< queries of one path with three parameters and more that carry values [20000] */
    uint32_t max_paths;        /**< paths remembered by an alm_traps; the oldest are forgotten [65536] */
    uint16_t this_year;        /**< dates past the next year are a trap; 0: calendar pages are not judged by year */
} alm_traps_options;

/** Judge @p url (canonical) by itself. @p options may be NULL. */
alm_trap alm_traps_check(const alm_url *url, const alm_traps_options *options);

/** The memory of what was admitted; caller owns (alm_traps_free). Not for use by two threads at once. */
typedef struct alm_traps alm_traps;

ALM_MUST_USE alm_status alm_traps_new(alm_traps **out, const alm_traps_options *options);
void alm_traps_free(alm_traps *traps);

/**
 * Judge @p url (canonical) by itself and by what was admitted before, and remember it where it is admitted.
 * Call it once a new URL; a URL that comes again counts again. Where memory fails the URL is admitted.
 */
alm_trap alm_traps_admit(alm_traps *traps, const alm_url *url);

#endif
