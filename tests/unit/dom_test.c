#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "extract/page/dom.h"

enum { ARENA = 1 << 30, TEXT_MAX = 64 << 20 };

typedef struct parsed {
    alm_arena arena;
    alm_diagnostics notes;
    alm_dom dom;
} parsed;

static void parse(parsed *p, alm_str html) {
    alm_arena_init(&p->arena, ARENA);
    p->notes = (alm_diagnostics){.arena = &p->arena};
    assert_int_equal(alm_dom_parse(&p->dom, &p->arena, html, &p->notes, NULL), ALM_OK);
}

static bool noted(const parsed *p, const char *code) {
    for (size_t i = 0; i < p->notes.count; i++)
        if (strcmp(p->notes.items[i].code, code) == 0) return true;
    return false;
}

/* What every tree must hold: subtrees nest, parents stand before their children. */
static void check_shape(const alm_dom *dom) {
    assert_int_equal(dom->nodes[ALM_DOM_ROOT].end, dom->count);
    for (uint32_t i = 1; i < dom->count; i++) {
        const alm_node *n = &dom->nodes[i];
        assert_true(n->parent < i);
        assert_true(n->end > i && n->end <= dom->nodes[n->parent].end);
    }
}

/* "html(body(p'text'))" */
static void write_tree(alm_buf *out, const alm_dom *dom, uint32_t node) {
    const alm_node *n = &dom->nodes[node];
    if (n->tag == ALM_TAG_TEXT) {
        (void)alm_buf_printf(out, "'%.*s'", (int)n->len, n->text);
        return;
    }
    if (n->tag == ALM_TAG_OTHER)
        (void)alm_buf_add(out, (alm_str){n->text, n->len});
    else
        (void)alm_buf_add_c(out, alm_tag_name((alm_tag)n->tag));
    if (n->end == node + 1) return;
    (void)alm_buf_add_byte(out, '(');
    for (uint32_t i = node + 1; i < n->end; i = dom->nodes[i].end) {
        if (i > node + 1) (void)alm_buf_add_byte(out, ' ');
        write_tree(out, dom, i);
    }
    (void)alm_buf_add_byte(out, ')');
}

