/*
 * Roles: [prefix…] head, and a department before the head where the text runs on from an organisation's name.
 */
#include "extract/mention/mention.h"
#include "extract/mention/walk.h"

/* A head that the lexicon also knows as something else is a role all the same: it names what somebody is. */
static bool is_head(const alm_folded *folded, const alm_token *token) {
    return token->class_id == ALM_CLASS_ROLE_HEAD ||
           (token->class_id != ALM_CLASS_ROLE && alm_token_can_be(folded, token, ALM_CLASS_ROLE_HEAD));
}

static alm_status fold_role(alm_folded *folded, uint32_t first, uint32_t head) {
    const alm_token *tokens = folded->tokens;
    alm_mention role = {.class_id = ALM_CLASS_ROLE,
                        .start = tokens[first].start,
                        .end = tokens[head].end,
                        .name = alm_str_slice(folded->text, tokens[first].start, tokens[head].end),
                        .strength = 90};
    role.rule = alm_token_attr(folded, &tokens[head], ALM_CLASS_ROLE_HEAD, 0);
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &role, &mention);
    return status == ALM_OK ? alm_fold(folded, first, head + 1, mention) : status;
}

alm_status alm_roles_find(alm_folded *folded, alm_err *err) {
    alm_status status = ALM_OK;
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        uint32_t head = i;
        while (head < folded->count && folded->tokens[head].class_id == ALM_CLASS_ROLE_PREFIX) head++;
        if (head >= folded->count || !is_head(folded, &folded->tokens[head])) continue;
        /* prefixes chain (former, executive, vice): the longest chain wins */
        status = fold_role(folded, i, head);
        i = head;
    }
    if (status == ALM_OK) status = alm_fold_close(folded);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold roles: %s", alm_status_name(status));
}
