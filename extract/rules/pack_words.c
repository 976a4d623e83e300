/*
 * The words of a pack: those of its parts and those of its lexicons.
 */
#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/pack_file.h"
#include "extract/rules/pack_priv.h"

enum { MAX_LISTS = 4096 };

static alm_status no_memory(alm_err *err) { return alm_fail(err, ALM_E_NOMEM, "out of memory"); }

static alm_status list_add(alm_pack *pack, alm_str name, alm_str file, uint16_t *out, alm_err *err) {
    void *items = pack->lists;
    alm_status status = alm_grow(&items, &pack->list_cap, pack->list_count, sizeof(alm_word_list), MAX_LISTS);
    pack->lists = items;
    if (status != ALM_OK) return alm_fail(err, status, "too many word lists");
    pack->lists[pack->list_count] = (alm_word_list){name, file};
    *out = (uint16_t)pack->list_count++;
    return ALM_OK;
}

/* ---- lexicons ---- */

typedef struct list_reader {
    alm_lexicon *lexicon;
    alm_sense sense; /* what every word of the list is */
    const char *path;
    uint32_t line;
    alm_err *err;
} list_reader;

/* entry TAB attr TAB attr … */
static alm_status read_line(const list_reader *r, alm_str line) {
    alm_str word = {0};
    alm_sense sense = r->sense;
    sense.line = r->line;
    for (size_t field = 0;; field++) {
        const char *tab = memchr(line.ptr, '\t', line.len);
        alm_str cell = alm_str_trim(tab ? alm_str_slice(line, 0, (size_t)(tab - line.ptr)) : line);
        if (field == 0)
            word = cell;
        else if (field <= ALM_LEXICON_MAX_ATTRS)
            sense.attrs[field - 1] = cell;
        if (!tab) break;
        line = alm_str_slice(line, (size_t)(tab - line.ptr) + 1, line.len);
    }
    if (alm_utf8_valid_prefix(word) != word.len)
        return alm_fail_at(r->err, ALM_E_PARSE, r->path, r->line, 1, "not valid UTF-8");
    alm_status status = alm_lexicon_add(r->lexicon, word, &sense);
    if (status == ALM_E_INVALID)
        return alm_fail_at(r->err, ALM_E_PARSE, r->path, r->line, 1, "expected a word of 1 to %d bytes",
                           ALM_LEXICON_MAX_WORD);
    return status == ALM_OK ? ALM_OK : no_memory(r->err);
}

/* '#' starts a comment line. */
static alm_status read_lines(list_reader *r, alm_str text) {
    alm_status status = ALM_OK;
    for (size_t at = 0; status == ALM_OK && at < text.len;) {
        const char *newline = memchr(text.ptr + at, '\n', text.len - at);
        size_t end = newline ? (size_t)(newline - text.ptr) : text.len;
        alm_str line = alm_str_slice(text, at, end);
        at = end + 1;
        r->line++;
        if (alm_str_trim(line).len > 0 && line.ptr[0] != '#') status = read_line(r, line);
    }
    return status;
}

static alm_status read_list(alm_pack *pack, size_t layer, const alm_yaml_node *file, alm_lexicon *lexicon,
                            alm_sense sense, alm_err *err) {
    alm_str text;
    alm_err reason = {0};
    alm_status status = alm_pack_read(&text, &pack->arena, pack->layers[layer].dir, file->scalar.ptr, &reason);
    if (status == ALM_E_NOT_FOUND) /* say where it was asked for */
        return alm_yaml_fail(file, err, "missing lexicon: there is no file %s", reason.file);
    if (status != ALM_OK) {
        if (err && err->code == ALM_OK) *err = reason;
        return status;
    }
    list_reader r = {.lexicon = lexicon, .sense = sense, .path = pack->lists[sense.list].file.ptr, .err = err};
    return read_lines(&r, text);
}

static alm_status load_lexicon(alm_pack *pack, size_t layer, const alm_yaml_pair *pair, alm_err *err) {
    static const char *const keys[] = {"file", "class", "scan", NULL};
    const alm_yaml_node *item = pair->value;
    alm_status status = alm_yaml_expect_keys(item, keys, err);
    if (status != ALM_OK) return status;
    const alm_yaml_node *file = alm_yaml_get(item, "file"), *class_name = alm_yaml_get(item, "class");
    if (!file || !class_name) return alm_yaml_fail(item, err, "a lexicon must have `file` and `class`");
    if (file->kind != ALM_YAML_SCALAR) return alm_yaml_fail(file, err, "expected a file");
    bool scan = true;
    alm_sense sense = {.layer = (uint8_t)layer};
    if (alm_yaml_get(item, "scan")) status = alm_yaml_bool(&scan, alm_yaml_get(item, "scan"), err);
    if (status == ALM_OK) status = alm_pack_class_of(pack, class_name, &sense.class_id, err);
    char path[ALM_PACK_PATH_MAX];
    alm_pack_path(path, pack->layers[layer].dir, file->scalar.ptr);
    alm_str kept = alm_arena_copy(&pack->arena, alm_str_of(path));
    if (status == ALM_OK && !kept.ptr) return no_memory(err);
    if (status == ALM_OK) status = list_add(pack, pair->key->scalar, kept, &sense.list, err);
    if (status == ALM_OK) status = read_list(pack, layer, file, scan ? pack->scanned : pack->consulted, sense, err);
    return status;
}

