/*
 * One organisation over pages. A name with its place, or with the full legal form of a company, is the same everywhere;
 * any other only where the pages are of one place. A short form is the one full name that it fits there, and what the
 * donors of one gift are called are names of one donor.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "resolve/resolver_priv.h"

enum { LEGAL_FORM = 12, MIN_CORE = 6, MAX_KEYS = 1 << 26, MAX_LOOK = 64 };

/* An organisation under a pair of characters of its name. */
typedef struct pair_key {
    uint64_t pair;
    uint32_t organisation;
} pair_key;

typedef struct uniting {
    alm_resolver *resolver;
    const alm_claims *told;
    uint32_t *parents; /* the root has the fullest name */
    uint32_t *ordered; /* organisations by name, then page */
    pair_key *keys;
    size_t key_count, key_cap;
    alm_err *err;
} uniting;

static const alm_name *full_name(const uniting *u, uint32_t i) { return &u->told->organisations[i].forms[0]; }
static alm_str url_of(const uniting *u, uint32_t i) { return u->told->pages[u->told->organisations[i].page].url; }

/* Its name says which one it is, wherever it is read. */
static bool is_anchored(const alm_name *name) {
    return name->placed || (alm_str_is_c(name->kind, "company") && name->ending.len >= LEGAL_FORM &&
                            name->core.len >= MIN_CORE && !alm_str_is(name->core, name->ending));
}

static bool pages_share_place(const uniting *u, uint32_t a, uint32_t b) {
    const alm_claim_page *p = &u->told->pages[u->told->organisations[a].page];
    const alm_claim_page *q = &u->told->pages[u->told->organisations[b].page];
    return p->place_count && q->place_count && alm_place_is_same(p->places[0], q->places[0]);
}

/* ---- uniting ---- */

/* A full name against a fuller one: a place and a legal form make it so, then length. */
static bool is_fuller(const uniting *u, uint32_t a, uint32_t b) {
    const alm_name *x = full_name(u, a), *y = full_name(u, b);
    if (is_anchored(x) != is_anchored(y)) return is_anchored(x);
    if (x->text.len != y->text.len) return x->text.len > y->text.len;
    int order = alm_str_compare(x->text, y->text);
    if (order) return order < 0;
    /* the same name; one page may leave the place to its reader */
    size_t written = u->told->organisations[a].name.len, other = u->told->organisations[b].name.len;
    return written != other ? written > other : alm_str_compare(url_of(u, a), url_of(u, b)) < 0;
}

static void unite(uniting *u, uint32_t a, uint32_t b, const char *why) {
    a = alm_forest_root(u->parents, a);
    b = alm_forest_root(u->parents, b);
    if (a == b) return;
    if (alm_name_compare(full_name(u, a), full_name(u, b)) < ALM_LIKE_SHORT) return;
    uint32_t root = is_fuller(u, a, b) ? a : b, other = root == a ? b : a;
    u->parents[other] = root;
    if (!u->resolver->canonical_why[other]) u->resolver->canonical_why[other] = why;
}

/* ---- the same name ---- */

typedef struct named {
    alm_str text, url, place;
    uint32_t organisation;
} named;

static int by_name(const void *a, const void *b) {
    const named *x = a, *y = b;
    int order = alm_str_compare(x->text, y->text);
    if (!order) order = alm_str_compare(x->place, y->place);
    if (!order) order = alm_str_compare(x->url, y->url);
    return order ? order : x->organisation < y->organisation ? -1 : x->organisation > y->organisation;
}

static alm_status unite_same(uniting *u) {
    size_t count = u->told->organisation_count;
    named *all = alm_calloc(count + 1, sizeof *all);
    if (!all) return alm_fail(u->err, ALM_E_NOMEM, "out of memory");
    for (uint32_t i = 0; i < count; i++) {
        const alm_claim_page *page = &u->told->pages[u->told->organisations[i].page];
        all[i] = (named){full_name(u, i)->text, page->url, page->place_count ? page->places[0] : (alm_str){0}, i};
    }
    qsort(all, count, sizeof *all, by_name);
    for (size_t i = 0; i < count; i++) {
        u->ordered[i] = all[i].organisation;
        if (i == 0 || !alm_str_is(all[i].text, all[i - 1].text)) continue;
        uint32_t a = all[i - 1].organisation, b = all[i].organisation;
        const alm_name *name = full_name(u, a);
        if (is_anchored(name))
            unite(u, a, b, "same name");
        else if (!name->local && pages_share_place(u, a, b))
            unite(u, a, b, "same name, pages of one place");
    }
    alm_free(all);
    return ALM_OK;
}

/* ---- short forms ---- */

