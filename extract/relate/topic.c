#include "extract/relate/topic.h"

#include "extract/mention/walk.h"
#include "extract/relate/donor_cell.h"
#include "extract/relate/table_words.h"

enum { MAX_HEADING = 40, MAX_SENTENCE = 120, MAX_LINES_UP = 3 };

static bool has(const alm_relation *relation, uint32_t first, uint32_t last, uint16_t class_id) {
    for (uint32_t i = first; i < last; i++)
        if (relation->folded->tokens[i].class_id == class_id) return true;
    return false;
}

static bool ends_clause(const alm_token *token) {
    return token->cp == ALM_CP_COMMA || token->cp == ALM_CP_SEMICOLON || token->cp == ALM_CP_STOP;
}

static uint32_t last_sentence(const alm_relation *relation, uint32_t first, uint32_t last) {
    uint32_t at = last;
    while (at > first && !(relation->folded->tokens[at - 1].cp == ALM_CP_STOP && at < last)) at--;
    return at;
}

/* A line that can stand over a list: short, or it ends with a colon or "as follows". */
static bool is_heading(const alm_relation *relation, uint32_t first, uint32_t last) {
    size_t length = alm_walk_length(relation->folded, first, last);
    return length <= MAX_HEADING || (length <= MAX_SENTENCE && relation->folded->tokens[last - 1].cp == ALM_CP_COLON) ||
           has(relation, first, last, ALM_CLASS_PUBLISH);
}

alm_topic alm_topic_of_line(const alm_relation *relation, uint32_t first, uint32_t last) {
    const alm_table_words *words = relation->session->extractor->table_words;
    alm_topic topic = ALM_TOPIC_UNSAID;
    first = last_sentence(relation, first, last);
    if (first >= last || !is_heading(relation, first, last)) return topic;
    for (uint32_t i = first; i < last;) {
        uint32_t end = i;
        while (end < last && !ends_clause(&relation->folded->tokens[end]) &&
               (end == i || relation->folded->tokens[end].cp != ALM_CP_BRACKET_OPEN))
            end++;
        if (relation->folded->tokens[i].cp == ALM_CP_BRACKET_OPEN) { /* says something else of the list */
            i = alm_cell_closing(relation->folded, i, last) + 1;
            continue;
        }
        bool use = has(relation, i, end, ALM_CLASS_FUTURE) || has(relation, i, end, ALM_CLASS_DIRECTION);
        alm_column said = ALM_COLUMN_UNKNOWN;
        if (end > i && !use)
            said = alm_table_words_topic(words, alm_str_slice(relation->folded->text, relation->folded->tokens[i].start,
                                                              relation->folded->tokens[end - 1].end));
        if (said != ALM_COLUMN_UNKNOWN) topic = said == ALM_COLUMN_DONOR ? ALM_TOPIC_GIFTS : ALM_TOPIC_FOREIGN;
        i = end < last && relation->folded->tokens[end].cp == ALM_CP_BRACKET_OPEN ? end : end + 1;
    }
    return topic;
}

alm_topic alm_topic_of_title(const alm_relation *relation) {
    const alm_table_words *words = relation->session->extractor->table_words;
    alm_str title = relation->document->page.title;
    if (alm_table_words_heads_givers(words, title)) return ALM_TOPIC_GIFTS;
    return alm_table_words_topic(words, title) == ALM_COLUMN_FOREIGN ? ALM_TOPIC_FOREIGN : ALM_TOPIC_UNSAID;
}

alm_topic alm_topic_above(const alm_relation *relation, uint32_t first) {
    const alm_token *tokens = relation->folded->tokens;
    for (int lines = 0; lines < MAX_LINES_UP && first > 0; lines++) {
        uint32_t end = first - 1, start = end;
        while (start > 0 && tokens[start - 1].cp != '\n') start--;
        if (start < end && relation->in_table[start]) break;
        alm_topic topic = start < end ? alm_topic_of_line(relation, start, end) : ALM_TOPIC_UNSAID;
        if (topic != ALM_TOPIC_UNSAID) return topic;
        first = start;
    }
    return alm_topic_of_title(relation);
}
