#include "extract/rules/pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/pack_file.h"
#include "extract/rules/pack_priv.h"

enum { MAX_ARENA = 256 << 20 };

static const char *const known_classes[] = {"TEXT",
#define ALM_CLASS_NAME(name) #name,
                                            ALM_MENTION_CLASSES(ALM_CLASS_NAME) ALM_WORD_CLASSES(ALM_CLASS_NAME)
#undef ALM_CLASS_NAME
};

static alm_status no_memory(alm_err *err) { return alm_fail(err, ALM_E_NOMEM, "out of memory"); }

const char *alm_phase_name(alm_phase phase) {
    static const char *const names[] = {"mentions", "records", "affiliations"};
    return phase < ALM_PHASE_COUNT ? names[phase] : "";
}

uint16_t alm_pack_class(const alm_pack *pack, alm_str name) {
    for (size_t i = 1; i < pack->class_count; i++)
        if (alm_str_is(pack->classes[i], name)) return (uint16_t)i;
    return ALM_CLASS_TEXT;
}

static bool is_class_name(alm_str name) {
    for (size_t i = 0; i < name.len; i++) {
        bool capital = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z';
        if (!capital && (i == 0 || !(name.ptr[i] == '_' || (name.ptr[i] >= '0' && name.ptr[i] <= '9')))) return false;
    }
    return name.len > 0 && name.len <= 40;
}

alm_status alm_pack_class_of(alm_pack *pack, const alm_yaml_node *node, uint16_t *out, alm_err *err) {
    alm_str name;
    alm_status status = alm_yaml_text(&name, node, err);
    if (status != ALM_OK) return status;
    uint16_t id = alm_pack_class(pack, name);
    if (id == ALM_CLASS_TEXT) {
        if (!is_class_name(name))
            return alm_yaml_fail(node, err, "expected a class such as GIFT_NOUN, found '%.40s'", name.ptr);
        if (pack->class_count >= ALM_CLASS_MAX) return alm_yaml_fail(node, err, "more than %d classes", ALM_CLASS_MAX);
        id = (uint16_t)pack->class_count;
        pack->classes[pack->class_count++] = name;
    }
    *out = id;
    return ALM_OK;
}

/* ---- layers ---- */

static alm_status expect_text(const alm_yaml_node *map, const char *key, alm_err *err) {
    const alm_yaml_node *value = alm_yaml_get(map, key);
    if (value && value->kind != ALM_YAML_SCALAR) return alm_yaml_fail(value, err, "`%s`: expected text", key);
    return ALM_OK;
}

static alm_status check_root(const alm_yaml_node *root, bool is_first, alm_err *err) {
    static const char *const keys[] = {"pack",     "version", "values",  "page",    "tables",
                                       "lexicons", "parts",   "extends", "without", NULL};
    alm_status status = alm_yaml_expect_keys(root, keys, err);
    for (size_t i = 0; status == ALM_OK && i < (is_first ? 5 : 2); i++)
        if (!alm_yaml_get(root, keys[i])) status = alm_yaml_fail(root, err, "pack.yaml must have `%s`", keys[i]);
    for (size_t i = 0; status == ALM_OK && i < 5; i++) status = expect_text(root, keys[i], err);
    if (status == ALM_OK) status = expect_text(root, "extends", err);
    int64_t version;
    if (status == ALM_OK) status = alm_yaml_int(&version, alm_yaml_get(root, "version"), 1, 1, err);
    const alm_yaml_node *parts = alm_yaml_get(root, "parts");
    if (status == ALM_OK && parts && parts->kind != ALM_YAML_SEQUENCE)
        status = alm_yaml_fail(parts, err, "expected a list of files");
    for (size_t i = 0; status == ALM_OK && parts && i < parts->count; i++)
        if (parts->items[i]->kind != ALM_YAML_SCALAR) status = alm_yaml_fail(parts->items[i], err, "expected a file");
    if (status == ALM_OK && is_first && alm_yaml_get(root, "without"))
        status = alm_yaml_fail(alm_yaml_get(root, "without"), err, "`without` is for a pack that extends another");
    return status;
}

static alm_status layer_add(alm_pack *pack, const char *dir, int depth, alm_err *err);

/*
 * The folder that `extends` names: one with a slash is relative to the pack's own folder, a bare name is the pack that
 * came with the program.
 */
static alm_status extended_folder(char out[ALM_PACK_PATH_MAX], const char *dir, const alm_yaml_node *extends,
                                  alm_err *err) {
    const char *name = extends->scalar.ptr;
    if (!strchr(name, '/')) return alm_pack_find(out, err);
    int len = name[0] == '/' ? snprintf(out, ALM_PACK_PATH_MAX, "%s", name)
                             : snprintf(out, ALM_PACK_PATH_MAX, "%s/%s", dir, name);
    return len > 0 && len < ALM_PACK_PATH_MAX ? ALM_OK : alm_yaml_fail(extends, err, "the path is too long");
}