static alm_status add_key(uniting *u, uint64_t pair, uint32_t organisation) {
    void *items = u->keys;
    alm_status status = alm_grow(&items, &u->key_cap, u->key_count, sizeof *u->keys, MAX_KEYS);
    u->keys = items;
    if (status != ALM_OK) return alm_fail(u->err, status, "too many organisations");
    u->keys[u->key_count++] = (pair_key){pair, organisation};
    return ALM_OK;
}

static int by_pair(const void *a, const void *b) {
    const pair_key *x = a, *y = b;
    if (x->pair != y->pair) return x->pair < y->pair ? -1 : 1;
    return x->organisation < y->organisation ? -1 : x->organisation > y->organisation;
}

/* Anchored names, a name once, under each pair of characters that stand side by side. */
static alm_status index_names(uniting *u) {
    alm_str last = {0};
    for (size_t i = 0; i < u->told->organisation_count; i++) {
        const alm_name *name = full_name(u, u->ordered[i]);
        if (!is_anchored(name) || alm_str_is(name->text, last)) continue;
        last = name->text;
        uint32_t before = 0;
        for (size_t at = 0; at < last.len;) {
            uint32_t cp = alm_utf8_next(last, &at);
            alm_status status = before ? add_key(u, (uint64_t)before << 32 | cp, u->ordered[i]) : ALM_OK;
            if (status != ALM_OK) return status;
            before = cp;
        }
    }
    if (u->key_count) qsort(u->keys, u->key_count, sizeof *u->keys, by_pair);
    return ALM_OK;
}

