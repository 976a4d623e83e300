/*
 * Whom "the association" means, and where a post is held that names no organisation: the one of the sentence, else the
 * one that the page is about.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "extract/relate/entity.h"

/* How far back a reference or an unsaid post looks, in names: beyond that nobody reads on. */
enum { MAX_LOOK_BACK = 256, MAX_TITLE_NAME = 40, ANY_TYPE = 1000, NO_TYPE = 1001 };

/* ---- names in order ---- */

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

static uint32_t block_start(const alm_settler *s, uint32_t at) {
    while (at > 0 && s->folded->text.ptr[at - 1] != '\n') at--;
    return at;
}

static uint32_t sentence_start(const alm_settler *s, uint32_t at) {
    alm_str text = s->folded->text;
    for (size_t before; at > 0; at = (uint32_t)before) {
        before = alm_utf8_before(text, at);
        size_t next = before;
        uint32_t cp = alm_utf8_next(text, &next);
        if (cp == '\n' || cp == '\t' || cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == 0xFF1B || cp == ';')
            break;
    }
    return at;
}

/* ---- the publisher, and whom the page is about ---- */

/* The last ending of an organisation in @p name that @p wanted accepts: where it ends, and its type. 0 without. */
static size_t last_ending(const alm_settler *s, alm_str name, bool associations_only, uint32_t *type) {
    const alm_lexicon *words = s->folded->pack->scanned;
    size_t end = 0;
    for (size_t at = 0; at < name.len;) {
        uint32_t sense;
        size_t len = alm_lexicon_longest(words, name, at, &sense);
        const alm_sense *suffix = len ? alm_lexicon_sense_of(words, sense, ALM_CLASS_ORG_SUFFIX) : NULL;
        if (suffix && alm_str_is_c(suffix->attrs[1], "strong")) {
            uint32_t found = alm_organisation_type_of(suffix->attrs[0]);
            if (!associations_only || found == ALM_ORGANISATION_ASSOCIATION || found == ALM_ORGANISATION_CHARITY)
                end = at + len, *type = found;
        }
        if (len)
            at += len;
        else
            alm_utf8_next(name, &at);
    }
    return end;
}

static alm_status shadow_of(const alm_settler *s, alm_str text, alm_shadow *out) {
    return alm_shadow_make(out, s->arena, s->relation->session->extractor->shadow, text, NULL);
}

/* An organisation named in the page's head, at the start of @p head. */
static alm_status add_named(alm_settler *s, const alm_shadow *head, size_t end, uint32_t type, uint32_t *out) {
    uint32_t from, to, index;
    alm_status status = alm_settler_entity(s, alm_str_slice(head->text, 0, end), 0, false, &index);
    if (status != ALM_OK) return status;
    alm_shadow_to_original(head, 0, (uint32_t)end, &from, &to);
    if (!s->entities[index].mention) {
        s->entities[index].name = alm_str_slice(head->original, from, to);
        s->entities[index].type = type;
    }
    *out = index + 1;
    return ALM_OK;
}

/*
 * The organisation that publishes: what the page names as its source, without its office ("… association,
 * secretariat"): up to the last ending of an association or charity, or else of another organisation.
 */
static alm_status find_own(alm_settler *s) {
    alm_str source = s->relation->document->page.source;
    if (!source.len) return ALM_OK;
    alm_shadow head;
    alm_status status = shadow_of(s, source, &head);
    if (status != ALM_OK) return status;
    uint32_t type = ALM_ORGANISATION_OTHER;
    size_t end = last_ending(s, head.text, true, &type);
    if (!end) end = last_ending(s, head.text, false, &type);
    if (!end) return ALM_OK;
    status = add_named(s, &head, end, type, &s->own);
    if (status == ALM_OK) s->subjects[type] = s->own;
    return status;
}

