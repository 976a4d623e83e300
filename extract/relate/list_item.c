/*
 * One item of a list: what may be a name, and what stands behind it that was given; and lines that are such items and
 * nothing else.
 */
#include "base/utf8.h"
#include "extract/mention/walk.h"
#include "extract/relate/bare_amount.h"
#include "extract/relate/donor_cell.h"
#include "extract/relate/list_priv.h"
#include "extract/relate/table_words.h"

enum { MAX_ITEM = 40, MAX_LINE = 200, MAX_TAIL = 24, MAX_PERSON = 4, MAX_LABEL = 6 };

uint32_t alm_list_line_end(const alm_list_reader *r, uint32_t i) {
    while (i < r->folded->count && r->tokens[i].cp != '\n') i++;
    return i;
}

uint32_t alm_list_find(const alm_list_reader *r, uint32_t first, uint32_t last, uint16_t class_id) {
    for (uint32_t i = first; i < last; i++)
        if (r->tokens[i].class_id == class_id) return i;
    return UINT32_MAX;
}

/* What stands in brackets tells more of the name before them. */
static uint32_t over_bracket(const alm_list_reader *r, uint32_t i, uint32_t last) {
    if (r->tokens[i].cp != ALM_CP_BRACKET_OPEN) return i;
    uint32_t close = alm_cell_closing(r->folded, i, last);
    return close < last ? close : i;
}

/* A stretch that may be a name: no word of grammar, no verb, not too long. */
bool alm_list_may_be_name(const alm_list_reader *r, uint32_t first, uint32_t last) {
    if (first >= last) return false;
    size_t length = alm_walk_length(r->folded, first, last);
    if (length < 2 || length > MAX_ITEM) return false;
    for (uint32_t i = first; i < last; i++) switch (r->tokens[i = over_bracket(r, i, last)].class_id) {
        case ALM_CLASS_GIVE:
        case ALM_CLASS_SEND:
        case ALM_CLASS_TOTAL:
        case ALM_CLASS_ANONYMOUS:
        case ALM_CLASS_ETC:
        case ALM_CLASS_MONEY:
        case ALM_CLASS_GIFT_NOUN:
        case ALM_CLASS_BA:
        case ALM_CLASS_TO:
        case ALM_CLASS_FUTURE:
        case ALM_CLASS_NEGATION:
        case ALM_CLASS_RECEIVE:
        case ALM_CLASS_FROM:
        case ALM_CLASS_NOT_GIFT:
        case ALM_CLASS_BEHALF:
        case ALM_CLASS_BUY:
        case ALM_CLASS_SPEND:
        case ALM_CLASS_SPLIT:
        case ALM_CLASS_DIRECTION:
        case ALM_CLASS_DISTRIBUTE:
        case ALM_CLASS_SAY:
        case ALM_CLASS_DATE: return false;
        case ALM_CLASS_OF: /* "the bean curd's seller X": a sentence */
            if (i > first &&
                (r->tokens[i - 1].class_id == ALM_CLASS_GOODS || r->tokens[i - 1].class_id == ALM_CLASS_PRONOUN))
                return false;
            break;
        case ALM_CLASS_VIA:
            if (i + 1 < last && r->tokens[i + 1].class_id == ALM_CLASS_PARTY) return false;
            break;
        case ALM_CLASS_TEXT:
            if (r->tokens[i].cp == ALM_CP_STOP || r->tokens[i].cp == ALM_CP_COLON || r->tokens[i].cp == ALM_CP_COMMA)
                return false;
            break;
        default: break;
        }
    return true;
}

bool alm_list_ends_item(const alm_token *token, bool by_spaces) {
    if (token->cp == ALM_CP_LIST_COMMA || token->cp == ALM_CP_COMMA || token->cp == ALM_CP_SEMICOLON ||
        token->cp == ALM_CP_STOP)
        return true;
    return by_spaces && token->cp == ' ';
}

/* Nothing that the number at @p i counts or names stands right behind it: "room 301" is no amount. */
static bool ends_number(const alm_list_reader *r, uint32_t i, uint32_t last) {
    if (i + 1 >= last) return true;
    const alm_token *next = &r->tokens[i + 1];
    return next->class_id == ALM_CLASS_PARTY || (next->class_id == ALM_CLASS_TEXT && !alm_is_han(next->cp));
}

