/**
 * A rule: a PCRE2 pattern over the folded text, in which every mention and every word of the lexicon is one code point.
 *
 * Patterns name classes as <CLASS> (in mathematical angle brackets, U+27E8 and U+27E9) and other patterns as {name}
 * (from `define`). PCRE2's 32-bit library matches: one code unit is one token, so that offsets are token numbers.
 */
#ifndef ALM_EXTRACT_RULES_RULE_H
#define ALM_EXTRACT_RULES_RULE_H

#include "base/arena.h"
#include "base/base.h"
#include "base/yaml.h"
#include "extract/rules/fold.h"
#include "extract/rules/pack.h"

enum { ALM_RULE_MAX_GROUPS = 12 };

struct alm_rule {
    alm_str id;
    alm_phase phase;
    alm_str emit;                       /**< class of a mention, type of a record */
    size_t layer;                       /**< of the pack: which one it comes from */
    int priority;                       /**< smaller goes first */
    uint64_t needs[ALM_CLASS_MAX / 64]; /**< classes, one of which must occur, where has_needs */
    bool has_needs;
    alm_str pattern;          /**< as written */
    const uint32_t *expanded; /**< as compiled: definitions written out, classes as code points */
    size_t expanded_len;
    void *code;                          /**< pcre2_code_32 */
    alm_str groups[ALM_RULE_MAX_GROUPS]; /**< names by group number; {0} unnamed */
    uint32_t group_count;
    const alm_yaml_node *node; /**< for its place and its examples */
};

/** Compile one `rules` item. */
ALM_MUST_USE alm_status alm_rule_compile(alm_rule *rule, alm_pack *pack, const alm_yaml_node *node, alm_err *err);
void alm_rule_release(alm_rule *rule);

/** One match: token ranges of the whole and of each group ({UINT32_MAX, …} where a group took no part). */
typedef struct alm_match {
    const alm_rule *rule;
    uint32_t start, end;
    uint32_t group_start[ALM_RULE_MAX_GROUPS], group_end[ALM_RULE_MAX_GROUPS];
} alm_match;

/** Per-thread match data; freed with alm_matcher_free. NULL out of memory. */
typedef struct alm_matcher alm_matcher;
alm_matcher *alm_matcher_new(void);
void alm_matcher_free(alm_matcher *matcher);

/**
 * The next match of @p rule in @p text[from, end).
 *
 * @return ALM_OK, ALM_END (none), ALM_E_LIMIT (match limit: the rule gives up on this text).
 */
alm_status alm_rule_match(alm_match *out, const alm_rule *rule, alm_matcher *matcher, const uint32_t *text,
                          uint32_t from, uint32_t end);

/** The group called @p name in @p match: true and its range where it took part. */
bool alm_match_group(const alm_match *match, const char *name, uint32_t *start, uint32_t *end);

#endif
