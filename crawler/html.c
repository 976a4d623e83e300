#include "crawler/html.h"

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }
static bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool is_name(alm_str name, const char *lower_case) {
    size_t i = 0;
    for (; i < name.len && lower_case[i]; i++)
        if (lower(name.ptr[i]) != lower_case[i]) return false;
    return i == name.len && lower_case[i] == '\0';
}

/* Attributes: one scanner serves to find the end of a tag and to look an attribute up. */

typedef struct attr {
    alm_str name, value;
    bool complete; /* the input did not end in its value */
} attr;

/**
 * Read an attribute at *at of @p s, up to the '>' that ends the tag.
 *
 * @return false at '>' or at the end of @p s; *at stands there.
 */
static bool next_attr(alm_str s, size_t *at, attr *out) {
    size_t i = *at;
    while (i < s.len && (is_space(s.ptr[i]) || s.ptr[i] == '/')) i++;
    *at = i;
    if (i >= s.len || s.ptr[i] == '>') return false;
    size_t start = i++; /* a '=' may begin a name */
    while (i < s.len && !is_space(s.ptr[i]) && s.ptr[i] != '/' && s.ptr[i] != '>' && s.ptr[i] != '=') i++;
    *out = (attr){.name = alm_str_slice(s, start, i), .value = {s.ptr + i, 0}, .complete = true};
    size_t equals = i;
    while (equals < s.len && is_space(s.ptr[equals])) equals++;
    *at = i;
    if (equals >= s.len || s.ptr[equals] != '=') return true;
    i = equals + 1;
    while (i < s.len && is_space(s.ptr[i])) i++;
    if (i < s.len && (s.ptr[i] == '"' || s.ptr[i] == '\'')) {
        const char *close = memchr(s.ptr + i + 1, s.ptr[i], s.len - i - 1);
        size_t end = close ? (size_t)(close - s.ptr) : s.len;
        out->value = alm_str_slice(s, i + 1, end);
        out->complete = close != NULL;
        *at = close ? end + 1 : end;
        return true;
    }
    start = i;
    while (i < s.len && !is_space(s.ptr[i]) && s.ptr[i] != '>') i++;
    out->value = alm_str_slice(s, start, i);
    out->complete = i < s.len;
    *at = i;
    return true;
}

bool alm_html_attr(const alm_html_token *token, const char *name, alm_str *value) {
    attr found;
    for (size_t at = 0; next_attr(token->attrs, &at, &found);) {
        if (!is_name(found.name, name)) continue;
        *value = found.value;
        return true;
    }
    return false;
}

bool alm_html_is(const alm_html_token *token, const char *name) { return is_name(token->name, name); }

/* Markup that holds no tags. */

static size_t find(alm_str s, const char *text, size_t from) {
    size_t found = alm_str_find(s, alm_str_of(text), from);
    return found == SIZE_MAX ? s.len : found;
}

/** Offset behind the comment whose "<!--" ends at @p at (13.2.5.43 to 51). */
static size_t skip_comment(alm_str s, size_t at) {
    if (at < s.len && s.ptr[at] == '>') return at + 1;
    if (s.len - at >= 2 && s.ptr[at] == '-' && s.ptr[at + 1] == '>') return at + 2;
    for (;;) {
        size_t dashes = find(s, "--", at);
        if (dashes == s.len) return s.len;
        size_t end = dashes + 2;
        if (end < s.len && s.ptr[end] == '>') return end + 1;
        if (s.len - end >= 2 && s.ptr[end] == '!' && s.ptr[end + 1] == '>') return end + 2;
        at = dashes + 1;
    }
}

/** Offset behind "<!…", "<?…" or "</" that begins no end tag, at @p at. */
static size_t skip_markup(alm_str s, size_t at, bool cdata) {
    if (cdata && alm_str_starts(alm_str_slice(s, at, s.len), ALM_STR("<![CDATA["))) return at + 9;
    if (alm_str_starts(alm_str_slice(s, at, s.len), ALM_STR("<!--"))) return skip_comment(s, at + 4);
    size_t end = find(s, ">", at);
    return end < s.len ? end + 1 : s.len;
}

/* Raw text. */

