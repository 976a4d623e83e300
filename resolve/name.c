#include "resolve/name.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "extract/pack_file.h"
#include "extract/page/shadow.h"
#include "extract/rules/pack.h"

enum { MAX_PLACE_CHARS = 4, MIN_SHORT = 6, OPEN = 0xFF08, CLOSE = 0xFF09, TABLES_MAX = 32 << 20 };

struct alm_name_words {
    alm_pack *pack;
    alm_shadow_tables *shadow;
};

alm_status alm_name_words_new(alm_name_words **out, const char *rules_dir, alm_err *err) {
    alm_arena arena;
    alm_arena_init(&arena, TABLES_MAX);
    alm_shadow_files files = {0};
    alm_name_words *words = alm_calloc(1, sizeof *words);
    alm_status status =
        words ? alm_pack_load(&words->pack, rules_dir, NULL, err) : alm_fail(err, ALM_E_NOMEM, "out of memory");
    if (status == ALM_OK) status = alm_pack_read(&files.trad_simp, &arena, rules_dir, "lexicon/trad-simp.tsv", err);
    if (status == ALM_OK) status = alm_pack_read(&files.pinyin, &arena, rules_dir, "lexicon/pinyin.tsv", err);
    if (status == ALM_OK) status = alm_shadow_tables_new(&words->shadow, &files, err);
    alm_arena_release(&arena);
    if (status == ALM_OK)
        *out = words;
    else
        alm_name_words_free(words);
    return status;
}

void alm_name_words_free(alm_name_words *words) {
    if (!words) return;
    alm_shadow_tables_free(words->shadow);
    alm_pack_free(words->pack);
    alm_free(words);
}

/* ---- folding ---- */

static bool is_mask(uint32_t cp) { return cp == '*' || cp == 0xFF0A || cp == 0x00D7 || cp == 0x25CB || cp == 0x3007; }

static bool counts(uint32_t cp) {
    return cp > ' ' && cp != '"' && cp != '\'' && !(cp >= 0x2018 && cp <= 0x201D) && !(cp >= 0x3008 && cp <= 0x3011) &&
           cp != 0x00B7;
}

/* The shadow of a name without quotes and spaces, with brackets. */
static alm_status fold(alm_str *out, bool *masked, alm_arena *arena, const alm_name_words *words, alm_str text,
                       alm_err *err) {
    alm_shadow shadow;
    alm_status status = alm_shadow_make(&shadow, arena, words->shadow, text, err);
    if (status != ALM_OK) return status;
    char *to = alm_arena_alloc(arena, shadow.text.len + 1);
    if (!to) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    size_t len = 0;
    *masked = false;
    for (size_t at = 0; at < shadow.text.len;) {
        uint32_t cp = alm_utf8_next(shadow.text, &at);
        *masked |= is_mask(cp);
        if (cp >= 'A' && cp <= 'Z') cp += 'a' - 'A';
        if (counts(cp)) len += alm_utf8_encode(to + len, cp);
    }
    *out = (alm_str){to, len};
    return ALM_OK;
}

/* ---- places ---- */

static const alm_sense *sense_at(const alm_name_words *words, alm_str text, size_t at, uint16_t class_id, size_t *len) {
    uint32_t sense;
    *len = alm_lexicon_longest(words->pack->scanned, text, at, &sense);
    return *len ? alm_lexicon_sense_of(words->pack->scanned, sense, class_id) : NULL;
}

static const alm_sense *sense_of(const alm_name_words *words, alm_str word, uint16_t class_id) {
    uint32_t sense = alm_lexicon_find(words->pack->scanned, word);
    return sense ? alm_lexicon_sense_of(words->pack->scanned, sense, class_id) : NULL;
}

/* A level of government in one character ("county"), or 0. */
static size_t level_at(const alm_name_words *words, alm_str text, size_t at) {
    size_t len = at < text.len ? alm_utf8_len((unsigned char)text.ptr[at]) : 0;
    if (!len || at + len > text.len) return 0;
    return sense_of(words, alm_str_slice(text, at, at + len), ALM_CLASS_LOCAL) ? len : 0;
}

/* The end of a place that begins at @p at: one that the pack lists, or two to four characters and a level, none of
   them part of a longer word ("supermarket" ends in a level); 0 where there is none. */
static size_t place_end(const alm_name_words *words, alm_str text, size_t at, bool *in_full) {
    size_t len;
    const alm_sense *place = sense_at(words, text, at, ALM_CLASS_PLACE, &len);
    size_t behind = place ? level_at(words, text, at + len) : 0;
    *in_full = !place || behind || alm_str_is_c(place->attrs[1], "full");
    if (place) return at + len + behind;
    size_t end = at;
    for (int chars = 0; chars < MAX_PLACE_CHARS && end < text.len; chars++) {
        size_t level = chars >= 2 ? level_at(words, text, end) : 0;
        sense_at(words, text, end, ALM_CLASS_LOCAL, &len);
        if (level && len == level) return end + level;
        size_t one = alm_utf8_len((unsigned char)text.ptr[end]);
        if (len > one && !sense_at(words, text, end, ALM_CLASS_PLACE, &len)) return 0;
        end += one;
    }
    return 0;
}

