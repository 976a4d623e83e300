/*
 * Gifts in lists of running text: an amount in the head and the names behind it ("gave 1000 each: A, B, C"), also in
 * the lines that follow; and lines or items that are a name and an amount and nothing else.
 */
#include "extract/mention/walk.h"
#include "extract/relate/donor_cell.h"
#include "extract/relate/list_priv.h"
#include "extract/relate/topic.h"

enum { MAX_LINE = 200, MIN_ITEMS = 3 };

static bool has_list_marks(const alm_list_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++) {
        if (r->tokens[i].cp == ALM_CP_BRACKET_OPEN) i = alm_cell_closing(r->folded, i, last);
        if (i < last && (r->tokens[i].cp == ALM_CP_LIST_COMMA || r->tokens[i].cp == ALM_CP_COMMA)) return true;
    }
    return false;
}

static alm_status put(alm_list_reader *r, uint32_t name_first, uint32_t name_last, alm_what what, uint32_t first,
                      uint32_t last) {
    alm_gift gift = {.rule = ALM_STR("gift/list-item"), .confidence = 0.95};
    alm_status status = alm_cell_donors(r->relation, &gift, name_first, name_last);
    if (status != ALM_OK || gift.donor_count == 0) return status;
    gift.whats[0] = what;
    gift.what_count = 1;
    gift.start = gift.trigger_start = gift.trigger_end = r->tokens[first].start;
    gift.end = r->tokens[last - 1].end;
    return alm_gift_add(r->relation, &gift);
}

/* The number of the "(2)" at @p i; 0 where there is none. */
static uint32_t bracket_number(const alm_list_reader *r, uint32_t i, uint32_t last) {
    if (i + 2 >= last || r->tokens[i].cp != ALM_CP_BRACKET_OPEN || r->tokens[i + 2].cp != ALM_CP_BRACKET_CLOSE ||
        r->tokens[i + 1].class_id != ALM_CLASS_NUMBER)
        return 0;
    alm_str text = alm_mention_of(r->folded, &r->tokens[i + 1])->value->amount;
    uint32_t number = 0;
    for (size_t at = 0; at < text.len && at < 4; at++)
        number = number * 10 + (alm_is_digit((unsigned char)text.ptr[at]) ? (uint32_t)(text.ptr[at] - '0') : 0);
    return number;
}

static alm_status read_item(alm_list_reader *r, uint32_t first, uint32_t last, uint32_t amount) {
    while (first < last && (r->tokens[first].cp == ' ' || (r->tokens[first].class_id == ALM_CLASS_NUMBER &&
                                                           first + 1 < last && r->tokens[first + 1].cp == '.')))
        first++;
    uint32_t what = alm_list_item_what(r, first, last), name_last = what == UINT32_MAX ? last : what;
    while (name_last > first && alm_list_trims(&r->tokens[name_last - 1])) name_last--;
    while (first < name_last && alm_list_trims(&r->tokens[first])) first++;
    if (!alm_list_may_be_name(r, first, name_last)) return ALM_OK;
    alm_what given = {.kind = ALM_WHAT_CASH, .mention = amount};
    if (what != UINT32_MAX && r->tokens[what].class_id != ALM_CLASS_NUMBER) {
        given.mention = r->tokens[what].mention;
        if (r->tokens[what].class_id == ALM_CLASS_GOODS) given.kind = ALM_WHAT_GOODS;
    }
    return given.mention ? put(r, first, name_last, given, first, last) : ALM_OK;
}

static bool is_place(const alm_list_reader *r, uint32_t first, uint32_t last) {
    while (first < last && r->tokens[first].class_id == ALM_CLASS_PLACE) first++;
    return first == last;
}

