#define PCRE2_CODE_UNIT_WIDTH 32
#include "extract/rules/rule.h"

#include <pcre2.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/utf8.h"

enum {
    MAX_PATTERN = 8192, /* code points after expansion */
    MAX_EXPANSION = 16, /* nested {name} */
    MATCH_LIMIT = 100000,
    DEPTH_LIMIT = 1000,
    HEAP_LIMIT_KIB = 4096,
    CLASS_OPEN = 0x27E8,
    CLASS_CLOSE = 0x27E9
};

struct alm_matcher {
    pcre2_match_data_32 *data;
    pcre2_match_context_32 *context;
};

typedef struct expansion {
    uint32_t *out;
    size_t len;
    const alm_pack *pack;
    const alm_yaml_node *node;
    alm_err *err;
} expansion;

static alm_status expand(expansion *x, alm_str pattern, int depth);

/* The bare form matches punctuation too (script extensions). */
static alm_status refuse_bare_han(const alm_yaml_node *node, alm_err *err) {
    if (alm_str_find(node->scalar, ALM_STR("\\p{Han}"), 0) == SIZE_MAX) return ALM_OK;
    return alm_yaml_fail(node, err, "\\p{Han} also matches Chinese punctuation: write \\p{sc:Han}");
}

static alm_status put(expansion *x, uint32_t cp) {
    if (x->len >= MAX_PATTERN)
        return alm_yaml_fail(x->node, x->err, "the pattern is longer than %d characters", MAX_PATTERN);
    x->out[x->len++] = cp;
    return ALM_OK;
}

/* <CLASS>: one code point. */
static alm_status expand_class(expansion *x, alm_str name) {
    uint16_t id = alm_pack_class(x->pack, name);
    if (id == ALM_CLASS_TEXT)
        return alm_yaml_fail(x->node, x->err, "unknown class '%.*s': no lexicon and no rule makes it", ALM_FMT(name));
    return put(x, ALM_FOLD_BASE + id);
}

static alm_status expand_define(expansion *x, alm_str name, int depth) {
    char key[64];
    snprintf(key, sizeof key, "%.*s", ALM_FMT(name));
    for (size_t i = x->pack->define_count; i-- > 0;) {
        const alm_yaml_node *value = alm_yaml_get(x->pack->defines[i], key);
        if (!value) continue;
        if (value->kind != ALM_YAML_SCALAR) return alm_yaml_fail(value, x->err, "expected a pattern");
        alm_status status = refuse_bare_han(value, x->err);
        return status == ALM_OK ? expand(x, value->scalar, depth + 1) : status;
    }
    return alm_yaml_fail(x->node, x->err, "unknown name '{%s}': no `define` has it", key);
}

/* {name} is a define where a letter follows the brace; {2,3} stays a quantifier and \p{Han} a property. */
static bool is_define(alm_str pattern, size_t at, size_t *close) {
    if (at + 1 >= pattern.len || (at > 1 && pattern.ptr[at - 2] == '\\')) return false;
    if (pattern.ptr[at + 1] < 'a' || pattern.ptr[at + 1] > 'z') return false;
    *close = alm_str_find(pattern, ALM_STR("}"), at);
    return *close != SIZE_MAX;
}