static alm_status add_extended(alm_pack *pack, const char *dir, const alm_yaml_node *extends, int depth, alm_err *err) {
    char path[ALM_PACK_PATH_MAX];
    if (depth >= ALM_PACK_MAX_LAYERS)
        return alm_yaml_fail(extends, err, "packs extend each other in a circle, or more than %d deep", depth);
    if (extends->kind != ALM_YAML_SCALAR) return alm_yaml_fail(extends, err, "`extends`: expected text");
    alm_status status = extended_folder(path, dir, extends, err);
    if (status == ALM_OK) status = layer_add(pack, path, depth + 1, err);
    if (status != ALM_OK || strchr(extends->scalar.ptr, '/')) return status;
    alm_str name = pack->layers[pack->layer_count - 1].name;
    if (alm_str_is(name, extends->scalar)) return ALM_OK;
    return alm_yaml_fail(extends, err, "no pack '%s' came with the program, only '%.*s'; write ../%s for a folder",
                         extends->scalar.ptr, ALM_FMT(name), extends->scalar.ptr);
}

/* The pack in @p dir as the top layer. What it extends goes below it, unless something is there already. */
static alm_status layer_add(alm_pack *pack, const char *dir, int depth, alm_err *err) {
    const alm_yaml_node *root;
    alm_str copy = alm_arena_copy(&pack->arena, alm_str_of(dir));
    if (!copy.ptr) return no_memory(err);
    alm_status status = alm_pack_read_yaml(&root, &pack->arena, copy.ptr, "pack.yaml", err);
    if (status != ALM_OK) return status;
    const alm_yaml_node *extends = alm_yaml_get(root, "extends");
    if (extends && pack->layer_count == 0) status = add_extended(pack, copy.ptr, extends, depth, err);
    if (status == ALM_OK) status = check_root(root, pack->layer_count == 0, err);
    if (status != ALM_OK) return status;
    if (pack->layer_count == ALM_PACK_MAX_LAYERS)
        return alm_yaml_fail(root, err, "more than %d packs over each other", ALM_PACK_MAX_LAYERS);
    pack->layers[pack->layer_count++] =
        (alm_pack_layer){.name = alm_yaml_get(root, "pack")->scalar, .dir = copy.ptr, .root = root};
    return ALM_OK;
}

/* ---- the files that a layer names ---- */

/* A later layer's file takes the place of the whole one below. */
static alm_status read_named(alm_pack *pack, const char *key, const alm_yaml_node **out, alm_err *err) {
    for (size_t i = pack->layer_count; i-- > 0;) {
        const alm_yaml_node *file = alm_yaml_get(pack->layers[i].root, key);
        if (!file) continue;
        alm_err reason = {0};
        alm_status status = alm_pack_read_yaml(out, &pack->arena, pack->layers[i].dir, file->scalar.ptr, &reason);
        if (status == ALM_E_NOT_FOUND) return alm_yaml_fail(file, err, "there is no file %s", reason.file);
        if (status != ALM_OK && err && err->code == ALM_OK) *err = reason;
        return status;
    }
    return ALM_E_INTERNAL;
}

typedef struct part {
    size_t layer;
    const alm_yaml_node *root;
} part;

static alm_status read_part(alm_pack *pack, size_t layer, const alm_yaml_node *file, part *out, alm_err *err) {
    static const char *const keys[] = {"define", "words", "rules", NULL};
    alm_err reason = {0};
    out->layer = layer;
    alm_status status =
        alm_pack_read_yaml(&out->root, &pack->arena, pack->layers[layer].dir, file->scalar.ptr, &reason);
    if (status == ALM_E_NOT_FOUND) return alm_yaml_fail(file, err, "there is no file %s", reason.file);
    if (status != ALM_OK && err && err->code == ALM_OK) *err = reason;
    if (status == ALM_OK) status = alm_yaml_expect_keys(out->root, keys, err);
    const alm_yaml_node *define = status == ALM_OK ? alm_yaml_get(out->root, "define") : NULL;
    if (!define) return status;
    if (define->kind != ALM_YAML_MAPPING) return alm_yaml_fail(define, err, "expected name: pattern");
    if (pack->define_count >= sizeof pack->defines / sizeof pack->defines[0])
        return alm_yaml_fail(define, err, "too many `define` sections");
    pack->defines[pack->define_count++] = define;
    return ALM_OK;
}

/* Words of the parts come first: what they say of a word is its primary sense. */
static alm_status load_layer_words(alm_pack *pack, size_t layer, const part *parts, size_t count, alm_err *err) {
    alm_status status = alm_pack_leave_words(pack, layer, err);
    for (size_t i = 0; status == ALM_OK && i < count; i++) {
        const alm_yaml_node *words = alm_yaml_get(parts[i].root, "words");
        if (words && parts[i].layer == layer) status = alm_pack_load_words(pack, layer, words, err);
    }
    return status == ALM_OK ? alm_pack_load_lexicons(pack, layer, err) : status;
}

