/*
 * The settled document: mentions become entities (one for all forms of a name), a gift told twice becomes one, and what
 * the other parts found is written into the document.
 */
#include "extract/relate/relation.h"

#include <stdlib.h>

#include "base/utf8.h"

enum { MAX_NAME = 128 };

typedef struct entity {
    char key[MAX_NAME * 4]; /* the name without quotes, spaces and brackets' width: what forms are compared by */
    size_t key_len;
    uint32_t mention; /* whose name it carries */
    uint32_t same_as; /* index of the entity that it turned out to be; its own otherwise */
    bool person;
    alm_span *spans;
    size_t span_count, span_cap;
    uint32_t place; /* in the document's array */
} entity;

typedef struct settler {
    alm_relation *relation;
    alm_arena *arena;
    alm_folded *folded;
    entity *entities;
    size_t count, cap;
    uint32_t own; /* index + 1 of the organisation that publishes */
    alm_str own_name;
} settler;

static bool counts_in_key(uint32_t cp) {
    return cp != ' ' && cp != '"' && cp != 0x201C && cp != 0x201D && cp != 0x300A && cp != 0x300B;
}

static size_t make_key(char key[static MAX_NAME * 4], alm_str name) {
    size_t len = 0;
    for (size_t at = 0; at < name.len && len + 4 < MAX_NAME * 4;) {
        uint32_t cp = alm_utf8_next(name, &at);
        if (counts_in_key(cp)) len += alm_utf8_encode(key + len, cp);
    }
    return len;
}

static alm_str key_of(const entity *e) { return (alm_str){e->key, e->key_len}; }

static alm_status entity_for(settler *s, alm_str name, uint32_t mention, bool person, uint32_t *out) {
    char key[MAX_NAME * 4];
    alm_str wanted = {key, make_key(key, name)};
    for (uint32_t i = 0; i < s->count; i++)
        if (s->entities[i].person == person && alm_str_is(key_of(&s->entities[i]), wanted)) {
            *out = i;
            return ALM_OK;
        }
    void *items = s->entities;
    alm_status status = alm_arena_grow(s->arena, &items, &s->cap, s->count, sizeof(entity));
    s->entities = items;
    if (status != ALM_OK) return status;
    entity *e = &s->entities[s->count];
    memset(e, 0, sizeof *e);
    memcpy(e->key, key, wanted.len);
    e->key_len = wanted.len;
    e->mention = mention;
    e->person = person;
    e->same_as = (uint32_t)s->count;
    *out = (uint32_t)s->count++;
    return ALM_OK;
}

static alm_span span_of(const settler *s, uint32_t start, uint32_t end) {
    alm_span span;
    alm_shadow_to_code_points(&s->relation->session->shadow, start, end, &span.start, &span.end);
    return span;
}

static alm_str original(const settler *s, uint32_t start, uint32_t end) {
    uint32_t from, to;
    alm_shadow_to_original(&s->relation->session->shadow, start, end, &from, &to);
    return alm_str_slice(s->relation->session->shadow.original, from, to);
}

static alm_str mention_text(const settler *s, uint32_t mention) {
    if (!mention) return s->own_name;
    const alm_mention *m = &s->folded->mentions[mention - 1];
    return original(s, m->start, m->end);
}

static alm_status span_add(settler *s, entity *e, alm_span span) {
    for (size_t i = 0; i < e->span_count; i++)
        if (e->spans[i].start == span.start) return ALM_OK;
    void *items = e->spans;
    alm_status status = alm_arena_grow(s->arena, &items, &e->span_cap, e->span_count, sizeof(alm_span));
    e->spans = items;
    if (status == ALM_OK) e->spans[e->span_count++] = span;
    return status;
}

static alm_status collect(settler *s) {
    for (uint32_t i = 0; i < s->folded->mention_count; i++) {
        alm_mention *m = &s->folded->mentions[i];
        if ((m->class_id != ALM_CLASS_ORG && m->class_id != ALM_CLASS_PERSON) || m->reference) continue;
        uint32_t index;
        alm_status status = entity_for(s, m->name, i + 1, m->class_id == ALM_CLASS_PERSON, &index);
        if (status == ALM_OK) status = span_add(s, &s->entities[index], span_of(s, m->start, m->end));
        if (status != ALM_OK) return status;
        m->entity = index + 1;
    }
    return ALM_OK;
}

/* ---- references ---- */

