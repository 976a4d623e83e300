#include "resolve/claim.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"

enum { MAX_CLAIMS = 1 << 24, MAX_PLACES = 16, MAX_PAIRS = 400, MAX_BEHIND = 16, MAX_DAYS = 400 * 366 };

/* One page document on its way in. */
typedef struct reader {
    alm_claims *told;
    alm_claim_page *page;
    uint32_t page_index;
    const json_t *document;
    alm_err *err;
} reader;

static alm_status no_memory(alm_err *err) { return alm_fail(err, ALM_E_NOMEM, "out of memory"); }

static alm_str text_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value)) return (alm_str){0};
    return (alm_str){json_string_value(value), json_string_length(value)};
}

/* A copy in the arena; {0} stays {0}. */
static alm_status keep(const reader *r, alm_str *out, alm_str text) {
    *out = text.ptr ? alm_arena_copy(r->told->arena, text) : (alm_str){0};
    return text.ptr && !out->ptr ? no_memory(r->err) : ALM_OK;
}

static alm_status room(const reader *r, void *out, size_t count, size_t size) {
    void *items = alm_arena_calloc(r->told->arena, count ? count : 1, size);
    if (!items) return no_memory(r->err);
    memcpy(out, &items, sizeof items);
    return ALM_OK;
}

/* ---- values ---- */

/* Up to eight digits as a number, or -1. */
static int digits(alm_str s, size_t at, size_t count) {
    int n = 0;
    if (count > 8) return -1;
    for (size_t i = at; i < at + count; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') return -1;
        n = n * 10 + (s.ptr[i] - '0');
    }
    return n;
}

int32_t alm_day_of(alm_str date) {
    int y = digits(date, 0, 4), m = digits(date, 5, 2), d = digits(date, 8, 2);
    if (y < 1 || m < 1 || d < 1) return ALM_NO_DAY;
    y -= m <= 2; /* days from civil: the year begins in March, so that the leap day is its last */
    int era = y / 400, of_era = y - era * 400, of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* A decimal text in hundredths; further digits are cut. 0 where there is none. */
static int64_t hundredths(alm_str text) {
    int64_t n = 0;
    int after = -1;
    for (size_t i = 0; i < text.len && after < 2; i++) {
        if (text.ptr[i] == '.') {
            after = 0;
            continue;
        }
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || n > INT64_MAX / 10000) return 0;
        n = n * 10 + (text.ptr[i] - '0');
        if (after >= 0) after++;
    }
    for (int i = after < 0 ? 0 : after; i < 2; i++) n *= 10;
    return n;
}

static alm_status read_sum(const reader *r, alm_claim_sum *out, const json_t *sum) {
    alm_str amount = text_of(sum, "amount"), qualifier = text_of(sum, "qualifier");
    out->cents = hundredths(amount.len ? amount : text_of(sum, "low"));
    out->exact = alm_str_is_c(qualifier, "exact");
    return keep(r, &out->currency, text_of(sum, "currency"));
}

/* ---- organisations ---- */

static void note_place(reader *r, alm_str place) {
    for (uint32_t i = 0; i < r->page->place_count; i++)
        if (alm_str_is(r->page->places[i], place)) return;
    if (r->page->place_count < MAX_PLACES) r->page->places[r->page->place_count++] = place;
}

static void note_places(reader *r, const alm_name *name) {
    for (uint8_t i = name->place_count; i-- > 0;) note_place(r, name->places[i]); /* the narrowest first */
}

static alm_status note_places_of(reader *r, alm_str text) {
    alm_name name;
    if (!text.len) return ALM_OK;
    alm_status status = alm_name_of_organisation(&name, r->told->arena, r->told->words, text, r->err);
    if (status == ALM_OK) note_places(r, &name);
    return status;
}

static alm_status read_form(reader *r, alm_claim_organisation *o, alm_str text) {
    if (!text.len) return ALM_OK;
    return alm_name_of_organisation(&o->forms[o->form_count++], r->told->arena, r->told->words, text, r->err);
}

