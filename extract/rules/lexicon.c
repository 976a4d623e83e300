#include "extract/rules/lexicon.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"

/*
 * A trie by code point. The edges of all nodes stand in one open-addressing table keyed by (node, code point), so that
 * a step is one probe and building is linear. A bit table over the Basic Multilingual Plane tells which code points
 * start a word at all: most characters of running text do not get as far as the table. Beside each node stand 32 bits
 * that tell which edges it cannot have, since most walks end where a word does.
 *
 * Frozen, the nodes stand in breadth-first order, the children of each side by side and in the order of their code
 * points, and the code points by themselves, so that a step touches one line of memory or two; the table of edges is
 * too large for the cache.
 */
typedef struct edge {
    uint32_t node, cp; /* key; node is stored + 1, 0 = free */
    uint32_t child;
} edge;

typedef struct trie_node {
    uint32_t sense;  /* first sense + 1 */
    uint32_t follow; /* by follow_bit of their code points: edges that there may be */
} trie_node;

typedef struct frozen_node {
    uint32_t sense;  /* as trie_node */
    uint32_t follow; /* as trie_node */
    uint32_t first;  /* its first child; they end where those of the next node begin */
} frozen_node;

/* What a chain of senses is searched by. */
typedef struct sense_key {
    uint32_t next;
    uint16_t class_id;
} sense_key;

struct alm_lexicon {
    frozen_node *frozen;     /* NULL while words may come */
    uint32_t *frozen_cps;    /* by frozen node: the code point of the edge that leads there */
    sense_key *keys;         /* by sense, once frozen */
    uint16_t roots[0x10000]; /* by code point: the frozen child of the root, 0 = none */
    edge *edges;
    size_t edge_count, edge_cap; /* cap is a power of two */
    trie_node *nodes;
    size_t node_count, node_cap;
    alm_sense *senses;
    size_t sense_count, sense_cap;
    size_t word_count;
    uint64_t starts[0x10000 / 64];
};

enum { MAX_NODES = 1 << 24 };

static size_t slot_of(uint32_t node, uint32_t cp, size_t cap) {
    uint64_t key = ((uint64_t)node << 21 | cp) * 0x9E3779B97F4A7C15u;
    return (size_t)(key >> 20) & (cap - 1);
}

static uint32_t follow_bit(uint32_t cp) { return UINT32_C(1) << (cp * 0x9E3779B1u >> 27); }

static uint32_t child_of(const alm_lexicon *lexicon, uint32_t from, uint32_t cp) {
    if (!(lexicon->nodes[from].follow & follow_bit(cp))) return 0;
    for (size_t i = slot_of(from, cp, lexicon->edge_cap);; i = (i + 1) & (lexicon->edge_cap - 1)) {
        const edge *e = &lexicon->edges[i];
        if (e->node == 0) return 0;
        if (e->node == from + 1 && e->cp == cp) return e->child;
    }
}

static void edge_put(edge *edges, size_t cap, edge e) {
    size_t i = slot_of(e.node - 1, e.cp, cap);
    while (edges[i].node) i = (i + 1) & (cap - 1);
    edges[i] = e;
}

static alm_status edges_grow(alm_lexicon *lexicon) {
    if (lexicon->edge_count * 2 < lexicon->edge_cap) return ALM_OK;
    size_t cap = lexicon->edge_cap ? lexicon->edge_cap * 2 : 1 << 16;
    edge *edges = alm_calloc(cap, sizeof *edges);
    if (!edges) return ALM_E_NOMEM;
    for (size_t i = 0; i < lexicon->edge_cap; i++)
        if (lexicon->edges[i].node) edge_put(edges, cap, lexicon->edges[i]);
    alm_free(lexicon->edges);
    lexicon->edges = edges;
    lexicon->edge_cap = cap;
    return ALM_OK;
}

