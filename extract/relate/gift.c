/*
 * Gifts in running text, by case: a verb of giving opens an event; names around it get their case from the word that
 * governs them (to, through, by, on behalf of), or are its subject; amounts and things on its side of the sentence are
 * what was given. What a clause leaves unsaid is carried from the clauses before it.
 */
#include "base/utf8.h"
#include "extract/relate/bare_amount.h"
#include "extract/relate/gift_priv.h"

/* How many verbs of giving, or of handing over beside one, make a page one that tells of gifts. */
enum { MAX_GAP = 3, MIN_GIVEN = 2, MIN_HANDED = 4 };

static const double MIN_CONFIDENCE = 0.4;

static bool merges(const alm_gift_reader *r, const alm_gift_event *e, uint32_t i) {
    if (i - e->last > MAX_GAP) return false;
    for (uint32_t at = e->last; at < i; at++)
        if (alm_gift_ends_clause(r->tokens[at].cp) || r->tokens[at].class_id == ALM_CLASS_PARTY ||
            alm_gift_is_what(r->tokens[at].class_id))
            return false;
    return true;
}

/* "The two paintings that X gave raised 48,800": what was given is sold, and X did not give the proceeds. */
static bool is_proceeds(const alm_gift_reader *r, uint32_t i) {
    if (r->tokens[i].class_id != ALM_CLASS_RAISE) return false;
    for (uint32_t at = alm_gift_clause_start(r, i); at + 1 < i; at++)
        if (r->tokens[at].class_id == ALM_CLASS_GIVE && r->tokens[at + 1].class_id == ALM_CLASS_OF) return true;
    return false;
}

/* A verb of giving, a deed, or money of one's own that is spent. */
static bool opens_event(const alm_gift_reader *r, uint32_t i) {
    if (r->tokens[i].class_id == ALM_CLASS_SEND && i > r->first && r->tokens[i - 1].class_id == ALM_CLASS_OF &&
        i + 1 < r->last && alm_gift_ends_clause(r->tokens[i + 1].cp))
        return false; /* "the purchase of equipment," is a noun */
    if (is_proceeds(r, i)) return false;
    if (r->tokens[i].class_id == ALM_CLASS_SEND && i + 1 < r->last && alm_gift_counts_people(r, i + 1))
        return alm_gift_is_directed(r, &r->tokens[i]); /* "sent 15 workers to be trained" */
    return alm_gift_is_trigger(r->tokens[i].class_id) || alm_gift_is_deed(r, i) ||
           (r->tokens[i].class_id == ALM_CLASS_SPEND && alm_gift_has_attr(r, &r->tokens[i], "own"));
}

static void find_events(alm_gift_reader *r) {
    r->event_count = 0;
    for (uint32_t i = r->first; i < r->last; i++) {
        if (!opens_event(r, i)) continue;
        alm_gift_event *last = r->event_count ? &r->events[r->event_count - 1] : NULL;
        if (last && merges(r, last, i)) {
            last->last = i + 1;
            continue;
        }
        if (r->event_count == ALM_GIFT_MAX_EVENTS) break;
        alm_gift_event *e = &r->events[r->event_count++];
        memset(e, 0, sizeof *e);
        e->first = i;
        e->last = i + 1;
        e->gift.confidence = 0.66;
        e->gift.trigger_start = r->tokens[i].start;
    }
    for (size_t k = 0; k < r->event_count; k++) {
        alm_gift_event *e = &r->events[k];
        e->before = k ? r->events[k - 1].last : r->first;
        e->after = k + 1 < r->event_count ? r->events[k + 1].first : r->last;
        e->gift.trigger_end = r->tokens[e->last - 1].end;
        e->gift.start = r->tokens[r->first].start;
        e->gift.end = r->tokens[r->last - 1].end;
        e->gift.rule = ALM_STR("gift/verb");
    }
}

