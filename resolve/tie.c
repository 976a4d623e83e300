/*
 * The weights say how much rarer a thing is between two gifts than between two claims of one. They were set on the
 * tuned part of the articles (bench/resolve.py) and are counted on the held-out part.
 */
#include "resolve/tie.h"

#include <stdlib.h>

enum {
    /* of the dates on which two pages appeared, in days */
    SAME_NEWS = 3,
    NEAR_NEWS = 10,
    LATE_NEWS = 31,
    OLD_NEWS = 60,
    /* in bytes: four characters */
    LONG_NAME = 12,
    ABOUT_THE_SUM = 15
};

static const char *const clue_names[] = {"donor", "amount", "date", "recipient", "place", "wording", "others"};
static const char *const verdict_names[] = {"apart", "doubtful", "tied"};

const char *alm_clue_name(alm_clue clue) { return clue_names[clue]; }
const char *alm_verdict_name(alm_verdict verdict) { return verdict_names[verdict]; }

static void note(alm_tie *tie, alm_clue clue, int points, const char *why) {
    tie->clues[clue] = points;
    tie->why[clue] = why;
}

/* ---- places ---- */

/* How many of the first @p of places of @p p are among the first @p among of @p q. */
static uint32_t shared_places(const alm_claim_page *p, uint32_t of, const alm_claim_page *q, uint32_t among) {
    uint32_t shared = 0;
    for (uint32_t i = 0; i < of; i++)
        for (uint32_t k = 0; k < among; k++)
            if (alm_place_is_same(p->places[i], q->places[k])) {
                shared++;
                break;
            }
    return shared;
}

/*
 * News of two places share a capital or a stricken province. A page that another place's site took over, whole or in
 * part, names nearly all the places of the other.
 */
static void compare_places(alm_tie *tie, const alm_claim_page *p, const alm_claim_page *q) {
    if (!p->place_count || !q->place_count) return;
    bool fewer = p->place_count <= q->place_count;
    const alm_claim_page *few = fewer ? p : q, *many = fewer ? q : p;
    uint32_t shared = shared_places(few, few->place_count, many, many->place_count);
    bool apart = p->own_places && q->own_places && !shared_places(p, p->own_places, q, q->own_places);
    if (shared * 10 >= few->place_count * (apart ? 9u : 5u))
        note(tie, ALM_CLUE_PLACE, 5, "shared");
    else
        note(tie, ALM_CLUE_PLACE, -10, shared ? "few shared" : "none shared");
}

/* ---- donors ---- */

/* A place, or a long brand and a legal form, tells it from others of its kind. */
static bool is_firm(const alm_name *name) {
    return !name->local && (name->placed || (name->core.len >= LONG_NAME && name->ending.len >= LONG_NAME));
}

static alm_likeness best_form(const alm_claim_organisation *x, const alm_claim_organisation *y, bool *anchored) {
    alm_likeness best = ALM_LIKE_ELSEWHERE;
    if (!x->form_count || !y->form_count) return ALM_LIKE_NOTHING;
    /* short forms may agree where the full names stand for bodies of two places */
    if (alm_name_compare(&x->forms[0], &y->forms[0]) == ALM_LIKE_ELSEWHERE) return best;
    for (uint32_t i = 0; i < x->form_count; i++)
        for (uint32_t k = 0; k < y->form_count; k++) {
            const alm_name *a = &x->forms[i], *b = &y->forms[k];
            alm_likeness like = alm_name_compare(a, b);
            if (like < best) continue;
            if (like > best) *anchored = false;
            best = like;
            *anchored |= like >= ALM_LIKE_CORE && is_firm(a) && is_firm(b);
        }
    return best;
}

typedef struct donors {
    alm_likeness organisation, behind, person;
    bool anchored;
    bool long_name; /* of the person: three characters and more */
} donors;

static alm_likeness best_of(const alm_claims *told, const uint32_t *xs, uint32_t x_count, const uint32_t *ys,
                            uint32_t y_count, bool *anchored) {
    alm_likeness best = ALM_LIKE_ELSEWHERE;
    for (uint32_t i = 0; i < x_count; i++)
        for (uint32_t k = 0; k < y_count; k++) {
            bool firm = false;
            alm_likeness like = best_form(&told->organisations[xs[i]], &told->organisations[ys[k]], &firm);
            if (like > best) *anchored = firm;
            if (like > best) best = like;
        }
    return best;
}

