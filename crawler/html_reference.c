#include <libxml/HTMLparser.h>

#include "base/utf8.h"
#include "crawler/html.h"

/* Character references (HTML Standard 13.2.5.72 to 80). */

enum { MAX_NAME = 32, LEGACY_MAX = 6 };

/** Names of HTML 5 for ASCII, white space and a few signs that pages use; those of HTML 4 are libxml2's. */
static const struct {
    const char *name;
    uint32_t cp;
} names[] = {
    {"apos", '\''},   {"colon", ':'},  {"sol", '/'},    {"bsol", '\\'},  {"quest", '?'},    {"equals", '='},
    {"num", '#'},     {"percnt", '%'}, {"period", '.'}, {"comma", ','},  {"semi", ';'},     {"excl", '!'},
    {"lpar", '('},    {"rpar", ')'},   {"lbrack", '['}, {"rbrack", ']'}, {"lsqb", '['},     {"rsqb", ']'},
    {"lcub", '{'},    {"rcub", '}'},   {"lbrace", '{'}, {"rbrace", '}'}, {"lowbar", '_'},   {"UnderBar", '_'},
    {"commat", '@'},  {"dollar", '$'}, {"plus", '+'},   {"ast", '*'},    {"midast", '*'},   {"grave", '`'},
    {"Hat", '^'},     {"vert", '|'},   {"verbar", '|'}, {"Tab", '\t'},   {"NewLine", '\n'}, {"AMP", '&'},
    {"LT", '<'},      {"GT", '>'},     {"QUOT", '"'},   {"COPY", 0xA9},  {"REG", 0xAE},     {"hyphen", 0x2010},
    {"dash", 0x2010},
};

/** What 0x80 to 0x9F stand for: the bytes of windows-1252 (13.2.5.80); 0 where it is the control itself. */
static const uint16_t windows_1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                          0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                          0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static int digit_of(char c, unsigned radix) {
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    return value < (int)radix ? value : -1;
}

static uint32_t repair(uint32_t cp) {
    if (cp == 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) return 0xFFFD;
    if (cp >= 0x80 && cp <= 0x9F && windows_1252[cp - 0x80]) return windows_1252[cp - 0x80];
    return cp;
}

/** The number at @p at, behind "&#"; *at moves behind it. 0 where there is none. */
static uint32_t read_number(alm_str s, size_t *at) {
    unsigned radix = 10;
    size_t i = *at;
    if (i < s.len && (s.ptr[i] == 'x' || s.ptr[i] == 'X')) {
        radix = 16;
        i++;
    }
    size_t start = i;
    uint32_t cp = 0;
    for (; i < s.len && digit_of(s.ptr[i], radix) >= 0; i++)
        if (cp <= 0x10FFFF) cp = cp * radix + (uint32_t)digit_of(s.ptr[i], radix);
    if (i == start) return 0;
    if (i < s.len && s.ptr[i] == ';') i++;
    *at = i;
    return repair(cp);
}

static uint32_t look_up(alm_str name) {
    char text[MAX_NAME + 1];
    if (name.len == 0 || name.len > MAX_NAME) return 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].name[0] == name.ptr[0] && alm_str_is_c(name, names[i].name)) return names[i].cp;
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)text);
    return entity ? entity->value : 0;
}

/** Names that count without a ';': those of Latin-1, and amp, lt, gt, quot. */
static bool is_legacy(alm_str name, uint32_t cp) {
    bool markup = cp == '&' || cp == '<' || cp == '>' || cp == '"';
    return (markup && (name.len <= 4)) || (cp >= 0xA0 && cp <= 0xFF);
}

/** The named reference at @p at, behind '&'; *at moves behind it. 0 where there is none. */
static uint32_t read_name(alm_str s, size_t *at, bool attribute) {
    size_t end = *at;
    while (end < s.len && is_alnum(s.ptr[end]) && end - *at <= MAX_NAME) end++;
    alm_str name = alm_str_slice(s, *at, end);
    if (end < s.len && s.ptr[end] == ';') {
        uint32_t cp = look_up(name);
        if (cp) *at = end + 1;
        if (cp) return cp;
    }
    /* the common case is "&page=2" in a URL, which is no reference; libxml2's look-up is a linear search */
    if (attribute && ((end < s.len && s.ptr[end] == '=') || name.len > LEGACY_MAX)) return 0;
    if (name.len > LEGACY_MAX) name.len = LEGACY_MAX;
    for (; name.len > 1; name.len--) {
        uint32_t cp = look_up(name);
        if (cp && is_legacy(name, cp)) {
            *at += name.len;
            return cp;
        }
        if (attribute) return 0;
    }
    return 0;
}

alm_str alm_html_decode(alm_arena *arena, alm_str text, bool attribute) {
    if (!text.len || !memchr(text.ptr, '&', text.len)) return text;
    /* no reference is longer decoded than written: the shortest, "&lt" and "&#9", have three bytes, and so has the
       longest code point below U+10000; those above are written with six and more */
    char *out = alm_arena_alloc(arena, text.len + 1);
    if (!out) return (alm_str){NULL, 0};
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        if (text.ptr[at] == '&') {
            size_t next = at + 1;
            bool number = next < text.len && text.ptr[next] == '#';
            next += number;
            uint32_t cp = number ? read_number(text, &next) : read_name(text, &next, attribute);
            if (cp) {
                len += alm_utf8_encode(out + len, cp);
                at = next;
                continue;
            }
        }
        out[len++] = text.ptr[at++];
    }
    out[len] = '\0';
    return (alm_str){out, len};
}
