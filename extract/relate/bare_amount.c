#include "extract/relate/bare_amount.h"

#include <ctype.h>

/* "District 300-D1": part of what something is called. */
static bool is_of_code(alm_str text, const alm_token *token) {
    unsigned char before = token->start ? (unsigned char)text.ptr[token->start - 1] : ' ';
    unsigned char after = token->end < text.len ? (unsigned char)text.ptr[token->end] : ' ';
    return before == '-' || isalpha(before) || after == '-' || isalpha(after);
}

bool alm_bare_amount_is(const alm_relation *relation, const alm_token *token) {
    if (token->class_id != ALM_CLASS_NUMBER || is_of_code(relation->folded->text, token)) return false;
    const alm_value *value = alm_mention_of(relation->folded, token)->value;
    if (value->form != ALM_FORM_PLAIN || !value->amount.len) return false;
    return value->amount.len >= 3 || alm_unit_note_at(relation, token->start).currency.len;
}

/* @p decimal times ten to the @p power, exactly. */
static alm_str shifted(alm_arena *arena, alm_str decimal, uint32_t power) {
    char digits[160];
    size_t len = 0, point = SIZE_MAX;
    if (decimal.len + power + 2 > sizeof digits) return (alm_str){0};
    for (size_t i = 0; i < decimal.len; i++) {
        if (decimal.ptr[i] == '.')
            point = len;
        else
            digits[len++] = decimal.ptr[i];
    }
    if (point == SIZE_MAX) point = len;
    point += power;
    while (len < point) digits[len++] = '0';
    if (len > point) {
        memmove(digits + point + 1, digits + point, len - point);
        digits[point] = '.';
        len++;
    }
    size_t zeros = 0;
    while (zeros + 1 < point && digits[zeros] == '0') zeros++;
    return alm_arena_copy(arena, (alm_str){digits + zeros, len - zeros});
}

alm_status alm_bare_amount_mention(alm_relation *relation, const alm_token *token, alm_column_unit unit,
                                   uint32_t *out) {
    alm_folded *folded = relation->folded;
    if (!unit.currency.len) unit = alm_unit_note_at(relation, token->start);
    const alm_mention *number = alm_mention_of(folded, token);
    alm_value *money = ALM_ARENA_NEW(folded->arena, alm_value);
    if (!money) return ALM_E_NOMEM;
    *money = *number->value;
    money->kind = ALM_VALUE_MONEY;
    money->unit = unit.currency.len ? unit.currency : ALM_STR("CNY");
    if (money->amount.len) money->amount = shifted(folded->arena, number->value->amount, unit.power);
    if (money->low.len) money->low = shifted(folded->arena, number->value->low, unit.power);
    if (money->high.len) money->high = shifted(folded->arena, number->value->high, unit.power);

    alm_mention m = *number;
    m.class_id = ALM_CLASS_MONEY;
    m.value = money;
    return alm_mention_add(folded, &m, out);
}
