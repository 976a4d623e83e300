#include "base/utf8.h"
#include "crawler/url_priv.h"

/* Hosts of the URL Standard 3: a domain, an IPv4 address however it is spelt, an IPv6 address. */

enum { IPV6_PIECES = 8 };

/** Forbidden domain code points (URL Standard 3.1). */
static const alm_url_set forbidden_set = {
    0xFFFFFFFFu | ALM_URL_LOW(' ') | ALM_URL_LOW('#') | ALM_URL_LOW('%') | ALM_URL_LOW('/') | ALM_URL_LOW(':') |
        ALM_URL_LOW('<') | ALM_URL_LOW('>') | ALM_URL_LOW('?'),
    ALM_URL_HIGH('@') | ALM_URL_HIGH('[') | ALM_URL_HIGH('\\') | ALM_URL_HIGH(']') | ALM_URL_HIGH('^') |
        ALM_URL_HIGH('|') | ALM_URL_HIGH(0x7F)};

static void put_number(alm_url_writer *w, uint32_t number, uint32_t radix) {
    char text[16];
    size_t n = sizeof text;
    do text[--n] = "0123456789abcdef"[number % radix];
    while ((number /= radix) != 0);
    alm_url_put_str(w, (alm_str){text + n, sizeof text - n});
}

/* IPv6. */

typedef struct ipv6 {
    uint16_t piece[IPV6_PIECES];
    int count;
    int compress; /* index of "::", or -1 */
    alm_str rest;
} ipv6;

static char peek(const ipv6 *a, size_t at) { return at < a->rest.len ? a->rest.ptr[at] : '\0'; }
static void advance(ipv6 *a, size_t count) { a->rest = alm_str_slice(a->rest, count, a->rest.len); }

/** Four decimal numbers, without leading zeros, at the end. */
static bool read_ipv6_ipv4(ipv6 *a) {
    if (a->count > IPV6_PIECES - 2) return false;
    for (int seen = 0; seen < 4; seen++) {
        if (seen > 0) {
            if (peek(a, 0) != '.') return false;
            advance(a, 1);
        }
        if (!alm_url_is_digit(peek(a, 0))) return false;
        unsigned value = 0;
        for (int digits = 0; alm_url_is_digit(peek(a, 0)); digits++) {
            if (digits > 0 && value == 0) return false;
            value = value * 10 + (unsigned)(peek(a, 0) - '0');
            if (value > 255) return false;
            advance(a, 1);
        }
        uint16_t *piece = &a->piece[a->count];
        *piece = (uint16_t)((unsigned)*piece << 8 | value);
        if (seen % 2 == 1) a->count++;
    }
    return a->rest.len == 0;
}

/** One piece and the colon after it; false on a fault. */
static bool read_ipv6_piece(ipv6 *a) {
    unsigned value = 0;
    size_t len = 0;
    while (len < 4 && alm_url_hex(peek(a, len)) >= 0) value = value << 4 | (unsigned)alm_url_hex(peek(a, len++));
    if (peek(a, len) == '.') return len > 0 && read_ipv6_ipv4(a);
    advance(a, len);
    if (peek(a, 0) == ':' && a->rest.len) {
        advance(a, 1);
        if (a->rest.len == 0) return false;
    } else if (a->rest.len) {
        return false;
    }
    a->piece[a->count++] = (uint16_t)value;
    return true;
}

static bool read_ipv6(ipv6 *a) {
    if (peek(a, 0) == ':') {
        if (peek(a, 1) != ':') return false;
        advance(a, 2);
        a->compress = 0;
    }
    while (a->rest.len) {
        if (a->count == IPV6_PIECES) return false;
        if (peek(a, 0) == ':') {
            if (a->compress >= 0) return false;
            advance(a, 1);
            a->compress = a->count;
            continue;
        }
        if (!read_ipv6_piece(a)) return false;
    }
    if (a->compress < 0) return a->count == IPV6_PIECES;
    /* what stands behind "::" goes to the end, zeros between */
    size_t behind = (size_t)(a->count - a->compress), gap = (size_t)(IPV6_PIECES - a->count);
    uint16_t *from = a->piece + a->compress;
    memmove(from + gap, from, behind * sizeof *from);
    memset(from, 0, gap * sizeof *from);
    return true;
}

/** Serialise with the first longest run of two zero pieces and more as "::". */
static void put_ipv6(alm_url_writer *w, const ipv6 *a) {
    int best = -1, best_len = 1;
    for (int i = 0; i < IPV6_PIECES; i++) {
        int len = 0;
        while (i + len < IPV6_PIECES && a->piece[i + len] == 0) len++;
        if (len > best_len) {
            best = i;
            best_len = len;
        }
    }
    alm_url_put(w, '[');
    for (int i = 0; i < IPV6_PIECES; i++) {
        if (i == best) {
            alm_url_put_str(w, i == 0 ? ALM_STR("::") : ALM_STR(":"));
            i += best_len - 1;
            continue;
        }
        put_number(w, a->piece[i], 16);
        if (i < IPV6_PIECES - 1) alm_url_put(w, ':');
    }
    alm_url_put(w, ']');
}

/* IPv4. */

