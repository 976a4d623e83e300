/*
 * The settled document: a gift told twice becomes one, and affiliations and donations are written with their evidence.
 */
#include "base/utf8.h"
#include "extract/mention/walk.h"
#include "extract/relate/entity.h"
#include "extract/relate/record.h"

enum { MAX_EARLIER = 64, MAX_BRACKETED = 8 };

/* ---- affiliations ---- */

static bool is_known(const alm_document *document, const alm_affiliation *a, const alm_index *known, uint64_t hash) {
    size_t cursor = 0;
    uint32_t i;
    while (alm_index_next(known, hash, &cursor, &i)) {
        const alm_affiliation *b = &document->affiliations[i];
        if (a->member.person == b->member.person && a->member.index == b->member.index &&
            a->organisation == b->organisation && alm_str_is(a->role, b->role))
            return true;
    }
    return false;
}

static alm_status put_affiliations(alm_settler *s) {
    alm_document *document = s->relation->document;
    document->affiliations = alm_arena_calloc(s->arena, s->relation->post_count, sizeof(alm_affiliation));
    if (!document->affiliations) return ALM_E_NOMEM;
    alm_index known = {0};
    for (size_t i = 0; i < s->relation->post_count; i++) {
        const alm_post *post = &s->relation->posts[i];
        if (!post->settled) continue;
        uint32_t organisation = alm_entity_root(s, post->settled - 1);
        alm_affiliation a = {.member = alm_entity_ref(s, post->member),
                             .organisation = s->entities[organisation].place,
                             .role = alm_settler_mention(s, post->role),
                             .span = alm_settler_span(s, post->start, post->end),
                             .rule = post->rule};
        if (!a.member.person && a.member.index == a.organisation) continue;
        uint64_t hash = alm_hash(a.role) ^ ((uint64_t)a.member.index << 32 | a.organisation);
        if (is_known(document, &a, &known, hash)) continue;
        alm_status status = alm_index_add(&known, s->arena, hash, (uint32_t)document->affiliation_count);
        if (status != ALM_OK) return status;
        document->affiliations[document->affiliation_count++] = a;
    }
    return ALM_OK;
}

/* ---- donations ---- */

static void put_amount(const alm_settler *s, alm_amount *out, uint32_t mention) {
    const alm_mention *m = &s->folded->mentions[mention - 1];
    const alm_value *value = m->value;
    *out = (alm_amount){.amount = value->amount,
                        .currency = value->unit,
                        .qualifier = value->qualifier,
                        .low = value->low,
                        .high = value->high,
                        .text = alm_settler_text(s, m->start, m->end),
                        .span = alm_settler_span(s, m->start, m->end)};
}

/* The measure word as the page writes it. */
static alm_str unit_text(const alm_settler *s, const alm_value *quantity) {
    alm_str tail = alm_str_slice(s->folded->text, quantity->start, quantity->end);
    size_t at = quantity->number_end >= quantity->start && quantity->number_end < quantity->end
                    ? quantity->number_end - quantity->start
                    : 0;
    size_t found = quantity->unit.len ? alm_str_find(tail, quantity->unit, at) : SIZE_MAX;
    if (found == SIZE_MAX) return quantity->unit;
    uint32_t start = quantity->start + (uint32_t)found;
    return alm_settler_text(s, start, start + (uint32_t)quantity->unit.len);
}

static void put_goods(const alm_settler *s, alm_goods *out, const alm_what *what) {
    const alm_mention *m = &s->folded->mentions[what->mention - 1];
    const alm_value *quantity = what->quantity ? s->folded->mentions[what->quantity - 1].value : m->value;
    uint32_t item_start = (uint32_t)(m->name.ptr - s->folded->text.ptr);
    *out = (alm_goods){.item = alm_settler_text(s, item_start, item_start + (uint32_t)m->name.len),
                       .text = alm_settler_text(s, m->start, m->end),
                       .span = alm_settler_span(s, m->start, m->end)};
    if (!quantity) return;
    out->quantity = quantity->amount;
    out->unit = quantity->amount.len ? unit_text(s, quantity) : (alm_str){0};
    out->qualifier = quantity->qualifier;
}

/* "masks (worth 30,000)": the amount stands in brackets of its own. */
static bool is_bracketed(const alm_settler *s, const alm_mention *m) {
    for (size_t at = m->start, steps = 0; at > 0 && steps < MAX_BRACKETED; steps++) {
        size_t before = alm_utf8_before(s->folded->text, at), next = before;
        uint32_t cp = alm_utf8_next(s->folded->text, &next);
        if (cp == ALM_CP_BRACKET_OPEN) return true;
        if (cp == ALM_CP_COMMA || cp == ALM_CP_BRACKET_CLOSE || cp == ALM_CP_STOP) return false;
        at = before;
    }
    return false;
}

