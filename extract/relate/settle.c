/*
 * The settled document: a gift told twice becomes one, and affiliations and donations are written with their evidence.
 */
#include "extract/relate/entity.h"
#include "extract/relate/record.h"

enum { MAX_EARLIER = 64 };

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

static alm_status put_whats(alm_settler *s, alm_donation *out, const alm_gift *gift) {
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

static alm_status put_parties(alm_settler *s, alm_party **out, size_t *out_count, const uint32_t *mentions,
                              size_t count) {
    alm_party *parties = alm_arena_calloc(s->arena, count, sizeof *parties);
    if (!parties) return ALM_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const alm_mention *m = &s->folded->mentions[mentions[i] - 1];
        bool place = m->class_id == ALM_CLASS_PLACE;
        alm_ref ref = place ? (alm_ref){false, ALM_NO_ENTITY} : alm_entity_ref(s, mentions[i]);
        parties[i] = (alm_party){.name = alm_settler_mention(s, mentions[i]),
                                 .organisation = ref.person ? ALM_NO_ENTITY : ref.index,
                                 .person = ref.person ? ref.index : ALM_NO_ENTITY,
                                 .span = alm_settler_span(s, m->start, m->end)};
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

static alm_status put_donors(alm_settler *s, alm_donation *out, const alm_gift *gift) {
    out->donors = alm_arena_calloc(s->arena, gift->donor_count * 2, sizeof(alm_ref));
    if (!out->donors) return ALM_E_NOMEM;
    for (size_t i = 0; i < gift->donor_count; i++) {
        if (gift->donors[i].person) donor_put(out, alm_entity_ref(s, gift->donors[i].person));
        if (gift->donors[i].organisation) donor_put(out, alm_entity_ref(s, gift->donors[i].organisation));
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

static alm_status put_donation(alm_settler *s, const alm_gift *gift) {
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
        status = put_parties(s, &out->recipients, &out->recipient_count, gift->recipients, gift->recipient_count);
    if (status == ALM_OK)
        status = put_parties(s, &out->channels, &out->channel_count, gift->channels, gift->channel_count);
    if (status == ALM_OK) status = put_date(s, out, gift->date);
    if (status == ALM_OK) s->relation->document->donation_count++;
    return status;
}

/* ---- gifts told twice ---- */

static bool shares_donor(const alm_settler *s, const alm_gift *a, const alm_gift *b) {
    for (size_t i = 0; i < a->donor_count; i++)
        for (size_t j = 0; j < b->donor_count; j++) {
            const alm_actor *x = &a->donors[i], *y = &b->donors[j];
            if (x->person && y->person && alm_entity_of(s, x->person) == alm_entity_of(s, y->person)) return true;
            if (x->organisation && y->organisation &&
                alm_entity_of(s, x->organisation) == alm_entity_of(s, y->organisation))
                return true;
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

/* Take from @p later what @p earlier has told already. */
static void drop_told(const alm_settler *s, const alm_gift *earlier, alm_gift *later) {
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

/* The entities that give in @p gift, one after the other; false where there is no more. */
static bool next_donor(const alm_settler *s, const alm_gift *gift, size_t *at, uint32_t *entity) {
    for (; *at < gift->donor_count * 2; (*at)++) {
        const alm_actor *actor = &gift->donors[*at / 2];
        uint32_t mention = *at % 2 ? actor->organisation : actor->person;
        if (!mention) continue;
        (*at)++;
        *entity = alm_entity_of(s, mention);
        return true;
    }
    return false;
}

/* Gifts by who gives: a gift is held against the last ones of its donors alone. */
static alm_status merge_told_twice(alm_settler *s) {
    alm_gift *gifts = s->relation->gifts;
    alm_index by_donor = {0};
    for (uint32_t j = 0; j < s->relation->gift_count; j++) {
        uint32_t donor, i;
        for (size_t at = 0; gifts[j].what_count && next_donor(s, &gifts[j], &at, &donor);) {
            size_t cursor = 0, looked = 0;
            while (alm_index_next(&by_donor, donor, &cursor, &i) && looked++ < MAX_EARLIER && gifts[j].what_count) {
                if (!gifts[i].what_count || gifts[i].start == gifts[j].start || !shares_donor(s, &gifts[i], &gifts[j]))
                    continue;
                drop_told(s, &gifts[i], &gifts[j]);
                if (gifts[j].what_count == 0) inherit(&gifts[i], &gifts[j]);
            }
        }
        for (size_t at = 0; next_donor(s, &gifts[j], &at, &donor);) {
            alm_status status = alm_index_add(&by_donor, s->arena, donor, j);
            if (status != ALM_OK) return status;
        }
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