static donors match_donors(const alm_claims *told, const alm_claim *a, const alm_claim *b) {
    donors d = {.anchored = false};
    bool firm = false;
    d.organisation =
        best_of(told, a->organisations, a->organisation_count, b->organisations, b->organisation_count, &d.anchored);
    alm_likeness one = best_of(told, a->behind, a->behind_count, b->organisations, b->organisation_count, &firm);
    alm_likeness two = best_of(told, a->organisations, a->organisation_count, b->behind, b->behind_count, &firm);
    d.behind = one > two ? one : two;
    for (uint32_t i = 0; i < a->person_count; i++)
        for (uint32_t k = 0; k < b->person_count; k++) {
            alm_likeness like = alm_person_compare(&a->people[i], &b->people[k]);
            if (like < d.person) continue;
            d.person = like;
            d.long_name = a->people[i].text.len >= 9;
        }
    return d;
}

/* What one clue says, before it is noted. */
typedef struct opinion {
    int points;
    const char *why;
    bool contradicts;
} opinion;

static opinion weigh_organisations(const donors *d, bool elsewhere) {
    opinion o = {0};
    if (d->organisation < ALM_LIKE_SHORT) return o;
    if (!d->anchored && elsewhere) return (opinion){0, "same name in another place", true};
    switch (d->organisation) {
    case ALM_LIKE_SAME: o = (opinion){40, "same organisation", false}; break;
    case ALM_LIKE_CORE: o = (opinion){35, "same organisation but for place or legal form", false}; break;
    default: o = (opinion){20, "short form", false};
    }
    if (d->anchored) o.points += 10;
    return o;
}

/* The same person, who may give for a body: one page may name the company, another the chamber that its head leads. */
static opinion weigh_person(const donors *d, opinion bodies, bool elsewhere, bool other_bodies) {
    if (bodies.points) return (opinion){bodies.points + 20, "same organisation and person", false};
    int points = d->long_name ? 40 : 30;
    if (elsewhere) points -= 20;
    if (other_bodies) points -= 20;
    return (opinion){points, "same person", false};
}

static void compare_donors(alm_tie *tie, const alm_claims *told, const alm_claim *a, const alm_claim *b) {
    donors d = match_donors(told, a, b);
    bool elsewhere = tie->clues[ALM_CLUE_PLACE] < 0;
    bool both_bodies = a->organisation_count && b->organisation_count, both_people = a->person_count && b->person_count;
    opinion o = weigh_organisations(&d, elsewhere);
    if (both_people && d.person == ALM_LIKE_SAME) {
        bool other_bodies = both_bodies && d.organisation < ALM_LIKE_SHORT && d.behind < ALM_LIKE_SHORT;
        o = weigh_person(&d, o, elsewhere, other_bodies);
    } else if (both_people && d.person == ALM_LIKE_SHORT) {
        o = (opinion){o.points ? o.points + 5 : 15, "person's name in part", false};
    } else if (both_people && d.person != ALM_LIKE_MASKED) {
        o = (opinion){0, "another person", true};
    } else if (!o.points && d.behind >= ALM_LIKE_SHORT) {
        o = (opinion){15, "organisation of the person", false};
    } else if (both_people && d.person == ALM_LIKE_MASKED && !both_bodies) {
        o = (opinion){10, "masked person", false};
    } else if (!o.points && !o.why) {
        o = (opinion){0, "another donor", both_bodies && d.organisation == ALM_LIKE_ELSEWHERE};
    }
    tie->contradicts |= o.contradicts;
    note(tie, ALM_CLUE_DONOR, o.points > 0 ? o.points : -100, o.why);
}

/* ---- amounts ---- */

/* An amount that few gifts have says more: by its digits before the zeros. */
static int rarity(int64_t cents) {
    int places = 0;
    for (; cents > 0 && cents % 10 == 0; cents /= 10) continue;
    for (; cents > 0; cents /= 10) places++;
    return places <= 1 ? 20 : places == 2 ? 28 : places == 3 ? 38 : 45;
}

