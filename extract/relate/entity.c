/*
 * Mentions become entities: the same name is one, a short form that fits one longer name is that one, and "the company"
 * is whom it means.
 */
#include "extract/relate/entity.h"

#include <stdlib.h>

#include "base/utf8.h"

/* How far back a reference or an unsaid post looks, in names: beyond that nobody reads on. */
enum { MAX_LOOK_BACK = 256, ANY_TYPE = 1000 };

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

static alm_status entity_for(alm_settler *s, alm_str name, uint32_t mention, bool person, uint32_t *out) {
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
    if (!mention) return s->own_name;
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
        alm_status status = entity_for(s, m->name, i + 1, m->class_id == ALM_CLASS_PERSON, &index);
        if (status == ALM_OK) status = span_add(s, &s->entities[index], alm_settler_span(s, m->start, m->end));
        if (status != ALM_OK) return status;
        m->entity = index + 1;
    }
    return ALM_OK;
}

/* ---- the publisher ---- */

/* The source without its office ("… association, secretariat"): up to the last ending of an association or charity in
 * it. */
static alm_str without_office(const alm_settler *s, alm_str source) {
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
static alm_status find_own(alm_settler *s) {
    alm_str source = s->relation->document->page.source;
    if (!source.len) return ALM_OK;
    s->own_name = without_office(s, source);
    uint32_t index;
    alm_status status = entity_for(s, s->own_name, 0, false, &index);
    if (status == ALM_OK) s->own = index + 1;
    return status;
}

/* ---- references ---- */

static int by_mention_start(const void *a, const void *b) {
    const alm_mention *x = *(const alm_mention *const *)a, *y = *(const alm_mention *const *)b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static alm_status order_names(alm_settler *s) {
    s->named = alm_arena_calloc(s->arena, s->folded->mention_count, sizeof *s->named);
    if (!s->named) return ALM_E_NOMEM;
    for (size_t i = 0; i < s->folded->mention_count; i++) {
        const alm_mention *m = &s->folded->mentions[i];
        if (m->class_id == ALM_CLASS_ORG && !m->reference) s->named[s->named_count++] = m;
    }
    if (s->named_count) qsort(s->named, s->named_count, sizeof *s->named, by_mention_start);
    return ALM_OK;
}

/* How many of the ordered names start before byte @p at. */
static size_t names_before(const alm_settler *s, uint32_t at) {
    size_t low = 0, high = s->named_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->named[middle]->start < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t type_of(const alm_settler *s, const alm_settled *e) {
    return e->mention ? s->folded->mentions[e->mention - 1].detail : (uint32_t)ALM_ORGANISATION_OTHER;
}

/* The word that a reference and a name share: the reference without its pointing first character ("this", "our"). */
static bool names_kind(const alm_settler *s, const alm_mention *reference, const alm_mention *other) {
    alm_str word = reference->name;
    size_t first = alm_utf8_len((unsigned char)word.ptr[0]);
    return alm_str_ends(other->name, word) ||
           (word.len > 6 && alm_str_ends(other->name, alm_str_slice(word, first, word.len))) ||
           (s->own && other->entity == s->own && alm_str_ends(s->entities[s->own - 1].key, word));
}

/* Whom "the company" at mention @p m means: the publisher where its name ends so, else the last one before it whose
   name does, else the last of its kind. */
static uint32_t resolve(const alm_settler *s, const alm_mention *m) {
    if (s->own && alm_str_ends(s->entities[s->own - 1].key, m->name)) return s->own;
    uint32_t kin = 0;
    size_t end = names_before(s, m->start), stop = end > MAX_LOOK_BACK ? end - MAX_LOOK_BACK : 0;
    while (end-- > stop) {
        const alm_mention *other = s->named[end];
        if (names_kind(s, m, other)) return other->entity;
        if (!kin && other->detail == m->detail) kin = other->entity;
    }
    bool own_fits = s->own && (m->detail == ALM_ORGANISATION_ASSOCIATION || m->detail == ALM_ORGANISATION_CHARITY);
    return own_fits || !kin ? s->own : kin;
}

static alm_status resolve_references(alm_settler *s) {
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

/* ---- posts without an organisation ---- */

/* The last organisation of @p type that is named before byte @p at, no further back than @p from; its entity + 1. */
static uint32_t last_named(const alm_settler *s, uint32_t from, uint32_t at, uint32_t type) {
    size_t end = names_before(s, at), stop = end > MAX_LOOK_BACK ? end - MAX_LOOK_BACK : 0;
    while (end-- > stop) {
        const alm_mention *m = s->named[end];
        if (m->start < from) return 0;
        if (type == ANY_TYPE || m->detail == type) return m->entity;
    }
    return 0;
}

static uint32_t block_start(const alm_settler *s, uint32_t at) {
    while (at > 0 && s->folded->text.ptr[at - 1] != '\n') at--;
    return at;
}

static uint32_t type_by_name(alm_str name) {
    for (uint32_t type = ALM_ORGANISATION_OTHER; type <= ALM_ORGANISATION_COMMUNITY; type++)
        if (alm_str_is_c(name, alm_organisation_type_name((alm_organisation_type)type))) return type;
    return ALM_ORGANISATION_OTHER;
}

/* A post without an organisation beside it: at the last one named of the type that has such posts. */
static uint32_t unsaid_organisation(const alm_settler *s, const alm_post *post) {
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

static void resolve_posts(alm_settler *s) {
    for (size_t i = 0; i < s->relation->post_count; i++) {
        alm_post *post = &s->relation->posts[i];
        bool unsaid = post->organisation == ALM_UNSAID_ORGANISATION;
        post->settled = unsaid ? unsaid_organisation(s, post) : s->folded->mentions[post->organisation - 1].entity;
    }
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

static bool may_be_same(const alm_settler *s, const alm_settled *brief, const alm_settled *full) {
    if (brief->person != full->person || brief == full || brief->key.len >= full->key.len) return false;
    if (brief->key.len < 6) return false;
    if (brief->person) {
        /* a transcribed name's first part */
        size_t dot = alm_str_find(full->key, ALM_STR("\xC2\xB7"), 0);
        return dot == brief->key.len && alm_str_starts(full->key, brief->key);
    }
    uint32_t a = type_of(s, brief), b = type_of(s, full);
    if (a != b && a != ALM_ORGANISATION_OTHER && b != ALM_ORGANISATION_OTHER) return false;
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

/* A short form that fits exactly one longer name is that name's. */
static alm_status join_short_forms(alm_settler *s) {
    alm_index pairs = {0};
    alm_status status = index_pairs(s, &pairs);
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
        out->name = alm_settler_mention(s, e->mention);
        if (!e->person) out->type = (alm_organisation_type)type_of(s, e);
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
    if (status == ALM_OK) status = find_own(s);
    if (status == ALM_OK) status = order_names(s);
    if (status == ALM_OK) status = resolve_references(s);
    if (status == ALM_OK) resolve_posts(s);
    if (status == ALM_OK) status = join_short_forms(s);
    return status == ALM_OK ? put_entities(s) : status;
}
