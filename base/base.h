/**
 * What every room stands on: status codes, the error record, slices and checked sizes.
 *
 * base/ knows nothing of the web, of Chinese or of donations.
 */
#ifndef ALM_BASE_BASE_H
#define ALM_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define ALM_MUST_USE __attribute__((warn_unused_result))
#define ALM_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ALM_API __attribute__((visibility("default")))
#else
#define ALM_MUST_USE
#define ALM_PRINTF(fmt, args)
#define ALM_API
#endif

/** Every fallible call returns one of these: 0 well, negative failure, positive an ordinary outcome. */
typedef enum alm_status {
    ALM_OK = 0,
    ALM_END = 1,            /**< nothing more; not a failure */
    ALM_E_NOMEM = -1,       /**< an allocation failed */
    ALM_E_INVALID = -2,     /**< the caller's argument or option is wrong */
    ALM_E_IO = -3,          /**< the operating system refused; alm_err.system holds errno */
    ALM_E_PARSE = -4,       /**< foreign text does not follow its grammar; file, line, column are set where known */
    ALM_E_LIMIT = -5,       /**< a ceiling was reached */
    ALM_E_NOT_FOUND = -6,   /**< a file, name or row is not there */
    ALM_E_UNSUPPORTED = -7, /**< understood, but not something we read */
    ALM_E_NETWORK = -8,     /**< no response: DNS, connection, TLS, time limit */
    ALM_E_HTTP = -9,        /**< a response, but not one with a page; alm_err.system holds the HTTP status */
    ALM_E_REFUSED = -10,    /**< our own guard refused (private address, robots, scope) */
    ALM_E_STORAGE = -11,    /**< database or archive failed; the run must stop, it can resume */
    ALM_E_INTERNAL = -12    /**< a broken invariant of ours, found in time */
} alm_status;

/** The short name of @p status ("ok", "not-found", …); never NULL. Static storage. */
const char *alm_status_name(alm_status status);

enum { ALM_ERR_FILE_MAX = 256, ALM_ERR_MESSAGE_MAX = 512 };

/**
 * What went wrong, as plain data that the caller owns and starts with `alm_err err = {0}`.
 *
 * The first failure wins: a record that is already set is not overwritten. Every function that takes an alm_err
 * takes NULL too.
 */
typedef struct alm_err {
    alm_status code;
    int system;      /**< errno, HTTP status or a library's code; 0 where there is none */
    uint32_t line;   /**< 1-based; 0 unknown */
    uint32_t column; /**< 1-based, in code points; 0 unknown */
    char file[ALM_ERR_FILE_MAX];
    char message[ALM_ERR_MESSAGE_MAX];
} alm_err;

/** Set @p err (unless NULL or already set) and return @p code, so that `return alm_fail(err, …)` reads well. */
alm_status alm_fail(alm_err *err, alm_status code, const char *format, ...) ALM_PRINTF(3, 4);

/** Same, with a system code (errno, HTTP status). */
alm_status alm_fail_system(alm_err *err, alm_status code, int system, const char *format, ...) ALM_PRINTF(4, 5);

/** Same, with a place in a file; @p file may be NULL, zero line or column means unknown. */
alm_status alm_fail_at(alm_err *err, alm_status code, const char *file, uint32_t line, uint32_t column,
                       const char *format, ...) ALM_PRINTF(6, 7);

/** Write "file:line:column: message" (leaving out what is unknown) to @p out of @p size bytes, NUL-terminated. */
void alm_err_describe(const alm_err *err, char *out, size_t size);

/** A slice of bytes, usually UTF-8; borrows, never owns, need not be NUL-terminated. {NULL, 0} is "none". */
typedef struct alm_str {
    const char *ptr;
    size_t len;
} alm_str;

#define ALM_STR(literal) ((alm_str){(literal), sizeof(literal) - 1})
/** printf("%.*s", ALM_FMT(s)) */
#define ALM_FMT(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

static inline alm_str alm_str_of(const char *text) { return text ? (alm_str){text, strlen(text)} : (alm_str){NULL, 0}; }
static inline alm_str alm_str_slice(alm_str s, size_t start, size_t end) {
    if (!s.ptr) return (alm_str){NULL, 0}; /* NULL + 0 is undefined in C17 */
    return (alm_str){s.ptr + start, end - start};
}
static inline bool alm_str_is(alm_str a, alm_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool alm_str_is_c(alm_str a, const char *b) { return alm_str_is(a, alm_str_of(b)); }
static inline bool alm_str_starts(alm_str s, alm_str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}
static inline bool alm_str_ends(alm_str s, alm_str suffix) {
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}
/** Byte-wise order, a shorter prefix first: <0, 0, >0. */
int alm_str_compare(alm_str a, alm_str b);
/** Offset of the first @p needle in @p s at or after @p from, or SIZE_MAX. An empty needle is found at @p from. */
size_t alm_str_find(alm_str s, alm_str needle, size_t from);
/** Without ASCII white space at both ends. */
alm_str alm_str_trim(alm_str s);
/** ASCII case folded comparison (labels, header names). */
bool alm_str_is_nocase(alm_str a, alm_str b);

/** *out = a * b, or false (and *out untouched) where that does not fit. */
static inline bool alm_size_mul(size_t *out, size_t a, size_t b) {
    if (a != 0 && b > SIZE_MAX / a) return false;
    *out = a * b;
    return true;
}

/** FNV-1a, for hash tables in memory; not stable across versions, never stored. */
uint64_t alm_hash(alm_str s);

#endif