/* Where the title says the key of an entity; SIZE_MAX. The title holds no spaces. */
static size_t in_title(const alm_settled *e, alm_str title) {
    return e->key.len >= 9 ? alm_str_find(title, e->key, 0) : SIZE_MAX;
}

/* Of each type the first of the title's organisations that the text names, too. */
static void find_in_title(alm_settler *s, alm_str title) {
    size_t best[ALM_ORGANISATION_COMMUNITY + 1];
    for (size_t t = 0; t <= ALM_ORGANISATION_COMMUNITY; t++) best[t] = SIZE_MAX;
    for (uint32_t i = 0; i < s->count; i++) {
        const alm_settled *e = &s->entities[i];
        size_t at = e->person ? SIZE_MAX : in_title(e, title);
        uint32_t type = alm_settler_type(s, e);
        if (at == SIZE_MAX || at >= best[type]) continue;
        best[type] = at;
        s->subjects[type] = i + 1;
    }
}

/* An association that the title begins with and the text never spells in full. */
static alm_status find_title_head(alm_settler *s, const alm_shadow *title) {
    const alm_lexicon *words = s->folded->pack->scanned;
    uint32_t sense, type;
    size_t end = 0, place = alm_lexicon_longest(words, title->text, 0, &sense);
    if (!place ||
        !(alm_lexicon_sense_of(words, sense, ALM_CLASS_PLACE) || alm_lexicon_sense_of(words, sense, ALM_CLASS_LOCAL)))
        return ALM_OK;
    for (size_t at = place; at < title->text.len && !end;) {
        size_t len = alm_lexicon_longest(words, title->text, at, &sense);
        const alm_sense *suffix = len ? alm_lexicon_sense_of(words, sense, ALM_CLASS_ORG_SUFFIX) : NULL;
        size_t next = at;
        uint32_t cp = alm_utf8_next(title->text, &next);
        if (!len && cp < 0x3400) return ALM_OK;
        bool verb = len && !suffix && alm_lexicon_sense(words, sense)->class_id == ALM_CLASS_GIVE;
        if (verb || at > MAX_TITLE_NAME * 3) return ALM_OK;
        type = suffix ? (uint32_t)alm_organisation_type_of(suffix->attrs[0]) : (uint32_t)ALM_ORGANISATION_OTHER;
        bool strong = suffix && alm_str_is_c(suffix->attrs[1], "strong");
        at = len ? at + len : next;
        if (strong && type != ALM_ORGANISATION_ASSOCIATION && type != ALM_ORGANISATION_CHARITY) return ALM_OK;
        if (strong) end = at;
    }
    return end ? add_named(s, title, end, type, &s->subjects[ALM_ORGANISATION_ASSOCIATION]) : ALM_OK;
}

/* Of a type that neither title nor source names: whom the text names most, at least twice. */
static void find_most_named(alm_settler *s) {
    size_t most[ALM_ORGANISATION_COMMUNITY + 1] = {0};
    bool told[ALM_ORGANISATION_COMMUNITY + 1];
    for (size_t t = 0; t <= ALM_ORGANISATION_COMMUNITY; t++) told[t] = s->subjects[t] != 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const alm_settled *e = &s->entities[i];
        uint32_t type = alm_settler_type(s, e);
        if (e->person || told[type] || e->span_count < 2 || e->span_count <= most[type]) continue;
        most[type] = e->span_count;
        s->subjects[type] = i + 1;
    }
}

static alm_status find_subjects(alm_settler *s) {
    alm_shadow title;
    alm_status status = shadow_of(s, s->relation->document->page.title, &title);
    if (status == ALM_OK) find_in_title(s, title.text);
    if (status == ALM_OK && !s->subjects[ALM_ORGANISATION_ASSOCIATION]) status = find_title_head(s, &title);
    if (status == ALM_OK) find_most_named(s);
    return status;
}

/* ---- looking back ---- */

