/* What becomes of each character of the BMP in the shadow, worked out once so that a text costs one look-up a
 * character. */
#include <assert.h>
#include <stdlib.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/page/shadow_priv.h"

enum { MAX_EXPANSIONS = 0xFFFF, MAX_SYLLABLES = 4096 };

typedef struct range {
    uint16_t first, last;
} range;

/* One form for characters that mean the same in running text; "what it comes to, from, from, …", 0-terminated. */
static const uint16_t same_forms[][10] = {
    {0x2014, 0x2013, 0x2015, 0x2500, 0x2501, 0x2E3A, 0x2E3B}, /* em dash */
    {'-', 0x2010, 0x2011, 0x2012, 0x2212, 0x2043},            /* hyphen */
    {'~', 0x301C, 0x223C, 0x02DC, 0x2053},                    /* tilde */
    {0x00B7, 0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB, 0x0387}, /* the dot in foreign names */
    {0x3007, 0x25CB, 0x25EF},                                 /* zero as a circle */
    {0x201C, 0x201E, 0x201F, 0x301D, 0x300C, 0x300E},         /* opening quotation marks */
    {0x201D, 0x301E, 0x301F, 0x300D, 0x300F},                 /* closing ones */
    {0x2018, 0x201A, 0x201B},                                 /* single ones */
    {0xFF08, '('},
    {0xFF09, ')'},
    {0x2026, 0xFE19}, /* brackets, ellipsis */
    {'a', 0x0251},
    {'g', 0x0261}, /* letters that pinyin is typeset with */
};

/* Compatibility forms that stay: taken apart, their digits would run into a number beside them, or they say more. */
static const range stay[] = {
    {0x00A8, 0x00A8}, {0x00AF, 0x00AF}, {0x00B2, 0x00B5}, {0x00B8, 0x00BE}, {0x02D8, 0x02DD}, {0x2017, 0x2017},
    {0x2024, 0x2026}, {0x203E, 0x203E}, {0x2070, 0x209C}, {0x2120, 0x2122}, {0x2150, 0x215F}, {0x2189, 0x2189},
    {0x2460, 0x24FF}, {0x3200, 0x32FE}, {0x3358, 0x3370}, {0x33E0, 0x33FE}, {0xFB50, 0xFDFF}, {0xFE70, 0xFEFC},
};

static const range chinese[] = {{0x00B7, 0x00B7}, {0x2018, 0x2019}, {0x201C, 0x201D}, {0x2026, 0x2026},
                                {0x3001, 0x3003}, {0x3008, 0x3011}, {0x3014, 0x301F}, {0xFF01, 0xFF01},
                                {0xFF08, 0xFF09}, {0xFF0C, 0xFF0C}, {0xFF1A, 0xFF1B}, {0xFF1F, 0xFF1F}};
