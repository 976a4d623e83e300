/*
 * Mentions become entities: the same name is one, a short form that fits one longer name is that one, and "the company"
 * is whom it means.
 */
#include "extract/relate/entity.h"

#include <stdlib.h>

#include "base/utf8.h"

/* How far back a reference or an unsaid post looks, in names: beyond that nobody reads on. */
enum { MAX_LOOK_BACK = 256 };

static bool counts_in_key(uint32_t cp) {
    return cp != ' ' && cp != '"' && cp != 0x201C && cp != 0x201D && cp != 0x300A && cp != 0x300B;
}

static alm_str make_key(alm_settler *s, alm_str name) {
    size_t max = name.len < ALM_ENTITY_MAX_NAME * 4 ? name.len : ALM_ENTITY_MAX_NAME * 4, len = 0;
    char *key = alm_arena_alloc(s->arena, max + 4);
    if (!key) return (alm_str){0};
    for (size_t at = 0; at < name.len && len + 4 <= max + 3;) {
        uint32_t cp = alm_utf8_next(name, &at);
        if (counts_in_key(cp)) len += alm_utf8_encode(key + len, cp);
    }
    return (alm_str){key, len};
}

alm_status alm_settler_entity(alm_settler *s, alm_str name, uint32_t mention, bool person, uint32_t *out) {
    alm_str key = make_key(s, name);
    if (!key.ptr) return ALM_E_NOMEM;
    uint64_t hash = alm_hash(key) + person;
    size_t cursor = 0;
    while (alm_index_next(&s->by_key, hash, &cursor, out))
        if (s->entities[*out].person == person && alm_str_is(s->entities[*out].key, key)) return ALM_OK;
    void *items = s->entities;
    alm_status status = alm_arena_grow(s->arena, &items, &s->cap, s->count, sizeof(alm_settled));
    s->entities = items;
    if (status != ALM_OK) return status;
    *out = (uint32_t)s->count;
    s->entities[s->count++] = (alm_settled){.key = key, .mention = mention, .person = person, .same_as = *out};
    return alm_index_add(&s->by_key, s->arena, hash, *out);
}

alm_span alm_settler_span(const alm_settler *s, uint32_t start, uint32_t end) {
    alm_span span;
    alm_shadow_to_code_points(&s->relation->session->shadow, start, end, &span.start, &span.end);
    return span;
}

alm_str alm_settler_text(const alm_settler *s, uint32_t start, uint32_t end) {
    uint32_t from, to;
    alm_shadow_to_original(&s->relation->session->shadow, start, end, &from, &to);
    return alm_str_slice(s->relation->session->shadow.original, from, to);
}

alm_str alm_settler_mention(const alm_settler *s, uint32_t mention) {
    const alm_mention *m = &s->folded->mentions[mention - 1];
    return alm_settler_text(s, m->start, m->end);
}

static alm_status span_add(alm_settler *s, alm_settled *e, alm_span span) {
    void *items = e->spans;
    alm_status status = alm_arena_grow(s->arena, &items, &e->span_cap, e->span_count, sizeof(alm_span));
    e->spans = items;
    if (status == ALM_OK) e->spans[e->span_count++] = span;
    return status;
}

static alm_status collect(alm_settler *s) {
    for (uint32_t i = 0; i < s->folded->mention_count; i++) {
        alm_mention *m = &s->folded->mentions[i];
        if ((m->class_id != ALM_CLASS_ORG && m->class_id != ALM_CLASS_PERSON) || m->reference) continue;
        uint32_t index;
        alm_status status = alm_settler_entity(s, m->name, i + 1, m->class_id == ALM_CLASS_PERSON, &index);
        if (status == ALM_OK) status = span_add(s, &s->entities[index], alm_settler_span(s, m->start, m->end));
        if (status != ALM_OK) return status;
        m->entity = index + 1;
    }
    return ALM_OK;
}

/* ---- short forms ---- */

/* Every character of @p brief in @p full, in order; the first two side by side. */
static bool is_short_for(alm_str brief, alm_str full) {
    size_t b = 0, f = 0, matched = 0, last = SIZE_MAX;
    while (b < brief.len) {
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
    }
    return true;
}

uint32_t alm_settler_type(const alm_settler *s, const alm_settled *e) {
    return e->mention ? s->folded->mentions[e->mention - 1].detail : e->type;
}

/* A name that is a place, as a town's: it stands for no body that is there ("the county" is not its headquarters). */
static bool is_place(const alm_settler *s, const alm_settled *e) {
    const alm_lexicon *words = s->folded->pack->scanned;
    alm_str last = alm_str_slice(e->key, alm_utf8_before(e->key, e->key.len), e->key.len);
    uint32_t word = alm_lexicon_find(words, last);
    return word && alm_lexicon_sense_of(words, word, ALM_CLASS_LOCAL);
}