static const char *const trees[][2] = {
    {"", "html"},
    {"text", "html(body('text'))"},
    {"<html><head><title>a&amp;b</title></head><body>x</body></html>y", "html(head(title('a&b')) body('x' 'y'))"},
    {"<title>t</title><p>x", "html(head(title('t')) body(p('x')))"},
    /* implied ends */
    {"<p>a<p>b<div>c</div>d", "html(body(p('a') p('b') div('c') 'd'))"},
    {"<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "html(body(ul(li('a') li('b' ul(li('c'))) li('d'))))"},
    {"<dl><dt>a<dd>b<dt>c</dl>", "html(body(dl(dt('a') dd('b') dt('c'))))"},
    {"<table><tr><td>a<td>b<tr><td>c</table>d", "html(body(table(tr(td('a') td('b')) tr(td('c'))) 'd'))"},
    {"<table><tr><td><table><tr><td>a</table><td>b</table>", "html(body(table(tr(td(table(tr(td('a')))) td('b')))))"},
    {"<table><thead><tr><th>a<tbody><tr><td>b</table>", "html(body(table(thead(tr(th('a'))) tbody(tr(td('b'))))))"},
    {"<a href=1>x<a href=2>y</a>z", "html(body(a('x') a('y') 'z'))"},
    {"<p>a</p></p>b", "html(body(p('a') p 'b'))"},
    {"<p><b>a</p>b", "html(body(p(b('a')) 'b'))"},
    {"<b><i>a</b></i>b", "html(body(b(i('a')) 'b'))"},
    {"<td><div>a</td></div>b", "html(body(td(div('a')) 'b'))"},
    {"<h1>a<h2>b</h2>c", "html(body(h1('a') h2('b') 'c'))"},
    {"<h3>a</h2>b", "html(body(h3('a') 'b'))"},
    {"<select><option>a<option>b</select>c", "html(body(select(option('a') option('b')) 'c'))"},
    {"<select><option>a<div>b</div>", "html(body(select(option('a')) div('b')))"},
    {"<svg><title>a</title><path><p>b", "html(body(svg(title('a') path) p('b')))"},
    {"<button><div>a</div></button>b", "html(body(button(div('a')) 'b'))"},
    /* an end tag of a layout must not close what is around a cell */
    {"<div><table><tr><td>a</div>b</table>c</div>d", "html(body(div(table(tr(td('a' 'b'))) 'c') 'd'))"},
    /* names */
    {"<o:p>a</o:p>b<O:P/>c", "html(body(o:p('a') 'b' O:P 'c'))"},
    {"<DIV>a</dIv>b", "html(body(div('a') 'b'))"},
    {"<br/>a</br>b", "html(body(br 'a' br 'b'))"},
    /* raw text */
    {"<script>if (a</b>c) '</scr'</script>x", "html(head(script('if (a</b>c) '</scr'')) body('x'))"},
    {"<textarea><p></textarea>x", "html(body(textarea('<p>') 'x'))"},
    {"<p>a<style>p{}</style>b", "html(body(p('a' style('p{}') 'b')))"},
    /* comments and declarations */
    {"a<!-- <p> -- > -->b", "html(body('a' 'b'))"},
    {"a<!-->b", "html(body('a' 'b'))"},
    {"a<!doctype x>b<?xml y?>c</ z>d<![endif]>e", "html(body('a' 'b' 'c' 'd' 'e'))"},
    {"a<!--[if gte mso 9]><p>x</p><![endif]-->b", "html(body('a' 'b'))"},
    /* what is no mark-up */
    {"1 < 2 <3 a<", "html(body('1 < 2 <3 a<'))"},
    {"<<p>a", "html(body('<' p('a')))"},
    /* references */
    {"&lt;&#20803;&#x5143;&nbsp&amp;copy;&middot;", "html(body('<元元\xC2\xA0&copy;·'))"},
    {"&ampamp &unknown; & &#; &#0; &#128; &notanentity", "html(body('&amp &unknown; & &#; \uFFFD € &notanentity'))"},
};

static void test_trees(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        parsed p;
        alm_buf out;
        parse(&p, alm_str_of(trees[i][0]));
        check_shape(&p.dom);
        alm_buf_init(&out, TEXT_MAX);
        write_tree(&out, &p.dom, ALM_DOM_ROOT);
        assert_string_equal(out.ptr, trees[i][1]);
        alm_buf_release(&out);
        alm_arena_release(&p.arena);
    }
}

static void test_attributes(void **state) {
    (void)state;
    parsed p;
    parse(
        &p,
        ALM_STR("<body class=a class=b><a href='x?a=1&amp;b=2&copy=3' TITLE=\"q\"id=z hidden>t</a><a href=u\nclass>v"));
    uint32_t a = p.dom.body + 1;
    assert_true(alm_str_is_c(alm_dom_attr(&p.dom, p.dom.body, ALM_ATTR_CLASS), "a"));
    assert_true(alm_str_is_c(alm_dom_attr(&p.dom, a, ALM_ATTR_HREF), "x?a=1&b=2&copy=3"));
    assert_true(alm_str_is_c(alm_dom_attr(&p.dom, a, ALM_ATTR_TITLE), "q"));
    assert_true(alm_str_is_c(alm_dom_attr(&p.dom, a, ALM_ATTR_ID), "z"));
    assert_non_null(alm_dom_attr(&p.dom, a, ALM_ATTR_HIDDEN).ptr);
    assert_null(alm_dom_attr(&p.dom, a, ALM_ATTR_SRC).ptr);
    alm_arena_release(&p.arena);
}