/* "more than 100000" is a claim of 103500, "nearly 30000" of 29800 */
static bool is_about(const alm_claim_sum *rough, const alm_claim_sum *exact) {
    return !rough->exact && exact->cents >= rough->cents - rough->cents / 20 &&
           exact->cents <= rough->cents + rough->cents / 10;
}

static int sum_points(const alm_claim_sum *x, const alm_claim_sum *y) {
    if (!alm_str_is(x->currency, y->currency)) return 0;
    if (x->cents == y->cents) return rarity(x->cents);
    return is_about(x, y) || is_about(y, x) ? ABOUT_THE_SUM : 0;
}

static bool items_agree(alm_str x, alm_str y) {
    return alm_str_is(x, y) || alm_str_ends(x, y) || alm_str_ends(y, x) || alm_str_starts(x, y) || alm_str_starts(y, x);
}

static int goods_points(const alm_claim *a, const alm_claim *b, bool *conflict) {
    int points = 0;
    for (uint32_t i = 0; i < a->goods_count; i++)
        for (uint32_t k = 0; k < b->goods_count; k++) {
            const alm_claim_goods *x = &a->goods[i], *y = &b->goods[k];
            if (!items_agree(x->item, y->item)) continue;
            if (x->quantity && x->quantity == y->quantity)
                points += rarity(x->quantity);
            else if (x->quantity && y->quantity)
                *conflict = true;
            else
                points += 5;
            break;
        }
    return points > 50 ? 50 : points;
}

/* Points of what was given, by kind; 0 where nothing agrees. */
typedef struct amounts {
    int cash, goods, value;
    uint32_t sums; /* of cash that agree */
    bool conflict; /* other numbers of the same things */
} amounts;

static amounts match_amounts(const alm_claim *a, const alm_claim *b) {
    amounts m = {0};
    for (uint32_t i = 0; i < a->cash_count; i++)
        for (uint32_t k = 0; k < b->cash_count; k++) {
            int points = sum_points(&a->cash[i], &b->cash[k]);
            m.sums += points > 0;
            if (points > m.cash) m.cash = points;
        }
    m.goods = goods_points(a, b, &m.conflict);
    if (a->value.cents && b->value.cents) m.value = sum_points(&a->value, &b->value);
    /* what one page calls a gift of money, another calls goods worth as much */
    for (uint32_t i = 0; i < a->cash_count && !m.value; i++) m.value = sum_points(&a->cash[i], &b->value) / 2;
    for (uint32_t i = 0; i < b->cash_count && !m.value; i++) m.value = sum_points(&b->cash[i], &a->value) / 2;
    return m;
}

static const char *cash_found(const amounts *m) {
    return m->cash == ABOUT_THE_SUM ? "about the sum" : m->sums > 1 ? "same sums" : "same sum";
}

static void compare_amounts(alm_tie *tie, const alm_claim *a, const alm_claim *b) {
    amounts m = match_amounts(a, b);
    if (a->cash_count && b->cash_count && !m.cash) {
        note(tie, ALM_CLUE_AMOUNT, m.goods + m.value >= 40 ? 0 : -100, "other sum");
    } else if (a->value.cents && b->value.cents && !m.value && !m.cash) {
        note(tie, ALM_CLUE_AMOUNT, m.goods - 30, "other value");
    } else if (!m.cash && !m.goods && !m.value) {
        note(tie, ALM_CLUE_AMOUNT, -100, m.conflict ? "other quantity" : "nothing in common");
    } else {
        int best = m.cash > m.goods ? m.cash : m.goods;
        if (m.value > best) best = m.value;
        /* the second and third say less: they come with the first */
        int points = best + (m.cash + m.goods + m.value - best) / 2 - (m.conflict ? 20 : 0);
        const char *found = best == m.cash ? cash_found(&m) : best == m.goods ? "same goods" : "same value";
        note(tie, ALM_CLUE_AMOUNT, points, found);
    }
}

/* ---- dates ---- */