static alm_status load_layer_rules(alm_pack *pack, size_t layer, const part *parts, size_t count, alm_err *err) {
    alm_status status = alm_pack_leave_rules(pack, layer, err);
    for (size_t i = 0; status == ALM_OK && i < count; i++) {
        const alm_yaml_node *rules = alm_yaml_get(parts[i].root, "rules");
        if (rules && parts[i].layer == layer) status = alm_pack_load_rules(pack, layer, rules, err);
    }
    return status;
}

/* Rules come last, for they name the classes of all words and mentions. */
static alm_status load_parts(alm_pack *pack, part *parts, size_t count, alm_err *err) {
    alm_status status = ALM_OK;
    for (size_t layer = 0; status == ALM_OK && layer < pack->layer_count; layer++)
        status = load_layer_words(pack, layer, parts, count, err);
    for (size_t i = 0; status == ALM_OK && i < count; i++) {
        const alm_yaml_node *rules = alm_yaml_get(parts[i].root, "rules");
        if (rules) status = alm_pack_declare_mentions(pack, rules, err);
    }
    for (size_t layer = 0; status == ALM_OK && layer < pack->layer_count; layer++)
        status = load_layer_rules(pack, layer, parts, count, err);
    return status;
}

static alm_status read_parts(alm_pack *pack, alm_err *err) {
    size_t count = 0, read = 0;
    for (size_t i = 0; i < pack->layer_count; i++) {
        const alm_yaml_node *files = alm_yaml_get(pack->layers[i].root, "parts");
        count += files ? files->count : 0;
    }
    part *parts = alm_arena_calloc(&pack->arena, count, sizeof *parts);
    if (!parts) return no_memory(err);
    for (size_t i = 0; i < pack->layer_count; i++) {
        const alm_yaml_node *files = alm_yaml_get(pack->layers[i].root, "parts");
        for (size_t k = 0; files && k < files->count; k++) {
            alm_status status = read_part(pack, i, files->items[k], &parts[read++], err);
            if (status != ALM_OK) return status;
        }
    }
    return load_parts(pack, parts, count, err);
}

static int order(const void *a, const void *b) {
    const alm_rule *x = a, *y = b;
    if (x->phase != y->phase) return x->phase < y->phase ? -1 : 1;
    if (x->priority != y->priority) return x->priority < y->priority ? -1 : 1;
    return alm_str_compare(x->id, y->id);
}

static void note_surname_starts(alm_pack *pack) {
    for (uint32_t i = 1; i <= alm_lexicon_sense_count(pack->consulted); i++) {
        const alm_sense *sense = alm_lexicon_sense(pack->consulted, i);
        size_t at = 0;
        uint32_t cp = sense->class_id == ALM_CLASS_SURNAME ? alm_utf8_next(sense->word, &at) : UINT32_MAX;
        if (cp < 0x10000) pack->surname_starts[cp / 64] |= UINT64_C(1) << (cp % 64);
    }
}

static alm_status load(alm_pack *pack, const char *dir, const char *const *more, alm_err *err) {
    const alm_yaml_node *values;
    alm_status status = layer_add(pack, dir, 0, err);
    for (; status == ALM_OK && more && *more; more++) status = layer_add(pack, *more, 0, err);
    if (status != ALM_OK) return status;
    pack->name = pack->layers[pack->layer_count - 1].name;
    pack->dir = pack->layers[0].dir;
    status = read_named(pack, "values", &values, err);
    if (status == ALM_OK) status = alm_value_tables_new(&pack->values, values, err);
    if (status == ALM_OK) status = read_named(pack, "page", &pack->page, err);
    if (status == ALM_OK) status = read_named(pack, "tables", &pack->tables, err);
    if (status == ALM_OK) status = read_parts(pack, err);
    if (status == ALM_OK && pack->rule_count) qsort(pack->rules, pack->rule_count, sizeof *pack->rules, order);
    if (status == ALM_OK) status = alm_lexicon_freeze(pack->scanned);
    if (status == ALM_OK) status = alm_lexicon_freeze(pack->consulted);
    if (status == ALM_OK) note_surname_starts(pack);
    return status;
}

alm_status alm_pack_load(alm_pack **out, const char *dir, const char *const *more, alm_err *err) {
    alm_pack *pack = alm_calloc(1, sizeof *pack);
    if (!pack) return no_memory(err);
    alm_arena_init(&pack->arena, MAX_ARENA);
    for (size_t i = 0; i < sizeof known_classes / sizeof known_classes[0]; i++)
        pack->classes[pack->class_count++] = alm_str_of(known_classes[i]);
    pack->scanned = alm_lexicon_new();
    pack->consulted = alm_lexicon_new();
    alm_status status = pack->scanned && pack->consulted ? load(pack, dir, more, err) : no_memory(err);
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