/** One number: decimal, 0x hexadecimal or 0 octal. False where it is none; *out saturates. */
static bool read_ipv4_number(alm_str s, uint64_t *out) {
    unsigned radix = 10;
    if (s.len == 0) return false;
    if (s.len >= 2 && s.ptr[0] == '0' && alm_url_lower(s.ptr[1]) == 'x') {
        s = alm_str_slice(s, 2, s.len);
        radix = 16;
    } else if (s.len >= 2 && s.ptr[0] == '0') {
        s = alm_str_slice(s, 1, s.len);
        radix = 8;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        int digit = alm_url_hex(s.ptr[i]);
        if (digit < 0 || (unsigned)digit >= radix) return false;
        value = value * radix + (unsigned)digit;
        if (value > UINT32_MAX) value = (uint64_t)UINT32_MAX + 1;
    }
    *out = value;
    return true;
}

/** Does the host have to be an IPv4 address: is its last label, before one dot at the end, a number? */
static bool ends_in_number(alm_str host) {
    if (host.len && host.ptr[host.len - 1] == '.') host.len--;
    size_t start = host.len;
    while (start > 0 && host.ptr[start - 1] != '.') start--;
    alm_str last = alm_str_slice(host, start, host.len);
    bool digits = last.len > 0;
    for (size_t i = 0; i < last.len; i++) digits = digits && alm_url_is_digit(last.ptr[i]);
    uint64_t value;
    return digits || (last.len >= 2 && last.ptr[0] == '0' && read_ipv4_number(last, &value));
}

static bool read_ipv4(alm_str host, uint32_t *out) {
    uint64_t numbers[4];
    size_t count = 0;
    if (host.len && host.ptr[host.len - 1] == '.') host.len--;
    for (size_t start = 0; start <= host.len;) {
        size_t end = start;
        while (end < host.len && host.ptr[end] != '.') end++;
        if (count == 4 || !read_ipv4_number(alm_str_slice(host, start, end), &numbers[count])) return false;
        count++;
        start = end + 1;
    }
    uint64_t address = numbers[count - 1];
    if (address >> (8 * (5 - count)) != 0) return false;
    for (size_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255) return false;
        address += numbers[i] << (8 * (3 - i));
    }
    *out = (uint32_t)address;
    return true;
}

static void put_ipv4(alm_url_writer *w, uint32_t address) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        put_number(w, address >> shift & 255, 10);
        if (shift) alm_url_put(w, '.');
    }
}

/* Domains. */

/** Percent-decode @p s into @p out, which has room for it; the text as it is where nothing is encoded. */
static alm_str percent_decode(char *out, alm_str s) {
    if (!s.len || !memchr(s.ptr, '%', s.len)) return s;
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        int byte = alm_url_percent_at(s, i);
        out[len++] = byte < 0 ? s.ptr[i] : (char)byte;
        if (byte >= 0) i += 2;
    }
    return (alm_str){out, len};
}

/** The standard's short way: an ASCII domain is only lower-cased, be its punycode labels valid or not. */
static bool is_ascii(alm_str domain) {
    for (size_t i = 0; i < domain.len; i++)
        if ((unsigned char)domain.ptr[i] >= 0x80) return false;
    return true;
}

static alm_status put_domain(alm_url_writer *w, alm_str domain, alm_err *err) {
    size_t start = w->len;
    if (is_ascii(domain)) {
        for (size_t i = 0; i < domain.len; i++) alm_url_put(w, alm_url_lower(domain.ptr[i]));
    } else {
        if (alm_utf8_valid_prefix(domain) < domain.len) return alm_fail(err, ALM_E_PARSE, "host is not valid UTF-8");
        alm_status status = alm_url_put_idn(w, domain, err);
        if (status < 0) return status;
    }
    if (w->full) return alm_fail(err, ALM_E_LIMIT, "URL is longer than %d bytes", ALM_URL_MAX);
    alm_str host = {w->ptr + start, w->len - start};
    if (host.len == 0) return alm_fail(err, ALM_E_PARSE, "no host");
    for (size_t i = 0; i < host.len; i++)
        if (alm_url_in_set(&forbidden_set, (unsigned char)host.ptr[i]))
            return alm_fail(err, ALM_E_PARSE, "host holds the forbidden byte 0x%02X", (unsigned)host.ptr[i] & 0xFF);
    if (!ends_in_number(host)) return ALM_OK;
    uint32_t address;
    if (!read_ipv4(host, &address)) return alm_fail(err, ALM_E_PARSE, "host ends in a number but is no IPv4 address");
    w->len = start;
    put_ipv4(w, address);
    return ALM_OK;
}

alm_status alm_url_put_host(alm_url_writer *w, alm_str input, alm_err *err) {
    if (input.len && input.ptr[0] == '[') {
        ipv6 address = {.compress = -1, .rest = alm_str_slice(input, 1, input.len - 1)};
        if (input.len < 2 || input.ptr[input.len - 1] != ']' || !read_ipv6(&address))
            return alm_fail(err, ALM_E_PARSE, "host is no IPv6 address");
        put_ipv6(w, &address);
        return ALM_OK;
    }
    char decoded[ALM_URL_MAX];
    if (input.len > sizeof decoded) return alm_fail(err, ALM_E_LIMIT, "host is too long");
    return put_domain(w, percent_decode(decoded, input), err);
}
