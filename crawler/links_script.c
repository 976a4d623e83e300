#include <stdio.h>

#include "base/utf8.h"
#include "crawler/links_priv.h"

/* Scripts are not run. What is found is what stands there plainly: location = "…", and calls with literal arguments. */

enum { ARGS_MAX = 8 };

typedef struct scanner {
    alm_link_refs *refs;
    alm_str s;
    size_t at;
    alm_link_kind kind;
    alm_str owner; /* the identifier before the '.' before this one */
    bool quoted;   /* s is a string that setTimeout runs */
} scanner;

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$';
}

static char peek(const scanner *k) { return k->at < k->s.len ? k->s.ptr[k->at] : '\0'; }

static void skip_spaces(scanner *k) {
    while (k->at < k->s.len && is_space(k->s.ptr[k->at])) k->at++;
}

static bool take(scanner *k, char c) {
    skip_spaces(k);
    if (k->at >= k->s.len || k->s.ptr[k->at] != c) return false;
    k->at++;
    return true;
}

static alm_str read_word(scanner *k) {
    size_t start = k->at;
    while (k->at < k->s.len && is_word(k->s.ptr[k->at])) k->at++;
    return alm_str_slice(k->s, start, k->at);
}

/** Pass over a comment at the '/'; false where none begins there. */
static bool skip_comment(scanner *k) {
    if (k->s.len - k->at < 2) return false;
    char next = k->s.ptr[k->at + 1];
    if (next != '/' && next != '*') return false;
    const char *end = next == '/' ? memchr(k->s.ptr + k->at, '\n', k->s.len - k->at)
                                  : memmem(k->s.ptr + k->at + 2, k->s.len - k->at - 2, "*/", 2);
    k->at = end ? (size_t)(end - k->s.ptr) + (next == '/' ? 1 : 2) : k->s.len;
    return true;
}

/** The hexadecimal number of @p digits digits at *at; false where it is none. */
static bool read_hex(alm_str s, size_t *at, size_t digits, uint32_t *out) {
    uint32_t value = 0;
    if (s.len - *at < digits) return false;
    for (size_t i = 0; i < digits; i++) {
        char c = s.ptr[*at + i];
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return false;
        value = value << 4 | (uint32_t)digit;
    }
    *at += digits;
    *out = value;
    return true;
}

/** Take the backslashes out of a literal's content. */
static alm_str unescape(alm_arena *arena, alm_str s) {
    if (!s.len || !memchr(s.ptr, '\\', s.len)) return s;
    char *out = alm_arena_alloc(arena, s.len);
    if (!out) return (alm_str){NULL, 0};
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        char c = s.ptr[at++];
        if (c != '\\' || at == s.len) {
            out[len++] = c;
            continue;
        }
        c = s.ptr[at++];
        uint32_t cp = 0;
        bool coded = (c == 'x' && read_hex(s, &at, 2, &cp)) || (c == 'u' && read_hex(s, &at, 4, &cp));
        if (coded)
            len += alm_utf8_encode(out + len, cp >= 0xD800 && cp <= 0xDFFF ? 0xFFFD : cp);
        else
            out[len++] = c == 'n' || c == 't' || c == 'r' ? ' ' : c;
    }
    return (alm_str){out, len};
}

/** A string literal at the quote; false where it does not end on its line. *out is empty where memory fails. */
static bool read_literal(scanner *k, alm_str *out) {
    char quote = peek(k);
    size_t start = ++k->at;
    while (k->at < k->s.len && k->s.ptr[k->at] != quote) {
        if (k->s.ptr[k->at] == '\n' && quote != '`') return false;
        k->at += k->s.ptr[k->at] == '\\' ? 2 : 1;
    }
    if (k->at >= k->s.len) {
        k->at = k->s.len;
        return false;
    }
    if (out) *out = unescape(k->refs->arena, alm_str_slice(k->s, start, k->at));
    k->at++;
    return true;
}

static bool is_quote(char c) { return c == '"' || c == '\''; }

/** A literal that stands alone: no '+' makes it longer, no '.' calls something on it. */
static bool read_plain_literal(scanner *k, alm_str *out) {
    skip_spaces(k);
    if (!is_quote(peek(k)) || !read_literal(k, out)) return false;
    size_t end = k->at;
    skip_spaces(k);
    char next = peek(k);
    k->at = end;
    return next != '+' && next != '.' && next != '?' && next != '[';
}

static void add(scanner *k, alm_link_kind kind, alm_str target) {
    alm_link_ref ref = {.kind = kind, .target = target};
    if (alm_str_trim(target).len) alm_link_refs_add(k->refs, &ref);
}

