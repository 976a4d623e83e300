/**
 * What the reader of lists is made of: the head tells an amount for many (list_head.c), an item is a name and what it
 * gave (list_item.c), and list.c goes over the lines. Inside this
 * folder only.
 */
#ifndef ALM_EXTRACT_RELATE_LIST_PRIV_H
#define ALM_EXTRACT_RELATE_LIST_PRIV_H

#include "extract/relate/relation.h"

enum { ALM_LIST_MAX_UNKNOWN = 20 /**< characters of a name that no finder knows */ };

typedef struct alm_list_reader {
    alm_relation *relation;
    alm_folded *folded;
    const alm_token *tokens;
    uint32_t amount; /**< MONEY of the head that the lines stand under; 0 */
    bool of_gifts;   /**< the heading of this line speaks of gifts */
    bool by_lines;   /**< items stand in the lines behind the head */
    bool open;       /**< the line before ended with a list mark: its list goes on */
    bool inlined;    /**< the list began in the line of its head */
} alm_list_reader;

/** The end of the line that token @p i stands in. */
uint32_t alm_list_line_end(const alm_list_reader *r, uint32_t i);
/** The first token of the class in [first, last); UINT32_MAX. */
uint32_t alm_list_find(const alm_list_reader *r, uint32_t first, uint32_t last, uint16_t class_id);
/** No other reader looks at these tokens. */
void alm_list_take(alm_list_reader *r, uint32_t first, uint32_t last);

/**
 * The head of a list: up to the colon one amount, no name that gives, and a word of giving (or the line is nothing but
 * the amount). Its end, behind the colon; 0 where the line is no head. *amount is the MONEY, 0 where it is a bound
 * ("50,000 and more") and each name tells its own.
 */
uint32_t alm_list_head_end(const alm_list_reader *r, uint32_t first, uint32_t last, uint32_t *amount);

/** Behind "1.", "(2)" or the like in numerals, or @p first. */
uint32_t alm_list_behind_numbering(const alm_list_reader *r, uint32_t first, uint32_t last);
/** Nothing but names, apart by spaces or list marks, and one of them is known. */
bool alm_list_is_name_run(const alm_list_reader *r, uint32_t first, uint32_t last);

/** A stretch that may be a name: no word of grammar, no verb, not too long. */
bool alm_list_may_be_name(const alm_list_reader *r, uint32_t first, uint32_t last);
/** A mark between items; spaces only where the line has no others. */
bool alm_list_ends_item(const alm_token *token, bool by_spaces);
/** What stands around a name in its item and is no part of it. */
bool alm_list_trims(const alm_token *token);
/** The what at the end of an item: an amount or a counted thing; UINT32_MAX. */
uint32_t alm_list_item_what(const alm_list_reader *r, uint32_t first, uint32_t last);

/**
 * How many names a line has that is nothing but names and what they gave; 0 for any other, 1 where verbs stand between:
 * that is prose unless other lines are a list.
 */
uint32_t alm_list_items_of_line(const alm_list_reader *r, uint32_t first, uint32_t last);
/** The gifts of such a line; takes it. */
ALM_MUST_USE alm_status alm_list_read_line(alm_list_reader *r, uint32_t first, uint32_t last);

#endif