static uint32_t type_of(const settler *s, const entity *e) {
    return e->mention ? s->folded->mentions[e->mention - 1].detail : (uint32_t)ALM_ORGANISATION_OTHER;
}

/* The word that a reference and a name share: the reference without its pointing first character ("this", "our"). */
static bool names_kind(const settler *s, const alm_mention *reference, const alm_mention *other) {
    alm_str word = reference->name;
    size_t first = alm_utf8_len((unsigned char)word.ptr[0]);
    return alm_str_ends(other->name, word) ||
           (word.len > 6 && alm_str_ends(other->name, alm_str_slice(word, first, word.len))) ||
           (s->own && other->entity == s->own && alm_str_ends(key_of(&s->entities[s->own - 1]), word));
}

/* Whom "the company" at mention @p m means: the last one before it whose name ends so, else the last of its kind, else
 * the publisher. */
static uint32_t resolve(const settler *s, const alm_mention *m) {
    uint32_t best = 0, at = 0, kin = 0, kin_at = 0;
    for (uint32_t i = 0; i < s->folded->mention_count; i++) {
        const alm_mention *other = &s->folded->mentions[i];
        if (other->class_id != ALM_CLASS_ORG || other->reference || other->start >= m->start) continue;
        if (names_kind(s, m, other) && other->start >= at) best = other->entity, at = other->start;
        if (other->detail == m->detail && other->start >= kin_at) kin = other->entity, kin_at = other->start;
    }
    if (s->own && alm_str_ends(key_of(&s->entities[s->own - 1]), m->name)) return s->own;
    if (best) return best;
    bool own_fits = s->own && (m->detail == ALM_ORGANISATION_ASSOCIATION || m->detail == ALM_ORGANISATION_CHARITY);
    return own_fits ? s->own : kin ? kin : s->own;
}

static alm_status resolve_references(settler *s) {
    for (uint32_t i = 0; i < s->folded->mention_count; i++) {
        alm_mention *m = &s->folded->mentions[i];
        if (m->class_id != ALM_CLASS_ORG || !m->reference) continue;
        m->entity = resolve(s, m);
        if (m->entity) continue;
        uint32_t index; /* nobody to refer to: it stands for itself */
        alm_status status = entity_for(s, m->name, i + 1, false, &index);
        if (status != ALM_OK) return status;
        m->entity = index + 1;
    }
    return ALM_OK;
}

/* ---- aliases ---- */

/* Every character of @p brief in @p full, in order; the first two side by side. */
static bool is_short_for(alm_str brief, alm_str full) {
    size_t b = 0, f = 0, matched = 0, last = SIZE_MAX;
    while (b < brief.len) {
        size_t start = b;
        uint32_t want = alm_utf8_next(brief, &b);
        bool found = false;
        while (f < full.len && !found) {
            size_t at = f;
            found = alm_utf8_next(full, &f) == want;
            if (found && matched == 1 && at != last) return is_short_for(brief, alm_str_slice(full, last, full.len));
            if (found) last = f;
        }
        if (!found) return false;
        matched++;
        (void)start;
    }
    return true;
}

static bool may_be_same(const settler *s, const entity *brief, const entity *full) {
    if (brief->person != full->person || brief == full || brief->key_len >= full->key_len) return false;
    if (brief->key_len < 6) return false;
    if (brief->person) {
        /* a transcribed name's first part */
        size_t dot = alm_str_find(key_of(full), ALM_STR("\xC2\xB7"), 0);
        return dot == brief->key_len && alm_str_starts(key_of(full), key_of(brief));
    }
    uint32_t a = type_of(s, brief), b = type_of(s, full);
    if (a != b && a != ALM_ORGANISATION_OTHER && b != ALM_ORGANISATION_OTHER) return false;
    return is_short_for(key_of(brief), key_of(full));
}

/* A short form that fits exactly one longer name is that name's. */
static void join_aliases(settler *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t fits = UINT32_MAX, count = 0;
        for (uint32_t j = 0; j < s->count; j++) {
            if (!may_be_same(s, &s->entities[i], &s->entities[j])) continue;
            if (fits != UINT32_MAX && (may_be_same(s, &s->entities[j], &s->entities[fits]))) continue;
            if (fits != UINT32_MAX && may_be_same(s, &s->entities[fits], &s->entities[j])) {
                fits = j;
                continue;
            }
            fits = j;
            count++;
        }
        if (count == 1) s->entities[i].same_as = fits;
    }
}