static alm_status node_add(alm_lexicon *lexicon, uint32_t *out) {
    void *nodes = lexicon->nodes;
    alm_status status = alm_grow(&nodes, &lexicon->node_cap, lexicon->node_count, sizeof(trie_node), MAX_NODES);
    lexicon->nodes = nodes;
    if (status != ALM_OK) return status;
    lexicon->nodes[lexicon->node_count] = (trie_node){0};
    *out = (uint32_t)lexicon->node_count++;
    return ALM_OK;
}

alm_lexicon *alm_lexicon_new(void) {
    alm_lexicon *lexicon = alm_calloc(1, sizeof *lexicon);
    uint32_t root;
    if (lexicon && node_add(lexicon, &root) != ALM_OK) {
        alm_free(lexicon);
        return NULL;
    }
    return lexicon;
}

static void thaw(alm_lexicon *lexicon) {
    alm_free(lexicon->frozen);
    alm_free(lexicon->frozen_cps);
    alm_free(lexicon->keys);
    lexicon->frozen = NULL;
    lexicon->frozen_cps = NULL;
    lexicon->keys = NULL;
}

void alm_lexicon_free(alm_lexicon *lexicon) {
    if (!lexicon) return;
    thaw(lexicon);
    alm_free(lexicon->edges);
    alm_free(lexicon->nodes);
    alm_free(lexicon->senses);
    alm_free(lexicon);
}

static alm_status child_make(alm_lexicon *lexicon, uint32_t from, uint32_t cp, uint32_t *out) {
    uint32_t child = child_of(lexicon, from, cp);
    if (child == 0) {
        alm_status status = edges_grow(lexicon);
        if (status == ALM_OK) status = node_add(lexicon, &child);
        if (status != ALM_OK) return status;
        edge_put(lexicon->edges, lexicon->edge_cap, (edge){from + 1, cp, child});
        lexicon->nodes[from].follow |= follow_bit(cp);
        lexicon->edge_count++;
    }
    *out = child;
    return ALM_OK;
}

/* The link that points to the sense of class @p class_id, or the last one, which points to none. */
static uint32_t *link_of(alm_lexicon *lexicon, uint32_t at, uint16_t class_id) {
    uint32_t *link = &lexicon->nodes[at].sense;
    while (*link && lexicon->senses[*link - 1].class_id != class_id) link = &lexicon->senses[*link - 1].next;
    return link;
}

static alm_status sense_put(alm_lexicon *lexicon, uint32_t at, alm_str word, const alm_sense *sense) {
    void *senses = lexicon->senses;
    alm_status status = alm_grow(&senses, &lexicon->sense_cap, lexicon->sense_count, sizeof(alm_sense), MAX_NODES);
    lexicon->senses = senses;
    if (status != ALM_OK) return status;
    uint32_t *link = link_of(lexicon, at, sense->class_id);
    bool again = *link && lexicon->senses[*link - 1].layer == sense->layer;
    if (lexicon->nodes[at].sense == 0) lexicon->word_count++;
    if (*link) {
        lexicon->senses[*link - 1].dead = again;
        *link = lexicon->senses[*link - 1].next;
    }
    if (!again) { /* else the new one takes its place */
        link = &lexicon->nodes[at].sense;
        while (*link && lexicon->senses[*link - 1].layer >= sense->layer) link = &lexicon->senses[*link - 1].next;
    }
    lexicon->senses[lexicon->sense_count] = *sense;
    lexicon->senses[lexicon->sense_count].word = word;
    lexicon->senses[lexicon->sense_count].next = *link;
    *link = (uint32_t)++lexicon->sense_count;
    return ALM_OK;
}

