/*
 * Tied claims become gifts: the surest tie first, unless the two groups that it would join hold two claims of one
 * page, or claims that contradict each other.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "resolve/resolver_priv.h"

enum { MAX_CHECKED = 64 }; /* claims of a group that are compared with those of another */

typedef struct joining {
    alm_resolver *resolver;
    uint32_t *parents;
    uint32_t *next; /* the following claim of the group, in a ring */
} joining;

static int by_points(const void *a, const void *b) {
    const alm_tie *x = *(const alm_tie *const *)a, *y = *(const alm_tie *const *)b;
    if (x->points != y->points) return x->points > y->points ? -1 : 1;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static bool contradict(const alm_claims *told, uint32_t a, uint32_t b) {
    if (told->claims[a].page == told->claims[b].page) return true;
    alm_tie tie;
    alm_tie_compare(&tie, told, a, b);
    alm_tie_judge(&tie, 0);
    return tie.contradicts;
}

static bool may_join(const joining *j, uint32_t a, uint32_t b) {
    uint32_t x = a, y = b;
    int checked = 0;
    do {
        do {
            if (contradict(&j->resolver->told, x, y)) return false;
            if (++checked > MAX_CHECKED * MAX_CHECKED) return false;
            y = j->next[y];
        } while (y != b);
        x = j->next[x];
    } while (x != a);
    return true;
}

/* Earlier news name the gift, so that later ones do not change its name. */
static bool names_before(const alm_claims *told, uint32_t a, uint32_t b) {
    int32_t x = told->pages[told->claims[a].page].published, y = told->pages[told->claims[b].page].published;
    if (x == ALM_NO_DAY || y == ALM_NO_DAY) return x != y ? y == ALM_NO_DAY : a < b;
    return x != y ? x < y : a < b;
}

static void join(joining *j, const alm_tie *tie) {
    uint32_t a = alm_forest_root(j->parents, tie->a), b = alm_forest_root(j->parents, tie->b);
    if (a == b || !may_join(j, a, b)) return;
    uint32_t first = names_before(&j->resolver->told, a, b) ? a : b;
    j->parents[first == a ? b : a] = first;
    uint32_t after = j->next[a]; /* two rings become one */
    j->next[a] = j->next[b];
    j->next[b] = after;
}

/* How much a claim tells: sums that are exact before rough ones, then names, receivers, days. */
static int fullness(const alm_claim *t) {
    int points = 0;
    for (uint32_t i = 0; i < t->cash_count; i++) points += t->cash[i].exact ? 6 : 3;
    points += t->value.cents ? 2 : 0;
    points += t->goods_count < 4 ? (int)t->goods_count * 2 : 8;
    points += t->organisation_count ? 2 : 0;
    points += t->person_count ? 2 : 0;
    points += t->recipient_count ? 2 : 0;
    points += t->first_day != ALM_NO_DAY;
    return points - (t->total ? 4 : 0);
}

static void find_speakers(alm_resolver *r) {
    const alm_claims *told = &r->told;
    for (uint32_t i = 0; i < told->claim_count; i++) r->speaker[i] = r->gift[i];
    for (uint32_t i = 0; i < told->claim_count; i++) {
        uint32_t *speaker = &r->speaker[r->gift[i]];
        int more = fullness(&told->claims[i]) - fullness(&told->claims[*speaker]);
        if (more > 0 || (more == 0 && names_before(told, i, *speaker))) *speaker = i;
    }
}

alm_status alm_resolver_join(alm_resolver *r, alm_err *err) {
    size_t count = r->told.claim_count, tied = 0;
    joining j = {r, alm_calloc(count + 1, sizeof *j.parents), alm_calloc(count + 1, sizeof *j.next)};
    const alm_tie **ordered = alm_calloc(r->tie_count + 1, sizeof *ordered);
    r->gift = alm_arena_calloc(&r->arena, count + 1, sizeof *r->gift);
    r->speaker = alm_arena_calloc(&r->arena, count + 1, sizeof *r->speaker);
    alm_status status =
        j.parents && j.next && ordered && r->gift && r->speaker ? ALM_OK : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status != ALM_OK) goto out;
    for (uint32_t i = 0; i < count; i++) j.parents[i] = j.next[i] = i;
    for (size_t i = 0; i < r->tie_count; i++)
        if (r->ties[i].verdict == ALM_TIED) ordered[tied++] = &r->ties[i];
    if (tied) qsort(ordered, tied, sizeof *ordered, by_points);
    for (size_t i = 0; i < tied; i++) join(&j, ordered[i]);
    for (uint32_t i = 0; i < count; i++) r->gift[i] = alm_forest_root(j.parents, i);
    find_speakers(r);
out:
    alm_free(j.parents);
    alm_free(j.next);
    alm_free(ordered);
    return status;
}