static void test_names(void **state) {
    (void)state;
    for (unsigned tag = ALM_TAG_OTHER + 1; tag < ALM_TAG_COUNT; tag++)
        assert_int_equal(alm_tag_by_name(alm_str_of(alm_tag_name((alm_tag)tag))), tag);
    assert_int_equal(alm_tag_by_name(ALM_STR("blink")), ALM_TAG_OTHER);
    assert_int_equal(alm_attribute_by_name(ALM_STR("HREF")), ALM_ATTR_HREF);
    assert_int_equal(alm_attribute_by_name(ALM_STR("onclick")), ALM_ATTR_NONE);
#define Y(id, name) assert_int_equal(alm_attribute_by_name(ALM_STR(name)), ALM_ATTR_##id);
    ALM_ATTRIBUTES(Y)
#undef Y
}

static void test_paths(void **state) {
    (void)state;
    parsed p;
    parse(&p, ALM_STR("<div>a</div><p>b<p><x:y>c</x:y><b>d</b>"));
    for (uint32_t i = 0; i < p.dom.count; i++) {
        alm_str text = alm_dom_text(&p.dom, i);
        const char *path =
            p.dom.nodes[i].tag == ALM_TAG_TEXT ? alm_dom_path(&p.dom, &p.arena, p.dom.nodes[i].parent) : "";
        if (alm_str_is_c(text, "a")) assert_string_equal(path, "/html/body/div[1]");
        if (alm_str_is_c(text, "b")) assert_string_equal(path, "/html/body/p[1]");
        if (alm_str_is_c(text, "c")) assert_string_equal(path, "/html/body/p[2]/*[1]");
        if (alm_str_is_c(text, "d")) assert_string_equal(path, "/html/body/p[2]/b[1]");
    }
    alm_arena_release(&p.arena);
}

static void test_deep_path(void **state) {
    (void)state;
    alm_buf html;
    parsed p;
    alm_buf_init(&html, TEXT_MAX);
    for (int i = 0; i < 200; i++) (void)alm_buf_add_c(&html, "<div>");
    parse(&p, alm_buf_str(&html));
    assert_string_equal(alm_dom_path(&p.dom, &p.arena, p.dom.count - 1), "/descendant::*[202]"); /* html, body, 200 */
    alm_arena_release(&p.arena);
    alm_buf_release(&html);
}

/* ---- hostile pages ---- */

typedef struct hostile {
    const char *name;
    const char *before, *again, *after; /* `again` n times between the others */
    const char *code;                   /* diagnostic, or NULL */
    const char *keeps;                  /* text that must be kept, or NULL */
} hostile;

#define KEEP "<p>kept</p>"

static const hostile pages[] = {
    {"nested div", "", "<div>", "kept", "depth-limit", "kept"},
    {"nested b, other end tags", "<b>", "<b></i>", KEEP, "stray-end-tags", "kept"},
    {"nested tables", "", "<table><tr><td>", KEEP, "depth-limit", "kept"},
    {"nested lists", "", "<ul><li>", KEEP, "depth-limit", "kept"},
    {"cells in items", "", "<li><td>", KEEP, "depth-limit", "kept"},
    {"unknown elements", "", "<x:y>", KEEP, "depth-limit", "kept"},
    {"end tags that close nothing", KEEP, "</div></b></table>", "", "stray-end-tags", "kept"},
    {"end tags that reach for one far up", "<i><div>", "</i>", KEEP, "stray-end-tags", "kept"},
    {"attributes", "<div ", "a=1 class=b ", ">" KEEP, "attribute-limit", "kept"},
    {"attributes without end", KEEP "<div ", "a ", "", "attribute-limit", "kept"},
    {"quotes that never close", KEEP, "<a href=\"x", "", NULL, "kept"},
    {"comments that never end", KEEP, "<!-- ", "", "unclosed-comment", "kept"},
    {"comments that nearly end", KEEP, "<!-- -- ", "", "unclosed-comment", "kept"},
    {"scripts that never end", KEEP, "<script>", "", "unclosed-element", "kept"},
    {"titles that never end", KEEP, "<title>", "", "unclosed-element", "kept"},
    {"less-than signs", "", "<", KEEP, NULL, "kept"},
    {"ampersands", "", "&", KEEP, NULL, "kept"},
    {"references", "", "&ampnbspx", KEEP, NULL, "kept"},
    {"body tags", "", "<body class=a>", KEEP, NULL, "kept"},
    {"open links", "", "<a href=x>", KEEP, NULL, "kept"},
    {"open paragraphs", "", "<p><span>", KEEP, NULL, "kept"},
    {"open lists of choices", "", "<select><option>", KEEP, NULL, "kept"},
};