static bool may_be_same(const alm_settler *s, const alm_settled *brief, const alm_settled *full) {
    if (brief->person != full->person || brief == full || brief->key.len >= full->key.len) return false;
    if (brief->key.len < 6) return false;
    if (brief->person) {
        /* a transcribed name's first part */
        size_t dot = alm_str_find(full->key, ALM_STR("\xC2\xB7"), 0);
        return dot == brief->key.len && alm_str_starts(full->key, brief->key);
    }
    uint32_t a = alm_settler_type(s, brief), b = alm_settler_type(s, full);
    if (a != b && a != ALM_ORGANISATION_OTHER && b != ALM_ORGANISATION_OTHER) return false;
    if (b == ALM_ORGANISATION_GOVERNMENT && is_place(s, brief) && !is_place(s, full)) return false;
    return is_short_for(brief->key, full->key);
}

static uint64_t pair_hash(uint32_t a, uint32_t b) { return ((uint64_t)a << 32 | b) + 1; }

/* Every entity under each pair of characters that stand side by side in its name: a short form's first two do. */
static alm_status index_pairs(alm_settler *s, alm_index *pairs) {
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t before = 0;
        for (size_t at = 0; at < s->entities[i].key.len;) {
            uint32_t cp = alm_utf8_next(s->entities[i].key, &at);
            alm_status status = before ? alm_index_add(pairs, s->arena, pair_hash(before, cp), i) : ALM_OK;
            if (status != ALM_OK) return status;
            before = cp;
        }
    }
    return ALM_OK;
}

/* The one longer name that entity @p i is short for, or UINT32_MAX where there is none, or several that are not each
 * other's. */
static uint32_t full_form(const alm_settler *s, const alm_index *pairs, uint32_t i) {
    const alm_settled *e = &s->entities[i];
    if (e->key.len < 6) return UINT32_MAX;
    size_t at = 0, cursor = 0;
    uint32_t first = alm_utf8_next(e->key, &at), second = alm_utf8_next(e->key, &at), fits = UINT32_MAX, j, looked = 0;
    while (alm_index_next(pairs, pair_hash(first, second), &cursor, &j) && looked++ < MAX_LOOK_BACK) {
        if (j == fits || !may_be_same(s, e, &s->entities[j])) continue;
        if (fits == UINT32_MAX || may_be_same(s, &s->entities[fits], &s->entities[j]))
            fits = j;
        else if (!may_be_same(s, &s->entities[j], &s->entities[fits]))
            return UINT32_MAX;
    }
    return fits;
}

/* "Mr Wen": the first character, and the rest is a title. */
static bool is_titled(const alm_settler *s, const alm_settled *e) {
    if (!e->person || e->key.len < 6) return false;
    size_t at = 0;
    alm_utf8_next(e->key, &at);
    const alm_lexicon *words = s->folded->pack->scanned;
    uint32_t title = alm_lexicon_find(words, alm_str_slice(e->key, at, e->key.len));
    return title && alm_lexicon_sense_of(words, title, ALM_CLASS_TITLE);
}

static uint64_t surname_hash(const alm_settled *e) {
    size_t at = 0;
    return alm_utf8_next(e->key, &at);
}

/* The name stands in a table or a list, where each item is somebody else. */
static bool stands_in_list(const alm_settler *s, const alm_settled *e) {
    if (!e->mention) return false;
    uint32_t start = s->folded->mentions[e->mention - 1].start;
    size_t low = 0, high = s->folded->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->folded->tokens[middle].end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->folded->count && s->relation->in_table[low];
}

/* A surname with a title is the one person of the page who has that surname; not in a list that names both. */
static alm_status join_titled(alm_settler *s) {
    alm_index by_surname = {0};
    for (uint32_t i = 0; i < s->count; i++) {
        if (!s->entities[i].person || is_titled(s, &s->entities[i])) continue;
        alm_status status = alm_index_add(&by_surname, s->arena, surname_hash(&s->entities[i]), i);
        if (status != ALM_OK) return status;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        if (!is_titled(s, &s->entities[i])) continue;
        size_t cursor = 0, found = 0;
        uint32_t j, same = i;
        while (found < 2 && alm_index_next(&by_surname, surname_hash(&s->entities[i]), &cursor, &j)) same = j, found++;
        if (found == 1 && !(stands_in_list(s, &s->entities[i]) && stands_in_list(s, &s->entities[same])))
            s->entities[i].same_as = same;
    }
    return ALM_OK;
}

/* A short form that fits exactly one longer name is that name's. */
static alm_status join_short_forms(alm_settler *s) {
    alm_index pairs = {0};
    alm_status status = index_pairs(s, &pairs);
    if (status == ALM_OK) status = join_titled(s);
    for (uint32_t i = 0; status == ALM_OK && i < s->count; i++) {
        uint32_t fits = full_form(s, &pairs, i);
        if (fits != UINT32_MAX) s->entities[i].same_as = fits;
    }
    return status;
}

uint32_t alm_entity_root(const alm_settler *s, uint32_t index) {
    for (int hops = 0; s->entities[index].same_as != index && hops < 16; hops++) index = s->entities[index].same_as;
    return index;
}

