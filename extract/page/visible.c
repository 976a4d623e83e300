#include "extract/page/visible.h"

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/** The number at the start of @p s; 0 where there is none. */
static long leading_number(alm_str s) {
    long number = 0;
    bool negative = s.len && s.ptr[0] == '-';
    for (size_t i = negative; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' && number < 1000000; i++)
        number = number * 10 + (s.ptr[i] - '0');
    return negative ? -number : number;
}

static bool is_zero(alm_str value) {
    if (value.len == 0 || value.ptr[0] != '0') return false;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] >= '1' && value.ptr[i] <= '9') return false;
        if (value.ptr[i] != '0' && value.ptr[i] != '.') break;
    }
    return true;
}

typedef struct style_facts {
    bool none, invisible, positioned, far_off, no_height, clipped;
} style_facts;

static bool starts_nocase(alm_str s, const char *prefix) {
    size_t len = strlen(prefix);
    return s.len >= len && alm_str_is_nocase(alm_str_slice(s, 0, len), alm_str_of(prefix));
}

/** One "name: value". Only what can hide is looked at. */
static void read_declaration(style_facts *facts, alm_str name, alm_str value) {
    static const long far_left = -900;
    switch (name.len ? name.ptr[0] | 0x20 : 0) {
    case 'd':
        if (alm_str_is_nocase(name, ALM_STR("display"))) facts->none = starts_nocase(value, "none");
        break;
    case 'v':
        if (alm_str_is_nocase(name, ALM_STR("visibility"))) facts->invisible = starts_nocase(value, "hidden");
        break;
    case 'o':
        if (alm_str_is_nocase(name, ALM_STR("opacity"))) facts->invisible |= is_zero(value);
        if (starts_nocase(name, "overflow")) facts->clipped |= starts_nocase(value, "hidden");
        break;
    case 'p':
        if (alm_str_is_nocase(name, ALM_STR("position")))
            facts->positioned = starts_nocase(value, "absolute") || starts_nocase(value, "fixed");
        break;
    case 'l':
    case 't':
        if (alm_str_is_nocase(name, ALM_STR("left")) || alm_str_is_nocase(name, ALM_STR("top")))
            facts->far_off |= leading_number(value) <= far_left;
        else if (alm_str_is_nocase(name, ALM_STR("text-indent")) && leading_number(value) <= far_left)
            facts->none = true;
        break;
    case 'h':
    case 'w':
        if (alm_str_is_nocase(name, ALM_STR("height")) || alm_str_is_nocase(name, ALM_STR("width")))
            facts->no_height |= is_zero(value);
        break;
    case 'm':
        if (starts_nocase(name, "max-height")) facts->no_height |= is_zero(value);
        break;
    case 'f':
        if (alm_str_is_nocase(name, ALM_STR("font-size"))) facts->none |= is_zero(value);
        break;
    default: break;
    }
}

static alm_visibility judge_style(alm_str style) {
    style_facts facts = {0};
    size_t at = 0;
    while (at < style.len) {
        const char *end = memchr(style.ptr + at, ';', style.len - at);
        size_t stop = end ? (size_t)(end - style.ptr) : style.len;
        alm_str part = alm_str_slice(style, at, stop);
        const char *colon = part.len ? memchr(part.ptr, ':', part.len) : NULL;
        if (colon) {
            size_t cut = (size_t)(colon - part.ptr);
            read_declaration(&facts, alm_str_trim(alm_str_slice(part, 0, cut)),
                             alm_str_trim(alm_str_slice(part, cut + 1, part.len)));
        }
        at = stop + 1;
    }
    if (facts.none || (facts.positioned && facts.far_off) || (facts.no_height && facts.clipped)) return ALM_HIDDEN;
    return facts.invisible ? ALM_HIDDEN_SOFTLY : ALM_VISIBLE;
}

/** ".name" or "#name" alone; rules with more to them depend on what we do not compute. */
static bool is_plain_selector(alm_str selector) {
    if (selector.len < 2 || (selector.ptr[0] != '.' && selector.ptr[0] != '#')) return false;
    for (size_t i = 1; i < selector.len; i++)
        if (is_space(selector.ptr[i]) || strchr(".#:>+~[*@", selector.ptr[i])) return false;
    return true;
}

