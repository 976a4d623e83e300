#include "crawler/url.h"

#include "base/utf8.h"
#include "crawler/url_priv.h"

/* Percent-encode sets of the URL Standard 1.3: C0 controls and 0x7F, and what each adds. */
#define CONTROLS_LOW 0xFFFFFFFFu
#define CONTROLS_HIGH ALM_URL_HIGH(0x7F)
#define FRAGMENT_LOW (CONTROLS_LOW | ALM_URL_LOW(' ') | ALM_URL_LOW('"') | ALM_URL_LOW('<') | ALM_URL_LOW('>'))
#define FRAGMENT_HIGH (CONTROLS_HIGH | ALM_URL_HIGH('`'))
#define QUERY_LOW (FRAGMENT_LOW | ALM_URL_LOW('#') | ALM_URL_LOW('\''))
#define QUERY_HIGH CONTROLS_HIGH
#define PATH_LOW (FRAGMENT_LOW | ALM_URL_LOW('#') | ALM_URL_LOW('?'))
#define PATH_HIGH (FRAGMENT_HIGH | ALM_URL_HIGH('^') | ALM_URL_HIGH('{') | ALM_URL_HIGH('}'))
#define USERINFO_LOW (PATH_LOW | ALM_URL_LOW('/') | ALM_URL_LOW(':') | ALM_URL_LOW(';') | ALM_URL_LOW('='))
#define USERINFO_HIGH                                                                                                  \
    (PATH_HIGH | ALM_URL_HIGH('@') | ALM_URL_HIGH('[') | ALM_URL_HIGH('\\') | ALM_URL_HIGH(']') | ALM_URL_HIGH('|'))

static const alm_url_set fragment_set = {FRAGMENT_LOW, FRAGMENT_HIGH};
static const alm_url_set query_set = {QUERY_LOW, QUERY_HIGH};
static const alm_url_set path_set = {PATH_LOW, PATH_HIGH};
static const alm_url_set userinfo_set = {USERINFO_LOW, USERINFO_HIGH};

typedef struct parser {
    alm_url_writer w;
    alm_url_parts parts;
    alm_str rest;        /**< of the input, not yet read */
    const alm_url *base; /**< NULL where the input stands alone */
    alm_url_charset *charset;
    alm_err *err;
} parser;

void alm_url_put_percent(alm_url_writer *w, unsigned char byte) {
    static const char digits[] = "0123456789ABCDEF";
    alm_url_put(w, '%');
    alm_url_put(w, digits[byte >> 4]);
    alm_url_put(w, digits[byte & 15]);
}

/** Write s.ptr[*at] as UTF-8 in percent codes; a byte that is no UTF-8 as U+FFFD. Moves *at on. */
static void put_non_ascii(alm_url_writer *w, alm_str s, size_t *at) {
    alm_str one = {s.ptr + *at, alm_utf8_len((unsigned char)s.ptr[*at])};
    if (one.len > s.len - *at) one.len = s.len - *at;
    size_t valid = alm_utf8_valid_prefix(one);
    if (valid == one.len && valid > 1) {
        for (size_t i = 0; i < one.len; i++) alm_url_put_percent(w, (unsigned char)one.ptr[i]);
        *at += one.len;
    } else {
        alm_url_put_str(w, ALM_STR("%EF%BF%BD"));
        *at += 1;
    }
}

static void put_encoded(alm_url_writer *w, alm_str s, const alm_url_set *set) {
    size_t i = 0;
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x80) {
            put_non_ascii(w, s, &i);
            continue;
        }
        if (alm_url_in_set(set, c))
            alm_url_put_percent(w, c);
        else
            alm_url_put(w, (char)c);
        i++;
    }
}

static bool is_slash(char c) { return c == '/' || c == '\\'; }

/** Offset of the '/', '\\', '?' or '#' that ends a segment or an authority, or s.len. */
static size_t span_segment(alm_str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_slash(c) || c == '?' || c == '#') return i;
    }
    return s.len;
}

static size_t span_until(alm_str s, char stop) {
    const char *found = s.len ? memchr(s.ptr, stop, s.len) : NULL;
    return found ? (size_t)(found - s.ptr) : s.len;
}

static alm_str skip(alm_str s, size_t count) { return (alm_str){s.ptr + count, s.len - count}; }

/* Paths. A path of the standard, a list of segments, is held as its text "/a/b". */

static bool is_dot(alm_str s, size_t *at) {
    if (*at < s.len && s.ptr[*at] == '.') {
        *at += 1;
        return true;
    }
    if (*at < s.len && alm_url_percent_at(s, *at) == '.') {
        *at += 3;
        return true;
    }
    return false;
}

