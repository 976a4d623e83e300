#include "crawler/robots.h"
#include "fuzz/fuzz.h"

/* Input: a request target, a line end, the file. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_str input = {(const char *)data, size};
    const char *line = size ? memchr(data, '\n', size) : NULL;
    size_t cut = line ? (size_t)(line - input.ptr) : size;
    alm_str target = alm_str_slice(input, 0, cut), body = alm_str_slice(input, line ? cut + 1 : cut, size);
    alm_robots *robots;
    alm_robots_tag tag = {0};
    if (alm_robots_parse(&robots, body, ALM_STR("almoner/1.0"), NULL) != ALM_OK) abort();
    alm_robots_verdict verdict = alm_robots_judge(robots, target);
    const alm_robots_stats *stats = alm_robots_describe(robots);
    ALM_FUZZ_HOLDS(verdict.line <= stats->lines);
    ALM_FUZZ_HOLDS(verdict.allowed || verdict.line > 0);
    ALM_FUZZ_HOLDS(alm_robots_crawl_delay_ms(robots) <= 24 * 60 * 60 * 1000);
    ALM_FUZZ_HOLDS(alm_robots_allows(robots, ALM_STR("/robots.txt")));
    for (size_t i = 0; i < alm_robots_sitemap_count(robots); i++)
        ALM_FUZZ_HOLDS(alm_robots_sitemap(robots, i).len < size);
    alm_robots_free(robots);
    alm_robots_tag_add_header(&tag, body, ALM_STR("almoner"));
    alm_robots_tag_add_meta(&tag, ALM_STR("robots"), body, ALM_STR("almoner"));
    return 0;
}
