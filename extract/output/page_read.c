#include "extract/output/page_read.h"

#include <jansson.h>
#include <stdlib.h>

#define GROUP_NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* The first fault stops nothing: what is read after it is empty, and the call fails at its end. */
typedef struct reader {
    alm_arena *arena;
    alm_document *document;
    const char *fault; /* the name of the first field that is wrong; static */
} reader;

static const alm_str none = {NULL, 0};

static void fault(reader *r, const char *name) {
    if (!r->fault) r->fault = name;
}

/* ---- scalars ---- */

static alm_str text_of(reader *r, const json_t *value, const char *name) {
    if (!json_is_string(value)) {
        if (value && !json_is_null(value)) fault(r, name);
        return none;
    }
    return alm_arena_copy(r->arena, (alm_str){json_string_value(value), json_string_length(value)});
}

static alm_str text(reader *r, const json_t *object, const char *name) {
    return text_of(r, json_object_get(object, name), name);
}

static alm_str needed(reader *r, const json_t *object, const char *name) {
    if (!json_is_string(json_object_get(object, name))) fault(r, name);
    return text(r, object, name);
}

static alm_str decimal(reader *r, const json_t *object, const char *name) {
    alm_str found = text(r, object, name);
    size_t points = 0;
    for (size_t i = 0; i < found.len; i++) {
        bool point = found.ptr[i] == '.' && i > 0 && i + 1 < found.len && points++ == 0;
        if (!point && (found.ptr[i] < '0' || found.ptr[i] > '9')) fault(r, name);
    }
    if (found.ptr && found.len == 0) fault(r, name);
    return r->fault ? none : found;
}

static alm_str day(reader *r, const json_t *object, const char *name) {
    alm_str found = text(r, object, name);
    if (found.ptr && !alm_value_is_date(found)) fault(r, name);
    return found;
}

static void hex(reader *r, char *out, size_t len, const json_t *object, const char *name) {
    const char *found = json_string_value(json_object_get(object, name));
    if (found && strlen(found) == len && strspn(found, "0123456789abcdef") == len)
        memcpy(out, found, len + 1);
    else
        fault(r, name);
}

/* The number of the name that @p name_of gives for it, from 0 to @p last. */
static int named(reader *r, const json_t *object, const char *name, const char *(*name_of)(int), int last) {
    const char *found = json_string_value(json_object_get(object, name));
    for (int i = 0; found && i <= last; i++)
        if (strcmp(found, name_of(i)) == 0) return i;
    fault(r, name);
    return 0;
}

static const char *qualifier_name(int i) { return alm_qualifier_name((alm_qualifier)i); }
static const char *type_name(int i) { return alm_organisation_type_name((alm_organisation_type)i); }
static const char *status_name(int i) { return alm_donation_status_name((alm_donation_status)i); }
static const char *severity_name(int i) { return alm_severity_name((alm_severity)i); }

static alm_qualifier qualifier(reader *r, const json_t *object) {
    return (alm_qualifier)named(r, object, "qualifier", qualifier_name, ALM_QUALIFIER_RANGE);
}

static uint32_t place(reader *r, const json_t *value) {
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= 0 && number < UINT32_MAX) return (uint32_t)number;
    fault(r, "span");
    return 0;
}

static alm_span span_of(reader *r, const json_t *pair) {
    alm_span span = {place(r, json_array_get(pair, 0)), place(r, json_array_get(pair, 1))};
    if (span.start > span.end || json_array_size(pair) != 2) fault(r, "span");
    return span;
}

static alm_span span(reader *r, const json_t *object) { return span_of(r, json_object_get(object, "span")); }

/* "o3" is 2; ALM_NO_ENTITY of null. */
static uint32_t id_of(reader *r, const json_t *value, char letter, size_t count) {
    const char *id = json_string_value(value);
    if (!value || json_is_null(value)) return ALM_NO_ENTITY;
    char *end = NULL;
    unsigned long number = id && id[0] == letter ? strtoul(id + 1, &end, 10) : 0;
    if (number >= 1 && number <= count && *end == '\0') return (uint32_t)(number - 1);
    fault(r, "id");
    return ALM_NO_ENTITY;
}

