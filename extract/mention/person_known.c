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

static void explode(const alm_folded *folded, const alm_token *token, alm_token *tokens, size_t *kept) {
    for (size_t at = token->start; at < token->end;) {
        size_t start = at;
        uint32_t cp = alm_utf8_next(folded->text, &at);
        tokens[(*kept)++] = (alm_token){.start = (uint32_t)start, .end = (uint32_t)at, .cp = cp};
    }
}

/* Words that a known name cuts across are taken apart: the name is there, the words were not. */
static alm_status free_known(const alm_known_names *known, alm_folded *folded) {
    size_t room = folded->count;
    for (size_t i = 0; i < folded->count; i++) room += (folded->tokens[i].end - folded->tokens[i].start) / 3;
    alm_token *tokens = alm_arena_alloc(folded->arena, room * sizeof *tokens);
    if (!tokens) return ALM_E_NOMEM;
    size_t kept = 0, until = 0; /* where the last known name ends */
    for (size_t i = 0; i < folded->count; i++) {
        alm_token token = folded->tokens[i];
        bool cut = token.start < until;
        if (token.mention && token.class_id != ALM_CLASS_NUMBER) {
            tokens[kept++] = token;
            continue;
        }
        for (size_t at = token.start; at < token.end; at += alm_utf8_len((unsigned char)folded->text.ptr[at])) {
            alm_str name = known_at(known, folded->text, at);
            if (name.len == 0 || at + name.len <= until) continue;
            until = at + name.len;
            cut = cut || at > token.start || until < token.end || token.end - token.start > 3;
        }
        if (cut && !token.mention && token.sense)
            explode(folded, &token, tokens, &kept);
        else
            tokens[kept++] = token;
    }
    folded->tokens = tokens;
    folded->count = folded->cap = kept;
    folded->code_points = NULL;
    return alm_fold_close(folded);
}

alm_status alm_known_names_find(alm_known_names *known, alm_folded *folded, size_t from) {
    index_known(known, from);
    alm_status status = free_known(known, folded);
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        if (folded->tokens[i].mention || folded->tokens[i].end - folded->tokens[i].start < 3) continue;
        alm_str name = known_at(known, folded->text, folded->tokens[i].start);
        uint32_t last = name.len ? spells(folded, i, name) : 0;
        if (!last) continue;
        status = alm_person_fold(folded, (alm_candidate){i, last, 85, "person/again"});
        i = last - 1;
    }
    return status == ALM_OK ? alm_fold_close(folded) : status;
}
