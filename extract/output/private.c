#include "extract/output/private.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/utf8.h"

enum { HASH_LEN = 10, UID_LEN = 32 };

const char *const alm_private_names[] = {"keep", "mask", "drop", NULL};

/* A name as it may stand in a text. */
typedef struct known_name {
    alm_str name;
    bool is_private;
} known_name;

typedef struct masker {
    alm_document *document; /* a copy, being changed */
    const alm_document *from;
    alm_arena *arena;
    alm_str salt;
    bool drop, failed;
    bool *is_private; /* of people */
    known_name *names;
    size_t name_count;
    uint32_t *new_index; /* of people; ALM_NO_ENTITY where dropped */
    bool changed;        /* a text since this was last cleared */
} masker;

static void *room(masker *m, size_t count, size_t size) {
    void *items = alm_arena_calloc(m->arena, count + 1, size);
    if (!items) m->failed = true;
    return items;
}

static void hash(masker *m, char *out, size_t len, alm_str of) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    int key_len = m->salt.len > 4096 ? 4096 : (int)m->salt.len;
    if (!HMAC(EVP_sha256(), m->salt.ptr, key_len, (const unsigned char *)of.ptr, of.len, digest, &size)) {
        m->failed = true;
        return;
    }
    for (size_t i = 0; i < len; i++) out[i] = "0123456789abcdef"[i % 2 ? digest[i / 2] & 15 : digest[i / 2] >> 4];
    out[len] = '\0';
}

static size_t first_len(alm_str s) {
    size_t at = 0;
    if (s.len) alm_utf8_next(s, &at);
    return at;
}

/* "Z**-0123456789" */
static bool is_masked(alm_str name) {
    size_t at = first_len(name);
    if (name.len != at + 3 + HASH_LEN || memcmp(name.ptr + at, "**-", 3) != 0) return false;
    for (at += 3; at < name.len; at++)
        if (!strchr("0123456789abcdef", name.ptr[at])) return false;
    return true;
}

static alm_str masked_name(masker *m, alm_str name) {
    size_t first = first_len(name);
    char *out = room(m, first + 3 + HASH_LEN, 1);
    if (!out) return name;
    if (first) memcpy(out, name.ptr, first);
    memcpy(out + first, "**-", 3);
    hash(m, out + first + 3, HASH_LEN, name);
    return (alm_str){out, first + 3 + HASH_LEN};
}

/* ---- who is private ---- */

static void add_names(masker *m, const alm_entity *e, bool is_private) {
    m->names[m->name_count++] = (known_name){e->name, is_private};
    for (size_t i = 0; i < e->alias_count; i++) m->names[m->name_count++] = (known_name){e->aliases[i], is_private};
}

static size_t count_names(const alm_entity *entities, size_t count) {
    size_t names = count;
    for (size_t i = 0; i < count; i++) names += entities[i].alias_count;
    return names;
}

/* Whether there is anybody to treat. */
static bool find_private(masker *m) {
    const alm_document *d = m->from;
    bool any = false;
    m->is_private = room(m, d->person_count, sizeof *m->is_private);
    m->names = room(m, count_names(d->organisations, d->organisation_count) + count_names(d->people, d->person_count),
                    sizeof *m->names);
    if (m->failed) return false;
    for (size_t i = 0; i < d->person_count; i++) m->is_private[i] = m->drop || !is_masked(d->people[i].name);
    for (size_t i = 0; i < d->affiliation_count; i++)
        if (d->affiliations[i].member.person) m->is_private[d->affiliations[i].member.index] = false;
    for (size_t i = 0; i < d->organisation_count; i++) add_names(m, &d->organisations[i], false);
    for (size_t i = 0; i < d->person_count; i++) {
        add_names(m, &d->people[i], m->is_private[i]);
        any |= m->is_private[i];
    }
    return any;
}

/* ---- texts ---- */

/* The longest name at the start of @p s, or NULL. A single character is no name that could be told from others. */
static const known_name *name_at(const masker *m, alm_str s) {
    const known_name *best = NULL;
    for (size_t i = 0; i < m->name_count; i++) {
        const known_name *n = &m->names[i];
        if (n->name.len && n->name.ptr[0] == s.ptr[0] && (!best || n->name.len > best->name.len) &&
            alm_str_starts(s, n->name) && n->name.len > first_len(n->name))
            best = n;
    }
    return best;
}

/* Mark the code points of @p text that belong to private names: by the names themselves, longest first, so that a
 * longer name of somebody else stays. */
