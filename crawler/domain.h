/**
 * Registrable domains by the Public Suffix List (libpsl): news.example.com.cn belongs to example.com.cn.
 */
#ifndef ALM_CRAWLER_DOMAIN_H
#define ALM_CRAWLER_DOMAIN_H

#include "base/base.h"

/**
 * The registrable domain of @p host (lower case, punycode, as in alm_url.host): the public suffix and one label, as a
 * slice of @p host. An address, a name of one label and a public suffix itself are their own. A dot at the end is left
 * out. Thread-safe.
 */
alm_str alm_domain_of(alm_str host);

/** Do two hosts belong to one registrable domain? */
bool alm_domain_is_same(alm_str a, alm_str b);

/** Is @p host an IPv4 address, or an IPv6 address in brackets? */
bool alm_domain_is_address(alm_str host);

#endif
