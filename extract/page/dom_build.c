#include "extract/page/dom_priv.h"

enum { OTHER_REACH = 16 }; /**< how far up the end tag of an element without a number looks for its start */

static alm_node *top(const alm_dom_builder *b) { return &b->dom->nodes[b->stack[b->depth - 1]]; }

static uint32_t add_node(alm_dom_builder *b, alm_tag tag, uint32_t parent) {
    alm_dom *dom = b->dom;
    if (b->status != ALM_OK || b->full) return ALM_DOM_NONE;
    if (dom->count >= ALM_DOM_NODE_MAX) {
        b->full = true;
        return ALM_DOM_NONE;
    }
    b->status = alm_arena_grow(b->arena, (void **)&dom->nodes, &b->node_cap, dom->count, sizeof *dom->nodes);
    if (b->status != ALM_OK) return ALM_DOM_NONE;
    uint32_t index = dom->count++;
    dom->nodes[index] = (alm_node){.tag = (uint16_t)tag, .parent = parent, .end = index + 1};
    return index;
}

static void push(alm_dom_builder *b, uint32_t node) {
    b->stack[b->depth++] = node;
    b->open[b->dom->nodes[node].tag]++;
}

static void pop_to(alm_dom_builder *b, uint32_t depth) {
    while (b->depth > depth && b->depth > 1) {
        alm_node *node = top(b);
        node->end = b->dom->count;
        b->open[node->tag]--;
        b->depth--;
    }
}

void alm_dom_builder_init(alm_dom_builder *b, alm_dom *dom, alm_arena *arena, size_t html_len) {
    memset(b, 0, sizeof *b);
    memset(dom, 0, sizeof *dom);
    b->arena = arena;
    b->dom = dom;
    dom->head = dom->body = ALM_DOM_NONE;
    size_t nodes = html_len / 24 + 64; /* pages that we measured have a node every 25 to 60 bytes */
    if (nodes > 1 << 16) nodes = 1 << 16;
    dom->nodes = alm_arena_alloc(arena, nodes * sizeof *dom->nodes);
    if (dom->nodes) b->node_cap = nodes;
    uint32_t html = add_node(b, ALM_TAG_HTML, ALM_DOM_NONE);
    if (html != ALM_DOM_NONE) push(b, html);
}

void alm_dom_builder_attribute(alm_dom_builder *b, alm_attribute id, alm_str value) {
    if (b->status != ALM_OK) return;
    b->status = alm_arena_grow(b->arena, (void **)&b->dom->attrs, &b->attr_cap, b->attr_count, sizeof(alm_attr));
    if (b->status == ALM_OK) b->dom->attrs[b->attr_count++] = (alm_attr){id, value};
}

/* ---- implied ends: each looks up the stack to a boundary, at most ALM_DOM_DEPTH_MAX steps ---- */

static void close_p(alm_dom_builder *b) {
    if (b->open[ALM_TAG_P] == 0) return;
    for (uint32_t i = b->depth; i-- > 1;) {
        alm_tag tag = alm_dom_tag(b->dom, b->stack[i]);
        b->dom->work++;
        if (tag == ALM_TAG_P) {
            pop_to(b, i);
            return;
        }
        if (alm_tag_has(tag, ALM_TAG_IS_SCOPE)) return;
    }
}

/** li, dd and dt end an open one of their kind, up to the list that holds them. */
static void close_item(alm_dom_builder *b, alm_tag first, alm_tag second) {
    if (b->open[first] + b->open[second] == 0) return;
    for (uint32_t i = b->depth; i-- > 1;) {
        alm_tag tag = alm_dom_tag(b->dom, b->stack[i]);
        b->dom->work++;
        if (tag == first || tag == second) {
            pop_to(b, i);
            return;
        }
        if (alm_tag_has(tag, ALM_TAG_IS_SCOPE | ALM_TAG_IS_SECTION)) return;
    }
}

/** Rows, cells and row groups end the nearest of their kind inside the same table. */
static void close_table_part(alm_dom_builder *b, alm_tag tag) {
    bool cell = tag == ALM_TAG_TD || tag == ALM_TAG_TH, row = tag == ALM_TAG_TR;
    uint32_t found = 0;
    for (uint32_t i = b->depth; i-- > 1;) {
        alm_tag up = alm_dom_tag(b->dom, b->stack[i]);
        b->dom->work++;
        if (up == ALM_TAG_TABLE || up == ALM_TAG_TEMPLATE) break;
        bool is_cell = up == ALM_TAG_TD || up == ALM_TAG_TH || up == ALM_TAG_CAPTION;
        bool is_group = up == ALM_TAG_TBODY || up == ALM_TAG_THEAD || up == ALM_TAG_TFOOT;
        if (cell && (up == ALM_TAG_TR || is_group)) break;
        if (row && is_group) break;
        if (is_cell || (!cell && up == ALM_TAG_TR) || (!cell && !row && is_group)) found = i;
    }
    if (found) pop_to(b, found);
}

