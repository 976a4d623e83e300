/*
 * Names of people. Chinese names have no mark of their own, so each candidate is scored by its form (surname,
 * characters usual in given names) and by what stands on both sides; only what scores high enough is a name. A name
 * that was found once is then found again elsewhere in the document with less help from its neighbours.
 */
#include "extract/mention/mention.h"
#include "extract/mention/person.h"
#include "extract/mention/walk.h"

enum {
    ACCEPT = 70,
    ACCEPT_FIRST = 92, /* names this sure are taken before any other, so that no half of one is */
    ACCEPT_AGAIN = 76  /* names this sure are looked for in the whole document */
};

/* A candidate that alone is not sure enough. */
typedef struct doubtful {
    alm_str name;
    uint32_t after; /* what the next token is */
    uint16_t next;  /* in its bucket, + 1; 0 = none */
} doubtful;

typedef struct finder {
    alm_folded *folded;
    alm_known_names known;
    size_t again; /* how many of these were looked for in the whole text */
    doubtful doubtful[ALM_MAX_KNOWN_NAMES];
    uint16_t doubtful_bucket[256];
    size_t doubtful_count;
    uint32_t *open; /* bytes where a name may begin that is not sure, in order */
    size_t open_count;
} finder;

alm_status alm_person_fold(alm_folded *folded, alm_candidate c) {
    uint32_t start = folded->tokens[c.first].start, end = folded->tokens[c.last - 1].end;
    alm_mention person = {.class_id = ALM_CLASS_PERSON,
                          .start = start,
                          .end = end,
                          .name = alm_str_slice(folded->text, start, end),
                          .strength = (uint8_t)(c.score > 99 ? 99 : c.score),
                          .rule = alm_str_of(c.rule)};
    uint32_t mention;
    alm_status status = alm_mention_add(folded, &person, &mention);
    return status == ALM_OK ? alm_fold(folded, c.first, c.last, mention) : status;
}

static alm_status fold_person(finder *f, alm_candidate c) {
    const alm_folded *folded = f->folded;
    alm_str name = alm_str_slice(folded->text, folded->tokens[c.first].start, folded->tokens[c.last - 1].end);
    if (c.score >= ACCEPT_AGAIN && name.len > 5) alm_known_names_add(&f->known, name);
    return alm_person_fold(f->folded, c);
}

static alm_status find_dotted(finder *f) {
    alm_folded *folded = f->folded;
    for (uint32_t i = 1; i + 1 < folded->count; i++) {
        if (!alm_foreign_is_dot(folded, i)) continue;
        alm_candidate c = alm_foreign_dotted(folded, i);
        if (c.score < ACCEPT) continue;
        alm_status status = fold_person(f, c);
        if (status != ALM_OK) return status;
        i = c.last - 1;
    }
    return alm_fold_close(folded);
}

/* A name that is doubtful each time is sure where it stands before different words. */
static void note_doubtful(finder *f, alm_candidate c) {
    const alm_folded *folded = f->folded;
    alm_str name = alm_str_slice(folded->text, folded->tokens[c.first].start, folded->tokens[c.last - 1].end);
    uint32_t after = c.last < folded->count ? folded->tokens[c.last].cp : 0;
    if (name.len < 6 || f->doubtful_count == ALM_MAX_KNOWN_NAMES) return;
    uint8_t bucket = alm_known_names_bucket(name);
    for (uint16_t k = f->doubtful_bucket[bucket]; k; k = f->doubtful[k - 1].next) {
        if (!alm_str_is(f->doubtful[k - 1].name, name)) continue;
        if (f->doubtful[k - 1].after != after) alm_known_names_add(&f->known, name);
        return;
    }
    f->doubtful[f->doubtful_count] = (doubtful){name, after, f->doubtful_bucket[bucket]};
    f->doubtful_bucket[bucket] = (uint16_t)++f->doubtful_count;
}

