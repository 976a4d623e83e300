/**
 * The files of report/page/, compiled in by cmake/embed_files.cmake. Inside this folder only.
 */
#ifndef ALM_REPORT_TEMPLATE_H
#define ALM_REPORT_TEMPLATE_H

/** page.html: the marks {{title}}, {{policy}}, {{style}}, {{data}} and {{script}} stand for what is filled in. */
extern const char alm_report_page[];
extern const char alm_report_style[];
/** All scripts in the order of report/CMakeLists.txt. */
extern const char alm_report_script[];

#endif
