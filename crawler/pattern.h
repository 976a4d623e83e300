/**
 * PCRE2 patterns that URLs are included and excluded by.
 */
#ifndef ALM_CRAWLER_PATTERN_H
#define ALM_CRAWLER_PATTERN_H

#include "base/base.h"

typedef struct alm_pattern alm_pattern;

/** Compile @p text. ALM_OK, ALM_E_PARSE (the message says where and why), ALM_E_NOMEM. Owned: alm_pattern_free. */
ALM_MUST_USE alm_status alm_pattern_new(alm_pattern **out, alm_str text, alm_err *err);
void alm_pattern_free(alm_pattern *pattern);
/** Is it found anywhere in @p subject? A pattern that reaches its match limit is not found. Not for two threads at
 * once. */
bool alm_pattern_finds(const alm_pattern *pattern, alm_str subject);

#endif
