/*
 * Whom a row is for: the cells of a column of receivers, and remarks.
 */
#include "extract/relate/donor_cell.h"
#include "extract/relate/table_priv.h"

enum { MAX_RECEIVER = 24 };

static bool is_receiver(const alm_token *token) {
    return token->class_id == ALM_CLASS_PARTY || token->class_id == ALM_CLASS_PLACE;
}

/* What a name that no finder knows as a whole may consist of, in a cell that is nothing but names. */
static bool may_be_name(const alm_token *token) {
    switch (token->class_id) {
    case ALM_CLASS_PARTY:
    case ALM_CLASS_PLACE:
    case ALM_CLASS_LOCAL:
    case ALM_CLASS_ORG_PART:
    case ALM_CLASS_NAME_PART:
    case ALM_CLASS_ORG_SUFFIX: return true;
    case ALM_CLASS_TEXT: return alm_is_han(token->cp);
    default: return false;
    }
}

static alm_status recipient_add(alm_table_reader *r, alm_gift *gift, uint32_t first, uint32_t last) {
    const alm_actor *actor = last == first + 1 ? alm_actor_of(r->relation, &r->folded->tokens[first]) : NULL;
    uint32_t mention = 0;
    alm_status status = ALM_OK;
    if (actor)
        mention = actor->organisation ? actor->organisation : actor->person;
    else
        status = alm_cell_name(r->relation, first, last, &mention);
    if (status == ALM_OK && gift->recipient_count < ALM_MAX_PARTIES)
        gift->recipients[gift->recipient_count++] = mention;
    return status;
}

/* The piece [first, last) is one name as a whole: it begins or ends as names of bodies and places do. */
static bool is_whole_name(const alm_table_reader *r, uint32_t first, uint32_t last) {
    if (last < first + 2 || alm_walk_length(r->folded, first, last) > MAX_RECEIVER) return false;
    for (uint32_t i = first; i < last; i++) /* a single character may be a word elsewhere */
        if (!may_be_name(&r->folded->tokens[i]) &&
            !(r->folded->tokens[i].sense && alm_walk_length(r->folded, i, i + 1) == 1))
            return false;
    const alm_token *begin = &r->folded->tokens[first], *end = &r->folded->tokens[last - 1];
    return end->class_id == ALM_CLASS_ORG_SUFFIX || end->class_id == ALM_CLASS_PARTY ||
           end->class_id == ALM_CLASS_LOCAL || (begin->class_id == ALM_CLASS_PLACE && end->class_id != ALM_CLASS_TEXT);
}

/* The names in the piece [first, last), else a place, else nobody: "for winter clothes" names no one. */
static alm_status read_recipient_piece(alm_table_reader *r, alm_gift *gift, uint32_t first, uint32_t last, bool whole) {
    if (whole && is_whole_name(r, first, last)) return recipient_add(r, gift, first, last);
    for (uint32_t i = first; i < last; i++) {
        const alm_token *token = &r->folded->tokens[i];
        if (token->cp == ALM_CP_BRACKET_OPEN) {
            i = alm_cell_closing(r->folded, i, last);
            continue;
        }
        if (!is_receiver(token)) continue;
        uint32_t end = i + 1;
        while (end < last && is_receiver(&r->folded->tokens[end])) end++;
        alm_status status = recipient_add(r, gift, i, end);
        if (status != ALM_OK) return status;
        i = end - 1;
    }
    return ALM_OK;
}

/* Whom the row is for. */
alm_status alm_table_read_receivers(alm_table_reader *r, alm_gift *gift, alm_table_cell c) {
    if (alm_table_words_is_empty(r->words, c.text)) return ALM_OK;
    for (uint32_t i = c.first; i < c.last;) {
        uint32_t end = i, name_end;
        while (end < c.last && !(alm_cell_separates(&r->folded->tokens[end]) && r->folded->tokens[end].cp != ' '))
            end++;
        name_end = end;
        for (uint32_t at = i; at < name_end; at++) /* "one sheep each", "(by car)" */
            if (r->folded->tokens[at].class_id == ALM_CLASS_EACH || r->folded->tokens[at].cp == ALM_CP_BRACKET_OPEN)
                name_end = at;
        alm_status status = read_recipient_piece(r, gift, i, name_end > i ? name_end : end, true);
        if (status != ALM_OK) return status;
        i = end + 1;
    }
    return ALM_OK;
}

/* A remark says whom the row is for where a word that governs receivers does: "designated for the hospital". */
alm_status alm_table_read_note(alm_table_reader *r, alm_gift *gift, alm_table_cell c) {
    if (gift->recipient_count) return ALM_OK;
    for (uint32_t i = c.first; i < c.last; i++) {
        const alm_token *token = &r->folded->tokens[i];
        bool directed = (token->class_id == ALM_CLASS_GIVE || token->class_id == ALM_CLASS_SEND) &&
                        alm_str_is_c(alm_token_attr(r->folded, token, token->class_id, 0), "to");
        if (token->class_id != ALM_CLASS_TO && !directed) continue;
        uint32_t end = i + 1;
        while (end < c.last && may_be_name(&r->folded->tokens[end])) end++;
        bool whole = end == c.last || alm_cell_separates(&r->folded->tokens[end]);
        return read_recipient_piece(r, gift, i + 1, end, whole);
    }
    return ALM_OK;
}
