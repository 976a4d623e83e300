#include "base/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum { MAX_DEPTH = 64 };

typedef struct reader {
    yaml_parser_t parser;
    alm_arena *arena;
    const char *file;
    alm_err *err;
} reader;

static alm_status next_event(reader *r, yaml_event_t *event) {
    if (yaml_parser_parse(&r->parser, event)) return ALM_OK;
    if (r->parser.error == YAML_MEMORY_ERROR) return alm_fail(r->err, ALM_E_NOMEM, "out of memory");
    return alm_fail_at(r->err, ALM_E_PARSE, r->file, (uint32_t)r->parser.problem_mark.line + 1,
                       (uint32_t)r->parser.problem_mark.column + 1, "bad YAML: %s",
                       r->parser.problem ? r->parser.problem : "unreadable");
}

static alm_status refuse(reader *r, const yaml_event_t *event, const char *what) {
    return alm_fail_at(r->err, ALM_E_PARSE, r->file, (uint32_t)event->start_mark.line + 1,
                       (uint32_t)event->start_mark.column + 1, "%s", what);
}

static alm_status read_node(reader *r, const yaml_event_t *event, int depth, const alm_yaml_node **out);

static alm_status read_scalar(reader *r, const yaml_event_t *event, alm_yaml_node *node) {
    const yaml_char_t *value = event->data.scalar.value;
    node->scalar = alm_arena_copy(r->arena, (alm_str){(const char *)value, event->data.scalar.length});
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (!node->scalar.ptr) return alm_fail(r->err, ALM_E_NOMEM, "out of memory");
    if (event->data.scalar.anchor) return refuse(r, event, "anchors (&name) are not used here: write the value out");
    return ALM_OK;
}

/* The children of a sequence or mapping, a flat list; a mapping's keys stand at even places. */
static alm_status read_children(reader *r, yaml_event_type_t end, int depth, const alm_yaml_node ***out,
                                size_t *count) {
    const alm_yaml_node **items = NULL;
    size_t cap = 0, n = 0;
    for (;;) {
        yaml_event_t event;
        alm_status status = next_event(r, &event);
        if (status != ALM_OK) return status;
        if (event.type == end) {
            yaml_event_delete(&event);
            break;
        }
        void *grown = items;
        status = alm_arena_grow(r->arena, &grown, &cap, n, sizeof *items);
        items = grown;
        if (status == ALM_OK)
            status = read_node(r, &event, depth + 1, &items[n]);
        else
            alm_fail(r->err, status, "out of memory");
        yaml_event_delete(&event);
        if (status != ALM_OK) return status;
        n++;
    }
    *out = items;
    *count = n;
    return ALM_OK;
}

static alm_status check_keys(reader *r, const alm_yaml_pair *pairs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const alm_yaml_node *key = pairs[i].key;
        if (key->kind != ALM_YAML_SCALAR) return alm_yaml_fail(key, r->err, "a key must be plain text");
        for (size_t j = 0; j < i && count <= 256; j++)
            if (alm_str_is(pairs[j].key->scalar, key->scalar))
                return alm_yaml_fail(key, r->err, "key '%s' stands twice (first in line %u)", key->scalar.ptr,
                                     pairs[j].key->line);
    }
    return ALM_OK;
}

static alm_status read_mapping(reader *r, int depth, alm_yaml_node *node) {
    const alm_yaml_node **flat = NULL;
    size_t count = 0;
    alm_status status = read_children(r, YAML_MAPPING_END_EVENT, depth, &flat, &count);
    if (status != ALM_OK) return status;
    alm_yaml_pair *pairs = alm_arena_calloc(r->arena, count / 2, sizeof *pairs);
    if (!pairs) return alm_fail(r->err, ALM_E_NOMEM, "out of memory");
    for (size_t i = 0; i < count / 2; i++) pairs[i] = (alm_yaml_pair){flat[2 * i], flat[2 * i + 1]};
    node->pairs = pairs;
    node->count = count / 2;
    return check_keys(r, pairs, node->count);
}

static alm_status read_node(reader *r, const yaml_event_t *event, int depth, const alm_yaml_node **out) {
    if (depth > MAX_DEPTH)
        return alm_fail_at(r->err, ALM_E_LIMIT, r->file, (uint32_t)event->start_mark.line + 1, 0,
                           "nested deeper than %d levels", MAX_DEPTH);
    alm_yaml_node *node = ALM_ARENA_NEW(r->arena, alm_yaml_node);
    if (!node) return alm_fail(r->err, ALM_E_NOMEM, "out of memory");
    node->file = r->file;
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    *out = node;
    switch (event->type) {
    case YAML_SCALAR_EVENT: node->kind = ALM_YAML_SCALAR; return read_scalar(r, event, node);
    case YAML_SEQUENCE_START_EVENT: {
        node->kind = ALM_YAML_SEQUENCE;
        const alm_yaml_node **items = NULL;
        alm_status status = read_children(r, YAML_SEQUENCE_END_EVENT, depth, &items, &node->count);
        node->items = items;
        return status;
    }
    case YAML_MAPPING_START_EVENT: node->kind = ALM_YAML_MAPPING; return read_mapping(r, depth, node);
    case YAML_ALIAS_EVENT: return refuse(r, event, "aliases (*name) are not used here: write the value out");
    default: return refuse(r, event, "expected a value");
    }
}