static int gap(int32_t first, int32_t last, int32_t from, int32_t to) {
    if (from > last) return from - last;
    return first > to ? first - to : 0;
}

static void compare_news(alm_tie *tie, int days) {
    if (days <= SAME_NEWS)
        note(tie, ALM_CLUE_DATE, 15, "published within 3 days");
    else if (days <= NEAR_NEWS)
        note(tie, ALM_CLUE_DATE, 10, "published within 10 days");
    else if (days <= LATE_NEWS)
        note(tie, ALM_CLUE_DATE, -10, "published within a month");
    else if (days <= OLD_NEWS)
        note(tie, ALM_CLUE_DATE, -35, "published within two months");
    else
        note(tie, ALM_CLUE_DATE, ALM_POINTS_VETO, "published months apart");
}

static void compare_gift_days(alm_tie *tie, int days, int news) {
    if (days == 0)
        note(tie, ALM_CLUE_DATE, 20, "same day");
    else if (days <= 3)
        note(tie, ALM_CLUE_DATE, 8, "within 3 days");
    else if (news <= NEAR_NEWS && days <= LATE_NEWS) /* one of the days may be the drive's, or the page's */
        note(tie, ALM_CLUE_DATE, 0, "other day, same news");
    else if (days <= LATE_NEWS)
        note(tie, ALM_CLUE_DATE, -30, "another day");
    else
        note(tie, ALM_CLUE_DATE, ALM_POINTS_VETO, "months apart");
}

/* One tells the day of the gift, the other only when it was published: news follow the gift. */
static void compare_day_to_news(alm_tie *tie, int32_t day, int32_t published) {
    int after = published - day;
    if (after >= -1 && after <= NEAR_NEWS)
        note(tie, ALM_CLUE_DATE, 10, "published soon after the day");
    else if (after >= -1 && after <= LATE_NEWS)
        note(tie, ALM_CLUE_DATE, 0, "published within a month of the day");
    else if (abs(after) <= OLD_NEWS)
        note(tie, ALM_CLUE_DATE, -35, "published away from the day");
    else
        note(tie, ALM_CLUE_DATE, ALM_POINTS_VETO, "months apart");
}

static void compare_dates(alm_tie *tie, const alm_claim *a, const alm_claim *b, int32_t p, int32_t q) {
    bool day_a = a->first_day != ALM_NO_DAY, day_b = b->first_day != ALM_NO_DAY;
    int news = p != ALM_NO_DAY && q != ALM_NO_DAY ? abs(p - q) : OLD_NEWS;
    if (day_a && day_b)
        compare_gift_days(tie, gap(a->first_day, a->last_day, b->first_day, b->last_day), news);
    else if (p != ALM_NO_DAY && q != ALM_NO_DAY && news <= NEAR_NEWS)
        compare_news(tie, news);
    else if (day_a && q != ALM_NO_DAY)
        compare_day_to_news(tie, a->last_day, q);
    else if (day_b && p != ALM_NO_DAY)
        compare_day_to_news(tie, b->last_day, p);
    else if (p != ALM_NO_DAY && q != ALM_NO_DAY)
        compare_news(tie, news);
    else
        note(tie, ALM_CLUE_DATE, -10, "not told");
}

/* ---- recipients, wording ---- */

static void compare_recipients(alm_tie *tie, const alm_claim *a, const alm_claim *b) {
    if (!a->recipient_count || !b->recipient_count) return;
    alm_likeness best = ALM_LIKE_ELSEWHERE;
    for (uint32_t i = 0; i < a->recipient_count; i++)
        for (uint32_t k = 0; k < b->recipient_count; k++) {
            const alm_name *x = &a->recipients[i], *y = &b->recipients[k];
            alm_likeness like = alm_name_compare(x, y);
            if (like == ALM_LIKE_NOTHING && (alm_str_starts(x->text, y->text) || alm_str_starts(y->text, x->text)))
                like = ALM_LIKE_SHORT;
            if (like > best) best = like;
        }
    if (best >= ALM_LIKE_SHORT)
        note(tie, ALM_CLUE_RECIPIENT, 15, "same");
    else
        note(tie, ALM_CLUE_RECIPIENT, best == ALM_LIKE_ELSEWHERE ? -40 : -25, "another");
}

