#include "store/telling.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>

enum { MAX_ARENA = 512 << 20 };

static const char *const field_names[ALM_TOLD_COUNT] = {
    "donor",       "donor_type",    "donor_org",      "donor_person", "donor_role",  "association",  "association_role",
    "cash_amount", "cash_currency", "cash_qualifier", "goods",        "goods_items", "value_amount", "value_currency",
    "recipients",  "channels",      "donation_date",  "status",       "total",       "evidence",     "rule",
    "confidence"};

/* What of the row belongs to its page, and is in its digest too. */
static const char *const page_names[] = {"url", "title", "published", "source"};

typedef struct parser {
    alm_telling *t;
    const char *wrong; /* the first thing that was not as it should be */
    bool no_memory;
} parser;

static void blame(parser *p, const char *what) {
    if (!p->wrong) p->wrong = what;
}

/* Text of @p value; {0} of null. Anything else is wrong. */
static alm_str text_of(parser *p, const json_t *value, const char *name) {
    if (json_is_string(value)) return (alm_str){json_string_value(value), json_string_length(value)};
    if (value && !json_is_null(value)) blame(p, name);
    return (alm_str){NULL, 0};
}

static alm_str text(parser *p, const json_t *object, const char *name) {
    return text_of(p, json_object_get(object, name), name);
}

static alm_str needed(parser *p, const json_t *object, const char *name) {
    alm_str found = text(p, object, name);
    if (!found.ptr) blame(p, name);
    return found;
}

static void *room(parser *p, size_t count, size_t size) {
    void *items = alm_arena_calloc(&p->t->arena, count ? count : 1, size);
    if (!items) p->no_memory = true;
    return items;
}

static alm_str dumped(parser *p, const json_t *value) {
    char *json = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
    alm_str copy = json ? alm_arena_copy(&p->t->arena, alm_str_of(json)) : (alm_str){NULL, 0};
    free(json);
    if (!copy.ptr) p->no_memory = true;
    return copy;
}

/* ---- spans ---- */

static void add_span(parser *p, alm_told_spans *spans, const char *field, const json_t *span) {
    const json_t *start = json_array_get(span, 0), *end = json_array_get(span, 1);
    if (!json_is_integer(start) || !json_is_integer(end)) {
        blame(p, "span");
        return;
    }
    void *items = spans->items;
    if (alm_arena_grow(&p->t->arena, &items, &spans->cap, spans->count, sizeof *spans->items) != ALM_OK) {
        p->no_memory = true;
        return;
    }
    spans->items = items;
    spans->items[spans->count++] =
        (alm_told_span){field, (int64_t)json_integer_value(start), (int64_t)json_integer_value(end)};
}

static void add_span_of(parser *p, alm_told_spans *spans, const char *field, const json_t *object) {
    if (json_is_object(object)) add_span(p, spans, field, json_object_get(object, "span"));
}

/* Those of @p from that stand in the evidence: the first span of @p spans. */
static void add_spans_inside(parser *p, alm_told_spans *spans, const char *field, const alm_told_spans *from) {
    if (spans->count == 0) return;
    int64_t start = spans->items[0].start, end = spans->items[0].end;
    for (size_t i = 0; i < from->count; i++) {
        if (from->items[i].start < start || from->items[i].end > end) continue;
        void *items = spans->items;
        if (alm_arena_grow(&p->t->arena, &items, &spans->cap, spans->count, sizeof *spans->items) != ALM_OK) {
            p->no_memory = true;
            return;
        }
        spans->items = items;
        spans->items[spans->count++] = (alm_told_span){field, from->items[i].start, from->items[i].end};
    }
}

static int compare_spans(const void *a, const void *b) {
    const alm_told_span *x = a, *y = b;
    int order = strcmp(x->field, y->field);
    if (order == 0) order = (x->start > y->start) - (x->start < y->start);
    return order ? order : (x->end > y->end) - (x->end < y->end);
}