/* What is looked for: an organisation of a type, or one whose name ends as a reference does. */
typedef struct sought {
    uint32_t type;
    const alm_mention *reference; /* NULL: any of the type */
    bool kin;                     /* a charity may stand for an association and the reverse */
    alm_str never;                /* names that end so have no such posts */
} sought;

/* The word that a reference and a name share: the reference without its pointing first character ("this", "our"). */
static bool ends_as(alm_str name, alm_str word) {
    size_t first = alm_utf8_len((unsigned char)word.ptr[0]);
    return alm_str_ends(name, word) || (word.len > 6 && alm_str_ends(name, alm_str_slice(word, first, word.len)));
}

static bool same_kind(uint32_t a, uint32_t b) {
    bool charities = (a == ALM_ORGANISATION_ASSOCIATION || a == ALM_ORGANISATION_CHARITY) &&
                     (b == ALM_ORGANISATION_ASSOCIATION || b == ALM_ORGANISATION_CHARITY);
    return a == b || charities;
}

static bool fits(const alm_settler *s, uint32_t entity, const sought *want) {
    const alm_settled *e = &s->entities[entity - 1];
    if (want->reference) return ends_as(e->key, want->reference->name);
    if (want->never.len && alm_str_ends(e->key, want->never)) return false;
    uint32_t type = alm_settler_type(s, e);
    return want->type == ANY_TYPE || want->type == type || (want->kin && same_kind(want->type, type));
}

/* A name that a preposition governs ("from X", "to X") is not whom the sentence is about. */
static bool is_governed(const alm_settler *s, const alm_mention *m) {
    const alm_lexicon *words = s->folded->pack->scanned;
    size_t before = m->start ? alm_utf8_before(s->folded->text, m->start) : 0;
    uint32_t sense = m->start ? alm_lexicon_find(words, alm_str_slice(s->folded->text, before, m->start)) : 0;
    if (!sense) return false;
    const alm_sense *function = alm_lexicon_sense_of(words, sense, ALM_CLASS_FUNCTION);
    return alm_lexicon_sense_of(words, sense, ALM_CLASS_TO) || alm_lexicon_sense_of(words, sense, ALM_CLASS_VIA) ||
           (function && alm_str_is_c(function->attrs[0], "at"));
}

/* The last fitting name between bytes @p from and @p at; its entity + 1. One that stands free goes before a governed
 * one. */
static uint32_t last_named(const alm_settler *s, uint32_t from, uint32_t at, const sought *want) {
    size_t end = names_before(s, at), stop = end > MAX_LOOK_BACK ? end - MAX_LOOK_BACK : 0;
    uint32_t governed = 0;
    while (end-- > stop) {
        const alm_mention *m = s->named[end];
        if (m->start < from) break;
        if (!fits(s, m->entity, want)) continue;
        if (!is_governed(s, m)) return m->entity;
        if (!governed) governed = m->entity;
    }
    return governed;
}

static bool is_named_in(const alm_settler *s, uint32_t entity, uint32_t from, uint32_t at) {
    size_t end = names_before(s, at), stop = end > MAX_LOOK_BACK ? end - MAX_LOOK_BACK : 0;
    while (end-- > stop && s->named[end]->start >= from)
        if (s->named[end]->entity == entity) return true;
    return false;
}

/* The page's own organisation of this type, where it fits. */
static uint32_t subject(const alm_settler *s, const sought *want) {
    if (want->type > ALM_ORGANISATION_COMMUNITY) return 0;
    uint32_t other = want->type == ALM_ORGANISATION_CHARITY ? ALM_ORGANISATION_ASSOCIATION : ALM_ORGANISATION_CHARITY;
    if (s->subjects[want->type] && fits(s, s->subjects[want->type], want)) return s->subjects[want->type];
    if (s->own && fits(s, s->own, want)) return s->own;
    bool kin = same_kind(want->type, other) && s->subjects[other] && fits(s, s->subjects[other], want);
    return kin ? s->subjects[other] : 0;
}

