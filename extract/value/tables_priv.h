/**
 * The words that values are made of, out of the pack, found at or before a place in the text. Only value/ sees this.
 */
#ifndef ALM_EXTRACT_VALUE_TABLES_PRIV_H
#define ALM_EXTRACT_VALUE_TABLES_PRIV_H

#include "base/utf8.h"
#include "extract/value/value.h"

/** What a word does in the grammar of values. A spelling may have several roles: it is then several words. */
typedef enum word_role {
    WORD_DIGIT = 1 << 0,       /**< number: 0..9 */
    WORD_TENS = 1 << 1,        /**< one sign for 20, 30, 40; number: 2..4 */
    WORD_UNIT = 1 << 2,        /**< ten, hundred, thousand; number: power of ten, 1..3 */
    WORD_SCALE = 1 << 3,       /**< ten thousand, hundred million, …; number: power of ten */
    WORD_LATIN_SCALE = 1 << 4, /**< k, w behind Arabic digits; number: power of ten */
    WORD_POINT = 1 << 5,       /**< decimal point between Chinese digits */
    WORD_NEGATIVE = 1 << 6,
    WORD_HALF = 1 << 7,
    WORD_SOME = 1 << 8, /**< "several" in the place of a digit */
    WORD_MORE = 1 << 9, /**< "odd, and more" behind digits; number: 0, 1 only before a unit, 2 so and "or so" */
    WORD_ORDINAL = 1 << 10,
    WORD_PER_HUNDRED = 1 << 11,     /**< before the number; number: power of ten of the denominator */
    WORD_PERCENT_SIGN = 1 << 12,    /**< behind the number; number: as above */
    WORD_FRACTION = 1 << 13,        /**< between denominator and numerator */
    WORD_AND = 1 << 14,             /**< number: 0 between whole number and fraction, 1 between two bounds */
    WORD_RANGE = 1 << 15,           /**< number: 1 where WORD_BETWEEN must follow the second number */
    WORD_CURRENCY_BEFORE = 1 << 16, /**< iso */
    WORD_CURRENCY_AFTER = 1 << 17,  /**< iso; number: power of ten, 0 or -1, -2 for the small coins */
    WORD_WHOLE = 1 << 18,           /**< "and no cents"; number: 1 where no Han may follow */
    WORD_MEASURE = 1 << 19,         /**< number: alm_measure */
    WORD_BEFORE = 1 << 20,          /**< number: alm_qualifier, or WORD_NO_QUALIFIER: ends like one but is none */
    WORD_BEFORE_BARE = 1 << 21,     /**< the same, only before a hundred, a thousand, … without a digit */
    WORD_BETWEEN = 1 << 22,
    WORD_AFTER = 1 << 23, /**< number: alm_qualifier */
    WORD_EACH = 1 << 24,
    WORD_VAGUE = 1 << 25,         /**< number: 1 where a measure word may follow */
    WORD_SKIP = 1 << 26,          /**< an ordinary word that begins like a number */
    WORD_KEEP = 1 << 27,          /**< longer than a WORD_SKIP, and a number after all */
    WORD_DATE_UNIT = 1 << 28,     /**< number: word_date_unit */
    WORD_DATE_RELATIVE = 1 << 29, /**< number: offset; date_unit of what */
    WORD_DATE_EDGE = 1 << 30      /**< number: word_date_edge */
} word_role;

/** Numbers of WORD_BEFORE and WORD_AFTER besides alm_qualifier. */
enum {
    WORD_NO_QUALIFIER = -1, /**< ends like a qualifier but is none */
    WORD_PIECES = -3,       /**< a thing counted in pieces, where the word for a piece is also one for yuan */
    WORD_COMPARED = -2,     /**< "than": a WORD_AFTER of the comparison follows the number */
    WORD_COMPARISON = 16    /**< added to the qualifier of a WORD_AFTER that needs WORD_COMPARED */
};

typedef enum word_date_unit {
    DATE_YEAR,
    DATE_MONTH,
    DATE_DAY,
    DATE_DAY_SPOKEN,
    DATE_JANUARY,
    DATE_CLASS
} word_date_unit;
typedef enum word_date_edge { EDGE_UNTIL, EDGE_SINCE, EDGE_ONWARD, EDGE_LUNAR, EDGE_LUNAR_DAY } word_date_edge;

typedef struct word {
    struct word *next;          /**< the same spelling in another role */
    const alm_yaml_node *place; /**< only while the tables are made */
    alm_str text;
    uint32_t role;
    int number;
    word_date_unit date_unit;
    bool capital;  /**< of a digit: the form of cheques */
    bool counting; /**< of a digit: stands before a unit alone, never in a row of digits or a fraction */
    bool weak;     /**< of a digit: no number by itself */
    char iso[4];
} word;

/** A tree of words by code point, forward or backward; its root is node 0. */
typedef struct word_node {
    uint32_t reach; /**< roles of the words here and further down */
    word *words;    /**< that end here, by role */
} word_node;

typedef struct word_edge word_edge;

typedef struct word_tree {
    word_node *nodes;
    word_edge *edges;
    uint32_t count, mask;
} word_tree;

enum { WORD_BMP = 0x10000 };

struct alm_value_tables {
    alm_arena arena;
    word *words;
    size_t count, cap;
    word_tree forward, backward;
    uint16_t first[WORD_BMP];       /**< forward: the root's child by code point; 0: none */
    uint64_t starts[WORD_BMP / 64]; /**< code points that a value or a word to be skipped may start with */
};

/** alm_word_at from the node of the first code point on, which ends at @p next. */
const word *alm_word_from(const alm_value_tables *tables, alm_str text, size_t next, uint32_t node, uint32_t roles);

/** The roles of all words that start with the code point at @p at: where a role is missing, no word of it is there. */
static inline uint32_t alm_word_roles(const alm_value_tables *tables, alm_str text, size_t at) {
    if (at >= text.len) return 0;
    uint32_t cp = alm_utf8_next(text, &at);
    return tables->forward.nodes[cp < WORD_BMP ? tables->first[cp] : 0].reach;
}

/** The longest word with one of @p roles that starts at @p at; NULL: none. */
static inline const word *alm_word_at(const alm_value_tables *tables, alm_str text, size_t at, uint32_t roles) {
    if (at >= text.len) return NULL;
    uint32_t cp = alm_utf8_next(text, &at);
    uint32_t node = cp < WORD_BMP ? tables->first[cp] : 0;
    if (!(tables->forward.nodes[node].reach & roles)) return NULL;
    return alm_word_from(tables, text, at, node, roles);
}

/** The longest word with one of @p roles that ends at @p end and starts at or after @p floor; NULL: none. */
const word *alm_word_before(const alm_value_tables *tables, alm_str text, size_t floor, size_t end, uint32_t roles);

/** False where no value, and no word to be skipped, starts with @p cp: what a scan asks first. */
static inline bool alm_word_may_start(const alm_value_tables *tables, uint32_t cp) {
    return cp < WORD_BMP && (tables->starts[cp / 64] >> (cp % 64) & 1);
}

#endif