static alm_status read_organisation(reader *r, const json_t *item) {
    alm_claims *told = r->told;
    void *items = told->organisations;
    alm_status status =
        alm_grow(&items, &told->organisation_cap, told->organisation_count, sizeof *told->organisations, MAX_CLAIMS);
    told->organisations = items;
    if (status != ALM_OK) return alm_fail(r->err, status, "no room for another organisation");
    alm_claim_organisation *o = &told->organisations[told->organisation_count];
    *o = (alm_claim_organisation){.page = r->page_index};
    const json_t *aliases = json_object_get(item, "aliases"), *alias;
    size_t i;
    status = keep(r, &o->id, text_of(item, "id"));
    if (status == ALM_OK) status = keep(r, &o->name, text_of(item, "name"));
    if (status == ALM_OK) status = keep(r, &o->type, text_of(item, "type"));
    if (status == ALM_OK) status = room(r, &o->forms, json_array_size(aliases) + 1, sizeof *o->forms);
    if (status == ALM_OK) status = read_form(r, o, o->name);
    json_array_foreach(aliases, i, alias) {
        if (status == ALM_OK && json_is_string(alias)) status = read_form(r, o, alm_str_of(json_string_value(alias)));
    }
    if (status == ALM_OK && o->form_count) note_places(r, &o->forms[0]);
    if (status == ALM_OK) told->organisation_count++;
    return status;
}

/* "the county's …" said in full, by the page's own places */
static alm_status localise(const reader *r, alm_name *name) {
    alm_status status = ALM_OK;
    for (uint32_t i = 0; i < r->page->place_count && name->local && status == ALM_OK; i++)
        status = alm_name_localise(name, r->told->arena, r->told->words, r->page->places[i], r->err);
    return status;
}

static alm_status read_organisations(reader *r) {
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(r->document, "organisations"), i, item) {
        alm_status status = read_organisation(r, item);
        if (status != ALM_OK) return status;
    }
    r->page->organisation_count = (uint32_t)r->told->organisation_count - r->page->first_organisation;
    for (i = r->page->first_organisation; i < r->told->organisation_count; i++) {
        alm_claim_organisation *o = &r->told->organisations[i];
        for (uint32_t k = 0; k < o->form_count; k++) {
            alm_status status = localise(r, &o->forms[k]);
            if (status != ALM_OK) return status;
        }
    }
    return ALM_OK;
}

/* "o3" to its index, or UINT32_MAX */
static uint32_t organisation_of(const reader *r, alm_str id) {
    if (id.len < 2 || id.ptr[0] != 'o') return UINT32_MAX;
    int number = digits(id, 1, id.len - 1);
    uint32_t index = r->page->first_organisation + (uint32_t)number - 1;
    return number >= 1 && (uint32_t)number <= r->page->organisation_count ? index : UINT32_MAX;
}

/* ---- donors ---- */

static alm_str person_name(const reader *r, alm_str id) {
    int number = id.len > 1 ? digits(id, 1, id.len - 1) : -1;
    return number < 1 ? (alm_str){0}
                      : text_of(json_array_get(json_object_get(r->document, "people"), (size_t)number - 1), "name");
}

static alm_status read_behind(const reader *r, alm_claim *t, alm_str person) {
    const json_t *affiliations = json_object_get(r->document, "affiliations"), *item;
    size_t i;
    json_array_foreach(affiliations, i, item) {
        if (!alm_str_is(text_of(item, "member"), person) || t->behind_count == MAX_BEHIND) continue;
        uint32_t index = organisation_of(r, text_of(item, "organisation"));
        if (index != UINT32_MAX) t->behind[t->behind_count++] = index;
    }
    return ALM_OK;
}

