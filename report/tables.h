/**
 * What of a store goes onto the page, as tables of JSON. Inside this folder only.
 */
#ifndef ALM_REPORT_TABLES_H
#define ALM_REPORT_TABLES_H

#include "base/buf.h"
#include "report/report.h"

/**
 * Write {"about": {…}, "versions": {"columns": […], "rows": [[…], …]}, …}. Every '<' is escaped, so that the text may
 * stand in a script element.
 *
 * @return as alm_report_write_page.
 */
ALM_MUST_USE alm_status alm_report_write_tables(alm_snapshot *snapshot, const alm_report_options *options,
                                                alm_report_write write, void *context, alm_err *err);

#endif
