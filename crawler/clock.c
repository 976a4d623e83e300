#include "crawler/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int64_t offset_ms;

static int64_t read_ms(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_offset(void) { offset_ms = read_ms(CLOCK_REALTIME) - read_ms(CLOCK_MONOTONIC); }

static int64_t system_now(void *context) {
    (void)context;
    pthread_once(&once, set_offset);
    return read_ms(CLOCK_MONOTONIC) + offset_ms;
}

const alm_clock *alm_clock_system(void) {
    static const alm_clock clock = {.now_ms = system_now};
    return &clock;
}

static bool split(struct tm *parts, int64_t unix_ms) {
    time_t seconds = (time_t)(unix_ms / 1000);
    return gmtime_r(&seconds, parts) != NULL;
}

void alm_time_format(char out[ALM_TIME_MAX], int64_t unix_ms) {
    struct tm parts;
    if (!split(&parts, unix_ms) || strftime(out, ALM_TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) out[0] = '\0';
}

void alm_time_format_compact(char out[ALM_TIME_MAX], int64_t unix_ms) {
    struct tm parts;
    if (!split(&parts, unix_ms) || strftime(out, ALM_TIME_MAX, "%Y%m%d%H%M%S", &parts) == 0) out[0] = '\0';
}

static bool read_with(int64_t *unix_ms, const char *text, const char *format, const char **rest) {
    struct tm parts = {0};
    const char *end = strptime(text, format, &parts);
    if (!end) return false;
    time_t seconds = timegm(&parts);
    if (seconds == (time_t)-1) return false;
    *unix_ms = (int64_t)seconds * 1000;
    *rest = end;
    return true;
}

bool alm_time_parse(int64_t *unix_ms, alm_str text) {
    char copy[64];
    if (text.len >= sizeof copy || text.len == 0) return false;
    snprintf(copy, sizeof copy, "%.*s", ALM_FMT(text));
    const char *rest;
    int64_t value;
    if (!read_with(&value, copy, "%Y-%m-%dT%H:%M:%S", &rest)) return false;
    if (*rest == '.') {
        rest++;
        while (*rest >= '0' && *rest <= '9') rest++;
    }
    if (strcmp(rest, "Z") != 0) return false;
    *unix_ms = value;
    return true;
}

enum { MAX_WAIT_DIGITS = 9 };

bool alm_time_parse_retry_after(int64_t *wait_ms, alm_str value, int64_t now_ms) {
    value = alm_str_trim(value);
    char copy[64];
    if (value.len == 0 || value.len >= sizeof copy) return false;
    snprintf(copy, sizeof copy, "%.*s", ALM_FMT(value));
    size_t digits = strspn(copy, "0123456789");
    if (digits == value.len) {
        /* what does not fit is "very long": the caller caps it */
        *wait_ms = digits > MAX_WAIT_DIGITS ? (int64_t)999999999 * 1000 : (int64_t)strtol(copy, NULL, 10) * 1000;
        return true;
    }
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %d %H:%M:%S %Y"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        int64_t at;
        const char *rest;
        if (!read_with(&at, copy, forms[i], &rest) || *rest) continue;
        *wait_ms = at > now_ms ? at - now_ms : 0;
        return true;
    }
    return false;
}
