/**
 * The CDXJ index of one WARC file (https://specs.webrecorder.net/cdxj/0.1.0/): collected beside it while it is
 * written, sorted when it is closed. Where the process dies before that, it is made anew from the file.
 */
#ifndef ALM_CRAWLER_WARC_INDEX_H
#define ALM_CRAWLER_WARC_INDEX_H

#include "base/base.h"

typedef struct alm_warc_index alm_warc_index;

/** Begin the index of the file @p warc_path: "x.warc.gz" gets "x.cdxj". */
ALM_MUST_USE alm_status alm_warc_index_new(alm_warc_index **out, const char *warc_path, alm_err *err);
/** @p line as alm_warc_block.index leaves it, without offset and file name. */
ALM_MUST_USE alm_status alm_warc_index_add(alm_warc_index *index, alm_str line, uint64_t offset, alm_str file_name,
                                           alm_err *err);
/** Sort and put in place where @p keep, else leave nothing. Frees @p index. */
ALM_MUST_USE alm_status alm_warc_index_close(alm_warc_index *index, bool keep, alm_err *err);

/** Make the index of a whole WARC file by reading it. ALM_OK, ALM_E_STORAGE, ALM_E_PARSE, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_warc_index_make(const char *warc_path, alm_err *err);
/** Remove it, where there is one. */
void alm_warc_index_remove(const char *warc_path);
/** Is there an index beside @p warc_path? */
bool alm_warc_index_exists(const char *warc_path);

#endif
