/**
 * The rule pack: lexicon, words by class, value tables, rules; loaded from a folder of YAML and TSV, then immutable and
 * shared by threads.
 *
 * A pack may extend another (`extends` in its pack.yaml, or further folders given by the caller): each is a layer over
 * the one before. A later layer adds words and rules, replaces a rule by its id, gives a word another first reading,
 * and leaves rules and words out (`without`).
 */
#ifndef ALM_EXTRACT_RULES_PACK_H
#define ALM_EXTRACT_RULES_PACK_H

#include "base/arena.h"
#include "base/base.h"
#include "base/yaml.h"
#include "extract/rules/classes.h"
#include "extract/rules/lexicon.h"
#include "extract/value/value.h"

typedef struct alm_rule alm_rule;

enum { ALM_PACK_MAX_LAYERS = 8 };

/** The phases, in the order in which they run. docs/rules.md says what a rule of each does. */
typedef enum alm_phase { ALM_PHASE_MENTIONS, ALM_PHASE_RECORDS, ALM_PHASE_AFFILIATIONS, ALM_PHASE_COUNT } alm_phase;

/** "mentions", "records", "affiliations"; never NULL. */
const char *alm_phase_name(alm_phase phase);

/** Where lexicon entries come from, for explain and the linter. */
typedef struct alm_word_list {
    alm_str name; /**< of the lexicon, or the class of words in a part */
    alm_str file; /**< path */
} alm_word_list;

/** One folder of a pack. */
typedef struct alm_pack_layer {
    alm_str name;
    const char *dir;           /**< NUL-terminated */
    const alm_yaml_node *root; /**< pack.yaml */
} alm_pack_layer;

typedef struct alm_pack {
    alm_arena arena; /**< everything that is text in here */
    alm_str name;    /**< of the last layer */
    const char *dir; /**< of the first layer: where the tables of the shadow text are */
    alm_pack_layer layers[ALM_PACK_MAX_LAYERS];
    size_t layer_count;
    alm_lexicon *scanned;                  /**< words that are looked for in every text */
    alm_lexicon *consulted;                /**< parts of names, asked for at a place: surnames, given names */
    uint64_t surname_starts[0x10000 / 64]; /**< bits: code points that a surname may begin with */
    alm_str classes[ALM_CLASS_MAX];        /**< names by id; {0} where free */
    size_t class_count;
    alm_word_list *lists;
    size_t list_count, list_cap;
    alm_rule *rules; /**< in the total order: phase, priority, id */
    size_t rule_count, rule_cap;
    const alm_yaml_node *defines[64]; /**< `define` mappings of the pack's files, later ones win */
    size_t define_count;
    alm_value_tables *values;
    const alm_yaml_node *page;   /**< page.yaml, for extract/page */
    const alm_yaml_node *tables; /**< tables.yaml, for relate */
} alm_pack;

/**
 * Load the pack in folder @p dir (its pack.yaml names the other files), and over it those in the NULL-terminated
 * @p more (may be NULL). Errors name file, line and column.
 *
 * @return ALM_OK, ALM_E_PARSE, ALM_E_NOT_FOUND, ALM_E_IO, ALM_E_NOMEM. The caller owns *out (alm_pack_free).
 */
ALM_MUST_USE alm_status alm_pack_load(alm_pack **out, const char *dir, const char *const *more, alm_err *err);
void alm_pack_free(alm_pack *pack);

/** Whether a surname may begin with @p cp; most characters of a text do not get further. */
static inline bool alm_pack_starts_surname(const alm_pack *pack, uint32_t cp) {
    return cp >= 0x10000 || (pack->surname_starts[cp / 64] >> (cp % 64) & 1);
}

/** The id of class @p name; ALM_CLASS_TEXT where the pack has none of that name. */
uint16_t alm_pack_class(const alm_pack *pack, alm_str name);

#endif
