#include "extract/rules/fold.h"

alm_status alm_mention_add(alm_folded *folded, const alm_mention *mention, uint32_t *out) {
    void *items = folded->mentions;
    alm_status status =
        alm_arena_grow(folded->arena, &items, &folded->mention_cap, folded->mention_count, sizeof(alm_mention));
    if (status != ALM_OK) return status;
    folded->mentions = items;
    folded->mentions[folded->mention_count++] = *mention;
    *out = (uint32_t)folded->mention_count;
    return ALM_OK;
}

alm_status alm_fold(alm_folded *folded, uint32_t first, uint32_t last, uint32_t mention) {
    alm_mention *m = &folded->mentions[mention - 1];
    alm_token *inside = alm_arena_alloc(folded->arena, (last - first) * sizeof *inside);
    if (!inside) return ALM_E_NOMEM;
    uint32_t kept = 0;
    for (uint32_t i = first; i < last; i++)
        if (folded->tokens[i].cp) inside[kept++] = folded->tokens[i];
    m->inside = inside;
    m->inside_count = kept;
    alm_token_touch(folded, first);
    folded->tokens[first] = (alm_token){.start = inside[0].start,
                                        .end = inside[kept - 1].end,
                                        .cp = ALM_FOLD_BASE + m->class_id,
                                        .class_id = m->class_id,
                                        .mention = mention};
    /* until alm_fold_close the emptied places bound what finders walk over */
    for (uint32_t i = first + 1; i < last; i++)
        folded->tokens[i] = (alm_token){
            .start = inside[kept - 1].end, .end = inside[kept - 1].end, .class_id = m->class_id, .mention = mention};
    return ALM_OK;
}

alm_status alm_fold_close(alm_folded *folded) {
    if (!folded->code_points) {
        folded->code_points = alm_arena_alloc(folded->arena, (folded->count + 1) * sizeof(uint32_t));
        if (!folded->code_points) return ALM_E_NOMEM;
        folded->unchanged = 0;
    }
    size_t kept = folded->unchanged < folded->count ? folded->unchanged : folded->count;
    for (size_t i = kept; i < folded->count; i++) {
        if (!folded->tokens[i].cp) continue;
        if (kept != i) folded->tokens[kept] = folded->tokens[i];
        folded->code_points[kept] = folded->tokens[i].cp;
        kept++;
    }
    folded->count = folded->unchanged = kept;
    folded->code_points[kept] = 0;
    return ALM_OK;
}

alm_str alm_token_attr(const alm_folded *folded, const alm_token *token, uint16_t class_id, size_t attr) {
    const alm_sense *sense = token->sense ? alm_lexicon_sense_of(folded->pack->scanned, token->sense, class_id) : NULL;
    return sense ? sense->attrs[attr] : (alm_str){0};
}

bool alm_token_can_be(const alm_folded *folded, const alm_token *token, uint16_t class_id) {
    if (token->class_id == class_id) return true;
    return token->sense && alm_lexicon_sense_of(folded->pack->scanned, token->sense, class_id);
}
