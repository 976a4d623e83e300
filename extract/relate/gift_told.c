/*
 * What is said of a gift away from its verb: the shares that bodies get of it, a later sentence that tells where it
 * went.
 */
#include "extract/relate/gift_priv.h"

enum { MIN_SHARES = 2, MAX_HEAD = 30, MAX_VALUE_REACH = 6 };

/* ---- shares ---- */

typedef struct share {
    uint32_t name, name_end, amount;
} share;

/* A thing with its number at @p i: in a list of shares it is given, too. */
static bool is_counted_thing(const alm_gift_reader *r, uint32_t i, uint32_t last) {
    return i < last && r->tokens[i].class_id == ALM_CLASS_GOODS && alm_mention_of(r->folded, &r->tokens[i])->value;
}

/* "school X: 6", "school X 6 desks": a name and what it gets, and nothing else up to the next mark. */
static bool read_share(const alm_gift_reader *r, uint32_t i, uint32_t last, share *out) {
    uint32_t end = i;
    if (alm_gift_is_institution(r, i))
        end++;
    else
        while (end < last && alm_gift_may_be_receiver(&r->tokens[end])) end++;
    if (end == i || (end > i + 1 && r->tokens[i].class_id != ALM_CLASS_PLACE &&
                     r->tokens[end - 1].class_id != ALM_CLASS_ORG_SUFFIX))
        return false;
    uint32_t amount = end;
    if (amount < last && (r->tokens[amount].class_id == ALM_CLASS_EACH || r->tokens[amount].cp == ALM_CP_COLON))
        amount++;
    bool thing = amount == i + 1 && alm_gift_is_institution(r, i) && is_counted_thing(r, amount, last);
    if (amount >= last ||
        (r->tokens[amount].class_id != ALM_CLASS_MONEY && !alm_gift_counts_things(r, amount) && !thing))
        return false;
    uint32_t behind = amount + 1;
    bool ends = behind >= last || r->tokens[behind].cp == ALM_CP_LIST_COMMA ||
                r->tokens[behind].class_id == ALM_CLASS_WITH || r->tokens[behind].cp == ALM_CP_BRACKET_CLOSE ||
                alm_gift_ends_clause(r->tokens[behind].cp);
    *out = (share){i, end, amount};
    return ends;
}

static bool begins_share(const alm_gift_reader *r, uint32_t i) {
    const alm_token *before = &r->tokens[i - 1];
    return before->class_id == ALM_CLASS_PART || before->class_id == ALM_CLASS_GIVE ||
           before->class_id == ALM_CLASS_WITH || before->cp == ALM_CP_LIST_COMMA || before->cp == ALM_CP_BRACKET_OPEN ||
           alm_gift_ends_clause(before->cp);
}

/* Money that is divided among bodies was given by one firm or person: a body that raised it tells who gave. */
static bool divides_money(const alm_gift_reader *r, const alm_gift_event *e) {
    for (uint32_t i = e->first; i-- > r->first;) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || alm_gift_case_of(r, i) != ALM_CASE_SUBJECT) continue;
        return actor->person ||
               (actor->organisation && r->folded->mentions[actor->organisation - 1].detail == ALM_ORGANISATION_COMPANY);
    }
    return false;
}