/* A verb of moving things, with nothing of its own, tells where the gift before it went. */
static void join_previous(const alm_gift_reader *r, alm_gift_event *previous, const alm_gift_event *e) {
    bool gives_to =
        alm_gift_has_class(r, e->first, e->last, ALM_CLASS_GIVE) && alm_gift_is_directed(r, &r->tokens[e->last - 1]);
    previous->handed = previous->handed || gives_to;
    if (previous->gift.donor_count == 0 && alm_gift_has_class(r, previous->last, e->first, ALM_CLASS_BY)) {
        /* a gift that names no giver, then "…, handed over by X" */
        memcpy(previous->gift.donors, e->gift.donors, sizeof previous->gift.donors);
        previous->gift.donor_count = e->gift.donor_count;
    }
    if (previous->received && e->gift.recipient_count && alm_gift_has_attr(r, &r->tokens[e->last - 1], "hand")) {
        /* "received 30,000 from X and handed it on to …" */
        for (size_t i = 0; i < previous->gift.recipient_count; i++)
            alm_gift_party_add(previous->gift.channels, &previous->gift.channel_count, previous->gift.recipients[i]);
        previous->gift.recipient_count = 0;
    }
    for (size_t i = 0; i < e->gift.recipient_count; i++)
        alm_gift_party_add(previous->gift.recipients, &previous->gift.recipient_count, e->gift.recipients[i]);
    for (size_t i = 0; i < e->gift.channel_count; i++)
        alm_gift_party_add(previous->gift.channels, &previous->gift.channel_count, e->gift.channels[i]);
}

static uint32_t nearest_date(const alm_gift_reader *r, uint32_t i) {
    while (i-- > r->first)
        if (r->tokens[i].class_id == ALM_CLASS_DATE) return r->tokens[i].mention;
    return 0;
}

static size_t money_count(const alm_gift *gift) {
    size_t count = 0;
    for (size_t i = 0; i < gift->what_count; i++) count += gift->whats[i].kind == ALM_WHAT_CASH;
    return count;
}

/*
 * How sure a gift is: measured shares of right gifts by what speaks for them (bench/truth.py prints them anew). A verb
 * that says "donate", a receiver, one giver and things of the lexicon speak for it; things that no list knows against
 * it.
 */
static double confidence_of(const alm_gift_reader *r, const alm_gift_event *e) {
    double confidence = e->gift.confidence;
    if (alm_gift_has_class(r, e->first, e->last, ALM_CLASS_GIVE)) confidence += 0.06;
    if (e->gift.recipient_count) confidence += 0.04;
    if (e->gift.donor_count > 1) confidence -= 0.15;
    for (size_t i = 0; i < e->gift.what_count; i++)
        if (r->folded->mentions[e->gift.whats[i].mention - 1].strength < 90) {
            confidence -= 0.1;
            break;
        }
    return confidence < 0.2 ? 0.2 : confidence > 0.9 ? 0.9 : confidence;
}

/* Who gave is told by the same name in a gift before. */
static bool gave_before(const alm_gift_reader *r, const alm_actor *actor) {
    const alm_mention *mentions = r->folded->mentions;
    for (size_t i = r->first_gift; i < r->relation->gift_count; i++)
        for (size_t k = 0; k < r->relation->gifts[i].donor_count; k++) {
            const alm_actor *told = &r->relation->gifts[i].donors[k];
            uint32_t a = actor->person ? actor->person : actor->organisation;
            uint32_t b = actor->person ? told->person : told->organisation;
            if (a && b && alm_str_is(mentions[a - 1].name, mentions[b - 1].name)) return true;
        }
    return false;
}

/* "So far it has given 1.7 million": what one has given over the years holds what was told before. */
static bool is_running_sum(const alm_gift_reader *r, const alm_gift_event *e) {
    bool running = false;
    for (uint32_t i = alm_gift_clause_start(r, e->first), end = alm_gift_clause_end(r, e->last); i < end; i++)
        running =
            running || (r->tokens[i].class_id == ALM_CLASS_TOTAL && alm_gift_has_attr(r, &r->tokens[i], "running"));
    return running && e->gift.donor_count == 1 && gave_before(r, &e->gift.donors[0]);
}