/* Each once: the table holds a set. */
static void sort_spans(alm_told_spans *spans) {
    size_t kept = 0;
    if (spans->count) qsort(spans->items, spans->count, sizeof *spans->items, compare_spans);
    for (size_t i = 0; i < spans->count; i++)
        if (kept == 0 || compare_spans(&spans->items[kept - 1], &spans->items[i]) != 0)
            spans->items[kept++] = spans->items[i];
    spans->count = kept;
}

/* ---- the document ---- */

/* "o3" is index 2. */
static size_t index_of(parser *p, const json_t *id, char letter, size_t count) {
    const char *name = json_string_value(id);
    if (!name || name[0] != letter) return ALM_TOLD_NOBODY;
    char *end;
    unsigned long number = strtoul(name + 1, &end, 10);
    if (*end == '\0' && number >= 1 && number <= count) return number - 1;
    blame(p, "id");
    return ALM_TOLD_NOBODY;
}

static alm_told_entity *read_entities(parser *p, const json_t *list, size_t *count, bool typed) {
    alm_told_entity *entities = room(p, json_array_size(list), sizeof *entities);
    size_t i, k;
    const json_t *item, *span;
    if (!entities) return NULL;
    json_array_foreach(list, i, item) {
        alm_told_entity *e = &entities[i];
        e->id = needed(p, item, "id");
        e->name = needed(p, item, "name");
        if (typed) e->type = needed(p, item, "type");
        e->aliases = dumped(p, json_object_get(item, "aliases"));
        json_array_foreach(json_object_get(item, "spans"), k, span) add_span(p, &e->spans, "name", span);
        sort_spans(&e->spans);
    }
    *count = json_array_size(list);
    return entities;
}

static void read_affiliations(parser *p, const json_t *list) {
    alm_telling *t = p->t;
    t->affiliations = room(p, json_array_size(list), sizeof *t->affiliations);
    if (!t->affiliations) return;
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) {
        alm_told_affiliation *a = &t->affiliations[i];
        const json_t *member = json_object_get(item, "member");
        a->person = index_of(p, member, 'p', t->person_count);
        a->organisation = index_of(p, member, 'o', t->organisation_count);
        a->of = index_of(p, json_object_get(item, "organisation"), 'o', t->organisation_count);
        if (a->of == ALM_TOLD_NOBODY) blame(p, "organisation");
        a->role = text(p, item, "role");
        a->rule = needed(p, item, "rule");
        add_span_of(p, &a->spans, "role", item);
    }
    t->affiliation_count = json_array_size(list);
}

static void read_donors(parser *p, alm_told_donation *d, const json_t *list) {
    size_t i;
    const json_t *id;
    json_array_foreach(list, i, id) {
        alm_told_party *party = &d->parties[d->party_count++];
        *party = (alm_told_party){.part = "donor", .position = (int64_t)i};
        party->person = index_of(p, id, 'p', p->t->person_count);
        party->organisation = index_of(p, id, 'o', p->t->organisation_count);
        const alm_told_entity *e = party->person != ALM_TOLD_NOBODY         ? &p->t->people[party->person]
                                   : party->organisation != ALM_TOLD_NOBODY ? &p->t->organisations[party->organisation]
                                                                            : NULL;
        if (!e) {
            blame(p, "donors");
            return;
        }
        party->name = e->name;
        add_spans_inside(p, &d->spans, "donor", &e->spans);
    }
}

static void read_parties(parser *p, alm_told_donation *d, const char *part, const json_t *list) {
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) {
        alm_told_party *party = &d->parties[d->party_count++];
        *party = (alm_told_party){.part = part, .position = (int64_t)i, .name = needed(p, item, "name")};
        party->person = index_of(p, json_object_get(item, "person"), 'p', p->t->person_count);
        party->organisation = index_of(p, json_object_get(item, "organisation"), 'o', p->t->organisation_count);
        add_span_of(p, &d->spans, part, item);
    }
}