static bool has_raw_content(alm_str name) {
    static const char *const names[] = {"script", "style", "title", "textarea", "xmp", "iframe", "noembed"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (lower(name.ptr[0]) == names[i][0] && is_name(name, names[i])) return true;
    return false;
}

/** Does the end tag of @p name, or its start tag where @p slash is false, begin at @p at? */
static bool is_tag_at(alm_str s, size_t at, alm_str name, bool slash) {
    size_t start = at + 1 + slash, end = start + name.len;
    if (end > s.len || s.ptr[at] != '<' || (slash && s.ptr[at + 1] != '/')) return false;
    if (!alm_str_is_nocase(alm_str_slice(s, start, end), name)) return false;
    return end == s.len || is_space(s.ptr[end]) || s.ptr[end] == '/' || s.ptr[end] == '>';
}

/**
 * Offset of the end tag that closes the raw text that begins at @p at. In a script, an end tag between "<!--", a start
 * tag and "-->" does not count (the script data double escaped states, 13.2.5.27).
 */
static size_t find_raw_end(alm_str s, size_t at, alm_str name) {
    bool script = is_name(name, "script"), escaped = false, inside = false;
    for (; at < s.len; at++) {
        const char *mark = escaped ? NULL : memchr(s.ptr + at, '<', s.len - at);
        if (!escaped && !mark) return s.len;
        if (mark) at = (size_t)(mark - s.ptr);
        alm_str rest = alm_str_slice(s, at, s.len);
        if (s.ptr[at] == '<') {
            if (!inside && is_tag_at(s, at, name, true)) return at;
            if (script && !escaped && alm_str_starts(rest, ALM_STR("<!--"))) escaped = true;
            if (escaped && is_tag_at(s, at, name, inside)) inside = !inside;
        } else if (escaped && s.ptr[at] == '-' && alm_str_starts(rest, ALM_STR("-->"))) {
            escaped = inside = false;
        }
    }
    return s.len;
}

static alm_html_kind read_raw(alm_html *html, alm_html_token *token) {
    size_t end = find_raw_end(html->html, html->at, html->raw);
    *token = (alm_html_token){.kind = ALM_HTML_RAW, .name = html->raw};
    token->text = alm_str_slice(html->html, html->at, end);
    html->at = end;
    html->raw = (alm_str){NULL, 0};
    return token->kind;
}

/* Tags. */

/**
 * Read the tag whose name begins at @p at. A tag that the input ends in is none, but for a <meta> that ends between its
 * attributes: a page that was cut short, or that is nothing but that, may still say where it redirects to.
 *
 * @return false where there is no tag: the input ends.
 */
static bool read_tag(alm_html *html, size_t at, alm_html_token *token) {
    alm_str s = html->html;
    size_t start = at;
    while (at < s.len && !is_space(s.ptr[at]) && s.ptr[at] != '/' && s.ptr[at] != '>') at++;
    token->name = alm_str_slice(s, start, at);
    start = at;
    attr last = {.complete = at < s.len};
    while (next_attr(s, &at, &last)) {
    }
    token->attrs = alm_str_slice(s, start, at);
    html->at = at < s.len ? at + 1 : s.len;
    return at < s.len || (last.complete && is_name(token->name, "meta"));
}

alm_html_kind alm_html_next(alm_html *html, alm_html_token *token) {
    alm_str s = html->html;
    if (html->raw.len) return read_raw(html, token);
    *token = (alm_html_token){.kind = ALM_HTML_END_OF_INPUT};
    size_t text = html->at;
    while (html->at < s.len) {
        const char *mark = memchr(s.ptr + html->at, '<', s.len - html->at);
        size_t at = mark ? (size_t)(mark - s.ptr) : s.len;
        char next = s.len - at >= 2 ? s.ptr[at + 1] : '\0';
        bool end_tag = next == '/' && s.len - at >= 3 && is_alpha(s.ptr[at + 2]);
        bool tag = end_tag || is_alpha(next);
        if (at < s.len && !tag && next != '!' && next != '?' && next != '/') {
            html->at = at + 1; /* a '<' that is text */
            continue;
        }
        if (at > text) {
            html->at = at;
            token->kind = ALM_HTML_TEXT;
            token->text = alm_str_slice(s, text, at);
            return token->kind;
        }
        if (!tag) {
            text = html->at = skip_markup(s, at, html->cdata);
            continue;
        }
        if (!read_tag(html, at + 1 + end_tag, token)) break;
        token->kind = end_tag ? ALM_HTML_END_TAG : ALM_HTML_START_TAG;
        if (!end_tag && has_raw_content(token->name)) html->raw = token->name;
        return token->kind;
    }
    if (html->at > text && token->name.len == 0) {
        token->kind = ALM_HTML_TEXT;
        token->text = alm_str_slice(s, text, html->at);
        return token->kind;
    }
    *token = (alm_html_token){.kind = ALM_HTML_END_OF_INPUT};
    return token->kind;
}
