/* Punctuation, dashes and pinyin: the forms that depend on what stands beside them. One pass, in place. */
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "extract/page/shadow_priv.h"

enum { MAX_PINYIN = 64, MAX_SPELT = 16, OPEN_BRACKET = 0xFF08, CLOSE_BRACKET = 0xFF09, EM_DASH = 0x2014 };

/* The line as it is read and, behind it, as it is written: out <= at. */
typedef struct pass {
    alm_shadow_char *chars;
    size_t count, at, out, strewn;
    const alm_shadow_tables *tables;
} pass;

static bool is_space(const alm_shadow_char *c) { return c->kind == ALM_CHAR_SPACE; }

static const alm_shadow_char *previous(const pass *p) { return p->out ? &p->chars[p->out - 1] : NULL; }
static const alm_shadow_char *next(const pass *p, size_t i) { return i + 1 < p->count ? &p->chars[i + 1] : NULL; }

/* The same, one space apart at most: runs of spaces are one by now. */
static const alm_shadow_char *solid_before(const pass *p) {
    const alm_shadow_char *c = previous(p);
    return c && is_space(c) ? (p->out > 1 ? c - 1 : NULL) : c;
}
static const alm_shadow_char *solid_after(const pass *p, size_t i) {
    const alm_shadow_char *c = next(p, i);
    return c && is_space(c) ? next(p, i + 1) : c;
}

static bool is_kind(const alm_shadow_char *c, alm_char_kind kind) { return c && c->kind == kind; }
static bool is_chinese(const alm_shadow_char *c) {
    return c && (c->kind == ALM_CHAR_HAN || c->kind == ALM_CHAR_CHINESE || c->kind == ALM_CHAR_DASH ||
                 (c->kind == ALM_CHAR_MARK && c->width == 2));
}

static void emit(pass *p, const alm_shadow_char *c) { p->chars[p->out++] = *c; }

static bool is_dash(const alm_shadow_char *c) { return c && (c->kind == ALM_CHAR_DASH || c->kind == ALM_CHAR_HYPHEN); }

static void emit_dash(pass *p, size_t i, bool hyphen) {
    alm_shadow_char c = p->chars[i];
    c.code = hyphen ? '-' : EM_DASH;
    c.kind = hyphen ? ALM_CHAR_HYPHEN : ALM_CHAR_DASH;
    emit(p, &c);
}

/* A run of dashes is two; one is a hyphen where it ties digits or Latin letters, or stands at neither Han. */
static void settle_dash(pass *p) {
    size_t last = p->at;
    while (is_dash(next(p, last))) last++;
    if (last > p->at) {
        emit_dash(p, p->at, false);
        emit_dash(p, last, false);
        p->at = last + 1;
        return;
    }
    const alm_shadow_char *before = solid_before(p), *after = solid_after(p, p->at);
    bool numbers = is_kind(before, ALM_CHAR_DIGIT) && is_kind(after, ALM_CHAR_DIGIT);
    bool written_hyphen = p->chars[p->at].kind == ALM_CHAR_HYPHEN;
    bool letters = is_kind(previous(p), ALM_CHAR_LETTER) || is_kind(next(p, p->at), ALM_CHAR_LETTER);
    bool foreign = !is_chinese(before) && !is_chinese(after);
    emit_dash(p, p->at, numbers || (written_hyphen && (letters || foreign)));
    p->at++;
}

static bool is_digit_at(const pass *p, size_t i) { return i < p->count && p->chars[i].kind == ALM_CHAR_DIGIT; }

/* A full-width comma inside a number: exactly three digits follow. */
static bool parts_thousands(const pass *p, size_t i) {
    return is_digit_at(p, i + 1) && is_digit_at(p, i + 2) && is_digit_at(p, i + 3) && !is_digit_at(p, i + 4);
}

static bool stays_ascii(const pass *p) {
    const alm_shadow_char *c = &p->chars[p->at];
    bool full_width = c->width == 2;
    if (is_kind(previous(p), ALM_CHAR_DIGIT) && is_kind(next(p, p->at), ALM_CHAR_DIGIT)) {
        if (c->code == ',') return !full_width || parts_thousands(p, p->at);
        if (c->code == ':') return true;
    }
    return !full_width && !is_chinese(solid_before(p)) && !is_chinese(solid_after(p, p->at));
}