alm_status alm_pack_load_lexicons(alm_pack *pack, size_t layer, alm_err *err) {
    const alm_yaml_node *lexicons = alm_yaml_get(pack->layers[layer].root, "lexicons");
    if (!lexicons) return ALM_OK;
    if (lexicons->kind != ALM_YAML_MAPPING) return alm_yaml_fail(lexicons, err, "expected name: {file, class}");
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < lexicons->count; i++)
        status = load_lexicon(pack, layer, &lexicons->pairs[i], err);
    return status;
}

/* ---- words of the parts ---- */

/* A word is "text" or [text, attr, …]. */
static alm_status word_add(alm_pack *pack, const alm_yaml_node *word, alm_sense sense, alm_err *err) {
    const alm_yaml_node *text = word;
    sense.line = word->line;
    if (word->kind == ALM_YAML_SEQUENCE) {
        if (word->count < 1 || word->count > ALM_LEXICON_MAX_ATTRS + 1)
            return alm_yaml_fail(word, err, "expected [word, attribute, …]");
        text = word->items[0];
        for (size_t i = 1; i < word->count; i++) {
            alm_status status = alm_yaml_text(&sense.attrs[i - 1], word->items[i], err);
            if (status != ALM_OK) return status;
        }
    }
    if (text->kind != ALM_YAML_SCALAR) return alm_yaml_fail(text, err, "expected a word or [word, attribute, …]");
    alm_status status = alm_lexicon_add(pack->scanned, text->scalar, &sense);
    if (status == ALM_E_INVALID)
        return alm_yaml_fail(text, err, "expected a word of 1 to %d bytes", ALM_LEXICON_MAX_WORD);
    return status == ALM_OK ? ALM_OK : no_memory(err);
}

alm_status alm_pack_load_words(alm_pack *pack, size_t layer, const alm_yaml_node *words, alm_err *err) {
    if (words->kind != ALM_YAML_MAPPING) return alm_yaml_fail(words, err, "expected CLASS: [word, …]");
    for (size_t i = 0; i < words->count; i++) {
        const alm_yaml_node *list = words->pairs[i].value;
        if (list->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(list, err, "expected a list of words");
        alm_sense sense = {.layer = (uint8_t)layer};
        alm_status status = alm_pack_class_of(pack, words->pairs[i].key, &sense.class_id, err);
        if (status == ALM_OK)
            status = list_add(pack, words->pairs[i].key->scalar, alm_str_of(words->file), &sense.list, err);
        for (size_t j = 0; status == ALM_OK && j < list->count; j++)
            status = word_add(pack, list->items[j], sense, err);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static alm_status leave_words(alm_pack *pack, const alm_yaml_pair *pair, alm_err *err) {
    uint16_t class_id = alm_pack_class(pack, pair->key->scalar);
    if (class_id == ALM_CLASS_TEXT) return alm_yaml_fail(pair->key, err, "unknown class '%s'", pair->key->scalar.ptr);
    if (pair->value->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(pair->value, err, "expected a list of words");
    for (size_t i = 0; i < pair->value->count; i++) {
        const alm_yaml_node *word = pair->value->items[i];
        if (word->kind != ALM_YAML_SCALAR) return alm_yaml_fail(word, err, "expected a word");
        bool scanned = alm_lexicon_remove(pack->scanned, word->scalar, class_id);
        bool consulted = alm_lexicon_remove(pack->consulted, word->scalar, class_id);
        if (!scanned && !consulted)
            return alm_yaml_fail(word, err, "'%s' is no word of class %s", word->scalar.ptr, pair->key->scalar.ptr);
    }
    return ALM_OK;
}

alm_status alm_pack_leave_words(alm_pack *pack, size_t layer, alm_err *err) {
    const alm_yaml_node *words = alm_yaml_get(alm_yaml_get(pack->layers[layer].root, "without"), "words");
    if (!words) return ALM_OK;
    if (words->kind != ALM_YAML_MAPPING) return alm_yaml_fail(words, err, "expected CLASS: [word, …]");
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < words->count; i++) status = leave_words(pack, &words->pairs[i], err);
    return status;
}
