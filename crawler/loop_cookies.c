/*
 * Cookies: a host's own, in memory while the loop runs, and those that are to live longer in a file between runs.
 *
 * A line of the file is the host that sent it, a tab, and the cookie in Netscape's form, as libcurl writes and reads
 * it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crawler/loop_priv.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) alm_malloc(size)
#define uthash_free(ptr, size) alm_free(ptr)
#include <uthash.h>

enum { MAX_FILE = 64 << 20, MAX_LINE = 8192, SAVE_MS = 60000, COOKIE_REQUESTS = 500 };

/* What the file held of a host that was not asked yet in this run: its lines, whole. */
struct stored_cookies {
    alm_buf lines;
    UT_hash_handle hh;
    size_t host_len;
    char host[];
};

static alm_status out_of_memory(alm_err *err) { return alm_fail(err, ALM_E_NOMEM, "out of memory"); }

static void free_stored(alm_loop *loop, stored_cookies *stored) {
    HASH_DEL(loop->stored_cookies, stored);
    alm_buf_release(&stored->lines);
    alm_free(stored);
}

void loop_free_cookies(alm_loop *loop) {
    stored_cookies *stored, *next;
    HASH_ITER(hh, loop->stored_cookies, stored, next) { free_stored(loop, stored); }
}

/* ---- reading ---- */

static stored_cookies *stored_of(alm_loop *loop, alm_str host) {
    stored_cookies *stored = NULL;
    HASH_FIND(hh, loop->stored_cookies, host.ptr, host.len, stored);
    return stored;
}

static alm_status keep_line(alm_loop *loop, alm_str host, alm_str line) {
    stored_cookies *stored = stored_of(loop, host);
    if (!stored) {
        stored = alm_calloc(1, sizeof *stored + host.len + 1);
        if (!stored) return ALM_E_NOMEM;
        memcpy(stored->host, host.ptr, host.len);
        stored->host_len = host.len;
        alm_buf_init(&stored->lines, MAX_FILE);
        HASH_ADD_KEYPTR(hh, loop->stored_cookies, stored->host, stored->host_len, stored);
        if (!stored->hh.tbl) {
            alm_free(stored);
            return ALM_E_NOMEM;
        }
    }
    alm_buf_add(&stored->lines, line);
    return alm_buf_add_byte(&stored->lines, '\n');
}

/* A file that is not there or cannot be read is none: cookies come again. */
alm_status loop_load_cookies(alm_loop *loop, alm_err *err) {
    FILE *file = loop->options.cookie_file ? fopen(loop->options.cookie_file, "re") : NULL;
    char line[MAX_LINE];
    alm_status status = ALM_OK;
    while (file && status == ALM_OK && fgets(line, sizeof line, file)) {
        alm_str text = alm_str_of(line);
        size_t tab = alm_str_find(text, ALM_STR("\t"), 0);
        if (tab == SIZE_MAX || text.ptr[text.len - 1] != '\n') continue;
        status = keep_line(loop, alm_str_slice(text, 0, tab), alm_str_slice(text, tab + 1, text.len - 1));
    }
    if (file) fclose(file);
    loop->next_cookies_ms = loop_now(loop) + SAVE_MS;
    return status == ALM_OK ? ALM_OK : out_of_memory(err);
}

/* ---- using ---- */

/* Give @p easy, which has the host's jar, the cookies of earlier runs. */
static bool take_up_stored(alm_loop *loop, alm_str host, CURL *easy) {
    stored_cookies *stored = stored_of(loop, host);
    if (!stored) return true;
    bool well = true;
    char *line = stored->lines.ptr;
    for (char *end; well && line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        well = curl_easy_setopt(easy, CURLOPT_COOKIELIST, line) != CURLE_OUT_OF_MEMORY;
    }
    free_stored(loop, stored);
    return well;
}

/* Cookies do not live for ever: a host that sends a new one each time must not fill memory. */
alm_status loop_set_cookies(alm_loop *loop, host_state *hs, const alm_url *url, CURL *easy, alm_err *err) {
    bool is_new = !hs->cookies, well = true;
    if (is_new) {
        hs->cookies = curl_share_init();
        well = hs->cookies && curl_share_setopt(hs->cookies, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) == CURLSHE_OK;
    }
    well = well && curl_easy_setopt(easy, CURLOPT_SHARE, hs->cookies) == CURLE_OK;
    if (well && is_new) well = take_up_stored(loop, url->host, easy);
    if (well && ++hs->requests % COOKIE_REQUESTS == 0)
        well = curl_easy_setopt(easy, CURLOPT_COOKIELIST, "ALL") == CURLE_OK;
    return well ? ALM_OK : out_of_memory(err);
}

/* ---- writing ---- */

/* The fifth field is when it ends; 0: with the session, which is this run. */
static bool outlives_the_run(const char *line) {
    for (int field = 0; field < 4; field++) {
        line = strchr(line, '\t');
        if (!line) return false;
        line++;
    }
    return strtoll(line, NULL, 10) > 0;
}

static void add_host(alm_buf *out, const host_state *hs, CURL *easy) {
    struct curl_slist *lines = NULL;
    if (!hs->cookies || !hs->name || curl_easy_setopt(easy, CURLOPT_SHARE, hs->cookies) != CURLE_OK) return;
    if (curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &lines) == CURLE_OK)
        for (const struct curl_slist *at = lines; at; at = at->next)
            if (outlives_the_run(at->data)) alm_buf_printf(out, "%s\t%s\n", hs->name, at->data);
    curl_slist_free_all(lines);
    curl_easy_setopt(easy, CURLOPT_SHARE, NULL);
}

static void add_stored(alm_buf *out, const alm_loop *loop) {
    stored_cookies *stored, *next;
    HASH_ITER(hh, loop->stored_cookies, stored, next) {
        alm_str lines = alm_buf_str(&stored->lines);
        for (size_t at = 0, end; at < lines.len; at = end + 1) {
            end = alm_str_find(lines, ALM_STR("\n"), at);
            alm_buf_printf(out, "%s\t%.*s\n", stored->host, ALM_FMT(alm_str_slice(lines, at, end)));
        }
    }
}

/* Aside and renamed, for nobody else to read: what is there is whole. */
static bool write_aside(const char *path, alm_str text) {
    char aside[4096];
    if (snprintf(aside, sizeof aside, "%s.new", path) >= (int)sizeof aside) return false;
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool well = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len;
    if (fd >= 0 && close(fd) != 0) well = false;
    return well && rename(aside, path) == 0;
}

void loop_save_cookies(alm_loop *loop, bool at_end) {
    if (!loop->options.cookie_file || (!at_end && loop_now(loop) < loop->next_cookies_ms)) return;
    loop->next_cookies_ms = loop_now(loop) + SAVE_MS;
    alm_buf text;
    alm_buf_init(&text, MAX_FILE);
    CURL *easy = curl_easy_init();
    for (const host_state *hs = loop->hosts; easy && hs; hs = hs->next) add_host(&text, hs, easy);
    add_stored(&text, loop);
    curl_easy_cleanup(easy);
    if (text.status != ALM_OK || (text.len && !write_aside(loop->options.cookie_file, alm_buf_str(&text))))
        loop_warn(loop, "%s: cookies are not kept: %s", loop->options.cookie_file, strerror(errno));
    else if (!text.len)
        unlink(loop->options.cookie_file);
    alm_buf_release(&text);
}
