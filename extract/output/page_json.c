#include "base/json.h"
#include "extract/output/decimal.h"
#include "extract/output/names.h"
#include "extract/output/output.h"

/* The writer with what most parts of a document need. */
typedef struct writer {
    alm_json json;
    alm_arena *arena;
    const alm_document *document;
    bool failed; /* the arena gave out */
} writer;

static void write_id(writer *w, char prefix, size_t index) {
    char id[24];
    size_t at = sizeof id, number = index + 1;
    do id[--at] = (char)('0' + number % 10);
    while (number /= 10);
    id[--at] = prefix;
    alm_json_text(&w->json, (alm_str){id + at, sizeof id - at});
}

static void member_id(writer *w, const char *name, char prefix, uint32_t index) {
    alm_json_key(&w->json, name);
    if (index == ALM_NO_ENTITY)
        alm_json_null(&w->json);
    else
        write_id(w, prefix, index);
}

static void write_span(writer *w, alm_span span) {
    alm_json_array(&w->json);
    alm_json_uint(&w->json, span.start);
    alm_json_uint(&w->json, span.end);
    alm_json_array_end(&w->json);
}

static void member_span(writer *w, alm_span span) {
    alm_json_key(&w->json, "span");
    write_span(w, span);
}

static void member_texts(writer *w, const char *name, const alm_str *texts, size_t count) {
    alm_json_key(&w->json, name);
    alm_json_array(&w->json);
    for (size_t i = 0; i < count; i++) alm_json_text(&w->json, texts[i]);
    alm_json_array_end(&w->json);
}

/* A slice that is empty means "the page does not tell": null. */
static void member_known(writer *w, const char *name, alm_str text) {
    alm_json_member(&w->json, name, text.len ? text : (alm_str){NULL, 0});
}

static void member_money(writer *w, const char *name, alm_str decimal) {
    alm_str money = alm_decimal_money(w->arena, decimal);
    w->failed |= decimal.ptr && !money.ptr;
    alm_json_member(&w->json, name, money);
}

static void write_head(writer *w, bool with_text) {
    const alm_document *d = w->document;
    alm_json_member_c(&w->json, "schema", "almoner.page/1");
    member_known(w, "url", d->url);
    member_known(w, "canonical_url", d->page.canonical_url);
    member_known(w, "fetched_at", d->fetched_at);
    alm_json_member_c(&w->json, "content_sha256", d->content_sha256);
    alm_json_member_c(&w->json, "charset", d->charset);
    member_known(w, "language", d->page.language);
    member_known(w, "title", d->page.title);
    member_known(w, "published", d->page.published);
    member_known(w, "source", d->page.source);
    member_known(w, "author", d->page.author);
    member_known(w, "site", d->page.site);
    if (with_text) alm_json_member(&w->json, "text", d->page.text.ptr ? d->page.text : ALM_STR(""));
}

static void write_entities(writer *w, const char *name, char prefix, const alm_entity *entities, size_t count) {
    alm_json_key(&w->json, name);
    alm_json_array(&w->json);
    for (size_t i = 0; i < count; i++) {
        const alm_entity *e = &entities[i];
        alm_json_object(&w->json);
        alm_json_key(&w->json, "id");
        write_id(w, prefix, i);
        alm_json_member(&w->json, "name", e->name);
        member_texts(w, "aliases", e->aliases, e->alias_count);
        if (prefix == 'o') alm_json_member_c(&w->json, "type", alm_organisation_type_name(e->type));
        alm_json_key(&w->json, "spans");
        alm_json_array(&w->json);
        for (size_t k = 0; k < e->span_count; k++) write_span(w, e->spans[k]);
        alm_json_array_end(&w->json);
        alm_json_object_end(&w->json);
    }
    alm_json_array_end(&w->json);
}

static void write_affiliations(writer *w) {
    alm_json_key(&w->json, "affiliations");
    alm_json_array(&w->json);
    for (size_t i = 0; i < w->document->affiliation_count; i++) {
        const alm_affiliation *a = &w->document->affiliations[i];
        alm_json_object(&w->json);
        alm_json_key(&w->json, "id");
        write_id(w, 'a', i);
        member_id(w, "member", a->member.person ? 'p' : 'o', a->member.index);
        member_id(w, "organisation", 'o', a->organisation);
        member_known(w, "role", a->role);
        member_span(w, a->span);
        alm_json_member(&w->json, "rule", a->rule);
        alm_json_object_end(&w->json);
    }
    alm_json_array_end(&w->json);
}

