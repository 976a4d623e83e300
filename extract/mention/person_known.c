/*
 * Names that were found for certain are found again wherever the text spells them.
 */
#include "base/utf8.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

/* The tokens from @p first that spell @p name exactly; 0 where they do not. */
static uint32_t spells(const alm_folded *folded, uint32_t first, alm_str name) {
    size_t used = 0;
    for (uint32_t i = first; i < folded->count && used < name.len; i++) {
        if (folded->tokens[i].mention && folded->tokens[i].class_id != ALM_CLASS_NUMBER) return 0;
        alm_str text = alm_token_text(folded, &folded->tokens[i]);
        if (used + text.len > name.len || memcmp(name.ptr + used, text.ptr, text.len) != 0) return 0;
        used += text.len;
        if (used == name.len) return i + 1;
    }
    return 0;
}

uint8_t alm_known_names_bucket(alm_str text) { return (uint8_t)(text.ptr[0] * 31 + text.ptr[1] * 7 + text.ptr[2]); }

void alm_known_names_add(alm_known_names *known, alm_str name) {
    if (known->count < ALM_MAX_KNOWN_NAMES) known->names[known->count++] = name;
}

static void index_known(alm_known_names *known, size_t from) {
    memset(known->bucket, 0, sizeof known->bucket);
    for (size_t k = from; k < known->count; k++) {
        uint8_t bucket = alm_known_names_bucket(known->names[k]);
        known->next[k] = known->bucket[bucket];
        known->bucket[bucket] = (uint16_t)(k + 1);
    }
}

/* The longest known name that begins at byte @p at, or {0}. */
static alm_str known_at(const alm_known_names *known, alm_str text, size_t at) {
    alm_str best = {0};
    if (text.len - at < 4) return best;
    for (uint16_t k = known->bucket[alm_known_names_bucket(alm_str_slice(text, at, text.len))]; k;
         k = known->next[k - 1])
        if (known->names[k - 1].len > best.len &&
            alm_str_starts(alm_str_slice(text, at, text.len), known->names[k - 1]))
            best = known->names[k - 1];
    return best;
}

void alm_person_spell(const alm_folded *folded, const alm_token *token, alm_token *tokens, size_t *kept) {
    for (size_t at = token->start; at < token->end;) {
        size_t start = at;
        uint32_t cp = alm_utf8_next(folded->text, &at);
        tokens[(*kept)++] = (alm_token){.start = (uint32_t)start, .end = (uint32_t)at, .cp = cp};
    }
}

/* Where the text spells a known name, outside what is a mention already. */
typedef struct hit {
    size_t at;
    alm_str name;
} hit;

typedef struct hits {
    hit *items;
    size_t count, cap;
} hits;

static bool is_free(const alm_token *token) { return !token->mention || token->class_id == ALM_CLASS_NUMBER; }

static alm_status hits_find(hits *out, const alm_known_names *known, const alm_folded *folded) {
    alm_status status = ALM_OK;
    for (size_t i = 0; i < folded->count && status == ALM_OK; i++) {
        const alm_token *token = &folded->tokens[i];
        if (!is_free(token)) continue;
        for (size_t at = token->start; at < token->end; at += alm_utf8_len((unsigned char)folded->text.ptr[at])) {
            alm_str name = known_at(known, folded->text, at);
            if (name.len == 0) continue;
            void *items = out->items;
            status = alm_arena_grow(folded->arena, &items, &out->cap, out->count, sizeof(hit));
            out->items = items;
            if (status != ALM_OK) break;
            out->items[out->count++] = (hit){at, name};
        }
    }
    return status;
}

/* Words that a known name cuts across are taken apart: the name is there, the words were not. */
static alm_status free_known(const hits *found, alm_folded *folded) {
    size_t room = folded->count;
    for (size_t i = 0; i < folded->count; i++) room += (folded->tokens[i].end - folded->tokens[i].start) / 3;
    alm_token *tokens = alm_arena_alloc(folded->arena, room * sizeof *tokens);
    if (!tokens) return ALM_E_NOMEM;
    size_t kept = 0, next = 0, until = 0; /* where the last known name ends */
    for (size_t i = 0; i < folded->count; i++) {
        alm_token token = folded->tokens[i];
        bool cut = token.start < until;
        for (; is_free(&token) && next < found->count && found->items[next].at < token.end; next++) {
            size_t end = found->items[next].at + found->items[next].name.len;
            if (end <= until) continue;
            until = end;
            cut = cut || found->items[next].at > token.start || until < token.end || token.end - token.start > 3;
        }
        if (cut && !token.mention && token.sense)
            alm_person_spell(folded, &token, tokens, &kept);
        else
            tokens[kept++] = token;
    }
    folded->tokens = tokens;
    folded->count = folded->cap = kept;
    folded->code_points = NULL;
    return alm_fold_close(folded);
}

alm_status alm_known_names_find(alm_known_names *known, alm_folded *folded, size_t from) {
    hits found = {0};
    index_known(known, from);
    alm_status status = hits_find(&found, known, folded);
    if (status != ALM_OK || found.count == 0) return status;
    status = free_known(&found, folded);
    size_t next = 0;
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        while (next < found.count && found.items[next].at < folded->tokens[i].start) next++;
        if (next == found.count) break;
        if (folded->tokens[i].mention || found.items[next].at != folded->tokens[i].start) continue;
        uint32_t last = spells(folded, i, found.items[next].name);
        if (!last) continue;
        status = alm_person_fold(folded, (alm_candidate){i, last, 85, "person/again"});
        i = last - 1;
    }
    return status == ALM_OK ? alm_fold_close(folded) : status;
}