/* Places at the front go into name->places; what is left of the name begins at the offset returned. */
static size_t cut_places(alm_name *name, const alm_name_words *words, alm_str text) {
    size_t at = 0;
    while (name->place_count < ALM_NAME_MAX_PLACES) {
        bool in_full;
        size_t end = place_end(words, text, at, &in_full);
        if (!end || text.len - end < MIN_SHORT) break;
        name->placed |= in_full;
        name->places[name->place_count++] = alm_str_slice(text, at, end);
        at = end;
    }
    return at;
}

bool alm_place_is_same(alm_str a, alm_str b) { return alm_str_starts(a, b) || alm_str_starts(b, a); }

/* ---- cutting ---- */

/* Brackets go; a place in them is kept as a place. */
static alm_str without_brackets(alm_name *name, alm_arena *arena, const alm_name_words *words, alm_str text) {
    char *to = alm_arena_alloc(arena, text.len + 1);
    if (!to) return (alm_str){0};
    size_t len = 0, inside = SIZE_MAX;
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        uint32_t cp = alm_utf8_next(text, &at);
        if (cp == OPEN) {
            inside = at;
        } else if (cp == CLOSE && inside != SIZE_MAX) {
            alm_str part = alm_str_slice(text, inside, before);
            if (name->place_count < ALM_NAME_MAX_PLACES && sense_of(words, part, ALM_CLASS_PLACE))
                name->places[name->place_count++] = part;
            inside = SIZE_MAX;
        } else if (inside == SIZE_MAX && cp != CLOSE) {
            memcpy(to + len, text.ptr + before, at - before);
            len += at - before;
        }
    }
    return len ? (alm_str){to, len} : text;
}

/* The longest ending of @p text that the pack lists, at or after byte @p from. */
static void cut_ending(alm_name *name, const alm_name_words *words, alm_str text, size_t from) {
    name->core = alm_str_slice(text, from, text.len);
    for (size_t at = from; at < text.len; at += alm_utf8_len((unsigned char)text.ptr[at])) {
        const alm_sense *ending = sense_of(words, alm_str_slice(text, at, text.len), ALM_CLASS_ORG_SUFFIX);
        if (!ending) continue;
        name->ending = alm_str_slice(text, at, text.len);
        name->kind = ending->attrs[0];
        if (at > from) name->core = alm_str_slice(text, from, at);
        return;
    }
}

alm_status alm_name_of_organisation(alm_name *out, alm_arena *arena, const alm_name_words *words, alm_str text,
                                    alm_err *err) {
    alm_name name = {0};
    alm_str folded;
    alm_status status = fold(&folded, &name.masked, arena, words, text, err);
    if (status != ALM_OK) return status;
    name.text = without_brackets(&name, arena, words, folded);
    if (!name.text.ptr) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    uint8_t in_brackets = name.place_count;
    size_t from = cut_places(&name, words, name.text);
    /* "county" behind a place is that place's; at the front it is whichever county the page is about */
    size_t level = from == 0 && !in_brackets ? level_at(words, name.text, 0) : 0, word;
    sense_at(words, name.text, 0, ALM_CLASS_LOCAL, &word);
    name.local = level && name.text.len - level >= MIN_SHORT && word <= level + 3 * MIN_SHORT;
    cut_ending(&name, words, name.text, name.local ? level : from);
    *out = name;
    return ALM_OK;
}

alm_status alm_name_of_person(alm_name *out, alm_arena *arena, const alm_name_words *words, alm_str text,
                              alm_err *err) {
    alm_name name = {0};
    alm_status status = fold(&name.text, &name.masked, arena, words, text, err);
    if (status != ALM_OK) return status;
    name.core = name.text;
    *out = name;
    return ALM_OK;
}

alm_status alm_name_localise(alm_name *name, alm_arena *arena, const alm_name_words *words, alm_str place,
                             alm_err *err) {
    size_t level = name->local ? alm_utf8_len((unsigned char)name->text.ptr[0]) : 0;
    if (!level || !alm_str_ends(place, alm_str_slice(name->text, 0, level))) return ALM_OK;
    size_t rest = name->text.len - level;
    char *full = alm_arena_alloc(arena, place.len + rest + 1);
    if (!full) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    memcpy(full, place.ptr, place.len);
    memcpy(full + place.len, name->text.ptr + level, rest);
    return alm_name_of_organisation(name, arena, words, (alm_str){full, place.len + rest}, err);
}

