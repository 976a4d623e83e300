/*
 * Roles: [prefix…] head, and a department before the head where the text runs on from an organisation's name.
 */
#include "base/utf8.h"
#include "extract/mention/mention.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

static bool is_kind(const alm_folded *folded, const alm_token *head, const char *kind) {
    return alm_str_is_c(alm_token_attr(folded, head, ALM_CLASS_ROLE_HEAD, 0), kind);
}

static void as_title(alm_folded *folded, uint32_t i) {
    alm_token *token = &folded->tokens[i];
    alm_token_touch(folded, i);
    token->class_id = ALM_CLASS_TITLE;
    token->cp = ALM_FOLD_BASE + ALM_CLASS_TITLE;
}

static alm_status fold_role(alm_folded *folded, uint32_t first, uint32_t head) {
    const alm_token *tokens = folded->tokens;
    alm_mention role = {.class_id = is_kind(folded, &tokens[head], "member") ? ALM_CLASS_MEMBER : ALM_CLASS_ROLE,
                        .start = tokens[first].start,
                        .end = tokens[head].end,
                        .name = alm_str_slice(folded->text, tokens[first].start, tokens[head].end),
                        .strength = 90,
                        .rule = ALM_STR("role/head")};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &role, &mention);
    return status == ALM_OK ? alm_fold(folded, first, head + 1, mention) : status;
}

/*
 * "fire bureau | head": the last character of the organisation's ending is the first of the post, too (bureau head).
 * The post is folded at its own character and reaches back into the name.
 */
static alm_status find_shared(alm_folded *folded, uint32_t i) {
    const alm_token *ending = &folded->tokens[i], *own = ending + 1;
    if (i + 1 >= folded->count || own->class_id != ALM_CLASS_TEXT) return ALM_OK;
    if (ending->class_id != ALM_CLASS_ORG_SUFFIX && ending->class_id != ALM_CLASS_SELF_ORG &&
        ending->class_id != ALM_CLASS_ORG)
        return ALM_OK;
    size_t start = alm_utf8_before(folded->text, ending->end);
    if (start == ending->start) return ALM_OK;
    alm_str name = alm_str_slice(folded->text, start, own->end);
    uint32_t word = alm_lexicon_find(folded->pack->scanned, name);
    const alm_sense *head = alm_lexicon_sense_of(folded->pack->scanned, word, ALM_CLASS_ROLE_HEAD);
    if (!head || !alm_str_is_c(head->attrs[0], "office")) return ALM_OK;
    alm_mention role = {.class_id = ALM_CLASS_ROLE,
                        .start = (uint32_t)start,
                        .end = own->end,
                        .name = name,
                        .strength = 90,
                        .rule = ALM_STR("role/shared")};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &role, &mention);
    return status == ALM_OK ? alm_fold(folded, i + 1, i + 2, mention) : status;
}

/* "X village | village head": the place that the post names after the place itself is part of the post. */
static bool repeats_place(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (i == 0 || i + 1 >= folded->count || token->class_id != ALM_CLASS_LOCAL) return false;
    if (token[1].class_id != ALM_CLASS_ROLE_HEAD || alm_walk_length(folded, i, i + 1) != 1) return false;
    uint16_t before = token[-1].class_id;
    return (before == ALM_CLASS_LOCAL || before == ALM_CLASS_PLACE || before == ALM_CLASS_ORG_SUFFIX) &&
           alm_str_ends(alm_token_text(folded, &token[-1]), alm_token_text(folded, token));
}

/* "the workshop's owner Li": a word for people in general is a post between an organisation's ending and a name. */
static bool is_post_of_name(const alm_folded *folded, uint32_t i) {
    const alm_token *token = &folded->tokens[i];
    if (token->class_id != ALM_CLASS_GROUP && token->class_id != ALM_CLASS_SUBJECT_NOUN) return false;
    if (i == 0 || i + 1 >= folded->count || !alm_person_is_usual_surname(folded, i + 1)) return false;
    uint16_t before = token[-1].class_id;
    if (before != ALM_CLASS_ORG_SUFFIX && before != ALM_CLASS_SELF_ORG) return false;
    alm_str kind = alm_token_attr(folded, token, ALM_CLASS_ROLE_HEAD, 0);
    return alm_str_is_c(kind, "job") || alm_str_is_c(kind, "office");
}

/* "the chamber | party affairs | instructor": the field between an organisation's ending and a post is part of it. */
static uint32_t with_field(const alm_folded *folded, uint32_t i) {
    if (i < 2 || folded->tokens[i - 1].class_id != ALM_CLASS_ORG_PART) return i;
    uint16_t before = folded->tokens[i - 2].class_id;
    return before == ALM_CLASS_SELF_ORG ? i - 1 : i;
}

alm_status alm_roles_find(alm_folded *folded, alm_err *err) {
    alm_status status = ALM_OK;
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        uint32_t head = i;
        if (repeats_place(folded, i)) head++;
        while (head < folded->count && folded->tokens[head].class_id == ALM_CLASS_ROLE_PREFIX) head++;
        if (head < folded->count && is_post_of_name(folded, head)) {
            status = fold_role(folded, head, head);
            i = head;
            continue;
        }
        if (head >= folded->count || folded->tokens[head].class_id != ALM_CLASS_ROLE_HEAD) {
            /* a prefix without a head is no part of a role */
            for (; i < head; i++) alm_walk_release(folded, i);
            if (head < folded->count) status = find_shared(folded, head);
            continue;
        }
        if (is_kind(folded, &folded->tokens[head], "title")) {
            as_title(folded, head);
            continue;
        }
        status = fold_role(folded, with_field(folded, i), head);
        i = head;
    }
    if (status == ALM_OK) status = alm_fold_close(folded);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold roles: %s", alm_status_name(status));
}
