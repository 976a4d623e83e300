/**
 * What tables.yaml says: which words in a column's head make it the column of donors, amounts, things; compiled once a
 * pack.
 */
#ifndef ALM_EXTRACT_RELATE_TABLE_WORDS_H
#define ALM_EXTRACT_RELATE_TABLE_WORDS_H

#include "base/arena.h"
#include "base/base.h"
#include "base/yaml.h"

typedef enum alm_column {
    ALM_COLUMN_UNKNOWN,
    ALM_COLUMN_NUMBER,
    ALM_COLUMN_DONOR,
    ALM_COLUMN_PERSON,
    ALM_COLUMN_ORGANISATION,
    ALM_COLUMN_ROLE,
    ALM_COLUMN_BRANCH,
    ALM_COLUMN_AMOUNT,
    ALM_COLUMN_VALUE,
    ALM_COLUMN_GOODS,
    ALM_COLUMN_QUANTITY,
    ALM_COLUMN_UNIT,
    ALM_COLUMN_RECIPIENT,
    ALM_COLUMN_DATE,
    ALM_COLUMN_NOTE,
    ALM_COLUMN_THING,  /**< one thing named in the head, counted in the cells; never by word */
    ALM_COLUMN_FOREIGN /**< the table is about something else */
} alm_column;

typedef struct alm_column_unit {
    alm_str currency; /**< ISO 4217; {0} where the head names none */
    uint32_t power;   /**< of ten */
} alm_column_unit;

typedef struct alm_table_words alm_table_words;

/** Compile tables.yaml; words borrow from @p node, which must outlive *out. ALM_E_PARSE with place, ALM_E_NOMEM. */
ALM_MUST_USE alm_status alm_table_words_new(alm_table_words **out, const alm_yaml_node *node, alm_err *err);
void alm_table_words_free(alm_table_words *words);

/** What the head text says; *unit is set to what stands in it about the unit. */
alm_column alm_table_words_column(const alm_table_words *words, alm_str head, alm_column_unit *unit);
/** The head of a column of donors says that they give, not only that they have names. */
bool alm_table_words_heads_givers(const alm_table_words *words, alm_str head);
/** The head of a column of amounts says that they are money given. */
bool alm_table_words_heads_cash(const alm_table_words *words, alm_str head);
/**
 * What a heading says last that the lines below it are about: ALM_COLUMN_DONOR of gifts, ALM_COLUMN_FOREIGN of what
 * is handed out, paid, won or sold, else ALM_COLUMN_UNKNOWN.
 */
alm_column alm_table_words_topic(const alm_table_words *words, alm_str heading);
/** The text is a column's word and nothing more: what labels a value. */
bool alm_table_words_is_head(const alm_table_words *words, alm_str text);
/** A row that adds up others, by its label's text. */
bool alm_table_words_is_total(const alm_table_words *words, alm_str cell);
/** The label number @p index that a note of the unit begins with; {0} behind the last. */
alm_str alm_table_words_unit_label(const alm_table_words *words, size_t index);
/** Length of the longest word for a unit at byte @p at of @p text, and what it stands for; 0 where there is none. */
size_t alm_table_words_unit(const alm_table_words *words, alm_str text, size_t at, alm_column_unit *unit);
/** A cell that says nothing. */

bool alm_table_words_is_empty(const alm_table_words *words, alm_str cell);

#endif
