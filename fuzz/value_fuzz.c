/* The longest valid UTF-8 prefix through both scans: values in the text, in order, apart, with bounds in order. */
#include "base/utf8.h"
#include "extract/value/value.h"
#include "fuzz/fuzz.h"

enum { ARENA = 64 << 20, MAX_FILE = 1 << 20 };

static const alm_value_tables *tables(void) {
    static char yaml[MAX_FILE];
    static alm_value_tables *made;
    if (made) return made;
    FILE *file = fopen("rules/zh/values.yaml", "rb");
    ALM_FUZZ_HOLDS(file != NULL);
    alm_str text = {yaml, fread(yaml, 1, sizeof yaml, file)};
    fclose(file);
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    const alm_yaml_node *root;
    ALM_FUZZ_HOLDS(alm_yaml_parse(&root, &arena, "values.yaml", text, NULL) == ALM_OK);
    ALM_FUZZ_HOLDS(alm_value_tables_new(&made, root, NULL) == ALM_OK);
    alm_arena_release(&arena);
    return made;
}

static bool on_boundary(alm_str text, uint32_t at) {
    return at == text.len || (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) != 0x80);
}

static void check(alm_str text, const alm_value *values, size_t count) {
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const alm_value *v = &values[i];
        ALM_FUZZ_HOLDS(at <= v->start && v->start <= v->number_start);
        ALM_FUZZ_HOLDS(v->number_start < v->number_end && v->number_end <= v->end);
        ALM_FUZZ_HOLDS(on_boundary(text, v->start) && on_boundary(text, v->end));
        ALM_FUZZ_HOLDS(on_boundary(text, v->number_start) && on_boundary(text, v->number_end));
        ALM_FUZZ_HOLDS(v->qualifier != ALM_QUALIFIER_RANGE || (v->low.len && v->high.len));
        ALM_FUZZ_HOLDS(v->date_from.len == 0 || v->date_from.len == 10);
        bool both = v->date_from.len && v->date_to.len;
        ALM_FUZZ_HOLDS(!both || alm_str_compare(v->date_from, v->date_to) <= 0);
        at = v->end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_str text = {(const char *)data, size};
    text.len = alm_utf8_valid_prefix(text);
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    alm_value *values;
    size_t count;
    ALM_FUZZ_HOLDS(alm_value_scan(&values, &count, &arena, tables(), text, ALM_STR("2020-03-01"), NULL) == ALM_OK);
    check(text, values, count);
    ALM_FUZZ_HOLDS(alm_value_scan_numbers(&values, &count, &arena, tables(), text, NULL) == ALM_OK);
    check(text, values, count);
    alm_arena_release(&arena);
    return 0;
}
