/*
 * The examples of rules. What a rule gives is written as texts, "member: …; organisation: …; role: …", for both sides;
 * the two lists, sorted, have to be equal.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "extract/check/check.h"

enum { MAX_GIVEN = 64, MAX_TEXT = 1 << 16 };

/* What one side gives: texts in an arena. */
typedef struct given {
    alm_arena *arena;
    alm_str items[MAX_GIVEN];
    size_t count;
} given;

void alm_check_tell(alm_check *check, alm_severity severity, const char *code, const alm_rule *rule,
                    const alm_yaml_node *node, const char *format, ...) {
    char message[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    check->findings++;
    check->found(check->context, &(alm_finding){.severity = severity,
                                                .code = code,
                                                .rule = rule ? rule->id : (alm_str){0},
                                                .file = node ? node->file : "",
                                                .line = node ? node->line : 0,
                                                .column = node ? node->column : 0,
                                                .message = message});
}

static alm_status given_add(given *list, alm_buf *text) {
    if (text->status != ALM_OK) return text->status;
    if (list->count == MAX_GIVEN) return ALM_OK;
    alm_str copy = alm_arena_copy(list->arena, alm_buf_str(text));
    if (!copy.ptr) return ALM_E_NOMEM;
    list->items[list->count++] = copy;
    alm_buf_reset(text);
    return ALM_OK;
}

/* "; field: text", or ", text" where the field goes on. */
static void put_field(alm_buf *out, alm_str field, alm_str text, bool goes_on) {
    alm_status status = alm_buf_add(out, goes_on ? ALM_STR(", ") : out->len ? ALM_STR("; ") : ALM_STR(""));
    if (status == ALM_OK && !goes_on && field.len) status = alm_buf_add(out, field);
    if (status == ALM_OK && !goes_on && field.len) status = alm_buf_add(out, ALM_STR(": "));
    if (status == ALM_OK) status = alm_buf_add(out, text);
    (void)status; /* stays in the buffer */
}

/* ---- what a rule gave ---- */

static alm_status give_affiliations(given *list, alm_buf *text, const alm_document *document, const alm_rule *rule) {
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < document->affiliation_count; i++) {
        const alm_affiliation *a = &document->affiliations[i];
        if (!alm_str_is(a->rule, rule->id)) continue;
        const alm_entity *members = a->member.person ? document->people : document->organisations;
        put_field(text, ALM_STR("member"), members[a->member.index].name, false);
        put_field(text, ALM_STR("organisation"), document->organisations[a->organisation].name, false);
        put_field(text, ALM_STR("role"), a->role, false);
        status = given_add(list, text);
    }
    return status;
}

static alm_status give_records(given *list, alm_buf *text, const alm_document *document, const alm_rule *rule) {
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < document->record_count; i++) {
        const alm_record *record = &document->records[i];
        if (!alm_str_is(record->rule, rule->id)) continue;
        for (size_t k = 0; k < record->value_count; k++)
            put_field(text, record->values[k].field, record->values[k].text,
                      k > 0 && alm_str_is(record->values[k].field, record->values[k - 1].field));
        status = given_add(list, text);
    }
    return status;
}

static alm_status give_marks(given *list, alm_buf *text, const alm_document *document, const alm_rule *rule) {
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < document->mark_count; i++) {
        if (!alm_str_is(document->marks[i].rule, rule->id)) continue;
        put_field(text, (alm_str){0}, document->marks[i].text, false);
        status = given_add(list, text);
    }
    return status;
}

static alm_status give(given *list, alm_buf *text, const alm_document *document, const alm_rule *rule) {
    switch (rule->phase) {
    case ALM_PHASE_AFFILIATIONS: return give_affiliations(list, text, document, rule);
    case ALM_PHASE_RECORDS: return give_records(list, text, document, rule);
    default: return give_marks(list, text, document, rule);
    }
}

/* ---- what an example says ---- */

/* The value of a field: a text, or a list of them. */
static void expect_field(alm_buf *text, alm_str field, const alm_yaml_node *value) {
    if (!value) return;
    if (value->kind == ALM_YAML_SCALAR) put_field(text, field, value->scalar, false);
    if (value->kind != ALM_YAML_SEQUENCE) return;
    for (size_t i = 0; i < value->count; i++) put_field(text, field, value->items[i]->scalar, i > 0);
}

static bool is_field(const alm_rule *rule, alm_str name) {
    if (rule->phase == ALM_PHASE_AFFILIATIONS)
        return alm_str_is_c(name, "member") || alm_str_is_c(name, "organisation") || alm_str_is_c(name, "role");
    for (uint32_t g = 1; g < rule->group_count; g++)
        if (rule->groups[g].len && alm_str_is(rule->groups[g], name)) return true;
    return false;
}