/* A person or an organisation, which must be there. */
static alm_ref ref_of(reader *r, const json_t *value) {
    const char *id = json_string_value(value);
    bool person = id && id[0] == 'p';
    uint32_t index = person ? id_of(r, value, 'p', r->document->person_count)
                            : id_of(r, value, 'o', r->document->organisation_count);
    if (index == ALM_NO_ENTITY) fault(r, "id");
    return (alm_ref){person, index == ALM_NO_ENTITY ? 0 : index};
}

/* ---- lists ---- */

/* Zeroed room for a list, which must be one where it is there; *count is 0 where there is none. */
static void *list(reader *r, const json_t **items, size_t *count, const json_t *object, const char *name, size_t size) {
    *items = json_object_get(object, name);
    if (*items && !json_is_array(*items)) fault(r, name);
    *count = json_array_size(*items);
    void *room = alm_arena_calloc(r->arena, *count + 1, size);
    if (!room) *count = 0;
    return room;
}

static alm_str *texts(reader *r, size_t *count, const json_t *object, const char *name) {
    const json_t *items;
    alm_str *out = list(r, &items, count, object, name, sizeof *out);
    for (size_t i = 0; i < *count; i++) {
        if (!json_is_string(json_array_get(items, i))) fault(r, name);
        out[i] = text_of(r, json_array_get(items, i), name);
    }
    return out;
}

static alm_entity *entities(reader *r, size_t *count, const json_t *root, const char *name, bool typed) {
    const json_t *items, *spans;
    alm_entity *out = list(r, &items, count, root, name, sizeof *out);
    for (size_t i = 0; i < *count; i++) {
        const json_t *item = json_array_get(items, i);
        alm_entity *e = &out[i];
        e->name = needed(r, item, "name");
        e->aliases = texts(r, &e->alias_count, item, "aliases");
        if (typed) e->type = (alm_organisation_type)named(r, item, "type", type_name, ALM_ORGANISATION_COMMUNITY);
        e->spans = list(r, &spans, &e->span_count, item, "spans", sizeof *e->spans);
        for (size_t k = 0; k < e->span_count; k++) e->spans[k] = span_of(r, json_array_get(spans, k));
    }
    return out;
}

static void read_affiliations(reader *r, const json_t *root) {
    alm_document *d = r->document;
    const json_t *items;
    size_t count;
    d->affiliations = list(r, &items, &count, root, "affiliations", sizeof *d->affiliations);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(items, i);
        alm_affiliation *a = &d->affiliations[i];
        a->member = ref_of(r, json_object_get(item, "member"));
        alm_ref of = ref_of(r, json_object_get(item, "organisation"));
        if (of.person) fault(r, "organisation");
        a->organisation = of.index;
        a->role = text(r, item, "role");
        a->span = span(r, item);
        a->rule = needed(r, item, "rule");
    }
    d->affiliation_count = count;
}

/* ---- donations ---- */

static void fill_amount(reader *r, alm_amount *a, const json_t *item) {
    *a = (alm_amount){.amount = decimal(r, item, "amount"),
                      .currency = needed(r, item, "currency"),
                      .qualifier = qualifier(r, item),
                      .low = decimal(r, item, "low"),
                      .high = decimal(r, item, "high"),
                      .text = text(r, item, "text"),
                      .span = span(r, item)};
}

static const alm_amount *amount(reader *r, const json_t *object, const char *name) {
    const json_t *item = json_object_get(object, name);
    if (!item || json_is_null(item)) return NULL;
    alm_amount *a = ALM_ARENA_NEW(r->arena, alm_amount);
    if (a) fill_amount(r, a, item);
    return a;
}

static void read_what(reader *r, alm_donation *d, const json_t *item) {
    const json_t *cash, *goods;
    d->cash = list(r, &cash, &d->cash_count, item, "cash", sizeof *d->cash);
    for (size_t i = 0; i < d->cash_count; i++) fill_amount(r, &d->cash[i], json_array_get(cash, i));
    d->goods = list(r, &goods, &d->goods_count, item, "goods", sizeof *d->goods);
    for (size_t i = 0; i < d->goods_count; i++) {
        const json_t *thing = json_array_get(goods, i);
        d->goods[i] = (alm_goods){.item = text(r, thing, "item"),
                                  .quantity = decimal(r, thing, "quantity"),
                                  .unit = text(r, thing, "unit"),
                                  .qualifier = qualifier(r, thing),
                                  .value = amount(r, thing, "value"),
                                  .text = text(r, thing, "text"),
                                  .span = span(r, thing)};
    }
    d->value = amount(r, item, "value");
}

