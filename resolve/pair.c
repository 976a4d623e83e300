/*
 * Which pairs are worth a comparison: claims that share an amount (or a thing) and a donor's name, or two characters
 * that stand side by side in it.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "resolve/resolver_priv.h"

enum {
    MAX_GAP = 62,          /* days: further apart no two are one gift (tie.c) */
    MAX_SPAN = 31,         /* days: a longer time says nothing of the day */
    MAX_BLOCK_REACH = 200, /* in a block of many, each is compared with so many that follow by day */
    MIN_CORE = 6,          /* bytes: two characters */
    MAX_KEYS = 1 << 26,
    MAX_PAIRS = 1 << 26
};

typedef struct block_key {
    uint64_t hash;
    int32_t day;
    uint32_t claim;
} block_key;

typedef struct pair {
    uint32_t a, b;
} pair;

typedef struct pairing {
    alm_resolver *resolver;
    block_key *keys;
    size_t key_count, key_cap;
    pair *pairs;
    size_t pair_count, pair_cap;
    alm_err *err;
} pairing;

static uint64_t mix(uint64_t a, uint64_t b) {
    a ^= b + 0x9E3779B97F4A7C15u + (a << 6) + (a >> 2);
    a ^= a >> 31;
    return a * 0xBF58476D1CE4E5B9u;
}

/* ---- keys ---- */

static int32_t day_of(const alm_resolver *r, const alm_claim *t) {
    int32_t published = r->told.pages[t->page].published;
    bool sharp = t->first_day != ALM_NO_DAY && t->last_day - t->first_day <= MAX_SPAN;
    return sharp || published == ALM_NO_DAY ? t->first_day : published;
}

static alm_status add_key(pairing *p, uint32_t claim, uint64_t amount, uint64_t donor) {
    void *items = p->keys;
    alm_status status = alm_grow(&items, &p->key_cap, p->key_count, sizeof *p->keys, MAX_KEYS);
    p->keys = items;
    if (status != ALM_OK) return alm_fail(p->err, status, "too many donations to compare");
    const alm_claim *t = &p->resolver->told.claims[claim];
    p->keys[p->key_count++] = (block_key){mix(amount, donor), day_of(p->resolver, t), claim};
    return ALM_OK;
}

/* What tells a name from its neighbours': places and legal forms they have in common, and short forms keep the core. */
static alm_status add_name(pairing *p, uint32_t claim, uint64_t amount, const alm_name *name) {
    bool own = name->core.len >= MIN_CORE && !alm_str_is(name->core, name->ending);
    alm_str text = own ? name->core : name->text;
    uint32_t before = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t cp = alm_utf8_next(text, &at);
        alm_status status = before ? add_key(p, claim, amount, (uint64_t)before << 32 | cp) : ALM_OK;
        if (status != ALM_OK) return status;
        before = cp;
    }
    return ALM_OK;
}

static alm_status add_organisations(pairing *p, uint32_t claim, uint64_t amount, const uint32_t *list, uint32_t count) {
    alm_status status = ALM_OK;
    for (uint32_t i = 0; i < count; i++) {
        const alm_claim_organisation *o = &p->resolver->told.organisations[list[i]];
        for (uint32_t k = 0; k < o->form_count && status == ALM_OK; k++)
            status = add_name(p, claim, amount, &o->forms[k]);
    }
    return status;
}

/* Under every form of every donor's name. */
static alm_status add_donors(pairing *p, uint32_t claim, uint64_t amount) {
    const alm_claim *t = &p->resolver->told.claims[claim];
    alm_status status = add_organisations(p, claim, amount, t->organisations, t->organisation_count);
    if (status == ALM_OK) status = add_organisations(p, claim, amount, t->behind, t->behind_count);
    for (uint32_t i = 0; i < t->person_count && status == ALM_OK; i++)
        status = t->people[i].masked ? add_name(p, claim, amount, &t->people[i])
                                     : add_key(p, claim, amount, alm_hash(t->people[i].text));
    return status;
}

/* The two digits in front: "more than 100000" and 103500 meet. */
static uint64_t rounded(int64_t cents) {
    int64_t unit = 1;
    while (cents / unit >= 100) unit *= 10;
    return (uint64_t)(cents / unit * unit);
}

static alm_status add_sum(pairing *p, uint32_t claim, const alm_claim_sum *sum) {
    alm_status status = add_donors(p, claim, rounded(sum->cents));
    /* "nearly 30000" meets 29800 */
    if (status == ALM_OK && !sum->exact) status = add_donors(p, claim, rounded(sum->cents - sum->cents / 100));
    return status;
}

/* The two last characters of a thing: "masks" of "surgical masks". */
static uint64_t thing(alm_str item) {
    size_t at = item.len;
    for (int i = 0; i < 2 && at > 0; i++) at = alm_utf8_before(item, at);
    return alm_hash(alm_str_slice(item, at, item.len));
}

static alm_status add_claim(pairing *p, uint32_t claim) {
    const alm_claim *t = &p->resolver->told.claims[claim];
    alm_status status = ALM_OK;
    for (uint32_t i = 0; i < t->cash_count && status == ALM_OK; i++) status = add_sum(p, claim, &t->cash[i]);
    if (status == ALM_OK && t->value.cents) status = add_sum(p, claim, &t->value);
    for (uint32_t i = 0; i < t->goods_count && status == ALM_OK; i++)
        status = add_donors(p, claim, thing(t->goods[i].item));
    return status;
}

/* ---- pairs ---- */

static int by_hash_day(const void *a, const void *b) {
    const block_key *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return x->claim < y->claim ? -1 : x->claim > y->claim;
}