static alm_status expect_fields(alm_buf *text, const alm_rule *rule, const alm_yaml_node *item, alm_err *err) {
    if (rule->phase == ALM_PHASE_MENTIONS && item->kind == ALM_YAML_SCALAR) {
        put_field(text, (alm_str){0}, item->scalar, false);
        return ALM_OK;
    }
    if (item->kind != ALM_YAML_MAPPING) return alm_yaml_fail(item, err, "expected what the rule gives, field: text");
    for (size_t i = 0; i < item->count; i++)
        if (!is_field(rule, item->pairs[i].key->scalar))
            return alm_yaml_fail(item->pairs[i].key, err, "the rule gives no field '%s'",
                                 item->pairs[i].key->scalar.ptr);
    if (rule->phase == ALM_PHASE_AFFILIATIONS) {
        static const char *const fields[] = {"member", "organisation", "role"};
        for (size_t i = 0; i < 3; i++) expect_field(text, alm_str_of(fields[i]), alm_yaml_get(item, fields[i]));
        return ALM_OK;
    }
    for (uint32_t g = 1; g < rule->group_count; g++)
        if (rule->groups[g].len) expect_field(text, rule->groups[g], alm_yaml_get(item, rule->groups[g].ptr));
    return ALM_OK;
}

static alm_status expect(given *list, alm_buf *text, const alm_rule *rule, const alm_yaml_node *gives, alm_err *err) {
    if (gives->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(gives, err, "expected a list; [] for nothing");
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < gives->count; i++) {
        status = expect_fields(text, rule, gives->items[i], err);
        if (status == ALM_OK) status = given_add(list, text);
    }
    return status;
}

/* ---- comparing ---- */

static int by_text(const void *a, const void *b) { return alm_str_compare(*(const alm_str *)a, *(const alm_str *)b); }

static bool are_equal(given *a, given *b) {
    qsort(a->items, a->count, sizeof a->items[0], by_text);
    qsort(b->items, b->count, sizeof b->items[0], by_text);
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!alm_str_is(a->items[i], b->items[i])) return false;
    return true;
}

static void describe(char *out, size_t size, const given *list) {
    size_t used = 0;
    snprintf(out, size, "nothing");
    for (size_t i = 0; i < list->count && used < size; i++) {
        int n = snprintf(out + used, size - used, "%s{%.*s}", i ? " " : "", ALM_FMT(list->items[i]));
        used += n > 0 ? (size_t)n : 0;
    }
}

typedef struct tester {
    alm_check *check;
    alm_session *session;
    alm_arena arena;
    alm_buf text;
    alm_err *err;
} tester;

static alm_status run_example(tester *t, const alm_rule *rule, const alm_yaml_node *example) {
    static const char *const keys[] = {"text", "gives", "published", NULL};
    given expected = {.arena = &t->arena}, found = {.arena = &t->arena};
    alm_str text, published = {0};
    alm_status status = alm_yaml_expect_keys(example, keys, t->err);
    if (status != ALM_OK) return status;
    const alm_yaml_node *said = alm_yaml_get(example, "text"), *gives = alm_yaml_get(example, "gives"),
                        *day = alm_yaml_get(example, "published");
    if (!said || !gives) return alm_yaml_fail(example, t->err, "an example must have `text` and `gives`");
    status = alm_yaml_text(&text, said, t->err);
    if (status == ALM_OK && day) status = alm_yaml_text(&published, day, t->err);
    if (status == ALM_OK) status = expect(&expected, &t->text, rule, gives, t->err);
    if (status != ALM_OK) return status;
    if (alm_extract_text(t->session, text, published) != 0)
        return alm_fail(t->err, alm_session_error(t->session)->code, "%s", alm_session_message(t->session));
    status = give(&found, &t->text, alm_session_document(t->session), rule);
    if (status != ALM_OK) return status;
    t->check->examples++;
    if (are_equal(&expected, &found)) return ALM_OK;
    char wanted[900], got[900];
    describe(wanted, sizeof wanted, &expected);
    describe(got, sizeof got, &found);
    alm_check_tell(t->check, ALM_ERROR, "example", rule, example, "expected %s; found %s", wanted, got);
    return ALM_OK;
}

static alm_status run_rule(tester *t, const alm_rule *rule) {
    const alm_yaml_node *examples = alm_yaml_get(rule->node, "examples");
    alm_status status = ALM_OK;
    t->check->rules++;
    if (examples && examples->kind != ALM_YAML_SEQUENCE)
        return alm_yaml_fail(examples, t->err, "expected a list of examples");
    for (size_t i = 0; status == ALM_OK && examples && i < examples->count; i++) {
        alm_arena_reset(&t->arena);
        status = run_example(t, rule, examples->items[i]);
    }
    return status;
}

alm_status alm_check_examples(alm_check *check, alm_str id, alm_err *err) {
    const alm_pack *pack = alm_extractor_pack(check->extractor);
    tester t = {.check = check, .session = alm_session_new(check->extractor), .err = err};
    if (!t.session) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_arena_init(&t.arena, 1 << 24);
    alm_buf_init(&t.text, MAX_TEXT);
    alm_status status = ALM_OK;
    size_t before = check->rules;
    for (size_t i = 0; status == ALM_OK && i < pack->rule_count; i++)
        if (!id.len || alm_str_is(pack->rules[i].id, id)) status = run_rule(&t, &pack->rules[i]);
    if (status == ALM_OK && id.len && check->rules == before)
        status = alm_fail(err, ALM_E_NOT_FOUND, "no rule '%.*s' in pack %.*s", ALM_FMT(id), ALM_FMT(pack->name));
    if (status != ALM_OK) alm_fail(err, status, "out of memory");
    alm_buf_release(&t.text);
    alm_arena_release(&t.arena);
    alm_session_free(t.session);
    return status;
}