/* A second value belongs to the things before it; where both stand in brackets behind their things, so does the first.
 */
static void put_second_value(const alm_settler *s, alm_donation *out, const alm_told_gift *gift, size_t first,
                             size_t second, alm_amount *value) {
    if (out->goods_count == 0 || out->goods[out->goods_count - 1].value) return;
    const alm_mention *mentions = s->folded->mentions;
    size_t goods = 0;
    for (size_t i = 0; i < first; i++) goods += gift->whats[i].kind == ALM_WHAT_GOODS;
    if (out->value && goods && goods < out->goods_count && is_bracketed(s, &mentions[gift->whats[first].mention - 1]) &&
        is_bracketed(s, &mentions[gift->whats[second].mention - 1])) {
        out->goods[goods - 1].value = out->value;
        out->value = NULL;
    }
    out->goods[out->goods_count - 1].value = value;
}

static alm_status put_whats(alm_settler *s, alm_donation *out, const alm_told_gift *gift) {
    size_t first_value = gift->what_count;
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
            if (first_value == gift->what_count) {
                first_value = i;
                out->value = value;
            } else {
                put_second_value(s, out, gift, first_value, i, value);
            }
            break;
        }
        }
    }
    return ALM_OK;
}

/* Where the same body stands among the parties already; @p count if nowhere. */
static size_t find_party(const alm_party *parties, size_t count, const alm_party *party) {
    bool unknown = party->organisation == ALM_NO_ENTITY && party->person == ALM_NO_ENTITY;
    size_t i = 0;
    while (i < count &&
           !(unknown ? alm_str_is(parties[i].name, party->name)
                     : parties[i].organisation == party->organisation && parties[i].person == party->person))
        i++;
    return i;
}

static bool gives(const alm_donation *donation, alm_ref ref) {
    for (size_t i = 0; i < donation->donor_count; i++)
        if (donation->donors[i].person == ref.person && donation->donors[i].index == ref.index) return true;
    return false;
}

/* Nobody gives to themselves; one that is said twice is put out once, by its name rather than by what stands for it. */
static alm_status put_parties(alm_settler *s, const alm_donation *donation, alm_party **out, size_t *out_count,
                              const uint32_t *mentions, size_t count) {
    alm_party *parties = alm_arena_calloc(s->arena, count, sizeof *parties);
    if (!parties) return ALM_E_NOMEM;
    size_t put = 0;
    for (size_t i = 0; i < count; i++) {
        const alm_mention *m = &s->folded->mentions[mentions[i] - 1];
        bool place = m->class_id == ALM_CLASS_PLACE;
        alm_ref ref = place ? (alm_ref){false, ALM_NO_ENTITY} : alm_entity_ref(s, mentions[i]);
        alm_party party = {.name = alm_settler_mention(s, mentions[i]),
                           .organisation = ref.person ? ALM_NO_ENTITY : ref.index,
                           .person = ref.person ? ref.index : ALM_NO_ENTITY,
                           .span = alm_settler_span(s, m->start, m->end)};
        if (gives(donation, ref)) continue;
        size_t at = find_party(parties, put, &party);
        if (at == put)
            parties[put++] = party;
        else if (!m->reference && party.name.len > parties[at].name.len)
            parties[at] = party;
    }
    *out = parties;
    *out_count = put;
    return ALM_OK;
}

static void donor_put(alm_donation *out, alm_ref ref) {
    for (size_t i = 0; i < out->donor_count; i++)
        if (out->donors[i].person == ref.person && out->donors[i].index == ref.index) return;
    out->donors[out->donor_count++] = ref;
}

/* Who holds office gives of his own: the mayor's gift is not the city's. */
static bool is_official(const alm_settler *s, const alm_actor *actor) {
    uint32_t type = s->folded->mentions[actor->organisation - 1].detail;
    return actor->person && (type == ALM_ORGANISATION_GOVERNMENT || type == ALM_ORGANISATION_PARTY);
}

static alm_status put_donors(alm_settler *s, alm_donation *out, const alm_told_gift *gift) {
    out->donors = alm_arena_calloc(s->arena, gift->donor_count * 2, sizeof(alm_ref));
    if (!out->donors) return ALM_E_NOMEM;
    for (size_t i = 0; i < gift->donor_count; i++) {
        if (gift->donors[i].person) donor_put(out, alm_entity_ref(s, gift->donors[i].person));
        if (gift->donors[i].organisation && !is_official(s, &gift->donors[i]))
            donor_put(out, alm_entity_ref(s, gift->donors[i].organisation));
    }
    return ALM_OK;
}