/** 1 for "." and "%2e", 2 for "..", ".%2e", …, else 0. */
static int count_dots(alm_str segment) {
    size_t at = 0;
    int dots = 0;
    while (dots < 3 && is_dot(segment, &at)) dots++;
    return at == segment.len && dots <= 2 ? dots : 0;
}

static void drop_last_segment(parser *p) {
    while (p->w.len > p->parts.path_start) {
        p->w.len--;
        if (p->w.ptr[p->w.len] == '/') return;
    }
}

static void read_path(parser *p) {
    bool more = true;
    while (more) {
        size_t end = span_segment(p->rest);
        alm_str segment = {p->rest.ptr, end};
        more = end < p->rest.len && is_slash(p->rest.ptr[end]);
        p->rest = skip(p->rest, more ? end + 1 : end);
        int dots = count_dots(segment);
        if (dots == 2) drop_last_segment(p);
        if (dots == 0 || !more) alm_url_put(&p->w, '/');
        if (dots == 0) put_encoded(&p->w, segment, &path_set);
    }
}

static void read_query(parser *p) {
    if (p->rest.len == 0 || p->rest.ptr[0] != '?') return;
    size_t end = span_until(p->rest, '#');
    alm_str query = {p->rest.ptr + 1, end - 1};
    alm_url_put(&p->w, '?');
    p->parts.query_start = p->w.len;
    if (p->charset)
        alm_url_put_charset(&p->w, query, &query_set, p->charset);
    else
        put_encoded(&p->w, query, &query_set);
    p->parts.query_end = p->w.len;
    p->rest = skip(p->rest, end);
}

static void read_fragment(parser *p) {
    if (p->rest.len == 0 || p->rest.ptr[0] != '#') return;
    alm_url_put(&p->w, '#');
    p->parts.fragment_start = p->w.len;
    put_encoded(&p->w, skip(p->rest, 1), &fragment_set);
    p->parts.fragment_end = p->w.len;
}

/* Authority. */

static void read_userinfo(parser *p, alm_str userinfo) {
    size_t colon = span_until(userinfo, ':');
    alm_str password = colon < userinfo.len ? skip(userinfo, colon + 1) : (alm_str){NULL, 0};
    p->parts.username_start = p->w.len;
    put_encoded(&p->w, (alm_str){userinfo.ptr, colon}, &userinfo_set);
    p->parts.username_end = p->w.len;
    p->parts.password_start = p->parts.password_end = p->w.len;
    if (password.len) {
        alm_url_put(&p->w, ':');
        p->parts.password_start = p->w.len;
        put_encoded(&p->w, password, &userinfo_set);
        p->parts.password_end = p->w.len;
    }
    if (p->parts.password_end > p->parts.username_start) alm_url_put(&p->w, '@');
}

static uint16_t default_port(const parser *p) { return p->w.ptr[4] == 's' ? 443 : 80; }

static alm_status read_port(parser *p, alm_str digits) {
    uint32_t number = 0;
    p->parts.port_number = default_port(p);
    p->parts.port_start = p->parts.port_end = p->w.len;
    if (digits.len == 0) return ALM_OK;
    for (size_t i = 0; i < digits.len; i++) {
        if (!alm_url_is_digit(digits.ptr[i])) return alm_fail(p->err, ALM_E_PARSE, "port is not a number");
        number = number * 10 + (uint32_t)(digits.ptr[i] - '0');
        if (number > 65535) return alm_fail(p->err, ALM_E_PARSE, "port is above 65535");
    }
    if (number == default_port(p)) return ALM_OK;
    p->parts.port_number = (uint16_t)number;
    alm_url_put(&p->w, ':');
    p->parts.port_start = p->w.len;
    char text[6];
    size_t n = sizeof text;
    do text[--n] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    alm_url_put_str(&p->w, (alm_str){text + n, sizeof text - n});
    p->parts.port_end = p->w.len;
    return ALM_OK;
}

/** Offset of the colon before the port, or s.len; colons in brackets are the host's. */
static size_t find_port(alm_str s) {
    bool inside = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '[') inside = true;
        if (s.ptr[i] == ']') inside = false;
        if (s.ptr[i] == ':' && !inside) return i;
    }
    return s.len;
}