static void write_amount(writer *w, const alm_amount *amount) {
    if (!amount) {
        alm_json_null(&w->json);
        return;
    }
    alm_json_object(&w->json);
    member_money(w, "amount", amount->amount);
    alm_json_member(&w->json, "currency", amount->currency);
    alm_json_member_c(&w->json, "qualifier", alm_qualifier_name(amount->qualifier));
    member_money(w, "low", amount->low);
    member_money(w, "high", amount->high);
    alm_json_member(&w->json, "text", amount->text);
    member_span(w, amount->span);
    alm_json_object_end(&w->json);
}

static void write_goods(writer *w, const alm_goods *goods) {
    alm_json_object(&w->json);
    alm_json_member(&w->json, "item", goods->item);
    alm_json_member(&w->json, "quantity", goods->quantity);
    alm_json_member(&w->json, "unit", goods->unit);
    alm_json_member_c(&w->json, "qualifier", alm_qualifier_name(goods->qualifier));
    alm_json_key(&w->json, "value");
    write_amount(w, goods->value);
    alm_json_member(&w->json, "text", goods->text);
    member_span(w, goods->span);
    alm_json_object_end(&w->json);
}

static void write_parties(writer *w, const char *name, const alm_party *parties, size_t count) {
    alm_json_key(&w->json, name);
    alm_json_array(&w->json);
    for (size_t i = 0; i < count; i++) {
        alm_json_object(&w->json);
        alm_json_member(&w->json, "name", parties[i].name);
        member_id(w, "organisation", 'o', parties[i].organisation);
        member_id(w, "person", 'p', parties[i].person);
        member_span(w, parties[i].span);
        alm_json_object_end(&w->json);
    }
    alm_json_array_end(&w->json);
}

static void write_date(writer *w, const alm_date *date) {
    alm_json_key(&w->json, "date");
    if (!date) {
        alm_json_null(&w->json);
        return;
    }
    alm_json_object(&w->json);
    alm_json_member(&w->json, "from", date->from);
    alm_json_member(&w->json, "to", date->to);
    alm_json_member(&w->json, "text", date->text);
    member_span(w, date->span);
    alm_json_object_end(&w->json);
}

static void write_what(writer *w, const alm_donation *donation) {
    alm_json_key(&w->json, "cash");
    alm_json_array(&w->json);
    for (size_t i = 0; i < donation->cash_count; i++) write_amount(w, &donation->cash[i]);
    alm_json_array_end(&w->json);
    alm_json_key(&w->json, "goods");
    alm_json_array(&w->json);
    for (size_t i = 0; i < donation->goods_count; i++) write_goods(w, &donation->goods[i]);
    alm_json_array_end(&w->json);
    alm_json_key(&w->json, "value");
    write_amount(w, donation->value);
}

static void write_donation(writer *w, size_t index) {
    const alm_donation *donation = &w->document->donations[index];
    alm_json_object(&w->json);
    alm_json_key(&w->json, "id");
    write_id(w, 'd', index);
    alm_json_member_c(&w->json, "uid", donation->uid);
    alm_json_key(&w->json, "donors");
    alm_json_array(&w->json);
    for (size_t i = 0; i < donation->donor_count; i++)
        write_id(w, donation->donors[i].person ? 'p' : 'o', donation->donors[i].index);
    alm_json_array_end(&w->json);
    member_known(w, "action", donation->action);
    alm_json_member_c(&w->json, "status", alm_donation_status_name(donation->status));
    alm_json_key(&w->json, "total");
    alm_json_bool(&w->json, donation->total);
    write_what(w, donation);
    write_parties(w, "recipients", donation->recipients, donation->recipient_count);
    write_parties(w, "channels", donation->channels, donation->channel_count);
    write_date(w, donation->date);
    alm_json_key(&w->json, "evidence");
    alm_json_object(&w->json);
    alm_json_member(&w->json, "text", donation->evidence);
    member_span(w, donation->evidence_span);
    alm_json_object_end(&w->json);
    alm_json_member(&w->json, "rule", donation->rule);
    alm_json_key(&w->json, "confidence");
    alm_confidence room;
    alm_json_raw(&w->json, alm_confidence_text(&room, donation->confidence));
    alm_json_object_end(&w->json);
}

static void write_donations(writer *w) {
    alm_json_key(&w->json, "donations");
    alm_json_array(&w->json);
    for (size_t i = 0; i < w->document->donation_count; i++) write_donation(w, i);
    alm_json_array_end(&w->json);
}

