/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash, so that nobody can make URLs that collide in our tables.
 */
#ifndef ALM_CRAWLER_SIPHASH_H
#define ALM_CRAWLER_SIPHASH_H

#include "base/base.h"

uint64_t alm_siphash(const uint64_t key[2], alm_str s);

#endif
