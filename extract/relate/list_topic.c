/*
 * What a list is about: the last sentence of the line above it, or of the title, says so in its last words ("list of
 * those who gave", "relief paid out"). Clauses about what the gifts are to be used for do not count.
 */
#include "extract/mention/walk.h"
#include "extract/relate/list_priv.h"
#include "extract/relate/table_words.h"

enum { MAX_HEADING = 40, MAX_SENTENCE = 120 };

static bool ends_clause(const alm_token *token) {
    return token->cp == ALM_CP_COMMA || token->cp == ALM_CP_SEMICOLON || token->cp == ALM_CP_STOP;
}

static uint32_t last_sentence(const alm_list_reader *r, uint32_t first, uint32_t last) {
    uint32_t at = last;
    while (at > first && !(r->tokens[at - 1].cp == ALM_CP_STOP && at < last)) at--;
    return at;
}

/* A line that can stand over a list: short, or it ends with a colon or "as follows". */
static bool is_heading(const alm_list_reader *r, uint32_t first, uint32_t last) {
    size_t length = alm_walk_length(r->folded, first, last);
    return length <= MAX_HEADING || (length <= MAX_SENTENCE && r->tokens[last - 1].cp == ALM_CP_COLON) ||
           alm_list_find(r, first, last, ALM_CLASS_PUBLISH) != UINT32_MAX;
}

alm_list_topic alm_list_topic_of(const alm_list_reader *r, uint32_t first, uint32_t last) {
    const alm_table_words *words = r->relation->session->extractor->table_words;
    alm_list_topic topic = ALM_LIST_UNSAID;
    first = last_sentence(r, first, last);
    if (first >= last || !is_heading(r, first, last)) return topic;
    for (uint32_t i = first; i < last;) {
        uint32_t end = i;
        while (end < last && !ends_clause(&r->tokens[end])) end++;
        bool use = alm_list_find(r, i, end, ALM_CLASS_FUTURE) != UINT32_MAX ||
                   alm_list_find(r, i, end, ALM_CLASS_DIRECTION) != UINT32_MAX;
        alm_column said = ALM_COLUMN_UNKNOWN;
        if (end > i && !use)
            said = alm_table_words_topic(words,
                                         alm_str_slice(r->folded->text, r->tokens[i].start, r->tokens[end - 1].end));
        if (said != ALM_COLUMN_UNKNOWN) topic = said == ALM_COLUMN_DONOR ? ALM_LIST_OF_GIFTS : ALM_LIST_FOREIGN;
        i = end + 1;
    }
    return topic;
}

alm_list_topic alm_list_topic_of_title(const alm_list_reader *r) {
    switch (alm_table_words_topic(r->relation->session->extractor->table_words, r->relation->document->page.title)) {
    case ALM_COLUMN_DONOR: return ALM_LIST_OF_GIFTS;
    case ALM_COLUMN_FOREIGN: return ALM_LIST_FOREIGN;
    default: return ALM_LIST_UNSAID;
    }
}