static alm_status expand(expansion *x, alm_str pattern, int depth) {
    if (depth > MAX_EXPANSION) return alm_yaml_fail(x->node, x->err, "definitions nest deeper than %d", MAX_EXPANSION);
    for (size_t at = 0; at < pattern.len;) {
        size_t begin = at, close;
        uint32_t cp = alm_utf8_next(pattern, &at);
        alm_status status;
        if (cp == CLASS_OPEN) {
            size_t end = alm_str_find(pattern, ALM_STR("\xE2\x9F\xA9"), at);
            if (end == SIZE_MAX) return alm_yaml_fail(x->node, x->err, "a class bracket is not closed");
            status = expand_class(x, alm_str_slice(pattern, at, end));
            at = end + 3;
        } else if (cp == '{' && is_define(pattern, begin, &close)) {
            status = expand_define(x, alm_str_slice(pattern, at, close), depth);
            at = close + 1;
        } else {
            status = put(x, cp);
        }
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static alm_status compile_pattern(alm_rule *rule, const alm_yaml_node *node, const uint32_t *pattern, size_t len,
                                  alm_err *err) {
    int code;
    PCRE2_SIZE offset;
    pcre2_code_32 *compiled =
        pcre2_compile_32(pattern, len, PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK, &code, &offset, NULL);
    if (!compiled) {
        PCRE2_UCHAR32 wide[256];
        char message[256] = "";
        pcre2_get_error_message_32(code, wide, 256);
        for (size_t i = 0; i < 255 && wide[i]; i++) message[i] = (char)wide[i], message[i + 1] = '\0';
        return alm_yaml_fail(node, err, "bad regular expression at character %zu (after expansion): %s", (size_t)offset,
                             message);
    }
    pcre2_jit_compile_32(compiled, PCRE2_JIT_COMPLETE); /* without JIT it is slower, not wrong */
    rule->code = compiled;
    return ALM_OK;
}

static alm_status read_groups(alm_rule *rule, alm_arena *arena, const alm_yaml_node *node, alm_err *err) {
    uint32_t captures = 0, names = 0, size = 0;
    PCRE2_SPTR32 table = NULL;
    pcre2_pattern_info_32(rule->code, PCRE2_INFO_CAPTURECOUNT, &captures);
    pcre2_pattern_info_32(rule->code, PCRE2_INFO_NAMECOUNT, &names);
    pcre2_pattern_info_32(rule->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info_32(rule->code, PCRE2_INFO_NAMETABLE, &table);
    if (captures >= ALM_RULE_MAX_GROUPS)
        return alm_yaml_fail(node, err, "a rule may have at most %d groups; use (?:…) where none is needed",
                             ALM_RULE_MAX_GROUPS - 1);
    rule->group_count = captures + 1;
    for (uint32_t i = 0; i < names; i++) {
        PCRE2_SPTR32 entry = table + (size_t)i * size;
        char name[64];
        size_t n = 0;
        while (entry[1 + n] && n + 1 < sizeof name) name[n] = (char)entry[1 + n], n++;
        rule->groups[entry[0]] = alm_arena_copy(arena, (alm_str){name, n});
        if (!rule->groups[entry[0]].ptr) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    }
    return ALM_OK;
}

static alm_status read_needs(alm_rule *rule, const alm_pack *pack, const alm_yaml_node *needs, alm_err *err) {
    if (!needs) return ALM_OK;
    if (needs->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(needs, err, "expected a list of classes");
    for (size_t i = 0; i < needs->count; i++) {
        uint16_t id = alm_pack_class(pack, needs->items[i]->scalar);
        if (id == ALM_CLASS_TEXT)
            return alm_yaml_fail(needs->items[i], err, "unknown class '%.*s'", ALM_FMT(needs->items[i]->scalar));
        rule->needs[id / 64] |= UINT64_C(1) << (id % 64);
        rule->has_needs = true;
    }
    return ALM_OK;
}

static alm_status required_text(alm_str *out, const alm_yaml_node *node, const char *key, alm_err *err) {
    const alm_yaml_node *value = alm_yaml_get(node, key);
    if (!value) return alm_yaml_fail(node, err, "a rule must have `%s`", key);
    return alm_yaml_text(out, value, err);
}

static alm_status read_phase(alm_rule *rule, const alm_yaml_node *node, alm_err *err) {
    alm_str name;
    alm_status status = required_text(&name, node, "phase", err);
    if (status != ALM_OK) return status;
    for (int phase = 0; phase < ALM_PHASE_COUNT; phase++)
        if (alm_str_is_c(name, alm_phase_name((alm_phase)phase))) {
            rule->phase = (alm_phase)phase;
            return ALM_OK;
        }
    return alm_yaml_fail(alm_yaml_get(node, "phase"), err, "unknown phase '%.40s'; expected one of: %s, %s, %s",
                         name.ptr, alm_phase_name(ALM_PHASE_MENTIONS), alm_phase_name(ALM_PHASE_RECORDS),
                         alm_phase_name(ALM_PHASE_AFFILIATIONS));
}

static alm_status read_head(alm_rule *rule, const alm_pack *pack, const alm_yaml_node *node, alm_err *err) {
    static const char *const keys[] = {"id", "phase", "emit", "priority", "needs", "match", "examples", "note", NULL};
    int64_t priority = 100;
    alm_status status = alm_yaml_expect_keys(node, keys, err);
    if (status == ALM_OK) status = required_text(&rule->id, node, "id", err);
    if (status == ALM_OK) status = read_phase(rule, node, err);
    if (status == ALM_OK) status = required_text(&rule->emit, node, "emit", err);
    if (status == ALM_OK) status = required_text(&rule->pattern, node, "match", err);
    if (status == ALM_OK && alm_yaml_get(node, "priority"))
        status = alm_yaml_int(&priority, alm_yaml_get(node, "priority"), 0, 1000, err);
    if (status == ALM_OK) status = read_needs(rule, pack, alm_yaml_get(node, "needs"), err);
    rule->priority = (int)priority;
    rule->node = node;
    return status;
}

/* The pattern with definitions and classes written out, in the pack's arena. */
static alm_status expand_pattern(alm_rule *rule, alm_pack *pack, const alm_yaml_node *match, alm_err *err) {
    uint32_t *wide = alm_malloc(MAX_PATTERN * sizeof *wide);
    if (!wide) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    expansion x = {.out = wide, .pack = pack, .node = match, .err = err};
    alm_status status = refuse_bare_han(match, err);
    if (status == ALM_OK) status = expand(&x, rule->pattern, 0);
    uint32_t *kept = status == ALM_OK ? alm_arena_alloc(&pack->arena, x.len * sizeof *kept) : NULL;
    if (status == ALM_OK && !kept) status = alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK) {
        memcpy(kept, wide, x.len * sizeof *kept);
        rule->expanded = kept;
        rule->expanded_len = x.len;
    }
    alm_free(wide);
    return status;
}

alm_status alm_rule_compile(alm_rule *rule, alm_pack *pack, const alm_yaml_node *node, alm_err *err) {
    alm_status status = read_head(rule, pack, node, err);
    if (status != ALM_OK) return status;
    const alm_yaml_node *match = alm_yaml_get(node, "match");
    status = expand_pattern(rule, pack, match, err);
    if (status == ALM_OK) status = compile_pattern(rule, match, rule->expanded, rule->expanded_len, err);
    if (status == ALM_OK) status = read_groups(rule, &pack->arena, match, err);
    return status;
}

void alm_rule_release(alm_rule *rule) {
    if (rule->code) pcre2_code_free_32(rule->code);
    rule->code = NULL;
}

alm_matcher *alm_matcher_new(void) {
    alm_matcher *matcher = alm_calloc(1, sizeof *matcher);
    if (!matcher) return NULL;
    matcher->data = pcre2_match_data_create_32(ALM_RULE_MAX_GROUPS + 1, NULL);
    matcher->context = pcre2_match_context_create_32(NULL);
    if (!matcher->data || !matcher->context) {
        alm_matcher_free(matcher);
        return NULL;
    }
    pcre2_set_match_limit_32(matcher->context, MATCH_LIMIT);
    pcre2_set_depth_limit_32(matcher->context, DEPTH_LIMIT);
    pcre2_set_heap_limit_32(matcher->context, HEAP_LIMIT_KIB);
    return matcher;
}

void alm_matcher_free(alm_matcher *matcher) {
    if (!matcher) return;
    if (matcher->data) pcre2_match_data_free_32(matcher->data);
    if (matcher->context) pcre2_match_context_free_32(matcher->context);
    alm_free(matcher);
}

alm_status alm_rule_match(alm_match *out, const alm_rule *rule, alm_matcher *matcher, const uint32_t *text,
                          uint32_t from, uint32_t end) {
    int rc = pcre2_match_32(rule->code, text, end, from, PCRE2_NO_UTF_CHECK, matcher->data, matcher->context);
    if (rc == PCRE2_ERROR_NOMATCH) return ALM_END;
    if (rc < 0) return ALM_E_LIMIT;
    const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer_32(matcher->data);
    out->rule = rule;
    out->start = (uint32_t)ovector[0];
    out->end = (uint32_t)ovector[1];
    for (uint32_t g = 0; g < rule->group_count; g++) {
        bool set = (int)g < rc && ovector[2 * (size_t)g] != PCRE2_UNSET;
        out->group_start[g] = set ? (uint32_t)ovector[2 * (size_t)g] : UINT32_MAX;
        out->group_end[g] = set ? (uint32_t)ovector[2 * (size_t)g + 1] : UINT32_MAX;
    }
    return ALM_OK;
}

bool alm_match_group(const alm_match *match, const char *name, uint32_t *start, uint32_t *end) {
    for (uint32_t g = 1; g < match->rule->group_count; g++) {
        if (match->group_start[g] == UINT32_MAX || !alm_str_is_c(match->rule->groups[g], name)) continue;
        *start = match->group_start[g];
        *end = match->group_end[g];
        return true;
    }
    return false;
}