static alm_status read_authority(parser *p) {
    while (p->rest.len && is_slash(p->rest.ptr[0])) p->rest = skip(p->rest, 1);
    size_t end = span_segment(p->rest);
    alm_str authority = {p->rest.ptr, end};
    p->rest = skip(p->rest, end);
    alm_url_put_str(&p->w, ALM_STR("//"));
    size_t at = authority.len;
    while (at > 0 && authority.ptr[at - 1] != '@') at--;
    p->parts.username_start = p->parts.username_end = p->w.len;
    p->parts.password_start = p->parts.password_end = p->w.len;
    if (at > 0) read_userinfo(p, (alm_str){authority.ptr, at - 1});
    alm_str host = skip(authority, at);
    size_t colon = find_port(host);
    if (colon == 0) return alm_fail(p->err, ALM_E_PARSE, "no host");
    p->parts.host_start = p->w.len;
    alm_status status = alm_url_put_host(&p->w, (alm_str){host.ptr, colon}, p->err);
    if (status < 0) return status;
    p->parts.host_end = p->w.len;
    return read_port(p, colon < host.len ? skip(host, colon + 1) : (alm_str){NULL, 0});
}

/** Copy what stands before the base's path. */
static void take_base_authority(parser *p) {
    const alm_url *base = p->base;
    const char *start = base->href.ptr;
    p->w.len = 0;
    alm_url_put_str(&p->w, (alm_str){start, (size_t)(base->path.ptr - start)});
    p->parts.username_start = (size_t)(base->username.ptr - start);
    p->parts.username_end = p->parts.username_start + base->username.len;
    p->parts.password_start = (size_t)(base->password.ptr - start);
    p->parts.password_end = p->parts.password_start + base->password.len;
    p->parts.host_start = (size_t)(base->host.ptr - start);
    p->parts.host_end = p->parts.host_start + base->host.len;
    p->parts.port_start = base->port.len ? (size_t)(base->port.ptr - start) : p->w.len;
    p->parts.port_end = p->parts.port_start + base->port.len;
    p->parts.port_number = base->port_number;
}

static void take_base_query(parser *p) {
    if (!p->base->query.ptr) return;
    alm_url_put(&p->w, '?');
    p->parts.query_start = p->w.len;
    alm_url_put_str(&p->w, p->base->query);
    p->parts.query_end = p->w.len;
}

/** The relative state: the rest begins with neither a scheme nor two slashes. */
static void read_relative(parser *p) {
    take_base_authority(p);
    p->parts.path_start = p->w.len;
    char first = p->rest.len ? p->rest.ptr[0] : '\0';
    if (is_slash(first)) {
        p->rest = skip(p->rest, 1);
        read_path(p);
    } else {
        alm_url_put_str(&p->w, p->base->path);
        if (p->rest.len == 0 || first == '#') {
            p->parts.path_end = p->w.len;
            take_base_query(p);
            return;
        }
        if (first != '?') {
            drop_last_segment(p);
            read_path(p);
        }
    }
    p->parts.path_end = p->w.len;
    read_query(p);
}

static alm_status read_absolute(parser *p) {
    alm_status status = read_authority(p);
    if (status < 0) return status;
    p->parts.path_start = p->w.len;
    if (p->rest.len && is_slash(p->rest.ptr[0])) p->rest = skip(p->rest, 1);
    read_path(p);
    p->parts.path_end = p->w.len;
    read_query(p);
    return ALM_OK;
}

/** Length of a scheme at the start of @p s, without its colon; 0 where there is none. */
static size_t scheme_len(alm_str s) {
    if (s.len == 0 || !alm_url_is_alpha(s.ptr[0])) return 0;
    for (size_t i = 1; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == ':') return i;
        if (!alm_url_is_alpha(c) && !alm_url_is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
    }
    return 0;
}

static alm_status read_url(parser *p) {
    size_t scheme = scheme_len(p->rest);
    alm_str name = {p->rest.ptr, scheme};
    const char *known = alm_str_is_nocase(name, ALM_STR("http"))    ? "http:"
                        : alm_str_is_nocase(name, ALM_STR("https")) ? "https:"
                                                                    : NULL;
    if (scheme && !known) return alm_fail(p->err, ALM_E_UNSUPPORTED, "scheme %.*s is not http", ALM_FMT(name));
    if (!scheme && !p->base) return alm_fail(p->err, ALM_E_PARSE, "relative reference without a base");
    if (scheme) p->rest = skip(p->rest, scheme + 1);
    bool two_slashes = p->rest.len >= 2 && is_slash(p->rest.ptr[0]) && is_slash(p->rest.ptr[1]);
    bool relative = p->base && (!scheme || alm_str_is_nocase(name, p->base->scheme)) && !two_slashes;
    alm_status status = ALM_OK;
    if (relative) {
        read_relative(p);
    } else {
        if (known)
            alm_url_put_str(&p->w, alm_str_of(known));
        else
            alm_url_put_str(&p->w, (alm_str){p->base->href.ptr, p->base->scheme.len + 1});
        status = read_absolute(p);
    }
    if (status < 0) return status;
    read_fragment(p);
    return ALM_OK;
}