alm_status alm_gift_read_shares(alm_gift_reader *r, size_t k) {
    alm_gift_event *e = &r->events[k];
    uint32_t last = k + 1 < r->event_count ? r->events[k + 1].first : r->last, count = 0;
    share shares[ALM_MAX_PARTIES];
    bool money = divides_money(r, e), part = false;
    for (uint32_t i = e->last; i < last && count < ALM_MAX_PARTIES; i++) {
        part = part || r->tokens[i].class_id == ALM_CLASS_PART;
        if (!begins_share(r, i) || !read_share(r, i, last, &shares[count])) continue;
        if (r->tokens[shares[count].amount].class_id == ALM_CLASS_MONEY && !money) continue;
        i = shares[count++].amount;
    }
    if (count < MIN_SHARES && !(count && part)) return ALM_OK;
    for (uint32_t n = 0; n < count; n++) {
        if (r->tokens[shares[n].amount].class_id != ALM_CLASS_GOODS) r->used[shares[n].amount] = true;
        alm_status status = alm_gift_read_list(r, e, shares[n].name, shares[n].name_end, true);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

/* ---- a later sentence ---- */

static bool names_the_gift(const alm_gift_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++) {
        uint16_t c = r->tokens[i].class_id;
        if (c == ALM_CLASS_GIFT_NOUN || c == ALM_CLASS_GOODS || c == ALM_CLASS_MONEY) return true;
        if (c == ALM_CLASS_PARTY && alm_gift_case_of(r, i) == ALM_CASE_SUBJECT) return false;
    }
    return false;
}

/* The list as the arena keeps it; NULL out of memory. */
static uint32_t *keep(const alm_gift_reader *r, const uint32_t *list, size_t count) {
    uint32_t *kept = alm_arena_alloc(r->folded->arena, count * sizeof *kept);
    if (kept) memcpy(kept, list, count * sizeof *kept);
    return kept;
}

alm_status alm_gift_give_receivers(const alm_gift_reader *r, alm_told_gift *told, const uint32_t *list, size_t count) {
    if (told->recipient_count || count == 0) return ALM_OK;
    told->recipients = keep(r, list, count);
    if (!told->recipients) return ALM_E_NOMEM;
    told->recipient_count = (uint32_t)count;
    return ALM_OK;
}

static alm_status give_channels(const alm_gift_reader *r, alm_told_gift *told, const alm_gift *from) {
    if (told->channel_count || from->channel_count == 0) return ALM_OK;
    told->channels = keep(r, from->channels, from->channel_count);
    if (!told->channels) return ALM_E_NOMEM;
    told->channel_count = (uint32_t)from->channel_count;
    return ALM_OK;
}

alm_status alm_gift_join_told(alm_gift_reader *r, const alm_gift_event *e) {
    uint32_t begin = alm_gift_clause_start(r, e->first);
    bool named = names_the_gift(r, begin, e->first);
    if (!named && alm_gift_has_class(r, begin, e->first, ALM_CLASS_PARTY)) return ALM_OK; /* what that one gave */
    bool receivers = named && !e->implied && alm_gift_holds_no_firm(r, &e->gift);
    for (size_t g = r->block_gifts; g < r->relation->gift_count; g++) {
        alm_told_gift *told = &r->relation->gifts[g];
        alm_status status =
            receivers ? alm_gift_give_receivers(r, told, e->gift.recipients, e->gift.recipient_count) : ALM_OK;
        if (status == ALM_OK) status = give_channels(r, told, &e->gift);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

alm_status alm_gift_read_told_channel(alm_gift_reader *r) {
    if (r->event_count) return ALM_OK;
    alm_gift told = {0};
    for (uint32_t i = r->first; i < r->last && told.channel_count == 0; i++) {
        const alm_actor *actor = alm_actor_of(r->relation, &r->tokens[i]);
        if (!actor || alm_gift_case_of(r, i) != ALM_CASE_CHANNEL) continue;
        if (!names_the_gift(r, alm_gift_clause_start(r, i), i)) return ALM_OK;
        alm_gift_party_add(told.channels, &told.channel_count, alm_gift_principal(actor));
    }
    for (size_t g = r->block_gifts; g < r->relation->gift_count; g++) {
        alm_status status = give_channels(r, &r->relation->gifts[g], &told);
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}

alm_status alm_gift_read_told_use(alm_gift_reader *r) {
    if (r->event_count || r->block_gifts == r->relation->gift_count) return ALM_OK;
    for (uint32_t i = r->first + 1; i < r->last; i++) {
        if (r->tokens[i].class_id != ALM_CLASS_DIRECTION) continue;
        if (!names_the_gift(r, alm_gift_clause_start(r, i), i)) return ALM_OK;
        alm_gift_event use = {0};
        alm_status status = alm_gift_read_goal(r, &use, i + 1, alm_gift_clause_end(r, i + 1));
        for (size_t g = r->block_gifts; g < r->relation->gift_count && status == ALM_OK; g++)
            status = alm_gift_give_receivers(r, &r->relation->gifts[g], use.gift.recipients, use.gift.recipient_count);
        return status;
    }
    return ALM_OK;
}

/* ---- values ---- */

static bool has_kind(const alm_told_gift *gift, alm_what_kind kind) {
    for (size_t i = 0; i < gift->what_count; i++)
        if (gift->whats[i].kind == kind) return true;
    return false;
}

/* The gift of things that was told last and whose value was not; NULL. */
static alm_told_gift *unvalued(const alm_gift_reader *r) {
    if (r->relation->gift_count <= r->first_gift) return NULL;
    alm_told_gift *last = &r->relation->gifts[r->relation->gift_count - 1];
    return has_kind(last, ALM_WHAT_GOODS) && !has_kind(last, ALM_WHAT_WORTH) ? last : NULL;
}

bool alm_gift_is_described(const alm_gift_reader *r, const alm_gift_event *e) {
    if (!unvalued(r) || e->last >= r->last || r->tokens[e->last].class_id != ALM_CLASS_OF) return false;
    for (uint32_t i = alm_gift_clause_start(r, e->first); i < e->first; i++)
        if (r->tokens[i].class_id == ALM_CLASS_PARTY) return false;
    for (size_t i = 0; i < e->gift.what_count; i++) {
        const alm_what *what = &e->gift.whats[i];
        if (what->kind == ALM_WHAT_CASH) return false;
        if (what->kind == ALM_WHAT_GOODS && (what->quantity || r->folded->mentions[what->mention - 1].value))
            return false;
    }
    return true;
}

/* Things are the subject before @p i in the sentence, and nobody acts: else what is valued there is theirs. */
static bool speaks_of_things(const alm_gift_reader *r, uint32_t i) {
    bool things = false;
    for (uint32_t at = r->first; at < i; at++) {
        uint16_t c = r->tokens[at].class_id;
        if (c == ALM_CLASS_PARTY && alm_gift_case_of(r, at) == ALM_CASE_SUBJECT) return false;
        things = things || c == ALM_CLASS_GIFT_NOUN || c == ALM_CLASS_GOODS;
    }
    return things;
}

alm_status alm_gift_read_value(alm_gift_reader *r) {
    for (uint32_t i = r->first; i < r->last; i++) {
        alm_told_gift *gift;
        if (r->tokens[i].class_id != ALM_CLASS_MONEY || r->used[i] ||
            !alm_gift_governed_by(r, i, ALM_CLASS_WORTH, MAX_VALUE_REACH) || !speaks_of_things(r, i) ||
            alm_gift_has_class(r, r->first, i, ALM_CLASS_TOTAL) || !(gift = unvalued(r)))
            continue;
        alm_what *whats = alm_arena_alloc(r->folded->arena, (gift->what_count + 1) * sizeof *whats);
        if (!whats) return ALM_E_NOMEM;
        memcpy(whats, gift->whats, gift->what_count * sizeof *whats);
        whats[gift->what_count++] = (alm_what){.kind = ALM_WHAT_WORTH, .mention = r->tokens[i].mention};
        gift->whats = whats;
        r->used[i] = true;
        return ALM_OK;
    }
    return ALM_OK;
}

/* ---- heads of lists ---- */

/* A line that heads what follows it: short, or it ends with a colon; no sentence of a paragraph. */
static bool is_head(const alm_gift_reader *r) {
    const alm_token *t = r->tokens;
    if ((r->first > 0 && t[r->first - 1].cp != '\n') || r->last < r->first + 2 || t[r->last - 1].cp != '\n')
        return false;
    const alm_token *end = &t[r->last - 2];
    return end->cp == ALM_CP_COLON || end->class_id == ALM_CLASS_PUBLISH ||
           alm_walk_length(r->folded, r->first, r->last) <= MAX_HEAD;
}

alm_status alm_gift_read_head(alm_gift_reader *r) {
    if (!is_head(r)) return ALM_OK;
    alm_gift_head head = {.start = r->tokens[r->first].start};
    for (size_t k = 0; k < r->event_count && head.count == 0; k++) {
        const alm_gift *gift = &r->events[k].gift;
        if (gift->what_count && gift->donor_count) return ALM_OK; /* a gift of its own */
        if (gift->recipient_count == 0 || r->events[k].implied) continue;
        head.count = gift->recipient_count;
        head.recipients = keep(r, gift->recipients, head.count);
        if (!head.recipients) return ALM_E_NOMEM;
    }
    alm_status status = alm_arena_grow(r->folded->arena, (void **)&r->heads, &r->head_cap, r->head_count, sizeof head);
    if (status == ALM_OK) r->heads[r->head_count++] = head;
    return status;
}

alm_status alm_gift_spread_heads(alm_gift_reader *r) {
    for (size_t g = 0; r->head_count && g < r->relation->gift_count; g++) {
        alm_told_gift *told = &r->relation->gifts[g];
        if (told->recipient_count || alm_str_is_c(told->rule, "gift/verb")) continue;
        size_t low = 0, high = r->head_count; /* the last head before the gift */
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (r->heads[middle].start <= told->start)
                low = middle + 1;
            else
                high = middle;
        }
        alm_status status =
            low ? alm_gift_give_receivers(r, told, r->heads[low - 1].recipients, r->heads[low - 1].count) : ALM_OK;
        if (status != ALM_OK) return status;
    }
    return ALM_OK;
}
