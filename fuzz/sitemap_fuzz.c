#include "crawler/sitemap.h"
#include "crawler/webdate.h"
#include "fuzz/fuzz.h"

static void check_date(int64_t unix_s) {
    char text[32];
    int64_t again;
    if (unix_s == ALM_SITEMAP_NO_TIME || unix_s < -60000000000 || unix_s > 250000000000) return;
    alm_webdate_format(text, unix_s);
    ALM_FUZZ_HOLDS(alm_webdate_parse(alm_str_of(text), &again) && again == unix_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_arena arena;
    alm_url url;
    alm_sitemap *sitemap;
    alm_arena_init(&arena, 64 << 20);
    if (alm_url_parse(&url, &arena, ALM_STR("http://example.com/a/sitemap.xml"), NULL, NULL) != ALM_OK) abort();
    alm_sitemap_options options = {.url = &url, .max = 1000, .max_len = 1 << 20};
    alm_str bytes = {(const char *)data, size};
    if (alm_sitemap_read(&sitemap, &arena, bytes, &options, NULL) == ALM_OK) {
        ALM_FUZZ_HOLDS(sitemap->count <= options.max);
        for (size_t i = 0; i < sitemap->count; i++) {
            const alm_sitemap_entry *entry = &sitemap->items[i];
            ALM_FUZZ_HOLDS(entry->url.href.len > 0 && entry->priority >= 0.0F && entry->priority <= 1.0F);
            check_date(entry->lastmod_s);
            check_date(entry->published_s);
        }
    }
    alm_arena_release(&arena);
    return 0;
}
