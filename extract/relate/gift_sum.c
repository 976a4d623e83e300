/*
 * Sums and their parts: "gave 200,000, of which 100,000 for …", "first 5,000, then 3,000, 8,000 in all", "2,000 each,
 * 6,000 in all". What is told twice in this way is given once.
 */
#include "extract/relate/gift_priv.h"
#include "extract/value/exact.h"

static const alm_value *value_of(const alm_gift_reader *r, const alm_gift_event *e, size_t k) {
    return alm_mention_of(r->folded, &r->tokens[e->what_at[k]])->value;
}

static bool read_amount(const alm_gift_reader *r, const alm_gift_event *e, size_t k, alm_exact *out) {
    if (e->gift.whats[k].kind == ALM_WHAT_GOODS) return false;
    const alm_value *value = value_of(r, e, k);
    return value->amount.len && alm_exact_read(out, value->amount);
}

static void drop(alm_gift_event *e, size_t k) {
    size_t behind = e->gift.what_count - k - 1;
    memmove(&e->gift.whats[k], &e->gift.whats[k + 1], behind * sizeof e->gift.whats[0]);
    memmove(&e->what_at[k], &e->what_at[k + 1], behind * sizeof e->what_at[0]);
    e->gift.what_count--;
}

/* "of which" stands between the sum and the part. */
static bool is_part(const alm_gift_reader *r, uint32_t sum, uint32_t part) {
    for (uint32_t i = part; i > sum + 1; i--)
        if (r->tokens[i - 1].class_id == ALM_CLASS_PART) return true;
    return false;
}

/* The parts that "of which" tells behind a sum of money. */
static void drop_parts(const alm_gift_reader *r, alm_gift_event *e) {
    alm_exact whole, part;
    for (size_t sum = 0; sum < e->gift.what_count; sum++) {
        if (e->gift.whats[sum].kind != ALM_WHAT_CASH || !read_amount(r, e, sum, &whole)) continue;
        for (size_t k = sum + 1; k < e->gift.what_count;) {
            bool smaller = e->gift.whats[k].kind == ALM_WHAT_CASH && read_amount(r, e, k, &part) &&
                           alm_exact_compare(part, whole) < 0;
            if (smaller && is_part(r, e->what_at[sum], e->what_at[k]))
                drop(e, k);
            else
                k++;
        }
    }
}

static bool same_donors(const alm_gift *a, const alm_gift *b) {
    if (a->donor_count != b->donor_count) return false;
    for (size_t i = 0; i < a->donor_count; i++)
        if (a->donors[i].person != b->donors[i].person || a->donors[i].organisation != b->donors[i].organisation)
            return false;
    return true;
}

/* What the same donors gave before amount @p k of event @p last in this sentence makes it: it tells nothing new. */
static bool adds_up(const alm_gift_reader *r, size_t last, size_t sum) {
    alm_exact whole, total = {0}, part;
    size_t parts = 0;
    if (!read_amount(r, &r->events[last], sum, &whole)) return false;
    for (size_t i = 0; i <= last; i++) {
        const alm_gift_event *e = &r->events[i];
        if (!same_donors(&e->gift, &r->events[last].gift)) continue;
        for (size_t k = 0; k < (i == last ? sum : e->gift.what_count); k++) {
            if (!read_amount(r, e, k, &part)) continue;
            if (!alm_exact_add(&total, part)) return false;
            parts++;
        }
    }
    return parts > 1 && alm_exact_compare(whole, total) == 0;
}

/* One giver's amounts for each of many, before their sum. */
static void drop_shares(const alm_gift_reader *r, alm_gift_event *e, size_t sum) {
    for (size_t k = sum; k-- > 0;)
        if (e->gift.whats[k].kind == ALM_WHAT_CASH && value_of(r, e, k)->each) drop(e, k);
}

void alm_gift_settle_sums(alm_gift_reader *r) {
    for (size_t i = 0; i < r->event_count; i++) {
        alm_gift_event *e = &r->events[i];
        drop_parts(r, e);
        for (size_t k = e->gift.what_count; k-- > 0;) {
            bool sum =
                e->gift.whats[k].kind != ALM_WHAT_GOODS && alm_gift_governed_by(r, e->what_at[k], ALM_CLASS_TOTAL, 5);
            if (!sum) continue;
            if (adds_up(r, i, k))
                drop(e, k);
            else if (e->gift.donor_count == 1)
                drop_shares(r, e, k);
            break;
        }
    }
}
