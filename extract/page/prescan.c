/* HTML Standard, 13.2.3.2 "Determining the character encoding": BOM sniffing and "prescan a byte stream". */
#include "extract/page/charset_priv.h"

#include "extract/page/decode.h"

const alm_charset *alm_charset_bom(alm_str bytes, size_t *bom_len) {
    static const struct {
        alm_str mark;
        alm_charset_kind kind;
    } marks[] = {
        {{"\xEF\xBB\xBF", 3}, ALM_KIND_UTF8}, {{"\xFF\xFE", 2}, ALM_KIND_UTF16LE}, {{"\xFE\xFF", 2}, ALM_KIND_UTF16BE}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (alm_str_starts(bytes, marks[i].mark)) {
            *bom_len = marks[i].mark.len;
            return alm_charset_of_kind(marks[i].kind);
        }
    return NULL;
}

typedef struct scanner {
    const char *at, *end;
} scanner;

/* One attribute of a tag: slices of the input, the value without its quotes. */
typedef struct attribute {
    alm_str name, value;
} attribute;

static bool is_space(char c) { return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static void skip_space(scanner *s) {
    while (s->at < s->end && is_space(*s->at)) s->at++;
}

/* Moves behind the value; false where the input ends in it. */
static bool read_value(scanner *s, alm_str *value) {
    skip_space(s);
    if (s->at == s->end) return false;
    if (*s->at == '"' || *s->at == '\'') {
        const char *start = s->at + 1;
        const char *close = memchr(start, *s->at, (size_t)(s->end - start));
        if (!close) return false;
        *value = (alm_str){start, (size_t)(close - start)};
        s->at = close + 1;
        return true;
    }
    const char *start = s->at;
    while (s->at < s->end && !is_space(*s->at) && *s->at != '>') s->at++;
    *value = (alm_str){start, (size_t)(s->at - start)};
    return s->at < s->end;
}

/* "Get an attribute": ALM_OK, ALM_END at the tag's end, ALM_E_PARSE where the input ends first. */
static alm_status next_attribute(scanner *s, attribute *out) {
    while (s->at < s->end && (is_space(*s->at) || *s->at == '/')) s->at++;
    if (s->at == s->end) return ALM_E_PARSE;
    if (*s->at == '>') return ALM_END;
    *out = (attribute){0};
    const char *start = s->at;
    while (s->at < s->end && !is_space(*s->at) && *s->at != '/' && *s->at != '>' && !(*s->at == '=' && s->at > start))
        s->at++;
    out->name = (alm_str){start, (size_t)(s->at - start)};
    skip_space(s);
    if (s->at == s->end) return ALM_E_PARSE;
    if (*s->at != '=') return ALM_OK;
    s->at++;
    return read_value(s, &out->value) ? ALM_OK : ALM_E_PARSE;
}

/* "Extracting a character encoding from a meta element": the label after charset= in a content attribute. */
static alm_str label_of_content(alm_str content) {
    static const char word[] = "charset";
    const size_t word_len = sizeof word - 1;
    for (size_t i = 0; i + word_len < content.len; i++) {
        if (!alm_str_is_nocase(alm_str_slice(content, i, i + word_len), (alm_str){word, word_len})) continue;
        scanner s = {content.ptr + i + word_len, content.ptr + content.len};
        skip_space(&s);
        if (s.at == s.end) break;
        if (*s.at != '=') continue;
        s.at++;
        skip_space(&s);
        if (s.at == s.end) break;
        const char *start = s.at;
        if (*start == '"' || *start == '\'') {
            const char *close = memchr(start + 1, *start, (size_t)(s.end - start - 1));
            return close ? (alm_str){start + 1, (size_t)(close - start - 1)} : (alm_str){0};
        }
        while (s.at < s.end && !is_space(*s.at) && *s.at != ';') s.at++;
        return (alm_str){start, (size_t)(s.at - start)};
    }
    return (alm_str){0};
}

/* A page that can be read as ASCII this far cannot be UTF-16, and x-user-defined means the browser's default. */
static const alm_charset *as_declared_by_meta(alm_str label) {
    const alm_charset *charset = alm_charset_find(label);
    if (!charset) return NULL;
    if (charset->kind == ALM_KIND_UTF16LE || charset->kind == ALM_KIND_UTF16BE)
        return alm_charset_of_kind(ALM_KIND_UTF8);
    if (strcmp(charset->name, "x-user-defined") == 0) return alm_charset_of_kind(ALM_KIND_LATIN);
    return charset;
}

/* The attributes of a meta tag. Of attributes with one name the first counts. */
static alm_status read_meta(scanner *s, const alm_charset **found) {
    bool have_equiv = false, have_content = false, have_charset = false, pragma = false;
    const alm_charset *by_content = NULL, *by_charset = NULL;
    attribute a;
    alm_status status;
    while ((status = next_attribute(s, &a)) == ALM_OK) {
        if (!have_equiv && alm_str_is_nocase(a.name, ALM_STR("http-equiv"))) {
            have_equiv = true;
            pragma = alm_str_is_nocase(a.value, ALM_STR("content-type"));
        } else if (!have_content && alm_str_is_nocase(a.name, ALM_STR("content"))) {
            have_content = true;
            by_content = as_declared_by_meta(label_of_content(a.value));
        } else if (!have_charset && alm_str_is_nocase(a.name, ALM_STR("charset"))) {
            have_charset = true;
            by_charset = as_declared_by_meta(a.value);
        }
    }
    if (status == ALM_END) *found = have_charset ? by_charset : pragma ? by_content : NULL;
    return status;
}

/* Moves to the last byte of the comment; "<!-->" is one. False where it does not end. */
static bool skip_comment(scanner *s) {
    const char *from = s->at + 4;
    while (from < s->end) {
        const char *close = memchr(from, '>', (size_t)(s->end - from));
        if (!close) return false;
        if (close[-1] == '-' && close[-2] == '-') {
            s->at = close;
            return true;
        }
        from = close + 1;
    }
    return false;
}

static bool skip_to_close(scanner *s) {
    const char *close = memchr(s->at, '>', (size_t)(s->end - s->at));
    if (close) s->at = close;
    return close != NULL;
}

/* A start or end tag that is no meta: over its name and attributes. */
static bool skip_tag(scanner *s) {
    while (s->at < s->end && !is_space(*s->at) && *s->at != '>') s->at++;
    attribute a;
    alm_status status;
    while ((status = next_attribute(s, &a)) == ALM_OK) {
    }
    return status == ALM_END;
}

static bool is_meta(alm_str rest) {
    return rest.len > 5 && alm_str_is_nocase(alm_str_slice(rest, 0, 5), ALM_STR("<meta")) &&
           (is_space(rest.ptr[5]) || rest.ptr[5] == '/');
}

static const alm_charset *scan_tags(alm_str head) {
    scanner s = {head.ptr, head.ptr + head.len};
    while (s.at < s.end && (s.at = memchr(s.at, '<', (size_t)(s.end - s.at)))) {
        alm_str rest = {s.at, (size_t)(s.end - s.at)};
        bool going = true;
        if (alm_str_starts(rest, ALM_STR("<!--"))) {
            going = skip_comment(&s);
        } else if (is_meta(rest)) {
            const alm_charset *found = NULL;
            s.at += 5;
            going = read_meta(&s, &found) == ALM_END;
            if (found) return found;
        } else if (rest.len > 1 &&
                   (is_letter(rest.ptr[1]) || (rest.len > 2 && rest.ptr[1] == '/' && is_letter(rest.ptr[2])))) {
            going = skip_tag(&s);
        } else if (rest.len > 1 && (rest.ptr[1] == '!' || rest.ptr[1] == '/' || rest.ptr[1] == '?')) {
            going = skip_to_close(&s);
        }
        if (!going) return NULL;
        s.at++;
    }
    return NULL;
}

/* "Get an XML encoding": <?xml … encoding="…" at the very start. */
static const alm_charset *scan_xml(alm_str head) {
    if (!alm_str_starts(head, ALM_STR("<?xml"))) return NULL;
    const char *close = memchr(head.ptr, '>', head.len);
    if (!close) return NULL;
    alm_str declaration = {head.ptr, (size_t)(close - head.ptr)};
    size_t at = alm_str_find(declaration, ALM_STR("encoding"), 0);
    if (at == SIZE_MAX) return NULL;
    scanner s = {declaration.ptr + at + sizeof "encoding" - 1, close};
    while (s.at < s.end && *s.at >= 0 && *s.at <= ' ') s.at++;
    if (s.at == s.end || *s.at++ != '=') return NULL;
    while (s.at < s.end && *s.at >= 0 && *s.at <= ' ') s.at++;
    if (s.at == s.end || (*s.at != '"' && *s.at != '\'')) return NULL;
    alm_str label;
    return read_value(&s, &label) ? as_declared_by_meta(label) : NULL;
}

const alm_charset *alm_charset_meta(alm_str bytes, size_t max) {
    if (bytes.len > max) bytes.len = max;
    static const char utf16le[] = {'<', 0, '?', 0, 'x', 0}, utf16be[] = {0, '<', 0, '?', 0, 'x'};
    if (alm_str_starts(bytes, (alm_str){utf16le, sizeof utf16le})) return alm_charset_of_kind(ALM_KIND_UTF16LE);
    if (alm_str_starts(bytes, (alm_str){utf16be, sizeof utf16be})) return alm_charset_of_kind(ALM_KIND_UTF16BE);
    const alm_charset *charset = scan_tags(bytes);
    return charset ? charset : scan_xml(bytes);
}