static uint32_t root(const settler *s, uint32_t index) {
    for (int hops = 0; s->entities[index].same_as != index && hops < 16; hops++) index = s->entities[index].same_as;
    return index;
}

static uint32_t entity_of(const settler *s, uint32_t mention) {
    return root(s, s->folded->mentions[mention - 1].entity - 1);
}

/* ---- the document's entities ---- */

static alm_status put_aliases(settler *s, uint32_t index, alm_entity *out) {
    size_t cap = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        if (i == index || root(s, i) != index) continue;
        void *items = out->aliases;
        alm_status status = alm_arena_grow(s->arena, &items, &cap, out->alias_count, sizeof(alm_str));
        out->aliases = items;
        if (status != ALM_OK) return status;
        out->aliases[out->alias_count++] = mention_text(s, s->entities[i].mention);
        for (size_t k = 0; k < s->entities[i].span_count; k++) {
            status = span_add(s, &s->entities[index], s->entities[i].spans[k]);
            if (status != ALM_OK) return status;
        }
    }
    return ALM_OK;
}

static int by_start(const void *a, const void *b) {
    const alm_span *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

static alm_status put_entities(settler *s) {
    alm_document *document = s->relation->document;
    document->organisations = alm_arena_calloc(s->arena, s->count, sizeof(alm_entity));
    document->people = alm_arena_calloc(s->arena, s->count, sizeof(alm_entity));
    if (!document->organisations || !document->people) return ALM_E_NOMEM;
    for (uint32_t i = 0; i < s->count; i++) {
        entity *e = &s->entities[i];
        if (root(s, i) != i) continue;
        alm_entity *out = e->person ? &document->people[document->person_count]
                                    : &document->organisations[document->organisation_count];
        e->place = (uint32_t)(e->person ? document->person_count++ : document->organisation_count++);
        alm_status status = put_aliases(s, i, out);
        if (status != ALM_OK) return status;
        out->name = mention_text(s, e->mention);
        out->type = e->person || !e->mention ? ALM_ORGANISATION_OTHER
                                             : (alm_organisation_type)s->folded->mentions[e->mention - 1].detail;
        out->spans = e->spans;
        out->span_count = e->span_count;
        if (out->span_count) qsort(out->spans, out->span_count, sizeof *out->spans, by_start);
    }
    return ALM_OK;
}

static alm_ref ref_of(const settler *s, uint32_t mention) {
    const entity *e = &s->entities[entity_of(s, mention)];
    return (alm_ref){e->person, e->place};
}

/* ---- affiliations ---- */

static bool known_affiliation(const alm_document *document, const alm_affiliation *a) {
    for (size_t i = 0; i < document->affiliation_count; i++) {
        const alm_affiliation *b = &document->affiliations[i];
        if (a->member.person == b->member.person && a->member.index == b->member.index &&
            a->organisation == b->organisation && alm_str_is(a->role, b->role))
            return true;
    }
    return false;
}

enum { ANY_TYPE = 1000 };

/* The last organisation of @p type that is named before byte @p at, no further back than @p from; its entity + 1. */
static uint32_t last_named(const settler *s, uint32_t from, uint32_t at, uint32_t type) {
    uint32_t best = 0, best_start = 0;
    for (uint32_t i = 0; i < s->folded->mention_count; i++) {
        const alm_mention *m = &s->folded->mentions[i];
        if (m->class_id != ALM_CLASS_ORG || m->start >= at || m->start < from) continue;
        if (type != ANY_TYPE && m->detail != type) continue;
        if (best && m->start < best_start) continue;
        best = m->entity;
        best_start = m->start;
    }
    return best;
}

static uint32_t block_start(const settler *s, uint32_t at) {
    while (at > 0 && s->folded->text.ptr[at - 1] != '\n') at--;
    return at;
}

static uint32_t type_by_name(alm_str name) {
    for (uint32_t type = ALM_ORGANISATION_OTHER; type <= ALM_ORGANISATION_COMMUNITY; type++)
        if (alm_str_is_c(name, alm_organisation_type_name((alm_organisation_type)type))) return type;
    return ALM_ORGANISATION_OTHER;
}

/* A post without an organisation beside it: at the last one named of the type that has such posts. */
static uint32_t unsaid_organisation(const settler *s, const alm_post *post) {
    const alm_lexicon *posts = s->folded->pack->consulted;
    uint32_t word = alm_lexicon_find(posts, s->folded->mentions[post->role - 1].name);
    const alm_sense *sense = alm_lexicon_sense_of(posts, word, ALM_CLASS_POST_AT);
    if (!sense) return 0;
    bool any = alm_str_is_c(sense->attrs[0], "any");
    uint32_t type = any ? (uint32_t)ANY_TYPE : type_by_name(sense->attrs[0]), from = block_start(s, post->start);
    uint32_t near = last_named(s, from, post->start, type);
    if (near || any) return near;
    if (type == ALM_ORGANISATION_ASSOCIATION && s->own) return s->own;
    return last_named(s, 0, post->start, type);
}

static alm_status put_affiliations(settler *s) {
    alm_document *document = s->relation->document;
    document->affiliations = alm_arena_calloc(s->arena, s->relation->post_count, sizeof(alm_affiliation));
    if (!document->affiliations) return ALM_E_NOMEM;
    for (size_t i = 0; i < s->relation->post_count; i++) {
        const alm_post *post = &s->relation->posts[i];
        bool unsaid = post->organisation == ALM_UNSAID_ORGANISATION;
        uint32_t found = unsaid ? unsaid_organisation(s, post) : s->folded->mentions[post->organisation - 1].entity;
        if (!found) continue;
        uint32_t organisation = root(s, found - 1);
        alm_affiliation a = {.member = ref_of(s, post->member),
                             .organisation = s->entities[organisation].place,
                             .role = mention_text(s, post->role),
                             .span = span_of(s, post->start, post->end),
                             .rule = post->rule};
        if (!a.member.person && a.member.index == a.organisation) continue;
        if (!known_affiliation(document, &a)) document->affiliations[document->affiliation_count++] = a;
    }
    return ALM_OK;
}

/* ---- donations ---- */

static void put_amount(const settler *s, alm_amount *out, uint32_t mention) {
    const alm_mention *m = &s->folded->mentions[mention - 1];
    const alm_value *value = m->value;
    *out = (alm_amount){.amount = value->amount,
                        .currency = value->unit,
                        .qualifier = value->qualifier,
                        .low = value->low,
                        .high = value->high,
                        .text = original(s, m->start, m->end),
                        .span = span_of(s, m->start, m->end)};
}

/* The measure word as the page writes it. */
static alm_str unit_text(const settler *s, const alm_value *quantity) {
    alm_str tail = alm_str_slice(s->folded->text, quantity->start, quantity->end);
    size_t at = quantity->number_end >= quantity->start && quantity->number_end < quantity->end
                    ? quantity->number_end - quantity->start
                    : 0;
    size_t found = quantity->unit.len ? alm_str_find(tail, quantity->unit, at) : SIZE_MAX;
    if (found == SIZE_MAX) return quantity->unit;
    uint32_t start = quantity->start + (uint32_t)found;
    return original(s, start, start + (uint32_t)quantity->unit.len);
}

static void put_goods(const settler *s, alm_goods *out, const alm_what *what) {
    const alm_mention *m = &s->folded->mentions[what->mention - 1];
    const alm_value *quantity = what->quantity ? s->folded->mentions[what->quantity - 1].value : m->value;
    uint32_t item_start = (uint32_t)(m->name.ptr - s->folded->text.ptr);
    *out = (alm_goods){.item = original(s, item_start, item_start + (uint32_t)m->name.len),
                       .text = original(s, m->start, m->end),
                       .span = span_of(s, m->start, m->end)};
    if (!quantity) return;
    out->quantity = quantity->amount;
    out->unit = quantity->amount.len ? unit_text(s, quantity) : (alm_str){0};
    out->qualifier = quantity->qualifier;
}

static alm_status put_whats(settler *s, alm_donation *out, const alm_gift *gift) {
    out->cash = alm_arena_calloc(s->arena, gift->what_count, sizeof(alm_amount));
    out->goods = alm_arena_calloc(s->arena, gift->what_count, sizeof(alm_goods));
    if (!out->cash || !out->goods) return ALM_E_NOMEM;
    for (size_t i = 0; i < gift->what_count; i++) {
        switch (gift->whats[i].kind) {
        case ALM_WHAT_CASH: put_amount(s, &out->cash[out->cash_count++], gift->whats[i].mention); break;
        case ALM_WHAT_GOODS: put_goods(s, &out->goods[out->goods_count++], &gift->whats[i]); break;
        case ALM_WHAT_WORTH: {
            alm_amount *value = ALM_ARENA_NEW(s->arena, alm_amount);
            if (!value) return ALM_E_NOMEM;
            put_amount(s, value, gift->whats[i].mention);
            /* a second value belongs to the things before it */
            if (!out->value)
                out->value = value;
            else if (out->goods_count && !out->goods[out->goods_count - 1].value)
                out->goods[out->goods_count - 1].value = value;
            break;
        }
        }
    }
    return ALM_OK;
}

static alm_status put_parties(settler *s, alm_party **out, size_t *out_count, const uint32_t *mentions, size_t count) {
    alm_party *parties = alm_arena_calloc(s->arena, count, sizeof *parties);
    if (!parties) return ALM_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const alm_mention *m = &s->folded->mentions[mentions[i] - 1];
        bool place = m->class_id == ALM_CLASS_PLACE;
        alm_ref ref = place ? (alm_ref){false, ALM_NO_ENTITY} : ref_of(s, mentions[i]);
        parties[i] = (alm_party){.name = mention_text(s, mentions[i]),
                                 .organisation = ref.person ? ALM_NO_ENTITY : ref.index,
                                 .person = ref.person ? ref.index : ALM_NO_ENTITY,
                                 .span = span_of(s, m->start, m->end)};
    }
    *out = parties;
    *out_count = count;
    return ALM_OK;
}