/** Names that a Location object goes by: window.location, but not item.location. */
static bool is_window(alm_str owner) {
    static const char *const names[] = {"window", "self", "top", "parent", "document", "this"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (alm_str_is_c(owner, names[i])) return true;
    return owner.len == 0;
}

/** Behind "location": = "…", .href = "…", .replace("…") or .assign("…"). */
static void read_location(scanner *k) {
    alm_str target;
    skip_spaces(k);
    if (peek(k) == '.') {
        k->at++;
        alm_str member = read_word(k);
        if (alm_str_is_c(member, "replace") || alm_str_is_c(member, "assign")) {
            if (take(k, '(') && read_plain_literal(k, &target)) add(k, k->kind, target);
            return;
        }
        if (!alm_str_is_c(member, "href")) return;
    }
    if (!take(k, '=') || peek(k) == '=') return;
    if (read_plain_literal(k, &target)) add(k, k->kind, target);
}

/** window.open("…") in what a click runs; in a page's script it would be an advertisement. */
static void read_open(scanner *k) {
    alm_str target;
    if (k->kind != ALM_LINK_ANCHOR || !take(k, '(')) return;
    if (read_plain_literal(k, &target)) add(k, k->kind, target);
}

static void scan(scanner *k);

/** setTimeout("location.href='x'", 3000): the string is a script. */
static void read_timeout(scanner *k) {
    scanner inner = {.refs = k->refs, .kind = k->kind, .quoted = true};
    if (k->quoted || !take(k, '(')) return;
    skip_spaces(k);
    if (is_quote(peek(k)) && read_literal(k, &inner.s)) scan(&inner);
}

/* TRS: createPageHTML(count, current, "index", "html"), pages index.html, index_1.html, …; with an element's id before
 * the count, pages are counted from 1: index.html, index_2.html, …. */

typedef struct arg {
    bool is_number;
    uint32_t number;
    alm_str text;
} arg;

static bool read_arg(scanner *k, arg *out) {
    *out = (arg){0};
    skip_spaces(k);
    if (is_quote(peek(k))) return read_literal(k, &out->text);
    size_t start = k->at;
    for (; is_digit(peek(k)); k->at++)
        if (out->number < 1000000) out->number = out->number * 10 + (uint32_t)(peek(k) - '0');
    out->is_number = k->at > start;
    return out->is_number;
}

static size_t read_args(scanner *k, arg *args) {
    size_t count = 0;
    if (!take(k, '(')) return 0;
    while (count < ARGS_MAX && read_arg(k, &args[count])) {
        count++;
        if (!take(k, ',')) break;
    }
    return count;
}

static void add_page(scanner *k, alm_str name, uint32_t number, alm_str ext) {
    char target[256];
    int len = number ? snprintf(target, sizeof target, "%.*s_%u.%.*s", ALM_FMT(name), number, ALM_FMT(ext))
                     : snprintf(target, sizeof target, "%.*s.%.*s", ALM_FMT(name), ALM_FMT(ext));
    if (len <= 0 || (size_t)len >= sizeof target) return;
    alm_str copy = alm_arena_copy(k->refs->arena, (alm_str){target, (size_t)len});
    if (copy.ptr)
        add(k, ALM_LINK_PAGING, copy);
    else
        k->refs->status = ALM_E_NOMEM;
}

static void read_trs_paging(scanner *k) {
    arg args[ARGS_MAX];
    size_t count = read_args(k, args);
    bool with_id = count >= 5 && !args[0].is_number;
    const arg *a = with_id ? args + 1 : args;
    if (count - with_id < 4 || !a[0].is_number || !a[1].is_number || a[2].is_number || a[3].is_number) return;
    uint32_t first = with_id ? 1 : 0, pages = a[0].number, current = a[1].number;
    uint32_t last = pages + first; /* one past it */
    if (pages > ALM_PAGING_MAX) last = ALM_PAGING_MAX + first;
    /* the first page names all; the others their neighbours, or every page would name every page */
    bool all = current <= first;
    for (uint32_t page = first; page < last; page++) {
        bool neighbour = page + 1 == current || page == current + 1;
        if (page != current && (all || neighbour)) add_page(k, a[2].text, page == first ? 0 : page, a[3].text);
    }
}

/* The scan. */

static void read_identifier(scanner *k) {
    alm_str word = read_word(k);
    alm_str owner = k->owner;
    k->owner = (alm_str){NULL, 0};
    if (alm_str_is_c(word, "location")) {
        if (is_window(owner)) read_location(k);
    } else if (alm_str_is_c(word, "open") && alm_str_is_c(owner, "window")) {
        read_open(k);
    } else if (alm_str_is_c(word, "setTimeout")) {
        read_timeout(k);
    } else if (alm_str_is_nocase(word, ALM_STR("createPageHTML"))) {
        read_trs_paging(k);
    } else if (peek(k) == '.') {
        k->owner = word;
        k->at++;
        return;
    }
}

static void scan(scanner *k) {
    while (k->at < k->s.len && k->refs->status >= 0) {
        char c = k->s.ptr[k->at];
        if (is_word(c)) {
            read_identifier(k);
            continue;
        }
        if (is_quote(c) || c == '`') {
            (void)read_literal(k, NULL);
        } else if (c != '/' || !skip_comment(k)) {
            k->at++;
        }
        k->owner = (alm_str){NULL, 0};
    }
}

void alm_links_scan_script(alm_link_refs *refs, alm_str script, alm_link_kind kind) {
    scanner k = {.refs = refs, .s = script, .kind = kind};
    scan(&k);
}