/* Whom the page is about, where the block names it; whom the block names last; whom the page is about; the last named.
 */
static uint32_t look_around(const alm_settler *s, uint32_t at, const sought *want) {
    uint32_t block = block_start(s, at), own = subject(s, want);
    if (own && is_named_in(s, own, block, at)) return own;
    uint32_t found = last_named(s, block, at, want);
    if (found || want->type == ANY_TYPE) return found;
    return own ? own : last_named(s, 0, at, want);
}

/* Whom the sentence names, else the text around it. */
static uint32_t look_back(const alm_settler *s, uint32_t at, sought want) {
    uint32_t sentence = sentence_start(s, at);
    for (int kin = 0; kin <= 1; kin++) {
        want.kin = kin;
        uint32_t found = last_named(s, sentence, at, &want);
        if (found) return found;
    }
    want.kin = false;
    uint32_t found = look_around(s, at, &want);
    if (found) return found;
    want.kin = true;
    return look_around(s, at, &want);
}

/* ---- references ---- */

static uint32_t resolve(const alm_settler *s, const alm_mention *m) {
    bool ours = alm_str_is_c(m->rule, "organisation/first-person");
    if (ours && s->own && ends_as(s->entities[s->own - 1].key, m->name)) return s->own;
    uint32_t found = 0, sentence = sentence_start(s, m->start);
    if (alm_str_is_c(m->rule, "organisation/this")) { /* it was named just before, whatever it ends in */
        found = last_named(s, sentence, m->start, &(sought){m->detail, m, true, {0}});
        if (!found) found = last_named(s, sentence, m->start, &(sought){m->detail, NULL, true, {0}});
    }
    if (!found && m->detail == ALM_ORGANISATION_SCHOOL) /* whatever kind of school it is */
        found = last_named(s, sentence, m->start, &(sought){m->detail, NULL, false, {0}});
    if (!found) found = look_back(s, m->start, (sought){m->detail, m, true, {0}});
    return found ? found : look_back(s, sentence, (sought){m->detail, NULL, true, {0}});
}

static alm_status resolve_references(alm_settler *s) {
    for (uint32_t i = 0; i < s->folded->mention_count; i++) {
        alm_mention *m = &s->folded->mentions[i];
        if (m->class_id != ALM_CLASS_ORG || !m->reference) continue;
        m->entity = resolve(s, m);
        if (m->entity) continue;
        uint32_t index; /* nobody to refer to: it stands for itself */
        alm_status status = alm_settler_entity(s, m->name, i + 1, false, &index);
        if (status != ALM_OK) return status;
        m->entity = index + 1;
    }
    return ALM_OK;
}

/* ---- posts without an organisation ---- */

/* The type of organisation that has such posts, and which of them never do; a longer title is what its end is. */
static sought seat_of_post(const alm_settler *s, const alm_post *post) {
    const alm_lexicon *posts = s->folded->pack->consulted;
    alm_str role = s->folded->mentions[post->role - 1].name;
    for (size_t at = 0; at < role.len; alm_utf8_next(role, &at)) {
        uint32_t word = alm_lexicon_find(posts, alm_str_slice(role, at, role.len));
        const alm_sense *sense = alm_lexicon_sense_of(posts, word, ALM_CLASS_POST_AT);
        if (!sense) continue;
        bool any = alm_str_is_c(sense->attrs[0], "any");
        return (sought){any ? ANY_TYPE : alm_organisation_type_of(sense->attrs[0]), NULL, true, sense->attrs[1]};
    }
    return (sought){NO_TYPE, NULL, true, {0}};
}

/* Where a post is held that follows another organisation's ("the chairman of A, secretary B"): there, unless A has no
 * such posts and the page tells of one that has. */
