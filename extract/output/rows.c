#include "extract/output/rows.h"

#include "base/json.h"
#include "extract/output/decimal.h"
#include "extract/output/names.h"

static const char *const field_names[ALM_FIELD_COUNT] = {
    [ALM_FIELD_UID] = "uid",
    [ALM_FIELD_URL] = "url",
    [ALM_FIELD_TITLE] = "title",
    [ALM_FIELD_PUBLISHED] = "published",
    [ALM_FIELD_SOURCE] = "source",
    [ALM_FIELD_DONOR] = "donor",
    [ALM_FIELD_DONOR_TYPE] = "donor_type",
    [ALM_FIELD_DONOR_ORG] = "donor_org",
    [ALM_FIELD_DONOR_PERSON] = "donor_person",
    [ALM_FIELD_DONOR_ROLE] = "donor_role",
    [ALM_FIELD_ASSOCIATION] = "association",
    [ALM_FIELD_ASSOCIATION_ROLE] = "association_role",
    [ALM_FIELD_CASH_AMOUNT] = "cash_amount",
    [ALM_FIELD_CASH_CURRENCY] = "cash_currency",
    [ALM_FIELD_CASH_QUALIFIER] = "cash_qualifier",
    [ALM_FIELD_GOODS] = "goods",
    [ALM_FIELD_GOODS_ITEMS] = "goods_items",
    [ALM_FIELD_VALUE_AMOUNT] = "value_amount",
    [ALM_FIELD_VALUE_CURRENCY] = "value_currency",
    [ALM_FIELD_RECIPIENTS] = "recipients",
    [ALM_FIELD_CHANNELS] = "channels",
    [ALM_FIELD_DONATION_DATE] = "donation_date",
    [ALM_FIELD_STATUS] = "status",
    [ALM_FIELD_TOTAL] = "total",
    [ALM_FIELD_EVIDENCE] = "evidence",
    [ALM_FIELD_RULE] = "rule",
    [ALM_FIELD_CONFIDENCE] = "confidence",
    [ALM_FIELD_FETCHED_AT] = "fetched_at",
    [ALM_FIELD_SCHEMA] = "schema",
};

const char *alm_field_name(alm_field field) { return field_names[field]; }

bool alm_field_is_json(alm_field field) {
    return field == ALM_FIELD_GOODS_ITEMS || field == ALM_FIELD_TOTAL || field == ALM_FIELD_CONFIDENCE;
}

static const alm_str none = {NULL, 0};
static const alm_str separator = {"; ", 2};

/* What the filling of one row shares. */
typedef struct filler {
    alm_row *row;
    const alm_rows *rows;
    alm_arena *arena;
    const alm_document *document;
    const alm_donation *donation;
    bool failed; /* the arena gave out */
} filler;

static alm_str keep(filler *f, alm_str text) {
    alm_str copy = alm_arena_copy(f->arena, text);
    f->failed |= !copy.ptr;
    return copy;
}

/* list, separator and item; the item alone where the list is still empty. */
static alm_str joined(filler *f, alm_str list, alm_str item) {
    if (!item.ptr) return list;
    if (!list.ptr) return item;
    char *text = alm_arena_alloc(f->arena, list.len + separator.len + item.len + 1);
    if (!text) {
        f->failed = true;
        return list;
    }
    memcpy(text, list.ptr, list.len);
    memcpy(text + list.len, separator.ptr, separator.len);
    memcpy(text + list.len + separator.len, item.ptr, item.len);
    size_t len = list.len + separator.len + item.len;
    text[len] = '\0';
    return (alm_str){text, len};
}

static void set(filler *f, alm_field field, alm_str text) { f->row->fields[field] = text.len ? text : none; }

static size_t member_of(const alm_document *document, alm_ref member) {
    return member.person ? document->organisation_count + member.index : member.index;
}

/* Counting sort by member, which keeps the order of the affiliations of each. */
alm_status alm_rows_init(alm_rows *rows, alm_arena *arena, const alm_document *document) {
    size_t members = document->organisation_count + document->person_count;
    uint32_t *start = alm_arena_calloc(arena, members + 2, sizeof *start);
    uint32_t *sorted = alm_arena_calloc(arena, document->affiliation_count + 1, sizeof *sorted);
    if (!start || !sorted) return ALM_E_NOMEM;
    for (size_t i = 0; i < document->affiliation_count; i++)
        start[member_of(document, document->affiliations[i].member) + 2]++;
    for (size_t i = 2; i < members + 2; i++) start[i] += start[i - 1];
    for (size_t i = 0; i < document->affiliation_count; i++)
        sorted[start[member_of(document, document->affiliations[i].member) + 1]++] = (uint32_t)i;
    *rows = (alm_rows){arena, document, start, sorted};
    return ALM_OK;
}