/* Items [first, last), each a name, with the head's amount or its own. */
static alm_status read_items(alm_list_reader *r, uint32_t first, uint32_t last, uint32_t amount) {
    bool by_spaces = !has_list_marks(r, first, last);
    for (uint32_t i = first; i < last;) {
        uint32_t number = bracket_number(r, i, last), end = i = number ? i + 3 : i;
        while (end < last && !alm_list_ends_item(&r->tokens[end], by_spaces)) {
            if (number && bracket_number(r, end, last) == number + 1) break; /* "(1) X (2) Y" */
            if (r->tokens[end].cp == ALM_CP_BRACKET_OPEN) end = alm_cell_closing(r->folded, end, last);
            if (end < last) end++;
        }
        bool item = end > i && !(by_spaces && is_place(r, i, end)); /* "Bangkok Mr Mo" */
        alm_status status = item ? read_item(r, i, end, amount) : ALM_OK;
        if (status != ALM_OK) return status;
        i = end < last && bracket_number(r, end, last) ? end : end + 1;
    }
    return ALM_OK;
}

/* A line behind a head of its own: names still, no sentence, no sum. */
static bool names_go_on(const alm_list_reader *r, uint32_t first, uint32_t last) {
    if (alm_walk_length(r->folded, first, last) > MAX_LINE || r->tokens[last - 1].cp == ALM_CP_STOP) return false;
    return alm_list_find(r, first, last, ALM_CLASS_GIVE) == UINT32_MAX &&
           alm_list_find(r, first, last, ALM_CLASS_TOTAL) == UINT32_MAX;
}

static bool has_several(const alm_list_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++)
        if (alm_list_ends_item(&r->tokens[i], true)) return true;
    return false;
}

/* A line behind one that was a list already: it was left open, or several names stand here and nothing else. */
static bool wraps_on(const alm_list_reader *r, uint32_t first, uint32_t last) {
    return r->open || (has_several(r, first, last) && alm_list_is_name_run(r, first, last));
}

/* The line is one organisation's name: it may head the names below it. */
static bool is_lone_organisation(const alm_list_reader *r, uint32_t first, uint32_t last) {
    uint32_t party = alm_list_find(r, first, last, ALM_CLASS_PARTY);
    return !has_several(r, first, last) && party != UINT32_MAX &&
           alm_actor_of(r->relation, &r->tokens[party])->organisation;
}

static bool speaks_of_giving(const alm_relation *relation) {
    const alm_folded *folded = relation->folded;
    for (size_t i = 0; i < folded->count; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_GIVE) return true;
    return false;
}

/* "All of the above 1,000 each": the amount of the names in the lines before; 0 where the line is no such foot. */
static uint32_t foot_amount(const alm_list_reader *r, uint32_t first, uint32_t last) {
    if (first >= last || r->tokens[first].class_id != ALM_CLASS_ADVERB ||
        !alm_str_is_c(alm_token_attr(r->folded, &r->tokens[first], ALM_CLASS_ADVERB, 0), "above"))
        return 0;
    uint32_t money = 0;
    bool each = false;
    for (uint32_t i = first + 1; i < last; i++) {
        const alm_token *token = &r->tokens[i];
        if (token->class_id == ALM_CLASS_TOTAL || token->class_id == ALM_CLASS_PARTY || money) return 0;
        each = each || token->class_id == ALM_CLASS_EACH;
        if (token->class_id != ALM_CLASS_MONEY) continue;
        each = each || alm_mention_of(r->folded, token)->value->each;
        money = token->mention;
    }
    return each ? money : 0;
}

typedef struct line {
    uint32_t first, last, items;
    alm_topic topic; /* of the list that it stands in */
} line;

static size_t count_lines(const alm_folded *folded) {
    size_t count = 1;
    for (size_t i = 0; i < folded->count; i++) count += folded->tokens[i].cp == '\n';
    return count;
}