static alm_status read_donors(const reader *r, alm_claim *t, const json_t *donors) {
    size_t count = json_array_size(donors), i;
    const json_t *item;
    alm_status status = room(r, &t->organisations, count, sizeof *t->organisations);
    if (status == ALM_OK) status = room(r, &t->people, count, sizeof *t->people);
    if (status == ALM_OK) status = room(r, &t->behind, MAX_BEHIND, sizeof *t->behind);
    json_array_foreach(donors, i, item) {
        if (status != ALM_OK || !json_is_string(item)) break;
        alm_str id = alm_str_of(json_string_value(item));
        uint32_t index = organisation_of(r, id);
        if (index != UINT32_MAX) {
            t->organisations[t->organisation_count++] = index;
        } else if (id.len && id.ptr[0] == 'p') {
            status = alm_name_of_person(&t->people[t->person_count++], r->told->arena, r->told->words,
                                        person_name(r, id), r->err);
            if (status == ALM_OK) status = read_behind(r, t, id);
        }
    }
    return status;
}

/* ---- what, to whom, when ---- */

static alm_status read_cash(const reader *r, alm_claim *t, const json_t *cash) {
    size_t i;
    const json_t *item;
    alm_status status = room(r, &t->cash, json_array_size(cash), sizeof *t->cash);
    json_array_foreach(cash, i, item) {
        if (status == ALM_OK) status = read_sum(r, &t->cash[t->cash_count], item);
        if (status == ALM_OK && t->cash[t->cash_count].cents > 0) t->cash_count++;
    }
    return status;
}

static alm_status read_goods(const reader *r, alm_claim *t, const json_t *goods) {
    size_t i;
    const json_t *item;
    alm_status status = room(r, &t->goods, json_array_size(goods), sizeof *t->goods);
    json_array_foreach(goods, i, item) {
        alm_name folded;
        if (status != ALM_OK) break;
        status = alm_name_of_person(&folded, r->told->arena, r->told->words, text_of(item, "item"), r->err);
        if (status != ALM_OK || !folded.text.len) continue;
        t->goods[t->goods_count++] = (alm_claim_goods){folded.text, hundredths(text_of(item, "quantity"))};
    }
    return status;
}

static alm_status read_recipients(const reader *r, alm_claim *t, const json_t *recipients) {
    size_t i;
    const json_t *item;
    alm_status status = room(r, &t->recipients, json_array_size(recipients), sizeof *t->recipients);
    json_array_foreach(recipients, i, item) {
        if (status != ALM_OK) break;
        alm_name *name = &t->recipients[t->recipient_count++];
        uint32_t index = organisation_of(r, text_of(item, "organisation"));
        if (index != UINT32_MAX && r->told->organisations[index].form_count) {
            *name = r->told->organisations[index].forms[0];
            continue;
        }
        status = alm_name_of_organisation(name, r->told->arena, r->told->words, text_of(item, "name"), r->err);
        if (status == ALM_OK) status = localise(r, name);
    }
    return status;
}

