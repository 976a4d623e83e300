/**
 * Checks of a rule pack beyond what loading it finds: examples that go wrong, and what a linter sees.
 */
#ifndef ALM_EXTRACT_CHECK_CHECK_H
#define ALM_EXTRACT_CHECK_CHECK_H

#include "extract/extract.h"
#include "extract/rules/rule.h"

/** Something found. Strings are valid during the call alone. */
typedef struct alm_finding {
    alm_severity severity;
    const char *code; /**< kebab-case: "no-examples", "example", "needs", "match-limit", "dead-entry" */
    alm_str rule;     /**< {0} where it is about no rule */
    const char *file;
    uint32_t line, column;
    const char *message;
} alm_finding;

/** Takes findings, and counts what was looked at. */
typedef struct alm_check {
    const alm_extractor *extractor;
    void (*found)(void *context, const alm_finding *finding);
    void *context;
    size_t examples, rules, entries; /**< looked at */
    size_t findings;
} alm_check;

/**
 * Run the examples of the rule called @p id, or of all where it is {0}. An example is right where the rule gives on its
 * text what it says: no more, no less.
 *
 * @return ALM_OK (also with findings), ALM_E_NOT_FOUND (no rule of that name), ALM_E_NOMEM.
 */
ALM_MUST_USE alm_status alm_check_examples(alm_check *check, alm_str id, alm_err *err);

/** Look for what is wrong with rules and lexicons without being an error. ALM_OK, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_check_lint(alm_check *check, alm_err *err);

/** Whether every text that @p rule matches holds a token of one of its `needs`; true where it has none. */
bool alm_rule_implies_needs(const alm_rule *rule);

/** Hand out a finding at @p node. */
void alm_check_tell(alm_check *check, alm_severity severity, const char *code, const alm_rule *rule,
                    const alm_yaml_node *node, const char *format, ...) ALM_PRINTF(6, 7);

#endif