alm_status alm_lexicon_add(alm_lexicon *lexicon, alm_str word, const alm_sense *sense) {
    if (word.len == 0 || word.len > ALM_LEXICON_MAX_WORD) return ALM_E_INVALID;
    thaw(lexicon);
    uint32_t node = 0;
    for (size_t at = 0; at < word.len;) {
        uint32_t cp = alm_utf8_next(word, &at);
        if (node == 0 && cp < 0x10000) lexicon->starts[cp / 64] |= UINT64_C(1) << (cp % 64);
        alm_status status = child_make(lexicon, node, cp, &node);
        if (status != ALM_OK) return status;
    }
    return sense_put(lexicon, node, word, sense);
}

static uint32_t node_of(const alm_lexicon *lexicon, alm_str word) {
    uint32_t node = 0;
    for (size_t at = 0; at < word.len;) {
        node = child_of(lexicon, node, alm_utf8_next(word, &at));
        if (node == 0) return 0;
    }
    return node;
}

bool alm_lexicon_remove(alm_lexicon *lexicon, alm_str word, uint16_t class_id) {
    uint32_t node = node_of(lexicon, word);
    if (node == 0) return false;
    uint32_t *link = link_of(lexicon, node, class_id);
    if (*link == 0) return false;
    thaw(lexicon);
    *link = lexicon->senses[*link - 1].next;
    if (lexicon->nodes[node].sense == 0) lexicon->word_count--;
    return true;
}

/* ---- frozen ---- */

typedef struct child {
    uint32_t cp, node;
} child;

/* The edges by the node that they leave; node k's are [begin[k + 1], begin[k + 2]). */
static void sort_children(const alm_lexicon *lexicon, uint32_t *begin, child *children) {
    for (size_t i = 0; i < lexicon->edge_cap; i++)
        if (lexicon->edges[i].node) begin[lexicon->edges[i].node]++; /* the node is stored + 1 */
    for (size_t k = 1; k <= lexicon->node_count; k++) begin[k] += begin[k - 1];
    for (size_t i = lexicon->edge_cap; i-- > 0;) {
        const edge *e = &lexicon->edges[i];
        if (!e->node) continue;
        children[--begin[e->node]] = (child){e->cp, e->child};
    }
    begin[lexicon->node_count + 1] = (uint32_t)lexicon->edge_count;
}

static int by_cp(const void *a, const void *b) {
    const child *x = a, *y = b;
    return (x->cp > y->cp) - (x->cp < y->cp);
}

static void lay_out(alm_lexicon *lexicon, const uint32_t *begin, child *children, uint32_t *order) {
    uint32_t filled = 1;
    order[0] = 0;
    for (uint32_t k = 0; k < lexicon->node_count; k++) {
        uint32_t node = order[k], first = begin[node + 1], last = begin[node + 2];

        lexicon->frozen[k].sense = lexicon->nodes[node].sense;
        lexicon->frozen[k].follow = lexicon->nodes[node].follow;
        lexicon->frozen[k].first = filled;
        if (last - first > 1) qsort(children + first, last - first, sizeof *children, by_cp);
        for (uint32_t i = first; i < last; i++) {
            order[filled] = children[i].node;
            lexicon->frozen_cps[filled++] = children[i].cp;
        }
    }
    lexicon->frozen[lexicon->node_count].first = filled;
}

alm_status alm_lexicon_freeze(alm_lexicon *lexicon) {
    size_t nodes = lexicon->node_count;
    if (lexicon->frozen) return ALM_OK;
    uint32_t *begin = alm_calloc(nodes + 2, sizeof *begin), *order = alm_calloc(nodes, sizeof *order);
    child *children = alm_calloc(lexicon->edge_count + 1, sizeof *children);
    lexicon->frozen = alm_calloc(nodes + 1, sizeof *lexicon->frozen);
    lexicon->frozen_cps = alm_calloc(nodes + 1, sizeof *lexicon->frozen_cps);
    lexicon->keys = alm_calloc(lexicon->sense_count + 1, sizeof *lexicon->keys);
    bool ok = begin && order && children && lexicon->frozen && lexicon->frozen_cps && lexicon->keys;
    if (ok) {
        sort_children(lexicon, begin, children);
        lay_out(lexicon, begin, children, order);
        memset(lexicon->roots, 0, sizeof lexicon->roots);
        for (uint32_t i = lexicon->frozen[0].first; i < lexicon->frozen[1].first && i <= UINT16_MAX; i++)
            if (lexicon->frozen_cps[i] < 0x10000) lexicon->roots[lexicon->frozen_cps[i]] = (uint16_t)i;
        for (size_t i = 0; i < lexicon->sense_count; i++)
            lexicon->keys[i] = (sense_key){lexicon->senses[i].next, lexicon->senses[i].class_id};
    } else {
        thaw(lexicon);
    }
    alm_free(begin);
    alm_free(order);
    alm_free(children);
    return ok ? ALM_OK : ALM_E_NOMEM;
}