static void read_days(alm_claim *t, const json_t *date) {
    t->first_day = alm_day_of(text_of(date, "from"));
    t->last_day = alm_day_of(text_of(date, "to"));
    if (t->first_day == ALM_NO_DAY) t->first_day = t->last_day;
    if (t->last_day == ALM_NO_DAY) t->last_day = t->first_day;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The pairs of characters of the evidence: what two claims in the same words have in common. */
static alm_status read_evidence(const reader *r, alm_claim *t, alm_str text) {
    alm_name folded;
    uint32_t pairs[MAX_PAIRS], before = 0, count = 0;
    alm_status status = alm_name_of_person(&folded, r->told->arena, r->told->words, text, r->err);
    if (status != ALM_OK) return status;
    for (size_t at = 0; at < folded.text.len && count < MAX_PAIRS;) {
        uint32_t cp = alm_utf8_next(folded.text, &at);
        if (before) pairs[count++] = before * 2654435761u ^ cp;
        before = cp;
    }
    status = room(r, &t->pairs, count, sizeof *t->pairs);
    if (status == ALM_OK && count) qsort(pairs, count, sizeof *pairs, by_number);
    for (uint32_t i = 0; i < count && status == ALM_OK; i++)
        if (t->pair_count == 0 || pairs[i] != t->pairs[t->pair_count - 1]) t->pairs[t->pair_count++] = pairs[i];
    return status;
}

static alm_status read_claim(const reader *r, const json_t *item) {
    alm_claims *told = r->told;
    void *items = told->claims;
    alm_status status = alm_grow(&items, &told->claim_cap, told->claim_count, sizeof *told->claims, MAX_CLAIMS);
    told->claims = items;
    if (status != ALM_OK) return alm_fail(r->err, status, "no room for another donation");
    alm_claim *t = &told->claims[told->claim_count];
    *t = (alm_claim){.page = r->page_index, .total = json_is_true(json_object_get(item, "total"))};
    const json_t *value = json_object_get(item, "value");
    status = keep(r, &t->uid, text_of(item, "uid"));
    if (status == ALM_OK) status = keep(r, &t->status, text_of(item, "status"));
    if (status == ALM_OK) status = read_donors(r, t, json_object_get(item, "donors"));
    if (status == ALM_OK) status = read_cash(r, t, json_object_get(item, "cash"));
    if (status == ALM_OK) status = read_goods(r, t, json_object_get(item, "goods"));
    if (status == ALM_OK && json_is_object(value)) status = read_sum(r, &t->value, value);
    if (status == ALM_OK) status = read_recipients(r, t, json_object_get(item, "recipients"));
    if (status == ALM_OK) status = read_evidence(r, t, text_of(json_object_get(item, "evidence"), "text"));
    read_days(t, json_object_get(item, "date"));
    if (status == ALM_OK) told->claim_count++;
    return status;
}

static alm_status read_document(reader *r) {
    alm_str url = text_of(r->document, "canonical_url");
    alm_status status = keep(r, &r->page->url, url.len ? url : text_of(r->document, "url"));
    r->page->published = alm_day_of(text_of(r->document, "published"));
    if (status == ALM_OK) status = room(r, &r->page->places, MAX_PLACES, sizeof *r->page->places);
    if (status == ALM_OK) status = note_places_of(r, text_of(r->document, "source"));
    if (status == ALM_OK) status = note_places_of(r, text_of(r->document, "site"));
    if (status == ALM_OK) status = note_places_of(r, text_of(r->document, "title"));
    r->page->own_places = r->page->place_count;
    if (status == ALM_OK) status = read_organisations(r);
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(r->document, "donations"), i, item) {
        if (status == ALM_OK && text_of(item, "uid").len) status = read_claim(r, item);
    }
    return status;
}

alm_status alm_claims_add(alm_claims *told, alm_str json, int64_t tag, alm_err *err) {
    void *items = told->pages;
    alm_status status = alm_grow(&items, &told->page_cap, told->page_count, sizeof *told->pages, MAX_CLAIMS);
    told->pages = items;
    if (status != ALM_OK) return alm_fail(err, status, "no room for another page");
    json_error_t bad;
    json_t *document = json_loadb(json.ptr ? json.ptr : "", json.len, 0, &bad);
    if (!document) return alm_fail(err, ALM_E_PARSE, "not a page document: %s", bad.text);
    alm_claim_page *page = &told->pages[told->page_count];
    size_t claims = told->claim_count;
    *page = (alm_claim_page){.tag = tag, .first_organisation = (uint32_t)told->organisation_count};
    reader r = {told, page, (uint32_t)told->page_count, document, err};
    status = json_is_object(document) ? read_document(&r) : alm_fail(err, ALM_E_PARSE, "not a page document");
    json_decref(document);
    if (status == ALM_OK) {
        told->page_count++;
    } else {
        told->claim_count = claims;
        told->organisation_count = page->first_organisation;
    }
    return status;
}