/* A sum over other givers: an association's "members gave … in all", "raised … in all". */
static bool is_total(const alm_gift_reader *r, const alm_gift_event *e) {
    const alm_gift *gift = &e->gift;
    if (gift->donor_count != 1 || gift->donors[0].person || !gift->donors[0].organisation) return false;
    uint32_t type = r->folded->mentions[gift->donors[0].organisation - 1].detail;
    if (type != ALM_ORGANISATION_ASSOCIATION && type != ALM_ORGANISATION_CHARITY) return false;
    uint32_t begin = alm_gift_clause_start(r, e->first), end = alm_gift_clause_end(r, e->last);
    bool others = alm_gift_has_class(r, begin, end, ALM_CLASS_MEMBER) ||
                  alm_gift_has_class(r, begin, end, ALM_CLASS_GROUP) ||
                  alm_gift_has_class(r, e->first, e->last, ALM_CLASS_RAISE);
    bool parts =
        end + 1 < r->folded->count && r->tokens[end + 1].class_id == ALM_CLASS_PART; /* "raised 500,000, of which …" */
    return others && (parts || alm_gift_has_class(r, begin, end, ALM_CLASS_TOTAL));
}

static bool is_pledged(const alm_gift_reader *r, const alm_gift_event *e) {
    for (uint32_t i = e->first; i < e->last; i++)
        if (alm_gift_has_attr(r, &r->tokens[i], "pledge")) return true;
    return false;
}

/* "handed out to 50 pupils", by a body that has money of its own; offices spend what is the public's. */
static bool hands_out(const alm_gift_reader *r, const alm_gift_event *e) {
    const alm_actor *giver = &e->gift.donors[0];
    uint32_t type = alm_gift_type_of(r, giver);
    return giver->organisation && !giver->person && type != ALM_ORGANISATION_GOVERNMENT &&
           type != ALM_ORGANISATION_PARTY &&
           alm_gift_has_class(r, alm_gift_clause_start(r, e->first), e->first, ALM_CLASS_TO);
}

/* "The charity passed the donated goods to the hospital": what others gave it. */
static bool passes_on(const alm_gift_reader *r, const alm_gift_event *e) {
    const alm_what *what = &e->gift.whats[0];
    return e->last == e->first + 2 && r->tokens[e->first].class_id == ALM_CLASS_SEND &&
           r->tokens[e->first + 1].class_id == ALM_CLASS_GIVE && e->gift.donor_count == 1 && e->gift.what_count == 1 &&
           what->kind == ALM_WHAT_GOODS && e->what_at[0] == e->last && !what->quantity &&
           !r->folded->mentions[what->mention - 1].value &&
           alm_gift_type_of(r, &e->gift.donors[0]) == ALM_ORGANISATION_CHARITY;
}

static bool is_distributed(const alm_gift_reader *r, const alm_gift_event *e) {
    if (passes_on(r, e) || alm_gift_is_of_others(r, e)) return true;
    return alm_gift_has_attr(r, &r->tokens[e->first], "weak") && hands_out(r, e) &&
           alm_gift_type_of(r, &e->gift.donors[0]) == ALM_ORGANISATION_CHARITY;
}

/* "put three diggers into the rescue": a verb that gives money only sends things to work. */
static bool sends_to_work(const alm_gift_reader *r, const alm_gift_event *e) {
    return e->last == e->first + 1 && alm_gift_has_attr(r, &r->tokens[e->first], "money") && !money_count(&e->gift);
}