static void close_a(alm_dom_builder *b) {
    if (b->open[ALM_TAG_A] == 0) return;
    for (uint32_t i = b->depth; i-- > 1;) {
        alm_tag tag = alm_dom_tag(b->dom, b->stack[i]);
        b->dom->work++;
        if (tag == ALM_TAG_A) {
            pop_to(b, i);
            return;
        }
        if (alm_tag_has(tag, ALM_TAG_IS_BLOCK)) return;
    }
}

/** A block ends an open select, svg or math (HTML Standard 13.2.6.5): one that was left open must not hide the page. */
static void close_foreign(alm_dom_builder *b) {
    if (b->open[ALM_TAG_SELECT] + b->open[ALM_TAG_SVG] + b->open[ALM_TAG_MATH] == 0) return;
    for (uint32_t i = b->depth; i-- > 1;) {
        alm_tag tag = alm_dom_tag(b->dom, b->stack[i]);
        b->dom->work++;
        if (tag == ALM_TAG_SELECT || tag == ALM_TAG_SVG || tag == ALM_TAG_MATH) {
            pop_to(b, i);
            return;
        }
        if (alm_tag_has(tag, ALM_TAG_IS_SCOPE)) return;
    }
}

static void close_implied(alm_dom_builder *b, alm_tag tag) {
    if (alm_tag_has(tag, ALM_TAG_CLOSES_P)) {
        close_foreign(b);
        close_p(b);
    }
    switch (tag) {
    case ALM_TAG_LI: close_item(b, ALM_TAG_LI, ALM_TAG_LI); return;
    case ALM_TAG_DD:
    case ALM_TAG_DT: close_item(b, ALM_TAG_DD, ALM_TAG_DT); return;
    case ALM_TAG_TD:
    case ALM_TAG_TH:
    case ALM_TAG_TR:
    case ALM_TAG_TBODY:
    case ALM_TAG_THEAD:
    case ALM_TAG_TFOOT:
    case ALM_TAG_CAPTION:
        if (b->open[ALM_TAG_TABLE]) close_table_part(b, tag);
        return;
    case ALM_TAG_A: close_a(b); return;
    case ALM_TAG_OPTION:
    case ALM_TAG_OPTGROUP:
        if (top(b)->tag == ALM_TAG_OPTION) pop_to(b, b->depth - 1);
        return;
    default:
        if (alm_tag_has(tag, ALM_TAG_IS_HEADING) && alm_tag_has((alm_tag)top(b)->tag, ALM_TAG_IS_HEADING))
            pop_to(b, b->depth - 1);
    }
}

/* ---- html, head and body stand once each, whatever the page writes ---- */

static uint32_t open_section(alm_dom_builder *b, alm_tag tag) {
    uint32_t node = add_node(b, tag, ALM_DOM_ROOT);
    if (node != ALM_DOM_NONE) push(b, node);
    return node;
}

static void enter_body(alm_dom_builder *b) {
    if (b->dom->body != ALM_DOM_NONE) return;
    pop_to(b, 1);
    b->head_closed = true;
    b->dom->body = open_section(b, ALM_TAG_BODY);
}

static void enter_head(alm_dom_builder *b) {
    if (b->dom->head == ALM_DOM_NONE && !b->head_closed) b->dom->head = open_section(b, ALM_TAG_HEAD);
}

/** html, head and body start tags; true where @p tag is one of them. Attributes go to the element that stands. */
static bool start_section(alm_dom_builder *b, alm_tag tag, uint32_t first_attr) {
    uint32_t node;
    switch (tag) {
    case ALM_TAG_HTML: node = ALM_DOM_ROOT; break;
    case ALM_TAG_HEAD:
        if (b->dom->body == ALM_DOM_NONE) enter_head(b);
        return true;
    case ALM_TAG_BODY:
        enter_body(b);
        node = b->dom->body;
        break;
    default: return false;
    }
    if (node != ALM_DOM_NONE && b->dom->nodes[node].attr_count == 0) {
        b->dom->nodes[node].attr = first_attr;
        b->dom->nodes[node].attr_count = (uint16_t)(b->attr_count - first_attr);
    }
    return true;
}

static void place(alm_dom_builder *b, alm_tag tag) {
    if (b->dom->body != ALM_DOM_NONE) return;
    bool in_head_element = b->depth > 2; /* below an element of the head, such as template */
    if (in_head_element) return;
    if (!alm_tag_has(tag, ALM_TAG_IS_HEAD))
        enter_body(b);
    else if (!b->head_closed)
        enter_head(b);
    else
        enter_body(b);
}