static alm_party *parties(reader *r, size_t *count, const json_t *donation, const char *name) {
    const json_t *items;
    alm_party *out = list(r, &items, count, donation, name, sizeof *out);
    for (size_t i = 0; i < *count; i++) {
        const json_t *item = json_array_get(items, i);
        out[i] = (alm_party){.name = needed(r, item, "name"),
                             .organisation =
                                 id_of(r, json_object_get(item, "organisation"), 'o', r->document->organisation_count),
                             .person = id_of(r, json_object_get(item, "person"), 'p', r->document->person_count),
                             .span = span(r, item)};
    }
    return out;
}

static const alm_date *date(reader *r, const json_t *donation) {
    const json_t *item = json_object_get(donation, "date");
    if (!item || json_is_null(item)) return NULL;
    alm_date *d = ALM_ARENA_NEW(r->arena, alm_date);
    if (d)
        *d = (alm_date){.from = day(r, item, "from"),
                        .to = day(r, item, "to"),
                        .text = text(r, item, "text"),
                        .span = span(r, item)};
    return d;
}

static void read_evidence(reader *r, const json_t *item, alm_str *words, alm_span *where) {
    const json_t *evidence = json_object_get(item, "evidence");
    *words = needed(r, evidence, "text");
    *where = span(r, evidence);
}

static void read_donation(reader *r, alm_donation *d, const json_t *item) {
    const json_t *donors;
    hex(r, d->uid, sizeof d->uid - 1, item, "uid");
    d->donors = list(r, &donors, &d->donor_count, item, "donors", sizeof *d->donors);
    for (size_t i = 0; i < d->donor_count; i++) d->donors[i] = ref_of(r, json_array_get(donors, i));
    d->action = text(r, item, "action");
    d->status = (alm_donation_status)named(r, item, "status", status_name, ALM_STATUS_DISTRIBUTED);
    d->total = json_is_true(json_object_get(item, "total"));
    read_what(r, d, item);
    d->recipients = parties(r, &d->recipient_count, item, "recipients");
    d->channels = parties(r, &d->channel_count, item, "channels");
    d->date = date(r, item);
    read_evidence(r, item, &d->evidence, &d->evidence_span);
    d->rule = needed(r, item, "rule");
    d->confidence = json_number_value(json_object_get(item, "confidence"));
}

static void read_donations(reader *r, const json_t *root) {
    const json_t *items;
    size_t count;
    r->document->donations = list(r, &items, &count, root, "donations", sizeof *r->document->donations);
    for (size_t i = 0; i < count; i++) read_donation(r, &r->document->donations[i], json_array_get(items, i));
    r->document->donation_count = count;
}

/* ---- records of a pack's own ---- */

static void read_value(reader *r, alm_record_value *v, const json_t *item) {
    v->text = text(r, item, "text");
    v->span = span(r, item);
    const json_t *person = json_object_get(item, "person"), *organisation = json_object_get(item, "organisation");
    if (person || organisation) {
        v->has_entity = true;
        v->entity = ref_of(r, person ? person : organisation);
    }
    bool money = json_object_get(item, "currency"), dated = json_object_get(item, "from");
    if (!json_object_get(item, "qualifier") && !dated) return;
    alm_value *value = ALM_ARENA_NEW(r->arena, alm_value);
    if (!value) return;
    value->kind = dated ? ALM_VALUE_DATE : money ? ALM_VALUE_MONEY : ALM_VALUE_QUANTITY;
    if (dated) {
        value->date_from = day(r, item, "from");
        value->date_to = day(r, item, "to");
    } else {
        value->amount = text(r, item, "amount");
        value->unit = text(r, item, money ? "currency" : "unit");
        value->qualifier = qualifier(r, item);
    }
    v->value = value;
}

static size_t count_values(json_t *fields) {
    size_t count = 0;
    const char *name;
    json_t *values;
    json_object_foreach(fields, name, values) count += json_array_size(values);
    return count;
}