/* "X: 50" and nothing more, under a heading of gifts: too short a number to be an amount elsewhere. */
static bool is_small_amount(const alm_list_reader *r, uint32_t first, uint32_t i, uint32_t last) {
    if (!r->of_gifts || i + 1 != last || i == first || r->tokens[i].class_id != ALM_CLASS_NUMBER) return false;
    const alm_value *value = alm_mention_of(r->folded, &r->tokens[i])->value;
    uint32_t name = i - 1;
    while (name > first && (r->tokens[name].cp == ' ' || r->tokens[name].cp == ALM_CP_COLON)) name--;
    return value->form == ALM_FORM_PLAIN && value->amount.len >= 2 && r->tokens[name].class_id == ALM_CLASS_PARTY;
}

/* "X (5,000), Y (3,000)": what stands alone in the bracket behind a name was given; its token, or UINT32_MAX. */
static uint32_t bracketed_what(const alm_list_reader *r, uint32_t open, uint32_t close, uint32_t last) {
    const alm_token *inner = &r->tokens[open + 1];
    bool ends = close + 1 >= last || alm_list_ends_item(&r->tokens[close + 1], true) ||
                r->tokens[close + 1].class_id == ALM_CLASS_PARTY;
    bool given = inner->class_id == ALM_CLASS_MONEY ||
                 (inner->class_id == ALM_CLASS_GOODS && alm_mention_of(r->folded, inner)->value);
    return close == open + 2 && ends && given ? open + 1 : UINT32_MAX;
}

/* The what at the end of an item: an amount or a counted thing; UINT32_MAX. */
uint32_t alm_list_item_what(const alm_list_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++) {
        if (r->tokens[i].cp == ALM_CP_BRACKET_OPEN && i > first) {
            uint32_t close = alm_cell_closing(r->folded, i, last), given = bracketed_what(r, i, close, last);
            if (given != UINT32_MAX) return given;
            if (close + 1 < last) i = close;
        }
        if (r->tokens[i].class_id == ALM_CLASS_MONEY) return i;
        if (r->tokens[i].class_id == ALM_CLASS_GOODS && alm_mention_of(r->folded, &r->tokens[i])->value) return i;
        if (i > first && alm_bare_amount_is(r->relation, &r->tokens[i]) && ends_number(r, i, last)) return i;
        if (is_small_amount(r, first, i, last)) return i;
    }
    return UINT32_MAX;
}

/* Dashes, dots and underlines that lead the eye from a name to its amount. */
static bool is_leader(uint32_t cp) {
    return cp == '-' || cp == '_' || cp == ALM_CP_EM_DASH || cp == ALM_CP_MIDDLE_DOT || cp == 0x2026 || cp == 0x2500;
}

bool alm_list_trims(const alm_token *token) {
    return is_leader(token->cp) || token->cp == ' ' || token->cp == ALM_CP_COLON || token->cp == '.' ||
           token->cp == ALM_CP_BRACKET_OPEN || token->class_id == ALM_CLASS_EACH || token->class_id == ALM_CLASS_GIVE;
}

void alm_list_take(alm_list_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; i++) r->relation->in_table[i] = true;
}

/* One to ten. */
static bool is_numeral(uint32_t cp) {
    static const uint16_t numerals[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341};
    for (size_t i = 0; i < sizeof numerals / sizeof *numerals; i++)
        if (cp == numerals[i]) return true;
    return false;
}

uint32_t alm_list_behind_numbering(const alm_list_reader *r, uint32_t first, uint32_t last) {
    if (first < last && r->tokens[first].cp >= 0x2460 && r->tokens[first].cp <= 0x24FF)
        return first + 1; /* in circles */
    bool open = first < last && r->tokens[first].cp == ALM_CP_BRACKET_OPEN;
    uint32_t from = first + open, i = from;
    while (i < last && i - from < 3 && (r->tokens[i].class_id == ALM_CLASS_NUMBER || is_numeral(r->tokens[i].cp))) i++;
    if (i == from || i >= last) return first;
    uint32_t mark = r->tokens[i].cp;
    return (open ? mark == ALM_CP_BRACKET_CLOSE : mark == ALM_CP_LIST_COMMA || mark == '.') ? i + 1 : first;
}