static size_t first_key(const uniting *u, uint64_t pair) {
    size_t low = 0, high = u->key_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (u->keys[middle].pair < pair)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The full name is of the place that the short form, or the page that uses it, is about. */
static bool is_of_the_place(const uniting *u, uint32_t brief, uint32_t full) {
    const alm_claim_page *page = &u->told->pages[u->told->organisations[brief].page];
    const alm_name *name = full_name(u, full);
    if (full_name(u, brief)->place_count || !page->place_count) return true;
    for (uint8_t i = 0; i < name->place_count; i++)
        for (uint32_t k = 0; k < page->place_count; k++)
            if (alm_place_is_same(name->places[i], page->places[k])) return true;
    return name->place_count == 0 && pages_share_place(u, brief, full);
}

/* The one organisation that @p i may be short for, or UINT32_MAX where there is none or more than one. */
static uint32_t full_form(uniting *u, uint32_t i, const alm_name *brief, size_t at) {
    uint32_t first, second, found = UINT32_MAX;
    first = alm_utf8_next(brief->text, &at);
    if (at >= brief->text.len) return UINT32_MAX;
    second = alm_utf8_next(brief->text, &at);
    uint64_t pair = (uint64_t)first << 32 | second;
    size_t looked = 0;
    for (size_t k = first_key(u, pair); k < u->key_count && u->keys[k].pair == pair; k++) {
        uint32_t full = u->keys[k].organisation, root = alm_forest_root(u->parents, full);
        if (++looked > MAX_LOOK) return UINT32_MAX;
        if (root == alm_forest_root(u->parents, i) || full_name(u, full)->text.len <= brief->text.len) continue;
        if (alm_name_compare(brief, full_name(u, full)) < ALM_LIKE_SHORT || !is_of_the_place(u, i, full)) continue;
        if (found != UINT32_MAX && alm_forest_root(u->parents, found) != root) return UINT32_MAX;
        found = full;
    }
    return found;
}

static void unite_short(uniting *u) {
    for (size_t i = 0; i < u->told->organisation_count; i++) {
        uint32_t organisation = u->ordered[i];
        const alm_name *brief = full_name(u, organisation);
        if (brief->local || brief->masked || brief->text.len < MIN_CORE) continue;
        uint32_t full = full_form(u, organisation, brief, 0);
        /* a name in full whose place another page leaves out, or puts before it */
        size_t core = (size_t)(brief->core.ptr - brief->text.ptr);
        if (full == UINT32_MAX && brief->place_count) full = full_form(u, organisation, brief, core);
        if (full != UINT32_MAX) unite(u, organisation, full, "fits this name alone");
    }
}

/* ---- donors of one gift ---- */

static void unite_donors(uniting *u) {
    const alm_resolver *r = u->resolver;
    for (size_t i = 0; i < r->tie_count; i++) {
        if (r->gift[r->ties[i].a] != r->gift[r->ties[i].b]) continue;
        const alm_claim *a = &u->told->claims[r->ties[i].a], *b = &u->told->claims[r->ties[i].b];
        for (uint32_t x = 0; x < a->organisation_count; x++)
            for (uint32_t y = 0; y < b->organisation_count; y++)
                if (alm_name_compare(full_name(u, a->organisations[x]), full_name(u, b->organisations[y])) >=
                    ALM_LIKE_SHORT)
                    unite(u, a->organisations[x], b->organisations[y], "gave the same gift");
    }
}

/* Two pages that tell one gift mean the same body by the same name, even where neither says of which place it is. */
static void unite_pages(uniting *u, uint32_t p, uint32_t q) {
    const alm_claim_page *a = &u->told->pages[p], *b = &u->told->pages[q];
    for (uint32_t i = 0; i < a->organisation_count; i++)
        for (uint32_t k = 0; k < b->organisation_count; k++) {
            uint32_t x = a->first_organisation + i, y = b->first_organisation + k;
            if (alm_str_is(full_name(u, x)->text, full_name(u, y)->text))
                unite(u, x, y, "same name, pages of one gift");
        }
}

static void unite_beside_gifts(uniting *u) {
    const alm_resolver *r = u->resolver;
    uint32_t p = UINT32_MAX, q = UINT32_MAX;
    for (size_t i = 0; i < r->tie_count; i++) {
        if (r->gift[r->ties[i].a] != r->gift[r->ties[i].b]) continue;
        uint32_t a = u->told->claims[r->ties[i].a].page, b = u->told->claims[r->ties[i].b].page;
        if (a != p || b != q) unite_pages(u, a, b);
        p = a;
        q = b;
    }
}

/* ---- ids ---- */

static bool hash(char out[ALM_GIFT_ID], alm_str name, alm_str page) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned length;
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(context, name.ptr, name.len) == 1 && EVP_DigestUpdate(context, "\n", 1) == 1 &&
                EVP_DigestUpdate(context, page.ptr ? page.ptr : "", page.len) == 1 &&
                EVP_DigestFinal_ex(context, bytes, &length) == 1;
    EVP_MD_CTX_free(context);
    for (int i = 0; done && i < ALM_GIFT_ID - 1; i++) out[i] = digits[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
    out[ALM_GIFT_ID - 1] = '\0';
    return done;
}

static bool describe(const uniting *u, alm_canonical *c, uint32_t root) {
    const alm_name *name = full_name(u, root);
    const alm_claim_organisation *o = &u->told->organisations[root];
    const alm_claim_page *page = &u->told->pages[o->page];
    *c = (alm_canonical){.name = o->name, .type = o->type};
    if (name->place_count)
        c->place = name->places[name->place_count - 1];
    else if (page->place_count)
        c->place = page->places[0];
    return hash(c->id, name->text, is_anchored(name) ? (alm_str){0} : page->url);
}

static alm_status name_them(uniting *u) {
    alm_resolver *r = u->resolver;
    size_t count = u->told->organisation_count;
    r->canonical = alm_arena_calloc(&r->arena, count + 1, sizeof *r->canonical);
    if (!r->canonical) return alm_fail(u->err, ALM_E_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        uint32_t o = u->ordered[i];
        if (alm_forest_root(u->parents, o) != o) continue;
        r->canonical_of[o] = (uint32_t)r->canonical_count;
        if (!describe(u, &r->canonical[r->canonical_count++], o)) return alm_fail(u->err, ALM_E_NOMEM, "out of memory");
    }
    for (uint32_t i = 0; i < count; i++) {
        r->canonical_of[i] = r->canonical_of[alm_forest_root(u->parents, i)];
        r->canonical[r->canonical_of[i]].mention_count++;
        if (!r->canonical_why[i]) r->canonical_why[i] = "its name";
    }
    return ALM_OK;
}

alm_status alm_resolver_join_organisations(alm_resolver *r, alm_err *err) {
    size_t count = r->told.organisation_count;
    uniting u = {.resolver = r, .told = &r->told, .err = err};
    u.parents = alm_calloc(count + 1, sizeof *u.parents);
    u.ordered = alm_calloc(count + 1, sizeof *u.ordered);
    r->canonical_of = alm_arena_calloc(&r->arena, count + 1, sizeof *r->canonical_of);
    r->canonical_why = alm_arena_calloc(&r->arena, count + 1, sizeof *r->canonical_why);
    alm_status status = u.parents && u.ordered && r->canonical_of && r->canonical_why
                            ? ALM_OK
                            : alm_fail(err, ALM_E_NOMEM, "out of memory");
    for (uint32_t i = 0; i < count && status == ALM_OK; i++) u.parents[i] = i;
    if (status == ALM_OK) status = unite_same(&u);
    if (status == ALM_OK) status = index_names(&u);
    if (status == ALM_OK) {
        unite_short(&u);
        unite_donors(&u);
        unite_beside_gifts(&u);
        status = name_them(&u);
    }
    alm_free(u.parents);
    alm_free(u.ordered);
    alm_free(u.keys);
    return status;
}
