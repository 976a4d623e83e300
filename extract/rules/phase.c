#include "extract/rules/phase.h"

#include <stdlib.h>

enum { NOBODY = 0 };

/* A match and what became of it. Bytes, because folding moves tokens. */
typedef struct claim {
    alm_match match;
    uint32_t start, end; /* bytes of the text */
    uint32_t lost_to;    /* index + 1 of a claim */
} claim;

typedef struct runner {
    const alm_phase_run *run;
    alm_folded *folded;
    uint64_t present[ALM_CLASS_MAX / 64]; /* classes on the page */
    uint32_t mentions_before;             /* mentions from here on were made in this phase */
    claim *claims;                        /* of all priorities so far */
    size_t count, cap;
    uint32_t *owner;      /* by token: index + 1 of the claim that won it; forgotten when folding moves the tokens */
    uint32_t *first_text; /* what the rules saw before any of them folded, for explain; NULL without */
    alm_token *first_tokens;
    size_t first_count;
} runner;

static void note_classes(runner *r) {
    memset(r->present, 0, sizeof r->present);
    for (size_t i = 0; i < r->folded->count; i++) {
        uint16_t id = r->folded->tokens[i].class_id;
        r->present[id / 64] |= UINT64_C(1) << (id % 64);
    }
}

static bool may_match(const runner *r, const alm_rule *rule) {
    if (!rule->has_needs) return true;
    for (size_t i = 0; i < ALM_CLASS_MAX / 64; i++)
        if (rule->needs[i] & r->present[i]) return true;
    return false;
}

static alm_status claim_add(runner *r, const alm_match *match) {
    void *items = r->claims;
    alm_status status = alm_arena_grow(r->folded->arena, &items, &r->cap, r->count, sizeof(claim));
    if (status != ALM_OK) return status;
    r->claims = items;
    r->claims[r->count++] = (claim){
        .match = *match, .start = r->folded->tokens[match->start].start, .end = r->folded->tokens[match->end - 1].end};
    return ALM_OK;
}

static alm_status collect(runner *r, const alm_rule *rule) {
    const alm_folded *folded = r->folded;
    alm_match match;
    for (uint32_t from = 0;;) {
        alm_status status =
            alm_rule_match(&match, rule, r->run->matcher, folded->code_points, from, (uint32_t)folded->count);
        if (status == ALM_END) return ALM_OK;
        if (status == ALM_E_LIMIT) {
            alm_diagnose(r->run->diagnostics, ALM_WARNING, "match-limit", "rule %.*s gave up on this page",
                         ALM_FMT(rule->id));
            alm_explain_match(r->run->explain,
                              &(alm_explain_rule){.rule = rule->id, .fate = "gave up at the match limit"});
            return ALM_OK;
        }
        from = match.end > match.start ? match.end : match.end + 1;
        if (match.end > match.start) status = claim_add(r, &match);
        if (status != ALM_OK) return status;
    }
}

static int by_order(const void *a, const void *b) {
    const claim *x = a, *y = b;
    uint32_t x_len = x->match.end - x->match.start, y_len = y->match.end - y->match.start;
    if (x_len != y_len) return x_len > y_len ? -1 : 1;
    if (x->match.start != y->match.start) return x->match.start < y->match.start ? -1 : 1;
    return alm_str_compare(x->match.rule->id, y->match.rule->id);
}

static int by_place(const void *a, const void *b) {
    const claim *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* The claim that took bytes of [start, end) in this phase; for tokens that it folded. */
static uint32_t owner_of_bytes(const runner *r, size_t count, uint32_t start, uint32_t end) {
    for (size_t i = 0; i < count; i++)
        if (!r->claims[i].lost_to && r->claims[i].start < end && start < r->claims[i].end) return (uint32_t)i + 1;
    return NOBODY;
}

/* Who holds a token that @p match wants, among the claims before number @p count. */
static uint32_t holder(const runner *r, const alm_match *match, size_t count) {
    for (uint32_t i = match->start; i < match->end; i++) {
        const alm_token *token = &r->folded->tokens[i];
        if (r->owner[i]) return r->owner[i];
        if (token->mention > r->mentions_before) return owner_of_bytes(r, count, token->start, token->end);
    }
    return NOBODY;
}

/* Settle the claims [first, count), which are of one priority, and hand over those that win. */
static alm_status settle(runner *r, size_t first) {
    size_t fresh = r->count - first;
    if (fresh > 1) qsort(r->claims + first, fresh, sizeof(claim), by_order);
    for (size_t i = first; i < r->count; i++) {
        claim *c = &r->claims[i];
        c->lost_to = holder(r, &c->match, i);
        if (c->lost_to) continue;
        for (uint32_t t = c->match.start; t < c->match.end; t++) r->owner[t] = (uint32_t)i + 1;
    }
    claim *winners = alm_arena_calloc(r->folded->arena, fresh, sizeof *winners);
    if (!winners) return ALM_E_NOMEM;
    size_t count = 0;
    for (size_t i = first; i < r->count; i++)
        if (!r->claims[i].lost_to) winners[count++] = r->claims[i];
    if (count > 1) qsort(winners, count, sizeof *winners, by_place);
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < count; i++) status = r->run->accept(r->run->context, &winners[i].match);
    return status;
}