static uint32_t carried_organisation(const alm_settler *s, const alm_post *post, sought want) {
    uint32_t carried = s->folded->mentions[post->organisation - 1].entity;
    const alm_settled *e = &s->entities[carried - 1];
    uint32_t has = alm_settler_type(s, e);
    bool never = want.never.len && alm_str_ends(e->key, want.never);
    if (!never && (want.type >= ANY_TYPE || want.type == ALM_ORGANISATION_OTHER || same_kind(want.type, has)))
        return carried;
    if (has == ALM_ORGANISATION_OTHER) {
        want.kin = false;
        uint32_t near = last_named(s, sentence_start(s, post->start), post->start, &want);
        return near ? near : carried;
    }
    uint32_t found = look_back(s, post->start, want);
    return found ? found : carried;
}

/* Whose a post is that names no organisation; one in a table's column of posts is the page's own, if nobody else's. */
static uint32_t unsaid_organisation(const alm_settler *s, const alm_post *post, sought want) {
    bool listed = alm_str_is_c(post->rule, "table/role");
    if (want.type == NO_TYPE && !listed) return 0;
    if (want.type == NO_TYPE) want.type = ANY_TYPE;
    uint32_t found = look_back(s, post->start, want);
    return found || !listed ? found : s->subjects[ALM_ORGANISATION_ASSOCIATION];
}

/* The posts of each member that are settled by now, by entity. */
typedef struct held {
    uint32_t *first, *next; /* post + 1; by entity + 1, by post */
} held;

static void hold(const alm_settler *s, const held *h, uint32_t i) {
    const alm_post *post = &s->relation->posts[i];
    uint32_t member = s->folded->mentions[post->member - 1].entity;
    h->next[i] = h->first[member];
    h->first[member] = i + 1;
}

/*
 * A post told again without its organisation ("vice president Li of A … President Li said") is the one that the member
 * holds, and none where it is only the polite form of it. True where that settles @p post.
 */
static bool told_again(const alm_settler *s, const held *h, alm_post *post) {
    alm_str role = s->folded->mentions[post->role - 1].name;
    uint32_t k = h->first[s->folded->mentions[post->member - 1].entity];
    for (uint32_t hops = 0; k && hops < MAX_LOOK_BACK; k = h->next[k - 1], hops++) {
        const alm_post *other = &s->relation->posts[k - 1];
        alm_str name = s->folded->mentions[other->role - 1].name;
        if (!other->settled || !alm_str_ends(name, role)) continue;
        post->settled = name.len == role.len ? other->settled : 0;
        return true;
    }
    return false;
}

/* Posts whose organisation is said come first, for those without one may tell of them again. */
static alm_status resolve_posts(alm_settler *s) {
    alm_relation *relation = s->relation;
    held h = {.first = alm_arena_calloc(s->arena, s->count + 1, sizeof *h.first),
              .next = alm_arena_calloc(s->arena, relation->post_count + 1, sizeof *h.next)};
    if (!h.first || !h.next) return ALM_E_NOMEM;
    for (uint32_t i = 0; i < relation->post_count; i++) {
        alm_post *post = &relation->posts[i];
        if (post->organisation == ALM_UNSAID_ORGANISATION) continue;
        post->settled = post->carried ? carried_organisation(s, post, seat_of_post(s, post))
                                      : s->folded->mentions[post->organisation - 1].entity;
        hold(s, &h, i);
    }
    for (uint32_t i = 0; i < relation->post_count; i++) {
        alm_post *post = &relation->posts[i];
        if (post->organisation != ALM_UNSAID_ORGANISATION || told_again(s, &h, post)) continue;
        post->settled = unsaid_organisation(s, post, seat_of_post(s, post));
        hold(s, &h, i);
    }
    return ALM_OK;
}

alm_status alm_references_resolve(alm_settler *s) {
    alm_status status = find_own(s);
    if (status == ALM_OK) status = find_subjects(s);
    if (status == ALM_OK) status = order_names(s);
    if (status == ALM_OK) status = resolve_references(s);
    if (status == ALM_OK) status = resolve_posts(s);
    return status;
}
