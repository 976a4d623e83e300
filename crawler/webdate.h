/**
 * Dates as the web writes them: W3C (ISO 8601 profile, sitemaps and Atom) and RFC 822 (RSS, HTTP headers).
 */
#ifndef ALM_CRAWLER_WEBDATE_H
#define ALM_CRAWLER_WEBDATE_H

#include "base/base.h"

/**
 * Read a date: "2020", "2020-02", "2020-02-18", "2020-02-18T16:20:00.5+08:00" (a space for the 'T' is taken too, no
 * zone means UTC), or "Tue, 18 Feb 2020 16:20:00 +0800" (day name optional, year of two or four digits, zone required).
 *
 * @return false, and *unix_s untouched, where @p text is none of them.
 */
bool alm_webdate_parse(alm_str text, int64_t *unix_s);

/** Write "2020-02-18T08:20:00Z" (NUL-terminated) to @p out. Years beyond four digits are not foreseen. */
void alm_webdate_format(char out[32], int64_t unix_s);

#endif
