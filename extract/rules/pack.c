#include "extract/rules/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "extract/rules/rule.h"

enum {
    MAX_FILE = 16 * 1024 * 1024,
    MAX_ARENA = 256 * 1024 * 1024,
    MAX_LISTS = 4096,
    MAX_RULES = 4096,
    MAX_PATH = 1024
};

static const char *const known_classes[] = {"TEXT",
#define ALM_CLASS_NAME(name) #name,
                                            ALM_MENTION_CLASSES(ALM_CLASS_NAME) ALM_WORD_CLASSES(ALM_CLASS_NAME)
#undef ALM_CLASS_NAME
};

static alm_status no_memory(alm_err *err) { return alm_fail(err, ALM_E_NOMEM, "out of memory"); }

uint16_t alm_pack_class(const alm_pack *pack, alm_str name) {
    for (size_t i = 1; i < pack->class_count; i++)
        if (alm_str_is(pack->classes[i], name)) return (uint16_t)i;
    return ALM_CLASS_TEXT;
}

static alm_status class_of(alm_pack *pack, const alm_yaml_node *node, uint16_t *out, alm_err *err) {
    uint16_t id = alm_pack_class(pack, node->scalar);
    if (id == ALM_CLASS_TEXT) {
        if (pack->class_count >= ALM_CLASS_MAX) return alm_yaml_fail(node, err, "more than %d classes", ALM_CLASS_MAX);
        id = (uint16_t)pack->class_count;
        pack->classes[pack->class_count++] = node->scalar;
    }
    *out = id;
    return ALM_OK;
}

