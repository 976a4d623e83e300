#include "store/corrections.h"

#include <stdlib.h>

enum { KEY_PARTS = 3 };

/* What must agree in a pass. {0} in a part that counts: this donation has no key. */
typedef struct keyed {
    alm_str parts[KEY_PARTS];
    size_t index;
} keyed;

typedef enum pass { SAME_UID, SAME_BUT_RECIPIENTS, SAME_BUT_GIFT, SAME_BUT_DONOR, SAME_DONOR, PASS_COUNT } pass;

static bool fill_key(keyed *key, pass p, alm_str uid, alm_str donor, alm_str cash, alm_str goods, alm_str recipients) {
    switch (p) {
    case SAME_UID: *key = (keyed){{uid}, 0}; return true;
    case SAME_BUT_RECIPIENTS: *key = (keyed){{donor, cash, goods}, 0}; return donor.ptr && (cash.ptr || goods.ptr);
    case SAME_BUT_GIFT: *key = (keyed){{donor, recipients}, 0}; return donor.ptr && recipients.ptr;
    case SAME_BUT_DONOR: *key = (keyed){{cash, goods, recipients}, 0}; return recipients.ptr && (cash.ptr || goods.ptr);
    default: *key = (keyed){{donor}, 0}; return donor.ptr;
    }
}

static int compare_keys(const keyed *a, const keyed *b) {
    int order = 0;
    for (int i = 0; i < KEY_PARTS && order == 0; i++) order = alm_str_compare(a->parts[i], b->parts[i]);
    return order;
}

static int compare(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    int order = compare_keys(x, y);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

typedef struct matcher {
    const alm_told_donation *told;
    const alm_known_donation *known;
    bool *is_new, *is_lost; /* still to be matched */
    size_t told_count, known_count;
    keyed *told_keys, *known_keys;
    int64_t *replaces;
} matcher;

static void match(matcher *m, pass p) {
    size_t told = 0, known = 0;
    for (size_t i = 0; i < m->told_count; i++) {
        const alm_str *f = m->told[i].fields;
        if (m->is_new[i] && fill_key(&m->told_keys[told], p, m->told[i].uid, f[ALM_TOLD_DONOR], f[ALM_TOLD_CASH_AMOUNT],
                                     f[ALM_TOLD_GOODS], f[ALM_TOLD_RECIPIENTS]))
            m->told_keys[told++].index = i;
    }
    for (size_t i = 0; i < m->known_count; i++) {
        const alm_known_donation *d = &m->known[i];
        if (m->is_lost[i] &&
            fill_key(&m->known_keys[known], p, d->uid, d->donor, d->cash_amount, d->goods, d->recipients))
            m->known_keys[known++].index = i;
    }
    qsort(m->told_keys, told, sizeof *m->told_keys, compare);
    qsort(m->known_keys, known, sizeof *m->known_keys, compare);
    for (size_t i = 0, k = 0; i < told && k < known;) {
        int order = compare_keys(&m->told_keys[i], &m->known_keys[k]);
        if (order == 0) {
            size_t new_one = m->told_keys[i].index, lost_one = m->known_keys[k].index;
            m->replaces[new_one] = m->known[lost_one].donation_id;
            m->is_new[new_one] = m->is_lost[lost_one] = false;
        }
        i += order <= 0;
        k += order >= 0;
    }
}

alm_status alm_corrections_find(int64_t *replaces, alm_arena *arena, const alm_told_donation *told, const bool *is_new,
                                size_t count, const alm_known_page *known, const bool *is_lost) {
    matcher m = {.told = told,
                 .known = known->donations,
                 .told_count = count,
                 .known_count = known->donation_count,
                 .replaces = replaces};
    m.is_new = alm_arena_calloc(arena, count + 1, sizeof *m.is_new);
    m.is_lost = alm_arena_calloc(arena, m.known_count + 1, sizeof *m.is_lost);
    m.told_keys = alm_arena_calloc(arena, count + 1, sizeof *m.told_keys);
    m.known_keys = alm_arena_calloc(arena, m.known_count + 1, sizeof *m.known_keys);
    if (!m.is_new || !m.is_lost || !m.told_keys || !m.known_keys) return ALM_E_NOMEM;
    if (count) memcpy(m.is_new, is_new, count * sizeof *is_new);
    if (m.known_count) memcpy(m.is_lost, is_lost, m.known_count * sizeof *is_lost);
    for (int p = 0; p < PASS_COUNT; p++) match(&m, (pass)p);
    return ALM_OK;
}
