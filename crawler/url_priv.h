/**
 * What the files of the URL reader share: a bounded writer, sets of bytes to percent-encode, hosts.
 */
#ifndef ALM_CRAWLER_URL_PRIV_H
#define ALM_CRAWLER_URL_PRIV_H

#include "crawler/url.h"

/** Writes into a caller's buffer; past its end it only notes that it is full. */
typedef struct alm_url_writer {
    char *ptr;
    size_t len;
    size_t cap;
    bool full;
} alm_url_writer;

static inline void alm_url_put(alm_url_writer *w, char byte) {
    if (w->len < w->cap)
        w->ptr[w->len++] = byte;
    else
        w->full = true;
}

static inline void alm_url_put_str(alm_url_writer *w, alm_str s) {
    if (s.len <= w->cap - w->len) {
        if (s.len) memcpy(w->ptr + w->len, s.ptr, s.len);
        w->len += s.len;
    } else {
        w->full = true;
    }
}

/** '%' and two upper-case hex digits. */
void alm_url_put_percent(alm_url_writer *w, unsigned char byte);

/** A set of ASCII bytes as 128 bits; bytes from 0x80 on are in every set. */
typedef struct alm_url_set {
    uint64_t low, high;
} alm_url_set;

static inline bool alm_url_in_set(const alm_url_set *set, unsigned char c) {
    if (c >= 0x80) return true;
    return ((c < 64 ? set->low >> c : set->high >> (c - 64)) & 1) != 0;
}

/** Bit of @p c in the word that holds it, 0 in the other. */
#define ALM_URL_LOW(c) ((uint64_t)((c) < 64) << ((c)&63))
#define ALM_URL_HIGH(c) ((uint64_t)((c) >= 64) << ((c)&63))

/** 0 to 15, or -1. */
static inline int alm_url_hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static inline bool alm_url_is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline bool alm_url_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline char alm_url_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/** The byte that s.ptr[at] and the two after it percent-encode, or -1. */
static inline int alm_url_percent_at(alm_str s, size_t at) {
    if (s.len - at < 3 || s.ptr[at] != '%') return -1;
    int high = alm_url_hex(s.ptr[at + 1]), low = alm_url_hex(s.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/** Where the parts begin in the text a writer holds; the text is scheme ':' '/' '/' … */
typedef struct alm_url_parts {
    size_t username_start, username_end;
    size_t password_start, password_end;
    size_t host_start, host_end;
    size_t port_start, port_end; /**< equal where there is none */
    size_t path_start, path_end;
    size_t query_start, query_end;       /**< start 0: none */
    size_t fragment_start, fragment_end; /**< start 0: none */
    uint16_t port_number;
} alm_url_parts;

/** Copy the writer's text into @p arena and cut *out from it. ALM_E_LIMIT where writer or arena is full. */
ALM_MUST_USE alm_status alm_url_finish(alm_url *out, alm_arena *arena, const alm_url_writer *w,
                                       const alm_url_parts *parts);

/**
 * The host parser of the URL Standard (special schemes): IPv6, IPv4, or a domain to ASCII. Writes the serialised host.
 *
 * @return ALM_OK, ALM_E_PARSE, ALM_E_LIMIT.
 */
ALM_MUST_USE alm_status alm_url_put_host(alm_url_writer *w, alm_str input, alm_err *err);

/**
 * UTS #46 ToASCII, as the URL Standard asks (non-transitional, no STD3 rules, no length checks). @p domain is UTF-8.
 *
 * @return ALM_OK, ALM_E_PARSE, ALM_E_LIMIT.
 */
ALM_MUST_USE alm_status alm_url_put_idn(alm_url_writer *w, alm_str domain, alm_err *err);

/**
 * Percent-encode @p s after encoding it in @p charset (not NULL); characters it lacks become %26%23NNNN%3B.
 */
void alm_url_put_charset(alm_url_writer *w, alm_str s, const alm_url_set *set, alm_url_charset *charset);

/** Is the parameter @p name (percent codes normalised) with @p value one that identifies no page? */
bool alm_url_param_is_noise(alm_str name, alm_str value, const alm_url_canon_options *options);

#endif