/* The whole of dir/name, in the pack's arena. */
static alm_status read_file(alm_pack *pack, const char *name, alm_str *out, char path[static MAX_PATH], alm_err *err) {
    snprintf(path, MAX_PATH, "%.*s/%s", ALM_FMT(pack->dir), name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return alm_fail_at(err, errno == ENOENT ? ALM_E_NOT_FOUND : ALM_E_IO, path, 0, 0, "cannot read: %s",
                           strerror(errno));
    alm_status status = ALM_OK;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *bytes = NULL;
    if (size < 0 || size > MAX_FILE || fseek(file, 0, SEEK_SET) != 0)
        status = alm_fail_at(err, ALM_E_IO, path, 0, 0, "cannot read: not a file of at most %d bytes", MAX_FILE);
    else if (!(bytes = alm_arena_alloc(&pack->arena, (size_t)size + 1)))
        status = no_memory(err);
    else if (fread(bytes, 1, (size_t)size, file) != (size_t)size)
        status = alm_fail_at(err, ALM_E_IO, path, 0, 0, "cannot read all of it");
    fclose(file);
    if (status != ALM_OK) return status;
    bytes[size] = '\0';
    *out = (alm_str){bytes, (size_t)size};
    return ALM_OK;
}

static alm_status read_yaml(alm_pack *pack, const alm_yaml_node *name, const alm_yaml_node **out, alm_err *err) {
    char path[MAX_PATH];
    alm_str text;
    alm_status status = read_file(pack, name->scalar.ptr, &text, path, err);
    return status == ALM_OK ? alm_yaml_parse(out, &pack->arena, path, text, err) : status;
}

static alm_status list_add(alm_pack *pack, alm_str name, alm_str file, uint16_t *out, alm_err *err) {
    void *items = pack->lists;
    alm_status status = alm_grow(&items, &pack->list_cap, pack->list_count, sizeof(alm_word_list), MAX_LISTS);
    pack->lists = items;
    if (status != ALM_OK) return alm_fail(err, status, "too many word lists");
    pack->lists[pack->list_count] = (alm_word_list){name, file};
    *out = (uint16_t)pack->list_count++;
    return ALM_OK;
}

/* entry TAB attr TAB attr … ; '#' starts a comment line. */
static alm_status read_line(alm_pack *pack, alm_lexicon *lexicon, alm_sense sense, alm_str line, alm_err *err,
                            const char *path, uint32_t number) {
    alm_str word = {0};
    for (size_t field = 0;; field++) {
        size_t tab = alm_str_find(line, ALM_STR("\t"), 0);
        alm_str cell = alm_str_trim(tab == SIZE_MAX ? line : alm_str_slice(line, 0, tab));
        if (field == 0)
            word = cell;
        else if (field <= ALM_LEXICON_MAX_ATTRS)
            sense.attrs[field - 1] = cell;
        if (tab == SIZE_MAX) break;
        line = alm_str_slice(line, tab + 1, line.len);
    }
    alm_status status = alm_lexicon_add(lexicon, word, &sense);
    if (status == ALM_E_INVALID)
        return alm_fail_at(err, ALM_E_PARSE, path, number, 1, "expected a word of 1 to %d bytes", ALM_LEXICON_MAX_WORD);
    (void)pack;
    return status == ALM_OK ? ALM_OK : no_memory(err);
}

static alm_status read_list(alm_pack *pack, const alm_yaml_node *file, alm_lexicon *lexicon, alm_sense sense,
                            alm_err *err) {
    char path[MAX_PATH];
    alm_str text;
    alm_status status = read_file(pack, file->scalar.ptr, &text, path, err);
    if (status == ALM_E_NOT_FOUND && err) { /* say where it was asked for */
        *err = (alm_err){0};
        return alm_yaml_fail(file, err, "missing lexicon: there is no file %s", path);
    }
    if (status != ALM_OK) return status;
    uint32_t number = 1;
    for (size_t at = 0; at < text.len; number++) {
        size_t end = alm_str_find(text, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = text.len;
        alm_str line = alm_str_slice(text, at, end);
        at = end + 1;
        if (alm_str_trim(line).len == 0 || line.ptr[0] == '#') continue;
        status = read_line(pack, lexicon, sense, line, err, path, number);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* lexicons: {name: {file: …, class: …, scan: true|false}} */
static alm_status load_lexicons(alm_pack *pack, const alm_yaml_node *lexicons, alm_err *err) {
    static const char *const keys[] = {"file", "class", "scan", NULL};
    if (!lexicons) return ALM_OK;
    if (lexicons->kind != ALM_YAML_MAPPING) return alm_yaml_fail(lexicons, err, "expected name: {file, class}");
    for (size_t i = 0; i < lexicons->count; i++) {
        const alm_yaml_node *item = lexicons->pairs[i].value;
        alm_status status = alm_yaml_expect_keys(item, keys, err);
        const alm_yaml_node *file = alm_yaml_get(item, "file"), *class_name = alm_yaml_get(item, "class");
        if (status == ALM_OK && (!file || !class_name))
            return alm_yaml_fail(item, err, "a lexicon must have `file` and `class`");
        bool scan = true;
        if (status == ALM_OK && alm_yaml_get(item, "scan"))
            status = alm_yaml_bool(&scan, alm_yaml_get(item, "scan"), err);
        alm_sense sense = {0};
        if (status == ALM_OK) status = class_of(pack, class_name, &sense.class_id, err);
        if (status == ALM_OK) status = list_add(pack, lexicons->pairs[i].key->scalar, file->scalar, &sense.list, err);
        if (status == ALM_OK) status = read_list(pack, file, scan ? pack->scanned : pack->consulted, sense, err);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* A word is "text" or [text, attr, …]. */
static alm_status word_add(alm_pack *pack, const alm_yaml_node *word, alm_sense sense, alm_err *err) {
    alm_str text = word->scalar;
    if (word->kind == ALM_YAML_SEQUENCE) {
        if (word->count < 1 || word->count > ALM_LEXICON_MAX_ATTRS + 1)
            return alm_yaml_fail(word, err, "expected [word, attribute, …]");
        text = word->items[0]->scalar;
        for (size_t i = 1; i < word->count; i++) sense.attrs[i - 1] = word->items[i]->scalar;
    }
    alm_status status = alm_lexicon_add(pack->scanned, text, &sense);
    if (status == ALM_E_INVALID)
        return alm_yaml_fail(word, err, "expected a word of 1 to %d bytes", ALM_LEXICON_MAX_WORD);
    return status == ALM_OK ? ALM_OK : no_memory(err);
}

/* words: {CLASS: [word, …]} */
static alm_status load_words(alm_pack *pack, const alm_yaml_node *words, alm_err *err) {
    if (words->kind != ALM_YAML_MAPPING) return alm_yaml_fail(words, err, "expected CLASS: [word, …]");
    for (size_t i = 0; i < words->count; i++) {
        const alm_yaml_node *list = words->pairs[i].value;
        if (list->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(list, err, "expected a list of words");
        alm_sense sense = {0};
        alm_status status = class_of(pack, words->pairs[i].key, &sense.class_id, err);
        if (status == ALM_OK)
            status = list_add(pack, words->pairs[i].key->scalar, alm_str_of(words->file), &sense.list, err);
        for (size_t j = 0; status == ALM_OK && j < list->count; j++)
            status = word_add(pack, list->items[j], sense, err);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static alm_status load_rules(alm_pack *pack, const alm_yaml_node *rules, alm_err *err) {
    if (rules->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(rules, err, "expected a list of rules");
    for (size_t i = 0; i < rules->count; i++) {
        void *items = pack->rules;
        alm_status status = alm_grow(&items, &pack->rule_cap, pack->rule_count, sizeof(alm_rule), MAX_RULES);
        pack->rules = items;
        if (status != ALM_OK) return alm_fail(err, status, "too many rules");
        alm_rule *rule = &pack->rules[pack->rule_count];
        *rule = (alm_rule){0};
        pack->rule_count++;
        status = alm_rule_compile(rule, pack, rules->items[i], err);
        if (status != ALM_OK) return status;
        for (size_t j = 0; j + 1 < pack->rule_count; j++)
            if (alm_str_is(pack->rules[j].id, rule->id))
                return alm_yaml_fail(rules->items[i], err, "rule id '%.*s' stands twice (first in %s:%u)",
                                     ALM_FMT(rule->id), pack->rules[j].node->file, pack->rules[j].node->line);
    }
    return ALM_OK;
}

static alm_status load_part_words(alm_pack *pack, const alm_yaml_node *file, const alm_yaml_node **root, alm_err *err) {
    static const char *const keys[] = {"define", "words", "rules", NULL};
    alm_status status = read_yaml(pack, file, root, err);
    if (status == ALM_OK) status = alm_yaml_expect_keys(*root, keys, err);
    if (status != ALM_OK) return status;
    const alm_yaml_node *define = alm_yaml_get(*root, "define"), *words = alm_yaml_get(*root, "words");
    if (define) {
        if (pack->define_count >= sizeof pack->defines / sizeof pack->defines[0])
            return alm_yaml_fail(define, err, "too many `define` sections");
        pack->defines[pack->define_count++] = define;
    }
    return words ? load_words(pack, words, err) : ALM_OK;
}

/* Words of the parts come first: what they say of a word is its primary sense. Rules come last, for they name classes.
 */
static alm_status load_parts(alm_pack *pack, const alm_yaml_node *parts, const alm_yaml_node *lexicons, alm_err *err) {
    size_t count = parts ? parts->count : 0;
    const alm_yaml_node **roots = alm_arena_calloc(&pack->arena, count, sizeof *roots);
    if (!roots) return no_memory(err);
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < count; i++)
        status = load_part_words(pack, parts->items[i], &roots[i], err);
    if (status == ALM_OK) status = load_lexicons(pack, lexicons, err);
    for (size_t i = 0; status == ALM_OK && i < count; i++) {
        const alm_yaml_node *rules = alm_yaml_get(roots[i], "rules");
        if (rules) status = load_rules(pack, rules, err);
    }
    return status;
}

static int order(const void *a, const void *b) {
    const alm_rule *x = a, *y = b;
    int phase = alm_str_compare(x->phase, y->phase);
    if (phase) return phase;
    if (x->priority != y->priority) return x->priority < y->priority ? -1 : 1;
    return alm_str_compare(x->id, y->id);
}

static alm_status load(alm_pack *pack, alm_err *err) {
    static const char *const keys[] = {"pack", "version", "values", "page", "tables", "lexicons", "parts", NULL};
    const alm_yaml_node *root, *values;
    alm_status status = read_yaml(pack, &(alm_yaml_node){.scalar = ALM_STR("pack.yaml")}, &root, err);
    if (status == ALM_OK) status = alm_yaml_expect_keys(root, keys, err);
    if (status != ALM_OK) return status;
    for (size_t i = 0; i < 5; i++)
        if (!alm_yaml_get(root, keys[i])) return alm_yaml_fail(root, err, "pack.yaml must have `%s`", keys[i]);
    status = alm_yaml_text(&pack->name, alm_yaml_get(root, "pack"), err);
    if (status == ALM_OK) status = read_yaml(pack, alm_yaml_get(root, "values"), &values, err);
    if (status == ALM_OK) status = alm_value_tables_new(&pack->values, values, err);
    if (status == ALM_OK) status = read_yaml(pack, alm_yaml_get(root, "page"), &pack->page, err);
    if (status == ALM_OK) status = read_yaml(pack, alm_yaml_get(root, "tables"), &pack->tables, err);
    if (status == ALM_OK) status = load_parts(pack, alm_yaml_get(root, "parts"), alm_yaml_get(root, "lexicons"), err);
    if (status == ALM_OK) qsort(pack->rules, pack->rule_count, sizeof *pack->rules, order);
    return status;
}

alm_status alm_pack_load(alm_pack **out, const char *dir, alm_err *err) {
    alm_pack *pack = alm_calloc(1, sizeof *pack);
    if (!pack) return no_memory(err);
    alm_arena_init(&pack->arena, MAX_ARENA);
    for (size_t i = 0; i < sizeof known_classes / sizeof known_classes[0]; i++)
        pack->classes[pack->class_count++] = alm_str_of(known_classes[i]);
    pack->scanned = alm_lexicon_new();
    pack->consulted = alm_lexicon_new();
    pack->dir = alm_arena_copy(&pack->arena, alm_str_of(dir));
    alm_status status = pack->scanned && pack->consulted && pack->dir.ptr ? load(pack, err) : no_memory(err);
    if (status != ALM_OK) {
        alm_pack_free(pack);
        return status;
    }
    *out = pack;
    return ALM_OK;
}

void alm_pack_free(alm_pack *pack) {
    if (!pack) return;
    for (size_t i = 0; i < pack->rule_count; i++) alm_rule_release(&pack->rules[i]);
    alm_free(pack->rules);
    alm_free(pack->lists);
    alm_lexicon_free(pack->scanned);
    alm_lexicon_free(pack->consulted);
    alm_value_tables_free(pack->values);
    alm_arena_release(&pack->arena);
    alm_free(pack);
}