static bool is_donor(const alm_donation *donation, bool person, uint32_t index) {
    for (size_t i = 0; i < donation->donor_count; i++)
        if (donation->donors[i].person == person && donation->donors[i].index == index) return true;
    return false;
}

static bool is_association(const alm_document *document, uint32_t organisation) {
    return document->organisations[organisation].type == ALM_ORGANISATION_ASSOCIATION;
}

/* What the affiliations of the donors say; the first of each wins. */
typedef struct roles {
    alm_str role, other_role, association, association_role;
} roles;

static void add_role(const filler *f, roles *found, const alm_affiliation *a) {
    bool gives = is_donor(f->donation, false, a->organisation);
    if (!gives && is_association(f->document, a->organisation)) {
        if (found->association.ptr) return;
        found->association = f->document->organisations[a->organisation].name;
        found->association_role = a->role;
    } else if (gives && a->member.person) {
        if (!found->role.ptr) found->role = a->role;
    } else if (a->member.person && !found->other_role.ptr) {
        found->other_role = a->role;
    }
}

/* Roles of the donating people: in the donating organisation, else in any that is no association; and in an association
 * that does not give itself. */
static void fill_roles(filler *f) {
    roles found = {.role = none, .other_role = none, .association = none, .association_role = none};
    for (size_t i = 0; i < f->donation->donor_count; i++) {
        size_t member = member_of(f->document, f->donation->donors[i]);
        for (uint32_t k = f->rows->start[member]; k < f->rows->start[member + 1]; k++)
            add_role(f, &found, &f->document->affiliations[f->rows->affiliations[k]]);
    }
    set(f, ALM_FIELD_DONOR_ROLE, found.role.ptr ? found.role : found.other_role);
    set(f, ALM_FIELD_ASSOCIATION, found.association);
    set(f, ALM_FIELD_ASSOCIATION_ROLE, found.association_role);
}

static void fill_donors(filler *f) {
    alm_str organisations = none, people = none;
    const char *type = NULL;
    for (size_t i = 0; i < f->donation->donor_count; i++) {
        alm_ref donor = f->donation->donors[i];
        if (donor.person) {
            people = joined(f, people, f->document->people[donor.index].name);
            continue;
        }
        const alm_entity *organisation = &f->document->organisations[donor.index];
        if (!organisations.ptr) type = alm_organisation_type_name(organisation->type);
        organisations = joined(f, organisations, organisation->name);
    }
    if (!type && people.ptr) type = "person";
    set(f, ALM_FIELD_DONOR, organisations.ptr ? organisations : people);
    set(f, ALM_FIELD_DONOR_TYPE, alm_str_of(type));
    set(f, ALM_FIELD_DONOR_ORG, organisations);
    set(f, ALM_FIELD_DONOR_PERSON, people);
    fill_roles(f);
}

/* A sum of amounts in one currency, the first one's; null once a part has no amount of its own. */
typedef struct money_sum {
    alm_str amount, currency;
    alm_qualifier qualifier;
    size_t count;
    bool open;
} money_sum;

static void sum_add(filler *f, money_sum *sum, const alm_amount *amount) {
    if (sum->count == 0)
        *sum = (money_sum){.currency = amount->currency, .qualifier = amount->qualifier};
    else if (!alm_str_is(sum->currency, amount->currency))
        return;
    if (sum->count > 0 && sum->qualifier != amount->qualifier) sum->qualifier = ALM_QUALIFIER_ABOUT;
    sum->count++;
    sum->open |= !amount->amount.ptr;
    if (sum->open) return;
    sum->amount = alm_decimal_add(f->arena, sum->amount, amount->amount);
    f->failed |= !sum->amount.ptr;
}

static alm_str sum_money(filler *f, const money_sum *sum) {
    if (sum->count == 0 || sum->open || f->failed) return none;
    alm_str money = alm_decimal_money(f->arena, sum->amount);
    f->failed |= !money.ptr;
    return money;
}

