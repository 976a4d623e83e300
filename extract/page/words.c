#include "extract/page/words.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"

enum { PAIR_BYTES = 6 /* two Han characters */, PAIRS = 4096, BUCKETS = 1024, WORD_MAX = 4096, PREFIX_WORD_LEN = 5 };

typedef struct word {
    const char *ptr;
    uint32_t len;
    uint32_t groups;
    uint32_t place;
} word;

struct alm_page_words {
    word *items; /**< by bucket, in a bucket by length, longest first */
    size_t count, cap;
    uint16_t first[BUCKETS + 1];
    uint32_t short_groups[BUCKETS]; /**< of the words of the bucket that are shorter than PAIR_BYTES */
    uint32_t pair_groups[PAIRS];    /**< of the others, by the hash of their first PAIR_BYTES */
    char *pool;
};

static const char *const keys[] = {
#define Z(id, key) key,
    ALM_WORD_GROUPS(Z)
#undef Z
        NULL};

static uint32_t bucket_of(const char *text, size_t len) {
    const unsigned char *p = (const unsigned char *)text;
    if (len < 3 || p[0] < 0xE0) return p[0];
    return ((uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F)) % (BUCKETS - 256) + 256;
}

static uint32_t pair_of(const char *text) {
    uint32_t head;
    uint16_t tail;
    memcpy(&head, text, sizeof head);
    memcpy(&tail, text + sizeof head, sizeof tail);
    return ((head ^ (uint32_t)tail << 11) * 0x9E3779B1U) >> 20; /* 12 bits, PAIRS */
}

/** Groups of which a word may begin at @p text: few places of a text pass. */
static uint32_t groups_at(const alm_page_words *words, const char *text, size_t len, uint32_t bucket) {
    uint32_t groups = words->short_groups[bucket];
    return len < PAIR_BYTES ? groups : groups | words->pair_groups[pair_of(text)];
}

static alm_status add_word(alm_page_words *words, alm_str text, unsigned group, uint32_t place) {
    alm_status status = alm_grow((void **)&words->items, &words->cap, words->count, sizeof(word), WORD_MAX);
    if (status != ALM_OK) return status;
    words->items[words->count++] = (word){text.ptr, (uint32_t)text.len, 1U << group, place};
    return ALM_OK;
}

static alm_status add_group(alm_page_words *words, const alm_yaml_node *list, unsigned group, char **end,
                            alm_err *err) {
    for (size_t i = 0; list && i < list->count; i++) {
        alm_str text;
        alm_status status = alm_yaml_text(&text, list->items[i], err);
        if (status != ALM_OK) return status;
        if (text.len == 0) return alm_yaml_fail(list->items[i], err, "a word must not be empty");
        memcpy(*end, text.ptr, text.len);
        status = add_word(words, (alm_str){*end, text.len}, group, (uint32_t)i);
        if (status != ALM_OK) return alm_yaml_fail(list, err, "too many words, or out of memory");
        *end += text.len;
    }
    return ALM_OK;
}

static int by_bucket(const void *left, const void *right) {
    const word *a = left, *b = right;
    uint32_t x = bucket_of(a->ptr, a->len), y = bucket_of(b->ptr, b->len);
    if (x != y) return x < y ? -1 : 1;
    if (a->len != b->len) return a->len > b->len ? -1 : 1;
    int order = memcmp(a->ptr, b->ptr, a->len);
    return order ? order : a->groups < b->groups ? -1 : a->groups > b->groups;
}

/** A word that stands in several groups stands here once, with the place that it has in the first of them. */
static void merge_same(alm_page_words *words) {
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++) {
        const word *w = &words->items[i];
        word *last = kept ? &words->items[kept - 1] : NULL;
        if (last && last->len == w->len && memcmp(last->ptr, w->ptr, w->len) == 0)
            last->groups |= w->groups;
        else
            words->items[kept++] = *w;
    }
    words->count = kept;
}

static void index_words(alm_page_words *words) {
    if (words->count) qsort(words->items, words->count, sizeof(word), by_bucket);
    merge_same(words);
    size_t at = 0;
    for (uint32_t bucket = 0; bucket <= BUCKETS; bucket++) {
        while (at < words->count && bucket_of(words->items[at].ptr, words->items[at].len) < bucket) at++;
        words->first[bucket] = (uint16_t)at;
    }
    for (size_t i = 0; i < words->count; i++) {
        const word *w = &words->items[i];
        if (w->len < PAIR_BYTES)
            words->short_groups[bucket_of(w->ptr, w->len)] |= w->groups;
        else
            words->pair_groups[pair_of(w->ptr)] |= w->groups;
    }
}

