/**
 * The sort-friendly form of URLs that indexes of web archives are ordered by: "cn,org,acfic)/xw/?a=1".
 */
#ifndef ALM_CRAWLER_SURT_H
#define ALM_CRAWLER_SURT_H

#include "base/base.h"
#include "base/buf.h"

/** Append the form of @p url (canonical, absolute) to @p out; the sticky status of the buffer. */
alm_status alm_surt_add(alm_buf *out, alm_str url);

#endif