uint32_t alm_dom_builder_start(alm_dom_builder *b, alm_tag tag, alm_str name, uint32_t first_attr, bool self_closed) {
    if (b->status != ALM_OK || start_section(b, tag, first_attr)) return ALM_DOM_NONE;
    place(b, tag);
    close_implied(b, tag);
    if (b->status != ALM_OK) return ALM_DOM_NONE;
    uint32_t node = add_node(b, tag, b->stack[b->depth - 1]);
    if (node == ALM_DOM_NONE) return node;
    alm_node *made = &b->dom->nodes[node];
    made->attr = first_attr;
    made->attr_count = (uint16_t)(b->attr_count - first_attr);
    if (tag == ALM_TAG_OTHER) {
        made->text = name.ptr;
        made->len = (uint32_t)name.len;
    }
    bool leaf = alm_tag_has(tag, ALM_TAG_IS_VOID | ALM_TAG_IS_RAW) || (tag == ALM_TAG_OTHER && self_closed);
    if (leaf) return node;
    if (b->depth == ALM_DOM_DEPTH_MAX) {
        b->deep_starts++;
        b->skipped[tag]++;
        return node;
    }
    push(b, node);
    return node;
}

/* ---- end tags ---- */

/** How far the end tag of @p tag may reach: true where it must not go beyond an open @p up. */
static bool stops_end(alm_tag tag, alm_tag up) {
    switch (tag) {
    case ALM_TAG_TABLE: return false;
    case ALM_TAG_TD:
    case ALM_TAG_TH:
    case ALM_TAG_TR:
    case ALM_TAG_TBODY:
    case ALM_TAG_THEAD:
    case ALM_TAG_TFOOT:
    case ALM_TAG_CAPTION: return up == ALM_TAG_TABLE;
    case ALM_TAG_LI: return up == ALM_TAG_UL || up == ALM_TAG_OL || alm_tag_has(up, ALM_TAG_IS_SCOPE);
    default: break;
    }
    if (alm_tag_has(tag, ALM_TAG_IS_BLOCK | ALM_TAG_IS_SILENT)) return alm_tag_has(up, ALM_TAG_IS_SCOPE);
    return up != ALM_TAG_P && alm_tag_has(up, ALM_TAG_IS_BLOCK); /* inline */
}

static bool is_same(const alm_dom_builder *b, alm_tag tag, alm_str name, uint32_t node) {
    const alm_node *open = &b->dom->nodes[node];
    if (open->tag != tag)
        return alm_tag_has(tag, ALM_TAG_IS_HEADING) && alm_tag_has((alm_tag)open->tag, ALM_TAG_IS_HEADING);
    return tag != ALM_TAG_OTHER || alm_str_is_nocase(name, (alm_str){open->text, open->len});
}

static void add_empty(alm_dom_builder *b, alm_tag tag) {
    place(b, tag);
    if (b->status == ALM_OK) (void)add_node(b, tag, b->stack[b->depth - 1]);
}

void alm_dom_builder_end(alm_dom_builder *b, alm_tag tag, alm_str name) {
    if (b->status != ALM_OK || tag == ALM_TAG_HTML || tag == ALM_TAG_BODY) return;
    if (tag == ALM_TAG_HEAD) {
        if (b->dom->body == ALM_DOM_NONE) pop_to(b, 1);
        b->head_closed = true;
        return;
    }
    if (b->skipped[tag]) {
        b->skipped[tag]--;
        return;
    }
    bool heading = alm_tag_has(tag, ALM_TAG_IS_HEADING);
    if (b->open[tag] == 0 && !heading) {
        if (tag == ALM_TAG_P || tag == ALM_TAG_BR)
            add_empty(b, tag); /* HTML Standard 13.2.6.4.7: makes one */
        else
            b->stray_ends++;
        return;
    }
    uint32_t floor = tag == ALM_TAG_OTHER && b->depth > OTHER_REACH ? b->depth - OTHER_REACH : 1;
    for (uint32_t i = b->depth; i-- > floor;) {
        b->dom->work++;
        if (is_same(b, tag, name, b->stack[i])) {
            pop_to(b, i);
            return;
        }
        if (stops_end(tag, alm_dom_tag(b->dom, b->stack[i]))) break;
    }
    b->stray_ends++;
}

/* ---- text ---- */

static bool is_blank(alm_str text) {
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > ' ') return false;
    return true;
}

void alm_dom_builder_text(alm_dom_builder *b, alm_str text) {
    if (b->status != ALM_OK || text.len == 0) return;
    if (is_blank(text)) { /* between blocks it means nothing */
        const alm_node *last = &b->dom->nodes[b->dom->count - 1];
        if (b->dom->body == ALM_DOM_NONE || alm_tag_has((alm_tag)last->tag, ALM_TAG_IS_BLOCK)) return;
    } else if (b->depth <= 2) {
        place(b, ALM_TAG_TEXT);
    }
    if (b->status != ALM_OK) return;
    alm_dom_builder_raw(b, b->stack[b->depth - 1], text);
}

void alm_dom_builder_raw(alm_dom_builder *b, uint32_t parent, alm_str text) {
    uint32_t node = add_node(b, ALM_TAG_TEXT, parent);
    if (node == ALM_DOM_NONE) return;
    b->dom->nodes[node].text = text.ptr;
    b->dom->nodes[node].len = (uint32_t)text.len;
    b->dom->nodes[parent].end = b->dom->count;
}

void alm_dom_builder_finish(alm_dom_builder *b) {
    if (b->depth == 0) return;
    pop_to(b, 1);
    b->dom->nodes[ALM_DOM_ROOT].end = b->dom->count;
}