static void write_record_value(writer *w, const alm_record_value *v) {
    alm_json_object(&w->json);
    alm_json_member(&w->json, "text", v->text);
    if (v->has_entity)
        member_id(w, v->entity.person ? "person" : "organisation", v->entity.person ? 'p' : 'o', v->entity.index);
    if (v->value && v->value->kind == ALM_VALUE_DATE) {
        alm_json_member(&w->json, "from", v->value->date_from);
        alm_json_member(&w->json, "to", v->value->date_to);
    } else if (v->value) {
        bool money = v->value->kind == ALM_VALUE_MONEY;
        if (money)
            member_money(w, "amount", v->value->amount);
        else
            alm_json_member(&w->json, "amount", v->value->amount);
        alm_json_member(&w->json, money ? "currency" : "unit", v->value->unit);
        alm_json_member_c(&w->json, "qualifier", alm_qualifier_name(v->value->qualifier));
    }
    member_span(w, v->span);
    alm_json_object_end(&w->json);
}

/* Values of one field stand together, in the order of the rule's groups. */
static void write_fields(writer *w, const alm_record *record) {
    alm_json_key(&w->json, "fields");
    alm_json_object(&w->json);
    for (size_t i = 0; i < record->value_count;) {
        alm_str field = record->values[i].field;
        alm_json_key(&w->json, field.ptr);
        alm_json_array(&w->json);
        for (; i < record->value_count && alm_str_is(record->values[i].field, field); i++)
            write_record_value(w, &record->values[i]);
        alm_json_array_end(&w->json);
    }
    alm_json_object_end(&w->json);
}

/* Only packs with rules of phase `records` give any. */
static void write_records(writer *w) {
    if (w->document->record_count == 0) return;
    alm_json_key(&w->json, "records");
    alm_json_array(&w->json);
    for (size_t i = 0; i < w->document->record_count; i++) {
        const alm_record *record = &w->document->records[i];
        alm_json_object(&w->json);
        alm_json_key(&w->json, "id");
        write_id(w, 'r', i);
        alm_json_member(&w->json, "type", record->type);
        write_fields(w, record);
        alm_json_key(&w->json, "evidence");
        alm_json_object(&w->json);
        alm_json_member(&w->json, "text", record->evidence);
        member_span(w, record->evidence_span);
        alm_json_object_end(&w->json);
        alm_json_member(&w->json, "rule", record->rule);
        alm_json_object_end(&w->json);
    }
    alm_json_array_end(&w->json);
}

static void write_attachments(writer *w) {
    alm_json_key(&w->json, "attachments");
    alm_json_array(&w->json);
    for (size_t i = 0; i < w->document->page.attachment_count; i++) {
        const alm_attachment *a = &w->document->page.attachments[i];
        alm_json_object(&w->json);
        alm_json_member(&w->json, "url", a->url);
        alm_json_member(&w->json, "name", a->name);
        alm_json_member(&w->json, "type", a->type);
        alm_json_object_end(&w->json);
    }
    alm_json_array_end(&w->json);
}

static void write_diagnostics(writer *w) {
    const alm_diagnostics *all = &w->document->diagnostics;
    alm_json_key(&w->json, "diagnostics");
    alm_json_array(&w->json);
    for (size_t i = 0; i < all->count; i++) {
        alm_json_object(&w->json);
        alm_json_member_c(&w->json, "severity", alm_severity_name(all->items[i].severity));
        alm_json_member_c(&w->json, "code", all->items[i].code);
        alm_json_member(&w->json, "message", all->items[i].message);
        alm_json_object_end(&w->json);
    }
    alm_json_array_end(&w->json);
}

alm_status alm_write_page(alm_buf *out, alm_arena *arena, const alm_document *document, bool with_text, bool pretty) {
    writer w = {.arena = arena, .document = document};
    alm_json_init(&w.json, out, pretty);
    alm_json_object(&w.json);
    write_head(&w, with_text);
    write_entities(&w, "organisations", 'o', document->organisations, document->organisation_count);
    write_entities(&w, "people", 'p', document->people, document->person_count);
    write_affiliations(&w);
    write_donations(&w);
    write_records(&w);
    member_texts(&w, "next", document->page.next, document->page.next_count);
    write_attachments(&w);
    write_diagnostics(&w);
    alm_json_object_end(&w.json);
    alm_buf_add_byte(out, '\n');
    return w.failed ? ALM_E_NOMEM : out->status;
}