static const range han[] = {{0x3005, 0x3005}, {0x3007, 0x3007}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAD9}};
/* neither decomposed nor asked for: Han, private use, Hangul syllables */
static const range plain[] = {{0x3400, 0x9FFF}, {0xAC00, 0xF8FF}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_in(uint32_t code, const range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

static alm_char_kind kind_of_ascii(uint32_t code) {
    if (code == '\n' || code == '\t') return ALM_CHAR_BREAK;
    if (code == ' ') return ALM_CHAR_SPACE;
    if (code < ' ' || code == 0x7F) return ALM_CHAR_NOTHING;
    if (code >= '0' && code <= '9') return ALM_CHAR_DIGIT;
    if ((code | 0x20) >= 'a' && (code | 0x20) <= 'z') return ALM_CHAR_LETTER;
    if (code == '-') return ALM_CHAR_HYPHEN;
    if (code == '$') return ALM_CHAR_CURRENCY;
    return strchr(",;:!?", (int)code) ? ALM_CHAR_MARK : ALM_CHAR_OTHER;
}

static alm_char_kind kind_of(uint32_t code) {
    if (code < 0x80) return kind_of_ascii(code);
    if (is_in(code, han, COUNT(han))) return ALM_CHAR_HAN;
    if (is_in(code, chinese, COUNT(chinese))) return ALM_CHAR_CHINESE;
    if (code == 0x2014) return ALM_CHAR_DASH;
    if (u_isUWhiteSpace((UChar32)code)) return ALM_CHAR_SPACE;
    if (u_hasBinaryProperty((UChar32)code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return ALM_CHAR_NOTHING;
    switch (u_charType((UChar32)code)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR: return ALM_CHAR_NOTHING;
    case U_CURRENCY_SYMBOL: return ALM_CHAR_CURRENCY;
    default: return u_isalpha((UChar32)code) ? ALM_CHAR_LETTER : ALM_CHAR_OTHER;
    }
}

static void set_identity(alm_shadow_tables *tables) {
    for (uint32_t code = 0; code <= 0xFFFF; code++) {
        tables->forms[code].code = (uint16_t)(code >= 0xE000 && code <= 0xF8FF ? 0xFFFD : code);
        tables->forms[code].kind = (uint8_t)kind_of(code);
    }
    for (size_t i = 0; i < COUNT(same_forms); i++)
        for (size_t k = 1; same_forms[i][k]; k++) tables->forms[same_forms[i][k]].code = same_forms[i][0];
}

static alm_status add_expansion(alm_shadow_tables *tables, uint32_t code, const UChar *form, int32_t units) {
    UChar32 parts[ALM_EXPANSION_MAX];
    int32_t len = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF32(parts, ALM_EXPANSION_MAX, &len, form, units, &error);
    if (U_FAILURE(error)) return ALM_E_NOMEM;
    void *items = tables->expansions;
    alm_status status = ALM_OK;
    while (status == ALM_OK && tables->expansion_cap < tables->expansion_count + (size_t)len + 1)
        status = alm_grow(&items, &tables->expansion_cap, tables->expansion_cap, sizeof(uint32_t), MAX_EXPANSIONS);
    tables->expansions = items;
    if (status != ALM_OK) return status;
    tables->forms[code].code = (uint16_t)tables->expansion_count;
    tables->forms[code].kind = ALM_CHAR_EXPANDED;
    tables->expansions[tables->expansion_count++] = (uint32_t)len;
    for (int32_t i = 0; i < len; i++) tables->expansions[tables->expansion_count++] = (uint32_t)parts[i];
    return ALM_OK;
}

/* NFKC of one character; of squared units one step only, which keeps the superscript in them. */
static int32_t compatible_form(const UNormalizer2 *nfkc, uint32_t code, UChar *form, UErrorCode *status) {
    UChar parts[ALM_EXPANSION_MAX], one = (UChar)code;
    if (code >= 0x3371 && code <= 0x33DF)
        return unorm2_getRawDecomposition(nfkc, (UChar32)code, form, ALM_EXPANSION_MAX, status);
    if (unorm2_getDecomposition(nfkc, (UChar32)code, parts, ALM_EXPANSION_MAX, status) < 0) return 0;
    return unorm2_normalize(nfkc, &one, 1, form, ALM_EXPANSION_MAX, status);
}

static alm_status set_compatible(alm_shadow_tables *tables) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    if (U_FAILURE(status)) return ALM_E_NOMEM;
    for (uint32_t code = 0xA0; code <= 0xFFFF; code++) {
        if (tables->forms[code].kind == ALM_CHAR_SPACE || tables->forms[code].code != code ||
            is_in(code, plain, COUNT(plain)) || is_in(code, stay, COUNT(stay)))
            continue;
        UChar form[ALM_EXPANSION_MAX];
        int32_t len = compatible_form(nfkc, code, form, &status);
        if (U_FAILURE(status)) return ALM_E_NOMEM;
        if (len == 1)
            tables->forms[code].code = tables->forms[form[0]].code;
        else if (len > 1 && add_expansion(tables, code, form, len) != ALM_OK)
            return ALM_E_NOMEM;
    }
    return ALM_OK;
}

static void set_kinds(alm_shadow_tables *tables) {
    for (uint32_t code = 0; code <= 0xFFFF; code++) {
        alm_char_kind kind = tables->forms[code].kind;
        if (kind != ALM_CHAR_EXPANDED && kind != ALM_CHAR_SPACE && kind != ALM_CHAR_NOTHING)
            tables->forms[code].kind = tables->forms[tables->forms[code].code].kind;
    }
}

typedef struct tsv {
    const char *file;
    alm_str rest;
    uint32_t line;
} tsv;

/* The next line that is neither empty nor a comment, without its end; false at the end. */
static bool next_line(tsv *t, alm_str *line) {
    while (t->rest.len) {
        const char *end = memchr(t->rest.ptr, '\n', t->rest.len);
        size_t len = end ? (size_t)(end - t->rest.ptr) : t->rest.len;
        *line = alm_str_trim(alm_str_slice(t->rest, 0, len));
        t->rest = alm_str_slice(t->rest, end ? len + 1 : len, t->rest.len);
        t->line++;
        if (line->len && line->ptr[0] != '#') return true;
    }
    return false;
}

static bool read_han(alm_str line, size_t *at, uint32_t *code) {
    if (*at >= line.len) return false;
    *code = alm_utf8_next(line, at);
    return *code <= 0xFFFF && is_in(*code, han, COUNT(han));
}

static alm_status read_trad_simp(alm_shadow_tables *tables, alm_str text, alm_err *err) {
    tsv t = {.file = "lexicon/trad-simp.tsv", .rest = text};
    alm_str line;
    if (alm_utf8_valid_prefix(text) != text.len) return alm_fail_at(err, ALM_E_PARSE, t.file, 0, 0, "not UTF-8");
    while (next_line(&t, &line)) {
        size_t at = 0;
        uint32_t from, to;
        bool good = read_han(line, &at, &from) && at < line.len && line.ptr[at] == '\t' && (at++, true) &&
                    read_han(line, &at, &to) && at == line.len;
        if (!good)
            return alm_fail_at(err, ALM_E_PARSE, t.file, t.line, 1,
                               "expected a Han character, a tab and a Han character, all below U+10000");
        tables->forms[from].code = (uint16_t)to;
    }
    return ALM_OK;
}

static uint64_t pack(const char *letters, size_t len) {
    assert(len > 0 && len <= ALM_SYLLABLE_MAX);
    uint64_t packed = 0;
    for (size_t i = 0; i < len; i++) packed = packed << 8 | (unsigned char)letters[i];
    return packed << (8 * (8 - len));
}

static int compare_packed(const void *a, const void *b) {
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

static alm_status read_pinyin(alm_shadow_tables *tables, alm_str text, alm_err *err) {
    tsv t = {.file = "lexicon/pinyin.tsv", .rest = text};
    alm_str line;
    while (next_line(&t, &line)) {
        bool good = line.len <= ALM_SYLLABLE_MAX;
        for (size_t i = 0; i < line.len; i++) good &= line.ptr[i] >= 'a' && line.ptr[i] <= 'z';
        if (!good)
            return alm_fail_at(err, ALM_E_PARSE, t.file, t.line, 1, "expected one to %d letters a to z",
                               ALM_SYLLABLE_MAX);
        void *items = tables->syllables;
        alm_status status =
            alm_grow(&items, &tables->syllable_cap, tables->syllable_count, sizeof(uint64_t), MAX_SYLLABLES);
        tables->syllables = items;
        if (status != ALM_OK) return alm_fail_at(err, status, t.file, t.line, 1, "too many syllables or no memory");
        tables->syllables[tables->syllable_count++] = pack(line.ptr, line.len);
    }
    if (tables->syllable_count) qsort(tables->syllables, tables->syllable_count, sizeof(uint64_t), compare_packed);
    return ALM_OK;
}

/* fewest[i]: of how many syllables the first i letters can be made at least. */
bool alm_shadow_is_pinyin(const alm_shadow_tables *tables, const char *letters, size_t len, size_t max) {
    enum { MAX_LETTERS = 64, NONE = 0xFF };
    if (len == 0 || len > MAX_LETTERS || !tables->syllable_count) return false;
    uint8_t fewest[MAX_LETTERS + 1] = {0};
    for (size_t end = 1; end <= len; end++) {
        fewest[end] = NONE;
        for (size_t n = 1; n <= ALM_SYLLABLE_MAX && n <= end; n++) {
            uint64_t key = pack(letters + end - n, n);
            if (fewest[end - n] < NONE && fewest[end - n] + 1 < fewest[end] &&
                bsearch(&key, tables->syllables, tables->syllable_count, sizeof key, compare_packed))
                fewest[end] = (uint8_t)(fewest[end - n] + 1);
        }
    }
    return fewest[len] <= max;
}

alm_status alm_shadow_tables_new(alm_shadow_tables **out, const alm_shadow_files *files, alm_err *err) {
    alm_shadow_tables *tables = alm_calloc(1, sizeof *tables);
    if (!tables) return alm_fail(err, ALM_E_NOMEM, "no memory for the shadow's tables");
    set_identity(tables);
    alm_status status = read_trad_simp(tables, files->trad_simp, err);
    if (status == ALM_OK) status = read_pinyin(tables, files->pinyin, err);
    if (status == ALM_OK && set_compatible(tables) != ALM_OK)
        status = alm_fail(err, ALM_E_NOMEM, "no memory for the shadow's tables");
    if (status != ALM_OK) {
        alm_shadow_tables_free(tables);
        return status;
    }
    set_kinds(tables);
    *out = tables;
    return ALM_OK;
}

void alm_shadow_tables_free(alm_shadow_tables *tables) {
    if (!tables) return;
    alm_free(tables->expansions);
    alm_free(tables->syllables);
    alm_free(tables);
}