/* Nothing of the name can be left out behind @p last: a mark, or a word of more than one character. */
static bool is_bounded(const alm_folded *folded, uint32_t last) {
    return last >= folded->count || folded->tokens[last].class_id != ALM_CLASS_TEXT ||
           !alm_is_han(folded->tokens[last].cp);
}

/* The sure ones whose end is sure, too; where others may begin is remembered. */
static alm_status find_sure(finder *f) {
    alm_folded *folded = f->folded;
    f->open = alm_arena_alloc(folded->arena, (folded->count + 1) * sizeof *f->open);
    if (!f->open) return ALM_E_NOMEM;
    alm_status status = ALM_OK;
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        alm_candidate c = alm_person_best_at(folded, i);
        if (c.score >= ACCEPT_FIRST && is_bounded(folded, c.last)) {
            i = c.last - 1;
            status = fold_person(f, c);
        } else if (c.score >= ALM_PERSON_LIKELY || alm_person_may_be_listed(folded, i)) {
            f->open[f->open_count++] = folded->tokens[i].start;
        }
    }
    return status == ALM_OK ? alm_fold_close(folded) : status;
}

/* The others: a neighbour that is a name by now makes none likely that was not nearly so before. */
static alm_status find_rest(finder *f, int accept) {
    alm_folded *folded = f->folded;
    alm_status status = ALM_OK;
    size_t next = 0;
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++) {
        while (next < f->open_count && f->open[next] < folded->tokens[i].start) next++;
        if (next == f->open_count) break;
        if (f->open[next] != folded->tokens[i].start) continue;
        alm_candidate c = alm_person_best_at(folded, i);
        if (c.score >= accept) {
            i = c.last - 1;
            status = fold_person(f, c);
        } else if (c.score >= ALM_PERSON_LIKELY && accept == ACCEPT) {
            note_doubtful(f, c);
        }
    }
    return status == ALM_OK ? alm_fold_close(folded) : status;
}

/* Its long arrays are not cleared: they are read as far as they were written. */
static finder *finder_new(alm_folded *folded) {
    finder *f = alm_arena_alloc(folded->arena, sizeof *f);
    if (!f) return NULL;
    f->folded = folded;
    f->known.count = f->doubtful_count = f->open_count = f->again = 0;
    memset(f->doubtful_bucket, 0, sizeof f->doubtful_bucket);
    return f;
}

alm_status alm_foreign_people_find(alm_folded *folded, alm_err *err) {
    finder *f = finder_new(folded);
    if (!f) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_status status = find_dotted(f);
    return status == ALM_OK ? ALM_OK : alm_fail(err, status, "cannot fold foreign names: %s", alm_status_name(status));
}

/* The names that were found since the last time, wherever the text spells them. */
static alm_status find_again(finder *f) {
    size_t from = f->again;
    f->again = f->known.count;
    return f->again > from ? alm_known_names_find(&f->known, f->folded, from) : ALM_OK;
}

alm_status alm_people_find(alm_folded *folded, alm_err *err) {
    finder *f = finder_new(folded);
    if (!f) return alm_fail(err, ALM_E_NOMEM, "out of memory");
    alm_status status = alm_person_take_apart(folded);
    if (status == ALM_OK) status = find_sure(f);
    if (status == ALM_OK) status = find_again(f);
    if (status == ALM_OK) status = find_rest(f, ACCEPT_FIRST);
    if (status == ALM_OK) status = find_again(f);
    if (status == ALM_OK) status = find_rest(f, ACCEPT);
    if (status == ALM_OK) status = find_again(f);
    for (uint32_t i = 0; status == ALM_OK && i < folded->count; i++)
        if (folded->tokens[i].class_id == ALM_CLASS_NAME_PART) alm_walk_release(folded, i);
    return status == ALM_OK ? ALM_OK
                            : alm_fail(err, status, "cannot fold names of people: %s", alm_status_name(status));
}