static void add_selectors(alm_visible *visible, alm_str list) {
    size_t at = 0;
    while (at < list.len) {
        const char *comma = memchr(list.ptr + at, ',', list.len - at);
        size_t stop = comma ? (size_t)(comma - list.ptr) : list.len;
        alm_str selector = alm_str_trim(alm_str_slice(list, at, stop));
        if (is_plain_selector(selector) && visible->name_count < ALM_HIDDEN_NAME_MAX)
            visible->names[visible->name_count++] = selector;
        at = stop + 1;
    }
}

/** Rules of the form "selectors { declarations }" outside at-rules. */
static void read_style(alm_visible *visible, alm_str css) {
    size_t at = 0;
    while (at < css.len && visible->name_count < ALM_HIDDEN_NAME_MAX) {
        const char *brace = memchr(css.ptr + at, '{', css.len - at);
        if (!brace) return;
        size_t from = (size_t)(brace - css.ptr);
        const char *close = memchr(brace, '}', css.len - from);
        if (!close) return;
        size_t end = (size_t)(close - css.ptr);
        alm_str selectors = alm_str_slice(css, at, from), body = alm_str_slice(css, from + 1, end);
        bool nested = memchr(body.ptr, '{', body.len) != NULL || memchr(selectors.ptr, '@', selectors.len) != NULL;
        bool comment = alm_str_find(selectors, ALM_STR("/*"), 0) != SIZE_MAX;
        if (!nested && !comment && judge_style(body) == ALM_HIDDEN) add_selectors(visible, selectors);
        at = end + 1;
    }
}

void alm_visible_init(alm_visible *visible, const alm_dom *dom) {
    visible->name_count = 0;
    for (uint32_t i = 0; i < dom->count; i++)
        if (dom->nodes[i].tag == ALM_TAG_STYLE && dom->nodes[i].end > i + 1)
            read_style(visible, alm_dom_text(dom, i + 1));
}

static bool has_class(alm_str names, alm_str name) {
    size_t at = 0;
    while (at < names.len) {
        while (at < names.len && is_space(names.ptr[at])) at++;
        size_t from = at;
        while (at < names.len && !is_space(names.ptr[at])) at++;
        if (alm_str_is(alm_str_slice(names, from, at), name)) return true;
    }
    return false;
}

static bool is_hidden_by_rule(const alm_visible *visible, alm_str class_names, alm_str id) {
    for (size_t i = 0; i < visible->name_count; i++) {
        alm_str name = visible->names[i], bare = alm_str_slice(name, 1, name.len);
        if (name.ptr[0] == '.' ? has_class(class_names, bare) : alm_str_is(id, bare)) return true;
    }
    return false;
}

alm_visibility alm_visible_element(const alm_visible *visible, const alm_dom *dom, uint32_t node) {
    const alm_node *n = &dom->nodes[node];
    alm_str class_names = {NULL, 0}, id = {NULL, 0};
    alm_visibility seen = ALM_VISIBLE;
    if (alm_tag_has((alm_tag)n->tag, ALM_TAG_IS_SILENT)) return ALM_HIDDEN;
    for (uint32_t i = n->attr; i < n->attr + n->attr_count; i++) {
        alm_str value = dom->attrs[i].value;
        switch (dom->attrs[i].id) {
        case ALM_ATTR_HIDDEN:
            if (!alm_str_is_nocase(value, ALM_STR("false"))) return ALM_HIDDEN;
            break;
        case ALM_ATTR_ARIA_HIDDEN:
            if (alm_str_is_nocase(value, ALM_STR("true"))) return ALM_HIDDEN;
            break;
        case ALM_ATTR_STYLE: seen = judge_style(value); break;
        case ALM_ATTR_CLASS: class_names = value; break;
        case ALM_ATTR_ID: id = value; break;
        default: break;
        }
    }
    if (seen == ALM_HIDDEN || (visible->name_count && is_hidden_by_rule(visible, class_names, id))) return ALM_HIDDEN;
    return seen;
}
