/*
 * Which spaces stay: those that part words. Chinese has none, so most that a page holds come from its layout: spaced
 * headlines, two-character names drawn out to the width of three, a gap around numbers.
 */
#include "extract/page/shadow_priv.h"

/* Longer runs of lone characters are judged piece by piece; longer names are none. */
enum { MAX_RUN = 64, MAX_NAME = 32, OPEN_BRACKET = 0xFF08, CLOSE_BRACKET = 0xFF09 };

typedef struct text {
    alm_shadow_char *chars;
    size_t count;
} text;

static alm_char_kind kind_at(const text *t, size_t i) {
    return i < t->count ? (alm_char_kind)t->chars[i].kind : ALM_CHAR_BREAK;
}
static bool is_space_at(const text *t, size_t i) {
    alm_char_kind kind = kind_at(t, i);
    return kind == ALM_CHAR_SPACE || kind == ALM_CHAR_KEPT;
}

/* A Han character that touches no other one. Index -1 wraps to the end, where kind_at sees a break. */
static bool is_lone_han(const text *t, size_t i) {
    return kind_at(t, i) == ALM_CHAR_HAN && kind_at(t, i - 1) != ALM_CHAR_HAN && kind_at(t, i + 1) != ALM_CHAR_HAN;
}

static bool is_number_at(const text *t, size_t i) {
    if (i >= t->count) return false;
    uint32_t code = t->chars[i].code;
    return kind_at(t, i) == ALM_CHAR_DIGIT || code == '.' || code == ',' || code == '/';
}
static bool is_lone_digit(const text *t, size_t i) {
    return kind_at(t, i) == ALM_CHAR_DIGIT && !is_number_at(t, i - 1) && !is_number_at(t, i + 1);
}

/* Lone Han with one space between each two: chars[first], first + 2, …; how many, at most MAX_RUN. */
static size_t run_of_lone_han(const text *t, size_t first) {
    size_t n = 1;
    while (n < MAX_RUN && kind_at(t, first + 2 * n - 1) == ALM_CHAR_SPACE && is_lone_han(t, first + 2 * n)) n++;
    return n;
}

/* The run stands among words of more than one Han that spaces part too: a list of names. */
static bool is_in_list(const text *t, size_t first, size_t n) {
    size_t last = first + 2 * (n - 1);
    bool before = is_space_at(t, first - 1) && kind_at(t, first - 2) == ALM_CHAR_HAN;
    bool after = is_space_at(t, last + 1) && kind_at(t, last + 2) == ALM_CHAR_HAN;
    return before || after;
}

/* Every other space is as wide as the first, and so are the others among themselves, but for one gap against the other.
 */
static void space_widths(const text *t, size_t first, size_t n, bool *uniform, bool *alternating) {
    *uniform = *alternating = true;
    for (size_t i = 1; i + 1 < n; i++) {
        uint8_t width = t->chars[first + 2 * i + 1].width;
        *uniform &= width == t->chars[first + 1].width;
        if (i > 1) *alternating &= width == t->chars[first + 2 * i - 3].width;
    }
}

/* Joins all of a spaced headline, two and two of a list of names; else leaves the spaces. */
static void settle_run(text *t, size_t first, size_t n) {
    bool uniform, alternating;
    space_widths(t, first, n, &uniform, &alternating);
    bool pairs = n > 2 && n % 2 == 0 && (!uniform ? alternating : is_in_list(t, first, n));
    bool all = uniform && !pairs;
    for (size_t i = 0; i + 1 < n; i++) {
        bool joined = all || (pairs && i % 2 == 0);
        t->chars[first + 2 * i + 1].kind = joined ? ALM_CHAR_NOTHING : ALM_CHAR_KEPT;
    }
}

static bool is_word(alm_char_kind kind) { return kind == ALM_CHAR_DIGIT || kind == ALM_CHAR_LETTER; }

static bool is_range_mark(const alm_shadow_char *c) { return c->code == '-' || c->code == '~'; }

/* Behind the space at i, a word of two Han or more and then a number: the next entry of a list of names and numbers. */
static bool begins_entry(const text *t, size_t i) {
    size_t n = 0;
    while (n < MAX_NAME && kind_at(t, i + 1 + n) == ALM_CHAR_HAN) n++;
    size_t end = i + 1 + n;
    return n > 1 && kind_at(t, is_space_at(t, end) ? end + 1 : end) == ALM_CHAR_DIGIT;
}

/* Behind the space at i, a name follows another that brackets tell more of: the line is a list of names. */
static bool parts_names(const text *t, size_t i) {
    if (kind_at(t, i - 1) != ALM_CHAR_CHINESE || t->chars[i - 1].code != CLOSE_BRACKET) return false;
    if (kind_at(t, i + 1) != ALM_CHAR_HAN) return false;
    size_t at = i - 1, n = 0;
    while (at > 0 && t->chars[at].code != OPEN_BRACKET && i - at < MAX_NAME) at--;
    if (t->chars[at].code != OPEN_BRACKET) return false;
    while (n < MAX_NAME && kind_at(t, at - 1 - n) == ALM_CHAR_HAN) n++;
    alm_char_kind before = kind_at(t, at - 1 - n);
    return n > 1 && (before == ALM_CHAR_BREAK || before == ALM_CHAR_CHINESE || is_space_at(t, at - 1 - n));
}

/* The space at i, between two characters neither of which is a space, is of no use. */
static bool is_idle(const text *t, size_t i) {
    alm_char_kind before = kind_at(t, i - 1), after = kind_at(t, i + 1);
    if (before == ALM_CHAR_BREAK || after == ALM_CHAR_BREAK) return true;
    if (parts_names(t, i)) return false;
    if (before == ALM_CHAR_CHINESE || after == ALM_CHAR_CHINESE) return true;
    if (before == ALM_CHAR_DASH || after == ALM_CHAR_DASH) return true;
    if (before == ALM_CHAR_DIGIT && after == ALM_CHAR_DIGIT) return is_lone_digit(t, i - 1) && is_lone_digit(t, i + 1);
    if (before == ALM_CHAR_DIGIT && (is_range_mark(&t->chars[i + 1]) || t->chars[i + 1].code == '%')) return true;
    if (after == ALM_CHAR_DIGIT && (is_range_mark(&t->chars[i - 1]) || before == ALM_CHAR_CURRENCY)) return true;
    if (before == ALM_CHAR_DIGIT && begins_entry(t, i)) return false;
    bool narrow = t->chars[i].width == 1;
    return narrow && ((before == ALM_CHAR_HAN && is_word(after)) || (is_word(before) && after == ALM_CHAR_HAN));
}

static void remove_nothing(alm_shadow_line *line) {
    size_t out = 0;
    for (size_t i = 0; i < line->count; i++)
        if (line->chars[i].kind != ALM_CHAR_NOTHING) line->chars[out++] = line->chars[i];
    line->count = out;
}

void alm_shadow_settle_spaces(alm_shadow_line *line) {
    text t = {line->chars, line->count};
    bool changed = false;
    for (size_t i = 0; i < t.count; i++) {
        if (t.chars[i].kind != ALM_CHAR_SPACE) continue;
        changed = true;
        if (is_lone_han(&t, i - 1) && is_lone_han(&t, i + 1))
            settle_run(&t, i - 1, run_of_lone_han(&t, i - 1));
        else
            t.chars[i].kind = is_idle(&t, i) ? ALM_CHAR_NOTHING : ALM_CHAR_KEPT;
    }
    if (changed) remove_nothing(line);
}
