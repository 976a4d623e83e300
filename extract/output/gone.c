#include "extract/output/gone.h"

#include <jansson.h>

#include "base/json.h"

static const char schema[] = "almoner.gone/1";

alm_status alm_write_gone(alm_buf *out, const alm_gone *gone) {
    alm_json json;
    alm_json_init(&json, out, false);
    alm_json_object(&json);
    alm_json_member_c(&json, "schema", schema);
    alm_json_member(&json, "url", gone->url);
    alm_json_member(&json, "gone_at", gone->gone_at);
    alm_json_object_end(&json);
    return alm_buf_add_byte(out, '\n');
}

static alm_str member(alm_arena *arena, const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value)) return (alm_str){NULL, 0};
    return alm_arena_copy(arena, (alm_str){json_string_value(value), json_string_length(value)});
}

alm_status alm_gone_parse(alm_gone *out, alm_arena *arena, alm_str json) {
    json_t *root = json_loadb(json.ptr ? json.ptr : "", json.len, 0, NULL);
    const char *name = json_string_value(json_object_get(root, "schema"));
    alm_gone gone = {{NULL, 0}, {NULL, 0}};
    if (name && strcmp(name, schema) == 0)
        gone = (alm_gone){member(arena, root, "url"), member(arena, root, "gone_at")};
    json_decref(root);
    if (arena->failed) return ALM_E_NOMEM;
    if (gone.url.len == 0) return ALM_E_NOT_FOUND;
    *out = gone;
    return ALM_OK;
}