static bool is_repeated(const pass *p, uint32_t code) {
    static const uint32_t once[] = {0x3001, 0x3002, 0xFF01, 0xFF0C, 0xFF1B, 0xFF1F};
    const alm_shadow_char *before = previous(p);
    if (!before || before->code != code) return false;
    for (size_t i = 0; i < sizeof once / sizeof once[0]; i++)
        if (once[i] == code) return true;
    return false;
}

static void settle_mark(pass *p) {
    alm_shadow_char c = p->chars[p->at];
    if (stays_ascii(p)) {
        c.kind = ALM_CHAR_OTHER;
    } else {
        c.code += 0xFF00 - 0x20; /* the full-width forms stand in ASCII's order */
        c.kind = ALM_CHAR_CHINESE;
    }
    if (is_repeated(p, c.code))
        p->strewn++;
    else
        emit(p, &c);
    p->at++;
}

/* The base letter in ASCII, case kept; 0 where there is none. */
static char base_letter(uint32_t code) {
    if (code < 0x80) return u_isalpha((UChar32)code) ? (char)code : '\0';
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    UChar form[8];
    int32_t len = U_SUCCESS(status) ? unorm2_getDecomposition(nfc, (UChar32)code, form, 8, &status) : -1;
    return U_SUCCESS(status) && len > 0 && form[0] < 0x80 ? (char)form[0] : '\0';
}

/* Combining marks, spaces, apostrophes and hyphens may stand in pinyin. */
static bool joins_pinyin(const alm_shadow_char *c) {
    return c->kind == ALM_CHAR_SPACE || c->code == '\'' || c->code == 0x2019 || c->code == '-' ||
           (c->code >= 0x0300 && c->code <= 0x036F);
}

/* The letters between the bracket at p->at and its closing one; returns the place behind that, or 0. */
static size_t read_bracket(const pass *p, char letters[MAX_PINYIN], size_t *len, bool *toned) {
    *len = 0;
    *toned = false;
    for (size_t i = p->at + 1; i < p->count && *len < MAX_PINYIN; i++) {
        const alm_shadow_char *c = &p->chars[i];
        if (c->code == CLOSE_BRACKET) return i + 1;
        *toned |= c->code >= 0x80;
        if (joins_pinyin(c)) continue;
        char letter = base_letter(c->code);
        if (letter < 'a') return 0; /* none, or a capital: a name or an abbreviation */
        letters[(*len)++] = letter;
    }
    return 0;
}

static size_t han_before(const pass *p) {
    size_t n = 0;
    while (n < p->out && n < MAX_SPELT && p->chars[p->out - 1 - n].kind == ALM_CHAR_HAN) n++;
    return n;
}

/* Over brackets with pinyin behind the Han that it spells; one plain letter is a list mark. */
static bool skip_pinyin(pass *p) {
    char letters[MAX_PINYIN];
    size_t len, spelt = han_before(p);
    bool toned;
    if (spelt == 0) return false;
    size_t behind = read_bracket(p, letters, &len, &toned);
    if (!behind || (len < 2 && !toned) || !alm_shadow_is_pinyin(p->tables, letters, len, spelt)) return false;
    p->at = behind;
    p->strewn++;
    return true;
}

void alm_shadow_settle_marks(alm_shadow_line *line, const alm_shadow_tables *tables) {
    pass p = {.chars = line->chars, .count = line->count, .tables = tables};
    while (p.at < p.count) {
        const alm_shadow_char *c = &p.chars[p.at];
        if (is_dash(c)) {
            settle_dash(&p);
        } else if (c->kind == ALM_CHAR_MARK) {
            settle_mark(&p);
        } else if (c->code != OPEN_BRACKET || !skip_pinyin(&p)) {
            if (c->kind == ALM_CHAR_CHINESE && is_repeated(&p, c->code))
                p.strewn++;
            else
                emit(&p, c);
            p.at++;
        }
    }
    line->count = p.out;
    line->strewn = p.strewn;
}