static void donor_put(alm_donation *out, alm_ref ref) {
    for (size_t i = 0; i < out->donor_count; i++)
        if (out->donors[i].person == ref.person && out->donors[i].index == ref.index) return;
    out->donors[out->donor_count++] = ref;
}

static alm_status put_donors(settler *s, alm_donation *out, const alm_gift *gift) {
    out->donors = alm_arena_calloc(s->arena, gift->donor_count * 2, sizeof(alm_ref));
    if (!out->donors) return ALM_E_NOMEM;
    for (size_t i = 0; i < gift->donor_count; i++) {
        if (gift->donors[i].person) donor_put(out, ref_of(s, gift->donors[i].person));
        if (gift->donors[i].organisation) donor_put(out, ref_of(s, gift->donors[i].organisation));
    }
    return ALM_OK;
}

static alm_status put_date(settler *s, alm_donation *out, uint32_t mention) {
    if (!mention) return ALM_OK;
    const alm_mention *m = &s->folded->mentions[mention - 1];
    if (!m->value->date_from.len && !m->value->date_to.len) return ALM_OK;
    alm_date *date = ALM_ARENA_NEW(s->arena, alm_date);
    if (!date) return ALM_E_NOMEM;
    *date =
        (alm_date){m->value->date_from, m->value->date_to, original(s, m->start, m->end), span_of(s, m->start, m->end)};
    out->date = date;
    return ALM_OK;
}