static alm_status read_document(reader *r, const alm_yaml_node **out) {
    bool seen = false;
    for (;;) {
        yaml_event_t event;
        alm_status status = next_event(r, &event);
        if (status != ALM_OK) return status;
        yaml_event_type_t type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && seen)
            status = refuse(r, &event, "expected one YAML document, found a second");
        else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
                 type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT) {
            status = read_node(r, &event, 0, out);
            seen = true;
        }
        yaml_event_delete(&event);
        if (status != ALM_OK) return status;
        if (type == YAML_STREAM_END_EVENT) break;
    }
    return seen ? ALM_OK
                : alm_fail_at(r->err, ALM_E_PARSE, r->file, 1, 1, "the file is empty; expected a YAML mapping");
}

alm_status alm_yaml_parse(const alm_yaml_node **out, alm_arena *arena, const char *file, alm_str text, alm_err *err) {
    reader r = {.arena = arena, .err = err};
    alm_str name = alm_arena_copy(arena, alm_str_of(file ? file : ""));
    if (!name.ptr || !yaml_parser_initialize(&r.parser)) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    r.file = name.ptr;
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len);
    const alm_yaml_node *root = NULL;
    alm_status status = read_document(&r, &root);
    yaml_parser_delete(&r.parser);
    if (status == ALM_OK) *out = root;
    return status;
}

const alm_yaml_node *alm_yaml_get(const alm_yaml_node *map, const char *key) {
    if (!map || map->kind != ALM_YAML_MAPPING) return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (alm_str_is_c(map->pairs[i].key->scalar, key)) return map->pairs[i].value;
    return NULL;
}

alm_status alm_yaml_fail(const alm_yaml_node *node, alm_err *err, const char *format, ...) {
    char message[ALM_ERR_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return alm_fail_at(err, ALM_E_PARSE, node->file, node->line, node->column, "%s", message);
}

alm_status alm_yaml_expect_keys(const alm_yaml_node *map, const char *const *keys, alm_err *err) {
    if (map->kind != ALM_YAML_MAPPING) return alm_yaml_fail(map, err, "expected a mapping (key: value)");
    for (size_t i = 0; i < map->count; i++) {
        const char *const *known = keys;
        while (*known && !alm_str_is_c(map->pairs[i].key->scalar, *known)) known++;
        if (*known) continue;
        char list[256] = "";
        size_t used = 0;
        for (known = keys; *known && used < sizeof list; known++) {
            int n = snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", *known);
            used += n > 0 ? (size_t)n : 0;
        }
        return alm_yaml_fail(map->pairs[i].key, err, "unknown key '%s'; expected one of: %s",
                             map->pairs[i].key->scalar.ptr, list);
    }
    return ALM_OK;
}

alm_status alm_yaml_text(alm_str *out, const alm_yaml_node *node, alm_err *err) {
    if (node->kind != ALM_YAML_SCALAR) return alm_yaml_fail(node, err, "expected text");
    *out = node->scalar;
    return ALM_OK;
}

alm_status alm_yaml_int(int64_t *out, const alm_yaml_node *node, int64_t min, int64_t max, alm_err *err) {
    if (node->kind != ALM_YAML_SCALAR) return alm_yaml_fail(node, err, "expected a whole number");
    char *end;
    errno = 0;
    long long value = strtoll(node->scalar.ptr, &end, 10);
    if (node->scalar.len == 0 || *end || errno)
        return alm_yaml_fail(node, err, "expected a whole number, found '%s'", node->scalar.ptr);
    if (value < min || value > max)
        return alm_yaml_fail(node, err, "expected %lld to %lld, found %lld", (long long)min, (long long)max, value);
    *out = value;
    return ALM_OK;
}

alm_status alm_yaml_double(double *out, const alm_yaml_node *node, double min, double max, alm_err *err) {
    if (node->kind != ALM_YAML_SCALAR) return alm_yaml_fail(node, err, "expected a number");
    char *end;
    errno = 0;
    double value = strtod(node->scalar.ptr, &end);
    if (node->scalar.len == 0 || *end || errno)
        return alm_yaml_fail(node, err, "expected a number, found '%s'", node->scalar.ptr);
    if (!(value >= min && value <= max))
        return alm_yaml_fail(node, err, "expected %g to %g, found %g", min, max, value);
    *out = value;
    return ALM_OK;
}

alm_status alm_yaml_bool(bool *out, const alm_yaml_node *node, alm_err *err) {
    if (node->kind == ALM_YAML_SCALAR && alm_str_is_c(node->scalar, "true"))
        *out = true;
    else if (node->kind == ALM_YAML_SCALAR && alm_str_is_c(node->scalar, "false"))
        *out = false;
    else
        return alm_yaml_fail(node, err, "expected true or false");
    return ALM_OK;
}