static alm_status put_date(alm_settler *s, alm_donation *out, uint32_t mention) {
    if (!mention) return ALM_OK;
    const alm_mention *m = &s->folded->mentions[mention - 1];
    if (!m->value->date_from.len && !m->value->date_to.len) return ALM_OK;
    alm_date *date = ALM_ARENA_NEW(s->arena, alm_date);
    if (!date) return ALM_E_NOMEM;
    *date = (alm_date){m->value->date_from, m->value->date_to, alm_settler_text(s, m->start, m->end),
                       alm_settler_span(s, m->start, m->end)};
    out->date = date;
    return ALM_OK;
}

static alm_status put_donation(alm_settler *s, const alm_told_gift *gift) {
    alm_donation *out = &s->relation->document->donations[s->relation->document->donation_count];
    memset(out, 0, sizeof *out);
    alm_str evidence = alm_str_trim(alm_str_slice(s->folded->text, gift->start, gift->end));
    uint32_t start = (uint32_t)(evidence.ptr - s->folded->text.ptr), end = start + (uint32_t)evidence.len;
    out->status = gift->status;
    out->total = gift->total;
    out->rule = gift->rule;
    out->confidence = gift->confidence;
    out->evidence = alm_settler_text(s, start, end);
    out->evidence_span = alm_settler_span(s, start, end);
    if (gift->trigger_end > gift->trigger_start)
        out->action = alm_settler_text(s, gift->trigger_start, gift->trigger_end);
    alm_status status = put_donors(s, out, gift);
    if (status == ALM_OK) status = put_whats(s, out, gift);
    if (status == ALM_OK)
        status = put_parties(s, out, &out->recipients, &out->recipient_count, gift->recipients, gift->recipient_count);
    if (status == ALM_OK)
        status = put_parties(s, out, &out->channels, &out->channel_count, gift->channels, gift->channel_count);
    if (status == ALM_OK) status = put_date(s, out, gift->date);
    if (status == ALM_OK) s->relation->document->donation_count++;
    return status;
}

/* ---- gifts told twice ---- */

/* Whether two names may be one: where both are told they must be. */
static bool agrees(const alm_settler *s, uint32_t a, uint32_t b, bool *shared) {
    if (!a || !b) return true;
    if (alm_entity_of(s, a) != alm_entity_of(s, b)) return false;
    *shared = true;
    return true;
}

/* One person of two organisations may be two of one name; two persons of one organisation are two donors. */
static bool same_actor(const alm_settler *s, const alm_actor *a, const alm_actor *b) {
    bool shared = false;
    return agrees(s, a->person, b->person, &shared) && agrees(s, a->organisation, b->organisation, &shared) && shared;
}

static bool shares_donor(const alm_settler *s, const alm_told_gift *a, const alm_told_gift *b) {
    for (size_t i = 0; i < a->donor_count; i++)
        for (size_t j = 0; j < b->donor_count; j++) {
            if (same_actor(s, &a->donors[i], &b->donors[j])) return true;
        }
    return false;
}

static bool same_what(const alm_settler *s, const alm_what *a, const alm_what *b) {
    if (a->kind != b->kind) return false;
    const alm_mention *x = &s->folded->mentions[a->mention - 1], *y = &s->folded->mentions[b->mention - 1];
    if (a->kind == ALM_WHAT_GOODS) {
        if (!alm_str_is(x->name, y->name)) return false;
        if (!x->value || !y->value) return x->value == y->value;
    }
    return alm_str_is(x->value->amount, y->value->amount) && alm_str_is(x->value->unit, y->value->unit);
}

static uint64_t what_hash(const alm_settler *s, const alm_what *what) {
    const alm_mention *m = &s->folded->mentions[what->mention - 1];
    uint64_t hash = what->kind == ALM_WHAT_GOODS ? alm_hash(m->name) : what->kind;
    return m->value ? hash * 31 + alm_hash(m->value->amount) : hash;
}

/* The entities that give in @p gift, one after the other; false where there is no more. */
static bool next_donor(const alm_settler *s, const alm_told_gift *gift, size_t *at, uint32_t *entity) {
    while (*at < (size_t)gift->donor_count * 2) {
        const alm_actor *actor = &gift->donors[*at / 2];
        uint32_t mention = *at % 2 ? actor->organisation : actor->person;
        (*at)++;
        if (!mention) continue;
        *entity = alm_entity_of(s, mention);
        return true;
    }
    return false;
}

/* Whether an entry of the index tells @p what of gift @p later: another statement, a donor in common, the same thing.
 */