static alm_str part(const char *text, size_t start, size_t end) { return (alm_str){text + start, end - start}; }

alm_status alm_url_finish(alm_url *out, alm_arena *arena, const alm_url_writer *w, const alm_url_parts *parts) {
    if (w->full) return ALM_E_LIMIT;
    alm_str text = alm_arena_copy(arena, (alm_str){w->ptr, w->len});
    if (!text.ptr) return arena->held >= arena->max ? ALM_E_LIMIT : ALM_E_NOMEM;
    const char *t = text.ptr;
    alm_url url = {.href = text, .port_number = parts->port_number};
    url.scheme = part(t, 0, t[4] == 's' ? 5 : 4);
    url.username = part(t, parts->username_start, parts->username_end);
    url.password = part(t, parts->password_start, parts->password_end);
    url.host = part(t, parts->host_start, parts->host_end);
    if (parts->port_end > parts->port_start) url.port = part(t, parts->port_start, parts->port_end);
    url.path = part(t, parts->path_start, parts->path_end);
    if (parts->query_start) url.query = part(t, parts->query_start, parts->query_end);
    if (parts->fragment_start) url.fragment = part(t, parts->fragment_start, parts->fragment_end);
    *out = url;
    return ALM_OK;
}

static bool is_c0_or_space(char c) { return (unsigned char)c <= ' '; }
static bool is_tab_or_newline(char c) { return c == '\t' || c == '\n' || c == '\r'; }

static alm_str trim_c0(alm_str s) {
    while (s.len && is_c0_or_space(s.ptr[0])) s = skip(s, 1);
    while (s.len && is_c0_or_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

/** @p s, or its copy in @p cleaned where tabs and line ends had to be dropped. */
static alm_str without_newlines(alm_str s, char *cleaned) {
    size_t at = 0;
    while (at < s.len && !is_tab_or_newline(s.ptr[at])) at++;
    if (at == s.len) return s;
    size_t len = 0;
    for (at = 0; at < s.len; at++)
        if (!is_tab_or_newline(s.ptr[at])) cleaned[len++] = s.ptr[at];
    return (alm_str){cleaned, len};
}

alm_status alm_url_parse(alm_url *out, alm_arena *arena, alm_str input, const alm_url_context *context, alm_err *err) {
    char text[ALM_URL_MAX], cleaned[ALM_URL_MAX];
    input = trim_c0(input);
    if (input.len > ALM_URL_MAX) return alm_fail(err, ALM_E_LIMIT, "URL is longer than %d bytes", ALM_URL_MAX);
    input = without_newlines(input, cleaned);
    parser p = {.w = {.ptr = text, .cap = sizeof text}, .rest = input, .err = err};
    if (context) {
        p.base = context->base;
        p.charset = context->charset;
    }
    alm_status status = read_url(&p);
    if (status < 0) return status;
    status = alm_url_finish(out, arena, &p.w, &p.parts);
    return status < 0 ? alm_fail(err, status, "URL does not fit") : ALM_OK;
}

alm_status alm_url_parse_typed(alm_url *out, alm_arena *arena, alm_str input, alm_err *err) {
    char text[ALM_URL_MAX];
    input = trim_c0(input);
    size_t scheme = scheme_len(input);
    /* "example.com:8080/" reads as a scheme, but no scheme of ours has a dot and no port a letter */
    bool port = scheme && scheme + 1 < input.len && alm_url_is_digit(input.ptr[scheme + 1]);
    if (scheme && !port) return alm_url_parse(out, arena, input, NULL, err);
    if (input.len + 7 > sizeof text) return alm_fail(err, ALM_E_LIMIT, "URL is longer than %d bytes", ALM_URL_MAX);
    alm_url_writer w = {.ptr = text, .cap = sizeof text};
    alm_url_put_str(&w, ALM_STR("http://"));
    alm_url_put_str(&w, input);
    return alm_url_parse(out, arena, (alm_str){w.ptr, w.len}, NULL, err);
}

alm_str alm_url_origin(const alm_url *url) {
    const char *end = url->port.len ? url->port.ptr + url->port.len : url->host.ptr + url->host.len;
    return (alm_str){url->href.ptr, (size_t)(end - url->href.ptr)};
}

alm_str alm_url_target(const alm_url *url) {
    size_t len = url->path.len;
    if (url->query.ptr) len += 1 + url->query.len;
    return (alm_str){url->path.ptr, len};
}

bool alm_url_same_origin(const alm_url *a, const alm_url *b) {
    return a->port_number == b->port_number && alm_str_is(a->scheme, b->scheme) && alm_str_is(a->host, b->host);
}
