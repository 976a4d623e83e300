/*
 * The rules of a pack: added, replaced and left out, layer by layer.
 */
#include "base/alloc.h"
#include "extract/rules/pack_priv.h"

enum { MAX_RULES = 4096 };

static alm_rule *rule_by_id(const alm_pack *pack, alm_str id) {
    for (size_t i = 0; i < pack->rule_count; i++)
        if (alm_str_is(pack->rules[i].id, id)) return &pack->rules[i];
    return NULL;
}

static alm_status rule_add(alm_pack *pack, const alm_rule *rule, alm_err *err) {
    void *items = pack->rules;
    alm_status status = alm_grow(&items, &pack->rule_cap, pack->rule_count, sizeof(alm_rule), MAX_RULES);
    pack->rules = items;
    if (status != ALM_OK) return alm_fail(err, status, "too many rules, or out of memory");
    pack->rules[pack->rule_count++] = *rule;
    return ALM_OK;
}

static alm_status load_rule(alm_pack *pack, size_t layer, const alm_yaml_node *node, alm_err *err) {
    alm_rule rule = {.layer = layer};
    alm_status status = alm_rule_compile(&rule, pack, node, err);
    alm_rule *known = status == ALM_OK ? rule_by_id(pack, rule.id) : NULL;
    if (known && known->layer == layer) {
        status = alm_yaml_fail(alm_yaml_get(node, "id"), err, "rule id '%.*s' stands twice (first in %s:%u)",
                               ALM_FMT(rule.id), known->node->file, known->node->line);
    } else if (known) {
        alm_rule_release(known);
        *known = rule;
        return ALM_OK;
    } else if (status == ALM_OK) {
        status = rule_add(pack, &rule, err);
    }
    if (status != ALM_OK) alm_rule_release(&rule);
    return status;
}

alm_status alm_pack_load_rules(alm_pack *pack, size_t layer, const alm_yaml_node *rules, alm_err *err) {
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < rules->count; i++) status = load_rule(pack, layer, rules->items[i], err);
    return status;
}

alm_status alm_pack_declare_mentions(alm_pack *pack, const alm_yaml_node *rules, alm_err *err) {
    if (rules->kind != ALM_YAML_SEQUENCE) return alm_yaml_fail(rules, err, "expected a list of rules");
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < rules->count; i++) {
        const alm_yaml_node *phase = alm_yaml_get(rules->items[i], "phase"),
                            *emit = alm_yaml_get(rules->items[i], "emit");
        uint16_t class_id;
        if (phase && emit && alm_str_is_c(phase->scalar, alm_phase_name(ALM_PHASE_MENTIONS)))
            status = alm_pack_class_of(pack, emit, &class_id, err);
    }
    return status;
}

alm_status alm_pack_leave_rules(alm_pack *pack, size_t layer, alm_err *err) {
    static const char *const keys[] = {"rules", "words", NULL};
    const alm_yaml_node *without = alm_yaml_get(pack->layers[layer].root, "without");
    if (!without) return ALM_OK;
    alm_status status = alm_yaml_expect_keys(without, keys, err);
    const alm_yaml_node *rules = alm_yaml_get(without, "rules");
    if (status == ALM_OK && rules && rules->kind != ALM_YAML_SEQUENCE)
        status = alm_yaml_fail(rules, err, "expected a list of rule ids");
    for (size_t i = 0; status == ALM_OK && rules && i < rules->count; i++) {
        alm_str id;
        status = alm_yaml_text(&id, rules->items[i], err);
        if (status != ALM_OK) break;
        alm_rule *rule = rule_by_id(pack, id);
        if (!rule) return alm_yaml_fail(rules->items[i], err, "no rule '%s' to leave out", id.ptr);
        alm_rule_release(rule);
        *rule = pack->rules[--pack->rule_count];
    }
    return status;
}