/* Roles by which a donor takes part: its affiliations told inside the evidence. */
static void read_roles(parser *p, alm_told_donation *d) {
    for (size_t i = 0; i < d->party_count; i++) {
        const alm_told_party *party = &d->parties[i];
        for (size_t k = 0; party->person != ALM_TOLD_NOBODY && party->part[0] == 'd' && k < p->t->affiliation_count;
             k++)
            if (p->t->affiliations[k].person == party->person)
                add_spans_inside(p, &d->spans, "role", &p->t->affiliations[k].spans);
    }
}

static void read_donation(parser *p, alm_told_donation *d, const json_t *item) {
    size_t i;
    const json_t *part, *donors = json_object_get(item, "donors"), *recipients = json_object_get(item, "recipients"),
                        *channels = json_object_get(item, "channels");
    d->uid = needed(p, item, "uid");
    d->parties =
        room(p, json_array_size(donors) + json_array_size(recipients) + json_array_size(channels), sizeof *d->parties);
    if (!d->parties) return;
    add_span_of(p, &d->spans, "evidence", json_object_get(item, "evidence"));
    read_donors(p, d, donors);
    read_parties(p, d, "recipient", recipients);
    read_parties(p, d, "channel", channels);
    if (p->wrong || p->no_memory) return;
    read_roles(p, d);
    json_array_foreach(json_object_get(item, "cash"), i, part) add_span_of(p, &d->spans, "cash", part);
    json_array_foreach(json_object_get(item, "goods"), i, part) add_span_of(p, &d->spans, "goods", part);
    add_span_of(p, &d->spans, "value", json_object_get(item, "value"));
    add_span_of(p, &d->spans, "date", json_object_get(item, "date"));
    sort_spans(&d->spans);
}

static void read_document(parser *p, const json_t *root) {
    alm_telling *t = p->t;
    if (!alm_str_is_c(text(p, root, "schema"), "almoner.page/1")) blame(p, "schema");
    t->canonical_url = text(p, root, "canonical_url");
    t->content_sha256 = text(p, root, "content_sha256");
    t->charset = text(p, root, "charset");
    t->language = text(p, root, "language");
    t->title = text(p, root, "title");
    t->published = text(p, root, "published");
    t->source = text(p, root, "source");
    t->author = text(p, root, "author");
    t->site = text(p, root, "site");
    t->organisations = read_entities(p, json_object_get(root, "organisations"), &t->organisation_count, true);
    t->people = read_entities(p, json_object_get(root, "people"), &t->person_count, false);
    if (!p->no_memory) read_affiliations(p, json_object_get(root, "affiliations"));
    const json_t *donations = json_object_get(root, "donations"), *item;
    size_t i;
    t->donations = room(p, json_array_size(donations), sizeof *t->donations);
    if (p->no_memory) return;
    json_array_foreach(donations, i, item) {
        if (p->wrong || p->no_memory) return;
        read_donation(p, &t->donations[i], item);
    }
    t->donation_count = json_array_size(donations);
}

/* ---- the rows ---- */

static bool hash_part(EVP_MD_CTX *hash, alm_str part) {
    unsigned char known = part.ptr != NULL, end = 0; /* JSON text holds no NUL: parts cannot run into each other */
    return EVP_DigestUpdate(hash, &known, 1) == 1 &&
           (part.len == 0 || EVP_DigestUpdate(hash, part.ptr, part.len) == 1) && EVP_DigestUpdate(hash, &end, 1) == 1;
}