static alm_status put_donation(settler *s, const alm_gift *gift) {
    alm_donation *out = &s->relation->document->donations[s->relation->document->donation_count];
    memset(out, 0, sizeof *out);
    alm_str evidence = alm_str_trim(alm_str_slice(s->folded->text, gift->start, gift->end));
    uint32_t start = (uint32_t)(evidence.ptr - s->folded->text.ptr), end = start + (uint32_t)evidence.len;
    out->status = gift->status;
    out->total = gift->total;
    out->rule = gift->rule;
    out->confidence = gift->confidence;
    out->evidence = original(s, start, end);
    out->evidence_span = span_of(s, start, end);
    if (gift->trigger_end > gift->trigger_start) out->action = original(s, gift->trigger_start, gift->trigger_end);
    alm_status status = put_donors(s, out, gift);
    if (status == ALM_OK) status = put_whats(s, out, gift);
    if (status == ALM_OK)
        status = put_parties(s, &out->recipients, &out->recipient_count, gift->recipients, gift->recipient_count);
    if (status == ALM_OK)
        status = put_parties(s, &out->channels, &out->channel_count, gift->channels, gift->channel_count);
    if (status == ALM_OK) status = put_date(s, out, gift->date);
    if (status == ALM_OK) s->relation->document->donation_count++;
    return status;
}

/* ---- gifts told twice ---- */

static bool shares_donor(const settler *s, const alm_gift *a, const alm_gift *b) {
    for (size_t i = 0; i < a->donor_count; i++)
        for (size_t j = 0; j < b->donor_count; j++) {
            const alm_actor *x = &a->donors[i], *y = &b->donors[j];
            if (x->person && y->person && entity_of(s, x->person) == entity_of(s, y->person)) return true;
            if (x->organisation && y->organisation && entity_of(s, x->organisation) == entity_of(s, y->organisation))
                return true;
        }
    return false;
}