static uint32_t search(const uint32_t *cps, uint32_t low, uint32_t high, uint32_t cp) {
    while (high - low > 8) {
        uint32_t middle = low + (high - low) / 2;
        if (cps[middle] <= cp)
            low = middle;
        else
            high = middle;
    }
    while (low < high && cps[low] != cp) low++;
    return low < high ? low : 0;
}

/* child_of on the frozen nodes. */
static uint32_t frozen_child(const alm_lexicon *lexicon, uint32_t from, uint32_t cp) {
    const frozen_node *node = &lexicon->frozen[from];
    if (!(node->follow & follow_bit(cp))) return 0;
    if (from == 0 && cp < 0x10000) return lexicon->roots[cp];
    return search(lexicon->frozen_cps, node->first, node[1].first, cp);
}

static uint32_t step(const alm_lexicon *lexicon, uint32_t from, uint32_t cp) {
    return lexicon->frozen ? frozen_child(lexicon, from, cp) : child_of(lexicon, from, cp);
}

static uint32_t sense_at(const alm_lexicon *lexicon, uint32_t node) {
    return lexicon->frozen ? lexicon->frozen[node].sense : lexicon->nodes[node].sense;
}

size_t alm_lexicon_longest(const alm_lexicon *lexicon, alm_str text, size_t at, uint32_t *sense) {
    size_t begin = at, longest = 0;
    uint32_t cp = alm_utf8_next(text, &at);
    if (cp < 0x10000 && !(lexicon->starts[cp / 64] >> (cp % 64) & 1)) return 0;
    for (uint32_t node = step(lexicon, 0, cp); node; node = step(lexicon, node, cp)) {
        uint32_t here = sense_at(lexicon, node);
        if (here) {
            longest = at - begin;
            *sense = here;
        }
        if (at >= text.len) break;
        cp = alm_utf8_next(text, &at);
    }
    return longest;
}

uint32_t alm_lexicon_find(const alm_lexicon *lexicon, alm_str word) {
    uint32_t node = 0;
    for (size_t at = 0; at < word.len;) {
        node = step(lexicon, node, alm_utf8_next(word, &at));
        if (node == 0) return 0;
    }
    return node ? sense_at(lexicon, node) : 0;
}

const alm_sense *alm_lexicon_sense(const alm_lexicon *lexicon, uint32_t sense) { return &lexicon->senses[sense - 1]; }

const alm_sense *alm_lexicon_sense_of(const alm_lexicon *lexicon, uint32_t sense, uint16_t class_id) {
    if (lexicon->keys) {
        while (sense && lexicon->keys[sense - 1].class_id != class_id) sense = lexicon->keys[sense - 1].next;
        return sense ? &lexicon->senses[sense - 1] : NULL;
    }
    for (; sense; sense = lexicon->senses[sense - 1].next)
        if (lexicon->senses[sense - 1].class_id == class_id) return &lexicon->senses[sense - 1];
    return NULL;
}

size_t alm_lexicon_sense_count(const alm_lexicon *lexicon) { return lexicon->sense_count; }

size_t alm_lexicon_count(const alm_lexicon *lexicon) { return lexicon->word_count; }
