#include "crawler/traps.h"
#include "crawler/url.h"
#include "fuzz/fuzz.h"

/* Input: a base and a reference, parted by a line end. */

static bool inside(const alm_url *url, alm_str part) {
    return !part.ptr || (part.ptr >= url->href.ptr && part.ptr + part.len <= url->href.ptr + url->href.len);
}

static void check_parts(const alm_url *url) {
    ALM_FUZZ_HOLDS(url->href.len > 0 && url->href.ptr[url->href.len] == '\0');
    ALM_FUZZ_HOLDS(inside(url, url->scheme) && inside(url, url->username) && inside(url, url->password));
    ALM_FUZZ_HOLDS(inside(url, url->host) && inside(url, url->port) && inside(url, url->path));
    ALM_FUZZ_HOLDS(inside(url, url->query) && inside(url, url->fragment));
    ALM_FUZZ_HOLDS(url->host.len > 0 && url->path.len > 0 && url->path.ptr[0] == '/');
    for (size_t i = 0; i < url->href.len; i++) ALM_FUZZ_HOLDS(url->href.ptr[i] > ' ' && url->href.ptr[i] < 0x7F);
}

/* A URL that was written is read as itself. */
static void check_round_trip(const alm_url *url, alm_arena *arena) {
    alm_url again;
    check_parts(url);
    ALM_FUZZ_HOLDS(alm_url_parse(&again, arena, url->href, NULL, NULL) == ALM_OK);
    ALM_FUZZ_HOLDS(alm_str_is(again.href, url->href) && again.port_number == url->port_number);
}

static void check_canon(const alm_url *url, alm_arena *arena) {
    alm_url canonical, again;
    if (alm_url_canon(&canonical, arena, url, NULL) != ALM_OK) return; /* longer than a URL may be */
    check_round_trip(&canonical, arena);
    ALM_FUZZ_HOLDS(alm_url_canon(&again, arena, &canonical, NULL) == ALM_OK);
    ALM_FUZZ_HOLDS(alm_str_is(again.href, canonical.href));
    (void)alm_traps_check(&canonical, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_str input = {(const char *)data, size};
    const char *line = size ? memchr(data, '\n', size) : NULL;
    size_t cut = line ? (size_t)(line - input.ptr) : 0;
    alm_str reference = alm_str_slice(input, line ? cut + 1 : 0, size);
    alm_arena arena;
    alm_url base, url;
    alm_url_context context = {0};
    alm_arena_init(&arena, 4 << 20);
    if (line && alm_url_parse(&base, &arena, alm_str_slice(input, 0, cut), NULL, NULL) == ALM_OK) context.base = &base;
    if (size % 2 && alm_url_charset_new(&context.charset, ALM_STR("gbk")) != ALM_OK) abort();
    if (alm_url_parse(&url, &arena, reference, &context, NULL) == ALM_OK) {
        check_round_trip(&url, &arena);
        check_canon(&url, &arena);
    }
    alm_url_charset_free(context.charset);
    alm_arena_release(&arena);
    return 0;
}