static bool same_what(const settler *s, const alm_what *a, const alm_what *b) {
    if (a->kind != b->kind) return false;
    const alm_mention *x = &s->folded->mentions[a->mention - 1], *y = &s->folded->mentions[b->mention - 1];
    if (a->kind == ALM_WHAT_GOODS) {
        if (!alm_str_is(x->name, y->name)) return false;
        if (!x->value || !y->value) return x->value == y->value;
    }
    return alm_str_is(x->value->amount, y->value->amount) && alm_str_is(x->value->unit, y->value->unit);
}

/* Take from @p later what @p earlier has told already. */
static void drop_told(const settler *s, const alm_gift *earlier, alm_gift *later) {
    size_t kept = 0;
    for (size_t i = 0; i < later->what_count; i++) {
        bool told = false;
        for (size_t j = 0; j < earlier->what_count; j++)
            told = told || same_what(s, &later->whats[i], &earlier->whats[j]);
        if (!told) later->whats[kept++] = later->whats[i];
    }
    later->what_count = kept;
}

static void inherit(alm_gift *earlier, const alm_gift *later) {
    for (size_t i = 0; i < later->recipient_count && earlier->recipient_count < ALM_MAX_PARTIES; i++)
        earlier->recipients[earlier->recipient_count++] = later->recipients[i];
    for (size_t i = 0; i < later->channel_count && earlier->channel_count < ALM_MAX_PARTIES; i++)
        earlier->channels[earlier->channel_count++] = later->channels[i];
}

static void merge_told_twice(settler *s) {
    alm_gift *gifts = s->relation->gifts;
    for (size_t j = 1; j < s->relation->gift_count; j++)
        for (size_t i = 0; i < j && gifts[j].what_count; i++) {
            if (!gifts[i].what_count || gifts[i].start == gifts[j].start || !shares_donor(s, &gifts[i], &gifts[j]))
                continue;
            drop_told(s, &gifts[i], &gifts[j]);
            if (gifts[j].what_count == 0) inherit(&gifts[i], &gifts[j]);
        }
}

static alm_status put_donations(settler *s) {
    alm_document *document = s->relation->document;
    document->donations = alm_arena_calloc(s->arena, s->relation->gift_count, sizeof(alm_donation));
    if (!document->donations) return ALM_E_NOMEM;
    for (size_t i = 0; i < s->relation->gift_count; i++) {
        if (s->relation->gifts[i].what_count == 0) continue;
        alm_status status = put_donation(s, &s->relation->gifts[i]);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* The source without its office ("… association, secretariat"): up to the last ending of an association or charity in
 * it. */
static alm_str without_office(const settler *s, alm_str source) {
    const alm_lexicon *words = s->folded->pack->scanned;
    size_t end = 0;
    for (size_t at = 0; at < source.len;) {
        uint32_t sense;
        size_t len = alm_lexicon_longest(words, source, at, &sense);
        const alm_sense *suffix = len ? alm_lexicon_sense_of(words, sense, ALM_CLASS_ORG_SUFFIX) : NULL;
        if (suffix && alm_str_is_c(suffix->attrs[1], "strong") &&
            (alm_str_is_c(suffix->attrs[0], "association") || alm_str_is_c(suffix->attrs[0], "charity")))
            end = at + len;
        if (len)
            at += len;
        else
            alm_utf8_next(source, &at);
    }
    return end ? alm_str_slice(source, 0, end) : source;
}

/* The organisation that publishes: what the page names as its source. */
static alm_status find_own(settler *s) {
    alm_str source = s->relation->document->page.source;
    if (!source.len) return ALM_OK;
    s->own_name = without_office(s, source);
    uint32_t index;
    alm_status status = entity_for(s, s->own_name, 0, false, &index);
    if (status == ALM_OK) s->own = index + 1;
    return status;
}

alm_status alm_relation_settle(alm_relation *relation) {
    settler s = {.relation = relation, .arena = &relation->session->arena, .folded = relation->folded};
    alm_status status = collect(&s);
    if (status == ALM_OK) status = find_own(&s);
    if (status == ALM_OK) status = resolve_references(&s);
    if (status == ALM_OK) join_aliases(&s);
    if (status == ALM_OK) merge_told_twice(&s);
    if (status == ALM_OK) status = put_entities(&s);
    if (status == ALM_OK) status = put_affiliations(&s);
    if (status == ALM_OK) status = put_donations(&s);
    return status;
}
