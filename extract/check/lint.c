/*
 * The linter: what is no error when a pack is loaded, and wrong all the same.
 */
#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/check/check.h"
#include "extract/page/shadow.h"
#include "extract/session.h"

enum { STRESS_TOKENS = 4000, MAX_ALPHABET = 256 };

/* ---- rules ---- */

static void lint_examples(alm_check *check, const alm_rule *rule) {
    const alm_yaml_node *examples = alm_yaml_get(rule->node, "examples");
    size_t yes = 0, no = 0;
    for (size_t i = 0; examples && examples->kind == ALM_YAML_SEQUENCE && i < examples->count; i++) {
        const alm_yaml_node *gives = alm_yaml_get(examples->items[i], "gives");
        *(gives && gives->count ? &yes : &no) += 1;
    }
    if (yes == 0)
        alm_check_tell(check, ALM_ERROR, "no-examples", rule, rule->node, "rule %.*s has no example of what it gives",
                       ALM_FMT(rule->id));
    if (no == 0)
        alm_check_tell(check, ALM_ERROR, "no-examples", rule, rule->node,
                       "rule %.*s has no example of a text on which it gives nothing", ALM_FMT(rule->id));
}

static void lint_needs(alm_check *check, const alm_rule *rule) {
    if (alm_rule_implies_needs(rule)) return;
    alm_check_tell(check, ALM_ERROR, "needs", rule, alm_yaml_get(rule->node, "needs"),
                   "rule %.*s can match a text that has none of its `needs`, and would not run there",
                   ALM_FMT(rule->id));
}

/* The characters that the pattern names, but for the signs of regular expressions: the text that is hardest for it. */
static size_t alphabet_of(const alm_rule *rule, uint32_t alphabet[MAX_ALPHABET]) {
    size_t count = 0;
    for (size_t i = 0; i < rule->expanded_len && count < MAX_ALPHABET; i++)
        if (rule->expanded[i] >= 0x80) alphabet[count++] = rule->expanded[i];
    if (count == 0) alphabet[count++] = 0x4E00;
    return count;
}

/*
 * Any order of the characters (kind 0), one of them again and again (1 to @p count), or two in turn; behind it all of
 * them once, lest the engine see at once that a character it needs is absent.
 */
static void make_stress(uint32_t text[STRESS_TOKENS], const uint32_t *alphabet, size_t count, size_t kind) {
    uint32_t random = 1;
    for (size_t i = 0; i < STRESS_TOKENS; i++) {
        random = random * 1664525 + 1013904223;
        size_t at = kind == 0 ? random >> 16 : kind <= count ? kind - 1 : kind - 1 + (i & 1);
        text[i] = alphabet[at % count];
    }
    text[STRESS_TOKENS - count - 1] = '\n';
    for (size_t i = 0; i < count; i++) text[STRESS_TOKENS - 1 - i] = alphabet[i];
}

static void lint_limit(alm_check *check, const alm_rule *rule, alm_matcher *matcher, uint32_t *text) {
    uint32_t alphabet[MAX_ALPHABET];
    size_t count = alphabet_of(rule, alphabet);
    for (size_t kind = 0; kind < 1 + 2 * count; kind++) {
        make_stress(text, alphabet, count, kind);
        alm_match match;
        alm_status status = ALM_OK;
        for (uint32_t from = 0; status == ALM_OK && from < STRESS_TOKENS;) {
            status = alm_rule_match(&match, rule, matcher, text, from, STRESS_TOKENS);
            if (status == ALM_OK) from = match.end > from ? match.end : from + 1;
        }
        if (status != ALM_E_LIMIT) continue;
        alm_check_tell(check, ALM_ERROR, "match-limit", rule, alm_yaml_get(rule->node, "match"),
                       "rule %.*s hits the match limit on a text of %d of its own characters", ALM_FMT(rule->id),
                       STRESS_TOKENS);
        return;
    }
}

static alm_status lint_rules(alm_check *check) {
    const alm_pack *pack = alm_extractor_pack(check->extractor);
    alm_matcher *matcher = alm_matcher_new();
    uint32_t *text = alm_malloc((STRESS_TOKENS + 1) * sizeof *text);
    alm_status status = matcher && text ? ALM_OK : ALM_E_NOMEM;
    for (size_t i = 0; status == ALM_OK && i < pack->rule_count; i++) {
        check->rules++;
        lint_examples(check, &pack->rules[i]);
        lint_needs(check, &pack->rules[i]);
        lint_limit(check, &pack->rules[i], matcher, text);
    }
    alm_free(text);
    alm_matcher_free(matcher);
    return status;
}

/* ---- lexicons ---- */

static void tell_entry(alm_check *check, const alm_pack *pack, const alm_sense *sense, const char *why) {
    const alm_word_list *list = &pack->lists[sense->list];
    alm_yaml_node place = {.file = list->file.ptr, .line = sense->line, .column = 1};
    alm_check_tell(check, ALM_WARNING, "dead-entry", NULL, &place, "%.*s (%.*s): %s", ALM_FMT(sense->word),
                   ALM_FMT(pack->classes[sense->class_id]), why);
}

/* Texts are read in Simplified characters and one width: an entry in another form is never met. */
static alm_status lint_lexicon(alm_check *check, const alm_lexicon *lexicon, alm_arena *arena) {
    const alm_pack *pack = alm_extractor_pack(check->extractor);
    for (size_t i = 1; i <= alm_lexicon_sense_count(lexicon); i++) {
        const alm_sense *sense = alm_lexicon_sense(lexicon, (uint32_t)i);
        alm_shadow shadow;
        check->entries++;
        if (sense->dead) tell_entry(check, pack, sense, "stands again further down, which counts");
        alm_arena_reset(arena);
        alm_status status = alm_shadow_make(&shadow, arena, check->extractor->shadow, sense->word, NULL);
        if (status != ALM_OK) return status;
        if (!alm_str_is(shadow.text, sense->word))
            tell_entry(check, pack, sense, "no text is ever written so once it is normalised");
    }
    return ALM_OK;
}

static bool is_named(const alm_pack *pack, uint32_t code) {
    for (size_t i = 0; i < pack->rule_count; i++)
        for (size_t k = 0; k < pack->rules[i].expanded_len; k++)
            if (pack->rules[i].expanded[k] == code) return true;
    return false;
}

/* A class of the pack's own that no pattern names does nothing but hide its words from other readings. */
static void lint_classes(alm_check *check) {
    const alm_pack *pack = alm_extractor_pack(check->extractor);
    for (uint32_t id = ALM_CLASS_KNOWN; id < pack->class_count; id++)
        if (!is_named(pack, ALM_FOLD_BASE + id))
            alm_check_tell(check, ALM_WARNING, "unused-class", NULL, pack->layers[pack->layer_count - 1].root,
                           "no rule names the class %.*s", ALM_FMT(pack->classes[id]));
}

alm_status alm_check_lint(alm_check *check, alm_err *err) {
    const alm_pack *pack = alm_extractor_pack(check->extractor);
    alm_arena arena;
    alm_arena_init(&arena, 1 << 24);
    alm_status status = lint_rules(check);
    if (status == ALM_OK) status = lint_lexicon(check, pack->scanned, &arena);
    if (status == ALM_OK) status = lint_lexicon(check, pack->consulted, &arena);
    if (status == ALM_OK) lint_classes(check);
    alm_arena_release(&arena);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "out of memory");
}