/* The page's lines outside its tables, and the heading that each stands under. */
static size_t read_lines(alm_list_reader *r, line *lines) {
    size_t count = 0;
    alm_topic topic = alm_topic_of_title(r->relation);
    for (uint32_t i = 0; i < r->folded->count;) {
        uint32_t end = alm_list_line_end(r, i);
        if (end > i && !r->relation->in_table[i]) {
            r->of_gifts = topic == ALM_TOPIC_GIFTS;
            line l = {.first = i, .last = end, .items = alm_list_items_of_line(r, i, end)};
            alm_topic said = l.items ? ALM_TOPIC_UNSAID : alm_topic_of_line(r->relation, i, end);
            if (said != ALM_TOPIC_UNSAID) topic = said;
            l.topic = topic;
            lines[count++] = l;
        }
        i = end + 1;
    }
    return count;
}

/* A line whose items count: under no other heading, and under one of gifts where the page does not speak of them. */
static bool may_give(const line *l, bool told) {
    return l->topic == ALM_TOPIC_GIFTS || (told && l->topic == ALM_TOPIC_UNSAID);
}

/* The lines of names right above the foot @p at, each with its amount. */
static alm_status read_above(alm_list_reader *r, const line *lines, size_t at, uint32_t amount) {
    alm_status status = ALM_OK;
    for (size_t i = at; status == ALM_OK && i > 0; i--) {
        const line *l = &lines[i - 1];
        if (r->relation->in_table[l->first] || !alm_list_is_name_run(r, l->first, l->last) ||
            is_lone_organisation(r, l->first, l->last))
            break;
        status = read_items(r, l->first, l->last, amount);
        alm_list_take(r, l->first, l->last);
    }
    return status;
}

static bool has_list(const line *lines, size_t count, bool told) {
    uint32_t items = 0;
    for (size_t i = 0; i < count; i++)
        if (may_give(&lines[i], told)) items += lines[i].items;
    return items >= MIN_ITEMS;
}

static alm_status read_line(alm_list_reader *r, const line *lines, size_t at, bool item_lines) {
    const line *l = &lines[at];
    uint32_t amount, body = alm_list_head_end(r, l->first, l->last, &amount);
    r->of_gifts = l->topic == ALM_TOPIC_GIFTS;
    if (l->topic == ALM_TOPIC_FOREIGN && alm_list_find(r, l->first, l->last, ALM_CLASS_GIVE) == UINT32_MAX) {
        r->by_lines = false;
        if (l->items || body) alm_list_take(r, l->first, l->last);
        return ALM_OK;
    }
    uint32_t above = foot_amount(r, l->first, l->last);
    if (above) {
        r->by_lines = false;
        alm_list_take(r, l->first, l->last);
        return read_above(r, lines, at, above);
    }
    if (body) {
        r->amount = amount;
        r->by_lines = true;
        r->inlined = body < l->last;
        r->open = r->tokens[l->last - 1].cp == ALM_CP_LIST_COMMA;
        alm_status status = r->inlined ? read_items(r, body, l->last, amount) : ALM_OK;
        alm_list_take(r, l->first, l->last);
        return status;
    }
    if (r->by_lines && r->amount && names_go_on(r, l->first, l->last) &&
        (!r->inlined || wraps_on(r, l->first, l->last))) {
        r->open = r->tokens[l->last - 1].cp == ALM_CP_LIST_COMMA;
        alm_list_take(r, l->first, l->last);
        return read_items(r, l->first, l->last, r->amount);
    }
    r->by_lines = false;
    return item_lines && l->items ? alm_list_read_line(r, l->first, l->last) : ALM_OK;
}

alm_status alm_lists_read(alm_relation *relation) {
    alm_list_reader r = {.relation = relation, .folded = relation->folded, .tokens = relation->folded->tokens};
    bool told = relation->tells_of_giving || speaks_of_giving(relation);
    line *lines = alm_arena_alloc(r.folded->arena, count_lines(r.folded) * sizeof *lines);
    if (!lines) return ALM_E_NOMEM;
    size_t count = read_lines(&r, lines);
    bool item_lines = has_list(lines, count, told);
    if (!told && !item_lines) return ALM_OK;
    alm_status status = ALM_OK;
    for (size_t i = 0; status == ALM_OK && i < count; i++)
        if (told || may_give(&lines[i], told)) status = read_line(&r, lines, i, item_lines);
    return status;
}