uint32_t alm_entity_of(const alm_settler *s, uint32_t mention) {
    return alm_entity_root(s, s->folded->mentions[mention - 1].entity - 1);
}

alm_ref alm_entity_ref(const alm_settler *s, uint32_t mention) {
    const alm_settled *e = &s->entities[alm_entity_of(s, mention)];
    return (alm_ref){e->person, e->place};
}

/* ---- the document's organisations and people ---- */

static int by_start(const void *a, const void *b) {
    const alm_span *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* The publisher is an organisation of the page where a fact needs it, even though the text may never spell its name. */
static void mark_used(alm_settler *s) {
    for (uint32_t i = 0; i < s->count; i++)
        if (s->entities[i].mention) s->entities[alm_entity_root(s, i)].used = true;
    for (size_t i = 0; i < s->relation->post_count; i++)
        if (s->relation->posts[i].settled)
            s->entities[alm_entity_root(s, s->relation->posts[i].settled - 1)].used = true;
    for (size_t i = 0; i < s->folded->mention_count; i++)
        if (s->folded->mentions[i].reference && s->folded->mentions[i].entity)
            s->entities[alm_entity_root(s, s->folded->mentions[i].entity - 1)].used = true;
}

static alm_str name_of(const alm_settler *s, const alm_settled *e) {
    return e->mention ? alm_settler_mention(s, e->mention) : e->name;
}

static alm_entity *place_of(const alm_settler *s, const alm_settled *e) {
    alm_document *document = s->relation->document;
    return e->person ? &document->people[e->place] : &document->organisations[e->place];
}

static void place_roots(alm_settler *s) {
    alm_document *document = s->relation->document;
    for (uint32_t i = 0; i < s->count; i++) {
        alm_settled *e = &s->entities[i];
        if (alm_entity_root(s, i) != i || !e->used) continue;
        e->place = (uint32_t)(e->person ? document->person_count++ : document->organisation_count++);
        alm_entity *out = place_of(s, e);
        out->name = name_of(s, e);
        if (!e->person) out->type = (alm_organisation_type)alm_settler_type(s, e);
    }
}

/* Room for the other forms of every name. */
static alm_status make_room(alm_settler *s) {
    for (uint32_t i = 0; i < s->count; i++)
        if (alm_entity_root(s, i) != i && s->entities[i].mention)
            place_of(s, &s->entities[alm_entity_root(s, i)])->alias_count++;
    for (uint32_t i = 0; i < s->count; i++) {
        if (alm_entity_root(s, i) != i || !s->entities[i].used) continue;
        alm_entity *out = place_of(s, &s->entities[i]);
        out->aliases = alm_arena_calloc(s->arena, out->alias_count, sizeof(alm_str));
        if (!out->aliases) return ALM_E_NOMEM;
        out->alias_count = 0;
    }
    return ALM_OK;
}

static alm_status put_alias(alm_settler *s, uint32_t i) {
    const alm_settled *e = &s->entities[i];
    alm_settled *full = &s->entities[alm_entity_root(s, i)];
    alm_entity *out = place_of(s, full);
    out->aliases[out->alias_count++] = alm_settler_mention(s, e->mention);
    alm_status status = ALM_OK;
    for (size_t k = 0; status == ALM_OK && k < e->span_count; k++) status = span_add(s, full, e->spans[k]);
    return status;
}

static void put_spans(const alm_settler *s, const alm_settled *e) {
    alm_entity *out = place_of(s, e);
    if (e->span_count) qsort(e->spans, e->span_count, sizeof *e->spans, by_start);
    out->spans = e->spans;
    for (size_t i = 0; i < e->span_count; i++)
        if (out->span_count == 0 || out->spans[out->span_count - 1].start != e->spans[i].start)
            out->spans[out->span_count++] = e->spans[i];
}

static alm_status put_entities(alm_settler *s) {
    alm_document *document = s->relation->document;
    document->organisations = alm_arena_calloc(s->arena, s->count, sizeof(alm_entity));
    document->people = alm_arena_calloc(s->arena, s->count, sizeof(alm_entity));
    if (!document->organisations || !document->people) return ALM_E_NOMEM;
    mark_used(s);
    place_roots(s);
    alm_status status = make_room(s);
    for (uint32_t i = 0; status == ALM_OK && i < s->count; i++)
        if (alm_entity_root(s, i) != i && s->entities[i].mention) status = put_alias(s, i);
    if (status != ALM_OK) return status;
    for (uint32_t i = 0; i < s->count; i++)
        if (alm_entity_root(s, i) == i && s->entities[i].used) put_spans(s, &s->entities[i]);
    return ALM_OK;
}

alm_status alm_entities_settle(alm_settler *s) {
    alm_status status = collect(s);
    if (status == ALM_OK) status = alm_references_resolve(s);
    if (status == ALM_OK) status = join_short_forms(s);
    return status == ALM_OK ? put_entities(s) : status;
}