typedef struct segment {
    uint32_t first, last; /* the name's tokens; empty where the what goes on with the name before */
    uint32_t what;
    bool worth;
    bool marked;    /* a space or a colon stands between them */
    bool acts;      /* a verb of giving does */
    bool sum;       /* a word for sums stands before the what */
    bool each;      /* a word for "each" does */
    uint32_t thing; /* what the amount is the worth of: "medicines of 300,000"; 0 */
} segment;

static bool is_numbering(const alm_list_reader *r, uint32_t i, uint32_t last) {
    if (i + 1 >= last || r->tokens[i].class_id != ALM_CLASS_NUMBER) return false;
    uint32_t mark = r->tokens[i + 1].cp;
    return mark == '.' || mark == ALM_CP_LIST_COMMA || mark == ALM_CP_BRACKET_CLOSE || mark == ' ';
}

/* The character for "besides", be it a word of its own here or not. */
static bool is_also(const alm_list_reader *r, const alm_token *token) {
    return alm_str_is(alm_str_slice(r->folded->text, token->start, token->end), ALM_STR("\xE5\x8F\xA6"));
}

/* "Also planted 2 trees", "and 30 desks": more of the name before, no name. */
static bool says_also(const alm_list_reader *r, uint32_t i) {
    const alm_token *token = &r->tokens[i];
    if (token->class_id == ALM_CLASS_ADVERB) /* "the OTHER members": somebody else */
        return !alm_str_is_c(alm_token_attr(r->folded, token, ALM_CLASS_ADVERB, 0), "others");
    return token->class_id == ALM_CLASS_WITH || is_also(r, token);
}

/*
 * The next name and what it gave in [*at, last); moves *at behind it. False where nothing more was given,
 * or a sum over the names before. */
static bool next_segment(const alm_list_reader *r, uint32_t *at, uint32_t last, segment *out) {
    uint32_t first = *at;
    while (first < last &&
           (alm_list_ends_item(&r->tokens[first], true) || r->tokens[first].cp == ALM_CP_BRACKET_CLOSE ||
            r->tokens[first].class_id == ALM_CLASS_WITH || r->tokens[first].cp == '+'))
        first++;
    first = is_numbering(r, first, last) ? first + 2 : alm_list_behind_numbering(r, first, last);
    uint32_t what = alm_list_item_what(r, first, last);
    if (what == UINT32_MAX) return false;
    uint32_t end = what;
    *out = (segment){.what = what};
    while (end > first &&
           (alm_list_trims(&r->tokens[end - 1]) || (end > first + 1 && is_also(r, &r->tokens[end - 1])) ||
            r->tokens[end - 1].class_id == ALM_CLASS_WORTH || r->tokens[end - 1].class_id == ALM_CLASS_TOTAL ||
            r->tokens[end - 1].class_id == ALM_CLASS_GIFT_NOUN || r->tokens[end - 1].class_id == ALM_CLASS_SEND ||
            r->tokens[end - 1].class_id == ALM_CLASS_RAISE)) {
        out->worth = out->worth || r->tokens[end - 1].class_id == ALM_CLASS_WORTH;
        out->acts =
            out->acts || r->tokens[end - 1].class_id == ALM_CLASS_GIVE || r->tokens[end - 1].class_id == ALM_CLASS_SEND;
        out->marked = out->marked || r->tokens[end - 1].class_id == ALM_CLASS_TEXT;
        out->each = out->each || r->tokens[end - 1].class_id == ALM_CLASS_EACH;
        out->sum = out->sum || r->tokens[end - 1].class_id == ALM_CLASS_TOTAL;
        end--;
    }
    if (first < end && says_also(r, first)) first = end;
    while (first < end && alm_list_trims(&r->tokens[first])) first++;
    out->first = first;
    out->last = end;
    if (what + 2 < last && r->tokens[what].class_id == ALM_CLASS_MONEY &&
        r->tokens[what + 1].class_id == ALM_CLASS_OF && r->tokens[what + 2].class_id == ALM_CLASS_GOODS) {
        out->thing = what + 2;
        out->worth = true;
    }
    *at = out->thing ? out->thing + 1 : what + 1;
    return first < end || !out->sum || out->worth;
}