static void fill(alm_buf *html, const hostile *page, size_t n) {
    (void)alm_buf_add_c(html, page->before);
    for (size_t i = 0; i < n; i++) (void)alm_buf_add_c(html, page->again);
    assert_int_equal(alm_buf_add_c(html, page->after), ALM_OK);
}

static bool holds_text(const alm_dom *dom, const char *text) {
    for (uint32_t i = 0; i < dom->count; i++)
        if (dom->nodes[i].tag == ALM_TAG_TEXT && alm_str_find(alm_dom_text(dom, i), alm_str_of(text), 0) != SIZE_MAX)
            return true;
    return false;
}

static uint64_t work_of(const hostile *page, size_t n) {
    alm_buf html;
    parsed p;
    alm_buf_init(&html, TEXT_MAX);
    fill(&html, page, n);
    parse(&p, alm_buf_str(&html));
    check_shape(&p.dom);
    if (page->code && !noted(&p, page->code)) fail_msg("%s: no diagnostic %s", page->name, page->code);
    if (page->keeps && !holds_text(&p.dom, page->keeps)) fail_msg("%s: lost its text", page->name);
    uint64_t work = p.dom.work + p.dom.count;
    alm_arena_release(&p.arena);
    alm_buf_release(&html);
    return work;
}

static void test_hostile(void **state) {
    (void)state;
    enum { N = 50000 };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        uint64_t once = work_of(&pages[i], N), twice = work_of(&pages[i], 2 * N);
        if (twice > 2 * once + once / 10 + 2000)
            fail_msg("%s: %llu steps, twice as long %llu", pages[i].name, (unsigned long long)once,
                     (unsigned long long)twice);
    }
}

static void test_limits(void **state) {
    (void)state;
    static const hostile many = {"nodes", "", "<br>", KEEP, "node-limit", NULL};
    alm_buf html;
    parsed p;
    alm_buf_init(&html, TEXT_MAX);
    fill(&html, &many, ALM_DOM_NODE_MAX);
    parse(&p, alm_buf_str(&html));
    assert_true(noted(&p, "node-limit"));
    assert_int_equal(p.dom.count, ALM_DOM_NODE_MAX);
    check_shape(&p.dom);
    alm_arena_release(&p.arena);
    alm_buf_release(&html);
}

static void test_nul_bytes(void **state) {
    (void)state;
    parsed p;
    parse(&p, ALM_STR("<p>a\0b</p><di\0v>c"));
    assert_true(noted(&p, "nul-bytes"));
    check_shape(&p.dom);
    alm_arena_release(&p.arena);
}

static void test_out_of_memory(void **state) {
    (void)state;
    alm_buf html;
    alm_buf_init(&html, TEXT_MAX);
    for (int i = 0; i < 20000; i++) (void)alm_buf_add_c(&html, "<p class=a>x&lt;y</p>");
    for (int64_t after = 0;; after++) {
        alm_arena arena;
        alm_dom dom;
        alm_arena_init(&arena, ARENA);
        alm_diagnostics notes = {.arena = &arena};
        alm_alloc_fail_after(after);
        alm_status status = alm_dom_parse(&dom, &arena, alm_buf_str(&html), &notes, NULL);
        alm_alloc_fail_after(-1);
        alm_arena_release(&arena);
        if (status == ALM_OK) break;
        assert_int_equal(status, ALM_E_NOMEM);
        assert_true(after < 1000);
    }
    alm_buf_release(&html);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees),  cmocka_unit_test(test_attributes), cmocka_unit_test(test_names),
        cmocka_unit_test(test_paths),  cmocka_unit_test(test_deep_path),  cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_nul_bytes),  cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests_name("dom", tests, NULL, NULL);
}
