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

static bool is_share(const alm_gift_reader *r, const alm_gift_event *e, size_t k) {
    if (e->gift.whats[k].kind != ALM_WHAT_CASH) return false;
    uint32_t at = e->what_at[k];
    return value_of(r, e, k)->each || alm_gift_has_class(r, alm_gift_clause_start(r, at), at, ALM_CLASS_EACH);
}

/* One giver's amounts for each of many, before their sum, of the same verb or of one before it. */
static void drop_shares(alm_gift_reader *r, size_t last, size_t sum) {
    for (size_t k = sum; k-- > 0;)
        if (r->events[last].gift.whats[k].kind == ALM_WHAT_CASH && value_of(r, &r->events[last], k)->each)
            drop(&r->events[last], k);
    for (size_t i = 0; i < last; i++) {
        if (!same_donors(&r->events[i].gift, &r->events[last].gift)) continue;
        for (size_t k = r->events[i].gift.what_count; k-- > 0;)
            if (is_share(r, &r->events[i], k)) drop(&r->events[i], k);
    }
}

/* "put up 120,000 to help 24 students, 5,000 each": what each received of the one giver's larger sum before it. */
static void drop_portions(alm_gift_reader *r, size_t i) {
    alm_gift_event *e = &r->events[i];
    alm_exact portion, whole;
    for (size_t k = e->gift.what_count; e->gift.donor_count == 1 && k-- > 0;) {
        if (e->gift.whats[k].kind != ALM_WHAT_CASH || !value_of(r, e, k)->each || !read_amount(r, e, k, &portion))
            continue;
        bool told = false;
        for (size_t before = 0; before <= i && !told; before++) {
            const alm_gift_event *other = &r->events[before];
            for (size_t j = 0; same_donors(&other->gift, &e->gift) && j < (before == i ? k : other->gift.what_count);
                 j++)
                told = told || (other->gift.whats[j].kind == ALM_WHAT_CASH && !value_of(r, other, j)->each &&
                                read_amount(r, other, j, &whole) && alm_exact_compare(portion, whole) < 0);
        }
        if (told) drop(e, k);
    }
}

/*
 * "gave 300,000: 100,000 went to X, 200,000 was given to Y": the events behind a sum whose amounts make it. They tell
 * who gets it.
 */
static void join_split(alm_gift_reader *r, size_t first) {
    alm_gift_event *whole = &r->events[first];
    alm_exact sum, total = {0}, part;
    if (whole->gift.what_count != 1 || whole->gift.whats[0].kind != ALM_WHAT_CASH || !read_amount(r, whole, 0, &sum))
        return;
    size_t last = first + 1;
    for (; last < r->event_count && alm_exact_compare(total, sum) < 0; last++) {
        const alm_gift_event *e = &r->events[last];
        if (e->gift.what_count != 1 || e->gift.whats[0].kind != ALM_WHAT_CASH || !same_donors(&e->gift, &whole->gift) ||
            !read_amount(r, e, 0, &part) || !alm_exact_add(&total, part))
            return;
    }
    if (last < first + 3 || alm_exact_compare(total, sum) != 0) return;
    for (size_t i = first + 1; i < last; i++) {
        alm_gift *gift = &r->events[i].gift;
        for (size_t k = 0; k < gift->recipient_count; k++)
            alm_gift_party_add(whole->gift.recipients, &whole->gift.recipient_count, gift->recipients[k]);
        drop(&r->events[i], 0);
    }
}

/* "gave 200,000, of which 100,000 help …, 100,000 rebuild …": amounts of later verbs, as long as they fit the sum. */
static void drop_later_parts(alm_gift_reader *r, size_t first) {
    alm_gift_event *whole = &r->events[first];
    alm_exact sum, total = {0}, part;
    if (whole->gift.what_count == 0 || whole->gift.whats[0].kind == ALM_WHAT_GOODS || !read_amount(r, whole, 0, &sum))
        return;
    for (size_t i = first + 1; i < r->event_count; i++) {
        alm_gift_event *e = &r->events[i];
        if (!same_donors(&e->gift, &whole->gift)) return;
        for (size_t k = 0; k < e->gift.what_count;) {
            bool fits = e->gift.whats[k].kind == ALM_WHAT_CASH || e->gift.whats[k].kind == whole->gift.whats[0].kind;
            if (!fits || !is_part(r, whole->what_at[0], e->what_at[k]) || !read_amount(r, e, k, &part) ||
                !alm_exact_add(&total, part) || alm_exact_compare(total, sum) > 0) {
                k++;
                continue;
            }
            for (size_t j = 0; j < e->gift.recipient_count; j++)
                alm_gift_party_add(whole->gift.recipients, &whole->gift.recipient_count, e->gift.recipients[j]);
            drop(e, k);
        }
    }
}

void alm_gift_settle_sums(alm_gift_reader *r) {
    for (size_t i = 0; i < r->event_count; i++) {
        alm_gift_event *e = &r->events[i];
        drop_parts(r, e);
        drop_portions(r, i);
        join_split(r, i);
        drop_later_parts(r, i);
        for (size_t k = e->gift.what_count; k-- > 0;) {
            bool sum =
                e->gift.whats[k].kind != ALM_WHAT_GOODS && alm_gift_governed_by(r, e->what_at[k], ALM_CLASS_TOTAL, 5);
            if (!sum) continue;
            if (adds_up(r, i, k))
                drop(e, k);
            else if (e->gift.donor_count == 1)
                drop_shares(r, i, k);
            break;
        }
    }
}