static void fill_money(filler *f) {
    const alm_donation *donation = f->donation;
    money_sum cash = {.count = 0}, value = {.count = 0};
    for (size_t i = 0; i < donation->cash_count; i++) sum_add(f, &cash, &donation->cash[i]);
    set(f, ALM_FIELD_CASH_AMOUNT, sum_money(f, &cash));
    if (cash.count > 0) {
        set(f, ALM_FIELD_CASH_CURRENCY, cash.currency);
        set(f, ALM_FIELD_CASH_QUALIFIER, alm_str_of(alm_qualifier_name(cash.qualifier)));
    }
    if (donation->value) {
        sum_add(f, &value, donation->value);
    } else {
        for (size_t i = 0; i < donation->goods_count; i++)
            if (donation->goods[i].value) sum_add(f, &value, donation->goods[i].value);
    }
    set(f, ALM_FIELD_VALUE_AMOUNT, sum_money(f, &value));
    if (value.count > 0) set(f, ALM_FIELD_VALUE_CURRENCY, value.currency);
}

static void write_item(filler *f, alm_json *json, const alm_goods *goods) {
    alm_json_object(json);
    alm_json_member(json, "item", goods->item);
    alm_json_member(json, "quantity", goods->quantity);
    alm_json_member(json, "unit", goods->unit);
    alm_json_member_c(json, "qualifier", alm_qualifier_name(goods->qualifier));
    alm_str value = goods->value ? alm_decimal_money(f->arena, goods->value->amount) : none;
    f->failed |= goods->value && goods->value->amount.ptr && !value.ptr;
    alm_json_member(json, "value_amount", value);
    alm_json_member(json, "value_currency", goods->value ? goods->value->currency : none);
    alm_json_object_end(json);
}

static void fill_goods(filler *f) {
    alm_str text = none;
    alm_buf buf;
    alm_json json;
    alm_buf_init(&buf, f->arena->max);
    alm_json_init(&json, &buf, false);
    alm_json_array(&json);
    for (size_t i = 0; i < f->donation->goods_count; i++) {
        text = joined(f, text, f->donation->goods[i].text);
        write_item(f, &json, &f->donation->goods[i]);
    }
    alm_json_array_end(&json);
    f->failed |= buf.status != ALM_OK;
    set(f, ALM_FIELD_GOODS, text);
    if (!f->failed) set(f, ALM_FIELD_GOODS_ITEMS, keep(f, alm_buf_str(&buf)));
    alm_buf_release(&buf);
}

static alm_str party_names(filler *f, const alm_party *parties, size_t count) {
    alm_str names = none;
    for (size_t i = 0; i < count; i++) names = joined(f, names, parties[i].name);
    return names;
}

static void fill_page(filler *f) {
    const alm_document *d = f->document;
    set(f, ALM_FIELD_URL, d->page.canonical_url.len ? d->page.canonical_url : d->url);
    set(f, ALM_FIELD_TITLE, d->page.title);
    set(f, ALM_FIELD_PUBLISHED, d->page.published);
    set(f, ALM_FIELD_SOURCE, d->page.source);
    set(f, ALM_FIELD_FETCHED_AT, d->fetched_at);
    set(f, ALM_FIELD_SCHEMA, ALM_STR("almoner.row/1"));
}

alm_status alm_row_fill(alm_row *row, const alm_rows *rows, size_t index) {
    const alm_document *document = rows->document;
    const alm_donation *donation = &document->donations[index];
    filler f = {.row = row, .rows = rows, .arena = rows->arena, .document = document, .donation = donation};
    *row = (alm_row){0};
    fill_page(&f);
    fill_donors(&f);
    fill_money(&f);
    fill_goods(&f);
    set(&f, ALM_FIELD_UID, alm_str_of(donation->uid));
    set(&f, ALM_FIELD_RECIPIENTS, party_names(&f, donation->recipients, donation->recipient_count));
    set(&f, ALM_FIELD_CHANNELS, party_names(&f, donation->channels, donation->channel_count));
    if (donation->date)
        set(&f, ALM_FIELD_DONATION_DATE, donation->date->from.len ? donation->date->from : donation->date->to);
    set(&f, ALM_FIELD_STATUS, alm_str_of(alm_donation_status_name(donation->status)));
    set(&f, ALM_FIELD_TOTAL, donation->total ? ALM_STR("true") : ALM_STR("false"));
    set(&f, ALM_FIELD_EVIDENCE, donation->evidence);
    set(&f, ALM_FIELD_RULE, donation->rule);
    alm_confidence room;
    set(&f, ALM_FIELD_CONFIDENCE, keep(&f, alm_confidence_text(&room, donation->confidence)));
    return f.failed ? ALM_E_NOMEM : ALM_OK;
}