static bool tells(const alm_settler *s, const alm_told_gift *earlier, const alm_told_gift *later,
                  const alm_what *what) {
    if (earlier->start == later->start || !shares_donor(s, earlier, later)) return false;
    for (size_t i = 0; i < earlier->what_count; i++)
        if (same_what(s, &earlier->whats[i], what)) return true;
    return false;
}

/* The latest earlier gift that tells @p what of gift @p later already; UINT32_MAX where none does. */
static uint32_t find_told(const alm_settler *s, const alm_index *told, uint32_t later, const alm_what *what) {
    const alm_told_gift *gifts = s->relation->gifts;
    uint64_t hash = what_hash(s, what);
    uint32_t donor, i;
    for (size_t at = 0; next_donor(s, &gifts[later], &at, &donor);) {
        size_t cursor = 0, looked = 0;
        while (looked++ < MAX_EARLIER && alm_index_next(told, hash + donor, &cursor, &i))
            if (tells(s, &gifts[i], &gifts[later], what)) return i;
    }
    return UINT32_MAX;
}

static bool same_party(const alm_settler *s, uint32_t a, uint32_t b) {
    bool places = s->folded->mentions[a - 1].class_id == ALM_CLASS_PLACE ||
                  s->folded->mentions[b - 1].class_id == ALM_CLASS_PLACE;
    if (!places && alm_entity_of(s, a) == alm_entity_of(s, b)) return true;
    return alm_str_is(alm_settler_mention(s, a), alm_settler_mention(s, b));
}

/* Add to a list of parties those that are not in it. */
static alm_status append(alm_settler *s, uint32_t **list, uint32_t *count, const uint32_t *more, uint32_t more_count) {
    uint32_t *joined = NULL, total = *count;
    for (uint32_t i = 0; i < more_count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < *count; k++) known = known || same_party(s, (*list)[k], more[i]);
        if (known) continue;
        if (!joined) {
            joined = alm_arena_calloc(s->arena, (size_t)*count + more_count, sizeof *joined);
            if (!joined) return ALM_E_NOMEM;
            memcpy(joined, *list, *count * sizeof *joined);
        }
        joined[total++] = more[i];
    }
    if (joined) *list = joined;
    *count = total;
    return ALM_OK;
}

static alm_status inherit(alm_settler *s, alm_told_gift *earlier, const alm_told_gift *later) {
    alm_status status =
        append(s, &earlier->recipients, &earlier->recipient_count, later->recipients, later->recipient_count);
    if (status != ALM_OK) return status;
    return append(s, &earlier->channels, &earlier->channel_count, later->channels, later->channel_count);
}

static alm_status remember(alm_settler *s, alm_index *told, uint32_t gift) {
    const alm_told_gift *g = &s->relation->gifts[gift];
    for (size_t i = 0; i < g->what_count; i++) {
        uint64_t hash = what_hash(s, &g->whats[i]);
        uint32_t donor;
        for (size_t at = 0; next_donor(s, g, &at, &donor);) {
            alm_status status = alm_index_add(told, s->arena, hash + donor, gift);
            if (status != ALM_OK) return status;
        }
    }
    return ALM_OK;
}

/* Take from every gift what an earlier one of its donors has told; looked up by donor and thing. */
static alm_status merge_told_twice(alm_settler *s) {
    alm_told_gift *gifts = s->relation->gifts;
    alm_index told = {0};
    for (uint32_t j = 0; j < s->relation->gift_count; j++) {
        uint32_t kept = 0, by = UINT32_MAX;
        for (size_t i = 0; i < gifts[j].what_count; i++) {
            uint32_t earlier = find_told(s, &told, j, &gifts[j].whats[i]);
            if (earlier == UINT32_MAX)
                gifts[j].whats[kept++] = gifts[j].whats[i];
            else
                by = earlier;
        }
        gifts[j].what_count = kept;
        alm_status status = kept == 0 && by != UINT32_MAX ? inherit(s, &gifts[by], &gifts[j]) : ALM_OK;
        if (status == ALM_OK) status = remember(s, &told, j);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static alm_status put_donations(alm_settler *s) {
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

alm_status alm_relation_settle(alm_relation *relation) {
    alm_settler s = {.relation = relation, .arena = &relation->session->arena, .folded = relation->folded};
    alm_status status = alm_entities_settle(&s);
    if (status == ALM_OK) status = merge_told_twice(&s);
    if (status == ALM_OK) status = put_affiliations(&s);
    if (status == ALM_OK) status = put_donations(&s);
    if (status == ALM_OK) status = alm_records_settle(&s);
    return status;
}