static void read_record(reader *r, alm_record *record, const json_t *item) {
    json_t *fields = json_object_get(item, "fields"), *values;
    const char *name;
    record->type = needed(r, item, "type");
    record->rule = needed(r, item, "rule");
    read_evidence(r, item, &record->evidence, &record->evidence_span);
    record->values = alm_arena_calloc(r->arena, count_values(fields) + 1, sizeof *record->values);
    if (!record->values) return;
    json_object_foreach(fields, name, values) {
        alm_str field = alm_arena_copy(r->arena, alm_str_of(name));
        if (strspn(name, GROUP_NAME) != strlen(name)) fault(r, "fields"); /* the name of a group of a pattern */
        for (size_t i = 0; i < json_array_size(values); i++) {
            alm_record_value *v = &record->values[record->value_count++];
            read_value(r, v, json_array_get(values, i));
            v->field = field;
        }
    }
}

/* ---- the whole ---- */

static void read_attachments(reader *r, const json_t *root) {
    alm_page *page = &r->document->page;
    const json_t *items;
    page->attachments = list(r, &items, &page->attachment_count, root, "attachments", sizeof *page->attachments);
    for (size_t i = 0; i < page->attachment_count; i++) {
        const json_t *item = json_array_get(items, i);
        page->attachments[i] = (alm_attachment){needed(r, item, "url"), text(r, item, "name"), text(r, item, "type")};
    }
}

static void read_diagnostics(reader *r, const json_t *root) {
    alm_diagnostics *all = &r->document->diagnostics;
    const json_t *items;
    all->arena = r->arena;
    all->items = list(r, &items, &all->count, root, "diagnostics", sizeof *all->items);
    all->cap = all->count;
    for (size_t i = 0; i < all->count; i++) {
        const json_t *item = json_array_get(items, i);
        all->items[i].severity = (alm_severity)named(r, item, "severity", severity_name, ALM_ERROR);
        all->items[i].code = needed(r, item, "code").ptr;
        all->items[i].message = text(r, item, "message");
    }
}

static void read_head(reader *r, const json_t *root) {
    alm_document *d = r->document;
    alm_str schema = needed(r, root, "schema");
    if (!alm_str_is_c(schema, "almoner.page/1")) fault(r, "schema");
    d->url = text(r, root, "url");
    d->fetched_at = text(r, root, "fetched_at");
    hex(r, d->content_sha256, sizeof d->content_sha256 - 1, root, "content_sha256");
    d->charset = needed(r, root, "charset").ptr;
    d->page.canonical_url = text(r, root, "canonical_url");
    d->page.language = text(r, root, "language");
    d->page.title = text(r, root, "title");
    d->page.published = day(r, root, "published");
    d->page.source = text(r, root, "source");
    d->page.author = text(r, root, "author");
    d->page.site = text(r, root, "site");
    d->page.text = text(r, root, "text");
}

static void read_page(reader *r, const json_t *root) {
    alm_document *d = r->document;
    const json_t *items;
    read_head(r, root);
    d->organisations = entities(r, &d->organisation_count, root, "organisations", true);
    d->people = entities(r, &d->person_count, root, "people", false);
    read_affiliations(r, root);
    read_donations(r, root);
    d->records = list(r, &items, &d->record_count, root, "records", sizeof *d->records);
    for (size_t i = 0; i < d->record_count; i++) read_record(r, &d->records[i], json_array_get(items, i));
    d->page.next = texts(r, &d->page.next_count, root, "next");
    read_attachments(r, root);
    read_diagnostics(r, root);
}

alm_status alm_page_parse(alm_document *out, alm_arena *arena, alm_str json, alm_err *err) {
    json_error_t bad;
    alm_document document = {0};
    reader r = {.arena = arena, .document = &document};
    json_t *root = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, &bad);
    if (!root && json_error_code(&bad) == json_error_out_of_memory) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (!root)
        return alm_fail_at(err, ALM_E_PARSE, NULL, bad.line > 0 ? (uint32_t)bad.line : 0,
                           bad.column > 0 ? (uint32_t)bad.column : 0, "no JSON: %s", bad.text);
    bool is_object = json_is_object(root);
    if (is_object) read_page(&r, root);
    json_decref(root);
    if (!is_object) return alm_fail(err, ALM_E_PARSE, "no page document: not an object");
    if (r.fault) return alm_fail(err, ALM_E_PARSE, "no page document: field \"%s\"", r.fault);
    if (arena->failed) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    *out = document;
    return ALM_OK;
}
