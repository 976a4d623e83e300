/*
 * Does every match of a pattern hold one of some classes? A walk over the pattern as it was compiled: a sequence holds
 * one where any of its parts does, a choice where all of its branches do, an optional part never. What is not
 * understood counts as "perhaps not", so that a yes is sure.
 */
#include "extract/check/check.h"

typedef struct walker {
    const alm_rule *rule;
    const uint32_t *at, *end;
    int depth;
} walker;

enum { MAX_DEPTH = 200 };

static bool sequence(walker *w);

static bool is_needed(const walker *w, uint32_t cp) {
    uint32_t id = cp - ALM_FOLD_BASE;
    return cp >= ALM_FOLD_BASE && id < ALM_CLASS_MAX && (w->rule->needs[id / 64] >> (id % 64) & 1);
}

static bool starts_with(const walker *w, const char *text) {
    const uint32_t *p = w->at;
    for (; *text; text++, p++)
        if (p == w->end || *p != (uint32_t)(unsigned char)*text) return false;
    return true;
}

/* [ … ]: holds one where all its members are needed ones. */
static bool bracket(walker *w) {
    bool negated = ++w->at < w->end && *w->at == '^', all = true, any = false;
    if (negated) w->at++;
    for (bool first = true; w->at < w->end && (first || *w->at != ']'); first = false, w->at++) {
        if (*w->at == '\\' && w->at + 1 < w->end) w->at++, all = false;
        all = all && is_needed(w, *w->at);
        any = true;
    }
    if (w->at < w->end) w->at++;
    return any && all && !negated;
}

static void skip_name(walker *w, uint32_t close) {
    while (w->at < w->end && *w->at != close) w->at++;
    if (w->at < w->end) w->at++;
}

/* ( … ): also what it only looks at has to be there. */
static bool group(walker *w) {
    bool counts = true;
    w->at++;
    if (starts_with(w, "?<=") || starts_with(w, "?<!") || starts_with(w, "?=") || starts_with(w, "?!")) {
        w->at += starts_with(w, "?<") ? 3 : 2;
        counts = w->at[-1] == '=';
    } else if (starts_with(w, "?<") || starts_with(w, "?P<"))
        skip_name(w, '>');
    else if (starts_with(w, "?:") || starts_with(w, "?>") || starts_with(w, "?|"))
        w->at += 2;
    else if (w->at < w->end && (*w->at == '?' || *w->at == '*'))
        counts = false;
    bool all = sequence(w);
    while (w->at < w->end && *w->at == '|') {
        w->at++;
        bool branch = sequence(w);
        all = all && branch;
    }
    if (w->at < w->end) w->at++; /* ) */
    return counts && all;
}

static bool atom(walker *w) {
    switch (*w->at) {
    case '[': return bracket(w);
    case '(': return group(w);
    case '\\':
        w->at += w->at + 1 < w->end ? 2 : 1;
        if (w->at < w->end && *w->at == '{') skip_name(w, '}');
        return false;
    default: return is_needed(w, *w->at++);
    }
}

/* The quantifier at hand, if any; true where it allows none at all. */
static bool is_optional(walker *w) {
    bool optional = false;
    if (w->at < w->end && (*w->at == '?' || *w->at == '*' || *w->at == '+')) {
        optional = *w->at++ != '+';
    } else if (w->at + 1 < w->end && *w->at == '{' && w->at[1] >= '0' && w->at[1] <= '9') {
        optional = w->at[1] == '0';
        skip_name(w, '}');
    } else {
        return false;
    }
    if (w->at < w->end && (*w->at == '?' || *w->at == '+')) w->at++; /* lazy, possessive */
    return optional;
}

/* Up to | or ) or the end. */
static bool sequence(walker *w) {
    bool holds = false;
    if (++w->depth > MAX_DEPTH) w->at = w->end;
    while (w->at < w->end && *w->at != '|' && *w->at != ')') {
        bool part = atom(w);
        bool optional = is_optional(w);
        holds = holds || (part && !optional);
    }
    w->depth--;
    return holds;
}

bool alm_rule_implies_needs(const alm_rule *rule) {
    if (!rule->has_needs) return true;
    walker w = {.rule = rule, .at = rule->expanded, .end = rule->expanded + rule->expanded_len};
    bool all = sequence(&w);
    while (w.at < w.end) { /* | at the top */
        w.at++;
        bool branch = sequence(&w);
        all = all && branch;
    }
    return all;
}