static int by_pair(const void *a, const void *b) {
    const pair *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static alm_status add_pair(pairing *p, uint32_t a, uint32_t b) {
    const alm_claim *claims = p->resolver->told.claims;
    if (claims[a].page == claims[b].page) return ALM_OK;
    void *items = p->pairs;
    alm_status status = alm_grow(&items, &p->pair_cap, p->pair_count, sizeof *p->pairs, MAX_PAIRS);
    p->pairs = items;
    if (status != ALM_OK) return alm_fail(p->err, status, "too many pairs of donations to compare");
    p->pairs[p->pair_count++] = a < b ? (pair){a, b} : (pair){b, a};
    return ALM_OK;
}

static alm_status pair_blocks(pairing *p) {
    if (p->key_count) qsort(p->keys, p->key_count, sizeof *p->keys, by_hash_day);
    for (size_t i = 0; i < p->key_count; i++)
        for (size_t k = i + 1; k < p->key_count && k <= i + MAX_BLOCK_REACH && p->keys[k].hash == p->keys[i].hash;
             k++) {
            bool dated = p->keys[i].day != ALM_NO_DAY; /* those without a day come first */
            if (dated && p->keys[k].day - p->keys[i].day > MAX_GAP) break;
            alm_status status = add_pair(p, p->keys[i].claim, p->keys[k].claim);
            if (status != ALM_OK) return status;
        }
    if (p->pair_count) qsort(p->pairs, p->pair_count, sizeof *p->pairs, by_pair);
    return ALM_OK;
}

/* ---- ties ---- */

static alm_status compare_pairs(pairing *p) {
    alm_resolver *r = p->resolver;
    for (size_t i = 0; i < p->pair_count; i++) {
        if (i > 0 && by_pair(&p->pairs[i - 1], &p->pairs[i]) == 0) continue;
        alm_tie tie;
        alm_tie_compare(&tie, &r->told, p->pairs[i].a, p->pairs[i].b);
        if (tie.clues[ALM_CLUE_DONOR] < 0 || tie.clues[ALM_CLUE_AMOUNT] < 0) continue;
        void *items = r->ties;
        alm_status status = alm_grow(&items, &r->tie_cap, r->tie_count, sizeof *r->ties, MAX_PAIRS);
        r->ties = items;
        if (status != ALM_OK) return alm_fail(p->err, status, "too many ties");
        r->ties[r->tie_count++] = tie;
    }
    return ALM_OK;
}

typedef struct page_pair {
    uint32_t first, second;       /* pages, the lesser one first */
    uint32_t of_first, of_second; /* claims */
    uint32_t tie;
    uint32_t others;
} page_pair;

static int by_pages(const void *a, const void *b) {
    const page_pair *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    if (x->second != y->second) return x->second < y->second ? -1 : 1;
    if (x->of_first != y->of_first) return x->of_first < y->of_first ? -1 : 1;
    return x->of_second < y->of_second ? -1 : x->of_second > y->of_second;
}

/* How many different claims of the first page have a parallel on the second; those of equal donor and sum on one page
   count once. */
static uint32_t parallels(const alm_resolver *r, const page_pair *run, size_t count) {
    uint32_t n = 0, last = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        if (!alm_tie_is_parallel(&r->ties[run[i].tie]) || run[i].of_first == last) continue;
        last = run[i].of_first;
        n++;
    }
    return n;
}

static void count_others(alm_resolver *r, page_pair *all, size_t count) {
    if (count) qsort(all, count, sizeof *all, by_pages);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && all[end].first == all[i].first && all[end].second == all[i].second; end++) {
        }
        uint32_t n = parallels(r, all + i, end - i);
        for (size_t k = i; k < end; k++) all[k].others = n - (n && alm_tie_is_parallel(&r->ties[all[k].tie]));
    }
    for (size_t i = 0; i < count; i++) alm_tie_judge(&r->ties[all[i].tie], all[i].others);
}

static alm_status judge_ties(pairing *p) {
    alm_resolver *r = p->resolver;
    page_pair *all = alm_calloc(r->tie_count + 1, sizeof *all);
    if (!all) return alm_fail(p->err, ALM_E_NOMEM, "out of memory");
    for (uint32_t i = 0; i < r->tie_count; i++) {
        uint32_t a = r->ties[i].a, b = r->ties[i].b, pa = r->told.claims[a].page, pb = r->told.claims[b].page;
        all[i] = pa < pb ? (page_pair){pa, pb, a, b, i, 0} : (page_pair){pb, pa, b, a, i, 0};
    }
    count_others(r, all, r->tie_count);
    alm_free(all);
    size_t kept = 0;
    for (size_t i = 0; i < r->tie_count; i++)
        if (r->ties[i].verdict != ALM_APART) r->ties[kept++] = r->ties[i];
    r->tie_count = kept;
    return ALM_OK;
}

static int by_claims(const void *a, const void *b) {
    const alm_tie *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

alm_status alm_resolver_pair(alm_resolver *resolver, alm_err *err) {
    pairing p = {.resolver = resolver, .err = err};
    alm_status status = ALM_OK;
    for (uint32_t i = 0; i < resolver->told.claim_count && status == ALM_OK; i++) status = add_claim(&p, i);
    if (status == ALM_OK) status = pair_blocks(&p);
    if (status == ALM_OK) status = compare_pairs(&p);
    if (status == ALM_OK) status = judge_ties(&p);
    if (status == ALM_OK && resolver->tie_count)
        qsort(resolver->ties, resolver->tie_count, sizeof *resolver->ties, by_claims);
    alm_free(p.keys);
    alm_free(p.pairs);
    return status;
}