static alm_status run_priority(runner *r, const alm_rule *rules, size_t count) {
    size_t first = r->count, tokens = r->folded->count;
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < count; i++) {
        if (may_match(r, &rules[i]))
            status = collect(r, &rules[i]);
        else
            alm_explain_match(r->run->explain,
                              &(alm_explain_rule){.rule = rules[i].id, .fate = "not run, none of its `needs` is here"});
    }
    if (status == ALM_OK && r->count > first) status = settle(r, first);
    if (status == ALM_OK) status = alm_fold_close(r->folded);
    if (r->folded->count != tokens) memset(r->owner, 0, r->folded->count * sizeof *r->owner);
    if (r->count > first) note_classes(r);
    return status;
}

/* ---- explain ---- */

static alm_status remember_text(runner *r) {
    if (!r->run->explain->write) return ALM_OK;
    size_t count = r->first_count = r->folded->count;
    r->first_text = alm_arena_calloc(r->folded->arena, count + 1, sizeof *r->first_text);
    r->first_tokens = alm_arena_calloc(r->folded->arena, count + 1, sizeof *r->first_tokens);
    if (!r->first_text || !r->first_tokens) return ALM_E_NOMEM;
    memcpy(r->first_text, r->folded->code_points, count * sizeof *r->first_text);
    memcpy(r->first_tokens, r->folded->tokens, count * sizeof *r->first_tokens);
    return ALM_OK;
}

static void tell_claim(const runner *r, alm_str id, uint32_t start, uint32_t end, const claim *winner) {
    alm_explain_rule told = {.rule = id, .fate = winner ? "lost" : "won", .start = start, .end = end};
    if (winner) {
        told.winner = winner->match.rule->id;
        told.winner_start = winner->start;
        told.winner_end = winner->end;
    }
    alm_explain_match(r->run->explain, &told);
}

static bool is_known(const runner *r, const alm_rule *rule, uint32_t start) {
    for (size_t i = 0; i < r->count; i++)
        if (r->claims[i].match.rule == rule && r->claims[i].start == start) return true;
    return false;
}

/* What @p rule would have matched, had no rule before it folded anything. */
static void tell_hidden(const runner *r, const alm_rule *rule) {
    alm_match match;
    for (uint32_t from = 0;
         alm_rule_match(&match, rule, r->run->matcher, r->first_text, from, (uint32_t)r->first_count) == ALM_OK;) {
        from = match.end > match.start ? match.end : match.end + 1;
        if (match.end == match.start) continue;
        uint32_t start = r->first_tokens[match.start].start, end = r->first_tokens[match.end - 1].end;
        uint32_t winner = is_known(r, rule, start) ? NOBODY : owner_of_bytes(r, r->count, start, end);
        if (winner) tell_claim(r, rule->id, start, end, &r->claims[winner - 1]);
    }
}

static void tell(const runner *r) {
    if (!r->first_text) return;
    const alm_pack *pack = r->folded->pack;
    for (size_t i = 0; i < pack->rule_count; i++) {
        const alm_rule *rule = &pack->rules[i];
        if (rule->phase != r->run->phase) continue;
        for (size_t k = 0; k < r->count; k++) {
            const claim *c = &r->claims[k];
            if (c->match.rule == rule)
                tell_claim(r, rule->id, c->start, c->end, c->lost_to ? &r->claims[c->lost_to - 1] : NULL);
        }
        tell_hidden(r, rule);
    }
}

alm_status alm_phase_run_rules(const alm_phase_run *run) {
    const alm_pack *pack = run->folded->pack;
    runner r = {.run = run, .folded = run->folded, .mentions_before = (uint32_t)run->folded->mention_count};
    size_t first = 0, last = pack->rule_count;
    while (first < last && pack->rules[first].phase < run->phase) first++;
    while (last > first && pack->rules[last - 1].phase > run->phase) last--;
    if (first == last) return ALM_OK;
    r.owner = alm_arena_calloc(r.folded->arena, r.folded->count + 1, sizeof *r.owner);
    if (!r.owner) return ALM_E_NOMEM;
    alm_explain_line(run->explain, "== rules of phase %s", alm_phase_name(run->phase));
    alm_status status = remember_text(&r);
    note_classes(&r);
    for (size_t end; status == ALM_OK && first < last; first = end) {
        for (end = first + 1; end < last && pack->rules[end].priority == pack->rules[first].priority;) end++;
        status = run_priority(&r, &pack->rules[first], end - first);
    }
    if (status == ALM_OK) tell(&r);
    return status;
}
