/*
 * The receiver of the whole page: whom its lead gives to or goes to, who accepted in the end, where the gifts were
 * handed over, or to whom the title says that they go. It holds for gifts without a receiver, where the page names no
 * other.
 */
#include "base/utf8.h"
#include "extract/relate/gift_priv.h"

enum { LEAD_SENTENCES = 2, MAX_FRAME = 4 };

bool alm_gift_is_institution(const alm_gift_reader *r, uint32_t i) {
    const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
    if (!actor || actor->person || !actor->organisation) return false;
    switch (r->folded->mentions[actor->organisation - 1].detail) {
    case ALM_ORGANISATION_CHARITY:
    case ALM_ORGANISATION_GOVERNMENT:
    case ALM_ORGANISATION_SCHOOL:
    case ALM_ORGANISATION_HOSPITAL:
    case ALM_ORGANISATION_MILITARY:
    case ALM_ORGANISATION_COMMUNITY: return true;
    default: return false;
    }
}

bool alm_gift_holds_no_firm(const alm_gift_reader *r, const alm_gift *gift) {
    for (size_t i = 0; i < gift->recipient_count; i++)
        if (r->folded->mentions[gift->recipients[i] - 1].detail == ALM_ORGANISATION_COMPANY) return false;
    return true;
}

/* Whom the giver went to: a body or place, no firm. */
static alm_status read_visit(alm_gift_reader *r, alm_gift_event *out) {
    for (uint32_t i = r->first; i < r->last && out->gift.recipient_count == 0; i++) {
        if (r->tokens[i].class_id != ALM_CLASS_VISIT || i + 1 >= r->last) continue;
        if (r->tokens[i + 1].class_id == ALM_CLASS_PARTY && !alm_gift_is_institution(r, i + 1)) continue;
        alm_status status = alm_gift_read_list(r, out, i + 1, alm_gift_clause_end(r, i + 1), true);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* "The ceremony was held at the school": at who receives, not at an office that invites. */
static void read_venue(const alm_gift_reader *r, alm_gift *out) {
    for (uint32_t i = r->first; i + 2 < r->last && out->recipient_count == 0; i++) {
        if (!alm_gift_has_attr(r, &r->tokens[i], "site") || !alm_gift_may_need(r, i + 1)) continue;
        for (uint32_t at = i + 2; at < r->last && !alm_gift_ends_clause(r->tokens[at].cp); at++)
            if (alm_gift_has_attr(r, &r->tokens[at], "held")) {
                const alm_actor *venue = alm_actor_of(r->relation, &r->tokens[i + 1]);
                alm_gift_party_add(out->recipients, &out->recipient_count, alm_gift_principal(venue));
            }
    }
}

/* "The school held a ceremony of giving": it hosts what is given to it. */
static void read_host(const alm_gift_reader *r, alm_gift *out) {
    for (uint32_t i = r->first; i + 1 < r->last && out->recipient_count == 0; i++) {
        if (!alm_gift_has_attr(r, &r->tokens[i + 1], "held") || !alm_gift_may_need(r, i)) continue;
        if (alm_gift_case_of(r, i) != ALM_CASE_SUBJECT ||
            !alm_gift_has_class(r, i + 2, alm_gift_clause_end(r, i + 2), ALM_CLASS_GIVE))
            continue;
        const alm_actor *host = alm_actor_of(r->relation, &r->tokens[i]);
        alm_gift_party_add(out->recipients, &out->recipient_count, alm_gift_principal(host));
    }
}

/* "The headmaster accepted on behalf of the school": an event of receiving that tells no gift. */
static bool read_acceptance(const alm_gift_reader *r, alm_gift *out) {
    for (size_t k = 0; k < r->event_count; k++) {
        const alm_gift_event *e = &r->events[k];
        if (!e->received || e->gift.what_count || e->gift.recipient_count == 0) continue;
        *out = e->gift;
        return true;
    }
    return false;
}

alm_status alm_gift_read_lead(alm_gift_reader *r) {
    if (r->frame.recipient_count || read_acceptance(r, &r->frame) || r->sentences++ >= LEAD_SENTENCES) return ALM_OK;
    for (size_t k = 0; k < r->event_count; k++)
        if (r->events[k].gift.recipient_count &&
            alm_gift_has_class(r, r->events[k].first, r->events[k].last, ALM_CLASS_GIVE)) {
            r->frame = r->events[k].gift;
            return ALM_OK;
        }
    alm_gift_event visit = {0};
    alm_status status = read_visit(r, &visit);
    r->frame = visit.gift;
    if (r->frame.recipient_count == 0) read_venue(r, &r->frame);
    if (r->frame.recipient_count == 0) read_host(r, &r->frame);
    return status;
}

/* The organisation of the text that the title names at @p at; 0. The longest of those that begin there. */
static uint32_t named_at(const alm_relation *relation, alm_str title, size_t at) {
    uint32_t found = 0;
    size_t longest = 0;
    for (uint32_t i = 0; i < relation->folded->mention_count; i++) {
        const alm_mention *m = &relation->folded->mentions[i];
        if (m->class_id != ALM_CLASS_ORG || m->reference || m->name.len <= longest ||
            m->detail == ALM_ORGANISATION_COMPANY)
            continue;
        if (!alm_str_starts(alm_str_slice(title, at, title.len), m->name)) continue;
        longest = m->name.len;
        found = i + 1;
    }
    return found;
}

static bool receives_gifts(const alm_relation *relation, uint32_t mention) {
    switch (relation->folded->mentions[mention - 1].detail) {
    case ALM_ORGANISATION_CHARITY:
    case ALM_ORGANISATION_SCHOOL:
    case ALM_ORGANISATION_HOSPITAL:
    case ALM_ORGANISATION_MILITARY:
    case ALM_ORGANISATION_COMMUNITY: return true;
    default: return false;
    }
}

/* "X gives 300 books to school Y", "X goes to village Y with gifts", "School Y receives 300 books", as the title has
 * it. */
static void read_title(const alm_gift_reader *r, alm_gift *out) {
    alm_str title = r->relation->document->page.title;
    const alm_lexicon *words = r->folded->pack->scanned;
    uint32_t head = named_at(r->relation, title, 0);
    size_t head_end = head ? r->folded->mentions[head - 1].name.len : 0;
    for (size_t at = 0; at < title.len;) {
        uint32_t sense;
        size_t len = alm_lexicon_longest(words, title, at, &sense), begin = at;
        if (len)
            at += len;
        else
            alm_utf8_next(title, &at);
        if (!len) continue;
        if (head && begin == head_end && alm_lexicon_sense_of(words, sense, ALM_CLASS_RECEIVE) &&
            receives_gifts(r->relation, head))
            alm_gift_party_add(out->recipients, &out->recipient_count, head);
        bool to = alm_lexicon_sense_of(words, sense, ALM_CLASS_TO),
             visit = alm_lexicon_sense_of(words, sense, ALM_CLASS_VISIT);
        uint32_t found = to || visit ? named_at(r->relation, title, at) : 0;
        if (found && (to || receives_gifts(r->relation, found)))
            alm_gift_party_add(out->recipients, &out->recipient_count, found);
    }
}

/* The page names no receiver but those of the lead. */
static bool is_only_receiver(const alm_gift_reader *r, const alm_told_gift *gift) {
    for (size_t i = 0; i < gift->recipient_count; i++) {
        bool known = false;
        for (size_t j = 0; j < r->frame.recipient_count; j++)
            known = known || alm_str_is(r->folded->mentions[gift->recipients[i] - 1].name,
                                        r->folded->mentions[r->frame.recipients[j] - 1].name);
        if (!known) return false;
    }
    return true;
}

/* The lead's receiver is who gives here: nobody gives to themselves. */
static bool gives(const alm_gift_reader *r, const alm_told_gift *gift) {
    for (size_t i = 0; i < gift->donor_count; i++)
        for (size_t j = 0; j < r->frame.recipient_count; j++)
            if (gift->donors[i].organisation && alm_str_is(r->folded->mentions[gift->donors[i].organisation - 1].name,
                                                           r->folded->mentions[r->frame.recipients[j] - 1].name))
                return true;
    return false;
}

alm_status alm_gift_spread_lead(alm_gift_reader *r) {
    alm_relation *relation = r->relation;
    if (r->frame.recipient_count == 0 && relation->gift_count) read_title(r, &r->frame);
    if (r->frame.recipient_count > MAX_FRAME || !alm_gift_holds_no_firm(r, &r->frame)) return ALM_OK;
    for (size_t g = 0; g < relation->gift_count; g++)
        if (!is_only_receiver(r, &relation->gifts[g])) return ALM_OK;
    for (size_t g = r->first_gift; g < relation->gift_count; g++) { /* tables and lists have heads of their own */
        if (relation->gifts[g].total || gives(r, &relation->gifts[g])) continue; /* sums over drives go to many */
        alm_status status =
            alm_gift_give_receivers(r, &relation->gifts[g], r->frame.recipients, r->frame.recipient_count);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}