static void sign_row(parser *p, alm_told_donation *d, const json_t *row) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool well = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 && hash_part(hash, d->uid);
    for (size_t i = 0; i < sizeof page_names / sizeof page_names[0]; i++)
        well = well && hash_part(hash, text(p, row, page_names[i]));
    for (size_t i = 0; i < ALM_TOLD_COUNT; i++) well = well && hash_part(hash, d->fields[i]);
    well = well && EVP_DigestFinal_ex(hash, digest, NULL) == 1;
    EVP_MD_CTX_free(hash);
    p->no_memory |= !well;
    for (size_t i = 0; well && i < 16; i++) {
        d->digest[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        d->digest[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
}

static void read_row(parser *p, alm_told_donation *d, const json_t *row) {
    if (!alm_str_is(needed(p, row, "uid"), d->uid)) blame(p, "uid");
    for (int i = 0; i < ALM_TOLD_COUNT; i++) {
        const json_t *value = json_object_get(row, field_names[i]);
        if (i == ALM_TOLD_TOTAL)
            d->fields[i] = json_is_true(value) ? ALM_STR("1") : ALM_STR("0");
        else if (i == ALM_TOLD_GOODS_ITEMS || i == ALM_TOLD_CONFIDENCE)
            d->fields[i] = dumped(p, value);
        else
            d->fields[i] = text_of(p, value, field_names[i]);
    }
    if (!d->fields[ALM_TOLD_EVIDENCE].ptr || !d->fields[ALM_TOLD_STATUS].ptr || !d->fields[ALM_TOLD_RULE].ptr)
        blame(p, "evidence");
    if (!p->wrong) sign_row(p, d, row);
}

/* A row a line, in the order of the document's donations. */
static void read_rows(parser *p, alm_str rows) {
    json_t *all = json_array();
    size_t count = 0;
    p->t->roots[1] = all;
    for (size_t at = 0; all && at < rows.len && !p->wrong && !p->no_memory;) {
        size_t end = alm_str_find(rows, ALM_STR("\n"), at);
        if (end == SIZE_MAX) end = rows.len;
        alm_str line = alm_str_slice(rows, at, end);
        at = end + 1;
        if (line.len == 0) continue;
        json_t *row = json_loadb(line.ptr, line.len, 0, NULL);
        if (!row || json_array_append_new(all, row) != 0 || count == p->t->donation_count)
            blame(p, "rows");
        else
            read_row(p, &p->t->donations[count++], row);
    }
    if (!all) p->no_memory = true;
    if (count != p->t->donation_count) blame(p, "rows");
}

static int compare_uids(const void *a, const void *b) {
    return alm_str_compare(*(const alm_str *)a, *(const alm_str *)b);
}

static void check_uids(parser *p) {
    size_t count = p->t->donation_count;
    alm_str *uids = room(p, count, sizeof *uids);
    if (!uids) return;
    for (size_t i = 0; i < count; i++) uids[i] = p->t->donations[i].uid;
    qsort(uids, count, sizeof *uids, compare_uids);
    for (size_t i = 1; i < count; i++)
        if (alm_str_is(uids[i], uids[i - 1])) blame(p, "uid (twice)");
}

alm_status alm_telling_parse(alm_telling *out, const alm_sink_document *document, alm_err *err) {
    *out = (alm_telling){
        .url = document->url, .digest = document->version, .json = document->json, .fetched_ms = document->fetched_ms};
    alm_arena_init(&out->arena, MAX_ARENA);
    parser p = {.t = out};
    json_t *root = json_loadb(document->json.ptr ? document->json.ptr : "", document->json.len, 0, NULL);
    out->roots[0] = root;
    if (root)
        read_document(&p, root);
    else
        blame(&p, "JSON");
    if (!p.wrong && !p.no_memory) read_rows(&p, document->rows);
    if (!p.wrong && !p.no_memory) check_uids(&p);
    if (!p.wrong && !p.no_memory) return ALM_OK;
    alm_telling_release(out);
    if (p.no_memory) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    return alm_fail(err, ALM_E_PARSE, "%.*s: no page document: %s",
                    (int)(document->url.len < 300 ? document->url.len : 300),
                    document->url.ptr ? document->url.ptr : "", p.wrong);
}

void alm_telling_gone(alm_telling *out, alm_str url, int64_t when_ms) {
    *out = (alm_telling){.url = url, .digest = ALM_STR(""), .fetched_ms = when_ms, .gone = true};
    alm_arena_init(&out->arena, MAX_ARENA);
}

void alm_telling_release(alm_telling *telling) {
    json_decref(telling->roots[0]);
    json_decref(telling->roots[1]);
    alm_arena_release(&telling->arena);
    *telling = (alm_telling){0};
}