/* Behind what was given the line goes on as a sentence: it tells who passed it on, or what became of it. */
static bool goes_on(const alm_list_reader *r, uint32_t first, uint32_t last) {
    return alm_list_find(r, first, last, ALM_CLASS_FUTURE) != UINT32_MAX ||
           alm_list_find(r, first, last, ALM_CLASS_NOT_GIFT) != UINT32_MAX ||
           alm_list_find(r, first, last, ALM_CLASS_BY) != UINT32_MAX ||
           alm_list_find(r, first, last, ALM_CLASS_VIA) != UINT32_MAX ||
           alm_list_find(r, first, last, ALM_CLASS_SEND) != UINT32_MAX;
}

/* "Sum asked for: 30,000": what stands before the amount says what it is, not whose. */
static bool is_label(const alm_list_reader *r, const segment *s) {
    if (s->first == s->last) return false;
    alm_str text = alm_str_slice(r->folded->text, r->tokens[s->first].start, r->tokens[s->last - 1].end);
    alm_column_unit unit;
    switch (alm_table_words_column(r->relation->session->extractor->table_words, text, &unit)) {
    case ALM_COLUMN_AMOUNT:
    case ALM_COLUMN_VALUE:
    case ALM_COLUMN_NUMBER:
    case ALM_COLUMN_DATE:
    case ALM_COLUMN_FOREIGN: return true;
    default: return false;
    }
}

/* A full stop inside the line: it is prose, where only known names count. */
static bool has_sentences(const alm_list_reader *r, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i + 1 < last; i++)
        if (r->tokens[i].cp == ALM_CP_STOP) return true;
    return false;
}

/* A name that no finder knows, of the length of people's, and no thing. */
static bool is_short_name(const alm_list_reader *r, uint32_t first, uint32_t last) {
    return alm_walk_length(r->folded, first, last) <= MAX_PERSON &&
           alm_list_find(r, first, last, ALM_CLASS_GOODS) == UINT32_MAX &&
           alm_list_find(r, first, last, ALM_CLASS_GOODS_NOUN) == UINT32_MAX;
}

/* "X called up 12 members, 2,000 each", "X got Y to give", "set up 500,000": a verb and whom it is done to, or nobody
 * before it: a sentence. */
static bool is_told(const alm_list_reader *r, const segment *s) {
    for (uint32_t i = s->first; i < s->last; i++) {
        if (r->tokens[i].class_id != ALM_CLASS_VERB) continue;
        uint16_t after = i + 1 < s->last ? r->tokens[i + 1].class_id : ALM_CLASS_TEXT;
        if (after == ALM_CLASS_QUANTITY || (after == ALM_CLASS_PARTY && i > s->first)) return true;
        if (s->last == s->first + 1) return true;
    }
    return false;
}

/* "X put by 60 coats": behind a known name more is said, up to the thing without a mark between: a sentence. */
static bool does_something(const alm_list_reader *r, const segment *s) {
    uint32_t end = s->last;
    while (end > s->first && r->tokens[end - 1].class_id != ALM_CLASS_PARTY) end--;
    if (end == s->last || s->marked || r->tokens[s->what].class_id != ALM_CLASS_GOODS) return false;
    for (uint32_t i = end; i < s->last; i = over_bracket(r, i, s->last) + 1) {
        uint16_t c = r->tokens[i].class_id;
        if (c == ALM_CLASS_VERB || (c == ALM_CLASS_TEXT && alm_is_han(r->tokens[i].cp))) return true;
    }
    return false;
}

/* Behind a short label before the names ("staff: X 500, Y 300"), or @p first; "X: 500" has none. */
static uint32_t behind_label(const alm_list_reader *r, uint32_t first, uint32_t last) {
    uint32_t colon = first;
    while (colon < last && r->tokens[colon].cp != ALM_CP_COLON) colon++;
    if (colon + 1 >= last || alm_walk_length(r->folded, first, colon) > MAX_LABEL) return first;
    uint16_t next = r->tokens[colon + 1].class_id;
    bool given = next == ALM_CLASS_MONEY || next == ALM_CLASS_GOODS || next == ALM_CLASS_NUMBER ||
                 next == ALM_CLASS_QUANTITY || next == ALM_CLASS_GIVE || next == ALM_CLASS_GIFT_NOUN;
    return given || alm_list_find(r, first, colon, ALM_CLASS_MONEY) != UINT32_MAX ? first : colon + 1;
}

/*
 * How many names a line has that is nothing but names and what they gave; 0 for any other, 1 where verbs stand between:
 * that is prose unless other lines are a list.
 */
