#include "extract/relate/record.h"

#include "extract/mention/walk.h"
#include "extract/rules/phase.h"

static alm_status run(alm_relation *relation, alm_phase phase, alm_match_accept accept) {
    return alm_phase_run_rules(&(alm_phase_run){.phase = phase,
                                                .folded = relation->folded,
                                                .matcher = relation->matcher,
                                                .diagnostics = &relation->document->diagnostics,
                                                .explain = relation->explain,
                                                .accept = accept,
                                                .context = relation});
}

/* ---- mentions ---- */

static alm_status accept_mention(void *context, const alm_match *match) {
    alm_relation *relation = context;
    alm_folded *folded = relation->folded;
    uint32_t first = match->start, last = match->end, index;
    if (alm_match_group(match, "mention", &first, &last) && first == last) return ALM_OK;
    alm_mention mention = {.class_id = alm_pack_class(folded->pack, match->rule->emit),
                           .start = folded->tokens[first].start,
                           .end = folded->tokens[last - 1].end,
                           .rule = match->rule->id,
                           .strength = 100};
    mention.name = alm_str_slice(folded->text, mention.start, mention.end);
    alm_status status = alm_mention_add(folded, &mention, &index);
    return status == ALM_OK ? alm_fold(folded, first, last, index) : status;
}

alm_status alm_rule_mentions_find(alm_relation *relation) { return run(relation, ALM_PHASE_MENTIONS, accept_mention); }

/* ---- records ---- */

static alm_status value_add(alm_relation *relation, alm_found_record *record, alm_found_value value) {
    void *items = record->values;
    alm_status status =
        alm_arena_grow(relation->folded->arena, &items, &record->value_cap, record->value_count, sizeof value);
    record->values = items;
    if (status == ALM_OK) record->values[record->value_count++] = value;
    return status;
}

/* The mentions folded in tokens [first, last), or their text where there is none. */
static alm_status read_zone(alm_relation *relation, alm_found_record *record, alm_str field, uint32_t first,
                            uint32_t last) {
    const alm_folded *folded = relation->folded;
    size_t before = record->value_count;
    for (uint32_t i = first; i < last; i++) {
        const alm_token *token = &folded->tokens[i];
        if (!token->mention) continue;
        alm_status status = value_add(
            relation, record,
            (alm_found_value){.field = field, .mention = token->mention, .start = token->start, .end = token->end});
        if (status != ALM_OK) return status;
    }
    if (record->value_count > before || first == last) return ALM_OK;
    return value_add(
        relation, record,
        (alm_found_value){.field = field, .start = folded->tokens[first].start, .end = folded->tokens[last - 1].end});
}

static bool ends_sentence(uint32_t cp) {
    return cp == '\n' || cp == ALM_CP_STOP || cp == ALM_CP_EXCLAMATION || cp == ALM_CP_QUESTION;
}

/* The sentence around the match. */
static void set_evidence(const alm_folded *folded, const alm_match *match, alm_found_record *record) {
    size_t first = match->start, last = match->end;
    while (first > 0 && !ends_sentence(folded->tokens[first - 1].cp)) first--;
    while (last < folded->count && !ends_sentence(folded->tokens[last - 1].cp)) last++;
    if (folded->tokens[last - 1].cp == '\n' && last > match->end) last--;
    record->start = folded->tokens[first].start;
    record->end = folded->tokens[last - 1].end;
}

static alm_status accept_record(void *context, const alm_match *match) {
    alm_relation *relation = context;
    alm_found_record record = {.rule = match->rule};
    set_evidence(relation->folded, match, &record);
    for (uint32_t g = 1; g < match->rule->group_count; g++) {
        if (!match->rule->groups[g].len || match->group_start[g] == UINT32_MAX) continue;
        alm_status status =
            read_zone(relation, &record, match->rule->groups[g], match->group_start[g], match->group_end[g]);
        if (status != ALM_OK) return status;
    }
    void *items = relation->records;
    alm_status status =
        alm_arena_grow(relation->folded->arena, &items, &relation->record_cap, relation->record_count, sizeof record);
    relation->records = items;
    if (status == ALM_OK) relation->records[relation->record_count++] = record;
    return status;
}

alm_status alm_records_find(alm_relation *relation) { return run(relation, ALM_PHASE_RECORDS, accept_record); }

/* ---- the document ---- */

static alm_status settle_record(const alm_settler *s, const alm_found_record *found, alm_record *out) {
    out->type = found->rule->emit;
    out->rule = found->rule->id;
    out->evidence = alm_settler_text(s, found->start, found->end);
    out->evidence_span = alm_settler_span(s, found->start, found->end);
    out->values = alm_arena_calloc(s->arena, found->value_count, sizeof *out->values);
    if (!out->values) return ALM_E_NOMEM;
    for (size_t i = 0; i < found->value_count; i++) {
        const alm_found_value *value = &found->values[i];
        const alm_mention *mention = value->mention ? &s->folded->mentions[value->mention - 1] : NULL;
        alm_record_value *put = &out->values[out->value_count++];
        *put = (alm_record_value){.field = value->field,
                                  .text = alm_settler_text(s, value->start, value->end),
                                  .span = alm_settler_span(s, value->start, value->end),
                                  .value = mention ? mention->value : NULL};
        put->has_entity = mention && mention->entity;
        if (put->has_entity) put->entity = alm_entity_ref(s, value->mention);
    }
    return ALM_OK;
}

static alm_status settle_marks(alm_settler *s) {
    alm_document *document = s->relation->document;
    document->marks = alm_arena_calloc(s->arena, s->folded->mention_count, sizeof *document->marks);
    if (!document->marks) return ALM_E_NOMEM;
    for (size_t i = 0; i < s->folded->mention_count; i++) {
        const alm_mention *m = &s->folded->mentions[i];
        for (size_t k = 0; k < s->folded->pack->rule_count; k++) {
            const alm_rule *rule = &s->folded->pack->rules[k];
            if (rule->phase != ALM_PHASE_MENTIONS) break; /* the first phase: they stand first */
            if (rule->id.ptr != m->rule.ptr) continue;
            document->marks[document->mark_count++] =
                (alm_mark){rule->emit, rule->id, alm_settler_text(s, m->start, m->end)};
        }
    }
    return ALM_OK;
}

alm_status alm_records_settle(alm_settler *s) {
    alm_document *document = s->relation->document;
    document->records = alm_arena_calloc(s->arena, s->relation->record_count, sizeof *document->records);
    if (!document->records) return ALM_E_NOMEM;
    for (size_t i = 0; i < s->relation->record_count; i++) {
        alm_status status = settle_record(s, &s->relation->records[i], &document->records[i]);
        if (status != ALM_OK) return status;
        document->record_count++;
    }
    return settle_marks(s);
}