static alm_status measure(const alm_yaml_node *page, size_t *bytes, alm_err *err) {
    *bytes = 1;
    for (size_t g = 0; keys[g]; g++) {
        const alm_yaml_node *list = alm_yaml_get(page, keys[g]);
        if (list && list->kind != ALM_YAML_SEQUENCE)
            return alm_yaml_fail(list, err, "%s must be a list of words", keys[g]);
        for (size_t i = 0; list && i < list->count; i++) *bytes += list->items[i]->scalar.len;
    }
    return ALM_OK;
}

alm_status alm_page_words_new(alm_page_words **out, const alm_yaml_node *page, alm_err *err) {
    size_t bytes;
    alm_page_words *words = NULL;
    alm_status status = alm_yaml_expect_keys(page, keys, err);
    if (status == ALM_OK) status = measure(page, &bytes, err);
    if (status != ALM_OK) return status;
    words = alm_calloc(1, sizeof *words);
    if (words) words->pool = alm_malloc(bytes);
    if (!words || !words->pool) {
        status = alm_fail(err, ALM_E_NOMEM, "out of memory for the words of pages");
        goto out;
    }
    char *end = words->pool;
    for (unsigned g = 0; keys[g] && status == ALM_OK; g++)
        status = add_group(words, alm_yaml_get(page, keys[g]), g, &end, err);
    if (status != ALM_OK) goto out;
    index_words(words);
    *out = words;
    words = NULL;
out:
    alm_page_words_free(words);
    return status;
}

void alm_page_words_free(alm_page_words *words) {
    if (!words) return;
    alm_free(words->items);
    alm_free(words->pool);
    alm_free(words);
}

static bool is_latin(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static bool matches(const word *w, alm_str text, size_t at, uint32_t mask) {
    if (!(w->groups & mask) || w->len > text.len - at) return false;
    size_t last = w->len - 1; /* words of one bucket mostly share their first character */
    return text.ptr[at + last] == w->ptr[last] && memcmp(text.ptr + at, w->ptr, w->len) == 0;
}

bool alm_words_at(const alm_page_words *words, alm_str text, size_t at, uint32_t mask, alm_word_hit *hit) {
    uint32_t bucket = bucket_of(text.ptr + at, text.len - at);
    if (!(groups_at(words, text.ptr + at, text.len - at, bucket) & mask)) return false;
    for (size_t i = words->first[bucket]; i < words->first[bucket + 1]; i++) {
        const word *w = &words->items[i];
        if (!matches(w, text, at, mask)) continue;
        size_t end = at + w->len;
        if (is_latin(w->ptr[w->len - 1]) && end < text.len && is_latin(text.ptr[end])) continue;
        *hit = (alm_word_hit){at, end, w->groups, w->place};
        return true;
    }
    return false;
}

bool alm_words_find(const alm_page_words *words, alm_str text, size_t from, uint32_t mask, alm_word_hit *hit) {
    for (size_t at = from; at < text.len; at += alm_utf8_len((unsigned char)text.ptr[at])) {
        const char *p = text.ptr + at;
        if (!(groups_at(words, p, text.len - at, bucket_of(p, text.len - at)) & mask)) continue;
        bool inside = at > from && is_latin(text.ptr[at]) && is_latin(text.ptr[at - 1]);
        if (!inside && alm_words_at(words, text, at, mask, hit)) return true;
    }
    return false;
}

static uint32_t groups_of_part(const alm_page_words *words, alm_str part, uint32_t mask) {
    uint32_t bucket = bucket_of(part.ptr, part.len), groups = 0;
    if ((unsigned char)part.ptr[0] >= 0x80) return 0;
    for (size_t i = words->first[bucket]; i < words->first[bucket + 1]; i++) {
        const word *w = &words->items[i];
        bool whole = w->len == part.len || (w->len >= PREFIX_WORD_LEN && w->len < part.len);
        if ((w->groups & mask) && whole && memcmp(part.ptr, w->ptr, w->len) == 0) groups |= w->groups & mask;
    }
    return groups;
}

uint32_t alm_words_in_class(const alm_page_words *words, alm_str name, uint32_t mask) {
    enum { PART_MAX = 32 };
    char part[PART_MAX];
    size_t len = 0;
    uint32_t groups = 0;
    bool was_lower = false;
    for (size_t i = 0; i <= name.len; i++) {
        char c = i < name.len ? name.ptr[i] : ' ';
        bool letter = is_latin(c), upper = letter && c < 'a';
        if (len && (!letter || (upper && was_lower) || len == PART_MAX)) {
            groups |= groups_of_part(words, (alm_str){part, len}, mask);
            len = 0;
        }
        if (letter) part[len++] = (char)(c | 0x20);
        was_lower = letter && !upper;
    }
    return groups;
}