static void mark_names(const masker *m, alm_str text, bool *hidden, bool *starts) {
    size_t point = 0;
    for (size_t at = 0; at < text.len;) {
        const known_name *n = name_at(m, alm_str_slice(text, at, text.len));
        size_t points = n ? alm_utf8_count(n->name) : 1;
        for (size_t i = 0; n && n->is_private && i < points; i++) hidden[point + i] = true;
        if (n && n->is_private) starts[point] = true;
        point += points;
        if (n)
            at += n->name.len;
        else
            alm_utf8_next(text, &at);
    }
}

/* And by the spans of private people, for names written with spaces or in another script; @p text starts at @p start.
 */
static void mark_spans(const masker *m, uint32_t start, size_t points, bool *hidden, bool *starts) {
    for (size_t i = 0; i < m->from->person_count; i++) {
        const alm_entity *e = &m->from->people[i];
        for (size_t k = 0; m->is_private[i] && k < e->span_count; k++) {
            if (e->spans[k].start < start || e->spans[k].end - start > points) continue;
            if (e->spans[k].start == e->spans[k].end) continue;
            for (uint32_t p = e->spans[k].start; p < e->spans[k].end; p++) hidden[p - start] = true;
            starts[e->spans[k].start - start] = true;
        }
    }
}

/* The stars in place; the first character of each name stays when masked. */
static alm_str starred(masker *m, alm_str text, const bool *hidden, const bool *starts) {
    char *out = room(m, text.len, 1);
    size_t len = 0, point = 0;
    bool any = false;
    if (!out) return text;
    for (size_t at = 0, before; at < text.len; point++) {
        before = at;
        alm_utf8_next(text, &at);
        if (hidden[point] && (m->drop || !starts[point])) {
            out[len++] = '*';
            any = true;
        } else {
            memcpy(out + len, text.ptr + before, at - before);
            len += at - before;
        }
    }
    m->changed |= any;
    return any ? (alm_str){out, len} : text;
}

/* @p start is where the text stands in the page's text, or UINT32_MAX. */
static void mask_text_at(masker *m, alm_str *text, uint32_t start, uint32_t end) {
    if (!text->len || m->failed) return;
    size_t points = alm_utf8_count(*text);
    bool *hidden = room(m, points, sizeof *hidden), *starts = room(m, points, sizeof *starts);
    if (m->failed) return;
    mark_names(m, *text, hidden, starts);
    if (start != UINT32_MAX && (end == UINT32_MAX || end - start == points))
        mark_spans(m, start, points, hidden, starts);
    *text = starred(m, *text, hidden, starts);
}

static void mask_text(masker *m, alm_str *text) { mask_text_at(m, text, UINT32_MAX, UINT32_MAX); }

/* ---- facts ---- */

static void *copy(masker *m, const void *items, size_t count, size_t size) {
    void *out = room(m, count, size);
    if (out && count) memcpy(out, items, count * size);
    return out;
}

static void treat_people(masker *m) {
    alm_document *d = m->document;
    alm_entity *people = copy(m, d->people, d->person_count, sizeof *people);
    size_t kept = 0;
    m->new_index = room(m, d->person_count, sizeof *m->new_index);
    if (m->failed) return;
    for (size_t i = 0; i < d->person_count; i++) {
        m->new_index[i] = m->drop && m->is_private[i] ? ALM_NO_ENTITY : (uint32_t)kept;
        if (m->new_index[i] == ALM_NO_ENTITY) continue;
        people[kept] = d->people[i];
        if (m->is_private[i]) {
            people[kept].name = masked_name(m, people[kept].name);
            people[kept].alias_count = 0;
        }
        kept++;
    }
    d->people = people;
    d->person_count = kept;
    d->affiliations = copy(m, d->affiliations, d->affiliation_count, sizeof *d->affiliations);
    for (size_t i = 0; !m->failed && i < d->affiliation_count; i++)
        if (d->affiliations[i].member.person)
            d->affiliations[i].member.index = m->new_index[d->affiliations[i].member.index];
}

static void treat_parties(masker *m, alm_party **parties, size_t *count) {
    alm_party *out = copy(m, *parties, *count, sizeof *out);
    size_t kept = 0;
    if (!out) return;
    for (size_t i = 0; i < *count; i++) {
        alm_party p = out[i];
        bool is_private = p.person != ALM_NO_ENTITY && m->is_private[p.person];
        m->changed |= is_private;
        if (is_private && m->drop) continue;
        if (p.person != ALM_NO_ENTITY) p.person = m->new_index[p.person];
        if (is_private)
            p.name = m->document->people[p.person].name;
        else
            mask_text(m, &p.name);
        out[kept++] = p;
    }
    *parties = out;
    *count = kept;
}

