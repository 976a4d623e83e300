/**
 * Bring a folder of WARC files back to what the frontier knows, after a crash or a power cut.
 */
#ifndef ALM_PIPELINE_ARCHIVE_REPAIR_H
#define ALM_PIPELINE_ARCHIVE_REPAIR_H

#include "crawler/frontier.h"

/**
 * For each file of ours in @p folder (which may be missing): longer than the frontier's last commit says, its tail is
 * cut off; shorter, it is cut to its last whole record, and URLs whose answers were lost are queued again; begun and
 * never committed, it is removed. Then an index is made where one is missing. Files that the frontier does not know are
 * left alone.
 *
 * @return ALM_OK, ALM_E_STORAGE, ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_archive_repair(const char *folder, alm_frontier *frontier, alm_err *err);

#endif