static void compare_wording(alm_tie *tie, const alm_claim *a, const alm_claim *b) {
    uint32_t i = 0, k = 0, shared = 0;
    while (i < a->pair_count && k < b->pair_count) {
        if (a->pairs[i] == b->pairs[k])
            shared++, i++, k++;
        else if (a->pairs[i] < b->pairs[k])
            i++;
        else
            k++;
    }
    uint32_t all = a->pair_count + b->pair_count;
    if (all < 24) return; /* a table row is too short to have a wording */
    if (shared * 2 * 10 >= all * 8)
        note(tie, ALM_CLUE_WORDING, 20, "nearly the same");
    else if (shared * 2 * 10 >= all * 5)
        note(tie, ALM_CLUE_WORDING, 10, "alike");
}

/* ---- together ---- */

/* Given and received are two sides of one thing; a pledge is not yet the gift, and what is handed on is another. */
static bool statuses_agree(const alm_claim *a, const alm_claim *b) {
    bool made_a = alm_str_is_c(a->status, "given") || alm_str_is_c(a->status, "received");
    bool made_b = alm_str_is_c(b->status, "given") || alm_str_is_c(b->status, "received");
    return made_a && made_b ? true : alm_str_is(a->status, b->status);
}

void alm_tie_compare(alm_tie *tie, const alm_claims *told, uint32_t a, uint32_t b) {
    const alm_claim *x = &told->claims[a], *y = &told->claims[b];
    const alm_claim_page *p = &told->pages[x->page], *q = &told->pages[y->page];
    *tie = (alm_tie){.a = a, .b = b};
    compare_places(tie, p, q);
    compare_donors(tie, told, x, y);
    compare_amounts(tie, x, y);
    compare_dates(tie, x, y, p->published, q->published);
    compare_recipients(tie, x, y);
    compare_wording(tie, x, y);
    if (!statuses_agree(x, y)) note(tie, ALM_CLUE_AMOUNT, -100, "a pledge or a grant is another thing");
    if (x->total != y->total) note(tie, ALM_CLUE_AMOUNT, tie->clues[ALM_CLUE_AMOUNT] - 20, "a total and a gift");
}

bool alm_tie_is_parallel(const alm_tie *tie) {
    return tie->clues[ALM_CLUE_DONOR] >= 20 && tie->clues[ALM_CLUE_AMOUNT] >= 15;
}

void alm_tie_judge(alm_tie *tie, uint32_t others) {
    if (tie->clues[ALM_CLUE_PLACE] < 0) others = others > 1; /* news of two places: lists look alike */
    if (others) note(tie, ALM_CLUE_OTHERS, others == 1 ? 12 : others < 4 ? 22 : 30, "told by both pages");
    tie->points = 0;
    tie->contradicts |= tie->clues[ALM_CLUE_DATE] == ALM_POINTS_VETO;
    for (int i = 0; i < ALM_CLUE_COUNT; i++) tie->points += tie->clues[i];
    if (tie->clues[ALM_CLUE_DATE] == ALM_POINTS_VETO || tie->clues[ALM_CLUE_DONOR] < 0 ||
        tie->clues[ALM_CLUE_AMOUNT] < 0)
        tie->points = ALM_POINTS_VETO;
    tie->verdict = tie->points >= ALM_POINTS_TIED       ? ALM_TIED
                   : tie->points >= ALM_POINTS_DOUBTFUL ? ALM_DOUBTFUL
                                                        : ALM_APART;
}

void alm_tie_explain(alm_buf *out, const alm_tie *tie) {
    alm_buf_printf(out, "%s %.1f", verdict_names[tie->verdict], tie->points / 10.0);
    const char *mark = ": ";
    for (int i = 0; i < ALM_CLUE_COUNT; i++) {
        if (!tie->why[i]) continue;
        alm_buf_printf(out, "%s%s %s %+.1f", mark, clue_names[i], tie->why[i], tie->clues[i] / 10.0);
        mark = "; ";
    }
}