static bool holds(const alm_gift_reader *r, const alm_gift_event *e) {
    if (e->gift.what_count == 0 || e->gift.donor_count == 0 || alm_gift_tells_parts(r, e)) return false;
    if (alm_gift_is_of_others(r, e) && alm_gift_type_of(r, &e->gift.donors[0]) != ALM_ORGANISATION_CHARITY)
        return false;
    if (e->last == e->first + 1 && alm_gift_has_attr(r, &r->tokens[e->first], "weak") &&
        (e->implied || e->gift.recipient_count == 0) && e->gift.channel_count == 0) {
        bool things = false;
        for (size_t i = 0; i < e->gift.what_count; i++) things = things || e->gift.whats[i].kind == ALM_WHAT_GOODS;
        if (alm_gift_is_public(r, &e->gift.donors[0])) return false; /* an office hands out what is the public's */
        if (!(e->handed && e->gift.donors[0].person) && !hands_out(r, e) &&
            (!things || !(r->block_has_gift || r->relation->tells_of_giving)))
            return false;
    }
    bool give = e->handed || alm_gift_has_class(r, e->first, e->last, ALM_CLASS_GIVE) ||
                alm_gift_has_class(r, e->first, e->last, ALM_CLASS_RAISE);
    if (give) return true;
    if (alm_gift_invests(r, e) || alm_gift_is_for_staff(r, e)) return false;
    /* moving things about is giving where somebody gets them, or where money is put up */
    return e->gift.recipient_count > 0 || money_count(&e->gift) > 0 || r->block_has_gift ||
           r->relation->tells_of_giving;
}

/* What is not given here may be told of otherwise. */
static void release(alm_gift_reader *r, const alm_gift_event *e) {
    for (size_t i = 0; i < e->gift.what_count; i++) r->used[e->what_at[i]] = false;
}

