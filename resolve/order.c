#include <stdlib.h>

#include "base/alloc.h"
#include "resolve/claim.h"

typedef struct placed {
    alm_claim_page page;
    uint32_t from; /* where it stood */
} placed;

static int by_url(const void *a, const void *b) {
    const placed *x = a, *y = b;
    int order = alm_str_compare(x->page.url, y->page.url);
    return order ? order : x->from < y->from ? -1 : x->from > y->from;
}

static int by_uid(const void *a, const void *b) {
    const alm_claim *x = a, *y = b;
    int order = alm_str_compare(x->uid, y->uid);
    return order ? order : x->page < y->page ? -1 : x->page > y->page;
}

alm_status alm_claims_order(alm_claims *told, alm_err *err) {
    placed *pages = alm_calloc(told->page_count + 1, sizeof *pages);
    uint32_t *to = alm_calloc(told->page_count + 1, sizeof *to);
    alm_status status = pages && to ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status != ALM_OK) goto out;
    for (uint32_t i = 0; i < told->page_count; i++) pages[i] = (placed){told->pages[i], i};
    qsort(pages, told->page_count, sizeof *pages, by_url);
    for (uint32_t i = 0; i < told->page_count; i++) {
        told->pages[i] = pages[i].page;
        to[pages[i].from] = i;
    }
    for (size_t i = 0; i < told->organisation_count; i++) told->organisations[i].page = to[told->organisations[i].page];
    for (size_t i = 0; i < told->claim_count; i++) told->claims[i].page = to[told->claims[i].page];
    if (told->claim_count) qsort(told->claims, told->claim_count, sizeof *told->claims, by_uid);
    size_t kept = 0;
    for (size_t i = 0; i < told->claim_count; i++)
        if (kept == 0 || !alm_str_is(told->claims[i].uid, told->claims[kept - 1].uid))
            told->claims[kept++] = told->claims[i];
    told->claim_count = kept;
out:
    alm_free(pages);
    alm_free(to);
    return status;
}
