/* The longest valid UTF-8 prefix through the shadow: every byte of it leads back, in order, to a character's start. */
#include "base/utf8.h"
#include "extract/page/shadow.h"
#include "fuzz/fuzz.h"

enum { ARENA = 64 << 20, MAX_FILE = 1 << 20 };

static alm_str read_file(const char *path, char *out) {
    FILE *file = fopen(path, "rb");
    ALM_FUZZ_HOLDS(file != NULL);
    size_t len = fread(out, 1, MAX_FILE, file);
    fclose(file);
    return (alm_str){out, len};
}

static const alm_shadow_tables *tables(void) {
    static char trad_simp[MAX_FILE], pinyin[MAX_FILE];
    static alm_shadow_tables *made;
    if (made) return made;
    alm_shadow_files files = {read_file("rules/zh/lexicon/trad-simp.tsv", trad_simp),
                              read_file("rules/zh/lexicon/pinyin.tsv", pinyin)};
    ALM_FUZZ_HOLDS(alm_shadow_tables_new(&made, &files, NULL) == ALM_OK);
    return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_str text = {(const char *)data, size};
    text.len = alm_utf8_valid_prefix(text);
    alm_arena arena;
    alm_arena_init(&arena, ARENA);
    alm_shadow s;
    ALM_FUZZ_HOLDS(alm_shadow_make(&s, &arena, tables(), text, NULL) == ALM_OK);
    ALM_FUZZ_HOLDS(alm_utf8_valid_prefix(s.text) == s.text.len);
    ALM_FUZZ_HOLDS(s.origin[s.text.len] == text.len);
    for (size_t i = 0; i < s.text.len; i++) {
        ALM_FUZZ_HOLDS(s.origin[i] <= s.origin[i + 1] && s.origin[i] < text.len);
        ALM_FUZZ_HOLDS((data[s.origin[i]] & 0xC0) != 0x80);
    }
    uint32_t from, to;
    alm_shadow_to_code_points(&s, 0, (uint32_t)s.text.len, &from, &to);
    ALM_FUZZ_HOLDS(from <= to && to <= alm_utf8_count(text));
    alm_arena_release(&arena);
    return 0;
}
