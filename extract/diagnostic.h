/**
 * What went less than well on one page, kept beside its facts: the charset that lied, a limit that cut, a rule that
 * gave up.
 */
#ifndef ALM_EXTRACT_DIAGNOSTIC_H
#define ALM_EXTRACT_DIAGNOSTIC_H

#include "base/arena.h"
#include "base/base.h"

typedef enum alm_severity { ALM_INFO, ALM_WARNING, ALM_ERROR } alm_severity;

typedef struct alm_diagnostic {
    alm_severity severity;
    const char *code; /**< kebab-case, static storage: "charset-mismatch", "depth-limit", … */
    alm_str message;  /**< one sentence for people */
} alm_diagnostic;

/** The diagnostics of one document, in the order they were noted; at most 64, of one code at most 8. */
typedef struct alm_diagnostics {
    alm_arena *arena;
    alm_diagnostic *items;
    size_t count, cap;
} alm_diagnostics;

/** Note one. Out of memory is not an error here: the note is lost, the page goes on. */
void alm_diagnose(alm_diagnostics *diagnostics, alm_severity severity, const char *code, const char *format, ...)
    ALM_PRINTF(4, 5);

/** "info", "warning", "error". */
const char *alm_severity_name(alm_severity severity);

#endif
