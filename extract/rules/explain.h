/**
 * What the cascade did, told while it works: the folded text after each step, the names that were found, what each rule
 * won and lost. As lines for people, or as JSON Lines.
 */
#ifndef ALM_EXTRACT_RULES_EXPLAIN_H
#define ALM_EXTRACT_RULES_EXPLAIN_H

#include "extract/almoner.h"
#include "extract/page/shadow.h"
#include "extract/rules/fold.h"

typedef struct alm_explain {
    alm_write_fn write; /**< NULL: silence */
    void *context;
    bool json;                /**< JSON Lines; spans are code points of the page's text */
    const alm_shadow *shadow; /**< what the spans are worked out from */
} alm_explain;

/** What became of a rule, or of one match of it. */
typedef struct alm_explain_rule {
    alm_str rule;
    const char *fate;    /**< "won", "lost"; of a rule: why it has no matches */
    uint32_t start, end; /**< bytes of the shadow; equal where it is about the rule itself */
    alm_str winner;      /**< of a loser: the rule that has the text */
    uint32_t winner_start, winner_end;
} alm_explain_rule;

/** The folded text after step @p name: a word or mention as <CLASS text>, a character as itself. */
void alm_explain_folded(const alm_explain *explain, const char *name, const alm_folded *folded);

/** The mentions from number @p from on: what they are, who found them and how sure that is. */
void alm_explain_mentions(const alm_explain *explain, const alm_folded *folded, size_t from);

/** One match, or a rule that did not run. */
void alm_explain_match(const alm_explain *explain, const alm_explain_rule *told);

/** Anything else, a line. */
void alm_explain_line(const alm_explain *explain, const char *format, ...) ALM_PRINTF(2, 3);

#endif