/* "gave 15 thousand", "put in 2000": a number behind the verb that counts nothing else is money. */
static alm_status name_bare_amounts(alm_gift_reader *r) {
    for (uint32_t i = r->first + 1; i < r->last; i++) {
        if (!alm_bare_amount_is(r->relation, &r->tokens[i]) || !alm_gift_is_trigger(r->tokens[i - 1].class_id) ||
            alm_gift_is_directed(r, &r->tokens[i - 1]))
            continue;
        if (i + 1 < r->last && !alm_gift_ends_clause(r->tokens[i + 1].cp) && r->tokens[i + 1].cp != ALM_CP_LIST_COMMA &&
            r->tokens[i + 1].cp != ALM_CP_QUOTE_CLOSE && r->tokens[i + 1].class_id != ALM_CLASS_OF)
            continue;
        uint32_t money;
        alm_status status = alm_bare_amount_mention(r->relation, &r->tokens[i], (alm_column_unit){0}, &money);
        if (status == ALM_OK) status = alm_fold(r->folded, i, i + 1, money);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static alm_status read_events(alm_gift_reader *r) {
    alm_status named = name_bare_amounts(r);
    if (named != ALM_OK) return named;
    find_events(r);
    alm_gift_event *previous = NULL;
    for (size_t k = 0; k < r->event_count; k++) {
        alm_gift_event *e = &r->events[k];
        if (alm_gift_is_ruled_out(r, e)) continue;
        alm_status status = alm_gift_read_shares(r, k);
        if (status != ALM_OK) return status;
        alm_gift_read_whats(r, k);
        alm_gift_read_donors(r, e);
        status = alm_gift_read_others(r, k);
        if (status == ALM_OK) status = alm_gift_read_supplies(r, e);
        if (status != ALM_OK) return status;
        e->gift.date = nearest_date(r, e->first);
        if (e->gift.what_count == 0) {
            if (previous)
                join_previous(r, previous, e);
            else
                status = alm_gift_join_told(r, e);
            if (status != ALM_OK) return status;
            continue;
        }
        previous = e;
    }
    alm_gift_settle_sums(r);
    for (size_t k = 0; k < r->event_count; k++) {
        if (sends_to_work(r, &r->events[k])) continue;
        if (!holds(r, &r->events[k]) || alm_gift_is_described(r, &r->events[k])) {
            release(r, &r->events[k]);
            continue;
        }
        r->events[k].gift.confidence = confidence_of(r, &r->events[k]);
        if (is_pledged(r, &r->events[k])) r->events[k].gift.status = ALM_STATUS_PLEDGED;
        if (is_distributed(r, &r->events[k])) r->events[k].gift.status = ALM_STATUS_DISTRIBUTED;
        r->events[k].gift.total =
            r->events[k].gift.total || is_total(r, &r->events[k]) || is_running_sum(r, &r->events[k]);
        if (r->events[k].gift.confidence < MIN_CONFIDENCE) continue; /* right in a third of all cases: better none */
        alm_status status = alm_gift_put(r, &r->events[k]);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

static bool title_tells(const alm_relation *relation) {
    alm_str title = relation->document->page.title;
    const alm_lexicon *words = relation->folded->pack->scanned;
    for (size_t at = 0; at < title.len; alm_utf8_next(title, &at)) {
        uint32_t sense;
        if (alm_lexicon_longest(words, title, at, &sense) && alm_lexicon_sense_of(words, sense, ALM_CLASS_GIVE))
            return true;
    }
    return false;
}

bool alm_relation_tells_of_giving(const alm_relation *relation) {
    const alm_folded *folded = relation->folded;
    size_t given = 0, handed = 0;
    for (size_t i = 0; i < folded->count; i++) {
        given += folded->tokens[i].class_id == ALM_CLASS_GIVE;
        handed += folded->tokens[i].class_id == ALM_CLASS_SEND;
    }
    return given >= MIN_GIVEN || (given && handed >= MIN_HANDED) || title_tells(relation);
}

alm_status alm_gifts_find(alm_relation *relation) {
    alm_folded *folded = relation->folded;
    alm_gift_reader r = {.relation = relation, .folded = folded, .tokens = folded->tokens};
    r.first_gift = r.block_gifts = relation->gift_count;
    r.used = alm_arena_calloc(folded->arena, folded->count, sizeof *r.used);
    r.events = alm_arena_alloc(folded->arena, ALM_GIFT_MAX_EVENTS * sizeof *r.events); /* cleared one by one */
    if (!r.used || !r.events) return ALM_E_NOMEM;
    alm_gift_begin_page(&r);
    for (uint32_t i = 0; i < folded->count; i = r.last) {
        r.sentence_before = i > 0 && folded->tokens[i - 1].cp != '\n' ? r.first : i;
        r.first = i;
        r.last = i;
        while (r.last < folded->count && !alm_gift_ends_sentence(folded->tokens[r.last].cp)) r.last++;
        if (r.last < folded->count) r.last++;
        if (i == 0 || folded->tokens[i - 1].cp == '\n') {
            alm_gift_begin_block(&r);
            r.block_gifts = relation->gift_count;
        }
        if (relation->in_table[r.first]) continue;
        if (alm_gift_has_class(&r, r.first, r.last, ALM_CLASS_GIVE)) r.block_has_gift = true;
        alm_status status = read_events(&r);
        if (status == ALM_OK) status = alm_gift_read_sources(&r);
        if (status == ALM_OK) status = alm_gift_read_pairs(&r);
        if (status == ALM_OK) status = alm_gift_read_acts(&r);
        if (status != ALM_OK) return status;
        status = alm_gift_read_value(&r);
        if (status == ALM_OK) status = alm_gift_read_told_channel(&r);
        if (status == ALM_OK) status = alm_gift_read_told_use(&r);
        if (status == ALM_OK) status = alm_gift_read_lead(&r);
        if (status == ALM_OK) status = alm_gift_read_head(&r);
        if (status != ALM_OK) return status;
        alm_gift_remember_topic(&r);
    }
    alm_status status = alm_gift_spread_heads(&r);
    return status == ALM_OK ? alm_gift_spread_lead(&r) : status;
}