uint32_t alm_list_items_of_line(const alm_list_reader *r, uint32_t first, uint32_t last) {
    if (alm_walk_length(r->folded, first, last) > MAX_LINE || alm_list_find(r, first, last, ALM_CLASS_TO) != UINT32_MAX)
        return 0;
    segment s;
    uint32_t at = behind_label(r, first, last), names = 0, doubtful = 0;
    bool sentences = has_sentences(r, first, last), acts = false;
    while (next_segment(r, &at, last, &s)) {
        if (s.first == s.last && names == 0) return 0;
        if (s.first < s.last && !alm_list_may_be_name(r, s.first, s.last)) return 0;
        bool party = alm_list_find(r, s.first, s.last, ALM_CLASS_PARTY) != UINT32_MAX;
        if (is_told(r, &s) || (party ? does_something(r, &s) : is_label(r, &s))) return 0;
        doubtful += s.first < s.last && !party && !is_short_name(r, s.first, s.last);
        if (s.first < s.last && !party &&
            (s.sum || sentences || alm_walk_length(r->folded, s.first, s.last) > ALM_LIST_MAX_UNKNOWN))
            return 0;
        names += s.first < s.last;
        acts = acts || s.acts;
    }
    if (names > 1 && doubtful * 2 > names) return 0; /* "of which masks 5,000, gloves 3,000" */
    if (alm_walk_length(r->folded, at, last) > MAX_TAIL || goes_on(r, at, last)) return 0;
    return acts && names > 1 ? 1 : names;
}

static alm_status what_of(alm_list_reader *r, const segment *s, alm_what *out) {
    const alm_token *token = &r->tokens[s->what];
    *out = (alm_what){.kind = ALM_WHAT_CASH, .mention = token->mention};
    if (token->class_id == ALM_CLASS_GOODS) out->kind = ALM_WHAT_GOODS;
    if (token->class_id == ALM_CLASS_MONEY && s->worth) out->kind = ALM_WHAT_WORTH;
    return token->class_id == ALM_CLASS_NUMBER
               ? alm_bare_amount_mention(r->relation, &r->tokens[s->what], (alm_column_unit){0}, &out->mention)
               : ALM_OK;
}

/* A gift of all donors together, or one of each: "A, B 1,000 each". */
static alm_status put_item(const alm_list_reader *r, const alm_gift *gift, bool each) {
    for (size_t i = 0; i < gift->what_count; i++) {
        const alm_value *value = r->folded->mentions[gift->whats[i].mention - 1].value;
        each = each || (value && value->each);
    }
    if (!gift->donor_count || !gift->what_count) return ALM_OK;
    if (!each) return alm_gift_add(r->relation, gift);
    alm_gift one = *gift;
    alm_status status = ALM_OK;
    for (size_t i = 0; i < gift->donor_count && status == ALM_OK; i++) {
        one.donors[0] = gift->donors[i];
        one.donor_count = 1;
        status = alm_gift_add(r->relation, &one);
    }
    return status;
}

/* Every name with all that follows it up to the next name. */
alm_status alm_list_read_line(alm_list_reader *r, uint32_t first, uint32_t last) {
    segment s;
    alm_gift gift = {0};
    uint32_t at = behind_label(r, first, last);
    bool each = false;
    alm_status status = ALM_OK;
    while (status == ALM_OK && next_segment(r, &at, last, &s)) {
        if (s.first < s.last) {
            status = put_item(r, &gift, each);
            gift = (alm_gift){.rule = ALM_STR("gift/item-line"), .confidence = 0.8};
            each = s.each;
            gift.start = gift.trigger_start = gift.trigger_end = r->tokens[s.first].start;
            if (status == ALM_OK) status = alm_cell_donors(r->relation, &gift, s.first, s.last);
        }
        if (status == ALM_OK && gift.what_count < ALM_MAX_WHATS)
            status = what_of(r, &s, &gift.whats[gift.what_count++]);
        if (s.thing && gift.what_count < ALM_MAX_WHATS)
            gift.whats[gift.what_count++] = (alm_what){.kind = ALM_WHAT_GOODS, .mention = r->tokens[s.thing].mention};
        gift.end = r->tokens[s.thing ? s.thing : s.what].end;
    }
    if (status == ALM_OK) status = put_item(r, &gift, each);
    alm_list_take(r, first, last);
    return status;
}