/* ---- comparing ---- */

/* Every character of @p brief in @p full, in order, the first two side by side. Short names are a few characters. */
static bool is_short_for(alm_str brief, alm_str full) {
    size_t b = 0, f = 0, matched = 0, last = SIZE_MAX;
    while (b < brief.len) {
        uint32_t want = alm_utf8_next(brief, &b);
        bool found = false;
        while (f < full.len && !found) {
            size_t at = f;
            found = alm_utf8_next(full, &f) == want;
            if (found && matched == 1 && at != last) return is_short_for(brief, alm_str_slice(full, last, full.len));
            if (found) last = f;
        }
        if (!found) return false;
        matched++;
    }
    return true;
}

/* Two places of one level, not the same. The level is the last character; a short form has none. */
static bool are_two_places(alm_str a, alm_str b) {
    if (alm_place_is_same(a, b) || a.len < 3 || b.len < 3) return false;
    return memcmp(a.ptr + a.len - 3, b.ptr + b.len - 3, 3) == 0;
}

/* They name two places of one level, or no place of one is a place of the other; of bodies that are no company the last
   place says whose they are. */
static bool is_elsewhere(const alm_name *a, const alm_name *b) {
    if (!a->place_count || !b->place_count) return false;
    bool shared = false;
    for (uint8_t i = 0; i < a->place_count; i++)
        for (uint8_t k = 0; k < b->place_count; k++) {
            if (are_two_places(a->places[i], b->places[k])) return true;
            shared |= alm_place_is_same(a->places[i], b->places[k]);
        }
    if (alm_str_is_c(a->kind, "company") && alm_str_is_c(b->kind, "company")) return !shared;
    return !alm_place_is_same(a->places[a->place_count - 1], b->places[b->place_count - 1]);
}

static bool endings_agree(alm_str a, alm_str b) {
    return a.len == 0 || b.len == 0 || is_short_for(a, b) || is_short_for(b, a);
}

static bool kinds_agree(const alm_name *a, const alm_name *b) {
    return !a->kind.len || !b->kind.len || alm_str_is(a->kind, b->kind);
}

/* A short form keeps characters of the core, not only of place and ending. */
static bool is_brief(const alm_name *brief, const alm_name *full) {
    if (brief->core.len < MIN_SHORT || brief->text.len < MIN_SHORT || !kinds_agree(brief, full)) return false;
    if (!is_short_for(brief->text, full->text)) return false;
    alm_str tail = brief->core;
    /* a place that the pack does not know stands at the front of the short form */
    for (uint8_t i = 0; i < full->place_count; i++)
        for (size_t len = full->places[i].len; len >= MIN_SHORT; len -= 3)
            if (alm_str_starts(tail, alm_str_slice(full->places[i], 0, len))) {
                tail = alm_str_slice(tail, len, tail.len);
                break;
            }
    return tail.len > 0 || brief->ending.len > 0;
}

alm_likeness alm_name_compare(const alm_name *a, const alm_name *b) {
    if (alm_str_is(a->text, b->text)) return ALM_LIKE_SAME;
    bool elsewhere = is_elsewhere(a, b);
    if (alm_str_is(a->core, b->core) && endings_agree(a->ending, b->ending))
        return elsewhere ? ALM_LIKE_ELSEWHERE : ALM_LIKE_CORE;
    if (elsewhere || a->local || b->local) return ALM_LIKE_NOTHING;
    const alm_name *brief = a->text.len < b->text.len ? a : b, *full = brief == a ? b : a;
    return is_brief(brief, full) ? ALM_LIKE_SHORT : ALM_LIKE_NOTHING;
}

/* The characters that are not starred out agree, from the front. */
static bool masks(const alm_name *masked, const alm_name *plain) {
    size_t m = 0, p = 0;
    while (m < masked->text.len && p < plain->text.len) {
        uint32_t x = alm_utf8_next(masked->text, &m), y = alm_utf8_next(plain->text, &p);
        if (!is_mask(x) && x != y) return false;
    }
    return true;
}

alm_likeness alm_person_compare(const alm_name *a, const alm_name *b) {
    if (a->masked || b->masked) return masks(a, b) || masks(b, a) ? ALM_LIKE_MASKED : ALM_LIKE_NOTHING;
    if (alm_str_is(a->text, b->text)) return ALM_LIKE_SAME;
    const alm_name *brief = a->text.len < b->text.len ? a : b, *full = brief == a ? b : a;
    bool part = brief->text.len >= MIN_SHORT &&
                (alm_str_starts(full->text, brief->text) || alm_str_ends(full->text, brief->text));
    return part ? ALM_LIKE_SHORT : ALM_LIKE_NOTHING;
}
