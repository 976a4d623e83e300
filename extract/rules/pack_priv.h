/**
 * What the loader's parts share. Inside this folder only.
 */
#ifndef ALM_EXTRACT_RULES_PACK_PRIV_H
#define ALM_EXTRACT_RULES_PACK_PRIV_H

#include "extract/rules/pack.h"
#include "extract/rules/rule.h"

/** The class that @p node names, made where there is none yet; refused where it is no name in capitals. */
ALM_MUST_USE alm_status alm_pack_class_of(alm_pack *pack, const alm_yaml_node *node, uint16_t *out, alm_err *err);

/** `words: {CLASS: [word, …]}` of layer @p layer. */
ALM_MUST_USE alm_status alm_pack_load_words(alm_pack *pack, size_t layer, const alm_yaml_node *words, alm_err *err);

/** `lexicons: {name: {file, class, scan}}` of layer @p layer. */
ALM_MUST_USE alm_status alm_pack_load_lexicons(alm_pack *pack, size_t layer, alm_err *err);

/** `without: {words: {CLASS: [word, …]}}` of layer @p layer: readings of the layers below that it leaves out. */
ALM_MUST_USE alm_status alm_pack_leave_words(alm_pack *pack, size_t layer, alm_err *err);

/** `rules: […]` of layer @p layer. A rule with the id of one of a layer below takes its place. */
ALM_MUST_USE alm_status alm_pack_load_rules(alm_pack *pack, size_t layer, const alm_yaml_node *rules, alm_err *err);

/** `without: {rules: [id, …]}` of layer @p layer. */
ALM_MUST_USE alm_status alm_pack_leave_rules(alm_pack *pack, size_t layer, alm_err *err);

/** Classes that rules of phase `mentions` make, so that patterns may name them before the rule is compiled. */
ALM_MUST_USE alm_status alm_pack_declare_mentions(alm_pack *pack, const alm_yaml_node *rules, alm_err *err);

#endif
