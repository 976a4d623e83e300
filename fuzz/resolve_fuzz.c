/* Page documents, one a line: whatever they hold, each donation is in one gift, and the order of lines does not matter.
 */
#include "fuzz/fuzz.h"
#include "resolve/resolver.h"

enum { MAX_LINES = 64 };

static alm_name_words *words;

/* The lines of @p all, from the first or from the last. */
static alm_resolver *resolve(const alm_str *lines, size_t count, bool backwards) {
    alm_resolver *resolver;
    if (alm_resolver_new(&resolver, words, NULL) != ALM_OK) abort();
    for (size_t i = 0; i < count; i++) {
        alm_status status = alm_resolver_add(resolver, lines[backwards ? count - 1 - i : i], 0, NULL);
        ALM_FUZZ_HOLDS(status == ALM_OK || status == ALM_E_PARSE);
    }
    ALM_FUZZ_HOLDS(alm_resolver_run(resolver, NULL) == ALM_OK);
    return resolver;
}

static alm_str gift_of(const alm_resolver *resolver, uint32_t claim) {
    return alm_resolver_claims(resolver)->claims[alm_resolver_gift(resolver, claim)].uid;
}

static void check(const alm_resolver *a, const alm_resolver *b) {
    const alm_claims *x = alm_resolver_claims(a), *y = alm_resolver_claims(b);
    ALM_FUZZ_HOLDS(x->claim_count == y->claim_count);
    for (uint32_t i = 0; i < x->claim_count; i++) {
        uint32_t gift = alm_resolver_gift(a, i);
        ALM_FUZZ_HOLDS(alm_resolver_gift(a, gift) == gift);
        ALM_FUZZ_HOLDS(alm_resolver_gift(a, alm_resolver_speaker(a, gift)) == gift);
        ALM_FUZZ_HOLDS(alm_str_is(x->claims[i].uid, y->claims[i].uid));
        ALM_FUZZ_HOLDS(alm_str_is(gift_of(a, i), gift_of(b, i)));
    }
}

/* Two lines of one page, or that share a uid, are not what a store gives: which of them counts, order may decide. */
static bool is_set(const alm_resolver *resolver, size_t added) {
    const alm_claims *told = alm_resolver_claims(resolver);
    for (size_t i = 1; i < told->page_count; i++)
        if (alm_str_is(told->pages[i].url, told->pages[i - 1].url)) return false;
    return told->claim_count == added;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    alm_str all = {(const char *)data, size}, lines[MAX_LINES];
    size_t count = 0, claims = 0;
    if (!words && alm_name_words_new(&words, "rules/zh", NULL) != ALM_OK) abort();
    for (size_t at = 0; at < all.len && count < MAX_LINES; count++) {
        size_t end = alm_str_find(all, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = all.len;
        lines[count] = alm_str_slice(all, at, end);
        at = end + 1;
    }
    alm_resolver *counted;
    if (alm_resolver_new(&counted, words, NULL) != ALM_OK) abort();
    for (size_t i = 0; i < count; i++)
        if (alm_resolver_add(counted, lines[i], 0, NULL) == ALM_OK) claims = alm_resolver_claims(counted)->claim_count;
    alm_resolver_free(counted);
    alm_resolver *a = resolve(lines, count, false), *b = resolve(lines, count, true);
    if (is_set(a, claims)) check(a, b);
    alm_resolver_free(a);
    alm_resolver_free(b);
    return 0;
}