static void treat_donors(masker *m, alm_donation *d) {
    alm_ref *donors = copy(m, d->donors, d->donor_count, sizeof *donors);
    size_t kept = 0;
    if (!donors) return;
    for (size_t i = 0; i < d->donor_count; i++) {
        alm_ref donor = d->donors[i];
        m->changed |= donor.person && m->is_private[donor.index];
        if (donor.person) donor.index = m->new_index[donor.index];
        if (donor.index != ALM_NO_ENTITY) donors[kept++] = donor;
    }
    d->donors = donors;
    d->donor_count = kept;
}

static void treat_donation(masker *m, alm_donation *d) {
    m->changed = false;
    treat_donors(m, d);
    treat_parties(m, &d->recipients, &d->recipient_count);
    treat_parties(m, &d->channels, &d->channel_count);
    d->goods = copy(m, d->goods, d->goods_count, sizeof *d->goods);
    for (size_t i = 0; !m->failed && i < d->goods_count; i++) {
        mask_text(m, &d->goods[i].item);
        mask_text(m, &d->goods[i].text);
    }
    mask_text_at(m, &d->evidence, d->evidence_span.start, d->evidence_span.end);
    if (!m->changed || m->failed) return;
    char uid[UID_LEN + 1];
    hash(m, uid, UID_LEN, alm_str_of(d->uid)); /* the old one is a hash of the name: a guess could be proved by it */
    memcpy(d->uid, uid, sizeof uid);
}

static void treat_record(masker *m, alm_record *record) {
    alm_record_value *values = copy(m, record->values, record->value_count, sizeof *values);
    size_t kept = 0;
    if (!values) return;
    for (size_t i = 0; i < record->value_count; i++) {
        alm_record_value v = record->values[i];
        bool person = v.has_entity && v.entity.person;
        if (person && m->drop && m->is_private[v.entity.index]) continue;
        if (person) v.entity.index = m->new_index[v.entity.index];
        mask_text_at(m, &v.text, v.span.start, v.span.end);
        values[kept++] = v;
    }
    record->values = values;
    record->value_count = kept;
    mask_text_at(m, &record->evidence, record->evidence_span.start, record->evidence_span.end);
}

static void treat_texts(masker *m) {
    alm_document *d = m->document;
    mask_text(m, &d->page.title);
    mask_text(m, &d->page.source);
    mask_text(m, &d->page.author);
    mask_text_at(m, &d->page.text, 0, UINT32_MAX);
    d->page.attachments = copy(m, d->page.attachments, d->page.attachment_count, sizeof *d->page.attachments);
    for (size_t i = 0; !m->failed && i < d->page.attachment_count; i++) mask_text(m, &d->page.attachments[i].name);
    d->diagnostics.items = copy(m, d->diagnostics.items, d->diagnostics.count, sizeof *d->diagnostics.items);
    for (size_t i = 0; !m->failed && i < d->diagnostics.count; i++) mask_text(m, &d->diagnostics.items[i].message);
}

static void treat(masker *m) {
    alm_document *d = m->document;
    treat_people(m);
    d->donations = copy(m, d->donations, d->donation_count, sizeof *d->donations);
    d->records = copy(m, d->records, d->record_count, sizeof *d->records);
    for (size_t i = 0; !m->failed && i < d->donation_count; i++) treat_donation(m, &d->donations[i]);
    for (size_t i = 0; !m->failed && i < d->record_count; i++) treat_record(m, &d->records[i]);
    if (!m->failed) treat_texts(m);
}

alm_status alm_private_apply(alm_document *out, alm_arena *arena, const alm_document *document, alm_private what,
                             alm_str salt, alm_err *err) {
    alm_document treated = *document;
    masker m = {.document = &treated, .from = document, .arena = arena, .salt = salt, .drop = what == ALM_PRIVATE_DROP};
    if (what != ALM_PRIVATE_KEEP) {
        if (salt.len == 0) return alm_fail(err, ALM_E_INVALID, "private people cannot be masked without a salt");
        if (find_private(&m)) treat(&m);
    }
    if (m.failed) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    *out = treated;
    return ALM_OK;
}
