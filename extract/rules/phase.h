/**
 * Running a phase: its rules over one folded text, conflicts settled by the total order, losers remembered.
 *
 * Rules of a smaller priority go first, and what they win is folded before the next ones look. Rules of one priority
 * compete for the text: the longest match wins, of equal ones the leftmost, of those the one whose rule id comes first.
 */
#ifndef ALM_EXTRACT_RULES_PHASE_H
#define ALM_EXTRACT_RULES_PHASE_H

#include "extract/diagnostic.h"
#include "extract/rules/explain.h"
#include "extract/rules/fold.h"
#include "extract/rules/rule.h"

/**
 * Take a match: called for those that won, in the order of the text for each priority. It may fold tokens inside the
 * match (alm_fold, not alm_fold_close).
 */
typedef alm_status (*alm_match_accept)(void *context, const alm_match *match);

typedef struct alm_phase_run {
    alm_phase phase;
    alm_folded *folded;
    alm_matcher *matcher;
    alm_diagnostics *diagnostics; /**< a rule that hits the match limit is noted here, and the page goes on */
    const alm_explain *explain;
    alm_match_accept accept;
    void *context;
} alm_phase_run;

/** Run the phase. Fails only where @p accept does, or out of memory. */
ALM_MUST_USE alm_status alm_phase_run_rules(const alm_phase_run *run);

#endif
